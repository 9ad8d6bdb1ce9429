"""What sqlx takes for parameters: its own way through a text, with every quirk (`compileNamedQuery`, sqlx 1.4)."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.sqlx_names import sqlx_names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("a = :a AND b = :b_c", ["a", "b_c"]),
        ("a = :item.total)", ["item.total"]),
        ("a = ':a'", ["a"]),
        ("'%H:%i:%s'", ["", ""]),
        ("'%H::%i'", []),
        ("@n := 1 AND :m:=2", ["m"]),
        ("a = :a ", ["a"]),
        ("a = :a_", ["a"]),
        ("a = :", []),
        (": a", [""]),
        ("a = :ab1", ["ab1"]),
        ("10:20:30", ["20"]),
        ("\u00e9: :\u00e9 ", ["", "\u00c3"]),
    ],
)
def test_names(sql: str, names: list[str]) -> None:
    assert [each.name for each in sqlx_names(sql)] == names


def test_a_name_begins_with_its_colon_and_ends_with_its_last_letter() -> None:
    text = "a = :abc, d = :e"
    assert [text[each.start : each.end] for each in sqlx_names(text)] == [":abc", ":e"]


def test_sqlx_gives_up_at_a_second_colon() -> None:
    assert [(each.name, each.broken) for each in sqlx_names("'10:20:30' :a")] == [("20", True)]
