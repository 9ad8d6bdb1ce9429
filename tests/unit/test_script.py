"""Scripts are split as the client and the migration tools split them, at the right places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.source.script import split


def texts(script: str) -> list[str]:
    return [statement.sql for statement in split(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';' ; SELECT \"a;b\"; SELECT `c;d`", ["SELECT ';'", 'SELECT "a;b"', "SELECT `c;d`"]),
        (r"SELECT 'it\'s; one'; SELECT 'it''s; two'", [r"SELECT 'it\'s; one'", "SELECT 'it''s; two'"]),
        ("-- first; no\nSELECT 1; # second; no\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 -- ; inside\n, 2;", ["SELECT 1 -- ; inside\n, 2"]),
        ("SELECT 1--1; SELECT 2", ["SELECT 1--1", "SELECT 2"]),
        ("SELECT 1;\n--split\nSELECT 2;\n--split\n\n--split \nSELECT 3", ["SELECT 1", "SELECT 2", "SELECT 3"]),
        ("SELECT 1\n--split\r\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 --split\n, 2\n--splits\n", ["SELECT 1 --split\n, 2\n--splits"]),
        ("/* a; b */ SELECT /* c; d */ 1;", ["SELECT /* c; d */ 1"]),
        (
            "/*!40101 SET NAMES utf8 */;\n/*M!100100 SELECT 1 */;",
            ["/*!40101 SET NAMES utf8 */", "/*M!100100 SELECT 1 */"],
        ),
        ("SELECT 1\\G\nSELECT 2\\g", ["SELECT 1", "SELECT 2"]),
        (";;\n;", []),
        ("", []),
        ("SELECT 'open", ["SELECT 'open"]),
        ("  use shop\nSELECT 1;\nUSE `my shop`\r\n\nSELECT 2", ["use shop", "SELECT 1", "USE `my shop`", "SELECT 2"]),
        ("use shop; SELECT 1;\nuse", ["use shop", "SELECT 1", "use"]),
        ("SELECT a FROM t\nUSE INDEX\n(b);\nSELECT 2;", ["SELECT a FROM t\nUSE INDEX\n(b)", "SELECT 2"]),
    ],
)
def test_statements_end_where_the_client_ends_them(script: str, expected: list[str]) -> None:
    assert texts(script) == expected


def test_a_delimiter_holds_until_the_next_one() -> None:
    script = (
        "DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @x = 1; END//\nDELIMITER ;\nSELECT 1;"
    )
    assert texts(script) == ["CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @x = 1; END", "SELECT 1"]


def test_a_delimiter_of_dollars_is_no_quote() -> None:
    assert texts("delimiter $$\nSELECT 1$$\nSELECT 2$$\ndelimiter ;\nSELECT 3;") == ["SELECT 1", "SELECT 2", "SELECT 3"]


def test_a_delimiter_of_dollars_ends_a_routine_behind_its_end() -> None:
    function = "CREATE FUNCTION f() RETURNS INT BEGIN SET @a$b = 1; RETURN 1; END"
    procedure = "CREATE PROCEDURE p() BEGIN SELECT 1; END"
    assert texts(f"DELIMITER $$\n{function}$$\n{procedure}$$\nDELIMITER ;\nSELECT 2;") == [
        function,
        procedure,
        "SELECT 2",
    ]


def test_a_stored_routine_without_delimiter_stays_whole() -> None:
    routine = "CREATE PROCEDURE p()\nBEGIN\n  IF 1 THEN SELECT CASE a WHEN 1 THEN 2 END; END IF;\n  SELECT 2;\nEND"
    assert texts(f"{routine};\nSELECT 3;") == [routine, "SELECT 3"]


def test_begin_of_a_transaction_is_a_statement() -> None:
    assert texts("BEGIN; INSERT INTO t VALUES (1); COMMIT;") == ["BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"]


def test_a_dollar_quoted_body_stays_whole() -> None:
    assert texts("CREATE FUNCTION f() AS $$ a; b; $$; SELECT 1") == ["CREATE FUNCTION f() AS $$ a; b; $$", "SELECT 1"]


def test_goose_annotations_tell_up_from_down_and_keep_blocks_whole() -> None:
    script = (
        "-- +goose Up\nCREATE TABLE a (id INT);\n-- +goose StatementBegin\nSELECT 1; SELECT 2;\n"
        "-- +goose StatementEnd\n"
        "-- +goose Down\nDROP TABLE a;\n"
    )
    found = [(statement.sql, statement.down) for statement in split(script)]
    assert found == [("CREATE TABLE a (id INT)", False), ("SELECT 1; SELECT 2", False), ("DROP TABLE a", True)]


@pytest.mark.parametrize(
    "mark", ["-- migrate:down", "-- +migrate Down", "-- //@UNDO", "-- rambler down", "-- ==== DOWN ===="]
)
def test_the_down_part_of_other_tools_is_told(mark: str) -> None:
    found = [(statement.sql, statement.down) for statement in split(f"CREATE TABLE a (b INT);\n{mark}\nDROP TABLE a;")]
    assert found == [("CREATE TABLE a (b INT)", False), ("DROP TABLE a", True)]


def test_client_commands_are_no_statements() -> None:
    assert texts("\\connect shop\nSELECT 1;\n\\.\nGO\nSELECT 2\nGO\n") == ["SELECT 1", "SELECT 2"]


def test_lines_and_offsets_point_to_the_first_character() -> None:
    script = "-- é\r\n\r\n  SELECT 1;\n/* x\n */ SELECT\n 2;"
    found = list(split(script))
    assert [(each.line, script[each.start : each.end]) for each in found] == [(3, "SELECT 1"), (5, "SELECT\n 2")]


@given(st.text(alphabet="aB ;'\"`\\-#/*!\n$=GDdelimiter()\u00e9\ufffc", max_size=80))
def test_every_statement_stands_in_the_script_where_it_says(script: str) -> None:
    end = 0
    for statement in split(script):
        assert statement.sql
        assert statement.start >= end
        assert script[statement.start : statement.end] == statement.sql
        assert statement.line == script.count("\n", 0, statement.start) + 1
        end = statement.end
