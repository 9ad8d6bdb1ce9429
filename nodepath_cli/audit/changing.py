"""Columns and tables that an inferred schema may lack by its own fault, so that their absence proves nothing.

A migration in code adds a column, fills it from an old one and drops that, in one function: the inferred schema has the
shape at the end, or another one where the order was told wrongly. And a call that runs the DDL of a list, of which some
elements could not be read, runs more DDL than is known. A function that makes a table and uses it has it, though other
code may drop it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.shapes import CREATED
from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import Span, Statement
from nodepath_cli.sql.ddl import builds_schema
from nodepath_cli.sql.resolution import Missing, Resolution, Unknown, Unparsed

CHANGED = "the function changes the table, and its shape at this point is not known"
MORE = "not all DDL that changes the table could be read"
DROPPED = "the function makes the table itself, and other code drops it"
ORDER = "the order in which the code changes the table is not known"
_TAKING = frozenset(("drop", "change", "rename"))
_BACK = lazy(r"(?i)down|rollback|revert|undo")
_WORD = lazy(r"\w+")

Outcome = Resolution | Unparsed


class Changes(Struct, frozen=True, dict=True):
    """The DDL in the code of a tree."""

    statements: tuple[Statement, ...]
    dialect: Dialect

    @cached_property
    def _ddl(self) -> tuple[Statement, ...]:
        coded = (each for each in self.statements if each.call and not each.dialect)
        return tuple(each for each in coded if builds_schema(each.sql, self.dialect))

    @cached_property
    def _by_function(self) -> dict[tuple[str, str], frozenset[str]]:
        """The words of the DDL of each function that alters tables, in lower case."""
        words: dict[tuple[str, str], set[str]] = defaultdict(set)
        for statement in self._ddl:
            words[statement.span.path, statement.function or ""] |= _words(statement)
        return {place: frozenset(found) for place, found in words.items() if "alter" in found}

    @cached_property
    def _made(self) -> dict[tuple[str, str], frozenset[str]]:
        """The tables that each function makes, in lower case."""
        made: dict[tuple[str, str], set[str]] = defaultdict(set)
        for statement in self._ddl:
            for variant in statement.variants:
                found = CREATED.match(variant.sql)
                if found is not None:
                    made[statement.span.path, statement.function or ""].add(found[2].lower())
        return {place: frozenset(found) for place, found in made.items()}

    @cached_property
    def _incomplete(self) -> frozenset[str]:
        """The words of the DDL of calls that run other texts, too, which could not be read."""
        unread: set[Span] = {each.call.span for each in self.statements if each.call and each.opaque}
        return frozenset(word for each in self._ddl if each.call and each.call.span in unread for word in _words(each))

    @cached_property
    def _alters(self) -> tuple[frozenset[str], ...]:
        """The words of each ALTER on the way forward."""
        forward = (each for each in self._ddl if not _BACK.search(each.function or ""))
        return tuple(words for words in (frozenset(_words(each)) for each in forward) if "alter" in words)

    def settle(
        self, outcomes: tuple[Outcome, ...], schema: Schema, proved: frozenset[str], statement: Statement
    ) -> tuple[Outcome, ...]:
        """Return the outcomes in which a missing column or table that proves nothing is one that cannot be told.

        The tables in `proved` are known whatever the code says.
        """
        if not schema.inferred or not any(_lacks(each) for each in outcomes):
            return outcomes
        place = (statement.span.path, statement.function or "")
        words, made = (known.get(place, frozenset()) for known in (self._by_function, self._made))
        return tuple(
            self._settled(each, words, made, proved) if isinstance(each, Resolution) else each for each in outcomes
        )

    def _settled(
        self, resolution: Resolution, words: frozenset[str], made: frozenset[str], proved: frozenset[str]
    ) -> Resolution:
        columns = []
        for column in resolution.columns:
            candidates = {table.name.lower() for table in column.candidates if table.name not in proved}
            why = self._doubt(column.name.lower(), candidates, words) if isinstance(column.outcome, Missing) else None
            columns.append(replace(column, outcome=Unknown(why), errno=None) if why else column)
        tables = [
            replace(table, outcome=Unknown(DROPPED))
            if isinstance(table.outcome, Missing) and table.name.lower() in made
            else table
            for table in resolution.tables
        ]
        return replace(resolution, columns=tuple(columns), tables=tuple(tables))

    def _doubt(self, column: str, tables: set[str], words: frozenset[str]) -> str | None:
        if tables & words and column in words:
            return CHANGED
        if tables & self._incomplete:
            return MORE
        about = [each for each in self._alters if column in each and tables & each]
        added, taken = any("add" in each for each in about), any(_TAKING & each for each in about)
        return ORDER if added and not taken else None


def _lacks(outcome: Outcome) -> bool:
    return isinstance(outcome, Resolution) and any(
        isinstance(found, Missing)
        for found in (*(each.outcome for each in outcome.columns), *(each.outcome for each in outcome.tables))
    )


def _words(statement: Statement) -> set[str]:
    return {word for variant in statement.variants for word in _WORD.findall(variant.sql.lower())}
