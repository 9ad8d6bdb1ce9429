"""Whose SQL a record is: the audited database's, or another one's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nodepath_cli.config import Dialect
from nodepath_cli.source.hosts._go import dialect_content, dialects
from nodepath_cli.source.hosts._go.dialects import Foreign
from nodepath_cli.source.hosts._go.drivers import SQL_DATABASES, Drivers
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import Received
from nodepath_cli.source.hosts._go.values import Guard
from nodepath_cli.source.replacing import Pairs, in_text


class _Place(NamedTuple):
    """What is told by where a text stands, and where it is sent."""

    foreign: Foreign | None
    """The other database that one of the files is for."""
    owned: bool
    """A file is the audited database's by its name."""
    by_function: Foreign | None


class Judge:
    """Whose SQL a record is."""

    def __init__(self, m: Machine, dialect: Dialect, pairs: Pairs = ()) -> None:
        """Begin. `pairs` are what is replaced in the SQL before it is sent."""
        self._m = m
        self._pairs = pairs
        self._dialect = dialect
        self._paths: dict[str, Foreign | None] = {}
        self._places: dict[tuple[str, str, str | None], _Place] = {}
        index = m.index
        self._drivers = Drivers(index.files, index.folders, dialect.family, index.opens, index.modules.required)

    def split(self, records: Iterable[Received]) -> tuple[list[Received], list[tuple[Received, Foreign]]]:
        """Return the records of the audited dialect, and the others with their dialect."""
        own, foreign = [], []
        for record in records:
            why = self.record(record)
            if why is None:
                own.append(record)
            else:
                foreign.append((record, why))
        return own, foreign

    def record(self, record: Received) -> Foreign | None:
        """Return the other database whose SQL a record is, None for the audited one's."""
        found = self.guard(record.guard) or self.guard(record.ambient)
        if found is not None:
            return found
        at = record.call.file.path
        key = record.origin.path if record.origin is not None else at, at, record.call.function
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._place(*key)
        if place.foreign is not None and not self._in_own_branch(record):
            return place.foreign
        family, owned = self._dialect.family, place.owned
        if owned and family == "sqlite":
            # Whatever stands behind a column's name is a type to SQLite, AUTO_INCREMENT, too.
            return None
        sql = in_text(record.text.plain, self._pairs)
        found = place.by_function or dialect_content.by_content(sql, self._dialect)
        if found is None and family == "mysql" and not owned:
            found = dialect_content.by_joined_write(sql)
            return found if found and self._drivers.several else None
        return found

    def _in_own_branch(self, record: Received) -> bool:
        """Say whether a branch around a record names the audited database: it knows more than what a file imports."""
        family, arm = self._dialect.family, self._m.decisions.arm
        return any(dialects.own_branch(arm(*each), family) for each in (*record.guard, *record.ambient))

    def misplaced(self, record: Received, found: Foreign) -> tuple[int, int] | None:
        """Return where a text has what only another database reads, in a program that opens the audited one alone."""
        if found.whole_file or found.dialect not in SQL_DATABASES or not record.surely or not self._drivers.one_alone:
            return None
        return dialect_content.place_of(record.text.plain, found)

    def _place(self, origin: str, path: str, function: str | None) -> _Place:
        """Return what is told by the files of a literal and of its call, and by the function around the call."""
        paths = dict.fromkeys((origin, path))
        family = self._dialect.family
        owned = any(dialects.owned_by_path(each, family) for each in paths)
        foreign = next((found for each in paths if (found := self.path(each)) is not None), None)
        return _Place(foreign, owned, None if owned else dialects.by_function(function, family))

    def guard(self, guard: Guard) -> Foreign | None:
        """Return the other database that the branches of a guard are for."""
        for decision, arm in guard:
            found = dialects.by_branch(self._m.decisions.arm(decision, arm), self._dialect.family, self._dialect.name)
            if found is not None:
                return found
        return None

    def path(self, path: str) -> Foreign | None:
        """Return the other database that a file is for."""
        if path not in self._paths:
            file = self._m.index.by_path.get(path)
            family = self._dialect.family
            if file is None:
                # An embedded file.
                self._paths[path] = dialects.by_path(path, family)
                return self._paths[path]
            self._paths[path] = (
                dialects.by_path(path, family)
                or dialects.by_imports(self._m.index.imports(file).values(), family)
                or dialects.by_opening(self._m.index.opens(file), family)
                or self._drivers.of(file)
            )
        return self._paths[path]
