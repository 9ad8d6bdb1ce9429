"""A statement that writes, put as SELECTs that name the same columns: what a user may ask who may only read.

The text is split by its tokens alone, not by the grammar: what judges the resolver must not share the grammar's errors.
Every SELECT carries `WHERE 0` and is meant to be prepared, never to be executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.words import words_of

MOST_ROWS = 50
"""How many rows of VALUES are asked one by one."""

_CHANGES = frozenset(("INSERT", "REPLACE", "UPDATE", "DELETE"))
_OPTIONS = frozenset(("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE"))
_QUERY = frozenset(("SELECT", "WITH", "TABLE", "("))
_TAIL = frozenset(("WHERE", "ORDER", "LIMIT", "RETURNING"))
_AFTER_FROM = frozenset(("WHERE", "ORDER", "LIMIT", "FOR", "LOCK", "INTO", "PROCEDURE"))
_SET_OPERATIONS = frozenset(("UNION", "EXCEPT", "INTERSECT"))
_AGGREGATES = words_of("""
    AVG BIT_AND BIT_OR BIT_XOR COUNT GROUP_CONCAT JSON_ARRAYAGG JSON_OBJECTAGG MAX MIN STD STDDEV STDDEV_POP
    STDDEV_SAMP SUM VARIANCE VAR_POP VAR_SAMP OVER
""")


class Question(Struct, frozen=True):
    """One SELECT, and what the server's answer to it means for the statement."""

    sql: str
    means: tuple[tuple[int, int], ...] = ()
    """The number that the server gives to the SELECT, and the one that it would give to the statement."""
    only_these: bool = False
    """No other refusal than those of `means` says anything about the statement."""

    def meaning(self, errno: int) -> int | None:
        """Return the statement's error number for the SELECT's, None where it proves nothing."""
        found = dict(self.means).get(errno)
        return found if found or self.only_these else errno


class Selects(Struct, frozen=True):
    """The SELECTs that stand for a statement."""

    questions: tuple[Question, ...] = ()
    left: tuple[str, ...] = ()
    """What they cannot ask, in the words of the report."""
    writes: bool = True
    """False for a query: the one SELECT is its own text, without a lock on rows."""


def pieces(sql: str, ansi_quotes: bool = False) -> tuple[str, ...]:
    """Return the statements of a text that holds several, parted by semicolons; the text itself where it holds one."""
    clauses = Clauses.of(sql, ansi_quotes)
    if clauses is None:
        return (sql,)
    found = [clauses.text(start, end) for start, end in clauses.split(0, clauses.end, ";")]
    # The text itself, as a comment at its end may be one that the server runs.
    return tuple(found) if len(found) > 1 else (sql,)


def as_selects(sql: str, ansi_quotes: bool = False) -> Selects | None:
    """Return the SELECTs that name what the statement names, None for a statement that is none of DML.

    A SELECT that locks rows is asked without the lock, which needs more than the right to read.
    """
    clauses = Clauses.of(sql, ansi_quotes)
    if clauses is None:
        return None
    start = 0
    if clauses.word(0) in ("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE"):
        start = clauses.find(0, _CHANGES | {"SELECT", "WITH"})
    prefix = ""
    if clauses.word(start) == "WITH":
        change = clauses.find(start, frozenset(("UPDATE", "DELETE", "SELECT")))
        if clauses.word(change) in _CHANGES:
            prefix, start = clauses.text(start, change) + " ", change
    match clauses.word(start):
        case "INSERT" | "REPLACE":
            return _insert(clauses, start + 1)
        case "UPDATE":
            return _update(clauses, start + 1, prefix)
        case "DELETE":
            return _delete(clauses, start + 1, prefix)
        case "SELECT" | "WITH" | "(" | "VALUES":
            return Selects((Question(clauses.text(start, _lock(clauses, start))),), writes=False)
        case _:
            return None


def _lock(clauses: Clauses, start: int) -> int:
    """Return where FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE begins, the end where a SELECT has none."""
    index = start
    while (index := clauses.find(index + 1, frozenset(("FOR", "LOCK")))) < clauses.end:
        if clauses.word(index + 1) in ("UPDATE", "SHARE", "IN"):
            return index
    return clauses.end


