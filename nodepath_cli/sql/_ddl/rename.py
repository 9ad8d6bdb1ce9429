"""Tables under another name, and tables that go."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.foreign import check_unreferenced, rename_referenced
from nodepath_cli.sql._ddl.nodes import DropDatabase, DropSqliteIndex, DropTables, Name, RenameTables
from nodepath_cli.sql._ddl.refusal import Refusal, cannot_drop


def rename_tables(statement: RenameTables, catalog: Catalog) -> None:
    """Apply RENAME TABLE: the pairs in order, all or none. Raises Refusal where the server would."""
    done: list[tuple[Name, Name]] = []
    try:
        for old, new in statement.pairs:
            source, target = catalog.resolve(old), catalog.resolve(new)
            if statement.if_exists and catalog.get(source) is None:
                continue
            rename_table(source, target, catalog)
            done.append((source, target))
    except Refusal:
        for source, target in reversed(done):
            rename_table(target, source, catalog)
        raise


def rename_table(source: Name, target: Name, catalog: Catalog) -> None:
    """Give a table another name. Raises Refusal: 1146 where it is not there, 1050 where the new name is taken."""
    draft = catalog.change(source)
    if catalog.get(target) is not None:
        raise Refusal(1050, f"Table '{target.name}' already exists")
    catalog.remove(source)
    draft.name, draft.database = target.name, target.database
    prefix = f"{source.name}_ibfk_"
    draft.foreign_keys = [
        replace(key, name=f"{target.name}_ibfk_{key.name[len(prefix) :]}") if key.name.startswith(prefix) else key
        for key in draft.foreign_keys
    ]
    if catalog.sqlite:
        automatic = f"sqlite_autoindex_{source.name}_"
        draft.keys = [
            replace(key, name=key.name.replace(automatic, f"sqlite_autoindex_{target.name}_", 1)) for key in draft.keys
        ]
    catalog.put(draft)
    catalog.renames = [
        replace(each, table=target.name) if each.table == source.name else each for each in catalog.renames
    ]
    rename_referenced(source, target, catalog)


def drop_tables(statement: DropTables, catalog: Catalog) -> None:
    """Apply DROP TABLE, VIEW or SEQUENCE: those that are there go, the others are refused (1051) afterwards.

    MySQL drops all or none since 8.0 (manual, "DROP TABLE Statement").
    """
    _drop_all_or_none(statement, catalog)
    missing: list[Name] = []
    refusal: Refusal | None = None
    mysql = catalog.session.dialect.name == "mysql"
    # MariaDB goes through the list one by one; for MySQL tables that go together do not refer to each other.
    together = {catalog.resolve(each).name for each in statement.names} if mysql else set()
    for written in statement.names:
        name = catalog.resolve(written)
        draft = catalog.get(name)
        if draft is None or (statement.temporary and not draft.temporary):
            missing.append(name)
            continue
        if not _of_kind(draft, statement, catalog):
            if statement.kind == "view" and catalog.session.dialect.name == "mysql":
                refusal = Refusal(1347, f"'{catalog.shown(name)}' is not of type 'VIEW'")
            else:
                missing.append(name)
            continue
        if not draft.temporary and statement.kind == "table":
            try:
                check_unreferenced(draft, catalog, together)
            except Refusal as error:
                refusal = error
                continue
        catalog.remove(name)
    if refusal:
        raise refusal
    if missing and not statement.if_exists:
        shown = ",".join(catalog.shown(name) for name in missing)
        number, what = {"view": (4092, "VIEW"), "sequence": (4091, "SEQUENCE")}.get(statement.kind, (1051, "table"))
        if catalog.session.dialect.name != "mariadb":
            number, what = 1051, "table"
        raise Refusal(number, f"Unknown {what}{':' if number != 1051 else ''} '{shown}'")


def _drop_all_or_none(statement: DropTables, catalog: Catalog) -> None:
    dialect = catalog.session.dialect
    if dialect.name != "mysql" or statement.if_exists or (dialect.version and dialect.version < (8, 0)):
        return
    names = [catalog.resolve(written) for written in statement.names]
    missing = [name for name in names if (draft := catalog.get(name)) is None or draft.kind != statement.kind]
    if missing and len(names) > 1:
        raise Refusal(1051, f"Unknown table '{','.join(catalog.shown(name) for name in missing)}'")


def _of_kind(draft: Draft, statement: DropTables, catalog: Catalog) -> bool:
    if statement.kind == "table" and catalog.session.dialect.name == "mariadb":
        # MariaDB's DROP TABLE takes a sequence as well (measured).
        return draft.kind in ("table", "sequence")
    return draft.kind == statement.kind


def drop_database(statement: DropDatabase, catalog: Catalog) -> None:
    """Apply DROP DATABASE; raises Refusal (1008) for one that is not known to be there."""
    if not catalog.has_database(statement.name):
        if statement.if_exists:
            return
        raise Refusal(1008, f"Can't drop database '{statement.name}'; database doesn't exist")
    catalog.drop_database(statement.name)


def drop_sqlite_index(statement: DropSqliteIndex, catalog: Catalog) -> None:
    """Apply SQLite's DROP INDEX, whose names belong to the database rather than to a table."""
    for draft in catalog.drafts():
        key = draft.key(statement.name.name)
        if key is not None and key.kind != "primary":
            draft.keys.remove(key)
            draft.finished = None
            return
    if not statement.if_exists:
        raise cannot_drop("INDEX", statement.name.name)
