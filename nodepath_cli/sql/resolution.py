"""What the resolver says of one statement: every table, every column, every shape that the server would refuse.

All offsets are 0-based character offsets into `Variant.sql` (the text before preparation), ends exclusive; they frame
the bare identifier, without qualifier and without quotes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from nodepath_cli.schema.model import Column, Table
from nodepath_cli.source.statement import Variant

Access = Literal["read", "write", "filter", "join", "order", "group"]
"""How a reference is used (`nodepath uses`)."""


class Clause(StrEnum):
    """The clause that a reference stands in; `clause_words` gives it in the words of a dialect."""

    SELECT = "select"
    WHERE = "where"
    ON = "on"
    USING = "using"
    GROUP_BY = "group by"
    HAVING = "having"
    ORDER_BY = "order by"
    IN_SUBQUERY = "in subquery"
    INSERT_COLUMNS = "insert columns"
    VALUES_FIRST = "values, row 1"
    VALUES_LATER = "values, later rows"
    SET = "set"
    ODKU_LEFT = "on duplicate key update, left"
    ODKU_RIGHT = "on duplicate key update, right"
    ODKU_SELECT = "on duplicate key update after select"
    RETURNING = "returning"
    LIMIT = "limit"
    FROM = "from"
    WINDOW_PARTITION = "window partition by"
    WINDOW_ORDER = "window order by"
    TABLE_FUNCTION = "table function argument"
    CYCLE = "cycle clause"


class Found(Struct, frozen=True):
    """The name exists. `column` is None for a column of a derived table, CTE or view."""

    column: Column | None = None


class Missing(Struct, frozen=True):
    """The server would refuse the name: 1054 for a column, 1146 for a table (`errno` of the reference)."""


class Ambiguous(Struct, frozen=True):
    """Several tables have it: 1052."""

    candidates: tuple[str, ...]
    """The tables or aliases that have it, as the statement spells them."""


class Unknown(Struct, frozen=True):
    """It cannot be told, and why (a hole in the scope, a table that no source defines)."""

    reason: str


Outcome = Found | Missing | Ambiguous | Unknown


class TableRef(Struct, frozen=True):
    """A table named in a statement (not a CTE, not an alias)."""

    name: str
    """The table's name as the statement spells it, without quotes."""
    start: int
    end: int
    outcome: Outcome
    access: Access
    """`read` or `write`."""
    database: str | None = None
    """The database qualifier as spelt, None where there is none."""
    alias: str | None = None
    table: Table | None = None
    """The schema's table, where found."""
    meant_cte: str | None = None
    """The common table expression of the statement that is meant, where the table is missing: its own name where
    RECURSIVE is."""

    @property
    def errno(self) -> int:
        """The server's error number for it, where the outcome is Missing."""
        return 1109 if (self.database or "").lower() == "information_schema" else 1146


class ColumnRef(Struct, frozen=True):
    """A column named in a statement."""

    name: str
    """The column's name as the statement spells it, without quotes."""
    start: int
    end: int
    clause: Clause
    outcome: Outcome
    access: Access
    qualifier: str | None = None
    """`t` of `t.a`, as spelt."""
    table: Table | None = None
    """The base table that it belongs to; for a missing one the table that it was looked for in, where only one can be
    meant (its qualifier's, the INSERT's or UPDATE's target, the only table of FROM)."""
    candidates: tuple[Table, ...] = ()
    """For a missing or ambiguous one: all base tables of the scope that was searched."""
    errno: int | None = None
    """The server's error number where the outcome is not Found: 1054, 1052, 1247, ..."""


class InsertRef(Struct, frozen=True):
    """An INSERT or REPLACE: what the rules about its column list need."""

    target: Table | None
    """The target table; None where it is not known."""
    start: int
    """Offset of the target's name."""
    end: int
    columns: tuple[str, ...] | None
    """The column names of the list or of SET in order; None where there is no list (all visible columns)."""
    columns_start: int
    columns_end: int
    """The column list with its parentheses; the target's name where there is no list."""
    rows: tuple[RowRef, ...]
    """One for each VALUES row; for `INSERT ... SELECT` one with the number of selected columns; none for SET."""
    open: bool
    """A hole could add or remove columns or values: counts prove nothing."""
    ignore: bool
    """INSERT IGNORE, or ODKU-less REPLACE semantics that never raise 1364 (IGNORE only)."""
    replace: bool
    on_duplicate: bool


class RowRef(Struct, frozen=True):
    """One row of values of an INSERT."""

    values: int | None
    """How many values it has; None where it cannot be told (a hole, `SELECT *` of an unknown table)."""
    start: int
    end: int


_NOT_UNIQUE = 1066


class Violation(Struct, frozen=True):
    """Another name or shape that the server refuses at PREPARE (NP114), or a count that differs (NP104: 1136)."""

    errno: int
    message: str
    """The server's message in the dialect's words, without number."""
    identifier: str | None
    """The bare name it is about, None where it is about the whole statement."""
    start: int
    end: int
    clause: Clause | None = None
    elsewhere: bool = False
    """Another server, or another version of it, takes it (NP113)."""


NEEDLESS = "Syntax error at ';': no statement stands before it"
"""The message for a semicolon that ends no statement. Programs that send statements one by one may split there."""


LIST_MARK = "Syntax error at '?': a list stands in parentheses, IN (?)"
"""The message for `IN ?`. Libraries that write lists out put them into parentheses; the servers and sqlx do not."""


