"""Temporary tables that a program makes: no schema has them, and each connection has its own.

Where several places make one of the same name, which of them a statement meets is not known: it may name the columns of
all of them, and has to fill those that all of them require.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import DdlText, Replay

_NAME = r"[`\"\[]?([\w$]+)[`\"\]]?(?![\w$.\ufffc])"
_MADE = re.compile(
    rf"\s*CREATE\s+(?:OR\s+REPLACE\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE
)
_ALTERED = re.compile(rf"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)


class Temporaries(Struct, frozen=True):
    """The texts that make temporary tables."""

    made: tuple[tuple[str, str], ...]
    """Name and text of each CREATE TEMPORARY TABLE, in the order of the statements."""
    altered: frozenset[str]
    """Tables that some ALTER TABLE changes, in lower case."""

    def over(self, schema: Schema, dialect: Dialect) -> Schema:
        """Return a schema with the temporary tables that are made beside its tables."""
        if not self.made:
            return schema
        running = Replay(schema, dialect, ordered=False)
        shapes: dict[str, Table] = {}
        for name, sql in self.made:
            key = name.lower()
            running.run(DdlText(f"DROP TEMPORARY TABLE IF EXISTS `{name}`"))
            running.run(DdlText(sql))
            found = next((table for table in running.temporary() if table.name.lower() == key), None)
            table = found or Table(name, open=True)
            if key in self.altered:
                table = replace(table, open=True)
            shapes[key] = either(shapes[key], table) if key in shapes else table
        return replace(schema, temporary=tuple(shapes.values()))


def temporaries(statements: Iterable[Statement]) -> Temporaries:
    """Return the temporary tables that some statements of the audited dialect make."""
    own = [each for each in statements if not each.dialect]
    making = [each for each in own if any(_mentions(variant.sql) for variant in each.variants)]
    made = dict.fromkeys(
        (found[1], sql)
        for each in making
        for variant in each.variants
        for sql in parts(variant.sql)
        if (found := _MADE.match(sql)) is not None
    )
    return Temporaries(tuple(made), _altered(own) if made else frozenset())


def _mentions(sql: str) -> bool:
    return "temp" in sql.lower()


def _altered(statements: Sequence[Statement]) -> frozenset[str]:
    texts = {sql for each in statements for variant in each.variants for sql in parts(variant.sql)}
    return frozenset(found[1].lower() for sql in texts if (found := _ALTERED.match(sql)) is not None)


def either(one: Table, other: Table) -> Table:
    """Return a table that is one or the other: it has the columns of both, and requires those that both require."""
    if one.columns == other.columns:
        return replace(one, open=True) if other.open else one
    columns = [each if other.column(each.name) else replace(each, nullable=True) for each in one.columns]
    columns += [replace(each, nullable=True) for each in other.columns if not one.column(each.name)]
    return replace(one, columns=tuple(columns), open=one.open or other.open)
