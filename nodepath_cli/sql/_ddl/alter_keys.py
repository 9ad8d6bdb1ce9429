"""What ALTER TABLE does to keys that are there: dropped by name, renamed, carried along with their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from nodepath_cli.schema.model import ForeignKey
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.keys import covers
from nodepath_cli.sql._ddl.nodes import DropKey, RenameKey
from nodepath_cli.sql._ddl.refusal import Refusal, cannot_drop


def drop_named(draft: Draft, drops: Sequence[DropKey]) -> None:
    """Drop keys and constraints by name; raises Refusal (1091) for one that is not there."""
    for drop in drops:
        if not _drop(draft, drop) and not drop.if_exists and not _may_be_there(draft, drop):
            kinds = {"foreign": "FOREIGN KEY", "constraint": "CONSTRAINT", "check": "CONSTRAINT", "period": "PERIOD"}
            raise cannot_drop(kinds.get(drop.kind, "INDEX"), drop.name)


def _drop(draft: Draft, drop: DropKey) -> bool:
    lower = drop.name.lower()
    if drop.kind == "period":
        name = next((each for each in draft.periods if each.lower() == lower), None)
        return name is not None and draft.periods.pop(name, None) is not None
    if drop.kind in ("foreign", "constraint") and any(key.name.lower() == lower for key in draft.foreign_keys):
        draft.foreign_keys = [key for key in draft.foreign_keys if key.name.lower() != lower]
        return True
    if drop.kind in ("check", "constraint"):
        name = next((each for each in draft.checks if each.lower() == lower), None)
        if name is not None:
            del draft.checks[name]
            return True
    if drop.kind in ("index", "primary", "constraint"):
        key = draft.key(drop.name)
        if key is not None and not (drop.kind == "constraint" and key.kind not in ("primary", "unique")):
            draft.keys.remove(key)
            return True
    return False


def _may_be_there(draft: Draft, drop: DropKey) -> bool:
    """The checks of a table from another source are not known; neither are the keys of an open one."""
    return draft.open or (drop.kind in ("check", "constraint") and draft.inherited)


def check_needed(draft: Draft, drops: Sequence[DropKey], catalog: Catalog) -> None:
    """An index that a foreign key of the table needs stays: raises Refusal (1553) where it was dropped."""
    if not catalog.session.foreign_key_checks or catalog.sqlite or not any(drop.kind != "foreign" for drop in drops):
        return
    for foreign in draft.foreign_keys:
        if not any(covers(key, foreign.columns) for key in draft.keys):
            name = next((drop.name for drop in drops if drop.kind == "index"), foreign.name)
            raise Refusal(1553, f"Cannot drop index '{name}': needed in a foreign key constraint")


def rename_keys(draft: Draft, renames: Sequence[RenameKey]) -> None:
    """RENAME INDEX, all at once; raises Refusal: 1176 for a key that is not there, 1061 for a name that is taken."""
    new_names: dict[str, str] = {}
    for rename in renames:
        if draft.key(rename.old) is None or rename.old.lower() in new_names:
            if rename.if_exists or draft.open:
                continue
            raise Refusal(1176, f"Key '{rename.old}' doesn't exist in table '{draft.name}'")
        if "PRIMARY" in (rename.new.upper(), rename.old.upper()):
            raise Refusal(1280, f"Incorrect index name '{rename.new}'")
        new_names[rename.old.lower()] = rename.new
    keys = [
        replace(key, name=new_names[key.name.lower()]) if key.name.lower() in new_names else key for key in draft.keys
    ]
    counted = Counter(key.name.lower() for key in keys)
    for key in keys:
        if counted[key.name.lower()] > 1:
            raise Refusal(1061, f"Duplicate key name '{key.name}'")
    draft.keys = keys


def carry_keys(draft: Draft, renames: dict[str, str], catalog: Catalog) -> None:
    """Let keys follow their columns: new names, and dropped columns fall out of them.

    `renames` holds the new name of each kept column by its old one in lower case. MariaDB refuses to shorten a unique
    key of several columns (1072, measured); MySQL shortens it (manual, "ALTER TABLE Statement").
    """
    kept = []
    for key in draft.keys:
        columns = tuple(_carried(column, renames) for column in key.columns if _stays(column, renames, draft))
        if len(columns) < len(key.columns):
            if columns and key.kind in ("primary", "unique") and catalog.session.dialect.name == "mariadb":
                gone = next(column for column in key.columns if not _stays(column, renames, draft))
                raise Refusal(1072, f"Key column '{gone}' doesn't exist in table")
            if not columns:
                continue
        kept.append(replace(key, columns=columns) if columns != key.columns else key)
    draft.keys = kept
    draft.foreign_keys = [_carried_foreign(key, renames, draft) for key in draft.foreign_keys]


def _stays(column: str | None, renames: dict[str, str], draft: Draft) -> bool:
    return column is None or column.lower() in renames or draft.open


def _carried(column: str | None, renames: dict[str, str]) -> str | None:
    return None if column is None else renames.get(column.lower(), column)


def _carried_foreign(key: ForeignKey, renames: dict[str, str], draft: Draft) -> ForeignKey:
    for column in key.columns:
        if not _stays(column, renames, draft):
            raise Refusal(1553, f"Cannot drop index '{key.name}': needed in a foreign key constraint")
    references = key.references
    if key.table == draft.name:
        references = tuple(renames.get(each.lower(), each) for each in references)
    return replace(key, columns=tuple(renames.get(each.lower(), each) for each in key.columns), references=references)
