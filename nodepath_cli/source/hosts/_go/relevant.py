"""Which files and functions can have to do with SQL at all: byte searches that keep everything else unread."""

from __future__ import annotations

import re

from tree_sitter import Node

from nodepath_cli.source.hosts._go.syntax import GoFile

_VERBS = (
    rb"select|(?:insert|replace)\s+(?:into|ignore|low_priority|delayed)|insert|update|delete|with\s+\w+|values\s+row|"
    rb"(?:create|alter|drop|truncate|rename|lock)\s+(?:table|view|index|unique|or|temporary|database|trigger|procedure|if|user)|"
    rb"(?:start|stop|reset)(?=\s+(?:slave|replica|master)\b)|change(?=\s+(?:master|replication)\s)|"
    rb"purge(?=\s+(?:binary|master)\s+logs)|flush(?=\s+(?:binary|tables|logs|privileges|status|hosts))|"
    rb"set|show|explain|pragma|call|truncate|optimize|analyze"
)
SQL_WORDS = re.compile(rb"(?:[\"`(;]|\*/)\s*(?i:" + _VERBS + rb")\s", re.DOTALL)
"""A literal that begins as SQL does. English sentences do so too: this only says where to look."""
SQL_TEXT = re.compile(
    rb"(?i:\bselect\b[^\"]*?\bfrom\b|\b(?:insert|replace)\s+(?:ignore\s+)?into\s|\bupdate\s+\S+\s+set\s|\bdelete\s+from\s|"
    rb"\b(?:create|alter|drop|truncate|rename)\s+(?:table|view|index|unique|database|trigger)\s|\bselect\s+[\w@]+\s*\(|"
    rb"\bwith\s+(?:recursive\s+)?\w+\s+as\s*\()"
)
"""Whole statements and the beginnings that nothing else has: what makes a name carry SQL to other files."""
DATABASE_CALLS = re.compile(
    rb"\.(?:Exec|Query|QueryRow|Prepare|MustExec|Queryx|QueryRowx|Preparex|NamedExec|NamedQuery|PrepareNamed|MustPrepare)"
    rb"(?:Context|Ctx)?\([^)]|\.(?:Get|Select)Context\([^)]|"
    rb"(?i:db|tx|conn|dbx|sqlx?|pool|sess|session|database|dbmap|querier|trx|txn)(?:\([^)]*\))?\."
    rb"(?:Get|Select|SelectOne|SelectInt|SelectStr|Raw)(?:Context|Ctx)?\("
)
"""Calls of database methods by their name."""
_TEXT_RESULT = re.compile(r"\bstring\b|\bfunc\b|\b(?:strings\.)?Builder\b|\bany\b|interface\{\}")
_NAMED_RESULT = re.compile(r"\b[A-Z]\w*\b|\b[a-z]\w*[A-Z]\w*\b|\*\w+")


def touches_sql(file: GoFile, node: Node) -> bool:
    """Say whether a function's text has SQL words or database calls."""
    text = file.data[node.start_byte : node.end_byte]
    return bool(DATABASE_CALLS.search(text) or SQL_WORDS.search(text))


def returns_text(file: GoFile, node: Node) -> bool:
    """Say whether a function may return a text."""
    return bool(_TEXT_RESULT.search(_results(file, node)))


def returns_struct(file: GoFile, node: Node) -> bool:
    """Say whether a function may return something that holds a text."""
    return bool(_NAMED_RESULT.search(_results(file, node)))


def _results(file: GoFile, node: Node) -> str:
    result = node.child_by_field_name("result")
    return file.source(result).replace("error", "") if result is not None else ""
