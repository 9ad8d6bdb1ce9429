"""What the evaluator writes down: calls, the SQL that they receive, what is not followed, what fields are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from tree_sitter import Node

from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Guard, Text, Unknown, Value
from nodepath_cli.source.statement import Span
from nodepath_cli.source.uses import Given, Rounds, UseKind

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.calling import Callee

Key = tuple[str, int]
"""What identifies a call or a function: file and byte offset."""
Step = tuple[Key, tuple[int, ...]]
"""A call that is followed, and the rounds of the loops around it; or a function literal that is run, and its number."""


class Call(Struct, frozen=True):
    """A call as records name it."""

    file: GoFile
    start_byte: int
    end_byte: int
    name: str
    function: str | None

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the call: file and byte offset."""
        return self.file.path, self.start_byte

    @property
    def span(self) -> Span:
        """Where the whole call stands."""
        return self.file.span(self)


class Evaluated(Struct, frozen=True):
    """A call with what its parts were evaluated to."""

    call: Call
    callee: Callee
    nodes: Sequence[Node]
    """Its arguments."""
    values: Sequence[Value]
    """Theirs."""


class Handed(Struct, frozen=True):
    """A function of the tree that was given SQL, while it is being followed."""

    literals: frozenset[Span]
    """The literals of that SQL."""
    call: Call
    wrapper: Key
    """The function."""
    argument: int
    """Which of its arguments the SQL is, from 0."""


class Received(Struct, frozen=True):
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
    wrapper: tuple[Key, int] | None = None
    """With rank 3: the wrapper, and which of its arguments the SQL is."""
    way: tuple[Step, ...] = ()
    """The calls from that function down to the one that the call stands in."""
    left: tuple[int, int] | None = None
    """Start and end of what a list or loop without elements may have left behind: words between which its text was put
    together, or at its end."""
    surely: bool = False
    """A database gets it, by more than the name of the method that is called."""


class NotFollowed(Struct, frozen=True):
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


class Written(Struct, frozen=True):
    """What one place writes to a field or a package's variable."""

    type: str
    function: str
    """The function that it stands in, empty at top level."""
    value: Value
    literal: Key | None = None
    """Where the composite literal begins whose element it is; None for an assignment."""

    @property
    def known(self) -> bool:
        """Say whether anything of the value is known."""
        return any(not isinstance(each.atom, Unknown) for each in self.value)


class Noted(Struct, frozen=True):
    """A call that gives values to SQL or takes columns from its rows, before the SQL's statements are put together."""

    kind: UseKind
    call: Span
    name: str
    number: int | None
    names: tuple[str, ...] | None
    owner: str
    reason: str
    texts: tuple[int, ...]
    """Numbers of the records of the SQL that can be there when it happens."""
    surely: tuple[int, ...]
    whole: bool
    exhaustive: bool
    evaluation: int
    """The number of the first record of the evaluation that sent the SQL."""
    field: tuple[str, str, str] | None
    """Where the statement is prepared somewhere else: the field that holds it, as in `Handle`."""
    rounds: Rounds | None = None
    constants: tuple[Given, ...] = ()
    function: str | None = None
    apart: int = 0
    """All four as in `Use`."""


class Passing(Struct, frozen=True):
    """What a function gives for a placeholder as it was given it."""

    noted: Noted
    """Its call that gives it."""
    position: int
    """Which argument of that call for a placeholder it is, from 0."""
    parameter: int
    """Which of the function's own arguments it is, from 0."""
    name: str
    """That of its parameter."""
