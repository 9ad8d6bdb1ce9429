"""Table options of ALTER TABLE: the charset of a table, and of all its columns with CONVERT TO."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.schema.model import Column
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.charsets import bytes_of, settle
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.engines import engine_name
from nodepath_cli.sql._ddl.nodes import Name, SetOptions

_SIZES = {"tinytext": 255, "text": 65535, "mediumtext": 16777215}
_LARGER = {"tinytext": "text", "text": "mediumtext", "mediumtext": "longtext"}


def change_options(draft: Draft, action: SetOptions, catalog: Catalog) -> None:
    """Apply engine, charset, collation and versioning. Raises Refusal for a charset that does not fit."""
    options = action.options
    if options.engine:
        draft.engine = engine_name(options.engine)
    if options.versioned is not None:
        draft.versioned = options.versioned
    inherited = catalog.charset_of(Name(draft.name, draft.database))
    if action.convert and action.to_default and options.collation is None:
        draft.charset, draft.collation = inherited
    elif options.charset or options.collation:
        own = (draft.charset, draft.collation) if not action.convert else inherited
        draft.charset, draft.collation = settle(options.charset, options.collation, own, catalog.session.dialect)
    if action.convert:
        mariadb = catalog.session.dialect.name == "mariadb"
        draft.columns = [
            _converted(column, draft.charset, draft.collation, mariadb=mariadb) for column in draft.columns
        ]


def _converted(column: Column, charset: str | None, collation: str | None, *, mariadb: bool) -> Column:
    """A text column grows where its bytes might no longer fit (manual, "ALTER TABLE Statement")."""
    base = column.type.partition("(")[0].split(" ")[0]
    if not _has_charset(base) and not (base == "json" and mariadb):
        return column
    column_type = column.type
    if base in _SIZES and column.charset and bytes_of(charset) > bytes_of(column.charset):
        column_type = _LARGER[base]
    return replace(column, type=column_type, charset=charset, collation=collation)


def _has_charset(base: str) -> bool:
    return base in ("char", "varchar", "enum", "set", "nchar", "nvarchar", "character", "national") or (
        base.endswith("text") or base == "long"
    )
