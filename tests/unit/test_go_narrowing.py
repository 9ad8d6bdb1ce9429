"""What a comparison says of a variable counts in its arm, and behind it where every other way leaves the function."""

from __future__ import annotations

import pytest

from tests.unit.go_host import statements, variants

HEAD = """package store

import ("database/sql"; "errors"; "slices"; "strings")

const city = "city"

var columns = []string{"name", city}
var allowed = map[string]bool{"name": true, city: true, "secret": false}
var known = map[string]struct{}{"name": {}, city: {}}

func listed(c string) bool { return slices.Contains(columns, c) }

func found(c string) bool {
	_, ok := known[c]
	return ok
}

func chosen(c string) bool {
	switch c {
	case "name", city:
		return true
	}
	return false
}

func walked(c string) bool {
	for _, each := range columns {
		if each == c {
			return true
		}
	}
	return false
}

type column string

func (c column) listed() bool { return slices.Contains(columns, string(c)) }

type service struct{ allowed map[string]bool }

func newService() *service { return &service{allowed: map[string]bool{"name": true, city: true}} }

func (s *service) sortable(c string) bool { return s.allowed[c] }

func check(c string) error {
	if !allowed[c] {
		return errors.New(c)
	}
	return nil
}

func checked(c string) error {
	switch c {
	case "name", city:
	default:
		return errors.New(c)
	}
	return nil
}

func vague(c string) (err error) {
	if !allowed[c] {
		err = errors.New(c)
	}
	return err
}

func picked(c string, from map[string]bool) string {
	if from[c] {
		return c
	}
	return "id"
}

func random(c string) bool { return c == "name" || len(c) > 7 }

func list(db *sql.DB, by string, more bool, s *service, several []string) error {
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


ASKED = [
    'slices.Contains([]string{"name", city}, by)',
    "slices.Contains(columns, by)",
    "allowed[by]",
    "listed(by)",
    "found(by)",
    "chosen(by)",
    "walked(by)",
    "column(by).listed()",
    "s.sortable(by)",
    "s.allowed[by]",
    "slices.Contains(columns, string(by))",
    "slices.ContainsFunc(columns, func(c string) bool { return c == by })",
    "slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(by, c) })",
    "slices.Index(columns, by) >= 0",
    "slices.Index(columns, by) != -1",
    "slices.IndexFunc(columns, func(c string) bool { return by == c }) > -1",
    "!(slices.Index(columns, by) < 0)",
    "more && listed(by)",
]


@pytest.mark.parametrize("asked", ASKED)
def test_whatever_holds_the_list_of_what_is_allowed(asked: str) -> None:
    assert texts(f"if !({asked}) {{\nreturn errors.New(by)\n}}") == {"name", "city"}
    assert texts(f'if !({asked}) {{\nby = "id"\n}}') == {"name", "city", "id"}
    assert texts(f'if by == "" || !({asked}) {{\nby = "id"\n}}') == {"name", "city", "id"}
    assert texts(f'if {asked} {{\nby += " DESC"\n}} else {{\nby = "id"\n}}') == {"name DESC", "city DESC", "id"}
    assert texts(f'switch {{\ncase {asked}:\ndefault:\nby = "id"\n}}') == {"name", "city", "id"}


@pytest.mark.parametrize(
    "code",
    [
        "if _, ok := known[by]; !ok {\nreturn nil\n}",
        "_, there := known[by]\nif !there {\nreturn nil\n}",
        "if there, ok := allowed[by]; !ok || !there {\nreturn nil\n}",
    ],
)
def test_the_answer_of_a_lookup_in_a_map(code: str) -> None:
    assert {"name", "city"} <= texts(code) <= {"name", "city", "secret"}


@pytest.mark.parametrize(
    "code",
    [
        "if !slices.Contains(columns, by) {\nmore = true\n}",
        "if !slices.Contains(other(), by) {\nreturn nil\n}",
        "if !random(by) {\nreturn nil\n}",
        "if slices.Index(columns, by) <= 0 {\nreturn nil\n}",
        "if slices.Index(columns, by) > 0 {\nreturn nil\n}",
        "if !slices.ContainsFunc(columns, func(c string) bool { return strings.HasPrefix(c, by) }) {\nreturn nil\n}",
        'if !slices.ContainsFunc(columns, func(c string) bool { return c == by || by == "" }) {\nreturn nil\n}',
        "if !listed(by) && more {\nreturn nil\n}",
        "if listed(by) {\nreturn nil\n}",
        'if !allowed[by] {\nif more {\nby = "id"\n}\n}',
        'if by == "name" || by == "" {\nby = "id"\n}',
        "_, ok := known[by]\nby = other()\nif !ok {\nreturn nil\n}",
        "mine := map[string]bool{}\nmine[other()] = true\nif !mine[by] {\nreturn nil\n}",
    ],
)
def test_what_does_not_ask_for_all_that_it_can_be_says_nothing(code: str) -> None:
    assert any("<>" in text for text in texts(code))


@pytest.mark.parametrize("check", ["check", "checked"])
def test_a_check_that_fails_for_every_other_text(check: str) -> None:
    assert texts(f"if err := {check}(by); err != nil {{\nreturn err\n}}") == {"name", "city"}
    assert texts(f"err := {check}(by)\nif err != nil {{\nreturn err\n}}") == {"name", "city"}


@pytest.mark.parametrize(
    "code",
    [
        "if err := vague(by); err != nil {\nreturn err\n}",
        "if err := check(by); err != nil {\nmore = true\n}",
        "if err := check(by); errors.Is(err, nil) {\nreturn err\n}",
        "err := check(by)\nerr = other()\nif err != nil {\nreturn err\n}",
        "for _, c := range several {\nif !listed(c) {\nbreak\n}\n}\nby = several[0]",
        "for _, c := range several {\nif !listed(c) {\nmore = true\n}\n}\nby = several[0]",
    ],
)
def test_a_check_that_may_let_others_pass_says_nothing(code: str) -> None:
    assert any("<>" in text for text in texts(code))


def test_elements_that_a_loop_has_checked() -> None:
    code = 'for _, c := range several {\nif !listed(c) {\nreturn nil\n}\n}\nby = strings.Join(several, ", ")'
    assert texts(code) == {"name", "city"}


def test_a_map_of_what_is_allowed_as_an_argument() -> None:
    assert texts('by = picked(by, map[string]bool{"name": true, city: true})') == {"name", "city", "id"}


def test_two_variables_that_one_condition_asks_for() -> None:
    code = 'if listed(by) && (dir == "ASC" || dir == "DESC") {\nby += " " + dir\n} else {\nby = "id"\n}'
    assert texts(f"dir := other()\n{code}") == {"name ASC", "city ASC", "name DESC", "city DESC", "id"}


def test_keys_of_a_loop_that_leaves_the_others_out() -> None:
    code = 'by = ""\nfor key := range given() {\nif !allowed[key] {\ncontinue\n}\nby += key + ", "\n}\nby += "id"'
    assert texts(code) == {"id", "name, id", "city, id"}


@pytest.mark.parametrize(
    "code",
    [
        'if !listed(by) {\nreturn nil\n}\nif by == "city" {\nreturn nil\n}',
        'if !listed(by) {\nreturn nil\n}\nif !(by != "city") || by == "city" {\nreturn nil\n}',
        'if !listed(by) {\nreturn nil\n}\nswitch by {\ncase "city":\nreturn nil\n}',
        'if !listed(by) {\nreturn nil\n}\nother := map[string]bool{"name": true}\nif !other[by] {\nreturn nil\n}',
        'if !listed(by) {\nreturn nil\n}\nif !slices.Contains([]string{"name", "id"}, by) {\nreturn nil\n}',
    ],
)
def test_of_what_is_allowed_some_leave_later(code: str) -> None:
    assert texts(code) == {"name"}


@pytest.mark.parametrize(
    "code",
    [
        'order := "id"\nif by == "city" {\norder = "zip"\n}',
        'order := "id"\nswitch by {\ncase "city":\norder = "zip"\n}',
        'order := "zip"\nswitch by {\ncase "city":\ncase "name":\norder = "id"\ndefault:\norder = "none"\n}',
    ],
)
def test_what_goes_with_each_of_the_texts(code: str) -> None:
    assert texts(f'if !listed(by) {{\nreturn nil\n}}\n{code}\nby += ", " + order') == {"name, id", "city, zip"}
