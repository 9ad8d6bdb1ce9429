"""What a statement assigns to its columns and compares them with: constants, the time of day, other columns.

Read from the tokens around each column that the resolver found, when a rule asks: most statements hold nothing that a
rule about values looks at. Only the plain forms are read, `column = value` between words that begin and end a
condition, and the values of VALUES and SET; whatever else stands there says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from nodepath_cli.schema.model import Column, Table
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import QUOTED, WORD
from nodepath_cli.sql.resolution import Clause, ColumnRef, Found, InsertRef, Resolution
from nodepath_cli.sql.select_lists import BEHIND_LIST, JOINED, MODIFIERS, ListReader
from nodepath_cli.sql.value_records import (
    Aliased,
    Assigned,
    Compared,
    Constant,
    Defaulted,
    Emptied,
    Matched,
    Now,
    Overruled,
    ValueUse,
)
from nodepath_cli.sql.words import words_of

_ASSIGNED = frozenset((Clause.SET, Clause.ODKU_LEFT, Clause.ODKU_SELECT, Clause.INSERT_COLUMNS))
_COMPARE = frozenset(("=", "<=>", ">=", ">", "<=", "<", "<>", "!="))
_BEFORE = words_of("( , WHERE AND OR XOR NOT ON HAVING WHEN SELECT && SET BY DISTINCT IF")
_AFTER = words_of(
    ") , ; AND OR XOR && THEN ELSE END AS WHERE ORDER GROUP HAVING LIMIT ON JOIN LEFT RIGHT INNER CROSS STRAIGHT_JOIN "
    "SET NATURAL UNION EXCEPT INTERSECT FOR LOCK RETURNING WINDOW FROM"
)
_OPERATORS = words_of("AND OR XOR && THEN ELSE")
_BRANCHING = words_of("( IF IFNULL COALESCE")
"""What gives one of its arguments, IF all but its first one."""
_DEEPEST = 4
_QUANTIFIERS = words_of("ANY SOME ALL")
_WITHOUT_PARENTHESES = words_of("CURRENT_TIMESTAMP CURRENT_DATE LOCALTIME LOCALTIMESTAMP UTC_TIMESTAMP UTC_DATE")
_NOW = _WITHOUT_PARENTHESES | words_of("NOW SYSDATE CURDATE DATE_SUB DATE_ADD")


_Found: TypeAlias = tuple[Table, Column]


def value_uses(
    resolution: Resolution, ansi_quotes: bool = False, arguments: Mapping[int, Constant] = MappingProxyType({})
) -> tuple[ValueUse, ...]:
    """Return what can be read for certain; offsets are those of the variant, as in the resolution.

    Of what IGNORE makes a warning of only constants are returned. `arguments` are the constants that placeholders stand
    for, by their offsets: with them, only what is said of those is returned, and of times only what they are set to.
    """
    clauses = Clauses.of(resolution.variant.sql, ansi_quotes)
    found = _Reader(clauses, resolution, arguments).read() if clauses else ()
    return tuple(each for each in found if not arguments or _is_given(each))


def _is_given(use: ValueUse) -> bool:
    value = use.value if isinstance(use, (Assigned, Compared)) else None
    return isinstance(value, Constant) and value.given is not None and (isinstance(use, Assigned) or not value.samples)


class _Reader(ListReader):
    def read(self) -> Iterator[ValueUse]:
        for insert in self.resolution.inserts:
            if not insert.open:
                yield from self._rows(insert)
                if not self.ignores:
                    yield from self._generated(insert)
        for index, reference in self.references.items():
            if reference.access == "write" or reference.clause is Clause.INSERT_COLUMNS:
                yield from self._assignment(index, reference)
            else:
                yield from self._comparison(index, reference)
                if reference.clause is Clause.SELECT:
                    yield from self._alias(index, reference)
        if not JOINED.isdisjoint(self.tokens.words):
            yield from self.united()

    def _rows(self, insert: InsertRef) -> Iterator[Assigned | Defaulted | Emptied]:
        table = insert.target
        if table is None:
            return
        columns = _targets(insert)
        for row in insert.rows:
            first = self.index.get(row.start)
            if first is None:
                continue
            if self.clauses.word(first) == "(" and self.clauses.word(first + 1) != "SELECT":
                lists = [list(self.clauses.split(first + 1, self.tokens.closing.get(first, first), ","))]
            else:
                lists = list(self._selected(first))
            for values in lists:
                if len(values) == len(columns):
                    for column, (begin, end) in zip(columns, values, strict=True):
                        if column is not None:
                            yield from self._given((table, column), begin, end, joined=len(lists) > 1)

    def _selected(self, first: int) -> Iterator[list[tuple[int, int]]]:
        """Yield what the SELECTs of a query give, each list in order; none for other queries (WITH, TABLE)."""
        end = self.clauses.end
        if self.clauses.word(first) == "(":
            first, end = first + 1, self.tokens.closing.get(first, end)
        while self.clauses.word(first) == "SELECT":
            first += 1
            while self.clauses.word(first) in MODIFIERS:
                first += 1
            behind = self.clauses.find(first, BEHIND_LIST, end)
            items = list(self.clauses.split(first, behind, ","))
            if any(self.clauses.word(last - 1) == "*" for _, last in items):
                return
            yield [(begin, self._without_alias(begin, last)) for begin, last in items]
            first = self.clauses.find(behind, JOINED, end) + 1
            first += self.clauses.word(first) in ("ALL", "DISTINCT")

    def _without_alias(self, begin: int, end: int) -> int:
        """Return the end of a value of a select list: `'x' AS kind` and `'x' kind` end with the value."""
        for behind in (end - 2, end - 1):
            if behind > begin and self.tokens.kinds[end - 1] in (WORD, QUOTED):
                if self.clauses.word(behind) == "AS":
                    return behind
                if behind == end - 1 and self._end_of_value(begin) == behind:
                    return behind
        return end

    def _given(
        self, found: _Found, begin: int, end: int, *, joined: bool = False
    ) -> Iterator[Assigned | Defaulted | Emptied]:
        """Yield what the value between two tokens, with all its branches, makes of a column.

        `joined`: it is one of several in a UNION, all of which get one type: a number may become a text.
        """
        word = self.clauses.word(begin) if end == begin + 1 else ""
        if word in ("DEFAULT", "NULL"):
            if self.ignores:
                return
            kind = Defaulted if word == "DEFAULT" else Emptied
            yield kind(*found, self.tokens.starts[begin], self.tokens.ends[begin])
            return
        for value in self._constants(begin, end, 0):
            if value.string or not joined:
                yield Assigned(*found, value, self.ignores)

    def _constants(self, begin: int, end: int, depth: int) -> Iterator[Constant]:
        """Yield the constants that a value can be: itself, or the results of IF, CASE and the like."""
        value = self.constant(begin)
        if value is not None:
            if value[1] == end:
                yield value[0]
            return
        if depth > _DEEPEST:
            return
        word = self.clauses.word(begin)
        opening = begin if word == "(" else begin + 1
        if word == "CASE":
            parts = self._results_of_case(begin, end)
        elif word in _BRANCHING and self.tokens.closing.get(opening) == end - 1:
            inner = list(self.clauses.split(opening + 1, end - 1, ","))
            parts = inner[1:] if word == "IF" else inner
        else:
            return
        for first, last in parts:
            yield from self._constants(first, last, depth + 1)

    def _results_of_case(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Return the ranges of what stands behind THEN and ELSE; () where the value does not end with this CASE."""
        parts: list[tuple[int, int]] = []
        first, depth, index = 0, 0, begin
        while index < end:
            word = self.clauses.word(index)
            if word == "CASE":
                depth += 1
            elif depth == 1 and word in ("WHEN", "ELSE", "END", "THEN"):
                if first:
                    parts.append((first, index))
                first = index + 1 if word in ("THEN", "ELSE") else 0
            if word == "END":
                depth -= 1
                if not depth:
                    return parts if index == end - 1 else []
            index = self.tokens.closing.get(index, index) + 1
        return []

    def _end_of_value(self, begin: int) -> int:
        """Return the index behind a value that is a constant, a call, a CASE, or in parentheses; `begin` for others."""
        value = self.constant(begin)
        if value:
            return value[1]
        word = self.clauses.word(begin)
        if word in ("NULL", "DEFAULT"):
            return begin + 1
        if word == "CASE":
            depth, index = 0, begin
            while index < self.clauses.end:
                depth += (self.clauses.word(index) == "CASE") - (self.clauses.word(index) == "END")
                if not depth:
                    return index + 1
                index = self.tokens.closing.get(index, index) + 1
            return begin
        opening = begin if word == "(" else begin + 1
        return self.tokens.closing.get(opening, begin - 1) + 1 if word in _BRANCHING else begin

    def _generated(self, insert: InsertRef) -> Iterator[Overruled]:
        """Yield the generated columns of an INSERT that some row gives a value; SET gives them as UPDATE does."""
        table = insert.target
        columns = _targets(insert)
        if table is None or not any(column is not None and column.generated for column in columns):
            return
        given: dict[str, tuple[int, int]] = {}
        for row in insert.rows:
            first = self.index.get(row.start)
            if first is None:
                continue
            if self.clauses.word(first) != "(" or self.clauses.word(first + 1) == "SELECT":
                # A SELECT: NULL alone would be allowed, and is what nobody selects for it.
                given.update((each.name, (row.start, row.end)) for each in columns if each is not None)
                continue
            values = self.clauses.split(first + 1, self.tokens.closing.get(first, first), ",")
            for column, (begin, end) in zip(columns, values, strict=False):
                if column is not None and self._empty(begin) != end:
                    place = self.tokens.starts[begin], self.tokens.ends[end - 1]
                    given.setdefault(column.name, place)
        named = {each.name.lower(): (each.start, each.end) for each in self.references.values() if _listed(each)}
        for column in columns:
            if column is not None and column.generated and column.name in given:
                yield Overruled(table, column, *named.get(column.name.lower(), given[column.name]))

    def _empty(self, begin: int) -> int | None:
        """Return the index behind NULL, in any parentheses, or DEFAULT; None where something else is given."""
        if self.clauses.word(begin) in ("NULL", "DEFAULT"):
            return begin + 1
        inner = self._empty(begin + 1) if self.clauses.word(begin) == "(" else None
        return inner + 1 if inner is not None and self.clauses.word(inner) == ")" else None

    def _assignment(self, index: int, reference: ColumnRef) -> Iterator[Assigned | Defaulted | Emptied | Overruled]:
        found = _column(reference)
        if found is None or reference.clause not in _ASSIGNED or self.clauses.word(index + 1) != "=":
            return
        behind = self._empty(index + 2)
        if found[1].generated and not self.ignores and (behind is None or not self._ends(behind)):
            yield Overruled(*found, reference.start, reference.end)
        end = self._end_of_value(index + 2)
        if end > index + 2 and self._ends(end) and self.clauses.word(end) not in _OPERATORS:
            yield from self._given(found, index + 2, end)

    def _comparison(self, index: int, reference: ColumnRef) -> Iterator[Compared | Matched]:
        found = _column(reference)
        first = self._first(index)
        if found is None:
            return
        if self._begins(first):
            if self.clauses.word(index + 1) in _COMPARE:
                yield from self._right_side(index + 2, reference, found)
            elif self.clauses.word(index + 1) == "IN":
                yield from self._listed(index + 2, reference, found)
                yield from self._subquery(index + 2, reference)
            elif self.clauses.word(index + 1) == "NOT" and self.clauses.word(index + 2) == "IN":
                yield from self._listed(index + 3, reference, found, "NOT IN")
                yield from self._subquery(index + 3, reference)
        if self.clauses.word(first - 1) in _COMPARE and self._ends(index + 1):
            value = self.constant(first - 2)
            if value and value[1] == first - 1 and self._begins(first - 2):
                yield Compared(*found, reference, value[0], self.clauses.word(first - 1))

    def _subquery(self, index: int, reference: ColumnRef) -> Iterator[Matched]:
        """Yield the column that a subquery of one SELECT gives, where a comparison's right side is that alone."""
        index += self.clauses.word(index) in _QUANTIFIERS
        closing = self.tokens.closing.get(index)
        if closing is None or self.clauses.word(index + 1) != "SELECT" or not self._ends(closing + 1):
            return
        lists = self.branches(index + 1, closing)
        other = self.plain(*lists[0][0]) if len(lists) == 1 and len(lists[0]) == 1 else None
        if isinstance(other, ColumnRef):
            yield Matched(reference, other)

    def _right_side(
        self, index: int, reference: ColumnRef, found: tuple[Table, Column]
    ) -> Iterator[Compared | Matched]:
        value = self.constant(index)
        if value:
            if self._ends(value[1]):
                yield Compared(*found, reference, value[0], self.clauses.word(index - 1))
            return
        word = self.clauses.word(index)
        if word in _NOW and (self.clauses.word(index + 1) == "(" or word in _WITHOUT_PARENTHESES):
            yield Compared(*found, reference, Now(self.tokens.starts[index], self.tokens.ends[index]))
            return
        if word == "(" or word in _QUANTIFIERS:
            yield from self._subquery(index, reference)
            return
        last = self.clauses.after_name(index) - 1
        other = self.references.get(last)
        if other is not None and _column(other) and self._ends(last + 1):
            yield Matched(reference, other)

    def _listed(self, index: int, reference: ColumnRef, found: _Found, operator: str = "IN") -> Iterator[Compared]:
        if self.clauses.word(index) != "(":
            return
        for begin, end in self.clauses.split(index + 1, self.tokens.closing[index], ","):
            value = self.constant(begin)
            if value and value[1] == end:
                yield Compared(*found, reference, value[0], operator)

    def _alias(self, index: int, reference: ColumnRef) -> Iterator[Aliased]:
        alias = index + 1
        before = self.clauses.word(self._first(index) - 1)
        if self.tokens.kinds[alias] not in (WORD, QUOTED) or before not in (",", "SELECT", "DISTINCT"):
            return
        if self.clauses.word(alias + 1) in (",", "FROM"):
            quoted = self.tokens.kinds[alias] == QUOTED
            start, end = self.tokens.starts[alias] + quoted, self.tokens.ends[alias] - quoted
            yield Aliased(reference, self.tokens.text[start:end], start, end)

    def _first(self, index: int) -> int:
        """Return the index of the first token of a column with its qualifiers."""
        while index >= 2 and self.clauses.word(index - 1) == ".":
            index -= 2
        return index

    def _begins(self, index: int) -> bool:
        return index > 0 and self.clauses.word(index - 1) in _BEFORE

    def _ends(self, index: int) -> bool:
        return index >= self.clauses.end or self.clauses.word(index) in _AFTER


def _targets(insert: InsertRef) -> list[Column | None]:
    """Return the columns that an INSERT gives values, in their order; None for one that is not there."""
    if insert.target is None:
        return []
    named = insert.columns
    return list(insert.target.visible) if named is None else [insert.target.column(name) for name in named]


def _listed(reference: ColumnRef) -> bool:
    return reference.clause is Clause.INSERT_COLUMNS


def _column(reference: ColumnRef) -> _Found | None:
    found = reference.outcome
    if isinstance(found, Found) and found.column is not None and reference.table is not None:
        return reference.table, found.column
    return None
