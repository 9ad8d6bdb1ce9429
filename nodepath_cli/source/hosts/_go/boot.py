"""The order in which a program runs its DDL: calls followed from main and init, then files in order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.collect import Collected
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.looks_like_sql import sql_kind
from nodepath_cli.source.hosts._go.machine import routine_key
from nodepath_cli.source.hosts._go.records import Call
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Statement, Variant

_DOWN = lazy(r"^(?:down|rollback|revert|undo)|downgrade|rollback|Down(?:$|[A-Z\d_])")
_PARTS = lazy(r"(\d*)(\D+|$)")
_RESET = lazy(r"reset|teardown|destroy|wipe|clear|dropall|uninstall", re.IGNORECASE)
_DROPS = lazy(r"\s*drop\s+table", re.IGNORECASE)
_WORD = lazy(r"[^\W\d]\w*")
_NAME = lazy(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_MAX_FUNCTIONS = 2_000
_MAX_ROUNDS = 12

Wanted: TypeAlias = Mapping[str, Sequence[int]]
"""By file: where the calls begin that run DDL, in bytes, in order."""


def in_boot_order(index: Index, collected: Sequence[Collected]) -> list[Statement]:
    """Return the DDL statements of the audited dialect in the order in which the program runs them.

    Functions for the way back (down, rollback, downgrade) are left out, and so are drops in functions that reset a
    database. A loop over several texts gives one statement for each.
    """
    own = [each for each in collected if each.statement.dialect is None and _builds(each)]
    wanted = [each for each in own if not _back(each, index)]
    places = _Walk(index).ranks([each.call for each in wanted])
    wanted.sort(key=lambda each: (places[_key(each.call)], each.order))
    result: list[Statement] = []
    for each in wanted:
        result.extend(_expanded(each))
    return result


def _builds(each: Collected) -> bool:
    """Say whether a text has DDL, be it behind something else (`PRAGMA foreign_keys = off; CREATE TABLE ...`)."""
    if each.kind == "ddl":
        return True
    sql = each.statement.sql
    return ";" in sql and any(sql_kind(part) == "ddl" for part in parts(sql))


def _back(each: Collected, index: Index) -> bool:
    """Say whether the program runs it only on the way back; a wrapper's name says less than its callers' names."""
    if _leads_back(each.statement.function or "", each):
        return True
    callers = [name for root in each.roots if (name := _name(root, index))]
    return bool(callers) and all(_leads_back(name, each) for name in callers)


def _leads_back(function: str, each: Collected) -> bool:
    return bool(_DOWN.search(function) or (_RESET.search(function) and _DROPS.match(each.statement.sql)))


def _name(place: tuple[str, int], index: Index) -> str | None:
    file = index.by_path.get(place[0])
    routines = index.of(file).all_routines() if file else ()
    return next((routine.name for routine in routines if routine_key(routine) == place), None)


def _expanded(each: Collected) -> list[Statement]:
    if not each.rounds:
        return [each.statement]
    return [_with(each.statement, variant, migration) for variant, migration in each.rounds]


def _with(statement: Statement, variant: Variant, migration: str | None) -> Statement:
    return replace(statement, variants=(variant,), uses=(), migration=migration)


class _Words:
    """Which files, functions and variables name what: each text is read once, however many names are looked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._routines: dict[str, dict[str, list[Routine]]] = {}
        self._variables: dict[str, dict[str, list[str]]] = {}

    def files(self, folder: str, name: str) -> Iterator[GoFile]:
        """Yield the files that can name what a package declares under a name.

        A file may call a method of what another file of its own package has imported.
        """
        yield from self._index.mentioning(folder, name)
        if name[:1].isupper():
            for user in sorted({file.folder for file in self._index.importing(folder)}):
                yield from self._index.mentioning(user, name)

    def routines(self, file: GoFile, name: str) -> Sequence[Routine]:
        """Return the functions of a file that name it."""
        if file.path not in self._routines:
            by_word: dict[str, list[Routine]] = {}
            for routine in self._index.of(file).all_routines():
                for word in set(_WORD.findall(file.source(routine))):
                    by_word.setdefault(word, []).append(routine)
            self._routines[file.path] = by_word
        return self._routines[file.path].get(name, ())

    def variables(self, file: GoFile, name: str) -> Sequence[str]:
        """Return the package variables of a file whose declaration names it."""
        if file.path not in self._variables:
            by_word: dict[str, list[str]] = {}
            for variable, declared in self._index.of(file).values.items():
                for word in set(_WORD.findall(file.source(declared.spec))):
                    by_word.setdefault(word, []).append(variable)
            self._variables[file.path] = by_word
        return self._variables[file.path].get(name, ())


