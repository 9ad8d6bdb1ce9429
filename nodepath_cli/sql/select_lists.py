"""The select lists of a statement, item by item: those of a UNION beside one another, and what one item is.

Read from the tokens, as value_uses.py does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import NUMBER, PARAM, QUOTED, STRING, WORD
from nodepath_cli.sql.resolution import ColumnRef, Resolution
from nodepath_cli.sql.value_records import Constant, United
from nodepath_cli.sql.words import words_of

_UNREAD = lazy(f"[\\\\{HOLE}\ufffd\ud800-\udfff]")
MODIFIERS = words_of(
    "ALL DISTINCT DISTINCTROW HIGH_PRIORITY STRAIGHT_JOIN SQL_SMALL_RESULT SQL_BIG_RESULT SQL_BUFFER_RESULT SQL_CACHE "
    "SQL_NO_CACHE SQL_CALC_FOUND_ROWS"
)
JOINED = words_of("UNION EXCEPT INTERSECT")
_EXTREMES = words_of("MAX MIN")
"""What gives a value of its argument as it is."""
BEHIND_LIST = words_of(
    "FROM WHERE GROUP HAVING ORDER LIMIT WINDOW INTO FOR LOCK UNION EXCEPT INTERSECT RETURNING ON ; PROCEDURE"
)


class ListReader:
    """Reads select lists and constants."""

    def __init__(self, clauses: Clauses, resolution: Resolution, arguments: Mapping[int, Constant]) -> None:
        self.arguments = arguments
        self.clauses = clauses
        self.tokens = clauses.tokens
        self.resolution = resolution
        kinds = self.tokens.kinds
        starts = enumerate(self.tokens.starts)
        self.index = {start + (kinds[number] == QUOTED): number for number, start in starts}
        self.references = {self.index[each.start]: each for each in resolution.columns if each.start in self.index}
        words = self.tokens.words[:5]
        self.ignores = "IGNORE" in words

    def united(self) -> Iterator[United]:
        """Yield the columns that the branches of each UNION have in one place."""
        words = self.tokens.words
        ends = [self.clauses.end]
        for index in range(self.clauses.end):
            while index >= ends[-1] and len(ends) > 1:
                ends.pop()
            behind = self.tokens.closing.get(index) if words[index] == "(" else None
            if (words[index] == "SELECT" or (behind and words[index + 1] == "SELECT")) and not self._is_branch(index):
                yield from self._places(self.branches(index, ends[-1]))
            if behind is not None:
                ends.append(behind)

    def _is_branch(self, index: int) -> bool:
        """Say whether a SELECT, or a parenthesis around one, is a later branch of a UNION."""
        before = index - 1
        before -= before > 0 and self.tokens.words[before] in ("ALL", "DISTINCT")
        return before >= 0 and self.tokens.words[before] in JOINED

    def _places(self, lists: list[list[tuple[int, int]]]) -> Iterator[United]:
        if len(lists) < 2 or len({len(each) for each in lists}) > 1:
            return
        for place in zip(*lists, strict=True):
            found = [self.plain(*each) for each in place]
            columns = tuple(each for each in found if isinstance(each, ColumnRef))
            if None not in found and len(columns) > 1:
                yield United(columns)

    def branches(self, first: int, end: int) -> list[list[tuple[int, int]]]:
        """Return the lists of the SELECTs of a query up to `end`; none for one that holds anything else."""
        lists: list[list[tuple[int, int]]] = []
        while True:
            inner, last, behind = first, end, end
            if self.clauses.word(first) == "(":
                inner, behind = first + 1, self.tokens.closing.get(first, first) + 1
                last = behind - 1
            if self.clauses.word(inner) != "SELECT":
                return []
            following = self.clauses.find(inner, JOINED, last)
            if inner != first and following < last:
                return []
            inner += 1
            while self.clauses.word(inner) in MODIFIERS:
                inner += 1
            items = list(self.clauses.split(inner, self.clauses.find(inner, BEHIND_LIST, last), ","))
            if any(self.clauses.word(until - 1) == "*" for _, until in items):
                return []
            lists.append(items)
            first = behind if inner != first and behind != end else following
            if first >= end or self.clauses.word(first) not in JOINED:
                return lists
            first += 1
            first += self.clauses.word(first) in ("ALL", "DISTINCT")

    def plain(self, begin: int, end: int) -> ColumnRef | Constant | None:
        """Return the column or the constant that an item of a list is, under whatever name; None for all others."""
        opening = begin + 1
        if self.clauses.word(begin) in _EXTREMES and self.clauses.word(opening) == "(":
            behind = self.tokens.closing[opening] + 1
            found: ColumnRef | Constant | None = self.plain(opening + 1, behind - 1)
            if isinstance(found, Constant):
                return None
        else:
            constant = self.constant(begin)
            if constant is not None:
                found, behind = constant
            else:
                behind = self.clauses.after_name(begin)
                found = self.references.get(behind - 1) if self.tokens.kinds[begin] in (WORD, QUOTED) else None
        behind += self.clauses.word(behind) == "AS"
        named = behind == end - 1 and self.tokens.kinds[behind] in (WORD, QUOTED, STRING)
        return found if behind == end or named else None

    def constant(self, index: int) -> tuple[Constant, int] | None:
        """Return the constant that begins at a token, and the index behind it."""
        if not 0 <= index < self.clauses.end:
            return None
        kinds, text = self.tokens.kinds, self.tokens.text
        start, end = self.tokens.starts[index], self.tokens.ends[index]
        if kinds[index] == NUMBER and text[start : start + 2].lower() not in ("0x", "0b"):
            return Constant(text[start:end], start, end, False), index + 1
        if self.clauses.word(index) == "-" and kinds[index + 1] == NUMBER:
            end = self.tokens.ends[index + 1]
            return Constant("-" + text[self.tokens.starts[index + 1] : end], start, end, False), index + 2
        if kinds[index] == PARAM and start in self.arguments:
            return self.arguments[start], index + 1
        parts: list[str] = []
        # Texts side by side are one (`'a' 'b'` is 'ab').
        while kinds[index] == STRING:
            begin, end = self.tokens.starts[index], self.tokens.ends[index]
            inner = text[begin + 1 : end - 1]
            # What an escape stands for depends on the sql_mode; a hole and a byte that is no text are not known.
            if _UNREAD.search(inner):
                return None
            parts.append(inner.replace(text[begin] * 2, text[begin]))
            index += 1
        return (Constant("".join(parts), start + 1, end - 1, True), index) if parts else None
