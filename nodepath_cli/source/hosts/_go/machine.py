"""The evaluator's shared state: decisions, recorded calls, fields, summaries of functions, the step budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, field
from tree_sitter import Node

from nodepath_cli.source.hosts._go.decisions import Decisions
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.limits import (
    BYTES_PER_STEP,
    COMPARED_PER_STEP,
    IN_VAIN,
    INHERITED,
    LITTLE_PATIENCE,
    PATIENCE,
    STEPS,
    STEPS_PER_FUNCTION,
    VARIABLES_PER_STEP,
)
from nodepath_cli.source.hosts._go.records import (
    Call,
    Handed,
    Key,
    Noted,
    NotFollowed,
    Passing,
    Received,
    Step,
    Written,
)
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Function, Guard, Number, Text, Unknown, Value, unknown
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.exclusive import Asked

_SHARE_BITS = 40
_MULTIPLES = 1 << 40
"""From which on numbers stand for numbers known only at run time: there are fewer branches and loops."""


class OutOfSteps(Exception):
    """A function costs more steps than it may: what was found so far stands, the rest is read without following."""


class Frame(Struct):
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
    routine: Key | None = None
    """What identifies the declared function that runs, or that the running closure stands in."""
    parameters: dict[str, int] = field(default_factory=dict)
    """The parameters of a declared function, with their positions."""
    results: tuple[str, ...] = ()
    """Names of the result parameters."""
    types: dict[str, str] = field(default_factory=dict)
    """What its type parameters stand for, by type id in its file (`FOLDER.T`), as far as the call says so."""
    has_error: bool = False
    """The last result is an error."""
    exits: list[list[tuple[Guard, Scope]]] = field(default_factory=list)
    """For each loop or switch around, the variables at its `break` and `continue` statements."""
    failing: bool = False
    """Inside a branch that an error leads to."""
    iteration: tuple[int, ...] = ()
    """Numbers of the current iterations of the loops around."""


class Summary(Struct):
    """What is known of a function evaluated on its own."""

    results: tuple[Value, ...] = ()
    done: bool = False
    multiples: dict[int, int] = field(default_factory=dict)
    """The numbers that stand for parameters, or for the lengths of such, and which parameters those are."""


class Lookup(Struct, frozen=True):
    """A lookup in a map that says whether the key is there."""

    present: Value
    """Its `ok`."""
    choice: object
    """What identifies the choice of the entry."""
    whole: Value
    """The map."""
    name: str
    """The key, as written."""
    key: Value
    """What that was, or the variable that it is a field of."""


class Machine(Struct, eq=False):
    """Evaluates functions of a program and records the SQL that its calls receive."""

    index: Index
    evaluator: Evaluate
    executor: Execute
    summarizer: Summarize

    # What was found.
    decisions: Decisions = field(default_factory=Decisions)
    received: list[Received] = field(default_factory=list)
    not_followed: list[NotFollowed] = field(default_factory=list)
    noted: dict[Noted, None] = field(default_factory=dict)
    """What is done with the SQL beside sending it, each once."""
    possible: set[int] = field(default_factory=set)
    """The numbers of records whose text surely can reach their call: no branch around the call can rule it out."""
    covered: set[Key] = field(default_factory=set)
    """Calls inside wrappers whose SQL was seen at a caller."""
    wrappers: dict[Key, set[int]] = field(default_factory=dict)
    """Functions that hand an argument on to a database as its SQL, with the positions of such arguments."""
    covered_by_callers: set[Key] = field(default_factory=set)
    """Wrappers with a call that was recorded in their place."""
    followed: set[Key] = field(default_factory=set)
    """Calls of functions of the tree that were followed: where one sends SQL itself, that is seen."""
    parsed: set[Span] = field(default_factory=set)
    """Literals that a SQL parser of the program was given."""
    handed_on: dict[Key, set[Span]] = field(default_factory=dict)
    """Calls that return the SQL that they were given, by call: the literals."""

    # What is known of the program.
    fields: dict[tuple[str, str], dict[Key, Written]] = field(default_factory=dict)
    """What is written to fields and package variables, by folder and name, then by file and place."""
    fields_version: int = 0
    """Counts the changes of `fields`."""
    stored: dict[tuple[str, str, str, bool, bool], tuple[int, Value | None]] = field(default_factory=dict)
    """What is known of a field, by folder, type and name, with the version of `fields`."""
    chained: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether only methods that hand on their receiver set a field, by type id and name."""
    values: dict[tuple[str, str], Value | int] = field(default_factory=dict)
    """Package constants and variables, by folder and name. While one is being computed, how many functions were in
    progress when that began."""
    summaries: dict[Key, Summary] = field(default_factory=dict)
    routines: dict[Key, Routine] = field(default_factory=dict)
    """The functions of `summaries`."""
    worth: dict[Key, tuple[bool, bool, bool]] = field(default_factory=dict)
    """By function: it has SQL words or database calls; it may return a text; it may return a struct with one."""
    dependent: set[Key] = field(default_factory=set)
    """Functions with SQL that is not wholly known when they are evaluated on their own."""
    asked: set[Key] = field(default_factory=set)
    """Functions whose arguments say which of several statements they send."""
    passed_over: dict[Key, set[Key]] = field(default_factory=dict)
    """Functions that were given texts but not followed, as they seemed to have no SQL, with those that called them."""
    implementations: dict[tuple[str, str], tuple[Routine, ...]] = field(default_factory=dict)
    """The methods that a call through an interface may mean, by type id and name."""
    sends: dict[Key, bool] = field(default_factory=dict)
    """Whether an evaluated function has SQL words or database calls of its own."""
    settled: dict[Key, bool] = field(default_factory=dict)
    """Whether a function has nothing more to tell when it is followed with its arguments."""
    shared_maps: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By file and name: whether a map of that name is handed on there, so that others may fill it."""
    sql_folders: set[str] = field(default_factory=set)
    """Folders with SQL or database calls in them: only their structs are worth following."""

    # What was looked for already.
    visited: set[Key] = field(default_factory=set)
    """Calls that were evaluated."""
    ran: set[Key] = field(default_factory=set)
    """Functions and function literals whose bodies were run."""
    cut: set[Key] = field(default_factory=set)
    """Those of which something was left out, as the steps had run out, for its depth, or for what is known."""
    searched: set[tuple[str, str, bool]] = field(default_factory=set)
    """Fields and package variables whose writers were looked for."""
    fields_in_progress: int = 0
    """How many fields and package variables are being looked up, each for the one before."""
    searched_callers: set[tuple[Key, bool]] = field(default_factory=set)
    """Functions whose callers were looked for; whether that was everywhere."""
    in_progress: list[Key] = field(default_factory=list)
    """Functions that are being evaluated on their own; one may have to be interrupted to evaluate another first."""
    tainted: set[Key] = field(default_factory=set)
    """Functions that were evaluated while something that they use was not yet known."""

    # The state of the function that is being evaluated.
    active: list[Key] = field(default_factory=list)
    """The declared functions that are being run, outermost first."""
    calls: list[Call] = field(default_factory=list)
    """The calls that are being followed, outermost first."""
    bound: list[tuple[Key, Sequence[Value]]] = field(default_factory=list)
    """Of each of them: the function, and what it was given."""
    chosen: dict[Span, tuple[int, Handed]] = field(default_factory=dict)
    """By literal: the call being followed, and its place among them, of which an argument has chosen that SQL."""
    way: list[Step] = field(default_factory=list)
    """The same in full: with the rounds of the loops around each, and the function literals that are run."""
    arguments: list[Handed] = field(default_factory=list)
    """What the calls being followed were given of SQL, outermost first."""
    pending: list[Function] = field(default_factory=list)
    """Function literals that were made; those that nothing calls are run at the end of their function."""
    returned: list[Function] = field(default_factory=list)
    """Function literals that calls with texts have returned (`count(db, "orders")`): each is to be run with those."""
    closures: set[int] = field(default_factory=set)
    """The numbers of the function literals that were run."""
    inline_depth: int = 0
    one_of_several: int = 0
    """While not 0, what is run is one of several functions that a call may mean."""
    quiet: int = 0
    """While not 0, nothing is recorded: a value is evaluated apart from its function."""
    unread: bool = False
    """Fields are not looked up: what is being evaluated can be no part of SQL (a condition, a query's argument)."""
    soft: bool = False
    """Since it was last cleared, a value was read that the program may change (a field, a package's variable)."""
    folded: bool = False
    """Something was left out, for a condition that is known or for its depth; its calls may not have been seen."""
    lookups: dict[int, Lookup] = field(default_factory=dict)
    """By the identity of the `ok` of a lookup in a map."""
    predicates: dict[Key, tuple[list[Text] | None, list[Text] | None]] = field(default_factory=dict)
    """Functions that were seen to ask something of their argument: what it is where they answer yes, and where no."""
    asked_fields: set[str] = field(default_factory=set)
    """Fields of parameters that conditions have asked for (`filter.Sort`), as written."""
    asked_names: set[str] = field(default_factory=set)
    """The bare names of those."""
    asked_values: dict[int, Value] = field(default_factory=dict)
    """By identity: what variables are that a branch has asked for."""
    compared: dict[tuple[int, str], list[Asked]] = field(default_factory=dict)
    """By the identity of a variable that is known only at run time, and its name or a field's: the branches on it."""
    lengths: dict[int, tuple[Unknown, Value]] = field(default_factory=dict)
    """By the identity of a list that is known only at run time: the list, and its length."""
    members: dict[tuple[int, str], tuple[Unknown, Value]] = field(default_factory=dict)
    """By the identity of a struct that is known only at run time and a field's name: the struct, and the list there."""
    written: dict[Span, bool] = field(default_factory=dict)
    """Literals of texts: whether what the program gives a database for one is that text."""
    multiples: dict[int, tuple[Unknown, int]] = field(default_factory=dict)
    """By the identity of a number that is known only at run time: that number, and its own as of a loop's rounds."""
    parameters: dict[int, tuple[Unknown, Key, int]] = field(default_factory=dict)
    """By identity: the texts that functions evaluated on their own are given, with the function and the position."""
    passing: dict[Key, list[Passing]] = field(default_factory=dict)
    """By function: those that it gives for placeholders."""
    setters: dict[int, tuple[object, list[str]]] = field(default_factory=dict)
    """By a choice between those that set a receiver's fields: key and arms of that choice for a value of which it is
    not known who has made it."""
    own_fields: set[Key] = field(default_factory=set)
    """Functions that read of their receiver what others have put into its fields."""
    told: set[tuple[Key, str]] = field(default_factory=set)
    """The texts that each call was seen to receive."""
    spent: int = 0
    """What was done so far, in steps: those of all functions, and what comes with each function and file."""
    entered: set[str] = field(default_factory=set)
    """The files with a function that was evaluated."""
    steps: int = 0
    told_at: int = 0
    """The number of steps when the last text was new; what was evaluated on the way is counted with it."""
    nesting: int = 0
    activations: int = 0
    order: int = 0

    def evaluate(self, frame: Frame, node: Node) -> Value:
        """Return the value of an expression. Raises OutOfSteps."""
        return self.evaluator(self, frame, node)

    def test(self, frame: Frame, node: Node) -> Value:
        """Return the value of a condition; `soft` says whether it rests on what the program may change."""
        unread, self.unread, self.soft = self.unread, True, False
        try:
            return self.evaluator(self, frame, node)
        finally:
            self.unread = unread

    def execute(self, frame: Frame, node: Node) -> bool:
        """Run a statement; say whether the flow goes on behind it. Raises OutOfSteps."""
        return self.executor(self, frame, node)

    def summary(self, routine: Routine) -> Summary:
        """Return what a declared function does on its own; it is evaluated once."""
        return self.summarizer(self, routine)

    def routine(self, key: Key) -> Routine | None:
        """Return a declared function that was evaluated."""
        return self.routines.get(key)

    def evaluated(self, routine: Routine) -> bool:
        """Say whether a declared function was evaluated on its own."""
        return routine_key(routine) in self.summaries

    def step(self) -> None:
        """Count one step. Raises OutOfSteps where the budget is spent."""
        self.steps += 1
        self.spent += 1
        if self.steps > STEPS or (self.steps > IN_VAIN and self.steps - self.told_at > IN_VAIN):
            raise OutOfSteps

    @property
    def tired(self) -> bool:
        """Say whether the function in progress has long come to nothing new: only what it does itself is read then."""
        sends = self.root is None or self.sends[self.root]
        return self.steps - self.told_at > (PATIENCE if sends else LITTLE_PATIENCE)

    def tell(self, call: Call, text: str) -> None:
        """Take note of a text that a call receives: where it is new, the function in progress is worth more steps."""
        key = (call.key, text)
        if key not in self.told:
            self.told.add(key)
            self.told_at = self.steps

    def enter(self, routine: Routine) -> None:
        """Count what comes with a function that is evaluated on its own, beside the steps of its budget."""
        self.spent += STEPS_PER_FUNCTION
        if routine.file.path not in self.entered:
            self.entered.add(routine.file.path)
            self.spent += len(routine.file.data) // BYTES_PER_STEP

    def _count(self, steps: int) -> None:
        self.steps += steps
        self.spent += steps

    def charge(self, variables: int) -> None:
        """Count the copying of variables at a branch as steps. Raises OutOfSteps where the budget is spent."""
        self._count(variables // VARIABLES_PER_STEP)
        self.step()

    def compare(self, value: Value, guard: Guard) -> None:
        """Count the comparing of a value's alternatives with a long guard as steps: it takes longer than the rest."""
        if len(value) > 1:
            self._count(len(value) * len(guard) // COMPARED_PER_STEP)

    @property
    def root(self) -> Key | None:
        """The function that is being evaluated on its own."""
        return self.in_progress[-1] if self.in_progress else None

    def taint(self, height: int) -> None:
        """Mark the functions in progress above a height: what they just asked for is not known yet."""
        self.tainted.update(self.in_progress[height:])

    def ask(self) -> None:
        """Have the callers of the function in progress looked at: their arguments say what it sends."""
        if self.root is not None and not self.quiet:
            self.asked.add(self.root)
            self.dependent.add(self.root)

    def length(self, value: Value) -> Value | None:
        """Return the length of one list that is known only at run time: the same each time. None for anything else."""
        atom = value[0].atom
        if len(value) != 1 or not isinstance(atom, Unknown) or not atom.type.startswith(("[]", "map[")):
            return None
        known = self.lengths.get(id(atom))
        if known is None:
            known = self.lengths[id(atom)] = (atom, unknown("run-time length", "int"))
        return known[1]

    def registered(self, value: Value) -> int:
        """Return the number that stands for a number or for a list's length, 0 where none was asked for."""
        atom = value[0].atom
        length = self.lengths.get(id(atom))
        known = self.multiples.get(id(length[1][0].atom if length is not None else atom))
        return known[1] if known is not None else 0

    def another_multiple(self) -> int:
        """Return a number that stands for nothing yet."""
        return self.multiple(unknown("number", "int"))

    def multiple(self, value: Value) -> int:
        """Return the number that stands for one that is known only at run time, 0 where it may be one of several."""
        atom = value[0].atom
        if isinstance(atom, Number):
            return atom.loop if len(value) == 1 else 0
        if len(value) != 1 or not isinstance(atom, Unknown) or atom.type != "int":
            return 0
        known = self.multiples.get(id(atom))
        if known is None:
            known = self.multiples[id(atom)] = (atom, _MULTIPLES + len(self.multiples))
        return known[1]

    def next_order(self) -> int:
        """Return the next number of a record."""
        self.order += 1
        return self.order

    def begin(self, share: int) -> None:
        """Number what a share of a program is found to do behind all that the shares before it can."""
        self.order = self.activations = share << _SHARE_BITS

    def frame(self, file: GoFile, function: str | None, scope: Scope | None = None) -> Frame:
        """Return a new activation."""
        self.activations += 1
        return Frame(file, scope or Scope(self.activations), self.activations, function)

    @contextmanager
    def budget(self) -> Iterator[None]:
        """Start a new budget of steps for one function evaluated on its own."""
        saved = {name: getattr(self, name) for name in _OWN}
        helper = len(self.in_progress) > 1 and not self.sends[self.in_progress[-1]]
        debt, known = (self.steps - self.told_at) // INHERITED if helper else 0, len(self.told)
        self.active, self.calls, self.way, self.arguments, self.pending = [], [], [], [], []
        self.bound, self.chosen, self.returned = [], {}, []
        self.inline_depth = self.quiet = self.steps = 0
        self.told_at = -debt
        self.unread = self.soft = self.folded = False
        try:
            yield
        finally:
            vain = self.steps - self.told_at - debt
            for name, value in saved.items():
                setattr(self, name, value)
            self.told_at = self.steps if len(self.told) > known else self.told_at - vain


_OWN = (
    *(
        "active",
        "calls",
        "bound",
        "chosen",
        "way",
        "arguments",
        "pending",
        "returned",
        "inline_depth",
        "quiet",
        "unread",
        "soft",
    ),
    "folded",
    *("steps", "told_at", "nesting"),
)
"""The state that each function evaluated on its own begins anew."""

Evaluate = Callable[[Machine, Frame, Node], Value]
Execute = Callable[[Machine, Frame, Node], bool]
Summarize = Callable[[Machine, Routine], Summary]


def routine_key(routine: Routine) -> Key:
    """Return what identifies a declared function."""
    return routine.file.path, routine.start_byte
