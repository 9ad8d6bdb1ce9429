"""Which revisions were begun and not finished: the ledger against the version table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.errors import Interrupted
from nodepath_cli.migrate.guard import recorded
from nodepath_cli.migrate.ledger import Direction, Ledger

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection


def unfinished(connection: Connection, script: ScriptDirectory) -> dict[str, Direction]:
    """Return the half-applied revisions, and in which direction each was going."""
    passes = Ledger(connection).passes()
    if not passes:
        return {}
    heads = recorded(connection)
    if heads is None:
        # A run makes the version table before its first statement, and an adoption after its last: without the table
        # no run was interrupted, somebody has taken the stamp away.
        return {revision: direction for revision, direction in passes.items() if direction == "adopt"}
    applied = applied_revisions(heads, script)
    return {
        revision: direction for revision, direction in passes.items() if (direction == "down") == (revision in applied)
    }


def applied_revisions(heads: tuple[str, ...], script: ScriptDirectory) -> frozenset[str]:
    """Return the revisions that a version table's rows stand for: themselves and all before them.

    A row that these revisions do not have stands for itself alone.
    """
    known = {item.revision for item in script.walk_revisions("base", "heads")}
    within = tuple(head for head in heads if head in known)
    below = script.iterate_revisions(within, "base") if within else ()
    return frozenset(heads) | frozenset(item.revision for item in below)


def refuse_other_direction(connection: Connection, script: ScriptDirectory, direction: Direction) -> None:
    """Stop where a revision was left half way in the other direction, or is not known here. Raises Interrupted."""
    known = {item.revision for item in script.walk_revisions("base", "heads")}
    for revision, left in unfinished(connection, script).items():
        if revision not in known:
            raise Interrupted(
                f"revision {revision} was begun and not finished, and is not among these revisions",
                "give its folder with --migrations, and finish it",
            )
        if left == direction or left == "adopt":
            continue
        done = "applied" if left == "up" else "taken back"
        on = "upgrade" if left == "up" else "downgrade"
        raise Interrupted(
            f"revision {revision} is half {done}", f"go on with nodepath db {on}, or finish it with nodepath db repair"
        )


def forget(connection: Connection, script: ScriptDirectory) -> None:
    """Take the half-applied revisions out of the ledger: a stamp is the user's word for them."""
    ledger = Ledger(connection)
    for revision in unfinished(connection, script):
        ledger.remove(revision)
