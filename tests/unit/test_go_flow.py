"""SQL in local variables: by flow, not by name; every branch that adds text is a variant, named by its condition."""

from __future__ import annotations

import pytest

from tests.unit.go_host import body, flat, only, source_of, statements, texts, variants


def test_a_variable_that_is_assigned_again_feeds_each_call_with_its_own_text() -> None:
    code = """
        query := `SELECT a FROM t`
        r.db.Query(query)
        query = `DELETE FROM t WHERE a = ?`
        r.db.Exec(query, id)
        query = `UPDATE t SET a = ?`
        r.db.Exec(query, id)
    """
    assert texts(body(code)) == ["SELECT a FROM t", "DELETE FROM t WHERE a = ?", "UPDATE t SET a = ?"]


def test_an_inner_variable_does_not_change_the_outer_one() -> None:
    code = """
        query := "SELECT a FROM t"
        if active {
            query := "SELECT b FROM t"
            r.db.Query(query)
        }
        r.db.QueryRow(query).Scan(&id)
    """
    assert texts(body(code)) == ["SELECT a FROM t", "SELECT b FROM t"]


def test_text_added_under_a_condition_gives_a_variant_with_and_one_without() -> None:
    code = """
        query := "SELECT a FROM t WHERE b = ?"
        if id != "" {
            query += " AND c = ?"
        }
        r.db.Query(query)
    """
    statement = only(statements(body(code)))
    assert [(flat(each.sql), each.branch) for each in statement.variants] == [
        ("SELECT a FROM t WHERE b = ? AND c = ?", 'if id != ""'),
        ("SELECT a FROM t WHERE b = ?", 'unless id != ""'),
    ]


def test_two_branches_on_one_condition_are_taken_together() -> None:
    code = """
        columns, where := "a", ""
        if active {
            columns += ", b"
        }
        if active {
            where = " WHERE b = 1"
        }
        r.db.Query("SELECT " + columns + " FROM t" + where)
    """
    assert variants(only(statements(body(code)))) == ["SELECT a, b FROM t WHERE b = 1", "SELECT a FROM t"]


def test_many_independent_branches_are_everything_nothing_and_each_alone() -> None:
    conditions = "\n".join(f'if n > {i} {{\n\tquery += " AND c{i} = ?"\n}}' for i in range(8))
    code = f'query := "SELECT a FROM t WHERE 1 = 1"\n{conditions}\nr.db.Query(query)'
    found = variants(only(statements(body(code))))
    everything = "SELECT a FROM t WHERE 1 = 1" + "".join(f" AND c{i} = ?" for i in range(8))
    assert found[0] == everything
    assert "SELECT a FROM t WHERE 1 = 1" in found
    assert {f"SELECT a FROM t WHERE 1 = 1 AND c{i} = ?" for i in range(8)} <= set(found)
    assert len(found) <= 24


def test_if_and_else_that_choose_a_literal_are_statements_of_their_own_places() -> None:
    code = """
        var query string
        if active {
            query = "SELECT a FROM t"
        } else {
            query = "SELECT b FROM t"
        }
        r.db.Query(query)
    """
    text = body(code)
    found = statements(text)
    assert [flat(each.sql) for each in found] == ["SELECT a FROM t", "SELECT b FROM t"]
    assert [text[each.span.start : each.span.start + 10] for each in found] == ['"SELECT a ', '"SELECT b ']


def test_a_switch_gives_a_variant_for_each_case() -> None:
    code = """
        order := "a"
        switch id {
        case "name":
            order = "b"
        case "age", "years":
            order = "c"
        default:
            order = "d"
        }
        r.db.Query("SELECT a FROM t ORDER BY " + order)
    """
    statement = only(statements(body(code)))
    assert sorted(variants(statement)) == [f"SELECT a FROM t ORDER BY {name}" for name in "bcd"]
    assert {each.branch for each in statement.variants} >= {'switch id: case "name"'}


def test_a_branch_that_returns_does_not_reach_the_call() -> None:
    code = """
        query := "SELECT a FROM t"
        if active {
            query = "not reached"
            return nil
        }
        r.db.Query(query)
    """
    assert texts(body(code)) == ["SELECT a FROM t"]


