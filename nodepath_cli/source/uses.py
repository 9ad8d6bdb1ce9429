"""What the host language does with a statement beside sending it: the values that it gives, the columns that it takes.

A use belongs to those texts of the statement that can be there when it happens. Which ones is told by branches: the
count of a list that a branch fills belongs to the text that the same branch makes.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from nodepath_cli.source.statement import Span

UseKind = Literal["arguments", "names", "targets", "fields"]
"""`arguments`: values for `?`; `names`: a struct or map for `:name`; `targets`: the pointers of Scan; `fields`: a
struct that takes columns by their names."""


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

    def binds(self, text: int) -> bool:
        """Say whether this use surely happens with a text."""
        return text in self.surely or (self.whole and self.texts == (text,))


def misfits(uses: tuple[Use, ...], wanted: tuple[int | None, ...], text: int) -> list[Use]:
    """Return the uses that cannot fit a text, of uses of one kind.

    `wanted` is the count that each text of the statement needs, None where that is not known.
    """
    number = wanted[text]
    if number is None:
        return []
    found: list[Use] = []
    for use in uses:
        if use.count is None or use.count == number or text not in use.texts:
            continue
        if text in use.surely or _fits_nothing(uses, use, wanted, text) or _none_fits(uses, use, number, text):
            found.append(use)
    return found


def _fits_nothing(uses: tuple[Use, ...], use: Use, wanted: tuple[int | None, ...], text: int) -> bool:
    """Say whether a use fits none of the texts that can be there, and this is a text that nothing else fits either."""
    if not use.whole or any(wanted[each] in (None, use.count) for each in use.texts):
        return False
    others = [each for each in uses if each.evaluation == use.evaluation]
    fitted = {each for each in use.texts if any(u.count == wanted[each] and each in u.texts for u in others)}
    return text not in fitted or len(fitted) == len(use.texts)


def _none_fits(uses: tuple[Use, ...], use: Use, number: int, text: int) -> bool:
    together = [each for each in uses if each.evaluation == use.evaluation and text in each.texts]
    none = all(each.count is not None and each.count != number for each in together)
    return use.exhaustive and text in use.possible and none
