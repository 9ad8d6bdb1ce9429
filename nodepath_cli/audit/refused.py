"""What a text that is understood has wrong beside its names, as far as the call that sends it does not put it right."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Severity
from nodepath_cli.sql.arity import WRONG_COUNT
from nodepath_cli.sql.full_group_by import NOT_AGGREGATED, NOT_IN_GROUP
from nodepath_cli.sql.names import NO_FUNCTION
from nodepath_cli.sql.resolution import LIST_MARK, NEEDLESS, Resolution, Violation, clause_words

SYNTAX = 1064
COUNT = 1136
_ARGUMENTS = 1318
_MYSQL_ALONE = {
    NOT_IN_GROUP: "MariaDB takes it",
    NOT_AGGREGATED: "MariaDB takes it",
    1093: "MariaDB takes it in most statements",
    3065: "MariaDB takes it",
    1221: "MariaDB takes it",
}
"""What MySQL refuses and MariaDB does not: a warning where nobody has said which of them the server is."""


def refused(resolution: Resolution, context: Context, *, syntax: bool) -> Iterator[Hit]:
    """Yield everything that the server refuses beside unknown and ambiguous names and wrong counts.

    `syntax`: what it cannot read (1064), else all the rest.
    """
    proved = all(context.proved(table.table.name) for table in resolution.tables if table.table)
    for violation in resolution.violations:
        if (
            violation.errno != COUNT
            and not violation.elsewhere
            and (violation.errno == SYNTAX) is syntax
            and _surely(violation, resolution, context)
        ):
            doubt = _MYSQL_ALONE.get(violation.errno) if context.dialect.assumed else None
            known = proved and not (violation.errno == _ARGUMENTS and context.schema.inferred)
            yield Hit(
                message=violation.message[:1].lower() + violation.message[1:] + (f" ({doubt})" if doubt else ""),
                start=violation.start,
                end=violation.end,
                identifier=None if syntax else violation.identifier,
                errno=violation.errno,
                clause=clause_words(violation.clause, context.dialect.name) if violation.clause else None,
                confidence=Confidence.CERTAIN if (known and not doubt) or syntax else Confidence.LIKELY,
                # It may be a stored function: a schema does not tell.
                severity=Severity.WARNING if violation.errno == NO_FUNCTION or doubt else None,
            )


def _surely(violation: Violation, resolution: Resolution, context: Context) -> bool:
    """Say whether a server gets what is refused, as it stands."""
    call = context.statement.call
    if violation.message == NEEDLESS:
        return call is not None and call.surely
    if violation.message == LIST_MARK:
        # A package that gives each argument to one placeholder, as database/sql does.
        return call is not None and call.surely and any(use.kind == "arguments" for use in context.statement.uses)
    if violation.errno == NO_FUNCTION:
        return (violation.identifier or "").lower() not in context.functions()
    # The arguments of a call that is put together of several texts are counted by the program: it may have more.
    whole = resolution.variant.offsets.contiguous
    return not violation.message.startswith(WRONG_COUNT) or whole(violation.start, violation.end)
