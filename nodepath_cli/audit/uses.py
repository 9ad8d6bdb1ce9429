"""The reverse index: who reads, writes, filters, joins, sorts or groups by a table or a column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.analysed import DML_KINDS, Analysed
from nodepath_cli.audit.implied import EVERY, Structure, structure
from nodepath_cli.audit.near import similar_tables
from nodepath_cli.errors import UsageError
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.source.statement import HOLE, Span
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Access, ColumnRef, Missing, Resolution, TableRef, Unparsed


class Use(Struct, frozen=True):
    """One place that uses a table or a column of it."""

    table: str
    """As the schema spells it, with its database where that is not the default one."""
    column: str | None
    """As the schema spells it; `*` for all columns, None where only the table is named."""
    access: Access
    path: str
    line: int
    column_number: int
    """Of the name in its line, 1-based, in characters."""
    function: str | None


class Blind(Struct, frozen=True):
    """A statement that was not fully understood, and the tables that it may use in ways that were not seen."""

    path: str
    line: int
    function: str | None
    reason: str
    tables: frozenset[str]
    anywhere: bool
    """It may use any table: which one is known only at run time."""


class Index(Struct, frozen=True):
    """Every use in a tree."""

    uses: tuple[Use, ...]
    """In order of path, line and column, each once."""
    blind: tuple[Blind, ...]
    """In source order."""
    tables: dict[str, Table]
    """The tables of all schemas of the tree, by the name that uses have."""
    schema: Schema
    """The tree's main schema."""
    owned: frozenset[str] = frozenset()
    """Tables that are known though nobody named a schema: the migrations own them, in whatever tree."""


class Subject(Struct, frozen=True):
    """What `nodepath uses` is asked about."""

    table: str
    column: str | None = None

    @property
    def label(self) -> str:
        """`table` or `table.column`."""
        return f"{self.table}.{self.column}" if self.column else self.table


def index(analysis: Analysis) -> Index:
    """Return every use in the statements of a tree."""
    tables = _tables(analysis)
    files = {file.path: file for file in analysis.files.files}
    found: set[tuple[Span, Use]] = set()
    blind = []
    for analysed in analysis.statements:
        hidden = False
        for resolution in analysed.resolutions:
            parsed = parse(resolution.variant, analysed.target.dialect)
            if isinstance(parsed, Unparsed):
                continue
            shape = structure(parsed, resolution)
            hidden = hidden or shape.hidden_table
            for table, column, access, start, end in _references(resolution, shape):
                span = resolution.variant.offsets.locate(start, end)
                line, number = files[span.path].position(span.start)
                use = Use(table, column, access, span.path, line, number, analysed.statement.function)
                # A constant may stand in statements of several functions: each of them uses it.
                found.add((span, use))
        if unseen := _blind(analysed, hidden, tables):
            blind.append(unseen)
    uses = tuple(use for _, use in sorted(found, key=_order))
    return Index(uses, tuple(blind), tables, analysis.main.schema, analysis.main.proved_tables)


def _order(found: tuple[Span, Use]) -> tuple[Span, str, str, str, str]:
    span, use = found
    return span, use.table, use.column or "", use.access, use.function or ""


def subject(name: str, known: Index) -> Subject:
    """Return the table or the column that `TABLE`, `TABLE.COLUMN` or `DATABASE.TABLE.COLUMN` means.

    A name that no schema has is known where a statement uses it. Raises UsageError with near names for another one.
    """
    bare = name.replace("`", "")
    spelt = {use.table for use in known.uses} | set(known.tables)
    if table := _spelling(bare, spelt, known.schema):
        return Subject(table)
    before, _, column = bare.rpartition(".")
    table = _spelling(before, spelt, known.schema) if before else None
    if table is None:
        raise UsageError(f"no table {before or bare!r} in the schema or the code", _near_table(before or bare, known))
    columns = {use.column for use in known.uses if use.table == table and use.column}
    columns |= {each.name for each in known.tables[table].columns} if table in known.tables else set()
    for each in columns:
        if each.lower() == column.lower() and each != EVERY:
            return Subject(table, each)
    raise UsageError(f"no column {column!r} in table {table}", _near_column(column, table, columns))


def uses_of(asked: Subject, known: Index) -> tuple[Use, ...]:
    """Return the uses of a table, or of a column: what takes all columns of the table is among them."""
    return tuple(
        use
        for use in known.uses
        if use.table == asked.table and (asked.column is None or use.column in (asked.column, EVERY))
    )


def blind_of(table: str, known: Index) -> tuple[Blind, ...]:
    """Return the statements that may use a table in ways that were not seen."""
    return tuple(each for each in known.blind if each.anywhere or table in each.tables)


