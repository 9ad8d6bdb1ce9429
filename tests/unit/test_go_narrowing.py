"""What a comparison says of a variable counts in its arm, and behind it where every other way leaves the function."""

from __future__ import annotations

import pytest

from tests.unit.go_host import statements, variants

HEAD = """package store

import ("database/sql"; "errors")

const city = "city"

func list(db *sql.DB, by string, more bool) error {
"""
TAIL = """
	db.Query("SELECT id FROM guests ORDER BY " + by)
	return nil
}
"""


def texts(code: str) -> set[str]:
    """Return what may stand behind ORDER BY."""
    found = [text for each in statements(HEAD + code + TAIL) for text in variants(each)]
    return {text.rpartition("ORDER BY ")[2] for text in found}


@pytest.mark.parametrize(
    "code",
    [
        'switch by {\ncase "name", city:\ndefault:\nreturn errors.New(by)\n}',
        'switch by {\ncase "name":\ncase city:\ndefault:\nreturn errors.New(by)\n}',
        'if by != "name" && by != city {\nreturn errors.New(by)\n}',
        'if !more {\nreturn nil\n}\nif (by != "name") && (city != by) {\nreturn errors.New(by)\n}',
        'if by == "name" || by == city {\n} else {\nreturn errors.New(by)\n}',
    ],
)
def test_only_what_was_asked_for_comes_behind_a_list_of_what_is_allowed(code: str) -> None:
    assert texts(code) == {"name", "city"}


@pytest.mark.parametrize(
    "code",
    [
        'if by == "name" || by == city {\nmore = true\n}',
        'switch by {\ncase "name", city:\nmore = true\n}',
        'if by != "name" && by != city {\nmore = true\n}',
        'if by != "name" || by != city {\nreturn nil\n}',
        'if by != "name" && more {\nreturn nil\n}',
        'if by == "" {\nreturn nil\n}',
        'if by != "name" && by != other() {\nreturn nil\n}',
        'if more {\nif by != "name" {\nreturn nil\n}\n}',
    ],
)
def test_where_the_others_go_on_as_well_it_may_be_anything(code: str) -> None:
    assert "<>" in texts(code)


def test_in_its_arm_the_variable_is_what_was_asked_for() -> None:
    found = texts('if by == "name" {\nby = by + " DESC"\n} else {\nby = city\n}')
    assert found == {"name DESC", "city"}


def test_the_way_to_a_text_names_what_was_asked_for() -> None:
    [found] = statements(HEAD + 'if by != "name" && by != city {\nreturn nil\n}' + TAIL)
    assert sorted(each.branch for each in found.variants) == ['by == "city"', 'by == "name"']
