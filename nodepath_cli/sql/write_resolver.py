"""INSERT, REPLACE, UPDATE and DELETE, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from nodepath_cli.schema.model import Column
from nodepath_cli.sql.changed_tables import read_while_changed, tables_of
from nodepath_cli.sql.from_tables import OPEN_FROM
from nodepath_cli.sql.lookup import Hit, InTable
from nodepath_cli.sql.nodes import (
    Assignment,
    Col,
    Delete,
    DeleteTarget,
    Derived,
    Expr,
    FromItem,
    Insert,
    Item,
    Join,
    JsonTable,
    TableName,
    Update,
)
from nodepath_cli.sql.resolution import Clause, InsertRef, RowRef, Violation
from nodepath_cli.sql.scope import EVERY_SPACE, Link, OutItem, Output, Scope, Source
from nodepath_cli.sql.select_resolver import SelectResolver, one_row_for_many


class WriteResolver(SelectResolver):
    """Resolves the statements that change rows."""

    def trigger(self, on: TableName, body: Insert) -> None:
        """Resolve a trigger's body: NEW and OLD have the columns of its table, and no bare name means them."""
        table = self.base_table(on.name, on.database, None, "read")
        rows: list[Source] = []
        for name in ("NEW", "OLD"):
            row = replace(table, name=name, any_case=True, nowhere=True, by_name=frozenset(), aliased=True)
            rows.append(row)
        self.insert(body, Link(Scope(list(rows), rows), Clause.FROM))

    def insert(self, node: Insert, outer: Link | None = None) -> None:
        """Resolve INSERT or REPLACE; `outer`: what the body of a trigger sees."""
        target = self.base_table(node.target, node.database, None, "write")
        scope = Scope([target], [target], outer=outer)
        self.target = target
        if target.table and target.table.read_only:
            name = node.target
            message = f"The target table {name.text} of the INSERT is not insertable-into"
            self.violate(1471, message, name.text, name.start, name.end)
        self._insert_columns(node, scope)
        for number, row in enumerate(node.rows):
            clause = Clause.VALUES_FIRST if number == 0 else Clause.VALUES_LATER
            for value in row.values:
                if value:
                    self.expression(value, scope, clause, None)
        scope.hidden_from_on = self.dialect.name == "mariadb"
        for pair in node.assignments or ():
            if pair.value:
                self.expression(pair.value, scope, Clause.VALUES_FIRST, None)
        output = self.query(node.query, outer, None) if node.query else None
        self._inserts(node, target, output)
        if node.updates is not None:
            self._updates(node, target, output, outer)
        for expr in node.conflict:
            self.expression(expr, self._excluded(target), Clause.WHERE, None)
        if node.returning is not None:
            selected = output.scope.items if output and output.scope else None
            self._returning(node.returning, target, selected or [], hidden_from_on=True)

    def _insert_columns(self, node: Insert, scope: Scope) -> None:
        listed: list[Col] = list(node.columns or ())
        listed += [pair.column for pair in node.assignments or () if pair.column]
        seen: set[str] = set()
        for col in listed:
            self._written(col, scope, Clause.INSERT_COLUMNS)
            key = col.name.text.lower()
            if key in seen and not col.name.hole:
                name = col.name
                self.violate(
                    1110,
                    f"Column '{name.text}' specified twice",
                    name.text,
                    name.start,
                    name.end,
                    Clause.INSERT_COLUMNS,
                )
            seen.add(key)

    def _inserts(self, node: Insert, target: Source, output: Output | None) -> None:
        names: tuple[str, ...] | None = None
        if node.assignments is not None:
            names = tuple(pair.column.name.text for pair in node.assignments if pair.column)
        elif node.columns is not None:
            names = tuple(col.name.text for col in node.columns)
        rows = [
            RowRef(
                None if row.open or not self.countable(row.start, row.end) else len(row.values),
                row.start,
                row.end,
            )
            for row in node.rows
        ]
        is_open = node.open or not self.countable(node.columns_start, node.columns_end)
        is_open = is_open or (not names and target.mixed)
        if output is not None and node.query:
            width = None if output.unknown or not self.fixed_width(node.query) else len(output.columns)
            rows = [RowRef(width, node.query.start, node.query.end)]
        self.inserts.append(
            InsertRef(
                target.table,
                node.target.start,
                node.target.end,
                names,
                node.columns_start,
                node.columns_end,
                tuple(rows),
                is_open,
                node.ignore,
                node.replace,
                node.updates is not None,
            )
        )
        if not is_open and node.assignments is None:
            self._counts(names, rows, target)

    def _counts(self, names: tuple[str, ...] | None, rows: list[RowRef], target: Source) -> None:
        if not names and (target.is_open or target.mixed):
            return
        # `()` as a list means no list, and as a row every column's default (measured).
        expected = len(names) if names else len(target.visible)
        for number, row in enumerate(rows, 1):
            if row.values is None or row.values == expected or (row.values == 0 and not names):
                continue
            counts = f"{_counted(expected, 'column')}, {_counted(row.values, 'value')}"
            message = f"Column count doesn't match value count at row {number}: {counts}"
            self.violations.append(Violation(1136, message, None, row.start, row.end, Clause.INSERT_COLUMNS))

    def _updates(self, node: Insert, target: Source, output: Output | None, outer: Link | None) -> None:
        left = Scope([target], [target])
        right = self._update_scope(node, target, output)
        right.outer = outer or right.outer
        from_query = node.query is not None
        left_clause = Clause.ODKU_SELECT if from_query else Clause.ODKU_LEFT
        right_clause = Clause.ODKU_SELECT if from_query else Clause.ODKU_RIGHT
        for pair in node.updates or ():
            self._assignment(pair, left, right, left_clause, right_clause)

    def _assignment(
        self, pair: Assignment, left: Scope, right: Scope, left_clause: Clause, right_clause: Clause
    ) -> None:
        if pair.column:
            self._written(pair.column, left, left_clause)
        if pair.value:
            self.expression(pair.value, right, right_clause, None)

    def loaded(self, assignments: Sequence[Assignment], scope: Scope) -> None:
        """Resolve the columns of LOAD DATA and its SET."""
        for pair in assignments:
            self._assignment(pair, scope, scope, Clause.INSERT_COLUMNS, Clause.SET)

    def _written(self, col: Col, scope: Scope, clause: Clause) -> Hit | None:
        """Resolve a column that is written, and return what it is."""
        if col.name.hole or (col.table and col.table.hole):
            self.column(col, scope, clause)
            return None
        hit = self.search(col, scope, clause)
        if isinstance(hit, InTable) and hit.source.table and hit.source.table.versioned:
            # The times of a row's version can be read, but not written.
            hit = hit if hit.source.columns.get(col.name.text.lower()) else None
        self.record(col, clause, hit, scope, None, "write")
        return hit

    def _update_scope(self, node: Insert, target: Source, output: Output | None) -> Scope:
        """Return what the right sides of ON DUPLICATE KEY UPDATE see: a grouped SELECT shows none of its columns."""
        if self.sqlite:
            return self._excluded(target)
        scope = Scope([target], [target])
        # Measured on MariaDB 10.11, in INSERT ... SET as well.
        scope.hidden_from_on = self.dialect.name == "mariadb"
        if node.query and output and output.scope and not one_row_for_many(output.scope):
            chosen = output.scope
            for tree in chosen.trees:
                scope.add(tree)
            scope.merged = chosen.merged
            scope.hole = chosen.hole
        if node.query and output and output.scope:
            # Subqueries see the aliases of the SELECT, the expressions around them do not.
            scope.items = output.scope.items
        if node.row_alias:
            scope.add(_row_alias(node, target))
        return scope

    def _excluded(self, target: Source) -> Scope:
        """Return SQLite's scope of an upsert: the table, and `excluded` for the row that was refused."""
        excluded = Source("excluded", None, target.columns, (), target.table, target.unknown, target.any_column, True)
        hidden = Scope([target], [target])
        hidden.outer = Link(Scope([excluded], [excluded]), Clause.WHERE)
        return hidden

    def _returning(
        self, items: tuple[Item, ...], target: Source, selected: Sequence[OutItem] = (), hidden_from_on: bool = False
    ) -> None:
        scope = Scope([target], [target])
        scope.hidden_from_on = hidden_from_on and self.dialect.name == "mariadb"
        scope.items = self.out_items(items, scope)
        output = self.output(scope)
        # Subqueries see the items of the INSERT's SELECT, too (measured).
        scope.items = [*scope.items, *(replace(item, index=-1) for item in selected)]
        for number, item in enumerate(items):
            if isinstance(item.value, Expr):
                self.expression(item.value, scope, Clause.RETURNING, None, None, number)
        start, end = items[0].value.start, items[-1].value.end
        self.selected = self.listed(items, output, start, end, fixed=self.countable(start, end))

    def update(self, node: Update) -> None:
        """Resolve UPDATE of one table or of several."""
        environment = self.define(node.ctes, node.recursive, None, None, None) if node.ctes else None
        scope = Scope()
        if node.open_sources:
            scope.hole = OPEN_FROM
        self.sources(node.sources, scope, environment, "write")
        derived = _derived_sources(node.sources, tables_too=True)
        # SQLite's UPDATE ... FROM sets columns of its first table alone.
        left = Scope(scope.trees[:1], scope.sources[:1]) if self.sqlite else scope
        # With several tables MariaDB resolves the values as if they were selected (measured).
        clause = Clause.SELECT if len(scope.sources) > 1 else Clause.SET
        changed: set[str] = set()
        for pair in node.assignments:
            col = pair.column
            if col:
                hit = self._written(col, left, Clause.SET)
                self._updatable(col, hit, derived)
                if isinstance(hit, InTable):
                    changed.add(hit.source.name)
            if pair.value:
                self.expression(pair.value, scope, clause, environment)
                self.no_aggregate(pair.value, scope, clause)
                if pair.value.window and clause is Clause.SELECT:
                    self.no_window(pair.value.start, pair.value.end, Clause.SET)
        for bound in node.portion:
            self.expression(bound, scope, Clause.WHERE, environment)
        if node.where:
            self.expression(node.where, scope, Clause.WHERE, environment)
            self.no_aggregate(node.where, scope, Clause.WHERE)
        for expr in node.order:
            self.order_item(expr, scope, environment)
            if expr.window:
                self.no_window(expr.start, expr.end, Clause.ORDER_BY)
        self._limit(node.limit)
        self._some_of_several(node)
        self._changed(node, [each for each in tables_of(node.sources) if each.name_used in changed], scope)
        if node.returning:
            self._returning(node.returning, scope.sources[0])

    def _some_of_several(self, node: Update) -> None:
        """Check that an UPDATE of several tables has neither ORDER BY nor LIMIT: MySQL refuses both, by its manual.

        ("UPDATE Statement": for the multiple-table syntax they cannot be used.) MariaDB takes them (measured).
        """
        if self.dialect.name != "mysql" or (len(node.sources) == 1 and not isinstance(node.sources[0], Join)):
            return
        word, found = ("ORDER BY", node.order) if node.order else ("LIMIT", node.limit)
        if found:
            self.violate(1221, f"Incorrect usage of UPDATE and {word}", None, found[0].start, found[-1].end)

    def _changed(self, node: Update | Delete, changed: list[TableName], scope: Scope) -> None:
        """Check the tables that a statement changes: views that nobody can change, and what else reads them."""
        for each in changed:
            source = next((source for source in scope.sources if source.name == each.name_used), None)
            if source and source.table and source.table.read_only:
                word = "UPDATE" if isinstance(node, Update) else "DELETE"
                message = f"The target table {each.name_used} of the {word} is not updatable"
                self.violate(1288, message, each.name_used, each.name.start, each.name.end)
        for name in read_while_changed(node, changed, self.dialect):
            message = f"You can't specify target table '{name.text}' for update in FROM clause"
            self.violate(1093, message, name.text, name.start, name.end)

    def _updatable(self, col: Col, hit: Hit | None, derived: frozenset[str]) -> None:
        if isinstance(hit, InTable) and (hit.source.name in derived or _is_system(hit.source)):
            name = hit.source.name
            message = f"The target table {name} of the UPDATE is not updatable"
            self.violate(1288, message, name, col.name.start, col.name.end)

    def delete(self, node: Delete) -> None:
        """Resolve DELETE from one table or from several."""
        environment = self.define(node.ctes, node.recursive, None, None, None) if node.ctes else None
        scope = Scope()
        if node.open_sources and node.targets is not None:
            scope.hole = OPEN_FROM
        self.sources(node.sources, scope, environment, "write" if node.targets is None else "read")
        for target in node.targets or ():
            self._delete_target(target, scope, _derived_sources(node.sources))
        for bound in node.portion:
            self.expression(bound, scope, Clause.WHERE, environment)
        if node.where:
            self.expression(node.where, scope, Clause.WHERE, environment)
            self.no_aggregate(node.where, scope, Clause.WHERE)
        for expr in node.order:
            self.order_item(expr, scope, environment)
        self._limit(node.limit)
        chosen = None if node.targets is None else {target.name.text for target in node.targets}
        tables = tables_of(node.sources)
        self._changed(node, [each for each in tables if chosen is None or each.name_used in chosen], scope)
        if node.returning:
            self._returning(node.returning, scope.sources[0])

    def _delete_target(self, target: DeleteTarget, scope: Scope, derived: frozenset[str]) -> None:
        name = target.name
        if name.hole or scope.hole or any(source.any_name for source in scope.sources):
            return
        database = target.database.text if target.database else None
        matching = [source for source in scope.sources if source.answers(name.text, database, self.case_sensitive)]
        # A table function is none of the tables that can be meant (measured).
        matching = [source for source in matching if source.space != EVERY_SPACE]
        if matching and database is not None:
            # An alias has no database: `db.alias` is refused (measured).
            matching = [source for source in matching if source.table is None or source.table.name == source.name]
        elif matching:
            # A name without database means no table of another one, but for an alias (measured).
            matching = [source for source in matching if not self._of_another_database(source)]
        if matching and matching[0].name in derived:
            message = f"The target table {name.text} of the DELETE is not updatable"
            self.violate(1288, message, name.text, name.start, name.end)
        if not matching:
            self.violate(1109, f"Unknown table '{name.text}' in MULTI DELETE", name.text, name.start, name.end)

    def _of_another_database(self, source: Source) -> bool:
        own = self.schema.database
        return not source.aliased and bool(own) and source.database is not None and source.database != own


