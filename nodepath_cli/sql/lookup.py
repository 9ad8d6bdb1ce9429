"""What a column's name means in its clause: the server's own search, in the server's order.

The order was measured on MariaDB 10.11: the tables of FROM; for ORDER BY, GROUP BY and windows then the select list;
for HAVING the select list and GROUP BY alone; then the same in every query around, where WHERE and ON hide the list.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.sql.catalogue import SYSTEM_DATABASES
from nodepath_cli.sql.nodes import AGGREGATE, Col, Expr, Ident
from nodepath_cli.sql.resolution import Clause
from nodepath_cli.sql.scope import (
    UNKNOWN_ALIAS,
    Link,
    OutItem,
    Scope,
    Source,
    Tree,
    find,
    leaves,
    once_in_shared,
    shares,
)

_SEES_ITEMS = frozenset((Clause.HAVING, Clause.GROUP_BY, Clause.ORDER_BY, Clause.WINDOW_PARTITION, Clause.WINDOW_ORDER))
_HIDES_ITEMS = frozenset((Clause.WHERE, Clause.ON))
ROWIDS = frozenset(("rowid", "oid", "_rowid_"))
_INTEGERS = ("int", "tinyint", "smallint", "mediumint", "bigint", "serial", "integer")


class InTable(Struct, frozen=True):
    """The name is a column of this source."""

    source: Source


class InItems(Struct, frozen=True):
    """The name is an item of the select list."""

    item: OutItem
    scope: Scope


class Several(Struct, frozen=True):
    """The name fits several."""

    names: tuple[str, ...]
    tables: tuple[Table, ...]


class NotTold(Struct, frozen=True):
    """It cannot be told."""

    reason: str


class NotYet(Struct, frozen=True):
    """A subquery names an item of a query around it that it may not use: 1247."""

    why: str


Hit: TypeAlias = InTable | InItems | Several | NotTold | NotYet

FORWARD = "forward reference in item list"
GROUP_FUNCTION = "reference to group function"


class NameSearch:
    """Searches names; records nothing."""

    def __init__(self, dialect: Dialect, schema: Schema) -> None:
        self.dialect = dialect
        self.sqlite = dialect.name == "sqlite"
        self.schema = schema
        self.case_sensitive = schema.case_sensitive_tables and not self.sqlite

    def window_item(self, col: Col, scope: Scope) -> Hit | None:
        """Look up a column that is a whole item of a window: an item of the list first, then what was added to it."""
        hit = self.in_items(col, scope)
        if hit is None or isinstance(hit, NotTold):
            name = col.name.text.lower()
            owners = []
            for added in scope.added:
                same_table = col.table is None or (added.table is not None and added.table.text == col.table.text)
                same = added.name.text.lower() == name and same_table
                found = self.search(added, scope, Clause.SELECT) if same else None
                if isinstance(found, InTable) and found.source not in owners:
                    owners.append(found.source)
            if owners:
                hit = InTable(owners[0]) if len(owners) == 1 else several(owners)
        scope.added.append(col)
        return self.behind_alias(col, hit, scope)

    def behind_alias(self, col: Col, hit: Hit | None, scope: Scope) -> Hit | None:
        """Return the ambiguity of a name that was found behind the alias of an item, where FROM has it twice."""
        if isinstance(hit, InItems) and col.table is None and hit.item.name.lower() != col.name.text.lower():
            own = self.in_tables(col, scope)
            if isinstance(own, Several):
                return own
        return hit

    def search(self, col: Col, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None = None) -> Hit | None:
        """Return what a name means, None where nothing has it."""
        hit: Hit | None
        if clause is Clause.HAVING and not self.sqlite and not col.flags & AGGREGATE:
            hit = self.in_select(col, scope, having=True)
        else:
            hit = self.in_tables(col, scope, trees)
            if hit is None and (clause in _SEES_ITEMS or self.sqlite) and scope.items is not None:
                # An aggregate in HAVING sees aliases as well, though its other names do not see FROM (measured).
                hit = self.in_items(col, scope)
        if hit is not None:
            return hit
        items_first = clause is Clause.HAVING and not col.flags & AGGREGATE
        link = scope.outer
        if link and clause is Clause.ON and (link.hidden_from_on or link.scope.hidden_from_on):
            return None
        while link:
            hit = self._outwards(col, link, items_first)
            if hit is not None:
                return hit
            grouped = None if items_first else self._grouped_away(col, link)
            if grouped:
                # The column is the one that it found; only a table of the same name further out can save it (measured).
                col = replace(col, table=Ident(grouped.name, col.name.start, col.name.start))
            link = link.scope.outer
        return None

    def _outwards(self, col: Col, link: Link, items_first: bool) -> Hit | None:
        """Look a name up in a query around; a name of HAVING looks into the select list first (measured)."""
        hit = self._outer_items(col, link, True) if items_first else None
        if hit is None:
            hit = self._outer_tables(col, link, items_first)
        if hit is None and not items_first:
            hit = self._outer_items(col, link, False)
        return hit

    def _grouped_away(self, col: Col, link: Link) -> Source | None:
        """Return the table that has a name which HAVING must not see, as its query is grouped."""
        if link.place is not Clause.HAVING or not link.scope.grouped or self.sqlite or col.flags & AGGREGATE:
            return None
        hit = self.in_tables(col, link.scope, link.trees)
        return hit.source if isinstance(hit, InTable) else None

    def _outer_tables(self, col: Col, link: Link, from_having: bool) -> Hit | None:
        outer = link.scope
        if link.place is not Clause.HAVING or not outer.grouped or self.sqlite or col.flags & AGGREGATE:
            return self.in_tables(col, outer, link.trees)
        # Grouped tables are out of sight, but that a name fits two of them is said all the same; the columns of views
        # and derived tables stay in sight where the server merges them into the query (measured).
        hit = self.in_tables(col, outer, link.trees)
        merged = isinstance(hit, InTable) and hit.source.may_be_merged and not from_having
        seen = isinstance(hit, Several) or merged
        return hit if seen else None

    def _outer_items(self, col: Col, link: Link, from_having: bool) -> Hit | None:
        outer = link.scope
        if link.place in _HIDES_ITEMS or outer.items is None:
            return None
        hit = self.in_select(col, outer, link.place is Clause.HAVING)
        if isinstance(hit, InItems):
            if link.place is Clause.SELECT and hit.item.index >= link.item:
                # A qualified name is then looked for in FROM (measured).
                return NotYet(FORWARD) if col.table is None else None
            if hit.item.value and hit.item.value.aggregate and not from_having:
                return NotYet(GROUP_FUNCTION)
        return hit

    def in_tables(self, col: Col, scope: Scope, trees: tuple[Tree, ...] | None = None) -> Hit | None:
        """Look a name up in the tables of FROM."""
        name = col.name.text.lower()
        if col.table is not None:
            return self._qualified(col, name, col.table.text, scope, trees)
        if trees is None and not scope.merged:
            found = [source for source in scope.sources if source.has(name)]
        else:
            found = [source for tree in (scope.trees if trees is None else trees) for source in find(tree, name)]
        if len(found) > 1 and any(source.mixed for source in found):
            # One of several shapes need not have it.
            found = [source for source in found if not source.mixed] or found[:1]
        if len(found) == 1:
            return InTable(found[0])
        if found:
            return several(found)
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
            # Two tables of one name, of two databases: behind USING and NATURAL the first is taken (measured).
            found = once_in_shared(scope.trees if trees is None else trees, found) if scope.merged else found
            return several(found) if len(found) > 1 else InTable(found[0])
        for source in matching:
            if source.is_open:
                return InTable(source) if source.any_column else NotTold(source.unknown or "")
        if not matching:
            hidden = [source for source in scope.sources if source.any_name]
            if any(source.is_open or name in source.columns for source in hidden):
                return NotTold(hidden[0].unknown or UNKNOWN_ALIAS)
            return NotTold(scope.hole) if scope.hole else None
        return self._pseudo(name, matching)

    def _pseudo(self, name: str, sources: list[Source]) -> Hit | None:
        """Find `_rowid`, SQLite's names for the row number, and what TiDB has beside MySQL's columns."""
        if self.sqlite:
            if name in ROWIDS:
                owner = next((source for source in sources if source.table), None)
                return InTable(owner) if owner else None
        elif name == "_rowid":
            owners = [source for source in sources if source.table and _has_rowid(source.table)]
            return InTable(owners[0]) if len(owners) == 1 else (several(owners) if owners else None)
        elif name == "_tidb_rowid" or (name.startswith("tidb_") and any(map(_is_system, sources))):
            return NotTold("TiDB alone has a column of that name")
        return None

    def in_select(self, col: Col, scope: Scope, having: bool) -> Hit | None:
        """Look a name up in the select list and in GROUP BY; in HAVING two answers of GROUP BY are one too many."""
        hit = self.in_items(col, scope)
        if not scope.group or isinstance(hit, Several) or (isinstance(hit, InItems) and not having):
            return hit
        grouped = self.in_group(col, scope)
        return grouped if isinstance(grouped, Several) or not isinstance(hit, InItems) else hit

    def in_group(self, col: Col, scope: Scope) -> Hit | None:
        """Look a name up among the plain columns of GROUP BY."""
        name = col.name.text.lower()
        found: Hit | None = None
        owner: Source | OutItem | None = None
        for expr in scope.group:
            hit = self._group_item_hit(expr, scope)
            other = self._grouped_owner(col, name, expr, hit, scope)
            if other is None and self._other_tables(col, name, expr, hit):
                # The server looks no further behind a column of that name in another table (measured).
                return None
            if other is None or other is owner:
                continue
            if owner is not None:
                # Two columns, or a column and an alias: two matches of one rank.
                return several([each for each in (owner, other) if isinstance(each, Source)])
            found, owner = hit, other
        return found or (NotTold(scope.hole) if scope.hole else None)

    def _group_item_hit(self, expr: Expr, scope: Scope) -> Hit | None:
        """Return what an item of GROUP BY is, where it is a name or a position."""
        if expr.column:
            return self.grouped_by(expr.column, scope)
        items = scope.items or []
        if expr.position and 1 <= int(expr.position) <= len(items):
            return InItems(items[int(expr.position) - 1], scope)
        return None

    def _grouped_owner(self, col: Col, name: str, expr: Expr, hit: Hit | None, scope: Scope) -> Source | OutItem | None:
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

    def _other_tables(self, col: Col, name: str, expr: Expr, hit: Hit | None) -> bool:
        if col.table is None or not isinstance(hit, InTable) or expr.column is None:
            return False
        return expr.column.name.text.lower() == name and not self._means(col, hit.source)

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
            shared = col.table is None and any(shares(tree, name) for tree in scope.trees)
            if isinstance(hit, Several) or not isinstance(own, InTable) or shared:
                return hit
            # An item that is the same column keeps its alias.
            same = hit.item.field_name == name and self.field_of(hit.item, scope) is own.source
            return hit if same else own
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
            if self.sqlite and not item.aliased:
                continue
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

        It does in HAVING, where the query around is grouped and the subquery stands in its select list, and where the
        column is itself an item of that list.
        """
        if scope.outer is None or item.column is None or self.dialect.name != "mariadb":
            return False
        if self.in_tables(item.column, scope) is not None:
            return False
        link: Link | None = scope.outer
        while link:
            hit = self._outwards(item.column, link, False)
            if hit is not None:
                grouped = link.place is Clause.SELECT and link.scope.grouped
                return isinstance(hit, InItems) or link.place is Clause.HAVING or grouped
            link = link.scope.outer
        return False

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
        return several(owners)


def several(sources: list[Source]) -> Several:
    """Return the ambiguity between these sources."""
    return Several(
        tuple(source.label for source in sources),
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


def _is_system(source: Source) -> bool:
    return source.database is not None and source.database.lower() in SYSTEM_DATABASES
