"""Names in expressions: each is looked up, and the reference recorded with its place and its outcome."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from msgspec.structs import replace

from nodepath_cli.schema.model import RoutineKind, Schema, Table
from nodepath_cli.source.spelling import one_slip
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.collations import NOT_OF_CHARSET, misfit
from nodepath_cli.sql.cte_bodies import CteBodies
from nodepath_cli.sql.cte_names import CtesInSight
from nodepath_cli.sql.lookup import Hit, InItems, InTable, NameSearch, NotTold, NotYet, Several
from nodepath_cli.sql.nodes import (
    AGGREGATE,
    EXISTS,
    IN_LEFT,
    ODKU_VALUE,
    UNORDERED,
    WINDOW_ITEM,
    WINDOW_ORDER,
    WINDOW_PARTITION,
    Col,
    Collated,
    Expr,
    Ident,
    JsonTable,
    Match,
    Operands,
    Query,
    StoredCall,
    Sub,
)
from nodepath_cli.sql.prepare import Prepared
from nodepath_cli.sql.resolution import (
    Access,
    Ambiguous,
    Clause,
    ColumnRef,
    Columns,
    Found,
    InsertRef,
    Missing,
    Outcome,
    TableRef,
    Unknown,
    Violation,
    clause_words,
)
from nodepath_cli.sql.row_shapes import shape_problem
from nodepath_cli.sql.scope import Environment, Link, Output, Scope, Source, Tree, leaves
from nodepath_cli.sql.windows import no_window_in, window_refusal

NO_FUNCTION = 1305
_SEARCHED = frozenset(
    (Clause.SELECT, Clause.WHERE, Clause.ON, Clause.GROUP_BY, Clause.HAVING, Clause.ORDER_BY, Clause.RETURNING)
)
_FULL_TEXT = frozenset(("innodb", "myisam", "aria"))
_GROUPING = 1111
"""An aggregate where none may stand."""
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


class NameResolver(NameSearch, ABC):
    """Resolves the names of expressions and collects what was found."""

    def __init__(self, prepared: Prepared, schema: Schema) -> None:
        super().__init__(prepared.dialect, schema)
        self.prepared = prepared
        self.text = prepared.text
        self.tables: list[TableRef] = []
        self.columns: list[ColumnRef] = []
        self.inserts: list[InsertRef] = []
        self.selected: Columns | None = None
        self.violations: list[Violation] = []
        self.defining = 0
        """How many bodies of CTEs the place at hand is nested in."""
        self.bodies = CteBodies()
        self.ctes_in_sight = CtesInSight()
        self.with_seen = False
        """A WITH clause stands before the tables at hand."""
        self.table_ends_open = False
        """A table's name of the FROM at hand is followed by a hole."""
        self.arguments: list[tuple[JsonTable, Source, Scope]] = []
        """The JSON_TABLEs of the FROM item at hand, whose arguments are still to be resolved."""
        self.target: Source | None = None
        """The INSERT's target, for VALUES(c)."""
        self.making = False
        """The query at hand is that of a table or a view that is being made."""

    @abstractmethod
    def query(self, query: Query, outer: Link | None, environment: Environment | None) -> Output:
        """Resolve a query expression."""

    def violate(
        self,
        errno: int,
        message: str,
        identifier: str | None,
        start: int,
        end: int,
        clause: Clause | None = None,
        *,
        elsewhere: bool = False,
    ) -> None:
        """Record something that the server refuses."""
        if (self.sqlite and errno != 1136) or (identifier and HOLE in identifier):
            return
        place = start, end
        self.violations.append(Violation(errno, message, identifier, *place, clause, elsewhere))

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
        widths: dict[int, int] = {}
        for number, atom in enumerate(expr.atoms):
            if isinstance(atom, Sub):
                place = _link_place(clause, atom.flags)
                link = Link(scope, place, trees, item, bool(atom.flags & UNORDERED), exists=bool(atom.flags & EXISTS))
                output = self.query(atom.query, link, environment)
                if output.unknown is None and output.columns and expr.operands and self.fixed_width(atom.query):
                    widths[-number - 1] = len(output.columns)
            else:
                self.column(atom, scope, clause, trees)
        for each in expr.operands:
            self._operands(each, expr, widths)
        if expr.window and no_window_in(clause) and not expr.hole:
            self.no_window(expr.start, expr.end, clause)
        for window in expr.windows:
            self.window(window, scope)
        for fault in expr.faults:
            if fault.blank and self.dialect.ignore_space:
                continue
            if fault.errno == _GROUPING and scope.outer is not None:
                # The inner one may be an aggregate of the query around.
                continue
            if fault.errno == NO_FUNCTION and self.schema.routine("function", fault.name):
                continue
            if self.prepared.variant.countable(fault.start, fault.end):
                name, start, end = fault.name or None, fault.start, fault.end
                self.violate(fault.errno, fault.message, name, start, end, clause, elsewhere=fault.elsewhere)
        for call in expr.calls:
            self.stored_call("function", call)
        for match in expr.matches:
            self._match(match, scope, clause, trees)
        for collated in expr.collated:
            self._collated(collated, scope, clause, trees)

    def _collated(self, each: Collated, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None) -> None:
        """Check that the collation that a column is given is one of its character set, where that is known."""
        if each.column.name.hole or not self.prepared.variant.countable(each.start, each.end):
            return
        hit = self.search(each.column, scope, clause, trees)
        if not isinstance(hit, InTable) or hit.source.table is None or hit.source.table.kind != "table":
            return
        column = hit.source.columns.get(each.column.name.text.lower())
        message = misfit(each.collation, column.charset if column else None)
        if message:
            self.violate(NOT_OF_CHARSET, message, each.collation, each.start, each.end, clause)

    def _match(self, match: Match, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None) -> None:
        """Check that the columns of MATCH are of one table (1210), and those of one of its indexes (1191).

        That MyISAM's are searched without an index IN BOOLEAN MODE is from MySQL's manual ("Full-Text Search
        Functions"), and measured, as is the rest: values of INSERT and SET are not looked at. Of which kind an index
        is the schema does not tell.
        """
        if clause not in _SEARCHED:
            return
        hits = [self.search(col, scope, clause, trees) for col in match.columns if not col.name.hole]
        sources = [hit.source for hit in hits if isinstance(hit, InTable)]
        tables = [each.table for each in sources if each.table and not each.is_open and not each.mixed]
        if len(tables) < len(match.columns) or any(table.kind != "table" for table in tables):
            return
        engines = {(table.engine or "innodb").lower() for table in tables}
        known = engines <= ({"innodb"} if match.boolean else _FULL_TEXT)
        if not known or not self.prepared.variant.countable(match.start, match.end):
            return
        if any(each is not sources[0] for each in sources):
            self.violate(1210, "Incorrect arguments to MATCH: its columns are of several tables", *_framed(match))
        elif not self.schema.inferred:
            named = {col.name.text.lower() for col in match.columns}
            keys = [key.columns for key in (*tables[0].indexes, *tables[0].unique_keys)]
            if not any(named == {(column or "").lower() for column in columns} for columns in keys):
                shown = ", ".join(dict.fromkeys(col.name.text for col in match.columns))
                message = f"Can't find FULLTEXT index matching the column list: {tables[0].name} has none of ({shown})"
                self.violate(1191, message, *_framed(match))

    def stored_call(self, kind: RoutineKind, call: StoredCall) -> None:
        """Check the call of a stored routine, where the schema's source tells of routines of its kind.

        1318: another number of arguments than parameters. 1305: there is none of that name; where the schema is only
        inferred, one with almost that name has to be there, as the others may be made elsewhere.
        """
        others = [each.name for each in self.schema.routines if each.kind == kind]
        if not others or HOLE in call.name:
            return
        if not self.prepared.variant.countable(call.start, call.end):
            return
        known = self.schema.routine(kind, call.name)
        if known is None:
            near = next((each for each in others if one_slip(call.name.lower(), each.lower())), None)
            if near is not None or not self.schema.inferred:
                message = f"{kind} {call.name} does not exist" + (f": did you mean {near}?" if near else "")
                self.violate(NO_FUNCTION, message, call.name, call.start, call.end)
        elif known.parameters is not None and call.arguments not in (None, known.parameters):
            counts = f"expected {known.parameters}, got {call.arguments}"
            message = f"Incorrect number of arguments for {kind} {known.name}; {counts}"
            self.violate(1318, message, call.name, call.start, call.end)

    def _operands(self, each: Operands, expr: Expr, widths: Mapping[int, int]) -> None:
        """Check that operands have as many columns as one another, or one (1241; on MariaDB 4078 for some)."""
        if not self.prepared.variant.countable(each.start, each.end):
            return
        problem = shape_problem(each, widths, self.dialect.name)
        if problem is None:
            return
        start, end = each.start, each.end
        shape = each.left if not each.right else each.right[0] if each.operation == "all" else 0
        if isinstance(shape, int) and shape < 0:
            atom = expr.atoms[-shape - 1]
            if isinstance(atom, Sub):
                start, end = atom.query.start, atom.query.end
        self.violate(*problem, None, start, end)

    @abstractmethod
    def fixed_width(self, query: Query) -> bool:
        """Say whether each branch of a query selects as many columns as its text shows."""

    def no_aggregate(self, expr: Expr | None, scope: Scope, clause: Clause) -> None:
        """Check that no aggregate function stands where rows are not yet grouped.

        In a subquery it may be one of the query around.
        """
        if expr is not None and expr.aggregate and scope.outer is None and not expr.hole:
            self.violate(_GROUPING, "Invalid use of group function", None, expr.start, expr.end, clause)

    def no_window(self, start: int, end: int, clause: Clause, alias: str = "", *, in_aggregate: bool = False) -> None:
        """Record that a window function, or an alias of one, stands where none may."""
        errno, message = window_refusal(self.dialect.name, alias=alias, in_aggregate=in_aggregate)
        self.violate(errno, message, alias or None, start, end, clause)

    def window(self, name: Ident, scope: Scope) -> None:
        """Check that a window of that name is defined."""
        if name.text.lower() not in scope.windows and not name.hole:
            self.violate(
                4009, f"Window specification with name '{name.text}' is not defined", name.text, name.start, name.end
            )

    def column(self, col: Col, scope: Scope, clause: Clause, trees: tuple[Tree, ...] | None = None) -> None:
        """Resolve one column and record the reference."""
        flags = col.flags
        said = clause
        if flags:
            if flags & WINDOW_PARTITION:
                said = clause = Clause.WINDOW_PARTITION
            elif flags & WINDOW_ORDER:
                said = clause = Clause.WINDOW_ORDER
            elif flags & IN_LEFT:
                said = Clause.IN_SUBQUERY
            if flags & ODKU_VALUE and self.target:
                scope = Scope(trees=[self.target], sources=[self.target])
                trees = None
        if col.name.hole or (col.table and col.table.hole):
            self._holed(col, scope, said)
            return
        if flags & WINDOW_ITEM and scope.items is not None:
            self.record(col, said, self.window_item(col, scope) or self.search(col, scope, clause), scope, trees)
            return
        self.record(col, said, self.search(col, scope, clause, trees), scope, trees)

    def _holed(self, col: Col, scope: Scope, clause: Clause) -> None:
        """Record a name with a hole at its end where what stands before it is a column: the hole is what follows then.

        Of any other name with a hole nothing is known; the hole itself is among the reasons of the resolution.
        """
        text = col.name.text
        known = text.rstrip(HOLE)
        if known and HOLE not in known and not (col.table and col.table.hole):
            plain = replace(col, name=replace(col.name, text=known, end=col.name.start + len(known), hole=False))
            hit = self.search(plain, scope, clause if clause is not Clause.IN_SUBQUERY else Clause.WHERE)
            if isinstance(hit, (InTable, InItems)):
                self.record(plain, clause, hit, scope, None)

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
        if hit is None and self._is_text(col):
            return
        if hit is None and self._lacks_tables(col, scope, clause):
            self._no_tables(col, clause)
            return
        if isinstance(hit, NotYet):
            self.violate(1247, f"Reference '{name.text}' not supported ({hit.why})", name.text, name.start, name.end)
        outcome, table, candidates, errno = self._outcome(col, hit, scope, trees)
        self.columns.append(
            ColumnRef(
                name.text,
                name.start,
                name.end,
                clause,
                outcome,
                access or _ACCESS.get(clause, "read"),
                col.table.text if col.table else None,
                table,
                candidates,
                errno,
            )
        )

    def _outcome(
        self, col: Col, hit: Hit | None, scope: Scope, trees: tuple[Tree, ...] | None
    ) -> tuple[Outcome, Table | None, tuple[Table, ...], int | None]:
        match hit:
            case InTable(source):
                return Found(source.columns.get(col.name.text.lower())), source.table, (), None
            case InItems():
                outcome, table = self._found_item(hit)
                return outcome, table, (), None
            case NotTold(reason):
                return Unknown(reason), None, (), None
            case Several(names, tables):
                return Ambiguous(names), None, tables, 1052
            case NotYet():
                return Found(), None, (), None
            case None:
                table, candidates = self._looked_for(col, scope, trees)
                return Missing(), table, candidates, 1054

    def _is_text(self, col: Col) -> bool:
        """Say whether SQLite takes an unknown name for a string: a name in double quotes."""
        return self.sqlite and col.name.quoted and col.table is None and self.text[col.name.start - 1] == '"'

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


def _framed(match: Match) -> tuple[str | None, int, int]:
    """Return what a finding about MATCH is about, and its place: the only column, or the whole list."""
    if len(match.columns) == 1:
        name = match.columns[0].name
        return name.text, name.start, name.end
    return None, match.start, match.end
