"""Tables by their names: those of the schema, of the server itself, and those that are not there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.catalogue import SYSTEM_DATABASES, meant_table, system_columns
from nodepath_cli.sql.names import NameResolver
from nodepath_cli.sql.nodes import Ident, TableName
from nodepath_cli.sql.resolution import Access, Found, Missing, Outcome, TableRef, Unknown
from nodepath_cli.sql.scope import DERIVED_SPACE, OWN_SPACE, Source

_SEQUENCE_TABLE = lazy(r"seq_\d+_to_\d+(_step_\d+)?\Z", re.IGNORECASE)
_SEQUENCE_COLUMNS = (
    "next_not_cached_value",
    "minimum_value",
    "maximum_value",
    "start_value",
    "increment",
    "cache_size",
    "cycle_option",
    "cycle_count",
)


class TableResolver(NameResolver):
    """Finds the tables that a statement names, and records each."""

    def hints(self, item: TableName) -> None:
        """Record the keys of index hints that are not there (1176, measured): a view has none.

        The beginning of a name is enough where no other key's begins so (MySQL's manual, "Index Hints"; measured).
        """
        table = None if item.name.hole or not item.hints else self._find(item.name.text, item.database)
        if table is None or table.kind == "sequence" or table.open or table.mixed:
            return
        keys = [key.name.lower() for key in (*table.unique_keys, *table.indexes)]
        keys += ["primary"] if table.primary_key else []
        self.without_keys(item, keys)

    def without_keys(self, item: TableName, keys: Sequence[str]) -> None:
        """Record the hints that none of a table's keys fits; a common table expression has no keys."""
        for hint in item.hints:
            name = hint.text.lower()
            if name not in keys and sum(key.startswith(name) for key in keys) != 1:
                message = f"Key '{hint.text}' doesn't exist in table '{item.name_used}'"
                self.violate(1176, message, hint.text, hint.start, hint.end)

    def base_table(self, name: Ident, database: Ident | None, alias: Ident | None, access: Access) -> Source:
        """Resolve a table of the schema and record the reference."""
        text = name.text
        if name.hole and HOLE not in text.rstrip(HOLE) and self._find(text.rstrip(HOLE), database):
            # `FROM users%s`: the hole is the rest of the statement, as the name before it is a table's.
            text = text.rstrip(HOLE)
            name = replace(name, text=text, end=name.start + len(text), hole=False)
            self.table_ends_open = True
            return self.base_table(name, database, alias, access)
        outcome: Outcome
        table = None if name.hole or (database and database.hole) else self._find(text, database)
        shown = alias.text if alias else text
        of = database.text if database else self.schema.database
        if table is not None:
            outcome = Found()
            source = _from_table(shown, of, table)
            if of is None and self.case_sensitive and not self.schema.several_defaults:
                source.elsewhere = self.schema.other_databases
        elif name.hole or (database and database.hole):
            outcome = Unknown("a table's name is known only at run time")
            source = Source(shown, None, {}, (), None, outcome.reason, any_name=alias is None)
        else:
            outcome, source = self._unknown_table(text, database, shown, of)
        source.aliased = alias is not None
        source.any_name = source.any_name or (alias is not None and alias.hole)
        source.space = self.own_space() if database is None else database.text
        if database is not None and database.text == self.schema.database and not self.with_seen:
            source.space = OWN_SPACE
        self._record_table(name, outcome, access, database, alias, table)
        return source

    def own_space(self) -> str:
        """Return the space of names without a database.

        Measured on MariaDB 10.11: behind a WITH they share it with derived tables and not with `db.t`, otherwise it is
        the other way round. Of MySQL only the second is known.
        """
        return DERIVED_SPACE if self.with_seen and self.dialect.name == "mariadb" else OWN_SPACE

    def _find(self, name: str, database: Ident | None) -> Table | None:
        table = self.schema.table(name, database.text if database else None)
        if table is None and self.sqlite:
            table = _find_any_case(self.schema, name)
        return table

    def _unknown_table(self, name: str, database: Ident | None, shown: str, of: str | None) -> tuple[Outcome, Source]:
        system = database.text if database else self.schema.database or ""
        if system.lower() == "information_schema" or not self.case_sensitive:
            system = system.lower()
        if system in SYSTEM_DATABASES:
            return self._system_table(system, name, shown, of)
        if self.dialect.name == "mariadb" and _SEQUENCE_TABLE.match(name):
            return Found(), _plain(shown, of, ("seq",))
        if self.sqlite and name.lower() in ("sqlite_master", "sqlite_schema", "sqlite_sequence", "sqlite_stat1"):
            return Found(), Source(shown, of, {}, (), None, None, any_column=True)
        if database and not self._knows_database(database.text):
            reason = f"table {database.text}.{name} is in another database"
            return Unknown(reason), Source(shown, of, {}, (), None, reason)
        if self.prepared.lead and database is None:
            reason = f"table {name} may be named by the part in front of the statement"
            return Unknown(reason), Source(shown, of, {}, (), None, reason)
        return Missing(), Source(shown, of, {}, (), None, f"no schema for table {name}")

    def _system_table(self, system: str, name: str, shown: str, of: str | None) -> tuple[Outcome, Source]:
        columns = system_columns(system, name, self.dialect.name, either=self.dialect.assumed)
        if columns is None and system == "information_schema" and meant_table(name):
            return Missing(), Source(shown, of, {}, (), None, f"no schema for table {name}")
        if columns is None:
            reason = f"table {system}.{name} is not in the catalogue"
            return Unknown(reason), Source(shown, of, {}, (), None, reason)
        if not columns:
            return Found(), Source(shown, of, {}, (), None, None, any_column=True)
        return Found(), _plain(shown, of, columns)

    def _knows_database(self, database: str) -> bool:
        if database == self.schema.database:
            return True
        return any(table.database == database for table in self.schema.tables)

    def _record_table(
        self,
        name: Ident,
        outcome: Outcome,
        access: Access,
        database: Ident | None,
        alias: Ident | None,
        table: Table | None,
    ) -> None:
        self.tables.append(
            TableRef(
                name.text.replace(HOLE, "__h"),
                name.start,
                name.end,
                outcome,
                access,
                database.text if database else None,
                alias.text if alias else None,
                table,
            )
        )


def _from_table(shown: str, database: str | None, table: Table) -> Source:
    columns: dict[str, Column | None] = {**table.by_name}
    visible = tuple(column.name for column in table.visible)
    if table.kind == "sequence" and not columns:
        columns = dict.fromkeys(_SEQUENCE_COLUMNS)
        visible = _SEQUENCE_COLUMNS
    if table.versioned:
        columns.setdefault("row_start", None)
        columns.setdefault("row_end", None)
    return Source(shown, table.database or database, columns, visible, table, None, table.open)


def _plain(shown: str, database: str | None, columns: tuple[str, ...]) -> Source:
    return Source(shown, database, {name.lower(): None for name in columns}, columns)


def _find_any_case(schema: Schema, name: str) -> Table | None:
    lower = name.lower()
    return next((table for table in (*schema.tables, *schema.temporary) if table.name.lower() == lower), None)
