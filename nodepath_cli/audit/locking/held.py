"""What an acquire takes for held, and whether a release leaves the row in that state."""

from __future__ import annotations

import re

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire, Release, swaps
from nodepath_cli.audit.locking.deciding import conditional, decided
from nodepath_cli.audit.locking.deeds import prepares
from nodepath_cli.audit.locking.flaws import undecided
from nodepath_cli.audit.locking.guard import EMPTY, Fact, Held, constant, plain
from nodepath_cli.audit.locking.instants import Direction, argument, direction, reads_present
from nodepath_cli.audit.locking.other_values import asked_in_vain
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.rolled_back import never_released
from nodepath_cli.audit.locking.rows import changes, held_by
from nodepath_cli.audit.locking.shape import is_limit, is_number, shape_of
from nodepath_cli.audit.locking.sites import ADDING, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Given, Mixed, Outcome, outcomes
from nodepath_cli.sql.row_access import Condition, Operand, Setting

_AGE = lazy(
    r"\btimestampdiff\s*\(\s*\w+\s*,(?P<time>(?:(?!timestampdiff|\bnow\b|\bfrom\b).)*),\s*(?:now|current_timestamp|"
    r"utc_timestamp|sysdate)\s*\([^()]*\)\s*\)\s*>=?\s*(?:[1-9]|\?)",
    re.IGNORECASE | re.DOTALL,
)
_FIELD = lazy(r"^\w+\.(?:mine|stamp\w*|token|ts|at|taken\w*|locked\w*|owner|holder)$", re.IGNORECASE)
_ANOTHER = lazy(
    r"(?<!h)old|zero|past|epoch|expir|free|idle|empty|never|stale|prev|before|orig|restor|new|next|other|success|target|"
    r"^to(?:_|$|(?-i:[A-Z]))|null|none|blank|reset|default|released?",
    re.IGNORECASE,
)
"""What a release may put in place of the own value: a free one, or that of whom it is handed over to."""


class Kept(Struct, frozen=True, eq=False):
    """A release that keeps the lock."""

    acquired: Site
    """The statement that takes it."""
    why: str


def kept(acquire: Acquire, release: Release, protocols: Protocols) -> Kept | None:
    """Return why a lock is still held after a release, None where it is free or where that cannot be told."""
    about = protocols.sites.about(acquire.table)
    adding = (site for site in acquire.sites if site.access.action in ADDING)
    adds = next((site for site in adding if not prepares(site, about)), None)
    taken = adds or next((site for site in acquire.sites if site.access.action == "update"), None)
    if taken is None:
        return None
    if never_released(release):
        why = "it never commits its transaction, and all that it changes is rolled back"
        return Kept(taken, f"{release.title} does not give the lock back: {why}")
    in_vain = asked_in_vain(acquire, release, protocols)
    if in_vain:
        return Kept(taken, f"{release.title} does not give the lock back: {in_vain}")
    if _never_met(acquire, release, protocols):
        why = "its condition is not met by a lock that is held"
        return Kept(taken, f"{release.title} does not give the lock back: {why}")
    swapped = _swapped(acquire, release)
    if swapped:
        return Kept(taken, f"{release.title} does not give the lock back: {swapped}")
    if release.site.access.action != "update":
        return None
    if adds and any(each.fixes is None for each in release.site.access.others):
        return None
    run = next((run for way in release.ways for run in way.runs if run.site is release.site), None)
    if run is None or protocols.sites.obscure(acquire.table):
        return None
    name = release.title
    looked = _looked_at(acquire, protocols)
    everybody = any(undecided(acquire))
    if not looked and (adds is None or (release.empties and everybody)):
        # Nothing is held by a row that nobody asks for anything: whoever comes takes it (NP401), given back or not.
        return None
    # What a row has to meet matters where that decides (NP403).
    decides = not everybody and all(decided(way, acquire.table) for way in acquire.successes)
    # A piece of work that is done is done once.
    table = release.site.access.table
    locks = shape_of(table) is not None or words.holds_locks(table) == 2
    locks = locks or (swaps(acquire) and _means_free(release.site, run))
    locks = locks and not words.finishing(release.function.name)
    never = _never_free(acquire, release, run, protocols, expired=True) if decides and locks else None
    if never:
        return Kept(taken, f"{name} does not give the lock back: {never}")
    changed = [each for each in release.site.access.settings if not each.keeps]
    told = [each for each in changed if each.column in looked]
    if not told and everybody and (release.empties or any(_ends(each, run) for each in changed)):
        # What the acquire looks at is what it has put there itself: whoever comes gets the lock, given back or not.
        return None
    if not told:
        columns = ", ".join(f"'{each.column}'" for each in changed) or "nothing"
        if looked:
            seen = ", ".join(f"'{column}'" for column in sorted(looked))
            why = f"it changes {columns}, and {acquire.function.name} looks at {seen}"
            return Kept(taken, f"{name} does not give the lock back: {why}")
        only = f"only {columns}" if changed else columns
        why = f"the row stays in {table.name}, and {only} is changed"
        return Kept(taken, f"{name} does not give the lock back: {why}")
    row = held_by(acquire.successes, acquire.table)
    sure = decides and locks and release.named
    reasons = [
        _same(each, run, row)
        or _still_held(each, run, acquire, protocols)
        or (_not_free(each, run, row, acquire, protocols) if sure else None)
        for each in told
    ]
    if all(reasons):
        return Kept(taken, f"{name} does not give the lock back: {reasons[0]}")
    late = _never_free(acquire, release, run, protocols, expired=False) if sure else None
    return Kept(taken, f"{name} does not give the lock back: {late} until its lease is over") if late else None


