"""A column that the table does not have: the server answers 1054, `Unknown column 'x' in 'field list'`.

Why it matters: a column that was renamed or dropped, or never made because a migration did not run, makes every call of
the statement fail. The compiler cannot see it, as the name stands in a string.

Example:

    INSERT INTO ai_whatsapp_session_nodepath (phone_number, device_id) VALUES (?, ?)

where the table has `id_prospect` and `id_device`.

What to write instead: the column's real name. A suggestion comes first from the former names that migrations and
`[tool.nodepath.renames]` record, then from the columns that other statements on the same table use, then from likeness.
If the column is to exist, ship the migration that adds it before the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.audit.near import column_suggestions
from nodepath_cli.patterns import lazy
from nodepath_cli.sql.resolution import ColumnRef, Missing, Resolution, clause_words

_RUN_TOGETHER = lazy(r"(?i)(\d+)(and|or)(\w+)\Z")


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every column reference that the server would refuse."""
    for column in resolution.columns:
        if isinstance(column.outcome, Missing) and not (column.qualifier and resolution.one_name_twice):
            yield _hit(column, context)


def _hit(column: ColumnRef, context: Context) -> Hit:
    words = clause_words(column.clause, context.dialect.name)
    shown = f"{column.qualifier}.{column.name}" if column.qualifier else column.name
    tables = (column.table,) if column.table else column.candidates
    proved = all(context.proved(table.name) for table in tables)
    return Hit(
        message=f"unknown column '{shown}' in '{words}'" + _why(column.qualifier or column.name),
        start=column.start,
        end=column.end,
        identifier=column.name,
        errno=column.errno or 1054,
        table=column.table.name if column.table else None,
        clause=words,
        suggestions=column_suggestions(column.name, tables, context.renames, context.siblings),
        confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
    )


def _why(name: str) -> str:
    """Return what is to be said of a number that AND or OR stands right behind: the servers read one name then."""
    run_together = _RUN_TOGETHER.match(name)
    if run_together is None:
        return ""
    number, word, rest = run_together.groups()
    return f": a blank is missing around {word} in '{number}{word}{rest}'"


RULE = Rule("NP101", "unknown-column", Severity.ERROR, "a column that the table does not have (1054)", check)
