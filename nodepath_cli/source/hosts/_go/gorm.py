"""gorm's expressions: texts that it puts in the place of a `?`, where any other argument is a value.

Fact from gorm's own documentation ("SQL Builder", "Update with SQL Expression"): `gorm.Expr(sql, vars...)` and
`clause.Expr{SQL: ..., Vars: ...}` as an argument are written into the statement as SQL, names of tables among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.text_parts import add, cut
from nodepath_cli.source.hosts._go.texts import as_text, combine
from nodepath_cli.source.hosts._go.values import EMPTY, Atom, Record, Text, Value, just

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.calling import Callee
    from nodepath_cli.source.hosts._go.syntax import GoFile

_TYPE = "gorm.io/gorm/clause.Expr"
_FIELD = "SQL"
_PACKAGE = lazy(r"(?:^|/)gorm(?:\.v\d+)?$")
_PLACEHOLDER = lazy(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|(\?)", re.DOTALL)


def expression(file: GoFile, callee: Callee, nodes: Sequence[Node], values: Sequence[Value]) -> Value | None:
    """Return what `gorm.Expr(sql, vars...)` makes, None for any other call."""
    if callee.package is None or callee.method != "Expr" or not _PACKAGE.search(callee.package) or not values:
        return None
    sql = filled(file, nodes, [first_of(value) for value in values], 0)
    return combine((sql,), lambda atoms: Record(_TYPE, ((_FIELD, just(atoms[0])),), True))


def filled(file: GoFile, nodes: Sequence[Node], values: Sequence[Value], position: int) -> Value:
    """Return the SQL at a position of an argument list with the expressions behind it in the places of their `?`."""
    sql, behind = first_of(values[position]), [first_of(value) for value in values[position + 1 :]]
    if not any(_expression(each.atom) for value in behind for each in value):
        return sql

    def make(atoms: tuple[Atom, ...]) -> Atom:
        text = atoms[0]
        if not isinstance(text, Text):
            return text
        places = [found.start() for found in _PLACEHOLDER.finditer(text.plain) if found[1]]
        if len(places) != len(behind):
            return text
        made, done = EMPTY, 0
        for place, atom, node in zip(places, atoms[1:], nodes[position + 1 :], strict=True):
            written = _expression(atom)
            if written:
                inner = written[0].atom
                made = add(add(made, cut(text, done, place)), as_text(inner, file, node))
                done = place + 1
        return add(made, cut(text, done, len(text.plain)))

    return combine((sql, *behind), make)


def _expression(atom: Atom) -> Value | None:
    """Return the SQL of an expression, None for any other value."""
    if isinstance(atom, Record) and (atom.type == _TYPE or atom.type.endswith("gorm/clause.Expr")):
        return atom.get(_FIELD)
    return None
