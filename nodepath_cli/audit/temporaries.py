"""Temporary tables that a program makes: no schema has them, and each connection has its own.

Where several places make one of the same name, which of them a statement meets is not known: it may name the columns of
all of them, and has to fill those that all of them require.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.shapes import either
from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import DdlText, Replay

_GAP = r"(?>\s|/\*.*?\*/|(?:--|#)[^\n]*\n)"
_PART = r"(?:[\w$]+|`[^`\ufffc]+`|\"[^\"\ufffc]+\"|\[[^\]\ufffc]+\])"
_NAME = rf"((?:{_PART}\.)?{_PART})(?![\w$.\ufffc])"
_MADE = lazy(
    rf"{_GAP}*CREATE{_GAP}+(?:OR{_GAP}+REPLACE{_GAP}+)?TEMP(?:ORARY)?{_GAP}+TABLE{_GAP}+"
    rf"(?:IF{_GAP}+NOT{_GAP}+EXISTS{_GAP}+)?+{_NAME}",
    re.IGNORECASE | re.DOTALL,
)
_ALTERED = lazy(rf"{_GAP}*ALTER{_GAP}+TABLE{_GAP}+(?:IF{_GAP}+EXISTS{_GAP}+)?+{_NAME}", re.IGNORECASE | re.DOTALL)
_WORD = lazy(r"[\w$]+")
_QUOTES = '`"[]'


class Made(Struct, frozen=True):
    """A text that makes a temporary table."""

    written: str
    """The table's name as it is written, perhaps with a database."""
    sql: str

    @property
    def name(self) -> str:
        """The name alone."""
        return _parts_of(self.written)[-1]

    @property
    def database(self) -> str | None:
        """The database that is written with it."""
        first, *rest = _parts_of(self.written)
        return first if rest else None


class Temporaries(Struct, frozen=True):
    """The texts that make temporary tables."""

    made: tuple[Made, ...]
    """Each CREATE TEMPORARY TABLE, in the order of the statements."""
    altered: frozenset[str]
    """Tables that some ALTER TABLE changes, in lower case."""

    def over(self, schema: Schema, dialect: Dialect) -> Schema:
        """Return a schema with the temporary tables that are made beside its tables."""
        if not self.made:
            return schema
        exact = schema.case_sensitive_tables and dialect.name != "sqlite"
        schema = replace(schema, temporary=())
        near = defaultdict(list)
        for table in schema.tables:
            near[table.name.lower()].append(table)
        tables: dict[tuple[str, str | None], Table] = {}
        for each in self.made:
            # A table of the schema goes before them, also where another one is made from it.
            if schema.table(each.name, each.database) is not None:
                continue
            key = each.name if exact else each.name.lower()
            made = self._made(
                each, schema, near, [table for (name, _), table in tables.items() if name != key], dialect
            )
            # It can be named with its database, and without where the connection is to that one.
            for database in dict.fromkeys((None, None if each.database == schema.database else each.database)):
                one = replace(made, database=database)
                tables[key, database] = either(tables[key, database], one) if (key, database) in tables else one
        return replace(schema, temporary=tuple(tables.values()))

    def _made(
        self,
        made: Made,
        schema: Schema,
        near: Mapping[str, Sequence[Table]],
        earlier: Sequence[Table],
        dialect: Dialect,
    ) -> Table:
        """Return the table that a text makes, from tables of the schema (by lower-case name) and earlier ones."""
        words = set(_WORD.findall(made.sql.lower()))
        others = [table for table in earlier if table.name.lower() in words]
        if any(table.mixed for table in others):
            return Table(made.name, open=True)
        # Only what it names: there may be many tables, and this is asked for every step of many migrations.
        tables = [table for word in sorted(words) for table in near.get(word, ())]
        known = Schema((*tables, *others), database=schema.database, case_sensitive_tables=schema.case_sensitive_tables)
        found = _replayed(made.sql, known, dialect) or Table(made.name, open=True)
        return replace(found, name=made.name, open=found.open or made.name.lower() in self.altered)


@lru_cache(maxsize=1 << 12)
def _replayed(sql: str, schema: Schema, dialect: Dialect) -> Table | None:
    """Return the temporary table that a text makes, None where it makes none."""
    running = Replay(schema, dialect, ordered=False)
    running.run(DdlText(sql))
    return next(iter(running.temporary()), None)


def temporaries(statements: Iterable[Statement]) -> Temporaries:
    """Return the temporary tables that some statements of the audited dialect make."""
    own = [each for each in statements if not each.dialect]
    making = [each for each in own if any(_mentions(variant.sql) for variant in each.variants)]
    made = dict.fromkeys(
        Made(found[1], sql)
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
    return frozenset(_parts_of(found[1])[-1].lower() for sql in texts if (found := _ALTERED.match(sql)) is not None)


def _parts_of(written: str) -> list[str]:
    return [each.strip(_QUOTES) for each in re.findall(_PART, written)]
