"""Which schema a statement is checked against."""

from __future__ import annotations

from nodepath_cli.config import Dialect, Settings, SourceBlock
from tests.tree import Tree, brief, go


def test_a_statement_of_a_migration_meets_the_schema_of_its_moment(tree: Tree) -> None:
    tree.write("migrations/001_start.up.sql", "CREATE TABLE notes (id INT PRIMARY KEY, body TEXT, old_body TEXT);")
    tree.write(
        "migrations/002_move.up.sql", "UPDATE notes SET body = old_body;\nALTER TABLE notes DROP COLUMN old_body;"
    )
    tree.write("migrations/003_wrong.up.sql", "UPDATE notes SET body = old_body;")
    tree.write("a.go", go('"SELECT body FROM notes"'))
    report = tree.audit(".")
    assert [(each.path, each.identifier) for each in report.findings] == [("migrations/003_wrong.up.sql", "old_body")]
    assert report.counts.resolved == 3


def test_a_migration_is_checked_the_same_where_the_schema_is_given(tree: Tree) -> None:
    tree.write("migrations/001_start.sql", "CREATE TABLE notes (id INT PRIMARY KEY, old_body TEXT);")
    tree.write("migrations/002_move.sql", "UPDATE notes SET old_body = '';\nALTER TABLE notes DROP COLUMN old_body;")
    report = tree.audit(".", settings=Settings(schema=("migrations",)))
    assert report.findings == ()


def test_the_ddl_of_the_tree_is_added_only_where_no_schema_is_given(tree: Tree) -> None:
    tree.write("db/001.sql", "CREATE TABLE notes (id INT PRIMARY KEY);")
    tree.write("schema.sql", "CREATE TABLE other (id INT PRIMARY KEY);")
    tree.write("a.go", go('"SELECT id FROM notes"'))
    assert tree.audit("a.go", "db", settings=Settings()).findings == ()
    given = tree.audit("a.go", "db", settings=Settings(schema=("schema.sql",)))
    assert brief(list(given.findings)) == [("NP102", "notes")]


def test_a_create_if_not_exists_does_not_change_a_table_that_the_migrations_own(tree: Tree) -> None:
    ddl = "CREATE TABLE IF NOT EXISTS ai_whatsapp_session_nodepath (phone_number INT, device_id INT)"
    tree.write("a.go", go(f'"{ddl}"', '"SELECT phone_number FROM ai_whatsapp_session_nodepath"'))
    assert brief(list(tree.audit("a.go").findings)) == [("NP101", "phone_number")]


def test_with_several_databases_in_a_script_a_table_has_the_columns_of_each(tree: Tree) -> None:
    """Which one the program is connected to is not in the script; a name that none of them has is wrong."""
    tree.write(
        "db/1.sql", "USE shop;\nCREATE TABLE orders (id INT);\nUSE shop_next;\nCREATE TABLE orders (id INT, due INT);"
    )
    tree.write("one/1.sql", "USE shop;\nCREATE TABLE orders (id INT);\nCREATE TABLE next.orders (id INT, due INT);")
    tree.write("a.go", go('"SELECT due FROM orders"', '"SELECT nosuch FROM orders"'))
    several = tree.audit("a.go", settings=Settings(schema=("db",)))
    assert brief(list(several.findings)) == [("NP101", "nosuch")]
    one = tree.audit("a.go", settings=Settings(schema=("one",)))
    assert brief(list(one.findings)) == [("NP101", "due"), ("NP101", "nosuch")]


def test_parts_of_a_tree_have_their_own_schema_and_dialect(tree: Tree) -> None:
    tree.write("chat.sql", "CREATE TABLE messages (id INT);")
    tree.write("shop.sql", "CREATE TABLE orders (id INT);")
    tree.write("chat/a.go", go('"SELECT id FROM messages"', '"SELECT id FROM orders"'))
    tree.write("shop/a.go", go('"SELECT id FROM messages"', '"SELECT nosuch FROM orders"'))
    settings = Settings(
        schema=("chat.sql",),
        sources=(SourceBlock(("shop/*",), ("shop.sql",), Dialect("mariadb", (10, 11))),),
    )
    findings = tree.audit("chat", "shop", settings=settings).findings
    assert [(each.path, each.identifier) for each in findings] == [
        ("chat/a.go", "orders"),
        ("shop/a.go", "messages"),
        ("shop/a.go", "nosuch"),
    ]
    assert findings[2].clause == "SELECT"


