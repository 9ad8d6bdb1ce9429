"""What the grammars of the servers have since which version.

MySQL's are those of its manuals (5.7, 8.0 and 8.4: "What Is New", and the pages of the statements); what MariaDB 10.11
lacks was measured, since when it has the rest is from its release notes. None: never.
"""

from __future__ import annotations

from typing import TypeAlias

Version: TypeAlias = tuple[int, ...]

FEATURES: dict[str, tuple[Version | None, Version | None]] = {
    "->": ((5, 7, 9), None),
    "->>": ((5, 7, 13), None),
    "CYCLE": (None, (10, 5, 2)),
    "DELETE HISTORY": (None, (10, 3)),
    "EXCEPT and INTERSECT": ((8, 0, 31), (10, 3)),
    "FETCH FIRST": (None, (10, 6)),
    "DEFAULT VALUES": (None, None),
    "FILTER": (None, None),
    "FOR PORTION OF": (None, (10, 4)),
    "FOR SHARE": ((8, 0, 1), None),
    "FOR SYSTEM_TIME": (None, (10, 3)),
    "FOR UPDATE OF": ((8, 0, 1), None),
    "FROM FIRST": ((8, 0, 2), None),
    "GROUPS": ((8, 0, 2), None),
    "IGNORE NULLS": ((8, 0, 2), None),
    "INSERT OR": (None, None),
    "IS DISTINCT FROM": (None, None),
    "IS JSON": (None, None),
    "JSON_TABLE": ((8, 0, 4), (10, 6)),
    "LATERAL": ((8, 0, 14), None),
    "LIMIT ROWS EXAMINED": (None, (5, 5, 21)),
    "MATERIALIZED": (None, None),
    "MEMBER OF": ((8, 0, 17), None),
    "NEXT VALUE FOR": (None, (10, 3)),
    "NOWAIT": ((8, 0, 1), (10, 3)),
    "NULLS FIRST": (None, None),
    "OFFSET without LIMIT": (None, (10, 6)),
    "RETURNING": (None, (10, 0, 5)),
    "RETURNING of INSERT": (None, (10, 5)),
    "RETURNING of JSON_VALUE": ((8, 0, 21), None),
    "RETURNING of UPDATE": (None, None),
    "RETURNING of several tables": (None, None),
    "SELECT UNIQUE": (None, (10, 3)),
    "SKIP LOCKED": ((8, 0, 1), (10, 6)),
    "TABLE as a query": ((8, 0, 19), None),
    "VALUES as a query": (None, (10, 3, 3)),
    "VALUES ROW": ((8, 0, 19), None),
    "WAIT": (None, (10, 3)),
    "WITH": ((8, 0, 1), (10, 2, 1)),
    "WITHIN GROUP": (None, (10, 3, 3)),
    "a row alias": ((8, 0, 19), None),
    "a window function": ((8, 0, 2), (10, 2)),
    "an alias in DELETE": ((8, 0, 16), (11, 6)),
    "column names of a derived table": ((8, 0, 19), (11, 7)),
}
"""The first version of MySQL and of MariaDB."""

REMOVED: dict[str, Version] = {
    "a direction in GROUP BY": (8, 0, 13),
    "PROCEDURE": (8, 0),
    "SQL_CACHE": (8, 0, 3),
}
"""The version of MySQL that has it no more; MariaDB 10.11 has it still (measured)."""


def has(feature: str, dialect: str, version: Version) -> bool:
    """Say whether a server has a feature; SQLite's grammar is not told by version.

    A version without patch level stands for its newest release, () for the newest.
    """
    if dialect == "sqlite":
        return True
    exact = (*version, 99, 99)[:3] if version else ()
    if feature in REMOVED:
        return dialect == "mariadb" or (bool(exact) and exact < REMOVED[feature])
    since = FEATURES[feature][dialect == "mariadb"]
    return since is not None and (not exact or exact >= since)
