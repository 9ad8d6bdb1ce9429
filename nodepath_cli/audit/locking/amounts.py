"""Amounts that are looked at and then changed: two callers find enough, and both take.

`SELECT balance FROM accounts WHERE id = ?`, `if amount > balance { return ErrTooLittle }`, then
`UPDATE accounts SET balance = balance - ? WHERE id = ?` with that amount. A row lock (FOR UPDATE), or an UPDATE that
asks again (`AND balance >= ?`), would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import elsewhere, token_compared
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Candidate, Site, Sites
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Called, Compared, Function, Given, Mixed, Value, outcomes
from nodepath_cli.sql.row_access import Setting

_MOVED = lazy(r"`?(?:\w+`?\.`?)?(\w+)`?\s*(?P<sign>[-+])\s*(?:\?|:\w+)\s*\Z")
"""A column that something is added to or taken away from."""
_NUMBER = lazy(r"(?:big|small|medium|tiny)?int|decimal|numeric|float|double|real", re.IGNORECASE)
_SUM = lazy(r"[\w.\[\]]+(?:\s*[-+]\s*[\w.\[\]]+)+\Z")
_ORDERED = ("<", "<=", ">", ">=")
_BEGUN = lazy(r":\d+\Z")
"""How a transaction is called that the path itself has begun: one that it is given may have locked anything before."""


class Overdrawn(Struct, frozen=True, eq=False):
    """An amount that is looked at and then changed."""

    function: Function
    read: Site
    write: Site


def overdrawn(protocols: Protocols) -> Iterator[Overdrawn]:
    """Yield the amounts that two callers change who come at the same moment, each UPDATE once."""
    seen: set[Site] = set()
    for function, ways in _around(protocols).items():
        for way in ways:
            for read, write in _unguarded(way, ways) if way.success else ():
                if read.site and write.site and write.site not in seen and not _checked(write.site, protocols):
                    seen.add(write.site)
                    yield Overdrawn(function, read.site, write.site)


def _around(protocols: Protocols) -> Mapping[Function, tuple[Way, ...]]:
    """Return the functions that look at an amount and change it, by themselves or by calling those that do."""
    sites = list(_moving(protocols.sites))
    around = protocols.around(sites, lambda _: False)
    looking: dict[str, list[tuple[Function, str]]] = {}
    changing: dict[str, list[tuple[Function, str]]] = {}
    for function, ways in around.items():
        for site in {run.site for way in ways for run in way.runs if run.site is not None}:
            found = looking if site.access.action == "select" else changing if any(_moved(site)) else None
            if found is not None:
                found.setdefault(function.name, []).append((function, site.table))
    callers: set[str] = set()
    tables: set[str] = set()
    for function, ways in around.items() if looking and changing else ():
        called = [step for way in ways for step in way.path.steps if isinstance(step, Called)]
        both = _tables(called, looking) & _tables(called, changing)
        if both and not any(way.runs for way in ways):
            callers.add(function.name)
            tables |= both
    if callers:
        own = (each for each in sites if each.table in tables)
        around = {**around, **protocols.around(own, callers.__contains__)}
    return around


def _tables(called: Iterable[Called], functions: Mapping[str, list[tuple[Function, str]]]) -> set[str]:
    """Return the tables that some calls are about."""
    return {table for step in called for function, table in functions.get(step.name, ()) if step.may_be(function)}


def _moving(sites: Sites) -> Iterator[Site]:
    """Yield the UPDATEs that change an amount, and the SELECTs beside them of a row of the same table.

    A number that the program gives is an amount rarely: then both stand in one function.
    """
    for candidates in sites.candidates.values():
        updates = [each for each in candidates if each.kind == "update" and _may_move(each)]
        reads = [each for each in candidates if each.kind == "select"] if updates else []
        around = {place for each in reads for place in (_folder(each), _home(each))}
        homes: set[tuple[str, str | None]] = set()
        for each in updates if reads else ():
            moved = [one.value.kind for one in _moved(each.site)] if each.site is not None else []
            place = _home(each) if set(moved) <= {"value"} else _folder(each)
            if each.site is not None and moved and place in around:
                homes.add(place)
                yield each.site
        for each in reads if homes else ():
            if (_folder(each) in homes or _home(each) in homes) and each.site is not None and each.site.access.key:
                yield each.site


def _may_move(update: Candidate) -> bool:
    """Say whether an UPDATE names a column that can be an amount: to read its row takes longer."""
    text = update.sql.lower()
    columns = (each for each in update.table.columns if not each.auto_increment and _NUMBER.match(each.type))
    return any(each.name.lower() in text for each in columns)


def _folder(candidate: Candidate) -> tuple[str, str | None]:
    return candidate.analysed.statement.span.path.rpartition("/")[0], None


def _home(candidate: Candidate) -> tuple[str, str | None]:
    statement = candidate.analysed.statement
    return statement.span.path, statement.function or ""


def _moved(update: Site) -> Iterator[Setting]:
    """Yield the columns to which an UPDATE of one row adds something, or takes it away, and that asks for no more.

    Or to which the program gives a number: it may have done that itself.
    """
    if update.access.action != "update" or update.access.key is None or update.access.others:
        return
    for each in update.access.settings:
        column = update.access.table.column(each.column)
        if column is None or not _NUMBER.match(column.type):
            continue
        found = _MOVED.match(each.value.text)
        if each.value.kind == "value":
            yield each
        elif found is None or found[1].lower() != each.column:
            continue
        elif found["sign"] == "+" or "unsigned" not in column.type:
            # The server refuses what is less than nothing where the column has no sign (1690).
            yield each


def _unguarded(way: Way, ways: tuple[Way, ...]) -> Iterator[tuple[Run, Run]]:
    reads: list[Run] = []
    changed: set[str] = set()
    for run in way.runs:
        site = run.site
        if site is None or site.access.locks or run.ran.isolation == "serializable":
            # It may lock what everything behind it goes by.
            return
        if site.access.action == "select":
            # What was changed before in the same transaction is locked.
            if site.access.key is not None and run.ran.transaction not in changed and _is_own(run):
                reads.append(run)
            continue
        for read in reads:
            if (
                _same_row(read, run)
                and _is_own(run)
                and _goes_by(way, ways, read, run)
                and not _decided(way, read, run)
            ):
                yield read, run
        if run.ran.transaction is not None:
            changed.add(run.ran.transaction)


def _is_own(run: Run) -> bool:
    """Say whether a statement is sent to the pool, or in a transaction that the path has begun."""
    return run.ran.pooled if run.ran.transaction is None else bool(_BEGUN.search(run.ran.transaction))


def _same_row(read: Run, write: Run) -> bool:
    one, other = read.site, write.site
    if one is None or other is None or one.table != other.table or one.access.key != other.access.key:
        return False
    if not any(_moved(other)):
        return False
    pairs = [(argument(read, one.access.fixed[name]), argument(write, other.access.fixed[name])) for name in _key(one)]
    return all(left is not None and left == right for left, right in pairs)


def _key(site: Site) -> tuple[str, ...]:
    return site.access.key or ()


def _goes_by(way: Way, ways: tuple[Way, ...], read: Run, write: Run) -> bool:
    """Say whether a path changes an amount only where it is large enough for that, and another one refuses else."""
    if read.site is None or write.site is None:
        return False
    moved, given = _by(read, write)
    for position, subject, truth in way.tests:
        if position > write.position or not isinstance(subject, Compared) or subject.operator not in _ORDERED:
            continue
        if _weighs(subject, read, moved, given) and any(_refuses(each, write.site, subject, truth) for each in ways):
            return True
    return False


def _weighs(subject: Compared, read: Run, moved: set[str], given: set[Value]) -> bool:
    """Say whether what a row has is compared with an amount, in any order: `spent+price > budget`."""
    sides = ((subject.left, subject.right), (subject.right, subject.left))
    if any(_reads(one, read, moved) and _is_amount(other) and other in given for one, other in sides):
        return True
    terms = [*_terms(subject.left), *_terms(subject.right)]
    every = moved | {name for each in (read.site.access.picked if read.site is not None else ()) for name in each}
    amounts = [each for each in terms if _is_amount(each) and each in given]
    rest = [each for each in terms if each not in amounts]
    return (
        bool(amounts)
        and any(_reads(each, read, moved) for each in rest)
        and all(_reads(each, read, every) for each in rest)
    )


def _terms(value: Value) -> Iterator[Value]:
    """Yield what is added up, or taken away, in a value."""
    if isinstance(value, Mixed) and len(value.parts) == 2 and _SUM.match(value.text):
        for each in value.parts:
            yield from _terms(each)
    else:
        yield value


def _by(read: Run, write: Run) -> tuple[set[str], set[Value]]:
    """Return the columns that an UPDATE changes by something, and what that is: in its SQL, or in the program."""
    moved: set[str] = set()
    given: set[Value] = set()
    if write.site is None:
        return moved, given
    key = {write.site.access.fixed[name].parameter for name in _key(write.site)}
    for each in _moved(write.site):
        value = argument(write, each.value)
        if each.value.kind != "value":
            moved.add(each.column)
            given.update(one for number, one in enumerate(write.ran.arguments or ()) if number not in key)
        elif isinstance(value, Mixed) and any(_reads(one, read, {each.column}) for one in value.parts):
            moved.add(each.column)
            given.update(value.parts)
    return moved, given


def _reads(value: Value, read: Run, columns: set[str]) -> bool:
    """Say whether a value is one that a SELECT has read, made of some columns, or is computed from one."""
    picked = read.site.access.picked if read.site is not None else ()
    for each in outcomes(value):
        place = each.place if each.place is not None else 0 if len(picked) == 1 else None
        if each.run != read.ran.number or each.aspect != "row" or place is None or place >= len(picked):
            return False
        if picked[place] & columns:
            return True
    return False


def _is_amount(value: Value) -> bool:
    """Say whether a value is given to the function: an argument, or the field of one."""
    return isinstance(value, Given) or (isinstance(value, Mixed) and bool(value.text) and not any(outcomes(value)))


def _refuses(way: Way, write: Site, subject: Value, truth: bool) -> bool:
    """Say whether a path fails and leaves the amount alone for the opposite answer."""
    opposite = any(asked == subject and answer != truth for _, asked, answer in way.tests)
    return opposite and not way.success and all(run.site is not write for run in way.runs)


def _decided(way: Way, read: Run, write: Run) -> bool:
    """Say whether something else lets one caller in only, or looks again behind the UPDATE."""
    if elsewhere(way) or token_compared(way):
        return True
    if any(isinstance(each, Called) and words.taking(each.name) == 2 for each in way.path.steps[: write.position]):
        return True
    later = (run for run in way.runs if run.position > write.position and run.site is not None)
    return any(
        run.site is not None
        and read.site is not None
        and run.site.access.action == "select"
        and run.site.table == read.site.table
        and run.site.access.key == read.site.access.key
        for run in later
    )


def _checked(write: Site, protocols: Protocols) -> bool:
    """Say whether a CHECK of the table may refuse the amount."""
    columns = "|".join(re.escape(each.column) for each in _moved(write))
    pattern = rf"\bcheck\s*\([^;]*\b(?:{columns})\b".encode()
    return protocols.mentions(re.compile(pattern, re.IGNORECASE))
