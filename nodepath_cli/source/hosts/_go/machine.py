"""The evaluator's shared state: decisions, recorded calls, struct fields, summaries of functions, and the step budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tree_sitter import Node

from nodepath_cli.source.hosts._go.index import Declared, Index, Routine
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Function, Guard, Text, Value
from nodepath_cli.source.statement import Span

STEPS = 60_000
"""Syntax nodes that one function may cost, with everything that it calls. The largest real one seen takes 20,000."""
MAX_NESTING = 140
"""Nested expressions, blocks and calls that are followed; Python's own stack holds about four times as many."""
MAX_INLINE = 3
"""How deep calls are followed with their arguments bound."""


class OutOfSteps(Exception):
    """A function costs more steps than it may: what was found so far stands, the rest is read without following."""


@dataclass(slots=True)
class Frame:
    """One activation of a function."""

    file: GoFile
    scope: Scope
    activation: int
    function: str | None
    """The declared function's bare name; a closure has the name of the function around it."""
    ambient: Guard = ()
    """The arms of the branches around the point of execution."""
    entered: Guard = ()
    """`ambient` when the activation began."""
    returns: list[tuple[Guard, tuple[Value, ...]]] = field(default_factory=list)
    failures: list[tuple[Guard, tuple[Value, ...]]] = field(default_factory=list)
    """Returns whose error is not nil: used only where there are no others."""
    results: tuple[str, ...] = ()
    """Names of the result parameters."""
    has_error: bool = False
    """The last result is an error."""
    exits: list[list[tuple[Guard, Scope]]] = field(default_factory=list)
    """For each loop or switch around, the variables at its `break` and `continue` statements."""
    failing: bool = False
    """Inside a branch that an error leads to."""
    iteration: tuple[int, ...] = ()
    """Numbers of the current iterations of the loops around."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as records name it."""

    file: GoFile
    node: Node
    name: str
    function: str | None

    @property
    def span(self) -> Span:
        """Where the whole call stands."""
        return self.file.span(self.node)


@dataclass(frozen=True, slots=True)
class Received:
    """A SQL text that a call receives, in one alternative."""

    call: Call
    text: Text
    guard: Guard
    """The branches that lead to this text."""
    ambient: Guard
    """The branches that the call stands in."""
    kind: str
    """`dml`, `ddl` or `other`."""
    rank: int
    """3: seen behind a wrapper of the tree; 2: a database method; 1: any other call; 0: a call that only hands it on."""
    bound: bool
    """Seen with arguments bound, from a caller."""
    order: int
    """The number of this record: the order of evaluation."""
    origin: Span | None = None
    """The literal that the statement begins in, as far as reports are concerned."""
    iteration: tuple[int, ...] = ()
    """The rounds of the loops around the call."""


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """A database call whose SQL cannot be followed."""

    call: Call
    reason: str
    ambient: Guard
    parameter: bool
    """The SQL is an argument of the function that the call stands in."""
    order: int


@dataclass(slots=True)
class Summary:
    """What is known of a function evaluated on its own."""

    results: tuple[Value, ...] = ()
    done: bool = False
    forwards: bool = False
    """An argument of it reaches a database call as SQL, or a part of SQL: callers have to be looked at."""


class Decisions:
    """The branches that were met, each with the words of its arms."""

    def __init__(self) -> None:
        self._ids: dict[object, int] = {}
        self._arms: list[list[str]] = []
        self._held: list[object] = []

    def get(self, key: object, arms: list[str], held: object = None) -> int:
        """Return the number of a branch. `held` keeps alive what the key identifies by address."""
        number = self._ids.get(key)
        if number is None:
            number = self._ids[key] = len(self._arms)
            self._arms.append(arms)
            self._held.append(held)
        return number

    def arm(self, decision: int, arm: int) -> str:
        """Return the words of one arm."""
        arms = self._arms[decision]
        return arms[arm] if arm < len(arms) else ""


