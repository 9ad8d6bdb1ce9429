"""NP113: forms of MariaDB's own in DDL for MySQL, by the two manuals; no MySQL server takes part."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, go, place


@pytest.mark.parametrize(
    ("statement", "form"),
    [
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT", "ADD COLUMN IF NOT EXISTS"),
        ("ALTER TABLE t ADD b INT, DROP COLUMN IF EXISTS a", "DROP COLUMN IF EXISTS"),
        ("ALTER TABLE t DROP FOREIGN KEY IF EXISTS k", "DROP FOREIGN KEY IF EXISTS"),
        ("ALTER TABLE t ADD UNIQUE INDEX IF NOT EXISTS k (a)", "ADD UNIQUE INDEX IF NOT EXISTS"),
        ("ALTER TABLE t MODIFY COLUMN IF EXISTS a INT", "MODIFY COLUMN IF EXISTS"),
        ("ALTER TABLE IF EXISTS t ADD a INT", "ALTER TABLE IF EXISTS"),
        ("CREATE UNIQUE INDEX IF NOT EXISTS k ON t (a)", "CREATE UNIQUE INDEX IF NOT EXISTS"),
        ("DROP INDEX IF EXISTS k ON t", "DROP INDEX IF EXISTS"),
        ("CREATE OR REPLACE TABLE t (a INT)", "CREATE OR REPLACE TABLE"),
        ("CREATE SEQUENCE s", "CREATE SEQUENCE"),
    ],
)
def test_mariadbs_own_ddl_is_a_warning_for_mysql(tree: Tree, statement: str, form: str) -> None:
    source = go(f"`{statement}`")
    tree.write("boot.go", source)
    [finding] = [each for each in tree.audit().findings if each.rule == "NP113"]
    assert finding.message.startswith(form)
    assert (finding.severity, finding.errno) == (Severity.WARNING, 1064)
    assert (finding.position.line, finding.position.column) == place(source, form)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE IF NOT EXISTS t (a INT)",
        "DROP TABLE IF EXISTS t",
        "CREATE DATABASE IF NOT EXISTS d",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "DROP VIEW IF EXISTS v",
        "ALTER TABLE t ADD COLUMN a INT COMMENT 'IF NOT EXISTS'",
        "ALTER TABLE t ADD COLUMN a INT DEFAULT (IF(1, 2, 3))",
        "CREATE TRIGGER IF NOT EXISTS x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
    ],
)
def test_what_mysql_understands_is_no_finding(tree: Tree, statement: str) -> None:
    tree.write("boot.go", go(f"`{statement}`"))
    tree.write("more.go", go("`SELECT 1`"))
    assert [each.message for each in tree.audit().findings if each.rule == "NP113"] == []


def test_for_mariadb_there_is_nothing_to_say(tree: Tree) -> None:
    tree.write("boot.go", go("`ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT`", "`SELECT 1`"))
    report = tree.audit(settings=Settings(dialect=Dialect("mariadb", (10, 11)), dialect_given=True))
    assert report.findings == ()


@pytest.mark.parametrize(
    ("statement", "version", "message"),
    [
        ("WITH x AS (SELECT a FROM t) SELECT a FROM x", (5, 7), "WITH is not in MySQL 5.7: it answers 1064"),
        ("SELECT a, ROW_NUMBER() OVER (ORDER BY a) FROM t", (5, 7), "a window function is not in MySQL 5.7"),
        ("SELECT a FROM t WHERE a = ? FOR UPDATE SKIP LOCKED", (5, 7), "SKIP LOCKED is not in MySQL 5.7"),
        ("DELETE FROM t WHERE a = 1 RETURNING a", (8, 0), ""),
        ("SELECT a FROM t LIMIT 1 ROWS EXAMINED 5", (8, 0), "LIMIT ROWS EXAMINED is not in MySQL 8.0"),
        ("WITH x AS (SELECT a FROM t) SELECT a FROM x", (8, 0), ""),
        ("SELECT a FROM t ORDER BY a NULLS FIRST", (8, 0), ""),
    ],
)
def test_what_is_newer_than_the_server_is_a_warning(
    tree: Tree, statement: str, version: tuple[int, ...], message: str
) -> None:
    # What MySQL has since when is from its manuals: no MySQL is at hand to ask.
    tree.write("schema.sql", "CREATE TABLE t (a INT);")
    tree.write("boot.go", go(f"`{statement}`"))
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mysql", version), dialect_given=True)
    found = [each for each in tree.audit("boot.go", settings=settings).findings if each.rule == "NP113"]
    assert bool(found) == bool(message)
    assert not message or found[0].message.startswith(message)


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("CAST(a AS INT)", "INT"),
        ("CAST(a AS integer)", "integer"),
        ("CONVERT(a, VARCHAR(20))", "VARCHAR"),
        ("CAST(a AS SIGNED)", ""),
        ("CAST(a AS SIGNED INTEGER)", ""),
        ("CONVERT(a USING utf8mb4)", ""),
        ("CAST(a AS CHAR(20))", ""),
    ],
)
def test_mysql_by_its_manual_casts_to_no_type_of_columns(tree: Tree, expression: str, word: str) -> None:
    tree.write("schema.sql", "CREATE TABLE t (a INT);")
    source = go(f"`SELECT {expression} FROM t`")
    tree.write("boot.go", source)
    findings = tree.audit("boot.go").findings
    assert bool(findings) == bool(word)
    for each in findings:
        assert (each.rule, each.errno, each.severity) == ("NP113", 1064, Severity.WARNING)
        assert (each.position.line, each.position.column) == place(source, word)
    mariadb = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    assert tree.audit("boot.go", settings=mariadb).findings == ()


@pytest.mark.parametrize(
    ("call", "dialect", "version", "server"),
    [
        ("JSON_VALUE(a, '$.b')", "mysql", (5, 7), "MySQL 5.7"),
        ("json_value(a, '$.b')", "mysql", (8, 0, 20), "MySQL 8.0.20"),
        ("JSON_VALUE(a, '$.b')", "mysql", (8, 0), ""),
        ("JSON_VALUE(a, '$.b')", "mysql", (), ""),
        ("JSON_VALUE(a, '$.b')", "mariadb", (10, 11), ""),
        ("REGEXP_LIKE(a, 'b')", "mariadb", (10, 11), "MariaDB 10.11"),
        ("REGEXP_LIKE(a, 'b')", "mariadb", (12, 0), ""),
        ("JSON_ARRAYAGG(a)", "mysql", (5, 7), ""),
    ],
)
def test_a_function_that_the_server_is_too_old_for(
    tree: Tree, call: str, dialect: str, version: tuple[int, ...], server: str
) -> None:
    """Since when MySQL has one is from its manual, what MariaDB 10.11 has was measured (tests/server)."""
    tree.write("schema.sql", "CREATE TABLE t (a TEXT);")
    tree.write("boot.go", go(f"`SELECT {call} FROM t`"))
    settings = Settings(schema=("schema.sql",), dialect=Dialect(dialect, version), dialect_given=True)
    findings = tree.audit("boot.go", settings=settings).findings
    assert [(each.rule, each.errno) for each in findings] == ([("NP113", 1305)] if server else [])
    assert all(each.message.startswith(f"{server} has no function ") for each in findings)


PROGRAM = """package store

