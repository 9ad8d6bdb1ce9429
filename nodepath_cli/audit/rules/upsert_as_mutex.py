"""An upsert or UPDATE that takes a lock although nothing decides who got it: every caller gets it.

`INSERT ... ON DUPLICATE KEY UPDATE`, `REPLACE` and `INSERT IGNORE` succeed whether the row was there or not. Where the
function then answers "acquired" without asking for the number of affected rows, two callers at the same moment both go
on. A SELECT afterwards does not decide either: both callers read a row that is a moment old.

`UPDATE ... WHERE name = ? AND lease_until < NOW()` is no error either where another caller holds the lease: it changes
no row, and only `RowsAffected()` says so.

Nor does anything decide where error 1062 is taken for success (the error of an INSERT that is logged only, say), or
where an UPDATE behind it asks for nothing but the key: it changes the row of whoever holds the lock, and
`RowsAffected()` is 1. The same is true of a condition that the holder's own row meets
(`owner IS NULL OR owner IS NOT NULL`, `lease_until > NOW()` where `<` is meant, `OR 1=1`), of an OR that reaches the
rows of other keys (`name = ? AND owner IS NULL OR lease_until < NOW()`), of an upsert whose `IF` takes what is not old,
of an INSERT into a table that has no unique key over what is locked (1062 never comes), and of a DELETE by the key
before the INSERT: it takes the row from its holder. Delete only what is old:
`DELETE ... WHERE name = ? AND lease_until < NOW()`.

Why it matters: the lock locks nothing. Messages are answered twice, jobs run twice; measured on the incident's code, 16
of 16 concurrent callers acquired it.

Example:

    INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, timestamp) VALUES (?, ?, ?)
    ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)

followed by `return true, nil`.

What to write instead: let the unique key decide, and take a lock over only from the holder that was seen. On the tables
of revision 0001, without a change of the schema, `:mine` being a text of the time that is unique (with microseconds):

    INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, :mine)

    -- Error 1062: another caller holds it. Is it older than the lease, by the server's clock?
    SELECT `timestamp`, TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(`timestamp`, 19), '%Y-%m-%d %H:%i:%s'), NOW()) > 30
    FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ?

    -- It is: take it over from that holder alone. RowsAffected() == 1 means that this caller has it now.
    UPDATE ai_whatsapp_session_nodepath SET `timestamp` = :mine
    WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :seen

    -- Release, and renew in the same way, only what is still ours.
    DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :mine

An upsert can decide where the function asks for `RowsAffected() == 1` (a new row); `INSERT IGNORE` likewise. With
`clientFoundRows=true` in the data source name, an upsert or UPDATE that changes nothing counts its row, too: where the
tree has one data source name, and it says so, such a number decides nothing.

An UPDATE that compares with what was read, or of a row that was read FOR UPDATE, decides between callers that come at
the same moment. Where nothing asks how old the row is, or the question is the wrong way round (`time.Since(at) > lease`
is "busy"), it takes the lock from whoever has just got it: that is reported, too.

`SELECT GET_LOCK(?, 10)` whose answer nobody looks at is reported, too: it is 0 where the time has passed. So is one
whose answer is noted down only, where the same work is done for 0 and for 1.

An acquire that begins a transaction and never commits it leaves no row behind; a unique key with the owner in it
(`UNIQUE (tool, owner)`) refuses the same owner alone; and a caller that throws the answer away
(`if _, err := locks.Acquire(key); err != nil`) works with the lock and without it. All three are reported.

A statement that serves several tables (`fmt.Sprintf("INSERT INTO %s ...", table)`) is judged for each of them by
itself.

Not reported: upserts of caches, counters, settings and the like. A function takes a lock where names (English or Malay)
and deeds say so together: its table has hardly more columns than a key, a holder and a time, nothing reads them as
data, another function takes the holder out by the same key, a caller works between the two, the age of the row or its
holder is asked for, and the result tells whether to go on instead of giving what stands in the row. No single sign is
enough; a lock whose names say nothing has to show several.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Related, Rule, Severity
from nodepath_cli.audit.locking.dead import never_refused
from nodepath_cli.audit.locking.deciding import leaves_alone
from nodepath_cli.audit.locking.flaws import Undecided, undecided, unheeded
from nodepath_cli.audit.locking.heedless import heedless
from nodepath_cli.audit.locking.keyless import keyless
from nodepath_cli.audit.locking.named import unasked
from nodepath_cli.audit.locking.owned_keys import by_owner
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.rolled_back import never_taken
from nodepath_cli.audit.locking.sites import Site

_WORDS = {
    "update": "UPDATE",
    "upsert": "INSERT ... ON DUPLICATE KEY UPDATE",
    "replace": "REPLACE",
    "ignore": "INSERT IGNORE",
    "insert": "INSERT ... SELECT",
}


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every upsert that takes a lock for whoever comes."""
    seen: set[Site] = set()
    for acquire in protocols.acquires:
        for found in undecided(acquire):
            seen.add(found.write)
            yield found.write.hit(
                f"every caller of {acquire.function.name} gets this lock: {_why(found, protocols)}",
                *_related(found),
                *(each.site.related(f"{each.title} gives the lock back") for each in acquire.releases[:1]),
            )

        lost = never_taken(acquire)
        if lost is not None and lost not in seen:
            seen.add(lost)
            yield lost.hit(
                f"every caller of {acquire.function.name} gets this lock: it never commits its transaction, and the "
                "row is rolled back",
                *(each.site.related(f"{each.title} gives the lock back") for each in acquire.releases[:1]),
            )

        owned = by_owner(acquire, protocols)
        if owned is not None and owned.write not in seen:
            seen.add(owned.write)
            yield owned.write.hit(
                f"every owner gets this lock by {acquire.function.name}: the unique key ({', '.join(owned.key)}) has "
                f"'{owned.key[-1]}' in it, and refuses the same one alone",
                *(each.site.related(f"{each.title} gives the lock back") for each in acquire.releases[:1]),
            )

    for caller, acquire, write in unheeded(protocols):
        seen.add(write)
        yield write.hit(
            f"{caller.name} goes on whether {acquire.function.name} has got this lock or not: it does the same work "
            "where another caller holds it",
            *(each.site.related(f"{each.title} gives the lock back") for each in acquire.releases[:1]),
        )

    for acquire in protocols.acquires:
        for caller, write in heedless(acquire, protocols):
            if write not in seen:
                seen.add(write)
                yield write.hit(
                    f"{caller.name} goes on whether {acquire.function.name} has got this lock or not: it does not "
                    "go by the answer",
                    *(each.site.related(f"{each.title} gives the lock back") for each in acquire.releases[:1]),
                )

    for missing in keyless(protocols):
        yield missing.write.hit(
            f"every caller of {missing.function.name} gets this lock: {missing.write.access.table.name} has no unique "
            "key that the INSERT could meet, and 1062 never comes",
            missing.release.related(f"{missing.release.function} gives the lock back"),
        )

    for dead in never_refused(protocols):
        if dead.write in seen:
            continue
        yield dead.write.hit(
            f"every caller of {dead.function.name} gets it: error 1062 says who has come too late, and "
            f"{_WORDS[dead.write.access.action]} never gives it"
        )

    for function, lock in unasked(protocols):
        yield lock.hit(
            f"{function.name} goes on whether it has the lock or not: GET_LOCK answers 0 where another connection "
            "holds it, and the answer keeps nobody out"
        )


