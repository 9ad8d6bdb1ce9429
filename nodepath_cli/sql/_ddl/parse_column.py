"""The grammar of a column definition and of what can stand in it: defaults, keys, references, checks."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct, field

from nodepath_cli.patterns import lazy
from nodepath_cli.sql._ddl.nodes import (
    CheckDef,
    ColumnDef,
    Default,
    KeyDef,
    KeyPart,
    Position,
    Reference,
)
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.types import read_type
from nodepath_cli.sql.lexer import END, NUMBER, STRING, WORD
from nodepath_cli.sql.words import words_of

_NOW = frozenset({"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"})
_STOPS = words_of(
    "NOT NULL DEFAULT ON AUTO_INCREMENT COMMENT UNIQUE PRIMARY KEY CHECK CONSTRAINT REFERENCES COLLATE "
    "FIRST AFTER INVISIBLE VISIBLE GENERATED AS VIRTUAL STORED PERSISTENT"
)
_NOT_GENERATED = ("NOT", "NULL", "PRIMARY", "AUTO_INCREMENT", "DEFAULT", "ON", "KEY")
_HEX = lazy(r"0x[0-9a-f]+|0b[01]+", re.IGNORECASE)


class _Draft(Struct):
    """What has been read of a definition so far."""

    nullable: bool | None = None
    default: Default | None = None
    on_update: str | None = None
    auto_increment: bool = False
    generated: tuple[Literal["virtual", "stored"], str] | None = None
    invisible: bool = False
    collation: str | None = None
    keys: list[KeyDef] = field(default_factory=list)
    references: Reference | None = None
    checks: list[CheckDef] = field(default_factory=list)


def read_column(reader: Reader, *, position: bool = False) -> ColumnDef:
    """Read a column's name and definition; with `position`, FIRST or AFTER behind it (ALTER TABLE)."""
    name = reader.column_name()
    column_type = read_type(reader)
    draft = _Draft()
    if column_type.base == "serial":
        draft.nullable, draft.auto_increment = False, True
        draft.keys.append(KeyDef("unique", None, (KeyPart(name),)))
        # MySQL takes what SERIAL stands for a second time: its grammar has the attributes of any type behind it.
        again = ("NOT", "AUTO_INCREMENT") if reader.dialect.name == "mariadb" else ()
        if reader.word in ("NULL", "SERIAL", "COLLATE", "AS", "GENERATED", *again):
            raise reader.error()
    while _attribute(reader, draft, name):
        pass
    place = read_position(reader) if position else None
    return ColumnDef(
        name=name,
        type=column_type,
        nullable=draft.nullable,
        default=draft.default,
        on_update=draft.on_update,
        auto_increment=draft.auto_increment,
        generated=draft.generated,
        invisible=draft.invisible,
        collation=draft.collation,
        keys=tuple(draft.keys),
        references=draft.references,
        checks=tuple(draft.checks),
        position=place,
    )


def read_position(reader: Reader) -> Position | None:
    """Read FIRST or AFTER where one stands."""
    if reader.accept("FIRST"):
        return Position(None)
    if reader.accept("AFTER"):
        return Position(reader.column_name())
    return None


def _attribute(reader: Reader, draft: _Draft, name: str) -> bool:
    return (
        _null(reader, draft)
        or _value(reader, draft)
        or _generated(reader, draft)
        or _key(reader, draft, name)
        or _constraint(reader, draft)
        or _harmless(reader)
    )


def _null(reader: Reader, draft: _Draft) -> bool:
    if reader.accept("NOT", "NULL"):
        draft.nullable = False
        _conflict(reader)
    elif reader.accept("NULL"):
        draft.nullable = True
        _conflict(reader)
    elif reader.accept("NOT", "INVISIBLE") or reader.accept("VISIBLE"):
        draft.invisible = False
    elif reader.accept("INVISIBLE"):
        draft.invisible = True
    else:
        return False
    return True


def _conflict(reader: Reader) -> None:
    """Step over SQLite's ON CONFLICT clause."""
    if reader.sqlite and reader.accept("ON", "CONFLICT"):
        reader.advance()


def _value(reader: Reader, draft: _Draft) -> bool:
    if reader.accept("DEFAULT"):
        draft.default = read_default(reader)
    elif reader.accept("ON", "UPDATE"):
        draft.on_update = _now(reader)
    elif reader.accept_any("AUTO_INCREMENT", "AUTOINCREMENT"):
        draft.auto_increment = True
    elif reader.accept("SERIAL", "DEFAULT", "VALUE"):
        draft.nullable, draft.auto_increment = False, True
        draft.keys.append(KeyDef("unique", None, ()))
    elif reader.accept("COLLATE"):
        reader.accept("=")
        draft.collation = reader.name_or_string().lower()
    else:
        return False
    return True


