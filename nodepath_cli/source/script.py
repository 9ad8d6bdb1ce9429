"""A SQL script split into statements, as the `mysql` client and the migration tools split it.

Facts: MySQL manual, "mysql Client Commands" and "Comments"; the annotations of goose, sql-migrate and dbmate from their
own documentation. No statement is understood here; a text that ends inside a quote gives one last statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<string>'(?:[^'\\]++|\\.|'')*+(?:'|\Z)|"(?:[^"\\]++|\\.|"")*+(?:"|\Z)|`(?:[^`]++|``)*+(?:`|\Z))
  | (?P<line>(?:--(?=[\s\x00-\x1f]|\Z)|--(?=[^\n]*\+)|\#)[^\n]*+)
  | (?P<executable>/\*M?!)
  | (?P<block>/\*.*?(?:\*/|\Z))
  | (?P<command>(?<![^\n])[ \t]*(?:(?i:delimiter)[ \t]+[^\n]+|\\[^\n]*|(?i:go)[ \t]*(?=\r?\n|\Z)))
  | (?P<dollar>\$(?:[A-Za-z_]\w*)?\$)
  | (?P<goodbye>\\[gG])
  | (?P<word>[A-Za-z_][\w$]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANNOTATION = re.compile(
    r"--\s*(?:\+(?:goose|migrate|micrate)\s+(?P<plus>\w+)|migrate:(?P<dbmate>up|down)\b|(?P<undo>//@UNDO)"
    r"|(?P<rambler>rambler)\s+(?P<way>up|down)|=+\s*(?P<shmig>UP|DOWN)\s*=+)",
    re.IGNORECASE,
)
_ROUTINE = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP(?:ORARY)?\s+)?(?:AGGREGATE\s+)?"
    r"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b|BEGIN\s+NOT\s+ATOMIC\b",
    re.IGNORECASE,
)
_AFTER_END = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement of a script."""

    sql: str
    """Its text, from its first word (or executable comment) to its last character, without the delimiter."""
    start: int
    """Offset of its first character in the script."""
    line: int
    """1-based line of its first character."""
    down: bool = False
    """It stands in the part that undoes the migration."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.sql)


def split(text: str) -> Iterator[ScriptStatement]:
    """Yield the statements of a script in order."""
    return _Splitter(text).statements()


class _Splitter:
    def __init__(self, text: str) -> None:
        self.text = text
        self.delimiter = ";"
        self.down = False
        self.block = False
        """Between StatementBegin and StatementEnd: one statement, whatever semicolons it has."""
        self.start: int | None = None
        """Where the statement at hand begins; None before its first word."""
        self.depth = 0
        """How many BEGIN and CASE of a stored routine are open."""
        self.routine = False
        self.last_word = ""
        self._line = 1
        self._line_at = 0

    def statements(self) -> Iterator[ScriptStatement]:
        position = 0
        interesting = self._pattern()
        while match := interesting.search(self.text, position):
            gap = self.text[position : match.start()]
            if self.start is None and gap.strip():
                self.start = position + len(gap) - len(gap.lstrip())
            kind = match.lastgroup
            if kind == "delimiter":
                if self.block or (self.routine and self.depth > 0):
                    position = match.end()
                    continue
                yield from self._finish(match.start())
                position = match.end()
            elif kind == "command":
                yield from self._command(match)
                interesting = self._pattern()
                position = match.end()
            elif kind == "line":
                yield from self._annotation(match)
                position = match.end()
            else:
                position = self._inside(match)
        tail = self.text[position:]
        if self.start is None and tail.strip():
            self.start = position + len(tail) - len(tail.lstrip())
        yield from self._finish(len(self.text))

    def _pattern(self) -> re.Pattern[str]:
        cached = _PATTERNS.get(self.delimiter)
        if cached is None:
            cached = re.compile(f"(?P<delimiter>{re.escape(self.delimiter)})|{_TOKEN.pattern}", re.VERBOSE | re.DOTALL)
            if len(_PATTERNS) < 16:
                _PATTERNS[self.delimiter] = cached
        return cached

    def _inside(self, match: re.Match[str]) -> int:
        """Step over a string, comment or word, and return where to go on."""
        kind = match.lastgroup
        if kind == "block":
            return match.end()
        if self.start is None:
            self.start = match.start()
        if kind == "executable":
            closing = self.text.find("*/", match.end())
            return len(self.text) if closing < 0 else closing + 2
        if kind == "dollar":
            return self._dollar(match)
        if kind == "word":
            self._word(match)
        return match.end()

    def _dollar(self, match: re.Match[str]) -> int:
        """PostgreSQL's `$tag$ ... $tag$`, told from a `$` of a name by the word before it."""
        if self.last_word not in ("AS", "DO"):
            return match.end()
        closing = self.text.find(match.group(), match.end())
        return match.end() if closing < 0 else closing + len(match.group())

    def _word(self, match: re.Match[str]) -> None:
        word = match.group().upper()
        if self.start == match.start():
            self.routine = bool(_ROUTINE.match(self.text, self.start))
        if self.routine:
            if word in ("BEGIN", "CASE") and self.last_word != "END":
                self.depth += 1
            elif word == "END":
                following = re.compile(r"\s+(\w+)").match(self.text, match.end())
                if not (following and following.group(1).upper() in _AFTER_END):
                    self.depth -= 1
        self.last_word = word

    def _command(self, match: re.Match[str]) -> Iterator[ScriptStatement]:
        """A line for the client: DELIMITER, `\\connect`, `\\.`, or T-SQL's GO."""
        words = match.group().split()
        if words[0].lower() == "delimiter":
            if self.start is None:
                self.delimiter = words[1]
        elif words[0].lower() == "go":
            yield from self._finish(match.start())

    def _annotation(self, match: re.Match[str]) -> Iterator[ScriptStatement]:
        found = _ANNOTATION.match(match.group())
        if not found:
            return
        word = (found["plus"] or found["dbmate"] or found["way"] or found["shmig"] or "down").lower()
        if word in ("up", "down"):
            yield from self._finish(match.start())
            self.block = False
            self.down = word == "down"
        elif word == "statementbegin":
            yield from self._finish(match.start())
            self.block = True
        elif word == "statementend":
            self.block = False
            yield from self._finish(match.start())

    def _finish(self, end: int) -> Iterator[ScriptStatement]:
        start, self.start = self.start, None
        self.depth, self.routine, self.last_word = 0, False, ""
        if start is None:
            return
        sql = self.text[start:end].rstrip()
        if self.block:
            sql = sql.rstrip("; \t\r\n")
        if sql.endswith(("\\G", "\\g")):
            sql = sql[:-2].rstrip()
        if sql:
            self._line += self.text.count("\n", self._line_at, start)
            self._line_at = start
            yield ScriptStatement(sql, start, self._line, self.down)


_PATTERNS: dict[str, re.Pattern[str]] = {}
