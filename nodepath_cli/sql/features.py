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
    "ORDER BY and LIMIT of a DELETE from several tables": (None, (11, 8)),
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

FUNCTIONS: dict[str, tuple[Version | None, Version | None]] = {
    **dict.fromkeys(("REGEXP_INSTR", "REGEXP_REPLACE", "REGEXP_SUBSTR"), ((8, 0, 4), (10, 0, 5))),
    **dict.fromkeys(("BIN_TO_UUID", "IS_UUID", "UUID_TO_BIN"), ((8, 0), None)),
    **dict.fromkeys(("JSON_ARRAYAGG", "JSON_OBJECTAGG"), ((5, 7, 22), (10, 5))),
    "ANY_VALUE": ((5, 7, 5), None),
    "JSON_OVERLAPS": ((8, 0, 17), (10, 9)),
    "JSON_SCHEMA_VALID": ((8, 0, 17), (11, 1)),
    "JSON_STORAGE_FREE": ((8, 0, 2), None),
    "JSON_STORAGE_SIZE": ((5, 7, 22), None),
    "JSON_TABLE": ((8, 0, 4), (10, 6)),
    "JSON_VALUE": ((8, 0, 21), (10, 2, 3)),
    "REGEXP_LIKE": ((8, 0, 4), None),
    **dict.fromkeys(("JSON_COMPACT", "JSON_DETAILED", "JSON_LOOSE"), (None, (10, 2, 4))),
    **dict.fromkeys(("JSON_EXISTS", "JSON_QUERY"), (None, (10, 2, 3))),
    **dict.fromkeys(("CHR", "LENGTHB"), (None, (10, 3, 1))),
    **dict.fromkeys(("NVL", "NVL2"), (None, (10, 3))),
    **dict.fromkeys(("ADD_MONTHS", "TO_CHAR"), (None, (10, 6, 1))),
    **dict.fromkeys(("JSON_EQUALS", "JSON_NORMALIZE", "NATURAL_SORT_KEY", "SFORMAT"), (None, (10, 7))),
}
"""The first version of MySQL (manual, "Built-In Function and Operator Reference") and of MariaDB that has a function:
what 10.11 answers 1305 to was measured, and when MariaDB got a function is from its documentation. None: no version of
MySQL up to 9, none of MariaDB up to 10.11."""
_KNOWN_TO = (10, 11, 99)
"""The last version of MariaDB whose functions are known."""


def lacks(function: str, dialect: str, version: Version) -> bool:
    """Say whether a server surely has no function of that name, in upper case; it is most probably none of its own."""
    if dialect == "sqlite" or function not in FUNCTIONS or not version:
        return False
    exact = (*version, 99, 99)[:3]
    since = FUNCTIONS[function][dialect == "mariadb"]
    return exact < since if since is not None else exact <= _KNOWN_TO


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