class Placeholder(Struct, frozen=True):
    """A place for a value that the program gives with the statement."""

    start: int
    end: int
    name: str | None
    """`id` of `:id`, `?1` of SQLite's numbered ones, None for `?`."""


REPEATED = "a part is repeated"
"""Why there may be other placeholders than a text shows: as many in each copy of a part."""


class Placeholders(Struct, frozen=True):
    """The placeholders of a text, in order."""

    found: tuple[Placeholder, ...] = ()
    open: str | None = None
    """Why there may be others; None where these are all."""
    least: bool = False
    """With `open`: these are there in any case, but for those in a part that repeats."""


class Columns(Struct, frozen=True):
    """The columns that a query or a RETURNING gives, `*` expanded."""

    names: tuple[str, ...]
    """As the server names them."""
    start: int
    end: int
    """The list that they come from, up to its end."""
    star: tuple[str, ...]
    """The tables whose columns stand for a `*`; "" for what is no base table."""
    open: str | None = None
    """Why there may be others; None where these are all."""


class Resolution(Struct, frozen=True):
    """Everything that one SQL text says about tables and columns."""

    variant: Variant
    kind: str
    """`select`, `insert`, `replace`, `update`, `delete`, `values`, `other` (no names to check), `ddl`."""
    tables: tuple[TableRef, ...] = ()
    columns: tuple[ColumnRef, ...] = ()
    inserts: tuple[InsertRef, ...] = ()
    violations: tuple[Violation, ...] = ()
    open: tuple[str, ...] = ()
    """Why it is only partly understood (one reason for each hole that matters); empty: everything was proved."""
    display: str = ""
    """The SQL for people and for a server: a value hole is `?`, a name hole a named identifier."""
    complete: bool = True
    """`display` is what the program sends, but for values: a server can prepare it."""
    placeholders: Placeholders = Placeholders()
    selected: Columns | None = None
    """The columns of the rows that it gives; None where it gives none, or more than one result."""

    @property
    def one_name_twice(self) -> bool:
        """Whether two tables of it have one name (1066): what a qualifier means is not known."""
        return any(violation.errno == _NOT_UNIQUE for violation in self.violations)


class Unparsed(Struct, frozen=True):
    """A text that could not be understood, with the reason for the report."""

    variant: Variant
    reason: str
    syntax: bool = False
    """The grammar ends at a word before which there is no hole, so the server most likely answers 1064; False for a
    size, a nesting or a hole that is beyond us."""
    start: int | None = None
    """Offset of the word at which it ends, None where `syntax` is False and nothing is lacking."""
    lacking: str = ""
    """What MySQL or MariaDB have in some version and the audited server has not (`SKIP LOCKED is not in MySQL 5.7`)."""


CLAUSE_WORDS_MYSQL: dict[Clause, str] = {
    Clause.SELECT: "field list",
    Clause.WHERE: "where clause",
    Clause.ON: "on clause",
    Clause.USING: "from clause",
    Clause.GROUP_BY: "group statement",
    Clause.HAVING: "having clause",
    Clause.ORDER_BY: "order clause",
    Clause.IN_SUBQUERY: "IN/ALL/ANY subquery",
    Clause.INSERT_COLUMNS: "field list",
    Clause.VALUES_FIRST: "field list",
    Clause.VALUES_LATER: "field list",
    Clause.SET: "field list",
    Clause.ODKU_LEFT: "field list",
    Clause.ODKU_RIGHT: "field list",
    Clause.ODKU_SELECT: "field list",
    Clause.RETURNING: "field list",
    Clause.LIMIT: "limit clause",
    Clause.FROM: "from clause",
    Clause.WINDOW_PARTITION: "window partition by",
    Clause.WINDOW_ORDER: "window order by",
    Clause.TABLE_FUNCTION: "a table function argument",
    Clause.CYCLE: "CYCLE clause",
}
"""MySQL's words, from `sql_yacc.yy`-era messages of its manual; not measured here (no MySQL server at hand)."""

CLAUSE_WORDS_MARIADB: dict[Clause, str] = {
    Clause.SELECT: "SELECT",
    Clause.WHERE: "WHERE",
    Clause.ON: "ON",
    Clause.USING: "FROM",
    Clause.GROUP_BY: "GROUP BY",
    Clause.HAVING: "HAVING",
    Clause.ORDER_BY: "ORDER BY",
    Clause.IN_SUBQUERY: "IN/ALL/ANY",
    Clause.INSERT_COLUMNS: "INSERT INTO",
    Clause.VALUES_FIRST: "VALUES",
    Clause.VALUES_LATER: "SELECT",
    Clause.SET: "SET",
    Clause.ODKU_LEFT: "UPDATE",
    Clause.ODKU_RIGHT: "SELECT",
    Clause.ODKU_SELECT: "UPDATE",
    Clause.RETURNING: "RETURNING",
    Clause.LIMIT: "LIMIT",
    Clause.FROM: "FROM",
    Clause.WINDOW_PARTITION: "GROUP BY",
    Clause.WINDOW_ORDER: "ORDER BY",
    Clause.TABLE_FUNCTION: "JSON_TABLE",
    Clause.CYCLE: "CYCLE clause",
}
"""Measured on MariaDB 10.11.19."""


def clause_words(clause: Clause, dialect: str) -> str:
    """Return the clause's name as the server of that dialect (`mysql`, `mariadb`, `sqlite`) says it in its errors."""
    return (CLAUSE_WORDS_MARIADB if dialect == "mariadb" else CLAUSE_WORDS_MYSQL)[clause]