def test_the_report_names_the_sources(tree: Tree) -> None:
    tree.write("a.go", go('"CREATE TABLE t (a INT)"', '"SELECT a FROM t"'))
    assert tree.audit("a.go").schema.sources == ("head", "DDL of the audited tree")


def test_a_migration_whose_beginning_is_not_in_the_tree_meets_todays_schema_where_that_answers(tree: Tree) -> None:
    tree.write("today.sql", "CREATE TABLE notes (id INT PRIMARY KEY, body TEXT);")
    tree.write("m/007_fill.sql", "UPDATE notes SET body = '';")
    tree.write("m/008_old.sql", "UPDATE notes SET old_body = '';")
    report = tree.audit("m", settings=Settings(schema=("today.sql",)))
    assert report.findings == ()
    assert (report.counts.resolved, [each.path for each in report.unresolved]) == (1, ["m/008_old.sql"])


def test_a_file_of_another_database_is_skipped_and_a_statement_of_one_is_unresolved(tree: Tree) -> None:
    tree.write("store/postgres.go", go('"SELECT id FROM notes WHERE id = $1"'))
    tree.write("store/all.go", go('"SELECT id FROM notes WHERE id = $1"', '"SELECT 1"'))
    report = tree.audit("store")
    assert [(each.path, each.reason) for each in report.skipped] == [
        ("store/postgres.go", "postgresql SQL (file postgres.go)")
    ]
    assert [each.path for each in report.unresolved] == ["store/all.go"]
    assert (report.counts.statements, report.findings) == (2, ())


def test_tables_of_several_databases_of_the_tree_are_known_without_their_database(tree: Tree) -> None:
    tree.write("db/a.sql", "CREATE DATABASE shop; USE shop; CREATE TABLE orders (id INT, old INT NOT NULL);")
    tree.write(
        "db/b.sql", "USE shop_next; CREATE TABLE orders (id INT, new INT NOT NULL); CREATE TABLE carts (id INT);"
    )
    tree.write(
        "a.go",
        go('"SELECT id, old, new FROM orders"', '"SELECT id FROM carts"', '"INSERT INTO orders (id) VALUES (1)"'),
    )
    tree.write("b.go", go('"SELECT nosuch FROM carts"').replace("Run", "Other"))
    report = tree.audit(".")
    assert brief(list(report.findings)) == [("NP101", "nosuch")]
    assert report.counts.unresolved == 0


def test_scripts_that_make_the_same_table_in_other_shapes_stand_for_themselves(tree: Tree) -> None:
    for name, column in (("a", "x"), ("b", "y")):
        tree.write(
            f"cases/{name}.sql",
            f"DROP TABLE IF EXISTS t; CREATE TABLE t ({column} INT); INSERT INTO t ({column}) VALUES (1);",
        )
    tree.write("cases/c.sql", "DROP TABLE IF EXISTS t; CREATE TABLE t (z INT); INSERT INTO t (x) VALUES (1);")
    findings = tree.audit("cases").findings
    assert [(each.path, each.identifier) for each in findings] == [("cases/c.sql", "x")]


def test_folders_that_make_the_same_tables_are_lines_of_their_own(tree: Tree) -> None:
    begin = "CREATE TABLE notes (id INT PRIMARY KEY, old_body TEXT, body TEXT);"
    move = "UPDATE notes SET body = old_body;\nALTER TABLE notes DROP COLUMN old_body;"
    for folder in ("legacy", "sql"):
        tree.write(f"{folder}/001_start.up.sql", begin)
        tree.write(f"{folder}/002_move.up.sql", move)
    tree.write("more/003_wrong.up.sql", "UPDATE notes SET nosuch = 1;")
    report = tree.audit(".")
    assert [(each.path, each.identifier) for each in report.findings] == [("more/003_wrong.up.sql", "nosuch")]


def test_whose_catalogue_it_is_matters_only_where_the_server_is_known(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT PRIMARY KEY);")
    tree.write("a.go", go('"SELECT TIME_MS FROM information_schema.PROCESSLIST"'))
    assert tree.audit("a.go").findings == ()
    mysql = Settings(schema=("schema.sql",), dialect=Dialect("mysql", (8, 0)), dialect_given=True)
    assert brief(list(tree.audit("a.go", settings=mysql).findings)) == [("NP101", "TIME_MS")]
    tree.write("a.go", go('"SELECT nosuch FROM information_schema.PROCESSLIST"'))
    assert brief(list(tree.audit("a.go").findings)) == [("NP101", "nosuch")]


