"""The functions of Go's packages slices and maps that make lists, and that ask whether something is in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.repeats import repeated_value, rounds_of
from nodepath_cli.source.hosts._go.texts import combine, plain
from nodepath_cli.source.hosts._go.values import (
    MAX_ITEMS,
    SEQUENCE,
    Atom,
    Items,
    Number,
    Table,
    Text,
    Truth,
    Unknown,
    Value,
    just,
)

PACKAGES = frozenset(("slices", "maps", "golang.org/x/exp/slices", "golang.org/x/exp/maps"))
_OLDER = "golang.org/x/exp/maps"
"""There Keys and Values return lists, not sequences."""

Make = Callable[[tuple[Atom, ...]], Atom | None]


def list_call(package: str, name: str, values: Sequence[Value], *, spread: bool) -> Value | None:
    """Return the result of a function of these packages, None for one that is not followed.

    `spread`: the last argument is a list that stands for all the others (`slices.Insert(list, 0, more...)`).
    """
    make = _FUNCTIONS.get((package.rpartition("/")[2], name))
    if make is None or not values or spread:
        return None
    sequence = name in ("Keys", "Values") and package != _OLDER

    def made(atoms: tuple[Atom, ...]) -> Atom:
        found = make(atoms)
        if found is None:
            # However long it is: a list, of which nothing else is known.
            kind = "" if name in ("Contains", "All") or sequence else "[]"
            return Unknown(f"result of {package.rpartition('/')[2]}.{name}()", kind)
        return replace(found, named=SEQUENCE) if sequence and isinstance(found, Items) else found

    return combine(values, made)


def repeat(items: Value, count: Value, loop: int) -> Value:
    """Return `slices.Repeat(items, count)`; `loop` is the number of a count that is known only at run time, or 0."""

    def made(atoms: tuple[Atom, ...]) -> Atom:
        whole, times = atoms
        if not isinstance(whole, Items) or whole.open or whole.sample:
            return Unknown("result of slices.Repeat()", "[]")
        if isinstance(times, Number) and not times.sample:
            return _shortened(replace(whole, items=whole.items * min(max(times.value, 0), MAX_ITEMS + 1), named=""))
        if len(whole.items) != 1 or not loop:
            return Items(whole.items, False, whole.type, True)
        return Items((repeated_value(whole.items[0], loop),), False, whole.type, True, "", ((loop,),), (), loop)

    return combine((items, count), made)


def _shortened(items: Items) -> Items:
    return items if len(items.items) <= MAX_ITEMS else replace(items, items=items.items[:MAX_ITEMS], open=True)


def _concatenated(atoms: tuple[Atom, ...]) -> Atom | None:
    found = Items(())
    rounds: tuple[tuple[int, ...], ...] | None = ()
    for atom in atoms:
        if isinstance(atom, Unknown) and atom.reason == "nil":
            continue
        if not isinstance(atom, Items):
            found = replace(found, open=True)
            continue
        also = rounds_of(atom)
        rounds = None if rounds is None or also is None else (*rounds, *also)
        found = Items(
            (*found.items, *atom.items),
            found.open or atom.open,
            found.type or atom.type,
            found.sample or atom.sample,
            none=(*found.none, *atom.none),
        )
    return _shortened(replace(found, rounds=rounds if found.sample else None)) if found.items else None


def _keys(atoms: tuple[Atom, ...]) -> Atom | None:
    table = atoms[0]
    return Items(tuple(key for key, _ in table.entries), table.open) if isinstance(table, Table) else None


def _values(atoms: tuple[Atom, ...]) -> Atom | None:
    whole = atoms[0]
    if isinstance(whole, Table):
        return Items(tuple(value for _, value in whole.entries), whole.open)
    return _list(atoms)


def _list(atoms: tuple[Atom, ...]) -> Atom | None:
    """A list as it is: a copy, or what a sequence gives."""
    whole = atoms[0]
    return replace(whole, named="") if isinstance(whole, Items) else None


def _sorted(atoms: tuple[Atom, ...]) -> Atom | None:
    whole = _list(atoms)
    if not isinstance(whole, Items) or whole.sample:
        return whole
    texts = [plain(item[0].atom) if len(item) == 1 else None for item in whole.items]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return whole
    order = sorted(range(len(known)), key=known.__getitem__)
    return replace(whole, items=tuple(whole.items[at] for at in order))


def _inserted(atoms: tuple[Atom, ...]) -> Atom | None:
    whole, at = atoms[0], atoms[1] if len(atoms) > 1 else None
    if not isinstance(whole, Items) or whole.sample or not isinstance(at, Number) or at.sample:
        return None
    more = tuple(just(atom) for atom in atoms[2:])
    return _shortened(replace(whole, items=(*whole.items[: at.value], *more, *whole.items[at.value :])))


def _same(atoms: tuple[Atom, ...]) -> Atom | None:
    return atoms[0] if isinstance(atoms[0], (Items, Table)) else None


def _contains(atoms: tuple[Atom, ...]) -> Atom | None:
    whole, wanted = atoms[0], plain(atoms[1]) if len(atoms) > 1 else None
    if not isinstance(whole, Items) or whole.sample or wanted is None:
        return None
    texts = [plain(item[0].atom) if len(item) == 1 and isinstance(item[0].atom, Text) else None for item in whole.items]
    if wanted in texts:
        return Truth(True)
    return None if whole.open or None in texts else Truth(False)


def _chunked(atoms: tuple[Atom, ...]) -> Atom | None:
    """`slices.Chunk`: lists of the same kind, one after the other."""
    whole = atoms[0]
    kind = f"[]{whole.type}" if isinstance(whole, Items) else whole.type if isinstance(whole, Unknown) else ""
    return Items((), True, kind if kind.startswith("[]") else "[]", named=SEQUENCE)


_FUNCTIONS: dict[tuple[str, str], Make] = {
    ("slices", "Concat"): _concatenated,
    ("slices", "AppendSeq"): _concatenated,
    ("slices", "Clone"): _list,
    ("slices", "Collect"): _list,
    ("slices", "Grow"): _list,
    ("slices", "Clip"): _list,
    ("slices", "Values"): _values,
    ("slices", "All"): _same,
    ("slices", "Sorted"): _sorted,
    ("slices", "SortedFunc"): _list,
    ("slices", "SortedStableFunc"): _list,
    ("slices", "Insert"): _inserted,
    ("slices", "Contains"): _contains,
    ("slices", "Chunk"): _chunked,
    ("maps", "Keys"): _keys,
    ("maps", "Values"): _values,
    ("maps", "All"): _same,
    ("maps", "Clone"): _same,
    ("maps", "Collect"): _same,
}
