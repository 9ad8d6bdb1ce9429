"""The statements of a tree by the rows that they read and write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nodepath_cli.audit.analyse import Analysed, Analysis
from nodepath_cli.audit.finding import Hit, ProgramHit, Related
from nodepath_cli.source.functions import Ran
from nodepath_cli.source.statement import Span
from nodepath_cli.sql.resolution import Missing, Resolution
from nodepath_cli.sql.row_access import RowAccess, Setting, row_access

ADDING = frozenset(("insert", "ignore", "upsert", "replace"))
"""The actions that add a row."""
SOFT = frozenset(("ignore", "upsert", "replace"))
"""Those of them that succeed where the row is there already."""

_TEXT = re.compile(r"(?:national\s+)?(?:var)?char|(?:tiny|medium|long)?text")
_TIME_NAME = re.compile(
    r"time|date|stamp|_(?:at|on|since|until|from|to)$|^(?:at|since|until|on)$|expir|created|updated|last|start|begin|"
    r"end|seen|locked|modified|tarikh|when|clock|deadline|due"
)


@dataclass(frozen=True, eq=False)
class Site:
    """One text of a statement, and what it does with a row."""

    analysed: Analysed
    resolution: Resolution
    access: RowAccess

    @property
    def table(self) -> str:
        """The table's name, with its database where that is not the default one."""
        table = self.access.table
        return f"{table.database}.{table.name}" if table.database else table.name

    @property
    def span(self) -> Span:
        """Where the statement's head stands in the source."""
        return self.resolution.variant.offsets.locate(self.access.start, self.access.end)

    @property
    def function(self) -> str:
        """The function that the statement stands in, empty where there is none."""
        return self.analysed.statement.function or ""

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


class Sites:
    """All statements that were understood and are about one table."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    @cached_property
    def all(self) -> tuple[Site, ...]:
        """In source order."""
        found = []
        for analysed in self._analysis.statements:
            quotes = analysed.target.dialect.ansi_quotes
            for resolution in analysed.resolutions:
                access = row_access(resolution, quotes)
                if access is not None:
                    found.append(Site(analysed, resolution, access))
        return tuple(found)

    @cached_property
    def by_table(self) -> Mapping[str, list[Site]]:
        """By the table's name."""
        found: dict[str, list[Site]] = defaultdict(list)
        for site in self.all:
            found[site.table].append(site)
        return found

    @cached_property
    def _by_text(self) -> Mapping[tuple[str, int, str], Site]:
        return {
            (each.analysed.statement.span.path, each.analysed.statement.span.start, each.resolution.variant.sql): each
            for each in self.all
        }

    def of(self, ran: Ran) -> tuple[Site, ...]:
        """Return what a call runs; () where none of its texts was understood."""
        found = (self._by_text.get((span.path, span.start, text)) for span, text in ran.texts)
        return tuple(each for each in found if each is not None)

    def one(self, ran: Ran) -> Site | None:
        """Return what a call runs where it is one statement, or several that do the same; None otherwise."""
        found = self.of(ran)
        if not found or len({(each.table, each.access.action) for each in found}) > 1:
            return None
        return found[0]

    def obscure(self, table: str) -> bool:
        """Say whether a statement that was not understood names a table."""
        bare = table.rpartition(".")[2]
        return any(
            bare in each.statement.sql and not each.resolutions and not each.statement.dialect
            for each in self._analysis.statements
        )

    def refused(self, table: str) -> bool:
        """Say whether the server refuses a write to a table for one of its names: what that should do is not known."""
        bare = table.rpartition(".")[2]
        return any(
            any(each.name == bare for each in resolution.tables)
            and resolution.kind != "select"
            and any(isinstance(each.outcome, Missing) for each in resolution.columns)
            for analysed in self._analysis.statements
            for resolution in analysed.resolutions
        )


def times(site: Site) -> Iterator[Setting]:
    """Yield the text columns with a time's name that a statement gives a value."""
    for setting in (*site.access.inserted, *site.access.settings):
        column = site.access.table.column(setting.column)
        if column is not None and _TEXT.match(column.type) and _TIME_NAME.search(setting.column):
            yield setting


def text_times(site: Site) -> frozenset[str]:
    """Return the names of those columns."""
    return frozenset(setting.column for setting in times(site))


def spans(sites: Iterable[Site]) -> Iterator[Span]:
    """Yield where the statements stand, as functions are asked for by."""
    for site in sites:
        yield site.analysed.statement.span
