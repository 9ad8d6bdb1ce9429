"""From a column definition to the column that the server makes of it."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.schema.model import Column, Generated
from nodepath_cli.sql._ddl.charsets import binary_collation, settle
from nodepath_cli.sql._ddl.defaults import default_text, invalid
from nodepath_cli.sql._ddl.nodes import ColumnDef, Default, TypeName
from nodepath_cli.sql._ddl.parse_column import now_text
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.session import Session
from nodepath_cli.sql._ddl.types import BLOBS, CHARACTER, FLOATS, INTEGERS, SPATIAL, TEXTS, as_binary, server_type

Inherited = tuple[str | None, str | None]
"""Charset and collation of the table."""

_NO_LITERAL_DEFAULT = TEXTS | BLOBS | SPATIAL | {"json"}


def make_column(definition: ColumnDef, inherited: Inherited, session: Session) -> Column:
    """Return the column; NOT NULL of a primary key is added later.

    Raises Refusal for a type, default or charset that the server does not take; in DDL that was found in code such a
    column is made without them, and a note says so.
    """
    if session.dialect.name == "sqlite":
        return _sqlite_column(definition)
    try:
        return _made(definition, inherited, session)
    except Refusal as refusal:
        if not session.inferred:
            refusal.column = definition.name
            raise
        session.notes.append(f"column {definition.name} is taken without its default: {refusal.message}")
        return Column(definition.name, definition.type.text, nullable=definition.nullable is not False)


def _made(definition: ColumnDef, inherited: Inherited, session: Session) -> Column:
    column_type = server_type(definition.type, session.dialect)
    if inherited[0] == "binary" and column_type.charset is None and definition.collation is None:
        column_type = as_binary(column_type)
    _check_name(definition.name)
    charset, collation = _charset(definition, column_type, inherited, session)
    nullable = definition.nullable is not False and not definition.auto_increment
    _check(definition, column_type, session)
    text = definition.type.text
    if column_type.base != definition.type.base and definition.type.base in TEXTS | BLOBS | {"char", "varchar"}:
        text = column_type.text
    return Column(
        name=definition.name,
        type=text,
        nullable=nullable,
        default=_default(definition, column_type, nullable, session),
        on_update=_on_update(definition, column_type),
        auto_increment=definition.auto_increment,
        generated=Generated(*definition.generated) if definition.generated else None,
        invisible=definition.invisible,
        charset=charset,
        collation=collation,
    )


def _check_name(name: str) -> None:
    if not name or name.endswith(" "):
        raise Refusal(1166, f"Incorrect column name '{name}'")


def _charset(
    definition: ColumnDef, column_type: TypeName, inherited: Inherited, session: Session
) -> tuple[str | None, str | None]:
    dialect = session.dialect
    if definition.type.base == "json" and dialect.name == "mariadb":
        return "utf8mb4", definition.collation or "utf8mb4_bin"
    if column_type.base not in CHARACTER:
        return None, None
    charset, collation = settle(column_type.charset, definition.collation, inherited, dialect)
    if column_type.binary and charset and definition.collation is None:
        collation = binary_collation(charset)
    return charset, collation


def _check(definition: ColumnDef, column_type: TypeName, session: Session) -> None:
    name, base = definition.name, column_type.base
    if definition.auto_increment:
        if base not in INTEGERS and base not in FLOATS:
            raise Refusal(1063, f"Incorrect column specifier for column '{name}'")
        if definition.default is not None:
            raise invalid(name)
    if definition.on_update and base not in ("timestamp", "datetime"):
        raise Refusal(1294, f"Invalid ON UPDATE clause for '{name}' column")
    if definition.generated and definition.default:
        raise Refusal(1221, "Incorrect usage of DEFAULT and generated column")
    if base in ("enum", "set"):
        exact = column_type.binary or (definition.collation or "").endswith(("_bin", "binary", "_cs"))
        exact = exact or column_type.charset == "binary"
        members = [member if exact else member.lower() for member in column_type.arguments]
        if len(set(members)) < len(members) and session.strict:
            raise Refusal(1291, f"Column '{name}' has duplicated value in {base.upper()}")


def _default(definition: ColumnDef, column_type: TypeName, nullable: bool, session: Session) -> str | None:
    default = definition.default
    if default is None:
        return None
    name = definition.name
    if default.kind == "null":
        if not nullable or any(key.kind == "primary" for key in definition.keys):
            raise invalid(name)
        return None
    literal = default.kind not in ("expression", "null")
    if session.dialect.name == "mysql" and literal and column_type.base in _NO_LITERAL_DEFAULT and session.strict:
        raise Refusal(1101, f"BLOB, TEXT, GEOMETRY or JSON column '{name}' can't have a default value")
    if default.kind == "now":
        default = _clock(default, column_type, name, session)
    return default_text(default, column_type, name, zero_dates=session.written_zero_dates)


def _clock(default: Default, column_type: TypeName, name: str, session: Session) -> Default:
    """A clock default has the column's own precision: MySQL refuses another (1067), MariaDB adapts it (measured)."""
    if column_type.base not in ("timestamp", "datetime"):
        return default
    own = column_type.arguments[0] if column_type.arguments else "0"
    if session.dialect.name == "mysql" and int(default.text or 0) != int(own):
        raise invalid(name)
    return Default("now", "" if own == "0" else own)


def _on_update(definition: ColumnDef, column_type: TypeName) -> str | None:
    if definition.on_update is None:
        return None
    return now_text(column_type.arguments[0] if column_type.arguments else "")


def implicit_timestamps(columns: list[Column], definitions: dict[str, ColumnDef], session: Session) -> list[Column]:
    """Give TIMESTAMP columns the attributes that no one wrote, where explicit_defaults_for_timestamp is off.

    MySQL manual, "Automatic Initialization and Updating for TIMESTAMP and DATETIME": without NULL a TIMESTAMP is NOT
    NULL; the first one with neither default nor ON UPDATE gets both, the others the zero date.
    """
    if session.explicit_timestamps or session.dialect.name == "sqlite":
        return columns
    done = []
    first = True
    for column in columns:
        if column.type.partition("(")[0] != "timestamp":
            done.append(column)
            continue
        definition = definitions.get(column.name.lower())
        if definition is not None and definition.nullable is not True and not definition.generated:
            column = _implicit(column, definition, session, first=first)
        first = False
        done.append(column)
    return done


def _implicit(column: Column, definition: ColumnDef, session: Session, *, first: bool) -> Column:
    column = replace(column, nullable=False)
    if definition.default is not None or definition.on_update is not None:
        return column
    precision = definition.type.arguments[0] if definition.type.arguments else "0"
    if first:
        now = now_text(precision)
        return replace(column, default=now, on_update=now)
    if not session.zero_dates:
        raise invalid(column.name)
    fraction = "." + "0" * int(precision) if precision != "0" else ""
    return replace(column, default=f"'0000-00-00 00:00:00{fraction}'")


def _sqlite_column(definition: ColumnDef) -> Column:
    """SQLite keeps types and defaults as they are written (its manual, "CREATE TABLE")."""
    default = definition.default
    text = None if default is None or default.kind == "null" else default.text
    return Column(
        name=definition.name,
        type=definition.type.text,
        nullable=definition.nullable is not False,
        default=text,
        generated=Generated(*definition.generated) if definition.generated else None,
        collation=definition.collation,
    )
