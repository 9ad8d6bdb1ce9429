"""Which common table expressions a statement uses, and what was said of the bodies of the others.

MySQL reads the body of a CTE where a table of FROM first names it (`PT_common_table_expr::make_subquery_node` of its
sources), so that one that nothing uses may hold any name. MariaDB 10.11 resolves every body, but looks for expressions
of one name among its columns only where it is used (measured).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

WHOLE = 0
"""The statement itself, as the user of a CTE."""


class CteBody(Struct):
    """One body, and what was recorded while it was resolved: half-open ranges of the resolver's lists."""

    name: str
    tables: range
    columns: range
    violations: range
    duplicate: int | None = None
    """Index of the violation about two expressions of one name."""


class CteBodies(Struct):
    """The bodies of a statement's CTEs, numbered from 1, and who uses which."""

    known: list[CteBody] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)
    _uses: set[tuple[int, int]] = field(default_factory=set)

    def begin(self, number: int) -> None:
        """Note that the body of that number is being resolved."""
        self._open.append(number)

    def end(self) -> None:
        """Note that it is resolved."""
        self._open.pop()

    def add(self, name: str) -> int:
        """Make room for another body and return its number."""
        self.known.append(CteBody(name, range(0), range(0), range(0)))
        return len(self.known)

    def use(self, number: int) -> None:
        """Note that the statement, or the body at hand, names a CTE."""
        self._uses.add((self._open[-1] if self._open else WHOLE, number))

    def used(self, number: int) -> bool:
        """Say whether anything names a CTE."""
        return any(used == number for _, used in self._uses)

    def unused(self) -> Iterator[CteBody]:
        """Yield the bodies that the statement uses neither directly nor through another one."""
        reached = {WHOLE}
        grown = True
        while grown:
            more = {used for user, used in self._uses if user in reached} - reached
            reached |= more
            grown = bool(more)
        for number, body in enumerate(self.known, 1):
            if number not in reached:
                yield body
