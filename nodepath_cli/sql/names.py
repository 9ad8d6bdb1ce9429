"""What a column's name means in its clause: the server's own search, in the server's order.

The order was measured on MariaDB 10.11: the tables of FROM; for ORDER BY, GROUP BY and windows then the select list;
for HAVING the select list and GROUP BY alone; then the same in every query around, where WHERE and ON hide the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.nodes import (
    AGGREGATE,
    IN_LEFT,
    ODKU_VALUE,
    TABLE_COLUMN,
    WINDOW_ITEM,
    WINDOW_ORDER,
    WINDOW_PARTITION,
    Col,
    Expr,
    Ident,
    Query,
    Sub,
)
from nodepath_cli.sql.prepare import Prepared
from nodepath_cli.sql.resolution import (
    Access,
    Ambiguous,
    Clause,
    ColumnRef,
    Found,
    InsertRef,
    Missing,
    Outcome,
    TableRef,
    Unknown,
    Violation,
    clause_words,
)
from nodepath_cli.sql.scope import Environment, Link, OutItem, Output, Scope, Source, Tree, find, leaves, shares

_ACCESS: dict[Clause, Access] = {
    Clause.WHERE: "filter",
    Clause.HAVING: "filter",
    Clause.IN_SUBQUERY: "filter",
    Clause.ON: "join",
    Clause.USING: "join",
    Clause.GROUP_BY: "group",
    Clause.ORDER_BY: "order",
    Clause.WINDOW_PARTITION: "group",
    Clause.WINDOW_ORDER: "order",
    Clause.INSERT_COLUMNS: "write",
    Clause.ODKU_LEFT: "write",
}
_SEES_ITEMS = frozenset((Clause.HAVING, Clause.GROUP_BY, Clause.ORDER_BY, Clause.WINDOW_PARTITION, Clause.WINDOW_ORDER))
_HIDES_ITEMS = frozenset((Clause.WHERE, Clause.ON))
ROWIDS = frozenset(("rowid", "oid", "_rowid_"))
_INTEGERS = ("int", "tinyint", "smallint", "mediumint", "bigint", "serial", "integer")


@dataclass(frozen=True, slots=True)
class InTable:
    """The name is a column of this source."""

    source: Source


@dataclass(frozen=True, slots=True)
class InItems:
    """The name is an item of the select list."""

    item: OutItem
    scope: Scope


@dataclass(frozen=True, slots=True)
class Several:
    """The name fits several."""

    names: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class NotTold:
    """It cannot be told."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """A subquery names an item of a query around it that it may not use: 1247."""

    why: str


Hit: TypeAlias = InTable | InItems | Several | NotTold | NotYet

FORWARD = "forward reference in item list"
GROUP_FUNCTION = "reference to group function"


class NameResolver:
    """Resolves the names of expressions and collects what was found."""

    def __init__(self, prepared: Prepared, schema: Schema) -> None:
        self.prepared = prepared
        self.text = prepared.text
        self.dialect: Dialect = prepared.dialect
        self.sqlite = prepared.dialect.name == "sqlite"
        self.schema = schema
        self.case_sensitive = schema.case_sensitive_tables and not self.sqlite
        self.tables: list[TableRef] = []
        self.columns: list[ColumnRef] = []
        self.inserts: list[InsertRef] = []
        self.violations: list[Violation] = []
        self.target: Source | None = None
        """The INSERT's target, for VALUES(c)."""

    def query(self, query: Query, outer: Link | None, environment: Environment | None) -> Output:
        """Resolve a query expression."""
        raise NotImplementedError

    def violate(
        self, errno: int, message: str, identifier: str | None, start: int, end: int, clause: Clause | None = None
    ) -> None:
        """Record something that the server refuses."""
        if self.sqlite and errno != 1136:
            return
        back = self.prepared
        self.violations.append(Violation(errno, message, identifier, back.back(start), back.back_end(end), clause))

    def expression(
        self,
        expr: Expr,
        scope: Scope,
        clause: Clause,
        environment: Environment | None,
        trees: tuple[Tree, ...] | None = None,
        item: int = -1,
    ) -> None:
        """Resolve everything in an expression."""
        for atom in expr.atoms:
            if isinstance(atom, Sub):
                self.query(atom.query, Link(scope, _link_place(clause, atom.flags), trees, item), environment)
            else:
                self.column(atom, scope, clause, trees)
        for window in expr.windows:
            self.window(window, scope)

    def window(self, name: Ident, scope: Scope) -> None:
        """Check that a window of that name is defined."""
        if name.text.lower() not in scope.windows and not name.hole:
            self.violate(4009, f"Window specification with name '{name.text}' is not defined", name.text, *name[1:3])

    def column(self, col: Col, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None = None) -> None:
        """Resolve one column and record the reference."""
        flags = col.flags
        said = clause
        if flags:
            if flags & WINDOW_PARTITION:
                said = clause = Clause.WINDOW_PARTITION
            elif flags & WINDOW_ORDER:
                said = clause = Clause.WINDOW_ORDER
            if flags & IN_LEFT:
                said = Clause.IN_SUBQUERY
            if flags & ODKU_VALUE and self.target:
                scope = Scope(trees=[self.target], sources=[self.target])
                trees = None
        if col.name.hole or (col.table and col.table.hole):
            self._holed(col, scope, said)
            return
        if flags & WINDOW_ITEM and scope.items is not None:
            self.record(col, said, self._window_item(col, scope) or self.search(col, scope, clause), scope, trees)
            return
        self.record(col, said, self.search(col, scope, clause, trees), scope, trees)

    def _window_item(self, col: Col, scope: Scope) -> Hit | None:
        """Look up a column that is a whole item of a window: an item of the list first, then what was added to it."""
        hit = self.in_items(col, scope)
        if hit is None or isinstance(hit, NotTold):
            name = col.name.text.lower()
            owners = []
            for added in scope.added:
                same_table = col.table is None or (added.table is not None and added.table.text == col.table.text)
                found = self.in_tables(added, scope) if added.name.text.lower() == name and same_table else None
                if isinstance(found, InTable) and found.source not in owners:
                    owners.append(found.source)
            if owners:
                hit = InTable(owners[0]) if len(owners) == 1 else _several(owners)
        scope.added.append(col)
        return hit

    def search(self, col: Col, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None = None) -> Hit | None:
        """Return what a name means, None where nothing has it."""
        hit: Hit | None
        if clause is Clause.HAVING and not self.sqlite and not col.flags & (AGGREGATE | TABLE_COLUMN):
            hit = self.in_select(col, scope)
        else:
            hit = self.in_tables(col, scope, trees)
            if hit is None and (clause in _SEES_ITEMS or self.sqlite) and scope.items is not None:
                # An aggregate in HAVING sees aliases as well, though its other names do not see FROM (measured).
                hit = self.in_items(col, scope)
        if hit is not None:
            return hit
        items_first = clause is Clause.HAVING and not col.flags & AGGREGATE
        link = scope.outer
        if link and clause is Clause.ON and link.scope.hidden_from_on:
            link = link.scope.outer
        while link:
            hit = self._outwards(col, link, items_first)
            if hit is not None:
                return hit
            link = link.scope.outer
        return None

    def _outwards(self, col: Col, link: Link, items_first: bool) -> Hit | None:
        """Look a name up in a query around; a name of HAVING looks into the select list first (measured)."""
        hit = self._outer_items(col, link) if items_first else None
        if hit is None:
            hit = self._outer_tables(col, link)
        if hit is None and not items_first:
            hit = self._outer_items(col, link)
        return hit

    def _outer_tables(self, col: Col, link: Link) -> Hit | None:
        outer = link.scope
        if link.place is not Clause.HAVING or not outer.grouped or self.sqlite or col.flags & AGGREGATE:
            return self.in_tables(col, outer, link.trees)
        # Grouped tables are out of sight, but that a name fits two of them is said all the same (measured).
        hit = self.in_tables(col, outer, link.trees)
        return hit if isinstance(hit, Several) else None

    def _outer_items(self, col: Col, link: Link) -> Hit | None:
        outer = link.scope
        if link.place in _HIDES_ITEMS or outer.items is None:
            return None
        hit = self.in_select(col, outer)
        if isinstance(hit, InItems):
            if link.place is Clause.SELECT and hit.item.index >= link.item:
                return NotYet(FORWARD)
            if hit.item.value and hit.item.value.aggregate:
                return NotYet(GROUP_FUNCTION)
        return hit

    def in_tables(self, col: Col, scope: Scope, trees: tuple[Tree, ...] | None = None) -> Hit | None:
        """Look a name up in the tables of FROM."""
        name = col.name.text.lower()
        if col.table is not None:
            return self._qualified(col, name, col.table.text, scope, trees)
        if trees is None and not scope.merged:
            found = [source for source in scope.sources if name in source.columns]
        else:
            found = [source for tree in (scope.trees if trees is None else trees) for source in find(tree, name)]
        if len(found) == 1:
            return InTable(found[0])
        if found:
            return _several(found)
        visible = scope.sources if trees is None else list(leaves(trees))
        opened = next((source for source in visible if source.is_open), None)
        if opened:
            return InTable(opened) if opened.any_column else NotTold(opened.unknown or "")
        special = self._pseudo(name, visible)
        if special:
            return special
        return NotTold(scope.hole) if scope.hole else None

    def _qualified(
        self, col: Col, name: str, qualifier: str, scope: Scope, trees: tuple[Tree, ...] | None
    ) -> Hit | None:
        database = col.database.text if col.database else None
        visible = scope.sources if trees is None else leaves(trees)
        matching = [source for source in visible if source.answers(qualifier, database, self.case_sensitive)]
        found = [source for source in matching if name in source.columns]
        if len(found) == 1:
            return InTable(found[0])
        if found:
            return _several(found)
        for source in matching:
            if source.is_open:
                return InTable(source) if source.any_column else NotTold(source.unknown or "")
        if not matching:
            hidden = next((source for source in scope.sources if source.any_name), None)
            if hidden:
                return NotTold(hidden.unknown or "")
            return NotTold(scope.hole) if scope.hole else None
        return self._pseudo(name, matching)

    def _pseudo(self, name: str, sources: list[Source]) -> Hit | None:
        """Find `_rowid`, and SQLite's names for the row number."""
        if self.sqlite:
            if name in ROWIDS:
                owner = next((source for source in sources if source.table), None)
                return InTable(owner) if owner else None
        elif name == "_rowid":
            owners = [source for source in sources if source.table and _has_rowid(source.table)]
            return InTable(owners[0]) if len(owners) == 1 else (_several(owners) if owners else None)
        return None

    def in_select(self, col: Col, scope: Scope) -> Hit | None:
        """Look a name up in the select list and in GROUP BY, as HAVING and subqueries do."""
        hit = self.in_items(col, scope)
        if isinstance(hit, (Several, InItems)) or not scope.group:
            return hit
        return self.in_group(col, scope) or hit

    def in_group(self, col: Col, scope: Scope) -> Hit | None:
        """Look a name up among the plain columns of GROUP BY."""
        name = col.name.text.lower()
        found: Hit | None = None
        for expr in scope.group:
            hit = self._group_item_hit(expr, scope)
            owner = self._grouped_owner(col, name, expr, hit, scope)
            if owner is None:
                continue
            if found is None:
                found = hit
            elif isinstance(found, InTable) and owner is not found.source and isinstance(owner, Source):
                return _several([found.source, owner])
            elif isinstance(found, InTable) is not isinstance(owner, Source):
                # A column and an alias of that name: two matches of one rank.
                return Several((), ())
        return found or (NotTold(scope.hole) if scope.hole else None)

    def _group_item_hit(self, expr: Expr, scope: Scope) -> Hit | None:
        """Return what an item of GROUP BY is, where it is a name or a position."""
        if expr.column:
            return self.grouped_by(expr.column, scope)
        items = scope.items or []
        if expr.position and 1 <= int(expr.position) <= len(items):
            return InItems(items[int(expr.position) - 1], scope)
        return None

    def _grouped_owner(
        self, col: Col, name: str, expr: Expr, hit: Hit | None, scope: Scope
    ) -> Source | OutItem | None:
        """Return the table or the item that a grouped column stands for, where `col` can mean it."""
        if isinstance(hit, InTable):
            same = expr.column is not None and expr.column.name.text.lower() == name
            return hit.source if same and self._means(col, hit.source) else None
        if isinstance(hit, InItems):
            item = hit.item
            if item.aliased and item.name.lower() == name:
                return item if col.table is None else None
            source = self.field_of(item, scope) if item.field_name == name else None
            return source if source and self._means(col, source) else None
        return None

    def _means(self, col: Col, source: Source) -> bool:
        if col.table is None:
            return True
        return source.answers(col.table.text, col.database.text if col.database else None, self.case_sensitive)

    def grouped_by(self, col: Col, scope: Scope) -> Hit | None:
        """Return what a plain name in GROUP BY means: FROM's column before an alias, unless a join shares it."""
        hit = self.in_items(col, scope) if scope.items is not None else None
        own = self.in_tables(col, scope)
        if isinstance(hit, (InItems, Several)):
            name = col.name.text.lower()
            if isinstance(hit, InItems) and isinstance(own, InTable):
                if col.table is not None or not any(shares(tree, name) for tree in scope.trees):
                    return own
            return hit
        return own

    def in_items(self, col: Col, scope: Scope) -> Hit | None:
        """Look a name up in the select list.

        An alias or an item's own name comes first, then the column behind another alias. Two columns of one name must
        be the same column; an expression of that name ends the search (measured).
        """
        name = col.name.text.lower()
        named: OutItem | None = None
        hidden: OutItem | None = None
        unclear = False
        for item in scope.items or ():
            field_name = item.field_name
            if field_name is None:
                if col.table is None and item.name.lower() == name:
                    return InItems(item, scope)
                continue
            if col.table is not None:
                if field_name == name and self._same_table(col, item, scope):
                    if hidden and not self._same_field(hidden, item, scope):
                        return self._two_items(hidden, item, scope)
                    hidden = item
            elif item.name.lower() == name:
                if item.aliased and self._alias_is_lost(item, scope):
                    continue
                if named and not self._same_field(named, item, scope):
                    return self._two_items(named, item, scope)
                named = named or item
            elif field_name == name:
                unclear = unclear or (hidden is not None and not self._same_field(hidden, item, scope))
                hidden = hidden or item
        if named is None and unclear and hidden is not None:
            return self._two_items(hidden, hidden, scope)
        if named or hidden:
            return InItems(named or hidden, scope)  # type: ignore[arg-type]
        return NotTold(scope.items_open) if scope.items_open else None

    def _alias_is_lost(self, item: OutItem, scope: Scope) -> bool:
        """Say whether an outer column has lost its alias in the select list, as in MariaDB (measured).

        It does where the query around is grouped and the subquery stands in its select list, and in HAVING.
        """
        link = scope.outer
        if link is None or item.column is None or self.dialect.name != "mariadb":
            return False
        if link.place is not Clause.HAVING and not (link.place is Clause.SELECT and link.scope.grouped):
            return False
        return self.in_tables(item.column, scope) is None

    def field_of(self, item: OutItem, scope: Scope) -> Source | None:
        """Return the table whose column an item is."""
        if item.source:
            return item.source
        hit = self.in_tables(item.column, scope) if item.column else None
        return hit.source if isinstance(hit, InTable) else None

    def _same_field(self, one: OutItem, two: OutItem, scope: Scope) -> bool:
        if one.field_name != two.field_name:
            return False
        first, second = self.field_of(one, scope), self.field_of(two, scope)
        return first is second or first is None or second is None

    def _same_table(self, col: Col, item: OutItem, scope: Scope) -> bool:
        source = self.field_of(item, scope)
        if source is None:
            return bool(item.column and item.column.table and col.table and item.column.table.text == col.table.text)
        database = col.database.text if col.database else None
        return col.table is not None and source.answers(col.table.text, database, self.case_sensitive)

    def _two_items(self, one: OutItem, two: OutItem, scope: Scope) -> Several:
        owners = [source for source in (self.field_of(one, scope), self.field_of(two, scope)) if source]
        return _several(owners)

    def _holed(self, col: Col, scope: Scope, clause: Clause) -> None:
        """Record a name with a hole in it: known where all but a hole at its end is a column."""
        text = col.name.text
        known = text.rstrip(HOLE)
        if known and HOLE not in known and not (col.table and col.table.hole):
            plain = col._replace(name=col.name._replace(text=known, end=col.name.start + len(known), hole=False))
            hit = self.search(plain, scope, clause if clause is not Clause.IN_SUBQUERY else Clause.WHERE)
            if isinstance(hit, (InTable, InItems)):
                self.record(plain, clause, hit, scope, None)
                return
        self.record(col, clause, NotTold("a column's name is known only at run time"), scope, None)

    def record(
        self,
        col: Col,
        clause: Clause,
        hit: Hit | None,
        scope: Scope,
        trees: tuple[Tree, ...] | None,
        access: Access | None = None,
    ) -> None:
        """Add the reference that a search ended with."""
        name = col.name
        outcome: Outcome
        table: Table | None = None
        candidates: tuple[Table, ...] = ()
        errno: int | None = None
        if isinstance(hit, InTable):
            table = hit.source.table
            outcome = Found(hit.source.columns.get(name.text.lower()))
        elif isinstance(hit, InItems):
            outcome, table = self._found_item(hit)
        elif isinstance(hit, NotTold):
            outcome = Unknown(hit.reason)
        elif isinstance(hit, Several):
            outcome, candidates, errno = Ambiguous(hit.names), hit.tables, 1052
        elif isinstance(hit, NotYet):
            outcome = Found()
            self.bad_reference(name, hit.why)
        elif self.sqlite and name.quoted and col.table is None and self.text[name.start - 1] == '"':
            # SQLite takes a quoted name that is no column for a string.
            return
        elif self._lacks_tables(col, scope, clause):
            self._no_tables(col, clause)
            return
        else:
            outcome, errno = Missing(), 1054
            table, candidates = self._looked_for(col, scope, trees)
        back = self.prepared
        start, end = (name.start, name.end) if not back.pieces else (back.back(name.start), back.back_end(name.end))
        self.columns.append(
            ColumnRef(
                name.text,
                start,
                end,
                clause,
                outcome,
                access or _ACCESS.get(clause, "read"),
                col.table.text if col.table else None,
                table,
                candidates,
                errno,
            )
        )

    def _lacks_tables(self, col: Col, scope: Scope, clause: Clause) -> bool:
        if col.table is None or scope.sources or scope.outer or self.sqlite:
            return False
        return clause is not Clause.TABLE_FUNCTION

    def _no_tables(self, col: Col, clause: Clause) -> None:
        """Record 1109: a qualifier in a query that has no FROM and none around it that it could mean."""
        words = clause_words(clause, self.dialect.name)
        table = col.table or col.name
        message = f"Unknown table '{table.text}' in {words}"
        self.violate(1109, message, table.text, table.start, table.end, clause)

    def _found_item(self, hit: InItems) -> tuple[Outcome, Table | None]:
        source = self.field_of(hit.item, hit.scope)
        if source is None or hit.item.field_name is None:
            return Found(), None
        return Found(source.columns.get(hit.item.field_name)), source.table

    def bad_reference(self, name: Ident, why: str) -> None:
        """Record 1247 for an alias where it may not stand."""
        self.violate(1247, f"Reference '{name.text}' not supported ({why})", name.text, name.start, name.end)

    def _looked_for(
        self, col: Col, scope: Scope, trees: tuple[Tree, ...] | None
    ) -> tuple[Table | None, tuple[Table, ...]]:
        sources = scope.sources if trees is None else list(leaves(trees))
        link = scope.outer
        if col.table is not None:
            chain = list(sources)
            while link:
                chain += link.scope.sources
                link = link.scope.outer
            database = col.database.text if col.database else None
            for source in chain:
                if source.answers(col.table.text, database, self.case_sensitive):
                    return source.table, (source.table,) if source.table else ()
            return None, ()
        candidates = tuple({id(source.table): source.table for source in sources if source.table}.values())
        return (candidates[0] if len(candidates) == 1 and len(sources) == 1 else None), candidates


def _link_place(clause: Clause, flags: int) -> Clause:
    if flags & AGGREGATE and clause is Clause.HAVING:
        # An aggregate's argument sees every column of FROM.
        return Clause.WHERE
    if flags & WINDOW_PARTITION:
        return Clause.WINDOW_PARTITION
    return Clause.WINDOW_ORDER if flags & WINDOW_ORDER else clause


def _several(sources: list[Source]) -> Several:
    return Several(
        tuple(source.name for source in sources),
        tuple({id(source.table): source.table for source in sources if source.table}.values()),
    )


def _has_rowid(table: Table) -> bool:
    """Say whether `_rowid` names a column: a primary or unique NOT NULL key over one integer column."""
    keys = [table.primary_key] if table.primary_key else [key.columns for key in table.unique_keys]
    for key in keys:
        column = table.column(key[0]) if len(key) == 1 and key[0] else None
        if column and not column.nullable and column.type.lower().startswith(_INTEGERS):
            return True
    return False


__all__ = ["Hit", "InItems", "InTable", "NameResolver", "NotTold", "NotYet", "Several", "replace"]
