"""SQL of another database is told apart, with the reason; branches on the driver count."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from tests.unit.go_host import body, flat, only, statements

CALL = 'package a\n\nfunc f() {\n\tdb.Query("SELECT a FROM t")\n}\n'


@pytest.mark.parametrize(
    ("path", "dialect", "reason"),
    [
        ("store/postgres/user.go", "postgresql", "folder postgres"),
        ("store/pgsql.go", "postgresql", "file pgsql.go"),
        ("store/user_sqlite.go", "sqlite", "file user_sqlite.go"),
        ("db/sqlite3/x.go", "sqlite", "folder sqlite3"),
        ("db/provider_backend_postgres.go", "postgresql", "file provider_backend_postgres.go"),
        ("mssql/x.go", "mssql", "folder mssql"),
        ("storage/cloudspanner/tree.go", "spanner", "folder cloudspanner"),
        ("store/spanner.go", "spanner", "file spanner.go"),
        ("store/bigquery_export.go", "bigquery", "file bigquery_export.go"),
        ("db/duckdb/x.go", "duckdb", "folder duckdb"),
        ("db/libsql/x.go", "sqlite", "folder libsql"),
        ("db/db2/x.go", "db2", "folder db2"),
        ("metrics/influxdb/x.go", "influxdb", "folder influxdb"),
        ("graph/neo4j/x.go", "neo4j", "folder neo4j"),
        ("db/tidb/x.go", None, None),
        ("dump/db2.users.go", None, None),
        ("dump/full.db2.go", None, None),
        ("dump/full.db2.users.go", None, None),
        ("store/db2_user.go", "db2", "file db2_user.go"),
        ("id/snowflake/x.go", None, None),
        ("physics/neutrino.go", None, None),
        ("store/mysql/user.go", None, None),
        ("postgres/mysql.go", None, None),
        ("pages/pg_up.go", "postgresql", "file pg_up.go"),
        ("store/user.go", None, None),
    ],
)
def test_by_the_names_of_file_and_folder(path: str, dialect: str | None, reason: str | None) -> None:
    statement = only(statements({path: CALL}))
    assert (statement.dialect, statement.dialect_reason) == (dialect, reason)


@pytest.mark.parametrize(
    ("imports", "dialect"),
    [
        ('_ "github.com/lib/pq"', "postgresql"),
        ('"github.com/jackc/pgx/v5"', "postgresql"),
        ('_ "modernc.org/sqlite"', "sqlite"),
        ('_ "github.com/mattn/go-sqlite3"', "sqlite"),
        ('"github.com/gocql/gocql"', "cassandra"),
        ('"cloud.google.com/go/spanner"', "spanner"),
        ('"cloud.google.com/go/spanner/apiv1"', "spanner"),
        ('_ "github.com/snowflakedb/gosnowflake"', "snowflake"),
        ('"cloud.google.com/go/bigquery"', "bigquery"),
        ('_ "github.com/marcboeker/go-duckdb/v2"', "duckdb"),
        ('_ "github.com/tursodatabase/libsql-client-go/libsql"', "sqlite"),
        ('_ "github.com/trinodb/trino-go-client/trino"', "trino"),
        ('"github.com/SAP/go-hdb/driver"', "hana"),
        ('_ "github.com/lib/pq"\n\t_ "github.com/go-sql-driver/mysql"', None),
        ('"github.com/lib/pqueue"', None),
    ],
)
def test_by_the_drivers_that_a_file_imports(imports: str, dialect: str | None) -> None:
    source = CALL.replace("package a\n", f"package a\n\nimport (\n\t{imports}\n)\n")
    assert only(statements(source)).dialect == dialect


@pytest.mark.parametrize(("kind", "dialect"), [("SERIAL", None), ("BIGSERIAL", "postgresql")])
def test_a_serial_column_beside_a_name_in_backquotes_is_mysqls(kind: str, dialect: str | None) -> None:
    assert only(statements(body(f'r.db.Exec("CREATE TABLE `t` (id {kind} PRIMARY KEY)")'))).dialect == dialect


def test_a_constant_of_cassandra_is_listed_with_the_reason() -> None:
    source = """package a

import "github.com/gocql/gocql"

