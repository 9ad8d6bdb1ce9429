"""What every statement says in every state: a name is fine, fails, or cannot be judged as something else fails first.

A statement is resolved again only where a state changes a table that it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.audit.rules import rules
from nodepath_cli.config import Settings
from nodepath_cli.deploy.code import Code, renames
from nodepath_cli.deploy.records import State
from nodepath_cli.sql.resolution import ColumnRef, Found, Missing, Resolution, TableRef, Unparsed
from nodepath_cli.sql.resolve import resolve

_NAMES = frozenset({"NP101", "NP102", "NP103"})
"""The rules about one name, which is unknown in one state and may be ambiguous in another."""


class Status(Enum):
    """How a place of a statement fares in a state."""

    FINE = "fine"
    FAILS = "fails"
    HIDDEN = "hidden"
    """It cannot be judged: another name of the statement fails, or the place's table is not known."""


class Site(Struct, frozen=True):
    """A place of a statement's text, and what is judged there."""

    variant: int
    kind: str
    """`name`, or the id of a rule about more than a name."""
    start: int
    end: int
    identifier: str | None


class Told(Struct, frozen=True):
    """What a rule says of a site in one state."""

    rule: Rule
    hit: Hit
    resolution: Resolution


class Course(Struct, frozen=True):
    """How one site fares from state to state."""

    analysed: Analysed
    site: Site
    statuses: tuple[Status, ...]
    """One for each state."""
    told: Mapping[int, Told]
    """What is wrong, by state, where it fails."""


_Outcomes = tuple[Resolution | Unparsed, ...]


def judged(settings: Settings) -> tuple[Rule, ...]:
    """Return the rules whose findings a deploy must not bring: errors that a schema decides on."""
    unwanted = tuple(each.strip().upper() for each in settings.ignore if each.strip())
    return tuple(
        rule
        for rule in rules()
        if rule.check
        and rule.severity is Severity.ERROR
        and rule.id.startswith("NP1")
        and not (unwanted and rule.id.startswith(unwanted))
    )


def courses(code: Code, states: Sequence[State], settings: Settings) -> Iterator[Course]:
    """Yield the course of every site that fails in some state, in the order of the statements."""
    active = judged(settings)
    moments = _moments(code, states)
    for number, analysed in enumerate(code.analysis.statements):
        if analysed.outcomes:
            yield from _of_statement(analysed, moments[number], states, code, active, settings)


def _moments(code: Code, states: Sequence[State]) -> dict[int, dict[int, _Outcomes]]:
    """Return for every statement what it says by state, for the states that may have changed that."""
    naming: dict[str, set[int]] = defaultdict(set)
    moments: dict[int, dict[int, _Outcomes]] = {}
    for number, analysed in enumerate(code.analysis.statements):
        moments[number] = {0: analysed.outcomes}
        for resolution in analysed.resolutions:
            for table in resolution.tables:
                naming[table.name.lower()].add(number)
    temporary = code.analysis.main.schema.temporary
    for index, state in enumerate(states):
        schema = replace(state.schema, temporary=temporary)
        touched: set[int] = set()
        for name in state.changed:
            touched |= naming.get(name, set())
        for number in touched:
            moments[number][index] = tuple(
                each if isinstance(each, Unparsed) else resolve(each, schema) for each in code.parsed[number]
            )
    return moments


def _of_statement(
    analysed: Analysed,
    moments: Mapping[int, _Outcomes],
    states: Sequence[State],
    code: Code,
    active: Sequence[Rule],
    settings: Settings,
) -> Iterator[Course]:
    told: dict[int, dict[Site, Told]] = {}
    for index, outcomes in moments.items():
        context = _context(analysed, outcomes, states[index], code, settings)
        told[index] = dict(_told(outcomes, context, active))
    for site in dict.fromkeys(site for found in told.values() for site in found):
        statuses: list[Status] = []
        by_state: dict[int, Told] = {}
        moment = 0
        for index in range(len(states)):
            moment = index if index in moments else moment
            found = told[moment].get(site)
            if found is not None:
                by_state[index] = found
            statuses.append(Status.FAILS if found else _status(site, moments[moment][site.variant]))
        yield Course(analysed, site, tuple(statuses), by_state)


def _context(analysed: Analysed, outcomes: _Outcomes, state: State, code: Code, settings: Settings) -> Context:
    """Return the context of the statement as it would be in an audit against the state's schema."""
    target = replace(analysed.target, schema=state.schema, renames=renames(state.schema, settings))
    return code.analysis.context(analysed.against(target, outcomes))


def _told(outcomes: _Outcomes, context: Context, active: Sequence[Rule]) -> Iterator[tuple[Site, Told]]:
    for variant, outcome in enumerate(outcomes):
        if isinstance(outcome, Unparsed):
            continue
        for rule in active:
            for hit in rule.check(outcome, context) if rule.check else ():
                if (hit.severity or rule.severity) is Severity.ERROR:
                    kind = "name" if rule.id in _NAMES else rule.id
                    yield Site(variant, kind, hit.start, hit.end, hit.identifier), Told(rule, hit, outcome)


def _status(site: Site, outcome: Resolution | Unparsed) -> Status:
    if isinstance(outcome, Unparsed):
        return Status.HIDDEN
    if site.kind == "name":
        for reference in _references(outcome):
            if (reference.start, reference.end) == (site.start, site.end):
                return Status.FINE if isinstance(reference.outcome, Found) else Status.HIDDEN
    lost = any(isinstance(reference.outcome, Missing) for reference in _references(outcome))
    return Status.HIDDEN if lost else Status.FINE


def _references(resolution: Resolution) -> Iterator[ColumnRef | TableRef]:
    yield from resolution.columns
    yield from resolution.tables
