"""The grammar of CREATE TABLE: its elements, its options, LIKE and SELECT."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql._ddl.nodes import (
    CheckDef,
    CreateTable,
    Element,
    ForeignKeyDef,
    KeyDef,
    KeyKind,
    KeyPart,
    Options,
    Period,
)
from nodepath_cli.sql._ddl.parse_column import read_check, read_column, read_key_parts, read_references
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql.lexer import NUMBER, STRING, WORD
from nodepath_cli.sql.words import words_of

_QUERY = ("SELECT", "WITH", "VALUES", "TABLE")
_PARTITIONING = ("PARTITION", "SUBPARTITION")

# Options with a value that changes nothing of the schema's shape (manual, "CREATE TABLE", both servers).
_VALUE_OPTIONS = words_of(
    "AUTO_INCREMENT AUTOEXTEND_SIZE AVG_ROW_LENGTH CHECKSUM TABLE_CHECKSUM COMMENT COMPRESSION CONNECTION "
    "DELAY_KEY_WRITE ENCRYPTION INSERT_METHOD KEY_BLOCK_SIZE MAX_ROWS MIN_ROWS PACK_KEYS PAGE_CHECKSUM "
    "PASSWORD ROW_FORMAT SEQUENCE STATS_AUTO_RECALC STATS_PERSISTENT STATS_SAMPLE_PAGES TRANSACTIONAL "
    "ENGINE_ATTRIBUTE SECONDARY_ENGINE_ATTRIBUTE SECONDARY_ENGINE TABLESPACE STORAGE UNION ENCRYPTED "
    "ENCRYPTION_KEY_ID PAGE_COMPRESSED PAGE_COMPRESSION_LEVEL ITEF_QUICK_MODE"
)


def read_create_table(reader: Reader, *, or_replace: bool, temporary: bool) -> CreateTable:
    """Read what follows CREATE [TEMPORARY] TABLE."""
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = reader.new_table_name()
    created = CreateTable(
        name=name,
        if_not_exists=if_not_exists,
        or_replace=or_replace,
        temporary=temporary,
    )
    if reader.accept("LIKE"):
        return replace(created, like=reader.table_name())
    if reader.at("(", "LIKE"):
        reader.index += 2
        like = reader.table_name()
        reader.expect(")")
        return replace(created, like=like)
    if reader.word == "(" and not _parenthesised_query(reader):
        created = replace(created, elements=read_elements(reader))
    options, without_rowid = read_options(reader)
    reader.accept_any("IGNORE", "REPLACE")
    as_query = reader.accept("AS")
    select = None
    if as_query or _query_follows(reader) or reader.word == "(":
        select = _query(reader)
    elif not created.elements and not reader.at_end():
        raise reader.error()
    if not reader.at_end():
        raise reader.error()
    return replace(created, options=options, select=select, without_rowid=without_rowid)


def _parenthesised_query(reader: Reader) -> bool:
    ahead = 1
    while reader.peek(ahead) == "(":
        ahead += 1
    return reader.peek(ahead) in ("SELECT", "WITH", "VALUES") and reader.peek_kind(ahead) == WORD


def _query(reader: Reader) -> str:
    if reader.word not in _QUERY and reader.word != "(":
        raise reader.error()
    return reader.rest()


def read_elements(reader: Reader) -> tuple[Element, ...]:
    """Read `( column, key, constraint, ... )`."""
    reader.expect("(")
    elements = [read_element(reader)]
    while reader.accept(","):
        elements.append(read_element(reader))
    reader.expect(")")
    return tuple(elements)


def read_element(reader: Reader) -> Element:
    """Read a column, key, foreign key, check or period of CREATE TABLE."""
    constraint = read_constraint(reader)
    return constraint if constraint is not None else read_column(reader)


def read_constraint(reader: Reader) -> KeyDef | ForeignKeyDef | CheckDef | Period | None:
    """Read a key or constraint, or return None where a column stands."""
    if reader.kind != WORD:
        return None
    name: str | None = None
    named = reader.word == "CONSTRAINT"
    if named:
        reader.advance()
        reader.accept("IF", "NOT", "EXISTS")
        if reader.word not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
            name = reader.identifier()
    if reader.accept("PRIMARY", "KEY"):
        reader.accept("IF", "NOT", "EXISTS")
        return _key(reader, "primary", None)
    if reader.word == "UNIQUE":
        reader.advance()
        reader.accept_any("KEY", "INDEX")
        return _key(reader, "unique", name)
    if reader.accept("FOREIGN", "KEY"):
        return _foreign_key(reader, name)
    if reader.accept("CHECK"):
        return read_check(reader, name)
    if named:
        raise reader.error()
    if reader.sqlite:
        return None
    return _index_or_period(reader)


def _index_or_period(reader: Reader) -> KeyDef | Period | None:
    if reader.word in ("FULLTEXT", "SPATIAL"):
        kind: KeyKind = "fulltext" if reader.word == "FULLTEXT" else "spatial"
        reader.advance()
        reader.accept_any("KEY", "INDEX")
        return _key(reader, kind, None)
    if reader.word in ("KEY", "INDEX"):
        reader.advance()
        return _key(reader, "index", None)
    if reader.at("PERIOD", "FOR"):
        reader.index += 2
        reader.accept("IF", "NOT", "EXISTS")
        name = reader.any_identifier()
        times = reader.column_list()
        if len(times) != 2:
            raise reader.error()
        return Period(name, *times)
    return None


def _key(reader: Reader, kind: KeyKind, constraint: str | None) -> KeyDef:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = None
    if reader.word not in ("(", "USING", "TYPE") or (reader.word == "TYPE" and reader.peek_kind() != WORD):
        name = reader.identifier()
    read_key_options(reader)
    parts, overlaps = _parts(reader)
    read_key_options(reader)
    if reader.sqlite and reader.accept("ON", "CONFLICT"):
        reader.advance()
    # SQLite names the index of a constraint itself, whatever the constraint's name.
    unnamed = kind == "primary" or reader.sqlite
    return KeyDef(kind, None if unnamed else name or constraint, parts, if_not_exists, overlaps)


def _parts(reader: Reader) -> tuple[tuple[KeyPart, ...], bool]:
    """Read a key's columns; MariaDB's `period WITHOUT OVERLAPS` at their end is no column."""
    closing = reader.tokens.closing.get(reader.index)
    if closing is not None and reader.tokens.words[closing - 2 : closing] == ["WITHOUT", "OVERLAPS"]:
        reader.expect("(")
        names = []
        while not reader.at("WITHOUT", "OVERLAPS"):
            names.append(reader.column_name())
            reader.accept(",")
        if len(names) < 2:
            raise reader.error()
        reader.index = closing + 1
        return tuple(KeyPart(name) for name in names[:-1]), True
    return read_key_parts(reader), False


def read_key_options(reader: Reader) -> None:
    """Step over what an index can carry: USING, COMMENT, VISIBLE, parser, engine attributes."""
    while True:
        if reader.accept("USING") or reader.accept("WITH", "PARSER") or reader.accept("TYPE"):
            reader.advance()
        elif reader.accept("COMMENT") or reader.accept_any("ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"):
            reader.accept("=")
            reader.string()
        elif reader.accept_any("VISIBLE", "INVISIBLE", "IGNORED") or reader.accept("NOT", "IGNORED"):
            pass
        elif reader.word == "KEY_BLOCK_SIZE":
            reader.advance()
            reader.accept("=")
            reader.number()
        elif reader.kind == WORD and reader.peek() == "=":
            reader.index += 3
        else:
            return


def _foreign_key(reader: Reader, name: str | None) -> ForeignKeyDef:
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    index = reader.identifier() if reader.word != "(" else None
    columns = tuple(part.column or "" for part in read_key_parts(reader))
    return ForeignKeyDef(name, index, columns, read_references(reader), if_not_exists)


def read_options(reader: Reader) -> tuple[Options, bool]:
    """Read the table options and the partitioning; the second part says WITHOUT ROWID (SQLite)."""
    options = Options()
    without_rowid = False
    while not reader.at_end() and reader.word not in ("AS", "IGNORE", "REPLACE", "(") and not _query_follows(reader):
        if reader.word in _PARTITIONING:
            _partitioning(reader)
        elif reader.sqlite:
            without_rowid |= _sqlite_option(reader)
        elif not reader.accept(","):
            found = read_option(reader)
            if found is None:
                raise reader.error()
            options = merge(options, found)
    return options, without_rowid


def _query_follows(reader: Reader) -> bool:
    return reader.word in ("SELECT", "VALUES") or (reader.word == "WITH" and reader.peek() != "SYSTEM")


def _sqlite_option(reader: Reader) -> bool:
    if reader.accept("WITHOUT", "ROWID"):
        return True
    if reader.accept_any("STRICT", ","):
        return False
    raise reader.error()


def _partitioning(reader: Reader) -> None:
    """Step over PARTITION BY ... up to the query of CREATE ... SELECT or the end."""
    while not reader.at_end() and reader.word not in ("AS", "SELECT", "IGNORE", "REPLACE", "WITH"):
        reader.index = reader.tokens.closing[reader.index] + 1 if reader.word == "(" else reader.index + 1


def merge(first: Options, second: Options) -> Options:
    """Return both together; the second wins."""
    charset = second.charset or first.charset
    collation = second.collation or first.collation
    versioned = first.versioned if second.versioned is None else second.versioned
    return Options(second.engine or first.engine, charset, collation, versioned)


def read_option(reader: Reader) -> Options | None:
    """Read one table option, or return None where none stands."""
    reader.accept("DEFAULT")
    if reader.accept_any("ENGINE", "TYPE"):
        reader.accept("=")
        return Options(engine=reader.name_or_string())
    if reader.accept("CHARACTER", "SET") or reader.accept("CHARSET") or reader.accept("CHAR", "SET"):
        reader.accept("=")
        charset = reader.name_or_string().lower()
        return Options(charset=None if charset == "default" else charset)
    if reader.accept("COLLATE"):
        reader.accept("=")
        return Options(collation=reader.name_or_string().lower())
    if reader.accept("WITH", "SYSTEM", "VERSIONING"):
        return Options(versioned=True)
    if reader.accept("PERIOD", "FOR"):
        reader.any_identifier()
        reader.column_list()
        return Options()
    if reader.accept("START", "TRANSACTION"):
        return Options()
    if reader.word in ("DATA", "INDEX") and reader.peek() == "DIRECTORY":
        reader.index += 2
        reader.accept("=")
        reader.string()
        return Options()
    return _other_option(reader)


def _other_option(reader: Reader) -> Options | None:
    if reader.kind != WORD or (reader.word not in _VALUE_OPTIONS and reader.peek() != "="):
        return None
    word = reader.word
    reader.advance()
    reader.accept("=")
    if word == "UNION":
        reader.parenthesised()
    elif word == "TABLESPACE":
        reader.identifier()
        if reader.accept("STORAGE"):
            reader.advance()
    elif reader.operator("-"):
        reader.index += 2
    elif reader.kind in (NUMBER, STRING) or reader.kind == WORD or reader.is_name():
        reader.advance()
    else:
        raise reader.error()
    return Options()
