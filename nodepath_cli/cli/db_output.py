"""What the `nodepath db` commands print: text, or one JSON document on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from nodepath_cli.errors import NodepathError

if TYPE_CHECKING:
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate.records import Adoption, Current, Move, RevisionLine, Status, TableShape

NEXT = {
    "at-head": "",
    "behind": "run nodepath db upgrade",
    "empty": "run nodepath db upgrade",
    "unadopted": "the tables are there without a stamp: run nodepath db adopt",
    "interrupted": "an upgrade died half way: nodepath db status shows what is there",
    "ahead": "install the version of nodepath that has this revision, or give --migrations",
}
"""What to do in each state."""


class Output:
    """Where answers go."""

    def __init__(self, *, as_json: bool, color: bool, quiet: bool) -> None:
        self.json = as_json
        self.quiet = quiet
        self.color = color

    def database(self, url: DatabaseUrl) -> None:
        """Show which database it is, before anything is done to it."""
        if not self.quiet:
            typer.echo(f"database: {url.masked}", err=self.json)

    def moved(self, verb: str, move: Move) -> None:
        """Write what an upgrade or downgrade did."""
        self._document(move.document())
        if not move.applied:
            self._line(f"nothing to do: at {move.current or 'base'}")
            return
        here = f"{move.current or 'base'}{' (head)' if move.current == move.head else ''}"
        self._line(f"{verb}: {move.from_ or 'base'} -> {here}", _green)

    def current(self, found: Current) -> None:
        """Write where the database stands."""
        self._document(found.document())
        self._state(found)

    def status(self, found: Status) -> None:
        """Write where the database stands, what is pending, and how the owned tables look."""
        self._document(found.document())
        self._state(found.where)
        if found.pending:
            self._line(f"pending: {', '.join(found.pending)}")
        self._tables(found.tables)

    def adopted(self, found: Adoption, error: NodepathError | None) -> None:
        """Write what became of an adoption; `error` says why it was refused."""
        document = found.document()
        if error is not None:
            document["error"] = {"code": error.code, "message": error.message, "next": error.next_step}
        self._document(document)
        if error is not None:
            self._tables(found.tables)
            typer.echo(error.line(), err=True)
            return
        self._line(f"{'stamped' if found.state == 'stamped' else 'already'} at {found.revision}", _green)

    def revisions(self, lines: tuple[RevisionLine, ...]) -> None:
        """Write a list of revisions."""
        self._document({"revisions": [item.document() for item in lines]})
        for item in lines:
            head = " (head)" if item.is_head else ""
            self._line(f"{','.join(item.down) or 'base'} -> {item.revision}{head}, {item.message}")

    def _state(self, found: Current) -> None:
        style = _green if found.state == "at-head" else _yellow
        self._line(f"revision: {found.current or 'none'}, head: {found.head}, {found.state}", style)
        if NEXT[found.state]:
            self._line(f"next: {NEXT[found.state]}")

    def _tables(self, tables: tuple[TableShape, ...]) -> None:
        for item in tables:
            rows = "" if item.rows is None else f", {item.rows} row{'' if item.rows == 1 else 's'}"
            self._line(f"table {item.table}: {item.shape}{rows}", _green if item.shape == "production" else _yellow)
            for difference in item.differences if item.shape != "absent" else ():
                expected, actual = difference.expected or "nothing", difference.actual or "not there"
                self._line(f"  {difference.kind} {difference.name}: expected {expected}, is {actual}")

    def _line(self, text: str, style: Callable[[str], str] | None = None) -> None:
        if not self.json and not self.quiet:
            typer.echo(style(text) if style and self.color else text, color=self.color)

    def _document(self, document: dict[str, Any]) -> None:
        if self.json:
            typer.echo(json.dumps({"version": 1, **document}, ensure_ascii=False))


def log_alembic() -> None:
    """Send what Alembic logs to stderr: revision ids and messages, never a URL."""
    import logging

    class Stderr(logging.Handler):
        """Writes to what is the standard error when there is something to be written."""

        def emit(self, record: logging.LogRecord) -> None:
            sys.stderr.write(self.format(record) + "\n")

    logger = logging.getLogger("alembic.runtime.migration")
    if not logger.handlers:
        logger.addHandler(Stderr())
    logger.setLevel(logging.INFO)


def _green(text: str) -> str:
    return typer.style(text, fg="green")


def _yellow(text: str) -> str:
    return typer.style(text, fg="yellow")
