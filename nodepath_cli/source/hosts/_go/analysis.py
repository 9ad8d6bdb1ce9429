"""The whole program at once: which functions are evaluated, and when the callers of a function have to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from nodepath_cli.in_shares import dealt
from nodepath_cli.source.hosts._go import left_over
from nodepath_cli.source.hosts._go.callers import evaluate_callers, evaluate_givers
from nodepath_cli.source.hosts._go.declarations import Declared, Routine
from nodepath_cli.source.hosts._go.expressions import evaluate
from nodepath_cli.source.hosts._go.flow import execute
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.invoking import run_pending, summary
from nodepath_cli.source.hosts._go.machine import Machine, OutOfSteps, routine_key
from nodepath_cli.source.hosts._go.merging import merged
from nodepath_cli.source.hosts._go.names import initial, package_name
from nodepath_cli.source.hosts._go.part import Part
from nodepath_cli.source.hosts._go.reasons import ARGUMENT, MAP_KEY, SET_BY
from nodepath_cli.source.hosts._go.records import Call, Key
from nodepath_cli.source.hosts._go.relevant import (
    SQL_TEXT,
    calls_database,
    concerns_sql,
    costs,
    hands_database,
    has_sql_words,
    makes_steps,
    method_values,
    returns_text,
)
from nodepath_cli.source.hosts._go.shares import Work, divided, even, in_turn, joined, side_by_side
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Handle

_CALLER_ROUNDS = 8
"""How many levels of callers are looked for where SQL depends on arguments."""
_TAINT_ROUNDS = 2
_CARRIER_ROUNDS = 3
"""How many links of constants made of constants (`byID = selectUser + ` WHERE id = ?``) are followed to their users."""
_MAX_CARRIERS = 4_000
_BYTES_PER_STEP = 3
"""Bytes of a function that count as one step when functions are dealt out. Measured: three large trees have three to
ten for each step; the more the text counts, the less one share waits to know that an item is its own."""

Carriers = dict[str, set[str]]
"""By folder: the names of constants, variables and functions that carry SQL to other files."""


def analyse(index: Index, jobs: int = 1) -> Machine:
    """Evaluate everything in a program that can have to do with SQL, with at most `jobs` processes.

    How a program is divided rests on its files alone: the result is the same with any number of processes.
    """

    def work(number: int) -> Work:
        return _evaluated(index, number)

    found = side_by_side(work, index) if jobs > 1 else None
    return merged(*(found or in_turn(work)))


def _evaluated(index: Index, number: int) -> Work:
    """Evaluate a share of a program, telling the others what it finds of their concern, and taking what they tell."""
    by_path: dict[str, list[tuple[int, int]]] = {}
    told = yield {file.path: costs(file.data) for file in even(index, number) if concerns_sql(file.data)}
    for each in told:
        by_path.update(each)
    division = divided(index, by_path, number)
    m, carriers = Machine(index, evaluate, execute, summary), Carriers()
    m.begin(number)
    for path in by_path:
        index.by_path[path].read = True
        m.sql_folders.add(index.by_path[path].folder)
    share = division.own
    for part in share:
        if part.file.path in by_path:
            _own_code(m, part, carriers)

    def own_code(half: int, number: int) -> None:
        part, _ = division.dealt[half][number]
        share.append(part)
        _own_code(m, part, carriers)

    yield from _dealt(m, [[cost for _, cost in half] for half in division.dealt], own_code)
    share = joined(share)
    for part in share:
        if part.file.folder in m.sql_folders and not part.begin.start:
            # Whose SQL it is will be asked of every file around it.
            index.opens(part.file)
    for _ in range(_CARRIER_ROUNDS):
        everyone = yield carriers
        carriers, found = _users(m, share, _together(everyone))
        uses = yield found
        yield from _dealt(m, [[each.cost for each in told] for told in uses], partial(_use, m, uses))
    for _ in range(_CALLER_ROUNDS):
        wanted = yield _dependent(m)
        fresh = yield _callers(m, share, wanted)
        if not any(fresh):
            break
    _callers(m, share, (yield _readable(m)))
    evaluate_givers(m, _routines(m, (yield list(m.passing))), share)
    for _ in range(_TAINT_ROUNDS):
        # Only with a constant of another place is there SQL in it (`query(base + where)`), or in a list that a function
        # hands on: it is followed now.
        m.dependent = set().union(*(yield m.dependent))
        for key in m.passed_over.keys() & m.dependent:
            m.tainted.update(m.passed_over.pop(key))
        _again(m)
    return m


def _dealt(m: Machine, costs: Sequence[Sequence[int]], do: Callable[[int, int], None]) -> Generator[Any, Any, None]:
    """Do what is dealt out of the items of each share; `costs` are what they are expected to cost, in bytes."""
    return dealt([[max(cost // _BYTES_PER_STEP, 1) for cost in half] for half in costs], do, lambda: m.spent)


def _together(everyone: Sequence[Carriers]) -> Carriers:
    """Return the carriers of all shares."""
    found: Carriers = {}
    for carriers in everyone:
        for folder, names in carriers.items():
            found[folder] = found.get(folder, set()) | names
    return found


def _again(m: Machine) -> None:
    """Evaluate anew what was evaluated while something that it uses was not yet known; now all of it is."""
    for _ in range(_TAINT_ROUNDS):
        tainted, m.tainted = m.tainted, set()
        if not tainted:
            return
        dropped = [record.call for record in m.received if record.root in tainted]
        dropped += [record.call for record in m.not_followed if record.root in tainted]
        m.received = [record for record in m.received if record.root not in tainted]
        m.not_followed = [record for record in m.not_followed if record.root not in tainted]
        m.values.clear()
        m.stored.clear()
        m.settled.clear()
        m.told.clear()
        variables = _variables_around(m, dropped)
        _forget_calls(m, tainted, [declared for _, declared in variables])
        for key in [key for key in sorted(tainted) if m.summaries.pop(key, None) is not None]:
            m.summary(m.routines[key])
        for name, declared in variables:
            _variable(m, declared.file, name)


def _variables_around(m: Machine, calls: Iterable[Call]) -> list[tuple[str, Declared]]:
    """Return the package variables in whose initializers calls stand, in order, with their names."""
    starts: dict[GoFile, set[int]] = {}
    for call in calls:
        starts.setdefault(call.file, set()).add(call.start_byte)
    return [
        (name, declared)
        for file in sorted(starts, key=lambda file: file.path)
        for name, declared in m.index.of(file).values.items()
        if any(at in range(declared.spec.start_byte, declared.spec.end_byte) for at in starts[file])
    ]


def _forget_calls(m: Machine, roots: Collection[Key], variables: Collection[Declared]) -> None:
    """Take the calls and function literals of functions and variables for ones that were not come to yet."""
    extents: dict[str, list[range]] = {}
    for path, start in roots:
        if (path, start) in m.routines:
            extents.setdefault(path, []).append(range(start, m.routines[path, start].end_byte))
    for declared in variables:
        spec = declared.spec
        extents.setdefault(declared.file.path, []).append(range(spec.start_byte, spec.end_byte))
    for places in (m.visited, m.ran):
        inside = [(path, at) for path, at in places if path in extents and any(at in own for own in extents[path])]
        places.difference_update(inside)


def _own_code(m: Machine, part: Part, carriers: Carriers) -> None:
    """Evaluate a part's functions and variables with SQL words; collect the names that carry SQL elsewhere."""
    file = part.file
    declared = m.index.of(file)
    for routine in part.routines(declared):
        text = routine.text
        if routine.has_sql_words or routine.calls_database or hands_database(text) or makes_steps(text):
            m.summary(routine)
        if routine.has_sql_words and not routine.receiver and SQL_TEXT.search(routine.text):
            carriers.setdefault(file.folder, set()).add(routine.name)
    for name, value in part.values(declared):
        text = file.data[value.spec.start_byte : value.spec.end_byte]
        if has_sql_words(text):
            if SQL_TEXT.search(text):
                carriers.setdefault(file.folder, set()).add(name)
            if b"(" in text:
                _variable(m, file, name)
    if not part.begin.start:
        names = method_values(file.data)
        if names:
            carriers.setdefault(file.folder, set()).update(names)
    for name, value in part.values(declared):
        if b"func(" in file.data[value.spec.start_byte : value.spec.end_byte]:
            _variable(m, file, name)
    for value in part.blanks(declared):
        # They have no name to be asked for.
        text = file.data[value.spec.start_byte : value.spec.end_byte]
        if b"func(" in text or (b"(" in text and (has_sql_words(text) or calls_database(text))):
            _blank(m, value)


