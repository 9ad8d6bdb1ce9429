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
    for element in resolution.variant.separators:
        if not element.own and _refused(resolution, element, context, known):
            others = _others(resolution, element, context)
            if all(_refused(each, own, context, known) for each, own in others):
                start = _last_part(resolution, element) if others else element.start
                return Hit(several(element.text), start, element.end, errno=1064)
    return None


def _last_part(resolution: Resolution, element: Separator) -> int:
    """Return where the last literal of an element begins: other texts have another one in front of it."""
    starts = (each.start for each in resolution.variant.offsets.segments if each.start < element.end)
    return max(element.start, *starts)


def _refused(text: Resolution | Unparsed, element: Separator, context: Context, known: Known) -> bool:
    """Say whether a text stops behind an element where that stands twice."""
    unread = parse(twice(text.variant, element), context.dialect)
    if not isinstance(unread, Unparsed) or unread.start is None or unread.start < element.end:
        return False
    fault = refused_word(unread, context.dialect, known)
    last = 2 * element.end - element.start + len(element.text) + 1
    return fault is not None and element.end <= fault.start and fault.end <= last


def _others(
    resolution: Resolution, element: Separator, context: Context
) -> list[tuple[Resolution | Unparsed, Separator]]:
    """Return the texts in which the element is another one: it ends at the same place, and has other words."""
    source = place(resolution, element.end - 1, element.end)
    words = resolution.variant.sql[element.start : element.end]
    return [
        (each, own)
        for each in context.outcomes
        for own in each.variant.separators
        if not own.own
        and place(each, own.end - 1, own.end) == source
        and each.variant.sql[own.start : own.end] != words
    ]


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