def _why(found: Undecided, protocols: Protocols) -> str:
    if found.how == "deleted":
        return "DELETE takes the row from whoever holds it, and then the INSERT finds none"
    if found.how == "alive":
        verb = _WORDS.get(found.write.access.action, "DELETE")
        return f"{verb} takes it from a caller that has just got it: what is asked of the row before keeps no held one"
    if found.how == "refused":
        return "that another caller has the row already (1062) is taken for success"
    if found.how == "ignored":
        return "an INSERT that has failed, because another caller has the row, is taken for success"
    counted = found.counted and found.write.access.action in ("upsert", "update") and protocols.sites.found_rows
    why = _undecided(found) + (", with clientFoundRows=true" if counted and not found.how else "")
    return f"{_WORDS[found.write.access.action]} succeeds in any case, and {why}"


def _undecided(found: Undecided) -> str:
    if found.how == "loose":
        return "by its OR it changes rows of other keys, and their number says nothing about the one that is asked for"
    if found.how == "open":
        return "its condition is met by a row that another caller holds, too: that one loses it"
    if found.write.access.action == "update" and not found.write.access.others and not leaves_alone(found.write):
        return "it asks for nothing but the key: whoever has the row loses it"
    if found.counted:
        return "the number of affected rows that is taken for success comes of a row that another caller holds, too"
    if found.read is not None:
        return "a SELECT does not decide who got it"
    return "no number of affected rows decides who got it"


def _related(found: Undecided) -> Iterator[Related]:
    if found.read is not None:
        yield found.read.related("this SELECT lets every caller in that comes at the same moment")


RULE = Rule(
    "NP401",
    "upsert-as-mutex",
    Severity.ERROR,
    "an upsert or UPDATE takes a lock although nothing decides who got it: every caller gets it",
    check_program=check,
)
