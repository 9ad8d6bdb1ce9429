"""`nodepath schema`: the schema as nodepath sees it, from any source."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions
from nodepath_cli.cli.output import render_options

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
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


@app.command()
@flattened
def show(options: SchemaOptions) -> None:
    """Show tables, columns and keys."""
    settings = options.settings(_FORMATS)
    _write(_load(settings), settings)


@app.command()
@flattened
def dump(options: SchemaOptions) -> None:
    """Write a snapshot, a JSON document that is a schema source itself (`--schema PATH.json`)."""
    settings = options.settings(_FORMATS)
    schema = _load(settings)
    if options.format == "text":
        _write(schema, settings)
    else:
        _write_snapshot(schema)


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
