"""A full dump beside the migrations that led to it: what these do has been done there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from nodepath_cli.audit.shapes import CREATED
from nodepath_cli.schema.model import Problem
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.statement import Statement

_THERE = frozenset((1050, 1060, 1061))
"""The table, the column or the key is there already."""
_FEWEST = 5
_TABLES = 3


def full_dump(problems: Sequence[Problem], statements: Iterable[Statement]) -> str | None:
    """Return the script that seems to hold the result of the migrations of a tree, None where nothing hints at one.

    `problems` are those of the replay: a good part of them says of migrations that what they make is there.
    """
    there = sum(each.errno in _THERE and _is_migration(each.path) for each in problems)
    if there < _FEWEST or 3 * there < len(problems):
        return None
    made = Counter(
        each.span.path
        for each in statements
        if each.host == "sql" and not each.dialect and CREATED.match(each.sql) and not _is_migration(each.span.path)
    )
    most = max(made, key=lambda path: (made[path], path), default=None)
    return most if most is not None and made[most] >= _TABLES else None


def _is_migration(path: str) -> bool:
    return path.endswith(".sql") and version_of(path) is not None
