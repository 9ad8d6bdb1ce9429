"""The statements of the code, parsed once, and what each says about the schema before the deploy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis, Progress, extract
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.target import Target
from nodepath_cli.audit.temporaries import temporaries
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.errors import NothingToAudit
from nodepath_cli.schema.model import Rename, Schema
from nodepath_cli.source.files import FileSet, SourceFile, display
from nodepath_cli.source.hosts import Program
from nodepath_cli.source.statement import Span, Statement
from nodepath_cli.sql.ddl import builds_schema
from nodepath_cli.sql.parse import Parsed, parse
from nodepath_cli.sql.resolution import Unparsed
from nodepath_cli.sql.resolve import resolve

Outcomes = tuple[Parsed | Unparsed, ...]


class Read(Struct, frozen=True):
    """Files and the statements in them, before any schema is known."""

    files: FileSet
    statements: tuple[tuple[Statement, SourceFile], ...]


class Code(Struct, frozen=True):
    """The code of one version, with its statements parsed."""

    ref: str | None
    """The Git revision, None for the code now."""
    analysis: Analysis
    """What every statement says about the base schema."""
    parsed: tuple[Outcomes, ...]
    """The texts of each statement of `analysis`, in its order."""


def read(paths: Sequence[str], settings: Settings) -> Read:
    """Read the statements of the paths (default: the working directory); those of migrations are no code.

    Raises UsageError where no path exists, NothingToAudit where they hold no file or no SQL.
    """
    extraction = extract(paths, settings)
    left_out = _migrating(extraction.programs, settings.dialect)
    folder = _folder(settings)
    kept = [
        (statement, file)
        for statement, file in extraction.statements
        if statement.host != "sql" or (statement.span not in left_out and not file.path.startswith(folder))
    ]
    if not kept:
        raise NothingToAudit("there is no SQL but that of migrations", "name the folder that holds the queries")
    return Read(extraction.files, tuple(kept))


def _migrating(programs: Sequence[Program], dialect: Dialect) -> frozenset[Span]:
    """Return the statements of numbered migrations and of scripts that make tables themselves."""
    found: set[Span] = set()
    for program in programs:
        found.update(step.span for step in program.migrations())
        for script in program.scripts():
            if any(builds_schema(step.sql, dialect) for step in script):
                found.update(step.span for step in script)
    return frozenset(found)


def _folder(settings: Settings) -> str | tuple[str, ...]:
    if settings.migrations is None or not Path(settings.migrations).is_dir():
        return ()
    return display(settings.migrations).rstrip("/") + "/"


def understood(found: Read, ref: str | None, base: Schema, settings: Settings, progress: Progress | None) -> Code:
    """Parse every statement once and resolve it against the base schema. Never raises."""
    dialect = settings.dialect
    base = temporaries(statement for statement, _ in found.statements).over(base, dialect)
    target = Target(base, dialect, renames(base, settings))
    analysed: list[Analysed] = []
    texts: list[Outcomes] = []
    count = len(found.statements)
    for number, (statement, file) in enumerate(found.statements):
        if progress and number % 64 == 0:
            progress(number, count)
        parsed = _parsed(statement, dialect)
        outcomes = tuple(each if isinstance(each, Unparsed) else resolve(each, base) for each in parsed)
        texts.append(parsed)
        analysed.append(Analysed.of(statement, file, target, outcomes, settings.external_tables))
    if progress:
        progress(count, count)
    return Code(ref, Analysis(found.files, tuple(analysed), target), tuple(texts))


def _parsed(statement: Statement, dialect: Dialect) -> Outcomes:
    if statement.dialect or statement.opaque:
        return ()
    return tuple(parse(variant, dialect) for variant in statement.variants)


def renames(schema: Schema, settings: Settings) -> tuple[Rename, ...]:
    """Return the configured former names, then those of the schema."""
    configured = tuple(
        Rename(old.rpartition(".")[0], old.rpartition(".")[2], new.rpartition(".")[2], "renamed (configuration)")
        for old, new in settings.renames
    )
    return configured + schema.renames
