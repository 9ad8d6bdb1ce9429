"""Which files and functions can have to do with SQL at all: byte searches that keep everything else unread."""

from __future__ import annotations

import re

from tree_sitter import Node

from nodepath_cli.source.hosts._go.syntax import GoFile

SQL_WORDS = re.compile(
    rb"\b(?:(?i:select)\s|(?i:insert|replace)\s+(?i:into|ignore)\s|(?i:update)\s|(?i:delete)\s+(?i:from)|(?i:with)\s+\w+\s+(?i:as)|"
    rb"(?i:create|alter|drop|truncate|rename|lock)\s+(?i:table|view|index|unique|or\s|temporary|database|trigger|procedure|if)|"
    rb"(?i:set|show)\s+[A-Za-z@])"
)
"""Words with which SQL begins. English has them too: this only says where to look."""
DATABASE_CALLS = re.compile(
    rb"\.(?:Exec|Query|QueryRow|Prepare|MustExec|Queryx|QueryRowx|Preparex|NamedExec|NamedQuery|PrepareNamed|MustPrepare|"
    rb"Get|Select|SelectOne|Raw)(?:Context|Ctx)?\("
)
"""Calls of database methods by their name."""
_TEXT_RESULT = re.compile(r"\bstring\b|\bfunc\b|\b[A-Z]\w*\b|\b[a-z]\w*[A-Z]\w*\b|\*\w+")


def touches_sql(file: GoFile, node: Node) -> bool:
    """Say whether a function's text has SQL words or database calls."""
    text = file.data[node.start_byte : node.end_byte]
    return bool(DATABASE_CALLS.search(text) or SQL_WORDS.search(text))


def returns_text(file: GoFile, node: Node) -> bool:
    """Say whether a function may return a text, or something that holds one."""
    result = node.child_by_field_name("result")
    if result is None:
        return False
    source = file.source(result)
    return bool(_TEXT_RESULT.search(source.replace("error", "")))
