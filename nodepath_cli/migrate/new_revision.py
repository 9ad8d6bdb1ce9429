"""`db revision`: an empty revision in a folder of one's own."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from nodepath_cli.errors import UsageError
from nodepath_cli.schema.revisions import alembic_config, script_directory


class NewRevision(Struct, frozen=True):
    """A revision that was written."""

    revision: str
    down: tuple[str, ...]
    path: str
    """Relative to the working directory."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {"revision": self.revision, "down": list(self.down), "path": self.path}


def new_revision(migrations: Path | None, message: str, rev_id: str | None = None) -> NewRevision:
    """Write an empty revision that follows the head; without an id it takes the next number.

    Raises UsageError without a folder, for an id that is there already or cannot be one, and where there are several
    heads; SchemaError where the revisions cannot be read.
    """
    from alembic import command
    from alembic.util import CommandError

    if migrations is None:
        raise UsageError("there is no folder to write a revision into", "give one with --migrations DIR")
    if rev_id is not None and not re.fullmatch(r"[A-Za-z0-9_]{1,32}", rev_id):
        raise UsageError(f"{rev_id[:40]!r} cannot be a revision's id", "use letters, digits and _, at most 32")
    script = script_directory(migrations)
    heads = script.get_heads()
    if len(heads) > 1:
        raise UsageError(f"there are several heads: {', '.join(heads)}", "merge them first")
    known = {item.revision for item in script.walk_revisions("base", "heads")}
    chosen = rev_id or _next(known)
    if chosen in known:
        raise UsageError(f"there is a revision {chosen} already", "give another --rev-id")
    config = alembic_config(migrations)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    try:
        # Alembic says on the standard output what it writes.
        with contextlib.redirect_stdout(io.StringIO()):
            made = command.revision(config, message, rev_id=chosen, head="head", version_path=str(migrations.resolve()))
    except (CommandError, OSError) as error:
        raise UsageError(
            f"the revision cannot be written: {' '.join(str(error).split())[:200]}", "check --migrations"
        ) from error
    written = made[0] if isinstance(made, list) else made
    if written is None:
        raise UsageError("Alembic wrote no revision", "check --migrations")
    return NewRevision(chosen, tuple(heads), os.path.relpath(written.path))


def _next(known: set[str]) -> str:
    numbers = [int(name) for name in known if name.isdigit()]
    return f"{max(numbers, default=0) + 1:04}"
