"""`nodepath schema`: the schema as nodepath sees it, from any source."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nodepath_cli.cli.db_options import DatabaseOptions
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.schema.diff import Difference
    from nodepath_cli.schema.model import Schema

_FORMATS = ("json", "text")

app = typer.Typer(
    name="schema",
    help="Show the schema as nodepath sees it, from any source.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True, kw_only=True)
class SchemaOptions(OutputOptions):
    """Which schema."""

    schema: Annotated[
        list[str] | None,
        typer.Option(
            "--schema",
            metavar="SOURCE",
            help="head, rev:ID, live, a database URL, a .sql file, a folder or a snapshot; may be repeated, later ones "
            "go over earlier ones. Default: the configuration's, or head.",
        ),
    ] = None
    database_url: Annotated[
        str | None, typer.Option("--database-url", metavar="URL", help="The database of `--schema live`.")
    ] = None
    migrations: Annotated[
        str | None, typer.Option("--migrations", metavar="DIR", help="Revisions that follow the bundled ones.")
    ] = None
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", metavar="NAME[:VERSION]", help="mysql, mariadb or sqlite; default mysql:8.0."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class SourceOptions(OutputOptions):
    """How sources are read."""

    database_url: Annotated[
        str | None, typer.Option("--database-url", metavar="URL", help="The database of `live`.")
    ] = None
    migrations: Annotated[
        str | None, typer.Option("--migrations", metavar="DIR", help="Revisions that follow the bundled ones.")
    ] = None
    dialect: Annotated[
        str | None,
        typer.Option(
            "--dialect",
            metavar="NAME[:VERSION]",
            help="mysql, mariadb or sqlite; default: as the database, or mysql:8.0.",
        ),
    ] = None


@app.command()
@flattened
def show(options: SchemaOptions) -> None:
    """Show tables, columns and keys."""
    settings = options.settings(_FORMATS)
    _write(_load(settings), settings)


@app.command()
@flattened
def dump(options: SchemaOptions) -> None:
    """Write a snapshot of the schema. It is a JSON document and a schema source itself (`--schema PATH.json`)."""
    settings = options.settings(_FORMATS)
    schema = _load(settings)
    if options.format == "text":
        _write(schema, settings)
    else:
        _write_snapshot(schema)


@app.command()
@flattened
def diff(
    options: SourceOptions,
    from_: Annotated[str, typer.Argument(metavar="FROM", help="A schema source, as for --schema: what is expected.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="Another one: what is there.")],
) -> None:
    """Show how one schema source differs from another. Exit 1 where it does."""
    from nodepath_cli.schema.compare import compare

    settings = options.settings(_FORMATS)
    found = compare(from_, to, settings)
    _differences(found.document(), found.differences, settings)
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    if found.differences:
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
@flattened
def verify(options: DatabaseOptions) -> None:
    """Compare the database with what its revisions make. Exit 1 where they differ.

    Finds revisions that are recorded as run but whose tables, columns or keys are absent. Only tables that the
    revisions create are compared.
    """
    from nodepath_cli.migrate import verify as compared

    _, url, settings = options.opened()
    found = compared(url, options.folder(settings))
    _differences(found.document(), found.differences, settings)
    if settings.format == "text" and not settings.quiet:
        for note in found.notes:
            typer.echo(f"not compared: {note}")
        where = f"revision: {found.revision or 'none'}, head: {found.head}"
        typer.echo(f"{where}, {'verified' if found.ok else 'not verified'}")
    if not found.ok:
        raise typer.Exit(EXIT_FINDINGS)


def _differences(document: dict[str, Any], found: tuple[Difference, ...], settings: Settings) -> None:
    if settings.format == "json":
        typer.echo(json.dumps({"version": 1, **document}, ensure_ascii=False))
        return
    for each in found:
        name = "" if each.kind == "missing-table" else f".{each.name}"
        # A table, column or key that nobody expects has its kind's counterpart for a name.
        kind: str = "extra-table" if each.kind == "missing-table" and each.expected is None else each.kind
        kind = "extra-key" if kind == "changed-key" and each.expected is None else kind
        sides = "" if each.kind == "missing-table" else f": {each.expected or 'nothing'} -> {each.actual or 'nothing'}"
        typer.echo(f"{kind} {each.table}{name}{sides}")


def _load(settings: Settings) -> Schema:
    from nodepath_cli.schema.sources import load

    return load(settings.schema or ("head",), settings)


def _write(schema: Schema, settings: Settings) -> None:
    from nodepath_cli.report.pages.schema import render_text

    if settings.format == "json":
        _write_snapshot(schema)
    else:
        render_text(schema, sys.stdout, render_options(settings))


def _write_snapshot(schema: Schema) -> None:
    from nodepath_cli.report.pages.schema import render_json
    from nodepath_cli.schema.snapshot import dump as snapshot

    render_json(snapshot(schema), sys.stdout)