def _variable(m: Machine, file: GoFile, name: str) -> None:
    """Evaluate a package's variable for the calls in its initializer."""
    declared = m.index.of(file).values.get(name)
    if declared is not None and name != "_":
        _evaluated_variable(m, declared, partial(package_name, m, file.folder, name))


def _blank(m: Machine, declared: Declared) -> None:
    """Evaluate a package's variable without name, which nobody can ask for."""
    _evaluated_variable(m, declared, partial(initial, m, declared, "_"))


def _evaluated_variable(m: Machine, declared: Declared, ask: Callable[[], object]) -> None:
    """Evaluate a variable, and read what the evaluation has left over of it."""
    with m.budget():
        try:
            ask()
            run_pending(m, m.frame(declared.file, None))
        except OutOfSteps:
            pass
        except Exception as fault:
            left_over.note_variable(m, declared, fault)
        left_over.of_variable(m, declared)


class Use(NamedTuple):
    """A function or a package's variable that uses what carries SQL."""

    path: str
    start: int
    name: str
    """That of a variable, empty for a function."""
    cost: int
    """Its length in bytes."""


def _users(m: Machine, share: Sequence[Part], carriers: Carriers) -> tuple[Carriers, list[Use]]:
    """Find what of a share uses a constant, variable or function that carries SQL, and what carries it on.

    Functions that were evaluated are left out.
    """
    further: Carriers = {}
    uses: list[Use] = []
    for folder, names in carriers.items():
        exported = {name for name in names if name[:1].isupper()}
        importing = {file.path for file in m.index.importing(folder)} if exported else set()
        patterns: dict[bool, re.Pattern[str]] = {}
        for part in share:
            file = part.file
            inside = file.folder == folder
            wanted = names if inside else exported if file.path in importing else ()
            if not wanted or not file.any_of(wanted):
                continue
            # To compile a pattern of hundreds of names takes longer than to search some files for it.
            pattern = patterns[inside] = patterns.get(inside) or _words(wanted)
            if pattern.search(file.text):
                uses += _uses(m, part, pattern, further)
    return {folder: names - carriers.get(folder, set()) for folder, names in further.items()}, sorted(uses)


