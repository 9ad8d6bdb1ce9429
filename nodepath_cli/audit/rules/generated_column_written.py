"""A value for a generated column: the server computes it, and refuses what a program gives (MySQL 3105, MariaDB 1906).

Why it matters: PREPARE accepts the statement, so that no test which only prepares it sees the error; every run of it
fails. MariaDB answers 1906 in strict mode for each value but NULL (measured on 10.11), MySQL 3105 for everything but
the keyword DEFAULT (MySQL manual, "CREATE TABLE and Generated Columns").

Example:

    INSERT INTO orders_nodepath (quantity, price, total) VALUES (?, ?, ?)

where `total` is `DECIMAL(10,2) AS (quantity * price)`.

What to write instead: leave the column out, or give it DEFAULT. Not reported: NULL and DEFAULT, INSERT IGNORE and
UPDATE IGNORE, and an UPDATE of several tables on MariaDB, which takes any value there.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.sql.resolution import Resolution
from nodepath_cli.sql.value_records import Overruled

_ERRNO = {"mysql": 3105, "mariadb": 1906}


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every generated column that is given a value."""
    tables = [table for table in resolution.tables if table.table is not None]
    if not any(column.generated for each in tables if each.table for column in each.table.columns):
        return
    if context.dialect.name == "mariadb" and resolution.kind == "update" and len(resolution.tables) > 1:
        return
    for use in context.value_uses(resolution):
        if isinstance(use, Overruled):
            yield Hit(
                message=f"column '{use.column.name}' of {use.table.name} is generated and takes no value",
                start=use.start,
                end=use.end,
                identifier=use.column.name,
                errno=_ERRNO.get(context.dialect.name),
                table=use.table.name,
                confidence=Confidence.CERTAIN if context.proved(use.table.name) else Confidence.LIKELY,
            )


RULE = Rule(
    "NP115", "generated-column-written", Severity.ERROR, "a value for a generated column (3105, MariaDB: 1906)", check
)
