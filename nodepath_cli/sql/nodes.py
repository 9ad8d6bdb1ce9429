"""What the parser makes of a statement: its queries, tables and names. Operators and literals are not kept.

All offsets are character offsets into the prepared text, ends exclusive.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import astuple

IN_LEFT = 1
"""The left operand of IN, ANY or ALL with a subquery."""
AGGREGATE = 2
"""Inside an aggregate function."""
WINDOW_PARTITION = 4
"""In the PARTITION BY of a window."""
WINDOW_ORDER = 8
"""In the ORDER BY of a window."""
ODKU_VALUE = 16
"""The argument of VALUES() or VALUE(): a column of the INSERT's target."""
WINDOW_ITEM = 64
"""A whole item of a window's PARTITION BY or ORDER BY."""
EXISTS = 256
"""A subquery of EXISTS: each `*` in its select list is one constant (`setup_wild` of both servers' sources)."""
UNORDERED = 128
"""A subquery of EXISTS, IN, ANY or ALL: the ORDER BY of its UNION is dropped unread (measured)."""


def within(node: object) -> tuple[object, ...]:
    """Return what stands directly in a node, or in a list of them; nothing stands in a name or a number."""
    return astuple(node) if isinstance(node, Struct) else node if isinstance(node, tuple) else ()


class Ident(Struct, frozen=True):
    """A name. The offsets frame it without its quotes."""

    text: str
    start: int
    end: int
    hole: bool = False
    """A part of it is known only at run time."""
    quoted: bool = False


class Col(Struct, frozen=True):
    """A column named in an expression."""

    name: Ident
    table: Ident | None
    database: Ident | None
    flags: int


class Sub(Struct, frozen=True):
    """A subquery in an expression."""

    query: Query
    flags: int


Atom: TypeAlias = Col | Sub


class CallFault(Struct, frozen=True):
    """A function call that the server refuses, a placeholder, or words side by side. The offsets frame it."""

    errno: int
    message: str
    name: str
    start: int
    end: int
    blank: bool = False
    """Not so where the server takes a blank before a parenthesis (sql_mode IGNORE_SPACE)."""
    elsewhere: bool = False
    """Another server, or another version of it, takes it."""


class StoredCall(Struct, frozen=True):
    """A call of what is no function of the server itself, or of a procedure. The offsets frame the call."""

    name: str
    arguments: int | None
    """How many it has; None where a part of them is known only at run time."""
    start: int
    end: int


class Collated(Struct, frozen=True):
    """A column with COLLATE behind it. The offsets frame the collation's name."""

    column: Col
    collation: str
    start: int
    end: int


class Match(Struct, frozen=True):
    """MATCH (columns) AGAINST. The offsets frame its columns with their parentheses."""

    columns: tuple[Col, ...]
    boolean: bool
    """IN BOOLEAN MODE."""
    start: int
    end: int


Shape: TypeAlias = "int | tuple[Shape, ...] | None"
"""How many columns an operand has: 0 for one value, a tuple for a row, `-(n + 1)` for the subquery that is the atom of
number n, None where it cannot be told."""


class Operands(Struct, frozen=True):
    """Operands that have to be of one shape, or of one column. The offsets frame them."""

    operation: str
    """`=` for a comparison, `in` for IN with a list, `all` for IN, ANY and ALL with a subquery, else what takes one
    column alone: an arithmetical operator, or ""."""
    left: Shape
    right: tuple[Shape, ...]
    start: int
    end: int


class Expr(Struct, frozen=True):
    """An expression: the columns and subqueries in it, in source order."""

    atoms: tuple[Atom, ...]
    start: int
    end: int
    column: Col | None = None
    """Set where the expression is one column and nothing else."""
    position: str | None = None
    """Set where it is an integer literal, with its sign: a position in ORDER BY and GROUP BY."""
    literal: str | None = None
    """Set where it is a string or number literal: its value, which names a derived table's column."""
    aggregate: bool = False
    """An aggregate function of this query stands in it."""
    window: bool = False
    """A window function stands in it."""
    hole: bool = False
    """It holds a hole that may stand for more than a value."""
    windows: tuple[Ident, ...] = ()
    """Windows that it names (`OVER w`)."""
    faults: tuple[CallFault, ...] = ()
    """Calls in it that the server refuses, whatever the schema."""
    operands: tuple[Operands, ...] = ()
    """Operands in it that may be refused for the number of their columns."""
    calls: tuple[StoredCall, ...] = ()
    """Calls in it of what is no function of the server itself."""
    matches: tuple[Match, ...] = ()
    """The full-text searches in it."""
    collated: tuple[Collated, ...] = ()
    """The columns in it that are given a collation."""


class Star(Struct, frozen=True):
    """`*`, `t.*` or `db.t.*` in a select list."""

    table: Ident | None
    database: Ident | None
    start: int
    end: int


class Item(Struct, frozen=True):
    """An item of a select list."""

    value: Expr | Star
    alias: Ident | None


class OrderItem(Struct, frozen=True):
    """An item of ORDER BY or GROUP BY."""

    value: Expr


class TableName(Struct, frozen=True):
    """A table in FROM."""

    name: Ident
    database: Ident | None
    alias: Ident | None
    versions: tuple[Atom, ...] = ()
    """Columns and subqueries of FOR SYSTEM_TIME."""
    hints: tuple[Ident, ...] = ()
    """The keys that USE, FORCE and IGNORE INDEX name."""

    @property
    def name_used(self) -> str:
        """What the statement calls it: its alias, or its name."""
        return (self.alias or self.name).text


class Derived(Struct, frozen=True):
    """A subquery in FROM."""

    query: Query
    alias: Ident | None
    columns: tuple[Ident, ...] | None
    lateral: bool
    start: int
    end: int


