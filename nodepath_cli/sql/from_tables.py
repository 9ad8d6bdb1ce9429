"""FROM becomes a scope: tables of the schema, CTEs, derived tables, JSON_TABLE, and the names that joins share."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from nodepath_cli.sql.lookup import InTable, several
from nodepath_cli.sql.nodes import (
    Col,
    Derived,
    FromItem,
    Hidden,
    Ident,
    Join,
    JsonTable,
    TableName,
)
from nodepath_cli.sql.resolution import Access, Clause, Missing, Violation
from nodepath_cli.sql.scope import (
    DERIVED_SPACE,
    EVERY_SPACE,
    Environment,
    Joined,
    Link,
    OutColumn,
    Output,
    Scope,
    Source,
    Tree,
    find,
    leaves,
    shared_around,
    star,
)
from nodepath_cli.sql.table_names import TableResolver

OPEN_FROM = "a part of the statement behind FROM is known only at run time"
LATERAL_DERIVED = (8, 0, 14)
"""The MySQL from which on a derived table sees the queries around it (manual, "Derived Tables")."""


class FromResolver(TableResolver):
    """Builds the scope of a FROM clause."""

    def sources(
        self, items: tuple[FromItem, ...], scope: Scope, environment: Environment | None, access: Access = "read"
    ) -> None:
        """Resolve the tables of FROM into the scope, and the conditions of its joins."""
        for item in items:
            waiting, self.arguments = self.arguments, []
            tree = self._tree(item, scope, environment, access, scope.trees)
            for function, source, seen in self.arguments:
                self._argument(function, source, seen, tree, environment)
            self.arguments = waiting
            scope.add(tree)
        if self.table_ends_open:
            self.table_ends_open = False
            scope.hole = scope.hole or OPEN_FROM
        self._unique(scope, items)

    def _tree(
        self, item: FromItem, scope: Scope, environment: Environment | None, access: Access, left: list[Tree]
    ) -> Tree:
        match item:
            case TableName():
                return self.table_source(item, environment, access)
            case Derived():
                return self._derived(item, scope, environment, left)
            case Join():
                return self._join(item, scope, environment, access, left)
            case JsonTable():
                return self._json_table(item, scope, left)
            case Hidden():
                return self._hidden(item)

    def _hidden(self, item: Hidden) -> Source:
        name = item.alias.text if item.alias else self.text[item.start : item.end]
        if item.function:
            return Source(name, None, {}, (), any_column=True)
        reason = "a table's name is known only at run time"
        return Source(name, None, {}, (), None, reason, any_name=item.alias is None)

    def table_source(self, item: TableName, environment: Environment | None, access: Access) -> Source:
        """Resolve a table's name and record the reference."""
        name = item.name
        alias = item.alias.text if item.alias else None
        if environment and item.database is None:
            output, number = environment.lookup(name.text)
            if number:
                self.without_keys(item, [])
                self.bodies.use(number)
                source = _from_output(alias or name.text, output)
                source.space = self.own_space()
                source.any_name = item.alias is not None and item.alias.hole
                return source
        self.hints(item)
        source = self.base_table(name, item.database, item.alias, access)
        if environment and item.database is None and isinstance(self.tables[-1].outcome, Missing):
            self.ctes_in_sight.note(len(self.tables) - 1, environment.in_sight())
        return source

    def _derived(self, item: Derived, scope: Scope, environment: Environment | None, left: list[Tree]) -> Source:
        outer: Link | None = None
        if item.lateral:
            outer = Link(_before(left, scope), Clause.FROM)
        elif self._derived_sees_outer() and scope.outer:
            outer = replace(scope.outer, exists=False)
        output = self.query(item.query, outer, environment)
        if item.alias is None:
            if not self.sqlite:
                self.violate(1248, "Every derived table must have its own alias", None, item.start, item.end)
            return _from_output("", output)
        if item.columns:
            output = self.renamed(output, item.columns, item.alias)
        self.unique_names(output, item.start, item.end)
        source = _from_output(item.alias.text, output)
        source.space = DERIVED_SPACE
        source.any_name = item.alias.hole
        return source

    def _derived_sees_outer(self) -> bool:
        if self.sqlite:
            return True
        version = self.dialect.version
        # A version without patch level stands for its newest release.
        return self.dialect.name == "mysql" and (not version or (*version, 99)[:3] >= LATERAL_DERIVED)

    def renamed(self, output: Output, columns: tuple[Ident, ...], name: Ident) -> Output:
        """Give a query's columns other names, `c(p, q)`."""
        if output.unknown is None and len(columns) != len(output.columns):
            errno, message = 4002, "WITH column list and SELECT field list have different column counts"
            if self.dialect.name == "mysql":
                errno, message = (
                    1353,
                    "In definition of view, derived table or common table expression, "
                    + ("SELECT list and column names list have different column counts"),
                )
            self.violate(errno, message, name.text, name.start, name.end)
        given = tuple(
            OutColumn(ident.text, *((old.column, old.table) if old else (None, None)))
            for ident, old in zip(columns, (*output.columns, *[None] * len(columns)), strict=False)
        )
        return Output(given, mergeable=output.mergeable)

    def unique_names(self, output: Output, start: int, end: int) -> OutColumn | None:
        """Check that no two columns of a derived table have one name; return the one that repeats another."""
        seen: set[str] = set()
        for column in output.columns:
            key = column.name.lower()
            if key in seen:
                self.violate(1060, f"Duplicate column name '{column.name}'", column.name, start, end)
                return column
            seen.add(key)
        return None

    def _json_table(self, item: JsonTable, scope: Scope, left: list[Tree]) -> Source:
        names = tuple(column.text for column in item.columns)
        source = Source(item.alias.text if item.alias else "", None, dict.fromkeys(map(str.lower, names)), names)
        source.nowhere = True
        if self.dialect.name == "mariadb":
            source.space = EVERY_SPACE
        self.arguments.append((item, source, _before(left, scope)))
        return source

    def _argument(
        self, item: JsonTable, source: Source, seen: Scope, tree: Tree, environment: Environment | None
    ) -> None:
        """Resolve the argument of JSON_TABLE: it sees the tables before it.

        Measured on MariaDB 10.11: a name without qualifier sees the whole of a USING or NATURAL around it.
        """
        around = shared_around(tree, source)
        if around is None or self.dialect.name != "mariadb":
            self.expression(item.argument, seen, Clause.TABLE_FUNCTION, environment)
            return
        inside = list(leaves((around,)))
        before = [each for each in seen.trees if not any(leaf in inside for leaf in leaves((each,)))]
        whole = Scope([*before, around], [*leaves(before), *inside], True, seen.outer, seen.hole)
        for atom in item.argument.atoms:
            alone = isinstance(atom, Col) and atom.table is None
            argument = replace(item.argument, atoms=(atom,))
            self.expression(argument, whole if alone else seen, Clause.TABLE_FUNCTION, environment)

    def _join(
        self, item: Join, scope: Scope, environment: Environment | None, access: Access, left: list[Tree]
    ) -> Tree:
        if item.outer == "right":
            # To the server it is a LEFT JOIN the other way round: what JSON_TABLE and LATERAL see turns round, too.
            two = self._tree(item.right, scope, environment, access, left)
            one = self._tree(item.left, scope, environment, access, [*left, two])
        else:
            one = self._tree(item.left, scope, environment, access, left)
            two = self._tree(item.right, scope, environment, access, [*left, one])
        merged: frozenset[str] = frozenset()
        if item.using is not None:
            merged = self._using(item.using, one, two, scope)
        elif item.natural is not None:
            merged = self._natural(item.natural, one, two)
        natural = item.using is not None or item.natural is not None
        tree = Joined(one, two, merged, item.outer == "right", natural)
        if natural:
            scope.merged = True
        if item.on is not None:
            seen = Scope([one, two], list(leaves((one, two))), outer=scope.outer, hole=scope.hole)
            seen.merged = scope.merged
            self.expression(item.on, seen, Clause.ON, environment, (one, two))
            self.no_aggregate(item.on, seen, Clause.ON)
        return tree

    def _using(self, names: tuple[Ident, ...], one: Tree, two: Tree, scope: Scope) -> frozenset[str]:
        merged = []
        for ident in names:
            name = ident.text.lower()
            merged.append(name)
            col = Col(ident, None, None, 0)
            for side in (one, two):
                found = find(side, name)
                opened = next((source for source in leaves((side,)) if source.is_open), None)
                both = Scope([one, two], list(leaves((one, two))), outer=None, hole=scope.hole)
                if len(found) > 1:
                    self.record(col, Clause.USING, several(found), both, None)
                    break
                if not found and opened is None and not scope.hole:
                    # Only the side that lacks it can be meant.
                    lacking = Scope([side], list(leaves((side,))))
                    self.record(col, Clause.USING, None, lacking, None)
                    break
            else:
                found = find(one, name) or find(two, name)
                if found:
                    self.record(col, Clause.USING, InTable(found[0]), both, None)
        return frozenset(merged)

    def _natural(self, word: Ident, one: Tree, two: Tree) -> frozenset[str]:
        first = [name.lower() for name, _ in star(one)]
        second = {name.lower() for name, _ in star(two)}
        merged = frozenset(name for name in first if name in second)
        for name in sorted(merged):
            for side in (one, two):
                found = find(side, name)
                if len(found) > 1:
                    col = Col(replace(word, text=name), None, None, 0)
                    self.record(col, Clause.USING, several(found), Scope([side], list(leaves((side,)))), None)
        return merged

    def _unique(self, scope: Scope, items: tuple[FromItem, ...]) -> None:
        """Check that no two tables of FROM have one name."""
        if len(scope.sources) < 2:
            return
        seen: dict[str, set[str]] = {}
        for source in scope.sources:
            if source.any_name or not source.name:
                continue
            name = source.name if self.case_sensitive else source.name.lower()
            spaces = seen.setdefault(name, set())
            taken = source.space in spaces or EVERY_SPACE in spaces or (source.space == EVERY_SPACE and bool(spaces))
            spaces.add(source.space)
            if taken:
                start, end = self._place(items, source.name)
                for table in self.tables:
                    if (table.alias or table.name) == source.name and table.start > start:
                        start, end = table.start, table.end
                self._not_unique(source.name, start, end)

    def _place(self, items: Iterable[FromItem], name: str) -> tuple[int, int]:
        """Return where the last item of a name has it, of those that are no tables of the schema."""
        place = (0, 0)
        for item in items:
            match item:
                case Join(left=left, right=right):
                    inside = self._place((left, right), name)
                    place = inside if inside[1] else place
                case TableName(alias=alias, name=own) if item.name_used == name:
                    if not any(table.start == own.start for table in self.tables):
                        ident = alias or own
                        place = ident.start, ident.end
                case Derived(alias=Ident(text=text) as ident) if text == name:
                    place = ident.start, ident.end
                case _:
                    pass
        return place

    def _not_unique(self, name: str, start: int, end: int) -> None:
        if not self.sqlite:
            self.violations.append(Violation(1066, f"Not unique table/alias: '{name}'", name, start, end))


def _before(left: list[Tree], scope: Scope) -> Scope:
    """Return the scope of what sees the tables to its left."""
    return Scope(list(left), list(leaves(left)), True, scope.outer, scope.hole)


def _from_output(name: str, output: Output | None) -> Source:
    if output is None:
        return Source(name, None, {}, (), None, None, any_column=True, nowhere=True)
    columns = {column.name.lower(): column.column for column in output.columns}
    visible = tuple(column.name for column in output.columns)
    made_by = (output.select, output.scope) if output.select and output.scope else None
    return Source(
        name, None, columns, visible, None, output.unknown, nowhere=True, mergeable=output.mergeable, made_by=made_by
    )
