"""Maps of structs whose entries leave out some fields: a text that one leaves out is empty there."""

from __future__ import annotations

import pytest

from tests.unit.go_host import only, statements, variants

CODE = """package store

import "database/sql"

type page struct {
	table, extra string
}

var pages = map[string]KINDpage{
	"flows": {table: "flows"},
	"tags":  {table: "tags", extra: "hidden = 0"},
}

func Do(db *sql.DB, name string) {
	p, ok := pages[name]
	if !ok {
		return
	}
	q := "SELECT id FROM " + p.table + " WHERE 1 = 1"
	if p.extra != "" {
		q += " AND " + p.extra
	}
	db.Query(q)
}
"""
FLOWS, TAGS = "SELECT id FROM flows WHERE 1 = 1", "SELECT id FROM tags WHERE 1 = 1 AND hidden = 0"


def texts(code: str) -> list[str]:
    """The texts of the one statement."""
    return sorted(variants(only(statements(code))))


def test_an_entry_has_none_of_another_one_s_texts() -> None:
    assert texts(CODE.replace("KIND", "")) == [FLOWS, TAGS]


def test_by_position() -> None:
    code = CODE.replace('{table: "flows"}', '{"flows", ""}').replace(
        '{table: "tags", extra: "hidden = 0"}', '{"tags", "hidden = 0"}'
    )
    assert texts(code.replace("KIND", "")) == [FLOWS, TAGS]


@pytest.mark.parametrize("change", ['pages["flows"].extra = "open = 1"', "fill(pages)"])
def test_what_pointers_lead_to_may_be_changed(change: str) -> None:
    code = CODE.replace("KIND", "*") + f"\nfunc init() {{\n\t{change}\n}}\n"
    assert {FLOWS, TAGS} < set(texts(code))
