"""Another name or shape that the server refuses when it prepares the statement; the error number says which.

Why it matters: the statement fails at every call, as with an unknown column. Among the numbers: 1051 (`nosuch.*`),
1060 (a derived table with two columns of one name), 1066 (one alias twice), 1109 (a DELETE target that is not in FROM),
1110 (a column twice in an INSERT list), 1176 (`FORCE INDEX` of a key that is not there), 1222 (UNION branches of
different width), 1241 and 4078 (a row or a subquery of several columns where one is meant, or of another width than
what it is compared with), 1247 (an alias too early), 1250 (a table name in the ORDER BY of a UNION), 1327 (an
identifier in LIMIT), 1426 (`NOW(9)`), 1582 and 1064 (a function with more or fewer arguments than it takes), 1630
(`COUNT (a)`: the blank makes it another function's name), 4015, 4074, 3593 and 3594 (a window function where none may
stand), 3065 (MySQL: SELECT DISTINCT ordered by what is not in its list). A name that is no function of either server
is a warning (1305) where another one was most probably meant, or where it begins with JSON_, as it may be a stored
function; one that the tree creates is none. 1064 is also the answer
to `SELECT a, *` (a `*` without a table's name stands first), `COUNT(DISTINCT *)`, a comma at the end of a row of
VALUES, an interval that is added to nothing, and `IN ?`, which is reported where database/sql or sqlx gets it: other
libraries write lists out with their parentheses.

Example:

    INSERT INTO orders_nodepath (product, amount, product) VALUES (?, ?, ?)

What to write instead: each name once, and only names that the clause can see.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.audit.rules.insert_count_mismatch import COUNT_ERRNO
from nodepath_cli.sql.arity import WRONG_COUNT
from nodepath_cli.sql.resolution import LIST_MARK, NEEDLESS, Resolution, clause_words

NO_FUNCTION = 1305


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield everything that the server refuses beside unknown and ambiguous names and wrong counts."""
    tables = [table.table.name for table in resolution.tables if table.table]
    proved = all(context.proved(name) for name in tables)
    whole = resolution.variant.offsets.contiguous
    for violation in resolution.violations:
        # The arguments of a call that is put together of several texts are counted by the program: it may have more.
        built = violation.message.startswith(WRONG_COUNT) and not whole(violation.start, violation.end)
        call = context.statement.call
        split = violation.message == NEEDLESS and not (call and call.surely)
        listed = violation.message == LIST_MARK and not _one_by_one(context)
        stored = violation.errno == NO_FUNCTION and (violation.identifier or "").lower() in context.functions()
        if violation.errno != COUNT_ERRNO and not built and not split and not listed and not stored:
            yield Hit(
                message=violation.message[:1].lower() + violation.message[1:],
                start=violation.start,
                end=violation.end,
                identifier=violation.identifier,
                errno=violation.errno,
                clause=clause_words(violation.clause, context.dialect.name) if violation.clause else None,
                confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
                # It may be a stored function: a schema does not tell.
                severity=Severity.WARNING if violation.errno == NO_FUNCTION else None,
            )


def _one_by_one(context: Context) -> bool:
    """Say whether the call is one of a package that gives each argument to one placeholder, as database/sql does."""
    call = context.statement.call
    return call is not None and call.surely and any(use.kind == "arguments" for use in context.statement.uses)


RULE = Rule(
    "NP114", "invalid-reference", Severity.ERROR, "another name or shape that the server refuses at PREPARE", check
)