def test_an_error_check_is_no_branch_of_the_text() -> None:
    code = """
        query, err := "SELECT a FROM t", check()
        if err != nil {
            query = ""
        }
        r.db.Query(query)
    """
    statement = only(statements(body(code)))
    assert variants(statement) == ["SELECT a FROM t"]
    assert statement.variants[0].branch == ""


def test_a_loop_over_something_unknown_adds_its_text_once_or_never() -> None:
    code = """
        query := "SELECT a FROM t WHERE b = ?"
        for range names {
            query += " OR b = ?"
        }
        r.db.Query(query)
    """
    assert variants(only(statements(body(code)))) == [
        "SELECT a FROM t WHERE b = ? OR b = ?",
        "SELECT a FROM t WHERE b = ?",
    ]


def test_a_separator_between_rounds_is_not_written_in_the_first() -> None:
    code = """
        query := "INSERT INTO t (a, b) VALUES "
        for i := range names {
            if i > 0 {
                query += ", "
            }
            query += "(?, ?)"
        }
        r.db.Exec(query)
    """
    assert variants(only(statements(body(code)))) == ["INSERT INTO t (a, b) VALUES (?, ?)"]


def test_a_loop_over_known_texts_runs_each() -> None:
    code = """
        for _, query := range []string{"DELETE FROM a", "DELETE FROM b"} {
            if _, err := r.db.Exec(query); err != nil {
                return err
            }
        }
    """
    assert texts(body(code)) == ["DELETE FROM a", "DELETE FROM b"]


def test_a_counted_loop_is_counted_out() -> None:
    code = """
        marks := ""
        for i := 0; i < 3; i++ {
            marks += "?,"
        }
        r.db.Query("SELECT a FROM t WHERE b IN (" + marks[:len(marks)-1] + ")")
    """
    assert texts(body(code)) == ["SELECT a FROM t WHERE b IN (?,?,?)"]


@pytest.mark.parametrize("kind", ["strings.Builder", "bytes.Buffer"])
def test_a_builder_keeps_the_places_of_what_was_written(kind: str) -> None:
    code = f"""
        var b {kind}
        b.WriteString("SELECT alpha")
        b.WriteByte(',')
        fmt.Fprintf(&b, " %s FROM t", "beta")
        b.WriteString(" WHERE id = ?")
        r.db.Query(b.String(), id)
    """
    text = body(code)
    statement = only(statements(text))
    assert statement.sql == "SELECT alpha, beta FROM t WHERE id = ?"
    assert source_of(text, statement.variants[0], "beta") == "beta"


@pytest.mark.parametrize(
    "code",
    [
        'io.WriteString(&b, "SELECT a FROM t WHERE b = 1")',
        'where(&b, "SELECT a FROM t")',
        'fmt.Fprint(&b, "SELECT a FROM t", " WHERE b = ", 1)',
        'fmt.Fprintln(&b, "SELECT a FROM t", "WHERE b =", 1)',
        'io.WriteString(other, "x")\nb.WriteString("SELECT a FROM t WHERE b = 1")',
    ],
)
def test_what_functions_of_other_packages_write_into_a_builder_is_followed(code: str) -> None:
    source = f"""package repo

import (
\t"database/sql"
\t"fmt"
\t"io"
\t"strings"
)

func where(w io.Writer, text string) {{
\tio.WriteString(w, text)
\tio.WriteString(w, " WHERE b = 1")
}}

func Do(db *sql.DB, other io.Writer) {{
\tvar b strings.Builder
{code}
\tdb.Query(b.String())
}}
"""
    assert texts(source) == ["SELECT a FROM t WHERE b = 1"]


def test_a_text_that_is_made_once_is_what_its_function_returns() -> None:
    source = """package repo

import (
\t"database/sql"
\t"sync"
)

var lazy = sync.OnceValue(func() string { return "SELECT a FROM t" })

var both = sync.OnceValues(func() (string, error) { return "SELECT b FROM t", nil })

func Do(db *sql.DB) {
\tdb.Query(lazy())
\ttext, _ := both()
\tdb.Query(text)
}
"""
    assert texts(source) == ["SELECT a FROM t", "SELECT b FROM t"]