def _ends(setting: Setting, release: Run) -> bool:
    """Say whether a release puts a time into the row that is over."""
    where = direction(setting, release)
    return where == "earlier" or (where == "" and is_limit(setting.column))


def _swapped(acquire: Acquire, release: Release) -> str | None:
    """Return why a release asks the key for the owner and the owner for the key, going by the program's names.

    It is certain where it gives both names, each to the column that the acquire gives the other one to.
    """
    access, runs = release.site.access, [run for way in release.ways for run in way.runs if run.site is release.site]
    asked = [each for each in access.conditions if each.fixes and each.operand and each.fixes not in (access.key or ())]
    for key in access.key or ():
        mine = _names(acquire, key)
        for each in asked:
            theirs = _names(acquire, each.fixes or "")
            given = {(_name(access.fixed[key], run), _name(each.operand, run)) for run in runs if each.operand}
            named = len(mine) == len(theirs) == 1 and mine != theirs and "" not in mine | theirs
            if named and given == {(*theirs, *mine)}:
                other, own = min(theirs), min(mine)
                return f"it asks '{key}' for '{other}' and '{each.fixes}' for '{own}', the wrong way round"
    return None


def _names(acquire: Acquire, column: str) -> set[str]:
    """Return what a column is given or compared with, as the program calls it, empty for what has no name."""
    found: set[str] = set()
    for run in (run for way in acquire.ways for run in way.runs):
        if run.site is None or run.site.table != acquire.table:
            continue
        access = run.site.access
        given = [each.value for each in (*access.inserted, *access.settings) if each.column == column]
        given += [each.operand for each in access.conditions if each.fixes == column and each.operand]
        found.update(_name(each, run) for each in given if each.kind == "value")
    return found


def _name(operand: Operand, run: Run) -> str:
    given = argument(run, operand)
    if isinstance(given, Given):
        return given.name if len(given.name) > 1 else ""
    if isinstance(given, Mixed) and not given.parts and re.fullmatch(r"\w+\.\w+", given.text):
        return given.text
    return ""


