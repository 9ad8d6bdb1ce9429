"""Pieces of work that are picked out of many by a SELECT and then marked by their key: two workers pick the same one.

`SELECT id FROM jobs WHERE status = 'pending' LIMIT 1`, then `UPDATE jobs SET status = 'running' WHERE id = ?`. A row
lock (FOR UPDATE SKIP LOCKED), or an UPDATE that asks for the state again and whose rows are looked at, would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import decides, elsewhere, token_compared
from nodepath_cli.audit.locking.guard import constant, plain
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.shape import is_holder
from nodepath_cli.audit.locking.sites import Candidate, Site, Sites
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Called, Function, Mixed, Outcome
from nodepath_cli.sql.row_access import Condition, Operand, RowAccess, Setting

_ONE = lazy(r"\blimit\s+(?:0\s*,\s*)?1\s*(?:;|\Z|for\b|lock\b)", re.IGNORECASE)
_LOCKS = lazy(r"\bfor\s+(?:update|share)\b|\block\s+in\s+share\b", re.IGNORECASE)
_SENT_BY = lazy(r"(\w+)\.\s*\w+\(")
_UNDER_WAY = lazy(
    r"\A(?:run|process|claim|tak(?:e|ing)|send|in[_ -]?progress|in[_ -]?flight|lock|busy|work|pick|reserv|start|leas|"
    r"assign|dispatch|sedang|diproses|diambil|jalan)",
    re.IGNORECASE,
)
_WAITING = lazy(
    r"\A(?:pending|queued|enqueued|waiting|ready|to[_ -]?do|scheduled|menunggu|tertunda|baris[_ -]?gilir)\Z",
    re.IGNORECASE,
)
_WORKED_ON = lazy(
    r"\A(?:running|processing|in[_ -]?progress|working|started|picked|claimed|taken|busy|sedang[_ -]?\w+|diproses)\Z",
    re.IGNORECASE,
)
"""The states of a row that waits for any worker, and of one that a worker has: no name has to say more."""
_PICKING = frozenset(
    (
        *(
            "claim",
            "take",
            "pick",
            "pop",
            "dequeue",
            "reserve",
            "grab",
            "lease",
            "acquire",
            "checkout",
            "fetch",
            "poll",
        ),
        *("next", "assign", "pull", "seize", "ambil", "tuntut", "tempah"),
    )
)


class Picked(Struct, frozen=True, eq=False):
    """A row that is picked and then marked."""

    function: Function
    read: Site
    write: Site
    asked: bool
    """The write asks for the state again, and nobody looks at its number of rows."""


def _marking(sites: Sites) -> Iterator[Site]:
    """Yield the UPDATEs of functions that pick a row of the same table before, by their texts."""
    for candidates in sites.candidates.values():
        if not any(each.kind == "update" for each in candidates):
            continue
        homes = {_home(each) for each in candidates if each.kind == "select" and _ONE.search(each.sql)}
        for each in candidates if homes else ():
            if each.kind == "update" and _home(each) in homes and each.site is not None and _marks(each.site.access):
                yield each.site


def _home(candidate: Candidate) -> tuple[str, str | None]:
    statement = candidate.analysed.statement
    return statement.span.path, statement.function


def _marks(access: RowAccess) -> bool:
    return access.key is not None and any(not each.keeps for each in access.settings)


def picked(protocols: Protocols) -> Iterator[Picked]:
    """Yield the rows that several callers pick at the same moment, each UPDATE once."""
    seen: set[Site] = set()
    for ways in protocols.around(_marking(protocols.sites), lambda _: False).values():
        for way in ways:
            for found in _picked(way) if way.success else ():
                if found.write not in seen:
                    seen.add(found.write)
                    yield found


def _picked(way: Way) -> Iterator[Picked]:
    reads: dict[int, Run] = {}
    for run in way.runs:
        site = run.site
        if site is None:
            continue
        if site.access.action == "select" and site.access.key is None and _ONE.search(site.resolution.variant.sql):
            if run.ran.isolation != "serializable":
                reads[run.ran.number] = run
            continue
        read = _read_for(run, reads) if site.access.action == "update" else None
        if read is None or read.site is None:
            continue
        locked = _keeps_others_out(read, read.site)
        if (locked and not _behind_commit(way, run, read)) or not _under_way(way, run, read, locked):
            continue
        asked = bool(site.access.others)
        if asked and (way.accepted(run) is not None or way.looked_at(run, "affected", "result")):
            continue
        if not _decided(way, run, read):
            yield Picked(way.function, read.site, site, asked)


def _keeps_others_out(run: Run, read: Site) -> bool:
    """Say whether a SELECT locks the row until its transaction ends; outside of one that is at once."""
    return bool(_LOCKS.search(read.resolution.variant.sql)) and not (run.ran.transaction is None and run.ran.pooled)


def _behind_commit(way: Way, write: Run, read: Run) -> bool:
    """Say whether a pool gets an UPDATE behind the end of the transaction whose SELECT has locked the row.

    Both stand in one function, which commits between the two, and nothing is written before that.
    """
    inside = (run for run in way.runs if run.ran.transaction == read.ran.transaction)
    if any(run.site is None or run.site.access.action != "select" for run in inside):
        return False
    if not write.ran.pooled or read.ran.transaction is None or read.site is None or write.site is None:
        return False
    first, then, file = read.ran.call, write.ran.call, read.site.analysed.file
    if not first.path == then.path == file.path or first.end > then.start:
        return False
    sent = _SENT_BY.match(file.text, first.start, first.end)
    between = file.text[first.end : then.start]
    if sent is None or "\nfunc " in between or f"{sent[1]}.Commit()" not in between:
        return False
    # Whatever else is done with the transaction may mark the row.
    return re.search(rf"(?<![\w.]){sent[1]}\b(?!\s*\.\s*(?:Commit|Rollback)\()", between) is None


def _read_for(write: Run, reads: dict[int, Run]) -> Run | None:
    """Return the SELECT that has picked the row whose key an UPDATE fixes."""
    access = write.site.access if write.site is not None else None
    if access is None or access.key is None or access.loose:
        return None
    given = [argument(write, access.fixed[column]) for column in access.key if column in access.fixed]
    numbers = {each.run for each in given if isinstance(each, Outcome) and each.aspect == "row"}
    read = reads.get(numbers.pop()) if len(given) == len(access.key) and len(numbers) == 1 else None
    return read if read and read.site and write.site and read.site.table == write.site.table else None


def _under_way(way: Way, write: Run, read: Run, locked: bool) -> bool:
    """Say whether an UPDATE puts a row out of the state in which it was picked, into that of work under way.

    Whoever has locked it (`locked`) has picked it, whatever the state is called.
    """
    if write.site is None or read.site is None:
        return False
    asked = {name for each in plain(read.site.access.conditions) for name in each.columns if not each.ordered}
    changed = [each for each in write.site.access.settings if not each.keeps and each.column in asked]
    if not changed:
        return False
    if any(is_holder(each.column) and each.value.kind == "value" for each in write.site.access.settings):
        return True
    if locked and any(constant(each.value, write) is not None for each in changed):
        return True
    named = bool(_PICKING & set(words.words(way.function.name)))
    if named and any(_says_so(each, write) for each in changed):
        return True
    return _goes_on(way, write) and any(_leaves_queue(each, write, read) for each in changed)


def _goes_on(way: Way, write: Run) -> bool:
    """Say whether a path works on the row that it has marked: it writes it again, or asks how some call has gone."""
    if write.site is None:
        return False
    later = (run.site for run in way.runs if run.position > write.position and run.site is not None)
    if any(each.table == write.site.table and each.access.action != "select" for each in later):
        return True
    asked = [subject for position, subject, _ in way.tests if position > write.position]
    told = (value for kind, value in zip(way.function.results, way.path.returned, strict=False) if kind == "error")
    return any(isinstance(each, Mixed) and "(" in each.text for each in (*asked, *told))


def _leaves_queue(setting: Setting, write: Run, read: Run) -> bool:
    """Say whether a row that waited for any worker is one that a worker has; one that is asked for by more need not."""
    text = constant(setting.value, write)
    if text is None or read.site is None or not _WORKED_ON.match(text):
        return False
    conditions = read.site.access.conditions
    if any(one.kind == "value" and constant(one, read) is None for each in plain(conditions) for one in _sides(each)):
        return False
    return any(
        each.columns == {setting.column}
        and each.relation in ("=", "<=>")
        and not each.negated
        and any(_WAITING.match(constant(one, read) or "") for one in _sides(each))
        for each in conditions
    )


def _sides(condition: Condition) -> Iterator[Operand]:
    yield from (each for each in (condition.left, condition.right) if each is not None)


def _says_so(setting: Setting, write: Run) -> bool:
    text = constant(setting.value, write)
    if text is None:
        return False
    return bool(_UNDER_WAY.match(text) or (text == "1" and _UNDER_WAY.match(setting.column.removeprefix("is_"))))


def _decided(way: Way, write: Run, read: Run) -> bool:
    """Say whether something else lets one caller in only: a row lock, a mutex of the process, a lock by name."""
    if elsewhere(way) or token_compared(way):
        return True
    if any(isinstance(step, Called) and words.taking(step.name) == 2 for step in way.path.steps[: read.position]):
        return True
    others = (run for run in way.runs if run is not read and run is not write)
    return any(run.site is None or decides(way, run, run.site.table) for run in others)
