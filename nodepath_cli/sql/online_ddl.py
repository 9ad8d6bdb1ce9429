"""What an ALTER TABLE costs on InnoDB: which algorithm the server takes, and whether writes wait meanwhile.

MariaDB's answers were asked of a 10.11 (tests/server/test_online_ddl.py asks again); MySQL's are its manuals' ("Online
DDL Operations", 5.7, 8.0 and 8.4). What is said holds for tables without partitions and in row format DYNAMIC.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.sql._ddl.nodes import (
    Action,
    AddColumns,
    AddConstraint,
    AlterTable,
    ChangeColumn,
    CheckDef,
    ColumnDef,
    DropColumn,
    DropKey,
    ForeignKeyDef,
    KeyDef,
    RenameColumn,
    SetOptions,
)
from nodepath_cli.sql._ddl.parse import parse
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql.column_types import bytes_of_length, change
from nodepath_cli.sql.lexer import LexError, tokenize


class Algorithm(IntEnum):
    """How the server changes the table, the cheapest first."""

    INSTANT = 0
    """Only what it knows about the table."""
    IN_PLACE = 1
    """Without rewriting the rows (an index is built, for one)."""
    REBUILD = 2
    """The rows are rewritten beside the table; writes go on but for a moment."""
    COPY = 3
    """The rows are copied into a new table; no write gets through until the end."""


class Cost(Struct, frozen=True):
    """What an ALTER TABLE costs."""

    algorithm: Algorithm
    blocks_writes: bool
    why: str = ""
    """Which part of the statement costs most."""


class _Part(Struct, frozen=True):
    """What one action costs."""

    algorithm: Algorithm
    why: str = ""
    blocks: bool = False
    together: Algorithm | None = None
    """Where other actions of the statement cannot be done at once: what it costs beside them."""
    joins: bool = False
    """It goes together with actions that are done at once (an index is dropped)."""


_INSTANT = _Part(Algorithm.INSTANT)
_IN_PLACE = _Part(Algorithm.IN_PLACE)
_REBUILDS = frozenset({"FORCE", "ROW_FORMAT", "KEY_BLOCK_SIZE"})


def cost(sql: str, before: Schema, after: Schema, dialect: Dialect, *, foreign_key_checks: bool = True) -> Cost | None:
    """Return what an ALTER TABLE, CREATE INDEX or DROP INDEX costs; None for any other statement, for SQLite, and for
    tables that the schema does not have or that another engine than InnoDB holds.

    `before` and `after` are the schema at its two sides.
    """
    if dialect.name == "sqlite":
        return None
    try:
        statement = parse(sql, dialect)
    except Refusal:
        return None
    if not isinstance(statement, AlterTable):
        return None
    table = before.table(statement.name.name, statement.name.database)
    if table is None or table.kind != "table" or (table.engine or "innodb").lower() != "innodb":
        return None
    changed = after.table(statement.name.name, statement.name.database) or table
    context = _Context(table, changed, dialect, statement.actions, foreign_key_checks)
    return _sum([*(part for action in statement.actions for part in context.parts(action)), *_options(sql)], context)


def _sum(parts: list[_Part], context: _Context) -> Cost:
    forced = any(part.algorithm > Algorithm.INSTANT and not part.joins for part in parts)
    if forced:
        parts = [replace(part, algorithm=part.together) if part.together is not None else part for part in parts]
    parts = [*parts, *context.of_virtual_columns(forced=forced)]
    if not parts:
        return Cost(Algorithm.INSTANT, blocks_writes=False)
    worst = max(parts, key=lambda part: (part.algorithm, part.blocks))
    return Cost(worst.algorithm, worst.algorithm is Algorithm.COPY or any(part.blocks for part in parts), worst.why)


def _options(sql: str) -> list[_Part]:
    """Return what options cost that change nothing in the schema."""
    tokens = tokenize(sql)
    if isinstance(tokens, LexError):
        return []
    return [_Part(Algorithm.REBUILD, "the table is rebuilt") for word in tokens.words if word in _REBUILDS][:1]


class _Context:
    """The table on both sides of the statement, and what its server can do."""

    def __init__(
        self, before: Table, after: Table, dialect: Dialect, actions: tuple[Action, ...], foreign_key_checks: bool
    ) -> None:
        self.before = before
        self.after = after
        self.dialect = dialect
        self.mariadb = dialect.name == "mariadb"
        self.version = dialect.version or ((11, 4) if self.mariadb else (8, 4))
        self.actions = actions
        self.foreign_key_checks = foreign_key_checks
        self.virtual = [column.name for column in before.columns if _is(column, "virtual")]
        self.stored = any(_is(column, "stored") for column in before.columns)
        self.indexed_virtual = any(self._indexed(name) for name in self.virtual)

    def of_virtual_columns(self, *, forced: bool) -> list[_Part]:
        """Return what virtual columns of the table add to a statement on MariaDB.

        Its dictionary counts columns with the virtual ones: where a change moves one of them, columns cannot be added,
        nor dropped together with anything else, but by a copy.
        """
        if not self.mariadb:
            return []
        added = [column for action in self.actions if isinstance(action, AddColumns) for column in action.columns]
        of_kind = [bool(column.generated) and column.generated[0] == "virtual" for column in added if column.generated]
        plain = [column for column in added if not column.generated]
        copy = _Part(Algorithm.COPY, "beside virtual columns", blocks=True)
        if plain and any(of_kind):
            return [copy]
        dropped = any(isinstance(action, DropColumn) for action in self.actions)
        moved = any(self._order(self.before, name) != self._order(self.after, name) for name in self._kept_virtual())
        if moved and (plain or (dropped and (forced or self._drops_an_index()))):
            return [copy]
        if self.indexed_virtual and (plain or dropped or any(map(self._moves_or_empties, self.actions))):
            return [copy if dropped else _Part(Algorithm.REBUILD, "beside an indexed virtual column", blocks=True)]
        return []

    def _kept_virtual(self) -> list[str]:
        return [name for name in self.virtual if self.after.column(name) is not None]

    def _drops_an_index(self) -> bool:
        return any(isinstance(action, DropColumn) and self._indexed(action.name) for action in self.actions)

    def _moves_or_empties(self, action: Action) -> bool:
        if not isinstance(action, ChangeColumn):
            return False
        before, after = self.before.column(action.old), self.after.column(action.column.name)
        return action.column.position is not None or (
            before is not None and after is not None and before.nullable != after.nullable
        )

    def since(self, mariadb: tuple[int, ...], mysql: tuple[int, ...]) -> bool:
        """Say whether the server is at least of that version; one without its last number counts as its newest."""
        wanted = mariadb if self.mariadb else mysql
        have = self.version
        return (*have, *(99,) * (len(wanted) - len(have))) >= wanted

    def parts(self, action: Action) -> list[_Part]:
        match action:
            case AddColumns(columns):
                return [part for column in columns for part in self._added(column)]
            case DropColumn(name=name):
                return [self._dropped(name)]
            case RenameColumn():
                return [_INSTANT if self.since((10, 3), (8, 0, 28)) else _IN_PLACE]
            case ChangeColumn():
                return self._changed(action)
            case AddConstraint(element):
                return [self._constraint(element)]
            case DropKey():
                return [self._dropped_key(action)]
            case SetOptions():
                return [self._options(action)]
        return [_INSTANT]

    def _added(self, column: ColumnDef) -> list[_Part]:
        keys = [self._key(key) for key in column.keys]
        if column.checks:
            keys.append(self._check())
        if column.generated and column.generated[0] == "stored":
            return [_Part(Algorithm.COPY, f"{column.name} is a stored generated column", blocks=True), *keys]
        if column.auto_increment:
            return [_Part(Algorithm.REBUILD, f"{column.name} is AUTO_INCREMENT", blocks=True), *keys]
        rebuild = _Part(Algorithm.REBUILD, f"{column.name} is added")
        if column.generated:
            return [_INSTANT if self.since((10, 3), (8, 0)) else _IN_PLACE, *keys]
        placed = column.position is not None and not self._is_last(column)
        instant = self.since((10, 4), (8, 0, 29)) if placed else self.since((10, 3), (8, 0, 12))
        if not instant:
            return [rebuild, *keys]
        return [_Part(Algorithm.INSTANT, rebuild.why, together=Algorithm.REBUILD), *keys]

    def _is_last(self, column: ColumnDef) -> bool:
        after = column.position.after if column.position else None
        return after is not None and after.lower() == self.before.columns[-1].name.lower()

    def _dropped(self, name: str) -> _Part:
        column = self.before.column(name)
        if column is not None and column.generated and column.generated.kind == "virtual":
            return _INSTANT if self.since((10, 3), (8, 0)) else _IN_PLACE
        why = f"{name} is dropped"
        if not self.since((10, 4), (8, 0, 29)):
            return _Part(Algorithm.REBUILD, why)
        if self._indexed(name):
            if not self.mariadb:
                return _Part(Algorithm.REBUILD, why)
            return _Part(Algorithm.IN_PLACE, why, together=Algorithm.REBUILD, joins=True)
        return _Part(Algorithm.INSTANT, why, together=Algorithm.REBUILD)

    def _indexed(self, name: str) -> bool:
        keys = (*self.before.unique_keys, *self.before.indexes)
        return any(part is not None and part.lower() == name.lower() for key in keys for part in key.columns)

    def _changed(self, action: ChangeColumn) -> list[_Part]:
        before, after = self.before.column(action.old), self.after.column(action.column.name)
        if before is None or after is None:
            return []
        keys = [self._key(key) for key in action.column.keys]
        return [self._retyped(before, after), *self._nullness(before, after), *self._moved(action), *keys]

    def _retyped(self, before: Column, after: Column) -> _Part:
        copy = _Part(Algorithm.COPY, f"{after.name} becomes {after.type}", blocks=True)
        if (before.generated is None) != (after.generated is None) or before.auto_increment != after.auto_increment:
            return copy
        if before.generated != after.generated and after.generated and after.generated.kind == "stored":
            return copy
        if (
            self.mariadb
            and (before.charset, before.collation) != (after.charset, after.collation)
            and before.charset == after.charset
            and change(before, replace(after, collation=before.collation), self.dialect) == "same"
        ):
            return _IN_PLACE if self._indexed(before.name) else _INSTANT
        match change(before, after, self.dialect):
            case "same":
                return _INSTANT
            case "more members":
                return _INSTANT
            case "longer":
                if self.mariadb:
                    return _INSTANT if self.since((10, 4, 3), ()) or self._same_bytes(before, after) else copy
                return _IN_PLACE if self._same_bytes(before, after) else copy
        return copy

    def _same_bytes(self, before: Column, after: Column) -> bool:
        return bytes_of_length(before, self.dialect) == bytes_of_length(after, self.dialect)

    def _nullness(self, before: Column, after: Column) -> list[_Part]:
        if before.nullable == after.nullable:
            return []
        word = "NULL" if after.nullable else "NOT NULL"
        if self.mariadb and not after.nullable and (self.stored or self.indexed_virtual):
            return [_Part(Algorithm.COPY, f"{after.name} becomes {word} beside generated columns", blocks=True)]
        return [_Part(Algorithm.REBUILD, f"{after.name} becomes {word}")]

    def _moved(self, action: ChangeColumn) -> list[_Part]:
        position = action.column.position
        if position is None or self._order(self.before, action.old) == self._order(self.after, action.column.name):
            return []
        why = f"{action.column.name} is moved"
        if self.mariadb and self.since((10, 4), ()):
            return [_Part(Algorithm.INSTANT, why, together=Algorithm.REBUILD)]
        return [_Part(Algorithm.REBUILD, why)]

    @staticmethod
    def _order(table: Table, name: str) -> int:
        return [column.name.lower() for column in table.columns].index(name.lower())

    def _constraint(self, element: object) -> _Part:
        match element:
            case KeyDef():
                return self._key(element)
            case ForeignKeyDef():
                if not self.foreign_key_checks:
                    return _IN_PLACE
                return _Part(Algorithm.COPY, "a foreign key is added while foreign_key_checks is on", blocks=True)
            case CheckDef():
                return self._check()
        return _Part(Algorithm.COPY, "a period is added", blocks=True)

    def _key(self, key: KeyDef) -> _Part:
        if key.kind == "primary":
            return _Part(Algorithm.REBUILD, "the primary key is changed")
        if key.kind in ("fulltext", "spatial"):
            return _Part(Algorithm.REBUILD if key.kind == "fulltext" else Algorithm.IN_PLACE, "", blocks=True)
        return _Part(Algorithm.IN_PLACE, "an index is built")

    def _check(self) -> _Part:
        if not self.mariadb and self.version < (8,):
            return _INSTANT
        return _Part(Algorithm.COPY, "a CHECK is added", blocks=True)

    def _dropped_key(self, action: DropKey) -> _Part:
        if action.kind == "primary":
            replaced = any(
                isinstance(each, AddConstraint) and isinstance(each.element, KeyDef) and each.element.kind == "primary"
                for each in self.actions
            )
            if replaced:
                return _Part(Algorithm.REBUILD, "the primary key is changed")
            return _Part(Algorithm.COPY, "the primary key is dropped", blocks=True)
        if action.kind in ("check", "foreign", "constraint"):
            return _INSTANT
        return _Part(Algorithm.IN_PLACE, "an index is dropped", joins=True)

    def _options(self, action: SetOptions) -> _Part:
        options = action.options
        if options.engine is not None:
            same = options.engine.lower() == (self.before.engine or "innodb").lower()
            if not same:
                return _Part(Algorithm.COPY, f"the engine becomes {options.engine}", blocks=True)
            return _Part(Algorithm.REBUILD, "the table is rebuilt")
        if options.versioned is not None:
            return _Part(Algorithm.COPY, "system versioning is changed", blocks=True)
        if action.convert and any(self._converted(column) for column in self.before.columns):
            return _Part(Algorithm.COPY, "texts are converted to another character set", blocks=True)
        return _INSTANT

    def _converted(self, column: Column) -> bool:
        after = self.after.column(column.name)
        return after is not None and (column.charset, column.collation) != (after.charset, after.collation)


def _is(column: Column, kind: str) -> bool:
    return column.generated is not None and column.generated.kind == kind
