"""What the server asks of a foreign key's other table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.nodes import ForeignKeyDef, Name
from nodepath_cli.sql._ddl.refusal import Refusal


def check_references(definition: ForeignKeyDef, draft: Draft, catalog: Catalog) -> None:
    """Check that the referenced table, its columns and an index over them are there.

    Raises Refusal: 1824 on MySQL and 1005 on MariaDB for a table, 1822 or 1005 for columns or their index (manuals,
    "FOREIGN KEY Constraints"; 1005 measured). With `foreign_key_checks=0` the table may be missing.
    """
    if catalog.sqlite or not catalog.session.foreign_key_checks:
        return
    reference = definition.reference
    written = reference.table
    name = catalog.resolve(Name(written.name, written.database or draft.database))
    parent = draft if (name.name, name.database) == (draft.name, draft.database) else catalog.get(name)
    if parent is None or parent.kind != "table":
        raise _refused(catalog, draft, 1824, f"Failed to open the referenced table '{written.name}'")
    if parent.open:
        return
    wanted = [column.lower() for column in reference.columns or definition.columns]
    for column in wanted:
        if parent.column(column) is None:
            raise _refused(catalog, draft, 3734, f"Missing column '{column}' in the referenced table '{parent.name}'")
    indexed = any(
        [(column or "").lower() for column in key.columns[: len(wanted)]] == wanted
        for key in parent.keys
        if key.kind not in ("fulltext", "spatial")
    )
    if not indexed:
        raise _refused(
            catalog, draft, 1822, f"Missing index for the constraint in the referenced table '{parent.name}'"
        )


def _refused(catalog: Catalog, draft: Draft, errno: int, message: str) -> Refusal:
    if catalog.session.dialect.name == "mariadb":
        shown = catalog.shown(Name(draft.name, draft.database))
        return Refusal(
            1005, f'Can\'t create table `{shown}` (errno: 150 "Foreign key constraint is incorrectly formed")'
        )
    return Refusal(errno, message)


def check_unreferenced(draft: Draft, catalog: Catalog, dropped: Collection[str]) -> None:
    """Check before a DROP that no table but those dropped with it refers to it.

    Raises Refusal: 1451 on MariaDB, 3730 on MySQL.
    """
    if catalog.sqlite or not catalog.session.foreign_key_checks:
        return
    for other in catalog.drafts():
        if other.name in dropped or other.database != draft.database:
            continue
        for key in other.foreign_keys:
            if key.table == draft.name:
                if catalog.session.dialect.name == "mariadb":
                    raise Refusal(1451, "Cannot delete or update a parent row: a foreign key constraint fails")
                raise Refusal(
                    3730,
                    f"Cannot drop table '{draft.name}' referenced by a foreign key constraint '{key.name}' "
                    f"on table '{other.name}'.",
                )


def rename_referenced(old: Name, new: Name, catalog: Catalog) -> None:
    """Let the foreign keys of other tables follow a table's new name."""
    for other in catalog.drafts():
        if other.database == old.database and any(key.table == old.name for key in other.foreign_keys):
            other.foreign_keys = [
                replace(key, table=new.name) if key.table == old.name else key for key in other.foreign_keys
            ]


def rename_referenced_column(table: Draft, old: str, new: str, catalog: Catalog) -> None:
    """Let the foreign keys of other tables follow a column's new name."""
    for other in catalog.drafts():
        if other.database != table.database:
            continue
        other.foreign_keys = [
            replace(key, references=tuple(new if each.lower() == old.lower() else each for each in key.references))
            if key.table == table.name
            else key
            for key in other.foreign_keys
        ]
