"""The columns that a SELECT gives to a view or to CREATE TABLE ... SELECT."""

from __future__ import annotations

import re

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.refusal import Refusal

_OUTER = lazy(r"\b(?:LEFT|RIGHT|ROLLUP)\b", re.IGNORECASE)


def selected(select: str, catalog: Catalog) -> list[Column] | None:
    """Return a SELECT's columns, None where they cannot be told.

    A column that is selected as it is has its type, default and charset; of an expression only the name is known.
    Raises Refusal for a table (1146) or column (1054, 1052) that is not there, and for what else the server refuses.
    """
    return selected_rows(select, catalog)[0]


def selected_rows(select: str, catalog: Catalog) -> tuple[list[Column] | None, bool]:
    """Return a SELECT's columns, and whether its rows are not those of a table, so that nothing can change them.

    MySQL manual, "Updatable and Insertable Views": no grouping, DISTINCT, UNION or LIMIT. Raises as `selected` does.
    """
    from nodepath_cli.sql.nodes import Query
    from nodepath_cli.sql.parse import parse
    from nodepath_cli.sql.resolution import Unparsed
    from nodepath_cli.sql.write_resolver import WriteResolver

    dialect = catalog.session.dialect
    parsed = parse(Variant(select, OffsetMap.identity("", 0, len(select))), dialect)
    if isinstance(parsed, Unparsed) or len(parsed.nodes) != 1 or not isinstance(parsed.nodes[0], Query):
        return None, False
    query = parsed.nodes[0]
    resolver = WriteResolver(parsed.prepared, catalog.snapshot())
    output = resolver.query(query, None, None)
    refuse_missing(resolver, dialect.name)
    below = output.scope.sources if output.scope else []
    made = not output.mergeable or all(each.table is not None and each.table.read_only for each in below)
    if output.unknown:
        return None, made
    nullable = len(query.branches) > 1 or bool(_OUTER.search(select))
    if len(query.branches) > 1:
        return [Column(each.name) for each in output.columns], made
    return [_as_selected(each.name, each.column, nullable) for each in output.columns], made


def _as_selected(name: str, source: Column | None, nullable: bool) -> Column:
    if source is None or not source.type:
        return Column(name)
    return replace(
        source,
        name=name,
        nullable=source.nullable or nullable,
        # The server gives an AUTO_INCREMENT column its implicit default (measured on MariaDB 10.11).
        default="0" if source.auto_increment else source.default,
        auto_increment=False,
        generated=None,
        invisible=False,
    )


def refuse_missing(resolver: object, dialect: str, where: str = "") -> None:
    """Raise the server's refusal of the first name that a resolver did not find; `where` replaces its clause."""
    from nodepath_cli.sql.resolution import Ambiguous, Missing, clause_words
    from nodepath_cli.sql.write_resolver import WriteResolver

    assert isinstance(resolver, WriteResolver)
    for table in resolver.tables:
        if isinstance(table.outcome, Missing):
            shown = f"{table.database}.{table.name}" if table.database else table.name
            raise Refusal(1146, f"Table '{shown}' doesn't exist")
    for column in resolver.columns:
        place = where or clause_words(column.clause, dialect)
        name = f"{column.qualifier}.{column.name}" if column.qualifier else column.name
        if isinstance(column.outcome, Missing):
            raise Refusal(column.errno or 1054, f"Unknown column '{name}' in '{place}'")
        if isinstance(column.outcome, Ambiguous):
            raise Refusal(1052, f"Column '{name}' in {place} is ambiguous")
    for violation in resolver.violations:
        raise Refusal(violation.errno, violation.message)


def selected_columns(own: list[Column], select: str, catalog: Catalog) -> tuple[list[Column], bool]:
    """Return the columns of CREATE TABLE ... SELECT, and whether they could not be told.

    The server puts the columns of the definition that the SELECT does not name first, then the SELECT's own.
    """
    found = selected(select, catalog)
    if found is None:
        catalog.note(f"the columns of this SELECT cannot be told: {' '.join(select.split())[:60]}")
        return own, True
    seen: set[str] = set()
    for column in found:
        if column.name.lower() in seen:
            raise Refusal(1060, f"Duplicate column name '{column.name}'")
        seen.add(column.name.lower())
    defined = {column.name.lower(): column for column in own}
    columns = [column for column in own if column.name.lower() not in seen]
    columns += [defined.get(column.name.lower(), column) for column in found]
    return columns, False
