"""A table that does not exist: the server answers 1146, `Table 'db.x' doesn't exist`.

Why it matters: every call of the statement fails. On Linux, MySQL and MariaDB tell `wasapbot_nodepath` from
`wasapBot_nodepath`, while a developer's machine with another setting does not.

Example:

    INSERT INTO ai_whatsapp_session (id_prospect, id_device, timestamp) VALUES (?, ?, ?)

where the database has `ai_whatsapp_session_nodepath`.

What to write instead: the table's real name. Where the schema was given (`--schema`), every table that it lacks is
reported. Where it was only found in the audited tree, a table is reported if a known one has nearly its name: another
case, one other letter, or an affix such as `_nodepath` that two or more known tables share; or if the numbered
migrations of the tree made it, and then renamed or dropped it, and nothing else makes it; or if it is nearly the name
of a common table expression of the statement, or that of one that lacks RECURSIVE. Other tables make the statement
unresolved; of information_schema's (1109) those are reported that one letter makes a table. Name the tables of other
applications in `[tool.nodepath] external-tables`. Looked at are queries and changes of rows, and TRUNCATE, LOCK TABLES,
SHOW COLUMNS, SHOW INDEX, DESCRIBE and LOAD DATA; not CREATE, ALTER and DROP: they are steps of the schema's own
history.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity, Suggestion
from nodepath_cli.audit.gone import Gone
from nodepath_cli.audit.near import MOST, near_tables, renamed_tables, similar_tables
from nodepath_cli.sql.catalogue import meant_table
from nodepath_cli.sql.resolution import Missing, Resolution, TableRef

SYSTEM = 1109
"""The server's error number for a table that its information_schema does not have."""


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every table that certainly, or by its neighbour's name very likely, does not exist."""
    for table in resolution.tables:
        if not isinstance(table.outcome, Missing) or context.external(table.name):
            continue
        gone = context.gone_table(table.name)
        meant = meant_table(table.name) if table.errno == SYSTEM else None
        if meant is not None:
            suggestions: tuple[Suggestion, ...] = (Suggestion(meant, "one letter differs", guessed=True),)
        elif context.schema.inferred:
            suggestions = (*_meant_cte(table), *near_tables(table.name, context.schema))
            if not suggestions and gone is None and table.meant_cte is None:
                continue
        else:
            suggestions = (*_meant_cte(table), *similar_tables(table.name, context.schema))
        former = renamed_tables(table.name, context.schema, context.table_renames)
        known = {each.replacement for each in former}
        suggestions = (*former, *(each for each in suggestions if each.replacement not in known))[:MOST]
        shown = f"{table.database}.{table.name}" if table.database else table.name
        yield Hit(
            message=f"unknown table '{shown}'" + _why(table, gone if not former else None),
            start=table.start,
            end=table.end,
            identifier=table.name,
            errno=table.errno,
            table=table.name,
            suggestions=suggestions,
            confidence=Confidence.LIKELY if context.schema.inferred and not meant else Confidence.CERTAIN,
        )


def _meant_cte(table: TableRef) -> tuple[Suggestion, ...]:
    """Return the CTE that a table's name is nearly that of; none where the CTE lacks RECURSIVE."""
    if table.meant_cte is None or table.meant_cte == table.name:
        return ()
    return (Suggestion(table.meant_cte, "a common table expression of the statement", guessed=True),)


def _why(table: TableRef, gone: Gone | None) -> str:
    """Return what is to be said of a table behind its name."""
    if table.meant_cte == table.name:
        return ": a common table expression sees itself behind WITH RECURSIVE alone"
    return f", {gone.reason}" if gone else ""


RULE = Rule("NP102", "unknown-table", Severity.ERROR, "a table that does not exist (1146, 1109)", check)