def _row_alias(node: Insert, target: Source) -> Source:
    columns: dict[str, Column | None] = dict(target.columns)
    alias = node.row_alias
    given: frozenset[str] | None = None
    listed: Sequence[Col | None] = node.columns or [each.column for each in node.assignments or ()]
    if node.row_columns:
        columns = {ident.text.lower(): None for ident in node.row_columns}
    elif listed and not node.open and all(each is not None and not each.name.hole for each in listed):
        # It has the columns that get values (MySQL's source, `Sql_cmd_insert_base::prepare_values_table`), and no other
        # one that a name alone could mean.
        given = frozenset(each.name.text.lower() for each in listed if each is not None)
    name = alias.text if alias else ""
    return Source(name, None, columns, (), target.table, target.unknown, target.any_column, by_name=given)


def _is_system(source: Source) -> bool:
    return (source.database or "").lower() == "information_schema" and source.table is None


def _derived_sources(items: tuple[FromItem, ...], tables_too: bool = False) -> frozenset[str]:
    """Return the names of the derived tables, and of table functions, among the tables of an UPDATE or DELETE."""
    names: set[str] = set()
    for item in items:
        if (isinstance(item, Derived) and item.alias) or (isinstance(item, JsonTable) and item.alias and tables_too):
            names.add(item.alias.text)
        elif isinstance(item, Join):
            names |= _derived_sources((item.left, item.right), tables_too)
    return frozenset(names)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
