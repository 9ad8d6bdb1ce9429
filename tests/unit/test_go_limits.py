"""Code that would take for ever is read in bounded time, and no call of it is lost."""

from __future__ import annotations

import random
import time
from unittest.mock import patch

import pytest

from nodepath_cli.source.hosts._go import limits, machine
from nodepath_cli.source.statement import HOLE
from tests.tree import Tree, brief
from tests.unit.go_host import body, flat, only, statements, variants

PIECES = (
    *("{", "}", "(", ")", '"', "`", "+", ":=", "if x {", "for {", "func(", "return", "\n", "\\", "...", "[", ",", "."),
    *("fmt.Sprintf(", "append(", "é", "switch x {", 'case "a":', "+=", "SELECT a FROM t", "\r\n", "//", "/*", "\udcff"),
)
SAMPLE = """package a

import ("fmt"; "strings")

const base = "SELECT größe, `b` FROM " + table
var table = `users`

func (r *repo) list(ids []int, name string) (string, error) {
	where := []string{"1 = 1"}
	if name != "" { where = append(where, "name = ?") }
	var b strings.Builder
	for i := range ids {
		if i > 0 { b.WriteString(",") }
		b.WriteString("?")
	}
	q := base + " WHERE " + strings.Join(where, " AND ") + fmt.Sprintf(" AND id IN (%s)", b.String())
	switch name {
	case "x": q += " ORDER BY \\"a\\""
	default: q = strings.Replace(q, "1 = 1", "2 = 2", 1)
	}
	rows, err := r.db.Query(q, name)
	return r.run(func() string { return "DELETE FROM t" + q[:3] }), err
}

func (r *repo) run(f func() string) string { r.db.Exec(f()); return f() }
"""

SECONDS = 10.0
"""Of processor time: far above what any of these takes (under two on a slow machine), far below for ever."""


def timed(source: str | dict[str, str]) -> list[str]:
    start = time.process_time()
    found = statements(source)
    assert time.process_time() - start < SECONDS
    return [flat(each.sql) for each in found]


def wrap(code: str) -> str:
    return "package a\n\nfunc f(x int) {\n" + code + '\n\tdb.Exec("DELETE FROM t")\n}\n'


@pytest.mark.parametrize(
    "source",
    [
        wrap("\tq := " + " + ".join(['"a"'] * 20_000) + "\n\t_ = q"),
        wrap("\tq := " + "(" * 3_000 + '"a"' + ")" * 3_000 + "\n\t_ = q"),
        wrap("\tq := " + "g(" * 3_000 + '"a"' + ")" * 3_000 + "\n\t_ = q"),
        wrap("\tif x > 0 {\n" * 400 + "\tx++\n" + "\t}\n" * 400),
        wrap("".join(f'\tif x == {i} {{ q += "a{i}" }}\n' for i in range(3_000))),
        wrap('\tq := "a"\n' + "\tq += q\n" * 200),
        wrap("\tfor i := 0; i < 100000; i++ {\n" * 6 + "\tx++\n" + "\t}\n" * 6),
        wrap("\tl := []string{" + '"a",' * 50_000 + "}\n\tfor _, s := range l { g(s) }\n"),
        wrap('\tq := strings.Repeat("SELECT a FROM t", 1000000000)\n\tdb.Exec(q)'),
    ],
    ids=["sum", "parens", "calls", "nested-if", "many-if", "doubling", "loops", "long-list", "repeat"],
)
def test_large_and_deep_code(source: str) -> None:
    assert "DELETE FROM t" in timed(source)


def test_calls_at_any_depth_are_seen() -> None:
    source = wrap("\tif x > 0 {\n" * 400 + '\tdb.Exec("DELETE FROM deep")\n' + "\t}\n" * 400)
    assert sorted(timed(source)) == ["DELETE FROM deep", "DELETE FROM t"]


def test_functions_that_call_each_other() -> None:
    functions = "".join(
        f'func f{i}(q string) string {{ return f{(i + 1) % 60}(q) + f{(i + 7) % 60}(q) + "a" }}\n' for i in range(60)
    )
    source = f'package a\n\n{functions}\nfunc g() {{ db.Exec("DELETE FROM t WHERE a = " + f0("x")) }}\n'
    assert any(text.startswith("DELETE FROM t WHERE a = ") for text in timed(source))


def test_types_and_variables_that_depend_on_each_other() -> None:
    source = """package a

type a struct{ b; q string }
type b struct{ c }
type c struct{ a }
var x, y = y, x
var p = q + p
var q = p + q

func f(v a) { db.Exec("DELETE FROM t WHERE a = " + v.z + x + p + q) }
"""
    assert len(timed(source)) == 1