def test_a_schema_for_sqlite_may_say_auto_increment(tree: Tree) -> None:
    tree.write("schema/sqlite/schema.sql", "CREATE TABLE jobs (id BIGINT AUTO_INCREMENT UNIQUE, body TEXT);")
    tree.write("a.go", go('"SELECT body FROM jobs"', '"SELECT nosuch FROM jobs"'))
    sqlite = Settings(dialect=Dialect("sqlite", ()), dialect_given=True)
    assert brief(list(tree.audit(".", settings=sqlite).findings)) == [("NP101", "nosuch")]


def test_scripts_of_a_program_for_another_database_are_its_own(tree: Tree) -> None:
    tree.write("main.go", 'package main\n\nimport _ "github.com/lib/pq"\n\nfunc main() {}\n')
    tree.write("db/001_start.up.sql", "CREATE TABLE notes (id INT); UPDATE notes SET nosuch = 1;")
    tree.write("db/002_more.up.sql", "UPDATE notes SET a = 1; DROP INDEX IF EXISTS old;")
    report = tree.audit(".")
    assert report.findings == ()
    assert all("lib/pq" in each.reason for each in report.unresolved)
    tree.write("db/001_start.up.sql", "CREATE TABLE notes (id INT) ENGINE=InnoDB; UPDATE notes SET nosuch = 1;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_ddl_of_several_statements_in_one_text(tree: Tree) -> None:
    text = """`CREATE TABLE notes (id INT, body TEXT DEFAULT 'a;b');
CREATE INDEX by_id ON notes (id); INSERT INTO notes (id) VALUES (1);
CREATE TABLE more (id INT);`"""
    tree.write("a.go", go(text, '"SELECT body FROM notes"', '"SELECT nosuch FROM more"'))
    report = tree.audit("a.go")
    assert brief(list(report.findings)) == [("NP101", "nosuch")]


def test_sqlite_needs_no_space_behind_the_signs_of_a_comment(tree: Tree) -> None:
    tree.write("db/001_start.sql", "--region notes\nCREATE TABLE notes (id INT);\n--endregion\n")
    tree.write("a.go", go('"SELECT nosuch FROM notes"'))
    sqlite = Settings(dialect=Dialect("sqlite", ()), dialect_given=True)
    assert brief(list(tree.audit(".", settings=sqlite).findings)) == [("NP101", "nosuch")]


def test_numbered_go_and_sql_files_of_one_folder_run_in_one_sequence(tree: Tree) -> None:
    tree.write("db/001_start.go", go('"CREATE TABLE notes (id INT)"'))
    tree.write("db/002_more.sql", "ALTER TABLE notes ADD COLUMN body TEXT; CREATE TABLE more (id INT);")
    tree.write(
        "db/003_rename.go", go('"ALTER TABLE notes RENAME COLUMN body TO content"', '"ALTER TABLE more ADD a INT"')
    )
    tree.write("db/004_index.sql", "CREATE INDEX by_content ON notes (content(10)); UPDATE more SET a = 1;")
    tree.write("db/005_move.sql", "UPDATE notes SET content = ''; UPDATE notes SET body = '';")
    tree.write("a.go", go('"SELECT content FROM notes"', '"SELECT a FROM more"', '"SELECT body FROM notes"'))
    assert brief(list(tree.audit("a.go", "db").findings)) == [("NP101", "body"), ("NP101", "body")]


def test_a_table_whose_beginning_is_not_in_the_tree_is_put_away_and_made_anew(tree: Tree) -> None:
    """As SQLite has it: what the older table was is not known, the new one is."""
    tree.write(
        "migrations/002_again.sql",
        "ALTER TABLE notes RENAME TO _notes_old;\nCREATE TABLE notes (id INT, title TEXT);\n"
        "INSERT INTO notes (id, title) SELECT id, name FROM _notes_old;\nDROP TABLE _notes_old;",
    )
    tree.write("migrations/003_next.sql", "UPDATE notes SET title = '';\nUPDATE notes SET nosuch = '';")
    tree.write("a.go", go('"SELECT title, wrong FROM notes"'))
    report = tree.audit(".", settings=Settings(dialect=Dialect("sqlite")))
    assert brief(list(report.findings)) == [("NP101", "wrong"), ("NP101", "nosuch")]
    assert not any("notes" in each.reason for each in report.unresolved)


def test_a_rename_in_another_file_than_the_table_may_have_come_later(tree: Tree) -> None:
    tree.write("db/a.sql", "ALTER TABLE notes RENAME TO entries;")
    tree.write("db/b.sql", "CREATE TABLE notes (id INT, title TEXT);")
    tree.write("a.go", go('"SELECT title, wrong FROM entries"'))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "wrong")]


