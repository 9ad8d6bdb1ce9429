"""What a program may never build proves nothing: values of a type, texts taken apart, loops over lists not known."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief
from tests.unit.go_host import body, flat, only, statements, variants

DDL = "CREATE TABLE tasks (id INT, body TEXT); CREATE TABLE members (user INT);"
KINDS = """package store

import (
    "database/sql"
    "strings"
)

type kind struct {
    table string
}

var first, second = kind{table: "tasks"}, kind{table: "members"}

func remove(db *sql.DB, each kind) {
    db.Exec("DELETE FROM " + each.table + " WHERE id = ?", 1)
}
"""


def audited(tree: Tree, code: str) -> list[tuple[str, str | None]]:
    """The findings in a file of code."""
    tree.write("schema.sql", DDL)
    tree.write("store.go", code)
    return brief(list(tree.audit("store.go").findings))


def test_a_value_of_the_type_that_nobody_hands_over_is_no_error(tree: Tree) -> None:
    assert audited(tree, KINDS) == []
    called = '\nfunc Use(db *sql.DB) { remove(db, kind{table: "%s"}) }\n'
    assert audited(tree, KINDS + called % "tasks") == []
    assert audited(tree, KINDS + called % "members") == [("NP101", "id")]


def test_what_is_wrong_with_every_value_is_an_error(tree: Tree) -> None:
    assert audited(tree, KINDS.replace("WHERE id", "WHERE nosuch")) == [("NP101", "nosuch")]


def test_the_columns_of_an_insert_may_belong_to_another_value(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE a (x INT NOT NULL); CREATE TABLE b (y INT NOT NULL);")
    code = KINDS.replace(
        '"DELETE FROM " + each.table + " WHERE id = ?", 1', '"INSERT INTO " + each.table + " (x) VALUES (?)", 1'
    )
    tree.write("store.go", code.replace('"tasks"', '"a"').replace('"members"', '"b"'))
    assert brief(list(tree.audit("store.go").findings)) == []


def test_a_program_that_reads_its_texts_letter_by_letter(tree: Tree) -> None:
    code = """package store

import "database/sql"

func column(text string, at int) string {
    if text[at] == '(' {
        return "nosuch"
    }
    return "body"
}

func Read(db *sql.DB, at int) {
    db.Query("SELECT " + column("body", at) + " FROM tasks")
}
"""
    assert audited(tree, code) == []


@pytest.mark.parametrize("rounds", ["len(p.ids)", "len(p.ids)*2", "2*len(p.ids)"])
def test_a_counted_loop_over_a_list_that_is_not_known_counts_nothing(tree: Tree, rounds: str) -> None:
    code = f"""package store

import (
    "database/sql"
    "strings"
)

type params struct {{
    ids []string
}}

func read(text string) params {{
    p := params{{ids: make([]string, 0)}}
    if text != "" {{
        p.ids = strings.Split(text, ",")
    }}
    return p
}}

func Get(db *sql.DB, text string) {{ get(db, read(text)) }}

func get(db *sql.DB, p params) {{
    query, args := "SELECT id FROM tasks WHERE body = ?", []any{{1}}
    if len(p.ids) > 0 {{
        query += " AND id IN (?" + strings.Repeat(",?", len(p.ids)-1) + ")"
        for i := 0; i < {rounds}; i++ {{
            args = append(args, p.ids[i%len(p.ids)])
        }}
    }}
    db.Query(query, args...)
}}
"""
    assert audited(tree, code) == []


@pytest.mark.parametrize(
    "text",
    [
        "SELEC id FROM tasks",
        "SLECT id FROM tasks",
        "selct id FROM tasks WHERE id = ?",
        "INSRET INTO tasks (id) VALUES (?)",
        "UPDTE tasks SET id = 1",
        "DELETEE FROM tasks WHERE id = 1",
        "CRATE TABLE t (id INT)",
    ],
)
def test_a_verb_with_a_slip_is_a_statement_that_is_not_understood(tree: Tree, text: str) -> None:
    assert flat(only(statements(body(f'r.db.Exec("{text}")'))).sql) == text
    tree.write("schema.sql", DDL)
    tree.write("a.go", body(f'r.db.Exec("{text}")'))
    unresolved = tree.audit("a.go").unresolved
    assert [text.split()[0] in each.reason for each in unresolved] == [True]


@pytest.mark.parametrize(
    "text", ["Selected items from the store", "Revoke", "selection", "Updates", "Insects into the jar", "Show", "call"]
)
def test_ordinary_words_at_a_database_call_are_no_statement(text: str) -> None:
    assert statements(body(f'r.db.Exec("{text}", id)')) == []


@pytest.mark.parametrize("text", ["BEGIN", "COMMIT;", "ROLLBACK", "VACUUM"])
def test_some_statements_are_one_word(text: str) -> None:
    assert variants(only(statements(body(f'r.db.Exec("{text}")')))) == [text]


def test_values_that_a_list_without_elements_leaves_empty_are_a_guess(tree: Tree) -> None:
    code = """package store

import (
    "database/sql"
    "strings"
)

func fields(text string) (found []string) {
    if text == "" {
        return found
    }
    return strings.Split(text, ",")
}

func Add(db *sql.DB, text string) {
    sb := strings.Builder{}
    sb.WriteString("INSERT INTO tasks (id) VALUES (")
    for _, each := range fields(text) {
        sb.WriteString(each)
    }
    sb.WriteString(")")
    db.Exec(sb.String())
}
"""
    assert audited(tree, code) == []
    assert audited(tree, body('r.db.Exec("INSERT INTO tasks (id) VALUES ()")')) == [("NP104", None)]


def test_a_function_without_arguments_at_the_end_of_a_part_is_no_guess() -> None:
    code = body(
        "now := \"NOW()\"\n\tif r.lite {\n\t\tnow = \"strftime('%s', 'now')\"\n\t}\n"
        '\tr.db.Query("SELECT id FROM t WHERE (ends IS NULL OR ends > " + now + ")")'
    )
    found = [each.guessed for each in only(statements(code)).variants if "NOW" in each.sql]
    assert found == [""]
