"""Whose SQL a text is by where it stands: folder and file names, driver imports, functions, branches on the driver."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from nodepath_cli.patterns import lazy


class Foreign(Struct, frozen=True):
    """The other database whose SQL a text is, and how that was told."""

    dialect: str
    reason: str
    whole_file: bool = False
    """It was told by the file's name, its folder or its imports: by what holds for everything in it."""


_OPENING = lazy(r"\b(?:sql|sqlx|otelsql|apmsql|sqlutils)\.(?:Must)?(?:Open|Connect)\w*\(\s*\"(\w+)\"")

_OPENER = lazy(
    r"\b((?:Must)?(?:(?:Open|Connect|Dial)[A-Z]\w*|(?:Get|New|Create|Init)[A-Z]\w*(?:DB|Db|Database|Conn|Connection|Pool)))\("
)
"""A function that opens a database, by its name (`OpenSQLite`, `GetSQLiteDB`)."""
_OPENING_PARTS = ("Open", "Connect")
_OPENER_PARTS = ("Dial", "DB(", "Db(", "Database(", "Conn(", "Pool(")
"""Of which a text has one where it has such a call: few texts do, and to look for these is much faster."""
_NAMES: dict[str, str] = {
    **dict.fromkeys(
        ("postgres", "postgresql", "pgsql", "pg", "pgx", "psql", "cockroach", "cockroachdb", "crdb"), "postgresql"
    ),
    **dict.fromkeys(("yugabyte", "yugabytedb"), "postgresql"),
    **dict.fromkeys(("sqlite", "sqlite3", "litestream", "libsql", "turso", "rqlite"), "sqlite"),
    **dict.fromkeys(("mssql", "sqlserver", "azuresql"), "mssql"),
    **dict.fromkeys(("cassandra", "gocql", "scylla", "scylladb", "cql"), "cassandra"),
    **dict.fromkeys(("oracle", "godror", "oracledb"), "oracle"),
    **dict.fromkeys(("spanner", "cloudspanner"), "spanner"),
    **dict.fromkeys(("influx", "influxdb", "influxql"), "influxdb"),
    **dict.fromkeys(("neo4j", "neo4"), "neo4j"),
    **dict.fromkeys(("hana", "saphana"), "hana"),
    **{
        name: name
        for name in (
            "clickhouse",
            "duckdb",
            "bigquery",
            "redshift",
            "trino",
            "presto",
            "db2",
            "firebird",
            "vertica",
            "pinot",
        )
    },
    # The tables of its own interface are SQLite's.
    **dict.fromkeys(("proxysql",), "proxysql"),
    **dict.fromkeys(("mysql", "mariadb", "tidb", "percona", "vitess", "oceanbase"), "mysql"),
}
_IN_FUNCTIONS = frozenset(
    (
        "postgres",
        "postgresql",
        "pgsql",
        "cockroach",
        "cockroachdb",
        "sqlite",
        "sqlite3",
        "mssql",
        "sqlserver",
        "mysql",
        "mariadb",
    )
)
"""Names that a function has for no other reason; an oracle may be a source of prices, and `pg` a page."""
_WHOLE = frozenset(("turso", "trino", "presto", "influx", "pinot"))
"""Names that other words contain (`neutrino`, `prestored`, `influxes`): they count as whole words. Not a name here is
`snowflake`: programs call their generators of numbers so."""
DRIVERS: dict[str, str] = {
    "github.com/lib/pq": "postgresql",
    "github.com/jackc/pgx": "postgresql",
    "github.com/jackc/pgconn": "postgresql",
    "github.com/go-pg/pg": "postgresql",
    "github.com/mattn/go-sqlite3": "sqlite",
    "modernc.org/sqlite": "sqlite",
    "github.com/glebarez/go-sqlite": "sqlite",
    "github.com/ncruces/go-sqlite3": "sqlite",
    "crawshaw.io/sqlite": "sqlite",
    "zombiezen.com/go/sqlite": "sqlite",
    "github.com/gocql/gocql": "cassandra",
    "github.com/denisenkom/go-mssqldb": "mssql",
    "github.com/microsoft/go-mssqldb": "mssql",
    "github.com/ClickHouse/clickhouse-go": "clickhouse",
    "github.com/ClickHouse/ch-go": "clickhouse",
    "github.com/sijms/go-ora": "oracle",
    "github.com/godror/godror": "oracle",
    "github.com/mattn/go-oci8": "oracle",
    "gopkg.in/goracle.v2": "oracle",
    "github.com/scylladb/gocqlx": "cassandra",
    "github.com/apache/cassandra-gocql-driver": "cassandra",
    "github.com/tursodatabase/libsql-client-go": "sqlite",
    "github.com/tursodatabase/go-libsql": "sqlite",
    "github.com/libsql/libsql-client-go": "sqlite",
    "github.com/libsql/go-libsql": "sqlite",
    "github.com/rqlite/gorqlite": "sqlite",
    "cloud.google.com/go/spanner": "spanner",
    "github.com/googleapis/go-sql-spanner": "spanner",
    "cloud.google.com/go/bigquery": "bigquery",
    "github.com/marcboeker/go-duckdb": "duckdb",
    "github.com/duckdb/duckdb-go": "duckdb",
    "github.com/snowflakedb/gosnowflake": "snowflake",
    "modernc.org/ql": "ql",
    "github.com/cznic/ql": "ql",
    "github.com/SAP/go-hdb": "hana",
    "github.com/trinodb/trino-go-client": "trino",
    "github.com/prestodb/presto-go-client": "presto",
    "github.com/ibmdb/go_ibm_db": "db2",
    "github.com/nakagami/firebirdsql": "firebird",
    "github.com/vertica/vertica-sql-go": "vertica",
    "github.com/influxdata/influxdb": "influxdb",
    "github.com/influxdata/influxdb1-client": "influxdb",
    "github.com/influxdata/influxdb-client-go": "influxdb",
    "github.com/influxdata/influxql": "influxdb",
    "github.com/neo4j/neo4j-go-driver": "neo4j",
    "gorm.io/driver/postgres": "postgresql",
    "gorm.io/driver/sqlite": "sqlite",
    "gorm.io/driver/sqlserver": "mssql",
    "gorm.io/driver/clickhouse": "clickhouse",
    "github.com/glebarez/sqlite": "sqlite",
    "github.com/jinzhu/gorm/dialects/postgres": "postgresql",
    "github.com/jinzhu/gorm/dialects/sqlite": "sqlite",
    "gorm.io/driver/mysql": "mysql",
    "github.com/jinzhu/gorm/dialects/mysql": "mysql",
    "github.com/go-sql-driver/mysql": "mysql",
    "github.com/ziutek/mymysql": "mysql",
    "github.com/go-mysql-org/go-mysql": "mysql",
}
_TOKEN = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_PATH_TOKEN = lazy(r"[/_.\-]+")

