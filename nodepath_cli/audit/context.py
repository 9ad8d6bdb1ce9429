"""What a rule may look at beside the resolution itself."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from msgspec import Struct, field

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Rename, Schema, TableRename
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.value_uses import ValueUse, value_uses


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

    outcomes: tuple[Resolution | Unparsed, ...] = ()
    """What all texts of the statement say, in the order of its variants."""

    _value_uses: dict[int, tuple[Resolution, tuple[ValueUse, ...]]] = field(default_factory=dict)

    def value_uses(self, resolution: Resolution) -> tuple[ValueUse, ...]:
        """Return what a text assigns to its columns and compares them with, for which several rules ask."""
        known = self._value_uses.get(id(resolution))
        if known is None:
            # The resolution is kept with it: as long as it lives, no other one has its id.
            known = self._value_uses[id(resolution)] = resolution, value_uses(resolution, self.dialect.ansi_quotes)
        return known[1]

    def external(self, table: str) -> bool:
        """Say whether the table belongs to another application."""
        return any(fnmatchcase(table, pattern) for pattern in self.external_tables)

    def proved(self, table: str) -> bool:
        """Say whether the table's shape was given, not only found in the audited tree."""
        return not self.schema.inferred or table in self.proved_tables
