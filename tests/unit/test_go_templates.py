"""SQL in Go's text/template: each condition is a branch, what is not known is a hole, and the rest is audited."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, only, source_of, statements, variants

HEAD = 'package store\n\nimport (\n\t"bytes"\n\t"database/sql"\n\t"strings"\n\t"text/template"\n)\n\n'


def run(text: str, data: str = "data") -> str:
    """A function that executes a template held by a package's variable."""
    return (
        f"{HEAD}var made = template.Must(template.New(`q`).Parse(`{text}`))\n\n"
        "func Run(db *sql.DB, data any) error {\n\tvar b bytes.Buffer\n"
        f"\tif err := made.Execute(&b, {data}); err != nil {{\n\t\treturn err\n\t}}\n"
        "\t_, err := db.Exec(b.String())\n\treturn err\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DELETE FROM t WHERE a = 1", ["DELETE FROM t WHERE a = 1"]),
        ("DELETE FROM {{.Table}} WHERE a = 1", ["DELETE FROM <> WHERE a = 1"]),
        (
            "DELETE FROM t{{if .Old}} WHERE a < 1{{end}} LIMIT 5",
            ["DELETE FROM t LIMIT 5", "DELETE FROM t WHERE a < 1 LIMIT 5"],
        ),
        (
            "UPDATE t SET {{if .A}}a{{else if .B}}b{{else}}c{{end}} = 1",
            ["UPDATE t SET a = 1", "UPDATE t SET b = 1", "UPDATE t SET c = 1"],
        ),
        # One condition, asked twice and once the other way round, is one choice.
        (
            "UPDATE t SET {{if .A}}a{{else}}b{{end}} = 1 WHERE {{if not .A}}b{{else}}a{{end}} = 2",
            ["UPDATE t SET a = 1 WHERE a = 2", "UPDATE t SET b = 1 WHERE b = 2"],
        ),
        (
            "DELETE FROM t WHERE a IN ({{range $i, $e := .Ids}}{{if $i}}, {{end}}?{{end}})",
            ["DELETE FROM t WHERE a IN (?)"],
        ),
        ("DELETE FROM t {{- /* why */ -}}   WHERE a = 1", ["DELETE FROM tWHERE a = 1"]),
        ("{{$x := .Name}}DELETE FROM t{{define `other`}}no SQL{{end}}", ["DELETE FROM t"]),
        ("DELETE FROM t{{end}} WHERE a = 1", ["DELETE FROM t"]),
    ],
)
def test_what_a_template_writes(text: str, expected: list[str]) -> None:
    assert sorted(variants(only(statements(run(text.replace("`", '"')))))) == expected


def test_data_that_is_known_is_written() -> None:
    of_map = run("DELETE FROM {{.table}} WHERE a = 1", 'map[string]string{"table": "orders"}')
    of_struct = run("DELETE FROM {{.Table}} WHERE a = 1", 'struct{ Table string }{Table: "orders"}')

    for source in (of_map, of_struct):
        assert variants(only(statements(source))) == ["DELETE FROM orders WHERE a = 1"]


def test_a_part_of_a_template_keeps_its_place() -> None:
    source = run("DELETE FROM t{{if .Old}} WHERE wrong = 1{{end}}")
    variant = next(each for each in only(statements(source)).variants if "wrong" in each.sql)

    assert source_of(source, variant, "wrong") == "wrong"


def test_what_a_template_writes_for_another_database_is_that_ones() -> None:
    text = "CREATE TABLE a (id INT{{if .sqlite3}} PRIMARY KEY ON CONFLICT ABORT{{end}})"

    assert variants(next(each for each in statements(run(text)) if each.dialect is None)) == ["CREATE TABLE a (id INT)"]


def test_each_statement_of_a_template_that_is_split_is_found() -> None:
    source = (
        HEAD + 'var made = template.Must(template.New("q").Parse("DELETE FROM a; {{if .B}}DELETE FROM b;{{end}}"))\n\n'
        "func Run(db *sql.DB) {\n\tvar b bytes.Buffer\n\tmade.Execute(&b, nil)\n"
        '\tfor _, q := range strings.Split(b.String(), ";") {\n\t\tdb.Exec(q)\n\t}\n}\n'
    )
    assert {flat(text) for each in statements(source) for text in variants(each)} == {"DELETE FROM a", "DELETE FROM b"}


