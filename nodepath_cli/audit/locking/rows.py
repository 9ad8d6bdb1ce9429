"""The row that an acquire makes or takes: what its statements put into each column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nodepath_cli.audit.locking.guard import Fact, Held, added, constant
from nodepath_cli.audit.locking.instants import argument, direction
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.shape import is_limit, is_time
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.patterns import lazy
from nodepath_cli.sql.row_access import Condition, Operand, Setting

_DEFAULT_NOW = lazy(r"\(?\s*(?:current_timestamp|now|localtime(?:stamp)?)\b", re.IGNORECASE)
_PLAIN = lazy(r"^-?\w*$")
_PAST = lazy(r"(?:0000|1[0-9]{3}|200[0-9]|201[0-9])-\d\d-\d\d")
_GREATEST = lazy(r"greatest\s*\((.*)\)\Z")
_VALUES = lazy(r"values?\s*\(\s*(?:\w+\.)?(\w+)\s*\)\Z")
_PRESENT = lazy(
    r"(?:now|sysdate|current_timestamp|localtime(?:stamp)?|utc_timestamp)\b(?:\s*\(\s*\d?\s*\))?(?P<added>\s*\+\s*interval\b.*)?\Z"
)
_WRITING = frozenset(("insert", "ignore", "upsert", "replace", "update"))


def held_by(ways: Iterable[Way], table: str, *, expired: bool = False, mine: bool = False) -> Held:
    """Return the row of a table as some paths leave it that take it."""
    facts: dict[str, set[Fact]] = {}
    every: set[str] = set()
    for way in ways:
        written: dict[str, Fact | None] = {}
        for run in way.runs:
            site = run.site
            if site is not None and site.table == table and site.access.action in _WRITING:
                key = site.access.key or ()
                written.update(_stamped(site, every))
                for setting in (*site.access.inserted, *site.access.settings):
                    every.add(setting.column)
                    given = _taken(setting) if site.access.action == "update" else setting
                    if given and not given.keeps and not given.value.branches and given.column not in key:
                        written[given.column] = _fact_of(given, run)
        for column, fact in written.items():
            if fact is not None:
                facts.setdefault(column, set()).add(fact)
    agreed = {column: fact for column, found in facts.items() if (fact := _agreed(found)) is not None}
    return Held(agreed, expired, mine, frozenset(every))


def _stamped(insert: Site, every: set[str]) -> Iterator[tuple[str, Fact]]:
    """Yield the columns that an INSERT leaves to their default, the present: since then the row is there."""
    access = insert.access
    if access.action not in ("insert", "ignore", "replace") or not access.inserted:
        return
    given = {each.column for each in access.inserted}
    for column in access.table.columns:
        name = column.name.lower()
        if name not in given and _DEFAULT_NOW.match(column.default or "") and is_time(name) and not is_limit(name):
            every.add(name)
            yield name, Fact("since")


def _taken(setting: Setting) -> Setting | None:
    """Return what an UPDATE puts into a column where its condition is met (`IF(until < NOW(), ?, owner)`)."""
    if not setting.value.branches:
        return setting
    given = [Setting(setting.column, each.value) for each in setting.value.branches]
    given = [each for each in given if not each.keeps]
    return given[0] if len(given) == 1 else None


def made_by(insert: Site) -> Held | None:
    """Return the row that an INSERT makes of constants and defaults; None where the program gives more than its key."""
    given = {each.column: each.value for each in insert.access.inserted}
    key = insert.access.key or ()
    facts: dict[str, Fact] = {}
    for column in insert.access.table.columns:
        name, value = column.name.lower(), given.get(column.name.lower())
        if value is None and column.default is None:
            fact = Fact("null") if column.nullable else None
        elif value is None:
            fact = _written_out(name, (column.default or "").strip("()'\""))
        elif name in key:
            fact = None
        elif value.kind == "value" or (value.kind == "other" and not value.clock):
            return None
        elif value.kind == "now":
            # The present is a limit that is over, and a lock that was just taken.
            fact = Fact("limit") if is_limit(name) else Fact("since", fresh=True) if is_time(name) else None
        else:
            fact = Fact("null") if value.kind == "null" else _written_out(name, value.text.strip("'\""))
        if fact is not None:
            facts[name] = fact
    return Held(facts, expired=True, written=frozenset(facts))


def _written_out(column: str, text: str) -> Fact | None:
    """Return what a constant in the text of a statement is for a column."""
    if not is_time(column):
        return Fact("constant", text) if _PLAIN.match(text) else None
    return Fact("limit" if is_limit(column) else "since") if _PAST.match(text) else None


def _agreed(found: set[Fact]) -> Fact | None:
    """Return what several statements put into a column, None where they differ."""
    if len(found) == 1:
        return next(iter(found))
    kinds = {each.kind for each in found}
    if len(kinds) > 1 or ("constant" in kinds and len({each.text for each in found}) > 1):
        return None
    return Fact(kinds.pop(), "", None)


def _fact_of(setting: Setting, run: Run) -> Fact | None:
    value = setting.value
    if value.kind == "inserted" and run.site is not None:
        given = next((each for each in run.site.access.inserted if each.column in value.columns), None)
        return _fact_of(Setting(setting.column, given.value), run) if given is not None else None
    where = direction(setting, run)
    if where in ("later", "unknown") and (where == "later" or is_limit(setting.column)):
        return Fact("limit", added(value, run))
    if where is not None:
        return Fact("since") if where == "" else None
    text = constant(value, run)
    if text is not None:
        return Fact("constant", text)
    if value.kind == "value":
        if is_time(setting.column):
            return Fact("limit" if is_limit(setting.column) else "stamp")
        return Fact("own", value=argument(run, value))
    return Fact("own") if value.kind == "other" and not value.columns and not value.clock else None


def changes(settings: Iterable[Setting], held: Held, run: Run) -> Iterator[tuple[Setting, bool | None]]:
    """Yield whether each column of such a row changes, None where that is open.

    The server sets one behind the other, and what stands further on reads the new value (MySQL manual, "UPDATE
    Statement").
    """
    for setting in settings:
        changed, value = _chosen(setting, held, run)
        yield setting, changed
        if changed is not False:
            held = held.put(
                setting.column, _fact_of(Setting(setting.column, value), run) if value is not None else None
            )


def _chosen(setting: Setting, held: Held, run: Run) -> tuple[bool | None, Operand | None]:
    """Return whether a column changes, and what it gets then, as far as that is known."""
    if setting.keeps:
        return False, None
    if is_time(setting.column) and _extends(setting):
        return True, Operand("inserted", setting.value.text, frozenset((setting.column,)))
    if not setting.value.branches:
        return (None, None) if setting.value.chooses else (True, setting.value)
    for branch in setting.value.branches:
        met = _outdated(branch.conditions) or held.passes(branch.conditions, run)
        if met is None:
            return None, None
        if met:
            kept = branch.value.kind == "column" and branch.value.columns == {setting.column}
            return (False, None) if kept else (True, branch.value)
    return None, None


def _extends(setting: Setting) -> bool:
    """Say whether a column gets the later one of its own time and that of the INSERT, which was made after it."""
    found = _GREATEST.match(setting.value.text.replace("`", "").lower())
    parts = [each.strip() for each in found[1].split(",")] if found is not None else []
    own = [each for each in parts if each.rpartition(".")[2] == setting.column]
    given = [
        each for each in parts if each == "?" or _VALUES.sub(r"\1", each) == setting.column or _is_later(setting, each)
    ]
    return len(parts) == 2 and bool(own) and (len(own) == 2 or (bool(given) and given != own))


def _is_later(setting: Setting, text: str) -> bool:
    found = _PRESENT.match(text)
    return found is not None and (found["added"] is not None or not is_limit(setting.column))


def _outdated(conditions: tuple[Condition, ...]) -> bool:
    """Say whether all that is asked is that a time is before the INSERT's own: it was written before."""
    if len(conditions) != 1 or conditions[0].negated or conditions[0].left is None or conditions[0].right is None:
        return False
    left, right, relation = conditions[0].left, conditions[0].right, conditions[0].relation
    if relation in (">", ">="):
        left, right = right, left
    elif relation not in ("<", "<="):
        return False
    same = left.columns == right.columns and len(left.columns) == 1 and is_time(next(iter(left.columns)))
    return same and left.kind == "column" and right.kind == "inserted"
