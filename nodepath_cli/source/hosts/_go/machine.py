"""The evaluator's shared state: decisions, recorded calls, fields, summaries of functions, the step budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from nodepath_cli.source.hosts._go.index import Declared, Index, Routine
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Function, Guard, Text, Unknown, Value
from nodepath_cli.source.statement import Span

STEPS = 60_000
"""Syntax nodes that one function may cost, with everything that it calls. The largest real one seen takes 20,000."""
VARIABLES_PER_STEP = 20
"""Copying and joining this many variables at a branch takes about as long as one step."""
MAX_NESTING = 140
"""Nested expressions, blocks and calls that are followed; Python's own stack holds about four times as many."""
MAX_INLINE = 3
"""How deep calls are followed with their arguments bound."""
MAX_HELPERS = 5
"""The same for functions without SQL words, which only make parts of texts (a quoted name, a list of placeholders)."""


ARGUMENT = "function argument"
"""The reason of a parameter whose callers are not known."""


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
    routine: tuple[str, int] | None = None
    """What identifies the declared function that runs, or that the running closure stands in."""
    parameters: dict[str, int] = field(default_factory=dict)
    """The parameters of a declared function, with their positions."""
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
    def key(self) -> tuple[str, int]:
        """What identifies the call: file and byte offset."""
        return self.file.path, self.node.start_byte

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
    """3: seen behind a wrapper of the tree; 2: a database method; 1: any other call."""
    bound: bool
    """Seen with arguments bound, from a caller."""
    order: int
    """The number of this record: the order of evaluation."""
    origin: Span | None = None
    """The literal that the statement begins in, as far as reports are concerned."""
    iteration: tuple[int, ...] = ()
    """The rounds of the loops around the call."""
    root: tuple[str, int] | None = None
    """The function whose evaluation made this record."""


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """A database call whose SQL cannot be followed."""

    call: Call
    reason: str
    ambient: Guard
    parameter: bool
    """The SQL is an argument of the function that the call stands in."""
    order: int
    wrapper: tuple[str, int] | None = None
    """That function, where callers can be asked for the argument."""
    root: tuple[str, int] | None = None
    """The function whose evaluation made this record."""
    beside: bool = False
    """The call has other alternatives that were followed."""


class Written(NamedTuple):
    """What one place writes to a field or a package's variable."""

    type: str
    function: str
    """The function that it stands in, empty at top level."""
    value: Value

    @property
    def known(self) -> bool:
        """Say whether anything of the value is known."""
        return any(not isinstance(each.atom, Unknown) for each in self.value)


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
        self.calls: list[Call] = []
        """The calls that are being followed, outermost first."""
        self.wrappers: dict[tuple[str, int], set[int]] = {}
        """Functions that hand an argument on to a database as its SQL, with the positions of such arguments."""
        self.covered_by_callers: set[tuple[str, int]] = set()
        """Wrappers with a call that was recorded in their place."""
        self.handed_on: dict[tuple[str, int], set[Span]] = {}
        """Calls that return the SQL that they were given, by call: the literals."""
        self.visited: set[tuple[str, int]] = set()
        """Calls that were evaluated, by file and byte offset."""
        self.fields: dict[tuple[str, str], dict[tuple[str, int], Written]] = {}
        """What is written to fields and package variables, by folder and name, then by file and place."""
        self.fields_version = 0
        """Counts the changes of `fields`."""
        self.quiet = 0
        """While not 0, nothing is recorded: a value is evaluated apart from its function."""
        self.summaries: dict[tuple[str, int], Summary] = {}
        self.sql_folders: set[str] = set()
        """Folders with SQL or database calls in them: only their structs are worth following."""
        self.routines: dict[tuple[str, int], Routine] = {}
        """The functions of `summaries`."""
        self.values: dict[tuple[str, str], Value | int] = {}
        """Package constants and variables, by folder and name. While one is being computed, how many functions
        were in progress when that began."""
        self.searched: set[tuple[str, str, bool]] = set()
        """Fields and package variables whose writers were looked for."""
        self.stored: dict[tuple[str, str, str], tuple[int, Value | None]] = {}
        """What is known of a field, by folder, type and name, with the version of `fields`."""
        self.unread = False
        """Fields are not looked up: what is being evaluated can be no part of SQL (a condition, a query's argument)."""
        self.soft = False
        """Since it was last cleared, a value was read that the program may change (a field, a package's variable)."""
        self.worth: dict[tuple[str, int], tuple[bool, bool]] = {}
        """By function: it has SQL words or database calls; it may return a text."""
        self.in_progress: list[tuple[str, int]] = []
        """Functions that are being evaluated on their own; one may have to be interrupted to evaluate another first."""
        self.tainted: set[tuple[str, int]] = set()
        """Functions that were evaluated while something that they use was not yet known."""
        self.folded = False
        """Something was left out, for a condition that is known or for its depth; its calls may not have been seen."""
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

    def test(self, frame: Frame, node: Node) -> Value:
        """Return the value of a condition; `soft` says whether it rests on what the program may change."""
        unread, self.unread, self.soft = self.unread, True, False
        try:
            return self._evaluate(self, frame, node)
        finally:
            self.unread = unread

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

    def charge(self, variables: int) -> None:
        """Count the copying of variables at a branch as steps. Raises OutOfSteps where the budget is spent."""
        self.steps += variables // VARIABLES_PER_STEP
        self.step()

    @property
    def root(self) -> tuple[str, int] | None:
        """The function that is being evaluated on its own."""
        return self.in_progress[-1] if self.in_progress else None

    def taint(self, height: int) -> None:
        """Mark the functions in progress above a height: what they just asked for is not known yet."""
        self.tainted.update(self.in_progress[height:])

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
        arguments, pending, calls = self.arguments, self.pending, self.calls
        active, folded, unread = self.active, self.folded, self.unread
        self.steps, self.inline_depth, self.arguments, self.pending = 0, 0, [], []
        self.calls, self.active, self.folded, self.unread = [], [], False, False
        try:
            yield
        finally:
            self.steps, self.nesting, self.inline_depth = steps, nesting, depth
            self.arguments, self.pending, self.calls = arguments, pending, calls
            self.active, self.folded, self.unread = active, folded, unread


Evaluate = Callable[[Machine, Frame, Node], Value]
Execute = Callable[[Machine, Frame, Node], bool]
Summarize = Callable[[Machine, Routine], Summary]


def routine_key(routine: Routine) -> tuple[str, int]:
    """Return what identifies a declared function."""
    return routine.file.path, routine.node.start_byte


def declared_key(declared: Declared, name: str) -> tuple[str, str]:
    """Return what identifies a package's constant or variable."""
    return declared.file.folder, name