def _never_met(acquire: Acquire, release: Release, protocols: Protocols) -> bool:
    """Say whether the only release leaves alone what is held, and whoever asks for it."""
    others = [each for each in acquire.releases if each is not release and not words.forcing(each.function.name)]
    if others or words.forcing(release.function.name or release.function.within):
        return False
    run = next((run for way in release.ways for run in way.runs if run.site is release.site), None)
    row = held_by(acquire.successes, acquire.table, mine=True)
    # A state that something else changes, too, is not that of the acquire any more.
    row = row.without({each.column for site in protocols.elsewhere(acquire) for each in site.access.settings})
    reached = [row.passes(each, run) for each in release.site.access.reaching]
    return bool(reached) and not any(each is not False for each in reached)


def _never_free(acquire: Acquire, release: Release, run: Run, protocols: Protocols, *, expired: bool) -> str | None:
    """Return why nobody takes the row that a release leaves; None where somebody may.

    Nobody does however long ago that was, or before the lease is over that the release has left in it.
    """
    others = (each for each in acquire.releases if each is not release)
    if any(not words.forcing(each.function.name or each.function.within) for each in others):
        return None
    row = held_by(acquire.successes, acquire.table, expired=expired)
    row = row.without({each.column for site in protocols.elsewhere(acquire) for each in site.access.settings})
    states = {each.column: text for each in release.site.access.settings if (text := _state(each, run, row))}
    row = row.released(release.site.access.settings, run)
    for column, text in states.items():
        if _asked_for_others(column, text, acquire, protocols):
            row = row.put(column, Fact("constant", text))
    runs = {run.site: run for way in acquire.ways for run in way.runs if run.site is not None}
    released = {each.site for each in acquire.releases}
    why = None
    for site in (*acquire.sites, *protocols.elsewhere(acquire)):
        access, own = site.access, runs.get(site)
        if site in released or words.renewing(site.function) or (access.key and words.forcing(site.function)):
            continue
        if access.action in ("insert", "ignore") and access.key is None and own is not None:
            return None
        if access.action == "replace" or (access.action == "upsert" and own is None):
            return None
        if access.action == "upsert" and own is not None:
            if any(changed is not False for _, changed in changes(access.settings, row, own)):
                return None
            why = why or f"the upsert of {acquire.function.name} leaves such a row as it is"
        if access.action in ("update", "delete"):
            if any(row.passes(each, own) is not False for each in access.reaching):
                return None
            if own is not None and access.others:
                asked = " AND ".join(_written(each, own) for each in access.others)
                why = why or f"the row that it leaves never meets '{asked}', by which {acquire.function.name} takes it"
    return why


def _state(setting: Setting, release: Run, row: Held) -> str | None:
    """Return the word that a release puts in place of that of a held lock, None where it does not."""
    fact, text = row.facts.get(setting.column), constant(setting.value, release)
    replaced = fact is not None and fact.kind == "constant" and fact.text != text
    return text if replaced and text not in EMPTY else None


def _asked_for_others(column: str, text: str, acquire: Acquire, protocols: Protocols) -> bool:
    """Say whether a column is asked for other words than one, by whatever asks for it before it changes rows."""
    runs = {run.site: run for way in acquire.ways for run in way.runs if run.site is not None}
    taking = [site.access for site in acquire.sites if site.access.action != "select"]
    # What the program makes of the word that it has read does not matter where every write asks for one as well.
    decisive = all(any(each.columns == {column} for each in access.others) for access in taking)
    for site in (*acquire.sites, *protocols.elsewhere(acquire)):
        access = site.access
        read = access.action == "select" and column in access.selected and site in runs and not decisive
        if read or any(column in each.value.columns for each in access.settings if not each.keeps):
            return False
        asking = (each for each in plain(access.conditions) if column in each.columns)
        if access.action != "select" and not all(_other_than(each, column, text, runs.get(site)) for each in asking):
            return False
    return True


def _written(condition: Condition, run: Run | None) -> str:
    """Return a condition with the constant that the program gives for its placeholder."""
    given = constant(condition.right, run) if condition.right is not None and condition.right.kind == "value" else None
    return condition.text.replace("?", f"'{given}'") if given is not None and "?" in condition.text else condition.text


