"""What is wrong with the lock tables, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from nodepath_cli.locks.listing import View
from nodepath_cli.locks.records import Clocks, Totals
from nodepath_cli.locks.session import Session
from nodepath_cli.locks.tables import SUFFIX, LockTable
from nodepath_cli.locks.timestamps import FUTURE_SECONDS

SKEW_SECONDS = FUTURE_SECONDS
"""Clocks that differ by more make rows of one look future-dated or stale to the other."""
_CHANGING = ("INSERT", "UPDATE", "DELETE")


class Problem(Struct, frozen=True):
    """One thing that is wrong, or that is to be known."""

    code: str
    table: str | None
    """None for what is about the whole server."""
    count: int
    """Rows that it is about; 1 where it is about no rows."""
    message: str
    next_step: str

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "code": self.code,
            "table": self.table,
            "count": self.count,
            "message": self.message,
            "next": self.next_step,
        }


class Diagnosis(Struct, frozen=True):
    """What `locks doctor` found."""

    clocks: Clocks
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    """Nothing wrong, but to be known: other writers, privileges, what the server does not record."""
    tables: tuple[Totals, ...]


def diagnose(view: View) -> Diagnosis:
    """Look at every lock table, the clocks, the privileges and the server. Raises the driver's errors."""
    totals = view.totals()
    problems = [*_clock(view.clocks)]
    notes = [*_zone(view.clocks), *_none(view)]
    for table, counted in zip(view.tables, totals, strict=True):
        problems += [*_table(table), *_rows(counted, view.lease)]
        notes += _writers(counted)
    notes += [*_privileges(view.session), *_instrumentation(view.session)]
    return Diagnosis(view.clocks, tuple(problems), tuple(notes), totals)


def _clock(clocks: Clocks) -> Iterator[Problem]:
    skew = clocks.skew_seconds
    if abs(skew) > SKEW_SECONDS:
        word = "ahead of" if skew > 0 else "behind"
        yield Problem(
            "clock-skew",
            None,
            1,
            f"the server's clock is {abs(skew):.1f} s {word} this machine's",
            "set both by NTP; code on this machine that writes its own clock's time makes rows that are that far off",
        )


def _zone(clocks: Clocks) -> Iterator[Problem]:
    client = (clocks.client.utcoffset() or (clocks.client - clocks.client)).total_seconds() / 60
    if client != clocks.server.offset:
        yield Problem(
            "zone-difference",
            None,
            1,
            f"the connection's zone is {clocks.zone}, {clocks.server.offset:+} minutes from UTC; this machine's is "
            f"{client:+.0f} minutes from it",
            "let code write NOW() of the server, or set loc= and time_zone= of its DSN to the server's zone: a time "
            "without a zone is read in the connection's",
        )


def _none(view: View) -> Iterator[Problem]:
    if not view.tables:
        yield Problem(
            "no-lock-tables", None, 1, f"no table whose name ends with {SUFFIX} is there", "run nodepath db upgrade"
        )


def _table(table: LockTable) -> Iterator[Problem]:
    if table.shape != "production":
        held = "holds no locks that can be read" if not table.readable else f"its locks are read from {table.prospect}"
        yield Problem(
            "old-shape",
            table.name,
            1,
            f"{table.name} has not the shape of revision 0001 but is {table.shape}: {held}",
            "see nodepath db status for the differences; code with the other names fails with 1054 or 1364",
        )
    if table.readable and not table.unique:
        yield Problem(
            "missing-unique-key",
            table.name,
            1,
            f"{table.name} has no unique key on ({table.prospect}, {table.device}): every INSERT succeeds, so that it "
            "locks nothing",
            f"remove double rows, then ALTER TABLE {table.name} ADD UNIQUE ({table.prospect}, {table.device})",
        )


_SINGULAR = {"are": "is", "have": "has", "were": "was"}


def _rows_that(number: int, verb: str) -> str:
    return f"1 row {_SINGULAR[verb]}" if number == 1 else f"{number:,} rows {verb}"


def _rows(counted: Totals, lease: float) -> Iterator[Problem]:
    name = counted.table
    if counted.stale:
        yield Problem(
            "stale-locks",
            name,
            counted.stale,
            f"{_rows_that(counted.stale, 'are')} older than {lease:g} s: their holders died, or do not renew",
            "code that knows no lease is shut out by each of them: see nodepath locks stale, then nodepath locks "
            f"purge --older-than {max(lease * 10, 300):g}",
        )
    if counted.unparseable:
        yield Problem(
            "unparseable-timestamp",
            name,
            counted.unparseable,
            f"{_rows_that(counted.unparseable, 'have')} a text that is no time: nothing ever takes such a row over",
            "see nodepath locks list, then nodepath locks release with --prospect and --device",
        )
    if counted.future:
        yield Problem(
            "future-timestamp",
            name,
            counted.future,
            f"{_rows_that(counted.future, 'are')} dated in the future: written by a clock or in a zone that is not the "
            "server's, and nothing takes such a row over before that time",
            "see nodepath locks list, correct the writer, then nodepath locks release with --prospect and --device",
        )
    if counted.datetime and counted.rfc3339:
        yield Problem(
            "mixed-formats",
            name,
            min(counted.datetime, counted.rfc3339),
            f"{_rows_that(counted.datetime, 'have')} a time like 2006-01-02 15:04:05, {counted.rfc3339:,} one of "
            "RFC 3339: code that reads one of them fails on the other",
            "find the writers with nodepath uses " + f"{name}.timestamp, and let all write one format",
        )


def _writers(counted: Totals) -> Iterator[Problem]:
    others = counted.datetime + counted.rfc3339 - counted.own
    if others:
        yield Problem(
            "other-writers",
            counted.table,
            others,
            f"{_rows_that(others, 'were')} not written by nodepath's protocol. A writer that deletes without looking "
            "who holds the row ends another's lock when its own work outlasts the lease; an upsert takes every lock",
            "run nodepath audit-columns over its code, and see docs/session-lock.md",
        )


def _privileges(session: Session) -> Iterator[Problem]:
    if session.server == "sqlite":
        return
    granted = {str(name).upper() for (name,) in session.rows("privileges")}
    lacking = [each for each in _CHANGING if each not in granted]
    if lacking:
        yield Problem(
            "privileges",
            None,
            1,
            f"the account itself is not granted {', '.join(lacking)} on the database: right for looking, while locks "
            "run, release and purge need them",
            "use another account for these, unless a role grants them",
        )


def _instrumentation(session: Session) -> Iterator[Problem]:
    if session.server == "sqlite":
        return
    recorded = {str(name).lower(): str(value).upper() for name, value in session.rows("instrumentation")}
    if recorded.get("performance_schema") == "ON":
        return
    plugin, step = (
        "",
        "set performance_schema=ON in the server's configuration and restart it, where waits are to be seen",
    )
    if session.server == "mariadb":
        if session.rows("plugins")[0][0]:
            return
        plugin = " and the plugin metadata_lock_info is not installed"
        step = f"run INSTALL SONAME 'metadata_lock_info', which needs no restart, or {step}"
    yield Problem(
        "not-instrumented",
        None,
        1,
        f"performance_schema is off{plugin}: the server does not record who waits for metadata locks",
        step,
    )
