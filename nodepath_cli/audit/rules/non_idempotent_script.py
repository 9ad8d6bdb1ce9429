"""A script that no tool runs by number, and that fails when it is run again.

Why it matters: a script that is run by hand is run again: by the next person, on the next server, or after it stopped
half way. Its first CREATE TABLE or ADD COLUMN then answers 1050 or 1060, and what stands below never runs.

Example: `fix_orders.sql` with `ALTER TABLE orders ADD COLUMN note TEXT;`

What to write instead: a numbered migration that a tool runs once; or `CREATE TABLE IF NOT EXISTS`, `DROP TABLE IF
EXISTS`, and a look into information_schema before an ALTER (MySQL has no `ADD COLUMN IF NOT EXISTS`, see NP113).
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.sql.ddl import nodes


def check(history: History) -> Iterator[MigrationHit]:
    """Yield the first statement of each script without a number that cannot be run twice, where it changes a table."""
    for migration in history.migrations:
        if migration.tool != "sql" or migration.number is not None:
            continue
        altering = [change for change in migration.ddl if isinstance(change.ddl, nodes.AlterTable)]
        once = [found for change in migration.ddl if (found := _only_once(change))]
        # A file that only creates tables is a schema, which is loaded into an empty database.
        if altering and once:
            change, errno = once[0]
            yield change.hit("a script without a number that fails when it is run again", errno=errno)


def _only_once(change: Change) -> tuple[Change, int] | None:
    match change.ddl:
        case nodes.CreateTable(if_not_exists=False, or_replace=False):
            return change, 1050
        case nodes.DropTables(if_exists=False):
            return change, 1051
        case nodes.RenameTables(if_exists=False):
            return change, 1146
        case nodes.AlterTable(actions=actions, or_replace=False):
            for action in actions:
                match action:
                    case nodes.AddColumns(columns) if not all(each.if_exists for each in columns):
                        return change, 1060
                    case nodes.AddConstraint(element) if not getattr(element, "if_not_exists", False):
                        return change, 1061
                    case nodes.DropColumn(if_exists=False) | nodes.DropKey(if_exists=False):
                        return change, 1091
                    case nodes.ChangeColumn(old=old, column=column) if old.lower() != column.name.lower():
                        return change, 1054
                    case nodes.RenameColumn(if_exists=False):
                        return change, 1054
    return None


RULE = Rule(
    "NP307",
    "non-idempotent-script",
    Severity.WARNING,
    "a script that no tool runs by number, and that fails when it is run again",
    check_migrations=check,
)
