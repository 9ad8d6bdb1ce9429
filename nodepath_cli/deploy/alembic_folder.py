"""The Alembic revisions that are pending, with the statements that each sends."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from nodepath_cli.audit.fingerprint import normal
from nodepath_cli.deploy.records import Pending, Step
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.revisions import Family, Revision, revisions, scripts_folder
from nodepath_cli.source.files import display
from nodepath_cli.source.script import split

_UPGRADE = lazy(r"^def upgrade\b", re.MULTILINE)


def all_revisions(folder: Path | None, family: Family) -> tuple[Revision, ...]:
    """Return the bundled revisions and those of the folder, each after those that it follows. Raises SchemaError."""
    return revisions(folder, family)


def up_to(known: Collection[Revision], heads: Collection[str]) -> frozenset[str]:
    """Return the ids of these revisions and of all that they follow."""
    by_id = {item.id: item for item in known}
    found: set[str] = set()
    waiting = list(heads)
    while waiting:
        name = waiting.pop()
        if name in by_id and name not in found:
            found.add(name)
            waiting.extend(by_id[name].down)
    return frozenset(found)


def pending(item: Revision, done: frozenset[str] | None = None) -> tuple[Pending, str]:
    """Return a revision as what is pending, without the statements that are `done`, and its file's text."""
    path = _shown(item)
    text = _text(item.path)
    found = _UPGRADE.search(text)
    upgrade = text.count("\n", 0, found.start()) + 1 if found else 1
    lines = item.lines or (upgrade,) * len(item.statements)
    steps = [step for sql, line in zip(item.statements, lines, strict=True) for step in _steps(sql, path, line, text)]
    if done:
        steps = [step for step in steps if normal(step.sql) not in done]
    problem = f"it needs a database to say what it does: {item.failure}" if item.failure else None
    return Pending(item.id, path, tuple(steps), problem, item.former_names), text


def _steps(sql: str, path: str, line: int, text: str) -> Iterator[Step]:
    rows = text.split("\n")
    row = rows[line - 1].rstrip() if 0 < line <= len(rows) else ""
    column = len(row) - len(row.lstrip()) + 1
    for each in split(sql):
        yield Step(each.sql, path, line, column, line, len(row) + 1)


def is_bundled(item: Revision) -> bool:
    """Say whether a revision is nodepath's own."""
    return Path(item.path).parent.parent.resolve() == scripts_folder().resolve()


def _shown(item: Revision) -> str:
    if is_bundled(item):
        # Where the installation keeps them says nothing to a reader.
        return f"alembic/versions/{item.file}"
    return display(item.path)


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