def test_a_template_of_a_file_is_not_followed_and_said_so() -> None:
    source = run("x").replace("template.New(`q`).Parse(`x`)", 'template.ParseFiles("q.tmpl")')

    assert only(statements(source)).opaque


ROWS = 'map[string]any{"Cols": []string{"a", "b"}, "Table": "orders", "None": []string{}, "Name": "no"}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT {{range $i, $c := .Cols}}{{if $i}}, {{end}}o.{{$c}}{{end}} FROM o", ["SELECT o.a, o.b FROM o"]),
        ("SELECT {{range $i, $c := .Cols}}{{if ne $i 0}}, {{end}}{{.}}{{end}} FROM o", ["SELECT a, b FROM o"]),
        ("SELECT {{range $i, $c := .Cols}}{{if not $i}}z{{else}}, {{end}}{{.}}{{end}} FROM o", ["SELECT za, b FROM o"]),
        ("SELECT {{range .Cols}}{{.}}, {{end}}c FROM {{.Table}}", ["SELECT a, b, c FROM orders"]),
        ("SELECT {{range $c := .Cols}}{{$c}}, {{end}}c FROM {{$.Table}}", ["SELECT a, b, c FROM orders"]),
        ("SELECT {{range .None}}{{.}}{{else}}1{{end}} FROM o", ["SELECT 1 FROM o"]),
        (
            "DELETE FROM orders{{with .Table}} WHERE {{.}}.a = 1{{end}}",
            ["DELETE FROM orders", "DELETE FROM orders WHERE orders.a = 1"],
        ),
        (
            "SELECT {{range .Cols}}{{.}}{{if $.X}}x{{end}}, {{end}}c FROM o",
            ["SELECT a, b, c FROM o", "SELECT ax, bx, c FROM o"],
        ),
        # What is asked of an element is another choice in each round.
        (
            "SELECT {{range .Cols}}{{.}}{{if .X}}x{{end}}, {{end}}c FROM o",
            ["SELECT a, b, c FROM o", "SELECT a, bx, c FROM o", "SELECT ax, b, c FROM o", "SELECT ax, bx, c FROM o"],
        ),
        # The dot is the element, which has no such field that is known.
        ("SELECT {{range .Other}}{{.Name}}, {{end}}c FROM o", ["SELECT <>, c FROM o"]),
        ("SELECT {{range .Cols}}{{.Name}}, {{end}}c FROM o", ["SELECT <>, <>, c FROM o"]),
        ("SELECT {{range .Cols}}{{.}}, {{break}}{{end}}c FROM o", ["SELECT <>, c FROM o"]),
    ],
)
def test_a_list_that_is_known_is_gone_through(text: str, expected: list[str]) -> None:
    assert sorted(variants(only(statements(run(text, ROWS))))) == expected


CHOSEN = (
    'var fields = map[string]string{"name": "o.name", "day": "DATE(o.at)"}\n\n'
    "func Run(db *sql.DB, by string) {\n\tfield, ok := fields[by]\n\tif !ok {\n\t\treturn\n\t}\n"
    "\tvar b bytes.Buffer\n\tmade.Execute(&b, DATA)\n\tdb.Query(b.String())\n}\n"
)


@pytest.mark.parametrize(
    "data", ["struct{ By string }{field}", 'map[string]any{"By": field}', "struct {\n\tBy string\n}{By: field}"]
)
def test_a_text_that_was_chosen_is_the_same_one_in_all_places(data: str) -> None:
    made = 'var made = template.Must(template.New("q").Parse("SELECT {{.By}} FROM orders o GROUP BY {{.By}}"))\n\n'
    found = only(statements(HEAD + made + CHOSEN.replace("DATA", data)))
    assert sorted(variants(found)) == [
        "SELECT DATE(o.at) FROM orders o GROUP BY DATE(o.at)",
        "SELECT o.name FROM orders o GROUP BY o.name",
    ]


def test_a_text_that_may_be_another_one_is_a_hole() -> None:
    made = 'var made = template.Must(template.New("q").Parse("SELECT {{.By}} FROM orders o"))\n\n'
    chosen = CHOSEN.replace("field, ok := fields[by]", "field, ok := known(by)")
    assert variants(only(statements(HEAD + made + chosen.replace("DATA", "struct{ By string }{field}")))) == [
        "SELECT <> FROM orders o"
    ]