def _now(reader: Reader) -> str:
    if not reader.accept_any(*_NOW):
        raise reader.error()
    return now_text(reader.size() if reader.word == "(" else "")


def now_text(precision: str) -> str:
    """Return the server's spelling of CURRENT_TIMESTAMP."""
    return f"current_timestamp({'' if precision == '0' else precision})"


def read_default(reader: Reader) -> Default:
    """Read what follows DEFAULT."""
    word = reader.word
    if word == "(":
        return Default("expression", reader.parenthesised())
    if reader.sqlite and word != "NULL":
        return _as_written(reader)
    if word == "NULL":
        reader.advance()
        return Default("null", "")
    if word in ("TRUE", "FALSE"):
        reader.advance()
        return Default("boolean", "1" if word == "TRUE" else "0")
    if word in _NOW and (word != "NOW" or reader.peek() == "("):
        reader.advance()
        return Default("now", reader.size() if reader.word == "(" else "")
    if word in ("+", "-"):
        reader.advance()
        if reader.kind == NUMBER:
            return Default("number", ("-" if word == "-" else "") + reader.number())
        return Default("expression", word + reader.expression(*_STOPS))
    if reader.kind == NUMBER:
        number = reader.number()
        return Default("bits" if _HEX.fullmatch(number) else "number", number)
    if reader.kind == STRING:
        return Default("string", reader.string())
    if reader.kind == WORD and reader.peek_kind() == STRING and _introducer(reader):
        return _introduced(reader)
    if reader.accept("NEXT", "VALUE", "FOR") or reader.accept("PREVIOUS", "VALUE", "FOR"):
        return Default("expression", f"nextval({reader.table_name().name})")
    return _call(reader)


def _as_written(reader: Reader) -> Default:
    """SQLite keeps a default's own text."""
    sign = reader.accept_any("+", "-") or ""
    start = reader.index
    reader.advance()
    if reader.kind == STRING and reader.tokens.words[start] == "X":
        reader.advance()
    tokens = reader.tokens
    return Default("expression", sign + reader.text[tokens.starts[start] : tokens.ends[reader.index - 1]])


def _introducer(reader: Reader) -> bool:
    """Say whether a charset or literal prefix stands here: `_utf8'x'`, `b'1'`, `x'41'`, `N'x'`, `DATE '2020-01-01'`."""
    word = reader.word
    return word.startswith("_") or word in ("B", "X", "N", "DATE", "TIME", "TIMESTAMP")


def _introduced(reader: Reader) -> Default:
    word = reader.word
    reader.advance()
    content = reader.string()
    if word in ("B", "X"):
        return Default("bits", ("0b" if word == "B" else "0x") + content)
    return Default("string", content)


def _call(reader: Reader) -> Default:
    """Read a function call or another value without parentheses (MariaDB); 1064 for a bare name."""
    start = reader.index
    if reader.word in ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "UTC_TIMESTAMP"):
        reader.advance()
        if reader.word == "(":
            reader.parenthesised()
    elif reader.kind == WORD and reader.peek() == "(":
        reader.advance()
        reader.parenthesised()
    elif reader.kind != END and not reader.is_name() and reader.kind != WORD:
        reader.advance()
    elif reader.peek() == ".":
        while reader.peek() == ".":
            reader.advance()
            reader.advance()
        reader.advance()
        if reader.word == "(":
            reader.parenthesised()
    elif reader.is_name() and reader.dialect.name == "mariadb":
        reader.advance()
    else:
        raise reader.error()
    tokens = reader.tokens
    return Default("expression", reader.text[tokens.starts[start] : tokens.ends[reader.index - 1]])


def _generated(reader: Reader, draft: _Draft) -> bool:
    if reader.accept("GENERATED", "ALWAYS", "AS", "ROW") or reader.accept("AS", "ROW"):
        word = reader.accept_any("START", "END")
        if not word:
            raise reader.error()
        draft.generated = ("stored", f"ROW {word}")
        draft.nullable = False
        return True
    if not (reader.accept("GENERATED", "ALWAYS", "AS") or reader.accept("AS")):
        return False
    expression = reader.parenthesised()
    word = reader.accept_any("VIRTUAL", "STORED", "PERSISTENT")
    draft.generated = ("stored" if word in ("STORED", "PERSISTENT") else "virtual", expression)
    if reader.dialect.name == "mariadb" and reader.word in _NOT_GENERATED:
        # MySQL takes these behind a generated column's expression, MariaDB does not (measured).
        raise reader.error()
    return True


