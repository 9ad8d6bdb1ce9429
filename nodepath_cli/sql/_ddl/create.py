"""What CREATE TABLE makes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.charsets import settle
from nodepath_cli.sql._ddl.columns import Inherited, implicit_timestamps, make_column
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.engines import engine_name
from nodepath_cli.sql._ddl.expressions import check_expressions
from nodepath_cli.sql._ddl.foreign import add_foreign_key, foreign_key_of
from nodepath_cli.sql._ddl.keys import NewKey, add_keys, settle_primary, supporting_key
from nodepath_cli.sql._ddl.nodes import CheckDef, ColumnDef, CreateTable, Element, ForeignKeyDef, KeyDef, Period
from nodepath_cli.sql._ddl.parse_column import with_key_columns
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.selected import selected_columns


def create_table(statement: CreateTable, catalog: Catalog) -> None:
    """Apply CREATE TABLE; raises Refusal where the server would."""
    name = catalog.resolve(statement.name)
    if statement.or_replace and statement.if_not_exists:
        raise Refusal(1221, "Incorrect usage of OR REPLACE and IF NOT EXISTS")
    if not statement.temporary and statement.like and catalog.resolve(statement.like) == name and catalog.get(name):
        raise Refusal(1066, f"Not unique table/alias: '{name.name}'")
    if not catalog.may_create(
        name,
        if_not_exists=statement.if_not_exists,
        or_replace=statement.or_replace,
        temporary=statement.temporary,
    ):
        return
    if statement.like:
        draft = _like(statement, catalog)
    else:
        draft = _defined(statement, catalog)
    draft.name, draft.database, draft.temporary = name.name, name.database, statement.temporary
    catalog.put(draft)


def _like(statement: CreateTable, catalog: Catalog) -> Draft:
    """CREATE TABLE ... LIKE copies columns and keys, not the foreign keys."""
    assert statement.like
    original = catalog.get(catalog.resolve(statement.like))
    if original is None:
        raise catalog.no_such_table(catalog.resolve(statement.like))
    if original.kind == "view":
        raise Refusal(1347, f"'{original.name}' is not of type 'BASE TABLE'")
    draft = original.copy()
    draft.foreign_keys = []
    draft.temporary = False
    return draft


def _defined(statement: CreateTable, catalog: Catalog) -> Draft:
    session = catalog.session
    options = statement.options
    inherited = settle(
        options.charset, options.collation, catalog.charset_of(catalog.resolve(statement.name)), session.dialect
    )
    name = catalog.resolve(statement.name)
    draft = Draft(
        name.name,
        name.database,
        engine=engine_name(options.engine or session.engine),
        charset=inherited[0],
        collation=inherited[1],
        versioned=bool(options.versioned),
        open=statement.virtual,
        without_rowid=statement.without_rowid,
    )
    _add_columns(draft, statement, inherited, catalog)
    _refuse_null_keys(statement, catalog)
    if all(column.invisible for column in draft.columns) and not draft.open:
        raise Refusal(1113, "A table must have at least 1 column")
    _add_constraints(draft, statement, catalog)
    return draft


def _add_columns(draft: Draft, statement: CreateTable, inherited: Inherited, catalog: Catalog) -> None:
    definitions = [element for element in statement.elements if isinstance(element, ColumnDef)]
    seen: set[str] = set()
    for definition in definitions:
        if definition.name.lower() in seen:
            raise Refusal(1060, f"Duplicate column name '{definition.name}'")
        seen.add(definition.name.lower())
        draft.columns.append(make_column(definition, inherited, catalog.session))
    if statement.select is not None:
        draft.columns, draft.open = selected_columns(draft.columns, statement.select, catalog)
    draft.columns = implicit_timestamps(
        draft.columns, {definition.name.lower(): definition for definition in definitions}, catalog.session
    )


def _add_constraints(draft: Draft, statement: CreateTable, catalog: Catalog) -> None:
    dialect = catalog.session.dialect
    keys, foreign_keys, checks = collect(statement.elements, inline_references=catalog.inline_references)
    constrained = draft.innodb or catalog.sqlite
    if catalog.sqlite:
        keys = [key for key in keys if not key.generated]
    add_periods(draft, statement.elements)
    add_keys(draft, keys, dialect)
    for check in checks:
        add_check(draft, check, dialect)
    settle_primary(draft, dialect)
    check_expressions(draft, dialect)
    for definition in foreign_keys if constrained else ():
        add_foreign_key(draft, definition, catalog)


def _refuse_null_keys(statement: CreateTable, catalog: Catalog) -> None:
    """MySQL refuses a primary key over a column that is written as NULL (1171, manual); MariaDB overrules the NULL."""
    if catalog.session.dialect.name != "mysql":
        return
    null = {each.name.lower() for each in statement.elements if isinstance(each, ColumnDef) and each.nullable is True}
    keys = [each for each in statement.elements if isinstance(each, KeyDef)]
    keys += [key for each in statement.elements if isinstance(each, ColumnDef) for key in with_key_columns(each)]
    for key in keys:
        if key.kind == "primary" and any((part.column or "").lower() in null for part in key.parts):
            raise Refusal(1171, "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE")


def _not_null(draft: Draft, names: tuple[str | None, ...]) -> None:
    lowered = {(name or "").lower() for name in names}
    draft.columns = [
        replace(column, nullable=column.nullable and column.name.lower() not in lowered) for column in draft.columns
    ]


def collect(
    elements: tuple[Element, ...], *, inline_references: bool
) -> tuple[list[NewKey], list[ForeignKeyDef], list[CheckDef]]:
    """Return the keys, foreign keys and checks of a definition in the order in which the server makes them."""
    keys: list[NewKey] = []
    foreign_keys: list[ForeignKeyDef] = []
    checks: list[CheckDef] = []
    for element in elements:
        if isinstance(element, KeyDef):
            keys.append(NewKey(element))
        elif isinstance(element, ForeignKeyDef):
            foreign_keys.append(element)
            keys.append(supporting_key(element))
        elif isinstance(element, CheckDef):
            checks.append(element)
        elif isinstance(element, ColumnDef):
            keys.extend(NewKey(key) for key in with_key_columns(element))
            checks.extend(element.checks)
            if element.references and inline_references:
                foreign = foreign_key_of(element.name, element.references)
                foreign_keys.append(foreign)
                keys.append(supporting_key(foreign))
    return keys, foreign_keys, checks


def add_periods(draft: Draft, elements: Iterable[Element]) -> None:
    """Add the periods of a definition: their columns are NOT NULL (measured on MariaDB 10.11)."""
    for element in elements:
        if isinstance(element, Period):
            draft.periods[element.name] = (element.start, element.end)
            if element.name.upper() != "SYSTEM_TIME":
                _not_null(draft, (element.start, element.end))


def add_check(draft: Draft, check: CheckDef, dialect: Dialect) -> None:
    """Add a CHECK constraint; raises Refusal (1826; MySQL 3822) for a name that is taken.

    MariaDB names one without a name `CONSTRAINT_1` and a column's own by the column; MySQL names either `table_chk_1`
    (manuals). They can be dropped by that name.
    """
    name = check.name
    if name is None and check.column and dialect.name != "mysql":
        # A column's own check goes with the column's definition and has no name to drop it by.
        return
    if name is None:
        prefix = f"{draft.name}_chk_" if dialect.name == "mysql" else "CONSTRAINT_"
        number = 1
        while f"{prefix}{number}" in draft.checks:
            number += 1
        name = f"{prefix}{number}"
    elif name.lower() in {each.lower() for each in draft.checks}:
        if check.if_not_exists:
            return
        errno = 3822 if dialect.name == "mysql" else 1826
        raise Refusal(errno, f"Duplicate CHECK constraint name '{name}'")
    draft.checks[name] = check.expression
