"""Templates of Go's text/template (and html/template) that SQL is written in.

Facts from the packages' documentation ("Text and spaces", "Actions"): `{{- ` and ` -}}` take the white space before and
behind an action; `if`, `with` and `range` have an `end` and may have an `else`, which may go on with `if` or `with`; a
comment, a variable that is set and a definition write nothing. What any other action writes is known where the data is
a struct or map whose field is known, and a hole elsewhere. A `range` over a list that is known writes its body for each
element, which the dot then is, and the variables that it declares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.alternatives import limit, under
from nodepath_cli.source.hosts._go.dialects import databases_in
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.repeats import repeated_value
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.text_parts import cut, hole
from nodepath_cli.source.hosts._go.texts import combine, join, plain
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    Atom,
    Items,
    Number,
    Record,
    Several,
    Table,
    Text,
    Value,
    just,
    unknown,
)

PACKAGES = frozenset(("text/template", "html/template"))
_TYPE = "text/template.Template"
_FIELD = "text"
_SAME = frozenset(("Funcs", "Option"))
"""Methods that return their receiver and leave its text alone."""
_ACTION = lazy(r"\{\{(?P<before>-\s)?\s*(?P<said>/\*.*?\*/|.*?)\s*?(?P<after>\s-)?\}\}", re.DOTALL)
_BLOCK = lazy(r"(?P<word>if|with|range|define|block)\b\s*(?P<rest>.*)", re.DOTALL)
_ELSE = lazy(r"else\b\s*(?P<rest>.*)", re.DOTALL)
_SILENT = lazy(r"/\*|\$\w*\s*:?=|break\b|continue\b")
_PLACE = lazy(r"(\$\w*)?((?:\.\w+)*)")
"""A variable or the dot, and fields of it."""
_OF_DATA = lazy(r"\$(?:\.\w+)+")
_DECLARED = lazy(r"(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*(.*)")
_LEAVES = lazy(r"\{\{-?\s*(?:break|continue)\b")
_FIRST = lazy(r"\$\w+\Z")
_LATER = lazy(r"(?:(?:ne|gt) )?(\$\w+)(?: 0)?\Z")
"""What is false in a loop's first round alone, where the variable is its index."""
_NOT = lazy(r"not [.$]\S*\Z")
_DEEPEST = 20
_MOST_ROUNDS = 60


class _Plain(Struct, frozen=True):
    """Text between actions."""

    start: int
    end: int


class _Said(Struct, frozen=True):
    """An action that writes something."""

    start: int
    end: int
    words: str


class _Block(Struct, frozen=True):
    """`if`, `with` or `range`, and what is written otherwise."""

    word: str
    words: str
    body: Sequence[_Part]
    other: Sequence[_Part]


_Part: TypeAlias = _Plain | _Said | _Block


def function_call(name: str, values: Sequence[Value]) -> Value | None:
    """Return what `template.New(name)` or `template.Must(t.Parse(text))` makes; None for any other function."""
    if name == "New":
        return just(Record(_TYPE, ((_FIELD, unknown("template")),)))
    return values[0] if name == "Must" and values and _is_template(values[0]) else None


def method_call(receiver: Value, name: str, values: Sequence[Value]) -> Value | None:
    """Return what a method of a template returns; None for any other."""
    if not _is_template(receiver):
        return None
    if name == "Parse" and len(values) == 1:
        made = combine(values, lambda atoms: Record(_TYPE, ((_FIELD, just(atoms[0])),)))
        return just(Several((made, unknown("error", "error"))))
    return receiver if name in _SAME else None


def executed(m: Machine, f: Frame, operand: Node, nodes: Sequence[Node]) -> Value | None:
    """Return what `t.Execute(&b, data)` writes, None where the text of the template is not known."""
    template = first_of(m.evaluate(f, operand))
    if not _is_template(template) or len(template) != 1 or len(nodes) < 2:
        return None
    atom = template[0].atom
    text = atom.get(_FIELD) if isinstance(atom, Record) else None
    if text is None or len(text) != 1 or not isinstance(text[0].atom, Text):
        return None
    value = first_of(m.evaluate(f, nodes[-1]))
    data = value[0].atom if len(value) == 1 else None
    return _Written(m, f, text[0].atom, data, data).parts(_read(text[0].atom.plain))


