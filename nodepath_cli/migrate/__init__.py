"""Running the migrations that own the lock tables: functions that a Python program can call, on frozen records.

They take a database URL as text or as `nodepath_cli.database_url.DatabaseUrl`, raise only NodepathError, and import
Alembic and SQLAlchemy when they are called.
"""

from __future__ import annotations

from nodepath_cli.migrate.adoption import adopt
from nodepath_cli.migrate.records import Adoption, Current, Move, RevisionLine, Status, TableShape
from nodepath_cli.migrate.runner import Hooks, downgrade, stamp, upgrade
from nodepath_cli.migrate.state import check, current, heads, history, status
from nodepath_cli.migrate.verify import Verification, verify
from nodepath_cli.migrate.waits import Waits

__all__ = [
    "Adoption",
    "Current",
    "Hooks",
    "Move",
    "RevisionLine",
    "Status",
    "TableShape",
    "Verification",
    "Waits",
    "adopt",
    "check",
    "current",
    "downgrade",
    "heads",
    "history",
    "stamp",
    "status",
    "upgrade",
    "verify",
]
