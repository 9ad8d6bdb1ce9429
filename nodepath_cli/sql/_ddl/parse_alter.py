"""The grammar of ALTER TABLE: every action of MySQL and MariaDB, and SQLite's few."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql._ddl.nodes import (
    Action,
    AddColumns,
    AddConstraint,
    AlterColumn,
    AlterTable,
    ChangeColumn,
    CheckDef,
    ColumnDef,
    DropColumn,
    DropKey,
    ExchangePartition,
    ForeignKeyDef,
    KeyDef,
    Options,
    RenameColumn,
    RenameKey,
    RenameTo,
    SetOptions,
)
from nodepath_cli.sql._ddl.parse_column import read_column, read_default
from nodepath_cli.sql._ddl.parse_create import merge, read_constraint, read_option
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql.lexer import WORD

_PARTITION_WORDS = ("ANALYZE", "CHECK", "COALESCE", "OPTIMIZE", "REBUILD", "REORGANIZE", "REPAIR", "TRUNCATE")


def read_alter_table(reader: Reader) -> AlterTable:
    """Read what follows ALTER [ONLINE] [IGNORE] TABLE."""
    if_exists = reader.accept("IF", "EXISTS")
    name = reader.table_name()
    if reader.accept("WAIT"):
        reader.number()
    else:
        reader.accept("NOWAIT")
    actions: list[Action] = []
    while not reader.at_end():
        if reader.at("PARTITION", "BY") or reader.at("REMOVE", "PARTITIONING"):
            reader.rest()
            break
        actions.extend(_actions(reader))
        if not reader.accept(",") and not reader.at_end() and not _option_follows(reader):
            raise reader.error()
    return AlterTable(name, tuple(actions), if_exists)


def _option_follows(reader: Reader) -> bool:
    """Table options may follow each other without a comma, and partitioning anything."""
    mark = reader.index
    found = reader.word in ("PARTITION", "REMOVE") or read_option(reader) is not None
    reader.index = mark
    return found


def _actions(reader: Reader) -> tuple[Action, ...]:
    word = reader.word
    if word == "ADD":
        reader.advance()
        return _add(reader)
    if word == "DROP":
        reader.advance()
        return _drop(reader)
    if word in ("CHANGE", "MODIFY"):
        reader.advance()
        return _change(reader, modify=word == "MODIFY")
    if word == "RENAME":
        reader.advance()
        return (_rename(reader),)
    if word == "ALTER":
        reader.advance()
        return _alter(reader)
    return _option_or_harmless(reader)


def _add(reader: Reader) -> tuple[Action, ...]:
    if reader.accept("SYSTEM", "VERSIONING"):
        return (SetOptions(Options(versioned=True)),)
    if reader.word == "PARTITION":
        reader.rest()
        return ()
    if reader.accept("COLUMN"):
        return _add_columns(reader)
    constraint_exists = reader.at("CONSTRAINT", "IF", "NOT", "EXISTS")
    constraint = None if reader.word in ("IF", "(") else read_constraint(reader)
    if constraint is None:
        return _add_columns(reader)
    if constraint_exists and isinstance(constraint, KeyDef | ForeignKeyDef | CheckDef):
        constraint = replace(constraint, if_not_exists=True)
    return (AddConstraint(constraint),)


def _add_columns(reader: Reader) -> tuple[Action, ...]:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    if not reader.accept("("):
        column = replace(read_column(reader, position=True), if_exists=if_not_exists)
        return (AddColumns((column,)),)
    actions: list[Action] = []
    while True:
        constraint = read_constraint(reader)
        if constraint is not None:
            actions.append(AddConstraint(constraint))
        else:
            actions.append(AddColumns((replace(read_column(reader), if_exists=if_not_exists),)))
        if not reader.accept(","):
            break
    reader.expect(")")
    return tuple(actions)


def _drop(reader: Reader) -> tuple[Action, ...]:
    if reader.accept("SYSTEM", "VERSIONING"):
        return (SetOptions(Options(versioned=False)),)
    if reader.word == "PARTITION":
        reader.rest()
        return ()
    if reader.accept("PRIMARY", "KEY"):
        if_exists = reader.accept("IF", "EXISTS")
        return (DropKey("primary", "PRIMARY", if_exists),)
    if reader.accept("FOREIGN", "KEY"):
        if_exists = reader.accept("IF", "EXISTS")
        return (DropKey("foreign", reader.identifier(), if_exists),)
    if reader.word in ("INDEX", "KEY"):
        reader.advance()
        if_exists = reader.accept("IF", "EXISTS")
        return (DropKey("index", reader.any_identifier(), if_exists),)
    if reader.accept("CONSTRAINT"):
        if_exists = reader.accept("IF", "EXISTS")
        return (DropKey("constraint", reader.any_identifier(), if_exists),)
    if reader.word == "CHECK" and reader.is_name(1):
        reader.advance()
        return (DropKey("check", reader.identifier()),)
    if reader.accept("PERIOD", "FOR"):
        if_exists = reader.accept("IF", "EXISTS")
        return (DropKey("period", reader.any_identifier(), if_exists),)
    reader.accept("COLUMN")
    if_exists = reader.accept("IF", "EXISTS")
    name = reader.column_name()
    reader.accept_any("RESTRICT", "CASCADE")
    return (DropColumn(name, if_exists),)


def _change(reader: Reader, *, modify: bool) -> tuple[Action, ...]:
    reader.accept("COLUMN")
    if_exists = reader.accept("IF", "EXISTS")
    if modify and reader.accept("("):
        actions: list[Action] = [_changed(reader, None, if_exists)]
        while reader.accept(","):
            actions.append(_changed(reader, None, if_exists))
        reader.expect(")")
        return tuple(actions)
    return (_changed(reader, None if modify else reader.column_name(), if_exists),)


def _changed(reader: Reader, old: str | None, if_exists: bool) -> ChangeColumn:
    column: ColumnDef = replace(read_column(reader, position=True), if_exists=if_exists)
    return ChangeColumn(column.name if old is None else old, column)


def _rename(reader: Reader) -> Action:
    if reader.accept("COLUMN") or (reader.sqlite and reader.is_name() and reader.peek() == "TO"):
        if_exists = reader.accept("IF", "EXISTS")
        old = reader.column_name()
        reader.expect("TO")
        return RenameColumn(old, reader.column_name(), if_exists)
    if reader.word in ("INDEX", "KEY"):
        reader.advance()
        if_exists = reader.accept("IF", "EXISTS")
        old = reader.any_identifier()
        reader.expect("TO")
        return RenameKey(old, reader.any_identifier(), if_exists)
    if not reader.accept("TO") and not reader.accept("AS"):
        reader.accept("=")
    return RenameTo(reader.table_name())


def _alter(reader: Reader) -> tuple[Action, ...]:
    if reader.accept_any("INDEX", "KEY", "CHECK", "CONSTRAINT"):
        reader.accept("IF", "EXISTS")
        reader.any_identifier()
        reader.skip_to_comma()
        return ()
    reader.accept("COLUMN")
    if_exists = reader.accept("IF", "EXISTS")
    name = reader.column_name()
    if reader.accept("SET", "DEFAULT"):
        return (AlterColumn(name, default=read_default(reader), if_exists=if_exists),)
    if reader.accept("SET") and (word := reader.accept_any("VISIBLE", "INVISIBLE")):
        return (AlterColumn(name, invisible=word == "INVISIBLE", if_exists=if_exists),)
    if reader.accept("DROP", "DEFAULT"):
        return (AlterColumn(name, if_exists=if_exists),)
    raise reader.error()


def _option_or_harmless(reader: Reader) -> tuple[Action, ...]:
    if reader.accept("CONVERT", "TO"):
        return (_convert(reader),)
    if reader.at("EXCHANGE", "PARTITION"):
        return (_exchange(reader),)
    if reader.word in _PARTITION_WORDS and reader.peek() == "PARTITION":
        reader.rest()
        return ()
    if reader.word in ("DISCARD", "IMPORT") and reader.kind == WORD:
        reader.rest()
        return ()
    if reader.accept_any("ENABLE", "DISABLE"):
        reader.expect("KEYS")
        return ()
    if reader.accept("FORCE") or reader.accept("WITH", "VALIDATION") or reader.accept("WITHOUT", "VALIDATION"):
        return ()
    if reader.accept_any("ALGORITHM", "LOCK"):
        reader.accept("=")
        reader.advance()
        return ()
    if reader.accept("ORDER", "BY"):
        reader.rest()
        return ()
    options = read_option(reader)
    if options is None:
        raise reader.error()
    while not reader.at_end() and reader.word != "," and (more := read_option(reader)) is not None:
        options = merge(options, more)
    return (SetOptions(options),)


def _convert(reader: Reader) -> SetOptions:
    if not (reader.accept("CHARACTER", "SET") or reader.accept("CHARSET")):
        raise reader.error()
    to_default = reader.accept("DEFAULT")
    charset = None if to_default else reader.name_or_string().lower()
    collation = None
    if reader.accept("COLLATE"):
        reader.accept("=")
        collation = reader.name_or_string().lower()
    return SetOptions(Options(charset=charset, collation=collation), convert=True, to_default=to_default)


def _exchange(reader: Reader) -> ExchangePartition:
    reader.index += 2
    reader.any_identifier()
    reader.expect("WITH", "TABLE")
    table = reader.table_name()
    reader.rest()
    return ExchangePartition(table)
