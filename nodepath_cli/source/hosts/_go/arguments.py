"""The values that a database call gives for the placeholders of its SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.alternatives import agree, join_guards
from nodepath_cli.source.hosts._go.calls import base_name
from nodepath_cli.source.hosts._go.constants import choices, constants, named_constants
from nodepath_cli.source.hosts._go.counting import counted, implied
from nodepath_cli.source.hosts._go.given_names import given_names
from nodepath_cli.source.hosts._go.handles import Counts, judge
from nodepath_cli.source.hosts._go.limits import MAX_INLINE
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.passing import passed
from nodepath_cli.source.hosts._go.records import Call, Evaluated, Noted, Received
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import named as children
from nodepath_cli.source.hosts._go.values import CAP, Function, Several, Text, Value
from nodepath_cli.source.uses import Given, Portion, Rounds

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.calling import Callee

_NAMED = frozenset(("NamedExec", "NamedQuery"))
_LATER = frozenset(("Prepare", "Preparex", "PrepareNamed", "MustPrepare"))
_OTHER_LIBRARIES = (
    *("gorm", "xorm", "/bun", "go-pg", "dbr", "squirrel", "upper/db", "pgx", "/ent", "sqlboiler"),
    *("reform", "goqu", "beego", "gocql", "clickhouse", "scany", "sqlbuilder"),
)
"""Libraries whose calls take arguments in ways of their own, by what their import paths hold."""
_SQLX = "github.com/jmoiron/sqlx"
_ONE_BY_ONE = ("database/sql.", _SQLX, "github.com/letsencrypt/borp.", "gopkg.in/gorp.", "github.com/go-gorp/gorp")
"""Packages whose methods give each argument to one placeholder. gorp and borp take a map only for `:name`."""
_CONVERTED = ("sql.Named(", "sql.Out{", "pgx.NamedArgs")


def given(m: Machine, f: Frame, done: Evaluated, sink: int, made: Sequence[Received], *, whole: bool) -> None:
    """Remember what a database call gives for the placeholders of the texts that it was just recorded with.

    `whole` says whether it can have no other text.
    """
    nodes, values = done.nodes, done.values
    base = base_name(done.callee.method)
    if base in _LATER or not trusted(m, f, done.callee):
        return
    if m.inline_depth > MAX_INLINE:
        # Behind so many layers, a list of statements and the list of their arguments are no longer matched for certain.
        return
    named = base in _NAMED
    counts, known = counts_of(m, f, nodes[sink + 1 :], values[sink + 1 :], named=named)
    alone = len(nodes) == 1 and nodes[0].type == "call_expression"
    if alone and any(isinstance(each.atom, Several) for each in values[0]):
        counts, known = counts_of(m, f, nodes, values, named=named, rest=False)
        counts = [replace(each, number=each.number and each.number - 1) for each in counts]
    elif alone and not _one_text(m, f, nodes[0]):
        counts, known = [Counts("arguments", reason="results of a call")], True
    behind = nodes[sink + 1 :], values[sink + 1 :]
    for count in counts:
        under = join_guards(f.ambient, count.guard)
        texts: tuple[Given, ...] = ()
        if under is not None and not named:
            texts = constants(m, f, *behind, under)
        elif under is not None and len(nodes) == sink + 2:
            texts = named_constants(m, nodes[sink + 1], first_of(values[sink + 1]), under)
        for noted in _remember(m, done.call, [count], made, texts, whole=whole, known=known):
            if not named and count.number is not None:
                passed(m, f, noted, *behind)
    # Which of several arguments goes with which of several texts is not followed.
    for each in choices(m, f, *behind) if len(counts) == 1 and len(made) == 1 and not named else ():
        _remember(m, done.call, counts, made, (each,), whole=whole, known=known)


def _remember(
    m: Machine,
    call: Call,
    counts: Sequence[Counts],
    made: Sequence[Received],
    constants: tuple[Given, ...] = (),
    *,
    whole: bool,
    known: bool,
) -> list[Noted]:
    found = []
    for each in counts:
        texts = [record for record in made if agree(record.guard, each.guard)]
        implying = [record for record in texts if implied(each.guard, record.guard, record.ambient)]
        surely = [record for record in implying if record.order in m.possible]
        if not known:
            # With some of its forms left out, only a list that surely goes with a text says something about it.
            texts = implying
        # What loops have made goes with certain parts of one text.
        apart = [[record] for record in texts] if each.rounds or each.none else [texts] if texts else []
        several = len(apart) > 1 and whole and known and not each.none
        for some in apart:
            noted = Noted(
                *(each.kind, call.span, call.name, each.number, each.names, each.owner, each.reason),
                tuple(record.order for record in some),
                tuple(record.order for record in surely if record in some),
                # That a loop has no round may be ruled out: such a list alone need not fit.
                whole and known and len(apart) == 1 and not each.none,
                known,
                made[0].order,
                None,
                _rounds(each, some[0].text),
                constants,
                call.function,
                _several(m, texts) if several else 0,
            )
            m.noted[noted] = None
            found.append(noted)
    return found


def _several(m: Machine, texts: Sequence[Received]) -> int:
    """Return how many texts a call has, 0 where it may have another one."""
    if any(m.decisions.guessed(decision) for record in texts for decision, _ in record.guard):
        return 0
    return len({record.text.plain for record in texts})


def _rounds(given: Counts, text: Text) -> Rounds | None:
    """Return how arguments that loops have made go with the parts of a text that the same loops have made."""
    if not given.rounds and not given.none:
        return None
    counts = Counter(frozenset(loops) for loops in given.rounds)
    ranges: dict[frozenset[int], list[tuple[int, int]]] = {}
    offset = 0
    for piece in text.pieces:
        end = offset + len(piece.text)
        ranges.setdefault(frozenset(piece.repeats), []).append((offset, end))
        offset = end
    portions = []
    for loops, parts in ranges.items():
        if not loops.isdisjoint(given.none):
            portions.append(Portion(tuple(parts), None))
        elif loops and loops in counts:
            portions.append(Portion(tuple(parts), counts[loops]))
    if any(loops and loops not in ranges and loops.isdisjoint(given.none) for loops in counts):
        return None
    if given.none and any(loops and loops not in counts and loops.isdisjoint(given.none) for loops in ranges):
        # How often the text has that part may rest on the same loop (`strings.Repeat("?, ", len(ids)-1) + "?"`).
        return None
    return Rounds(counts[frozenset()], tuple(portions))


def rewrites(callee: Callee) -> bool:
    """Say whether a call is of a function of sqlx that writes the placeholders of its SQL anew."""
    return callee.package is not None and callee.package.endswith("sqlx") and callee.method in ("In", "Named")


def rewritten(m: Machine, f: Frame, done: Evaluated, made: Sequence[Received]) -> None:
    """Remember what sqlx's In, Named and BindNamed are given for the placeholders that they write anew."""
    nodes, values = done.nodes, done.values
    position = next((number for number, value in enumerate(values) if is_text(first_of(value))), None)
    if position is None:
        return
    names = done.callee.method != "In"
    counts, known = counts_of(m, f, nodes[position + 1 :], [first_of(v) for v in values[position + 1 :]], named=names)
    judge(m, made, whole=len(made) == 1)
    behind = nodes[position + 1 :], [first_of(value) for value in values[position + 1 :]]
    texts = constants(m, f, *behind, f.ambient) if not names and len(counts) == len(made) == 1 else ()
    _remember(m, done.call, counts, made, texts, whole=False, known=known)


