"""What CREATE VIEW, ALTER VIEW and CREATE SEQUENCE make."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.schema.model import Column
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.nodes import CreateSequence, CreateView
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.selected import selected_rows

_SEQUENCE_COLUMNS = {
    "next_not_cached_value": "bigint(21)",
    "minimum_value": "bigint(21)",
    "maximum_value": "bigint(21)",
    "start_value": "bigint(21)",
    "increment": "bigint(21)",
    "cache_size": "bigint(21) unsigned",
    "cycle_option": "tinyint(1) unsigned",
    "cycle_count": "bigint(21)",
}
"""The columns of a sequence read as a table (MariaDB 10.11, measured)."""


def create_view(statement: CreateView, catalog: Catalog) -> None:
    """Apply CREATE VIEW or ALTER VIEW; raises Refusal where the server would."""
    name = catalog.resolve(statement.name)
    present = catalog.get(name)
    if statement.alter and present is None:
        raise catalog.no_such_table(name)
    if present is not None and present.kind != "view" and (statement.or_replace or statement.alter):
        raise Refusal(1347, f"'{catalog.shown(name)}' is not of type 'VIEW'")
    if not catalog.may_create(
        name, if_not_exists=statement.if_not_exists, or_replace=statement.or_replace or statement.alter
    ):
        return
    columns, made = selected_rows(statement.select, catalog)
    if columns is not None and statement.columns:
        if len(columns) != len(statement.columns):
            raise Refusal(1353, "View's SELECT and view's field list have different column counts")
        columns = [replace(column, name=each) for column, each in zip(columns, statement.columns, strict=True)]
    elif columns is not None:
        columns = [replace(each, name=_view_column(each.name, number + 1)) for number, each in enumerate(columns)]
    elif statement.columns:
        columns = [Column(each) for each in statement.columns]
    if columns is None:
        catalog.note(f"the columns of view {name.name} cannot be told")
    seen: set[str] = set()
    for column in columns or ():
        if column.name.lower() in seen:
            raise Refusal(1060, f"Duplicate column name '{column.name}'")
        seen.add(column.name.lower())
    catalog.put(
        Draft(
            name.name,
            name.database,
            "view",
            columns or [],
            open=columns is None,
            temporary=statement.temporary,
            read_only=made,
        )
    )


def _view_column(name: str, number: int) -> str:
    """A text that is too long to be a name, or ends with a blank, is replaced (MySQL manual, "CREATE VIEW")."""
    return f"Name_exp_{number}" if len(name) > 64 or name.endswith(" ") else name


def create_sequence(statement: CreateSequence, catalog: Catalog) -> None:
    """Apply CREATE SEQUENCE or ALTER SEQUENCE; raises Refusal where the server would."""
    name = catalog.resolve(statement.name)
    if statement.alter:
        present = catalog.get(name)
        if present is None and not statement.if_exists:
            raise catalog.no_such_table(name)
        if present is not None and present.kind != "sequence":
            raise Refusal(4089, f"'{catalog.shown(name)}' is not a SEQUENCE")
        return
    if not catalog.may_create(name, if_not_exists=statement.if_not_exists, or_replace=statement.or_replace):
        return
    columns = [Column(column, kind, nullable=False) for column, kind in _SEQUENCE_COLUMNS.items()]
    catalog.put(Draft(name.name, name.database, "sequence", columns))
