"""The grammar of SELECT, VALUES, WITH and set operations."""

from __future__ import annotations

from abc import abstractmethod

from nodepath_cli.sql.cursor import TEXT, VALUE
from nodepath_cli.sql.functions import FunctionGrammar
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD
from nodepath_cli.sql.nodes import (
    Branch,
    Cte,
    Expr,
    FromItem,
    Ident,
    Item,
    Query,
    Rows,
    Select,
    Star,
    TableName,
    Window,
)
from nodepath_cli.sql.words import QUERY_STARTS, SET_OPERATORS, words_of

_SELECT_OPTIONS = words_of("""
    ALL DISTINCT DISTINCTROW HIGH_PRIORITY STRAIGHT_JOIN SQL_SMALL_RESULT SQL_BIG_RESULT SQL_BUFFER_RESULT
    SQL_CACHE SQL_NO_CACHE SQL_CALC_FOUND_ROWS
""")
_DISTINCT = frozenset(("DISTINCT", "DISTINCTROW", "UNIQUE"))
_DIRECTIONS = frozenset(("ASC", "DESC"))
_AFTER_FROM = frozenset(("AND", "OR"))


class QueryGrammar(FunctionGrammar):
    """Reads query expressions."""

    variables: list[Expr]
    """The targets of INTO."""
    """What no server reads, and what is understood all the same."""

    @abstractmethod
    def from_list(self) -> tuple[tuple[FromItem, ...], bool]:
        """Read the tables of FROM; and whether a hole could add to them."""

    def query(self) -> Query:
        """Read a query expression with its WITH, ORDER BY and LIMIT."""
        start = self.starts[self.i]
        ctes: tuple[Cte, ...] = ()
        recursive = False
        if self.words[self.i] == "WITH":
            ctes, recursive = self.with_clause()
        branches = [self._branch()]
        while self.words[self.i] in SET_OPERATORS:
            if self.words[self.i] != "UNION":
                self.needs("EXCEPT and INTERSECT")
            self.i += 1
            if self.words[self.i] in ("ALL", "DISTINCT"):
                self.i += 1
            if self.at_hole():
                self.hole(TEXT)
            else:
                branches.append(self._branch())
        order = self.order_by()
        limit = self.limit()
        locked = tuple(self._query_end())
        into = len(self.variables)
        if into:
            limit += tuple(self.variables)
            self.variables = []
        return Query(tuple(branches), ctes, recursive, order, limit, start, self.ends[self.i - 1], into, locked)

    def with_clause(self) -> tuple[tuple[Cte, ...], bool]:
        """Read `WITH [RECURSIVE] name [(columns)] AS (query), ...`."""
        self.needs("WITH")
        self.expect("WITH")
        recursive = self.accept("RECURSIVE")
        ctes = []
        while True:
            name = self.ident()
            columns = self.idents_in_parentheses() if self.words[self.i] == "(" else None
            self.expect("AS")
            if self.words[self.i] in ("MATERIALIZED", "NOT"):
                self.needs("MATERIALIZED")
                self.accept("NOT")
                self.expect("MATERIALIZED")
            self.expect("(")
            self.deeper()
            query = self.query()
            self.nesting -= 1
            self.expect(")")
            cycle: list[Ident] = []
            if self.words[self.i] == "CYCLE":
                self.needs("CYCLE")
                self.i += 1
                cycle.append(self.ident())
                while self.accept(","):
                    cycle.append(self.ident())
                self.expect("RESTRICT")
            ctes.append(Cte(name, columns, query, tuple(cycle)))
            if not self.accept(","):
                return tuple(ctes), recursive

    def _branch(self) -> Branch:
        word = self.words[self.i]
        if word == "SELECT":
            return self._select()
        if word == "(":
            self.i += 1
            self.deeper()
            query = self.query()
            self.nesting -= 1
            self.expect(")")
            return query
        if word == "VALUES":
            return self._rows()
        if word == "TABLE":
            return self._table()
        raise self.problem()

    def _rows(self) -> Rows:
        start = self.starts[self.i]
        self.needs("VALUES ROW" if self.words[self.i + 1] == "ROW" else "VALUES as a query")
        self.i += 1
        rows = []
        while True:
            self.accept("ROW")
            self.expect("(")
            row = []
            if self.words[self.i] != ")":
                row.append(self.expr(self._row_value))
                while self.accept(","):
                    row.append(self.expr(self._row_value))
            self.expect(")")
            rows.append(tuple(row))
            if not self.accept(","):
                return Rows(tuple(rows), start, self.ends[self.i - 1])

    def _row_value(self) -> None:
        if self.words[self.i] in ("DEFAULT", "IGNORE") and self.words[self.i + 1] in (",", ")"):
            self.i += 1
        else:
            self.boolean()

    def _table(self) -> Select:
        start = self.starts[self.i]
        self.needs("TABLE as a query")
        self.i += 1
        database = None
        name = self.ident()
        if self.accept("."):
            database, name = name, self.ident(after_dot=True)
        star = Item(Star(None, None, start, name.end), None)
        return Select((star,), (TableName(name, database, None),), None, (), None, (), start, name.end)

    def _select(self) -> Select:
        start = self.starts[self.i]
        self.i += 1
        options = self.i
        if self.words[options] == "SQL_CACHE":
            self.needs("SQL_CACHE")
        self.accept_any(_SELECT_OPTIONS)
        if self.words[self.i] == "UNIQUE":
            self.needs("SELECT UNIQUE")
            self.i += 1
        distinct = not _DISTINCT.isdisjoint(self.words[options : self.i])
        list_start = self.starts[self.i]
        items, open_items = self._items()
        list_end = self.ends[self.i - 1]
        self._into()
        sources: tuple[FromItem, ...] = ()
        open_sources = open_items and self.words[self.i] != "FROM" and self.words[self.i] not in (",", ")")
        where = None
        if self.accept("FROM"):
            if self.accept("DUAL"):
                pass
            else:
                sources, open_sources = self.from_list()
        if self.accept("WHERE") or (open_sources and self.words[self.i] in _AFTER_FROM and self._step()):
            where = self.expr()
        group: tuple[Expr, ...] = ()
        if self.words[self.i] == "GROUP" and self.words[self.i + 1] == "BY":
            group = self._group_by()
        having = self.expr() if self.accept("HAVING") else None
        windows = self._windows() if self.accept("WINDOW") else ()
        return Select(
            tuple(items),
            sources,
            where,
            group,
            having,
            windows,
            start,
            self.ends[self.i - 1],
            open_items,
            open_sources,
            list_start=list_start,
            list_end=list_end,
            distinct=distinct,
        )

    def _step(self) -> bool:
        self.i += 1
        return True

    def _items(self) -> tuple[list[Item], bool]:
        items: list[Item] = []
        open_items = False
        while True:
            item = self.item()
            if item is None:
                open_items = True
            else:
                self.leading_star(item, items)
                items.append(item)
                open_items = open_items or _may_be_more(item)
            while self.at_hole():
                self.hole(TEXT)
                open_items = True
            if self.accept(","):
                continue
            if item is None and self.kinds[self.i] in (WORD, QUOTED, STRING) and self.words[self.i] not in _ITEMS_END:
                # `SELECT %s a, b`: the hole held DISTINCT or a list that ends with a comma.
                continue
            return items, open_items

    def leading_star(self, item: Item, before: list[Item]) -> None:
        """Note a `*` behind other items: without a table's name it stands first (measured)."""
        if before and isinstance(item.value, Star) and item.value.table is None:
            self.slip(self.i - 2, self.i)

    def item(self) -> Item | None:
        """Read an item of a select list; None for a hole in its place."""
        index = self.i
        words = self.words
        if words[index] == "*":
            self.i += 1
            return Item(Star(None, None, self.starts[index], self.ends[index]), None)
        if self.kinds[index] == HOLED and not self._named_hole(index):
            self.hole(TEXT)
            if self.accept("AS"):
                self.ident()
            return None
        if self.kinds[index] in (WORD, QUOTED, HOLED) and words[index + 1] == ".":
            if words[index + 2] == "*":
                name = self.ident()
                self.i += 2
                return Item(Star(name, None, self.starts[index], self.ends[self.i - 1]), None)
            if len(words) > index + 4 and words[index + 3] == "." and words[index + 4] == "*":
                database = self.ident()
                self.i += 1
                name = self.ident(after_dot=True)
                self.i += 2
                return Item(Star(name, database, self.starts[index], self.ends[self.i - 1]), None)
        value = self.expr()
        return Item(value, self.item_alias())

    def _named_hole(self, index: int) -> bool:
        """Say whether the hole is the beginning of a name or the operand of something."""
        if self.words[index + 1] in (".", "("):
            return True
        if self.touches_next(index) and self.kinds[index + 1] == WORD:
            return True
        return self.words[index + 1] in ("=", "+", "-", "*", "/", "||")

    def _group_by(self) -> tuple[Expr, ...]:
        self.i += 2
        group = [self.expr()]
        self._group_direction()
        while self.accept(","):
            group.append(self.expr())
            self._group_direction()
        if self.accept("WITH"):
            self.expect("ROLLUP")
        while self.at_hole():
            self.hole(TEXT)
        return tuple(group)

    def _group_direction(self) -> None:
        if self.words[self.i] in _DIRECTIONS:
            self.needs("a direction in GROUP BY")
            self.i += 1

    def _windows(self) -> tuple[Window, ...]:
        windows = []
        while True:
            name = self.ident()
            self.expect("AS")
            windows.append(Window(name, self.window_expr()))
            if not self.accept(","):
                return tuple(windows)

    def order_by(self) -> tuple[Expr, ...]:
        """Read ORDER BY, where there is one."""
        if self.words[self.i] != "ORDER":
            return ()
        self.i += 1
        self.expect("BY")
        items = [self.expr()]
        self._direction()
        while self.accept(","):
            items.append(self.expr())
            self._direction()
        return tuple(items)

    def _direction(self) -> None:
        if self.at_hole():
            self.hole(TEXT)
        self.direction()
        while self.at_hole():
            self.hole(TEXT)
        if self.words[self.i] == "NULLS":
            self.needs("NULLS FIRST")
            self.i += 2

    def limit(self) -> tuple[Expr, ...]:
        """Read LIMIT, OFFSET and FETCH; names in it are kept, as the server refuses them."""
        found: list[Expr] = []
        if self.accept("LIMIT"):
            if self.words[self.i] == "ROWS":
                self._rows_examined(found)
                return tuple(found)
            found.append(self._bound())
            if self.accept(",") or self.accept("OFFSET"):
                found.append(self._bound())
            if self.words[self.i] == "ROWS":
                self._rows_examined(found)
        if self.words[self.i] == "OFFSET":
            self.needs("OFFSET without LIMIT")
            self.i += 1
            found.append(self._bound())
            if self.words[self.i] in ("ROW", "ROWS"):
                self.i += 1
        if self.words[self.i] == "FETCH":
            self._fetch()
        return tuple(found)

    def _rows_examined(self, found: list[Expr]) -> None:
        self.needs("LIMIT ROWS EXAMINED")
        self.i += 1
        self.expect("EXAMINED")
        found.append(self._bound())

    def _bound(self) -> Expr:
        if self.at_hole():
            return self.expr(lambda: self.hole(VALUE))
        if self.kinds[self.i] not in (NUMBER, PARAM, VARIABLE, WORD, QUOTED) and self.dialect != "sqlite":
            raise self.problem()
        return self.expr(self.boolean if self.dialect == "sqlite" else self.simple)

    def _fetch(self) -> None:
        self.needs("FETCH FIRST")
        self.i += 1
        self.i += self.words[self.i] in ("FIRST", "NEXT")
        if self.kinds[self.i] in (NUMBER, PARAM, HOLED):
            self.i += 1
        while self.words[self.i] in ("ROW", "ROWS", "ONLY", "WITH", "TIES"):
            self.i += 1

    def _query_end(self) -> list[Ident]:
        """Read what may follow: holes, INTO, locks, PROCEDURE ANALYSE. Return the tables that are locked by name."""
        locked: list[Ident] = []
        while True:
            word = self.words[self.i]
            if self.at_hole():
                self.hole(TEXT)
            elif word == "INTO":
                self._into()
            elif word == "FOR" and self.words[self.i + 1] in ("UPDATE", "SHARE", "NO", "KEY"):
                locked += self._lock()
            elif word == "LOCK" and self.words[self.i + 1] == "IN":
                self.i += 4
                self._lock_wait()
            elif word == "PROCEDURE":
                self.needs("PROCEDURE")
                self.i += 2
                self.skip_parentheses()
            else:
                return locked

    def _lock(self) -> list[Ident]:
        locked: list[Ident] = []
        if self.words[self.i + 1] != "UPDATE":
            self.needs("FOR SHARE")
        self.i += 2
        if self.words[self.i] == "OF":
            self.needs("FOR UPDATE OF")
            self.i += 1
            locked.append(self.ident())
            while self.accept(","):
                locked.append(self.ident())
        self._lock_wait()
        return locked

    def _lock_wait(self) -> None:
        word = self.words[self.i]
        if word == "NOWAIT":
            self.needs("NOWAIT")
            self.i += 1
        elif word == "SKIP":
            self.needs("SKIP LOCKED")
            self.i += 1
            self.expect("LOCKED")
        elif word == "WAIT":
            self.needs("WAIT")
            self.i += 2

    def _into(self) -> None:
        """Step over `INTO @a, b` and `INTO OUTFILE '...' ...`."""
        if not self.accept("INTO"):
            return
        if self.words[self.i] in ("OUTFILE", "DUMPFILE"):
            self.i += 1
            while self.kinds[self.i] == STRING or self.words[self.i] in _OUTFILE:
                # A character set is any name.
                self.i += 2 if self.words[self.i] == "SET" else 1
            return
        while True:
            if self.kinds[self.i] not in (VARIABLE, WORD, QUOTED):
                raise self.problem()
            self.variables.append(self.expr(self.simple))
            if not self.accept(","):
                return

    def starts_query(self) -> bool:
        """Say whether a query expression begins here."""
        if self.words[self.i] == "(":
            return self.is_query(self.i)
        return self.words[self.i] in QUERY_STARTS


def _may_be_more(item: Item) -> bool:
    """Say whether a hole in an item could add others behind it."""
    value = item.value
    return isinstance(value, Expr) and (value.hole or (value.column is not None and value.column.name.hole))


_ITEMS_END = frozenset(
    ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "INTO", "FOR", "LOCK", "AND")
)
_OUTFILE = words_of("""
    CHARACTER SET UTF8 UTF8MB4 LATIN1 BINARY FIELDS COLUMNS TERMINATED BY OPTIONALLY ENCLOSED ESCAPED LINES
    STARTING
""")
