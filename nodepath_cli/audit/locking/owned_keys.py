"""Locks whose unique key has the owner in it: it refuses the same owner alone, and two owners both get in."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire
from nodepath_cli.audit.locking.deciding import decided
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.shape import is_holder
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.schema.model import Table
from nodepath_cli.source.functions import Known
from nodepath_cli.sql.row_access import unique_keys

_SHARED = frozenset(("shared", "share", "read", "reader", "readers", "rlock", "join", "slot", "slots", "semaphore"))
"""What several may have at once."""
_KINDS = frozenset(("type", "kind", "scope", "action", "purpose", "operation", "category", "lock", "tenant"))
"""What says of no thing which it is: the owner's column is that of the thing then."""


class Owned(Struct, frozen=True, eq=False):
    """An INSERT that the key refuses for the same owner alone."""

    write: Site
    key: tuple[str, ...]


def by_owner(acquire: Acquire, protocols: Protocols) -> Owned | None:
    """Return the INSERT by which an acquire takes a lock that every owner can take; None in doubt."""
    table = acquire.sites[0].access.table
    if len(acquire.sites) != 1 or acquire.sites[0].access.action not in ("insert", "ignore") or not acquire.releases:
        return None
    [site] = acquire.sites
    names = {*words.words(acquire.function.name), *words.words(table.name)}
    if names & _SHARED or not (words.taking(acquire.function.name) == 2 or words.holds_locks(table) == 2):
        return None
    runs = [run for way in acquire.successes for run in way.runs if run.site is site]
    key = _refusing(site, runs)
    if key is None or not _is_owners(key, table) or not all(decided(way, acquire.table) for way in acquire.successes):
        return None
    if any(set(each.site.access.fixed) < set(key) for each in acquire.releases):
        return None
    thing = set(key[:-1])
    looked = (each.access for each in protocols.elsewhere(acquire) if each.access.action == "select")
    asks = any(thing & {name for one in each.conditions for name in one.columns} for each in looked)
    # Whoever looks for others first, however that is done, goes by more than the key.
    return None if asks or protocols.sites.obscure(acquire.table) else Owned(site, key)


def _refusing(site: Site, runs: list[Run]) -> tuple[str, ...] | None:
    """Return the one unique key that may refuse an INSERT, where its last column gets no constant."""
    access, numbered = site.access, {each.name.lower() for each in site.access.table.columns if each.auto_increment}
    keys = [key for key in dict.fromkeys(unique_keys(access.table)) if not numbered.intersection(key)]
    if access.table.open or access.table.mixed or len(keys) != 1 or len(keys[0]) < 2 or access.key != keys[0]:
        return None
    value = access.fixed.get(keys[0][-1])
    given = [argument(run, value) for run in runs] if value is not None and value.kind == "value" else []
    return keys[0] if given and not any(each is None or isinstance(each, Known) for each in given) else None


def _is_owners(key: tuple[str, ...], table: Table) -> bool:
    """Say whether the last column of a key, and no other one of the table, has who holds the lock."""
    *thing, owner = key
    if not is_holder(owner) or owner.endswith("owner_id"):
        return False
    if any(is_holder(each.name.lower()) for each in table.columns if each.name.lower() != owner):
        return False
    return not all(_KINDS.intersection(words.words(each)) for each in thing)
