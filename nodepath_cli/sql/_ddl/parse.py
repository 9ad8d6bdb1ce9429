"""From the text of one statement to what it does."""

from __future__ import annotations

import re
from functools import lru_cache

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.sql._ddl.nodes import (
    AddConstraint,
    AlterTable,
    CreateDatabase,
    CreateSequence,
    CreateTable,
    CreateView,
    Ddl,
    DropDatabase,
    DropKey,
    DropSqliteIndex,
    DropTables,
    KeyDef,
    KeyKind,
    Name,
    Options,
    Other,
    RenameTables,
    SetVariables,
    Truncate,
    Use,
)
from nodepath_cli.sql._ddl.parse_alter import read_alter_table
from nodepath_cli.sql._ddl.parse_column import read_key_parts
from nodepath_cli.sql._ddl.parse_create import merge, read_create_table, read_key_options, read_option
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql.lexer import VARIABLE, WORD
from nodepath_cli.sql.words import words_of

_CHECK_OPTION = lazy(r"\s+WITH(?:\s+CASCADED|\s+LOCAL)?\s+CHECK\s+OPTION\s*\Z", re.IGNORECASE)
_OTHER_OBJECTS = words_of(
    "USER ROLE FUNCTION PROCEDURE TRIGGER EVENT SERVER TABLESPACE LOGFILE PACKAGE UNDO PREPARE INSTANCE RESOURCE "
    "SPATIAL REFERENCE LIBRARY"
)
_LOCK_WORDS = ("ALGORITHM", "LOCK")


# An inferred order is replayed in several ways, a script from several moments on: each text is read once.
@lru_cache(maxsize=1 << 13)
def parse(text: str, dialect: Dialect) -> Ddl:
    """Return what the statement does; `Other` for one that changes no table's shape.

    Raises Refusal (1064) for a DDL statement that no grammar of the dialect's family accepts. MySQL's and MariaDB's
    grammars are read as one: a script written for the other server still says what its author meant.
    """
    reader = Reader(text, dialect)
    word = reader.word
    if word == "CREATE":
        return _create(reader)
    if word == "ALTER":
        return _alter(reader)
    if word == "DROP":
        return _drop(reader)
    if word == "RENAME":
        return _rename(reader)
    if word == "TRUNCATE":
        reader.advance()
        reader.accept("TABLE")
        truncated = Truncate(reader.table_name())
        if not reader.accept("NOWAIT") and reader.accept("WAIT"):
            reader.number()
        return _complete(reader, truncated)
    if word == "USE":
        reader.advance()
        return Use(reader.name_or_string())
    if word == "SET":
        return _set(reader)
    return Other()


def _complete(reader: Reader, statement: Ddl) -> Ddl:
    """Return the statement where nothing stands behind it; raises Refusal (1064) otherwise."""
    if not reader.at_end():
        raise reader.error()
    return statement


def _create(reader: Reader) -> Ddl:
    reader.advance()
    or_replace = reader.accept("OR", "REPLACE")
    _view_attributes(reader)
    temporary = reader.accept_any("TEMPORARY", "TEMP") is not None
    if reader.accept("TABLE"):
        return read_create_table(reader, or_replace=or_replace, temporary=temporary)
    if reader.accept("VIEW"):
        return _view(reader, or_replace=or_replace, alter=False, temporary=temporary)
    if reader.accept("SEQUENCE"):
        if_not_exists = reader.accept("IF", "NOT", "EXISTS")
        return CreateSequence(reader.table_name(), or_replace, if_not_exists)
    if reader.accept_any("DATABASE", "SCHEMA"):
        return _database(reader, or_replace=or_replace, alter=False)
    if reader.accept("VIRTUAL", "TABLE"):
        if_not_exists = reader.accept("IF", "NOT", "EXISTS")
        return CreateTable(reader.table_name(), if_not_exists=if_not_exists, virtual=True)
    reader.accept_any("ONLINE", "OFFLINE")
    kind = reader.accept_any("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR")
    if reader.accept("INDEX"):
        return _create_index(reader, kind, or_replace=or_replace)
    return _other(reader)


def _other(reader: Reader) -> Other:
    """Return a statement about what is no table; raises Refusal (1064) for one about nothing that is known."""
    if reader.word not in _OTHER_OBJECTS and not reader.sqlite:
        raise reader.error()
    return Other()


def _view_attributes(reader: Reader) -> None:
    while True:
        if reader.accept("ALGORITHM", "="):
            reader.advance()
        elif reader.accept("DEFINER", "="):
            reader.user()
        elif reader.accept("SQL", "SECURITY") or reader.word in ("AGGREGATE",):
            reader.advance()
        else:
            return


def _view(reader: Reader, *, or_replace: bool, alter: bool, temporary: bool) -> CreateView:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = reader.table_name()
    columns = reader.column_list() if reader.word == "(" else ()
    reader.expect("AS")
    select = reader.rest()
    return CreateView(name, columns, _without_check_option(select), or_replace, if_not_exists, alter, temporary)


