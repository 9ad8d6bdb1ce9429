"""Branches on one variable that is compared with different constants are not taken together."""

from __future__ import annotations

import pytest

from tests.unit.go_host import only, statements, variants

HEAD = """package a

import "database/sql"

type Kind int

const (
	Plain Kind = iota
	Replace
	Upsert
)

const other = 7

type options struct {
	kind  Kind
	order string
}

var changing = Upsert

func next() Kind

"""


def built(parameters: str, code: str) -> list[str]:
    """Return the texts of a query that a function puts together."""
    lines = "\n".join("\t" + line for line in code.strip().split("\n"))
    source = f'{HEAD}func f(db *sql.DB, {parameters}) {{\n\tq := "SELECT a FROM t"\n{lines}\n\tdb.Query(q)\n}}\n'
    return sorted(variants(only(statements(source))))


TEXTS = ["SELECT a FROM t", "SELECT a FROM t ONE", "SELECT a FROM t TWO"]
BOTH = "SELECT a FROM t ONE TWO"
TWO = 'if {} {{\n\tq += " ONE"\n}}\nif {} {{\n\tq += " TWO"\n}}'


@pytest.mark.parametrize(
    ("parameters", "first", "second"),
    [
        ("kind Kind", "kind == Replace", "kind == Upsert"),
        ("kind Kind", "Replace == kind", "kind == Upsert"),
        ("kind int", "kind == 1", "kind == 2"),
        ("kind int", "kind == 1", "kind == other"),
        ("kind string", 'kind == "one"', 'kind == "two"'),
        ("o options", "o.kind == Replace", "o.kind == Upsert"),
        ("o *options", 'o.order == "one"', 'o.order == "two"'),
    ],
)
def test_different_constants_exclude_each_other(parameters: str, first: str, second: str) -> None:
    assert built(parameters, TWO.format(first, second)) == TEXTS


@pytest.mark.parametrize(
    ("parameters", "first", "second"),
    [
        ("kind, more Kind", "kind == Replace", "more == Upsert"),
        ("kind Kind", "kind == Replace", "kind == changing"),
        ("kind, more Kind", "kind == Replace", "kind == more"),
        ("kind Kind", "kind == Replace", "kind != Upsert"),
        ("kind Kind", "kind == Replace", "kind == next()"),
        ("o, p options", "o.kind == Replace", "p.kind == Upsert"),
    ],
)
def test_other_comparisons_do_not(parameters: str, first: str, second: str) -> None:
    assert BOTH in built(parameters, TWO.format(first, second))


@pytest.mark.parametrize(
    ("parameters", "between"),
    [("kind Kind", "kind = next()"), ("kind int", "kind++"), ("o options", "o.kind = next()")],
)
def test_a_variable_that_has_changed_is_another(parameters: str, between: str) -> None:
    name = parameters.split()[0] + (".kind" if parameters == "o options" else "")
    first, second = TWO.format(f"{name} == 1", f"{name} == 2").split("\nif ")
    assert BOTH in built(parameters, f"{first}\n{between}\nif {second}")


def test_the_same_constant_twice_is_one_branch() -> None:
    assert built("kind Kind", TWO.format("kind == Replace", "Replace == kind")) == ["SELECT a FROM t", BOTH]


def test_not_being_a_constant_goes_with_being_another() -> None:
    found = built("kind Kind", TWO.format("kind != Replace", "kind == Upsert"))
    assert found == ["SELECT a FROM t", "SELECT a FROM t ONE", BOTH]


def test_a_switch_and_conditions_on_one_variable() -> None:
    switch = 'switch kind {\ncase Replace, Plain:\n\tq += " ONE"\ndefault:\n\tq += " OTHER"\n}\n'
    found = built("kind Kind", switch + 'if kind == Upsert {\n\tq += " TWO"\n}\nif kind == Plain {\n\tq += " THREE"\n}')
    assert found == [f"SELECT a FROM t {end}" for end in ("ONE", "ONE THREE", "OTHER", "OTHER TWO")]


def test_a_condition_inside_an_arm_that_excludes_it_is_read() -> None:
    source = HEAD + "func f(db *sql.DB, kind Kind) {\n\tif kind == Replace {\n\t\tif kind == Upsert {\n"
    source += '\t\t\tdb.Exec("DELETE FROM t")\n\t\t}\n\t}\n}\n'
    assert only(statements(source)).sql == "DELETE FROM t"
