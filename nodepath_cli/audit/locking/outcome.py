"""What a path through a function asks of the statements that it runs, and whether it ends with success."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from nodepath_cli.audit.locking.sites import Site, Sites
from nodepath_cli.source.functions import (
    Aspect,
    Called,
    Compared,
    Failure,
    Function,
    Known,
    Mixed,
    Outcome,
    Path,
    Ran,
    Tested,
    Value,
    asked,
    outcomes,
)

_COUNTS = (0, 1, 2)
"""The numbers of rows that a statement about one row can affect: none, one, and two for a row that was replaced."""


_NOTHING = (Known(None), Known(""))
"""What a caller is given that has nothing to hold: no pointer, an empty text, a struct without any field set."""


class Run(Struct, frozen=True, eq=False):
    """A statement that a path runs, with its place among the path's steps."""

    ran: Ran
    site: Site | None
    """None where it was not understood, or is one of several."""
    position: int


class Told(Struct, eq=False, dict=True):
    """The names or texts by which a function tells its caller how it went: `return Busy`, `return "got"`."""

    ways: tuple[Way, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names: one alone says nothing."""
        return frozenset(each.word for each in self.ways) - {""}

    @cached_property
    def good(self) -> frozenset[str]:
        """Those of them that stand only on paths that have changed something without an error."""
        return self.names - {each.word for each in self.ways if each.refused}

    def succeeds(self, way: Way) -> bool:
        """Say whether a path's name can only mean that it worked, or the function does not tell by names."""
        return len(self.names) < 2 or self.good == {way.word}


class Way(Struct, frozen=True, eq=False, dict=True):
    """A path of a function with its statements."""

    function: Function
    path: Path
    sites: Sites
    told: Told

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The statements in order."""
        return tuple(
            Run(step, self.sites.one(step), position)
            for position, step in enumerate(self.path.steps)
            if isinstance(step, Ran)
        )

    @cached_property
    def tests(self) -> tuple[tuple[int, Value, bool], ...]:
        """The conditions in order: position, what was asked, and the answer."""
        found = []
        for position, step in enumerate(self.path.steps):
            if isinstance(step, Tested):
                subject, wanted = asked(step.condition)
                found.append((position, subject, step.truth == wanted))
        return tuple(found)

    @cached_property
    def answers(self) -> dict[Value, bool]:
        """The answers by what was asked."""
        return {subject: truth for _, subject, truth in self.tests}

    @cached_property
    def success(self) -> bool:
        """Say whether the caller may be told that it worked."""
        kinds = self.function.results
        pairs = list(zip(kinds, self.path.returned, strict=False))
        told = "bool" not in kinds and "error" not in kinds
        told_by_error = "bool" not in kinds
        for kind, value in pairs:
            truth = self._truth(value)
            if kind == "bool" and truth is False:
                return False
            if kind == "error" and (truth is True or (told_by_error and not self.works and _of_nothing(value))):
                return False
            if kind == "handle" and told and value in _NOTHING:
                return False
            if told_by_error and kind not in ("bool", "error") and any(_counted(each) for each in outcomes(value)):
                # The caller is given the number of rows, or what was made of it, and judges by itself.
                return False
        if "bool" not in kinds:
            if self.hands_up or not self.told.succeeds(self):
                return False
            if any(isinstance(value, Mixed) and Known(False) in value.parts for value in self.path.returned):
                # A struct with a field that says no.
                return False
        if "bool" not in kinds and "handle" in kinds and "error" in kinds:
            return all(value not in _NOTHING for kind, value in pairs if kind == "handle")
        return bool(pairs) or not kinds

    @property
    def hands_up(self) -> bool:
        """Say whether the caller is given all that came of a write, its number of rows with it (`sql.Result`)."""
        writes = {run.ran.number for run in self.runs if run.site and run.site.access.action != "select"}
        returned = (value for value in self.path.returned if isinstance(value, Outcome))
        return any(each.aspect == "result" and each.run in writes for each in returned)

    @property
    def certain(self) -> bool:
        """Say whether the caller is told for certain that it worked, by a truth or by no error."""
        told = [
            self._truth(value) is (kind == "bool")
            for kind, value in zip(self.function.results, self.path.returned, strict=False)
            if kind in ("bool", "error")
        ]
        return bool(told) and all(told)

    @property
    def word(self) -> str:
        """The name or text by which the path tells its caller how it went (`return Busy`), empty where it has none."""
        for kind, value in zip(self.function.results, self.path.returned, strict=False):
            if kind not in ("bool", "error", "number"):
                if isinstance(value, Known) and isinstance(value.value, (str, int)):
                    return str(value.value)
                if isinstance(value, Mixed) and not value.parts and value.text.replace(".", "").isidentifier():
                    return value.text
        return ""

    @cached_property
    def refused(self) -> bool:
        """Say whether the path has met an error, the row of another caller, or has not written anything."""
        writes = [run for run in self.runs if run.site is None or run.site.access.action != "select"]
        if not writes or any(value is True for value in (self.answer(run, "error") for run in self.runs)):
            return True
        return any(self.accepted(run) == frozenset((0,)) for run in writes)

    @cached_property
    def works(self) -> bool:
        """Say whether the path does the work that it was given by its caller: it then has what that needs.

        So does one that has taken a row and gives it back at its end, whatever comes: all behind that is the work.
        """
        return any(isinstance(step, Called) and step.given for step in self.path.steps) or self._holds_on

    @property
    def _holds_on(self) -> bool:
        for position, step in enumerate(self.path.steps):
            if isinstance(step, Called) and step.sends:
                taken = {
                    (run.site.table, run.site.access.one_key)
                    for run in self.runs
                    if run.site and run.position < position and run.site.access.action not in ("select", "delete")
                }
                for site in self.sites.among(step.sends):
                    if site.access.one_key and site.empties and (site.table, site.access.one_key) in taken:
                        return True
        return False

    def _truth(self, value: Value) -> bool | None:
        """Return whether a returned value is true, or an error; None where that is open."""
        if isinstance(value, Known):
            return bool(value.value)
        if isinstance(value, Failure):
            return True
        subject, wanted = asked(value)
        if isinstance(subject, Known):
            return bool(subject.value) == wanted
        found = self.answers.get(subject)
        return None if found is None else found == wanted

    @cached_property
    def verdicts(self) -> tuple[tuple[int, Value, bool], ...]:
        """What has to hold for success: the conditions, and what is returned as success."""
        found = list(self.tests)
        end = len(self.path.steps)
        for kind, value in zip(self.function.results, self.path.returned, strict=False):
            if kind in ("bool", "error") and any(outcomes(value)):
                subject, wanted = asked(value)
                found.append((end, subject, wanted == (kind == "bool")))
        return tuple(found)

    def looked_at(self, run: Run, *aspects: Aspect) -> bool:
        """Say whether the success rests on something of a statement's outcome."""
        number = run.ran.number
        return any(
            each.run == number and each.aspect in aspects
            for _, subject, _ in self.verdicts
            for each in outcomes(subject)
        )

    def accepted(self, run: Run) -> frozenset[int] | None:
        """Return the numbers of affected rows with which the path succeeds; None where they are not asked for.

        () where they are asked for in a way that cannot be told.
        """
        found = False
        accepted = set(_COUNTS)
        for _, subject, truth in self.verdicts:
            if not any(each.run == run.ran.number and each.aspect == "affected" for each in outcomes(subject)):
                continue
            found = True
            if not isinstance(subject, Compared) or not isinstance(subject.left, Outcome):
                return frozenset()
            right = subject.right
            if not isinstance(right, Known) or not isinstance(right.value, int):
                return frozenset()
            accepted = {count for count in accepted if _holds(count, subject.operator, right.value) == truth}
        return frozenset(accepted) if found else None

    def answer(self, run: Run, aspect: Aspect) -> bool | None:
        """Return the answer to a question about a statement's outcome, None where it was not asked."""
        return self.answers.get(Outcome(run.ran.number, aspect))

    def asked_of(self, run: Run, *aspects: Aspect) -> Iterator[tuple[int, Value, bool]]:
        """Yield the conditions that rest on something of a statement's outcome."""
        for position, subject, truth in self.verdicts:
            if any(each.run == run.ran.number and each.aspect in aspects for each in outcomes(subject)):
                yield position, subject, truth


def _counted(outcome: Outcome) -> bool:
    return outcome.aspect == "affected"


def _of_nothing(value: Value) -> bool:
    """Say whether a value is some function's, of which nothing is known."""
    return isinstance(value, Mixed) and not any(outcomes(value))


def _holds(count: int, operator: str, number: int) -> bool:
    return {
        "==": count == number,
        "<": count < number,
        "<=": count <= number,
        ">": count > number,
        ">=": count >= number,
    }.get(operator, True)


def ways_of(function: Function, sites: Sites) -> tuple[Way, ...]:
    """Return the paths of a function with their statements."""
    told = Told()
    told.ways = tuple(Way(function, path, sites, told) for path in function.paths)
    return told.ways
