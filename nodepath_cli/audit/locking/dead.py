"""Claims whose refusal can never come: error 1062 is asked for, and the INSERT meets a key without it.

INSERT IGNORE makes a warning of it, REPLACE deletes the other row, and ON DUPLICATE KEY UPDATE changes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import decided
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import SOFT, Site
from nodepath_cli.source.functions import Function, Known
from nodepath_cli.sql.row_access import unique_keys


class Dead(Struct, frozen=True, eq=False):
    """An INSERT that succeeds for every caller, though 1062 was to refuse all but one."""

    function: Function
    write: Site


def never_refused(protocols: Protocols) -> Iterator[Dead]:
    """Yield such INSERTs, each once, of functions whose names are those of taking something."""
    seen: set[Site] = set()
    for function, ways in protocols.around(_claims(protocols), lambda _: False).items():
        if "bool" not in function.results or words.taking(function.name) == 0 or words.storing(function.name):
            continue
        for way in ways:
            for run in way.runs if way.success else ():
                site = run.site
                if site is None or site in seen or not _soft(site) or _goes_by_more(way, run):
                    continue
                if any(_refuses(each, site) for each in ways):
                    seen.add(site)
                    yield Dead(function, site)


def _claims(protocols: Protocols) -> Iterator[Site]:
    for candidates in protocols.sites.candidates.values():
        for each in candidates:
            text = each.sql.upper()
            soft = each.kind == "replace" or "IGNORE" in text or "DUPLICATE" in text
            if soft and each.writes and words.taking(each.analysed.statement.function or "") and each.site is not None:
                yield each.site


def _soft(site: Site) -> bool:
    """Say whether a row that is there already is no error: of the keys that it may meet, an upsert changes one."""
    access = site.access
    if access.action not in SOFT or access.key is None or access.guarded or site.access.table.kind != "table":
        return False
    if access.action != "upsert":
        return True
    given, changed = (
        {each.column for each in access.inserted},
        {each.column for each in access.settings if not each.keeps},
    )
    keys = unique_keys(access.table)
    met = [key for key in keys if given.issuperset(key)]
    return len(met) == 1 and not any(changed.intersection(key) for key in keys)


def _goes_by_more(way: Way, run: Run) -> bool:
    """Say whether the path asks for more than an error, or looks at rows itself."""
    table = run.site.table if run.site is not None else ""
    if way.accepted(run) is not None or way.looked_at(run, "affected", "result", "id") or decided(way, table):
        return True
    return any(other.site is None or other.site.table == table for other in way.runs if other is not run)


def _refuses(way: Way, insert: Site) -> bool:
    """Say whether a path says no because of 1062, and nothing else."""
    run = next((run for run in way.runs if run.site is insert), None)
    if run is None or way.answer(run, "duplicate") is not True or way.success:
        return False
    told = dict(zip(way.function.results, way.path.returned, strict=False))
    return told.get("bool") == Known(False)
