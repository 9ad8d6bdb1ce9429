"""Running the migrations that own the lock tables: functions that a Python program can call, on frozen records.

They take a database URL as text or as `nodepath_cli.database_url.DatabaseUrl`, raise only NodepathError, and import
Alembic and SQLAlchemy when they are called.
"""

from __future__ import annotations

from nodepath_cli.migrate.records import Adoption, Current, Move, RevisionLine, Status, TableShape
from nodepath_cli.migrate.runner import adopt, downgrade, upgrade
from nodepath_cli.migrate.state import check, current, heads, history, status

__all__ = [
    "Adoption",
    "Current",
    "Move",
    "RevisionLine",
    "Status",
    "TableShape",
    "adopt",
    "check",
    "current",
    "downgrade",
    "heads",
    "history",
    "status",
    "upgrade",
]
