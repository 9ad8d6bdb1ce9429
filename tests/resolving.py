"""Short ways for tests to ask the resolver."""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.source.replacing import in_variant
from nodepath_cli.source.statement import HOLE, Hole, OffsetMap, Variant
from nodepath_cli.sql.parse import Parsed, parse
from nodepath_cli.sql.resolution import Ambiguous, Missing, Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve

MYSQL = Dialect("mysql", (8, 0))
MYSQL57 = Dialect("mysql", (5, 7))
MARIADB = Dialect("mariadb", (10, 11))
SQLITE = Dialect("sqlite", ())


def table(name: str, columns: str, database: str | None = None) -> Table:
    """Make a table of plain columns."""
    return Table(name, tuple(Column(column) for column in columns.split()), database)


SHOP = Schema(
    (
        table("customers", "id name email city"),
        table("orders", "id customer_id total placed_at state"),
        table("items", "order_id product amount"),
        table("stock", "product amount", "warehouse"),
    )
)


def variant(sql: str) -> Variant:
    """Make a text of a SQL file; `@@` stands for a hole."""
    text = sql.replace("@@", HOLE)
    holes = tuple(Hole(offset, "part", "function argument") for offset, char in enumerate(text) if char == HOLE)
    return Variant(text, OffsetMap.identity("x.sql", 0, len(text)), holes)


def resolved(
    sql: str, dialect: Dialect = MYSQL, schema: Schema = SHOP, replace: Sequence[tuple[str, str]] = ()
) -> Resolution:
    """Resolve a text that the grammar must understand."""
    parsed = parse(in_variant(variant(sql), replace), dialect)
    assert isinstance(parsed, Parsed), f"{parsed.reason}: {sql}"
    return resolve(parsed, schema)


def reason(sql: str, dialect: Dialect = MYSQL) -> str:
    """Return why a text is not understood."""
    parsed = parse(variant(sql), dialect)
    assert isinstance(parsed, Unparsed), f"understood: {sql}"
    return parsed.reason


def errors(sql: str, dialect: Dialect = MYSQL, schema: Schema = SHOP) -> list[tuple[int, str]]:
    """Return the errors in order of place: number and the text that is framed."""
    found = resolved(sql, dialect, schema)
    text = found.variant.sql
    listed = [(table.start, 1146, table.end) for table in found.tables if isinstance(table.outcome, Missing)]
    listed += [
        (column.start, column.errno or 0, column.end)
        for column in found.columns
        if isinstance(column.outcome, (Missing, Ambiguous))
    ]
    listed += [(violation.start, violation.errno, violation.end) for violation in found.violations]
    return [(errno, text[start:end]) for start, errno, end in sorted(listed)]
