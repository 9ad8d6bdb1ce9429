"""How `RowAccess` is read from a statement: from the tokens around the columns that the resolver found.

`value_uses` does the same. Only statements about one table are read, and only the plain forms of their conditions say
anything; whatever else stands there is a condition whose columns alone are known.
"""

from __future__ import annotations

import re

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Table
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, WORD
from nodepath_cli.sql.resolution import Found, Resolution, TableRef
from nodepath_cli.sql.row_access import Action, Branch, Condition, Kind, Operand, RowAccess, Setting
from nodepath_cli.sql.words import words_of

_COMPARE = frozenset(("=", "<=>", ">=", ">", "<=", "<", "<>", "!="))
_FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_CLOCK = words_of("NOW SYSDATE CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP UTC_TIMESTAMP UNIX_TIMESTAMP CURDATE CURTIME")
_CLOCK |= words_of("CURRENT_DATE CURRENT_TIME UTC_DATE UTC_TIME")
_CHOOSING = words_of("IF CASE IFNULL COALESCE NULLIF GREATEST LEAST")
_DISTINCT = words_of("DISTINCT ALL DISTINCTROW")
_NOTHING = (None, None, None, False)
_AFTER_WHERE = words_of("GROUP ORDER LIMIT HAVING FOR LOCK UNION WINDOW RETURNING INTO")
_FROM_NOTHING = lazy(r"\)\s*select\b(?:(?!\bfrom\b|\bselect\b).)*\b(?:from\s+dual|where)\b", re.IGNORECASE | re.DOTALL)


def only_table(resolution: Resolution) -> Table | None:
    """Return the table whose rows a text is about; None for several tables, or where a name was not found."""
    if resolution.kind not in ("select", "insert", "replace", "update", "delete") or resolution.violations:
        return None
    tables = resolution.tables
    if not tables or not isinstance(tables[0].outcome, Found):
        return None
    if len(tables) > 1:
        # `INSERT ... SELECT ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM the same table ...)`.
        same = all(isinstance(each.outcome, Found) and each.table is tables[0].table for each in tables)
        if resolution.kind != "insert" or not same or not _FROM_NOTHING.search(resolution.variant.sql):
            return None
    if any(not isinstance(column.outcome, Found) for column in resolution.columns):
        return None
    return tables[0].table


def row_access(resolution: Resolution, ansi_quotes: bool = False) -> RowAccess | None:
    """Return what a text does with the rows of its table; None for one about several tables, or not understood."""
    table = only_table(resolution)
    clauses = Clauses.of(resolution.variant.sql, ansi_quotes) if table is not None else None
    if table is None or clauses is None:
        return None
    return _Reader(clauses, resolution, resolution.tables[0], table).read()