_SECOND = lazy(r"(?<![^.])db2\.|\.db2(?![^.])")
_AFFIX = lazy(r"\b(?:strings\.)?(?:HasPrefix|HasSuffix|Contains|EqualFold)\(")
_ASKS = lazy(r"(?:if|unless|else of(?: if)?)\s+(!?)\s*(?:\w+\.)*[iI]s([A-Z]\w*)\([^()]*\)\s*\Z")
"""A branch that asks a function of the program alone (`isMySQLDbType(kind)`)."""
_ABOUT_ERRORS = lazy(r"Err(?:or)?s?(?![a-z])")
"""In such a function's name: what a server has answered is asked, not which one it is (`isMySQLError(err, code)`)."""
_TEST = lazy(r"(==|!=)\s*\(?([\w.]+|\"[^\"]*\"|`[^`]*`)|(\"[^\"]*\")\s*(==|!=)")
_KIN = lazy(r"maria|tidb|percona|vitess|oceanbase", re.IGNORECASE)
"""Servers that understand MySQL: who asks for one of them tells MySQL's own servers apart."""
_TELLS_KIN = lazy(r"(?:flavou?r|vendor|fork|variant)\w*(?:\(\))?\s*\Z", re.IGNORECASE)
"""What is compared where a program tells such servers apart (`flavor == FlavorMySQL`)."""


