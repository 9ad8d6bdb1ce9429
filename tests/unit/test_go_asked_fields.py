"""What a condition says of a field of a parameter (`filter.Sort`)."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements

HEAD = """package store

import ("database/sql"; "errors"; "slices")

type filter struct {
	Sort, Dir string
	driver    string
}

var allowed = map[string]bool{"name": true, "city": true}

func check(c string) error {
	if !allowed[c] {
		return errors.New(c)
	}
	return nil
}

func (f *filter) other() { f.Sort = given() }

func (f *filter) fill() {
	if f.Sort == "" {
		f.Sort = given()
	}
}

func list(db *sql.DB, f *filter, g filter, more bool) error {
"""
TAIL = """
	db.Query("SELECT id FROM guests ORDER BY " + f.Sort)
	return nil
}
"""


def texts(code: str) -> set[str]:
    """Return what may stand behind ORDER BY."""
    found = [flat(text.sql) for each in statements(HEAD + code + TAIL) for text in each.variants]
    return {text.rpartition("ORDER BY ")[2] for text in found}


@pytest.mark.parametrize(
    "code",
    [
        "if !allowed[f.Sort] {\nreturn nil\n}",
        "if _, ok := allowed[f.Sort]; !ok {\nreturn nil\n}",
        'if !slices.Contains([]string{"name", "city"}, f.Sort) {\nreturn nil\n}',
        'switch f.Sort {\ncase "name", "city":\ndefault:\nreturn nil\n}',
        "if err := check(f.Sort); err != nil {\nreturn err\n}",
        'if f.Sort != "name" && f.Sort != "city" {\nreturn nil\n}',
        'if more {\nf.Dir = "ASC"\n}\nif !allowed[f.Sort] {\nreturn nil\n}',
    ],
)
def test_a_field_that_is_asked_for(code: str) -> None:
    assert texts(code) == {"name", "city"}


def test_what_is_put_there_where_it_is_not_allowed() -> None:
    assert texts('if !allowed[f.Sort] {\nf.Sort = "id"\n}') == {"name", "city", "id"}
    assert texts('if !allowed[f.Sort] {\nreturn nil\n}\nf.Sort = "id"') == {"id"}


@pytest.mark.parametrize(
    "code",
    [
        "if !allowed[g.Sort] {\nreturn nil\n}",
        "if !allowed[f.Dir] {\nreturn nil\n}",
        "if allowed[f.Sort] {\nmore = true\n}",
        "if !allowed[f.Sort] {\nreturn nil\n}\nf = &g",
        "if !allowed[f.Sort] {\nreturn nil\n}\nf.Sort = given()",
        "if !allowed[f.Sort] {\nreturn nil\n}\nf.other()",
        'if f.Sort == "name" {\nmore = true\n}',
    ],
)
def test_another_field_or_one_that_is_set_again_may_be_anything(code: str) -> None:
    assert any("<>" in text for text in texts(code))


def test_a_parameter_of_the_same_name_is_another_one() -> None:
    code = 'if !allowed[f.Sort] {\nreturn nil\n}\nfunc(f filter) { db.Query("SELECT 1 FROM t ORDER BY " + f.Sort) }(g)'
    found = {flat(text.sql) for each in statements(HEAD + code + TAIL) for text in each.variants}
    assert "SELECT 1 FROM t ORDER BY <>" in found
