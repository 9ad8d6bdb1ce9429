"""`SELECT ... FOR UPDATE` of a row that may be missing, then its INSERT: two callers deadlock.

Why it matters: a locking read of a row that is not there locks the gap where it would stand. Gap locks do not exclude
one another, so two transactions both get one, and then each INSERT waits for the other's gap: the server ends one of
them with error 1213. The gap reaches to the next row, so the callers need not even want the same row: measured, three
of four different phones failed at the same time.

Example:

    SELECT timestamp FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? FOR UPDATE
    INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, timestamp) VALUES (?, ?, ?)

What to write instead: insert first, outside of a transaction, and let the unique key decide; error 1062 says that the
row is there. Then change it under a condition that decides:

    INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, :mine)

    UPDATE ai_whatsapp_session_nodepath SET `timestamp` = :mine
    WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :seen

A lock whose row is read with `LOCK IN SHARE MODE` or `FOR SHARE` and then changed deadlocks as well: both callers read
it, and each waits for the other one. `FOR UPDATE` lets one at a time in.

An empty list counts as a missing row (`if len(rows) == 0`), and so do any error of the Scan that goes on to the INSERT,
and the answer zero of `SELECT COUNT(*) ... FOR UPDATE`.

`nodepath explain NP401` has the whole protocol. Transactions at READ COMMITTED take no gap locks and are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.flaws import upgrades
from nodepath_cli.audit.locking.gaps import gaps
from nodepath_cli.audit.locking.protocols import Protocols


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every locking SELECT on whose miss the row is inserted in the same transaction."""
    for read, write in gaps(protocols):
        yield read.hit(
            f"FOR UPDATE of a row that is missing locks the gap in {read.access.table.name}, and two callers that then "
            "insert deadlock (1213)",
            write.related("the INSERT on a miss"),
        )
    for acquire in protocols.acquires:
        for read, write in upgrades(acquire):
            yield read.hit(
                f"several callers of {acquire.function.name} lock this row for reading, and two that then change it "
                "deadlock (1213): FOR UPDATE lets one in",
                write.related("this write waits for the other reader"),
            )


RULE = Rule(
    "NP404",
    "gap-lock-deadlock",
    Severity.WARNING,
    "SELECT ... FOR UPDATE of a row that may be missing, then its INSERT: two callers deadlock (1213)",
    check_program=check,
)