def _tables(analysis: Analysis) -> dict[str, Table]:
    """Return the tables of today's schemas; a numbered migration is checked against one of the past."""
    schemas = {
        id(each.target.schema): each.target.schema for each in analysis.statements if each.statement.host != "sql"
    }
    every = (*schemas.values(), analysis.main.schema)
    return {_label(table): table for schema in every for table in schema.tables}


def _label(table: Table) -> str:
    return f"{table.database}.{table.name}" if table.database else table.name


_Reference = tuple[str, str | None, Access, int, int]
"""Table, column, access, and the place in the variant's SQL."""


def _references(resolution: Resolution, shape: Structure) -> Iterator[_Reference]:
    written = {id(column.table) for column in resolution.columns if column.access == "write"}
    several = resolution.kind == "update" and sum(table.access == "write" for table in resolution.tables) > 1
    for table in resolution.tables:
        access = table.access
        if table.start in shape.deleted:
            access = "write"
        elif several and access == "write" and id(table.table) not in written:
            # Of the tables of a joined UPDATE only those with a column in SET are changed.
            access = "read"
        yield _name(table), None, access, table.start, table.end
    for column in resolution.columns:
        for name in _owners(column, resolution):
            yield name, _column_name(column), column.access, column.start, column.end
    for implied in shape.uses:
        known = implied.table.table.column(implied.column) if implied.table.table else None
        name = known.name if known else implied.column
        yield _name(implied.table), name, implied.access, implied.start, implied.end


def _name(table: TableRef) -> str:
    if table.table:
        return _label(table.table)
    return f"{table.database}.{table.name}" if table.database else table.name


def _column_name(column: ColumnRef) -> str:
    known = column.table.column(column.name) if column.table else None
    return known.name if known else column.name


def _owners(column: ColumnRef, resolution: Resolution) -> tuple[str, ...]:
    """Return the tables that a column may belong to: its own, the candidates, or the one that no schema has."""
    if column.table:
        return (_label(column.table),)
    if column.candidates:
        return tuple(_label(table) for table in column.candidates)
    strange = [table for table in resolution.tables if table.table is None]
    if column.qualifier:
        qualifier = column.qualifier.lower()
        strange = [table for table in strange if (table.alias or table.name).lower() == qualifier]
        return (_name(strange[0]),) if strange else ()
    alone = len(resolution.tables) == 1 and isinstance(resolution.tables[0].outcome, Missing)
    return (_name(resolution.tables[0]),) if alone else ()


def _blind(analysed: Analysed, hidden: bool, tables: dict[str, Table]) -> Blind | None:
    statement = analysed.statement
    status, reason = analysed.verdict
    if status == "resolved" or statement.dialect or analysed.kind not in DML_KINDS:
        return None
    named = {_name(table) for resolution in analysed.resolutions for table in resolution.tables}
    if len(analysed.resolutions) < len(analysed.outcomes) or not analysed.outcomes:
        texts = [outcome.variant.sql for outcome in analysed.outcomes if isinstance(outcome, Unparsed)]
        hidden = hidden or not any(text.strip() for text in texts) or any(HOLE in text for text in texts)
        words = {word.lower() for text in texts for word in re.findall(r"[\w$]+", text)}
        named |= {name for name in tables if name.rpartition(".")[2].lower() in words}
    line = analysed.file.position(statement.span.start)[0]
    return Blind(statement.span.path, line, statement.function, reason or "", frozenset(named), hidden)


def _spelling(name: str, known: set[str], schema: Schema) -> str | None:
    if name in known:
        return name
    if schema.database and name.startswith(schema.database + "."):
        return _spelling(name[len(schema.database) + 1 :], known, schema)
    alike = [each for each in known if each.lower() == name.lower()]
    return alike[0] if len(alike) == 1 and not schema.case_sensitive_tables else None


def _near_table(name: str, known: Index) -> str:
    near = [each.replacement for each in similar_tables(name, known.schema)]
    near += _close(name, {use.table for use in known.uses} | set(known.tables))
    return _did_you_mean(near) or "run `nodepath schema show`, or give the schema with --schema"


def _near_column(name: str, table: str, columns: set[str]) -> str:
    return _did_you_mean(_close(name, columns - {EVERY})) or f"run `nodepath uses {table}` for those in use"


def _close(name: str, known: set[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, sorted(known), n=3, cutoff=0.6)


def _did_you_mean(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))[:3]
    return "did you mean " + " or ".join(f"`{each}`" for each in shown) + "?" if shown else ""
