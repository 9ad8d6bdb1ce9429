"""The replay of DDL: what a user's schema looks like after it, and what is said of statements that do not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Key, Rename, Schema, Table
from nodepath_cli.sql.ddl import DdlText, Replay, column_type_text, replay, replay_script

MYSQL57 = Dialect("mysql", (5, 7))
MYSQL80 = Dialect("mysql", (8, 0))
MARIADB = Dialect("mariadb", (10, 11))
SQLITE = Dialect("sqlite", ())


def after(script: str, dialect: Dialect = MYSQL80, base: Schema | None = None) -> Schema:
    return replay_script(script, "db/001.sql", base or Schema(), dialect)


def table(schema: Schema, name: str) -> Table:
    found = schema.table(name)
    assert found is not None
    return found


def column(schema: Schema, name: str, column_name: str) -> Column:
    found = table(schema, name).column(column_name)
    assert found is not None
    return found


def names(schema: Schema, name: str) -> list[str]:
    return [each.name for each in table(schema, name).columns]


def errnos(schema: Schema) -> list[int | None]:
    return [problem.errno for problem in schema.problems]


def test_a_refused_statement_changes_nothing_and_is_listed_with_its_line() -> None:
    schema = after("CREATE TABLE t (a INT);\n\nALTER TABLE t ADD b INT, DROP COLUMN c;\nALTER TABLE t ADD d INT;")
    assert names(schema, "t") == ["a", "d"]
    (problem,) = schema.problems
    assert (problem.path, problem.line, problem.errno) == ("db/001.sql", 3, 1091)


def test_the_next_source_overrides_a_table_but_not_with_if_not_exists() -> None:
    base = after("CREATE TABLE t (a INT); CREATE TABLE u (a INT);")
    schema = after("CREATE TABLE t (b INT); CREATE TABLE IF NOT EXISTS u (b INT);", base=base)
    assert (names(schema, "t"), names(schema, "u")) == (["b"], ["a"])
    assert schema.problems == ()


def test_the_same_source_cannot_create_a_table_twice() -> None:
    schema = after("CREATE TABLE t (a INT); CREATE TABLE t (b INT);")
    assert names(schema, "t") == ["a"]
    assert errnos(schema) == [1050]


def test_renamed_columns_are_remembered_with_the_file() -> None:
    schema = after("CREATE TABLE t (a INT, b INT); ALTER TABLE t CHANGE a x INT, RENAME COLUMN b TO y, MODIFY x INT;")
    assert schema.renames == ()
    schema = after("CREATE TABLE t (a INT, b INT); ALTER TABLE t CHANGE a x INT, RENAME COLUMN b TO y;")
    assert schema.renames == (
        Rename("t", "a", "x", "renamed in 001.sql"),
        Rename("t", "b", "y", "renamed in 001.sql"),
    )


def test_former_names_follow_a_second_rename_and_the_table() -> None:
    schema = after(
        "CREATE TABLE t (a INT); ALTER TABLE t CHANGE a b INT; ALTER TABLE t RENAME COLUMN b TO c; RENAME TABLE t TO u;"
    )
    assert [(each.table, each.old, each.new) for each in schema.renames] == [("u", "a", "c"), ("u", "b", "c")]


def test_a_refused_rename_of_the_table_takes_back_the_whole_alter() -> None:
    schema = after("CREATE TABLE t (a INT); CREATE TABLE u (a INT); ALTER TABLE t CHANGE a b INT, RENAME TO u;")
    assert (names(schema, "t"), errnos(schema), schema.renames) == (["a"], [1050], ())


def test_keys_follow_their_columns() -> None:
    schema = after(
        "CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (a), UNIQUE u (b), KEY k (b, c), KEY only_c (c));"
        "ALTER TABLE t CHANGE b bb INT, DROP COLUMN c;"
    )
    found = table(schema, "t")
    assert found.primary_key == ("a",)
    assert found.unique_keys == (Key("u", ("bb",)),)
    assert found.indexes == (Key("k", ("bb",)),)


def test_a_temporary_table_hides_another_one_and_ends_with_the_session() -> None:
    schema = after("CREATE TABLE t (a INT); CREATE TEMPORARY TABLE t (b INT); ALTER TABLE t ADD c INT;")
    assert names(schema, "t") == ["a"]
    assert schema.problems == ()


def test_an_unknown_table_is_refused_by_name() -> None:
    schema = after("ALTER TABLE nothing ADD a INT; DROP TABLE nothing; RENAME TABLE nothing TO some;")
    assert errnos(schema) == [1146, 1051, 1146]


def test_a_table_swap_keeps_both() -> None:
    schema = after("CREATE TABLE a (x INT); CREATE TABLE b (y INT); RENAME TABLE a TO tmp, b TO a, tmp TO b;")
    assert (names(schema, "a"), names(schema, "b")) == (["y"], ["x"])


def test_use_names_the_default_database_and_other_databases_keep_their_name() -> None:
    schema = after("CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT); CREATE TABLE log.u (b INT);")
    assert schema.database == "shop"
    assert table(schema, "t").database is None
    found = schema.table("u", "log")
    assert found is not None
    assert found.database == "log"


def test_tables_that_all_name_the_same_database_are_the_own_ones() -> None:
    schema = after("CREATE TABLE shop.t (a INT); CREATE TABLE shop.u (b INT);")
    assert schema.database == "shop"
    assert table(schema, "t").database is None


def test_a_view_has_the_columns_of_its_select() -> None:
    schema = after("CREATE TABLE t (id BIGINT NOT NULL, a INT); CREATE VIEW v AS SELECT id, a + 1 AS more FROM t;")
    assert table(schema, "v").kind == "view"
    assert names(schema, "v") == ["id", "more"]
    assert (column(schema, "v", "id").type, column(schema, "v", "more").type) == ("bigint", "")


def test_a_view_over_an_unknown_column_is_refused() -> None:
    schema = after("CREATE TABLE t (id INT); CREATE VIEW v AS SELECT nothing FROM t; CREATE VIEW w AS SELECT 1 FROM x;")
    assert schema.table("v") is None
    assert errnos(schema) == [1054, 1146]


def test_a_view_that_cannot_be_followed_is_open_and_said_so() -> None:
    schema = after("CREATE TABLE t (id INT); CREATE VIEW v AS SELECT * FROM t, JSON_FUTURE(something) AS x (((;")
    assert errnos(schema) == [1064]
    assert schema.table("v") is None


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (MYSQL57, [(False, "current_timestamp()", "current_timestamp()"), (False, "'0000-00-00 00:00:00'", None)]),
        (MYSQL80, [(True, None, None), (True, None, None)]),
        (
            Dialect("mariadb", (10, 9)),
            [(False, "current_timestamp()", "current_timestamp()"), (False, "'0000-00-00 00:00:00'", None)],
        ),
        (MARIADB, [(True, None, None), (True, None, None)]),
    ],
)
def test_timestamps_without_attributes_follow_the_server_version_by_the_manual(
    dialect: Dialect, expected: list[tuple[bool, str | None, str | None]]
) -> None:
    schema = after("SET sql_mode = ''; CREATE TABLE t (a TIMESTAMP, b TIMESTAMP);", dialect)
    found = [(each.nullable, each.default, each.on_update) for each in table(schema, "t").columns]
    assert found == expected


def test_mysql57_refuses_the_zero_date_of_a_second_timestamp_in_its_default_mode_by_the_manual() -> None:
    assert errnos(after("CREATE TABLE t (a TIMESTAMP, b TIMESTAMP);", MYSQL57)) == [1067]


@pytest.mark.parametrize("behind", ["", "PRIMARY KEY AUTO_INCREMENT", "AUTO_INCREMENT PRIMARY KEY", "NOT NULL"])
def test_serial_is_an_automatic_number_whatever_of_that_is_said_again(behind: str) -> None:
    schema = after(f"CREATE TABLE t (id SERIAL {behind})")
    made = column(schema, "t", "id")
    assert (made.type, made.nullable, made.auto_increment) == ("serial", False, True)


def test_mysql_refuses_what_only_mariadb_takes_by_the_manual() -> None:
    script = "CREATE TABLE t (a TEXT DEFAULT 'x');"
    assert errnos(after(script, MYSQL80)) == [1101]
    assert errnos(after(script, MARIADB)) == []


def test_mysql_shortens_a_unique_key_and_mariadb_refuses() -> None:
    script = "CREATE TABLE t (a INT, b INT, UNIQUE u (a, b)); ALTER TABLE t DROP COLUMN b;"
    assert table(after(script, MYSQL80), "t").unique_keys == (Key("u", ("a",)),)
    assert errnos(after(script, MARIADB)) == [1072]


def test_references_of_a_column_make_a_foreign_key_on_mariadb_alone_by_the_manual() -> None:
    script = "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (p INT REFERENCES p (id));"
    assert table(after(script, MYSQL80), "c").foreign_keys == ()
    assert [key.name for key in table(after(script, MARIADB), "c").foreign_keys] == ["c_ibfk_1"]


@pytest.mark.parametrize(
    ("dialect", "collation"),
    [(MYSQL57, "utf8mb4_general_ci"), (MYSQL80, "utf8mb4_0900_ai_ci"), (MARIADB, "utf8mb4_general_ci")],
)
def test_the_default_collation_of_a_charset_depends_on_the_server(dialect: Dialect, collation: str) -> None:
    schema = after("CREATE TABLE t (a VARCHAR(9)) DEFAULT CHARSET=utf8mb4;", dialect)
    assert (table(schema, "t").collation, column(schema, "t", "a").collation) == (collation, collation)


def test_the_charset_is_not_guessed_where_nothing_says_it() -> None:
    schema = after("CREATE TABLE t (a VARCHAR(9));")
    assert (table(schema, "t").charset, column(schema, "t", "a").charset) == (None, None)


def test_executable_comments_run_by_version() -> None:
    script = "CREATE TABLE t (a INT /*!80023 INVISIBLE */, b INT /*M! INVISIBLE */, c INT /*!50100 NOT NULL */);"
    found = {dialect: after(script, dialect) for dialect in (MYSQL57, MYSQL80, MARIADB)}
    assert [column(found[each], "t", "a").invisible for each in (MYSQL57, MYSQL80, MARIADB)] == [False, True, False]
    assert [column(found[each], "t", "b").invisible for each in (MYSQL57, MYSQL80, MARIADB)] == [False, False, True]
    assert not column(found[MYSQL57], "t", "c").nullable


def test_a_foreign_key_needs_its_table_unless_the_checks_are_off() -> None:
    child = "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id));"
    assert errnos(after(child)) == [1824]
    assert errnos(after(child, MARIADB)) == [1005]
    assert errnos(after(f"SET FOREIGN_KEY_CHECKS=0; {child}")) == []


def test_an_inferred_order_lets_a_foreign_key_come_before_its_table() -> None:
    texts = [DdlText("CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id))"), DdlText("CREATE TABLE p (id INT)")]
    assert replay(texts, Schema(), MYSQL80, ordered=False).problems == ()


def test_a_column_found_in_code_is_kept_where_its_default_does_not_fit() -> None:
    texts = [DdlText("CREATE TABLE t (a INT)"), DdlText("ALTER TABLE t ADD b INT NOT NULL DEFAULT 'x'", "db.go", 7)]
    schema = replay(texts, Schema(), MYSQL80, ordered=False)
    assert (names(schema, "t"), column(schema, "t", "b").nullable) == (["a", "b"], False)
    assert [(problem.path, problem.line) for problem in schema.problems] == [("db.go", 7)]
    assert names(replay(texts, Schema(), MYSQL80), "t") == ["a"]


def test_an_idempotent_migration_of_prepared_statements_is_followed() -> None:
    schema = after(
        "CREATE TABLE t (a INT);\n"
        "SET @table = 't';\n"
        "SET @sql = (SELECT IF((SELECT COUNT(*) FROM information_schema.COLUMNS WHERE COLUMN_NAME = 'b') > 0,\n"
        "  'SELECT 1', CONCAT('ALTER TABLE ', @table, ' ADD b INT;')));\n"
        "PREPARE s FROM @sql; EXECUTE s; EXECUTE s; DEALLOCATE PREPARE s;"
    )
    assert names(schema, "t") == ["a", "b"]
    assert schema.problems == ()


def test_a_procedure_that_alters_its_argument_is_followed() -> None:
    schema = after(
        "CREATE TABLE t (a INT, KEY k (a));\n"
        "CREATE PROCEDURE drop_key(IN tbl VARCHAR(64), IN k VARCHAR(64)) BEGIN\n"
        "  IF EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE INDEX_NAME = k) THEN\n"
        "    SET @q = CONCAT('ALTER TABLE ', tbl, ' DROP INDEX ', k);\n"
        "    PREPARE s FROM @q; EXECUTE s;\n"
        "  END IF;\nEND;\n"
        "CALL drop_key('t', 'k'); CALL drop_key('t', 'nothing');"
    )
    assert table(schema, "t").indexes == ()
    assert schema.problems == ()


def test_a_hole_in_a_key_name_does_not_matter_and_in_a_column_opens_the_table() -> None:
    schema = replay(
        [
            DdlText("CREATE TABLE t (a INT)"),
            DdlText("ALTER TABLE t ADD UNIQUE KEY `\ufffcby_a` (a)"),
            DdlText("CREATE TABLE u (a VARCHAR(\ufffc), b INT DEFAULT \ufffc)"),
            DdlText("CREATE TABLE w (a INT, \ufffc)"),
            DdlText("CREATE TABLE \ufffc (a INT)"),
        ],
        Schema(),
        MYSQL80,
    )
    assert table(schema, "t").unique_keys == (Key("by_a", ("a",)),)
    assert [each.name for each in schema.tables] == ["t", "u", "w"]
    assert [table(schema, name).open for name in ("t", "u", "w")] == [False, False, True]
    assert errnos(schema) == [None, None]


def test_the_schema_can_be_asked_for_between_two_statements() -> None:
    running = Replay(Schema(), MYSQL80)
    assert running.run(DdlText("CREATE TABLE t (a INT)")) == ()
    before = running.schema()
    (problem,) = running.run(DdlText("ALTER TABLE t DROP COLUMN b", "x.sql", 4))
    running.run(DdlText("ALTER TABLE t ADD b INT"))
    assert (names(before, "t"), names(running.schema(), "t")) == (["a"], ["a", "b"])
    assert (problem.errno, problem.line) == (1091, 4)


def test_sqlite_keeps_its_own_rules() -> None:
    schema = after(
        'CREATE TABLE "users" (id INTEGER PRIMARY KEY AUTOINCREMENT, [full name] TEXT COLLATE NOCASE NOT NULL, plain,\n'
        "  at DATETIME DEFAULT (datetime('now')), UNIQUE (plain) ON CONFLICT REPLACE);\n"
        "CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;\n"
        'CREATE UNIQUE INDEX IF NOT EXISTS by_name ON USERS ("full name" DESC) WHERE plain IS NOT NULL;\n'
        "ALTER TABLE Users RENAME COLUMN plain TO fancy; ALTER TABLE users ADD COLUMN more REAL;\n"
        "ALTER TABLE users DROP COLUMN at; DROP INDEX by_name; ALTER TABLE users RENAME TO people;",
        SQLITE,
        Schema(dialect="sqlite", case_sensitive_tables=False),
    )
    assert schema.problems == ()
    assert names(schema, "people") == ["id", "full name", "fancy", "more"]
    found = table(schema, "people")
    assert (found.primary_key, found.indexes) == (("id",), ())
    assert [key.columns for key in found.unique_keys] == [("fancy",)]
    assert [each.nullable for each in table(schema, "pairs").columns] == [False, False]


def test_sqlite_takes_a_column_twice_in_a_key() -> None:
    """Measured on SQLite 3.40; MySQL and MariaDB answer 1060."""
    sql = "CREATE TABLE plays (who INT, what INT, UNIQUE (who, what, who));"
    assert after(sql, SQLITE, Schema(dialect="sqlite", case_sensitive_tables=False)).problems == ()
    assert [each.errno for each in after(sql).problems] == [1060]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("int", "int(11)"),
        ("int unsigned", "int(10) unsigned"),
        ("bool", "tinyint(1)"),
        ("numeric", "decimal(10,0)"),
        ("double precision", "double"),
        ("character varying(9)", "varchar(9)"),
        ("enum('a','it''s')", "enum('a','it''s')"),
        ("text(300)", "text"),
        ("no such type", "no such type"),
    ],
)
def test_types_in_the_spelling_of_information_schema(written: str, shown: str) -> None:
    assert column_type_text(written, MARIADB) == shown


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from([MYSQL57, MYSQL80, MARIADB, SQLITE]))
def test_no_text_at_all_is_an_exception(texts: list[str], dialect: Dialect) -> None:
    statements = [f"{start} {text}" for text in texts for start in ("CREATE TABLE t (", "ALTER TABLE t", "CREATE", "")]
    schema = after(";\n".join(["CREATE TABLE t (a INT)", *statements]), dialect)
    assert schema.dialect == dialect.name
