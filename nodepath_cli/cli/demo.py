"""`nodepath demo`: the incident end to end, on the example service and a SQLite database of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct, field

from nodepath_cli.database_url import is_url
from nodepath_cli.errors import ConfigError

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report
    from nodepath_cli.config import Settings

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


_FORMATS = ("json", "text")


class _Told(Struct, frozen=True, kw_only=True):
    """What the demonstration shows, and what it has found so far."""

    settings: Settings
    states: list[dict[str, Any]] = field(default_factory=list)

    def text(self, *lines: str) -> None:
        """Tell the story; `--quiet` leaves the answers alone."""
        if self.settings.format == "text" and not self.settings.quiet:
            typer.echo("\n".join(lines))


def demo(
    keep: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Copy the example there (a new folder) and keep it, not a temporary one."),
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="text or json.")] = None,
    color: Annotated[
        str | None, typer.Option("--color", metavar="WHEN", help="auto, always or never; NO_COLOR turns it off.")
    ] = None,
    quiet: Annotated[bool | None, typer.Option("--quiet", "-q", help="Leave the explanations out.")] = None,
    verbose: Annotated[bool | None, typer.Option("--verbose", "-v", help="List everything.")] = None,
) -> None:
    """Run the incident that nodepath was written for. From the broken deploy to the right schema, in a few seconds."""
    from nodepath_cli.config_file import load_settings

    given = {"format": format_, "color": color, "quiet": quiet, "verbose": verbose}
    told = _Told(settings=load_settings(given, use_config=False, formats=_FORMATS))
    example = example_folder()
    with contextlib.ExitStack() as stack:
        if keep is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nodepath-demo-")))
        else:
            folder = Path(keep)
            if is_url(keep):
                raise ConfigError("--keep is a database URL", "name a new folder for --keep")
        _copy(example, folder, new=keep is not None)
        stack.enter_context(contextlib.chdir(folder))
        told.text(
            "nodepath reads the SQL out of a Go service and proves that every table and column exists.",
            "Here is a small chat service in three states, audited without a database and without Go.",
        )
        for name, title, explanation in STATES:
            _audit(told, name, title, explanation)
        table = _migrate(told)
        if keep is not None:
            told.text(f"\nThe example and its database are in {keep}.")
    told.text("\nNow your own code: nodepath audit-columns PATH (in a checkout, .venv/bin/nodepath)")
    if told.settings.format == "json":
        document = {"version": 1, "states": told.states, "database": table, "kept": keep}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _copy(example: Path, folder: Path, *, new: bool) -> None:
    if new and folder.exists():
        raise ConfigError(f"{folder} exists already", "name a new folder for --keep")
    try:
        shutil.copytree(example, folder, dirs_exist_ok=True)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise ConfigError(f"--keep: {folder} cannot be written: {why}", "name a folder that you may write to") from None


def example_folder() -> Path:
    """Return the example service: beside the package in a checkout, inside it in a wheel.

    Raises ConfigError where neither is there.
    """
    package = Path(__file__).parent.parent
    for candidate in (package.parent / "examples" / "nodepath-chat", package / "_bundle" / "nodepath-chat"):
        if (candidate / "incident").is_dir():
            return candidate
    raise ConfigError("the example service is not installed", "install nodepath again, or run from a checkout")


def _heading(told: _Told, title: str, explanation: str, command: str) -> None:
    told.text(f"\n{title}\n{'-' * len(title)}\n{explanation}\n\n$ {command}")


def _audit(told: _Told, name: str, title: str, explanation: str) -> None:
    from nodepath_cli.audit.run import audit
    from nodepath_cli.config import Settings
    from nodepath_cli.report.json import document

    # Twelve findings in full would hide the story.
    style = "concise" if name == "half-fix" else "text"
    options = "--format concise " if style == "concise" else ""
    _heading(told, title, explanation, f"nodepath audit-columns {options}{name}")
    report = audit((name,), Settings())
    if told.settings.format == "json":
        told.states.append({"name": name, "audit": document(report)})
    else:
        _render(report, style, told.settings)


def _render(report: Report, style: str, settings: Settings) -> None:
    from nodepath_cli.cli.output import render_options
    from nodepath_cli.report import find

    sys.stdout.flush()
    find(style).render(report, sys.stdout, render_options(settings))


def _migrate(told: _Told) -> dict[str, Any]:
    """Upgrade a database and return what its lock table is then."""
    from nodepath_cli.migrate import upgrade

    url = "sqlite:///demo.sqlite3"
    _heading(
        told,
        "4. The migrations own the lock tables",
        "The schema of the lock is a migration, not a string in the boot code: here on SQLite, in production on MySQL.",
        f"nodepath db upgrade --database-url {url}",
    )
    result = upgrade(url)
    told.text(
        f"database: {url}\nupgraded: {result.from_ or 'base'} -> {result.current} (head)",
        f"\nThe lock table {LOCK_TABLE} as SQLite has it now; a row in it is a conversation that is being answered:",
    )
    columns = []
    with contextlib.closing(sqlite3.connect("demo.sqlite3")) as connection:
        for _, column, kind, not_null, _, primary in connection.execute(f"PRAGMA table_info({LOCK_TABLE})"):
            rest = " PRIMARY KEY" if primary else ""
            told.text(f"  {column:<12} {kind}{' NOT NULL' if not_null else ''}{rest}")
            columns.append(column)
        unique = [
            index for _, index, is_unique, *_ in connection.execute(f"PRAGMA index_list({LOCK_TABLE})") if is_unique
        ]
    told.text(f"  unique key: {', '.join(unique)} (id_prospect, id_device): one lock for each conversation")
    return {"current": result.current, "table": LOCK_TABLE, "columns": columns, "unique_keys": unique}
