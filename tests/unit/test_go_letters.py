"""A text that is built letter by letter from another one is known only at run time, and is never surely empty."""

from __future__ import annotations

import pytest

from tests.unit.go_host import body, only, statements, variants

RANGE = """
out := "`"
for _, c := range {} {{
	if c == '`' {{
		out += "``"
	}} else {{
		out += string(c)
	}}
}}
r.db.Query("SELECT a FROM " + out + "`")
"""
COUNTED = """
out := "`"
for i := 0; i < len(id); i++ {
	if id[i] == '`' {
		out += "``"
		continue
	}
	out += string(id[i])
}
r.db.Query("SELECT a FROM " + out + "`")
"""
BUILDER = """
var b strings.Builder
b.WriteByte('`')
for _, c := range id {
	switch c {
	case '`':
		b.WriteString("``")
	default:
		b.WriteRune(c)
	}
}
r.db.Query("SELECT a FROM " + b.String() + "`")
"""


@pytest.mark.parametrize(
    "code",
    [RANGE.format("id"), RANGE.format("[]rune(id)"), RANGE.format("[]byte(id)"), RANGE.format('"a"'), COUNTED, BUILDER],
)
def test_a_loop_over_letters_leaves_one_hole(code: str) -> None:
    assert variants(only(statements(body(code)))) == ["SELECT a FROM `<>`"]


def test_what_a_helper_escapes_is_a_hole_for_its_caller() -> None:
    helper = '\n\nfunc escape(name string) string {\n\tout := ""\n\tfor _, c := range name {\n'
    helper += "\t\tif c == '`' {\n\t\t\tout += \"`\"\n\t\t}\n\t\tout += string(c)\n\t}\n\treturn out\n}\n"
    code = 'r.db.Query("SELECT a FROM `" + escape(id) + "` WHERE b = 1")'
    assert variants(only(statements(body(code) + helper))) == ["SELECT a FROM `<>` WHERE b = 1"]


def test_a_loop_over_letters_that_only_chooses_a_text_leaves_the_choice() -> None:
    code = 'order := "a"\nfor _, c := range id {\n\tif c == \'-\' {\n\t\torder = "a DESC"\n\t}\n}\n'
    found = only(statements(body(code + 'r.db.Query("SELECT a FROM t ORDER BY " + order)')))
    assert sorted(variants(found)) == ["SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"]


def test_a_loop_over_a_list_is_still_one_of_rounds() -> None:
    code = 'q := "SELECT a FROM t WHERE 1 = 1"\nfor _, name := range names {\n\tq += " AND " + name\n}\nr.db.Query(q)'
    found = only(statements(body(code)))
    assert sorted(variants(found)) == ["SELECT a FROM t WHERE 1 = 1", "SELECT a FROM t WHERE 1 = 1 AND <>"]
