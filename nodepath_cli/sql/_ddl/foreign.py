"""Foreign keys: their names, what the server asks of the other table, and what they forbid."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, ForeignKey
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.keys import covers
from nodepath_cli.sql._ddl.nodes import ForeignKeyDef, Name, Reference
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import BLOBS, CHARACTER, TEXTS, read_type, server_type


def foreign_key_of(column: str, reference: Reference) -> ForeignKeyDef:
    """Return the foreign key of a REFERENCES in a column definition."""
    return ForeignKeyDef(None, None, (column,), reference)


def add_foreign_key(draft: Draft, definition: ForeignKeyDef, catalog: Catalog) -> None:
    """Add a foreign key; InnoDB's name for one without is `table_ibfk_1`, counting on from the highest that is there.

    Raises Refusal: 1072 for a column that is not there, 1239 for a wrong number of columns, 1826 or 1005 for a name
    that is taken in the database, and what `_check_other_table` says.
    """
    for column in definition.columns:
        if draft.column(column) is None and not draft.open:
            raise Refusal(1072, f"Key column '{column}' doesn't exist in table")
    reference = definition.reference
    if reference.columns and len(reference.columns) != len(definition.columns):
        raise Refusal(1239, "Incorrect foreign key definition: Key reference and table reference don't match")
    name = "" if catalog.sqlite else definition.name or definition.index or _constraint_name(draft)
    if name and _taken(name, draft, catalog):
        if definition.if_not_exists:
            return
        if catalog.session.dialect.name == "mariadb" and not _own(name, draft):
            raise _refused(catalog, draft, 1005, "")
        raise Refusal(1826, f"Duplicate FOREIGN KEY constraint name '{name}'")
    _check_other_table(definition, draft, catalog)
    other = catalog.resolve(Name(reference.table.name, reference.table.database or draft.database))
    shown = other.name if other.database == draft.database else catalog.shown(other)
    draft.foreign_keys.append(
        ForeignKey(
            name,
            tuple(_spelt(draft, column) for column in definition.columns),
            shown,
            _spelt_there(
                reference.columns or definition.columns, catalog.get(other) if other.name != draft.name else draft
            ),
            reference.on_delete,
            reference.on_update,
        )
    )


def _spelt(draft: Draft, name: str) -> str:
    column = draft.column(name)
    return column.name if column else name


def _spelt_there(names: tuple[str, ...], parent: Draft | None) -> tuple[str, ...]:
    return names if parent is None else tuple(_spelt(parent, name) for name in names)


def _constraint_name(draft: Draft) -> str:
    prefix = f"{draft.name}_ibfk_"
    numbers = [
        int(key.name[len(prefix) :])
        for key in draft.foreign_keys
        if key.name.startswith(prefix) and key.name[len(prefix) :].isdecimal()
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _own(name: str, draft: Draft) -> bool:
    return any(key.name.lower() == name.lower() for key in draft.foreign_keys)


def _taken(name: str, draft: Draft, catalog: Catalog) -> bool:
    """A foreign key's name is unique in its database (manuals, "FOREIGN KEY Constraints")."""
    if _own(name, draft):
        return True
    if catalog.sqlite:
        return False
    return any(
        _own(name, other)
        for other in catalog.drafts()
        if other.database == draft.database and other.name != draft.name and other.foreign_keys
    )


def _check_other_table(definition: ForeignKeyDef, draft: Draft, catalog: Catalog) -> None:
    """Check that the referenced table, its columns, their types and an index over them are there.

    Raises Refusal: 1824 on MySQL and 1005 on MariaDB for a table, 3734, 1822, 3780 or 1005 for the rest (manuals,
    "FOREIGN KEY Constraints"; 1005 measured). With `foreign_key_checks=0` none of it is asked for.
    """
    if catalog.sqlite or not catalog.session.foreign_key_checks:
        return
    written = definition.reference.table
    name = catalog.resolve(Name(written.name, written.database or draft.database))
    parent = draft if (name.name, name.database) == (draft.name, draft.database) else catalog.get(name)
    if parent is None or parent.kind != "table":
        raise _refused(catalog, draft, 1824, f"Failed to open the referenced table '{written.name}'")
    if parent.open or draft.open:
        return
    wanted = definition.reference.columns or definition.columns
    sets_null = "set null" in (definition.reference.on_delete, definition.reference.on_update)
    for own_name, other_name in zip(definition.columns, wanted, strict=True):
        own, other = draft.column(own_name), parent.column(other_name)
        if other is None:
            raise _refused(
                catalog, draft, 3734, f"Missing column '{other_name}' in the referenced table '{parent.name}'"
            )
        if own is not None and not _compatible(own, other, catalog):
            raise _refused(catalog, draft, 3780, f"Referencing column '{own_name}' and '{other_name}' are incompatible")
        if own is not None and sets_null and not own.nullable:
            raise _refused(catalog, draft, 1830, f"Column '{own_name}' cannot be NOT NULL: needed in SET NULL")
    if not any(covers(key, wanted) for key in parent.keys):
        raise _refused(
            catalog, draft, 1822, f"Missing index for the constraint in the referenced table '{parent.name}'"
        )


