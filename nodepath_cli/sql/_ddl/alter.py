"""What ALTER TABLE makes of a table: all its actions at once, or nothing."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.schema.model import Column
from nodepath_cli.sql._ddl.alter_keys import carry_keys, check_needed, drop_named, rename_keys
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.columns import implicit_timestamps, make_column
from nodepath_cli.sql._ddl.convert import change_options
from nodepath_cli.sql._ddl.create import add_check, add_periods, collect
from nodepath_cli.sql._ddl.defaults import default_text
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.expressions import check_expressions, rename_in_expressions
from nodepath_cli.sql._ddl.foreign import add_foreign_key, check_changes, rename_referenced_column
from nodepath_cli.sql._ddl.keys import add_keys, settle_primary
from nodepath_cli.sql._ddl.nodes import (
    Action,
    AddColumns,
    AddConstraint,
    AlterColumn,
    AlterTable,
    ChangeColumn,
    ColumnDef,
    DropColumn,
    DropKey,
    Element,
    ExchangePartition,
    KeyDef,
    Name,
    Position,
    RenameColumn,
    RenameKey,
    RenameTo,
    SetOptions,
)
from nodepath_cli.sql._ddl.parse_column import with_key_columns
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal, cannot_drop, unknown_column
from nodepath_cli.sql._ddl.rename import rename_table
from nodepath_cli.sql._ddl.types import read_type


class _Plan(Struct):
    """The actions of one ALTER TABLE by kind, as the server sorts them before it starts."""

    added: list[ColumnDef] = field(default_factory=list)
    changed: list[ChangeColumn] = field(default_factory=list)
    renamed: list[RenameColumn] = field(default_factory=list)
    dropped: list[DropColumn] = field(default_factory=list)
    altered: list[AlterColumn] = field(default_factory=list)
    constraints: list[Element] = field(default_factory=list)
    dropped_keys: list[DropKey] = field(default_factory=list)
    renamed_keys: list[RenameKey] = field(default_factory=list)
    options: list[SetOptions] = field(default_factory=list)
    target: Name | None = None


def alter_table(statement: AlterTable, catalog: Catalog) -> None:
    """Apply ALTER TABLE, CREATE INDEX or DROP INDEX; raises Refusal where the server would."""
    name = catalog.meant(catalog.resolve(statement.name))
    if statement.if_exists and catalog.get(name) is None:
        return
    draft = catalog.change(name)
    if draft.kind == "view":
        raise Refusal(1347, f"'{catalog.shown(name)}' is not of type 'BASE TABLE'")
    if draft.kind == "sequence":
        plan_only_rename = all(isinstance(action, RenameTo | SetOptions) for action in statement.actions)
        if not plan_only_rename:
            raise Refusal(1030, "Storage engine SEQUENCE of the table doesn't have this option")
    if statement.or_replace:
        _forget_replaced(draft, statement.actions)
    plan = _plan(statement.actions, draft, catalog)
    before = draft.copy()
    renames = _columns(draft, plan, catalog)
    if not draft.columns and not draft.open:
        raise Refusal(1090, "You can't delete all columns with ALTER TABLE; use DROP TABLE instead")
    _keys(draft, plan, renames, catalog)
    check_changes(before, draft, renames, catalog)
    target = catalog.resolve(plan.target) if plan.target else name
    if target != name and catalog.get(target) is not None:
        raise Refusal(1050, f"Table '{target.name}' already exists")
    for old, new in renames.items():
        if old != new.lower():
            rename_referenced_column(draft, old, new, catalog)
    catalog.put(draft)
    for old, new in _recorded(plan):
        catalog.record_rename(draft.name, old, new)
    if target != name:
        rename_table(name, target, catalog)


def _forget_replaced(draft: Draft, actions: tuple[Action, ...]) -> None:
    names = {
        (action.element.name or "").lower()
        for action in actions
        if isinstance(action, AddConstraint) and isinstance(action.element, KeyDef)
    }
    draft.keys = [key for key in draft.keys if key.name.lower() not in names]


def _recorded(plan: _Plan) -> list[tuple[str, str]]:
    pairs = [(each.old, each.column.name) for each in plan.changed] + [(each.old, each.new) for each in plan.renamed]
    return [(old, new) for old, new in pairs if old.lower() != new.lower()]


def _plan(actions: tuple[Action, ...], draft: Draft, catalog: Catalog) -> _Plan:
    """Sort the actions; those whose IF [NOT] EXISTS is not met fall away here, as on the server."""
    plan = _Plan()
    for action in actions:
        match action:
            case AddColumns(columns):
                for column in columns:
                    if column.if_exists and draft.column(column.name):
                        # The column's own keys are added all the same (measured on MariaDB 10.11).
                        plan.constraints += with_key_columns(column)
                    else:
                        plan.added.append(column)
            case ChangeColumn(old, column):
                if not (column.if_exists and draft.column(old) is None):
                    plan.changed.append(action)
            case RenameColumn(old, _, if_exists):
                if not (if_exists and draft.column(old) is None):
                    plan.renamed.append(action)
            case DropColumn(column_name, if_exists):
                if not (if_exists and draft.column(column_name) is None):
                    plan.dropped.append(action)
            case AlterColumn(column_name, if_exists=if_exists):
                if not (if_exists and draft.column(column_name) is None):
                    plan.altered.append(action)
            case AddConstraint(element):
                plan.constraints.append(element)
            case DropKey():
                plan.dropped_keys.append(action)
            case RenameKey():
                plan.renamed_keys.append(action)
            case SetOptions():
                plan.options.append(action)
            case RenameTo(target):
                plan.target = target
            case ExchangePartition(table):
                catalog.change(catalog.resolve(table))
    return plan


def _columns(draft: Draft, plan: _Plan, catalog: Catalog) -> dict[str, str]:
    """Give the draft its new columns, and return new names by old ones in lower case, of those that are kept."""
    for option in plan.options:
        change_options(draft, option, catalog)
    inherited = draft.charset, draft.collation
    dropped = {each.name.lower(): each for each in plan.dropped}
    changed = _by_old(plan, draft)
    _check_dropped(draft, plan)
    made = {id(each): make_column(each.column, inherited, catalog.session) for each in plan.changed}
    columns: list[Column] = []
    renames: dict[str, str] = {}
    for column in draft.columns:
        lower = column.name.lower()
        if lower in dropped:
            continue
        action = changed.get(lower)
        if isinstance(action, ChangeColumn):
            renames[lower] = action.column.name
            if action.column.position is None:
                columns.append(made[id(action)])
        elif isinstance(action, RenameColumn):
            renames[lower] = action.new
            columns.append(replace(column, name=action.new))
        else:
            renames[lower] = column.name
            columns.append(_altered(column, plan, catalog))
    for change in plan.changed:
        if change.column.position is not None:
            _insert(columns, made[id(change)], change.column.position, draft)
    for definition in plan.added:
        added = _altered(make_column(definition, inherited, catalog.session), plan, catalog)
        _insert(columns, added, definition.position, draft)
        # A key stays on a column that is dropped and added under the same name (measured).
        renames.setdefault(definition.name.lower(), definition.name)
    _check_twice(columns)
    definitions = {each.name.lower(): each for each in [*plan.added, *(each.column for each in plan.changed)]}
    draft.columns = implicit_timestamps(columns, definitions, catalog.session)
    return renames


def _check_dropped(draft: Draft, plan: _Plan) -> None:
    seen: set[str] = set()
    for each in plan.dropped:
        lower = each.name.lower()
        if lower in seen or (draft.column(each.name) is None and not draft.open):
            raise cannot_drop("COLUMN", each.name)
        seen.add(lower)
    added = {each.name.lower() for each in plan.added}
    altered: set[str] = set()
    for alter in plan.altered:
        lower = alter.name.lower()
        if lower in altered:
            raise unknown_column(alter.name, draft.name)
        altered.add(lower)
        if not draft.open and lower not in added and (draft.column(alter.name) is None or lower in seen):
            raise unknown_column(alter.name, draft.name)


def _by_old(plan: _Plan, draft: Draft) -> dict[str, ChangeColumn | RenameColumn]:
    dropped = {each.name.lower() for each in plan.dropped}
    changed: dict[str, ChangeColumn | RenameColumn] = {}
    every: list[ChangeColumn | RenameColumn] = [*plan.changed, *plan.renamed]
    for each in every:
        lower = each.old.lower()
        if lower in changed or lower in dropped or (draft.column(each.old) is None and not draft.open):
            raise unknown_column(each.old, draft.name)
        changed[lower] = each
    return changed


def _altered(column: Column, plan: _Plan, catalog: Catalog) -> Column:
    for each in plan.altered:
        if each.name.lower() != column.name.lower():
            continue
        if each.invisible is not None:
            column = replace(column, invisible=each.invisible)
        elif each.default is None:
            column = replace(column, default=None)
        elif catalog.sqlite or not column.type:
            column = replace(column, default=each.default.text)
        else:
            column_type = read_type(Reader(column.type, catalog.session.dialect))
            column = replace(column, default=default_text(each.default, column_type, column.name))
    return column


def _insert(columns: list[Column], column: Column, position: Position | None, draft: Draft) -> None:
    if position is None:
        columns.append(column)
    elif position.after is None:
        columns.insert(0, column)
    else:
        lower = position.after.lower()
        place = next((index for index, each in enumerate(columns) if each.name.lower() == lower), None)
        if place is None:
            if not draft.open:
                raise unknown_column(position.after, draft.name)
            place = len(columns) - 1
        columns.insert(place + 1, column)


def _check_twice(columns: list[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name.lower() in seen:
            raise Refusal(1060, f"Duplicate column name '{column.name}'")
        seen.add(column.name.lower())


def _keys(draft: Draft, plan: _Plan, renames: dict[str, str], catalog: Catalog) -> None:
    dialect = catalog.session.dialect
    drop_named(draft, plan.dropped_keys)
    rename_keys(draft, plan.renamed_keys)
    carry_keys(draft, renames, catalog)
    rename_in_expressions(draft, renames, dialect)
    elements: tuple[Element, ...] = (*plan.added, *(each.column for each in plan.changed), *plan.constraints)
    keys, foreign_keys, checks = collect(elements, inline_references=catalog.inline_references)
    constrained = draft.innodb or catalog.sqlite
    if catalog.sqlite:
        keys = [key for key in keys if not key.generated]
    add_periods(draft, elements)
    add_keys(draft, keys, dialect)
    check_needed(draft, plan.dropped_keys, catalog)
    for check in checks:
        add_check(draft, check, dialect)
    settle_primary(draft, dialect)
    check_expressions(draft, dialect)
    for definition in foreign_keys if constrained else ():
        add_foreign_key(draft, definition, catalog)
