"""Locks that outlive their holder: whether one can be taken over, and whether a release asks whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import conditional, decided, decides
from nodepath_cli.audit.locking.flaws import checks_then_acts, undecided
from nodepath_cli.audit.locking.held import kept
from nodepath_cli.audit.locking.outcome import Way
from nodepath_cli.audit.locking.protocols import Acquire, Protocols, Release
from nodepath_cli.audit.locking.sites import ADDING, Site


def without_lease(acquire: Acquire, protocols: Protocols) -> Iterator[Site]:
    """Yield the INSERTs of an acquire that works by the row's existence, where nothing but a release ends it."""
    if not acquire.sure:
        # What is claimed may be claimed for good.
        return
    if not acquire.releases and words.holds_locks(acquire.sites[0].access.table) < 2:
        return
    if any(kept(acquire, each, protocols) for each in acquire.releases):
        # Then even a release does not end it (NP402).
        return
    if any(_takeovers(acquire, protocols)) or protocols.sites.obscure(acquire.table):
        return
    if protocols.sites.refused(acquire.table):
        # That one may be the takeover (NP101).
        return
    if any(ends_by_itself(site) for site in protocols.elsewhere(acquire)):
        return
    seen: set[Site] = set()
    for way in acquire.successes:
        for run in way.runs:
            site = run.site
            if site is None or site in seen or site.table != acquire.table or site.access.action not in ADDING:
                continue
            if decides(way, run, acquire.table):
                seen.add(site)
                yield site


def ends_by_itself(site: Site) -> bool:
    """Say whether a statement ends locks that nobody gives back: by their age or owner, or all of them at once."""
    access = site.access
    if access.action not in ("delete", "update") or words.renewing(site.function):
        return False
    if not access.conditions:
        return access.action == "delete"
    key_columns = {column for key in _keys(site) for column in key}
    return any(each.columns - key_columns or each.ordered for each in access.conditions)


def _keys(site: Site) -> Iterator[tuple[str, ...]]:
    from nodepath_cli.sql.row_access import unique_keys

    yield from unique_keys(site.access.table)


def _takeovers(acquire: Acquire, protocols: Protocols) -> Iterator[Site]:
    """Yield the statements by which a caller gets a lock that another one has not given back."""
    released = {each.site for each in acquire.releases}
    for site in acquire.sites:
        access = site.access
        changes = access.action in ("update", "delete") and site not in released
        if changes or (access.action == "upsert" and any(conditional(each) for each in access.settings)):
            yield site
    for site in protocols.elsewhere(acquire):
        taking = site.access.action == "update" and site.access.key and site.access.others
        if taking and not words.renewing(site.function) and not words.releasing(site.function):
            yield site


def releases_without_owner(acquire: Acquire, protocols: Protocols) -> Iterator[tuple[Release, Site]]:
    """Yield the releases that delete the row of a key whoever has it, each with a takeover of such a lock."""
    takeover = next(_takeovers(acquire, protocols), None)
    if takeover is None or any(undecided(acquire)) or any(checks_then_acts(acquire)):
        # Where nobody owns the lock there is nothing to prove.
        return
    if not any(decided(way, acquire.table) for way in acquire.successes):
        return
    for release in acquire.releases:
        access = release.site.access
        if access.action == "delete" and not access.others and not any(_asks(way, release) for way in release.ways):
            yield release, takeover


def _asks(way: Way, release: Release) -> bool:
    """Say whether a path reads the row before it deletes it, and goes by what it reads."""
    for run in way.runs:
        if run.site is release.site:
            return False
        if run.site and run.site.table == release.site.table and way.looked_at(run, "row", "found", "missing"):
            return True
    return False
