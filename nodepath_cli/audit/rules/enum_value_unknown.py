"""A literal that an ENUM or SET column does not have: in strict mode the server answers 1265, `Data truncated`.

Why it matters: every INSERT or UPDATE with that value fails in strict mode, which is the default since MySQL 5.7 and
MariaDB 10.2; without strict mode the row silently gets the empty string instead.

Example:

    UPDATE users_nodepath SET status = 'activ' WHERE id = ?

where `status` is ENUM('active', 'blocked').

What to write instead: one of the members, or a migration that adds the value before the code uses it. Looked at are
literals and the constants that a call gives for `?`. Only values that are written are judged: a comparison with an
unknown member is no error, it is never true (NP111). As on the server, letters
are compared without case and accents (but for a `_bin` collation), trailing blanks do not count, and a number, quoted
or not, is the position of a member, for SET a sum of its bits. Of IF, CASE, IFNULL and COALESCE each result is looked
at: the statement fails as soon as it gives the wrong one. INSERT IGNORE, UPDATE IGNORE and scripts behind
`SET sql_mode = ''` do not fail, they store an empty string or what is left of a SET: a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Related, Rule, Severity, Suggestion
from nodepath_cli.audit.near import similarity
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column
from nodepath_cli.source.statement import Span
from nodepath_cli.sql.resolution import Resolution
from nodepath_cli.sql.value_records import Assigned, Constant

_TYPE = lazy(r"(enum|set)\s*\((.*)\)", re.DOTALL | re.IGNORECASE)
_MEMBER = lazy(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_WHOLE = lazy(r"\s*\+?\d+\s*")
_SIMILAR = 0.6
"""Similarity from which a member is offered for a value."""


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every constant that is written to an ENUM or SET column and refused there."""
    tables = {table.table.name: table.table for table in resolution.tables if table.table and table.access == "write"}
    if not any(_TYPE.match(column.type) for table in tables.values() for column in table.columns):
        return
    for use in context.value_uses(resolution):
        if isinstance(use, Assigned) and not use.value.samples:
            kind = _TYPE.match(use.column.type)
            if kind and not _accepts(kind[1].lower(), members(use.column), use.value, use.column):
                yield _hit(use, context)


def members(column: Column) -> tuple[str, ...]:
    """Return the members of an ENUM or SET column, () for another type."""
    kind = _TYPE.match(column.type)
    if not kind:
        return ()
    return tuple(re.sub(r"\\(.)", r"\1", each.replace("''", "'")) for each in _MEMBER.findall(kind[2]))


def _accepts(kind: str, known: tuple[str, ...], value: Constant, column: Column) -> bool:
    """Say whether the server may take the value in strict mode (measured on MariaDB 10.11)."""
    if not value.string:
        whole = re.fullmatch(r"(-?\d+)(?:\.0*)?", value.text)
        return not whole or _in_range(kind, int(whole[1]), len(known))
    if _WHOLE.fullmatch(value.text) and _in_range(kind, int(value.text), len(known)):
        return True
    exact = is_exact(column)
    folded = {_folded(each, exact) for each in known}
    if kind == "set":
        return not value.text or all(_folded(each, exact) in folded for each in value.text.split(","))
    return _folded(value.text, exact) in folded


def is_exact(column: Column) -> bool:
    """Say whether the column's collation tells letters by case and accents."""
    return (column.collation or "").endswith(("_bin", "_cs"))


def is_member(column: Column, text: str) -> bool:
    """Say whether an ENUM column may hold a text, as a comparison sees it."""
    exact = is_exact(column)
    return _folded(text, exact) in {_folded(each, exact) for each in members(column)}


def _in_range(kind: str, number: int, count: int) -> bool:
    return 0 <= number < 2**count if kind == "set" else 1 <= number <= count


def _folded(text: str, exact: bool) -> str:
    text = text.rstrip(" ")
    if exact:
        return text
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def _argument(given: Span | None, near: tuple[Suggestion, ...]) -> tuple[Related, ...]:
    if given is None:
        return ()
    meant = f"; did you mean '{near[0].replacement}'?" if near else ""
    return (Related(given, f"the argument{meant}"),)


def _hit(use: Assigned, context: Context) -> Hit:
    known = members(use.column)
    ranked = sorted(known, key=lambda each: -similarity(each, use.value.text))
    near = tuple(Suggestion(each, "a member") for each in ranked[:1] if similarity(each, use.value.text) >= _SIMILAR)
    given = use.value.given
    whose = "the argument " if given else ""
    shown = ", ".join(f"'{each}'" for each in known[:8]) + (", ..." if len(known) > 8 else "")
    shown_value = f"'{use.value.text}'" if use.value.string else use.value.text
    lax = "with IGNORE" if use.ignores else "without strict mode" if context.statement.lenient else ""
    instead = f"; {lax} another value is stored in silence" if lax else ""
    return Hit(
        message=f"{whose}{shown_value} is no value of {use.table.name}.{use.column.name}, which takes {shown}{instead}",
        start=use.value.start,
        end=use.value.end,
        identifier=use.column.name,
        errno=None if lax else 1265,
        severity=Severity.WARNING if lax else None,
        table=use.table.name,
        # What is written in the SQL for an argument is its placeholder.
        suggestions=() if given else near,
        related=_argument(given, near),
        confidence=Confidence.CERTAIN if context.proved(use.table.name) else Confidence.LIKELY,
    )


RULE = Rule(
    "NP106", "enum-value-unknown", Severity.ERROR, "a literal that an ENUM or SET column does not have (1265)", check
)
