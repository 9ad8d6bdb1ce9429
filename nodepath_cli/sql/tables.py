"""The grammar of FROM: tables, subqueries, JSON_TABLE, and the tree of joins."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql.cursor import TEXT, NotUnderstood
from nodepath_cli.sql.lexer import HOLED, QUOTED, STRING, WORD
from nodepath_cli.sql.nodes import Derived, Expr, FromItem, Hidden, Ident, Join, JsonTable, TableName
from nodepath_cli.sql.queries import QueryGrammar
from nodepath_cli.sql.words import JOIN_STARTS

_HINTS = frozenset(("USE", "FORCE", "IGNORE"))


MAX_JOINS = 300
"""Most joins of one text; both servers stop at 61 tables in one join (error 1116)."""


class TableGrammar(QueryGrammar):
    """Reads FROM."""

    open_from = False
    joins = 0

    def from_list(self) -> tuple[tuple[FromItem, ...], bool]:
        """Read the tables of FROM; and whether a hole could add to them."""
        saved, self.open_from = self.open_from, False
        sources = [self.joined()]
        while self.accept(","):
            sources.append(self.joined())
        result = tuple(sources), self.open_from
        self.open_from = saved
        return result

    def joined(self) -> FromItem:
        """Read a table with everything that is joined to it.

        A join without condition takes what is joined after it apart again: `a JOIN b JOIN c ON p` is `(a JOIN b) JOIN
        c ON p` for names, while `a JOIN b JOIN c ON p ON q` is `a JOIN (b JOIN c ON p) ON q`. So do both servers.
        """
        left = self._factor()
        while True:
            if self.at_hole():
                self.hole(TEXT)
                self.open_from = True
                continue
            if self.words[self.i] not in JOIN_STARTS and not self._full_join():
                return left
            left = self._join(left)

    def _join(self, left: FromItem) -> FromItem:
        words = self.words
        self.joins += 1
        if self.joins > MAX_JOINS:
            raise NotUnderstood(f"more than {MAX_JOINS} joins", self.starts[self.i], False)
        natural: Ident | None = None
        if words[self.i] == "NATURAL":
            natural = Ident("NATURAL", self.starts[self.i], self.ends[self.i])
            self.i += 1
        outer = words[self.i].lower() if words[self.i] in ("LEFT", "RIGHT") else ""
        if self._full_join():
            outer = "left"
            self.slip(self.i, self.i + 2)
        if outer:
            self.i += 1
            self.accept("OUTER")
        elif words[self.i] in ("INNER", "CROSS"):
            self.i += 1
        if not self.accept("STRAIGHT_JOIN"):
            self.expect("JOIN")
        if natural:
            return Join(left, self._factor(), outer, None, None, natural)
        right = self.joined()
        if self.accept("ON"):
            return Join(left, right, outer, self.expr(), None, None)
        if self.accept("USING"):
            return Join(left, right, outer, None, self.idents_in_parentheses(), None)
        if outer and not self.open_from:
            raise self.problem()
        return self._leftmost(left, right)

    def _full_join(self) -> bool:
        """Say whether `FULL [OUTER] JOIN` stands here: no server has it, and takes FULL for the name of a table."""
        words, at = self.words, self.i
        behind = at + 1 + (words[at + 1] == "OUTER") if words[at] == "FULL" else at
        return behind > at and words[behind] == "JOIN" and self.dialect != "sqlite"

    def _leftmost(self, left: FromItem, right: FromItem) -> FromItem:
        """Join `left` to the first table of `right`, unless parentheses hold that together."""
        if isinstance(right, Join) and not right.grouped:
            return replace(right, left=self._leftmost(left, right.left))
        return Join(left, right, "", None, None, None)

    def _factor(self) -> FromItem:
        index = self.i
        word = self.words[index]
        if word == "(" and self.kinds[index + 1] == HOLED and self.words[index + 2] == ")":
            return self._hidden_query()
        if word == "(":
            return self._derived(False) if self.is_query(index) else self._group()
        if word == "LATERAL" and self.words[index + 1] == "(":
            self.needs("LATERAL")
            self.i += 1
            return self._derived(True)
        if word == "JSON_TABLE" and self.words[index + 1] == "(":
            self.needs("JSON_TABLE")
            return self._json_table()
        if word == "{":
            self.i += 1
            self.ident()
            item = self.joined()
            self.expect("}")
            return item
        return self._table_name()

    def _hidden_query(self) -> Hidden:
        """Read `(%s) alias`: a subquery that is known only at run time."""
        start = self.starts[self.i]
        self.i += 1
        self.hole(TEXT)
        self.expect(")")
        end = self.ends[self.i - 1]
        return Hidden(start, end, self.alias())

    def _group(self) -> FromItem:
        self.i += 1
        self.deeper()
        item = self.joined()
        while self.accept(","):
            item = Join(item, self.joined(), "", None, None, None)
        self.nesting -= 1
        self.expect(")")
        return replace(item, grouped=True) if isinstance(item, Join) else item

    def _derived(self, lateral: bool) -> Derived:
        start = self.starts[self.i]
        self.expect("(")
        self.deeper()
        query = self.query()
        self.nesting -= 1
        self.expect(")")
        self._system_time()
        alias = self.alias()
        columns = None
        if alias and self.words[self.i] == "(" and self.kinds[self.i + 1] in (WORD, QUOTED):
            self.needs("column names of a derived table")
            columns = self.idents_in_parentheses()
        return Derived(query, alias, columns, lateral, start, self.ends[self.i - 1])

    def _table_name(self) -> FromItem:
        index = self.i
        self.accept(".")
        if self.kinds[self.i] == STRING or self.words[self.i] == "DUAL":
            raise self.problem()
        name = self.ident()
        database = None
        if self.words[self.i] == ".":
            self.i += 1
            database, name = name, self.ident(after_dot=True)
        if self.words[self.i] == "(" and self.dialect == "sqlite":
            # A table-valued function, `json_each(x)`.
            self.skip_parentheses()
            return Hidden(name.start, name.end, self.alias(), True)
        self._partitions()
        versions = self._system_time()
        indexed = self.dialect == "sqlite" and self.words[self.i] == "INDEXED"
        if self.words[self.i] == "=" and self.dialect == "mariadb" and self.kinds[self.i + 1] in (WORD, QUOTED):
            # An old way to write AS.
            self.i += 1
        full = self.words[self.i + 1] == "OUTER" and self._full_join()
        alias = None if indexed or full else self.alias()
        hints = self._hints()
        if name.hole and not database and self.kinds[index] == HOLED and index + 1 == self._name_end(index):
            return Hidden(name.start, name.end, alias)
        return TableName(name, database, alias, versions.atoms if versions else (), hints)

    def _name_end(self, index: int) -> int:
        end = index + 1
        while self.kinds[end] in (WORD, HOLED) and self.touches_next(end - 1):
            end += 1
        return end

    def _partitions(self) -> None:
        if self.words[self.i] == "PARTITION" and self.words[self.i + 1] == "(":
            self.i += 1
            self.skip_parentheses()

    def _system_time(self) -> Expr | None:
        """Read `FOR SYSTEM_TIME ...` (MariaDB)."""
        if self.words[self.i] != "FOR" or self.words[self.i + 1] != "SYSTEM_TIME":
            return None
        self.needs("FOR SYSTEM_TIME")
        self.i += 2
        return self.expr(self._period)

    def _period(self) -> None:
        if self.accept("ALL"):
            return
        if self.accept("AS"):
            self.expect("OF")
            self._point()
        elif self.accept("FROM"):
            self._point()
            self.expect("TO")
            self._point()
        elif self.accept("BETWEEN"):
            self._point()
            self.expect("AND")
            self._point()
        else:
            raise self.problem()

    def _point(self) -> None:
        if self.words[self.i] in ("TRANSACTION", "TIMESTAMP") and self.words[self.i + 1] != "(":
            self.i += 1
        self.operand()

    def _hints(self) -> tuple[Ident, ...]:
        """Read index hints, and return the keys that they name."""
        named: list[Ident] = []
        while self.words[self.i] in _HINTS and self.words[self.i + 1] in ("INDEX", "KEY"):
            self.i += 2
            if self.accept("FOR"):
                while self.words[self.i] in ("JOIN", "ORDER", "GROUP", "BY"):
                    self.i += 1
            named += self._keys_in_parentheses()
            if self.words[self.i] == "," and self.words[self.i + 1] in _HINTS:
                self.i += 1
        if self.dialect == "sqlite":
            if self.accept("INDEXED"):
                self.expect("BY")
                self.ident()
            elif self.words[self.i] == "NOT" and self.words[self.i + 1] == "INDEXED":
                self.i += 2
        return tuple(named)

    def _keys_in_parentheses(self) -> list[Ident]:
        """Step over `(a, b, PRIMARY)`, and return the names; none where there is anything else."""
        start = self.i
        self.skip_parentheses()
        behind = self.i
        places = [index for index in range(start + 1, behind - 1) if self.words[index] != ","]
        if not all(self.kinds[index] in (WORD, QUOTED) for index in places):
            return []
        named = []
        for index in places:
            self.i = index
            primary = self.words[index] == "PRIMARY"
            named.append(Ident("PRIMARY", self.starts[index], self.ends[index]) if primary else self.ident())
        self.i = behind
        return named

    def _json_table(self) -> JsonTable:
        self.i += 2
        argument = self.expr()
        self.expect(",")
        self.simple_value()
        columns: list[Ident] = []
        self._json_columns(columns)
        self.expect(")")
        return JsonTable(argument, tuple(columns), self.alias())

    def simple_value(self) -> None:
        """Step over a literal or placeholder."""
        self.expr(self.simple)

    def _json_columns(self, columns: list[Ident]) -> None:
        self.expect("COLUMNS")
        self.expect("(")
        self.deeper()
        while True:
            if self.words[self.i] == "NESTED":
                self.i += 1
                self.accept("PATH")
                self.simple_value()
                self._json_columns(columns)
            else:
                columns.append(self.ident())
                while self.words[self.i] not in (",", ")"):
                    if self.words[self.i] == "(":
                        self.skip_parentheses()
                    elif self.i >= len(self.kinds) - 1:
                        raise self.problem()
                    else:
                        self.i += 1
            if not self.accept(","):
                break
        self.nesting -= 1
        self.expect(")")
