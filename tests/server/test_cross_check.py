"""`--cross-check`: nodepath's verdicts beside a server's, by a user who may only read, with nothing changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymysql.cursors import Cursor

from nodepath_cli.__main__ import main
from nodepath_cli.audit.cross_check import judge
from nodepath_cli.config import Settings
from nodepath_cli.database_url import parse
from nodepath_cli.errors import AccessDenied, NoDatabase, Unreachable, UsageError
from nodepath_cli.schema import live_prepare
from nodepath_cli.schema.live_prepare import Accepted, Answer, NotAsked, Refused, opened
from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection, server_verdict
from tests.server.points import POINTS, SETUP
from tests.server.test_parity import NOT_NAMES
from tests.server.test_service_tree import TREE, create, texts
from tests.tree import Tree

pytestmark = pytest.mark.server

SCHEMA = """
CREATE TABLE orders (id INT PRIMARY KEY, amount INT NOT NULL, label VARCHAR(20), UNIQUE (label));
CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(20));
"""
READER, PASSWORD = "np_reader", "np_reader_secret"


@pytest.fixture
def cursor(mariadb: PrivateMariaDB, database: str) -> Iterator[Cursor]:
    """A cursor of root in a fresh database with the tables of SCHEMA, and a reader who may SELECT there."""
    with mariadb.connect(database) as connection, connection.cursor() as opened_cursor:
        for statement in filter(str.strip, SCHEMA.split(";")):
            opened_cursor.execute(statement)
        opened_cursor.execute(f"CREATE USER {READER}@localhost IDENTIFIED BY '{PASSWORD}'")
        opened_cursor.execute(f"GRANT SELECT ON {database}.* TO {READER}@localhost")
        yield opened_cursor
        opened_cursor.execute(f"DROP USER {READER}@localhost")


@pytest.fixture
def reader(mariadb: PrivateMariaDB, database: str, cursor: Cursor) -> str:
    """The database's URL for the user who may only SELECT."""
    return mariadb.url(database).replace("root@", f"{READER}:{PASSWORD}@")


