"""A statement with more or fewer placeholders than its call has arguments: the driver refuses it before it is sent.

Why it matters: a condition was added to the SQL and not to the arguments, or taken out of one of them only. Go compiles
it, and every call fails (`sql: expected 3 arguments, got 2`). With sqlx's named parameters the same happens where a
struct or a map has no field or key of that name (`could not find name phone`). sqlx does not know strings and comments:
each colon in them begins a name, too (`DATE_FORMAT(created_at, '%H:%i')`), and is written twice where it is none.

Example:

    db.Exec("UPDATE orders_nodepath SET amount = ? WHERE id = ? AND prospect_num = ?", amount, id)

What to write instead: one argument for each `?`, in their order. Where branches add conditions, add the argument in the
branch that adds the condition. Looked at are direct arguments, slices (`args...`), prepared statements and wrappers
that hand their arguments on. Where a loop makes a part of the SQL and arguments for it, its rounds are compared with
one another, and what stands beside them with the rest. Where a part of the SQL is known only at run time, it is said
only when there are too few arguments for the rest; where a list of arguments is, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodepath_cli.audit.context import Context, first_word
from nodepath_cli.audit.finding import Hit, Related, Rule, Severity
from nodepath_cli.source.uses import Rounds, Use, misfits
from nodepath_cli.sql.resolution import REPEATED, Placeholder, Placeholders, Resolution, Unparsed
from nodepath_cli.sql.sqlx_names import sqlx_names


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the calls whose arguments cannot fit the placeholders, and the names that no argument has."""
    uses, placeholders = context.statement.uses, resolution.placeholders
    if not uses or (placeholders.open and not placeholders.least):
        return
    text = next((number for number, each in enumerate(context.outcomes) if each is resolution), None)
    if text is None:
        return
    yield from _counts(resolution, context, text)
    if not placeholders.open:
        yield from _names(resolution, [use for use in uses if use.kind == "names" and use.binds(text)])


def _counts(resolution: Resolution, context: Context, text: int) -> Iterator[Hit]:
    uses = tuple(use for use in context.statement.uses if use.kind == "arguments")

    def refuses(use: Use, each: int) -> bool | None:
        outcome = context.outcomes[each]
        return None if isinstance(outcome, Unparsed) else _Count(use, outcome).refused

    wrong = misfits(uses, refuses, text) if uses else []
    if not wrong:
        return
    shown = list(_shown(wrong, resolution))
    found = shown[0].found
    if found and (len(context.outcomes) == 1 or _alone(resolution, found, context)):
        start, end = found[0].start, found[-1].end
    else:
        start, end = first_word(resolution)
    message = " or ".join(dict.fromkeys(each.message for each in shown))
    where, function = of_calls(wrong, uses)
    yield Hit(message=message + where, start=start, end=end, related=calls(wrong), function=function)


def of_calls(wrong: Sequence[Use], uses: Sequence[Use]) -> tuple[str, str | None]:
    """Return the words that tell the functions with a wrong call, where others have a right one, and the one function.

    Of a text that several functions send, only the related places would tell which of them is wrong.
    """
    functions = dict.fromkeys(use.function for use in wrong if use.function)
    if not functions or {use.function for use in uses} <= set(functions):
        return "", None
    return f" in {' and '.join(functions)}", next(iter(functions)) if len(functions) == 1 else None


def _shown(wrong: list[Use], resolution: Resolution) -> Iterator[_Count]:
    """Yield the counts to name: those of calls that are alike together."""
    counted = [use for use in wrong if use.rounds is None]
    if counted:
        given = " or ".join(dict.fromkeys(str(use.count) for use in counted))
        yield _Count(counted[-1], resolution, given)
    yield from (_Count(use, resolution) for use in wrong if use.rounds is not None)


