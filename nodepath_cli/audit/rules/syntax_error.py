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
")`), and the comma behind the last of them (`strings.Repeat("?, ", n)`), and what fmt.Sprintf writes for a verb that
has no argument (`LIMIT %!d(MISSING)`, `'%Y-%m'` for `'%%Y-%%m'`). Of a text with a part that is known only at run time,
what stands before that part is looked at. A text that breaks off (`... WHERE`, an open quote or parenthesis) may be a
piece of another one: it is reported where one literal is all that the database gets, and a quote without a partner
where only literals are joined. Of a query that branches build, a piece is reported that no text with it can be read
(`query += " AND AND id = ?"`), with its branch. All other texts that it does not understand are listed as unresolved
(NP501), with the place where it stopped.

A text that is understood may have an error all the same: a word right behind a placeholder (`?AND`), `SELECT a, *` (a
`*` without a table's name stands first), `COUNT(DISTINCT *)`, a comma at the end of a row of VALUES, an interval that
is added to nothing, a function of its own grammar with other arguments than it reads (`LEFT(a)`, `TIMESTAMPDIFF(a,
b)`), two directions (`ASC ASC`), a type that neither server makes values of (`CAST(a AS STRING)`, `CONVERT(a, TEXT)`;
`VARCHAR(20)` is MariaDB's and `JSON` MySQL's), SEPARATOR in front of ORDER BY, LIMIT with an offset in UPDATE and
DELETE, TRUNCATE with WHERE, a unit in the plural (`INTERVAL 1 DAYS`) or within the quotes (`INTERVAL '1 day'`), FULL
OUTER JOIN, and `IN ?`, which is reported where database/sql or sqlx gets it: other libraries write lists out with their
parentheses. Of DDL that a program sends or a script holds, a comma too many, a parenthesis without a partner and an end
behind a word that asks for another one (`ADD COLUMN b INT AFTER`) are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.ddl_refused import refused_syntax
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.audit.joined import between_elements, last_comma, separator_at, several, two_elements
from nodepath_cli.audit.refused import refused
from nodepath_cli.audit.stops import Texts, asks_for_more
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.syntax import Known, SyntaxFault, refused_word, syntax_fault

_MARK = lazy(r"[()'\"`]")
"""What needs a partner, and may be there any number of times in a part that repeats."""
_VERB = lazy(r"%![A-Za-z]\((?:MISSING\)|string=)")
_WRITTEN = "a verb of fmt.Sprintf without a fitting argument: the text has '{}'"
_RUNS_SQL = lazy(r"(?i)query|exec|prepare|select|raw|get")


def check(unread: Unparsed, context: Context) -> Iterator[Hit]:
    """Yield the first certain syntax error of a text that was not understood."""
    if context.dialect.family != "mysql" or context.statement.dialect:
        return
    if context.statement.host != "sql" and not _runs(context):
        return
    yield from refused_syntax(unread, context)
    verb = _VERB.search(unread.variant.sql)
    if verb is not None:
        yield Hit(_WRITTEN.format(verb[0]), *verb.span(), errno=1064)
        return
    left = last_comma(unread, context)
    if left is not None:
        yield left
        return
    fault = _fault(unread, context)
    if fault is None:
        return
    fault_of = partial(_fault, context=context)
    texts = Texts(context.outcomes, fault_of)
    separator = separator_at(unread, fault)
    between = separator is not None and between_elements(separator, unread, context, fault_of)
    if between and separator is not None and separator.text.isspace():
        yield Hit(several(separator.text), separator.start, separator.end, errno=1064)
    elif between or texts.stop_at(unread, fault, sent=_complete(unread, context) and not unread.variant.repeats):
        shown = f'"{fault.text}"' if fault.text == "'" else f"'{fault.text}'"
        where = f"the statement ends at {shown}" if fault.ends else f"syntax error at {shown}"
        yield Hit(f"{where}: {fault.why}" if fault.why else where, fault.start, fault.end, errno=1064)
    elif (fault.before or fault.ends) and texts.stop_behind(unread, fault):
        word = fault.before or fault.text
        yield Hit(f"syntax error behind '{word}'", fault.first, fault.first + len(word), errno=1064)


def check_understood(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the syntax errors of a text whose names are understood all the same."""
    yield from refused(resolution, context, syntax=True)
    if resolution.kind == "ddl":
        yield from refused_syntax(resolution, context)
    if context.dialect.family == "mysql" and resolution.variant.separators and _runs(context):
        hit = two_elements(resolution, context, _known(context.schema))
        if hit is not None:
            yield hit


def _runs(context: Context) -> bool:
    """Say whether a call runs the text: what another function gets may be prose.

    A constant that reaches no call may be a piece of a text.
    """
    call = context.statement.call
    return call is not None and bool(call.wrapper or _RUNS_SQL.search(call.name.rpartition(".")[2]))


def _fault(unread: Unparsed, context: Context) -> SyntaxFault | None:
    fault = syntax_fault(unread.variant, context.dialect.ansi_quotes)
    variant, sent = unread.variant, _complete(unread, context)
    left = any(each.own and not variant.sql[each.end :].strip() for each in variant.separators)
    closed = variant.offsets.unbroken or len(context.outcomes) > 1 or left or asks_for_more(variant)
    whole = sent and not variant.repeats and closed
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
