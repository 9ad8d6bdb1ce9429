"""PREPARE and EXECUTE: the statement inside, as migrations that may run twice put theirs together on MySQL."""

from __future__ import annotations

import re

from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.migrate.statements import Sent
from nodepath_cli.patterns import lazy

_PREPARE = lazy(r"\s*PREPARE\s+`?(?P<name>[\w$]+)`?\s+FROM\s+(?P<source>.+?)\s*;?\s*\Z", re.IGNORECASE | re.DOTALL)
_EXECUTE = lazy(
    r"\s*EXECUTE\s+(?:IMMEDIATE\s+(?P<source>.+?)|`?(?P<name>[\w$]+)`?)(?:\s+USING\s+.*)?\s*;?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_VARIABLE = lazy(r"@[\w$.]+|@`[^`]+`")
_LITERAL = lazy(r"'((?:[^'\\]|\\.|'')*)'|\"((?:[^\"\\]|\\.|\"\")*)\"", re.DOTALL)


class Prepared:
    """What a connection has prepared so far."""

    def __init__(self, ledger: Ledger) -> None:
        """Ask for the values of variables over the ledger's connection."""
        self._ledger = ledger
        self._texts: dict[str, str] = {}

    def text(self, statement: Sent) -> str | None:
        """Note a PREPARE, and return None; return the text that an EXECUTE runs, None where that cannot be told."""
        match = _PREPARE.match(statement.text)
        if match:
            found = self._value(match["source"])
            if found is not None:
                self._texts[match["name"].lower()] = found
            else:
                self._texts.pop(match["name"].lower(), None)
            return None
        match = _EXECUTE.match(statement.text)
        if match is None:
            return None
        return self._value(match["source"]) if match["source"] else self._texts.get(match["name"].lower())

    def _value(self, source: str) -> str | None:
        if _VARIABLE.fullmatch(source):
            value = self._ledger.ask(f"SELECT {source}")[0][0]
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else value and str(value)
        literal = _LITERAL.fullmatch(source)
        if literal is None:
            return None
        return re.sub(r"''|\\'", "'", literal[1]) if literal[1] is not None else literal[2]
