"""SQL that no server can read: it answers 1064, `You have an error in your SQL syntax`.

Why it matters: the statement fails at every call, and the compiler cannot see it. Most come from a list that was
shortened (`a, FROM`), or from a condition that was taken out and left its AND.

Example:

    SELECT id_prospect, FROM ai_whatsapp_session_nodepath WHERE AND id_device = ?

What to write instead: the list without its last comma, the condition without its AND. Only what is beyond doubt is
reported: a text that nodepath does not understand and that holds two words which no statement has side by side, or one
that names a known table and that neither MySQL's nor MariaDB's grammar can read, a first word with a slip in it
(`SELEC`) among them. So is a blank that is missing between two literals (`"... FROM flows" + "WHERE id = ?"`), and what
`strings.Join` puts between the elements of a list, where no text with two of them can be read: elements that several
branches add (`" WHERE " + strings.Join(conditions, ", ")`), or each round of a loop (`"VALUES " + strings.Join(rows, "
")`). Of a text with a part that is known only at run time, what stands before that part is looked at. A text that
breaks off (`... WHERE`, an open quote or parenthesis) may be a piece of another one: it is reported where one literal
is all that the database gets, and a quote without a partner where only literals are joined. Of a query that branches
build, a piece is reported that no text with it can be read (`query += " AND AND id = ?"`), with its branch. All other
texts that it does not understand are listed as unresolved (NP501), with the place where it stopped.

A text that is understood may have an error all the same: a word right behind a placeholder (`?AND`), `SELECT a, *` (a
`*` without a table's name stands first), `COUNT(DISTINCT *)`, a comma at the end of a row of VALUES, an interval that
is added to nothing, a function of its own grammar with other arguments than it reads (`LEFT(a)`, `TIMESTAMPDIFF(a,
b)`), two directions (`ASC ASC`), a type that neither server makes values of (`CAST(a AS STRING)`, `CONVERT(a, TEXT)`;
`VARCHAR(20)` is MariaDB's and `JSON` MySQL's), SEPARATOR in front of ORDER BY, LIMIT with an offset in UPDATE and
DELETE, TRUNCATE with WHERE, a unit in the plural (`INTERVAL 1 DAYS`) or within the quotes (`INTERVAL '1 day'`), FULL
OUTER JOIN, and `IN ?`, which is reported where database/sql or sqlx gets it: other libraries write lists out with their
parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.audit.refused import refused
from nodepath_cli.audit.stops import Texts, place
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import Separator
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.syntax import Known, SyntaxFault, refused_word, syntax_fault, twice

_MARK = lazy(r"[()'\"`]")
"""What needs a partner, and may be there any number of times in a part that repeats."""
_SEVERAL = "syntax error where the list has several elements: {!r} stands between them"
_RUNS_SQL = lazy(r"(?i)query|exec|prepare|select|raw|get")


def check(unread: Unparsed, context: Context) -> Iterator[Hit]:
    """Yield the first certain syntax error of a text that was not understood."""
    if context.dialect.family != "mysql":
        return
    if context.statement.host != "sql" and not _runs(context):
        return
    fault = _fault(unread, context)
    if fault is None:
        return
    texts = Texts(context.outcomes, partial(_fault, context=context))
    separator = _separator(unread, fault)
    between = separator is not None and _between_elements(unread, separator, context)
    if between and separator is not None and separator.text.isspace():
        yield Hit(_SEVERAL.format(separator.text), separator.start, separator.end, errno=1064)
    elif between or texts.stop_at(unread, fault):
        shown = f'"{fault.text}"' if fault.text == "'" else f"'{fault.text}'"
        where = f"the statement ends at {shown}" if fault.ends else f"syntax error at {shown}"
        yield Hit(f"{where}: {fault.why}" if fault.why else where, fault.start, fault.end, errno=1064)
    elif (fault.before or fault.ends) and texts.stop_behind(unread, fault):
        word = fault.before or fault.text
        yield Hit(f"syntax error behind '{word}'", fault.first, fault.first + len(word), errno=1064)


def _between_elements(unread: Unparsed, separator: Separator, context: Context) -> bool:
    """Say whether all texts stop at a separator that have it.

    Whoever joins a list expects several elements; that all texts with one element are right says nothing.
    """
    source = place(unread, separator.start, separator.end)
    for each in context.outcomes:
        places = {place(each, own.start, own.end) for own in each.variant.separators if own.own}
        if source in places:
            other = _fault(each, context) if isinstance(each, Unparsed) else None
            own = _separator(each, other) if other is not None else None
            if own is None or place(each, own.start, own.end) != source:
                return False
    return True


def _separator(unread: Resolution | Unparsed, fault: SyntaxFault) -> Separator | None:
    """Return the separator at which a text stops: that word is in it, or stands behind nothing but it."""
    sql = unread.variant.sql
    for each in unread.variant.separators:
        behind = each.end <= fault.start and not sql[each.start : fault.start].strip()
        if each.own and (each.start <= fault.start < each.end or (behind and not unread.variant.guessed)):
            return each
    return None


def check_understood(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the syntax errors of a text whose names are understood all the same."""
    yield from refused(resolution, context, syntax=True)
    yield from _copies(resolution, context)


def _copies(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the element of a list that a loop fills, where two of them cannot stand as the list is joined."""
    if context.dialect.family != "mysql" or not _runs(context):
        return
    variant = resolution.variant
    alike = {
        tuple(each.variant.sql[own.start : own.end] for own in each.variant.separators) for each in context.outcomes
    }
    if len(variant.separators) != 1 or variant.separators[0].own or len(alike) != 1:
        return
    element = variant.separators[0]
    unread = parse(twice(variant, element), context.dialect)
    if not isinstance(unread, Unparsed) or unread.start is None or unread.start < element.end:
        return
    fault = refused_word(unread, context.dialect, _known(context.schema))
    if (
        fault is not None
        and fault.start >= element.end
        and fault.end <= 2 * element.end - element.start + len(element.text) + 1
    ):
        yield Hit(
            _SEVERAL.format(element.text),
            element.start,
            element.end,
            errno=1064,
        )


def _runs(context: Context) -> bool:
    """Say whether a call runs the text: what another function gets may be prose.

    A constant that reaches no call may be a piece of a text.
    """
    call = context.statement.call
    return call is not None and bool(call.wrapper or _RUNS_SQL.search(call.name.rpartition(".")[2]))


def _fault(unread: Unparsed, context: Context) -> SyntaxFault | None:
    fault = syntax_fault(unread.variant, context.dialect.ansi_quotes)
    variant, sent = unread.variant, _complete(unread, context)
    whole = sent and not variant.repeats and (variant.offsets.unbroken or len(context.outcomes) > 1)
    return fault or refused_word(unread, context.dialect, _known(context.schema), whole=whole, sent=sent)


def _known(schema: Schema) -> Known:
    return Known(
        lambda name: schema.table(name) is not None,
        lambda names: any(names <= table.by_name.keys() for table in schema.tables),
    )


def _complete(unread: Unparsed, context: Context) -> bool:
    """Say whether all of a text is known but for the number of its parts, and a database gets it as it stands."""
    variant, call = unread.variant, context.statement.call
    if variant.holes or variant.guessed or any(_MARK.search(variant.sql, *part) for part in variant.repeats):
        return False
    if context.statement.host == "sql":
        return context.statement.closed
    return call is not None and call.surely


RULE = Rule(
    "NP109",
    "syntax-error",
    Severity.ERROR,
    "SQL that no server can read (1064), where that is certain",
    check_understood,
    check,
)
