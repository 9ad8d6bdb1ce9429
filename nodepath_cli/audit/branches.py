"""Under which branches a finding holds: what the texts that have it share, and no other text of the statement has."""

from __future__ import annotations

from collections.abc import Sequence

_AND = " and "


def shared(having: Sequence[str], lacking: Sequence[str]) -> str:
    """Return the least branches that tell the texts that have a finding from those that lack it.

    `having` and `lacking` are the branches of each text (`Variant.branch`). Three independent conditions make eight
    texts, four of which have a column that one of the conditions adds: that condition alone is what has to be named.
    Where no such choice is common to them, the first text's branches are.
    """
    first = having[0]
    parts = [_parts(each) for each in having]
    common = [each for each in _parts(first) if all(each in other for other in parts)]
    others = [set(_parts(each)) for each in lacking]
    if not common or any(each.endswith("...") for each in (*having, *lacking)) or _within(common, others):
        return first
    for each in tuple(common):
        fewer = [other for other in common if other != each]
        if fewer and not _within(fewer, others):
            common = fewer
    return _AND.join(common)


def _parts(branch: str) -> list[str]:
    return branch.split(_AND)


def _within(choice: Sequence[str], others: Sequence[set[str]]) -> bool:
    """Say whether a text that lacks the finding has this choice, too."""
    return any(other.issuperset(choice) for other in others)
