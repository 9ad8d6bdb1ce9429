"""One name, several tables: other databases, and scripts that each stand for themselves, make it in other shapes.

Which of them a statement of the program means is not in the source, so that it may use the columns of any; what a
script says of a table that it has made itself is about that one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.ddl_files import from_statements
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.source.statement import Statement

CREATED = lazy(
    r"\s*(?:/\*!\d*\s*)?CREATE\s+(?:OR\s+REPLACE\s+)?TABLE\s+(IF\s+NOT\s+EXISTS\s+)?"
    r"(?:[`\"]?[\w$]+[`\"]?\s*\.\s*)?[`\"]?([\w$]+)",
    re.IGNORECASE,
)
"""A text that makes a table: IF NOT EXISTS, and the table's name without its database."""


Known: TypeAlias = dict[tuple[int, int], tuple[Table, Table, Table]]
"""By the identities of two tables: these, and the table that takes whatever one of them takes."""


def in_one_database(schema: Schema, own: Iterable[Table] = (), known: Known | None = None) -> Schema:
    """Return a schema in which the tables of every database can be named without it.

    Which database the program's connection selects is not in the source. A table that several databases have, in other
    shapes, knows the columns of all of them, and requires those that all of them require. `own` are tables that count
    alone, whatever else has their names. `known` is kept from one moment of a schema to the next: few tables change.
    """
    elsewhere = [table for table in schema.tables if table.database is not None]
    merged = {table.name: table for table in schema.tables if table.database is None}
    for table in elsewhere:
        here = merged.get(table.name)
        merged[table.name] = _united(here, table, known if known is not None else {})
    merged.update((table.name, table) for table in own)
    return schema.with_tables([*merged.values(), *elsewhere]) if elsewhere else schema


def _united(here: Table | None, table: Table, known: Known) -> Table:
    """Return a table of another database with what its name stands for so far."""
    found = known.get((id(here), id(table)))
    if found is None:
        united = either(here, table) if here else replace(table, database=None)
        # The tables are kept with their identities: another one may get that of one that is gone.
        found = known[id(here), id(table)] = (here or table, table, united)
    return found[2]


def either(one: Table, other: Table) -> Table:
    """Return a table that takes whatever one of two takes."""
    if one.columns == other.columns:
        return replace(one, open=True) if other.open else one
    columns = [_either(each, other.column(each.name)) for each in one.columns]
    columns += [_either(each, None) for each in other.columns if not one.column(each.name)]
    names = [[column.name.lower() for column in table.visible] for table in (one, other)]
    mixed = one.mixed or other.mixed or names[0] != names[1]
    return replace(one, columns=tuple(columns), open=one.open or other.open, mixed=mixed)


def _either(one: Column, other: Column | None) -> Column:
    """Return a column that takes what one of two takes; without the other one it may be missing."""
    if other is None or one == other:
        return one if other else replace(one, nullable=True)
    optional = other.nullable or other.default is not None or other.auto_increment or one.generated != other.generated
    return replace(
        one,
        type=one.type if one.type == other.type else "",
        nullable=one.nullable or optional,
        default=other.default if one.default is None else one.default,
        auto_increment=one.auto_increment or other.auto_increment,
        generated=one.generated if one.generated == other.generated else None,
        charset=one.charset if one.charset == other.charset else None,
        collation=one.collation if one.collation == other.collation else None,
    )


def before(script: Sequence[Statement], schema: Schema, owned: frozenset[str]) -> Schema:
    """Return what a script meets on an inferred schema: what it makes with IF NOT EXISTS may be there in either shape.

    The tables in `owned` are there as they are in any case.
    """
    made = {found[2] for each in script if (found := CREATED.match(each.sql)) and found[1]} - owned
    if not made or not schema.inferred:
        return schema
    creates = [each for each in script if CREATED.match(each.sql)]
    own = from_statements(creates, Schema(), Dialect(schema.dialect, schema.version))
    shapes = {table.name: table for table in own.tables if table.name in made}
    return schema.with_tables(
        either(each, shapes[each.name]) if each.name in shapes else each for each in schema.tables
    )


