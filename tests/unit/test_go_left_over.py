"""What an evaluation gave up on in package variables is read all the same, and variables without a name are, too."""

from __future__ import annotations

import pytest

from tests.unit.go_host import statements, texts

NOISE = "".join(f"\tx{i} := h(x, {i})\n\tif x{i} > {i} {{ y = g(y, x{i}) }}\n" for i in range(6_000))
HEAD = 'package a\n\nimport "database/sql"\n\nvar db *sql.DB\n\n'
SEND = HEAD + "func send(q string) bool { db.Exec(q); return true }\n\n"


def long(code: str) -> str:
    """Return the body of a function that costs more than it may before it comes to some code."""
    return f'func(x int) {{\n\ty := 0\n\tdb.Exec("DELETE FROM first")\n{NOISE}\t{code}\n}}'


def test_a_function_literal_of_a_variable_beyond_the_budget_still_reports_its_calls() -> None:
    source = HEAD + "var command = &Command{Run: " + long('db.Exec("DELETE FROM last")\n\tdb.Query(query)') + "}\n"
    found = statements(source)
    assert [each.sql for each in found[:2]] == ["DELETE FROM first", "DELETE FROM last"]
    assert found[2].opaque


def test_a_literal_that_a_function_was_cut_short_in_is_read_to_its_end() -> None:
    source = HEAD + "func init() {\n\tregister(command)\n\tcommand(1)\n}\n\n"
    source += "var command = " + long('db.Exec("DELETE FROM last")') + "\n"
    assert sorted(texts(source)) == ["DELETE FROM first", "DELETE FROM last"]


def test_a_literal_behind_one_that_was_cut_short_is_read() -> None:
    source = SEND + "var commands = []func(int){\n" + long("_ = y") + ",\n"
    source += '\tfunc(x int) { db.Exec("DELETE FROM other") },\n}\n'
    source += 'func init() {\n\tsend("DELETE FROM own")\n\tregister(commands)\n}\n'
    assert sorted(texts(source)) == ["DELETE FROM first", "DELETE FROM other", "DELETE FROM own"]


def test_a_variable_that_costs_too_much_is_read() -> None:
    source = SEND + "var all = []bool{\n" + "".join(f"\tok({i}, {i} + {i}),\n" for i in range(16_000))
    source += '\tsend("DELETE FROM last"),\n}\n'
    assert texts(source) == ["DELETE FROM last"]


def test_a_literal_that_came_to_its_end_is_not_read_again() -> None:
    source = HEAD + 'var each = func(table string) { db.Exec("DELETE FROM " + table) }\n\n'
    source += 'func clear() { each("users") }\n'
    assert texts(source) == ["DELETE FROM users"]


def test_what_a_known_condition_leaves_out_of_a_literal_is_read() -> None:
    source = HEAD + "var clear = func(all bool) {\n"
    source += '\tif all { db.Exec("DELETE FROM users") } else { db.Exec("DELETE FROM users WHERE id = 1") }\n}\n\n'
    source += "func every() { clear(true) }\n"
    assert sorted(texts(source)) == ["DELETE FROM users", "DELETE FROM users WHERE id = 1"]


@pytest.mark.parametrize(
    "declaration",
    [
        'var _ = send("DELETE FROM {}")',
        'var _, named{0} = send("DELETE FROM {0}"), 1',
        'var _ = register(func() {{ db.Exec("DELETE FROM {}") }})',
        "var _ = send(text{})",
        'var (\n\t_ = send("DELETE FROM {}")\n)',
    ],
)
def test_each_variable_without_a_name_is_evaluated(declaration: str) -> None:
    source = (SEND if "send(" in declaration else HEAD) + "".join(
        f'const text{t} = "DELETE FROM {t}"\n\n{declaration.format(t)}\n\n' for t in ("a", "b")
    )
    assert texts({"a.go": source}) == ["DELETE FROM a", "DELETE FROM b"]


def test_a_variable_without_a_name_that_only_states_a_type_is_none_of_sql() -> None:
    assert texts(HEAD + "var _ runner = (*repo)(nil)\n\nvar _ = other(nil)\n") == []
