"""Folders of migrations that make the same tables are lines of their own: a server has run one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodepath_cli.patterns import lazy
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.statement import Statement

_CREATED = lazy(
    r"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?((?:[`\"]?[\w$]+[`\"]?\s*\.\s*)?[`\"]?[\w$]+)", re.IGNORECASE
)
_MOST = 16
"""More folders than these are taken in one line, as replaying each of them costs the whole line before it."""


def lines(steps: Sequence[Statement]) -> list[Sequence[Statement]]:
    """Return the steps of numbered migrations in the lines in which a server runs them.

    That is one line, unless two folders make a table of one name (an old set of migrations beside the new one, one for
    each product). Then each folder's line has those before it that share no table with it.
    """
    folders: dict[str, list[Statement]] = {}
    for step in steps:
        folders.setdefault(folder_of(step.migration or step.span.path), []).append(step)
    made = {folder: _made(each) for folder, each in folders.items()}
    names = list(folders)
    alike = {name: {other for other in names if other != name and made[name] & made[other]} for name in names}
    if not any(alike.values()) or len(names) > _MOST:
        return [steps]
    # Every line is whole: what only the line itself makes, with what stands before it in any other.
    return [
        [step for other in names[: at + 1] if other not in alike[name] for step in folders[other]]
        for at, name in enumerate(names)
    ]


def folder_of(path: str) -> str:
    """Return the folder of a set of migrations: above folders that are numbered themselves (`v1.2/x.sql`)."""
    folder = path.rpartition("/")[0]
    while folder and version_of(folder.rpartition("/")[2]) is not None:
        folder = folder.rpartition("/")[0]
    return folder


def _made(steps: Sequence[Statement]) -> frozenset[str]:
    found = (_CREATED.match(step.sql) for step in steps)
    return frozenset(re.sub(r"[`\"\s]", "", match.group(1)).lower() for match in found if match)
