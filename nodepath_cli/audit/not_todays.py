"""Names that an inferred schema need not have: what unnumbered migrations use, and words that the program replaces.

A tool that moves data over from an older version reads tables as they were then. When it runs is not in the tree, and
today's schema says nothing of it. And a program may write its own words in SQL, which it replaces before it sends it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import ColumnRef, InsertRef, Missing, Resolution, Unknown, Unparsed

OLDER = "a migration without a number may meet an older schema than this"
THROUGH = "the schema has been through this script: the table may have had other columns"
CHANGED = "a script without a number changes it: which of them runs first is not known"
UNLIKE = "scripts make tables of this name with other columns: which of them is meant is not known"
REPLACED = "the program may replace the word {}"

_MIGRATION = lazy(r"(?<![A-Za-z])[Mm]igrat|[a-z]Migrat")
_ALTERS = lazy(r"\s*(?:ALTER|RENAME)\s+TABLE\b", re.IGNORECASE)
_WORD = lazy(r"[\w$]+")
_CREATED = lazy(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"\[]?([\w$]+)", re.IGNORECASE)
_CAPITALS = lazy(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_REPLACER = lazy(r"strings\.NewReplacer\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_LITERAL = lazy(r'"([A-Z][A-Z0-9_]*)"')
_NO_LIST_FITS = 1136

Outcome = Resolution | Unparsed


class _Older(Struct, frozen=True):
    """A statement that may meet an older schema."""

    reason: str
    may_differ: Callable[[str], bool]
    """Says of a table whether its columns may have been others."""
    of: Callable[[Iterable[bool]], bool] = all
    """Whether all or any of the tables that a column can be of have to be such."""


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
    def _altered(self) -> tuple[frozenset[str], ...]:
        """The words in lower case of each statement of a script without a number that changes a table."""
        return tuple(
            frozenset(word.lower() for word in _WORD.findall(each.sql))
            for each in self.statements
            if each.host == "sql" and _ALTERS.match(each.sql) and version_of(each.span.path) is None
        )

    @cached_property
    def _replaced(self) -> frozenset[str]:
        """Words in capitals that a replacer is given; with a list (`words...`), all that stand in its file."""
        found: set[str] = set()
        for file in self.files:
            for given in _REPLACER.findall(file.text) if "strings.NewReplacer(" in file.text else ():
                found.update(_LITERAL.findall(file.text if "..." in given else given))
        return frozenset(found)

    def settle(
        self,
        outcomes: tuple[Outcome, ...],
        schema: Schema,
        proved: frozenset[str],
        statement: Statement,
        changed: frozenset[str] = frozenset(),
        unlike: frozenset[str] = frozenset(),
    ) -> tuple[Outcome, ...]:
        """Return the outcomes in which what is missing, but proves nothing, is what cannot be told.

        The tables in `proved` are known whatever the code says; those in `changed`, in lower case, may have had other
        columns when the statement ran. What a script says of one in `unlike`, that other scripts make in shapes of
        their own, may be about any further one.
        """
        path = statement.span.path
        older: _Older | None = None
        if schema.inferred and _MIGRATION.search(path) and version_of(statement.migration or path) is None:
            made = proved | self._made.get(path, set())
            older = _Older(OLDER, lambda table: table not in made and table.lower() not in made)
        elif changed:
            older = _Older(THROUGH, lambda table: table.lower() in changed and table not in proved, any)
        unordered = statement.host == "sql" and version_of(path) is None
        if older is None and unlike and unordered:
            others = unlike - self._made.get(path, set())
            older = _Older(UNLIKE, lambda table: table.lower() in others and table not in proved, any)
        return tuple(
            self._settled(each, older, unordered) if isinstance(each, Resolution) else each for each in outcomes
        )

    def _settled(self, resolution: Resolution, older: _Older | None, unordered: bool) -> Resolution:
        missing = any(isinstance(each.outcome, Missing) for each in resolution.columns)
        if not missing and not (older and resolution.inserts):
            return resolution

        def doubt(column: ColumnRef) -> str | None:
            if not isinstance(column.outcome, Missing):
                return None
            if _CAPITALS.fullmatch(column.name) and column.name in self._replaced:
                return REPLACED.format(column.name)
            if older and older.of(older.may_differ(table.name) for table in column.candidates):
                return older.reason
            if unordered and any(self._changes(table.name, column.name) for table in column.candidates):
                return CHANGED
            return None

        columns = []
        for column in resolution.columns:
            why = doubt(column)
            columns.append(replace(column, outcome=Unknown(why), errno=None) if why else column)
        if not older:
            return replace(resolution, columns=tuple(columns))
        inserts = tuple(each if _known(each, older) else replace(each, open=True) for each in resolution.inserts)
        sure = all(each.columns is not None or _known(each, older) for each in resolution.inserts)
        violations = tuple(each for each in resolution.violations if sure or each.errno != _NO_LIST_FITS)
        given_up = inserts != resolution.inserts or violations != resolution.violations
        given_up = given_up and older.reason not in resolution.open
        reasons = (*resolution.open, older.reason) if given_up else resolution.open
        return replace(resolution, columns=tuple(columns), inserts=inserts, violations=violations, open=reasons)

    def _changes(self, table: str, column: str) -> bool:
        """Say whether a script without a number changes a column of a table."""
        return any(table.lower() in words and column.lower() in words for words in self._altered)


def _known(insert: InsertRef, older: _Older) -> bool:
    return insert.target is None or not older.may_differ(insert.target.name)
