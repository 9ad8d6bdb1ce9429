"""Running the migrations that own the lock tables: functions that a Python program can call, on frozen records.

They take a database URL as text or as `nodepath_cli.database_url.DatabaseUrl`, raise only NodepathError, and import
Alembic and SQLAlchemy when they are called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodepath_cli.migrate.adoption import adopt
    from nodepath_cli.migrate.records import Adoption, Current, Move, RevisionLine, Status, TableShape
    from nodepath_cli.migrate.runner import Hooks, downgrade, stamp, upgrade
    from nodepath_cli.migrate.state import check, current, heads, history, status
    from nodepath_cli.migrate.verification import Verification, verify
    from nodepath_cli.migrate.waits import Waits

_MODULES = {
    "adoption": "adopt",
    "records": "Adoption Current Move RevisionLine Status TableShape",
    "runner": "Hooks downgrade stamp upgrade",
    "state": "check current heads history status",
    "verification": "Verification verify",
    "waits": "Waits",
}
"""Which module has what. They are imported when they are asked for: a command that only wants to know which database is
meant does without all of them."""
_LATER = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


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
