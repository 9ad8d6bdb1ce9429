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

`nodepath explain NP401` has the whole protocol. Only functions that take a lock are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.flaws import checks_then_acts
from nodepath_cli.audit.locking.protocols import Protocols


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every SELECT that lets a function take a lock by a write that does not decide."""
    for acquire in protocols.acquires:
        for read, write in checks_then_acts(acquire):
            verb = write.access.action.upper()
            yield read.hit(
                f"{acquire.function.name} checks, then acts: another caller can come between SELECT and {verb}",
                write.related("this write takes the lock whatever happened in between"),
            )


RULE = Rule(
    "NP403",
    "check-then-act",
    Severity.WARNING,
    "a SELECT decides that a lock is free, and the write that takes it does not",
    check_program=check,
)