class JsonTable(Struct, frozen=True):
    """JSON_TABLE in FROM."""

    argument: Expr
    columns: tuple[Ident, ...]
    alias: Ident | None


class Join(Struct, frozen=True):
    """Two sides joined. A comma inside parentheses is a join without condition, too."""

    left: FromItem
    right: FromItem
    outer: str
    """`left`, `right` or ""."""
    on: Expr | None
    using: tuple[Ident, ...] | None
    natural: Ident | None
    """The word NATURAL, as a place for errors."""
    grouped: bool = False
    """In parentheses."""


class Hidden(Struct, frozen=True):
    """A table that is known only at run time, or a table-valued function."""

    start: int
    end: int
    alias: Ident | None
    function: bool = False


FromItem: TypeAlias = TableName | Derived | JsonTable | Join | Hidden


class Window(Struct, frozen=True):
    """A window of the WINDOW clause."""

    name: Ident
    spec: Expr


class Select(Struct, frozen=True):
    """A SELECT without what belongs to the whole query expression."""

    items: tuple[Item, ...]
    sources: tuple[FromItem, ...]
    where: Expr | None
    group: tuple[Expr, ...]
    having: Expr | None
    windows: tuple[Window, ...]
    start: int
    end: int
    open_items: bool = False
    """A hole could add items to the select list."""
    open_sources: bool = False
    """A hole could add tables to FROM."""
    order: tuple[Expr, ...] = ()
    limit: tuple[Expr, ...] = ()
    list_start: int = 0
    list_end: int = 0
    distinct: bool = False


class Rows(Struct, frozen=True):
    """`VALUES (1, 2), (3, 4)` as a query."""

    rows: tuple[tuple[Expr, ...], ...]
    start: int
    end: int


class Cte(Struct, frozen=True):
    """A common table expression."""

    name: Ident
    columns: tuple[Ident, ...] | None
    query: Query
    cycle: tuple[Ident, ...] = ()
    """The columns of CYCLE ... RESTRICT (MariaDB)."""


class Query(Struct, frozen=True):
    """A query expression: one branch or several."""

    branches: tuple[Branch, ...]
    ctes: tuple[Cte, ...]
    recursive: bool
    order: tuple[Expr, ...]
    limit: tuple[Expr, ...]
    """The bounds of LIMIT and the targets of INTO: a name there is a variable, so none outside a stored program."""
    start: int
    end: int
    into: int = 0
    """How many targets INTO has."""
    locked: tuple[Ident, ...] = ()
    """The tables that FOR UPDATE OF names."""


Branch: TypeAlias = Select | Rows | Query


class Assignment(Struct, frozen=True):
    """`column = value` in SET."""

    column: Col | None
    """None where it is known only at run time."""
    value: Expr | None
    """None for DEFAULT and IGNORE."""


class ValuesRow(Struct, frozen=True):
    """A row of VALUES."""

    values: tuple[Expr | None, ...]
    start: int
    end: int
    open: bool
    """A hole could add values."""


class Insert(Struct, frozen=True):
    """INSERT or REPLACE."""

    replace: bool
    ignore: bool
    database: Ident | None
    target: Ident
    columns: tuple[Col, ...] | None
    columns_start: int
    columns_end: int
    rows: tuple[ValuesRow, ...]
    assignments: tuple[Assignment, ...] | None
    """The pairs of INSERT ... SET."""
    query: Query | None
    updates: tuple[Assignment, ...] | None
    """ON DUPLICATE KEY UPDATE."""
    row_alias: Ident | None
    row_columns: tuple[Ident, ...] | None
    returning: tuple[Item, ...] | None
    open: bool
    """A hole could add columns or rows."""
    conflict: tuple[Expr, ...] = ()
    """SQLite: what ON CONFLICT names and filters by."""


class Update(Struct, frozen=True):
    """UPDATE of one table or of several."""

    ctes: tuple[Cte, ...]
    recursive: bool
    sources: tuple[FromItem, ...]
    assignments: tuple[Assignment, ...]
    where: Expr | None
    order: tuple[Expr, ...]
    limit: tuple[Expr, ...]
    open_sources: bool
    returning: tuple[Item, ...] | None = None
    portion: tuple[Expr, ...] = ()
    """The bounds of FOR PORTION OF."""


class DeleteTarget(Struct, frozen=True):
    """A table that a multi-table DELETE deletes from."""

    name: Ident
    database: Ident | None


class Delete(Struct, frozen=True):
    """DELETE from one table or from several."""

    ctes: tuple[Cte, ...]
    recursive: bool
    targets: tuple[DeleteTarget, ...] | None
    """None for a DELETE from the single table in `sources`."""
    sources: tuple[FromItem, ...]
    where: Expr | None
    order: tuple[Expr, ...]
    limit: tuple[Expr, ...]
    returning: tuple[Item, ...] | None
    open_sources: bool
    portion: tuple[Expr, ...] = ()


class Plain(Struct, frozen=True):
    """A statement of which only tables are checked that have to be there before it."""

    kind: str
    """`ddl` or `other`."""
    start: int = 0
    end: int = 0
    tables: tuple[TableName, ...] = ()
    writes: bool = False
    """It changes the rows of its tables."""
    query: Query | None = None
    """What it makes a table or a view from."""
    on: TableName | None = None
    """The table that a trigger is on."""
    body: Insert | None = None
    """What that trigger does."""
    call: StoredCall | None = None
    """The procedure that CALL calls."""
    assignments: tuple[Assignment, ...] = ()
    """What LOAD DATA writes to the columns of its table; no value for one that the file has."""


Node: TypeAlias = Query | Insert | Update | Delete | Plain