def types_agree(own: Column, other: Column, dialect: Dialect) -> bool:
    """Say whether the types of two columns agree but for the length of strings."""
    if not own.type or not other.type:
        return True
    first, second = (server_type(read_type(Reader(each.type, dialect)), dialect) for each in (own, other))
    families = [_FAMILIES.get(each.base, each.base) for each in (first, second)]
    return families[0] == families[1] and first.unsigned == second.unsigned


def _compatible(own: Column, other: Column, catalog: Catalog) -> bool:
    """Types must agree but for the length of strings; charsets and collations too, where both are known."""
    if not own.type or not other.type:
        return True
    dialect = catalog.session.dialect
    if not types_agree(own, other, dialect):
        return False
    first = server_type(read_type(Reader(own.type, dialect)), dialect)
    if first.base in TEXTS | BLOBS:
        return False
    if first.base in CHARACTER and own.collation and other.collation:
        return own.collation == other.collation
    return True


_FAMILIES = {"varchar": "char", "varbinary": "binary"}


def _refused(catalog: Catalog, draft: Draft, errno: int, message: str) -> Refusal:
    if catalog.session.dialect.name == "mariadb":
        shown = catalog.shown(Name(draft.name, draft.database))
        return Refusal(
            1005, f'Can\'t create table `{shown}` (errno: 150 "Foreign key constraint is incorrectly formed")'
        )
    return Refusal(errno, message)


def referring(draft: Draft, catalog: Catalog) -> list[tuple[Draft, ForeignKey]]:
    """Return the foreign keys of other tables that refer to a table."""
    return [
        (other, key)
        for other in catalog.drafts()
        if other.foreign_keys and other.database == draft.database and other.name != draft.name
        for key in other.foreign_keys
        if key.table == draft.name
    ]


def check_unreferenced(draft: Draft, catalog: Catalog, dropped: Collection[str]) -> None:
    """Check before a DROP that no table but those dropped with it refers to it.

    Raises Refusal: 1451 on MariaDB, 3730 on MySQL.
    """
    if catalog.sqlite or not catalog.session.foreign_key_checks:
        return
    for other, key in referring(draft, catalog):
        if other.name in dropped:
            continue
        if catalog.session.dialect.name == "mariadb":
            raise Refusal(1451, "Cannot delete or update a parent row: a foreign key constraint fails")
        raise Refusal(
            3730,
            f"Cannot drop table '{draft.name}' referenced by a foreign key constraint '{key.name}' "
            f"on table '{other.name}'",
        )


def check_changes(before: Draft, after: Draft, renames: dict[str, str], catalog: Catalog) -> None:
    """Check before an ALTER that the foreign keys over a table's columns still fit.

    Raises Refusal: 1829 for a column that another table refers to, 1832 and 1833 for a type that no longer fits, 1025
    (MySQL: 1553) for an index that a foreign key of another table needs. Measured on MariaDB 10.11.
    """
    if catalog.sqlite or not catalog.session.foreign_key_checks or after.open:
        return
    for other, key in referring(before, catalog):
        place = f"'{key.name}' of table '{other.name}'"
        for column in key.references:
            if column.lower() not in renames:
                raise Refusal(1829, f"Cannot drop column '{column}': needed in a foreign key constraint {place}")
            if _type_changed(before, after, column, renames, catalog):
                raise Refusal(1833, f"Cannot change column '{column}': used in a foreign key constraint {place}")
        wanted = [renames[column.lower()] for column in key.references]
        if not any(covers(each, wanted) for each in after.keys):
            errno = 1025 if catalog.session.dialect.name == "mariadb" else 1553
            raise Refusal(errno, f"Cannot drop index: needed in the foreign key constraint '{key.name}'")
    for key in before.foreign_keys:
        for column in key.columns:
            if _own(key.name, after) and _type_changed(before, after, column, renames, catalog):
                raise Refusal(1832, f"Cannot change column '{column}': used in a foreign key constraint '{key.name}'")


def _type_changed(before: Draft, after: Draft, name: str, renames: dict[str, str], catalog: Catalog) -> bool:
    old, new = before.column(name), after.column(renames.get(name.lower(), name))
    return old is not None and new is not None and not _compatible(old, new, catalog)


def rename_referenced(old: Name, new: Name, catalog: Catalog) -> None:
    """Let the foreign keys of other tables follow a table's new name."""
    for other in catalog.drafts():
        if other.database == old.database and any(key.table == old.name for key in other.foreign_keys):
            other.foreign_keys = [
                replace(key, table=new.name) if key.table == old.name else key for key in other.foreign_keys
            ]
            other.finished = None


def rename_referenced_column(table: Draft, old: str, new: str, catalog: Catalog) -> None:
    """Let the foreign keys of other tables follow a column's new name."""
    for other in catalog.drafts():
        if other.database != table.database or all(key.table != table.name for key in other.foreign_keys):
            continue
        other.finished = None
        other.foreign_keys = [
            replace(key, references=tuple(new if each.lower() == old.lower() else each for each in key.references))
            if key.table == table.name
            else key
            for key in other.foreign_keys
        ]
