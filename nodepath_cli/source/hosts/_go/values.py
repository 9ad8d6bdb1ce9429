"""The values that the evaluator computes: alternatives, each under the branches that lead to it.

A `Value` is a tuple of alternatives. Each pairs an atom (a text, a list, a number, something unknown) with a guard: the
arms of the branches that have to be taken for it. Two alternatives can be combined only where their guards agree, so
`if a { q += x; r = y }` gives two texts, not four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.scope import Closure
    from nodepath_cli.source.hosts._go.syntax import GoFile

CAP = 16
"""Most alternatives of one value: enough for four independent branches in every combination."""
FEW = 6
"""Forms of a condition, or of what a switch asks for, that are told apart: what follows is run under each of them."""
MAX_TEXT = 120_000
"""Longest text that is built, in characters; a longer one is unknown."""
MAX_ITEMS = 400
"""Longest list that is followed element by element."""

SEQUENCE = "iter.Seq"
"""The type of a list that `range` goes through without an index (`maps.Keys(m)`)."""

Guard = tuple[tuple[int, int], ...]
"""Decisions and the arm taken, `(decision, arm)`, in order of decision; arm 0 is the one that is written first."""


class Joint(Struct, frozen=True):
    """What `strings.Join` puts between two elements."""

    text: str
    own: bool
    """The piece is the separator itself. Else it is empty, and the separator stands between the copies of what repeats
    before it: each copy is like the first one."""


class Piece(Struct, frozen=True):
    """A run of a text's characters that came from one place."""

    text: str
    span: Span
    linear: bool
    literal: Span | None
    """The whole literal with its quotes that the run stands in; None for computed text and holes."""
    hole: tuple[str, str] | None = None
    """Expression and reason where the run is one hole."""
    repeats: tuple[int, ...] = ()
    """The loops and calls that make it stand for any number of copies, by a number of each."""
    number: bool = False
    """Where it is a hole: it holds a number, or `true` or `false`, and nothing else."""
    joint: Joint | None = None
    """Where it is a separator."""


class Text(Struct, frozen=True):
    """A string: its pieces, and their characters joined."""

    pieces: tuple[Piece, ...]
    plain: str
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type statement string`)."""


class Number(Struct, frozen=True):
    """An integer known before the program runs."""

    value: int
    sample: bool = False
    """It is one of many that are possible: the length of a list that a loop fills."""
    loop: int = 0
    """Where it is a sample: the number of the loop whose rounds it counts, 0 where that is not known."""
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type dialect int`)."""
    worded: bool = False
    """That type has a method `String`: in a text it is what that says."""


class Truth(Struct, frozen=True):
    """A condition known before the program runs."""

    truth: bool
    sample: bool = False
    """It rests on a number that is one of many."""


class Items(Struct, frozen=True):
    """A slice or array: the elements that are known, in order."""

    items: tuple[Value, ...]
    open: bool = False
    """There may be more elements, or in another order."""
    type: str = ""
    """The element type's id, empty where it is not known."""
    sample: bool = False
    """The elements have the forms that there are, but each can be there any number of times."""
    named: str = ""
    """The list's own type's id, where it has a name and so may have methods."""
    rounds: tuple[tuple[int, ...], ...] | None = None
    """Where it is a sample: for each element the loops, by their numbers, each of whose rounds has one; () for one that
    is there once. None where that is not known."""
    none: tuple[int, ...] = ()
    """Where it is a sample: loops that had no round."""
    size: int = 0
    """Of a list made with a length that is not known: the number of that length, as of a loop with so many rounds."""
    steady: bool = False
    """Where it is a sample: each round adds what the first one did."""


class Table(Struct, frozen=True):
    """A map: the entries that are known."""

    entries: tuple[tuple[Value, Value], ...]
    open: bool = False


class Record(Struct, frozen=True):
    """A struct value: its type's id (empty if anonymous) and the fields that were set."""

    type: str
    fields: tuple[tuple[str, Value], ...]
    complete: bool = False
    """Made here: a field that was not set has its zero value."""

    def get(self, name: str) -> Value | None:
        """Return a field that was set, or None."""
        return next((value for key, value in self.fields if key == name), None)

    def set(self, name: str, value: Value) -> Record:
        """Return the struct with a field set anew."""
        kept = tuple(entry for entry in self.fields if entry[0] != name)
        return Record(self.type, (*kept, (name, value)), self.complete)


class Function(Struct, frozen=True, eq=False):
    """A function, method or closure that can be called."""

    file: GoFile
    node: Node
    closure: Closure | None = None
    """The variables that a function literal sees; None for a declared function."""
    receiver: Value | None = None
    """What a method value is bound to."""
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type option func(*query)`)."""


class Bound(Struct, frozen=True):
    """A method of another package's database handle as a value (`exec := db.ExecContext`), or of rows (`rows.Scan`)."""

    type: str
    """The id of the handle's type."""
    method: str
    rows: Value = ()
    """The rows, where it is a method of those."""


class Several(Struct, frozen=True):
    """The results of a call that returns more than one value."""

    values: tuple[Value, ...]


class Unknown(Struct, frozen=True):
    """Something known only at run time, with the reason as a noun phrase (`function argument`)."""

    reason: str
    type: str = ""
    """Its type's id where that is known (`database/sql.DB`, `int`)."""
    place: tuple[str, str, str] | None = None
    """Where it is a pointer to one for a prepared statement (`&s.insert`): the folder, type and name of the field."""
    layout: str = ""
    """Where it is a time that was written as a text: Go's layout for it."""


class Handle(Struct, frozen=True):
    """Rows or a prepared statement: what a database call made of its SQL."""

    type: str
    """Its type's id (`database/sql.Rows`)."""
    texts: tuple[tuple[Guard, int], ...]
    """The SQL texts that it can come from: the branches that lead to each, and the number of its record."""
    ambient: Guard
    """The branches that the call stands in."""
    whole: bool
    """Every text that it can come from is among `texts`."""
    field: tuple[str, str, str] | None = None
    """Folder, type and name of the field or variable that holds the prepared statement, where that is all that is
    known."""
    named: bool = False
    """A prepared statement that takes its values by name."""


Atom: TypeAlias = Text | Number | Truth | Items | Table | Record | Function | Bound | Several | Unknown | Handle


class Alternative(Struct, frozen=True):
    """One atom, and the branches that lead to it."""

    guard: Guard
    atom: Atom


Value = tuple[Alternative, ...]

EMPTY = Text((), "")


def just(atom: Atom) -> Value:
    """Return the value that has this one atom."""
    return (Alternative((), atom),)


def named_list(value: Value, type_id: str) -> Value:
    """Return a list as one of a type that has a name, and so may have methods (`Filters{...}.Where()`)."""
    return tuple(
        Alternative(each.guard, replace(each.atom, named=type_id)) if isinstance(each.atom, Items) else each
        for each in value
    )


def named_basic(value: Value, type_id: str, *, worded: bool = False) -> Value:
    """Return a text or number as one of a type that has a name, unless it is of such a type already."""
    return tuple(Alternative(each.guard, _named(each.atom, type_id, worded)) for each in value)


def _named(atom: Atom, type_id: str, worded: bool) -> Atom:
    if isinstance(atom, Text) and not atom.named:
        return replace(atom, named=type_id)
    if isinstance(atom, Number) and not atom.named:
        return replace(atom, named=type_id, worded=worded)
    return atom


def unknown(reason: str, type_id: str = "") -> Value:
    """Return the value of which nothing is known but the reason."""
    return (Alternative((), Unknown(reason, type_id)),)
