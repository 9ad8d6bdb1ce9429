"""GROUP BY and ORDER BY: what their items mean, and what a grouped SELECT may name beside its groups."""

from __future__ import annotations

from nodepath_cli.sql.from_tables import FromResolver
from nodepath_cli.sql.full_group_by import Query, ungrouped
from nodepath_cli.sql.lookup import GROUP_FUNCTION, InItems, InTable, NotTold, NotYet, Several
from nodepath_cli.sql.nodes import AGGREGATE, WINDOW_ITEM, WINDOW_ORDER, WINDOW_PARTITION, Col, Expr, Ident, Select, Sub
from nodepath_cli.sql.resolution import Clause
from nodepath_cli.sql.scope import Environment, OutItem, Scope, Source

DISTINCT_CHECKED = (5, 7, 5)
"""The MySQL from which on ORDER BY and DISTINCT have to fit one another, and the select list and GROUP BY."""


class GroupOrderResolver(FromResolver):
    """Resolves the items of GROUP BY and ORDER BY."""

    def countable(self, start: int, end: int) -> bool:
        """Say whether the elements between two offsets are as many as the text shows: nothing there repeats."""
        return self.prepared.variant.countable(start, end)

    def full_group_by(self) -> bool:
        """Say whether the server is a MySQL that knows ONLY_FULL_GROUP_BY as it is today, and has it on."""
        dialect = self.dialect
        if dialect.name != "mysql" or not dialect.full_group_by or self.making:
            return False
        return not dialect.version or (*dialect.version, 99, 99)[:3] >= DISTINCT_CHECKED

    def ungrouped_in(self, select: Select, order: tuple[Expr, ...], scope: Scope) -> None:
        """Check that what a grouped SELECT names depends on its groups."""

        def source_of(col: Col, scope: Scope) -> Source | None:
            hit = None if col.name.hole or (col.table and col.table.hole) else self.in_tables(col, scope)
            return hit.source if isinstance(hit, InTable) else None

        def in_items(col: Col, scope: Scope) -> OutItem | None:
            hit = self.in_items(col, scope)
            return hit.item if isinstance(hit, InItems) else None

        found = ungrouped(select, scope, order, Query(self.text, source_of, in_items, self.countable))
        if found is not None:
            self.violate(found.errno, found.message, found.name, found.start, found.end, Clause.SELECT)

    def distinct_matters(self, scope: Scope) -> bool:
        """Say whether MySQL checks what the rows of a SELECT DISTINCT are ordered by (ONLY_FULL_GROUP_BY)."""
        return self.full_group_by() and not (scope.grouped or scope.merged)

    def order_of_distinct(self, col: Col, number: int, scope: Scope) -> None:
        """Check that a column of ORDER BY is in the list of a SELECT DISTINCT: MySQL refuses others, by its manual.

        ("MySQL Handling of GROUP BY": with DISTINCT each expression of ORDER BY has to be one of the list, or its
        columns have to be.)
        """
        if col.name.hole or (col.table and col.table.hole) or self.in_items(col, scope) is not None:
            return
        if isinstance(self.in_tables(col, scope), InTable):
            message = (
                f"Expression #{number} of ORDER BY clause is not in SELECT list, references column '{col.name.text}' "
                "which is not in SELECT list; this is incompatible with DISTINCT"
            )
            self.violate(3065, message, col.name.text, col.name.start, col.name.end, Clause.ORDER_BY)

    def group_item(self, expr: Expr, scope: Scope, environment: Environment | None) -> None:
        """Resolve an item of GROUP BY."""
        if expr.position is not None:
            self.position_item(expr, scope, Clause.GROUP_BY)
            return
        col = expr.column
        if col is None:
            self.expression(expr, scope, Clause.GROUP_BY, environment)
            self.no_aggregate(expr, scope, Clause.GROUP_BY)
            self.group_functions(expr, scope)
            self.no_window_alias(expr, scope, Clause.GROUP_BY)
            return
        hit = None if col.name.hole else self.in_items(col, scope)
        if not isinstance(hit, (InItems, Several)):
            self.column(col, scope, Clause.GROUP_BY)
            return
        hit = self.grouped_by(col, scope)
        value = hit.item.value if isinstance(hit, InItems) else None
        if value and value.window:
            self.no_window(col.name.start, col.name.end, Clause.GROUP_BY, col.name.text)
        elif value and value.aggregate and not self._may_be_of_tables(col, scope):
            name = col.name
            self.violate(1056, f"Can't group on '{name.text}'", name.text, name.start, name.end, Clause.GROUP_BY)
        self.record(col, Clause.GROUP_BY, self.behind_alias(col, hit, scope), scope, None)

    def _may_be_of_tables(self, col: Col, scope: Scope) -> bool:
        """Say whether a column of that name may be in a table whose columns are not known: it goes before the alias."""
        hit = self.in_tables(col, scope)
        return isinstance(hit, NotTold) or (isinstance(hit, InTable) and hit.source.is_open)

    def no_window_alias(self, expr: Expr, scope: Scope, clause: Clause) -> None:
        """Check that an expression names no item of the select list that holds a window function."""
        for atom in expr.atoms:
            if isinstance(atom, Sub) or atom.name.hole:
                continue
            inside = bool(atom.flags & AGGREGATE)
            name = atom.name.text.lower()
            grouped = any(expr.column and expr.column.name.text.lower() == name for expr in scope.group)
            # In HAVING alone an alias goes before a column, unless that is in GROUP BY (measured).
            own_first = clause is not Clause.HAVING or inside or grouped
            if own_first and self.in_tables(atom, scope) is not None:
                continue
            hit = self.in_items(atom, scope)
            if isinstance(hit, InItems) and hit.item.value and hit.item.value.window:
                self.no_window(atom.name.start, atom.name.end, clause, atom.name.text, in_aggregate=inside)

    def position_item(self, expr: Expr, scope: Scope, clause: Clause) -> None:
        """Check a number that stands for an item of the select list."""
        position = expr.position or ""
        items = scope.items or []
        if 1 <= int(position) <= len(items):
            value = items[int(position) - 1].value
            if clause is Clause.GROUP_BY and value and value.window:
                self.no_window(expr.start, expr.end, clause)
            elif clause is Clause.GROUP_BY and value and value.aggregate:
                name = items[int(position) - 1].name
                self.violate(1056, f"Can't group on '{name}'", name, expr.start, expr.end, clause)
        elif not scope.items_open:
            self._bad_position(expr, clause)

    def _bad_position(self, expr: Expr, clause: Clause) -> None:
        if not self.sqlite:
            ident = Ident(expr.position or "", expr.start, expr.end)
            self.record(Col(ident, None, None, 0), clause, None, Scope(), None)

    def order_item(self, expr: Expr, scope: Scope, environment: Environment | None) -> None:
        """Resolve an item of ORDER BY."""
        if expr.position is not None:
            self.position_item(expr, scope, Clause.ORDER_BY)
            return
        col = expr.column
        if col is None:
            self.expression(expr, scope, Clause.ORDER_BY, environment)
            self.group_functions(expr, scope)
            return
        hit = self.in_items(col, scope) if scope.items is not None and not col.name.hole else None
        if isinstance(hit, (InItems, Several)):
            self.record(col, Clause.ORDER_BY, self.behind_alias(col, hit, scope), scope, None)
        else:
            self.column(col, scope, Clause.ORDER_BY)

    def group_functions(self, expr: Expr, scope: Scope, in_windows: bool = False) -> None:
        """Check that no alias of an aggregate stands inside an expression, or inside one of its windows' items."""
        for atom in expr.atoms:
            if isinstance(atom, Sub) or atom.flags & AGGREGATE or atom.name.hole:
                continue
            if in_windows and (atom.flags & WINDOW_ITEM or not atom.flags & (WINDOW_PARTITION | WINDOW_ORDER)):
                continue
            if self.in_tables(atom, scope) is not None:
                continue
            hit = self.in_items(atom, scope)
            value = hit.item.value if isinstance(hit, InItems) else None
            # An aggregate in the argument of a window function can be named (measured).
            if value and value.aggregate and not value.window:
                self.record(atom, Clause.ORDER_BY, NotYet(GROUP_FUNCTION), scope, None)
