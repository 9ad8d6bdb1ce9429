"""SQL that is put together: Sprintf, joins, lists, replacements; what is not known is a hole with a reason."""

from __future__ import annotations

import pytest

from nodepath_cli.source.statement import HOLE
from tests.unit.go_host import body, flat, only, source_of, statements, texts, variants


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ('r.db.Query(fmt.Sprintf("SELECT a FROM %s WHERE b = %d", "t", 3))', "SELECT a FROM t WHERE b = 3"),
        ('r.db.Query(fmt.Sprintf("SELECT a FROM t LIMIT %d", n))', "SELECT a FROM t LIMIT <>"),
        ('r.db.Query(fmt.Sprintf("SELECT 5 %% 3, %[2]s FROM %[1]s", "t", "a"))', "SELECT 5 % 3, a FROM t"),
        ('r.db.Query("SELECT " + strings.Join([]string{"a", "b"}, ", ") + " FROM t")', "SELECT a, b FROM t"),
        ('r.db.Query(strings.Replace("SELECT a FROM X", "X", "t", 1))', "SELECT a FROM t"),
        ('r.db.Query(strings.ReplaceAll("SELECT a FROM __P__t", "__P__", "app_"))', "SELECT a FROM app_t"),
        ('r.db.Query(strings.NewReplacer("{t}", "users", "{c}", "id").Replace("SELECT {c} FROM {t}"))',
         "SELECT id FROM users"),
        ('r.db.Query(strings.TrimSpace("  SELECT a FROM t  "))', "SELECT a FROM t"),
        ('r.db.Query("SELECT a FROM t WHERE b IN (" + strings.TrimSuffix("?,?,", ",") + ")")',
         "SELECT a FROM t WHERE b IN (?,?)"),
        ('r.db.Query("SELECT a FROM t WHERE b IN (?" + strings.Repeat(",?", 2) + ")")',
         "SELECT a FROM t WHERE b IN (?,?,?)"),
        ('r.db.Query("SELECT a FROM t WHERE b IN (?" + strings.Repeat(",?", len(names)-1) + ")")',
         "SELECT a FROM t WHERE b IN (?,?)"),
        ('r.db.Query(map[string]string{"x": "SELECT a FROM t", "y": "z"}["x"])', "SELECT a FROM t"),
        ('r.db.Query([]string{"SELECT a FROM t", "SELECT b FROM t"}[1])', "SELECT b FROM t"),
        ('r.db.Query(string([]byte("SELECT a FROM t")))', "SELECT a FROM t"),
        ("r.db.Query(`SELECT ` + \"`timestamp`\" + ` FROM t`)", "SELECT `timestamp` FROM t"),
    ],
)  # fmt: skip
def test_text_that_is_put_together_of_known_parts(code: str, sql: str) -> None:
    assert texts(body(code)) == [sql]


def test_parts_keep_their_places() -> None:
    code = """
        table := "gamma"
        r.db.Query(fmt.Sprintf("SELECT alpha FROM %s WHERE beta = ?", table))
    """
    text = body(code)
    variant = only(statements(text)).variants[0]
    for word in ("alpha", "beta", "gamma"):
        assert source_of(text, variant, word) == word
    start = variant.sql.index("gamma")
    assert variant.offsets.locate(start, start + 5).start == text.index("gamma")


def test_a_hole_has_its_expression_and_a_reason() -> None:
    text = body('r.db.Query("SELECT a FROM " + id + " WHERE b = ?")')
    variant = only(statements(text)).variants[0]
    (hole,) = variant.holes
    assert variant.sql[hole.offset] == HOLE
    assert (hole.expression, hole.reason) == ("id", "function argument")
    span = variant.offsets.locate(hole.offset, hole.offset + 1)
    assert text[span.start : span.end] == "id"


def test_a_list_of_conditions_that_branches_append_to() -> None:
    code = """
        where := []string{"1 = 1"}
        if id != "" {
            where = append(where, "a = ?")
        }
        if active {
            where = append(where, "b = ?")
        }
        r.db.Query("SELECT c FROM t WHERE " + strings.Join(where, " AND "))
    """
    assert variants(only(statements(body(code)))) == [
        "SELECT c FROM t WHERE 1 = 1 AND a = ? AND b = ?",
        "SELECT c FROM t WHERE 1 = 1 AND b = ?",
        "SELECT c FROM t WHERE 1 = 1 AND a = ?",
        "SELECT c FROM t WHERE 1 = 1",
    ]