def test_the_least_of_several_texts_is_told_as_what_it_is() -> None:
    assert only(statements(body('r.db.Query(min("SELECT a FROM t", id))'))).opaque == "SQL is the result of min()"


def test_a_count_that_a_query_fills_is_not_taken_for_zero() -> None:
    code = """
        var count int
        r.db.QueryRow("SELECT COUNT(*) FROM t").Scan(&count)
        if count == 0 {
            r.db.Exec("INSERT INTO t (a) VALUES (1)")
        } else {
            r.db.Exec("UPDATE t SET a = 1")
        }
    """
    assert texts(body(code)) == [
        "SELECT COUNT(*) FROM t",
        "INSERT INTO t (a) VALUES (1)",
        "UPDATE t SET a = 1",
    ]


def test_a_closure_sees_what_its_function_assigned() -> None:
    code = """
        query := "SELECT a FROM t"
        run := func(more string) {
            r.db.Query(query + more)
        }
        run(" WHERE b = 1")
    """
    assert texts(body(code)) == ["SELECT a FROM t WHERE b = 1"]


def test_a_closure_in_a_transaction_is_read() -> None:
    code = """
        return WithTransaction(r.db, func(tx *sql.Tx) error {
            _, err := tx.Exec("DELETE FROM t WHERE a = ?", id)
            return err
        })
    """
    statement = only(statements(body(code)))
    assert flat(statement.sql) == "DELETE FROM t WHERE a = ?"
    assert statement.function == "Do"
    assert statement.call is not None
    assert statement.call.name == "tx.Exec"


def test_a_lookup_in_a_known_map_takes_the_branch_that_it_decides() -> None:
    source = (
        "package s\n\n"
        'import (\n\t"database/sql"\n\t"fmt"\n)\n\n'
        'var columns = map[string]string{"Start": "start_time"}\n\n'
        "func column(name string) string {\n"
        "\tif found, ok := columns[name]; ok {\n\t\treturn found\n\t}\n\treturn name\n}\n\n"
        "func Run(db *sql.DB) {\n"
        '\tdb.Query(fmt.Sprintf("SELECT id FROM visits WHERE %s > ? AND %s = 1", column("Start"), column("open")))\n'
        "}\n"
    )
    (statement,) = statements(source)
    assert variants(statement) == ["SELECT id FROM visits WHERE start_time > ? AND open = 1"]


def test_what_stands_behind_a_return_without_error_runs_where_there_was_one() -> None:
    code = body("""
        err := r.db.QueryRow("SELECT 1 FROM a").Scan(&n)
        if err == nil {
            return nil
        }
        r.db.Exec("INSERT INTO a VALUES (1)")
    """)
    assert texts(code) == ["SELECT 1 FROM a", "INSERT INTO a VALUES (1)"]


def test_of_more_texts_than_are_kept_every_case_of_a_switch_is_there() -> None:
    conditions = "".join(f'if a{n} {{ where += " AND c{n} = ?" }}\n' for n in range(5))
    code = f"""
        where := "1=1"
        {conditions}
        order := "id"
        switch by {{
        case "name":
            order = "name"
        case "day":
            order = "day"
        case "stage":
            order = "stage"
        }}
        r.db.Query("SELECT a FROM t WHERE " + where + " ORDER BY " + order + " DESC")
    """
    found = variants(only(statements(body(code))))
    assert {text.split(" ORDER BY ")[1] for text in found} == {"id DESC", "name DESC", "day DESC", "stage DESC"}
    assert {n for n in range(5) if any(f"c{n}" in text for text in found)} == set(range(5))


def test_fields_by_position_of_a_type_that_the_function_declares_are_read() -> None:
    code = """
        type step struct {
            query string
            args  []any
        }
        for _, each := range []step{
            {"UPDATE t SET a = ? WHERE b = ?", []any{1, id}},
            {query: "DELETE FROM t WHERE b = ?", args: []any{id}},
        } {
            r.db.Exec(each.query, each.args...)
        }
    """
    assert texts(body(code)) == ["UPDATE t SET a = ? WHERE b = ?", "DELETE FROM t WHERE b = ?"]