import (
\t"database/sql"

\t_ "github.com/go-sql-driver/mysql"
)

func Run(db *sql.DB, name string) {
\tBODY
}
"""


@pytest.mark.parametrize(
    ("body", "word", "message"),
    [
        ('db.Exec("DELETE FROM t WHERE a = 1 RETURNING a")', "RETURNING", "RETURNING is PostgreSQL's"),
        ("db.Exec(\"SELECT a FROM t WHERE b = 'ilike' AND b ILIKE ?\", name)", "ILIKE ?", "ILIKE is PostgreSQL's"),
        ('db.Query("SELECT a FROM t ORDER BY a DESC NULLS LAST")', "NULLS LAST", "NULLS LAST is PostgreSQL's"),
        ('db.Query("SELECT COUNT(*) FILTER (WHERE a > 1) FROM t")', ") FILTER", "FILTER (WHERE is PostgreSQL's"),
        ('db.Exec("SELECT TOP 5 a FROM t")', "SELECT TOP", "SELECT TOP is SQL Server's"),
        ('db.Exec("INSERT OR IGNORE INTO t (a) VALUES (1)")', "INSERT OR", "INSERT OR is SQLite's"),
        (
            'query := "SELECT a FROM t"\n\tif name != "" {\n\t\tquery += " WHERE b ILIKE 1"\n\t}\n\tdb.Query(query)',
            "ILIKE",
            "ILIKE is PostgreSQL's",
        ),
    ],
)
def test_another_databases_syntax_in_a_program_that_opens_mysql_alone(
    tree: Tree, body: str, word: str, message: str
) -> None:
    tree.write("schema.sql", "CREATE TABLE t (a INT, b VARCHAR(20));")
    source = PROGRAM.replace("BODY", body)
    tree.write("a.go", source)
    report = tree.audit("a.go")
    [finding] = [each for each in report.findings if each.rule == "NP113"]
    assert [each.rule for each in report.findings if each.severity is Severity.ERROR] == []
    assert finding.message == f"{message}, and the program opens no database but MySQL: it answers 1064"
    line, column = place(source, word)
    assert (finding.position.line, finding.position.column) == (line, column)
    assert len(report.unresolved) == 1
    for other in ('_ "github.com/lib/pq"', '_ "modernc.org/sqlite"', "// for PostgreSQL, too"):
        tree.write("b.go", f"package store\n\nimport (\n\t{other}\n)\n")
        assert [each.rule for each in tree.audit("a.go", "b.go").findings] == []
    tree.write("b.go", "package store\n")
    tree.write("a.go", source.replace('\n\t_ "github.com/go-sql-driver/mysql"\n', ""))
    assert [each.rule for each in tree.audit("a.go", "b.go").findings] == []


@pytest.mark.parametrize("tail", ["", " NULL ON EMPTY", " DEFAULT '0' ON ERROR"])
def test_the_type_that_json_value_returns_is_mysqls_by_its_manual(tree: Tree, tail: str) -> None:
    tree.write("schema.sql", "CREATE TABLE t (a INT, b JSON);")
    body = f"db.Query(\"SELECT a FROM t WHERE JSON_VALUE(b, '$.x' RETURNING CHAR(40){tail}) = ?\", name)"
    tree.write("a.go", PROGRAM.replace("BODY", body))
    report = tree.audit("a.go")
    assert (report.findings, report.unresolved) == ((), ())


@pytest.mark.parametrize(
    ("sql", "word", "framed"),
    [
        ("SELECT SUM(a) AS rank FROM t ORDER BY rank", "RANK", "rank"),
        ("SELECT `groups`.a FROM `t`, groups", "GROUPS", "groups"),
        ("UPDATE t SET system = 1", "SYSTEM", "system"),
    ],
)
def test_mysqls_reserved_words_by_its_manual(tree: Tree, sql: str, word: str, framed: str) -> None:
    tree.write("store.go", source := go(f'"{sql}"'))
    [finding] = tree.audit().findings
    told = f"{word} is a reserved word of MySQL 8.0, no name without quotes: it answers 1064"
    assert (finding.rule, finding.severity, finding.message) == ("NP113", Severity.WARNING, told)
    line, column = place(source, framed, 2 if "`groups" in sql else 1)
    assert (finding.position.line, finding.position.column) == (line, column)
    for dialect in (Dialect("mysql", (5, 7)), Dialect("mariadb", (10, 11))):
        assert tree.audit(settings=Settings(dialect=dialect)).findings == ()


@pytest.mark.parametrize("sql", ["SELECT a AS rank FORM t", "SELECT rank of the users", "SELECT a FROM t WINDOW"])
def test_a_text_that_is_wrong_beside_its_reserved_word(tree: Tree, sql: str) -> None:
    tree.write("store.go", go(f'"{sql}"'))
    assert [each for each in tree.audit().findings if each.rule == "NP113"] == []


def test_statistics_of_mariadbs_own_by_mysqls_manual(tree: Tree) -> None:
    tree.write("store.go", go('"ANALYZE TABLE t PERSISTENT FOR ALL"', '"ANALYZE TABLE t"'))
    [finding] = tree.audit().findings
    assert (finding.rule, finding.message) == ("NP113", "PERSISTENT FOR is MariaDB's alone: MySQL answers 1064")


def test_what_a_program_sends_to_mariadb_alone(tree: Tree) -> None:
    tree.write(
        "store.go",
        'package store\n\nimport "database/sql"\n\n'
        'func Run(db *sql.DB, server version) {\n\tquery := "ANALYZE TABLE t"\n'
        '\tif server.IsMariaDB() {\n\t\tquery += " PERSISTENT FOR ALL"\n\t}\n\tdb.Exec(query)\n}\n',
    )
    assert tree.audit().findings == ()


def test_a_reserved_word_that_a_function_may_quote(tree: Tree) -> None:
    tree.write(
        "store.go",
        'package store\n\nimport "database/sql"\n\ntype conn struct{ db *sql.DB }\n\n'
        "func (c *conn) Query(query string) {\n\tc.db.Query(translate(query))\n}\n\n"
        'func Run(c *conn) {\n\tc.Query("SELECT groups FROM t")\n}\n',
    )
    assert tree.audit().findings == ()


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ("\tgithub.com/go-sql-driver/mysql v1.8.1", True),
        ("\tgithub.com/go-sql-driver/mysql v1.8.1\n\tgithub.com/lib/pq v1.10.9 // indirect", True),
        ("\tgithub.com/go-sql-driver/mysql v1.8.1\n\tgithub.com/lib/pq v1.10.9", False),
        ("\tgithub.com/go-sql-driver/mysql v1.8.1 // indirect", False),
    ],
)
def test_the_drivers_that_a_module_needs_count_as_imports_do(tree: Tree, needs: str, told: bool) -> None:
    tree.write("go.mod", f"module x.my/app\n\ngo 1.22\n\nrequire (\n{needs}\n)\n")
    tree.write("schema.sql", "CREATE TABLE t (a INT);")
    tree.write("a.go", go("`INSERT INTO t (a) VALUES (1) RETURNING a`"))
    assert [each.rule for each in tree.audit("a.go").findings] == (["NP113"] if told else [])