def test_a_function_beyond_the_budget_still_reports_its_calls() -> None:
    noise = "".join(f"\tx{i} := h(x, {i})\n\tif x{i} > {i} {{ y = g(y, x{i}) }}\n" for i in range(6_000))
    source = (
        "package a\n\nfunc f(x int) {\n\ty := 0\n\tdb.Exec(\"DELETE FROM first\")\n" + noise
        + '\tdb.Exec("DELETE FROM last")\n\tdb.Query(query)\n}\n'
    )  # fmt: skip
    found = timed(source)
    assert found[:2] == ["DELETE FROM first", "DELETE FROM last"]
    assert statements(source)[2].opaque


def test_rounds_in_vain_end_long_before_the_budget_and_lose_no_statement() -> None:
    names = ", ".join(f'"n{number}"' for number in range(180))
    source = f"""package a

var names = []string{{{names}}}

func load(db *sql.DB, grants map[string]bool) {{
\tdb.Exec("DELETE FROM first")
\tfor _, user := range names {{
\t\tfor _, grant := range names {{
\t\t\tgrants[user + grant] = allowed(user, grant)
\t\t}}
\t}}
\tdb.Exec("DELETE FROM last")
}}
"""
    taken = 0
    step = machine.Machine.step

    def counted(self: machine.Machine) -> None:
        nonlocal taken
        taken += 1
        step(self)

    with patch.object(machine.Machine, "step", counted):
        found = statements(source)
    assert [flat(each.sql) for each in found] == ["DELETE FROM first", "DELETE FROM last"]
    assert taken < limits.IN_VAIN + limits.PATIENCE


LAYERS = """package a

import "fmt"

func (p *page) list() { p.db.Query("SELECT a FROM " + p.table) }
func pageOf(f *filter) *page { table := f.prefix; return &page{table: table} }
func filterOf(s *store) *filter { name := fmt.Sprintf("users%d", s.count()); return &filter{prefix: name} }
func (s *store) count() (n int) { s.db.QueryRow(s.counting).Scan(&n); return n }
func open() *store { prefix := "SELECT COUNT(*)"; return &store{counting: prefix + " FROM tables"} }
"""


def test_a_field_that_is_filled_from_a_field_is_followed() -> None:
    assert [flat(each.sql) for each in statements(LAYERS)] == [
        "SELECT a FROM users<>",
        "SELECT COUNT(*) FROM tables",
    ]


def test_what_is_met_behind_many_fields_is_understood_as_well_as_on_its_own() -> None:
    deeper = LAYERS.replace("+ p.table", "+ p.table.name").replace(
        "table := f.prefix;", "table := &named{name: f.prefix.name};"
    )
    assert [flat(each.sql) for each in statements(deeper)][1:] == ["SELECT COUNT(*) FROM tables"]


def test_variants_are_capped() -> None:
    cases = "".join(f'\tcase {i}:\n\t\tq += "c{i} = ?"\n' for i in range(300))
    code = f'\tq := "SELECT a FROM t WHERE "\n\tswitch x {{\n{cases}\t}}\n\tdb.Exec(q)\n'
    source = f"package a\n\nfunc f(x int) {{\n{code}}}\n"
    assert 1 <= len(variants(only(statements(source)))) <= 24


def test_mutilated_code_keeps_every_position_right() -> None:
    random_source = random.Random(20251014)
    for _ in range(300):
        text = SAMPLE
        for _ in range(random_source.randint(1, 5)):
            at = random_source.randrange(len(text))
            cut = random_source.choice((0, 0, random_source.randint(1, 60)))
            text = text[:at] + random_source.choice(PIECES) + text[at + cut :]
        for statement in statements({"a.go": text}):
            for variant in statement.variants:
                assert variant.sql.count(HOLE) == len(variant.holes)
                end = 0
                for segment in variant.offsets.segments:
                    assert segment.start == end
                    end = segment.end
                    if segment.linear:
                        source = text[segment.source.start : segment.source.end]
                        assert source == variant.sql[segment.start : segment.end]
                assert end == len(variant.sql)