class Machine:
    """Evaluates functions of a program and records the SQL that its calls receive."""

    def __init__(self, index: Index, evaluate: Evaluate, execute: Execute, summarize: Summarize) -> None:
        self.index = index
        self._evaluate = evaluate
        self._execute = execute
        self._summarize = summarize
        self.decisions = Decisions()
        self.received: list[Received] = []
        self.not_followed: list[NotFollowed] = []
        self.covered: set[tuple[str, int]] = set()
        """Calls inside wrappers whose SQL was seen at a caller."""
        self.handed_on: dict[tuple[str, int], set[Span]] = {}
        """Calls that return the SQL that they were given, by call: the literals."""
        self.visited: set[tuple[str, int]] = set()
        """Calls that were evaluated, by file and byte offset."""
        self.fields: dict[tuple[str, str], list[tuple[str, str, Value]]] = {}
        """By folder and field name: type id, writing function and value of every write."""
        self.summaries: dict[tuple[str, int], Summary] = {}
        self.values: dict[tuple[str, str], Value | None] = {}
        """Package constants and variables, by folder and name; None while one is being computed."""
        self.searched: set[tuple[str, str]] = set()
        """Fields and package variables whose writers were looked for."""
        self.searched_callers: set[tuple[str, int]] = set()
        """Functions whose callers were looked for."""
        self.active: list[tuple[str, int]] = []
        """The declared functions that are being evaluated, outermost first."""
        self.inline_depth = 0
        self.pending: list[Function] = []
        """Function literals that were made; those that nothing calls are run at the end of their function."""
        self.ran: set[tuple[str, int]] = set()
        """Functions and function literals whose bodies were run."""
        self.arguments: list[tuple[frozenset[Span], Call]] = []
        """The SQL literals that the calls being followed were given, with those calls."""
        self.steps = 0
        self.nesting = 0
        self.activations = 0
        self._order = 0

    def evaluate(self, frame: Frame, node: Node) -> Value:
        """Return the value of an expression. Raises OutOfSteps."""
        return self._evaluate(self, frame, node)

    def execute(self, frame: Frame, node: Node) -> bool:
        """Run a statement; say whether the flow goes on behind it. Raises OutOfSteps."""
        return self._execute(self, frame, node)

    def summary(self, routine: Routine) -> Summary:
        """Return what a declared function does on its own; it is evaluated once."""
        return self._summarize(self, routine)

    def step(self) -> None:
        """Count one step. Raises OutOfSteps where the budget is spent."""
        self.steps += 1
        if self.steps > STEPS:
            raise OutOfSteps

    def next_order(self) -> int:
        """Return the next number of a record."""
        self._order += 1
        return self._order

    def frame(self, file: GoFile, function: str | None, scope: Scope | None = None) -> Frame:
        """Return a new activation."""
        self.activations += 1
        return Frame(file, scope or Scope(self.activations), self.activations, function)

    @contextmanager
    def nested(self) -> Iterator[bool]:
        """Go one level deeper; gives False where it is too deep to go on."""
        self.nesting += 1
        try:
            yield self.nesting <= MAX_NESTING
        finally:
            self.nesting -= 1

    @contextmanager
    def budget(self) -> Iterator[None]:
        """Start a new budget of steps for one function evaluated on its own."""
        steps, nesting, depth = self.steps, self.nesting, self.inline_depth
        arguments, pending = self.arguments, self.pending
        self.steps, self.inline_depth, self.arguments, self.pending = 0, 0, [], []
        try:
            yield
        finally:
            self.steps, self.nesting, self.inline_depth = steps, nesting, depth
            self.arguments, self.pending = arguments, pending


Evaluate = Callable[[Machine, Frame, Node], Value]
Execute = Callable[[Machine, Frame, Node], bool]
Summarize = Callable[[Machine, Routine], Summary]


def routine_key(routine: Routine) -> tuple[str, int]:
    """Return what identifies a declared function."""
    return routine.file.path, routine.node.start_byte


def declared_key(declared: Declared, name: str) -> tuple[str, str]:
    """Return what identifies a package's constant or variable."""
    return declared.file.folder, name
