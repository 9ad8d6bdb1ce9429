"""A column that two tables of the statement have: the server answers 1052, `Column 'x' in where clause is ambiguous`.

Why it matters: the statement fails, often since a migration gave a second table a column of that name.

Example:

    SELECT id_device FROM orders_nodepath o JOIN device_setting_nodepath d ON d.user_id = o.user_id WHERE created_at > ?

where both tables have `created_at`.

What to write instead: qualify the column, `o.created_at`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity, Suggestion
from nodepath_cli.sql.resolution import Ambiguous, Resolution, clause_words


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every column reference that fits two or more tables."""
    for column in () if resolution.one_name_twice else resolution.columns:
        outcome = column.outcome
        if not isinstance(outcome, Ambiguous):
            continue
        words = clause_words(column.clause, context.dialect.name)
        among = " and ".join(outcome.candidates) or "several tables"
        proved = all(context.proved(table.name) for table in column.candidates)
        yield Hit(
            message=f"column '{column.name}' in '{words}' is ambiguous: {among} have it",
            start=column.start,
            end=column.end,
            identifier=column.name,
            errno=1052,
            clause=words,
            suggestions=tuple(
                Suggestion(f"{candidate}.{column.name}", f"the column of {candidate}")
                for candidate in dict.fromkeys(outcome.candidates)
            ),
            confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
        )


RULE = Rule("NP103", "ambiguous-column", Severity.ERROR, "a column that several tables have (1052)", check)
