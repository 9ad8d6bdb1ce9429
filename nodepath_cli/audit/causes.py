"""From a server error found in a log to the statements of a tree that can cause it.

Error numbers are those of the manual's "Server Error Message Reference"; MySQL and MariaDB share these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.finding import Position
from nodepath_cli.errors import UsageError
from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Span, legible
from nodepath_cli.sql.resolution import Ambiguous, ColumnRef, Found, Missing, Resolution, TableRef, clause_words

COLUMN_ERRORS = {
    1048: "the column cannot be null",
    1052: "the column is ambiguous: several tables have it",
    1054: "the server has no such column",
    1110: "the column is given a value twice",
    1264: "the value is out of range for the column",
    1265: "the value does not fit the column and would be cut",
    1366: "the value is not right for the column",
    1406: "the value is too long for the column",
}
TABLE_ERRORS = {
    1051: "the server has no such table",
    1066: "the table or alias is not unique",
    1109: "the table is not among those of the statement",
    1146: "the server has no such table",
}
LEFT_OUT_ERRORS = {1364: "the column has no default, and the statement gives it no value"}

_LOGGED_NUMBER = lazy(r"\b(\d{4})\b(?=\s*(?:\([0-9A-Z]{5}\)|[,:)]))")
_LOGGED_NAME = lazy(r"['`\"]([\w$.\-]+)['`\"]")


class Likelihood(StrEnum):
    """What the audit's schema says of a statement that can cause the error."""

    FAILS = "fails"
    """The schema refuses it, too."""
    DEPENDS = "depends"
    """The schema that was read has the name: it fails where the server's schema is another one."""
    UNKNOWN = "unknown"
    """It names it, but could not be checked: it was not understood, or no schema has its table."""


class Logged(Struct, frozen=True):
    """An error as a log has it."""

    errno: int
    name: str
    """The column or table that it names, as logged (`phone_number`, `s.phone_number`, `db.table`)."""

    @property
    def bare(self) -> str:
        """The name without qualifier."""
        return self.name.rpartition(".")[2]

    @property
    def meaning(self) -> str:
        """The error in words."""
        return (COLUMN_ERRORS | TABLE_ERRORS | LEFT_OUT_ERRORS)[self.errno]


class Cause(Struct, frozen=True):
    """A statement that can cause the error, at the place that the error is about."""

    path: str
    position: Position
    function: str | None
    sql: str
    likelihood: Likelihood
    why: str


def logged(errno: int, name: str) -> Logged:
    """Return the error of a number and a name.

    Raises UsageError for a number whose cause is no name of a statement, and for an empty name.
    """
    known = COLUMN_ERRORS | TABLE_ERRORS | LEFT_OUT_ERRORS
    if errno not in known:
        raise UsageError(
            f"error {errno} does not name a column or table of a statement",
            "give one of " + ", ".join(str(each) for each in sorted(known)),
        )
    bare = name.strip().strip("'`\"")
    if not bare.rpartition(".")[2]:
        raise UsageError(f"error {errno} needs the name that it is about", f"run `nodepath explain {errno} NAME`")
    return Logged(errno, bare)


def from_line(line: str) -> Logged | None:
    """Return the error that a line of a log holds, or None where it holds none."""
    number = _LOGGED_NUMBER.search(line)
    name = _LOGGED_NAME.search(line, number.end()) if number else None
    if number is None or name is None:
        return None
    known = COLUMN_ERRORS | TABLE_ERRORS | LEFT_OUT_ERRORS
    return Logged(int(number[1]), name[1]) if int(number[1]) in known else None


def causes(analysis: Analysis, error: Logged, table: str | None = None) -> tuple[Cause, ...]:
    """Return the statements that can cause the error, the likeliest first, then in source order.

    `table` narrows to statements that name this table.
    """
    files = {file.path: file for file in analysis.files.files}
    found: dict[tuple[Span, str], Cause] = {}
    for analysed in analysis.statements:
        for span, likelihood, why in _places(analysed, error, table):
            file = files[span.path]
            position = Position(*file.position(span.start), *file.position(span.end))
            sql = analysed.resolutions[0].display if analysed.resolutions else legible(analysed.statement.sql)
            cause = Cause(span.path, position, analysed.statement.function, sql, likelihood, why)
            found.setdefault((span, why), cause)
    order = list(Likelihood)
    return tuple(sorted(found.values(), key=lambda each: (order.index(each.likelihood), each.path, each.position.line)))