@pytest.mark.parametrize(
    "broken",
    [
        'func F(db *sql.DB) {\n\tif x {\n\t\tdb.Exec("DELETE FROM stock WHERE skuu = ?", 1)\n',
        "func F(db *sql.DB) {\n\tdb.Exec(`DELETE FROM stock WHERE skuu = ?, 1)\n}\n",
        'func F(db *sql.DB) {\n\tdb.Exec("DELETE FROM stock WHERE skuu = ?, 1)\n}\n',
        'func F(db *sql.DB) {\n\tfor {{\n\t\tdb.Exec("DELETE FROM stock WHERE skuu = ?")\n\t}\n',
    ],
)
def test_sql_of_code_that_does_not_parse_is_found_or_said_to_be_lost(broken: str) -> None:
    source = 'package s\n\nimport "database/sql"\n\nfunc G(db *sql.DB) { db.Exec("DELETE FROM stock") }\n\n' + broken
    found = [each for each in statements(source) if "skuu" in each.sql or "does not parse" in (each.opaque or "")]
    assert len(found) == 1


def test_what_a_long_list_holds_beyond_the_rounds_that_are_followed_is_not_silent() -> None:
    texts = "".join(f'    "SELECT a FROM t WHERE id = {number}",\n' for number in range(250))
    code = f'package store\n\nimport "database/sql"\n\nvar all = []string{{\n{texts}}}\n\n'
    code += "func run(db *sql.DB) {\n    for _, each := range all {\n        db.Exec(each)\n    }\n}\n"
    found = statements(code)
    assert sum(not each.opaque for each in found) == 200
    assert [each.opaque for each in found if each.opaque] == [
        "SQL is a later element of a list that is too long to follow"
    ]


def test_ddl_that_takes_too_many_steps_proves_no_column_missing(tree: Tree) -> None:
    alters = "".join(f'    "ALTER TABLE t ADD COLUMN c{number} INT",\n' for number in range(40))
    code = f"""package store

import (
    "database/sql"
    "strings"
)

var all = []string{{
    "CREATE TABLE t (id INT)",
{alters}}}

func rewritten(text string) string {{
    for i := 0; i < 30; i++ {{
        text = strings.Replace(text, "  ", " ", -1)
    }}
    return text
}}

func boot(db *sql.DB) {{
    for _, each := range all {{
        db.Exec(rewritten(each))
    }}
}}

func read(db *sql.DB) {{
    db.Query("SELECT c39 FROM t")
}}
"""
    tree.write("store.go", code)
    assert brief(list(tree.audit("store.go").findings)) == []
    with patch.object(machine, "STEPS", 2_000):
        report = tree.audit("store.go")
    assert brief(list(report.findings)) == []
    assert any("too long to follow" in each.reason for each in report.unresolved)


def test_a_function_that_is_evaluated_again_and_takes_too_many_steps_loses_no_call() -> None:
    rounds = "".join(f'    text = strings.Replace(text, "{number}", "", -1)\n' for number in range(60))
    code = f"""package store

import (
    "database/sql"
    "strings"
)

func first(db *sql.DB, text string) string {{
    db.Exec("DELETE FROM t WHERE a = 1")
    text = second(db, text)
{rounds}
    db.Exec("DELETE FROM t WHERE a = 2")
    return text
}}

func second(db *sql.DB, text string) string {{
    db.Exec("DELETE FROM t WHERE a = 3")
    return first(db, text)
}}
"""
    everything = [f"DELETE FROM t WHERE a = {number}" for number in (1, 2, 3)]
    assert sorted(flat(each.sql) for each in statements(code)) == everything
    with patch.object(machine, "STEPS", 200):
        assert sorted(flat(each.sql) for each in statements(code)) == everything


LONG = """package store

import "database/sql"

type shape struct{ width, height int }

func measured(s *shape, by int) *shape {
    s.width += by
    s.height += by
    return s
}

type clause struct{ text string }

func newest(limit string) *clause { return &clause{text: "a > 4 " + limit} }
func table() string { return "t" }
func run(db *sql.DB, query string) { db.Exec(query) }
func deploy(db *sql.DB, all []string) {
    for _, each := range all {
        db.Exec(each)
    }
}

var all = []string{"CREATE TABLE t (a INT)", "ALTER TABLE t ADD COLUMN b INT"}

func boot(db *sql.DB) {
    s := &shape{}
MEASURED
    run(db, "DELETE FROM t WHERE a = 1")
    deploy(db, all)
    db.Exec("DELETE FROM " + table() + " WHERE a = 3")
MEASURED
    c := newest("LIMIT 1")
    db.Exec("DELETE FROM t WHERE " + c.text)
}
"""


def test_whoever_works_long_on_something_else_is_followed_to_the_sql_behind_it() -> None:
    code = LONG.replace("MEASURED", "".join(f"    s = measured(s, {number})\n" for number in range(40)))
    expected = sorted(statements(code), key=lambda each: each.sql)
    assert [flat(each.sql) for each in expected] == [
        "ALTER TABLE t ADD COLUMN b INT",
        "CREATE TABLE t (a INT)",
        *(f"DELETE FROM t WHERE a {condition}" for condition in ("= 1", "= 3", "> 4 LIMIT 1")),
    ]
    with patch.object(machine, "PATIENCE", 60), patch.object(machine, "LITTLE_PATIENCE", 20):
        found = sorted(statements(code), key=lambda each: each.sql)
    assert [flat(each.sql) for each in found] == [flat(each.sql) for each in expected]


