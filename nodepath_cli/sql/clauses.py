"""The clauses of a statement, found by its keywords outside of parentheses."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.sql.lexer import END, NUMBER, QUOTED, WORD, LexError, Tokens, tokenize


class Clauses(Struct, frozen=True):
    """A statement's tokens, addressed by index. Ends are exclusive; what stands in parentheses is stepped over."""

    tokens: Tokens
    end: int
    """The index of the first token behind the statement, a semicolon or the end of the text."""

    @staticmethod
    def of(sql: str, ansi_quotes: bool = False) -> Clauses | None:
        """Return the clauses of a text, None where it has no tokens (an open quote)."""
        tokens = tokenize(sql, ansi_quotes)
        if isinstance(tokens, LexError):
            return None
        end = tokens.kinds.index(END)
        while end and tokens.words[end - 1] == ";":
            end -= 1
        return Clauses(tokens, end)

    def word(self, index: int) -> str:
        """Return the keyword or operator at `index`, "" for anything else."""
        return self.tokens.words[index] if index < self.end else ""

    def is_number(self, index: int) -> bool:
        """Say whether the token at `index` is a number."""
        return index < self.end and self.tokens.kinds[index] == NUMBER

    def text(self, start: int, end: int) -> str:
        """Return the text of the tokens from `start` to `end`."""
        end = min(end, self.end)
        return self.tokens.text[self.tokens.starts[start] : self.tokens.ends[end - 1]] if start < end else ""

    def find(self, start: int, words: frozenset[str] | set[str], end: int | None = None) -> int:
        """Return the index of the first of these words from `start` on, `end` where there is none.

        A word behind a dot is a name.
        """
        end = self.end if end is None else end
        index = start
        while index < end:
            if self.tokens.words[index] in words and not (index and self.tokens.words[index - 1] == "."):
                return index
            index = self.tokens.closing.get(index, index) + 1
        return end

    def find_pair(self, start: int, first: str, second: str, end: int | None = None) -> int:
        """Return the index of `first` where `second` follows it, `end` where that is nowhere."""
        end = self.end if end is None else end
        index = self.find(start, {first}, end)
        while index < end and self.word(index + 1) != second:
            index = self.find(index + 1, {first}, end)
        return index

    def split(self, start: int, end: int, mark: str) -> Iterator[tuple[int, int]]:
        """Yield the ranges between the marks, without empty ones."""
        while start < end:
            stop = self.find(start, {mark}, end)
            if stop > start:
                yield start, stop
            start = stop + 1

    def texts(self, start: int, end: int) -> list[str]:
        """Return the texts between the commas."""
        return [self.text(begin, until) for begin, until in self.split(start, end, ",")]

    def after_name(self, index: int) -> int:
        """Return the index behind a name with its qualifiers."""
        index += 1
        while self.word(index) == "." and self.tokens.kinds[index + 1] in (WORD, QUOTED):
            index += 2
        return index

    def after_parentheses(self, index: int) -> int:
        """Return the index behind the parenthesis that closes the one at `index`."""
        return self.tokens.closing.get(index, index) + 1

    def text_without_values(self, start: int, end: int, table: str) -> str:
        """Return a text in which `VALUES(c)` is the column that it names, of `table` where one is given."""
        out = []
        position = self.tokens.starts[start]
        for index in range(start, end):
            if self.tokens.words[index] in ("VALUES", "VALUE") and self.word(index + 1) == "(":
                out.append(self.tokens.text[position : self.tokens.starts[index]])
                position = self.tokens.starts[index + 1]
                if table and self.tokens.closing[index + 1] == index + 3:
                    out.append(f"({table}.")
                    position = self.tokens.starts[index + 2]
        return "".join([*out, self.tokens.text[position : self.tokens.ends[end - 1]]])
