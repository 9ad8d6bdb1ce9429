"""A SELECT decides that a lock is free, then a write takes it: another caller can come between the two.

Why it matters: two callers read the same free lock, and both write. Neither a unique key, nor a comparison in the write
itself, nor a row lock stands between them, so both believe that they hold it.

Example:

    SELECT locked FROM job_locks WHERE name = ?
    UPDATE job_locks SET locked = 1 WHERE name = ?

What to write instead: let the write decide, and ask for the number of rows:

    UPDATE job_locks SET locked = 1 WHERE name = ? AND locked = 0

`RowsAffected() == 1` means that this caller has it. To take over a lock that was seen to be old, compare with what was
seen; on the tables of revision 0001:

    UPDATE ai_whatsapp_session_nodepath SET `timestamp` = :mine
    WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :seen

A job that is picked from a queue (`SELECT id FROM jobs WHERE status = 'pending' LIMIT 1`) and marked by its key alone
is reported, too: two workers pick the same one. Pick it with `FOR UPDATE SKIP LOCKED` in the transaction that marks it,
or ask again, `UPDATE jobs SET status = 'running' WHERE id = ? AND status = 'pending'`, and look at the number of rows.
FOR UPDATE in a transaction that is committed before the row is marked keeps nobody out.

A mark in a row of something else (`chats.replying`) is a lock where one function refuses by it and sets it, another one
takes it back by the same key, and a caller of the first puts the second off until its own work is done.

An amount that is compared with what a row has left, and then added to it or taken from it, is reported as well: two
payments of 80 out of 100 both find enough. Read the row `FOR UPDATE` in the transaction that changes it, or ask again,
`UPDATE accounts SET balance = balance - ? WHERE id = ? AND balance >= ?`, and look at the number of rows. What a column
without a sign, a CHECK or a transaction of the caller's may keep right is left alone.

`nodepath explain NP401` has the whole protocol. Only functions that take a lock, a job or such an amount are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from nodepath_cli.audit.finding import Confidence, ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.amounts import overdrawn
from nodepath_cli.audit.locking.flagged import flagged
from nodepath_cli.audit.locking.flaws import checks_then_acts
from nodepath_cli.audit.locking.keyless import looked_then_added
from nodepath_cli.audit.locking.picking import picked
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every SELECT that lets a function take a lock by a write that does not decide."""
    seen: set[Site] = set()
    for acquire in protocols.acquires:
        for read, write in checks_then_acts(acquire):
            seen.add(read)
            verb = write.access.action.upper()
            yield read.hit(
                f"{acquire.function.name} checks, then acts: another caller can come between SELECT and {verb}",
                write.related("this write takes the lock whatever happened in between"),
            )

    for function, read, write in looked_then_added(protocols):
        if read not in seen:
            yield read.hit(
                f"{function.name} checks, then acts: another caller can come between SELECT and INSERT",
                write.related(f"{write.access.table.name} has no unique key that this INSERT could meet"),
            )

    for flag in flagged(protocols):
        if flag.read not in seen:
            seen.add(flag.read)
            yield flag.read.hit(
                f"{flag.function.name} checks, then acts: another caller can come between SELECT and UPDATE",
                flag.write.related("this write takes it whatever happened in between"),
                flag.reset.related(f"{flag.reset.function} gives it back behind the work"),
            )

    for found in picked(protocols):
        if found.read in seen:
            continue
        why = (
            "nobody asks whether this UPDATE has changed the row" if found.asked else "this write takes it from either"
        )
        yield found.read.hit(
            f"{found.function.name} checks, then acts: between SELECT and UPDATE another caller can pick the same row",
            found.write.related(why),
        )

    for amount in overdrawn(protocols):
        if amount.read not in seen:
            hit = amount.read.hit(
                f"{amount.function.name} checks, then acts: another caller can change the amount between SELECT and "
                "UPDATE",
                amount.write.related("this write takes it whatever is left by then"),
            )
            # Something that is not seen from here may let one caller in at a time.
            yield replace(hit, hit=replace(hit.hit, confidence=Confidence.LIKELY))


RULE = Rule(
    "NP403",
    "check-then-act",
    Severity.WARNING,
    "a SELECT decides that a lock is free, or enough is left, and the write that takes it does not",
    check_program=check,
)
