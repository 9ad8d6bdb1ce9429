"""The files of one dump of a database, as Mydumper and TiDB's dumpling write them and Lightning reads them.

`shop-schema-create.sql` makes the database, `shop.users-schema.sql` a table; `shop.users.sql` and `shop.users.0001.sql`
fill it; views, triggers and routines are in `-schema-view.sql` and their like. Their numbers say nothing of an order.
https://docs.pingcap.com/tidb/stable/dumpling-overview/#format-of-exported-files
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from nodepath_cli.patterns import lazy

_FILE = lazy(r"(?P<stem>[^/]+)-schema(?P<kind>-create|-view|-triggers?|-post|-sequence)?\.sql")
_KINDS = {"-create": 0, "-sequence": 1, None: 2, "-view": 3, "-trigger": 4, "-triggers": 4, "-post": 4}
_DATA = 5

Dump: TypeAlias = tuple[str, str]
"""A folder, and the database in it."""


def dumps(paths: Iterable[str]) -> dict[str, Dump]:
    """Return the files that belong to a dump, in the order in which they are loaded.

    A folder has one of a database where a file makes that, or where one table has a file of its own for its columns and
    another one for its rows: a name alone (`001.initial-schema.sql`) may be a migration's.
    """
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name.endswith(".sql"):
            folders[folder].append(name)
    found: list[tuple[Dump, int, str]] = []
    for folder, names in folders.items():
        schemas = {name: match for name in names if "-schema" in name and (match := _FILE.fullmatch(name))}
        if not schemas:
            continue
        databases = {match["stem"] for match in schemas.values() if match["kind"] == "-create"}
        tables = {match["stem"] for match in schemas.values() if match["kind"] is None and "." in match["stem"]}
        filled = {".".join(name.split(".")[:2]) for name in names if name not in schemas}
        databases |= {stem.partition(".")[0] for stem in tables & filled}
        for name in names:
            database = re.sub(r"-schema(?:-\w+)?$", "", name.partition(".")[0])
            if database in databases:
                kind = _KINDS[schemas[name]["kind"]] if name in schemas else _DATA
                found.append(((folder, database), kind, f"{folder}/{name}" if folder else name))
    return {path: dump for dump, _, path in sorted(found)}
