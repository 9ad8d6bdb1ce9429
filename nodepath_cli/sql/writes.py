"""The grammar of INSERT, REPLACE, UPDATE and DELETE."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql.cursor import TEXT
from nodepath_cli.sql.features import has
from nodepath_cli.sql.lexer import HOLED, WORD
from nodepath_cli.sql.nodes import (
    Assignment,
    Col,
    Cte,
    Delete,
    DeleteTarget,
    Expr,
    FromItem,
    Ident,
    Insert,
    Item,
    Query,
    TableName,
    Update,
    ValuesRow,
)
from nodepath_cli.sql.tables import TableGrammar

_UPDATED = "RETURNING of UPDATE"
_SOME_OF_SEVERAL = "ORDER BY and LIMIT of a DELETE from several tables"
_OPTIONS = frozenset(("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "HISTORY"))


class WriteGrammar(TableGrammar):
    """Reads the statements that change rows."""

    def insert(self) -> Insert:
        """Read INSERT or REPLACE."""
        replace = self.words[self.i] == "REPLACE"
        self.i += 1
        ignore = False
        while self.words[self.i] in _OPTIONS or self.words[self.i] == "IGNORE":
            ignore = ignore or self.words[self.i] == "IGNORE"
            self.i += 1
        if self.at_hole() and self.words[self.i + 1] == "INTO":
            self.hole(TEXT)
        if self.words[self.i] == "OR":
            self.needs("INSERT OR")
            self.i += 1
            replace = replace or self.words[self.i] == "REPLACE"
            ignore = ignore or self.words[self.i] == "IGNORE"
            self.i += 1
        self.accept("INTO")
        database, target = self._target()
        if self.words[self.i] == "PARTITION":
            self._partitions()
        if self.dialect == "sqlite" and self.accept("AS"):
            self.ident()
        parts = self._insert_source(target)
        row_alias, row_columns = self._row_alias()
        if replace and self.words[self.i] == "ON" and self.words[self.i + 1] == "DUPLICATE":
            self.slip(self.i, self.i + 2, message="Syntax error at 'ON DUPLICATE': REPLACE has no such clause")
        updates, conflict = self._on_duplicate()
        while self.at_hole():
            self.hole(TEXT)
        returning = self._returning("RETURNING of INSERT")
        columns, span, rows, assignments, query, is_open = parts
        return Insert(
            replace,
            ignore,
            database,
            target,
            columns,
            *span,
            rows,
            assignments,
            query,
            updates,
            row_alias,
            row_columns,
            returning,
            is_open,
            conflict,
        )

    def _target(self) -> tuple[Ident | None, Ident]:
        self.accept(".")
        name = self.ident()
        if self.accept("."):
            return name, self.ident(after_dot=True)
        return None, name

    def _insert_source(
        self, target: Ident
    ) -> tuple[
        tuple[Col, ...] | None,
        tuple[int, int],
        tuple[ValuesRow, ...],
        tuple[Assignment, ...] | None,
        Query | None,
        bool,
    ]:
        columns: tuple[Col, ...] | None = None
        span = (target.start, target.end)
        is_open = False
        if self.words[self.i] == "(" and not self.is_query(self.i):
            span = (self.starts[self.i], self.ends[self.closing[self.i]])
            columns, is_open = self._column_list()
        while self.at_hole():
            self.hole(TEXT)
            is_open = True
        word = self.words[self.i]
        if word in ("VALUES", "VALUE"):
            self.i += 1
            rows, more = self._values_rows()
            return columns, span, rows, None, None, is_open or more
        if word == "SET" and columns is None:
            self.i += 1
            pairs, more = self._assignments()
            return None, (target.start, target.end), (), pairs, None, is_open or more
        if word == "DEFAULT" and self.words[self.i + 1] == "VALUES":
            self.needs("DEFAULT VALUES")
            self.i += 2
            return columns, span, (), None, None, True
        if self.starts_query():
            return columns, span, (), None, self.query(), is_open
        if is_open:
            return columns, span, (), None, None, True
        raise self.problem()

    def _column_list(self) -> tuple[tuple[Col, ...], bool]:
        self.expect("(")
        columns: list[Col] = []
        is_open = False
        if self.accept(")"):
            return (), False
        while True:
            if self.at_hole() and not (self.touches_next(self.i) and self.kinds[self.i + 1] == WORD):
                self.hole(TEXT)
                is_open = True
            else:
                columns.append(self.column())
                is_open = is_open or columns[-1].name.hole
            while self.at_hole():
                self.hole(TEXT)
                is_open = True
            if not self.accept(",") and not (is_open and self.words[self.i] != ")"):
                break
        self.expect(")")
        return tuple(columns), is_open

    def _values_rows(self) -> tuple[tuple[ValuesRow, ...], bool]:
        rows: list[ValuesRow] = []
        is_open = False
        while True:
            if self.at_hole():
                self.hole(TEXT)
                is_open = True
            else:
                if self.words[self.i] == "ROW":
                    self.needs("VALUES ROW")
                    self.i += 1
                rows.append(self._values_row())
            while self.at_hole():
                self.hole(TEXT)
                is_open = True
            if not self.accept(",") and not (is_open and self.words[self.i] == "("):
                return tuple(rows), is_open

    def _values_row(self) -> ValuesRow:
        start = self.starts[self.i]
        self.expect("(")
        values: list[Expr | None] = []
        is_open = False
        while self.words[self.i] != ")":
            if self.words[self.i] in ("DEFAULT", "IGNORE") and self.words[self.i + 1] in (",", ")"):
                self.i += 1
                values.append(None)
            else:
                is_open = is_open or (self.at_hole() and self.words[self.i + 1] in (",", ")"))
                value = self.expr()
                is_open = is_open or value.hole
                values.append(value)
            if not self.accept(","):
                break
            if self.words[self.i] == ")":
                self.slip(self.i - 1, self.i + 1)
        if is_open and len(values) == 1 and self.kinds[self.i - 1] == HOLED:
            # `VALUES (%s)`: most likely the whole list.
            self.holes[-1] = replace(self.holes[-1], role=TEXT)
        self.expect(")")
        return ValuesRow(tuple(values), start, self.ends[self.i - 1], is_open)

    def _assignments(self) -> tuple[tuple[Assignment, ...], bool]:
        pairs: list[Assignment] = []
        is_open = False
        while True:
            if self.at_hole() and self._is_whole_hole():
                self.hole(TEXT)
                is_open = True
                if self.words[self.i] in ("=", ":="):
                    self.i += 1
                    pairs.append(Assignment(None, self._assigned()))
            else:
                pairs.append(self._assignment())
            while self.at_hole():
                self.hole(TEXT)
                is_open = True
            if not self.accept(","):
                return tuple(pairs), is_open

    def _is_whole_hole(self) -> bool:
        following = self.words[self.i + 1]
        return following != "." and not (self.touches_next(self.i) and self.kinds[self.i + 1] == WORD)

    def _assignment(self) -> Assignment:
        if self.dialect == "sqlite" and self.words[self.i] == "(":
            self.i += 1
            column = self.column()
            while self.accept(","):
                self.column()
            self.expect(")")
        else:
            column = self.column()
        if self.words[self.i] not in ("=", ":="):
            raise self.problem()
        self.i += 1
        return Assignment(column, self._assigned())

    def _assigned(self) -> Expr | None:
        if self.words[self.i] in ("DEFAULT", "IGNORE") and self.words[self.i + 1] not in ("(", "."):
            self.i += 1
            return None
        return self.expr()

    def _row_alias(self) -> tuple[Ident | None, tuple[Ident, ...] | None]:
        """Read `AS new(a, b)` (MySQL 8.0.19)."""
        if self.words[self.i] != "AS":
            return None, None
        self.needs("a row alias")
        self.i += 1
        name = self.ident()
        return name, self.idents_in_parentheses() if self.words[self.i] == "(" else None

    def _on_duplicate(self) -> tuple[tuple[Assignment, ...] | None, tuple[Expr, ...]]:
        if self.words[self.i] != "ON":
            return None, ()
        if self.words[self.i + 1] == "CONFLICT" and self.dialect == "sqlite":
            return self._on_conflict()
        self.i += 1
        self.expect("DUPLICATE")
        self.expect("KEY")
        self.expect("UPDATE")
        return self._assignments()[0], ()

    def _on_conflict(self) -> tuple[tuple[Assignment, ...] | None, tuple[Expr, ...]]:
        self.i += 2
        found: list[Expr] = []
        if self.words[self.i] == "(":
            found.append(self.expr())
        if self.accept("WHERE"):
            found.append(self.expr())
        self.expect("DO")
        updates = None
        if self.accept("UPDATE"):
            self.expect("SET")
            updates = self._assignments()[0]
            if self.accept("WHERE"):
                found.append(self.expr())
        else:
            self.expect("NOTHING")
        return updates, tuple(found)

    def _returning(self, feature: str) -> tuple[Item, ...] | None:
        if self.words[self.i] != "RETURNING":
            return None
        self.needs(feature)
        self.i += 1
        items: list[Item] = []
        while True:
            item = self.item()
            if item:
                self.leading_star(item, items)
                items.append(item)
            if not self.accept(","):
                return tuple(items)

    def update(self, ctes: tuple[Cte, ...] = (), recursive: bool = False) -> Update:
        """Read UPDATE."""
        self.i += 1
        while self.words[self.i] in _OPTIONS or self.words[self.i] == "IGNORE":
            self.i += 1
        if self.accept("OR"):
            self.i += 1
        sources, is_open = self.from_list()
        portion = self._portion()
        self.expect("SET")
        assignments, _ = self._assignments()
        if self.dialect == "sqlite" and self.accept("FROM"):
            more, also_open = self.from_list()
            sources, is_open = sources + more, is_open or also_open
        where = self.expr() if self.accept("WHERE") else None
        order = self.order_by()
        limit = self._first_rows()
        while self.at_hole():
            self.hole(TEXT)
        return Update(
            ctes, recursive, sources, assignments, where, order, limit, is_open, self._returning(_UPDATED), portion
        )

    def _portion(self) -> tuple[Expr, ...]:
        """Read `FOR PORTION OF period FROM a TO b` (MariaDB)."""
        if self.words[self.i] != "FOR" or self.words[self.i + 1] != "PORTION":
            return ()
        self.needs("FOR PORTION OF")
        self.i += 2
        self.expect("OF")
        self.ident()
        self.expect("FROM")
        start = self.expr()
        self.expect("TO")
        return start, self.expr()

    def _before_system_time(self) -> tuple[Expr, ...]:
        """Read `BEFORE SYSTEM_TIME x` of DELETE HISTORY (MariaDB)."""
        if self.words[self.i] != "BEFORE" or self.words[self.i + 1] != "SYSTEM_TIME":
            return ()
        self.i += 2
        return (self.expr(self._point),)

    def delete(self, ctes: tuple[Cte, ...] = (), recursive: bool = False) -> Delete:
        """Read DELETE in its three forms."""
        self.i += 1
        while self.words[self.i] in _OPTIONS or self.words[self.i] == "IGNORE":
            self.i += 1
        targets: tuple[DeleteTarget, ...] | None = None
        if self.accept("FROM"):
            index = self.i
            listed = self._delete_targets()
            if self.accept("USING"):
                targets = listed
                sources, is_open = self.from_list()
            else:
                self.i = index
                sources, is_open = self._single_table()
        else:
            targets = self._delete_targets()
            self.expect("FROM")
            sources, is_open = self.from_list()
        portion = self._portion()
        portion += self._before_system_time()
        where = None
        if self.accept("WHERE") or (is_open and (self.accept("AND") or self.accept("OR"))):
            where = self.expr()
        behind = self.i
        order = self.order_by()
        limit = self._first_rows()
        if targets is not None and self.i > behind and not has(_SOME_OF_SEVERAL, self.dialect, self.version):
            why = "a DELETE from several tables takes neither ORDER BY nor LIMIT"
            self.slip(behind, behind + 1, message=f"Syntax error at '{self.words[behind]}': {why}")
        while self.at_hole():
            self.hole(TEXT)
        returning = self._returning("RETURNING" if targets is None else "RETURNING of several tables")
        return Delete(ctes, recursive, targets, sources, where, order, limit, returning, is_open, portion)

    def _first_rows(self) -> tuple[Expr, ...]:
        """Read LIMIT: what changes rows takes their number alone, and no offset."""
        start = self.i
        limit = self.limit()
        if self.words[start] == "LIMIT" and any(self.words[at] in (",", "OFFSET") for at in range(start, self.i)):
            self.slip(start, self.i)
        return limit

    def _single_table(self) -> tuple[tuple[FromItem, ...], bool]:
        item = self._table_name()
        if isinstance(item, TableName) and item.alias and not item.alias.hole:
            self.i -= 1
            self.needs("an alias in DELETE")
            self.i += 1
        is_open = False
        while self.at_hole():
            self.hole(TEXT)
            is_open = True
        return (item,), is_open

    def _delete_targets(self) -> tuple[DeleteTarget, ...]:
        targets = []
        while True:
            self.accept(".")
            name = self.ident()
            database = None
            while self.accept("."):
                if self.accept("*"):
                    break
                database, name = name, self.ident(after_dot=True)
            targets.append(DeleteTarget(name, database))
            if not self.accept(","):
                return tuple(targets)
