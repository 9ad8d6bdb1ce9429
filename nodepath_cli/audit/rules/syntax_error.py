"""SQL that no server can read: it answers 1064, `You have an error in your SQL syntax`.

Why it matters: the statement fails at every call, and the compiler cannot see it. Most come from a list that was
shortened (`a, FROM`), or from a condition that was taken out and left its AND.

Example:

    SELECT id_prospect, FROM ai_whatsapp_session_nodepath WHERE AND id_device = ?

What to write instead: the list without its last comma, the condition without its AND. Only what is beyond doubt is
reported: a text that nodepath does not understand and that holds two words which no statement has side by side, or one
that names a known table and that neither MySQL's nor MariaDB's grammar can read, a first word with a slip in it
(`SELEC`) among them. A text that breaks off (`... WHERE`, an open quote or parenthesis) may be a piece of another one:
it is reported where one literal is all that the database gets. All other texts that it does not understand are listed
as unresolved (NP501), with the place where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.resolution import Unparsed
from nodepath_cli.sql.syntax import Known, SyntaxFault, refused_word, syntax_fault

_RUNS_SQL = re.compile(r"(?i)query|exec|prepare|select|raw|get")


def check(unread: Unparsed, context: Context) -> Iterator[Hit]:
    """Yield the first certain syntax error of a text that was not understood."""
    if context.dialect.family != "mysql":
        return
    call = context.statement.call
    runs = call and (call.wrapper or _RUNS_SQL.search(call.name.rpartition(".")[2]))
    if context.statement.host != "sql" and not runs:
        # A constant that reaches no call may be a piece of a text; what another function gets may be prose.
        return
    fault = _fault(unread, context)
    if fault is None or not unread.variant.offsets.contiguous(fault.first, fault.end):
        return
    place = unread.variant.offsets.locate(fault.start, fault.end)
    for each in context.outcomes:
        # One of several texts may be one that the program never builds: all must stop at one place.
        if each is unread:
            continue
        other = _fault(each, context) if isinstance(each, Unparsed) else None
        if other is None or each.variant.offsets.locate(other.start, other.end) != place:
            return
    shown = f'"{fault.text}"' if fault.text == "'" else f"'{fault.text}'"
    where = f"the statement ends at {shown}" if fault.ends else f"syntax error at {shown}"
    yield Hit(where, fault.start, fault.end, errno=1064)


def _fault(unread: Unparsed, context: Context) -> SyntaxFault | None:
    fault = syntax_fault(unread.variant, context.dialect.ansi_quotes)
    return fault or refused_word(unread, context.dialect, _known(context.schema), whole=_whole(unread, context))


def _known(schema: Schema) -> Known:
    return Known(
        lambda name: schema.table(name) is not None,
        lambda names: any(names <= table.by_name.keys() for table in schema.tables),
    )


def _whole(unread: Unparsed, context: Context) -> bool:
    """Say whether a text is all that the database gets: one literal that goes there, or what a semicolon ends."""
    variant, call = unread.variant, context.statement.call
    if variant.holes or variant.guessed or variant.repeats or not variant.offsets.unbroken:
        return False
    if context.statement.host == "sql":
        return context.statement.closed
    return call is not None and call.surely


RULE = Rule(
    "NP109", "syntax-error", Severity.ERROR, "SQL that no server can read (1064), where that is certain", None, check
)