class _Count:
    """The placeholders of a text against the arguments of one use of it."""

    def __init__(self, use: Use, resolution: Resolution, given: str = "") -> None:
        self.refused: bool | None = None
        """Whether the driver refuses them in any case; None where that is not known."""
        self.message = ""
        self.found: Sequence[Placeholder] = ()
        """The placeholders that are too many or too few."""
        placeholders, repeats = resolution.placeholders, resolution.variant.repeats
        if (placeholders.open and not placeholders.least) or _named(placeholders):
            return
        alone = [each for each in placeholders.found if not _within(each, repeats)]
        if use.rounds is not None:
            self._in_rounds(use.rounds, placeholders, alone)
        elif use.count is not None:
            self.found = alone if placeholders.open else placeholders.found
            seen = len(self.found)
            if not placeholders.open:
                self.refused = use.count != seen
            elif use.count < seen:
                # What is not known can only add to them.
                self.refused = True
            elif use.count == seen:
                # Nothing is left for those that each round of a loop adds; what is not known can only add to them.
                self.found = [each for each in placeholders.found if _within(each, repeats)]
                self.refused = bool(self.found)
                self.message = (
                    f"{_number(len(self.found), 'placeholder')} in each round of a loop, no argument for them"
                )
                return
            least = "at least " if placeholders.open else ""
            self.message = f"{least}{_number(seen, 'placeholder')}, {_number(use.count, 'argument', given)}"

    def _in_rounds(self, rounds: Rounds, placeholders: Placeholders, alone: Sequence[Placeholder]) -> None:
        # Another call can have the same text without a loop, and then no part of it is known to repeat.
        alone = [each for each in alone if not any(_within(each, portion.ranges) for portion in rounds.portions)]
        parts = [(alone, rounds.beside, "beside those of a loop")]
        covered = len(alone)
        for portion in rounds.portions:
            own = [each for each in placeholders.found if _within(each, portion.ranges)]
            covered += len(own)
            if portion.count is not None:
                parts.append((own, portion.count, "in each round of a loop"))
        over = [part for part in parts if len(part[0]) > part[1]]
        under = [part for part in parts if len(part[0]) < part[1]]
        # Which of both is more can depend on the number of rounds; what is not known can only add placeholders.
        exact = placeholders.open in (None, REPEATED) and covered == len(placeholders.found)
        if (over and not under) or (under and not over and exact):
            self.found, given, where = (over or under)[0]
            self.refused = True
            self.message = f"{_number(len(self.found), 'placeholder')} {where}, {_number(given, 'argument')}"
        elif not over and not under and exact:
            self.refused = False


def _alone(resolution: Resolution, found: Sequence[Placeholder], context: Context) -> bool:
    """Say whether placeholders stand in what only one of the statement's texts is made of: what one caller gives."""
    place = resolution.variant.offsets.locate(found[0].start, found[0].end)
    return not any(
        segment.source.path == place.path and segment.source.start <= place.start < segment.source.end
        for each in context.outcomes
        if each is not resolution
        for segment in each.variant.offsets.segments
    )


def _within(placeholder: Placeholder, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= placeholder.start < end for start, end in ranges)


def _named(placeholders: Placeholders) -> bool:
    return any(each.name is not None for each in placeholders.found)


def _names(resolution: Resolution, uses: list[Use]) -> Iterator[Hit]:
    sql = resolution.variant.sql
    if not uses or ":" not in sql:
        return
    starts = {each.start for each in resolution.placeholders.found}
    for each in sqlx_names(sql):
        if each.broken or not each.name or each.start not in starts:
            # In a string or a comment: the server finds no placeholder in what sqlx makes of it.
            yield Hit(
                message=f"sqlx takes '{sql[each.start : each.end]}' for a parameter here, too; '::' stands for a colon",
                start=each.start,
                end=each.end,
                related=calls(uses),
            )
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
                related=calls(without),
            )


def _has(use: Use, name: str) -> bool:
    names = use.names or ()
    # The names of a struct are in lower case: which letters sqlx wants large depends on the tags.
    return name in names or (use.owner != "map" and name.lower() in names)


def _number(count: int, noun: str, shown: str = "") -> str:
    return f"{shown or count} {noun}{'' if count == 1 else 's'}"


def calls(uses: Sequence[Use]) -> tuple[Related, ...]:
    """Return the places of calls."""
    return tuple({use.call: Related(use.call, f"the call of {use.name}") for use in uses}.values())


RULE = Rule(
    "NP107",
    "placeholder-count-mismatch",
    Severity.ERROR,
    "SQL whose placeholders are more or fewer than the call's arguments",
    check,
)
