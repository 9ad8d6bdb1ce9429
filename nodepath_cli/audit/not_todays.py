"""Names that an inferred schema need not have: what unnumbered migrations use, and words that the program replaces.

A tool that moves data over from an older version reads tables as they were then. When it runs is not in the tree, and
today's schema says nothing of it. And a program may write its own words in SQL, which it replaces before it sends it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.schema.model import Schema
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import ColumnRef, InsertRef, Missing, Resolution, Unknown, Unparsed

OLDER = "a migration without a number may meet an older schema than this"
REPLACED = "the program may replace the word {}"

_MIGRATION = re.compile(r"(?<![A-Za-z])[Mm]igrat|[a-z]Migrat")
_CREATED = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"\[]?([\w$]+)", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_REPLACER = re.compile(r"strings\.NewReplacer\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_LITERAL = re.compile(r'"([A-Z][A-Z0-9_]*)"')
_NO_LIST_FITS = 1136

Outcome = Resolution | Unparsed


class NotTodays(Struct, frozen=True, dict=True):
    """What the files of a tree say of such names."""

    statements: tuple[Statement, ...]
    files: Sequence[SourceFile]

    @cached_property
    def _made(self) -> dict[str, set[str]]:
        """The tables that each file makes itself, in lower case."""
        made: dict[str, set[str]] = defaultdict(set)
        for each in self.statements:
            for variant in each.variants:
                made[each.span.path].update(name.lower() for name in _CREATED.findall(variant.sql))
        return made

    @cached_property
    def _replaced(self) -> frozenset[str]:
        """Words in capitals that a replacer is given; with a list (`words...`), all that stand in its file."""
        found: set[str] = set()
        for file in self.files:
            for given in _REPLACER.findall(file.text) if "strings.NewReplacer(" in file.text else ():
                found.update(_LITERAL.findall(file.text if "..." in given else given))
        return frozenset(found)

    def settle(
        self, outcomes: tuple[Outcome, ...], schema: Schema, proved: frozenset[str], statement: Statement
    ) -> tuple[Outcome, ...]:
        """Return the outcomes in which what is missing, but proves nothing, is what cannot be told.

        The tables in `proved` are known whatever the code says.
        """
        path = statement.span.path
        older = schema.inferred and bool(_MIGRATION.search(path)) and version_of(statement.migration or path) is None
        return tuple(
            self._settled(each, proved, path, older) if isinstance(each, Resolution) else each for each in outcomes
        )

    def _settled(self, resolution: Resolution, proved: frozenset[str], path: str, older: bool) -> Resolution:
        missing = any(isinstance(each.outcome, Missing) for each in resolution.columns)
        if not missing and not (older and resolution.inserts):
            return resolution
        known = proved | self._made.get(path, set()) if older else proved

        def doubt(column: ColumnRef) -> str | None:
            if not isinstance(column.outcome, Missing):
                return None
            if _CAPITALS.fullmatch(column.name) and column.name in self._replaced:
                return REPLACED.format(column.name)
            of = {table.name for table in column.candidates}
            return OLDER if older and not any(name in known or name.lower() in known for name in of) else None

        columns = []
        for column in resolution.columns:
            why = doubt(column)
            columns.append(replace(column, outcome=Unknown(why), errno=None) if why else column)
        if not older:
            return replace(resolution, columns=tuple(columns))
        inserts = tuple(each if _known(each, known) else replace(each, open=True) for each in resolution.inserts)
        sure = all(each.columns is not None or _known(each, known) for each in resolution.inserts)
        violations = tuple(each for each in resolution.violations if sure or each.errno != _NO_LIST_FITS)
        given_up = inserts != resolution.inserts or violations != resolution.violations
        reasons = (*resolution.open, OLDER) if given_up and OLDER not in resolution.open else resolution.open
        return replace(resolution, columns=tuple(columns), inserts=inserts, violations=violations, open=reasons)


def _known(insert: InsertRef, known: frozenset[str]) -> bool:
    return insert.target is None or insert.target.name in known or insert.target.name.lower() in known
