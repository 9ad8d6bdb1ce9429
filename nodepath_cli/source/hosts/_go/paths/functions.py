"""The functions around statements, and those that call them, as plain facts."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

from tree_sitter import Node

from nodepath_cli.first_come import FirstCome
from nodepath_cli.in_shares import SHARES, Work, in_turn, side_by_side
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import (
    Called,
    Function,
    Path,
    ResultKind,
    Step,
)
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.paths import branching, expressions, following, meaning
from nodepath_cli.source.hosts._go.paths.literals import later
from nodepath_cli.source.hosts._go.paths.state import Instance, Place, Scope, State, Texts
from nodepath_cli.source.hosts._go.paths.walker import CallKey, Walker, paths_of
from nodepath_cli.source.hosts._go.records import Key, Received
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.statement import Span

_CALLER_ROUNDS = 2
_MAX_CALLS = 400
_MAX_CALLERS = 40
"""Where more functions than this call one of a name, only those count that stand near it: many types have a `Lock`."""
Callers: TypeAlias = Mapping[str, tuple[Sequence[Key], Sequence[Key]]]
"""Callers of functions by their names: those that stand near them, and others."""
_WORTH = 20
"""Functions that are walked from which a second process is worth its start."""
_WALK = 8
"""What it costs to walk a function, in times of what it costs to go through its calls (measured)."""
_MANY = 500
"""Files in which callers are looked for from which it is."""
_DEFERRED = lazy(rb"defer\s+(?:func\s*\(\)\s*\{.{0,400}?\}\s*\(\)|[^\n]{0,200})", re.DOTALL)
_CALLED = lazy(rb"(?<![\w\x80-\xff])([\w\x80-\xff]+)\(")
_NUMBERS = lazy(r"^(?:u?int\d*|float\d+)$")


def texts_by_call(received: Iterable[Received]) -> dict[CallKey, Texts]:
    """Return the SQL that each call receives."""
    found: dict[CallKey, dict[tuple[Span, str], None]] = {}
    for record in received:
        if record.origin is not None:
            key = (record.call.file.path, record.call.start_byte, record.call.end_byte)
            found.setdefault(key, {})[record.origin, record.text.plain] = None
    return {key: tuple(texts) for key, texts in found.items()}


def functions(
    index: Index,
    texts: Mapping[CallKey, Texts],
    prepared: Collection[CallKey],
    wanted: Collection[Span],
    worth: Callable[[str], bool],
    jobs: int = 1,
) -> tuple[Function, ...]:
    """Return the functions that run the statements whose first literals stand at `wanted`, and their callers.

    In order of file and place, up to two calls away. Of a caller only the calls are told, unless its name is `worth` to
    be walked; only then are its own callers looked for. At most `jobs` processes work at once. `prepared` are the calls
    on statements that were prepared elsewhere.
    """
    places = {(span.path, span.start) for span in wanted}
    chosen: dict[Key, Routine] = {}
    for (path, start, _), given in texts.items():
        own = [span for span, _ in given if (span.path, span.start) in places]
        # Where the text is handed on to the call, the function that it stands in runs it as well.
        around = [index.enclosing(index.by_path[path], start), *(_around(index, each) for each in own)] if own else []
        for found in around:
            if found is not None:
                chosen[found.file.path, found.start_byte] = found
    if not chosen:
        return ()

    first_come = FirstCome()

    def share(number: int) -> Work[list[tuple[Key, list[Function]]]]:
        return _share(index, texts, prepared, chosen, worth, number, first_come)

    large = len(chosen) >= _WORTH or len(index.files) >= _MANY
    done = side_by_side(share, pickle.dumps, first_come) if jobs > 1 and large else None
    results = [done[0], pickle.loads(done[1])] if done is not None else in_turn(share)
    in_order = sorted((each for result in results for each in result), key=itemgetter(0))
    return tuple(function for _, functions in in_order for function in functions)


def _around(index: Index, text: Span) -> Routine | None:
    """Return the function that a text stands in."""
    file = index.by_path.get(text.path)
    if file is None:
        return None
    return index.enclosing(file, len(file.text[: text.start].encode("utf-8", "surrogateescape")))


def _share(
    index: Index,
    texts: Mapping[CallKey, Texts],
    prepared: Collection[CallKey],
    running: Mapping[Key, Routine],
    worth: Callable[[str], bool],
    number: int,
    first_come: FirstCome,
) -> Work[list[tuple[Key, list[Function]]]]:
    """Look for callers in a share of the files, then walk a share of the functions; `running` are those with SQL."""
    chosen, walked = dict(running), set(running)
    known: dict[str, list[Routine]] = {}
    fresh = list(running.values())
    for _ in range(_CALLER_ROUNDS):
        for routine in fresh:
            known.setdefault(routine.name, []).append(routine)
        told = yield _callers(index, index.files[number::SHARES], _near(index, fresh))
        callers = {key: each for key in _few(told) if (each := index.routine_at(*key)) is not None}
        fresh = [each for key, each in callers.items() if key not in chosen and worth(each.name)]
        chosen.update(callers)
        walked.update(key for key, each in callers.items() if worth(each.name))
    walker = Walker(index, texts, prepared, known, expressions.evaluate, branching.HANDLERS)
    found: list[tuple[Key, list[Function]]] = []
    for key in first_come.of(sorted(chosen), lambda key: len(chosen[key].text) * (_WALK if key in walked else 1)):
        routine = chosen[key]
        told = (
            [_function(walker, routine), *_literals(walker, routine)]
            if key in walked
            else [_calls_only(index, known, routine)]
        )
        found.append((key, told))
    return found


def _calls_only(index: Index, known: meaning.Routines, routine: Routine) -> Function:
    steps: list[Step] = []
    types = meaning.types_of(index, routine)
    body = routine.node.child_by_field_name("body")
    waiting = [(body, False)] if body is not None else []
    while waiting and len(steps) < _MAX_CALLS:
        node, late = waiting.pop()
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        if function is not None:
            name = function.child_by_field_name("field") or function
            if name.type in ("identifier", "field_identifier"):
                meant = meaning.of_text(index, known, routine.file, types, function)
                steps.append(Called(routine.file.source(name), late, meant=meant))
        late = late or node.type == "defer_statement"
        waiting += [(child, late) for child in reversed(node.named_children)]
    path = Path(tuple(steps), ())
    return Function(
        routine.name, routine.receiver, routine.file.span(routine), tuple(_results(routine)), (path,), False
    )


def deferred(index: Index) -> frozenset[str]:
    """Return the names of the functions whose calls are put off until a function ends."""
    found: set[bytes] = set()
    for file in index.files:
        # Looking for the word first takes a sixteenth of what the pattern alone does.
        start = file.data.find(b"defer ")
        while start >= 0:
            match = _DEFERRED.match(file.data, start)
            if match is not None:
                found.update(_CALLED.findall(match.group()))
            start = file.data.find(b"defer ", start + 1)
    return frozenset(name.decode("utf-8", "surrogateescape") for name in found)


def _near(index: Index, routines: Iterable[Routine]) -> dict[str, set[str]]:
    """Return, by the names of some functions, the files of their packages and of those that may import them."""
    found: dict[str, set[str]] = {}
    for name, folder in {(each.name, each.file.folder) for each in routines}:
        files = (*index.folders[folder], *index.importing(folder))
        found.setdefault(name, set()).update(file.path for file in files)
    return found


def _callers(index: Index, files: Iterable[GoFile], near: Mapping[str, Collection[str]]) -> Callers:
    """Return which functions of some files call a function or method of each name, first those of files near it."""
    found: dict[str, tuple[dict[Key, None], dict[Key, None]]] = {}
    left = set(near)
    for file in files if left else ():
        for name in file.among({each for each in near if each in left or file.path in near[each]}):
            close, others = found.setdefault(name, ({}, {}))
            group = close if file.path in near[name] else others
            for offset in _calls(file, name):
                routine = index.enclosing(file, offset)
                if routine is not None and b"{" in file.data[routine.start_byte : offset]:
                    group[file.path, routine.start_byte] = None
            if len(others) > _MAX_CALLERS:
                left.discard(name)
    return {name: (list(close), list(others)) for name, (close, others) in found.items()}


def _few(told: Sequence[Callers]) -> list[Key]:
    """Return the callers that all shares have found, in order, without those of a name that too many call."""
    chosen: set[Key] = set()
    for name in dict.fromkeys(name for each in told for name in each):
        close = [key for each in told for key in each.get(name, ((), ()))[0]]
        every = [*close, *(key for each in told for key in each.get(name, ((), ()))[1])]
        chosen.update(every if len(every) <= _MAX_CALLERS else close if len(close) <= _MAX_CALLERS else ())
    return sorted(chosen)


def _calls(file: GoFile, name: str) -> Iterator[int]:
    """Yield the byte offsets at which a name stands with a parenthesis behind it."""
    data, call = file.data, name.encode() + b"("
    start = data.find(call)
    while start >= 0:
        before = data[start - 1 : start]
        if not (before.isalnum() or before == b"_" or before > b"\x7f") and data[start - 5 : start] != b"func ":
            yield start
        start = data.find(call, start + len(call))


def _function(walker: Walker, routine: Routine) -> Function:
    paths, complete = paths_of(walker, routine.file, routine, _bind)
    span = routine.file.span(routine)
    return Function(routine.name, routine.receiver, span, tuple(_results(routine)), paths, complete)


def _literals(walker: Walker, routine: Routine) -> Iterator[Function]:
    """Yield the functions that a function makes for later, where they run statements or call what does."""
    file = routine.file
    for each in later(routine):
        if not _does_something(walker, file, each.node):
            continue
        paths, complete = paths_of(walker, file, routine, _bind, each.node)
        kinds = tuple(_results_of(file, each.node))
        name, place = each.name, file.span(each.node)
        yield Function(name, routine.receiver, place, kinds, paths, complete, routine.name, each.deferred)


def _does_something(walker: Walker, file: GoFile, node: Node) -> bool:
    """Say whether what runs later sends a statement or, being a literal, calls what does.

    A function with a name that is put off is told of by itself.
    """
    if node.type == "call_expression":
        return (file.path, node.start_byte, node.end_byte) in walker.texts
    span = range(node.start_byte, node.end_byte)
    called = (name.decode("utf-8", "replace") for name in _CALLED.findall(file.data[span.start : span.stop]))
    sends = any(path == file.path and start in span for path, start, _ in walker.texts)
    return sends or any(name in walker.known for name in called)


def _bind(w: Walker, place: Place, scope: Scope, state: State, literal: Node | None) -> None:
    """Give the parameters of the function that is walked what is known of them by their types.

    Those of a literal hide those of the function around it.
    """
    routine = place.routine
    if routine is None:
        return
    receiver = routine.node.child_by_field_name("receiver")
    for declaration in named(receiver) if receiver is not None else ():
        for name in declaration.children_by_field_name("name"):
            type_id = f"{routine.file.folder}.{routine.receiver}"
            state.variables[scope.declare(place.file.source(name))] = Instance(type_id)
    listing = routine.node.child_by_field_name("parameters")
    for declaration in named(listing) if listing is not None else ():
        for name in declaration.children_by_field_name("name"):
            word = place.file.source(name)
            value = expressions.parameter(w, place, word, declaration.child_by_field_name("type"))
            state.variables[scope.declare(word)] = value
    following.results(w, place.file, routine.node, scope, state)
    if literal is not None:
        following.bind(w, place.file, literal, scope, state, ())


def _results(routine: Routine) -> list[ResultKind]:
    return _results_of(routine.file, routine.node)


def _results_of(file: GoFile, node: Node) -> list[ResultKind]:
    result = node.child_by_field_name("result")
    if result is None:
        return []
    if result.type != "parameter_list":
        return [_kind(file, result)]
    kinds: list[ResultKind] = []
    for declaration in named(result):
        kind = declaration.child_by_field_name("type") or declaration
        count = max(1, len(declaration.children_by_field_name("name")))
        kinds += [_kind(file, kind)] * count
    return kinds


def _kind(file: GoFile, node: Node) -> ResultKind:
    word = file.source(node)
    if word in ("bool", "error"):
        return "bool" if word == "bool" else "error"
    if _NUMBERS.match(word):
        return "number"
    return (
        "handle"
        if node.type in ("pointer_type", "function_type", "interface_type", "qualified_type", "type_identifier")
        else "other"
    )
