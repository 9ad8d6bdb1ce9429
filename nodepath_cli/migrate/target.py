"""Which database and which revisions a command is for, looked up as every command looks them up."""

from __future__ import annotations

import os

from nodepath_cli.config import Settings
from nodepath_cli.config_file import load_settings
from nodepath_cli.database_url import DatabaseUrl, configured, find


def configured_database(settings: Settings | None = None, option: str | None = None) -> DatabaseUrl:
    """Return the configured database: `option` (`--database-url`), the environment, then the configuration file.

    Without `settings` the configuration file is looked for from the working directory. Raises ConfigError (exit 2)
    where no database is named, with the ways to name one, and where the one that is named cannot be read.
    """
    return configured(option, os.environ, (settings or load_settings()).database_url)


def find_database() -> DatabaseUrl | None:
    """Return the configured database, None where none is named. Raises ConfigError for one that cannot be read."""
    return find(None, os.environ, load_settings().database_url)