def test_scripts_that_make_a_table_in_several_databases_stand_for_themselves(tree: Tree) -> None:
    """Each script is judged by what it has made in the database that it has chosen."""
    tree.write("a.sql", "USE one;\nCREATE TABLE t (x INT); INSERT INTO t VALUES (1); INSERT INTO t (y) VALUES (1);")
    tree.write(
        "b.sql", "USE two;\nCREATE TABLE t (y INT, z INT); INSERT INTO t VALUES (1, 2); INSERT INTO t VALUES (1);"
    )
    tree.write("c.sql", "use three\nCREATE TABLE IF NOT EXISTS t (a INT, b INT);\nINSERT INTO t VALUES (1, 2, 3);")
    findings = tree.audit(".").findings
    assert [(each.path, each.rule, each.identifier) for each in findings] == [
        ("a.sql", "NP101", "y"),
        ("b.sql", "NP104", None),
    ]


def test_the_number_of_columns_of_a_table_of_several_databases_is_not_known(tree: Tree) -> None:
    tree.write("bank/bank.sql", "use bank;\nCREATE TABLE users (id INT, credit INT NOT NULL);")
    tree.write("shop/shop.sql", "use shop;\nCREATE TABLE users (id INT, name TEXT, created INT NOT NULL);")
    scan = """package store

import "database/sql"

func get(db *sql.DB) {
\tvar id, credit, name, created int
\tdb.QueryRow("SELECT * FROM users").Scan(&id, &credit)
\tdb.QueryRow("SELECT * FROM users").Scan(&id, &name, &created)
\tdb.QueryRow("SELECT id, credit FROM users").Scan(&id)
\tdb.Exec("INSERT INTO users VALUES (1, 2)")
\tdb.Exec("INSERT INTO users (id) VALUES (1, 2)")
\tdb.Query("SELECT id FROM users UNION SELECT * FROM users")
\tdb.Query("SELECT nosuch FROM users")
}
"""
    tree.write("store.go", scan)
    found = [(each.rule, each.position.line) for each in tree.audit(".").findings if each.severity == "error"]
    assert found == [("NP108", 9), ("NP104", 11), ("NP101", 13)]


def test_scripts_that_make_a_table_in_other_shapes_leave_the_program_its_choice(tree: Tree) -> None:
    tree.write("one/data.sql", "CREATE TABLE t (id INT, x INT NOT NULL, kind ENUM('a'));")
    tree.write("two/data.sql", "DROP TABLE IF EXISTS t;\nCREATE TABLE t (id INT, y INT NOT NULL, kind INT NOT NULL);")
    tree.write("three/clean.sql", "DROP TABLE t;")
    tree.write("a.go", go('"INSERT INTO t (id, kind, x) VALUES (1, 2, 3)"', '"SELECT y FROM t"', '"SELECT z FROM t"'))
    assert brief(list(tree.audit("a.go", "one", "two").findings)) == [("NP101", "z")]
    assert brief(list(tree.audit(".").findings)) == [("NP101", "z")]


def test_a_script_with_if_not_exists_meets_the_table_in_either_shape(tree: Tree) -> None:
    tree.write("store.go", go('"CREATE TABLE notes (id INT, body TEXT)"', '"SELECT old FROM notes"'))
    tree.write(
        "demo.sql",
        "CREATE TABLE IF NOT EXISTS notes (id INT, old TEXT);\nINSERT INTO notes (id, old) VALUES (1, 'a');\n"
        "INSERT INTO notes (id, body) VALUES (1, 'a');\nINSERT INTO notes (nosuch) VALUES (1);",
    )
    assert [(each.path, each.identifier) for each in tree.audit(".").findings] == [
        ("demo.sql", "nosuch"),
        ("store.go", "old"),
    ]


