"""The order in which migration tools run the SQL files of a tree, told by their names.

Facts from the tools' own documentation: golang-migrate `NNN_name.up.sql`, goose and dbmate `TIMESTAMP_name.sql`, Flyway
`V1_1__name.sql`, `R__name.sql` (repeatable, after all others), `U1__name.sql` (undo), `B1__name.sql` (baseline); pop
`NNN_name.mysql.up.sql`, which is run instead of `NNN_name.up.sql`, and popx `NNN_name.mysql.autocommit.up.sql`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from nodepath_cli.patterns import lazy
from nodepath_cli.source.dump_folders import dumps

_DOWN = lazy(
    r"(?:[._-](?:down|undo|rollback|revert)(?:\.(?:mysql|mariadb|sqlite3?|postgres(?:ql)?|pgsql))?\.sql"
    r"|(?:^|/)(?:down|rollbacks?)/[^/]*\.sql)$",
    re.IGNORECASE,
)
_UNDO = lazy(r"(?:^|/)(?:U\d[^/]*__[^/]*|down)\.sql$")
_FLYWAY = lazy(r"[VB](\d+(?:[._]\d+)*)(?:__|[._-])?", re.IGNORECASE)
_NUMBERED = lazy(r"(?:[A-Za-z]+[_-]?(?=\d{2}))?(\d+)")
"""A number at the beginning, or one of two digits or more behind a word that the files of a tool share (`db_0012`)."""
_COMPLETE = frozenset({"latest.sql", "latest_schema.sql"})
_DIALECTS = {
    "mysql": "mysql",
    "mariadb": "mariadb",
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgsql": "postgres",
    "pg": "postgres",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "mssql": "mssql",
    "sqlserver": "mssql",
    "cockroach": "cockroach",
    "cockroachdb": "cockroach",
    "clickhouse": "clickhouse",
    "oracle": "oracle",
}
_ALONE = "autocommit"
"""What popx writes into the name of a file that it runs without a transaction."""
_TAKEN = {"mysql": ("mysql", "mariadb"), "mariadb": ("mariadb", "mysql"), "sqlite": ("sqlite",)}
"""The dialects whose files serve an audited one, the best first."""


def is_down(path: str) -> bool:
    """Say whether a file undoes a migration."""
    return bool(_DOWN.search(path) or _UNDO.search(path))


def in_order(paths: Iterable[str], dialect: str) -> list[str]:
    """Return the files that build the schema up, in the order in which they run.

    Down scripts are left out, and so are the files of other dialects: of `mysql/` and `mariadb/` side by side only the
    one that fits `dialect` better. A `LATEST.sql` holds the result of all migrations beside and below it and stands for
    them. A folder's own files come before those of its folders.
    """
    chosen = [path for path in _of_dialect(paths, dialect) if not is_down(path)]
    complete = {path.rpartition("/")[0] for path in chosen if path.rpartition("/")[2].lower() in _COMPLETE}
    kept = [
        path
        for path in chosen
        if path.rpartition("/")[2].lower() in _COMPLETE
        or not any(not folder or path.startswith(folder + "/") for folder in complete)
    ]
    return sorted(kept, key=_rank)


def numbered(paths: Iterable[str], dialect: str) -> list[str]:
    """Return the numbered and the repeatable files in the order in which they run, those behind a `LATEST.sql`, too.

    The files of a dump are none, whatever numbers they have.
    """
    chosen = [path for path in _of_dialect(paths, dialect) if not is_down(path)]
    dumped = dumps(chosen)
    own = (path for path in chosen if path not in dumped)
    return sorted((path for path in own if _file_rank(path.rpartition("/")[2])[0][0] > 1), key=_rank)


# Every statement asks for the files on the way to it.
@lru_cache(maxsize=4096)
def version_of(path: str) -> tuple[int, ...] | None:
    """Return the number in a migration's file name, in its parts (`V1_1__x.sql`: 1, 1); None where it has none."""
    kind, number, _ = _file_rank(path.rpartition("/")[2])[0]
    return number if kind == 2 else None


def replaced(paths: Iterable[str], dialect: str) -> dict[str, str]:
    """Return the numbered files that are not run, each with the one of the dialect that is run in its place.

    `1_a.up.sql` is for the others where `1_a.mysql.up.sql` stands beside it.
    """
    general: dict[str, list[str]] = defaultdict(list)
    own: dict[str, tuple[int, str]] = {}
    taken = _TAKEN.get(dialect, (dialect,))
    for path in paths:
        common, named = _for_every_dialect(path)
        if named is None:
            general[common].append(path)
        elif named in taken and not is_down(path):
            own[common] = min(own.get(common, (len(taken), "")), (taken.index(named), path))
    return {
        path: own[common][1]
        for common, found in general.items()
        if common in own
        for path in found
        if not is_down(path) and version_of(path) is not None
    }


def _for_every_dialect(path: str) -> tuple[str, str | None]:
    """Return what a migration's file is called in every dialect, and the one that its name has."""
    folder, _, name = path.rpartition("/")
    first, *words = name.lower().split(".")
    named = next((word for word in words if word in _DIALECTS), None)
    return ".".join([f"{folder}/{first}", *(word for word in words if word not in (named, _ALONE))]), (
        _DIALECTS[named] if named else None
    )


def _of_dialect(paths: Iterable[str], dialect: str) -> list[str]:
    taken = _TAKEN.get(dialect, (dialect,))
    groups: dict[str, dict[str, list[str]]] = {}
    plain = []
    paths = list(paths)
    others = replaced(paths, dialect)
    for path in paths:
        if path in others:
            continue
        found = _dialect_of(path)
        if found is None:
            plain.append(path)
        elif found[1] in taken:
            groups.setdefault(found[0], {}).setdefault(found[1], []).append(path)
    best = (next(members[name] for name in taken if name in members) for members in groups.values())
    return plain + [path for members in best for path in members]


def _dialect_of(path: str) -> tuple[str, str] | None:
    """Return what the path has in common with those of other dialects, and its own; None where it names none."""
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        named = _DIALECTS.get(part.lower())
        if named:
            return "/".join([*parts[:index], "*"]), named
    name = parts[-1].lower().removesuffix(".sql").removesuffix(".up").removesuffix("." + _ALONE)
    words = re.split(r"[._-]", name)
    for word in (words[-1], words[0]):
        named = _DIALECTS.get(word) if word != "pg" else None
        if named:
            return "/".join([*parts[:-1], "*".join(parts[-1].lower().split(word, 1))]), named
    return None


def _rank(path: str) -> tuple[object, ...]:
    folder, _, name = path.rpartition("/")
    return (*_natural_parts(folder), (0, (), ""), *_file_rank(name))


def _natural_parts(folder: str) -> tuple[tuple[int, tuple[int, ...], str], ...]:
    if not folder:
        return ()
    return tuple((1, *_natural(part)) for part in folder.split("/"))


def _natural(text: str) -> tuple[tuple[int, ...], str]:
    return tuple(int(number[:18]) for number in re.findall(r"\d+", text)), text


def _file_rank(name: str) -> tuple[tuple[int, tuple[int, ...], str], ...]:
    """Numbered files by number; before them the unnumbered (a schema to begin with), behind them the repeatable."""
    if name.startswith("R__"):
        return ((3, (), name),)
    match = _FLYWAY.match(name)
    if match:
        return ((2, tuple(int(number[:18]) for number in re.split(r"[._]", match.group(1))), name),)
    match = _NUMBERED.match(name)
    if match:
        return ((2, (int(match.group(1)[:18]),), name),)
    return ((1, (), name),)
