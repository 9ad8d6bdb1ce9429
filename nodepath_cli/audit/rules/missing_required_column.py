"""An INSERT that leaves out a column which must have a value: the server answers 1364 in strict mode.

Why it matters: a column that is NOT NULL without a default fails every INSERT that does not name it. After a rename
that kept the old column (`timestamp` beside `locked_at`), no INSERT of the new code works.

Example:

    INSERT INTO conversation_log_nodepath (id, prospect_num, sender) VALUES (?, ?, ?)

where `message` is TEXT NOT NULL.

What to write instead: name the column, or give it a default in a migration. The keyword DEFAULT as the value of such a
column is reported, too, and so is the word NULL as the value of any NOT NULL column (1048), in UPDATE as well. Not
reported: INSERT IGNORE (the server makes it a warning), what a script does behind `SET sql_mode = ''`, generated and
AUTO_INCREMENT columns, ENUM columns (they take their first member), and on MySQL 5.7 NOT NULL TIMESTAMP columns, which
have an implicit default there (MySQL 5.7 manual, `explicit_defaults_for_timestamp`). An INSERT that names a column
which does not exist is reported for that alone: the wrong name is the likely cause.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Table
from nodepath_cli.sql.resolution import Clause, InsertRef, Missing, Resolution, clause_words
from nodepath_cli.sql.value_records import Defaulted, Emptied


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every required column that an INSERT or REPLACE leaves out."""
    if any(
        column.clause is Clause.INSERT_COLUMNS and isinstance(column.outcome, Missing) for column in resolution.columns
    ):
        return
    for insert in resolution.inserts:
        target = insert.target
        if target is None or target.kind != "table" or insert.open or insert.ignore or insert.columns is None:
            continue
        if context.statement.lenient:
            continue
        named = {name.lower() for name in insert.columns}
        for column in target.columns:
            if column.name.lower() not in named and required(column, context.dialect):
                yield _hit(insert, target, column, context)
    if not context.statement.lenient:
        yield from _defaulted(resolution, context)
    yield from _emptied(resolution, context)


def _defaulted(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every DEFAULT for a column that has none, in UPDATE, too."""
    if "DEFAULT" not in resolution.variant.sql.upper():
        return
    for use in context.value_uses(resolution):
        if isinstance(use, Defaulted) and use.table.kind == "table" and required(use.column, context.dialect):
            yield _of_value(use, "has no default", 1364, context, Clause.VALUES_FIRST)


def _emptied(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every NULL for a column that takes none."""
    if "NULL" not in resolution.variant.sql.upper():
        return
    for use in context.value_uses(resolution):
        if isinstance(use, Emptied) and use.table.kind == "table" and _refuses_null(use.column, context.dialect):
            yield _of_value(use, "cannot be null", 1048, context)


def _of_value(use: Defaulted | Emptied, why: str, errno: int, context: Context, clause: Clause | None = None) -> Hit:
    return Hit(
        message=f"column '{use.column.name}' of {use.table.name} {why}",
        start=use.start,
        end=use.end,
        identifier=use.column.name,
        errno=errno,
        table=use.table.name,
        clause=clause_words(clause, context.dialect.name) if clause else None,
        confidence=Confidence.CERTAIN if context.proved(use.table.name) else Confidence.LIKELY,
    )


def _refuses_null(column: Column, dialect: Dialect) -> bool:
    if column.nullable or column.auto_increment or column.generated or dialect.name == "sqlite":
        return False
    # NULL is the present time to a TIMESTAMP, where `explicit_defaults_for_timestamp` is off.
    return not column.type.lower().startswith(("timestamp", "serial"))


def required(column: Column, dialect: Dialect) -> bool:
    """Say whether an INSERT in strict mode must give the column a value."""
    if column.nullable or column.default is not None or column.auto_increment or column.generated:
        return False
    kind = column.type.lower()
    if kind.startswith("enum") or kind == "serial" or dialect.name == "sqlite":
        return False
    implicit_timestamp = dialect.name == "mysql" and dialect.version and dialect.version < (8,)
    return not (implicit_timestamp and kind.startswith("timestamp"))


def _hit(insert: InsertRef, target: Table, column: Column, context: Context) -> Hit:
    return Hit(
        message=f"column '{column.name}' of {target.name} has no default and gets no value",
        start=insert.columns_start,
        end=insert.columns_end,
        identifier=column.name,
        errno=1364,
        table=target.name,
        clause=clause_words(Clause.INSERT_COLUMNS, context.dialect.name),
        confidence=Confidence.CERTAIN if context.proved(target.name) else Confidence.LIKELY,
    )


RULE = Rule(
    "NP105",
    "missing-required-column",
    Severity.ERROR,
    "an INSERT that leaves out a required column (1364), or NULL for one (1048)",
    check,
)
