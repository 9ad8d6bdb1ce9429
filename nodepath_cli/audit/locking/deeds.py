"""Locks that are known by what is done to a row: who has it is put in, asked for, and taken out again."""

from __future__ import annotations

from collections.abc import Iterable

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import already_mine, conditional
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.rows import made_by
from nodepath_cli.audit.locking.shape import Shape, is_number, shape_of
from nodepath_cli.audit.locking.sites import ADDING, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Compared, outcomes
from nodepath_cli.sql.row_access import Setting

_EMPTY = frozenset(("0", "''", '""', "FALSE", "false"))
_PAST = lazy(r"(?:0000|1[0-9]{3}|200[0-9])-\d\d-\d\d")


def takes(site: Site) -> bool:
    """Say whether a statement may take a lock: it writes the row of a key that the program gives."""
    return site.access.one_key is not None and (site.access.action in ADDING or site.access.action == "update")


def prepares(site: Site, about: Iterable[Site]) -> bool:
    """Say whether a statement only makes the row that others take.

    It gives nothing but the key, or what says that the row is free, and an UPDATE of such a row asks whether it is
    taken. `about` are all statements about the table.
    """
    access, about = site.access, list(about)
    if access.action not in ("insert", "ignore", "upsert") or access.key is None:
        return False
    row = None if any(not each.keeps for each in access.settings) else made_by(site)
    takers = (each.access for each in about if each.access.action == "update" and each.access.key)
    if row is not None and any(each.others and row.passes(each.others, None) is True for each in takers):
        return True
    given = [each for each in access.inserted if each.column not in access.key]
    given += [each for each in access.settings if not each.keeps and each.column not in access.key]
    if any(
        each.value.kind != "null" and not (each.value.kind == "constant" and each.value.text in _EMPTY)
        for each in given
    ):
        return False
    return any(each.access.action == "update" and each.access.key and each.access.others for each in about)


def frees(site: Site, shape: Shape) -> bool:
    """Say whether a statement takes out who has a row: it deletes the row of a key, or empties it."""
    access = site.access
    if access.key is None or access.limited or any(each.ordered for each in access.others):
        return False
    holder = shape.who | shape.perhaps | shape.flags
    if any(each.columns - holder and each.fixes not in shape.since for each in access.others):
        return False
    if access.action == "delete":
        return True
    changed = [each for each in access.settings if not each.keeps]
    emptied = {each.column for each in changed if _empties(each, shape)}
    return (
        access.action == "update"
        and bool(changed)
        and all(each.column in emptied or each.value.kind == "now" for each in changed)
        and bool(emptied & (holder | shape.limits | shape.since))
    )


def _empties(setting: Setting, shape: Shape) -> bool:
    value = setting.value
    past = value.kind == "constant" and _PAST.match(value.text.strip("'\""))
    ends = (value.kind == "now" or past) and setting.column in shape.limits
    return bool(ends) or value.kind == "null" or (value.kind == "constant" and value.text in _EMPTY)


def given_and_taken(writes: Iterable[Site]) -> bool:
    """Say whether a table's row is taken by a key and given back by it."""
    every = list(writes)
    shape = shape_of(every[0].access.table) if every else None
    if shape is None:
        return False
    if not has_holder(every, shape):
        # What is handed out with the lock stands in the function that takes it.
        added = {(each.function, each.access.key) for each in every if each.access.action in ADDING and each.access.key}
        return any((each.function, each.access.key) in added for each in every if each.access.action == "delete")
    freed = {each.access.one_key for each in every if frees(each, shape)}
    return any(each.access.one_key in freed for each in every if takes(each) and not frees(each, shape))


def asks_whose(sites: Iterable[Site], shape: Shape) -> bool:
    """Say whether a release asks whose the row is."""
    holder = shape.who | shape.perhaps
    return any(each.fixes in holder for site in sites for each in site.access.others)


def has_holder(sites: Iterable[Site], shape: Shape) -> bool:
    """Say whether the table says who has a row: by a column's name, or as a column is asked for and emptied."""
    if shape.who or shape.flags or shape.since:
        return True
    every = list(sites)
    compared = {
        column
        for site in every
        if site.access.action in ("update", "delete")
        for each in site.access.others
        for column in each.columns
        if each.fixes or each.null_safe
    }
    return bool(shape.perhaps & compared)


def looks_at_age(sites: Iterable[Site], shape: Shape) -> bool:
    """Say whether a statement that changes rows asks how old they are."""
    for site in sites:
        access = site.access
        if access.action == "select":
            aged = any(each.ordered and each.columns & shape.times for each in access.conditions)
        elif access.action == "upsert":
            aged = any(conditional(each) and each.value.columns & shape.times for each in access.settings)
        else:
            aged = any(each.columns & shape.times for each in access.others if each.ordered or each.null_safe)
        if aged:
            return True
    return False


