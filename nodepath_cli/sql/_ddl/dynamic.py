"""DDL that a script puts together itself: user variables, PREPARE and EXECUTE, stored procedures that are called.

Migrations that may run twice are written so on MySQL, which has no ADD COLUMN IF NOT EXISTS: a look into
information_schema decides whether an ALTER runs. What such a condition says is not evaluated: every branch is tried,
and one that the server would refuse in this place counts as the branch that was not taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.script import split
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql.lexer import NUMBER, STRING, VARIABLE, WORD

Values = tuple[str, ...]
"""The texts that a variable can hold; () where they cannot be told."""

MAX_DEPTH = 8
MAX_VALUES = 8
_PROCEDURE = lazy(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?PROCEDURE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:`?\w+`?\s*\.\s*)?`?(?P<name>\w+)`?\s*(?=\()",
    re.IGNORECASE,
)
_CONTROL = lazy(
    r"\s*(?:(?:IF|ELSEIF|WHEN)\b.*?\bTHEN\b|WHILE\b.*?\bDO\b|ELSE\b|(?:\w+\s*:\s*)?(?:BEGIN|LOOP|REPEAT)\b(?!\s*\())",
    re.IGNORECASE | re.DOTALL,
)
_BODY = lazy(r"\bBEGIN\b", re.IGNORECASE)


class _Procedure(Struct, frozen=True):
    parameters: tuple[str, ...]
    body: str


class Dynamic(Struct):
    """What a script has prepared so far."""

    dialect: Dialect
    run: Callable[[str], None]
    """Runs one statement; raises Refusal."""
    variables: dict[str, Values] = field(default_factory=dict)
    prepared: dict[str, Values] = field(default_factory=dict)
    procedures: dict[str, _Procedure] = field(default_factory=dict)
    depth: int = 0

    def handle(self, sql: str) -> bool:
        """Take over a statement of this kind; False where it is none. Raises Refusal for what it runs."""
        procedure = _PROCEDURE.match(sql)
        if procedure:
            self._create(procedure, sql)
            return True
        if sql.lstrip()[:6].upper() == "CREATE":
            return False
        reader = Reader(sql, self.dialect)
        word = reader.word
        if word == "PREPARE":
            reader.advance()
            name = reader.identifier().lower()
            reader.expect("FROM")
            self.prepared[name] = self.values(reader)
        elif word == "EXECUTE":
            reader.advance()
            if reader.accept("IMMEDIATE"):
                self._try(self.values(reader))
            else:
                self._try(self.prepared.get(reader.identifier().lower(), ()))
        elif word == "CALL":
            reader.advance()
            self._call(reader)
        elif word == "BEGIN" and reader.peek() == "NOT":
            self._body(sql)
        else:
            return False
        return True

    def assign(self, name: str, text: str) -> None:
        """Take over `SET @name = text`."""
        try:
            self.variables[name] = self.values(Reader(text, self.dialect))
        except Refusal:
            self.variables[name] = ()

    def values(self, reader: Reader, scope: Mapping[str, Values] | None = None) -> Values:
        """Read an expression that makes a text."""
        scope = self.variables if scope is None else scope
        if reader.accept("("):
            reader.accept("SELECT")
            return self.values(reader, scope)
        if reader.kind == STRING:
            return (reader.string(),)
        if reader.kind == NUMBER:
            return (reader.number(),)
        if reader.kind == VARIABLE or (reader.kind == WORD and reader.peek() != "("):
            name = reader.raw().lower()
            reader.advance()
            return scope.get(name, ())
        if reader.at("CONCAT", "("):
            reader.index += 2
            return _joined(self._arguments(reader, scope))
        if reader.at("IF", "("):
            reader.index += 2
            reader.expression()
            reader.expect(",")
            chosen = [value for values in self._arguments(reader, scope) for value in values]
            return tuple(dict.fromkeys(chosen))[:MAX_VALUES]
        return ()

    def _arguments(self, reader: Reader, scope: Mapping[str, Values]) -> list[Values]:
        found = []
        while True:
            found.append(self.values(reader, scope))
            reader.expression()
            if not reader.accept(","):
                return found

    def _try(self, texts: Values) -> None:
        """Run what a prepared statement can be; with a choice, a refusal only means that the other one ran."""
        for text in texts:
            try:
                self._nested(text)
            except Refusal:
                if len(texts) == 1:
                    raise

    def _nested(self, text: str) -> None:
        if self.depth >= MAX_DEPTH:
            return
        self.depth += 1
        try:
            for each in split(text):
                self.run(each.sql)
        finally:
            self.depth -= 1

    def _create(self, match: re.Match[str], sql: str) -> None:
        reader = Reader(sql[match.end() :], self.dialect)
        closing = reader.tokens.closing.get(0)
        if closing is None:
            return
        parameters = re.split(r",(?![^(]*\))", reader.text[1 : reader.tokens.starts[closing]])
        names = [re.sub(r"^\s*(?:IN|OUT|INOUT)\b", "", each, flags=re.IGNORECASE).split() for each in parameters]
        body = reader.text[reader.tokens.ends[closing] :]
        self.procedures[match["name"].lower()] = _Procedure(
            tuple(words[0].strip("`").lower() for words in names if words), body
        )

    def _call(self, reader: Reader) -> None:
        name = reader.identifier()
        if reader.accept("."):
            name = reader.any_identifier()
        procedure = self.procedures.get(name.lower())
        if procedure is None:
            return
        arguments = self._arguments(reader, self.variables) if reader.accept("(") else []
        outer = self.variables
        self.variables = {**outer, **dict(zip(procedure.parameters, arguments, strict=False))}
        try:
            self._body(procedure.body)
        finally:
            self.variables = {name: values for name, values in self.variables.items() if name.startswith("@")}

    def _body(self, body: str) -> None:
        """Run the statements of a body, every branch of it; a refusal under a condition says nothing."""
        if self.depth >= MAX_DEPTH:
            return
        begin = _BODY.search(body)
        guarded = bool(re.search(r"\b(?:IF|CASE|HANDLER)\b", body, re.IGNORECASE))
        self.depth += 1
        try:
            for each in split(body[begin.end() :] if begin else body):
                sql = each.sql
                while (control := _CONTROL.match(sql)) and control.end():
                    sql = sql[control.end() :]
                try:
                    self.run(sql.strip())
                except Refusal:
                    if not guarded:
                        raise
        finally:
            self.depth -= 1


def _joined(parts: list[Values]) -> Values:
    """Return the texts that CONCAT can make; () where a part cannot be told."""
    texts: Values = ("",)
    for values in parts:
        texts = tuple(text + value for text in texts for value in values)[:MAX_VALUES]
    return texts
