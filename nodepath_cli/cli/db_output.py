"""What the `nodepath db` commands print: text, or one JSON document on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import typer

from nodepath_cli.errors import NodepathError, Refused

if TYPE_CHECKING:
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate.new_revision import NewRevision
    from nodepath_cli.migrate.preflight import Preflight
    from nodepath_cli.migrate.records import Adoption, Current, Move, RevisionLine, Status, TableShape
    from nodepath_cli.migrate.repair import Repair
    from nodepath_cli.schema.diff import Difference

NEXT = {
    "at-head": "",
    "behind": "run nodepath db upgrade",
    "empty": "run nodepath db upgrade",
    "unadopted": "the tables are there without a stamp: run nodepath db adopt",
    "interrupted": "a run died half way: run nodepath db upgrade, which goes on, or see nodepath db repair",
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

    @property
    def watched(self) -> bool:
        """Whether a person looks at a terminal."""
        return not self.json and not self.quiet and sys.stderr.isatty()

    def stamped(self, move: Move) -> None:
        """Write what a stamp changed."""
        self._document(move.document())
        self._line(f"stamped: {move.from_ or 'base'} -> {move.current or 'base'}", _green)

    def script(self, text: str) -> None:
        """Write a run as a script."""
        self._document({"sql": text})
        if not self.json:
            typer.echo(text, nl=False)

    def preflight(self, found: Preflight) -> None:
        """Write the plan of a dry run."""
        self._document(found.document())
        if not self.json:
            for line in preflight_lines(found, statements=True):
                self._line(line)

    def announced(self, found: Preflight) -> None:
        """Write the plan of a run that is about to begin, beside its answer."""
        for line in preflight_lines(found, statements=False):
            typer.echo(line, err=True)

    def written(self, found: NewRevision) -> None:
        """Write which file a new revision is in."""
        self._document(found.document())
        self._line(f"{','.join(found.down) or 'base'} -> {found.revision}: {found.path}")

    def repaired(self, found: Repair) -> None:
        """Write what a repair did, or what it would do."""
        document = found.document()
        if found.error is not None:
            document["error"] = _error(found.error)
        self._document(document)
        for step in found.steps:
            self._line(f"{step.revision} step {step.step}: {step.action}: {step.statement}")
        self._differences(found.differences)
        if found.error is not None:
            typer.echo(found.error.line(), err=True)
        elif found.state == "clean":
            self._line(f"nothing to repair: at {found.revision or 'base'}", _green)
        elif found.dry_run:
            self._line("next: run it again with --yes, which does this")
        else:
            self._line(f"repaired: at {found.revision}", _green)

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
        for revision in found.where.interrupted:
            self._half(revision, found)
        self._tables(found.tables)

    def _half(self, revision: str, found: Status) -> None:
        steps = [entry for entry in found.ledger if entry.revision == revision]
        done = sum(entry.state == "done" for entry in steps)
        way = "taken back" if steps and steps[0].direction == "down" else "applied"
        self._line(f"half {way}: {revision}, {done} of its steps {'is' if done == 1 else 'are'} done", _yellow)
        for entry in steps[-5:]:
            shown = " ".join(entry.statement.split())[:80]
            self._line(f"  step {entry.step}: {entry.state} at {entry.at}: {shown}")

    def adopted(self, found: Adoption, error: NodepathError | None) -> None:
        """Write what became of an adoption; `error` says why it was refused."""
        document = found.document()
        if error is not None:
            document["error"] = _error(error)
        self._document(document)
        if found.state == "planned":
            self._tables(found.tables)
            for item in found.plan:
                self._line(f"plan for {item.table}:")
                for statement in item.statements:
                    self._line(f"  {' '.join(statement.split())};")
            self._line("next: run it again with --yes, which runs these statements and stamps 0001; every row is kept")
            return
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
            self._differences(item.differences if item.shape != "absent" else ())

    def _differences(self, found: tuple[Difference, ...]) -> None:
        for difference in found:
            expected, actual = difference.expected or "nothing", difference.actual or "not there"
            self._line(f"  {difference.kind} {difference.name}: expected {expected}, is {actual}")

    def _line(self, text: str, style: Callable[[str], str] | None = None) -> None:
        if not self.json and not self.quiet:
            typer.echo(style(text) if style and self.color else text, color=self.color)

    def _document(self, document: dict[str, Any]) -> None:
        if self.json:
            typer.echo(json.dumps({"version": 1, **document}, ensure_ascii=False))


def refusal(found: Adoption) -> Refused:
    """Return the error that a refused adoption ends with."""
    if all(item.shape == "absent" for item in found.tables):
        return Refused("there is nothing to adopt: the lock tables are not there", "run nodepath db upgrade")
    shown = ", ".join(f"{item.table} is {item.shape}" for item in found.tables if item.shape != "production")
    carried = {"renamed", "partial"} & {item.shape for item in found.tables}
    return Refused(
        f"only the exact shape of revision 0001 is adopted ({shown}); nothing was written",
        "see what nodepath db adopt --carry-over would do"
        if carried and all(item.shape != "unknown" for item in found.tables)
        else "bring the tables into that shape by hand: nodepath db status lists the differences",
    )


def preflight_lines(found: Preflight, *, statements: bool) -> Iterator[str]:
    """Yield a plan in words: revisions, tables and who stands in the way."""
    if not found.revisions:
        yield f"nothing to do: at {found.from_ or 'base'}"
        return
    for item in found.revisions:
        count = f"{len(item.statements)} statement{'' if len(item.statements) == 1 else 's'}"
        done = f", {item.done} of them done" if item.done else ""
        yield f"plan: {item.revision} {item.message} ({count}{done})"
        for statement in item.statements if statements else ():
            yield f"  {' '.join(statement.split())};"
        if item.failure is not None:
            yield f"  and what it asks the database for ({item.failure})"
    for table in found.tables:
        rows = "rows not known" if table.rows is None else f"about {table.rows} rows"
        size = "" if table.bytes is None else f", {table.bytes / 1e6:.1f} MB"
        yield f"table {table.table}: {rows}{size}"
    if found.locks is None:
        return
    if not found.locks.instrumented and found.tables:
        yield "metadata locks: not instrumented; open transactions are shown instead"
    for holder in found.locks.found:
        what = f"holds {holder.table}" if holder.table else "has an open transaction"
        yield f"in the way: {holder.words()} {what}"


def _error(error: NodepathError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "next": error.next_step}


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
