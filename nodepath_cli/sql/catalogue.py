"""The tables of the server's own databases and their columns.

The data were measured on MariaDB 10.11; what MySQL has beside is added from the MySQL 8.4 manual ("INFORMATION_SCHEMA
Tables"). A table that is not listed is not known: nothing is said of its columns.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

SYSTEM_DATABASES = frozenset(("information_schema", "mysql", "performance_schema", "sys"))


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    text = files(__package__).joinpath("system_tables.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, list[str]]] = json.loads(text)
    return loaded


def system_columns(database: str, table: str) -> tuple[str, ...] | None:
    """Return the columns of a table of the server's own databases, None where it is not known.

    `database` is in lower case. Names of information_schema are compared without regard to case.
    """
    tables = _tables().get(database, {})
    key = table.upper() if database == "information_schema" else table
    columns = tables.get(key)
    return tuple(columns) if columns else None
