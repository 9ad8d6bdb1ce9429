"""What a rule may look at beside the resolution itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct, field

from nodepath_cli.audit.gone import Gone
from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Rename, Schema, TableRename
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.value_records import Constant, ValueUse
from nodepath_cli.sql.value_uses import value_uses


def first_word(resolution: Resolution) -> tuple[int, int]:
    """Return start and end of the word that all texts of a statement begin with, so that they give one finding."""
    sql = resolution.variant.sql
    start = len(sql) - len(sql.lstrip())
    return start, start + len((sql.split(None, 1) or [""])[0])


class Context(Struct, frozen=True):
    """The surroundings of one resolution."""

    schema: Schema
    dialect: Dialect
    statement: Statement
    siblings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By table name: how many statements name each of its columns, by lower-case column name."""
    renames: tuple[Rename, ...] = ()
    """The schema's and the configured ones, the configured first."""
    external_tables: tuple[str, ...] = ()
    """Globs of tables that belong to other applications in the same database."""
    proved_tables: frozenset[str] = frozenset()
    """Tables of an inferred schema whose shape is known all the same, as the migrations own them."""
    table_renames: tuple[TableRename, ...] = ()
    """The tables that the migrations have renamed."""
    gone: Mapping[str, Gone] = field(default_factory=dict)
    """By name, the tables that the migrations of the tree took away, where the schema is inferred."""

    functions: Callable[[], frozenset[str]] = frozenset
    """The stored functions and procedures that the tree creates, in lower case."""

    named_elsewhere: Callable[[str, str], bool] = lambda _name, _sql: True
    """Whether a column's name stands somewhere in the tree beside this SQL text."""

    outcomes: tuple[Resolution | Unparsed, ...] = ()
    """What all texts of the statement say, in the order of its variants."""

    _value_uses: dict[int, tuple[Resolution, tuple[ValueUse, ...]]] = field(default_factory=dict)

    def framed(self, resolution: Resolution, start: int, end: int) -> tuple[int, int]:
        """Return what a finding about a whole call frames: a part of the SQL, or its first word.

        A part that stands elsewhere (a constant with the columns, that other statements have, too) would not tell which
        statement it is.
        """
        part, statement = resolution.variant.offsets.locate(start, end), self.statement
        last = statement.call.span if statement.call else statement.span
        behind = last.path == part.path and part.start > last.end
        if part.path == statement.span.path and part.start >= statement.span.start and not behind:
            return start, end
        return first_word(resolution)

    def value_uses(self, resolution: Resolution) -> tuple[ValueUse, ...]:
        """Return what a text assigns to its columns and compares them with, for which several rules ask."""
        known = self._value_uses.get(id(resolution))
        if known is None:
            # The resolution is kept with it: as long as it lives, no other one has its id.
            found = value_uses(resolution, self.dialect.ansi_quotes)
            for arguments in self._arguments(resolution):
                found += value_uses(resolution, self.dialect.ansi_quotes, arguments)
            known = self._value_uses[id(resolution)] = resolution, found
        return known[1]

    def _arguments(self, resolution: Resolution) -> Iterator[Mapping[int, Constant]]:
        """Yield for each call of a text the constants that it gives for placeholders, by the offsets of those."""
        placeholders = resolution.placeholders
        given = [use for use in self.statement.uses if use.constants]
        names = {each.name is not None for each in placeholders.found}
        if not given or placeholders.open or len(names) != 1:
            return
        text = next((number for number, each in enumerate(self.outcomes) if each is resolution), None)
        done = set()
        for use in given if text is not None else ():
            if text not in use.texts or use.constants in done or not (use.binds(text) or len(use.texts) == 1):
                continue
            if True in names:
                places = [(p, each) for p in placeholders.found for each in use.constants if each.name == p.name]
            elif use.count == len(placeholders.found):
                places = [(placeholders.found[each.position], each) for each in use.constants]
            else:
                continue
            done.add(use.constants)
            yield {
                place.start: Constant(each.text, place.start, place.end, True, each.place, each.samples)
                for place, each in places
            }

    def external(self, table: str) -> bool:
        """Say whether the table belongs to another application."""
        return any(fnmatchcase(table, pattern) for pattern in self.external_tables)

    def gone_table(self, name: str) -> Gone | None:
        """Return how a table that is not in the schema went, where that is known to concern the statement."""
        found = self.gone.get(name) if self.schema.inferred else None
        return found if found and found.concerns(self.statement) else None

    def proved(self, table: str) -> bool:
        """Say whether the table's shape was given, not only found in the audited tree."""
        return not self.schema.inferred or table in self.proved_tables
