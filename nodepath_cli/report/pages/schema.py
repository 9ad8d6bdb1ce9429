"""A schema for people (`nodepath schema show`): tables, columns and keys, and what could not be replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural
from nodepath_cli.schema.model import Column, Key, Schema, Table


def render_json(document: dict[str, Any], out: TextIO) -> None:
    """Write a snapshot, which is a schema source, too; the same schema gives the same bytes."""
    json.dump(document, out, indent=2)
    out.write("\n")


def render_text(schema: Schema, out: TextIO, options: RenderOptions) -> None:
    """Write the schema; with -q the tables' names only."""
    style = Style(options.color)
    if options.quiet:
        out.write("".join(f"{_name(table)}\n" for table in schema.tables))
        return
    sources = ", ".join(schema.sources) or "nothing"
    version = ".".join(str(part) for part in schema.version)
    counted = f"{plural(len(schema.tables), 'table')}, {plural(schema.column_count, 'column')}"
    out.write(one_line(f"{schema.dialect} {version}".strip() + f": {counted} from {sources}") + "\n")
    for table in schema.tables:
        out.write("\n" + "\n".join(_table(table, style)) + "\n")
    if schema.problems:
        out.write("\n")
    for problem in schema.problems:
        label = style.severity(Severity.WARNING, "not replayed")
        number = f" ({problem.errno})" if problem.errno else ""
        out.write(f"{one_line(problem.path)}:{problem.line}: {label}: {one_line(problem.message)}{number}\n")


def _name(table: Table) -> str:
    return clean(f"{table.database}.{table.name}" if table.database else table.name)


def _table(table: Table, style: Style) -> Iterator[str]:
    options = [option for option in (table.engine, table.collation or table.charset) if option]
    kind = "" if table.kind == "table" else f" {table.kind}"
    yield style.strong(_name(table)) + style.faint(kind + (f" ({', '.join(options)})" if options else ""))
    if table.open:
        yield "  its columns cannot be told: every name is taken as known"
    name_width = max((len(column.name) for column in table.columns), default=0)
    type_width = max((len(column.type) for column in table.columns if len(column.type) < 40), default=0)
    for column in table.columns:
        line = f"  {column.name:<{name_width}}  {column.type:<{type_width}}  {_attributes(column)}"
        yield clean(line).rstrip()
    if table.primary_key:
        yield clean(f"  primary key ({', '.join(table.primary_key)})")
    yield from (_key("unique", key) for key in table.unique_keys)
    yield from (_key("index", key) for key in table.indexes)
    for foreign in table.foreign_keys:
        target = f"{foreign.table} ({', '.join(foreign.references)})"
        yield clean(f"  foreign key {foreign.name} ({', '.join(foreign.columns)}) to {target}")


def _key(kind: str, key: Key) -> str:
    return clean(f"  {kind} {key.name} ({', '.join(column or 'an expression' for column in key.columns)})")


def _attributes(column: Column) -> str:
    parts = ["" if column.nullable else "not null"]
    parts.append(f"default {column.default}" if column.default is not None else "")
    parts.append(f"on update {column.on_update}" if column.on_update else "")
    parts.append("auto_increment" if column.auto_increment else "")
    if column.generated:
        parts.append(f"{column.generated.kind} as ({column.generated.expression})")
    parts.append("invisible" if column.invisible else "")
    return " ".join(part for part in parts if part)
