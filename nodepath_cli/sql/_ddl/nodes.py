"""DDL statements as data: what the grammar reads and the replay applies."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

KeyKind = Literal["primary", "unique", "index", "fulltext", "spatial"]


class Name(Struct, frozen=True):
    """A table's name, with its database where one is written."""

    name: str
    database: str | None = None


class TypeName(Struct, frozen=True):
    """A column's type."""

    base: str
    """The type's word in lower case, long synonyms in one (`character varying` is `varchar`)."""
    text: str
    """As written, in lower case but for members, with length, sign and members."""
    arguments: tuple[str, ...] = ()
    """Length and scale as digits, or the members as they are inside their quotes."""
    unsigned: bool = False
    zerofill: bool = False
    charset: str | None = None
    binary: bool = False
    """`CHAR(3) BINARY`: the charset's binary collation."""
    compressed: bool = False


class Default(Struct, frozen=True):
    """A DEFAULT clause."""

    kind: Literal["null", "string", "number", "boolean", "bits", "now", "expression"]
    text: str
    """The string's content, the number's digits with sign, the precision of `now`, or the expression's SQL text."""


class Reference(Struct, frozen=True):
    """The REFERENCES clause of a foreign key."""

    table: Name
    columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None


class Position(Struct, frozen=True):
    """Where ALTER TABLE puts a column: FIRST (`after` is None) or AFTER another one."""

    after: str | None


class ColumnDef(Struct, frozen=True):
    """A column definition."""

    name: str
    type: TypeName
    nullable: bool | None = None
    """None where neither NULL nor NOT NULL is written."""
    default: Default | None = None
    on_update: str | None = None
    auto_increment: bool = False
    generated: tuple[Literal["virtual", "stored"], str] | None = None
    """Kind and the expression's SQL text; `ROW START` and `ROW END` for the times of a row's version."""
    invisible: bool = False
    collation: str | None = None
    keys: tuple[KeyDef, ...] = ()
    """Its own PRIMARY KEY and UNIQUE."""
    references: Reference | None = None
    checks: tuple[CheckDef, ...] = ()
    position: Position | None = None
    if_exists: bool = False
    """IF NOT EXISTS of an added column, IF EXISTS of a changed one."""


class KeyPart(Struct, frozen=True):
    """A part of a key: a column, or an expression (`column` is None)."""

    column: str | None
    length: int | None = None
    expression: str = ""


class KeyDef(Struct, frozen=True):
    """A key of any kind but a foreign one."""

    kind: KeyKind
    name: str | None
    parts: tuple[KeyPart, ...]
    if_not_exists: bool = False
    without_overlaps: bool = False


class ForeignKeyDef(Struct, frozen=True):
    """A foreign key; `index` names the index that is made for it."""

    name: str | None
    index: str | None
    columns: tuple[str, ...]
    reference: Reference
    if_not_exists: bool = False


class CheckDef(Struct, frozen=True):
    """A CHECK constraint."""

    name: str | None
    expression: str
    column: bool = False
    """It belongs to one column's definition."""
    if_not_exists: bool = False


class Period(Struct, frozen=True):
    """PERIOD FOR SYSTEM_TIME or of an application."""

    name: str
    start: str
    end: str


Element = ColumnDef | KeyDef | ForeignKeyDef | CheckDef | Period


class Options(Struct, frozen=True):
    """Table options that change the schema; None where not written."""

    engine: str | None = None
    charset: str | None = None
    collation: str | None = None
    versioned: bool | None = None


class CreateTable(Struct, frozen=True):
    """CREATE TABLE in its three forms: a definition, LIKE, SELECT (which may follow a definition)."""

    name: Name
    elements: tuple[Element, ...] = ()
    options: Options = field(default_factory=Options)
    if_not_exists: bool = False
    or_replace: bool = False
    temporary: bool = False
    like: Name | None = None
    select: str | None = None
    without_rowid: bool = False
    virtual: bool = False
    """SQLite's CREATE VIRTUAL TABLE: its module decides on the columns."""


class AddColumns(Struct, frozen=True):
    """ADD COLUMN, of one or several columns."""

    columns: tuple[ColumnDef, ...]


class ChangeColumn(Struct, frozen=True):
    """CHANGE, and MODIFY where `old` is the definition's own name."""

    old: str
    column: ColumnDef