def by_path(path: str, family: str) -> Foreign | None:
    """Tell by the names of the file and its folders; the file's own name decides before its folders."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0]
    # `db2.users.sql`, `full.db2.sql`: between dots it is the name of a database.
    found = _one(_PATH_TOKEN.split(_SECOND.sub("", stem.lower())), family)
    if found is not None:
        return None if found == "" else Foreign(found, f"file {name}", True)
    for folder in reversed(folders):
        found = _one(_PATH_TOKEN.split(folder.lower()), family)
        if found is not None:
            return None if found == "" else Foreign(found, f"folder {folder}", True)
    return None


def by_imports(imports: Iterable[str], family: str) -> Foreign | None:
    """Tell by the database drivers that a file imports, where none of them is the audited one's."""
    found = ((names_database(path), path) for path in imports)
    drivers = [(dialect, path.partition(" ")[2] or path) for dialect, path in found if dialect is not None]
    if not drivers or any(dialect == family for dialect, _ in drivers):
        return None
    dialect, path = drivers[0]
    return Foreign(dialect, "imports " + "/".join(path.split("/")[1:3] or [path]), True)


def by_opening(opens: Iterable[tuple[str, str]], family: str) -> Foreign | None:
    """Tell by the driver names with which a file opens its connections, where none is the audited one's."""
    found = [(name, dialect) for name, dialect in opens if name[0].islower()]
    if not found or any(dialect in ("", family) for _, dialect in found):
        return None
    return Foreign(found[0][1], f"opens {found[0][0]}", True)


def opened(text: str) -> list[tuple[str, str]]:
    """Return what a file opens, with the databases: by a driver's name (`sqlite3`), by a function's (`OpenSQLite`).

    The database is empty where the driver is not known. A function's name begins with a capital letter.
    """
    opens = any(part in text for part in _OPENING_PARTS)
    found = [(name, next(iter(_all([name.lower()])), "")) for name in (_OPENING.findall(text) if opens else ())]
    for name in _OPENER.findall(text) if opens or any(part in text for part in _OPENER_PARTS) else ():
        named = _in_function(name)
        if len(named) == 1:
            found.append((name, next(iter(named))))
    return found


# Most files of a program import the same packages.
@lru_cache(maxsize=1024)
def names_database(path: str) -> str | None:
    """Return the database whose driver an import path is, None for another package."""
    driver = next((each for each in DRIVERS if path == each or path.startswith(each + "/")), None)
    return DRIVERS[driver] if driver else None


# Every statement of a file asks.
@lru_cache(maxsize=1024)
def owned_by_path(path: str, family: str) -> bool:
    """Say whether the name of the file, or where that tells nothing one of its folders, is the audited database's."""
    *folders, name = path.split("/")
    for part in (name.rpartition(".")[0], *reversed(folders)):
        found = _one(_PATH_TOKEN.split(part.lower()), family)
        if found is not None:
            return found == ""
    return False


def _in_function(name: str) -> set[str]:
    lowered = name.lower()
    return {_NAMES[word] for word in _IN_FUNCTIONS if word in lowered}


def by_function(name: str | None, family: str) -> Foreign | None:
    """Tell by the name of the function that sends the text: `runPostgresMigration`."""
    if not name:
        return None
    found = _in_function(name)
    return Foreign(next(iter(found)), f"function {name}") if len(found) == 1 and family not in found else None


# The same branches stand around many texts.
@lru_cache(maxsize=1024)
def by_branch(words: str, family: str, server: str = "") -> Foreign | None:
    """Tell by a branch: `if driver == "postgres"`, `switch d: case "sqlite3"`, `else of if d == "mysql"`.

    `server` is the one of the family that is audited, where what another one of it gets is to be told apart.
    """
    negated = words.startswith(("else of", "unless"))
    if words.startswith("set in "):
        found = _one(_tokens(words[7:]), family)
        return Foreign(found, words) if found else None
    if words.startswith("method in "):
        found = _one(_tokens(words[10:].removesuffix(".go")), family)
        return Foreign(found, words) if found else None
    if words.startswith("built with "):
        return _by_tags(words[11:], family, words)
    if ": case " in words:
        found = _one(_tokens(words.partition(": case ")[2]), family)
        return Foreign(found, words) if found else None
    asked = _ASKS.match(words)
    dialects = _all(_tokens(asked[2])) if asked is not None else set()
    if asked is not None and _ABOUT_ERRORS.search(asked[2]):
        return None
    if asked is not None and len(dialects) == 1 and "maria" not in asked[2].lower():
        name = next(iter(dialects))
        if bool(asked[1]) == negated:
            return Foreign(name, words) if name != family else None
        return Foreign("other", words) if name == family else None
    named: set[str] = set()
    for test in _TEST.finditer(words):
        sign = test.group(1) or test.group(4)
        dialect = _all(_tokens(test.group(2) or test.group(3)))
        if len(dialect) != 1:
            continue
        name = next(iter(dialect))
        if (sign == "==") != negated:
            named.add(name)
        elif name == family and _rules_out(words, test, server, negated=negated):
            return Foreign("other", words)
    if _AFFIX.search(words) and not named:
        affixes = _all(_tokens(words.partition("(")[2]))
        if len(affixes) == 1 and ("!" in words.partition("(")[0]) == negated:
            named = affixes
    if named and family not in named:
        return Foreign(sorted(named)[0], words)
    return None


