"""The schema as nodepath sees it: pure, frozen, from whatever source.

Names are spelt as in the DDL, without quotes. How names compare is the server's rule (MySQL manual, "Identifier Case
Sensitivity"): column names without regard to case, table and database names with regard to it on Linux
(`lower_case_table_names=0`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

TableKind = Literal["table", "view", "sequence"]
RoutineKind = Literal["function", "procedure"]


class Generated(Struct, frozen=True):
    """How a generated column gets its value."""

    kind: Literal["virtual", "stored"]
    expression: str
    """The expression's SQL text."""


class Column(Struct, frozen=True):
    """A column of a table or view."""

    name: str
    type: str = ""
    """As written, in lower case, with length, sign and members; "" where it cannot be told (a view's column)."""
    nullable: bool = True
    """What the server makes of the DDL: primary key columns and `serial` are not nullable."""
    default: str | None = None
    """SQL text of the default (`'x'`, `0`, `current_timestamp()`); None for no DEFAULT and for DEFAULT NULL."""
    on_update: str | None = None
    auto_increment: bool = False
    generated: Generated | None = None
    invisible: bool = False
    charset: str | None = None
    collation: str | None = None


class Key(Struct, frozen=True):
    """A unique key or an index."""

    name: str
    columns: tuple[str | None, ...]
    """Column names in order, None for an expression; prefix lengths are left out."""


class ForeignKey(Struct, frozen=True):
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None


class Table(Struct, frozen=True, dict=True):
    """A table, view or sequence."""

    name: str
    columns: tuple[Column, ...] = ()
    database: str | None = None
    """Set only for tables of another database than the schema's default one."""
    kind: TableKind = "table"
    versioned: bool = False
    """System-versioned (MariaDB): `row_start` and `row_end` can be named."""
    open: bool = False
    """Its columns cannot be told: every column name is taken as known."""
    mixed: bool = False
    """It has the columns of several tables of that name: how many a single one has, and in what order, is not known."""
    read_only: bool = False
    """A view whose rows are made by grouping, DISTINCT, UNION or LIMIT: no statement can change them."""
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[Key, ...] = ()
    """Without the primary key, with the unique ones of column definitions."""
    indexes: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    engine: str | None = None
    charset: str | None = None
    collation: str | None = None

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by lower-case name."""
        return {column.name.lower(): column for column in self.columns}

    def column(self, name: str) -> Column | None:
        """Return the column of that name, without regard to case."""
        return self.by_name.get(name.lower())

    @cached_property
    def visible(self) -> tuple[Column, ...]:
        """The columns of `*` and of an INSERT without a column list."""
        return tuple(column for column in self.columns if not column.invisible)


class Rename(Struct, frozen=True):
    """A column that had another name: the first place to look for what a wrong name should be."""

    table: str
    old: str
    new: str
    reason: str
    """Where it is known from, as reports say it: `former name (0001)`, `renamed in 0012_x.sql`."""


class TableRename(Struct, frozen=True):
    """A table that had another name."""

    old: str
    new: str
    reason: str
    """As for a column: `renamed in 0012_x.sql`."""


class Routine(Struct, frozen=True):
    """A stored function or procedure."""

    name: str
    kind: RoutineKind
    parameters: int | None = None
    """How many it has; None where that cannot be told."""


class Problem(Struct, frozen=True):
    """A DDL statement that could not be replayed; it changed nothing."""

    path: str
    line: int
    message: str
    errno: int | None = None
    """The server's error number for it, None where it was not understood."""
    start: int | None = None
    """Offset of the statement in its file, where it is one of the audited tree."""

    @property
    def place(self) -> str:
        """Return where it is and why, for people."""
        return f"{self.path}:{self.line}: {self.message}"


class Schema(Struct, frozen=True, dict=True):
    """Tables by name, and how far they can be trusted."""

    tables: tuple[Table, ...] = ()
    dialect: str = "mysql"
    """`mysql`, `mariadb` or `sqlite`."""
    version: tuple[int, ...] = ()
    """The server version that the audit is for, () where unknown."""
    database: str | None = None
    """The default database, where a source names one."""
    server_known: bool = False
    """A live source, or a snapshot of one, has said whether it is MySQL or MariaDB."""
    sources: tuple[str, ...] = ()
    """What it was read from, as given (`head`, `db/schema.sql`)."""
    renames: tuple[Rename, ...] = ()
    problems: tuple[Problem, ...] = ()
    inferred: bool = False
    """Not given but found in the audited tree: a table that is not in it may well exist."""
    case_sensitive_tables: bool = True
    """`lower_case_table_names=0`, the default on Linux."""
    several_defaults: bool = False
    """Its scripts choose several databases by USE: which of them the program is connected to is not known."""
    temporary: tuple[Table, ...] = ()
    """Tables that the program makes for a connection of its own; one of `tables` goes before them."""
    routines: tuple[Routine, ...] = ()
    """The stored routines that scripts make; () for a source that does not tell of them, as most do."""

    @cached_property
    def _index(self) -> dict[tuple[str | None, str], Table]:
        return {self._key(table.database, table.name): table for table in (*self.temporary, *self.tables)}

    @cached_property
    def _routines(self) -> dict[tuple[RoutineKind, str], Routine]:
        return {(each.kind, each.name.lower()): each for each in self.routines}

    def routine(self, kind: RoutineKind, name: str) -> Routine | None:
        """Return the routine of that name, without regard to case, or None."""
        return self._routines.get((kind, name.lower()))

    @cached_property
    def other_databases(self) -> frozenset[str]:
        """The databases that it has tables of beside the default one."""
        return frozenset(table.database for table in self.tables if table.database) - {self.database or ""}

    def _key(self, database: str | None, name: str) -> tuple[str | None, str]:
        if database is not None and database == self.database:
            database = None
        return (database, name) if self.case_sensitive_tables else (database and database.lower(), name.lower())

    def table(self, name: str, database: str | None = None) -> Table | None:
        """Return the table of that name as the server would find it, or None."""
        return self._index.get(self._key(database, name))

    def with_tables(self, tables: Iterable[Table]) -> Schema:
        """Return the schema with these tables instead of its own."""
        return replace(self, tables=tuple(sorted(tables, key=lambda table: (table.database or "", table.name))))

    def layered(self, later: Schema) -> Schema:
        """Return this schema with a later source laid over it: its tables are added, or take the place of ours."""
        merged = {self._key(table.database, table.name): table for table in self.tables}
        merged |= {self._key(table.database, table.name): table for table in later.tables}
        return replace(
            self.with_tables(merged.values()),
            database=later.database or self.database,
            sources=self.sources + later.sources,
            renames=self.renames + later.renames,
            problems=self.problems + later.problems,
            inferred=self.inferred and later.inferred,
            several_defaults=self.several_defaults or later.several_defaults,
            server_known=self.server_known or later.server_known,
            routines=tuple({**self._routines, **later._routines}.values()),
        )

    @property
    def column_count(self) -> int:
        """How many columns all tables have together."""
        return sum(len(table.columns) for table in self.tables)