def _same(setting: Setting, release: Run, row: Held) -> str | None:
    """Return why a release leaves in a column what stands there while the lock is held."""
    column, fact = setting.column, row.facts.get(setting.column)
    if fact is None:
        return None
    if row.same(fact, setting.value, release):
        return f"{setting.value.text} in '{column}' is what a lock has there that is held"
    given, own = argument(release, setting.value), ""
    if isinstance(given, Given):
        own = given.name
    elif isinstance(given, Mixed) and not given.parts and _FIELD.search(given.text):
        own = given.text
    if fact.kind not in ("own", "since", "stamp") or not own or _ANOTHER.search(own):
        return None
    return f"'{column}' gets '{own}', as in a lock that was just taken"


def _not_free(setting: Setting, release: Run, row: Held, acquire: Acquire, protocols: Protocols) -> str | None:
    """Return why a constant that a release puts in the owner's place frees nothing; None where somebody may go by it.

    Nobody does where all that is asked of the owner is whether it is NULL, or another constant: '' is neither, and the
    lock stays for as long as its lease.
    """
    column, fact, text = setting.column, row.facts.get(setting.column), constant(setting.value, release)
    if text is None or fact is None or fact.kind not in ("own", "constant"):
        return None
    if fact.kind == "constant" and (fact.text == text or _moved_on(column, acquire, protocols)):
        return None
    asked: list[str] = []
    runs = {run.site: run for way in acquire.ways for run in way.runs if run.site is not None}
    for site in (*acquire.sites, *protocols.elsewhere(acquire)):
        access = site.access
        if access.action in ADDING and access.key is None and site in acquire.sites:
            # Whoever comes next adds a row of its own.
            return None
        if site not in runs and words.renewing(site.function):
            continue
        read = access.action == "select" and column in access.selected
        if read or any(column in each.value.columns for each in access.settings if not each.keeps):
            return None
        for each in plain(access.conditions):
            if column not in each.columns:
                continue
            if not _other_than(each, column, text) and not _asks_for_own(each, column, text, runs.get(site)):
                return None
            if site in acquire.sites and access.action == "update":
                asked.append(each.text)
    given = setting.value.text if setting.value.kind == "constant" else f"'{text}'"
    return f"{given} in '{column}' is not what '{asked[0]}' takes for free" if asked else None


def _asks_for_own(condition: Condition, column: str, text: str, run: Run | None) -> bool:
    """Say whether a condition asks for the caller's own name, and a column has none: no caller calls itself nothing."""
    left, right = condition.left, condition.right
    if condition.negated or condition.relation not in ("=", "<=>") or text not in EMPTY:
        return False
    if left is None or left.kind != "column" or left.columns != {column} or right is None or right.kind != "value":
        return False
    given = argument(run, right)
    return isinstance(given, (Given, Mixed)) and not any(outcomes(given))


def _means_free(release: Site, run: Run) -> bool:
    """Say whether a release puts a word into the row that says that it is free."""
    changed = (each.value for each in release.access.settings if not each.keeps)
    return any(words.free(constant(each, run) or "") for each in changed)


def _moved_on(column: str, acquire: Acquire, protocols: Protocols) -> bool:
    """Say whether something else puts a word into a column: the state may go on from where a release leaves it."""
    return any(
        each.column == column and not each.keeps
        for site in protocols.elsewhere(acquire)
        for each in site.access.settings
    )


def _other_than(condition: Condition, column: str, text: str, run: Run | None = None) -> bool:
    """Say whether a constant in a column does not meet a condition, whatever the column's type and collation."""
    left, right = condition.left, condition.right
    if condition.negated or left is None or left.kind != "column" or left.columns != {column}:
        return False
    if condition.relation == "null":
        return True
    other = constant(right, run) if right is not None and condition.relation in ("=", "<=>") else None
    if other is None or not (text + other).isascii() or text.isdigit() != other.isdigit():
        return False
    return int(text) != int(other) if text.isdigit() else text.strip().lower() != other.strip().lower()


