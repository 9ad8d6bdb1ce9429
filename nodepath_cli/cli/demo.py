"""`nodepath demo`: the incident end to end, on the example service and a SQLite database of its own."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.errors import ConfigError

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report

LOCK_TABLE = "ai_whatsapp_session_nodepath"

STATES = (
    (
        "incident",
        "1. What was deployed",
        "The service takes its session lock in a table that production does not have. It compiles; each message fails.",
    ),
    (
        "half-fix",
        "2. The half fix",
        "The table's name is right now. The columns are still the old ones: Error 1054, once for each message.",
    ),
    (
        "fixed",
        "3. The right names",
        "Every table and every column exists, and the server accepts it all. But the lock does not lock: two messages\n"
        "at once are both answered (NP401), and the release releases nothing (NP402).",
    ),
)


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Copy the example there (a new folder) and keep it, instead of a temporary one.")
    ] = None,
) -> None:
    """Run the incident that nodepath was written for, from the broken deploy to the right schema."""
    example = example_folder()
    with contextlib.ExitStack() as stack:
        if keep is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nodepath-demo-")))
        else:
            if keep.exists():
                raise ConfigError(f"{keep} exists already", "name a new folder for --keep")
            folder = keep
        shutil.copytree(example, folder, dirs_exist_ok=True)
        stack.enter_context(contextlib.chdir(folder))
        typer.echo("nodepath reads the SQL out of a Go service and proves that every table and column exists.")
        typer.echo("Here is a small chat service in three states, audited without a database and without Go.")
        for name, title, explanation in STATES:
            _audit(name, title, explanation)
        _migrate()
        if keep is not None:
            typer.echo(f"\nThe example and its database are in {keep}.")
    typer.echo("\nNow your own code: nodepath audit-columns PATH (in a checkout, .venv/bin/nodepath)")


def example_folder() -> Path:
    """Return the example service: beside the package in a checkout, inside it in a wheel.

    Raises ConfigError where neither is there.
    """
    package = Path(__file__).parent.parent
    for candidate in (package.parent / "examples" / "nodepath-chat", package / "_bundle" / "nodepath-chat"):
        if (candidate / "incident").is_dir():
            return candidate
    raise ConfigError("the example service is not installed", "install nodepath again, or run from a checkout")


def _heading(title: str, explanation: str, command: str) -> None:
    typer.echo(f"\n{title}\n{'-' * len(title)}\n{explanation}\n\n$ {command}")


def _audit(name: str, title: str, explanation: str) -> None:
    from nodepath_cli.audit.run import audit
    from nodepath_cli.config import Settings

    # Twelve findings in full would hide the story.
    style = "concise" if name == "half-fix" else "text"
    options = "--format concise " if style == "concise" else ""
    _heading(title, explanation, f"nodepath audit-columns {options}{name}")
    _render(audit((name,), Settings()), style)


def _render(report: Report, style: str) -> None:
    from nodepath_cli.report import RenderOptions, find

    sys.stdout.flush()
    find(style).render(report, sys.stdout, RenderOptions())


def _migrate() -> None:
    from nodepath_cli.migrate import upgrade

    url = "sqlite:///demo.sqlite3"
    _heading(
        "4. The migrations own the lock tables",
        "The schema of the lock is a migration, not a string in the boot code: here on SQLite, in production on MySQL.",
        f"nodepath db upgrade --database-url {url}",
    )
    result = upgrade(url)
    typer.echo(f"database: {url}\nupgraded: {result.from_ or 'base'} -> {result.current} (head)")
    typer.echo(
        f"\nThe lock table {LOCK_TABLE} as SQLite has it now; a row in it is a conversation that is being answered:"
    )
    with contextlib.closing(sqlite3.connect("demo.sqlite3")) as connection:
        for _, column, kind, not_null, _, primary in connection.execute(f"PRAGMA table_info({LOCK_TABLE})"):
            rest = " PRIMARY KEY" if primary else ""
            typer.echo(f"  {column:<12} {kind}{' NOT NULL' if not_null else ''}{rest}")
        unique = [
            index for _, index, is_unique, *_ in connection.execute(f"PRAGMA index_list({LOCK_TABLE})") if is_unique
        ]
    typer.echo(f"  unique key: {', '.join(unique)} (id_prospect, id_device): one lock for each conversation")