class _Reader:
    def __init__(self, clauses: Clauses, resolution: Resolution, reference: TableRef, table: Table) -> None:
        self.clauses, self.tokens = clauses, clauses.tokens
        self.resolution, self.reference, self.table = resolution, reference, table
        kinds = self.tokens.kinds
        self.index = {start + (kinds[number] == QUOTED): number for number, start in enumerate(self.tokens.starts)}
        self.columns = {
            self.index[each.start]: each.name.lower() for each in resolution.columns if each.start in self.index
        }
        self.parameters = {number: count for count, number in enumerate(n for n, k in enumerate(kinds) if k == PARAM)}

        self.fresh = self._fresh()

    def _fresh(self) -> str:
        """Return the name of the new row in `INSERT ... VALUES (...) AS new ON DUPLICATE KEY UPDATE`, in lower case."""
        if self.resolution.kind != "insert":
            return ""
        values = self.clauses.find(0, {"VALUES", "VALUE", "SET"})
        conflict = self.clauses.find_pair(0, "ON", "DUPLICATE")
        place = self.clauses.find(values, {"AS"}, conflict)
        return self.clauses.text(place + 1, place + 2).strip("`").lower() if place + 1 < conflict else ""

    def _qualifier(self, begin: int, end: int) -> str:
        return self.clauses.text(begin, begin + 1).strip("`").lower() if end - begin == 3 else ""

    def read(self) -> RowAccess | None:
        match self.resolution.kind:
            case "select":
                return self._select()
            case "update":
                return self._update()
            case "delete":
                return self._made("delete", conditions=self._where(0))
            case _:
                return self._insert()

    def _made(
        self,
        action: Action,
        conditions: tuple[Condition, ...] = (),
        settings: tuple[Setting, ...] = (),
        inserted: tuple[Setting, ...] = (),
        locks: bool = False,
        shared: bool = False,
        selected: frozenset[str] = frozenset(),
        picked: tuple[frozenset[str], ...] = (),
        values: tuple[Condition, ...] = (),
        guarded: bool = False,
    ) -> RowAccess:
        start = self.tokens.starts[0]
        end = self.reference.end + (self.tokens.kinds[self.index.get(self.reference.start, 0)] == QUOTED)
        limited = action != "select" and self.clauses.find(0, {"LIMIT", "ORDER"}) < self.clauses.end
        count = len(self.parameters)
        return RowAccess(
            action,
            self.table,
            start,
            end,
            conditions,
            settings,
            inserted,
            locks,
            shared,
            selected,
            picked,
            values,
            limited,
            count,
            guarded,
        )

    def _select(self) -> RowAccess | None:
        clauses = self.clauses
        begin = clauses.find(0, {"FROM"})
        if clauses.word(0) != "SELECT" or clauses.find(0, {"UNION"}) < clauses.end:
            return None
        selected = frozenset(name for number, name in self.columns.items() if number < begin)
        first = 2 if clauses.word(1) in _DISTINCT else 1
        ranges = list(clauses.split(first, begin, ","))
        picked = tuple(self._operand(*each).columns for each in ranges)
        values = tuple(self._condition(*self._unnamed(*each)) for each in ranges)
        if any(
            clauses.word(number) == "*" and clauses.word(number - 1) in ("SELECT", ",", ".") for number in range(begin)
        ):
            selected |= {column.name.lower() for column in self.table.columns}
            picked = values = ()
        sharing = min(clauses.find_pair(begin, "FOR", "SHARE"), clauses.find_pair(begin, "LOCK", "IN"))
        locking = min(clauses.find_pair(begin, "FOR", "UPDATE"), sharing)
        locks = locking < clauses.end and clauses.find(locking, {"SKIP"}) == clauses.end
        return self._made(
            "select",
            self._where(begin),
            locks=locks,
            shared=locks and locking == sharing,
            selected=selected,
            picked=picked,
            values=values,
        )

    def _unnamed(self, begin: int, end: int) -> tuple[int, int]:
        """Return where a value of a SELECT stands without the name that it is given: `age > 30 AS old`."""
        if end - begin > 2 and self.clauses.word(end - 2) == "AS":
            return begin, end - 2
        behind = end - begin > 2 and self.clauses.word(end - 2) == ")" and self.clauses.word(end - 1) != "END"
        return begin, end - (behind and self.tokens.kinds[end - 1] in (WORD, QUOTED))

    def _update(self) -> RowAccess | None:
        begin = self.clauses.find(0, {"SET"})
        until = self.clauses.find(begin, {"WHERE", "ORDER", "LIMIT"})
        return self._made("update", self._where(begin), tuple(self._settings(begin + 1, until)))

    def _insert(self) -> RowAccess | None:
        clauses = self.clauses
        insert = self.resolution.inserts[0] if len(self.resolution.inserts) == 1 else None
        if insert is None or insert.open:
            return None
        conflict = clauses.find_pair(0, "ON", "DUPLICATE")
        settings = tuple(self._settings(conflict + 4, clauses.end)) if conflict < clauses.end else ()
        inserted: tuple[Setting, ...] = ()
        guarded = False
        if insert.rows and insert.rows[0].values is not None:
            first = self.index.get(insert.rows[0].start)
            if first is not None and clauses.word(first) == "(":
                names = insert.columns if insert.columns is not None else [each.name for each in self.table.visible]
                ranges = list(clauses.split(first + 1, self.tokens.closing.get(first, first), ","))
                if len(names) == len(ranges):
                    pairs = zip(names, ranges, strict=True)
                    inserted = tuple(Setting(name.lower(), self._operand(*each)) for name, each in pairs)
        elif clauses.find(0, {"SET"}, conflict) < conflict:
            inserted = tuple(self._settings(clauses.find(0, {"SET"}, conflict) + 1, conflict))
        if not inserted and insert.columns is not None:
            inserted, guarded = self._chosen([name.lower() for name in insert.columns], conflict)
        action: Action = "upsert" if conflict < clauses.end else "ignore" if insert.ignore else "insert"
        return self._made(
            "replace" if insert.replace else action, settings=settings, inserted=inserted, guarded=guarded
        )

    def _chosen(self, names: list[str], until: int) -> tuple[tuple[Setting, ...], bool]:
        """Return what `SELECT ?, ? FROM DUAL` gives, and whether a condition stands behind it."""
        clauses = self.clauses
        select = clauses.find(0, {"SELECT"}, until)
        behind = min(clauses.find(select, _AFTER_WHERE, until), until)
        where = clauses.find(select, {"WHERE"}, behind)
        source = clauses.find(select, {"FROM"}, where)
        ranges = list(clauses.split(select + 1, source, ","))
        if select >= until or (source < where and clauses.word(source + 1) != "DUAL") or len(ranges) != len(names):
            return (), False
        named = ((first, end - 2 if clauses.word(end - 2) == "AS" else end) for first, end in ranges)
        pairs = zip(names, named, strict=True)
        return tuple(Setting(name, self._operand(*each)) for name, each in pairs), where < behind

    def _settings(self, begin: int, end: int) -> list[Setting]:
        found = []
        for first, until in self.clauses.split(begin, end, ","):
            equals = self.clauses.find(first, {"="}, until)
            name = self.columns.get(equals - 1)
            if equals < until and name is not None:
                found.append(Setting(name, self._operand(equals + 1, until)))
        return found

    def _where(self, begin: int) -> tuple[Condition, ...]:
        clauses = self.clauses
        where = clauses.find(begin, {"WHERE"})
        if where >= clauses.end:
            return ()
        return tuple(self._conditions(where + 1, clauses.find(where + 1, _AFTER_WHERE)))

    def _conditions(self, begin: int, end: int) -> list[Condition]:
        begin, end = self._bare(begin, end)
        if self.clauses.find(begin, {"OR", "||", "XOR"}, end) < end:
            return [self._condition(begin, end)]
        found: list[Condition] = []
        while begin < end:
            stop = self.clauses.find(begin, {"AND", "&&"}, end)
            if self.clauses.find(begin, {"BETWEEN"}, stop) < stop:
                stop = self.clauses.find(stop + 1, {"AND", "&&"}, end)
            inner = self._bare(begin, stop)
            several = inner[0] > begin and self.clauses.find(inner[0], {"AND", "&&"}, inner[1]) < inner[1]
            found += self._conditions(*inner) if several else [self._condition(*inner)]
            begin = stop + 1
        return found

    def _bare(self, begin: int, end: int) -> tuple[int, int]:
        while begin < end and self.clauses.word(begin) == "(" and self.tokens.closing.get(begin) == end - 1:
            begin, end = begin + 1, end - 1
        return begin, end

    def _condition(self, begin: int, end: int) -> Condition:
        clauses = self.clauses
        operator = next(
            (n for n in range(begin, end) if clauses.word(n) in _COMPARE and not self._inside(begin, n)), end
        )
        whole = self._operand(begin, end)
        column = operand = word = None
        alternatives, negated = self._alternatives(begin, end)
        if operator < end and clauses.find(begin, {"OR", "||", "XOR"}, end) == end:
            left, right = self._operand(begin, operator), self._operand(operator + 1, end)
            word = clauses.word(operator)
            if left.kind == "column":
                column, operand = next(iter(left.columns)), right
            elif right.kind == "column":
                column, operand, word = next(iter(right.columns)), left, _FLIPPED.get(word, word)
            else:
                word = None
        asks = _NOTHING if alternatives else self._asks(begin, end, operator)
        return Condition(
            whole.text,
            whole.columns,
            column,
            word,
            operand,
            whole.clock,
            whole.null_safe,
            *asks[:3],
            asks[3] or negated,
            alternatives,
        )

    def _alternatives(self, begin: int, end: int) -> tuple[tuple[tuple[Condition, ...], ...], bool]:
        """Return what stands between the ORs, behind NOT, or in the list of IN; and whether none of it must hold."""
        clauses = self.clauses
        if clauses.find(begin, {"OR", "||"}, end) < end and clauses.find(begin, {"XOR"}, end) == end:
            found = []
            while begin < end:
                stop = clauses.find(begin, {"OR", "||"}, end)
                found.append(tuple(self._conditions(begin, stop)))
                begin = stop + 1
            return tuple(found), False
        if clauses.word(begin) == "NOT" and begin + 1 < end:
            return (tuple(self._conditions(begin + 1, end)),), True
        inside = clauses.find(begin, {"IN"}, end)
        listed = clauses.word(inside + 1) == "(" and self.tokens.closing.get(inside + 1) == end - 1
        if inside < end and listed and clauses.word(inside + 2) != "SELECT":
            negated = clauses.word(inside - 1) == "NOT"
            left = self._operand(begin, inside - negated)
            rights = [self._operand(*each) for each in clauses.split(inside + 2, end - 1, ",")]
            equal = [
                Condition(each.text, left.columns | each.columns, left=left, right=each, relation="=")
                for each in rights
            ]
            return tuple((each,) for each in equal), negated
        return (), False

    def _asks(self, begin: int, end: int, operator: int) -> tuple[Operand | None, Operand | None, str | None, bool]:
        """Return what a condition compares with what, and how."""
        clauses = self.clauses
        if operator < end:
            return self._operand(begin, operator), self._operand(operator + 1, end), clauses.word(operator), False
        test = clauses.find(begin, {"IS"}, end)
        if test < end:
            negated = clauses.word(test + 1) == "NOT"
            null = test + 1 + negated == end - 1 and clauses.word(end - 1) == "NULL"
            return (self._operand(begin, test), None, "null", negated) if null else (None, None, None, False)
        if clauses.word(begin) == "ISNULL" and self.tokens.closing.get(begin + 1) == end - 1:
            return self._operand(begin + 2, end - 1), None, "null", False
        if clauses.find(begin, {"IN", "LIKE", "BETWEEN", "REGEXP", "RLIKE", "NOT", "EXISTS"}, end) < end:
            return None, None, None, False
        return self._operand(begin, end), None, "true", False

    def _branches(self, begin: int, end: int) -> tuple[Branch, ...]:
        """Return the values of `IF(a, b, c)`, `IFNULL(a, b)` and `CASE WHEN a THEN b ELSE c END`, () for all else."""
        clauses = self.clauses
        if clauses.word(begin) == "IF" and self.tokens.closing.get(begin + 1) == end - 1:
            parts = list(clauses.split(begin + 2, end - 1, ","))
            if len(parts) != 3:
                return ()
            first = Branch(tuple(self._conditions(*parts[0])), self._operand(*parts[1]))
            return first, Branch((), self._operand(*parts[2]))
        if clauses.word(begin) in ("IFNULL", "COALESCE") and self.tokens.closing.get(begin + 1) == end - 1:
            parts = list(clauses.split(begin + 2, end - 1, ","))
            if len(parts) != 2:
                return ()
            one, other = (self._operand(*each) for each in parts)
            there = Condition(one.text, one.columns, left=one, relation="null", negated=True)
            return Branch((there,), one), Branch((), other)
        if clauses.word(begin) != "CASE" or clauses.word(begin + 1) != "WHEN" or clauses.word(end - 1) != "END":
            return ()
        found = []
        place, end = begin + 1, end - 1
        while clauses.word(place) == "WHEN":
            then = clauses.find(place, {"THEN"}, end)
            until = clauses.find(then, {"WHEN", "ELSE", "CASE", "END"}, end)
            if then == end or clauses.word(until) in ("CASE", "END"):
                return ()
            found.append(Branch(tuple(self._conditions(place + 1, then)), self._operand(then + 1, until)))
            place = until
        if clauses.word(place) == "ELSE":
            found.append(Branch((), self._operand(place + 1, end)))
        return tuple(found)

    def _inside(self, begin: int, index: int) -> bool:
        return any(open_ < index < self.tokens.closing.get(open_, 0) for open_ in range(begin, index))

    def _operand(self, begin: int, end: int) -> Operand:
        begin, end = self._bare(begin, end)
        clauses, kinds = self.clauses, self.tokens.kinds
        text = " ".join(clauses.text(begin, end).split())
        columns = frozenset(name for number, name in self.columns.items() if begin <= number < end)
        words = [clauses.word(number) for number in range(begin, end)]
        clock = any(word in _CLOCK for word in words)
        null_safe = (
            "NULL" in words
            or "IS" in words
            or "IFNULL" in words
            or "COALESCE" in words
            or "<=>" in words
            or "ISNULL" in words
        )
        chooses = bool(words) and words[0] in _CHOOSING
        one = end - begin == 1
        kind: Kind = "other"
        parameter = None
        if one and kinds[begin] in (PARAM, HOLED):
            kind, parameter = "value", self.parameters.get(begin)
        elif one and kinds[begin] in (NUMBER, STRING):
            kind = "constant"
        elif one and words[0] == "NULL":
            kind = "null"
        elif words and words[0] in ("VALUES", "VALUE") and len(columns) == 1 and end - begin == 4:
            kind = "inserted"
        elif len(columns) == 1 and clauses.after_name(begin) == end and (end - 1) in self.columns:
            kind = "inserted" if self.fresh and self._qualifier(begin, end) == self.fresh else "column"
        elif (
            words
            and words[0] in _CLOCK
            and (one or (clauses.word(begin + 1) == "(" and self.tokens.closing.get(begin + 1) == end - 1))
        ):
            kind = "now"
        branches = self._branches(begin, end) if chooses else ()
        return Operand(kind, text, columns, parameter, clock, chooses, null_safe, branches)