def with_every_shape(
    schema: Schema,
    ddl: Sequence[Statement],
    scripts: Iterable[Sequence[Statement]],
    head: Schema,
    dialect: Dialect,
    known: dict[str, Schema],
) -> Schema:
    """Return the schema of a tree in which a table that several scripts, or several packages of code, make differently
    has the columns of each.

    `ddl` is all DDL that counts, `head` the tables that are not the tree's. What numbered migrations make is as they
    make it, and what code makes, too, where scripts have the table beside it.
    """
    makers, parts = _makers(ddl, scripts)
    several = {name: by for name, by in makers.items() if len(by) > 1 and (_in_scripts(by) or _in_code(by))}
    if not several:
        return schema
    tables = {(table.database, table.name): table for table in schema.tables}
    kept = {table.name for table in head.tables}
    for maker in sorted(set().union(*several.values())):
        own = _made(maker, parts, dialect, known)
        for table in own.tables:
            database = table.database or own.database
            key = (None if database == schema.database else database, table.name)
            if maker in several.get(table.name, ()) and table.name not in kept:
                # One script may drop the database that another one has filled.
                here = replace(table, database=key[0])
                tables[key] = either(tables[key], here) if key in tables else here
    return schema.with_tables(tables.values())


def unlike(
    ddl: Sequence[Statement], scripts: Iterable[Sequence[Statement]], dialect: Dialect, known: dict[str, Schema]
) -> frozenset[str]:
    """Return the names, in lower case, that scripts give to tables which have hardly a column in common.

    Such are `t1` and `users` of samples. Of tables that grew one out of the other, one has most columns of the other.
    """
    makers, parts = _makers(ddl, scripts)
    found = set()
    for name, by in makers.items():
        if not _in_scripts(by - {_SEQUENCE}) or len(by - {_SEQUENCE}) < 2:
            continue
        shapes = {
            frozenset(column.name.lower() for column in table.columns) - {"id"}
            for maker in by
            for table in _made(maker, parts, dialect, known).tables
            if table.name == name and not table.open
        }
        # What migrations make counts, unless the name is one that anything has.
        least = 3 if _SEQUENCE in by else 2
        ordered = sorted(shapes, key=sorted)
        if any(_strangers(ordered[at:]) >= least for at in range(len(ordered) - least + 1)):
            found.add(name.lower())
    return frozenset(found)


def _strangers(shapes: Sequence[frozenset[str]]) -> int:
    """Return how many shapes, from the first on, have less than half of their columns in common with each other."""
    kept: list[frozenset[str]] = []
    for each in shapes:
        if all(2 * len(each & other) < min(len(each), len(other)) for other in kept):
            kept.append(each)
    return len(kept)


def _makers(
    ddl: Sequence[Statement], scripts: Iterable[Sequence[Statement]]
) -> tuple[dict[str, set[str]], dict[str, list[Statement]]]:
    """Return what makes each table, and the DDL of each maker: a script, the code of a folder, the migrations."""
    alone = {each.span.path: script[0].span.path for script in scripts for each in script}
    makers: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, list[Statement]] = defaultdict(list)
    for each in ddl:
        maker = _maker(each, alone)
        parts[maker].append(each)
        if found := CREATED.match(each.sql):
            makers[found[2]].add(maker)
    return makers, parts


def _made(maker: str, parts: Mapping[str, Sequence[Statement]], dialect: Dialect, known: dict[str, Schema]) -> Schema:
    """Return what a script, or the code of a package, makes by itself."""
    found = known.get(maker)
    if found is None:
        found = known[maker] = from_statements(parts[maker], Schema(), dialect)
    return found


_CODE, _SEQUENCE = "code of ", "a sequence"


def _maker(statement: Statement, alone: Mapping[str, str]) -> str:
    """Return what makes a table: a script (its first file), the code of a folder, or a sequence of migrations."""
    path = statement.span.path
    if statement.host == "sql":
        return alone.get(path, _SEQUENCE)
    return _CODE + path.rpartition("/")[0] if statement.migration is None else _SEQUENCE


def _in_scripts(makers: set[str]) -> bool:
    return not any(each == _SEQUENCE or each.startswith(_CODE) for each in makers)


def _in_code(makers: set[str]) -> bool:
    return all(each.startswith(_CODE) for each in makers)
