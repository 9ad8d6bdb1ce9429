"""The query that a CREATE makes a table or a view from: the server resolves its names as those of any other."""

from __future__ import annotations

from nodepath_cli.sql.lexer import END, HOLED
from nodepath_cli.sql.nodes import Query
from nodepath_cli.sql.writes import WriteGrammar

_BEFORE_TABLE = frozenset(("OR", "REPLACE", "TEMPORARY", "TEMP"))
_BEFORE_VIEW = frozenset(("OR", "REPLACE"))
_CHECKS = frozenset(("CASCADED", "LOCAL", "CHECK", "OPTION"))


class MadeFromGrammar(WriteGrammar):
    """Reads `CREATE [TEMPORARY] TABLE t [AS] SELECT ...`, `CREATE VIEW v AS SELECT ...` and `ALTER VIEW`."""

    def made_from(self) -> Query | None:
        """Read the statement at hand; None, with nothing read, where it is made from no query that can be seen."""
        index = self._query_of_table() or self._query_of_view()
        if index is None or self._opens_with_hole(index):
            return None
        self.i = index
        query = self.query()
        if self.accept("WITH"):
            self.accept_any(_CHECKS)
        return query

    def _opens_with_hole(self, index: int) -> bool:
        """Say whether all of the query is known only at run time: a dump puts views together so."""
        while self.words[index] == "(":
            index += 1
        return self.kinds[index] == HOLED

    def _query_of_table(self) -> int | None:
        """Return where the query of CREATE TABLE begins."""
        index = self.i + 1
        while self.words[index] in _BEFORE_TABLE:
            index += 1
        if self.words[self.i] != "CREATE" or self.words[index] != "TABLE":
            return None
        behind = index + 1
        while not self._ends_at(behind):
            word = self.words[behind]
            if word == "SELECT" or (word == "WITH" and self.words[behind + 1] != "SYSTEM"):
                return behind
            if word == "(":
                if self.is_query(behind):
                    return behind
                behind = self.closing[behind]
            behind += 1
        return None

    def _query_of_view(self) -> int | None:
        """Return where the query of CREATE VIEW or ALTER VIEW begins."""
        if self.words[self.i] not in ("CREATE", "ALTER"):
            return None
        index = self.i + 1
        while self.words[index] in _BEFORE_VIEW:
            index += 1
        if self.words[index] in ("ALGORITHM", "DEFINER", "SQL"):
            while not self._ends_at(index) and self.words[index] not in ("VIEW", "AS", "(", "BEGIN"):
                index += 1
        if self.words[index] != "VIEW":
            return None
        while not self._ends_at(index) and self.words[index] != "AS":
            index = (self.closing[index] if self.words[index] == "(" else index) + 1
        return None if self._ends_at(index) else index + 1

    def _ends_at(self, index: int) -> bool:
        """Say whether the statement ends in front of the token at `index`."""
        return self.kinds[index] == END or self.words[index] == ";"
