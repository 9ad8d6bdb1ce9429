"""What the host language does with a statement beside sending it: the values that it gives, the columns that it takes.

A use belongs to those texts of the statement that can be there when it happens. Which ones is told by branches: the
count of a list that a branch fills belongs to the text that the same branch makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from nodepath_cli.source.statement import Span

UseKind = Literal["arguments", "names", "targets", "fields"]
"""`arguments`: values for `?`; `names`: a struct or map for `:name`; `targets`: the pointers of Scan; `fields`: a
struct that takes columns by their names."""


class Portion(Struct, frozen=True):
    """What each copy of a part of the text that repeats gets."""

    ranges: tuple[tuple[int, int], ...]
    """Offsets in the text (start, end) of the part; it may be in several pieces."""
    count: int | None
    """How many arguments; None where there is no copy."""


class Rounds(Struct, frozen=True):
    """Arguments that a loop makes, as many as it has rounds, for the text that it makes as well."""

    beside: int
    """How many arguments there are beside those."""
    portions: tuple[Portion, ...]


class Given(Struct, frozen=True):
    """An argument that can be one text alone, or a time that is written in one way."""

    position: int
    """Which argument it is, from 0."""
    text: str
    """For a time how it is written, as the program says it (`02/01/2006`)."""
    place: Span
    samples: tuple[str, ...] = ()
    """For a time: what the text is at several moments."""
    name: str | None = None
    """The placeholder that it goes to, where a struct or a map gives it by name."""


class Use(Struct, frozen=True):
    """One call that gives values to a statement, or takes columns from its rows."""

    kind: UseKind
    call: Span
    """The call, from the first character of the callee to the closing parenthesis."""
    name: str
    """The callee as written (`rows.Scan`)."""
    count: int | None
    """How many arguments or targets there are; None where that is not known, and for `names` and `fields`."""
    names: tuple[str, ...] | None
    """The names that a struct or map has, lower case for `fields`; None where they are not known, and for counts."""
    owner: str
    """What has those names (`User`, `map`), empty for counts."""
    reason: str
    """Why the count or the names are not known, empty where they are."""
    texts: tuple[int, ...]
    """Indexes of the texts (`Statement.variants`) that can be there when it happens."""
    surely: tuple[int, ...]
    """Those of them that never are there without it."""
    whole: bool
    """No other text than `texts` can be there: one of them must fit."""
    exhaustive: bool
    """Of the uses of one evaluation, one always happens with each text: one of them must fit. The text has to be one
    that surely can be there."""
    evaluation: int
    """Uses of one number belong to one evaluation of the call that sends the SQL."""
    possible: tuple[int, ...]
    """Those of `texts` that surely can be there: no branch around the call can rule them out."""
    rounds: Rounds | None = None
    """For arguments whose number is not known, and one text: how they go with the parts of it that repeat."""
    constants: tuple[Given, ...] = ()
    """The arguments that are constants of the program."""
    function: str | None = None
    """The function that the call stands in, by its bare name."""
    apart: int = 0
    """The call has so many texts, and a use for each, as the arguments go with parts of one: one of them must fit. 0
    where it may have others."""

    def binds(self, text: int) -> bool:
        """Say whether this use surely happens with a text."""
        return text in self.surely or (self.whole and self.texts == (text,))


Refuses: TypeAlias = Callable[[Use, int], bool | None]
"""Says whether a use cannot fit a text: None where that is not known."""


def misfits(uses: tuple[Use, ...], refuses: Refuses, text: int) -> list[Use]:
    """Return the uses that cannot fit a text, of uses of one kind."""
    found: list[Use] = []
    for use in uses:
        if text not in use.texts or not refuses(use, text):
            continue
        if (
            text in use.surely
            or _fits_nothing(uses, use, refuses, text)
            or _none_fits(uses, use, refuses, text)
            or _all_misfit(uses, use, refuses)
        ):
            found.append(use)
    return found


def by_number(wanted: tuple[int | None, ...]) -> Refuses:
    """Return how uses are judged by their counts alone.

    `wanted` is the count that each text of the statement needs, None where that is not known.
    """

    def refuses(use: Use, text: int) -> bool | None:
        number = wanted[text]
        return None if number is None or use.count is None else use.count != number

    return refuses


def _fits_nothing(uses: tuple[Use, ...], use: Use, refuses: Refuses, text: int) -> bool:
    """Say whether a use fits none of the texts that can be there, and this is a text that nothing else fits either."""
    if not use.whole or not all(refuses(use, each) for each in use.texts):
        return False
    others = [each for each in uses if each.evaluation == use.evaluation]
    fitted = {each for each in use.texts if any(each in u.texts and refuses(u, each) is False for u in others)}
    return text not in fitted or len(fitted) == len(use.texts)


def _none_fits(uses: tuple[Use, ...], use: Use, refuses: Refuses, text: int) -> bool:
    together = [each for each in uses if each.evaluation == use.evaluation and text in each.texts]
    return use.exhaustive and text in use.possible and all(refuses(each, text) for each in together)


def _all_misfit(uses: tuple[Use, ...], use: Use, refuses: Refuses) -> bool:
    """Say whether a call fits none of its texts, each of which has a use of its own, and no other use fits one."""
    if not use.apart:
        return False
    together = [each for each in uses if each.evaluation == use.evaluation]
    own = [each for each in together if each.apart == use.apart and each.call == use.call]
    texts = {text for each in own for text in each.texts}
    if len(texts) != use.apart or not all(refuses(each, text) for each in own for text in each.texts):
        return False
    return not any(refuses(each, text) is False for each in together for text in texts.intersection(each.texts))
