"""The tables that a statement changes, and what reads them at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.config import Dialect
from nodepath_cli.sql.nodes import Cte, Delete, Derived, FromItem, Ident, Join, Query, Sub, TableName, Update, within

_ALLOWED_SINCE = (11, 1)
"""MariaDB's version that lets a DELETE from several tables read them (MariaDB Knowledge Base, "DELETE")."""


def tables_of(items: tuple[FromItem, ...]) -> Iterator[TableName]:
    """Yield the tables of a FROM that are named there, not those inside a derived table."""
    for item in items:
        if isinstance(item, TableName):
            yield item
        elif isinstance(item, Join):
            yield from tables_of((item.left, item.right))


def read_while_changed(node: Update | Delete, changed: list[TableName], dialect: Dialect) -> Iterator[Ident]:
    """Yield the changed tables that a subquery reads, where the server refuses it (1093).

    MySQL refuses each (manual, "Restrictions on Subqueries"), but for what a derived table holds; MariaDB, before
    11.1, those of a DELETE from several tables (measured on 10.11).
    """
    values = node.assignments if isinstance(node, Update) else ()
    expressions = (node.where, *(each.value for each in values), *node.order)
    # Few statements have a subquery, and to go through all the others takes time.
    if not changed or not any(isinstance(atom, Sub) for each in expressions if each for atom in each.atoms):
        return
    several = isinstance(node, Delete) and node.targets is not None
    old = bool(dialect.version) and dialect.version < _ALLOWED_SINCE
    if dialect.name != "mysql" and not (dialect.name == "mariadb" and several and old):
        return
    hidden = {cte.name.text.lower() for cte in node.ctes}
    names = {(each.database.text if each.database else None, each.name.text) for each in changed}
    # The same table under the name of its database is one more spelling, which nobody writes.
    for read in _read(node, hidden):
        if (read.database.text if read.database else None, read.name.text) in names and not read.name.hole:
            yield read.name


def _read(node: Update | Delete, hidden: set[str]) -> Iterator[TableName]:
    """Yield the tables of the subqueries in the statement's expressions."""
    values = node.assignments if isinstance(node, Update) else ()
    waiting: list[tuple[object, bool]] = [((node.where, values, node.order), False)]
    while waiting:
        at, inside = waiting.pop()
        if isinstance(at, (Derived, Cte)):
            continue
        if isinstance(at, TableName):
            if inside and at.name.text.lower() not in hidden:
                yield at
            continue
        inner = inside or isinstance(at, Query)
        if isinstance(at, Query) and at.ctes:
            continue
        waiting.extend((each, inner) for each in within(at))
