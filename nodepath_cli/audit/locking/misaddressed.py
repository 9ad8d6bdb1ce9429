"""Releases that ask a column for what the acquire gives to another one: they end no row, or another one.

`INSERT INTO flow_locks (flow_id, ...) VALUES (?, ...)` gets `flowID`, and `DELETE FROM flow_locks WHERE id = ?`, too.
Or the INSERT gives `zone` to zone_id and `incident` to incident_no, and `DELETE ... WHERE incident_no = ?` gets `zone`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.source.functions import Function, Given, Outcome
from nodepath_cli.sql.row_access import Operand

_SAYING_NOTHING = frozenset(("id", "key", "name", "no", "number", "code", "value"))


class Misaddressed(Struct, frozen=True, eq=False):
    """A release by the number of a row, or by another column, given something else."""

    acquire: Acquire
    function: Function
    release: Site
    asked: str
    """The column that it asks: one that the server numbers, or that the acquire gives something of another name."""
    given: str
    """What it is asked for, as both functions call it."""
    column: str
    """The column that the acquire gives that."""


def misaddressed(protocols: Protocols) -> Iterator[Misaddressed]:
    """Yield the releases beside an acquire that address its row by a name that is another column's."""
    for acquire in protocols.acquires:
        if acquire.releases or protocols.sites.obscure(acquire.table):
            continue
        access = acquire.sites[0].access
        numbered = {each.name.lower() for each in access.table.columns if each.auto_increment}
        if _knows(acquire, numbered):
            numbered = set()
        names, others = _names(acquire, numbered), _holders(acquire)
        for function, ways in protocols.ways.items():
            same = function.span.path == acquire.function.span.path and function.owner == acquire.function.owner
            if not same or function is acquire.function or not words.releasing(function.name):
                continue
            for run in (run for way in ways for run in way.runs):
                found = _number(run, acquire.table, numbered) or _other(run, acquire.table, others)
                given = argument(run, found[1]) if found and run.site else None
                if found is None or run.site is None or not isinstance(given, Given) or given.name not in names:
                    continue
                if found[0] in numbered or _speaks_of(given.name, names[given.name], found[0], others[found[0]]):
                    yield Misaddressed(acquire, function, run.site, found[0], given.name, names[given.name])
                    break


def _knows(acquire: Acquire, numbered: set[str]) -> bool:
    """Say whether an acquire gets to know the number: it reads it, or asks for that of the new row."""
    if any(site.access.selected & numbered for site in acquire.sites if site.access.action == "select"):
        return True
    for way in acquire.ways:
        told = [*way.path.returned, *(subject for _, subject, _ in way.tests)]
        if any(isinstance(each, Outcome) and each.aspect in ("id", "result") for each in told):
            return True
    return False


def _names(acquire: Acquire, numbered: set[str]) -> dict[str, str]:
    """Return what the program calls the values of a key, each with its column, where it is that of one column alone."""
    found: dict[str, set[str]] = {}
    for run in (run for way in acquire.ways for run in way.runs):
        if run.site is None or run.site.table != acquire.table:
            continue
        for column, operand in run.site.access.fixed.items():
            given = argument(run, operand)
            if isinstance(given, Given) and given.name.lower() not in numbered:
                found.setdefault(given.name, set()).add(column)
    keys = {column for site in acquire.sites for column in site.access.one_key or ()}
    return {name: min(columns) for name, columns in found.items() if len(columns) == 1 and columns <= keys}


def _number(run: Run, table: str, numbered: set[str]) -> tuple[str, Operand] | None:
    site = run.site
    if site is None or site.table != table or site.access.action not in ("update", "delete"):
        return None
    column = next((each for each in site.access.key or () if each in numbered), None)
    return (column, site.access.fixed[column]) if column is not None and column in site.access.fixed else None


def _holders(acquire: Acquire) -> dict[str, set[str]]:
    """Return the columns beside the key that an acquire gives its arguments, with what these are called."""
    keys = {column for site in acquire.sites for column in site.access.one_key or ()}
    found: dict[str, set[str]] = {}
    for run in (run for way in acquire.ways for run in way.runs):
        if run.site is None or run.site.table != acquire.table:
            continue
        for setting in (*run.site.access.inserted, *run.site.access.settings):
            if setting.column not in keys:
                given = argument(run, setting.value) if setting.value.kind == "value" else None
                found.setdefault(setting.column, set()).add(given.name if isinstance(given, Given) else "")
    return {column: names for column, names in found.items() if "" not in names}


def _other(run: Run, table: str, columns: Container[str]) -> tuple[str, Operand] | None:
    """Return the one column beside the key that a DELETE asks for a value, and that alone."""
    site = run.site
    if site is None or site.table != table or site.access.action != "delete" or len(site.access.conditions) != 1:
        return None
    [condition] = site.access.conditions
    if condition.fixes is None or condition.operand is None or condition.fixes not in columns:
        return None
    return condition.fixes, condition.operand


def _speaks_of(name: str, key: str, asked: str, called: Container[str]) -> bool:
    """Say whether a name speaks of the key's column (`zone` of zone_id), and not of the one that is asked for it."""
    said = {each for each in words.words(name) if each not in _SAYING_NOTHING}
    return name not in called and bool(said & set(words.words(key))) and not said & set(words.words(asked))
