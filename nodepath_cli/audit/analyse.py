"""The pipeline up to resolutions: files, statements, schema, and what every statement says about that schema."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property

from nodepath_cli.audit import combined
from nodepath_cli.audit.changing import Changes
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Status
from nodepath_cli.audit.near import near_tables
from nodepath_cli.audit.not_todays import NotTodays
from nodepath_cli.audit.target import Target, Targets
from nodepath_cli.config import Settings
from nodepath_cli.errors import NothingToAudit, SchemaError, UsageError
from nodepath_cli.source.files import FileSet, SourceFile, collect
from nodepath_cli.source.hosts import HostOptions, Program, hosts, suffixes
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import ColumnRef, Found, Missing, Resolution, Unknown, Unparsed
from nodepath_cli.sql.resolve import resolve

Progress = Callable[[int, int], None]
"""Called with the number of statements done and of all."""

DML_KINDS = frozenset({"select", "insert", "replace", "update", "delete", "values"})
"""The kinds that the summary counts."""


@dataclass(frozen=True)
class Analysed:
    """A statement with what its texts say."""

    statement: Statement
    file: SourceFile
    """The file that its first literal stands in."""
    target: Target
    outcomes: tuple[Resolution | Unparsed, ...]
    external_tables: tuple[str, ...] = ()

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
        schema = self.target.schema
        if not schema.inferred:
            return []
        names = {
            table.name: None
            for resolution in self.resolutions
            for table in resolution.tables
            if isinstance(table.outcome, Missing) and not self._external(table.name)
        }
        return [name for name in names if not near_tables(name, schema)]

    @property
    def sound(self) -> bool:
        """Whether every name of every text was found."""
        return len(self.resolutions) == len(self.outcomes) and all(
            not resolution.violations
            and all(isinstance(table.outcome, Found) for table in resolution.tables)
            and all(isinstance(column.outcome, Found) for column in resolution.columns)
            for resolution in self.resolutions
        )

    @property
    def faults(self) -> int:
        """How many names were not found, and what else the server would refuse."""
        return (
            len(self.outcomes)
            - len(self.resolutions)
            + sum(
                len(resolution.violations)
                + sum(isinstance(table.outcome, Missing) for table in resolution.tables)
                + sum(isinstance(column.outcome, Missing) for column in resolution.columns)
                for resolution in self.resolutions
            )
        )

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
        return list(reasons)

    def _external(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in self.external_tables)

    @property
    def counted(self) -> bool:
        """Whether the summary counts it: DML of the audited dialect, or of another one told by its text alone."""
        return self.kind in DML_KINDS and not self.statement.foreign_file


@dataclass(frozen=True)
class Analysis:
    """Everything that was read and resolved."""

    files: FileSet
    statements: tuple[Analysed, ...]
    main: Target
    """The schema of the tree outside the `[[source]]` blocks: what the report's head names."""
    programs: tuple[Program, ...] = ()
    """The files of each host language, for what a rule asks of the functions around statements."""

    @cached_property
    def siblings(self) -> Mapping[str, Mapping[str, int]]:
        """By table name: how many statements name each of its columns, by lower-case column name."""
        uses: dict[str, Counter[str]] = defaultdict(Counter)
        for analysed in self.statements:
            named = {
                (column.table.name, column.name.lower())
                for resolution in analysed.resolutions
                for column in resolution.columns
                if column.table and isinstance(column.outcome, Found)
            }
            for table, column_name in named:
                uses[table][column_name] += 1
        return uses

    def context(self, analysed: Analysed) -> Context:
        """Return what a rule may look at beside a statement's resolutions."""
        target = analysed.target
        return Context(
            target.schema,
            target.dialect,
            analysed.statement,
            self.siblings,
            target.renames,
            analysed.external_tables,
            target.proved_tables,
            outcomes=analysed.outcomes,
            table_renames=target.table_renames,
        )


@dataclass(frozen=True, slots=True)
class Extraction:
    """The statements of a tree, before any schema is looked at."""

    files: FileSet
    statements: tuple[tuple[Statement, SourceFile], ...]
    """In source order, each with the file that its first literal stands in."""
    programs: tuple[Program, ...]


def analyse(
    paths: Sequence[str], settings: Settings, progress: Progress | None = None, files: FileSet | None = None
) -> Analysis:
    """Read the paths (default: the working directory) and resolve every statement in them.

    `files` is what the paths hold, where that was read before. Raises UsageError where no path exists, NothingToAudit
    where they hold no file or no SQL, and what a schema source raises.
    """
    try:
        extraction = extract(paths, settings, files)
    except NothingToAudit:
        # A schema that is not available goes before an empty tree.
        Targets(settings, (), ())
        raise
    return resolved(extraction, _targets(extraction, settings), settings, progress)


def _targets(extraction: Extraction, settings: Settings) -> Targets:
    try:
        statements = [statement for statement, _ in extraction.statements]
        return Targets(settings, extraction.programs, extraction.files.files, statements)
    except SchemaError:
        # A path that does not exist goes before a schema that is not available.
        if extraction.files.missing:
            raise no_such_path(extraction.files) from None
        raise


