"""A table while statements change it."""

from __future__ import annotations

from msgspec import Struct, field

from nodepath_cli.schema.model import Column, ForeignKey, Key, Table, TableKind
from nodepath_cli.sql._ddl.nodes import KeyKind


class DraftKey(Struct, frozen=True):
    """A key with what the model leaves out."""

    kind: KeyKind
    name: str
    """`PRIMARY` for the primary key."""
    columns: tuple[str | None, ...]
    generated: bool = False
    """Made by the server for a foreign key: it gives way to a key of the user's that does as well."""
    expressions: tuple[str, ...] = ()
    """The texts of its parts that are expressions."""
    lengths: tuple[int, ...] = ()
    """The prefix length of each part, 0 for none."""


class Draft(Struct):
    """A table, view or sequence. A statement works on a copy, which takes the original's place when all went well."""

    name: str
    database: str | None = None
    kind: TableKind = "table"
    columns: list[Column] = field(default_factory=list)
    keys: list[DraftKey] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: dict[str, str] = field(default_factory=dict)
    """Expressions by constraint name."""
    periods: dict[str, tuple[str, str]] = field(default_factory=dict)
    engine: str | None = None
    charset: str | None = None
    collation: str | None = None
    versioned: bool = False
    open: bool = False
    temporary: bool = False
    without_rowid: bool = False
    """SQLite's WITHOUT ROWID."""
    inherited: bool = False
    """It comes from an earlier source, so that its checks are not known."""
    read_only: bool = False
    """As for a table of the schema."""
    mixed: bool = False
    """As for a table of the schema."""
    finished: Table | None = None
    """What `table` returns, where that is known; whatever changes a table that is no copy sets it to None."""

    def copy(self) -> Draft:
        """Return a copy that can be changed."""
        return Draft(
            self.name,
            self.database,
            self.kind,
            list(self.columns),
            list(self.keys),
            list(self.foreign_keys),
            dict(self.checks),
            dict(self.periods),
            self.engine,
            self.charset,
            self.collation,
            self.versioned,
            self.open,
            self.temporary,
            self.without_rowid,
            self.inherited,
            self.read_only,
            self.mixed,
        )

    def column(self, name: str) -> Column | None:
        """Return the column of that name."""
        index = self.index_of(name)
        return None if index is None else self.columns[index]

    def index_of(self, name: str) -> int | None:
        """Return the place of the column of that name."""
        lower = name.lower()
        return next((index for index, column in enumerate(self.columns) if column.name.lower() == lower), None)

    def key(self, name: str) -> DraftKey | None:
        """Return the key of that name."""
        lower = name.lower()
        return next((key for key in self.keys if key.name.lower() == lower), None)

    @property
    def primary(self) -> DraftKey | None:
        """The primary key."""
        return next((key for key in self.keys if key.kind == "primary"), None)

    @property
    def innodb(self) -> bool:
        """Whether foreign keys mean something to its engine."""
        return self.engine in (None, "InnoDB")

    def table(self) -> Table:
        """Return the finished table: the same one as before, where nothing has changed."""
        if self.finished is None:
            self.finished = self._table()
        return self.finished

    def _table(self) -> Table:
        primary = self.primary
        return Table(
            name=self.name,
            columns=tuple(self.columns),
            database=self.database,
            kind=self.kind,
            versioned=self.versioned,
            open=self.open,
            read_only=self.read_only,
            mixed=self.mixed,
            primary_key=tuple(column for column in primary.columns if column) if primary else (),
            unique_keys=tuple(Key(key.name, key.columns) for key in self.keys if key.kind == "unique"),
            indexes=tuple(Key(key.name, key.columns) for key in self.keys if key.kind not in ("primary", "unique")),
            foreign_keys=tuple(self.foreign_keys),
            engine=self.engine,
            charset=self.charset,
            collation=self.collation,
        )

    @staticmethod
    def of(table: Table) -> Draft:
        """Begin with a finished table."""
        keys = [DraftKey("primary", "PRIMARY", table.primary_key)] if table.primary_key else []
        keys += [DraftKey("unique", key.name, key.columns) for key in table.unique_keys]
        keys += [DraftKey("index", key.name, key.columns) for key in table.indexes]
        return Draft(
            table.name,
            table.database,
            table.kind,
            list(table.columns),
            keys,
            list(table.foreign_keys),
            engine=table.engine,
            charset=table.charset,
            collation=table.collation,
            versioned=table.versioned,
            open=table.open,
            read_only=table.read_only,
            mixed=table.mixed,
            inherited=True,
            finished=table,
        )
