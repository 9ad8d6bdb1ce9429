"""A release of a lock row that does not ask whose it is, where locks can be taken over.

Why it matters: a holder that was slower than the lease has lost its lock to another one, without knowing. Its release
then ends the other's lock, and a third caller gets in while the second one is still at work.

Example:

    DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ?

where the acquire takes over rows that are older than 30 seconds. An UPDATE that empties the row
(`UPDATE job_locks SET owner = NULL WHERE name = ?`) is no better, and neither is a function that the acquire returns,
or that is deferred.

What proves it is an equality with the own value, ANDed to the key. `AND lease_until > NOW()` and
`AND owner IS NOT NULL` are true of anybody's lock, `OR owner = ?` asks for nothing.

What to write instead: let the acquire put a unique value into the row, and delete only the row that still has it:

    DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :mine

No affected row means that the lock was lost. `nodepath explain NP401` has the whole protocol.

Nor does it matter whether there is a takeover where the release runs for a caller that has not got the lock: with
`defer release(db, phone)` above `ok, err := acquire(db, phone)`, whoever comes too late frees the holder's row, and the
next one gets in. Put the release off behind the question.

Not reported: a function whose name says that it ends other people's locks (`ForceUnlock`, `AdminRelease`, `StealLock`,
`ReapLocks`), and one that reads the owner first and goes by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Related, Rule, Severity
from nodepath_cli.audit.locking.expiry import releases_without_owner
from nodepath_cli.audit.locking.losing import losing
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every release that deletes whoever's row there is, after a takeover or for a caller without the lock."""
    seen: set[Site] = set()
    for acquire in protocols.acquires:
        for lost in losing(acquire, protocols):
            seen.add(lost.release.site)
            took = next(each for each in acquire.sites if each.access.action != "select")
            ends = "deletes" if lost.release.site.access.action == "delete" else "frees"
            yield lost.release.site.hit(
                f"{lost.release.title} {ends} the lock of another caller: {lost.caller.name} puts it off before it "
                f"knows whether {acquire.function.name} has got the lock, and it runs where that was refused, too",
                Related(lost.place, f"{lost.caller.name} puts the release off here"),
                took.related(f"{acquire.function.name} is refused here where another caller has the row"),
            )
        for release, takeover in releases_without_owner(acquire, protocols):
            if release.site in seen:
                continue
            ends = "deletes" if release.site.access.action == "delete" else "frees"
            yield release.site.hit(
                f"{release.title} {ends} the lock whoever holds it: after a takeover this is the new holder's",
                takeover.related("the lock is taken over here"),
            )


RULE = Rule(
    "NP406",
    "release-without-owner",
    Severity.WARNING,
    "a release of a lock row without proof of ownership, where a takeover exists",
    check_program=check,
)
