"""What functions of a program do with the statements that they run, in plain data and in no host language's words.

A function is a list of paths: the statements that are run one behind the other, what is asked of their outcomes on the
way, and what is returned in the end. Rules about protocols (who holds a lock) read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from nodepath_cli.source.statement import Span

Aspect = Literal["error", "affected", "id", "row", "found", "missing", "duplicate", "result"]
"""What of a statement's outcome is looked at. `error`: that it failed (a condition) or its error (a value); `affected`:
the number of rows; `id`: the new row's number; `row`: what was read; `found`: that a row was read; `missing`: that the
error says there is none; `duplicate`: that the error says the key is taken; `result`: the outcome as a whole."""

NOT_NULL = "is not NULL"
"""The text of a `Mixed` that asks whether a value that was read is NULL, and not which it is."""


class Known(Struct, frozen=True):
    """A constant: a truth, a number, a text, or None for no value (no error)."""

    value: bool | int | str | None


class Failure(Struct, frozen=True):
    """An error that is one for certain: a new one, or one that wraps another."""

    name: str = ""
    """That of the program's by which others ask for it (`ErrBusy`), empty where it has none."""


class Given(Struct, frozen=True):
    """An argument of the function."""

    name: str


class Outcome(Struct, frozen=True):
    """Something of the outcome of a statement that ran before on the path."""

    run: int
    """The number of the `Ran`."""
    aspect: Aspect
    place: int | None = None
    """With `row`: which of several values it is that were read one by one, from 0; None for the row as a whole."""


class Moment(Struct, frozen=True):
    """The time of day by the program's clock."""

    form: str
    """`time` for a value of the host's own type, else how it is written: a layout, `unix seconds`."""
    zone: str
    """`local`, `utc`, `injected` where the program was given the clock, or `` where it is not known."""
    moved: Literal["", "earlier", "later", "unknown"] = ""
    """Whether something was taken away or added: a limit, an expiry."""
    by: str = ""
    """What was, as it stands in the source; empty where that is not known."""


class Compared(Struct, frozen=True):
    """Two values compared with one another."""

    left: Value
    operator: str
    """`==`, `!=`, `<`, `<=`, `>`, `>=`."""
    right: Value


class Mixed(Struct, frozen=True):
    """Something computed from values, in a way that does not matter; of nothing, where it is not known at all."""

    parts: tuple[Value, ...] = ()
    text: str = ""
    """The expression in the source, on one line."""


Value: TypeAlias = Known | Failure | Given | Outcome | Moment | Compared | Mixed


class Ran(Struct, frozen=True):
    """A statement was sent to the database."""

    number: int
    """Counts the statements of the path, from 0."""
    texts: tuple[tuple[Span, str], ...]
    """What it may have been: where the SQL's first literal stands, and the text, as in the statement's variants."""
    call: Span
    """The call that sent it."""
    transaction: str | None
    """What identifies the transaction around it; None outside of one."""
    isolation: str = ""
    """The isolation level that the transaction was begun with (`read committed`), empty for the server's default."""
    arguments: tuple[Value, ...] | None = None
    """The values for the placeholders, in order; None where they are not known one by one."""
    pooled: bool = False
    """It was sent to a pool of connections, for certain: which of them runs it is not known."""


class Tested(Struct, frozen=True):
    """A condition was met."""

    condition: Value
    truth: bool


Meant: TypeAlias = tuple[Span, ...] | None
"""The functions of the program that a call may mean, by where they stand; () where it means none of them, None where
that cannot be told."""


class Called(Struct, frozen=True):
    """A function was called: one of the program, or one that was given as an argument."""

    name: str
    """Its bare name."""
    deferred: bool
    """It runs when the function ends, however it ends."""
    given: bool = False
    """It was an argument: the work that the function does for its caller."""
    sends: tuple[tuple[Span, str], ...] = ()
    """With `deferred`: the statements that it sends, whatever comes, as those of a `Ran`."""
    meant: Meant = None

    def may_be(self, function: Function) -> bool:
        """Say whether it may be a call of a function, by its name and by what the receiver's type says."""
        told = self.meant is None or bool(function.within) or function.span in self.meant
        return self.name == function.name and told


Step: TypeAlias = Ran | Tested | Called


class Path(Struct, frozen=True):
    """One way through a function."""

    steps: tuple[Step, ...]
    returned: tuple[Value, ...]
    """In order of the results; empty where it returns nothing."""


ResultKind = Literal["bool", "error", "number", "handle", "other"]
"""`handle` is a pointer, an interface or a function: something to hold, or nothing."""


class Function(Struct, frozen=True, eq=False):
    """A function of the program. Each is itself alone: comparing all paths would take long."""

    name: str
    """Its bare name."""
    owner: str
    """The type that it is a method of, empty for a plain function."""
    span: Span
    results: tuple[ResultKind, ...]
    paths: tuple[Path, ...]
    complete: bool
    """Every way through it is among the paths; False where there were too many."""
    within: str = ""
    """Of a function without a declaration that runs later (it is returned, kept or deferred): the function that makes
    it. Its own name is then that of the variable or field that it is kept in, or empty."""
    deferred: bool = False
    """With `within`: it runs when that function ends."""


def outcomes(value: Value) -> Iterator[Outcome]:
    """Yield every outcome that a value rests on."""
    match value:
        case Outcome():
            yield value
        case Compared():
            yield from outcomes(value.left)
            yield from outcomes(value.right)
        case Mixed():
            for part in value.parts:
                yield from outcomes(part)
        case _:
            pass


def texts(value: Value) -> Iterator[str]:
    """Yield the source of every expression that a value is made of and that is not known."""
    match value:
        case Compared():
            yield from texts(value.left)
            yield from texts(value.right)
        case Mixed():
            if value.text:
                yield value.text
            for part in value.parts:
                yield from texts(part)
        case _:
            pass


def asked(value: Value) -> tuple[Value, bool]:
    """Return what a condition asks in one form, and whether it asks for that or for its opposite.

    `err == nil` is the opposite of the error, `!x` of `x`, `a != b` of `a == b`.
    """
    if not isinstance(value, Compared) or value.operator not in ("==", "!="):
        return value, True
    left, right, equal = value.left, value.right, value.operator == "=="
    if right == Known(None) and isinstance(left, (Outcome, Mixed)):
        return left, not equal
    if isinstance(right, Known) and isinstance(right.value, bool):
        inner, wanted = asked(left)
        return inner, wanted == (equal == right.value)
    return Compared(left, "==", right), equal
