"""SELECT, VALUES, WITH and set operations, clause by clause."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql.cte_names import with_itself
from nodepath_cli.sql.from_tables import OPEN_FROM
from nodepath_cli.sql.group_order import GroupOrderResolver
from nodepath_cli.sql.lookup import Several
from nodepath_cli.sql.nodes import (
    Branch,
    Col,
    Cte,
    Expr,
    Ident,
    Item,
    Query,
    Rows,
    Select,
    Star,
    Sub,
)
from nodepath_cli.sql.resolution import Clause, Columns
from nodepath_cli.sql.scope import UNKNOWN_ALIAS, Environment, Link, OutColumn, OutItem, Output, Scope, Source, star

OPEN_LIST = "the select list is known only in part"


class SelectResolver(GroupOrderResolver):
    """Resolves query expressions."""

    def query(self, query: Query, outer: Link | None, environment: Environment | None) -> Output:
        """Resolve a query expression and return its columns."""
        if query.ctes:
            around = None if self._hides_outer_ctes() else environment
            environment = self.define(query.ctes, query.recursive, outer, environment, around)
        return self._body(query, outer, environment, None)

    def _hides_outer_ctes(self) -> bool:
        """Say whether a subquery's CTEs miss those around it: on MariaDB 10.11 all but in a CTE's body (measured)."""
        return not self.defining and self.dialect.name == "mariadb" and () < self.dialect.version < (11,)

    def define(
        self,
        ctes: tuple[Cte, ...],
        recursive: bool,
        outer: Link | None,
        environment: Environment | None,
        around: Environment | None,
    ) -> Environment:
        """Resolve common table expressions and return what they add to `environment`; their bodies see `around`."""
        self.with_seen = True
        names: dict[str, Output | None] = {}
        numbers = {cte.name.text.lower(): self.bodies.add(cte.name.text) for cte in ctes}
        inner = Environment(names, around, numbers)
        seen: set[str] = set()
        if recursive:
            for cte in ctes:
                given = Output(tuple(OutColumn(ident.text) for ident in cte.columns)) if cte.columns else None
                names[cte.name.text.lower()] = given
        link = replace(outer, exists=False) if outer and self._derived_sees_outer() else None
        for cte in ctes:
            key = cte.name.text.lower()
            if key in seen:
                self.violate(
                    4004,
                    f"Duplicate query name `{cte.name.text}` in WITH clause",
                    cte.name.text,
                    cte.name.start,
                    cte.name.end,
                )
            seen.add(key)
            self.defining += 1
            marks = len(self.tables), len(self.columns), len(self.violations)
            self.bodies.begin(numbers[key])
            output = self._cte_body(cte, link, inner, names if recursive else None)
            self.bodies.end()
            self.defining -= 1
            names[key] = self._cte_output(cte, output, numbers[key])
            body = self.bodies.known[numbers[key] - 1]
            body.tables = range(marks[0], len(self.tables))
            body.columns = range(marks[1], len(self.columns))
            body.violations = range(marks[2], len(self.violations))
        return Environment(names, environment, numbers)

    def _cte_body(
        self, cte: Cte, outer: Link | None, environment: Environment, register: dict[str, Output | None] | None
    ) -> Output:
        query = cte.query
        if query.ctes:
            environment = self.define(query.ctes, query.recursive, outer, environment, environment)
        return self._body(query, outer, environment, (cte, register))

    def _cte_output(self, cte: Cte, output: Output, number: int) -> Output:
        said = len(self.violations)
        if cte.columns:
            output = self.renamed(output, cte.columns, cte.name)
        twice = self.unique_names(output, cte.name.start, cte.name.end)
        if twice and not cte.columns and twice.column is None and len(self.violations) > said:
            self.bodies.known[number - 1].duplicate = said
        self._cycle(cte, output)
        return output

    def _cycle(self, cte: Cte, output: Output) -> None:
        """Check CYCLE ... RESTRICT: its names are columns of the CTE, each once."""
        source = Source(cte.name.text, None, {column.name.lower(): None for column in output.columns}, ())
        source.unknown = output.unknown
        scope = Scope([source], [source])
        seen: set[str] = set()
        for ident in cte.cycle:
            self.column(Col(ident, None, None, 0), scope, Clause.CYCLE)
            if ident.text.lower() in seen:
                message = f"Duplicate column name '{ident.text}'"
                self.violate(1060, message, ident.text, ident.start, ident.end, Clause.CYCLE)
            seen.add(ident.text.lower())

    def _body(
        self,
        query: Query,
        outer: Link | None,
        environment: Environment | None,
        anchor: tuple[Cte, dict[str, Output | None] | None] | None,
    ) -> Output:
        first = _unwrapped(query.branches[0])
        if len(query.branches) == 1 and isinstance(first, Select):
            self._limit(query.limit)
            output = self._select(first, query.order, outer, environment)
            self._locked(query, output.scope)
            keeps_rows = not (first.distinct or query.limit or output.scope is None or one_row_for_many(output.scope))
            return replace(output, mergeable=keeps_rows and bool(first.sources), select=first)
        outputs: list[Output] = []
        marks = [len(self.tables)]
        around = outer
        for branch in query.branches:
            if len(outputs) == 2 and outer and self.dialect.name == "mariadb":
                # From the third branch on, conditions of joins do not see the query around (measured).
                around = replace(outer, hidden_from_on=True)
            outputs.append(self._branch(branch, around, environment))
            marks.append(len(self.tables))
            if anchor and len(outputs) == 1:
                cte, names = anchor
                if names is not None and not cte.columns:
                    names[cte.name.text.lower()] = outputs[0]
        if anchor and anchor[1] is None and not self.sqlite:
            self.tables[marks[0] :] = with_itself(self.tables[marks[0] :], anchor[0].name.text, marks[1] - marks[0])
        self._same_width(outputs, query, outer)
        self._limit(query.limit)
        self._union_order(query, outputs[0], outer, environment)
        return Output(outputs[0].columns, outputs[0].unknown, outputs[0].scope)

    def _locked(self, query: Query, scope: Scope | None) -> None:
        """Check that FOR UPDATE OF names tables of FROM, by their aliases (3568; MySQL's manual, "SELECT")."""
        if scope is None or scope.hole:
            return
        names = {source.name.lower() for source in scope.sources}
        for ident in query.locked:
            if ident.text.lower() not in names:
                message = f"Unresolved table name `{ident.text}` in locking clause"
                self.violate(3568, message, ident.text, ident.start, ident.end)

    def _branch(self, branch: Branch, outer: Link | None, environment: Environment | None) -> Output:
        match branch:
            case Select():
                return self._select(branch, (), outer, environment)
            case Rows():
                return self._rows(branch, outer, environment)
            case Query():
                return self.query(branch, outer, environment)

    def _same_width(self, outputs: list[Output], query: Query, outer: Link | None) -> None:
        if outer and outer.unordered and any(_has_star(branch) for branch in query.branches):
            # In EXISTS `*` counts as one column (measured).
            return
        widths = {len(output.columns) for output in outputs if output.unknown is None}
        if len(widths) > 1 and self.fixed_width(query) and not any(output.unknown for output in outputs):
            message = "The used SELECT statements have a different number of columns"
            self.violate(1222, message, None, query.start, query.end)

    def fixed_width(self, query: Query) -> bool:
        """Say whether each branch of a query selects as many columns as its text shows."""
        return all(
            self.fixed_width(branch)
            if isinstance(branch, Query)
            else self._counted(branch)
            if isinstance(branch, Select)
            else self.countable(branch.start, branch.end)
            for branch in query.branches
        )

    def _counted(self, select: Select) -> bool:
        """Say whether the list of columns is all there is; one that repeats as a whole (a joined list) is not."""
        place = select.list_start, select.list_end
        return self.countable(select.list_start, select.list_end) and place not in self.prepared.variant.repeats

    def _rows(self, rows: Rows, outer: Link | None, environment: Environment | None) -> Output:
        scope = Scope(outer=outer)
        for row in rows.rows:
            for value in row:
                self.expression(value, scope, Clause.SELECT, environment)
        first = rows.rows[0]
        if self.dialect.name == "mysql":
            # MySQL names them column_0, column_1, ... (manual, "VALUES Statement").
            return Output(tuple(OutColumn(f"column_{number}") for number in range(len(first))))
        return Output(tuple(OutColumn(self.expression_name(value)) for value in first))

    def expression_name(self, value: Expr) -> str:
        """Return how the server names an expression without alias."""
        if value.column:
            return value.column.name.text
        if value.literal is not None:
            return value.literal
        return self.text[value.start : value.end].strip()

    def _select(
        self, select: Select, order: tuple[Expr, ...], outer: Link | None, environment: Environment | None
    ) -> Output:
        scope = Scope(outer=outer)
        if select.open_sources:
            scope.hole = OPEN_FROM
        self.sources(select.sources, scope, environment)
        if select.open_items:
            scope.items_open = OPEN_LIST
        scope.windows = {window.name.text.lower(): window.name for window in select.windows}
        scope.items = self.out_items(select.items, scope)
        scope.group = select.group
        scope.grouped = bool(
            select.group
            or (select.having and select.having.aggregate)
            or any(isinstance(item.value, Expr) and item.value.aggregate for item in select.items)
            or any(expr.aggregate for expr in order)
        )
        scope.added = [expr.column for expr in (*select.group, *order) if expr.column]
        for number, item in enumerate(select.items):
            if isinstance(item.value, Expr):
                self.expression(item.value, scope, Clause.SELECT, environment, None, number)
                if item.value.window and self.dialect.name == "mariadb":
                    self.group_functions(item.value, scope, in_windows=True)
        if select.where:
            self.expression(select.where, scope, Clause.WHERE, environment)
            self.no_aggregate(select.where, scope, Clause.WHERE)
        for expr in select.group:
            self.group_item(expr, scope, environment)
        if select.having:
            self.expression(select.having, scope, Clause.HAVING, environment)
            self.no_window_alias(select.having, scope, Clause.HAVING)
        for window in select.windows:
            self.expression(window.spec, scope, Clause.SELECT, environment)
            if self.dialect.name == "mariadb":
                self.group_functions(window.spec, scope, in_windows=True)
        for number, expr in enumerate(order, 1):
            self.order_item(expr, scope, environment)
            if select.distinct and expr.column and self.distinct_matters(scope):
                self.order_of_distinct(expr.column, number, scope)
        if scope.grouped and self.full_group_by() and not (outer and outer.exists):
            self.ungrouped_in(select, order, scope)
        return self.output(scope)

    def output(self, scope: Scope) -> Output:
        """Return the columns of a resolved select list."""
        columns = []
        for item in scope.items or ():
            source = self.field_of(item, scope) if item.field_name else None
            column = source.columns.get(item.field_name or "") if source else None
            columns.append(OutColumn(item.name, column, source.table if source else None))
        return Output(tuple(columns), scope.items_open, scope)

    def out_items(self, items: tuple[Item, ...], scope: Scope) -> list[OutItem]:
        """Expand a select list; record stars of unknown tables."""
        found: list[OutItem] = []
        constant = scope.outer is not None and scope.outer.exists and not self.sqlite
        for number, item in enumerate(items):
            value = item.value
            if isinstance(value, Star) and constant:
                # Not even the table in front of it is looked for (measured).
                found.append(OutItem("Not_used", number))
            elif isinstance(value, Star):
                self._star(value, number, scope, found)
            else:
                name = item.alias.text if item.alias else self.expression_name(value)
                found.append(OutItem(name, number, value.column, None, value, item.alias is not None))
        return found

    def listed(self, items: tuple[Item, ...], output: Output, start: int, end: int, *, fixed: bool) -> Columns:
        """Return the columns of a result. `fixed`: there are as many as the list shows."""
        shown = output.scope.items or () if output.scope else ()
        starred = {number for number, item in enumerate(items) if isinstance(item.value, Star)}
        names = dict.fromkeys(
            each.source.table.name if each.source and each.source.table else ""
            for each in shown
            if each.index in starred
        )
        why = output.unknown or (None if fixed else "a part of the list is repeated")
        return Columns(tuple(column.name for column in output.columns), start, end, tuple(names), why)

    def _star(self, value: Star, number: int, scope: Scope, found: list[OutItem]) -> None:
        trees = scope.trees
        if value.table is not None:
            table = value.table
            database = value.database.text if value.database else None
            trees = [source for source in scope.sources if source.answers(table.text, database, self.case_sensitive)]
            if not trees:
                self._unknown_star(table, scope)
                return
        for tree in trees:
            found.extend(OutItem(name, number, None, source) for name, source in star(tree))
        meant = [source for source in scope.sources if value.table is None or source in trees]
        opened = next((source for source in meant if source.is_open or source.mixed), None)
        if opened is not None:
            scope.items_open = opened.unknown or f"the columns of {opened.name} cannot be told"
        elif scope.hole and value.table is None:
            scope.items_open = scope.hole

    def _unknown_star(self, table: Ident, scope: Scope) -> None:
        hidden = next((source.unknown or UNKNOWN_ALIAS for source in scope.sources if source.any_name), None)
        reason = scope.hole or hidden or ("a table's name is known only at run time" if table.hole else None)
        if reason:
            scope.items_open = reason
            return
        self.violate(1051, f"Unknown table '{table.text}'", table.text, table.start, table.end, Clause.SELECT)
        scope.items_open = f"unknown table '{table.text}'"

    def _union_order(self, query: Query, first: Output, outer: Link | None, environment: Environment | None) -> None:
        if not query.order or (outer and outer.unordered):
            return
        items = [OutItem(column.name, number) for number, column in enumerate(first.columns)]
        visible = tuple(column.name for column in first.columns)
        columns = {column.name.lower(): column.column for column in first.columns}
        result = Source("", None, columns, visible, None, first.unknown)
        scope = Scope([result], [result], outer=outer, items=items, items_open=first.unknown)
        for expr in query.order:
            if expr.position is not None:
                self.position_item(expr, scope, Clause.ORDER_BY)
                continue
            for atom in expr.atoms:
                if isinstance(atom, Sub):
                    self.query(atom.query, Link(scope, Clause.ORDER_BY), environment)
                elif atom.table is not None:
                    self._union_qualifier(atom)
                elif expr.column and sum(name.lower() == atom.name.text.lower() for name in visible) > 1:
                    self.record(atom, Clause.ORDER_BY, Several((), ()), scope, None)
                else:
                    self.column(atom, scope, Clause.ORDER_BY)

    def _union_qualifier(self, col: Col) -> None:
        table = col.table
        if table is not None:
            message = f"Table '{table.text}' from one of the SELECTs cannot be used in ORDER clause"
            self.violate(1250, message, table.text, table.start, table.end, Clause.ORDER_BY)

    def _limit(self, bounds: tuple[Expr, ...]) -> None:
        for bound in bounds:
            for atom in bound.atoms:
                if not isinstance(atom, Sub) and not atom.name.hole:
                    name = atom.database or atom.table or atom.name
                    message = f"Undeclared variable: {name.text}"
                    self.violate(1327, message, name.text, name.start, name.end, Clause.LIMIT)


def _has_star(branch: Branch) -> bool:
    return isinstance(branch, Select) and any(isinstance(item.value, Star) for item in branch.items)


def one_row_for_many(scope: Scope) -> bool:
    """Say whether a SELECT groups its rows or looks at many with a window function."""
    return scope.grouped or any(item.value is not None and item.value.window for item in scope.items or ())


def _unwrapped(branch: Branch) -> Branch:
    """Return the SELECT inside parentheses that add nothing: what stands behind them belongs to it (measured)."""
    while isinstance(branch, Query) and len(branch.branches) == 1 and not (branch.order or branch.limit or branch.ctes):
        branch = branch.branches[0]
    return branch
