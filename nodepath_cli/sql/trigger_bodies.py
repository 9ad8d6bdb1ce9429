"""The INSERT that a trigger without BEGIN and END runs, and the table that the trigger is on."""

from __future__ import annotations

from nodepath_cli.sql.cursor import NotUnderstood
from nodepath_cli.sql.lexer import END
from nodepath_cli.sql.nodes import Plain, TableName
from nodepath_cli.sql.writes import WriteGrammar

_BEFORE = frozenset(("OR", "REPLACE", "AGGREGATE"))


class TriggerGrammar(WriteGrammar):
    """Reads `CREATE TRIGGER n AFTER UPDATE ON t FOR EACH ROW INSERT ...`."""

    def trigger(self) -> Plain | None:
        """Read the statement at hand; None, with nothing read, where it is no trigger with such a body."""
        index = self.i + 1
        while self.words[index] in _BEFORE:
            index += 1
        if self.words[index] == "DEFINER":
            while self.kinds[index] != END and self.words[index] not in ("TRIGGER", "VIEW", "EVENT", "PROCEDURE"):
                index += 1
        if self.words[self.i] != "CREATE" or self.words[index] != "TRIGGER":
            return None
        while self.kinds[index] != END and self.words[index] not in ("ON", ";"):
            index += 1
        start, holes, slips = self.i, len(self.holes), len(self.slips)
        self.i = index + 1
        try:
            found = self._read(start)
        except NotUnderstood:
            found = None
        if found is None:
            self.i = start
            del self.holes[holes:], self.slips[slips:]
        return found

    def _read(self, start: int) -> Plain | None:
        """Read what stands behind ON; None where the body is no INSERT that ends the statement."""
        name = self.ident()
        table = TableName(self.ident(after_dot=True), name, None) if self.accept(".") else TableName(name, None, None)
        if self.words[self.i : self.i + 3] != ["FOR", "EACH", "ROW"]:
            return None
        self.i += 3
        if self.accept("FOLLOWS") or self.accept("PRECEDES"):
            self.ident()
        if self.words[self.i] != "INSERT":
            return None
        body = self.insert()
        whole = self.kinds[self.i] == END or self.words[self.i] == ";"
        return Plain("ddl", self.starts[start], self.ends[self.i - 1], on=table, body=body) if whole else None