const renew = `UPDATE tasks USING TTL ? SET owner = ? WHERE id = ? IF owner = ?`

func f(s *gocql.Session) { s.Query(renew, 60, "a", 1, "b").Exec() }
"""
    found = only(statements(source))
    assert (found.dialect, found.sql.split()[:3]) == ("cassandra", ["UPDATE", "tasks", "USING"])


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("SELECT a FROM t WHERE b = $1", "postgresql"),
        ("SELECT a::text FROM t", "postgresql"),
        ("SELECT slot_name FROM pg_replication_slots", "postgresql"),
        ("SELECT string_agg(a, ',') FROM t", "postgresql"),
        ("UPDATE t USING TTL ? SET a = ? WHERE b = ?", "cassandra"),
        ("INSERT INTO t (a) VALUES (?) IF NOT EXISTS", "cassandra"),
        ("SELECT a FROM t WHERE b = ? ALLOW FILTERING", "cassandra"),
        ("SELECT a FROM t WHERE b ILIKE ?", "postgresql"),
        ("INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO NOTHING", "postgresql"),
        ("INSERT INTO t (a) VALUES (?) RETURNING id", "postgresql"),
        ("CREATE TABLE t (id BIGSERIAL PRIMARY KEY)", "postgresql"),
        ("CREATE TABLE t (id SERIAL PRIMARY KEY)", "postgresql"),
        ("CREATE TABLE t (id SERIAL NOT NULL, a VARCHAR(9) DEFAULT 'ENGINE=x')", "postgresql"),
        ("CREATE TABLE t (id SERIAL PRIMARY KEY AUTO_INCREMENT)", None),
        ("CREATE TABLE t (id SERIAL PRIMARY KEY) ENGINE=InnoDB", None),
        ("CREATE TABLE t (id SERIAL PRIMARY KEY, a INT UNSIGNED)", None),
        ("SELECT name FROM sqlite_master", "sqlite"),
        ("PRAGMA journal_mode = WAL", "sqlite"),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", "sqlite"),
        ("INSERT OR IGNORE INTO t (a) VALUES (?)", "sqlite"),
        ("SELECT TOP 10 a FROM t", "mssql"),
        ("SELECT a FROM t WHERE b = @p1", "mssql"),
        ("SELECT a FROM [t] WHERE b = 1", "mssql"),
        ("SELECT a FROM t WHERE b = '$1'", None),
        ("SELECT a FROM t WHERE b = 'x::text'", None),
        ("SELECT a FROM t WHERE b = @p", None),
        ("SELECT JSON_EXTRACT(a, '$.b[0]') FROM t", None),
        ("INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a)", None),
        ('INSERT INTO t (a, b) VALUES ("x", 1), ("y", 2)', None),
        ('SELECT a FROM t WHERE b IN ("x", "y") AND c = CONCAT("z", d)', None),
        ('INSERT INTO t ("a", "b") VALUES (?, ?)', "postgresql"),
        ('CREATE TABLE t ("a" INT)', "postgresql"),
        ('CREATE INDEX i ON t ("a", "b")', "postgresql"),
    ],
)
def test_by_what_the_text_says(sql: str, dialect: str | None) -> None:
    assert only(statements(body(f"r.db.Exec(`{sql}`)"))).dialect == dialect


def test_double_quoted_names_are_foreign_unless_the_mode_allows_them() -> None:
    source = body('r.db.Exec(`INSERT INTO "t" (a) VALUES (?)`)')
    assert only(statements(source)).dialect == "postgresql"
    assert only(statements(source, Dialect(ansi_quotes=True))).dialect is None


def test_mariadb_understands_returning_of_an_insert_but_not_of_an_update() -> None:
    mariadb = Dialect("mariadb", (10, 11))
    assert only(statements(body('r.db.Exec("INSERT INTO t (a) VALUES (?) RETURNING id")'), mariadb)).dialect is None
    update = only(statements(body('r.db.Exec("UPDATE t SET a = 1 RETURNING id")'), mariadb))
    assert update.dialect == "postgresql"


@pytest.mark.parametrize(
    "code",
    [
        'if r.driver == "postgres" {\n\tr.db.Exec("DELETE FROM a")\n} else {\n\tr.db.Exec("DELETE FROM b")\n}',
        'if r.driver != driverMySQL {\n\tr.db.Exec("DELETE FROM a")\n} else {\n\tr.db.Exec("DELETE FROM b")\n}',
        'switch r.driver {\ncase "sqlite3":\n\t'
        'r.db.Exec("DELETE FROM a")\ncase "mysql":\n\tr.db.Exec("DELETE FROM b")\n}',
        'if r.driver == PGSQLProvider {\n\tr.db.Exec("DELETE FROM a")\n\treturn nil\n}\nr.db.Exec("DELETE FROM b")',
    ],
)
def test_by_the_branch_that_it_stands_in(code: str) -> None:
    first, second = statements(body(code))
    assert (flat(first.sql), first.dialect is None) == ("DELETE FROM a", False)
    assert (flat(second.sql), second.dialect) == ("DELETE FROM b", None)
    assert first.dialect_reason


def test_variants_for_another_driver_are_left_out_where_there_is_an_own_one() -> None:
    code = """
        now := "NOW()"
        if r.driver == driverSQLite {
            now = "strftime('%s')"
        }
        r.db.Query("SELECT a FROM t WHERE b < " + now)
    """
    statement = only(statements(body(code)))
    assert [flat(each.sql) for each in statement.variants] == ["SELECT a FROM t WHERE b < NOW()"]
    assert statement.dialect is None


def test_an_audit_for_sqlite_takes_sqlite_for_its_own() -> None:
    sqlite = Dialect("sqlite", ())
    source = 'package a\n\nfunc f() {\n\tdb.Exec("INSERT OR IGNORE INTO t (a) VALUES (?)")\n}\n'
    assert only(statements({"store/sqlite/x.go": source}, sqlite)).dialect is None
    assert only(statements({"store/mysql/x.go": source}, sqlite)).dialect == "mysql"
    upsert = body('r.db.Exec("INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = 1")')
    assert only(statements(upsert, sqlite)).dialect == "mysql"


def test_a_file_that_opens_another_database_is_the_other_databases() -> None:
    source = (
        'package s\n\nimport "database/sql"\n\n'
        'func Open() { db, _ := sql.Open("sqlite3", "x.db"); db.Exec("DELETE FROM notes WHERE id = ?") }\n'
    )
    assert [each.dialect for each in statements(source)] == ["sqlite"]
    assert [each.dialect for each in statements(source.replace("sqlite3", "mysql"))] == [None]


def test_a_text_of_another_databases_file_is_that_files_wherever_it_is_sent() -> None:
    send = "package store\n\nfunc run(query string) { db.Exec(query) }\n\nfunc all() { run(lite); run(own) }\n"
    files = {
        "store/sqlite.go": "package store\n\nconst lite = `DELETE FROM notes WHERE a = 1`\n",
        "store/mysql.go": "package store\n\nconst own = `DELETE FROM notes WHERE b = 1`\n",
        "store/send.go": send,
    }
    found = {flat(each.sql): (each.dialect, each.foreign_file) for each in statements(files)}
    assert found == {
        "DELETE FROM notes WHERE a = 1": ("sqlite", True),
        "DELETE FROM notes WHERE b = 1": (None, False),
    }


@pytest.mark.parametrize("given", ["postgres", "sqlite3"])
def test_the_default_of_a_setting_does_not_choose_the_database(given: str) -> None:
    """The one value that the tree gives a setting may be another in production: what MySQL gets is read, too."""
    source = f"""
    package store

    import "database/sql"

    type config struct{{ Driver string }}

    func defaults() config {{ return config{{Driver: "{given}"}} }}

    func Open(db *sql.DB) {{
        c := defaults()
        query := "SELECT a FROM t"
        if c.Driver == "{given}" {{
            query = "WITH c AS (" + query + ") SELECT a FROM c"
        }}
        db.Query(query)
        switch c.Driver {{
        case "{given}":
            db.Exec("DELETE FROM one")
        case "mysql":
            db.Exec("DELETE FROM two")
        }}
    }}
    """
    found = statements(source)
    assert [flat(each.sql) for each in found if each.dialect is None] == ["SELECT a FROM t", "DELETE FROM two"]
    assert [flat(each.sql) for each in found if each.dialect] == [
        "WITH c AS (SELECT a FROM t) SELECT a FROM c",
        "DELETE FROM one",
    ]


def test_of_a_map_by_databases_the_own_entry_counts() -> None:
    code = """
        where := map[string]string{
            "mysql":     "a = 1 LIMIT 1",
            "sqlserver": "id IN (SELECT TOP 1 id FROM t)",
            "postgres":  "id IN (SELECT id FROM t LIMIT 1)",
        }[r.driver]
        r.db.Exec("UPDATE t SET b = 1 WHERE " + where)
    """
    found = statements(body(code))
    own = [flat(variant.sql) for each in found if each.dialect is None for variant in each.variants]
    assert own == ["UPDATE t SET b = 1 WHERE a = 1 LIMIT 1"]


@pytest.mark.parametrize(
    ("condition", "dialects"),
    [
        ("isMySQL(kind)", [None, "other"]),
        ("!isMySQL(kind)", ["other", None]),
        ("s.isSQLite()", ["sqlite", None]),
        ("!db.IsPostgres(kind)", [None, "postgresql"]),
        ("limit > 0 && isMySQL(kind)", [None, None]),
        ("isReady(kind)", [None, None]),
        ("isMySQLError(err, 1146)", [None, None]),
        ("dberr.IsIgnorableMySQLDDLError(err)", [None, None]),
        ("!isPostgresErrs(err)", [None, None]),
        ("isMySQLErrand(kind)", [None, "other"]),
    ],
)
def test_a_branch_that_asks_which_database_it_is(condition: str, dialects: list[str | None]) -> None:
    code = body(
        f'if {condition} {{\n\t\tr.db.Exec("DELETE FROM a WHERE id = 1")\n\t}} else {{\n'
        '\t\tr.db.Exec("DELETE FROM b WHERE id = 1")\n\t}'
    )
    assert [each.dialect for each in sorted(statements(code), key=lambda each: each.sql)] == dialects


@pytest.mark.parametrize(
    ("branch", "dialect"),
    [
        ("switch kind {\ncase model.MySQLKind:", None),
        ("switch kind {\ncase model.PostgresKind:", "postgresql"),
        ("switch kind {\ncase model.Unknown:", "postgresql"),
        ('if kind == "mysql" {', None),
        ('if kind != "mysql" {', "other"),
        ("if kind == other {", "postgresql"),
    ],
)
def test_a_branch_knows_more_than_what_its_file_imports(branch: str, dialect: str | None) -> None:
    source = f"""package a

