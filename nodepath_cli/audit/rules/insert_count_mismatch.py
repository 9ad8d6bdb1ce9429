"""An INSERT with more or fewer values than columns: the server answers 1136, `Column count doesn't match value count`.

Why it matters: a column was added to the list and not to the values, or the statement has no column list and the table
has grown since.

Example:

    INSERT INTO orders_nodepath (product, amount) VALUES (?)

What to write instead: one value for each column of the list; and always a column list.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.audit.refused import COUNT
from nodepath_cli.sql.resolution import Resolution, clause_words


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every row of values whose number differs from that of the columns."""
    target = next((insert.target for insert in resolution.inserts if insert.target), None)
    for violation in resolution.violations:
        if violation.errno != COUNT:
            continue
        proved = target is None or context.proved(target.name)
        yield Hit(
            message=violation.message[:1].lower() + violation.message[1:],
            start=violation.start,
            end=violation.end,
            errno=COUNT,
            table=target.name if target else None,
            clause=clause_words(violation.clause, context.dialect.name) if violation.clause else None,
            confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
        )


RULE = Rule("NP104", "insert-count-mismatch", Severity.ERROR, "an INSERT whose values do not match (1136)", check)