EMPTY = """package repo

import (
\t"database/sql"
\t"io"
\t"strings"
)

var settings = struct{ Query string }{Query: ""}

func Configured(db *sql.DB) {
\tif settings.Query != "" {
\t\tdb.Query(settings.Query)
\t}
}

func Written(db *sql.DB) {
\tvar b strings.Builder
\tvar w io.Writer = &b
\tio.WriteString(w, "SELECT a FROM t")
\tdb.Query(b.String())
}
"""


def test_a_text_that_is_filled_out_of_sight_is_listed_and_not_taken_for_nothing() -> None:
    found = statements(EMPTY)
    assert "SQL is a text that is empty as far as it is followed" in [each.opaque for each in found]


def test_a_text_that_is_set_in_one_branch_is_only_that() -> None:
    code = """
        query := ""
        if active {
            query = "SELECT a FROM t"
        }
        r.db.Query(query)
    """
    assert [(each.sql, each.opaque) for each in statements(body(code))] == [("SELECT a FROM t", None)]


def test_texts_that_are_replaced_and_repeated_without_end(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE t (id INT);")
    code = (
        'package a\n\nimport (\n\t"database/sql"\n\t"math"\n\t"strings"\n)\n\nfunc Run(db *sql.DB) {\n'
        '\tdb.Exec("DELETE FROM t WHERE name = 1" + strings.Repeat("", math.MaxInt32))\n'
        '\ts := strings.Repeat("a", 9999)\n\ts = strings.ReplaceAll(s, "a", s)\n'
        '\tdb.Exec("DELETE FROM t WHERE size = " + s)\n'
        '\ts = strings.NewReplacer("a", s[:4000]).Replace(strings.Repeat("a", 99))\n'
        '\tdb.Exec("DELETE FROM t WHERE kind = 1" + s)\n}\n'
    )
    tree.write("a.go", code)
    assert [each.identifier for each in tree.audit("a.go").findings][:2] == ["name", "size"]


@pytest.mark.parametrize("receiver", ["s", "t", "b"])
@pytest.mark.parametrize("kind", ["string", "[]string"])
def test_sql_that_is_handed_on_through_many_methods(tree: Tree, receiver: str, kind: str) -> None:
    tree.write("schema.sql", "CREATE TABLE t (id INT);")
    send = (
        f"{receiver}.db.Exec(q)"
        if kind == "string"
        else f"for _, each := range q {{\n\t\t{receiver}.db.Exec(each)\n\t}}"
    )
    layers = "".join(
        f"func ({receiver} *Store) run{number + 1}(q {kind}) {{\n\t{receiver}.run{number}(q)\n}}\n\n"
        for number in range(6)
    )
    given = '"DELETE FROM t WHERE wrong = 1"'
    given = given if kind == "string" else f"[]string{{{given}}}"
    tree.write(
        "a.go",
        'package a\n\nimport "database/sql"\n\ntype Store struct{ db *sql.DB }\n\n'
        f"func ({receiver} *Store) run0(q {kind}) {{\n\t{send}\n}}\n\n{layers}"
        f"func ({receiver} *Store) Run() {{\n\t{receiver}.run6({given})\n}}\n",
    )
    assert [(each.rule, each.identifier) for each in tree.audit("a.go").findings] == [("NP101", "wrong")]


def test_arguments_are_not_counted_behind_many_layers(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE t (id INT);")
    layers = "".join(
        f"func run{number + 1}(db *sql.DB, q []string, args ...[]any) {{\n\trun{number}(db, q, args...)\n}}\n\n"
        for number in range(5)
    )
    tree.write(
        "a.go",
        'package a\n\nimport "database/sql"\n\nfunc run0(db *sql.DB, q []string, args ...[]any) {\n'
        "\tfor at, each := range q {\n\t\tvar own []any\n\t\tif len(args) > at {\n\t\t\town = args[at]\n\t\t}\n"
        f"\t\tdb.Exec(each, own...)\n\t}}\n}}\n\n{layers}"
        'func Run(db *sql.DB) {\n\trun5(db, []string{"DELETE FROM t WHERE wrong = ?"}, []any{1, 2})\n}\n',
    )
    assert [(each.rule, each.identifier) for each in tree.audit("a.go").findings] == [("NP101", "wrong")]
