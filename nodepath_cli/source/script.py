"""A SQL script split into statements, as the `mysql` client and the migration tools split it.

Facts: MySQL manual, "mysql Client Commands" and "Comments"; the annotations of goose, sql-migrate and dbmate from their
own documentation. No statement is understood here; a text that ends inside a quote gives one last statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.patterns import lazy

_TOKEN = r"""
    (?P<string>'(?:[^'\\]++|\\.|'')*(?:'(?!')|\Z)|"(?:[^"\\]++|\\.|"")*(?:"(?!")|\Z)|`(?:[^`]++|``)*(?:`(?!`)|\Z))
  | (?P<line>(?:--(?=[\s\x00-\x1f]|\Z)|--(?=[^\n]*\+)|\#)[^\n]*+)
  | (?P<executable>/\*M?!)
  | (?P<block>/\*.*?(?:\*/|\Z))
  | (?P<command>(?<![^\n])[ \t]*(?:(?i:delimiter)[ \t]+[^\n]+|\\[^\n]*|(?:(?i:go)|--split)[ \t]*(?=\r?\n|\Z)
      |(?i:use)[ \t]+(?:`[^`\n]+`|[\w$-]+)[ \t]*(?=\r?\n|\Z)))
  | (?P<go>\\[gG](?=\s|\Z))
  | (?P<dollar>\$(?:[A-Za-z_]\w*)?\$)
    """
_WORD = r"|(?P<word>[A-Za-z_][\w$]*)"
_ANNOTATION = lazy(
    r"--\s*(?:\+(?:goose|migrate|micrate)\s+(?P<plus>\w+)|migrate:(?P<dbmate>up|down)\b|(?P<undo>//@UNDO)"
    r"|(?P<rambler>rambler)\s+(?P<way>up|down)|=+\s*(?P<shmig>UP|DOWN)\s*=+)",
    re.IGNORECASE,
)
_ROUTINE = lazy(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP(?:ORARY)?\s+)?(?:AGGREGATE\s+)?"
    r"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b|BEGIN\s+NOT\s+ATOMIC\b",
    re.IGNORECASE,
)
_AFTER_END = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})


class ScriptStatement(Struct, frozen=True):
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


def parts(sql: str) -> list[str]:
    """Return the statements of a text: a program may send several at once (`multiStatements=true`, SQLite)."""
    if ";" not in sql.rstrip().rstrip(";"):
        return [sql]
    return [each.sql for each in split(sql) if not each.down] or [sql]


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
        while match := self._pattern().search(self.text, position):
            if self.start is None and self._begin(position, match.start()):
                continue
            kind = match.lastgroup
            if kind in ("delimiter", "go"):
                if self.block or (self.routine and self.depth > 0):
                    position = match.end()
                    continue
                yield from self._finish(match.start())
                position = match.end()
            elif kind == "command":
                yield from self._command(match)
                position = match.end()
            elif kind == "line":
                yield from self._annotation(match)
                position = match.end()
            else:
                position = self._inside(match)
        if self.start is None:
            self._begin(position, len(self.text))
        yield from self._finish(len(self.text))

    def _begin(self, position: int, end: int) -> bool:
        """Begin a statement where text stands before `end`; True where its words must be looked at, too."""
        first = _NOT_SPACE.search(self.text, position, end)
        if first is None:
            return False
        self.start = first.start()
        self.routine = bool(_ROUTINE.match(self.text, self.start))
        return self.routine

    def _pattern(self) -> re.Pattern[str]:
        """Return what to look for; words matter inside a stored routine alone, and cost most of the time."""
        key = (self.delimiter, self.routine)
        cached = _PATTERNS.get(key)
        if cached is None:
            words = _WORD if self.routine else ""
            if words and "$" in self.delimiter:
                # `END$$`: the client sees its delimiter in what would be one name.
                words = words.replace(r"[\w$]", rf"(?:(?!{re.escape(self.delimiter)})[\w$])")
            cached = re.compile(f"(?P<delimiter>{re.escape(self.delimiter)})|{_TOKEN}{words}", re.VERBOSE | re.DOTALL)
            if len(_PATTERNS) < 16:
                _PATTERNS[key] = cached
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
        if not _BEFORE_BODY.search(self.text, max(match.start() - 40, self.start or 0), match.start()):
            return match.end()
        closing = self.text.find(match.group(), match.end())
        return match.end() if closing < 0 else closing + len(match.group())

    def _word(self, match: re.Match[str]) -> None:
        word = match.group().upper()
        if word in ("BEGIN", "CASE") and self.last_word != "END":
            self.depth += 1
        elif word == "END":
            following = _NEXT_WORD.match(self.text, match.end())
            if not (following and following.group(1).upper() in _AFTER_END):
                self.depth -= 1
        self.last_word = word

    def _command(self, match: re.Match[str]) -> Iterator[ScriptStatement]:
        """A line for the client or the tool: DELIMITER, `\\connect`, USE without a delimiter, GO, popx's `--split`."""
        words = match.group().split()
        if words[0].lower() == "delimiter":
            if self.start is None:
                self.delimiter = words[1]
        elif words[0].lower() in ("go", "--split"):
            yield from self._finish(match.start())
        elif words[0].lower() == "use" and self.start is None:
            self.start = match.start() + match.group().index(words[0])
            yield from self._finish(match.end())

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
            yield from self._finish(match.start())
            self.block = False

    def _finish(self, end: int) -> Iterator[ScriptStatement]:
        start, self.start = self.start, None
        self.depth, self.routine, self.last_word = 0, False, ""
        if start is None:
            return
        sql = self.text[start:end].rstrip()
        if self.block:
            sql = sql.rstrip("; \t\r\n")
        if sql:
            self._line += self.text.count("\n", self._line_at, start)
            self._line_at = start
            yield ScriptStatement(sql, start, self._line, self.down)


_PATTERNS: dict[tuple[str, bool], re.Pattern[str]] = {}
_NOT_SPACE = lazy(r"\S")
_NEXT_WORD = lazy(r"\s+(\w+)")
_BEFORE_BODY = lazy(r"\b(?:AS|DO)\s*\Z", re.IGNORECASE)
