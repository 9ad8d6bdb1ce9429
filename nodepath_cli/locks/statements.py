"""The SQL of this package: one statement a file in `queries/`, named by what it does, and for which server.

`take.sql` is for every server, `look.mysql.sql` for MySQL and MariaDB, `look.mariadb.sql` for MariaDB alone and
`row_waits.mysql-8.0.sql` for MySQL from 8.0 on; the narrowest file is read. Values stand as `:name`, the lock table as
`{table}`, and other parts that change from table to table as other names in braces.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from nodepath_cli.patterns import lazy

_FOLDER = Path(__file__).parent / "queries"
_FILE = lazy(r"(?P<name>\w+)(?:\.(?P<server>mysql|mariadb|sqlite)(?:-(?P<version>[0-9.]+))?)?\.sql")
_VALUE = lazy(r"(?<![:\w]):([a-z_]+)\b")
_COMMENT = lazy(r"^--[^\n]*\n", re.MULTILINE)


@cache
def statement(name: str, server: str, version: tuple[int, ...] = ()) -> str:
    """Return a statement for a server (`mysql`, `mariadb` or `sqlite`), with its values as the driver wants them.

    Raises KeyError where there is none.
    """
    best: tuple[int, tuple[int, ...], Path] | None = None
    for path in _FOLDER.glob(f"{name}.*sql"):
        found = _FILE.fullmatch(path.name)
        if found is None or found["name"] != name:
            continue
        since = tuple(int(part) for part in (found["version"] or "0").split("."))
        rank = _rank(found["server"], server)
        if rank and (not found["version"] or since <= version) and (best is None or (rank, since) > best[:2]):
            best = (rank, since, path)
    if best is None:
        raise KeyError(f"{name} for {server}")
    text = _COMMENT.sub("", best[2].read_text(encoding="utf-8")).strip().rstrip(";")
    return text if server == "sqlite" else for_mysql(text)


def for_mysql(text: str) -> str:
    """Return a statement as the MySQL drivers want it: values as `%(name)s`, every other percent sign doubled."""
    return _VALUE.sub(r"%(\1)s", text.replace("%", "%%"))


def _rank(file: str | None, server: str) -> int:
    """Say how narrow a file is for a server, 0 where it is for another one."""
    if file is None:
        return 1
    if file == server:
        return 3
    return 2 if (file, server) == ("mysql", "mariadb") else 0


@lru_cache(1024)
def quoted(name: str) -> str:
    """Return a name in back quotes, which SQLite takes as well; percent signs as they stand in a statement."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
