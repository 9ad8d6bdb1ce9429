"""Which statements of an interrupted revision count as run, and which statement is a step at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.config import Dialect
from nodepath_cli.migrate.ledger import Entry
from nodepath_cli.migrate.matching import CannotResume, Remaining
from nodepath_cli.migrate.statements import sent
from nodepath_cli.sql.ddl_objects import touched

MYSQL = Dialect("mysql", (8, 0))


def entries(*statements: str | tuple[str, object]) -> tuple[Entry, ...]:
    found = []
    for number, given_ in enumerate(statements, 1):
        text, values = (given_, None) if isinstance(given_, str) else given_
        each = sent(text, values)
        kind = "data" if each.kind == "data" else "ddl"
        found.append(
            Entry(
                "0002",
                "up",
                number,
                "ddl" if kind == "ddl" else "data",
                "done",
                each.text_hash,
                each.values_hash,
                "",
                each.text if kind == "ddl" else each.head,
                place=f"{number:08}",
            )
        )
    return tuple(found)


def taken(remaining: Remaining, *statements: str | tuple[str, object]) -> list[int | None]:
    found: list[int | None] = []
    for given_ in statements:
        text, values = (given_, None) if isinstance(given_, str) else given_
        step = remaining.take(sent(text, values))
        found.append(step.step if step else None)
    return found


ONE, TWO, THREE = "CREATE TABLE a (x INT)", "INSERT INTO a VALUES (1)", "ALTER TABLE a ADD y INT"


@given(st.lists(st.sampled_from([ONE, TWO, THREE, "UPDATE a SET x = x + 1"]), max_size=8), st.integers(0, 8))
def test_the_same_statements_go_on_where_they_were_left(statements: list[str], done: int) -> None:
    done = min(done, len(statements))
    remaining = Remaining(entries(*statements[:done]), edited=False)
    expected = [number + 1 if number < done else None for number in range(len(statements))]
    assert taken(remaining, *statements) == expected
    remaining.finish()


def test_a_revision_may_send_less_than_the_first_time() -> None:
    remaining = Remaining(entries(ONE, TWO, THREE), edited=False)
    assert taken(remaining, TWO, THREE, "DROP TABLE b") == [2, 3, None]
    remaining = Remaining(entries(ONE, TWO), edited=False)
    assert taken(remaining, THREE) == [None]
    remaining.finish()


def test_values_of_the_clock_do_not_make_another_statement_of_it() -> None:
    insert = "INSERT INTO a VALUES (%s)"
    remaining = Remaining(entries(ONE, (insert, ("10:00",)), THREE), edited=False)
    assert taken(remaining, ONE, (insert, ("11:00",)), THREE) == [1, 2, 3]


def test_what_cannot_be_told_is_not_guessed() -> None:
    insert = "INSERT INTO a VALUES (%s)"
    # The first statement is not sent again, so the place of the second one says nothing.
    with pytest.raises(CannotResume, match="INSERT a"):
        taken(Remaining(entries(ONE, TWO, (insert, (1,)), THREE), edited=False), TWO, (insert, (9,)), (insert, (8,)))
    with pytest.raises(CannotResume, match="INSERT a"):
        taken(Remaining(entries(ONE, TWO, THREE), edited=False), ONE, "INSERT INTO a VALUES (2)")


def test_an_edited_revision_has_to_send_the_same_in_the_same_order() -> None:
    assert taken(Remaining(entries(ONE, TWO), edited=True), ONE, TWO, "DROP TABLE a") == [1, 2, None]
    with pytest.raises(CannotResume, match="step 1"):
        taken(Remaining(entries(ONE, TWO), edited=True), TWO)
    remaining = Remaining(entries(ONE, TWO), edited=True)
    assert taken(remaining, ONE) == [1]
    with pytest.raises(CannotResume, match="step 2"):
        remaining.finish()


def test_a_step_that_only_a_resumed_run_sends_keeps_its_place() -> None:
    steps = entries(ONE, TWO, THREE)
    remaining = Remaining(steps, edited=False)
    assert taken(remaining, ONE, "UPDATE b SET n = 1") == [1, None]
    place = remaining.place(4)
    assert steps[0].place < place < steps[1].place
    assert taken(remaining, TWO, THREE) == [2, 3]
    assert remaining.place(5) > steps[2].place


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT 1", "session"),
        ("(SELECT 1)", "session"),
        ("SHOW TABLES", "session"),
        ("SET FOREIGN_KEY_CHECKS = 0", "session"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "session"),
        ("WITH x AS (SELECT 1) DELETE FROM t", "data"),
        ("/* a */ -- b\n INSERT INTO t VALUES (1)", "data"),
        ("# c\nupdate t set a = 1", "data"),
        ("/*!50001 CREATE TABLE t (a INT) */", "ddl"),
        ("CREATE TEMPORARY TABLE t (a INT)", "session"),
        ("DROP TEMPORARY TABLE t", "session"),
        ("GRANT SELECT ON t TO u", "ddl"),
        ("TRUNCATE t", "ddl"),
        ("CALL p()", "call"),
        ("START TRANSACTION", "commit"),
        ("ROLLBACK TO SAVEPOINT s", "rollback"),
        ("EXECUTE st", "execute"),
        ("", "session"),
    ],
)
def test_kinds_of_statements(text: str, kind: str) -> None:
    assert sent(text).kind == kind


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("INSERT IGNORE INTO `a` (x) VALUES ('secret')", "INSERT a"),
        ("REPLACE a VALUES (1)", "REPLACE a"),
        ("UPDATE LOW_PRIORITY `d`.`a` SET x = 'secret'", "UPDATE d.a"),
        ("DELETE FROM a WHERE x = 'secret'", "DELETE a"),
    ],
)
def test_values_of_data_statements_stay_out_of_the_ledger(text: str, head: str) -> None:
    assert sent(text).head == head


@pytest.mark.parametrize(
    ("text", "names", "swaps"),
    [
        ("CREATE TABLE IF NOT EXISTS `a` (x INT)", ["a"], False),
        ("ALTER TABLE d.a ADD x INT, RENAME TO b", ["a", "b"], True),
        ("RENAME TABLE a TO c, b TO a", ["a", "c", "b"], True),
        ("DROP TABLE a, b", ["a", "b"], False),
        ("CREATE UNIQUE INDEX i ON a (x)", ["a"], False),
        ("DROP INDEX i ON a", ["a"], False),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", ["v"], False),
        ("CREATE DEFINER=`r`@`%` TRIGGER `tr` BEFORE INSERT ON a FOR EACH ROW SET @x = 1", ["tr"], False),
        ("-- why\nDROP PROCEDURE IF EXISTS p", ["p"], False),
        ("TRUNCATE TABLE a", ["a"], False),
        ("GRANT SELECT ON a TO u", [], False),
        ("CREATE TABLE (", [], False),
    ],
)
def test_what_a_statement_touches(text: str, names: list[str], swaps: bool) -> None:
    found = touched(text, MYSQL)
    assert [each.name for each in found.objects] == names
    assert found.swaps == swaps
