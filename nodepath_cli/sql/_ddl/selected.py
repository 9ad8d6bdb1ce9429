"""The columns that a SELECT gives to a view or to CREATE TABLE ... SELECT."""

from __future__ import annotations

from dataclasses import replace

from nodepath_cli.schema.model import Column
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.refusal import Refusal, unknown_column


def selected_names(select: str, catalog: Catalog) -> tuple[str, ...] | None:
    """Return the names of a SELECT's columns, None where they cannot be told.

    Raises Refusal for a table (1146) or column (1054) that is not there.
    """
    from nodepath_cli.sql.parse import parse
    from nodepath_cli.sql.resolution import Missing, Unparsed
    from nodepath_cli.sql.resolve import output_columns, resolve

    dialect = catalog.session.dialect
    schema = catalog.snapshot()
    parsed = parse(Variant(select, OffsetMap.identity("", 0, len(select))), dialect)
    if isinstance(parsed, Unparsed):
        return None
    resolution = resolve(parsed, schema)
    for table in resolution.tables:
        if isinstance(table.outcome, Missing):
            qualified = f"{table.database}.{table.name}" if table.database else table.name
            raise Refusal(1146, f"Table '{qualified}' doesn't exist")
    for column in resolution.columns:
        if isinstance(column.outcome, Missing):
            raise unknown_column(column.name, "field list")
    for violation in resolution.violations:
        raise Refusal(violation.errno, violation.message)
    return output_columns(select, schema, dialect)


def selected_columns(own: list[Column], select: str, catalog: Catalog) -> tuple[list[Column], bool]:
    """Return the columns of CREATE TABLE ... SELECT, and whether they could not be told.

    The server puts the columns of the definition that the SELECT does not name first, then the SELECT's own.
    """
    names = selected_names(select, catalog)
    if names is None:
        catalog.note(f"the columns of this SELECT cannot be told: {' '.join(select.split())[:60]}")
        return own, True
    lowered = [name.lower() for name in names]
    if len(set(lowered)) < len(lowered):
        twice = next(name for index, name in enumerate(names) if name.lower() in lowered[:index])
        raise Refusal(1060, f"Duplicate column name '{twice}'")
    defined = {column.name.lower(): column for column in own}
    columns = [column for column in own if column.name.lower() not in lowered]
    for name in names:
        columns.append(defined.get(name.lower()) or _like_its_source(name, select, catalog))
    return columns, False


def _like_its_source(name: str, select: str, catalog: Catalog) -> Column:
    """A column that is selected as it is keeps its type, default and charset; an AUTO_INCREMENT one its default 0."""
    sources = [
        column for draft in catalog.drafts() if draft.name.lower() in select.lower() and (column := draft.column(name))
    ]
    if len(sources) != 1:
        return Column(name)
    source = sources[0]
    return replace(
        source,
        name=name,
        auto_increment=False,
        generated=None,
        on_update=source.on_update,
        default="0" if source.auto_increment else source.default,
    )
