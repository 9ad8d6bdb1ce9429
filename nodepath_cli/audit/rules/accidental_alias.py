"""A column that follows another one without a comma: the server takes it for an alias.

Why it matters: `SELECT id name FROM t` selects one column, `id` under the name `name`. Nothing fails until the result
is read: a Scan gets one value too few, or the wrong one under a known name.

Example:

    SELECT id_prospect id_device FROM ai_whatsapp_session_nodepath

What to write instead: the comma. Where an alias is meant that is also a column of the table, write AS.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.sql.resolution import Clause, Resolution, clause_words
from nodepath_cli.sql.value_records import Aliased


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every alias without AS that is another column of the same table."""
    for use in context.value_uses(resolution) if _selects(resolution) else ():
        if not isinstance(use, Aliased) or use.reference.table is None:
            continue
        table, name = use.reference.table, use.reference.name
        other = table.column(use.alias)
        if other is None or other.name.lower() == name.lower():
            continue
        yield Hit(
            message=f"'{use.alias}' is a column of {table.name}, and an alias of '{name}' here: is a comma missing?",
            start=use.start,
            end=use.end,
            identifier=use.alias,
            table=table.name,
            clause=clause_words(Clause.SELECT, context.dialect.name),
            confidence=Confidence.LIKELY,
        )


def _selects(resolution: Resolution) -> bool:
    return any(column.clause is Clause.SELECT and column.access == "read" for column in resolution.columns)


RULE = Rule(
    "NP110",
    "accidental-alias",
    Severity.WARNING,
    "a column that is taken for an alias for want of a comma",
    check,
)
