"""The parser's place in the tokens: look-ahead, names, holes, and the guard against deep nesting."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.features import FEATURES, has
from nodepath_cli.sql.lexer import END, HOLED, NUMBER, QUOTED, STRING, WORD, Tokens, unquote
from nodepath_cli.sql.nodes import Ident
from nodepath_cli.sql.words import QUERY_STARTS, SET_OPERATORS, reserved_words, words_behind_a_name

MAX_NESTING = 200
"""Deepest nesting of parentheses, subqueries and CASE; MariaDB itself gives up at about 500."""

_SERVERS = {"mysql": "MySQL", "mariadb": "MariaDB"}
VALUE, NAME, TEXT, EXPRESSION = "value", "name", "text", "expression"
"""What a hole stands for: one or more values, an identifier, any piece of SQL, or a value that may be a column."""


TOO_EARLY = "the statement ends too early"
"""Why a text is not understood that breaks off."""
SHORT_COMMENT = "not understood at '--', which begins a comment only where a space follows it"
"""Why a comment is not understood that other servers take for one."""


class HoleUse(Struct, frozen=True):
    """A hole where the grammar met it."""

    start: int
    end: int
    role: str


class NotUnderstood(Exception):
    """The grammar cannot go on. `start` is an offset into the text; `lacking`: what another server or version has."""

    def __init__(self, reason: str, start: int, syntax: bool = True, lacking: str = "") -> None:
        super().__init__(reason)
        self.lacking = lacking
        self.reason = reason
        self.start = start
        self.syntax = syntax


def server_words(dialect: str, version: tuple[int, ...]) -> str:
    """Return a server as reports name it (`MySQL 8.0`)."""
    return f"{_SERVERS.get(dialect, dialect)} {'.'.join(map(str, version))}".strip()


class Cursor:
    """Walks over the tokens of one text."""

    def __init__(self, tokens: Tokens, dialect: str, version: tuple[int, ...]) -> None:
        self.tokens = tokens
        self.text = tokens.text
        self.kinds = tokens.kinds
        self.words = tokens.words
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.closing = tokens.closing
        self.dialect = dialect
        self.version = version
        self.reserved = reserved_words(dialect, version)
        self.behind_names = words_behind_a_name(dialect, version)
        self.has_holes = HOLED in tokens.kinds
        self.i = 0
        self.nesting = 0
        self.holes: list[HoleUse] = []

    def problem(self) -> NotUnderstood:
        """Return the error that the token at hand is not what the grammar needs."""
        index = self.i
        if self.kinds[index] == END:
            return NotUnderstood(TOO_EARLY, self.starts[index])
        if self.dialect != "sqlite" and self.text.startswith("--", self.starts[index]):
            return NotUnderstood(SHORT_COMMENT, self.starts[index])
        shown = self.text[self.starts[index] : self.ends[index]]
        if len(shown) > 30:
            shown = shown[:27] + "..."
        return NotUnderstood(f"not understood at '{shown}'", self.starts[index])

    def needs(self, feature: str) -> None:
        """Check that the server has what stands here."""
        if not has(feature, self.dialect, self.version):
            lacking = f"{feature} is not in {server_words(self.dialect, self.version)}"
            elsewhere = lacking if any(since is not None for since in FEATURES.get(feature, (None,))) else ""
            raise NotUnderstood(f"{lacking}, which answers 1064", self.starts[self.i], lacking=elsewhere)

    def accept(self, word: str) -> bool:
        """Step over a word or operator where it stands here."""
        if self.words[self.i] == word:
            self.i += 1
            return True
        return False

    def accept_any(self, words: frozenset[str]) -> bool:
        """Step over any number of these words; say whether there was one."""
        index = self.i
        while self.words[self.i] in words:
            self.i += 1
        return self.i > index

    def expect(self, word: str) -> None:
        """Step over a word or operator that must stand here."""
        if self.words[self.i] != word:
            raise self.problem()
        self.i += 1

    def deeper(self) -> None:
        """Count one level of nesting."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise NotUnderstood(f"nested deeper than {MAX_NESTING} levels", self.starts[self.i], False)

    def hole(self, role: str) -> None:
        """Step over the hole at hand."""
        self.holes.append(HoleUse(self.starts[self.i], self.ends[self.i], role))
        self.i += 1

    def at_hole(self) -> bool:
        """Say whether a hole stands here."""
        return self.kinds[self.i] == HOLED

    def touches_next(self, index: int) -> bool:
        """Say whether no space lies between this token and the next."""
        return self.ends[index] == self.starts[index + 1]

    def ident(self, after_dot: bool = False) -> Ident:
        """Read a name: a word that is not reserved, a quoted identifier, or one with holes in it."""
        index = self.i
        kind = self.kinds[index]
        if self.has_holes and (kind == HOLED or (self.kinds[index + 1] == HOLED and self.touches_next(index))):
            return self._name_with_holes(after_dot)
        start, end = self.starts[index], self.ends[index]
        if kind == WORD:
            if self.words[index] in self.reserved and (not after_dot or self._keyword_behind_dot(index)):
                raise self.problem()
            self.i = index + 1
            return Ident(self.text[start:end], start, end)
        if kind == QUOTED:
            return self._quoted(index)
        if after_dot and kind == NUMBER:
            self.i = index + 1
            return Ident(self.text[start:end], start, end)
        raise self.problem()

    def _keyword_behind_dot(self, index: int) -> bool:
        """Say whether a space between a dot and a reserved word leaves the word what it is (measured)."""
        return self.words[index - 1] == "." and not self.touches_next(index - 1) and self.dialect != "sqlite"

    def _quoted(self, index: int) -> Ident:
        self.i = index + 1
        start, end = self.starts[index], self.ends[index]
        raw = self.text[start:end]
        place = raw.find(HOLE)
        if place >= 0:
            self.holes.append(HoleUse(start + place, start + place + 1, NAME))
        return Ident(unquote(raw), start + 1, end - 1, place >= 0, True)

    def _name_with_holes(self, after_dot: bool) -> Ident:
        index = self.i
        kind = self.kinds[index]
        if kind not in (WORD, HOLED, NUMBER) or (kind == WORD and not after_dot and self.words[index] in self.reserved):
            if kind == QUOTED:
                return self._quoted(index)
            raise self.problem()
        while True:
            if self.kinds[self.i] == HOLED:
                self.hole(NAME)
            else:
                self.i += 1
            if self.kinds[self.i] not in (WORD, HOLED, NUMBER) or not self.touches_next(self.i - 1):
                break
        start, end = self.starts[index], self.ends[self.i - 1]
        return Ident(self.text[start:end], start, end, True)

    def alias(self) -> Ident | None:
        """Read `[AS] alias` of a table, where there is one."""
        if self.accept("AS"):
            return self._string_name() if self.kinds[self.i] == STRING else self.ident(after_dot=self._soft_word())
        kind = self.kinds[self.i]
        if kind == QUOTED or (kind == WORD and self.words[self.i] not in self.behind_names):
            return self.ident()
        return None

    def _soft_word(self) -> bool:
        return self.words[self.i] not in self.reserved

    def item_alias(self) -> Ident | None:
        """Read `[AS] alias` of a select item, where there is one: strings are allowed, too."""
        named = self.accept("AS")
        kind = self.kinds[self.i]
        if kind == STRING:
            return self._string_name()
        if named or kind == QUOTED or (kind == WORD and self.words[self.i] not in self.behind_names):
            return self.ident()
        return None

    def _string_name(self) -> Ident:
        index = self.i
        self.i += 1
        start, end = self.starts[index], self.ends[index]
        return Ident(unquote(self.text[start:end]), start + 1, end - 1, False, True)

    def is_query(self, index: int) -> bool:
        """Say whether the `(` at that index opens a query expression, rather than an expression or a join."""
        if self.words[index + 1] in QUERY_STARTS:
            following = self.words[index + 2]
            # VALUES(c) is a function, `values` and `table` can stand for no name, so only this one needs care.
            return self.words[index + 1] != "VALUES" or following in ("(", "ROW")
        innermost = index
        while self.words[innermost + 1] == "(":
            innermost += 1
        if innermost == index or self.words[innermost + 1] not in QUERY_STARTS:
            return False
        for level in range(innermost, index, -1):
            after = self.words[self.closing[level] + 1]
            if after not in SET_OPERATORS and after not in (")", "ORDER", "LIMIT"):
                return False
        return True

    def skip_parentheses(self) -> None:
        """Step over `( ... )` whatever is in it."""
        if self.words[self.i] != "(":
            raise self.problem()
        self.i = self.closing[self.i] + 1

    def idents_in_parentheses(self) -> tuple[Ident, ...]:
        """Read `(a, b, ...)`."""
        self.expect("(")
        names = [self.ident()]
        while self.accept(","):
            names.append(self.ident())
        self.expect(")")
        return tuple(names)
