"""A release after which the lock is still held, or that changes nothing that the acquire looks at.

Why it matters: where the row itself is the lock, an UPDATE does not give it back: the next INSERT meets the unique key
for good. Where the row's age is looked at, a release that writes the present time makes the lock as fresh as one that
was just taken, and the next caller waits for the whole lease.

Example:

    UPDATE ai_whatsapp_session_nodepath SET timestamp = ? WHERE id_prospect = ? AND id_device = ?

with the present time, where the acquire inserts the row or looks at its age. So is a release that puts in again what
the acquire has put there (`SET owner = ?` with the owner), one whose condition no held lock meets
(`DELETE ... WHERE name = ? AND lease_until < NOW()` as the only release), and one that ends a lock in another table
than the one that was taken. NULL is no early time: after `SET lease_until = NULL` with the owner still there,
`owner IS NULL OR lease_until < NOW()` is not met any more, and nobody gets that key again. Nor is `''` NULL: after
`SET owner = ''` that key is held until its lease is over.

Nor does a release end anything that never commits its transaction, that asks for a key which is spelled otherwise
(`orders:7` for `order:7`), for a token that it has just made up (`uuid.NewString()`), or another column for the key.

What to write instead: delete the row, and only the one that is still ours, `:mine` being the text that the acquire has
put there:

    DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :mine

A lock by name (`GET_LOCK`) belongs to the connection that has asked for it. Asked for through a pool (`*sql.DB`), it
goes back into the pool with its connection, and `RELEASE_LOCK` is sent by any other: take one connection by
`db.Conn(ctx)`, and run both there. One that each function takes and closes for itself is another one. A tree that sets
`SetMaxOpenConns(1)` is not reported. And RELEASE_LOCK gives back only the name that was asked for:
`CONCAT('order_', ?)` is never `CONCAT('order.', ?)`.

`nodepath explain NP401` has the whole protocol. Where the row has to stay, set the column that the acquire looks at to
the value that it takes for free, and let the acquire ask for that value in its UPDATE.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.acquires import title
from nodepath_cli.audit.locking.astray import astray
from nodepath_cli.audit.locking.held import kept
from nodepath_cli.audit.locking.lock_names import shown
from nodepath_cli.audit.locking.misaddressed import misaddressed
from nodepath_cli.audit.locking.named import released_by_another_name, released_elsewhere
from nodepath_cli.audit.locking.own_connections import released_by_another
from nodepath_cli.audit.locking.protocols import Protocols


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every release that leaves the lock held."""
    for acquire in protocols.acquires:
        for release in acquire.releases:
            found = kept(acquire, release, protocols)
            if found is not None:
                taken = f"{acquire.function.name} takes the lock"
                yield release.site.hit(found.why, found.acquired.related(taken), column=None)
    for acquire, function, site in astray(protocols):
        took = next(each for each in acquire.sites if each.access.action != "select")
        yield site.hit(
            f"{title(function)} does not give the lock back: it ends one in {site.access.table.name}, and "
            f"{acquire.function.name} takes it in {took.access.table.name}",
            took.related(f"{acquire.function.name} takes the lock"),
            column=None,
        )
    for wrong in misaddressed(protocols):
        took = next(each for each in wrong.acquire.sites if each.access.action != "select")
        yield wrong.release.hit(
            f"{title(wrong.function)} does not give the lock back: it asks '{wrong.asked}' for '{wrong.given}', and "
            f"{wrong.acquire.function.name} gives that to '{wrong.column}'",
            took.related(f"{wrong.acquire.function.name} takes the lock"),
            column=None,
        )
    for given_back, lock, pooled in released_elsewhere(protocols):
        sent = "the pool sends this release by any connection" if pooled else "this release is sent by another one"
        yield given_back.hit(
            f"the lock is that of the connection which took it: {sent}, and the lock stays",
            lock.related("GET_LOCK, sent to the pool, leaves the lock to a connection that goes back there"),
        )
    for given_back, lock in released_by_another(protocols):
        yield given_back.hit(
            "the lock is that of the connection which took it: this release is sent by another one, and the lock stays",
            lock.related("the connection that asks for the lock goes back into the pool at the end of its function"),
        )
    for given_back, lock, back, name in released_by_another_name(protocols):
        yield given_back.hit(
            f"this gives back {shown(back)}, which no GET_LOCK asks for: the lock {shown(name)} stays",
            lock.related(f"GET_LOCK asks for {shown(name)}"),
        )


RULE = Rule(
    "NP402",
    "release-keeps-lock",
    Severity.ERROR,
    "a release after which the acquire still takes the lock for held",
    check_program=check,
)