def test_a_set_list_that_may_be_empty_is_not_tried_empty() -> None:
    code = """
        var sets []string
        if id != "" {
            sets = append(sets, "a = ?")
        }
        if active {
            sets = append(sets, "b = ?")
        }
        r.db.Exec("UPDATE t SET " + strings.Join(sets, ", ") + " WHERE c = ?")
    """
    assert variants(only(statements(body(code)))) == [
        "UPDATE t SET a = ?, b = ? WHERE c = ?",
        "UPDATE t SET b = ? WHERE c = ?",
        "UPDATE t SET a = ? WHERE c = ?",
    ]


@pytest.mark.parametrize(
    "marks",
    [
        'marks := make([]string, len(names))\nfor i := range names {\n\tmarks[i] = "?"\n}',
        'var marks []string\nfor range names {\n\tmarks = append(marks, "?")\n}',
        'marks := make([]string, 0, len(names))\nfor range names {\n\tmarks = append(marks, "?")\n}',
    ],
)
def test_placeholders_of_a_list_of_unknown_length(marks: str) -> None:
    code = marks + '\nr.db.Query("SELECT a FROM t WHERE b IN (" + strings.Join(marks, ",") + ")")'
    assert variants(only(statements(body(code)))) == ["SELECT a FROM t WHERE b IN (?)"]


def test_a_set_list_over_a_map_of_updates() -> None:
    code = """
        var parts []string
        for field := range updates {
            parts = append(parts, field+" = ?")
        }
        r.db.Exec("UPDATE t SET " + strings.Join(parts, ", ") + " WHERE id = ?", id)
    """
    statement = only(statements(body(code)))
    assert flat(statement.sql) == "UPDATE t SET <> = ? WHERE id = ?"
    assert [hole.expression for hole in statement.variants[0].holes] == ["field"]


def test_a_column_from_a_map_is_tried_with_each_entry() -> None:
    code = """
        columns := map[string]string{"x": "alpha", "y": "beta"}
        r.db.Exec(fmt.Sprintf("UPDATE t SET %s = ?", columns[id]), n)
    """
    assert sorted(variants(only(statements(body(code))))) == ["UPDATE t SET alpha = ?", "UPDATE t SET beta = ?"]


def test_sprintf_with_a_slice_of_arguments() -> None:
    known = body('args := []any{"t", "a"}\nr.db.Query(fmt.Sprintf("SELECT * FROM %s WHERE %s = 1", args...))')
    assert texts(known) == ["SELECT * FROM t WHERE a = 1"]
    unknown = body('r.db.Query(fmt.Sprintf("SELECT * FROM %s WHERE a = 1", list()...))')
    assert texts(unknown) == ["SELECT * FROM <> WHERE a = 1"]


def test_a_text_that_is_rewritten_character_by_character_is_known() -> None:
    source = """
    package store

    import (
        "database/sql"
        "fmt"
        "strings"
    )

    func numbered(sql string) string {
        pos, begin, parts := 1, 0, []string{}
        for i := 0; i < len(sql); i++ {
            if sql[i] == '?' {
                parts = append(parts, sql[begin:i], fmt.Sprintf(":%d", pos))
                begin = i + 1
                pos++
            }
        }
        return strings.Join(append(parts, sql[begin:]), "")
    }

    func run(db *sql.DB, table string) {
        db.Exec(numbered("DELETE FROM notes WHERE a = ? AND b = ?"), 1, 2)
        db.Exec(numbered("DELETE FROM " + table + " WHERE a = ? AND b = ? AND c = ? AND d = ? AND e = ? AND f = ?"))
    }
    """
    assert "DELETE FROM notes WHERE a = :1 AND b = :2" in texts(source)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", 'fmt.Sprintf("SELECT COALESCE(%d, 0) FROM notes", v)'),
        ("int64", 'fmt.Sprintf("SELECT COALESCE(%v, 0) FROM notes", v)'),
        ("float64", 'fmt.Sprintf("SELECT COALESCE(%.2f, 0) FROM notes", v)'),
        ("bool", 'fmt.Sprintf("SELECT COALESCE(%t, 0) FROM notes", v)'),
        ("uint", 'fmt.Sprint("SELECT COALESCE(", v, ", 0) FROM notes")'),
        ("int", '"SELECT COALESCE(" + strconv.Itoa(v) + ", 0) FROM notes"'),
        ("float64", '"SELECT COALESCE(" + strconv.FormatFloat(v, \'f\', 2, 64) + ", 0) FROM notes"'),
        ("string", ""),
    ],
)
def test_a_number_is_told_from_a_text(kind: str, text: str) -> None:
    text = text or 'fmt.Sprintf("SELECT COALESCE(%s, 0) FROM notes", v)'
    head = 'package repo\n\nimport (\n\t"database/sql"\n\t"fmt"\n\t"strconv"\n)\n\n'
    found = only(statements(f"{head}func F(db *sql.DB, v {kind}) {{\n\tdb.Query({text})\n}}\n"))
    assert [hole.number for hole in found.variants[0].holes] == [kind != "string"]