def no_such_path(files: FileSet) -> UsageError:
    """Return the error of the first path that does not exist."""
    return UsageError(f"no such path: {files.missing[0] or repr('')}", "name a file or folder that exists")


def extract(paths: Sequence[str], settings: Settings, files: FileSet | None = None) -> Extraction:
    """Read the paths and find the SQL in them.

    Raises UsageError where no path exists, NothingToAudit where they hold no file or no SQL.
    """
    paths = paths or (".",)
    if files is None:
        files = collect(paths, settings, suffixes())
    if files.missing and (len(files.missing) == len(paths) or not files.files):
        raise no_such_path(files)
    if not files.files:
        why = f" ({files.skipped[0][0]}: {files.skipped[0][1]})" if files.skipped else ""
        raise NothingToAudit("no Go or SQL files in " + _folders(paths) + why, "name a folder with Go or .sql files")
    statements, programs = _extract(files.files, settings)
    if not statements and files.missing:
        raise no_such_path(files)
    if not statements:
        raise NothingToAudit(
            f"no SQL in {_files(len(files.files))} under " + _folders(paths), "name the folder that holds the queries"
        )
    return Extraction(files, tuple(statements), tuple(programs))


def resolved(
    extraction: Extraction, targets: Targets, settings: Settings, progress: Progress | None = None
) -> Analysis:
    """Resolve the statements of a tree against their schemas."""
    statements = tuple(statement for statement, _ in extraction.statements)
    changes, not_todays = Changes(statements, settings.dialect), NotTodays(statements, extraction.files.files)
    total = len(extraction.statements)
    analysed = []
    for number, (statement, file) in enumerate(extraction.statements):
        if progress and number % 64 == 0:
            progress(number, total)
        found = _in_its_time(_resolve(statement, file, targets.of(statement), settings), targets, settings)
        schema, proved = found.target.schema, found.target.proved_tables
        outcomes = changes.settle(found.outcomes, schema, proved, statement)
        outcomes = not_todays.settle(outcomes, schema, proved, statement)
        outcomes = combined.settle(outcomes)
        analysed.append(found if outcomes is found.outcomes else replace(found, outcomes=outcomes))
    if progress:
        progress(total, total)
    return Analysis(extraction.files, tuple(analysed), targets.main, extraction.programs)


def _extract(
    files: Sequence[SourceFile], settings: Settings
) -> tuple[list[tuple[Statement, SourceFile]], list[Program]]:
    extracted: list[tuple[Statement, SourceFile]] = []
    programs = []
    owned = [(host, [file for file in files if file.path.endswith(host.suffixes)]) for host in hosts()]
    others = (host.other(own, settings.dialect) for host, own in owned if own)
    around = next((other for other in others if other), None)
    options = HostOptions(settings.dialect, around, settings.processes)
    for host, own in owned:
        if own:
            program = host.open(own, options)
            programs.append(program)
            home = {file.path: file for file in own}
            for file in own:
                extracted.extend((each, home[each.span.path]) for each in program.statements(file))
    extracted.sort(key=lambda pair: pair[0].span)
    return extracted, programs


def _in_its_time(analysed: Analysed, targets: Targets, settings: Settings) -> Analysed:
    """Take the schema of the moment for a migration in code, of those of its file the one that fits best.

    Today's schema is taken for a migration whose beginning is not in the tree, where it answers for every name.
    """
    best, faults = analysed, analysed.faults
    for number, moment in enumerate(targets.moments(analysed.statement)):
        then = _resolve(analysed.statement, analysed.file, moment, settings)
        if number == 0 or then.faults < faults:
            best, faults = then, then.faults
        if not faults:
            return best
    if best is not analysed:
        return analysed if analysed.faults < faults else best
    if analysed.target is targets.main or not analysed.tables_without_schema or not targets.past(analysed.statement):
        return analysed
    today = _resolve(analysed.statement, analysed.file, targets.main, settings)
    return today if today.sound else analysed


def _resolve(statement: Statement, file: SourceFile, target: Target, settings: Settings) -> Analysed:
    outcomes: list[Resolution | Unparsed] = []
    if not statement.dialect and not statement.opaque:
        for variant in statement.variants:
            parsed = parse(variant, target.dialect, settings.replace)
            outcomes.append(parsed if isinstance(parsed, Unparsed) else resolve(parsed, target.schema))
    return Analysed(statement, file, target, tuple(outcomes), settings.external_tables)


def _folders(paths: Sequence[str]) -> str:
    """Name the paths in a sentence: one dot alone would end it."""
    return ", ".join("the working directory" if path in (".", "./", "") else path for path in paths)


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def column_label(column: ColumnRef) -> str:
    """Return `table.column` where the table is known, else the bare name."""
    return f"{column.table.name}.{column.name}" if column.table else column.name
