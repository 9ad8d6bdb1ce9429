"""Maps that are filled under keys known only at run time: an entry may be each of the texts that are put in."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from nodepath_cli.source.hosts._go import filled_maps
from tests.unit.go_host import only, statements, variants

COLLECTOR = """package repo

import "database/sql"

const base = "SELECT name FROM metrics"

type collector struct {
\tdb    *sql.DB
\tquery map[string]string
}

func New(db *sql.DB) *collector { return &collector{db: db, query: MADE} }

func (c *collector) Prepare(levels []string, all bool, given string) {
\tfor _, level := range levels {
\t\tif all {
\t\t\tc.query[level] = base
\t\t} else {
\t\t\tc.query[level] = LAST
\t\t}
\t}
}

func (c *collector) Collect(level string) { c.db.Query(c.query[level]) }
"""


def _collected(made: str = "make(map[string]string)", last: str = "base + ` WHERE on = 1`", more: str = "") -> str:
    return COLLECTOR.replace("MADE", made).replace("LAST", last) + more


@pytest.mark.parametrize("made", ["make(map[string]string)", "make(map[string]string, 8)", "map[string]string{}"])
def test_an_entry_is_each_text_that_is_put_in(made: str) -> None:
    found = only(statements(_collected(made)))
    assert variants(found) == ["SELECT name FROM metrics", "SELECT name FROM metrics WHERE on = 1"]


def test_what_is_asked_of_a_map_and_taken_out_of_it_puts_nothing_in() -> None:
    more = "func (c *collector) Drop(k string) int { delete(c.query, k); return len(c.query) }\n"
    assert len(variants(only(statements(_collected(more=more))))) == len(("one", "two"))


def test_a_map_of_a_struct_that_nobody_makes_in_sight() -> None:
    source = """package repo

import "database/sql"

type kept struct {
\tdb *sql.DB
\tm  map[string]string
}

func (c *kept) Put(k string) { c.m[k] = "DELETE FROM t WHERE a = 1" }

func (c *kept) Run(k string) { c.db.Exec(c.m[k]) }
"""
    assert only(statements(source)).sql == "DELETE FROM t WHERE a = 1"


def test_a_map_of_one_function() -> None:
    source = """package repo

import "database/sql"

func Run(db *sql.DB, ks []string) {
\tm := map[string]string{}
\tfor _, k := range ks {
\t\tm[k] = "DELETE FROM t WHERE a = 1"
\t}
\tfor _, k := range ks {
\t\tdb.Exec(m[k])
\t}
}
"""
    assert only(statements(source)).sql == "DELETE FROM t WHERE a = 1"


@pytest.mark.parametrize(
    "source",
    [
        _collected(last="given"),
        _collected(made="load()", more="func load() map[string]string { return elsewhere.Load() }\n"),
        _collected(more="func (c *collector) Replace(m map[string]string) { c.query = m }\n"),
        _collected(more="func (c *collector) Extend(k string) { c.query[k] += ` LIMIT 1` }\n"),
        _collected(more="func (c *collector) Fill() { elsewhere.Fill(c.query) }\n"),
    ],
)
def test_where_not_every_text_is_known_the_call_is_listed_as_such(source: str) -> None:
    assert [each.opaque for each in statements(source) if each.call and each.call.name == "c.db.Query"][-1]


def test_whether_a_map_is_handed_on_is_told_once_for_all_that_ask() -> None:
    reads = "".join(f"\tc.db.Query(c.query[level{number}])\n" for number in range(20))
    more = f"func (c *collector) All() {{\n{reads}}}\n"
    with patch.object(filled_maps, "_shares", wraps=filled_maps._shares) as asked:
        found = only(statements(_collected(more=more)))
    assert len(variants(found)) == len(("one", "two"))
    assert asked.call_count == 1


@pytest.mark.parametrize(
    "more",
    [
        "func (c *collector) Fill() { fill(c.query) }\n",
        "func (c *collector) Fill() { fill(1,\n\t\tc.query) }\n",
        "func (c *collector) Fill(k string) { c.query[k] += tail }\n",
    ],
)
def test_a_map_that_others_may_fill_is_not_known(more: str) -> None:
    assert only(statements(_collected(more=more))).opaque


@pytest.mark.parametrize("more", ["func fill() { other.myquery(query2) }\n", "func fill() { made().query[k] = x }\n"])
def test_names_that_only_look_like_the_map_put_nothing_in(more: str) -> None:
    assert not filled_maps._shares(more, "query")