def _insert(clauses: Clauses, index: int) -> Selects:
    while clauses.word(index) in _OPTIONS or clauses.word(index) == "INTO":
        index += 1
    start, index = index, clauses.after_name(index)
    if clauses.word(index) == "PARTITION":
        index = clauses.after_parentheses(index + 1)
    target = clauses.text(start, index)
    columns: list[str] | None = None
    if clauses.word(index) == "(" and clauses.word(index + 1) not in _QUERY:
        close = clauses.after_parentheses(index)
        columns = clauses.texts(index + 1, close - 1)
        index = close
    source_end = clauses.find_pair(index, "ON", "DUPLICATE")
    returning = clauses.find(index, frozenset(("RETURNING",)))
    questions: list[Question] = []
    left: list[str] = []
    alias = False
    body = min(source_end, returning)
    if clauses.word(index) == "SET":
        pairs = _pairs(clauses, index + 1, body)
        columns = [name for name, _ in pairs]
        values = [value for _, value in pairs]
        questions.append(Question(f"SELECT {', '.join(values)} FROM {target} WHERE 0"))
        left += _joined(clauses, index, body)
    elif clauses.word(index) in ("VALUES", "VALUE"):
        rows, alias = _rows(clauses, index + 1, body)
        if columns == [] or (columns and not all(rows)):
            # `()` stands for as many defaults as there are columns, whatever the list (measured): no SELECT does.
            left.append("the number of values")
        rows = [row for row in rows if row]
        if len(rows) > MOST_ROWS:
            left.append(f"the rows of VALUES behind the first {MOST_ROWS}")
        for row in rows[:MOST_ROWS]:
            questions.append(Question(f"SELECT {row} FROM {target} WHERE 0"))
            if columns != []:
                questions.append(_count(columns, target, f"SELECT {row} FROM {target} WHERE 0"))
    else:
        query = clauses.text(index, body)
        questions += [Question(query), _count(columns, target, f"({query})")]
    questions.insert(0, _columns(columns, target))
    if source_end < clauses.end:
        end = returning if returning > source_end else clauses.end
        asked, missed = _on_duplicate(clauses, _Upsert(target, index, source_end, alias), source_end + 4, end)
        questions += asked
        left += missed
    if returning < clauses.end:
        if clauses.word(index) in _QUERY and "SELECT" in clauses.tokens.words[returning:]:
            # It sees the items of the INSERT's SELECT (measured on MariaDB 10.11).
            left.append("what a subquery of RETURNING sees")
        else:
            questions.append(Question(f"SELECT {clauses.text(returning + 1, clauses.end)} FROM {target} WHERE 0"))
    return _selects(questions, left)


def _columns(columns: list[str] | None, target: str) -> Question:
    """Ask for the column list. In a derived table a column that is named twice is refused, as in an INSERT."""
    if not columns:
        return Question(f"SELECT 1 FROM {target} WHERE 0")
    listed = ", ".join(columns)
    return Question(f"SELECT 1 FROM (SELECT {listed} FROM {target} WHERE 0) nodepath_columns", ((1060, 1110),))


def _count(columns: list[str] | None, target: str, values: str) -> Question:
    """Ask whether values and columns are of one number; NULL fits every type and collation."""
    left = f"SELECT * FROM {target} WHERE 0" if columns is None else "SELECT " + ", ".join(["NULL"] * len(columns))
    return Question(f"{left} UNION ALL {values}", ((1222, 1136),), only_these=True)


def _rows(clauses: Clauses, start: int, end: int) -> tuple[list[str], bool]:
    """Return the rows of VALUES, "" for an empty one, and whether a row alias follows them."""
    alias = clauses.find(start, frozenset(("AS",)), end)
    rows = []
    for begin, until in clauses.split(start, alias, ","):
        if clauses.word(begin) == "ROW":
            begin += 1
        rows.append(", ".join(_value(each) for each in clauses.texts(begin + 1, until - 1)))
    return rows, alias < end


def _value(text: str) -> str:
    return "NULL" if text.upper() in ("DEFAULT", "IGNORE") else text


def _pairs(clauses: Clauses, start: int, end: int, table: str = "") -> list[tuple[str, str]]:
    """Return the `column = value` pairs of SET, VALUES(c) as the column that it names."""
    found = []
    for begin, until in clauses.split(start, end, ","):
        equal = clauses.find(begin, frozenset(("=", ":=")), until)
        if equal < until:
            found.append((clauses.text(begin, equal), _value(clauses.text_without_values(equal + 1, until, table))))
    return found


class _Upsert(Struct, frozen=True):
    """What the ON DUPLICATE KEY UPDATE of an INSERT sees."""

    target: str
    source: int
    """The token with which VALUES, SET or the query begins."""
    source_end: int
    alias: bool
    """The row of values has a name of its own (MySQL 8.0.19 on)."""


def _on_duplicate(clauses: Clauses, upsert: _Upsert, start: int, end: int) -> tuple[list[Question], list[str]]:
    target = upsert.target
    from_query = clauses.word(upsert.source) not in ("SET", "VALUES", "VALUE")
    pairs = _pairs(clauses, start, end, target if from_query else "")
    names, values = (", ".join(part) for part in zip(*pairs, strict=True)) if pairs else ("1", "1")
    questions = [Question(f"SELECT {names} FROM {target} WHERE 0")]
    if upsert.alias:
        return questions, ["the values of ON DUPLICATE KEY UPDATE beside a row alias"]
    sources = target
    if from_query:
        seen = _seen_after_select(clauses, upsert.source, upsert.source_end)
        if seen is None:
            return questions, ["the values of ON DUPLICATE KEY UPDATE after a SELECT that may group its rows"]
        sources = f"{target}, ({seen})" if seen else target
    questions.append(Question(f"SELECT {values} FROM {sources} WHERE 0"))
    return questions, _joined(clauses, start, end)