def checked(url: str, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document of a cross-check of the working directory."""
    code = main(["audit-columns", "--format", "json", "--cross-check", url, *more, "."])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


def on_tree(tree: Tree, sql: str, schema: str = SCHEMA) -> None:
    """A tree whose schema source is `schema` and whose only statement is `sql`."""
    tree.write("schema/schema.sql", schema)
    tree.write("queries.sql", sql + ";\n")
    tree.write("nodepath.toml", 'schema = ["schema/schema.sql"]\nexclude = ["schema"]\n')


@pytest.mark.parametrize("user", ["root", "reader"])
def test_the_server_agrees_on_every_statement_of_the_service(
    user: str,
    mariadb: PrivateMariaDB,
    database: str,
    cursor: Cursor,
    reader: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ddl, _ = texts(TREE, monkeypatch)
    cursor.execute("DROP TABLE orders, people")
    create(cursor, ddl)
    code, document = checked(mariadb.url(database) if user == "root" else reader, capsys)
    counts = document["summary"]["cross_check"]
    assert document["cross_check"] == []
    assert code == 0
    assert counts["asked"] == counts["agreed"] >= 140
    assert counts["disagreed"] == counts["undecided"] == 0
    # What is not asked is what the tree holds of other dialects, holes and unparsed text.
    assert sum(each["count"] for each in counts["not_asked"]) < 10


@pytest.mark.parametrize("user", ["root", "reader"])
def test_what_the_select_form_says_is_what_the_statement_itself_would_bring(
    user: str, mariadb: PrivateMariaDB, database: str, cursor: Cursor, reader: str
) -> None:
    root = cursor.connection
    cursor.execute("DROP TABLE orders, people")
    cursor.execute("CREATE DATABASE r2")
    cursor.execute(f"GRANT SELECT ON r2.* TO {READER}@localhost")
    try:
        for statement in SETUP:
            cursor.execute(statement)
        url = parse(mariadb.url(database) if user == "root" else reader)
        wrong = {}
        asked = 0
        with opened(url) as server:
            for sql in (each.format(db=database) for statements in POINTS.values() for each in statements):
                # A comment that the server runs is opened before a text is put to it.
                if "/*!" in sql or "/*M!" in sql:
                    continue
                answer = server.ask(sql)
                asked += not isinstance(answer, NotAsked)
                if not _true(answer, root, sql):
                    wrong[sql] = answer
        assert wrong == {}
        assert asked >= 400
    finally:
        cursor.execute("DROP DATABASE r2")


def _true(answer: Answer, root: Connection, sql: str) -> bool:
    said = server_verdict(root, sql) or server_verdict(root, sql, execute=True)
    refused = said is not None and said.errno not in NOT_NAMES
    match answer:
        case NotAsked():
            return True
        case Accepted():
            return not refused or bool(answer.left)
        case Refused():
            return said is not None and any(each.errno == said.errno for each in answer.refusals)


DISAGREEMENTS = {
    # What the server lacks: a migration that has not run.
    "SELECT id, note FROM orders": ("schema", "accepts", "1054", "column orders.note is in the schema source"),
    "UPDATE orders SET note = ? WHERE id = ?": ("schema", "accepts", "1054", "column orders.note is in"),
    "INSERT INTO orders (id, amount, note) VALUES (1, 2, 3)": ("schema", "accepts", "1054", "column orders.note is in"),
    "DELETE FROM orders ORDER BY note": ("schema", "accepts", "1054", "column orders.note is in the schema source"),
    "INSERT INTO orders VALUES (1, 2, 'a', 'b')": ("schema", "accepts", "1136", "column orders.note is in the schema"),
    "SELECT id FROM later": ("schema", "accepts", "1146", "table later is in the schema source and not on the server"),
    # What the schema source lacks.
    "SELECT label FROM orders": ("schema", "1054", "accepts", "column orders.label is on the server"),
    "SELECT name FROM people": ("schema", "1146", "accepts", "table people is on the server"),
    "INSERT INTO orders (id, amount) SELECT 1, 2 ON DUPLICATE KEY UPDATE label = 'x'": (
        "schema",
        "1054",
        "accepts",
        "column orders.label is on the server and not in the schema source",
    ),
    # What only a server knows.
    "SELECT no_such_function(id) FROM orders": ("missed", "accepts", "1305", ""),
}
OTHER_SCHEMA = """
CREATE TABLE orders (id INT PRIMARY KEY, amount INT NOT NULL, note VARCHAR(20), stamp INT);
CREATE TABLE later (id INT);
"""


@pytest.mark.parametrize("sql", DISAGREEMENTS)
def test_a_disagreement_is_reported_with_its_kind_and_both_verdicts(
    sql: str, mariadb: PrivateMariaDB, database: str, cursor: Cursor, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, nodepath, server, name = DISAGREEMENTS[sql]
    on_tree(tree, sql, OTHER_SCHEMA)
    code, document = checked(mariadb.url(database), capsys)
    [found] = document["cross_check"]
    assert code == 1
    assert found["kind"] == kind
    assert found["nodepath"].startswith(nodepath)
    assert found["server"].startswith(server)
    assert any(name in each for each in found["names"]) or not name
    assert (found["path"], found["line"], found["column"]) == ("queries.sql", 1, 1)
    assert document["summary"]["cross_check"]["disagreed"] == 1


def test_both_refuse_for_different_reasons(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, "SELECT no_such_function(nosuch) FROM orders")
    code, document = checked(mariadb.url(database), capsys)
    assert code == 1
    [found] = document["cross_check"]
    assert found["kind"] == "different-error"
    assert (found["nodepath"][:4], found["server"][:4]) == ("1054", "1305")


def test_a_given_dialect_that_is_not_the_servers_is_named_as_the_reason(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    # MySQL 8 takes WITH before UPDATE (its manual, "WITH"), MariaDB 10.11 does not.
    on_tree(tree, "WITH c AS (SELECT 1 AS one) UPDATE orders SET amount = 1")
    code, document = checked(mariadb.url(database), capsys, "--dialect", "mysql:8.0")
    [found] = document["cross_check"]
    assert (code, found["kind"], found["nodepath"], found["server"][:4]) == (1, "dialect", "accepts", "1064")


def test_without_a_given_dialect_the_servers_is_audited_for(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, "SELECT id FROM orders")
    _, document = checked(mariadb.url(database), capsys)
    assert document["schema"]["dialect"] == "mariadb"


def test_a_list_that_grows_at_run_time_is_not_counted(
    reader: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, "SELECT id FROM orders")
    tree.write(
        "store.go",
        'package store\n\nimport (\n\t"database/sql"\n\t"strings"\n)\n\nfunc Add(db *sql.DB, n int, args []any) {\n'
        '\tmarks := strings.TrimSuffix(strings.Repeat("?,", n), ",")\n'
        '\tdb.Exec("INSERT INTO orders (id, amount) VALUES (" + marks + ")", args...)\n'
        '\tdb.Exec("INSERT INTO orders (id, nosuch) VALUES (" + marks + ")", args...)\n}\n',
    )
    code, document = checked(reader, capsys)
    counts = document["summary"]["cross_check"]
    assert document["cross_check"] == []
    assert [each["identifier"] for each in document["findings"]] == ["nosuch"]
    assert (counts["asked"], counts["agreed"], code) == (2, 2, 1)
    assert [each["count"] for each in counts["not_asked"]] == [1]


WRONG = [
    "SELECT nosuch FROM orders",
    "SELECT id FROM nosuch",
    "SELECT id FROM orders JOIN people ON 1",
    "INSERT INTO orders (id, nosuch) VALUES (1, 2)",
    "INSERT INTO orders (id, amount) VALUES (1)",
    "INSERT INTO orders (id, id) VALUES (1, 1)",
    "INSERT INTO orders (id, nosuch) SELECT id, name FROM people",
    "INSERT INTO orders (id, amount) SELECT id FROM people",
    "INSERT INTO orders (id, amount) SELECT id, 1 FROM people ON DUPLICATE KEY UPDATE amount = nosuch",
    "INSERT INTO orders (id, amount) VALUES (1, 2) ON DUPLICATE KEY UPDATE nosuch = VALUES(amount)",
    "REPLACE INTO orders SET id = 1, nosuch = 2",
    "UPDATE orders SET amount = nosuch",
    "UPDATE orders o JOIN people p ON p.id = o.id SET id = 1",
    "DELETE FROM orders WHERE nosuch = 1",
    "DELETE FROM orders ORDER BY nosuch LIMIT 1",
    "DELETE x FROM orders o JOIN people p ON p.id = o.id",
]


@pytest.mark.parametrize("sql", WRONG)
def test_a_reader_gets_the_error_of_the_statement_that_he_may_not_prepare(
    sql: str, reader: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, sql)
    code, document = checked(reader, capsys)
    counts = document["summary"]["cross_check"]
    assert document["findings"]
    assert document["cross_check"] == []
    assert (counts["asked"], counts["agreed"], counts["not_asked"]) == (1, 1, [])
    assert code == 1


CHANGING = [
    "INSERT INTO orders (id, amount) VALUES (1, 2)",
    "INSERT INTO orders (id, amount) VALUES (nextval(numbers), writes())",
    "REPLACE INTO orders SET id = 7, amount = writes()",
    "UPDATE orders SET amount = 9 WHERE id = writes()",
    "UPDATE orders SET amount = (SELECT get_lock('np_lock', 0))",
    "DELETE FROM orders",
    "DELETE FROM orders WHERE id IN (SELECT writes())",
    "SELECT writes(), nextval(numbers), get_lock('np_lock', 0) FROM orders WHERE id = writes()",
    "SELECT id FROM orders FOR UPDATE",
]


def test_nothing_is_changed_by_asking(mariadb: PrivateMariaDB, database: str, cursor: Cursor) -> None:
    cursor.execute("INSERT INTO orders VALUES (7, 7, 'seven')")
    cursor.execute("CREATE SEQUENCE numbers")
    cursor.execute(
        "CREATE FUNCTION writes() RETURNS INT DETERMINISTIC MODIFIES SQL DATA "
        "BEGIN INSERT INTO people VALUES (1, 'made'); RETURN 7; END"
    )
    with opened(parse(mariadb.url(database))) as server:
        answers = {sql: server.ask(sql) for sql in CHANGING}
    assert [sql for sql, answer in answers.items() if isinstance(answer, Refused)] == []
    for query, expected in (
        ("SELECT * FROM orders", ((7, 7, "seven"),)),
        ("SELECT * FROM people", ()),
        ("SELECT next_not_cached_value FROM numbers", ((1,),)),
        ("SELECT IS_USED_LOCK('np_lock')", ((None,),)),
    ):
        cursor.execute(query)
        assert cursor.fetchall() == expected


def test_a_table_that_the_reader_may_not_read_is_not_asked(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, reader: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    cursor.execute(f"REVOKE SELECT ON {database}.* FROM {READER}@localhost")
    cursor.execute(f"GRANT SELECT ON {database}.people TO {READER}@localhost")
    on_tree(tree, "SELECT id FROM orders;\nUPDATE orders SET amount = 1;\nSELECT id FROM people")
    code, document = checked(reader, capsys)
    counts = document["summary"]["cross_check"]
    assert (code, counts["asked"], counts["agreed"]) == (0, 1, 1)
    assert counts["not_asked"] == [{"reason": "the database user may not read every table that it names", "count": 2}]


def test_a_waiting_alter_does_not_hold_the_audit_up(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_prepare, "LOCK_SECONDS", 1)
    with opened(parse(mariadb.url(database))) as server, mariadb.connect(database) as altering:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM orders")
        alter = threading.Thread(target=altering.query, args=("ALTER TABLE orders ADD COLUMN late INT",))
        alter.start()
        try:
            with mariadb.connect() as watching, watching.cursor() as watch:
                deadline = time.monotonic() + 20
                while not watch.execute(WAITING) and time.monotonic() < deadline:
                    time.sleep(0.02)
            held = server.ask("SELECT id FROM orders")
        finally:
            cursor.execute("COMMIT")
            alter.join()
        assert isinstance(held, NotAsked)
        assert held.reason.endswith("in time")
        assert server.ask("SELECT id, late FROM orders") == Accepted()


OTHERS = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = %s AND ID <> CONNECTION_ID()"
WAITING = "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata lock%'"


def test_a_lost_connection_is_opened_again(mariadb: PrivateMariaDB, database: str, cursor: Cursor) -> None:
    with opened(parse(mariadb.url(database))) as server:
        assert isinstance(server.ask("SELECT id FROM orders"), Accepted)
        cursor.execute(OTHERS, (database,))
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")
        assert isinstance(server.ask("SELECT id FROM orders"), NotAsked)
        assert isinstance(server.ask("SELECT id FROM orders"), Accepted)


def test_a_server_that_cannot_be_asked_ends_the_run_before_anything_is_read(
    mariadb: PrivateMariaDB, database: str, reader: str
) -> None:
    settings = Settings()
    for url, error in (
        ("sqlite:///x.db", UsageError),
        (mariadb.url(database).replace(mariadb.socket, mariadb.socket + ".nosuch"), Unreachable),
        (reader.replace(PASSWORD, "wrong"), AccessDenied),
        (mariadb.url("np_no_such_database"), NoDatabase),
        (mariadb.url(""), NoDatabase),
    ):
        with pytest.raises(error), judge(url, settings):
            pass


def test_the_report_for_people_names_the_server_without_its_password(
    reader: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, "SELECT id, note FROM orders", OTHER_SCHEMA)
    assert main(["audit-columns", "--cross-check", reader, "."]) == 1
    out = capsys.readouterr().out
    assert "queries.sql:1:1: cross-check[schema] nodepath accepts, the server says 1054: Unknown column 'note'" in out
    assert "column orders.note is in the schema source and not on the server" in out
    assert "1 asked, 0 agreed, 1 disagreed, 0 not asked" in out
    assert PASSWORD not in out


@pytest.mark.parametrize("format_name", ["concise", "github", "markdown"])
def test_other_formats_carry_the_disagreement(
    format_name: str, reader: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    on_tree(tree, "SELECT id, note FROM orders", OTHER_SCHEMA)
    main(["audit-columns", "--format", format_name, "--cross-check", reader, "."])
    out = capsys.readouterr().out
    assert "Unknown column 'note'" in out
    assert "1 disagreed" in out


def test_the_server_is_not_asked_about_the_programs_temporary_tables(
    mariadb: PrivateMariaDB, database: str, cursor: Cursor, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write("schema/schema.sql", SCHEMA)
    tree.write(
        "a.go",
        'package a\n\nimport "database/sql"\n\nfunc f(db *sql.DB) {\n'
        '\tdb.Exec("CREATE TEMPORARY TABLE big AS SELECT id FROM orders")\n'
        '\tdb.Query("SELECT people.name FROM people JOIN big ON big.id = people.id")\n'
        '\tdb.Query("SELECT name FROM people")\n}\n',
    )
    tree.write("nodepath.toml", 'schema = ["schema/schema.sql"]\nexclude = ["schema"]\n')
    code, document = checked(mariadb.url(database), capsys)
    counts = document["summary"]["cross_check"]
    assert code == 0
    assert (counts["asked"], counts["agreed"]) == (1, 1)
    assert {"reason": "it names a temporary table that the program makes", "count": 1} in counts["not_asked"]
