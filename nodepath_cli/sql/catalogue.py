"""The tables of the server's own databases and their columns.

MariaDB's were measured on 10.11. MySQL's are those of its manual ("INFORMATION_SCHEMA Tables", "Performance Schema
Table Descriptions", "The mysql System Schema", 5.7 and 8.4 together): of the tables that programs ask most the columns,
of the others the names alone, with an empty list.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import cast

from nodepath_cli.source.spelling import one_slip

SYSTEM_DATABASES = frozenset(("information_schema", "mysql", "performance_schema", "sys"))


@cache
def _read(name: str) -> object:
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def meant_table(table: str) -> str | None:
    """Return the table of information_schema that a name was meant for which is none of its tables, one slip away.

    Servers have more of their own there (Percona, TiDB), so that any other name may be one.
    """
    measured = cast("dict[str, dict[str, list[str]]]", _read("system_tables.json"))["information_schema"]
    listed = cast("dict[str, list[str]]", _read("mysql_system_tables.json"))
    names = {*measured, *(name for name in listed if "." not in name)}
    near = next((name for name in sorted(names) if one_slip(table.upper(), name)), None)
    return near.lower() if near and table.islower() else near


def system_columns(database: str, table: str, dialect: str, *, either: bool = False) -> tuple[str, ...] | None:
    """Return the columns of a table of the server's own databases; None where the table is not known.

    With `either`, the columns that MySQL or MariaDB has: whose server it is was not said.

    An empty tuple: the table is known, but which columns it has is not. `database` is in lower case; the names of
    information_schema are compared without regard to case.
    """
    key = table.upper() if database == "information_schema" else table
    measured = cast("dict[str, dict[str, list[str]]]", _read("system_tables.json"))[database].get(key)
    if dialect == "mysql":
        name = key if database == "information_schema" else f"{database}.{key}"
        listed = cast("dict[str, list[str]]", _read("mysql_system_tables.json")).get(name)
        if listed and either:
            # What MariaDB's table of that name has.
            known = {each.lower() for each in listed}
            return (*listed, *(each for each in measured or () if each.lower() not in known))
        if listed is not None:
            return tuple(listed)
    if measured is None:
        return None
    return tuple(measured) if dialect == "mariadb" else ()
