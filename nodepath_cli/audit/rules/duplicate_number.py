"""Two migrations of one folder have the same number.

Why it matters: the tool runs one of them and takes the other for done, or runs them in an order that differs from
machine to machine; some refuse to start. It happens when two branches count on from the same number, and no merge
conflict shows it.

Example: `000008_add_index.up.sql` beside `000008_rename_device.up.sql`.

What to write instead: give the later one the next free number before it is merged. One that production has run keeps
its number.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, RelatedPlace, Rule, Severity
from nodepath_cli.audit.history import History, Migration


def check(history: History) -> Iterator[MigrationHit]:
    """Yield every migration that has the number of an earlier one in its folder."""
    first: dict[tuple[str, tuple[int, ...]], Migration] = {}
    for migration in history.migrations:
        if migration.number is None:
            continue
        key = (migration.folder, migration.number)
        earlier = first.setdefault(key, migration)
        if earlier is not migration and earlier.path != migration.path:
            number = ".".join(map(str, migration.number))
            hit = migration.hit(f"number {number} is that of {earlier.revision}, too")
            place = earlier.hit("").position
            related = (RelatedPlace(earlier.path, place, "the other one"),)
            yield MigrationHit(hit.message, hit.path, hit.position, hit.revision, errno=None, related=related)


RULE = Rule(
    "NP308", "duplicate-number", Severity.WARNING, "two migrations have the same number", check_migrations=check
)