def _is_template(value: Value) -> bool:
    return all(isinstance(each.atom, Record) and each.atom.type == _TYPE for each in value)


class _Written(Struct, frozen=True):
    """What a template writes."""

    m: Machine
    f: Frame
    text: Text
    data: Atom | None
    dot: Atom | None
    variables: Mapping[str, Atom | None] = {}
    rounds: tuple[int, ...] = ()
    """Which rounds it is of the known lists around."""

    def parts(self, parts: Sequence[_Part]) -> Value:
        """Return what parts write, one behind the other."""
        return self._joined([self._part(each) for each in parts])

    def _joined(self, values: Sequence[Value]) -> Value:
        if not values:
            return just(EMPTY)
        return combine(values, lambda atoms: join([atom for atom in atoms if isinstance(atom, Text)]))

    def _part(self, part: _Part) -> Value:
        if isinstance(part, _Plain):
            return just(cut(self.text, part.start, part.end))
        if isinstance(part, _Said):
            return self._said(part)
        if part.word == "range":
            return self._range(part)
        words, bodies = part.words, (part.body, part.other)
        while _NOT.match(words):
            # One choice with that of the same condition elsewhere in the template.
            words, bodies = words[len("not ") :], bodies[::-1]
        index = _LATER.match(words)
        at = self.variables.get(index[1]) if index else None
        if isinstance(at, Number):
            return self.parts(bodies[not at.value])
        inside = self._inside(words) if part.word == "with" else self
        body, other = inside.parts(bodies[0]), self.parts(bodies[1])
        if _FIRST.match(part.words):
            # `{{if $i}}, {{end}}`: false in a loop's first round.
            return other
        otherwise = bool(part.other)
        # What the data as a whole says is the same in each round.
        rounds = () if _OF_DATA.fullmatch(words) else self.rounds
        decision = self.m.decisions.get(
            ("template", self.f.activation, self.f.iteration, words, rounds), _arms(words, otherwise)
        )
        self.m.decisions.enter(decision, self.f.ambient, self.m.root)
        return limit([*under(body, ((decision, 0),)), *under(other, ((decision, 1),))])

    def _range(self, part: _Block) -> Value:
        """Return what a loop writes: its body for each element of a known list, else any number of times."""
        declared = _DECLARED.match(part.words)
        listed = self._known(declared[3] if declared else part.words)
        if (
            not isinstance(listed, Items)
            or listed.open
            or listed.sample
            or len(listed.items) > _MOST_ROUNDS
            or _LEAVES.search(self.text.plain)
        ):
            inside = replace(self, dot=None, variables=self._declared(declared, None, None))
            return repeated_value(inside.parts(part.body), self.m.another_multiple())
        made = []
        for at, item in enumerate(listed.items):
            element = item[0].atom if len(item) == 1 else None
            variables = self._declared(declared, Number(at), element)
            made.append(replace(self, dot=element, variables=variables, rounds=(*self.rounds, at)).parts(part.body))
        return self._joined(made) if made else self.parts(part.other)

    def _inside(self, words: str) -> _Written:
        """Return what stands in `with`, whose value the dot is."""
        declared = _DECLARED.match(words)
        value = self._known(declared[3] if declared else words)
        return replace(self, dot=value, variables=self._declared(declared, None, value))

    def _declared(
        self, declared: re.Match[str] | None, index: Atom | None, element: Atom | None
    ) -> Mapping[str, Atom | None]:
        if declared is None:
            return self.variables
        return {**self.variables, **({declared[1]: index} if declared[1] else {}), declared[2]: element}

    def _said(self, part: _Said) -> Value:
        piece = cut(self.text, part.start, part.end).pieces[0]
        known = self._value(part.words)
        if known and all(isinstance(each.atom, Text) for each in known):
            # A text that was chosen is the same one wherever the template writes it.
            return known
        if len(known) == 1 and isinstance(known[0].atom, Number):
            return just(hole(part.words, "part of a template", piece.span))
        return just(hole("{{" + part.words + "}}", "part of a template", piece.span))

    def _known(self, words: str) -> Atom | None:
        """Return what the dot, a variable, or a field of either is, None where that is not known."""
        return _alone(self._value(words))

    def _value(self, words: str) -> Value:
        """Return the same with all that it may be; () where that is not known."""
        place = _PLACE.fullmatch(words) if words != "." else None
        if place is None:
            return _of(self.dot if words == "." else None)
        name = place[1]
        value = _of(self.dot if name is None else self.data if name == "$" else self.variables.get(name))
        for field in place[2].split(".")[1:]:
            value = _field(_alone(value), field)
        return value


