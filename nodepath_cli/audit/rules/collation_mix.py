"""Two columns of different collations or character sets that are compared: error 1267, or an index that cannot be used.

Why it matters: two collations of one character set cannot be compared at all (1267, `Illegal mix of collations`), at
every call, neither with one another nor with the column that a subquery gives; nor can UNION make one column of them
(1271). Of two character sets one is converted for every row, so that the index on that column is of no use and a join
reads the whole table.

Example:

    SELECT 1 FROM a JOIN b ON a.phone = b.phone

where `a.phone` is utf8mb4_general_ci and `b.phone` utf8mb4_unicode_ci.

What to write instead: give both columns one collation in a migration; until then `a.phone = b.phone COLLATE ...` says
which one is meant. Not reported: a `_bin` collation with another one of its character set (the server takes `_bin`),
binary columns, and columns whose collation the schema does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.sql.resolution import ColumnRef, Found, Resolution, clause_words
from nodepath_cli.sql.value_records import Matched, United

_SAME = {"utf8": "utf8mb3"}


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield every comparison of two columns whose collations differ."""
    collations = {collation_of(column) for column in resolution.columns}
    if len(collations - {None}) < 2:
        return
    for use in context.value_uses(resolution):
        if isinstance(use, Matched):
            left, right = collation_of(use.left), collation_of(use.right)
            if left and right and left != right:
                yield from _hit(use, left, right, context)
        elif isinstance(use, United):
            yield from _united(use, context)


def collation_of(reference: ColumnRef) -> str | None:
    """Return the collation of a column of a base table, with `utf8` under its full name; None where it is not known."""
    found = reference.outcome
    if not isinstance(found, Found) or found.column is None or not found.column.collation:
        return None
    if reference.table is None or reference.table.kind != "table":
        # A view may name the collation itself, which then wins over any other.
        return None
    charset, _, rest = found.column.collation.lower().partition("_")
    return f"{_SAME.get(charset, charset)}_{rest}" if rest else charset


def _hit(use: Matched, left: str, right: str, context: Context) -> Iterator[Hit]:
    charsets = {each.partition("_")[0] for each in (left, right)}
    if "binary" in charsets:
        return
    if len(charsets) == 1 and (left.endswith("_bin") or right.endswith("_bin")):
        return
    refused = len(charsets) == 1
    what = "the server refuses to compare them" if refused else "one is converted row by row, without its index"
    tables = [each.table.name for each in (use.left, use.right) if each.table]
    yield Hit(
        message=f"'{use.left.name}' is {left} and '{use.right.name}' {right}: {what}",
        start=use.left.start,
        end=use.left.end,
        identifier=use.left.name,
        errno=1267 if refused else None,
        table=use.left.table.name if use.left.table else None,
        clause=clause_words(use.left.clause, context.dialect.name),
        confidence=Confidence.CERTAIN if all(map(context.proved, tables)) else Confidence.LIKELY,
    )


def _united(use: United, context: Context) -> Iterator[Hit]:
    """Yield the first column that has another collation than those before it, where the server refuses to unite them.

    It refuses two collations of one character set, none of which is a `_bin` one; of several sets one is converted
    (measured on MariaDB 10.11).
    """
    collations = [collation_of(column) for column in use.columns]
    known = [each for each in collations if each is not None]
    charsets = {each.partition("_")[0] for each in known}
    if len(known) < len(collations) or len(charsets) > 1 or "binary" in charsets or len(set(known)) < 2:
        return
    if any(each.endswith("_bin") for each in known):
        return
    other = next(at for at, each in enumerate(known) if each != known[0])
    first, second = use.columns[0], use.columns[other]
    tables = [each.table.name for each in (first, second) if each.table]
    yield Hit(
        message=(
            f"'{first.name}' is {known[0]} and '{second.name}' {known[other]}: the server refuses to unite them in one "
            "column"
        ),
        start=second.start,
        end=second.end,
        identifier=second.name,
        errno=1271,
        table=second.table.name if second.table else None,
        clause=clause_words(second.clause, context.dialect.name),
        confidence=Confidence.CERTAIN if all(map(context.proved, tables)) else Confidence.LIKELY,
    )


RULE = Rule(
    "NP112", "collation-mix", Severity.WARNING, "columns of different collations are compared (1267, 1271)", check
)
