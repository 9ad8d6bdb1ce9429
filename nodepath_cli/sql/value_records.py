"""What a statement does with values: the constants that columns get and meet, and columns beside one another."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from nodepath_cli.schema.model import Column, Table
from nodepath_cli.source.statement import Span
from nodepath_cli.sql.resolution import ColumnRef


class Constant(Struct, frozen=True):
    """A string or a number. The offsets frame it without its quotes."""

    text: str
    start: int
    end: int
    string: bool
    given: Span | None = None
    """The argument that it is of the call, where the text has a `?` for it."""
    samples: tuple[str, ...] = ()
    """Where it is a time: `text` is how it is written, and these are texts that it can be."""


class Now(Struct, frozen=True):
    """The time of day, or something computed from it."""

    start: int
    end: int


class Assigned(Struct, frozen=True):
    """A column gets a constant."""

    table: Table
    column: Column
    value: Constant
    ignores: bool = False
    """IGNORE makes a warning of what does not fit, and the server stores something else."""


class Defaulted(Struct, frozen=True):
    """A column gets the keyword DEFAULT. The offsets frame the word."""

    table: Table
    column: Column
    start: int
    end: int


class Emptied(Struct, frozen=True):
    """A column gets NULL. The offsets frame the word."""

    table: Table
    column: Column
    start: int
    end: int


class Overruled(Struct, frozen=True):
    """A generated column gets a value other than NULL and the keyword DEFAULT. The offsets frame its name, or the value
    where it is not named."""

    table: Table
    column: Column
    start: int
    end: int


class Compared(Struct, frozen=True):
    """A column is compared with a value."""

    table: Table
    column: Column
    reference: ColumnRef
    value: Constant | Now
    operator: str = "="
    """`IN` or `NOT IN` for an element of a list."""


class Matched(Struct, frozen=True):
    """Two columns are compared with one another."""

    left: ColumnRef
    right: ColumnRef


class United(Struct, frozen=True):
    """Columns of one place in the lists of a UNION, EXCEPT or INTERSECT, where all others there are constants."""

    columns: tuple[ColumnRef, ...]


class Aliased(Struct, frozen=True):
    """A column of a select list with an alias that no AS introduces."""

    reference: ColumnRef
    alias: str
    start: int
    end: int


ValueUse: TypeAlias = Assigned | Defaulted | Emptied | Overruled | Compared | Matched | United | Aliased
