"""The statements of a tree by the rows that they read and write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.finding import Hit, ProgramHit, Related
from nodepath_cli.audit.locking.found_rows import counts_found_rows
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column, Table
from nodepath_cli.source.functions import Ran
from nodepath_cli.source.statement import Span
from nodepath_cli.sql.resolution import Resolution
from nodepath_cli.sql.row_access import RowAccess, Setting
from nodepath_cli.sql.row_reading import row_access

ADDING = frozenset(("insert", "ignore", "upsert", "replace"))
"""The actions that add a row."""
SOFT = frozenset(("ignore", "upsert", "replace"))
"""Those of them that succeed where the row is there already."""

_RELEASE = lazy(r"\b(release(?:_all)?_locks?)\s*\(", re.IGNORECASE)
_GET_LOCK = lazy(r"\b(get_lock)\s*\((?:[^()]|\([^()]*\))*,\s*(-?)", re.IGNORECASE)
_TEXT = lazy(r"(?:national\s+)?(?:var)?char|(?:tiny|medium|long)?text")
_TIME_NAME = lazy(
    r"time|date|stamp|_(?:at|on|since|until|from|to)$|^(?:at|since|until|on)$|expir|created|updated|last|start|begin|"
    r"end|seen|locked|modified|tarikh|when|clock|deadline|due"
)


class Site(Struct, frozen=True, eq=False):
    """One text of a statement, and what it does with a row."""

    analysed: Analysed
    resolution: Resolution
    access: RowAccess

    @property
    def table(self) -> str:
        """The table's name, with its database where that is not the default one."""
        return _name(self.access.table)

    @property
    def span(self) -> Span:
        """Where the statement's head stands in the source."""
        return self.resolution.variant.offsets.locate(self.access.start, self.access.end)

    @property
    def function(self) -> str:
        """The function that the statement stands in, empty where there is none."""
        return self.analysed.statement.function or ""

    @property
    def empties(self) -> bool:
        """Say whether it takes a row away, or something out of it."""
        changed = [each.value for each in self.access.settings if not each.keeps]
        ends = any(each.kind in ("null", "constant") for each in changed)
        return self.access.action == "delete" or (self.access.action == "update" and ends)

    def related(self, message: str) -> Related:
        """Return the statement as another place of a finding."""
        return Related(self.span, message)

    def hit(self, message: str, *related: Related, column: str | None = None) -> ProgramHit:
        """Return a finding about the statement."""
        hit = Hit(
            message=message,
            start=self.access.start,
            end=self.access.end,
            identifier=column,
            table=self.access.table.name,
            related=related,
        )
        return ProgramHit(self.analysed, self.resolution, hit)


class Candidate(Struct, frozen=True, eq=False, dict=True):
    """A text about one table whose rows it reads or writes, not read yet: most tables have nothing to do with locks."""

    analysed: Analysed
    number: int
    """The text's, in the order of the statement's variants."""
    kind: str
    table: Table

    @property
    def sql(self) -> str:
        """The text."""
        return self.analysed.statement.variants[self.number].sql

    @property
    def writes(self) -> bool:
        """Say whether it changes rows."""
        return self.kind != "select"

    @cached_property
    def site(self) -> Site | None:
        """What it does, None where that cannot be told."""
        resolution = self.analysed.outcomes[self.number]
        if not isinstance(resolution, Resolution):
            return None
        access = row_access(resolution, self.analysed.target.dialect.ansi_quotes)
        return Site(self.analysed, resolution, access) if access is not None else None


class ServerLock(Struct, frozen=True, eq=False):
    """A statement that asks the server for a lock by name, or gives it back: `SELECT GET_LOCK(?, 10)`."""

    analysed: Analysed
    resolution: Resolution

    def hit(self, message: str, *related: Related) -> ProgramHit:
        """Return a finding about the call of the function."""
        sql = self.resolution.variant.sql
        found = _GET_LOCK.search(sql) or _RELEASE.search(sql)
        start, end = found.span(1) if found else (0, len(sql))
        hit = Hit(message=message, start=start, end=end, identifier=None, related=related)
        return ProgramHit(self.analysed, self.resolution, hit)

    @property
    def place(self) -> tuple[str, int]:
        """Where its first literal stands."""
        span = self.analysed.statement.span
        return span.path, span.start

    def related(self, message: str) -> Related:
        """Return the statement as another place of a finding."""
        return Related(self.resolution.variant.offsets.locate(0, len(self.resolution.variant.sql)), message)


