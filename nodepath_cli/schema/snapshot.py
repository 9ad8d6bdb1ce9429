"""The schema as a JSON document: `nodepath schema dump --format json`, and the same file as a schema source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nodepath_cli.errors import SchemaError
from nodepath_cli.schema.model import Column, ForeignKey, Generated, Key, Problem, Schema, Table, TableKind

VERSION = 1

_KINDS: dict[str, TableKind] = {"table": "table", "view": "view", "sequence": "sequence"}


def dump(schema: Schema) -> dict[str, Any]:
    """Return the document: tables in order of name, columns in the table's order; the same for the same schema."""
    return {
        "version": VERSION,
        "dialect": schema.dialect,
        "database": schema.database,
        "sources": list(schema.sources),
        "tables": [
            _table(table) for table in sorted(schema.tables, key=lambda table: (table.name, table.database or ""))
        ],
        "problems": [
            {"path": each.path, "line": each.line, "errno": each.errno, "message": each.message}
            for each in schema.problems
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "database": table.database,
        "kind": table.kind,
        "versioned": table.versioned,
        "open": table.open,
        "columns": [_column(column) for column in table.columns],
        "primary_key": list(table.primary_key),
        "unique_keys": [{"name": key.name, "columns": list(key.columns)} for key in table.unique_keys],
        "indexes": [{"name": key.name, "columns": list(key.columns)} for key in table.indexes],
        "foreign_keys": [
            {
                "name": key.name,
                "columns": list(key.columns),
                "table": key.table,
                "references": list(key.references),
                "on_delete": key.on_delete,
                "on_update": key.on_update,
            }
            for key in table.foreign_keys
        ],
        "engine": table.engine,
        "charset": table.charset,
        "collation": table.collation,
    }


def _column(column: Column) -> dict[str, Any]:
    generated = column.generated
    return {
        "name": column.name,
        "type": column.type,
        "nullable": column.nullable,
        "default": column.default,
        "on_update": column.on_update,
        "auto_increment": column.auto_increment,
        "generated": {"kind": generated.kind, "expression": generated.expression} if generated else None,
        "invisible": column.invisible,
        "charset": column.charset,
        "collation": column.collation,
    }


def load(path: str) -> Schema:
    """Read a document.

    Unknown keys are passed over; a key that is left out means null, false or an empty list. Raises SchemaError where
    the file cannot be read, is no such document, or has another version.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "error").lower() if isinstance(error, OSError) else "not UTF-8"
        raise SchemaError(f"cannot read {path}: {why}", "name a file written by `nodepath schema dump`") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _no_snapshot(path, "not JSON") from None
    return _schema(document, path)


def _no_snapshot(path: str, why: str) -> SchemaError:
    return SchemaError(f"{path} is no schema snapshot: {why}", "write one with `nodepath schema dump --format json`")


def _schema(document: Any, path: str) -> Schema:
    if not isinstance(document, dict):
        raise _no_snapshot(path, "not a JSON object")
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise SchemaError(
            f"{path} has version {json.dumps(version)[:40]}, and this nodepath reads version {VERSION}",
            "write it again with this version's `nodepath schema dump`",
        )
    reader = _Reader(path)
    tables = [reader.table(each) for each in reader.objects(document, "tables")]
    return Schema(
        dialect=reader.text(document, "dialect") or "mysql",
        database=reader.text(document, "database"),
        # Only a live source knows its database, and so its snapshot.
        server_known=reader.text(document, "database") is not None,
        sources=reader.texts(document, "sources"),
        problems=tuple(reader.problem(each) for each in reader.objects(document, "problems")),
    ).with_tables(tables)


class _Reader:
    """Reads values of the types that the document has; raises SchemaError for others."""

    def __init__(self, path: str) -> None:
        self.path = path

    def wrong(self, key: str) -> SchemaError:
        return _no_snapshot(self.path, f"`{key}` has a value of another type")

    def text(self, document: dict[str, Any], key: str) -> str | None:
        value = document.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(key)
        return value

    def name(self, document: dict[str, Any], key: str = "name") -> str:
        value = self.text(document, key)
        if not value:
            raise self.wrong(key)
        return value

    def flag(self, document: dict[str, Any], key: str, missing: bool = False) -> bool:
        value = document.get(key)
        if value is None:
            return missing
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def objects(self, document: dict[str, Any], key: str) -> list[dict[str, Any]]:
        value = document.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key)
        return value

    def parts(self, document: dict[str, Any], key: str) -> tuple[str | None, ...]:
        value = document.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(each is None or isinstance(each, str) for each in value):
            raise self.wrong(key)
        return tuple(value)

    def texts(self, document: dict[str, Any], key: str) -> tuple[str, ...]:
        return tuple(part for part in self.parts(document, key) if part is not None)

    def table(self, document: dict[str, Any]) -> Table:
        kind = self.text(document, "kind") or "table"
        if kind not in _KINDS:
            raise self.wrong("kind")
        return Table(
            name=self.name(document),
            columns=tuple(self.column(each) for each in self.objects(document, "columns")),
            database=self.text(document, "database"),
            kind=_KINDS[kind],
            versioned=self.flag(document, "versioned"),
            open=self.flag(document, "open"),
            primary_key=self.texts(document, "primary_key"),
            unique_keys=self.keys(document, "unique_keys"),
            indexes=self.keys(document, "indexes"),
            foreign_keys=tuple(self.foreign_key(each) for each in self.objects(document, "foreign_keys")),
            engine=self.text(document, "engine"),
            charset=self.text(document, "charset"),
            collation=self.text(document, "collation"),
        )

    def column(self, document: dict[str, Any]) -> Column:
        return Column(
            name=self.name(document),
            type=self.text(document, "type") or "",
            nullable=self.flag(document, "nullable"),
            default=self.text(document, "default"),
            on_update=self.text(document, "on_update"),
            auto_increment=self.flag(document, "auto_increment"),
            generated=self.generated(document.get("generated")),
            invisible=self.flag(document, "invisible"),
            charset=self.text(document, "charset"),
            collation=self.text(document, "collation"),
        )

    def generated(self, value: object) -> Generated | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong("generated")
        stored = self.text(value, "kind") == "stored"
        return Generated("stored" if stored else "virtual", self.text(value, "expression") or "")

    def keys(self, document: dict[str, Any], key: str) -> tuple[Key, ...]:
        return tuple(Key(self.name(each), self.parts(each, "columns")) for each in self.objects(document, key))

    def foreign_key(self, document: dict[str, Any]) -> ForeignKey:
        return ForeignKey(
            self.name(document),
            self.texts(document, "columns"),
            self.name(document, "table"),
            self.texts(document, "references"),
            self.text(document, "on_delete"),
            self.text(document, "on_update"),
        )

    def problem(self, document: dict[str, Any]) -> Problem:
        line, errno = document.get("line"), document.get("errno")
        if not isinstance(line, int | None) or not isinstance(errno, int | None):
            raise self.wrong("problems")
        return Problem(self.text(document, "path") or "", line or 0, self.text(document, "message") or "", errno)