def _looked_at(acquire: Acquire, protocols: Protocols) -> set[str]:
    """Return the columns by which the acquire, or what else frees its rows, tells a free lock from a held one."""
    key = {column for site in acquire.sites for column in site.access.key or ()}
    found: set[str] = set()
    for site in acquire.sites:
        found |= _columns(site) - _handed_on(site, acquire)
    for site in protocols.elsewhere(acquire):
        writes = site.access.action in ("update", "delete") and not words.renewing(site.function)
        if writes or (site.access.action == "select" and words.asking(site.function)):
            found |= _columns(site)
    return found - key


def _handed_on(site: Site, acquire: Acquire) -> set[str]:
    """Return the numbers that a SELECT reads for the caller (its fence), and by which the acquire does not go."""
    if site.access.action != "select" or not acquire.function.complete:
        return set()
    if any(run.site is site and way.looked_at(run, "row", "result") for way in acquire.ways for run in way.runs):
        return set()
    asked = {column for each in site.access.conditions for column in each.columns}
    return {column for column in site.access.selected if is_number(column)} - asked


def _columns(site: Site) -> set[str]:
    access = site.access
    found = {column for each in access.conditions for column in each.columns}
    if access.action == "select":
        found |= access.selected
    for each in access.settings:
        if conditional(each):
            found |= _asked_in(each)
    return found


def _asked_in(setting: Setting) -> frozenset[str]:
    """Return the columns that a value rests on which is chosen by a condition; what it keeps is not asked for."""
    if not setting.value.branches:
        return setting.value.columns
    asked = (one.columns for each in setting.value.branches for one in each.conditions)
    given = (each.value.columns - {setting.column} for each in setting.value.branches)
    return frozenset[str]().union(*asked, *given)


def _still_held(setting: Setting, release: Run, acquire: Acquire, protocols: Protocols) -> str | None:
    """Return why a value that a release writes is that of a held lock, None where it may be that of a free one."""
    column = setting.column
    # A SELECT of the rows that are held does not find one without a time.
    read = any(site.access.action == "select" and column in _columns(site) for site in acquire.sites)
    if setting.value.kind == "null":
        safe = any(_asks_for_null(site, column) for site in (*acquire.sites, *protocols.elsewhere(acquire)))
        return (
            None if safe or read else f"NULL in '{column}' is neither older nor newer than the lease, so it never ends"
        )
    where = direction(setting, release)
    if where not in ("", "later"):
        return None
    # A column that the acquire sets to the present says since when the lock is held; to a later time, until when.
    writes = [
        (each, run, way)
        for way in acquire.ways
        for run in way.runs
        if run.site and run.site.table == acquire.table
        for each in (*run.site.access.inserted, *run.site.access.settings)
        if each.column == column
    ]
    taken = {_direction(each, run, way) for each, run, way in writes if not conditional(each)}
    if where == "" and taken <= {None, ""} and any(_by_age(site, column) for site in acquire.sites):
        taken = {""}
    if taken == {where}:
        time = "a later time" if where else "the present time"
        return f"{time} in '{column}' is that of a lock which was just taken"
    return None


def _direction(setting: Setting, run: Run, way: Way) -> Direction | None:
    """Return where a time stands, one that the server was asked for before included."""
    given = argument(run, setting.value)
    if isinstance(given, Outcome) and given.aspect == "row":
        texts = (text for each in way.runs if each.ran.number == given.run for _, text in each.ran.texts)
        return "" if any(map(reads_present, texts)) else None
    return direction(setting, run)


def _by_age(site: Site, column: str) -> bool:
    """Say whether a SELECT asks whether a column is older than some time: `TIMESTAMPDIFF(SECOND, x, NOW()) > 30`."""
    if site.access.action != "select":
        return False
    return any(
        column in re.findall(r"\w+", found["time"].lower()) for found in _AGE.finditer(site.resolution.variant.sql)
    )


def _asks_for_null(site: Site, column: str) -> bool:
    conditions = any(each.null_safe for each in site.access.conditions if column in each.columns)
    return conditions or any(each.value.null_safe for each in site.access.settings if column in each.value.columns)
