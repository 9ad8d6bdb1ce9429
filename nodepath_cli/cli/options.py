"""The options that commands share, and the Settings that they make with the configuration.

Values are taken as text and read where the configuration's are, so that both know the same words and say the same of a
wrong one. None is an option that was not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated

import typer

from nodepath_cli.config import Settings
from nodepath_cli.config_file import load_settings

PLACES = frozenset({"config", "no-config"})
"""Options that say where the configuration is; all others are keys of it."""

Paths = Annotated[list[str] | None, typer.Argument(help="Files, folders or globs; default: the working directory.")]


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """How a command answers."""

    format: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="text or json.")] = None
    color: Annotated[
        str | None, typer.Option("--color", metavar="WHEN", help="auto, always or never; NO_COLOR turns it off.")
    ] = None
    quiet: Annotated[bool | None, typer.Option("--quiet", "-q", help="Say only what was asked for.")] = None
    verbose: Annotated[bool | None, typer.Option("--verbose", "-v", help="List everything.")] = None
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="Read [tool.nodepath] from this TOML file.")
    ] = None
    no_config: Annotated[bool, typer.Option("--no-config", help="Read no configuration file.")] = False

    def settings(self, formats: Sequence[str]) -> Settings:
        """Return these options over the configuration. Raises as `load_settings` does."""
        from nodepath_cli.report import format_names

        given = {each.name.replace("_", "-"): getattr(self, each.name) for each in fields(self)}
        return load_settings(
            {name: value for name, value in given.items() if name not in PLACES},
            config=self.config,
            use_config=not self.no_config,
            formats=formats,
            other_formats=format_names(),
        )


@dataclass(frozen=True, kw_only=True)
class ScanOptions(OutputOptions):
    """What is read, and against which schema."""

    schema: Annotated[
        list[str] | None,
        typer.Option(
            "--schema",
            metavar="SOURCE",
            help="head, rev:ID, live, a database URL, a .sql file, a folder or a snapshot; may be repeated, later ones "
            "go over earlier ones. Default: head and the DDL of the audited tree.",
        ),
    ] = None
    database_url: Annotated[
        str | None, typer.Option("--database-url", metavar="URL", help="The database of `--schema live`.")
    ] = None
    migrations: Annotated[
        str | None,
        typer.Option(
            "--migrations", metavar="DIR", help="Alembic revisions that follow the bundled ones, or SQL migrations."
        ),
    ] = None
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", metavar="NAME[:VERSION]", help="mysql, mariadb or sqlite; default mysql:8.0."),
    ] = None
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="GLOB", help="Leave these out; may be repeated.")
    ] = None
    stdin_filename: Annotated[
        str | None, typer.Option("--stdin-filename", metavar="NAME", help="The name of what `-` reads.")
    ] = None
    max_file_size: Annotated[
        str | None, typer.Option("--max-file-size", metavar="SIZE", help="Skip larger files; default 2MB.")
    ] = None
    jobs: Annotated[
        str | None,
        typer.Option("--jobs", metavar="N", help="At most N processes; default: one per processor."),
    ] = None
    no_cache: Annotated[
        bool | None, typer.Option("--no-cache", help="Keep nothing for the next run, and use nothing kept.")
    ] = None
    cache_dir: Annotated[
        str | None, typer.Option("--cache-dir", metavar="DIR", help="Keep results here; default: ~/.cache/nodepath.")
    ] = None
    include_tests: Annotated[
        bool | None, typer.Option("--include-tests/--no-include-tests", help="Audit _test.go files, too.")
    ] = None
    include_generated: Annotated[
        bool | None, typer.Option("--include-generated/--no-include-generated", help="Audit generated code, too.")
    ] = None
    include_vendored: Annotated[
        bool | None,
        typer.Option("--include-vendored/--no-include-vendored", help="Audit vendor, testdata, third_party, too."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class AuditOptions(ScanOptions):
    """What is reported, where, and what makes the run fail."""

    format: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="text, concise, json, sarif, github, ...; default text."),
    ] = None
    output: Annotated[
        list[str] | None,
        typer.Option("--output", metavar="FORMAT=FILE", help="Write this format to a file, too; may be repeated."),
    ] = None
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULE", help="These rules only: ids or prefixes, separated by commas."),
    ] = None
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="RULE", help="Leave these rules out, as for --select.")
    ] = None
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="FILE", help="Findings in this file do not count (`nodepath baseline`)."),
    ] = None
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="SEVERITY", help="error, warning or info: exit 1 from there; default error."),
    ] = None
    min_coverage: Annotated[
        str | None,
        typer.Option("--min-coverage", metavar="PCT", help="Exit 5 where less of the statements was understood."),
    ] = None
    cross_check: Annotated[
        str | None,
        typer.Option(
            "--cross-check",
            metavar="URL",
            help="Ask this MySQL or MariaDB server, too, and report where it disagrees. Statements are prepared, never "
            "executed; the right to SELECT is enough. `live` is the configured database.",
        ),
    ] = None
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", help="Exit 5 where any statement was not understood.")
    ] = None