def _key(reader: Reader, draft: _Draft, name: str) -> bool:
    part = (KeyPart(name),)
    if reader.accept("PRIMARY", "KEY") or (not reader.sqlite and reader.accept("PRIMARY")):
        reader.accept_any("ASC", "DESC")
        draft.keys.append(KeyDef("primary", None, part))
        _conflict(reader)
    elif reader.accept("UNIQUE"):
        reader.accept("KEY")
        draft.keys.append(KeyDef("unique", None, part))
        _conflict(reader)
    elif reader.accept("KEY"):
        draft.keys.append(KeyDef("primary", None, part))
    else:
        return False
    return True


def _constraint(reader: Reader, draft: _Draft) -> bool:
    if reader.word == "REFERENCES":
        draft.references = read_references(reader)
        return True
    constraint = None
    if reader.at("CONSTRAINT"):
        reader.advance()
        if reader.word not in ("CHECK", "PRIMARY", "UNIQUE", "NOT", "NULL", "REFERENCES", "DEFAULT"):
            constraint = reader.identifier()
        if reader.word != "CHECK":
            return True
    if reader.accept("CHECK"):
        draft.checks.append(CheckDef(constraint, reader.parenthesised(), column=True))
        _enforced(reader)
        return True
    return False


def _enforced(reader: Reader) -> None:
    if reader.accept("NOT", "ENFORCED"):
        return
    reader.accept("ENFORCED")


def read_references(reader: Reader) -> Reference:
    """Read REFERENCES with its actions."""
    reader.expect("REFERENCES")
    table = reader.table_name()
    columns = tuple(part.column or "" for part in read_key_parts(reader)) if reader.word == "(" else ()
    on_delete = on_update = None
    while True:
        if reader.accept("MATCH"):
            reader.advance()
        elif reader.accept("ON", "DELETE"):
            on_delete = _reference_action(reader)
        elif reader.accept("ON", "UPDATE"):
            on_update = _reference_action(reader)
        elif reader.accept("NOT", "DEFERRABLE") or reader.accept("DEFERRABLE"):
            if reader.accept("INITIALLY"):
                reader.advance()
        else:
            return Reference(table, columns, on_delete, on_update)


def _reference_action(reader: Reader) -> str | None:
    """Read an action; None for RESTRICT and NO ACTION, which are what happens without one."""
    if reader.accept("RESTRICT") or reader.accept("NO", "ACTION"):
        return None
    for words in (("SET", "NULL"), ("SET", "DEFAULT"), ("CASCADE",)):
        if reader.accept(*words):
            return " ".join(words).lower()
    raise reader.error()


def read_key_parts(reader: Reader) -> tuple[KeyPart, ...]:
    """Read `(a, b(10) DESC, (expression))`."""
    reader.expect("(")
    parts = [_key_part(reader)]
    while reader.accept(","):
        parts.append(_key_part(reader))
    reader.expect(")")
    return tuple(parts)


def _key_part(reader: Reader) -> KeyPart:
    if reader.word == "(":
        part = KeyPart(None, expression=reader.parenthesised())
    elif reader.sqlite and (reader.peek() == "(" or not reader.is_name()):
        part = KeyPart(None, expression=reader.expression("ASC", "DESC", "COLLATE"))
    else:
        name = reader.column_name()
        length = int(reader.size() or 0) if reader.word == "(" and reader.peek_kind() == NUMBER else None
        part = KeyPart(name, length)
    if reader.sqlite and reader.accept("COLLATE"):
        reader.any_identifier()
    reader.accept_any("ASC", "DESC")
    return part


def read_check(reader: Reader, name: str | None, *, if_not_exists: bool = False) -> CheckDef:
    """Read `(expression)` behind CHECK of a table."""
    check = CheckDef(name, reader.parenthesised(), if_not_exists=if_not_exists)
    _enforced(reader)
    return check


def _harmless(reader: Reader) -> bool:
    """Step over an attribute that changes nothing of the schema's shape."""
    if reader.accept("COMMENT"):
        reader.accept("=")
        reader.string()
    elif reader.accept_any("COLUMN_FORMAT", "STORAGE"):
        reader.advance()
    elif reader.accept("WITH", "SYSTEM", "VERSIONING") or reader.accept("WITHOUT", "SYSTEM", "VERSIONING"):
        pass
    elif reader.accept("SRID") or reader.accept("REF_SYSTEM_ID", "="):
        reader.number()
    elif reader.accept("ENGINE_ATTRIBUTE") or reader.accept("SECONDARY_ENGINE_ATTRIBUTE"):
        reader.accept("=")
        reader.string()
    elif reader.kind == WORD and reader.peek() == "=" and reader.word not in _STOPS:
        # MariaDB's engine-defined column attributes.
        reader.advance()
        reader.advance()
        reader.advance()
    else:
        return False
    return True


def with_key_columns(column: ColumnDef) -> tuple[KeyDef, ...]:
    """Return a column's own keys, each over the column itself."""
    return tuple(KeyDef(key.kind, key.name, (KeyPart(column.name),)) for key in column.keys)