def test_what_a_failure_decides_that_is_gone_on_from_leaves_both_branches_open() -> None:
    code = """
        for _, name := range names {
            fresh, count := false, 0
            query := "SELECT a FROM one WHERE b = ?"
            if err := r.db.Get(&count, query, name); err != nil {
                if err != sql.ErrNoRows {
                    return err
                }
                fresh = true
            }
            if fresh {
                query = "INSERT INTO two (a) VALUES (?)"
                if _, err := r.db.Exec(query, name); err != nil {
                    return err
                }
            } else {
                query = "UPDATE two SET a = ?"
                r.db.Exec(query, name)
            }
        }
    """
    found = statements(body(code))
    assert [flat(each.sql) for each in found] == [
        "SELECT a FROM one WHERE b = ?",
        "INSERT INTO two (a) VALUES (?)",
        "UPDATE two SET a = ?",
    ]


def test_sql_that_only_a_mock_would_rebind_is_the_sql() -> None:
    source = """
    package store

    import "fmt"

    type DB interface {
        Rebind(query string) string
        Exec(query string, args ...any) error
    }

    type mock struct{ results map[int]string }

    func (m *mock) Rebind(query string) string { return m.results[0] }

    func (m *mock) Exec(query string, args ...any) error { return nil }

    func clear(db DB, id string) {
        db.Exec(fmt.Sprintf(db.Rebind("DELETE FROM notes WHERE id = ? AND %s"), "a = 1"), id)
    }
    """
    assert texts(source) == ["DELETE FROM notes WHERE id = ? AND a = 1"]


def test_a_loop_over_a_map_that_a_branch_has_added_to() -> None:
    code = """package store

import ("database/sql"; "strings")

func finish(db *sql.DB, ok bool) {
    updates := map[string]any{"status": "completed"}
    if !ok {
        updates["error"] = "failed"
    }
    update(db, updates)
}

func update(db *sql.DB, updates map[string]any) {
    var parts []string
    var args []any
    for field, value := range updates {
        parts = append(parts, field+" = ?")
        args = append(args, value)
    }
    db.Exec("UPDATE chats SET "+strings.Join(parts, ", "), args...)
}
"""
    [found] = statements(code)
    assert {"UPDATE chats SET status = ?", "UPDATE chats SET status = ?, error = ?"} <= set(variants(found))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            'col := "sent"\nif err := r.send(); err != nil {\n\tcol = "failed"\n}\n'
            'r.db.Exec("UPDATE t SET " + col + " = 1")',
            ["UPDATE t SET failed = 1", "UPDATE t SET sent = 1"],
        ),
        (
            'col := "failed"\nif err := r.send(); err == nil {\n\tcol = "sent"\n}\n'
            'r.db.Exec("UPDATE t SET " + col + " = 1")',
            ["UPDATE t SET failed = 1", "UPDATE t SET sent = 1"],
        ),
        (
            'var col string\nif err := r.send(); err != nil {\n\tcol = "failed"\n} else {\n\tcol = "sent"\n}\n'
            'r.db.Exec("UPDATE t SET " + col + " = 1")',
            ["UPDATE t SET failed = 1", "UPDATE t SET sent = 1"],
        ),
        (
            'q := "SELECT a FROM t"\nif errors.Is(err, sql.ErrNoRows) {\n\tq += " WHERE b = 1"\n}\nr.db.Query(q)',
            ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t"],
        ),
        # Where the error ends the function, nothing goes on with what was made of it.
        (
            'q := "SELECT a FROM t"\nif err := r.send(); err != nil {\n\tq = "broken"\n\treturn err\n}\nr.db.Query(q)',
            ["SELECT a FROM t"],
        ),
        # What is not known where there is no error stays so.
        (
            'q, err := other.build()\nif err != nil {\n\tq = "DELETE FROM t"\n}\nr.db.Query("SELECT a FROM t" + q)',
            ["SELECT a FROM t<>"],
        ),
    ],
)
def test_what_an_error_chooses_is_a_branch(code: str, expected: list[str]) -> None:
    assert sorted(variants(only(statements(body(code))))) == sorted(expected)