class _Walk:
    """A walk through the functions that lead to DDL, in the order in which they call each other."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._words = _Words(index)
        self._leading: dict[tuple[str, int], Routine] = {}
        """Functions that run DDL, or name one that leads there."""
        self._named: dict[str, list[Routine]] = {}
        self._lists: dict[tuple[str, str], Node] = {}
        """Package variables that name such functions, by folder and name."""
        self._read: set[tuple[str, str]] = set()
        self._rank: dict[tuple[str, int], int] = {}
        self._done: set[tuple[str, int]] = set()
        self._itself: dict[tuple[str, int], bool] = {}
        self._names: dict[bytes, str] = {}
        """The names of the functions and of the variables, by what they are in a file."""
        self._passed: set[str] = set()
        """Names whose functions have all been gone through."""

    def ranks(self, calls: Sequence[Call]) -> dict[tuple[str, int], int]:
        """Return the rank of each call; calls that are not reached come behind, in order of file and place."""
        behind = sorted({_key(call) for call in calls})
        homes = {key: routine for call in calls if (key := _key(call)) and (routine := self._home(call)) is not None}
        if len({routine_key(routine) for routine in homes.values()}) > 1:
            self._lead_back(list(homes.values()))
            self._names = {
                name.encode("utf-8", "surrogateescape"): name
                for name in (*self._named, *(variable for _, variable in self._lists))
            }
            wanted: dict[str, list[int]] = {}
            for path, start in behind:
                wanted.setdefault(path, []).append(start)
            for root in self._roots():
                self._visit(root, wanted)
        base = len(self._rank) + 1
        return {key: self._rank.get(key, base + number) for number, key in enumerate(behind)}

    def _home(self, call: Call) -> Routine | None:
        at = call.start_byte
        for routine in self._index.of(call.file).all_routines():
            if routine.start_byte <= at < routine.end_byte:
                return routine
        return None

    def _lead_back(self, routines: list[Routine]) -> None:
        """Find the functions whose text names one of these, then those that name them, up to main."""
        fresh = routines
        for _ in range(_MAX_ROUNDS):
            for routine in fresh:
                self._leading[routine_key(routine)] = routine
                self._named.setdefault(routine.name, []).append(routine)
            fresh = [found for routine in fresh for found in self._naming(routine)]
            fresh = list({routine_key(each): each for each in fresh if routine_key(each) not in self._leading}.values())
            if not fresh or len(self._leading) > _MAX_FUNCTIONS:
                return

    def _naming(self, routine: Routine) -> list[Routine]:
        found = []
        for file in self._words.files(routine.file.folder, routine.name):
            for other in self._words.routines(file, routine.name):
                # The function's own name is no use of it.
                if other.name != routine.name or self._names_itself(file, other):
                    found.append(other)
            # A list of functions in a variable of the package (migrations): whoever names the variable leads there.
            for variable in self._words.variables(file, routine.name):
                self._lists.setdefault((file.folder, variable), self._index.of(file).values[variable].spec)
                for user in self._index.mentioning(file.folder, variable):
                    found.extend(self._words.routines(user, variable))
        return found

    def _names_itself(self, file: GoFile, routine: Routine) -> bool:
        """Say whether a function's text has its own name a second time."""
        key = routine_key(routine)
        known = self._itself.get(key)
        if known is None:
            places = re.finditer(rf"\b{re.escape(routine.name)}\b", file.source(routine))
            known = self._itself[key] = next(islice(places, 1, None), None) is not None
        return known

    def _roots(self) -> list[Routine]:
        def order(routine: Routine) -> tuple[int, list[tuple[int, str]], int]:
            first = {"init": 0, "main": 1}.get(routine.name, 2)
            # Migrations in code count their files: 2 comes before 10, whatever the compiler's own order.
            parts = [(int(digits or 0), text) for digits, text in _PARTS.findall(routine.file.path)]
            return first, parts, routine.start_byte

        return sorted(self._leading.values(), key=order)

    def _visit(self, root: Routine, wanted: Wanted) -> None:
        # A stack of iterators instead of recursion: chains of calls may be longer than Python's own stack.
        stack = [self._steps(root, wanted)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
            elif routine_key(found) not in self._done:
                stack.append(self._steps(found, wanted))

    def _steps(self, routine: Routine, wanted: Wanted) -> Iterator[Routine]:
        """Go through a function in source order: number its DDL calls, yield the functions that it names."""
        self._done.add(routine_key(routine))
        # Its own name is no use of the functions that are called the same (`init`).
        own = routine.node.child_by_field_name("name")
        for child in named(routine.node):
            if own is None or child.start_byte != own.start_byte:
                yield from self._names_in(routine.file, child, wanted)

    def _names_in(self, file: GoFile, node: Node, wanted: Wanted) -> Iterator[Routine]:
        for _, start, name in self._marks(file, node, wanted):
            if name is None:
                self._rank.setdefault((file.path, start), len(self._rank))
                continue
            if name not in self._passed and name in self._named:
                yield from self._named[name]
                # Whoever took them has gone through each: the name leads nowhere new any more.
                self._passed.add(name)
            spec = self._lists.get((file.folder, name))
            if spec is not None and (file.folder, name) not in self._read:
                self._read.add((file.folder, name))
                listing = self._index.value(file.folder, name)
                if listing is not None:
                    yield from self._names_in(listing.file, spec, wanted)

    def _marks(self, file: GoFile, node: Node, wanted: Wanted) -> list[tuple[int, int, str | None]]:
        """Return the names that lead to DDL and the calls that run it, in the order in which they are come to.

        Each with where that is and where it begins, a call without a name: it is run when all in it has been.
        """
        # To look for the words in the text, and then at what they are in the tree, takes a tenth of going through it.
        found: list[tuple[int, int, str | None]] = []
        begin, end = node.start_byte, node.end_byte
        for match in _NAME.finditer(file.data, begin, end):
            name = self._names.get(match.group())
            if name is not None:
                at = node.named_descendant_for_byte_range(*match.span())
                if at is not None and at.type in ("identifier", "field_identifier"):
                    found.append((match.start(), match.start(), name))
        starts = wanted.get(file.path, ())
        for start in starts[bisect_left(starts, begin) : bisect_left(starts, end)]:
            call = node.named_descendant_for_byte_range(start, start + 1)
            while call is not None and call.type != "call_expression":
                call = call.parent
            if call is not None and call.start_byte == start:
                found.append((call.end_byte, start, None))
        return sorted(found, key=lambda mark: mark[0])


def _key(call: Call) -> tuple[str, int]:
    return call.file.path, call.start_byte