def _without_check_option(select: str) -> str:
    """Cut WITH [CASCADED | LOCAL] CHECK OPTION off a view's SELECT."""
    return _CHECK_OPTION.sub("", select)


def _database(reader: Reader, *, or_replace: bool, alter: bool) -> CreateDatabase:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    named = reader.is_name() and reader.word not in ("CHARACTER", "CHARSET", "COMMENT", "COLLATE", "DEFAULT")
    name = reader.identifier() if named or not alter else None
    options = Options()
    while not reader.at_end():
        found = read_option(reader)
        if found is None:
            break
        options = merge(options, found)
    return CreateDatabase(name, options, or_replace, if_not_exists, alter)


def _create_index(reader: Reader, word: str | None, *, or_replace: bool) -> Ddl:
    kinds: dict[str | None, KeyKind] = {"UNIQUE": "unique", "FULLTEXT": "fulltext", "SPATIAL": "spatial"}
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    first = reader.table_name()
    read_key_options(reader)
    reader.expect("ON")
    table = reader.table_name()
    if reader.sqlite:
        table = Name(table.name, first.database)
    parts = read_key_parts(reader)
    if reader.accept("WHERE"):
        # A partial unique index lets rows in twice: it is no unique key of the table.
        word = None
        reader.rest()
    while not reader.at_end():
        mark = reader.index
        read_key_options(reader)
        if reader.accept_any(*_LOCK_WORDS):
            reader.accept("=")
            reader.advance()
        elif reader.accept("WAIT") or reader.accept("NOWAIT"):
            reader.advance()
        elif reader.index == mark:
            raise reader.error()
    key = KeyDef(kinds.get(word, "index"), first.name, parts, if_not_exists)
    return AlterTable(table, (AddConstraint(key),), or_replace=or_replace)


def _alter(reader: Reader) -> Ddl:
    reader.advance()
    reader.accept_any("ONLINE", "OFFLINE")
    reader.accept("IGNORE")
    if reader.accept("TABLE"):
        return read_alter_table(reader)
    _view_attributes(reader)
    if reader.accept("VIEW"):
        return _view(reader, or_replace=True, alter=True, temporary=False)
    if reader.accept("SEQUENCE"):
        if_exists = reader.accept("IF", "EXISTS")
        return CreateSequence(reader.table_name(), alter=True, if_exists=if_exists)
    if reader.accept_any("DATABASE", "SCHEMA"):
        return _database(reader, or_replace=False, alter=True)
    return _other(reader)


def _drop(reader: Reader) -> Ddl:
    reader.advance()
    temporary = reader.accept("TEMPORARY")
    word = reader.accept_any("TABLE", "TABLES", "VIEW", "SEQUENCE")
    if word:
        if_exists = reader.accept("IF", "EXISTS")
        names = reader.table_names()
        reader.accept_any("RESTRICT", "CASCADE")
        if not reader.accept("NOWAIT") and reader.accept("WAIT"):
            reader.number()
        if not reader.at_end():
            raise reader.error()
        if word in ("TABLE", "TABLES"):
            return DropTables("table", names, if_exists, temporary)
        return DropTables("view" if word == "VIEW" else "sequence", names, if_exists)
    if reader.accept_any("DATABASE", "SCHEMA"):
        if_exists = reader.accept("IF", "EXISTS")
        return DropDatabase(reader.identifier(), if_exists)
    reader.accept_any("ONLINE", "OFFLINE")
    if reader.accept("INDEX"):
        if_exists = reader.accept("IF", "EXISTS")
        if reader.sqlite:
            return DropSqliteIndex(reader.table_name(), if_exists)
        key = reader.any_identifier()
        reader.expect("ON")
        kind: DropKey = DropKey("primary" if key.upper() == "PRIMARY" else "index", key, if_exists)
        return AlterTable(reader.table_name(), (kind,))
    return _other(reader)


def _rename(reader: Reader) -> Ddl:
    reader.advance()
    if not reader.accept_any("TABLE", "TABLES"):
        return Other()
    if_exists = reader.accept("IF", "EXISTS")
    pairs: list[tuple[Name, Name]] = []
    while True:
        old = reader.table_name()
        if reader.accept("WAIT"):
            reader.number()
        else:
            reader.accept("NOWAIT")
        reader.expect("TO")
        pairs.append((old, reader.table_name()))
        if not reader.accept(","):
            break
    return _complete(reader, RenameTables(tuple(pairs), if_exists))


def _set(reader: Reader) -> Ddl:
    """Read `SET a = 1, @@SESSION.b = 2`; what it cannot read of it changes no table."""
    reader.advance()
    values = []
    while not reader.at_end():
        reader.accept_any("SESSION", "GLOBAL", "LOCAL")
        name = reader.raw().lower()
        if reader.kind not in (WORD, VARIABLE):
            break
        reader.advance()
        if not (reader.accept("=") or reader.accept(":=")):
            break
        value = reader.expression()
        if not name.startswith("@") or name.startswith("@@"):
            values.append((name.lstrip("@").removeprefix("session.").removeprefix("global."), value))
        else:
            values.append((name, value))
        if not reader.accept(","):
            break
    return SetVariables(tuple(values))