def judges_age(ways: Iterable[Way], table: str, shape: Shape) -> bool:
    """Say whether the program compares with something since when a row is held: `if age < 30 { return ErrBusy }`."""
    for way in ways:
        reads = {
            run.ran.number
            for run in way.runs
            if run.site is not None and run.site.table == table and run.site.access.selected & shape.since
        }
        for _, subject, _ in way.tests if reads else ():
            ordered = isinstance(subject, Compared) and subject.operator in ("<", "<=", ">", ">=")
            if ordered and any(each.run in reads and each.aspect == "row" for each in outcomes(subject)):
                return True
    return False


def backs_off(ways: Iterable[Way], table: str) -> bool:
    """Say whether a path leaves the row as it is for what it has found there."""
    for way in ways:
        own = [run for run in way.runs if run.site is not None and run.site.table == table]
        writes = [run for run in own if run.site is not None and run.site.access.action != "select"]
        reads = [run for run in own if run not in writes]
        if not writes and any(_went_by(way, run) for run in reads):
            return True
        if not writes and not way.success and reads and way.answer(reads[-1], "error") is False:
            # There is a row, and that is enough.
            return True
        if writes and not way.success and any(way.looked_at(run, "affected", "duplicate") for run in writes):
            return True
        if writes and not way.success and all(_spares(run.site) for run in writes) and _read_back(way, writes, reads):
            return True
        if any(_answers(way, run) for run in writes):
            return True
    return False


def _spares(site: Site | None) -> bool:
    """Say whether a statement may leave the row of another one as it is, and that is no error."""
    if site is None or site.access.action not in ("ignore", "upsert"):
        return False
    return all(each.keeps or conditional(each) for each in site.access.settings)


def _read_back(way: Way, writes: Iterable[Run], reads: Iterable[Run]) -> bool:
    """Say whether a path reads, behind its writes, what stands in the row now, and goes by that."""
    last = max(run.position for run in writes)
    return any(
        run.position > last and way.answer(run, "error") is False and any(way.asked_of(run, "row")) for run in reads
    )


def _answers(way: Way, run: Run) -> bool:
    """Say whether the answer to the caller is the number of rows, or that the key was free: `return n == 1, err`."""
    told = (value for kind, value in zip(way.function.results, way.path.returned, strict=False) if kind == "bool")
    return any(
        each.run == run.ran.number and each.aspect in ("affected", "duplicate")
        for one in told
        for each in outcomes(one)
    )


def asks_before(sites: Iterable[Site], shape: Shape) -> bool:
    """Say whether an UPDATE by a key puts a holder in, and asks who was there before."""
    holder = shape.who | shape.perhaps | shape.flags
    for site in sites:
        access = site.access
        if access.action == "update" and access.one_key and not all(_empties(each, shape) for each in access.settings):
            changed = {each.column for each in access.settings} & holder
            if any(each.columns & changed for each in access.others):
                return True
    return False


def _went_by(way: Way, run: Run) -> bool:
    return way.answer(run, "error") is not True and way.looked_at(run, "row", "found", "missing")


def hands_out_row(ways: Iterable[Way], table: str) -> bool:
    """Say whether a path succeeds with what it reads of a row, and leaves that as it is: a cache's hit.

    So does one that finds its own lock; it has compared who has it.
    """
    for way in ways:
        runs = [run for run in way.runs if run.site is not None and run.site.table == table]
        if not way.success or any(run.site is not None and run.site.access.action != "select" for run in runs):
            continue
        if already_mine(way, len(way.path.steps)):
            continue
        told = {
            each.run
            for kind, value in zip(way.function.results, way.path.returned, strict=False)
            if kind not in ("bool", "error")
            for each in outcomes(value)
            if each.aspect == "row"
        }
        if any(run.ran.number in told and _is_data(run.site) for run in runs):
            return True
    return False


def gives_data(ways: Iterable[Way], table: str) -> bool:
    """Say whether a function gives its caller what stands in a row beside the key, not only whether to go on."""
    for way in ways:
        rows = {
            run.ran.number: run.site
            for run in way.runs
            if run.site is not None and run.site.table == table and _is_data(run.site)
        }
        for kind, value in zip(way.function.results, way.path.returned, strict=False):
            if kind not in ("bool", "error") and any(
                each.run in rows and each.aspect in ("row", "result") and _is_data(rows[each.run], each.place)
                for each in outcomes(value)
            ):
                return True
    return False


def _is_data(site: Site | None, place: int | None = None) -> bool:
    """Say whether a SELECT gives more than a key and what a lock counts by, or one of its values is more than that."""
    if site is None or site.access.action != "select":
        return False
    picked = site.access.picked
    given = picked[place] if place is not None and place < len(picked) else site.access.selected
    key = {column for keys in (site.access.table.primary_key,) for column in keys}
    key |= {column for each in site.access.table.unique_keys for column in each.columns if column}
    # The fence that a lock counts by says nothing but who came when.
    return any(not is_number(column) for column in given - {column.lower() for column in key})


def reads_data(site: Site) -> bool:
    """Say whether a statement reads what stands in rows beside the key; who asks only whether one is held does not."""
    return _is_data(site) and not words.asking(site.function)