def is_text(value: Value) -> bool:
    """Say whether a value is a text in one of its alternatives."""
    return any(isinstance(each.atom, Text) for each in value)


def counts_of(
    m: Machine, f: Frame, nodes: Sequence[Node], values: Sequence[Value], *, named: bool, rest: bool = True
) -> tuple[list[Counts], bool]:
    """Return what an argument list gives, under each branch, and whether that is all that it can give.

    `rest` says whether other arguments stand in front of it.
    """
    if any(f.file.source(node).startswith(_CONVERTED) for node in nodes):
        return [Counts("arguments", reason="named arguments")], True
    if named:
        names = given_names(m, f, nodes[0], values[0]) if len(nodes) == 1 else []
        return names, len(names) < CAP
    found, known = counted(f, nodes, values, rest=rest)
    return [
        Counts("arguments", each.guard, each.number, reason=each.reason, rounds=each.rounds, none=each.none)
        for each in found
    ], known


def trusted(m: Machine, f: Frame, callee: Callee) -> bool:
    """Say whether a method gives each of its arguments to one placeholder, as those of database/sql do."""
    if callee.functions or callee.method.startswith("Raw"):
        return False
    type_id = callee.receiver_type
    type_id = m.index.meant(type_id)
    if _one_by_one(type_id):
        return True
    folder, _, name = type_id.rpartition(".")
    if folder in m.index.folders and m.index.type(folder, name) is not None:
        return _promoted(m, type_id, 0) or _variadic(m, type_id, callee.method)
    imports = m.index.of(f.file).imports.values()
    if any(word in path for path in imports for word in _OTHER_LIBRARIES):
        return False
    # The transaction of a type that embeds a database has a type of its package by name alone.
    return (not type_id or folder in m.index.folders) and any(
        path.startswith(("database/sql", _SQLX)) for path in imports
    )


def _one_by_one(type_id: str) -> bool:
    package = type_id.rpartition("/")[2].partition(".")[0]
    return type_id.startswith(_ONE_BY_ONE) or "sqlx" in package


def _promoted(m: Machine, type_id: str, depth: int) -> bool:
    """Say whether a struct or an interface of the tree has the method from database/sql or sqlx."""
    embedded = m.index.embedded(type_id)
    return depth < 4 and any(_one_by_one(each) or _promoted(m, each, depth + 1) for each in embedded)


def _variadic(m: Machine, type_id: str, method: str, depth: int = 0) -> bool:
    """Say whether an interface of the tree declares the method with `args ...any` at its end."""
    found = m.index.body(type_id)
    if depth > 4 or found is None or found[1].type != "interface_type":
        return False
    file, body = found
    for each in body.named_children:
        name, listing = each.child_by_field_name("name"), each.child_by_field_name("parameters")
        if each.type == "method_elem" and name is not None and file.source(name) == method and listing is not None:
            return bool(listing.named_children) and listing.named_children[-1].type == "variadic_parameter_declaration"
    embedded = [
        m.index.type_id(file, children(each)[0])
        for each in children(body)
        if each.type == "type_elem" and children(each)
    ]
    return any(_one_by_one(each) or _variadic(m, each, method, depth + 1) for each in embedded)


def _one_text(m: Machine, f: Frame, node: Node) -> bool:
    """Say whether a call that is the only argument surely returns one text; a function of the tree shows others."""
    source = f.file.source(node)
    if source.startswith(("fmt.Sprint", "strings.")) or ".Rebind(" in source.partition("\n")[0]:
        return True
    function = node.child_by_field_name("function")
    return function is not None and any(isinstance(each.atom, Function) for each in m.evaluate(f, function))
