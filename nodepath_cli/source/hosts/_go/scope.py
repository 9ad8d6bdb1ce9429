"""Variables in nested blocks, copied where the flow forks and joined where it meets again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from nodepath_cli.source.hosts._go.alternatives import merge
from nodepath_cli.source.hosts._go.values import Guard, Value

_BLOCKS = count(1)


class Scope:
    """The variables that a point of a function sees, by block."""

    __slots__ = ("blocks", "levels", "owner")

    def __init__(
        self, owner: int, levels: list[dict[str, Value]] | None = None, blocks: tuple[int, ...] | None = None
    ) -> None:
        self.owner = owner
        """The activation of the function that it belongs to."""
        self.levels = levels if levels is not None else [{}]
        self.blocks = blocks if blocks is not None else (next(_BLOCKS),)
        """Which block each level is: a copy of it, too, is the same block."""

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

    def beside(self, owner: str, name: str) -> Value | None:
        """Return what is known of a field (`filter.Sort`) of the innermost variable of a name, None for nothing."""
        for level in reversed(self.levels):
            if owner in level:
                return level.get(name)
        return None

    def declare_beside(self, owner: str, name: str, value: Value) -> None:
        """Keep what is known of a field where its variable is."""
        for level in reversed(self.levels):
            if owner in level:
                level[name] = value
                return

    def push(self) -> None:
        """Enter a block."""
        self.levels.append({})
        self.blocks += (next(_BLOCKS),)

    def pop(self) -> None:
        """Leave a block."""
        self.levels.pop()
        self.blocks = self.blocks[:-1]

    def without(self, ended: Sequence[Guard]) -> None:
        """Forget what variables are under branches that do not come here."""
        gone = [set(guard) for guard in ended if guard]
        for level in self.levels if gone else ():
            for name, value in level.items():
                if len(value) > 1:
                    kept = tuple(each for each in value if not any(guard.issubset(each.guard) for guard in gone))
                    if kept and len(kept) < len(value):
                        level[name] = kept

    def size(self) -> int:
        """How many variables a fork copies."""
        return sum(map(len, self.levels))

    def fork(self) -> Scope:
        """Return a copy whose assignments leave this one alone."""
        return Scope(self.owner, [dict(level) for level in self.levels], self.blocks)

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


class Closure:
    """The variables that a function literal sees, those of blocks that were left since, too."""

    __slots__ = ("_blocks", "_levels", "_made_in", "number", "types")

    def __init__(self, scope: Scope, types: dict[str, str]) -> None:
        self.number = next(_BLOCKS)
        """Of two literals that one place of the program has made, which one this is."""
        self.types = types
        """What the type parameters of the function around stand for."""
        self._made_in = scope
        self._levels = list(scope.levels)
        self._blocks = scope.blocks

    def enter(self, caller: Scope) -> tuple[Scope, Scope]:
        """Return the scope in which a call of the literal runs, and the one that it shares variables with.

        Where the literal's own function is running, its variables may have been forked since: the caller's count.
        """
        live = caller if caller.owner == self._made_in.owner else self._made_in
        shared = self._shared(live)
        if shared == len(self._blocks) == len(live.blocks):
            live.push()
            return live, live
        levels = [*live.levels[:shared], *self._levels[shared:], {}]
        return Scope(live.owner, levels, (*self._blocks, next(_BLOCKS))), live

    def leave(self, scope: Scope, live: Scope) -> None:
        """Take over what a call has made of the variables."""
        if scope is live:
            live.pop()
            return
        shared = self._shared(live)
        live.levels[:shared] = scope.levels[:shared]
        self._levels[shared:] = scope.levels[shared : len(self._levels)]

    def _shared(self, live: Scope) -> int:
        """How many of the literal's blocks are still those of another scope."""
        pairs = enumerate(zip(self._blocks, live.blocks, strict=False))
        return next((at for at, (one, other) in pairs if one != other), min(len(self._blocks), len(live.blocks)))