@lru_cache(maxsize=1024)
def own_branch(words: str, family: str) -> bool:
    """Say whether a branch is the audited database's by its own words: `case MysqlDBType`, `if driver == "mysql"`."""
    if ": case " in words:
        return _one(_tokens(words.partition(": case ")[2]), family) == ""
    negated = words.startswith(("else of", "unless"))
    return any(
        _all(_tokens(test.group(2) or test.group(3))) == {family}
        and ((test.group(1) or test.group(4)) == "==") != negated
        for test in _TEST.finditer(words)
    )


def _rules_out(words: str, test: re.Match[str], server: str, *, negated: bool) -> bool:
    """Say whether the audited server cannot be where a test for one of its family is not met.

    MySQL gets the `else` of a test for MariaDB, and either server that of one that asks for more (`&& newer`).
    """
    if not server:
        return True
    if ("&&" if negated else "||") in words:
        return False
    kin = _KIN.search(test.group(2) or test.group(3))
    if kin is not None:
        return kin[0].lower() in server
    return server != "mariadb" or not _TELLS_KIN.search(words[: test.start()])


def _by_tags(tags: str, family: str, words: str) -> Foreign | None:
    """Tell by what a file is compiled with: `mysql`, `!mysql`, `sqlite && cgo`."""
    if "||" not in tags:
        refused = {_one([tag], family) for tag in re.findall(r"!\s*(\w+)", tags)}
        if "" in refused:
            return Foreign("other", words)
        tags = re.sub(r"!\s*\w+", "", tags)
    found = _one(_tokens(tags), family) if "!" not in tags else None
    return Foreign(found, words) if found else None


def driver_test(source: str) -> str | None:
    """Return what is compared where a condition asks for the database (`db.driver == driverSQLite`), else None.

    The variable in front of the field does not count: every function has its own name for the same thing.
    """
    tests = list(_TEST.finditer(source))
    if len(tests) != 1 or "(" in source or "&&" in source or "||" in source:
        return None
    if not _all(_tokens(tests[0].group(2) or tests[0].group(3))):
        return None
    return source.partition(".")[2] or source


def databases_in(words: str) -> set[str]:
    """Return the databases that some words name."""
    return _all(_tokens(words))


def _tokens(words: str) -> list[str]:
    return [token.lower() for token in _TOKEN.findall(words)] + [
        token.lower() for token in re.findall(r"[A-Za-z]+\d*", words)
    ]


_TOOL = lazy(r"mysql(?:dump|admin|import|pump|binlog|check|slap|sh\b|shell|router)|pg_?(?:dump|restore|bouncer)")
"""Programs that are called after a database, and choose none (`if tool == "mysqldump"`)."""


def _all(tokens: Iterable[str]) -> set[str]:
    return {known for known in map(_database, tokens) if known is not None}


# Paths and branches are made of the same words over and over.
@lru_cache(maxsize=4096)
def _database(token: str) -> str | None:
    """Return the database that a word names, None where it names none."""
    if _TOOL.search(token):
        return None
    known = _NAMES.get(token) or _NAMES.get(token.rstrip("0123456789"))
    # Names such as `PGSQLDataProviderName` and `driverSQLite` hide the database in a longer word.
    return known or next((_NAMES[word] for word in _LONG if word in token), None)


_LONG = tuple(sorted((word for word in _NAMES if len(word) > 4 and word not in _WHOLE), key=len, reverse=True))


def _one(tokens: Iterable[str], family: str) -> str | None:
    """Return the one other database that the words name, "" where they name the audited one, None for neither."""
    found = _all(tokens)
    if family in found:
        return ""
    return next(iter(found)) if len(found) == 1 else None
