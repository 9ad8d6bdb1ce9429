"""What is known on one path through a function, and the variables in scope."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct, field
from tree_sitter import Node

from nodepath_cli.source.functions import (
    Compared,
    Failure,
    Given,
    Known,
    Mixed,
    Moment,
    Outcome,
    Step,
    Value,
    asked,
    outcomes,
)
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.statement import Span

KIND = "kind of error"
"""The text of a `Mixed` that says whether an error is of some kind: where it is, there is an error."""

Texts: TypeAlias = tuple[tuple[Span, str], ...]


class Closure(Struct, frozen=True):
    """A function literal with the variables around it."""

    node: Node
    scope: Scope
    place: Place


class Transaction(Struct, frozen=True):
    """A transaction's handle."""

    name: str
    isolation: str = ""


class Prepared(Struct, frozen=True):
    """A prepared statement."""

    texts: Texts
    transaction: Transaction | None


class Instance(Struct, frozen=True):
    """A value of a known type, of the tree or of a package."""

    type: str
    told: Value | None = None
    """What a caller is told by it, where it is made in the return statement: its fields, or nothing."""
    made: bool = False
    """It was made in the tree (`&T{}`, `new(T)`): a pointer to it is not nil."""
    fields: tuple[tuple[str, Value], ...] = ()
    """Those of its fields that have a time, or something of a statement's outcome."""
    row: Outcome | None = None
    """The row that was read into it."""
    blank: bool = False
    """It was declared without a value: a field that nothing was written into is still empty."""

    def field(self, name: str) -> Value | None:
        """Return what is in a field, None where that is not known."""
        return next((value for each, value in self.fields if each == name), self.row)


class Many(Struct, frozen=True):
    """The values of a variadic parameter, or of a call with several results."""

    values: tuple[Any, ...]


Any: TypeAlias = (
    Known | Failure | Given | Outcome | Moment | Compared | Mixed | Closure | Transaction | Prepared | Instance | Many
)
"""What a variable may hold: the values that facts are made of, and what only this evaluation needs."""

UNKNOWN = Mixed()


class Place(Struct, frozen=True):
    """The function whose code is being run."""

    file: GoFile
    routine: Routine | None
    pending: Texts = ()
    """The SQL that a wrapper was given: its database call runs it."""


Variable: TypeAlias = tuple[int, str]


class Scope(Struct):
    """The names of a block. A name stands for the same variable on every path that runs the block."""

    serial: int
    parent: Scope | None = None
    names: set[str] = field(default_factory=set)

    def declare(self, name: str) -> Variable:
        """Return the variable of that name in this block."""
        self.names.add(name)
        return self.serial, name

    def find(self, name: str) -> Variable | None:
        """Return the variable that a name means, None where it is none of the function's."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.serial, name
            scope = scope.parent
        return None


class State(Struct):
    """One path up to some point."""

    variables: dict[Variable, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    facts: dict[Value, bool] = field(default_factory=dict)
    """What was found out by conditions."""
    runs: int = 0
    session: str | None = None
    """The transaction that SQL itself has begun."""

    def fork(self) -> State:
        """Return a copy that goes its own way."""
        return State(dict(self.variables), self.steps, dict(self.facts), self.runs, self.session)

    def add(self, step: Step) -> None:
        """Write down a step."""
        self.steps += (step,)


def first(value: Any) -> Any:
    """Return the value of an expression where only one is taken."""
    return value.values[0] if isinstance(value, Many) and value.values else value


def exported(value: Any) -> Value:
    """Return a value as facts have it."""
    match value:
        case Instance(told=Known() | Mixed() as told):
            return told
        case Instance(row=Outcome() as row):
            return row
        case Closure() | Transaction() | Prepared() | Instance():
            return UNKNOWN
        case Many():
            return Mixed(tuple(exported(each) for each in value.values))
        case _:
            return value


def matters(value: Any) -> bool:
    """Say whether a field keeps a value: a time, or something of a statement's outcome."""
    return isinstance(value, Moment) or (isinstance(value, (Outcome, Compared, Mixed)) and any(outcomes(value)))


def known_truth(value: Value, state: State) -> bool | None:
    """Return whether a condition holds, None where that is not known."""
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, Compared):
        decided = _compare(value)
        if decided is not None:
            return decided
    subject, wanted = asked(value)
    if isinstance(subject, Known):
        return bool(subject.value) == wanted
    found = state.facts.get(subject)
    if found is None:
        run = _error_of(subject)
        if run is not None and state.facts.get(Outcome(run, "error")) is False:
            found = False
    return None if found is None else found == wanted


def assume(state: State, value: Value, truth: bool) -> State:
    """Return the path on which a condition holds, or does not hold."""
    fresh = state.fork()
    subject, wanted = asked(value)
    holds = truth == wanted
    if subject != UNKNOWN:
        fresh.facts[subject] = holds
    run = _error_of(subject)
    if run is not None and holds:
        fresh.facts[Outcome(run, "error")] = True
    return fresh


def _error_of(subject: Value) -> int | None:
    """Return the statement that a condition says has failed, where it says so."""
    if isinstance(subject, Outcome) and subject.aspect in ("missing", "duplicate"):
        return subject.run
    if isinstance(subject, Mixed) and subject.text.startswith(KIND) and subject.parts:
        part = subject.parts[0]
        return part.run if isinstance(part, Outcome) and part.aspect == "error" else None
    return None


def _compare(value: Compared) -> bool | None:
    left, right, operator = value.left, value.right, value.operator
    if isinstance(left, Failure) and right == Known(None):
        return operator == "!="
    if not isinstance(left, Known) or not isinstance(right, Known):
        return None
    if operator in ("==", "!="):
        return (left.value == right.value) == (operator == "==")
    one, other = left.value, right.value
    if not isinstance(one, int) or not isinstance(other, int):
        return None
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}.get(operator)
