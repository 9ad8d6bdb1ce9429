"""What stands between the elements of a list that a program joins, and behind the last one: commas, mostly.

The texts that are checked have one element. Whoever joins a list expects several, so a text with two of them must be
SQL as well.
"""

from __future__ import annotations

from collections.abc import Callable

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit
from nodepath_cli.audit.stops import has, place
from nodepath_cli.source.statement import Separator
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.syntax import Known, SyntaxFault, refused_word, twice


def several(text: str) -> str:
    """Return the message for what stands between two elements."""
    shown = f"{text!r} stands" if text else "nothing stands"
    return f"syntax error where the list has several elements: {shown} between them"


def separator_at(unread: Resolution | Unparsed, fault: SyntaxFault) -> Separator | None:
    """Return the separator at which a text stops: that word is in it, or stands behind nothing but it."""
    sql = unread.variant.sql
    for each in unread.variant.separators:
        behind = each.end <= fault.start and not sql[each.start : fault.start].strip()
        if each.own and (each.start <= fault.start < each.end or (behind and not unread.variant.guessed)):
            return each
    return None


def between_elements(
    separator: Separator, unread: Unparsed, context: Context, fault_of: Callable[[Unparsed], SyntaxFault | None]
) -> bool:
    """Say whether all texts stop at a separator that have it.

    That all texts with one element are right says nothing.
    """
    source = place(unread, separator.start, separator.end)
    for each in context.outcomes:
        places = {place(each, own.start, own.end) for own in each.variant.separators if own.own}
        if source in places:
            other = fault_of(each) if isinstance(each, Unparsed) else None
            own = separator_at(each, other) if other is not None else None
            if own is None or place(each, own.start, own.end) != source:
                return False
    return True


def two_elements(resolution: Resolution, context: Context, known: Known) -> Hit | None:
    """Return a hit at an element that a loop adds, where two of them cannot stand as the list is joined."""
    variant = resolution.variant
    for element in variant.separators:
        if element.own or not _alike(resolution, element, context):
            continue
        unread = parse(twice(variant, element), context.dialect)
        if not isinstance(unread, Unparsed) or unread.start is None or unread.start < element.end:
            continue
        fault = refused_word(unread, context.dialect, known)
        last = 2 * element.end - element.start + len(element.text) + 1
        if fault is not None and element.end <= fault.start and fault.end <= last:
            return Hit(several(element.text), element.start, element.end, errno=1064)
    return None


def _alike(resolution: Resolution, element: Separator, context: Context) -> bool:
    """Say whether the element of a list is the same in all texts that have it."""
    source = place(resolution, element.start, element.start + 1)
    words = resolution.variant.sql[element.start : element.end]
    return all(
        each.variant.sql[own.start : own.end] == words
        for each in context.outcomes
        for own in each.variant.separators
        if not own.own and place(each, own.start, own.start + 1) == source
    )


def last_comma(unread: Unparsed, context: Context) -> Hit | None:
    """Return a hit at a list each of whose elements ends with a comma, the last one too: `IN (?, ?,)`."""
    ends = _ends_with_comma(unread)
    if ends is None:
        return None
    source = place(unread, ends.start, ends.end)
    for each in context.outcomes:
        if not has(each, source):
            # Where a helper has no element it may return another text (`NULL`).
            continue
        own = _ends_with_comma(each) if isinstance(each, Unparsed) else None
        if own is None or place(each, own.start, own.end) != source:
            return None
    return Hit("syntax error: a comma is left behind the last element of the list", ends.start, ends.end, errno=1064)


def _ends_with_comma(unread: Unparsed) -> Separator | None:
    sql = unread.variant.sql
    for each in unread.variant.separators:
        if each.own or each.text or unread.start is None:
            continue
        behind = sql[each.end :].lstrip()
        stops = not behind or unread.start == len(sql) - len(behind)
        if stops and behind[:1] in ("", ")", ";") and sql[each.start : each.end].rstrip().endswith(","):
            return each
    return None
