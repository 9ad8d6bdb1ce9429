"""The branches that an evaluation meets: their arms, what stands around them, and which of them are guesses."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodepath_cli.source.hosts._go.records import Key
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Guard
from nodepath_cli.source.statement import Guess, Span


class Branch(Struct, frozen=True):
    """A decision as another machine can take it over."""

    key: object
    """What identifies it in any evaluation of the program, None where it belongs to one activation of a function."""
    arms: list[str]
    around: Guard | None
    doubtful: list[int]
    guess: Guess


class Decisions:
    """The branches that were met, each with the words of its arms."""

    def __init__(self) -> None:
        self._ids: dict[object, int] = {}
        self._arms: list[list[str]] = []
        self._held: list[object] = []
        self._around: dict[int, Guard] = {}
        self._within: dict[tuple[Key | None, int], Guard] = {}
        """The same by the function that is evaluated."""
        self._doubtful: set[tuple[int, int]] = set()
        self._guesses: dict[int, Guess] = {}
        self._choices: set[int] = set()
        self._present: set[tuple[int, int, int]] = set()
        self._spelled: dict[int, frozenset[Span]] = {}

    def get(self, key: object, arms: list[str], held: object = None) -> int:
        """Return the number of a branch. `held` keeps alive what the key identifies by address."""
        number = self._ids.get(key)
        if number is None:
            number = self._ids[key] = len(self._arms)
            self._arms.append(arms)
            self._held.append(held)
        return number

    @property
    def number(self) -> int:
        """How many branches there are by now."""
        return len(self._arms)

    def built(self, files: Sequence[GoFile]) -> int:
        """Return the number of the choice between files that are never compiled together."""
        key = ("package", "built", *(file.path for file in files))
        return self.get(key, [f"built with {file.built}" for file in files])

    def enter(self, decision: int, ambient: Guard, root: Key | None) -> None:
        """Remember the branches around the place of a branch; of several places, those that they share.

        `root` is the function that is evaluated: a branch of a function that many call stands where that one calls it.
        """
        self._around[decision] = _shared(self._around.get(decision), ambient)
        self._within[root, decision] = _shared(self._within.get((root, decision)), ambient)

    def lead(self, decision: int, ambient: Guard, root: Key | None) -> None:
        """Remember that a function meets a branch with the result of another one, which was evaluated on its own."""
        around = self._around.get(decision)
        if ambient and around is not None:
            whole = tuple(sorted({*around, *ambient}))
            self._within[root, decision] = _shared(self._within.get((root, decision)), whole)

    def around(self, decision: int, root: Key | None) -> Guard | None:
        """Return the branches around a branch as a function leads to it, None for a choice that is no branch."""
        return self._within.get((root, decision), self._around.get(decision))

    def doubt(self, decision: int, arm: int) -> None:
        """Remember an arm that may never be taken: none of several cases (`switch driver` without default)."""
        self._doubtful.add((decision, arm))

    def is_doubtful(self, decision: int, arm: int) -> bool:
        """Say whether an arm may never be taken."""
        return (decision, arm) in self._doubtful

    def choose(self, decision: int, ambient: Guard) -> None:
        """Remember a choice between entries of a map or list of which any can be the one."""
        self._choices.add(decision)
        self._around[decision] = ambient

    def is_choice(self, decision: int) -> bool:
        """Say whether a decision is a choice between entries of which any can be the one."""
        return decision in self._choices

    def spell(self, decision: int, places: frozenset[Span]) -> None:
        """Remember the places of the entries of a choice that may be no more than what rows are ordered by."""
        if places:
            self._spelled[decision] = places

    def spelled(self, decision: int) -> frozenset[Span]:
        """Return the places of such entries, none for any other decision."""
        return self._spelled.get(decision, frozenset())

    def find(self, key: object) -> int | None:
        """Return the number of a branch that was met, None for one that was not."""
        return self._ids.get(key)

    def present(self, decision: int, arm: int, choice: int) -> None:
        """Remember an arm that is taken with every entry that a choice can have: its key is there."""
        self._present.add((decision, arm, choice))

    def is_present(self, decision: int, arm: int, choice: int) -> bool:
        """Say whether an arm is taken with every entry of a choice."""
        return (decision, arm, choice) in self._present

    def guess(self, decision: int, what: Guess) -> None:
        """Remember a choice that is none of the program's: between what any value of a type holds (`part`), or on the
        letters of a text (`text`)."""
        self._guesses[decision] = what

    def guessed(self, decision: int) -> Guess:
        """Return what a choice makes a guess."""
        return self._guesses.get(decision, "")

    def branches(self) -> list[Branch]:
        """Return all of them, in order of their numbers."""
        doubtful: dict[int, list[int]] = {}
        for decision, arm in self._doubtful:
            doubtful.setdefault(decision, []).append(arm)
        return [
            Branch(
                key if _is_shared(key) else None,
                self._arms[number],
                self._around.get(number),
                doubtful.get(number, []),
                self.guessed(number),
            )
            for key, number in self._ids.items()
        ]

    def take(self, branches: Sequence[Branch]) -> dict[int, int]:
        """Take over another machine's; return their numbers here by their numbers there."""
        keys = [branch.key if branch.key is not None else object() for branch in branches]
        numbers = {number: self.get(key, branches[number].arms) for number, key in enumerate(keys)}
        for number, branch in enumerate(branches):
            own = numbers[number]
            if branch.around is not None and own not in self._around:
                self._around[own] = tuple(sorted((numbers[decision], arm) for decision, arm in branch.around))
            self._doubtful.update((own, arm) for arm in branch.doubtful)
            if branch.guess:
                self._guesses[own] = branch.guess
        return numbers

    def is_round(self, decision: int, arm: int) -> bool:
        """Say whether an arm is a round of a loop."""
        return arm == 0 and self.arm(decision, 1).startswith("no iteration of")

    def arms(self, decision: int) -> Sequence[str]:
        """Return the words of all arms."""
        return self._arms[decision]

    def arm(self, decision: int, arm: int) -> str:
        """Return the words of one arm."""
        arms = self._arms[decision]
        return arms[arm] if arm < len(arms) else ""


def _is_shared(key: object) -> bool:
    """Say whether a key names a condition of the whole program or of a package: places in files and values do not."""
    return isinstance(key, tuple) and (key[0] in ("driver", "package", "field") or _is_shared(key[0]))


def _shared(known: Guard | None, ambient: Guard) -> Guard:
    return ambient if known is None else tuple(entry for entry in known if entry in ambient)