def _uses(m: Machine, part: Part, pattern: re.Pattern[str], further: Carriers) -> Iterator[Use]:
    """Yield the functions and variables of a part that name a carrier; note those that others get its SQL from."""
    file = part.file
    declared = m.index.of(file)
    for routine in part.routines(declared):
        if pattern.search(file.source(routine)):
            if not m.evaluated(routine):
                yield Use(file.path, routine.start_byte, "", routine.end_byte - routine.start_byte)
            if not routine.receiver and returns_text(file, routine.node):
                further.setdefault(file.folder, set()).add(routine.name)
    for name, value in part.values(declared):
        text = file.source(value.spec)
        if name != "_" and pattern.search(text.partition("=")[2]):
            further.setdefault(file.folder, set()).add(name)
            if "(" in text:
                yield Use(file.path, value.spec.start_byte, name, value.spec.end_byte - value.spec.start_byte)
    for value in part.blanks(declared):
        text = file.source(value.spec)
        if "(" in text and pattern.search(text.partition("=")[2]):
            yield Use(file.path, value.spec.start_byte, "_", value.spec.end_byte - value.spec.start_byte)


def _use(m: Machine, uses: Sequence[Sequence[Use]], half: int, number: int) -> None:
    """Evaluate a function or variable that uses what carries SQL."""
    use = uses[half][number]
    if use.name == "_":
        for declared in m.index.of(m.index.by_path[use.path]).blanks:
            if declared.spec.start_byte == use.start:
                _blank(m, declared)
        return
    if use.name:
        _variable(m, m.index.by_path[use.path], use.name)
        return
    routine = m.index.routine_at(use.path, use.start)
    if routine is not None:
        m.summary(routine)


def _words(names: Collection[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names)[:_MAX_CARRIERS])) + r")\b")


def _callers(m: Machine, share: Sequence[Part], wanted: Sequence[Sequence[Key]]) -> bool:
    """Evaluate a share's callers of functions; say whether there were new ones."""
    fresh = False
    for routine in _routines(m, wanted):
        if evaluate_callers(m, routine, share):
            fresh = True
    return fresh


def _routines(m: Machine, wanted: Sequence[Sequence[Key]]) -> list[Routine]:
    """Return the functions that are told by their keys, each once."""
    keys = dict.fromkeys(key for keys in wanted for key in keys)
    found = (m.routine(key) or m.index.routine_at(*key) for key in keys)
    return [each for each in found if each is not None]


def _readable(m: Machine) -> list[Key]:
    """Return the functions that return rows or a prepared statement: their callers take the columns."""
    return [
        key
        for key, known in m.summaries.items()
        if any(isinstance(each.atom, Handle) for value in known.results for each in value)
    ]


def _given(reason: str) -> bool:
    """Say whether a part is not known for what a function is given: a text, an option, a map of updates."""
    return reason in (ARGUMENT, MAP_KEY) or reason.startswith(SET_BY)


def _dependent(m: Machine) -> list[Key]:
    """Return the functions whose SQL depends on their arguments."""
    calls = [each.call for each in m.not_followed if each.parameter]
    calls += [
        each.call
        for each in m.received
        if any(piece.hole is not None and _given(piece.hole[1]) for piece in each.text.pieces)
    ]
    found = (m.index.enclosing(call.file, call.start_byte) for call in calls)
    keys = [routine_key(routine) for routine in found if routine is not None]
    return list(dict.fromkeys([*keys, *sorted(m.asked)]))
