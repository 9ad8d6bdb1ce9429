"""A statement with more or fewer placeholders than its call has arguments: the driver refuses it before it is sent.

Why it matters: a condition was added to the SQL and not to the arguments, or taken out of one of them only. Go compiles
it, and every call fails (`sql: expected 3 arguments, got 2`). With sqlx's named parameters the same happens where a
struct or a map has no field or key of that name (`could not find name phone`).

Example:

    db.Exec("UPDATE orders_nodepath SET amount = ? WHERE id = ? AND prospect_num = ?", amount, id)

What to write instead: one argument for each `?`, in their order. Where branches add conditions, add the argument in the
branch that adds the condition. Looked at are direct arguments, slices whose length is known (`args...`), prepared
statements and wrappers that hand their arguments on; where a part of the SQL or of the arguments is known only at run
time, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit, Related, Rule, Severity
from nodepath_cli.source.uses import Use, misfits
from nodepath_cli.sql.resolution import Placeholders, Resolution, Unparsed


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the calls whose arguments cannot fit the placeholders, and the names that no argument has."""
    uses = context.statement.uses
    if not uses or resolution.placeholders.open:
        return
    text = next((number for number, each in enumerate(context.outcomes) if each is resolution), None)
    if text is None:
        return
    yield from _counts(resolution, context, text)
    yield from _names(resolution, [use for use in uses if use.kind == "names" and use.binds(text)])


def _counts(resolution: Resolution, context: Context, text: int) -> Iterator[Hit]:
    uses = tuple(use for use in context.statement.uses if use.kind == "arguments")
    wanted = tuple(_wanted(outcome) for outcome in context.outcomes)
    wrong = misfits(uses, wanted, text) if uses else []
    if not wrong:
        return
    found = resolution.placeholders.found
    if found and len(context.outcomes) == 1:
        start, end = found[0].start, found[-1].end
    else:
        # The word that all texts of the statement begin with, so that they give one finding.
        start, end = _first_word(resolution)
    given = " or ".join(dict.fromkeys(str(use.count) for use in wrong))
    yield Hit(
        message=f"{_number(len(found), 'placeholder')}, {_number(wrong[-1].count or 0, 'argument', given)}",
        start=start,
        end=end,
        related=_calls(wrong),
    )


def _wanted(outcome: Resolution | Unparsed) -> int | None:
    if isinstance(outcome, Unparsed) or outcome.placeholders.open:
        return None
    found = outcome.placeholders.found
    return None if _named(outcome.placeholders) else len(found)


def _named(placeholders: Placeholders) -> bool:
    return any(each.name is not None for each in placeholders.found)


def _names(resolution: Resolution, uses: list[Use]) -> Iterator[Hit]:
    for each in resolution.placeholders.found:
        if each.name is None or each.name.startswith("?"):
            continue
        without = [use for use in uses if use.names is not None and not _has(use, each.name)]
        if without:
            owner = without[0].owner
            place = "key in the map" if owner == "map" else f"field in {owner}"
            yield Hit(
                message=f"parameter ':{each.name}' has no {place}",
                start=each.start + 1,
                end=each.end,
                identifier=each.name,
                related=_calls(without),
            )


def _has(use: Use, name: str) -> bool:
    names = use.names or ()
    # The names of a struct are in lower case: which letters sqlx wants large depends on the tags.
    return name in names or (use.owner != "map" and name.lower() in names)


def _first_word(resolution: Resolution) -> tuple[int, int]:
    sql = resolution.variant.sql
    start = len(sql) - len(sql.lstrip())
    return start, start + len((sql.split(None, 1) or [""])[0])


def _number(count: int, noun: str, shown: str = "") -> str:
    return f"{shown or count} {noun}{'' if count == 1 else 's'}"


def _calls(uses: list[Use]) -> tuple[Related, ...]:
    return tuple({use.call: Related(use.call, f"the call of {use.name}") for use in uses}.values())


RULE = Rule(
    "NP107",
    "placeholder-count-mismatch",
    Severity.ERROR,
    "SQL whose placeholders are more or fewer than the call's arguments",
    check,
)
