"""Texts of a statement that are put together from parts which vary: which of them go together is not always known.

A function gets a record with a table and its columns from several callers, and each of its texts joins one caller's
table with another's columns as well. A column that fits the table in one of the texts, and stands in a part that not
all of them have, is therefore wrong in another text only if the program builds that one.
"""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.source.statement import Span
from nodepath_cli.sql.resolution import Ambiguous, Found, Missing, Resolution, Unknown, Unparsed

REASON = "which table and columns go together is not known"

Outcome = Resolution | Unparsed
_WRONG = (Missing, Ambiguous)


def settle(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return the outcomes in which a column that is missing in some combinations alone cannot be told."""
    resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    if any(each.variant.guessed for each in resolutions):
        alike = _missing_in_all(resolutions) if all(map(_refused, resolutions)) else None
        outcomes = tuple(_proved(each, alike) if isinstance(each, Resolution) else each for each in outcomes)
        resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    lacking = [any(isinstance(column.outcome, Missing) for column in each.columns) for each in resolutions]
    if len(resolutions) < 3 or not any(lacking) or all(lacking):
        return outcomes
    seen: dict[Span, list[bool]] = {}
    for resolution in resolutions:
        places: dict[Span, bool] = {}
        # What is said of a table that is not there is said of it alone: its columns may be as they should.
        lost = any(isinstance(table.outcome, Missing) for table in resolution.tables)
        for column in resolution.columns:
            span = resolution.variant.offsets.locate(column.start, column.end)
            fits = isinstance(column.outcome, Found) or (lost and not isinstance(column.outcome, Missing))
            places[span] = places.get(span, True) and fits
        for span, found in places.items():
            seen.setdefault(span, []).append(found)
    unclear = {span for span, found in seen.items() if any(found) and not all(found) and len(found) < len(resolutions)}
    return tuple(_settled(each, unclear) if isinstance(each, Resolution) else each for each in outcomes)


def _refused(resolution: Resolution) -> bool:
    return bool(resolution.violations) or any(isinstance(each.outcome, _WRONG) for each in resolution.columns)


def _missing_in_all(resolutions: list[Resolution]) -> frozenset[Span]:
    """Return the places of names that are missing or ambiguous in every text."""
    return frozenset.intersection(
        *(
            frozenset(
                each.variant.offsets.locate(column.start, column.end)
                for column in each.columns
                if isinstance(column.outcome, _WRONG)
            )
            for each in resolutions
        )
    )


def _proved(resolution: Resolution, alike: frozenset[Span] | None) -> Resolution:
    """Return what is certain of a text that is a guess. `alike`: what is missing in each, where all are refused.

    Of one that some value of a type makes, perhaps not the one at hand, that is its table, and what is wrong with every
    value; an INSERT's columns may belong to another table.
    """
    guessed = resolution.variant.guessed
    if not guessed:
        return resolution
    inserts = tuple(replace(insert, open=True) for insert in resolution.inserts)
    resolution = replace(resolution, inserts=inserts) if inserts else resolution
    if not _refused(resolution):
        return resolution
    known = alike if guessed == "part" else None
    locate = resolution.variant.offsets.locate
    columns = tuple(
        replace(column, outcome=Unknown(REASON), errno=None)
        if isinstance(column.outcome, _WRONG) and (known is None or locate(column.start, column.end) not in known)
        else column
        for column in resolution.columns
    )
    violations = () if known is None else resolution.violations
    return replace(resolution, columns=columns, violations=violations, open=(*resolution.open, REASON))


def _settled(resolution: Resolution, unclear: set[Span]) -> Resolution:
    locate = resolution.variant.offsets.locate
    columns = tuple(
        replace(column, outcome=Unknown(REASON), errno=None)
        if isinstance(column.outcome, Missing) and locate(column.start, column.end) in unclear
        else column
        for column in resolution.columns
    )
    return replace(resolution, columns=columns)