def test_a_script_that_chooses_a_database_makes_its_tables_anew(tree: Tree) -> None:
    """`test.t` of another script is not there yet where this one makes it."""
    tree.write("a.sql", "CREATE TABLE test.t (x INT);")
    tree.write("b.sql", "USE test;\nCREATE TABLE t (y INT, z INT);\nINSERT INTO t VALUES (1, 2);\nSELECT x FROM t;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "x")]


def test_packages_that_make_a_table_differently_leave_each_other_alone(tree: Tree) -> None:
    """Each may run on a database of its own: which package uses whose table is not in the source."""
    tree.write(
        "web/store.go", go('"CREATE TABLE IF NOT EXISTS sessions (k CHAR(64) PRIMARY KEY, blob_ BLOB NOT NULL)"')
    )
    tree.write(
        "api/store.go",
        go(
            '"CREATE TABLE IF NOT EXISTS sessions (id INT PRIMARY KEY, data BLOB NOT NULL)"',
            '"ALTER TABLE sessions ADD COLUMN seen INT"',
            '"UPDATE sessions SET data = ? WHERE id = ? AND seen = 1"',
        ),
    )
    tree.write("web/get.go", go('"SELECT blob_ FROM sessions WHERE k = ?"', '"SELECT nosuch FROM sessions"'))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_use_in_a_script_says_nothing_of_the_server(tree: Tree) -> None:
    tree.write("b.sql", "USE chat;\nCREATE TABLE t (a INT);")
    tree.write("a.go", go('"SELECT TABLE_NAME FROM information_schema.CHECK_CONSTRAINTS"'))
    assert brief(list(tree.audit().findings)) == []


def test_a_table_is_emptied_at_a_moment_of_its_script(tree: Tree) -> None:
    script = (
        "CREATE TABLE orders1 (a INT);\nRENAME TABLE orders1 TO orders2;\nTRUNCATE TABLE orders2;\n"
        "TRUNCATE TABLE orders1;\nDROP TABLE orders2;\nCREATE TABLE orders3 (a INT);"
    )
    tree.write("a.sql", script)
    assert [(each.rule, each.position.line) for each in tree.audit().findings] == [("NP102", 4)]


def test_a_function_has_the_table_that_it_makes_itself(tree: Tree) -> None:
    code = """package store

import "database/sql"

func boot(db *sql.DB) {
    db.Exec("CREATE TABLE order_items (a INT)")
    db.Exec("CREATE TABLE other (a INT)")
    db.Exec("DROP TABLE other")
}

func swap(db *sql.DB) {
    db.Exec("CREATE TABLE order_items1 (a INT)")
    db.Exec("INSERT INTO order_items1 (a) VALUES (1)")
    db.Exec("DROP TABLE order_items1")
}

func read(db *sql.DB) {
    db.Query("SELECT a FROM order_items1")
}
"""
    tree.write("store.go", code)
    report = tree.audit("store.go")
    assert [each.function for each in report.findings] == ["read"]
    assert [each.reason for each in report.unresolved if each.function == "swap"] == [
        "the function makes the table itself, and other code drops it"
    ]


def test_zero_dates_of_a_dump_were_taken_by_its_server(tree: Tree) -> None:
    """A dump that says nothing of the sql_mode proves that its server took the defaults in it."""
    ddl = "CREATE TABLE t (id INT NOT NULL, at DATETIME NOT NULL DEFAULT '0000-00-00', d DATE NOT NULL DEFAULT 0);"
    assert brief(tree.findings(ddl, '"INSERT INTO t (id) VALUES (1)"', '"SELECT nosuch FROM t"')) == [
        ("NP101", "nosuch")
    ]


def test_a_script_that_forbids_zero_dates_is_believed(tree: Tree) -> None:
    ddl = "SET sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE';\nCREATE TABLE t (at DATE NOT NULL DEFAULT '0000-00-00');"
    tree.write("schema.sql", ddl + "\nCREATE TABLE u (id INT);")
    tree.write("store.go", go('"SELECT at FROM t"'))

    assert [each.rule for each in tree.audit("store.go").findings] == ["NP102"]


def test_a_statement_that_names_the_database_changes_the_table_that_is_made_without_it(tree: Tree) -> None:
    ddl = "CREATE TABLE device (id INT);\nALTER TABLE `shop`.`device` ADD COLUMN n INT;"
    assert brief(tree.findings(ddl, '"SELECT n, id FROM device"', '"SELECT m FROM device"')) == [("NP101", "m")]


def test_a_statement_on_another_database_leaves_the_table_alone(tree: Tree) -> None:
    ddl = "CREATE TABLE device (id INT);\nCREATE TABLE shop.other (id INT);\nALTER TABLE shop.device ADD COLUMN n INT;"
    assert brief(tree.findings(ddl, '"SELECT n FROM device"')) == [("NP101", "n")]


def test_an_alias_of_an_aggregate_may_be_a_column_of_a_table_that_is_not_known(tree: Tree) -> None:
    tree.write("store.go", go('"SELECT COUNT(*) AS device FROM hours GROUP BY device"'))
    assert [each.rule for each in tree.audit("store.go").findings] == []

    ddl = "CREATE TABLE hours (id INT);"
    assert brief(tree.findings(ddl, '"SELECT COUNT(*) AS device FROM hours GROUP BY device"')) == [("NP114", "device")]
