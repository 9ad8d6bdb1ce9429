"""A statement with what its texts say about the schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import asdict, replace

from nodepath_cli.audit.finding import Status
from nodepath_cli.audit.near import near_tables
from nodepath_cli.audit.target import Target
from nodepath_cli.schema.model import Table
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import Found, Missing, Resolution, Unknown, Unparsed
from nodepath_cli.sql.row_reading import only_table

DML_KINDS = frozenset({"select", "insert", "replace", "update", "delete", "values"})
"""The kinds that the summary counts."""

Outcomes: TypeAlias = tuple[Resolution | Unparsed, ...]


class Read(Struct, frozen=True):
    """What a statement was resolved against, and what its texts say."""

    target: Target
    outcomes: Outcomes


def without_schema(read: Read, external_tables: Sequence[str], statement: Statement) -> list[str]:
    """Return the tables of which an inferred schema says nothing: it does not have them, nor a near name of them.

    Those that the migrations took away are told, and those that are a misspelt CTE.
    """
    schema = read.target.schema
    if not schema.inferred:
        return []
    names = {
        table.name: None
        for outcome in read.outcomes
        if isinstance(outcome, Resolution)
        for table in outcome.tables
        if isinstance(table.outcome, Missing) and not table.meant_cte and not _external(table.name, external_tables)
    }
    gone = read.target.gone
    return [
        name
        for name in names
        if not (name in gone and gone[name].concerns(statement)) and not near_tables(name, schema)
    ]


def all_found(outcomes: Outcomes) -> bool:
    """Say whether every name of every text was found."""
    return all(
        isinstance(outcome, Resolution)
        and not outcome.violations
        and all(isinstance(table.outcome, Found) for table in outcome.tables)
        and all(isinstance(column.outcome, Found) for column in outcome.columns)
        for outcome in outcomes
    )


def faults(outcomes: Outcomes) -> int:
    """Return how many names were not found, and what else the server would refuse."""
    return sum(
        1
        if not isinstance(outcome, Resolution)
        else len(outcome.violations)
        + sum(isinstance(table.outcome, Missing) for table in outcome.tables)
        + sum(isinstance(column.outcome, Missing) for column in outcome.columns)
        for outcome in outcomes
    )


def _external(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


class About(Struct, frozen=True):
    """A text about the rows of one table."""

    number: int
    """The text's, in the order of the statement's variants."""
    kind: str
    table: Table


class Gist(Struct, frozen=True):
    """What is asked of every statement when its texts have been checked; the names are those of `Analysed`."""

    verdict: tuple[Status, str | None]
    kind: str
    about: tuple[About, ...]
    refused: frozenset[str]


class Analysed(Struct, frozen=True, dict=True):
    """A statement with what its texts say."""

    statement: Statement
    file: SourceFile
    """The file that its first literal stands in."""
    read: Callable[[], Read]
    """Resolves it; called once, when it is first asked for."""
    external_tables: tuple[str, ...] = ()

    @staticmethod
    def of(
        statement: Statement, file: SourceFile, target: Target, outcomes: Outcomes, external_tables: tuple[str, ...]
    ) -> Analysed:
        """Return a statement that was resolved already."""
        return Analysed(statement, file, lambda: Read(target, outcomes), external_tables)

    def against(self, target: Target, outcomes: Outcomes) -> Analysed:
        """Return the statement as it is resolved against another schema."""
        return replace(self, read=lambda: Read(target, outcomes))

    @cached_property
    def _read(self) -> Read:
        return self.read()

    def resolve(self) -> None:
        """Resolve it now, if it is not yet."""
        _ = self._read

    @property
    def target(self) -> Target:
        """What it is checked against."""
        return self._read.target

    @property
    def outcomes(self) -> Outcomes:
        """What its texts say, in the order of its variants; () for one that is not to be resolved."""
        return self._read.outcomes

    @cached_property
    def resolutions(self) -> tuple[Resolution, ...]:
        """The texts that were understood."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Resolution))

    @cached_property
    def kind(self) -> str:
        """The statement's kind (`select`, ..., `ddl`, `other`); an unparsed one counts by its first word."""
        if self.resolutions:
            return self.resolutions[0].kind
        words = self.statement.sql.split(None, 1)
        first = words[0].lower() if words else ""
        return first if first in DML_KINDS else "select"

    @cached_property
    def verdict(self) -> tuple[Status, str | None]:
        """How completely it was understood, and why not."""
        statement = self.statement
        if statement.dialect:
            return "unresolved", f"{statement.dialect} SQL ({statement.dialect_reason or 'by its text'})"
        if statement.opaque or not self.outcomes:
            return "unresolved", statement.opaque or "no SQL text"
        unparsed = [outcome.reason for outcome in self.outcomes if isinstance(outcome, Unparsed)]
        if len(unparsed) == len(self.outcomes):
            return "unresolved", unparsed[0]
        no_schema = self.tables_without_schema
        if no_schema:
            return "unresolved", "no schema for table " + ", ".join(no_schema)
        reasons = unparsed + [reason for each in self.resolutions for reason in each.open] + self._unknown_names()
        if reasons and self._no_table_known:
            return "unresolved", reasons[0]
        return ("partial", reasons[0]) if reasons else ("resolved", None)

    @property
    def _no_table_known(self) -> bool:
        """Whether no table of it is known before run time: nothing that the schema could refuse was checked."""
        tables = (table for resolution in self.resolutions for table in resolution.tables)
        return all(isinstance(table.outcome, Unknown) for table in tables)

    @cached_property
    def tables_without_schema(self) -> list[str]:
        """The tables that an inferred schema does not have, nor a near name of them."""
        return without_schema(self._read, self.external_tables, self.statement)

    @property
    def sound(self) -> bool:
        """Whether every name of every text was found."""
        return all_found(self.outcomes)

    def _unknown_names(self) -> list[str]:
        reasons: dict[str, None] = {}
        for resolution in self.resolutions:
            for table in resolution.tables:
                if isinstance(table.outcome, Unknown):
                    reasons[table.outcome.reason] = None
                elif isinstance(table.outcome, Missing) and self._external(table.name):
                    reasons[f"table {table.name} belongs to another application (external-tables)"] = None
            missing = any(isinstance(table.outcome, Missing) for table in resolution.tables)
            for column in resolution.columns:
                if isinstance(column.outcome, Unknown) and not missing:
                    reasons[column.outcome.reason] = None
                elif column.table is not None and column.table.open and column.table.column(column.name) is None:
                    # It may have the column, or may not.
                    reasons[f"not all columns of {column.table.name} are known"] = None
        return list(reasons)

    def _external(self, name: str) -> bool:
        return _external(name, self.external_tables)

    @property
    def counted(self) -> bool:
        """Whether the summary counts it: DML of the audited dialect, or of another one told by its text alone."""
        return self.kind in DML_KINDS and not self.statement.foreign_file

    @cached_property
    def about(self) -> tuple[About, ...]:
        """Its texts that are about the rows of one table, as far as every name was found."""
        found = []
        for number, outcome in enumerate(self.outcomes):
            table = only_table(outcome) if isinstance(outcome, Resolution) else None
            if table is not None and isinstance(outcome, Resolution):
                found.append(About(number, outcome.kind, table))
        return tuple(found)

    @cached_property
    def refused(self) -> frozenset[str]:
        """The tables of those of its texts that write, and that the server refuses for a name that is not there.

        What a table may be meant for that is not there itself is among them.
        """
        found: set[str] = set()
        for resolution in self.resolutions:
            if resolution.kind == "select":
                continue
            missing = [table.name for table in resolution.tables if isinstance(table.outcome, Missing)]
            for name in missing:
                near = near_tables(name, self.target.schema)
                found.update(each.replacement for each in near)
            if missing or any(isinstance(each.outcome, Missing) for each in resolution.columns):
                found.update(table.name for table in resolution.tables)
        return frozenset(found)

    @property
    def gist(self) -> Gist:
        """What is asked of every statement when its texts have been checked."""
        return Gist(self.verdict, self.kind, self.about, self.refused)

    def take(self, gist: Gist) -> None:
        """Take what another process has found in the statement: its texts need not be resolved for that here."""
        vars(self).update(asdict(gist))
