"""Columns that a program reads out of a struct's tags with reflect stand where the tags do."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE cities (id INT PRIMARY KEY, title VARCHAR(9) NOT NULL, zone VARCHAR(9));\n"
GIVEN = Settings(schema=("schema.sql",))
HEAD = """package store

import (
	"database/sql"
	"reflect"
	"strings"
)

type city struct {
	ID    int    `db:"id,pk"`
	Title string `json:"t" db:"title"`
	Zone  string `db:"%s"`
	kept  int
	Extra string `db:"-"`
}

"""
FORMS = {
    "a type": """func columns(v any) []string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Ptr {
		t = t.Elem()
	}
	var out []string
	for i := 0; i < t.NumField(); i++ {
		if tag := strings.Split(t.Field(i).Tag.Get("db"), ",")[0]; tag != "" && tag != "-" {
			out = append(out, tag)
		}
	}
	return out
}

func list(db *sql.DB) (*sql.Rows, error) {
	return db.Query("SELECT " + strings.Join(columns(&city{}), ", ") + " FROM cities")
}
""",
    "a value": """func insert(db *sql.DB, table string, v any) error {
	val := reflect.Indirect(reflect.ValueOf(v))
	t := val.Type()
	var columns, marks []string
	var args []any
	for i := range t.NumField() {
		tag, ok := t.Field(i).Tag.Lookup("db")
		if !ok || tag == "-" {
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		columns, marks = append(columns, name), append(marks, "?")
		args = append(args, val.Field(i).Interface())
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ",") + ") VALUES (" + strings.Join(marks, ",") + ")"
	_, err := db.Exec(query, args...)
	return err
}

func add(db *sql.DB, c city) error { return insert(db, "cities", c) }
""",
    "a type parameter": """func all[T any](db *sql.DB, table string) (*sql.Rows, error) {
	var zero T
	t := reflect.TypeOf(zero)
	var out []string
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("db"), ",")[0]
		if !f.IsExported() || tag == "-" {
			continue
		}
		out = append(out, tag)
	}
	return db.Query("SELECT " + strings.Join(out, ", ") + " FROM " + table)
}

func cities(db *sql.DB) (*sql.Rows, error) { return all[city](db, "cities") }
""",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_wrong_tag_is_found_where_it_stands(tree: Tree, form: str) -> None:
    tree.write("schema.sql", DDL)
    source = HEAD % "zones" + form
    tree.write("a.go", source)
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    line = source[: source.index("zones")].count("\n") + 1
    assert (finding.rule, finding.identifier, finding.position.line) == ("NP101", "zones", line)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_right_tags_are_left_alone(tree: Tree, form: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD % "zone" + form)
    report = tree.audit("a.go", settings=GIVEN)
    assert (list(report.findings), list(report.unresolved)) == ([], [])


def test_targets_made_of_a_structs_fields_are_counted(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    form = """
func targets(v any) []any {
	val := reflect.ValueOf(v).Elem()
	out := make([]any, 0, val.NumField())
	for i := 0; i < val.NumField(); i++ {
		out = append(out, val.Field(i).Addr().Interface())
	}
	return out
}

type short struct {
	ID    int
	Title string
}

func one(db *sql.DB) error {
	var s short
	return db.QueryRow("SELECT {} FROM cities").Scan(targets(&s)...)
}
"""
    form = FORMS["a type"] + form.replace("func one", "\nfunc one")
    tree.write("a.go", HEAD % "zone" + form.replace("{}", "id, title"))
    assert not tree.audit("a.go", settings=GIVEN).findings
    tree.write("a.go", HEAD % "zone" + form.replace("{}", "id, title, zone"))
    assert [each.rule for each in tree.audit("a.go", settings=GIVEN).findings] == ["NP108"]
