"""A lock that is a row, without an expiry and without a way to take it over.

Why it matters: the lock itself is sound, the unique key lets one caller in. But a process that dies before its release
leaves the row behind, and that key is locked for good: one phone is never answered again, until somebody deletes the
row by hand (`nodepath locks release`).

Example:

    INSERT INTO wasapBot_session_nodepath (id_prospect, id_device, timestamp) VALUES (?, ?, ?)
    DELETE FROM wasapBot_session_nodepath WHERE id_prospect = ? AND id_device = ?

An UPDATE that takes only what is free (`UPDATE job_locks SET owner = ? WHERE name = ? AND owner IS NULL`) is the same,
and so is a lease that is written and never asked for: a `SELECT owner, lease_until ... FOR UPDATE` after which the
program goes by the owner alone, or an upsert that puts the owner in only where there is none. So is a claim by a token
that the function makes up and hands out (`INSERT IGNORE`, then RowsAffected), where the release needs that token.

MySQL sets the columns of an upsert one behind the other, and a column reads what was set before it. This lease is never
over, because `lease_until` is a new one by the time that `owner` asks for it; `owner` has to come first:

    ON DUPLICATE KEY UPDATE
        lease_until = IF(lease_until < NOW(), VALUES(lease_until), lease_until),
        owner = IF(lease_until < NOW(), VALUES(owner), owner)

What to write instead: when the INSERT meets the key (1062), look at the row's age by the server's clock, and take over
a lock that is older than the lease, from the holder that was seen; `RowsAffected() == 1` means that this caller has it:

    SELECT `timestamp`, TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(`timestamp`, 19), '%Y-%m-%d %H:%i:%s'), NOW()) > 30
    FROM wasapBot_session_nodepath WHERE id_prospect = ? AND id_device = ?

    UPDATE wasapBot_session_nodepath SET `timestamp` = :mine
    WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :seen

From then on release only `WHERE ... AND timestamp = :mine` (NP406). `nodepath explain NP401` has the whole protocol. A
job that deletes old rows is an expiry, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.expiry import without_lease
from nodepath_cli.audit.locking.heedless import nobody_heeds
from nodepath_cli.audit.locking.protocols import Protocols


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every INSERT that takes a lock which nothing but its release ends."""
    for acquire in protocols.acquires:
        found = list(without_lease(acquire, protocols))
        if found and nobody_heeds(acquire, protocols):
            # Whoever comes goes on beside it (NP401).
            continue
        for site in found:
            yield site.hit(
                f"the lock of {acquire.function.name} has no expiry and no takeover: a crash before the release blocks "
                "its key for good",
                *(each.site.related(f"{each.title} alone gives it back") for each in acquire.releases[:1]),
            )


RULE = Rule(
    "NP405",
    "no-lease",
    Severity.WARNING,
    "a lock row with no expiry and no takeover: a crash blocks its key for good",
    check_program=check,
)
