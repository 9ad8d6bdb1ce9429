"""What a run will do: the revisions, and where it is asked for, their statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from nodepath_cli.errors import UsageError
from nodepath_cli.migrate.records import Current

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory


class PlannedRevision(Struct, frozen=True):
    """A revision that will be applied or taken back."""

    revision: str
    message: str
    script: Script
    """Alembic's own record of it."""


class Plan(Struct, frozen=True):
    """The revisions of a run, in order."""

    from_: str | None
    """Where the database stands before it."""
    up: bool
    steps: tuple[PlannedRevision, ...]


def make_plan(here: Current, revision: str, script: ScriptDirectory, *, up: bool) -> Plan:
    """Return what bringing a database from where it stands to a revision takes, as Alembic finds the way.

    Raises UsageError for a revision that does not exist or cannot be reached.
    """
    from alembic.util import CommandError

    heads: Any = tuple(here.current.split(",")) if here.current else ()
    try:
        # What alembic.command.upgrade and downgrade ask for; there is no public name for it.
        steps = script._upgrade_revs(revision, heads) if up else script._downgrade_revs(revision, heads)
    except CommandError as error:
        text = " ".join(str(error).split())[:200]
        raise UsageError(text, "see nodepath db history for the revisions") from error
    except AssertionError as error:
        # What it says of a step beyond the ends (`head+1`).
        raise UsageError(
            f"there is no revision '{revision[:60]}'", "see nodepath db history for the revisions"
        ) from error
    found = (step.revision for step in steps)
    return Plan(here.current, up, tuple(PlannedRevision(each.revision, each.doc, each) for each in found))