import _ "github.com/lib/pq"

func (r *Repo) f(kind string) {{
	{branch}
		r.db.Exec("DELETE FROM a WHERE id = 1")
	}}
}}

type Repo struct{{ db *sql.DB }}
"""
    assert only(statements(source)).dialect == dialect


@pytest.mark.parametrize(
    ("test", "server", "then", "other"),
    [
        ("flavor == FlavorMariaDB", "mysql", None, None),
        ("flavor == FlavorMariaDB && newer", "mysql", None, None),
        ("flavor == FlavorMariaDB && newer", "mariadb", None, None),
        ("flavor == FlavorMariaDB", "mariadb", None, "other"),
        ("flavor != FlavorMariaDB", "mysql", None, None),
        ("flavor != FlavorMariaDB", "mariadb", "other", None),
        ("flavor == FlavorMySQL", "mariadb", None, None),
        ("flavor == FlavorMySQL", "mysql", None, "other"),
        ('vendor == "tidb"', "mysql", None, None),
        ('driver == "mysql"', "mariadb", None, "other"),
        ('driver == "mysql" && newer', "mysql", None, None),
        ('driver == "postgres"', "mysql", "postgresql", None),
    ],
)
def test_who_is_asked_for_among_servers_of_one_family(
    test: str, server: str, then: str | None, other: str | None
) -> None:
    code = f"""
        package a

        func f(db *sql.DB, flavor, vendor, driver string, newer bool) {{
            if {test} {{
                db.Query("SELECT a FROM t")
            }} else {{
                db.Query("SELECT b FROM t")
            }}
        }}
    """
    found = statements(code, Dialect(name=server))
    assert [each.dialect for each in found] == [then, other]
