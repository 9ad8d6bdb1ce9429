"""One parsed statement applied to the catalog."""

from __future__ import annotations

from nodepath_cli.sql._ddl.alter import alter_table
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.charsets import settle
from nodepath_cli.sql._ddl.create import create_table
from nodepath_cli.sql._ddl.nodes import (
    AlterTable,
    CreateDatabase,
    CreateSequence,
    CreateTable,
    CreateView,
    Ddl,
    DropDatabase,
    DropSqliteIndex,
    DropTables,
    Other,
    RenameTables,
    SetVariables,
    Truncate,
    Use,
)
from nodepath_cli.sql._ddl.rename import drop_database, drop_sqlite_index, drop_tables, rename_tables
from nodepath_cli.sql._ddl.views import create_sequence, create_view


def apply(statement: Ddl, catalog: Catalog) -> None:
    """Change the catalog as the statement does; raises Refusal where the server would refuse it."""
    match statement:
        case CreateTable():
            create_table(statement, catalog)
        case AlterTable():
            alter_table(statement, catalog)
        case DropTables():
            drop_tables(statement, catalog)
        case RenameTables():
            rename_tables(statement, catalog)
        case CreateView():
            create_view(statement, catalog)
        case CreateSequence():
            create_sequence(statement, catalog)
        case CreateDatabase():
            _create_database(statement, catalog)
        case DropDatabase():
            drop_database(statement, catalog)
        case DropSqliteIndex():
            drop_sqlite_index(statement, catalog)
        case Truncate(name):
            catalog.change(catalog.resolve(name))
        case Use(database):
            catalog.use(database)
        case SetVariables(values):
            for variable, value in values:
                catalog.session.set(variable, value)
        case Other():
            pass


def _create_database(statement: CreateDatabase, catalog: Catalog) -> None:
    options = statement.options
    if statement.or_replace and statement.name is not None:
        catalog.drop_database(statement.name)
    charset = settle(options.charset, options.collation, (None, None), catalog.session.dialect)
    if not statement.alter or charset != (None, None):
        catalog.set_charset(statement.name, charset)
