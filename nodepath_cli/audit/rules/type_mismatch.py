"""A column that is compared with, or set to, a value of a type that does not fit it.

Why it matters: a text column that is compared with a number is turned into a number row by row, so that its index is of
no use and `'12abc'` equals 12. A word that a number column is compared with counts as 0, and is no time for a date
column; setting it fails in strict mode (1366, 1292). So does a day that no month has (`'2026-02-30'`) and any other
text that is no date or time (1292), a number beyond the column's range (1264), a text that is longer than the column
(1406), and, in any mode, a text that is no JSON for a JSON column (3140, MariaDB 4025). A text column that is compared
with NOW() works for one way of writing a time alone. An ENUM that is compared with a word that is none of its members
never equals it. Constants that a call gives for `?` count as if they stood there, and so does a time that the program
writes as a text, where no moment written so fits (`due.Format("02/01/2006")`). Nothing is said of dates with zeros in
them and of times with an offset from UTC, which some servers take, nor of what INSERT IGNORE, UPDATE IGNORE and scripts
behind `SET sql_mode = ''` write.

Example:

    SELECT name FROM flows_nodepath WHERE id = 5

where `id` is CHAR(36).

What to write instead: a value of the column's type, `'5'` for a text column; for times, a column of type DATETIME.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Related, Rule, Severity
from nodepath_cli.audit.rules.enum_value_unknown import is_member
from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column
from nodepath_cli.sql.fitting import beyond, is_no_json, is_no_time, type_of
from nodepath_cli.sql.resolution import Resolution
from nodepath_cli.sql.value_records import Assigned, Compared, Constant, Now

_TEXT = lazy(r"(?:national\s+)?(?:var)?char|(?:tiny|medium|long)?text")
_SIZED = lazy(r"(?:national\s+)?(?:var)?char\s*\(\s*(\d+)\s*\).*")
_NUMBER = lazy(r"(?:tiny|small|medium|big)?int|integer|decimal|numeric|dec\b|float|double|real|bool|serial")
_TIME = lazy(r"datetime|timestamp|date\b")
_MOMENTS = frozenset(("date", "datetime", "timestamp", "time"))
_NUMERIC = lazy(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*")
_EQUAL = frozenset(("=", "<=>", "<>", "!=", "IN", "NOT IN"))
_DIGITS_OF_A_DATE = frozenset((6, 8, 12, 14))
"""`YYMMDD`, `YYYYMMDD`, and both with the time (MySQL manual, "Date and Time Literals")."""
_IN_ANY_MODE = frozenset((3140, 4025))
"""What is refused without strict mode, too: a text that is no JSON."""


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every value that does not fit its column."""
    if context.dialect.family == "sqlite" or not (resolution.columns or resolution.inserts):
        return
    compared: set[int] = set()
    for use in context.value_uses(resolution):
        if isinstance(use, Compared) and use.reference.start in compared:
            # One value of an IN list says it for all.
            continue
        match use:
            case Assigned(ignores=False):
                found = _set(use, context.dialect)
                if found and context.statement.lenient and found[1] not in _IN_ANY_MODE:
                    found = None
            case Compared(value=Now()):
                found = _compared_with_now(use.column)
            case Compared(value=Constant() as value):
                found = _compared(use.column, value, use.operator)
            case _:
                found = None
        if found and isinstance(use, (Assigned, Compared)):
            message, errno = found
            if isinstance(use, Compared):
                compared.add(use.reference.start)
            proved = context.proved(use.table.name)
            yield Hit(
                message=f"{use.table.name}.{use.column.name} is {use.column.type}, {message}",
                related=_argument(use.value),
                start=use.value.start,
                end=use.value.end,
                identifier=use.column.name,
                errno=errno,
                table=use.table.name,
                confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
            )


def _argument(value: Constant | Now) -> tuple[Related, ...]:
    given = value.given if isinstance(value, Constant) else None
    return (Related(given, "the argument"),) if given else ()


def _set(use: Assigned, dialect: Dialect) -> tuple[str, int | None] | None:
    kind, value = use.column.type.lower(), use.value
    if not value.samples:
        return _misfit(kind, value, dialect)
    found = [_misfit(kind, replace(value, text=each), dialect) for each in value.samples]
    errno = found[0][1] if found[0] else None
    if any(each is None or each[1] != errno for each in found):
        return None
    return f"and is set to a time that is written as '{value.text}'", errno


def _misfit(kind: str, value: Constant, dialect: Dialect) -> tuple[str, int | None] | None:
    if kind.startswith("json"):
        wrong = value.string and is_no_json(value.text)
        return (
            (f"and is set to '{value.text}', which is none", 4025 if dialect.name == "mariadb" else 3140)
            if wrong
            else None
        )
    if (_NUMBER.match(kind) or kind.startswith("year")) and value.string and not _NUMERIC.fullmatch(value.text):
        return f"and is set to '{value.text}'", 1265 if _leads_with_number(value.text) else 1366
    if _TIME.match(kind) and not _may_be_time(value):
        return f"and is set to {_shown(value)}", 1292
    stored = type_of(kind, dialect)
    if stored is not None and beyond(stored, value.text):
        return f"and is set to {_shown(value)}, which is beyond its range", 1264
    if stored is not None and stored.base in _MOMENTS and value.string and is_no_time(stored.base, value.text):
        return f"and is set to '{value.text}', which is no {stored.base}", 1292
    size = _SIZED.fullmatch(kind)
    if size and value.string and len(value.text.rstrip(" ")) > int(size[1]):
        return f"and is set to a text of {len(value.text)} characters", 1406
    return None


def _compared(column: Column, value: Constant, operator: str) -> tuple[str, int | None] | None:
    kind = column.type.lower()
    if kind.startswith("enum") and value.string and value.text and operator in _EQUAL:
        # In a comparison a number in quotes is no position of a member (measured on MariaDB 10.11).
        if is_member(column, value.text):
            return None
        return f"and is compared with '{value.text}', which is none of its values", None
    if _TEXT.match(kind) and not value.string:
        return f"and is compared with the number {value.text}: no index on it can be used", None
    if _NUMBER.match(kind) and value.string and not _leads_with_number(value.text):
        return f"and is compared with '{value.text}', which counts as 0", None
    if _TIME.match(kind) and not _may_be_time(value):
        return f"and is compared with {_shown(value)}, which is no time", None
    return None


def _compared_with_now(column: Column) -> tuple[str, int | None] | None:
    if _TEXT.match(column.type.lower()):
        return "and is compared with a time: only texts of the form 'YYYY-MM-DD hh:mm:ss' compare as meant", None
    return None


def _leads_with_number(text: str) -> bool:
    return _NUMERIC.match(text) is not None


def _may_be_time(value: Constant) -> bool:
    if value.string:
        return any(each.isdigit() for each in value.text)
    digits = value.text
    # Shorter numbers are filled up with zeros: 300 is a day of March (measured on MariaDB 10.11).
    return not digits.isdigit() or int(digits) == 0 or 100 < int(digits) < 10**6 or len(digits) in _DIGITS_OF_A_DATE


def _shown(value: Constant) -> str:
    return f"'{value.text}'" if value.string else value.text


RULE = Rule(
    "NP111",
    "type-mismatch",
    Severity.WARNING,
    "a value that does not fit its column's type (1264, 1265, 1292, 1366, 1406, 3140)",
    check,
)
