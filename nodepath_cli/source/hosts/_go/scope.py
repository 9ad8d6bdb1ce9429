"""Variables in nested blocks, copied where the flow forks and joined where it meets again."""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.source.hosts._go.values import Guard, Value, merge


class Scope:
    """The variables that a point of a function sees, by block."""

    __slots__ = ("levels", "owner")

    def __init__(self, owner: int, levels: list[dict[str, Value]] | None = None) -> None:
        self.owner = owner
        """The activation of the function that it belongs to."""
        self.levels = levels if levels is not None else [{}]

    def get(self, name: str) -> Value | None:
        """Return the value of the innermost variable of that name, None where there is none."""
        for level in reversed(self.levels):
            if name in level:
                return level[name]
        return None

    def declare(self, name: str, value: Value) -> None:
        """Make a variable in the innermost block."""
        if name != "_":
            self.levels[-1][name] = value

    def declared_here(self, name: str) -> bool:
        """Say whether the innermost block itself has that variable."""
        return name in self.levels[-1]

    def assign(self, name: str, value: Value) -> bool:
        """Give a variable a new value; say whether there is one of that name."""
        for level in reversed(self.levels):
            if name in level:
                level[name] = value
                return True
        return False

    def push(self) -> None:
        """Enter a block."""
        self.levels.append({})

    def pop(self) -> None:
        """Leave a block."""
        self.levels.pop()

    def size(self) -> int:
        """How many variables a fork copies."""
        return sum(map(len, self.levels))

    def fork(self) -> Scope:
        """Return a copy whose assignments leave this one alone."""
        return Scope(self.owner, [dict(level) for level in self.levels])

    def join(self, arms: Sequence[tuple[Guard, Scope]]) -> None:
        """Take over what the arms of a branch made of these variables."""
        if len(arms) == 1:
            self.levels = [dict(level) for level in arms[0][1].levels[: len(self.levels)]]
            return
        for depth, level in enumerate(self.levels):
            copies = [scope.levels[depth] for _, scope in arms]
            for name, own in level.items():
                first = copies[0].get(name, own)
                for copy in copies:
                    if copy.get(name, own) is not first:
                        level[name] = merge([(guard, scope.levels[depth].get(name, own)) for guard, scope in arms])
                        break
                else:
                    level[name] = first