class RenameColumn(Struct, frozen=True):
    """RENAME COLUMN."""

    old: str
    new: str
    if_exists: bool = False


class DropColumn(Struct, frozen=True):
    """DROP COLUMN."""

    name: str
    if_exists: bool = False


class AlterColumn(Struct, frozen=True):
    """ALTER COLUMN ... SET DEFAULT, DROP DEFAULT (`default` is None), SET VISIBLE or INVISIBLE."""

    name: str
    default: Default | None = None
    invisible: bool | None = None
    if_exists: bool = False


class AddConstraint(Struct, frozen=True):
    """ADD of a key, foreign key, check or period."""

    element: KeyDef | ForeignKeyDef | CheckDef | Period


class DropKey(Struct, frozen=True):
    """DROP of a key or constraint by name."""

    kind: Literal["index", "primary", "foreign", "check", "constraint", "period"]
    name: str
    if_exists: bool = False


class RenameKey(Struct, frozen=True):
    """RENAME INDEX."""

    old: str
    new: str
    if_exists: bool = False


class RenameTo(Struct, frozen=True):
    """RENAME TO inside ALTER TABLE."""

    name: Name


class SetOptions(Struct, frozen=True):
    """Table options inside ALTER TABLE; `convert` for CONVERT TO CHARACTER SET."""

    options: Options
    convert: bool = False
    to_default: bool = False
    """CONVERT TO CHARACTER SET DEFAULT."""


class ExchangePartition(Struct, frozen=True):
    """EXCHANGE PARTITION p WITH TABLE t: both tables must be there."""

    table: Name


Action = (
    AddColumns
    | ChangeColumn
    | RenameColumn
    | DropColumn
    | AlterColumn
    | AddConstraint
    | DropKey
    | RenameKey
    | RenameTo
    | SetOptions
    | ExchangePartition
)


class AlterTable(Struct, frozen=True):
    """ALTER TABLE, CREATE INDEX and DROP INDEX."""

    name: Name
    actions: tuple[Action, ...]
    if_exists: bool = False
    or_replace: bool = False
    """CREATE OR REPLACE INDEX."""


class DropTables(Struct, frozen=True):
    """DROP of tables, views or sequences."""

    kind: Literal["table", "view", "sequence"]
    names: tuple[Name, ...]
    if_exists: bool = False
    temporary: bool = False


class RenameTables(Struct, frozen=True):
    """RENAME TABLE: the pairs are done in order, all or none."""

    pairs: tuple[tuple[Name, Name], ...]
    if_exists: bool = False


class Truncate(Struct, frozen=True):
    """TRUNCATE: changes nothing, but the table must be there."""

    name: Name


class DropSqliteIndex(Struct, frozen=True):
    """SQLite's DROP INDEX, which names no table."""

    name: Name
    if_exists: bool


class CreateView(Struct, frozen=True):
    """CREATE VIEW and ALTER VIEW."""

    name: Name
    columns: tuple[str, ...]
    select: str
    or_replace: bool = False
    if_not_exists: bool = False
    alter: bool = False
    temporary: bool = False


class CreateSequence(Struct, frozen=True):
    """CREATE SEQUENCE; with `alter`, ALTER SEQUENCE."""

    name: Name
    or_replace: bool = False
    if_not_exists: bool = False
    alter: bool = False
    if_exists: bool = False


class CreateDatabase(Struct, frozen=True):
    """CREATE DATABASE; with `alter`, ALTER DATABASE (`name` is None for the default one)."""

    name: str | None
    options: Options
    or_replace: bool = False
    if_not_exists: bool = False
    alter: bool = False


class DropDatabase(Struct, frozen=True):
    """DROP DATABASE."""

    name: str
    if_exists: bool = False


class Use(Struct, frozen=True):
    """USE: the default database of the statements that follow."""

    database: str


class SetVariables(Struct, frozen=True):
    """SET of session variables: lower-case name and the value's SQL text."""

    values: tuple[tuple[str, str], ...]


class Other(Struct, frozen=True):
    """A statement that changes no table's shape."""


Ddl = (
    CreateTable
    | AlterTable
    | DropTables
    | RenameTables
    | Truncate
    | DropSqliteIndex
    | CreateView
    | CreateSequence
    | CreateDatabase
    | DropDatabase
    | Use
    | SetVariables
    | Other
)
