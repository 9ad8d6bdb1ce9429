"""Which database the migrations are for, looked up as every command looks it up."""

from __future__ import annotations

import os

from nodepath_cli.database_url import DatabaseUrl, configured, find


def configured_database(option: str | None = None, config: str | None = None) -> DatabaseUrl:
    """Return the configured database. Raises ConfigError (exit 2) where none is, naming the ways to name one."""
    return configured(option, os.environ, config)


def find_database(option: str | None = None, config: str | None = None) -> DatabaseUrl | None:
    """Return the configured database, None where none is. Raises as `configured_database` for one that is malformed."""
    return find(option, os.environ, config)