_Place = tuple[Span, Likelihood, str]


def _places(analysed: Analysed, error: Logged, table: str | None) -> Iterator[_Place]:
    for resolution in analysed.resolutions:
        if table and not _names_table(resolution, table):
            continue
        if error.errno in TABLE_ERRORS:
            yield from _tables(resolution, error)
        elif error.errno in LEFT_OUT_ERRORS:
            yield from _left_out(resolution, error)
        else:
            yield from _columns(resolution, error, table, analysed.target.dialect.name)
    if not analysed.resolutions and error.errno not in LEFT_OUT_ERRORS:
        yield from _unparsed(analysed, error, table)


def _names_table(resolution: Resolution, table: str) -> bool:
    bare = table.rpartition(".")[2].lower()
    return any(each.name.lower() == bare for each in resolution.tables)


def _columns(resolution: Resolution, error: Logged, table: str | None, dialect: str) -> Iterator[_Place]:
    for column in resolution.columns:
        if column.name.lower() != error.bare.lower() or (table and not _may_belong(column, table)):
            continue
        where = clause_words(column.clause, dialect)
        span = resolution.variant.offsets.locate(column.start, column.end)
        owner = column.table.name if column.table else None
        match column.outcome:
            case Missing():
                yield span, Likelihood.FAILS, f"in {where}: no such column{f' in {owner}' if owner else ''}"
            case Ambiguous(candidates):
                yield span, Likelihood.FAILS, f"in {where}: ambiguous between {', '.join(candidates)}"
            case Found():
                yield span, Likelihood.DEPENDS, f"in {where}: a column of {owner or 'a derived table'}"
            case unknown:
                yield span, Likelihood.UNKNOWN, f"in {where}: {unknown.reason}"


def _may_belong(column: ColumnRef, table: str) -> bool:
    bare = table.rpartition(".")[2].lower()
    return column.table is None or column.table.name.lower() == bare


def _tables(resolution: Resolution, error: Logged) -> Iterator[_Place]:
    for table in resolution.tables:
        if error.bare.lower() in (table.name.lower(), (table.alias or "").lower()):
            span = resolution.variant.offsets.locate(table.start, table.end)
            yield span, *_of_table(table)


def _of_table(table: TableRef) -> tuple[Likelihood, str]:
    match table.outcome:
        case Missing():
            return Likelihood.FAILS, f"table {table.name}: no such table"
        case Found() | Ambiguous():
            return Likelihood.DEPENDS, f"table {table.name}: in the schema that was read"
        case unknown:
            return Likelihood.UNKNOWN, f"table {table.name}: {unknown.reason}"


def _left_out(resolution: Resolution, error: Logged) -> Iterator[_Place]:
    for insert in resolution.inserts:
        named = {name.lower() for name in insert.columns or ()}
        if insert.columns is None or error.bare.lower() in named:
            continue
        span = resolution.variant.offsets.locate(insert.columns_start, insert.columns_end)
        if insert.target is None:
            yield span, Likelihood.DEPENDS, f"leaves out {error.bare}"
        elif column := insert.target.column(error.bare):
            optional = column.nullable or column.default is not None or column.auto_increment or column.generated
            likelihood = Likelihood.DEPENDS if optional or insert.ignore or insert.open else Likelihood.FAILS
            yield span, likelihood, f"leaves out {insert.target.name}.{column.name}"


def _unparsed(analysed: Analysed, error: Logged, table: str | None) -> Iterator[_Place]:
    text = analysed.statement.sql
    wanted = [error.bare] + ([table.rpartition(".")[2]] if table else [])
    if all(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text, re.IGNORECASE) for each in wanted):
        yield analysed.statement.span, Likelihood.UNKNOWN, analysed.verdict[1] or "not understood"
