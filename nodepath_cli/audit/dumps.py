"""Scripts that make tables anew and fill them: copies of some database, such as data for a demonstration.

What the code or the migrations of the tree make of such a table counts; a copy may be of an older one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Statement

_ABOUT = lazy(
    r"\s*(?:/\*!\d*\s*)?(create|drop|alter|insert)\s+(?:ignore\s+)?(?:table|into)\s+(?:if\s+(?:not\s+)?exists\s+)?"
    r"(?:[`\"]?[\w$]+[`\"]?\s*\.\s*)?[`\"]?([\w$]+)",
    re.IGNORECASE,
)


def without_copies(
    parts: Sequence[Sequence[Statement]], scripts: Iterable[Sequence[Statement]]
) -> list[list[Statement]]:
    """Return the DDL of each program without that of copies, for the tables that other files make.

    `scripts` are the files that stand for themselves, with all their statements.
    """
    copied = {path: tables for script in scripts for path, tables in _copied(script)}
    if not copied:
        return [list(part) for part in parts]
    makers: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        for each in part:
            verb, table = _about(each)
            if verb == "create":
                makers[table].add(each.span.path)

    def counts(each: Statement) -> bool:
        _, table = _about(each)
        path = each.span.path
        return table not in copied.get(path, ()) or not makers[table] - {path}

    return [[each for each in part if counts(each)] for part in parts]


def _copied(script: Sequence[Statement]) -> Iterable[tuple[str, set[str]]]:
    """Yield the file of a script that fills what it makes, and the tables that it makes anew, the empty ones, too."""
    done: dict[str, set[str]] = defaultdict(set)
    for each in script:
        verb, table = _about(each)
        done[verb].add(table)
    anew = done["drop"] & done["create"]
    if anew & done["insert"]:
        yield script[0].span.path, anew


def _about(statement: Statement) -> tuple[str, str]:
    """Return what a statement does with a table, and the table, in lower case; empty where it does something else."""
    found = _ABOUT.match(statement.sql)
    return (found[1].lower(), found[2].lower()) if found else ("", "")