def _of(atom: Atom | None) -> Value:
    return () if atom is None else just(atom)


def _alone(value: Value) -> Atom | None:
    return value[0].atom if len(value) == 1 else None


def _field(atom: Atom | None, name: str) -> Value:
    found: Value | None = None
    if isinstance(atom, Record):
        found = atom.get(name)
    elif isinstance(atom, Table):
        found = next((value for key, value in atom.entries if plain(key[0].atom) == name), None)
    return found or ()


def _arms(words: str, otherwise: bool) -> list[str]:
    """Return the words of both arms of a condition: as one of Go's where it asks for a database."""
    named = sorted(databases_in(words))
    if len(named) == 1:
        words = f'{{{{{words}}}}} {"!=" if words.startswith(("ne ", "not ")) else "=="} "{named[0]}"'
    return [f"if {words}", f"{'else of if' if otherwise else 'unless'} {words}"]


def _read(text: str) -> list[_Part]:
    """Return the parts of a template; what is behind an `end` too many is left out."""
    actions = list(_ACTION.finditer(text))
    parts, _ = _sequence(text, actions, 0, 0)
    return parts


def _sequence(text: str, actions: Sequence[re.Match[str]], at: int, depth: int) -> tuple[list[_Part], int]:
    """Return the parts from an action on, up to an `else` or `end` that belongs to what is around, and its number."""
    parts: list[_Part] = []
    while True:
        start, end = _between(text, actions, at)
        if start < end:
            parts.append(_Plain(start, end))
        if at == len(actions):
            return parts, at
        said = actions[at]["said"]
        if said == "end" or _ELSE.match(said):
            return parts, at
        block = _BLOCK.match(said)
        if block is None or depth > _DEEPEST:
            if not _SILENT.match(said):
                parts.append(_Said(actions[at].start(), actions[at].end(), said))
            at += 1
            continue
        made, at = _block(text, actions, at, block, depth)
        parts += made


def _block(
    text: str, actions: Sequence[re.Match[str]], at: int, block: re.Match[str], depth: int
) -> tuple[list[_Part], int]:
    """Return what a block is, and the number of the action behind its `end`."""
    body, end = _sequence(text, actions, at + 1, depth + 1)
    other: list[_Part] = []
    otherwise = _ELSE.match(actions[end]["said"]) if end < len(actions) else None
    if otherwise is not None:
        following = _BLOCK.match(otherwise["rest"])
        if following is not None:
            # `{{else if x}}` shares its end.
            other, behind = _block(text, actions, end, following, depth + 1)
            return [_Block(block["word"], " ".join(block["rest"].split()), body, other)], behind
        other, end = _sequence(text, actions, end + 1, depth + 1)
    made: list[_Part] = [_Block(block["word"], " ".join(block["rest"].split()), body, other)]
    if block["word"] in ("define", "block"):
        made = [] if block["word"] == "define" else body
    return made, min(end + 1, len(actions))


def _between(text: str, actions: Sequence[re.Match[str]], at: int) -> tuple[int, int]:
    """Return the extent of the text in front of an action, behind the one before, without what they trim."""
    start = actions[at - 1].end() if at else 0
    end = actions[at].start() if at < len(actions) else len(text)
    if at and actions[at - 1]["after"]:
        start += len(text[start:end]) - len(text[start:end].lstrip())
    if at < len(actions) and actions[at]["before"]:
        end = start + len(text[start:end].rstrip())
    return start, end
