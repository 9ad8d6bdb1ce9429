"""Expressions inside a table's definition: generated columns, checks, defaults, parts of keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.selected import refuse_missing
from nodepath_cli.sql.lexer import QUOTED, WORD, LexError, tokenize, unquote

_Said = tuple[int | None, str]
"""What a Refusal says."""
ROW_TIMES = ("ROW START", "ROW END")


def check_expressions(draft: Draft, dialect: Dialect) -> None:
    """Check that the columns in a table's expressions are there; raises Refusal (1054) for the first that is not.

    Defaults are looked at on MariaDB alone, as an expression in parentheses is rare elsewhere.
    """
    if draft.open or dialect.name == "sqlite":
        return
    _check_order(draft, dialect)
    columns = {column.name.lower(): column.name for column in draft.columns}
    for text, where in _expressions(draft, dialect):
        named = tuple(columns[lower] for lower in _names(text, dialect) if lower in columns)
        refusal = _refusal(text, where, draft.name, named, dialect)
        if refusal:
            raise Refusal(*refusal)


def _expressions(draft: Draft, dialect: Dialect) -> Iterator[tuple[str, str]]:
    for column in draft.columns:
        if column.generated and column.generated.expression not in ROW_TIMES:
            yield column.generated.expression, "GENERATED ALWAYS AS"
        elif column.default and dialect.name == "mariadb" and _may_name_columns(column.default):
            yield column.default, "DEFAULT"
    for expression in draft.checks.values():
        yield expression, "CHECK"
    for key in draft.keys:
        for expression in key.expressions:
            yield expression, "functional index"


def _may_name_columns(default: str) -> bool:
    return default[0] not in "'-0123456789" and not default.startswith(("current_timestamp(", "nextval("))


def _check_order(draft: Draft, dialect: Dialect) -> None:
    """A generated column can name only generated columns before it (MariaDB 4029, measured; MySQL 3107, manual)."""
    later = {column.name.lower() for column in draft.columns if column.generated}
    for column in draft.columns:
        if column.generated is None:
            continue
        named = later.intersection(_names(column.generated.expression, dialect))
        if named and dialect.name == "mariadb":
            field = sorted(named)[0]
            raise Refusal(4029, f"Expression for field `{column.name}` is referring to uninitialized field `{field}`")
        if named:
            raise Refusal(3107, "Generated column can refer only to generated columns defined prior to it")
        later.discard(column.name.lower())


@lru_cache(maxsize=4096)
def _names(text: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the words of an expression that may be columns, in lower case, each once."""
    tokens = tokenize(text, ansi_quotes=dialect.ansi_quotes)
    if isinstance(tokens, LexError):
        return ()
    found: dict[str, None] = {}
    for index, kind in enumerate(tokens.kinds):
        raw = text[tokens.starts[index] : tokens.ends[index]]
        if kind == QUOTED:
            found[unquote(raw).lower()] = None
        elif kind == WORD and tokens.words[index + 1] != "(":
            found[raw.lower()] = None
    return tuple(found)


@lru_cache(maxsize=4096)
def _refusal(text: str, where: str, name: str, columns: tuple[str, ...], dialect: Dialect) -> _Said | None:
    """Return how the server refuses an expression over these columns, None where it does not.

    Every ALTER of a table asks it of all the table's expressions, and nearly always for the same columns as before.
    """
    from nodepath_cli.sql.nodes import Query
    from nodepath_cli.sql.parse import parse
    from nodepath_cli.sql.resolution import Unparsed
    from nodepath_cli.sql.write_resolver import WriteResolver

    sql = f"SELECT ({text}) FROM `{name.replace('`', '``')}`"
    parsed = parse(Variant(sql, OffsetMap.identity("", 0, len(sql))), dialect)
    if isinstance(parsed, Unparsed) or len(parsed.nodes) != 1 or not isinstance(parsed.nodes[0], Query):
        return None
    table = Table(name, tuple(Column(column) for column in columns))
    resolver = WriteResolver(parsed.prepared, Schema((table,), dialect.name, dialect.version))
    resolver.query(parsed.nodes[0], None, None)
    resolver.violations.clear()
    try:
        refuse_missing(resolver, dialect.name, where)
    except Refusal as refusal:
        return refusal.errno, refusal.message
    return None


def rename_in_expressions(draft: Draft, renames: dict[str, str], dialect: Dialect) -> None:
    """Let a table's expressions follow its columns' new names (by old name in lower case)."""
    changed = {old: new for old, new in renames.items() if old != new.lower()}
    if not changed:
        return
    draft.columns = [_follow(column, changed, dialect) for column in draft.columns]
    draft.checks = {name: _renamed(text, changed, dialect) for name, text in draft.checks.items()}
    draft.keys = [
        replace(key, expressions=tuple(_renamed(text, changed, dialect) for text in key.expressions))
        for key in draft.keys
    ]


def _follow(column: Column, renames: dict[str, str], dialect: Dialect) -> Column:
    if column.generated:
        expression = _renamed(column.generated.expression, renames, dialect)
        return replace(column, generated=replace(column.generated, expression=expression))
    if column.default and _may_name_columns(column.default):
        return replace(column, default=_renamed(column.default, renames, dialect))
    return column


def _renamed(text: str, renames: dict[str, str], dialect: Dialect) -> str:
    tokens = tokenize(text, ansi_quotes=dialect.ansi_quotes or dialect.name == "sqlite")
    if isinstance(tokens, LexError):
        return text
    out, position = [], 0
    for index, kind in enumerate(tokens.kinds):
        start, end = tokens.starts[index], tokens.ends[index]
        raw = text[start:end]
        if kind == QUOTED:
            name = unquote(raw)
        elif kind == WORD and tokens.words[index + 1] != "(":
            name = raw
        else:
            continue
        new = renames.get(name.lower())
        if new is not None:
            out += [text[position:start], f"{raw[0]}{new}{raw[-1]}" if kind == QUOTED else new]
            position = end
    return "".join([*out, text[position:]])