class Sites:
    """All statements that were understood and are about one table."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    @cached_property
    def candidates(self) -> Mapping[str, list[Candidate]]:
        """By the table's name, each in source order."""
        found: dict[str, list[Candidate]] = defaultdict(list)
        for analysed in self._analysis.statements:
            for text in analysed.about:
                found[_name(text.table)].append(Candidate(analysed, text.number, text.kind, text.table))
        return found

    def about(self, table: str) -> list[Site]:
        """Return the statements about a table in source order."""
        return [each.site for each in self.candidates.get(table, ()) if each.site is not None]

    def with_times(self) -> Iterator[Site]:
        """Yield the statements about tables that have text columns with a time's name, table by table."""
        for table, candidates in self.candidates.items():
            if any(_may_hold_time(column) for each in tables(candidates) for column in each.columns):
                yield from self.about(table)

    @cached_property
    def _by_text(self) -> Mapping[tuple[str, int, str], list[Candidate]]:
        found: dict[tuple[str, int, str], list[Candidate]] = defaultdict(list)
        for each in chain.from_iterable(self.candidates.values()):
            span = each.analysed.statement.span
            found[span.path, span.start, each.sql].append(each)
        return found

    def of(self, ran: Ran) -> tuple[Site, ...]:
        """Return what a call runs; () where none of its texts was understood."""
        return self.among(ran.texts)

    def among(self, texts: Iterable[tuple[Span, str]]) -> tuple[Site, ...]:
        """Return what some texts do, as far as they were understood."""
        return tuple(site for site in (self._text(span, text) for span, text in texts) if site is not None)

    def tables_of(self, ran: Ran) -> tuple[str, ...]:
        """Return the tables that a call may be about."""
        return tuple(dict.fromkeys(site.table for site in self.of(ran)))

    def texts_about(self, ran: Ran, table: str) -> tuple[tuple[Span, str], ...]:
        """Return those of a call's texts that are about a table."""
        found = ((each, self._text(*each)) for each in ran.texts)
        return tuple(each for each, site in found if site is not None and site.table == table)

    def _text(self, span: Span, text: str) -> Site | None:
        same = (each.site for each in reversed(self._by_text.get((span.path, span.start, text), ())))
        return next((each for each in same if each is not None), None)

    def one(self, ran: Ran) -> Site | None:
        """Return what a call runs where it is one statement, or several that do the same; None otherwise."""
        found = self.of(ran)
        if not found or len({(each.table, each.access.action) for each in found}) > 1:
            return None
        return found[0]

    @cached_property
    def server_locks(self) -> Mapping[tuple[str, int, str], ServerLock]:
        """The statements that wait for a lock by name for a limited time, by where they stand and their text.

        A negative time is without limit (MySQL manual, "Locking Functions"): there is nothing to ask then.
        """
        return self._by_name(lambda sql: (called := _GET_LOCK.search(sql)) is not None and not called[2])

    @cached_property
    def all_server_locks(self) -> tuple[ServerLock, ...] | None:
        """All statements that ask for a lock by name, however long they wait; None where one was not understood."""
        asking = [each for each in self._naming_locks if "GET_LOCK" in each.statement.sql.upper()]
        if not all(isinstance(outcome, Resolution) for each in asking for outcome in each.outcomes):
            return None
        return tuple(self._by_name(lambda sql: "GET_LOCK" in sql.upper()).values())

    @cached_property
    def server_releases(self) -> Mapping[tuple[str, int, str], ServerLock]:
        """The statements that give such a lock back."""
        return self._by_name(lambda sql: _RELEASE.search(sql) is not None and _GET_LOCK.search(sql) is None)

    def _by_name(self, wanted: Callable[[str], bool]) -> Mapping[tuple[str, int, str], ServerLock]:
        found = {}
        for analysed in self._naming_locks:
            for outcome in analysed.outcomes:
                if isinstance(outcome, Resolution) and wanted(outcome.variant.sql):
                    span = analysed.statement.span
                    found[span.path, span.start, outcome.variant.sql] = ServerLock(analysed, outcome)
        return found

    @cached_property
    def _naming_locks(self) -> tuple[Analysed, ...]:
        return tuple(each for each in self._analysis.statements if "_LOCK" in each.statement.sql.upper())

    @cached_property
    def found_rows(self) -> bool:
        """Say whether a row that a statement finds and leaves as it is counts among the affected ones."""
        return counts_found_rows(file.data for file in self._analysis.files.files if file.path.endswith(".go"))

    def obscure(self, table: str) -> bool:
        """Say whether a statement that was not understood names a table."""
        bare = table.rpartition(".")[2]
        return any(
            bare in each.statement.sql and not each.resolutions and not each.statement.dialect
            for each in self._analysis.statements
        )

    def joined(self, table: str) -> bool:
        """Say whether a statement names a table together with others: it reads its rows as data."""
        bare = table.rpartition(".")[2]
        own = {id(each.analysed) for each in self.candidates.get(table, ())}
        return any(
            bare in each.statement.sql
            and id(each) not in own
            and any(reference.name == bare for resolution in each.resolutions for reference in resolution.tables)
            and len({reference.name for resolution in each.resolutions for reference in resolution.tables}) > 1
            for each in self._analysis.statements
        )

    def refused(self, table: str) -> bool:
        """Say whether the server refuses a write to a table for one of its names: what that should do is not known."""
        bare = table.rpartition(".")[2]
        return any(bare in analysed.refused for analysed in self._analysis.statements)


def tables(candidates: Iterable[Candidate]) -> Iterable[Table]:
    """Return the tables of some texts, each once: a name may have another shape for each moment of the migrations."""
    return {id(each.table): each.table for each in candidates}.values()


def times(site: Site) -> Iterator[Setting]:
    """Yield the text columns with a time's name that a statement gives a value."""
    for setting in (*site.access.inserted, *site.access.settings):
        column = site.access.table.column(setting.column)
        if column is not None and _may_hold_time(column):
            yield setting


def _may_hold_time(column: Column) -> bool:
    return bool(_TEXT.match(column.type) and _TIME_NAME.search(column.name.lower()))


def _name(table: Table) -> str:
    return f"{table.database}.{table.name}" if table.database else table.name


def text_times(site: Site) -> frozenset[str]:
    """Return the names of those columns."""
    return frozenset(setting.column for setting in times(site))


def spans(sites: Iterable[Site]) -> Iterator[Span]:
    """Yield where the statements stand, as functions are asked for by."""
    for site in sites:
        yield site.analysed.statement.span
