"""Whose SQL a whole tree or a whole package is, told by the drivers that it imports and the databases that it opens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.dialects import DRIVERS, Foreign, by_path, names_database, opened, owned_by_path
from nodepath_cli.source.hosts._go.syntax import GoFile

SQL_DATABASES = frozenset({"postgresql", "sqlite", "mssql", "oracle"})
"""Databases that a program has in MySQL's place; it may well have Cassandra or InfluxDB at its side."""
_SAYS = {"mysql": lazy(r"mysql|mariadb", re.IGNORECASE), "sqlite": lazy(r"sqlite(?!m)", re.IGNORECASE)}
_OTHERS = lazy(r"postgres|cockroach|sqlite(?!m)|mssql|sqlserver", re.IGNORECASE)
_ELSEWHERE = lazy(
    r"postgres|\bpg|cockroach|sqlite(?!m)|mssql|sqlserver|oracle|clickhouse|snowflake|bigquery|duckdb|cassandra|scylla|"
    r"spanner|presto|trino|redshift|tdengine|taos|kingbase|opengauss|yugabyte|\bdm\b",
    re.IGNORECASE,
)
"""Databases that are no MySQL, and whose statements may be sent through a driver that is not known."""
_DRIVER = lazy(rf"\"((?:{'|'.join(re.escape(path) for path in DRIVERS)})(?:/[^\"\s]*)?)\"")


class Drivers:
    """The databases of a program, as far as all of it, or all of one package, speaks of other ones alone.

    A statement may stand far from the import that chooses its database: the driver in `main.go`, the query in `store/`.
    """

    def __init__(
        self,
        files: Sequence[GoFile],
        folders: dict[str, list[GoFile]],
        family: str,
        opens: Callable[[GoFile], Sequence[tuple[str, str]]] = lambda file: opened(file.text),
        required: Collection[str] = (),
    ) -> None:
        self._required = required
        self._opens = opens
        self._folders = folders
        self._family = family
        self._packages: dict[str, Foreign | None] = {}
        self._files = files
        self.whole = self._alone(files, "the program has", opened_too=False)
        """The other database that all of the program is for."""

    def of(self, file: GoFile) -> Foreign | None:
        """Return the other database that everything around a file is for, None where it may be the audited one's."""
        if owned_by_path(file.path, self._family):
            return None
        if self.whole is not None:
            return self.whole
        folder = file.folder
        if folder not in self._packages:
            members = self._folders.get(folder, [])
            # What `main` queries may be opened by any other package.
            library = all(each.package != "main" for each in members)
            self._packages[folder] = self._alone(members, "the package has", opened_too=True) if library else None
        return self._packages[folder]

    @cached_property
    def one_alone(self) -> bool:
        """Whether the program needs a driver of the audited database, and speaks of no other one anywhere."""
        paths = (*self._required, *(path for file in self._files for path in imported(file)))
        if {names_database(path) for path in paths} - {None} != {self._family}:
            return False
        return not any(_ELSEWHERE.search(file.text) for file in self._files)

    @cached_property
    def several(self) -> bool:
        """Whether the program names another SQL database anywhere."""
        other = _OTHERS if self._family == "mysql" else _SAYS["mysql"]
        return any(other.search(file.text) for file in self._files)

    def _alone(self, files: Sequence[GoFile], who: str, *, opened_too: bool) -> Foreign | None:
        found: Counter[tuple[str, str]] = Counter()
        for file in files:
            for path in imported(file):
                dialect = names_database(path)
                if dialect == self._family:
                    return None
                if dialect in SQL_DATABASES:
                    found[dialect, "/".join(path.split("/")[1:3])] += 1
            for name, dialect in self._opens(file) if opened_too else ():
                if dialect not in SQL_DATABASES:
                    return None
                found[dialect, name] += 1
        says = _SAYS[self._family]
        # Another database's own file may compare itself with the audited one.
        if not found or any(says.search(file.text) for file in files if by_path(file.path, self._family) is None):
            return None
        (dialect, name), _ = found.most_common(1)[0]
        return Foreign(dialect, f"{who} {name} and no {'SQLite' if self._family == 'sqlite' else 'MySQL'}", True)


def imported(file: GoFile) -> list[str]:
    """Return the database drivers that a file imports, without parsing it."""
    return _DRIVER.findall(file.head)
