"""The placeholders of a text: `?` and `:name`, as the driver counts them.

The tokens tell them from the marks in strings, comments and quoted names. Where a part of the text is known only at run
time there may be more of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.cursor import NAME, HoleUse
from nodepath_cli.sql.lexer import PARAM
from nodepath_cli.sql.parse import Parsed
from nodepath_cli.sql.prepare import MAX_SIZE, Prepared
from nodepath_cli.sql.resolution import REPEATED, Placeholder, Placeholders

_PLAIN = lazy(r"[\w.`$-]*\Z")


def placeholders(parsed: Parsed) -> Placeholders:
    """Return the placeholders of a text in order, and why there may be others."""
    prepared = parsed.prepared
    found = tuple(_found(prepared))
    reason, least = _why_open(parsed)
    return Placeholders(found, reason, least)


def _found(prepared: Prepared) -> Iterator[Placeholder]:
    tokens, text = prepared.tokens, prepared.text
    for index in [number for number, kind in enumerate(tokens.kinds) if kind == PARAM]:
        start, end = tokens.starts[index], tokens.ends[index]
        name = None
        if text[start] in ":$":
            name = text[start + 1 : end]
        elif end - start > 1:
            name = text[start:end]
        yield Placeholder(start, end, name)


def _why_open(parsed: Parsed) -> tuple[str | None, bool]:
    """Return why there may be others, and whether those that are seen are there in any case."""
    variant = parsed.variant
    if len(variant.sql) > MAX_SIZE:
        return "a long list was not read", False
    if any(not _PLAIN.match(variant.sql[start:end]) for start, end in variant.replaced):
        return "replaced text", False
    if any(_may_hold(use, parsed.prepared) for use in parsed.holes):
        return "a part is known only at run time", True
    # Another copy of a part that repeats may be one that a branch makes with other placeholders.
    return (REPEATED, True) if variant.repeats else (None, False)


def _may_hold(use: HoleUse, prepared: Prepared) -> bool:
    """Say whether a hole may stand for placeholders. Digits and a part of a name, as in `orders_%s`, cannot."""
    place = use.start
    if any(hole.number for hole in prepared.variant.holes if hole.offset == place):
        return False
    if use.role != NAME:
        return True
    text = prepared.text
    return not (text[use.start - 1 : use.start].isalnum() or text[use.start - 1 : use.start] in ("_", "`")) and not (
        text[use.end : use.end + 1].isalnum() or text[use.end : use.end + 1] in ("_", "`")
    )
