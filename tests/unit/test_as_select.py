"""A statement that writes, put as SELECTs of the same names; `tests/server` asks a server with them."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.as_select import MOST_ROWS, as_selects, pieces


def asked(sql: str) -> list[str]:
    """The SELECTs of a statement."""
    selects = as_selects(sql)
    assert selects is not None
    return [question.sql for question in selects.questions]


def left(sql: str) -> tuple[str, ...]:
    """What they leave out."""
    selects = as_selects(sql)
    assert selects is not None
    return selects.left


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (a, b) VALUES (1, (SELECT x FROM u WHERE y IN (1, 2)))",
        "REPLACE LOW_PRIORITY INTO db.t SET a = 1, b = DEFAULT",
        "INSERT INTO t (a) WITH c AS (SELECT 1) SELECT * FROM c ON DUPLICATE KEY UPDATE a = VALUES(a)",
        "UPDATE t JOIN u USING (a) SET t.b = 'x;y', u.c = u.c + 1 WHERE t.a = ? ORDER BY b LIMIT ?",
        "DELETE t, u.* FROM t JOIN u ON t.a = u.a WHERE t.b < NOW()",
        "WITH c AS (SELECT 1 AS a) DELETE FROM t WHERE a IN (SELECT a FROM c)",
        "EXPLAIN UPDATE t SET a = 1",
    ],
)
def test_nothing_that_is_asked_would_write_or_read_a_row_of_a_target(sql: str) -> None:
    for select in asked(sql):
        assert select.split(None, 1)[0].upper() in ("SELECT", "WITH")
        assert as_selects(select) is not None
        assert not as_selects(select).writes  # type: ignore[union-attr]
        assert "WHERE 0" in select or select in sql or "UNION ALL (" in select


def test_every_part_of_an_upsert_is_asked() -> None:
    assert asked(
        "INSERT INTO t (a, b) VALUES (?, DEFAULT) ON DUPLICATE KEY UPDATE b = VALUES(b) + 1, c = IF(d, 1, 2)"
    ) == [
        "SELECT 1 FROM (SELECT a, b FROM t WHERE 0) nodepath_columns",
        "SELECT ?, NULL FROM t WHERE 0",
        "SELECT NULL, NULL UNION ALL SELECT ?, NULL FROM t WHERE 0",
        "SELECT b, c FROM t WHERE 0",
        "SELECT (b) + 1, IF(d, 1, 2) FROM t WHERE 0",
    ]


def test_an_upsert_after_a_select_sees_the_tables_of_its_first_branch() -> None:
    last = asked(
        "INSERT INTO t (a) SELECT x FROM u, v WHERE y UNION SELECT z FROM w ON DUPLICATE KEY UPDATE a = VALUES(a) + x"
    )[-1]
    assert last == "SELECT (t.a) + x FROM t, (u, v) WHERE 0"


def test_an_upsert_after_a_grouped_select_sees_its_target_alone() -> None:
    last = asked("INSERT INTO t (a) SELECT COUNT(*) FROM u GROUP BY x ON DUPLICATE KEY UPDATE a = x")[-1]
    assert last == "SELECT x FROM t WHERE 0"


def test_a_delete_asks_for_its_targets_and_its_condition() -> None:
    assert asked("DELETE FROM t, x USING t JOIN u x USING (a) WHERE t.b = 1") == [
        "SELECT t.*, x.* FROM t JOIN u x USING (a) WHERE 0",
        "SELECT 1 FROM t JOIN u x USING (a) WHERE 0 AND (t.b = 1)",
    ]


def test_a_keyword_in_quotes_parentheses_or_behind_a_dot_parts_nothing() -> None:
    assert asked("UPDATE `set` SET `set`.where = (SELECT a FROM b WHERE c), `order` = ' SET '") == [
        "SELECT `set`.where, `order` FROM `set` WHERE 0",
        "SELECT (SELECT a FROM b WHERE c), ' SET ' FROM `set` WHERE 0",
        "SELECT 1 FROM `set` WHERE 0",
    ]


def test_a_lock_on_rows_is_left_out_of_a_query() -> None:
    assert asked("SELECT a FROM t WHERE b = ? FOR UPDATE") == ["SELECT a FROM t WHERE b = ?"]
    assert asked("SELECT a FROM t LOCK IN SHARE MODE") == ["SELECT a FROM t"]
    assert asked("SELECT a FROM t USE INDEX FOR JOIN (k)") == ["SELECT a FROM t USE INDEX FOR JOIN (k)"]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (a) VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a",
        "INSERT INTO t (a) SELECT IFNULL(MAX(b), 0) FROM u ON DUPLICATE KEY UPDATE a = b",
        "UPDATE t SET a = 1 ORDER BY 2",
        "UPDATE t FOR PORTION OF p FROM 1 TO 2 SET a = 1",
        "INSERT INTO t VALUES " + ", ".join(["(1)"] * (MOST_ROWS + 1)),
        "INSERT INTO t () VALUES (1)",
    ],
)
def test_what_no_select_can_ask_is_said(sql: str) -> None:
    assert left(sql)


@pytest.mark.parametrize("sql", ["CREATE TABLE t (a INT)", "SET @a = 1", "CALL p()", "", "'", "(", "SELECT 'x"])
def test_what_is_no_dml_is_not_asked(sql: str) -> None:
    selects = as_selects(sql)
    assert selects is None or not selects.writes


@pytest.mark.parametrize("sql", ["INSERT", "INSERT INTO", "INSERT INTO t VALUES", "UPDATE", "UPDATE t SET"])
def test_a_broken_statement_does_no_harm(sql: str) -> None:
    selects = as_selects(sql)
    assert selects is not None
    assert selects.writes


def test_a_text_of_several_statements_is_taken_apart() -> None:
    assert pieces("SELECT ';'; UPDATE t SET a = 1;") == ("SELECT ';'", "UPDATE t SET a = 1")
    assert pieces("SELECT 1 /*! WHERE a */;") == ("SELECT 1 /*! WHERE a */;",)
