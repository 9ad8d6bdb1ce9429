"""Tables that no source defines and that are a misspelt common table expression of the statement itself.

The server looks for a table of that name then, and answers 1146 (measured). So it does where RECURSIVE is missing: a
CTE does not see itself without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.sql.cte_bodies import CteBodies
from nodepath_cli.sql.resolution import Missing, TableRef

_SHORTEST = 5
"""Letters of names that one letter can make another."""
_ALIKE = 0.62
"""Similarity from which a name may stand for a CTE that nothing else uses (`monthlies` for `monthly`)."""


class CtesInSight(Struct):
    """The CTEs that could have been meant where a table stands that is not there."""

    _seen: dict[int, Mapping[str, int]] = field(default_factory=dict)
    """By the table's place among the references: the numbers of the bodies."""

    def note(self, index: int, numbers: Mapping[str, int]) -> None:
        """Note which CTEs a table's place sees."""
        self._seen[index] = numbers

    def meant(self, tables: Sequence[TableRef], bodies: CteBodies) -> dict[int, TableRef]:
        """Return the references that are a misspelt CTE, by their place, with the name that is meant.

        A name that stands once more where the CTE is not in sight (in its own body) is that of a table.
        """
        found = {}
        for index, numbers in self._seen.items():
            name = tables[index].name
            near = [number for key, number in numbers.items() if _near(name.lower(), key, used=bodies.used(number))]
            same = [other for other, table in enumerate(tables) if table.name == name]
            if len(near) == 1 and all(near[0] in self._seen.get(other, {}).values() for other in same):
                found[index] = replace(tables[index], meant_cte=bodies.known[near[0] - 1].name)
        return found


def _near(name: str, cte: str, *, used: bool) -> bool:
    """Say whether a name is nearly that of a CTE; of one that nothing uses, an alike name is enough."""
    from rapidfuzz.distance import DamerauLevenshtein

    if min(len(name), len(cte)) < _SHORTEST:
        return False
    if DamerauLevenshtein.distance(name, cte) == 1:
        return True
    return not used and DamerauLevenshtein.normalized_similarity(name, cte) >= _ALIKE


def with_itself(tables: Sequence[TableRef], name: str, first: int) -> list[TableRef]:
    """Return the references of a CTE's body, those to itself marked where it can only be meant as a recursive one.

    `first`: how many belong to the first SELECT of several; one that starts a recursion does not name it.
    """
    own = [table.name.lower() == name.lower() and table.database is None for table in tables]
    if any(own[:first]):
        return list(tables)
    return [
        replace(table, meant_cte=table.name) if same and isinstance(table.outcome, Missing) else table
        for same, table in zip(own, tables, strict=True)
    ]