def _joined(clauses: Clauses, start: int, end: int) -> list[str]:
    """The columns of SET and ON DUPLICATE KEY UPDATE are hidden from ON in their subqueries, as in no SELECT (measured
    on MariaDB 10.11)."""
    return ["what ON sees in a subquery"] if any(clauses.word(index) == "ON" for index in range(start, end)) else []


def _seen_after_select(clauses: Clauses, start: int, end: int) -> str | None:
    """Return the tables that ON DUPLICATE KEY UPDATE sees besides the target; None where that cannot be told.

    They are those of the first SELECT, none where it groups its rows (measured on MariaDB 10.11).
    """
    if clauses.word(start) != "SELECT":
        return None
    end = clauses.find(start, _SET_OPERATIONS, end)
    begin = clauses.find(start, frozenset(("FROM",)), end)
    if (
        clauses.find(begin, frozenset(("GROUP", "HAVING")), end) < end
        or clauses.find(start, _AGGREGATES, begin) < begin
    ):
        return ""
    if any(clauses.word(index) in _AGGREGATES for index in range(start, begin)):
        return None
    return clauses.text(begin + 1, clauses.find(begin, _AFTER_FROM, end)) if begin < end else ""


def _update(clauses: Clauses, index: int, prefix: str) -> Selects:
    while clauses.word(index) in _OPTIONS:
        index += 1
    set_at = clauses.find(index, frozenset(("SET",)))
    portion = clauses.find_pair(index, "FOR", "PORTION", set_at)
    sources = clauses.text(index, portion)
    tail = clauses.find(set_at, _TAIL)
    pairs = _pairs(clauses, set_at + 1, tail)
    questions = [
        Question(f"{prefix}SELECT {', '.join(part)} FROM {sources} WHERE 0") for part in zip(*pairs, strict=True)
    ]
    questions += _tail(clauses, tail, f"{prefix}SELECT 1 FROM {sources}", sources)
    return _selects(questions, _left(clauses, portion < set_at, tail))


def _delete(clauses: Clauses, index: int, prefix: str) -> Selects:
    while clauses.word(index) in _OPTIONS:
        index += 1
    targets = ""
    if clauses.word(index) == "FROM":
        start = index + 1
        stop = clauses.find(start, _TAIL | {"USING"})
        if clauses.word(stop) == "USING":
            targets, start = _targets(clauses, start, stop), stop + 1
    else:
        stop = clauses.find(index, frozenset(("FROM",)))
        targets, start = _targets(clauses, index, stop), stop + 1
    tail = clauses.find(start, _TAIL)
    portion = clauses.find_pair(start, "FOR", "PORTION", tail)
    sources = clauses.text(start, portion)
    questions = [Question(f"{prefix}SELECT {targets} FROM {sources} WHERE 0", ((1051, 1109),))] if targets else []
    questions += _tail(clauses, tail, f"{prefix}SELECT 1 FROM {sources}", sources)
    return _selects(questions, _left(clauses, portion < tail, tail))


def _left(clauses: Clauses, portion: bool, tail: int) -> Iterator[str]:
    if portion:
        yield "FOR PORTION OF"
    order = clauses.find(tail, frozenset(("ORDER",)))
    limit = clauses.find(order, frozenset(("LIMIT", "RETURNING")))
    items = clauses.split(order + 2, limit, ",")
    if any(clauses.is_number(begin) or clauses.word(begin) in ("TRUE", "FALSE") for begin, _ in items):
        # A position has no select list to count in, which a SELECT has.
        yield "a position in ORDER BY"


def _targets(clauses: Clauses, start: int, end: int) -> str:
    return ", ".join(each if each.endswith("*") else f"{each}.*" for each in clauses.texts(start, end))


def _tail(clauses: Clauses, tail: int, select: str, sources: str) -> Iterator[Question]:
    """Ask for WHERE, ORDER BY, LIMIT and RETURNING, which begin at `tail`."""
    returning = clauses.find(tail, frozenset(("RETURNING",)))
    rest = tail
    condition = "0"
    if clauses.word(tail) == "WHERE":
        rest = clauses.find(tail, _TAIL - {"WHERE"})
        condition = f"0 AND ({clauses.text(tail + 1, rest)})"
    yield Question(f"{select} WHERE {condition} {clauses.text(rest, returning)}".rstrip())
    if returning < clauses.end:
        yield Question(f"SELECT {clauses.text(returning + 1, clauses.end)} FROM {sources} WHERE 0")


def _selects(questions: Iterable[Question], left: Iterable[str]) -> Selects:
    return Selects(tuple({each.sql: each for each in questions}.values()), tuple(left))
