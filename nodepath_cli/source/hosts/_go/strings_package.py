"""The functions of Go's packages strings, strconv, fmt and bytes that make texts of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.alternatives import agree, limit, product
from nodepath_cli.source.hosts._go.joints import not_trimmed, separator, trimmed, with_copies
from nodepath_cli.source.hosts._go.repeats import place, repeated, rounds_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.text_parts import cut, has_hole, hole, substituted
from nodepath_cli.source.hosts._go.texts import as_text, combine, join, plain
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    MAX_TEXT,
    Alternative,
    Atom,
    Items,
    Number,
    Several,
    Text,
    Truth,
    Unknown,
    Value,
    just,
    unknown,
)

_WORD = lazy(r"\S+")
_MAX_REPEAT = 2_000
_SPACE = " \t\n\v\f\r\x85\xa0"

Transform = Callable[[Text, tuple[Atom, ...]], Text | None]


def strings_call(file: GoFile, name: str, nodes: Sequence[Node], values: Sequence[Value]) -> Value | None:
    """Return the result of `strings.NAME(...)`, None for a function that is not followed."""
    if name == "Join" and len(values) == 2:
        return join_items(file, nodes[0], values[0], values[1])
    if name == "Repeat" and len(values) == 2:
        return combine(values, lambda atoms: _repeat(file, nodes, atoms))
    if name == "NewReplacer":
        return just(Items(tuple(values), False, "strings.Replacer"))
    if name == "Split" and len(values) == 2:
        return combine(values, _split)
    if name == "Cut" and len(values) == 2 and all(plain(each.atom) is not None for value in values for each in value):
        return combine(values, _cut_at)
    if name == "Fields" and len(values) == 1:
        return combine(values, _fields)
    if name in ("Replace", "ReplaceAll") and len(values) > 2:
        new = combine((values[2],), lambda atoms: as_text(atoms[0], file, nodes[2]))
        values = (*values[:2], new, *values[3:])
    if name in _TRANSFORMS and values:
        return transform(file, nodes[0], name, values)
    if name in ("HasPrefix", "HasSuffix", "Contains") and len(values) == 2:
        return combine(values, lambda atoms: _test(name, atoms))
    return None


def _cut_at(atoms: tuple[Atom, ...]) -> Atom:
    """Return the three results of `strings.Cut(text, separator)`, both of which are known."""
    text, separator = atoms[0], plain(atoms[1]) or ""
    if not isinstance(text, Text):
        return atoms[0]
    at = text.plain.find(separator)
    parts = (text, EMPTY) if at < 0 else (cut(text, 0, at), cut(text, at + len(separator), len(text.plain)))
    return Several((*map(just, parts), just(Truth(at >= 0))))


def transform(file: GoFile, node: Node, name: str, values: Sequence[Value]) -> Value:
    """Return the result of a function that makes one text of a text and constants."""
    change = _TRANSFORMS[name]

    def make(atoms: tuple[Atom, ...]) -> Atom:
        if not isinstance(atoms[0], Text):
            return atoms[0]
        changed = change(atoms[0], atoms[1:])
        if changed is None:
            return hole(file.shown(node), "changed text", file.span(node))
        return changed

    return combine(values, make)


def replacer_call(value: Value, argument: Value) -> Value | None:
    """Return the result of `strings.NewReplacer(old, new, ...).Replace(text)`."""
    first = value[0].atom
    if not isinstance(first, Items) or first.type != "strings.Replacer":
        return None

    def make(atoms: tuple[Atom, ...]) -> Atom:
        text = atoms[0]
        if not isinstance(text, Text):
            return text
        for old, new in zip(atoms[1::2], atoms[2::2], strict=False):
            known = plain(old)
            if known and isinstance(new, Text):
                changed = substituted(text, known, new)
                if changed is None:
                    return Unknown("text longer than is followed")
                text = changed
        return text

    return combine((argument, *first.items), make)


def join_items(file: GoFile, node: Node, items: Value, separator: Value) -> Value:
    """Return `strings.Join(items, separator)`: one alternative per list, elements that may follow are a hole.

    A list that may be empty is only empty where nothing else is possible: the text around a join is rarely SQL then.
    """
    result: list[Alternative] = []
    filled_lists = tuple(each for each in items if not isinstance(each.atom, Items) or each.atom.items)
    alike = len(filled_lists) == 1
    for guard, (elements, mark) in product((filled_lists or items, separator)):
        if not isinstance(elements, Items):
            reason = elements.reason if isinstance(elements, Unknown) else "run-time list"
            result.append(Alternative(guard, hole(file.shown(node), f"list: {reason}", file.span(node))))
            continue
        between = as_text(mark, file, node)
        if not elements.items and elements.open:
            result.append(Alternative(guard, hole(file.shown(node), "list of unknown length", file.span(node))))
            continue
        for inner, atoms in product(elements.items):
            if agree(guard, inner):
                parts = [as_text(atom, file, node) for atom in atoms]
                rounds = rounds_of(elements)
                if elements.open or (elements.sample and rounds is None):
                    joined = repeated(_between(parts, between), place(file, node))
                else:
                    joined = _between(parts, between, rounds)
                    if alike and elements.steady and rounds and rounds[0] and len(parts) == 1:
                        joined = with_copies(joined, between.plain)
                both = tuple(sorted({*guard, *inner}))
                result.append(Alternative(both, joined))
    filled = [each for each in result if isinstance(each.atom, Text) and each.atom.plain]
    if any(isinstance(each.atom, Text) and len(each.atom.plain) > MAX_TEXT for each in filled):
        return unknown("text longer than is followed")
    return limit(filled or result) or just(EMPTY)


def _between(parts: Sequence[Text], mark: Text, rounds: Sequence[tuple[int, ...]] | None = None) -> Text:
    """Return texts with a mark between them. `rounds` are the loops by which each may be there several times."""
    spread: list[Text] = []
    mark = separator(mark)
    for number, part in enumerate(parts):
        if number:
            # With the copies of one that repeats, the mark before it is repeated; before the first one there is none.
            spread.append(_for_each(mark, (rounds[number] or rounds[number - 1]) if rounds else ()))
        spread.append(_for_each(part, rounds[number] if rounds else ()))
    return join(spread)


def _for_each(text: Text, loops: tuple[int, ...]) -> Text:
    for loop in loops:
        text = repeated(text, loop)
    return text


def _repeat(file: GoFile, nodes: Sequence[Node], atoms: tuple[Atom, ...]) -> Atom:
    text = as_text(atoms[0], file, nodes[0])
    if isinstance(atoms[1], Number) and not atoms[1].sample:
        count = max(atoms[1].value, 0) if text.plain else 0
        if count * len(text.plain) > _MAX_REPEAT * 50:
            return Unknown("text longer than is followed")
        return join([text] * count)
    # The count is known only at run time. One copy has the shape of every count but none: lists of placeholders.
    copies = atoms[1].loop if isinstance(atoms[1], Number) else 0
    return with_copies(repeated(text, copies or place(file, nodes[0])), "")


def _split(atoms: tuple[Atom, ...]) -> Atom:
    mark = plain(atoms[1])
    text = atoms[0]
    if not isinstance(text, Text) or not mark:
        return Unknown(text.reason if isinstance(text, Unknown) else "split text", "[]string")
    parts = []
    position = 0
    while (found := text.plain.find(mark, position)) >= 0:
        parts.append(just(cut(text, position, found)))
        position = found + len(mark)
    parts.append(just(cut(text, position, len(text.plain))))
    return Items(tuple(parts), False, "string")


def _fields(atoms: tuple[Atom, ...]) -> Atom:
    text = atoms[0]
    if not isinstance(text, Text) or has_hole(text):
        return Unknown(text.reason if isinstance(text, Unknown) else "split text", "[]string")
    return Items(tuple(just(cut(text, *each.span())) for each in _WORD.finditer(text.plain)), False, "string")


def _test(name: str, atoms: tuple[Atom, ...]) -> Atom:
    text, part = plain(atoms[0]), plain(atoms[1])
    if text is None or part is None:
        return Unknown("comparison")
    if name == "HasPrefix":
        return Truth(text.startswith(part))
    return Truth(text.endswith(part) if name == "HasSuffix" else part in text)


def _trim(text: Text, characters: str, left: bool, right: bool) -> Text:
    start, end = 0, len(text.plain)
    while left and start < end and text.plain[start] in characters:
        start += 1
    while right and end > start and text.plain[end - 1] in characters:
        end -= 1
    return trimmed(text, start, end)


def _trimmer(left: bool, right: bool) -> Transform:
    def change(text: Text, rest: tuple[Atom, ...]) -> Text | None:
        characters = plain(rest[0]) if rest else _SPACE
        return None if characters is None else _trim(text, characters, left, right)

    return change


def _trim_suffix(text: Text, rest: tuple[Atom, ...]) -> Text | None:
    ending = plain(rest[0]) if rest else None
    if ending and text.plain.endswith(ending):
        return trimmed(text, 0, len(text.plain) - len(ending))
    return not_trimmed(text, ending.strip()) if ending else text


def _trim_prefix(text: Text, rest: tuple[Atom, ...]) -> Text | None:
    beginning = plain(rest[0]) if rest else None
    if beginning and text.plain.startswith(beginning):
        return trimmed(text, len(beginning), len(text.plain))
    return text


def _replace(text: Text, rest: tuple[Atom, ...]) -> Text | None:
    if len(rest) < 2:
        return text
    old = plain(rest[0])
    if old is None or old not in text.plain:
        return text
    count = rest[2].value if len(rest) > 2 and isinstance(rest[2], Number) else -1
    return substituted(text, old, rest[1], count) if isinstance(rest[1], Text) else text


def _case(change: Callable[[str], str]) -> Transform:
    def apply(text: Text, _rest: tuple[Atom, ...]) -> Text | None:
        pieces = []
        for piece in text.pieces:
            changed = change(piece.text)
            pieces.append(replace(piece, text=changed, linear=piece.linear and len(changed) == len(piece.text)))
        return Text(tuple(pieces), "".join(piece.text for piece in pieces))

    return apply


_TRANSFORMS: dict[str, Transform] = {
    "TrimSpace": _trimmer(True, True),
    "Trim": _trimmer(True, True),
    "TrimLeft": _trimmer(True, False),
    "TrimRight": _trimmer(False, True),
    "TrimSuffix": _trim_suffix,
    "TrimPrefix": _trim_prefix,
    "Replace": _replace,
    "ReplaceAll": _replace,
    "ToUpper": _case(str.upper),
    "ToLower": _case(str.lower),
    "Clone": lambda text, _rest: text,
}
