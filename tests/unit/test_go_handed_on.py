"""What one function gives another: conditions for a shared query, lists with methods, targets of a scan."""

from __future__ import annotations

from tests.unit.go_host import body, flat, only, statements, variants

QUERY = """package repo

import "database/sql"

const base = `SELECT id FROM orders `

var db *sql.DB

func run(query string, args ...any) (*sql.Rows, error) {
\tstmt, err := db.Prepare(query)
\tif err != nil {
\t\treturn nil, err
\t}
\treturn stmt.Query(args...)
}

func find(add string, args ...any) (int, error) {
\trows, err := run(base+add, args...)
\tif err != nil {
\t\treturn 0, err
\t}
\tdefer rows.Close()
\tn := 0
\tfor rows.Next() {
\t\tn++
\t}
\treturn n, nil
}
"""


def test_conditions_of_all_callers_are_seen_where_the_constant_is_elsewhere() -> None:
    callers = """package repo

func Open() (int, error) { return find("WHERE closed = 0") }

func Of(user int, all bool) (int, error) {
\twhere := "WHERE user_id = ?"
\tif !all {
\t\twhere += " AND closed = 0"
\t}
\treturn find(where, user)
}
"""
    found = statements({"a.go": callers, "b.go": QUERY})
    assert {text for each in found for text in variants(each)} == {
        "SELECT id FROM orders WHERE closed = 0",
        "SELECT id FROM orders WHERE user_id = ?",
        "SELECT id FROM orders WHERE user_id = ? AND closed = 0",
    }


def test_of_many_texts_those_with_literals_of_their_own_stay() -> None:
    many = "\n".join(
        f"""
func Of{number}(a, b, c bool) (int, error) {{
\twhere := "WHERE c{number} = 1"
\tif a {{
\t\twhere += " AND a = 1"
\t}}
\tif b {{
\t\twhere += " AND b = 1"
\t}}
\tif c {{
\t\twhere += " AND c = 1"
\t}}
\treturn find(where)
}}
"""
        for number in range(12)
    )
    found = only(statements({"a.go": QUERY + many}))
    shown = " ".join(variants(found))
    assert [f"c{number} = 1" in shown for number in range(12)] == [True] * 12


def test_a_count_that_a_call_sets_through_a_list_is_not_zero() -> None:
    code = """
var n int
if err := one(r.db, "SELECT COUNT(*) FROM orders WHERE id = ?", []any{id}, []any{&n}); err != nil {
\treturn err
}
if n == 0 {
\treturn nil
}
query := "DELETE FROM orders WHERE id = ?"
r.db.Exec(query, id)
"""
    one = """
func one(db *sql.DB, query string, args []any, into []any) error {
\treturn db.QueryRow(query, args...).Scan(into...)
}
"""
    found = [variants(each) for each in statements(body(code) + one)]
    assert ["DELETE FROM orders WHERE id = ?"] in found


def test_what_another_program_writes_into_a_buffer_is_not_empty() -> None:
    code = """
out := &strings.Builder{}
command.Stdout = out
command.Run()
if out.String() == "" {
\treturn nil
}
query := "DELETE FROM orders"
r.db.Exec(query)
"""
    assert variants(only(statements(body(code)))) == ["DELETE FROM orders"]


FILTERS = """
type filter struct {
\ttext string
\targ  any
}

type filters []filter

func (fs filters) where() (string, []any) {
\tparts, args := []string{}, []any{}
\tfor _, f := range fs {
\t\tparts = append(parts, f.text)
\t\targs = append(args, f.arg)
\t}
\treturn " WHERE " + strings.Join(parts, " AND "), args
}

type conditions []string

func (c *conditions) add(text string) { *c = append(*c, text) }

func (c conditions) all() string { return strings.Join(c, " AND ") }
"""


def test_conditions_in_a_list_of_structs_are_joined_by_its_method() -> None:
    code = """
list := filters{{"user_id = ?", id}}
if active {
\tlist = append(list, filter{text: "active = ?", arg: n})
}
where, args := list.where()
r.db.Query("SELECT id FROM orders"+where, args...)
"""
    assert set(variants(only(statements(body(code) + FILTERS)))) == {
        "SELECT id FROM orders WHERE user_id = ?",
        "SELECT id FROM orders WHERE user_id = ? AND active = ?",
    }


def test_a_method_that_appends_to_its_list_is_followed() -> None:
    code = """
var c conditions
c.add("a = ?")
c.add("b = ?")
r.db.Query("SELECT id FROM orders WHERE "+c.all(), n, n)
"""
    assert variants(only(statements(body(code) + FILTERS))) == ["SELECT id FROM orders WHERE a = ? AND b = ?"]


def test_a_list_that_init_fills_is_no_count_of_columns() -> None:
    filled = """
var columns []string

func init() {
\tcolumns = []string{}
\tfor _, name := range []string{"a", "b"} {
\t\tcolumns = append(columns, "SUM("+name+")")
\t}
}
"""
    found = only(statements(body('r.db.Query("SELECT id, " + strings.Join(columns, ", ") + " FROM orders")') + filled))
    assert all("SELECT id, FROM" not in text and "id, SUM(a) FROM" not in text for text in variants(found))


def test_a_tool_named_after_a_database_is_no_choice_of_one() -> None:
    code = """
if id == "mysqldump" {
\tfmt.Println("nothing to do")
} else {
\tr.db.Exec("DELETE FROM orders")
}
"""
    assert only(statements(body(code))).dialect is None


def test_structs_of_a_named_list_of_another_package_have_its_fields() -> None:
    kit = 'package kit\n\nimport "strings"\n' + FILTERS.replace("filters", "Filters").replace("where()", "Where()")
    code = """package repo

import (
\t"database/sql"

\t"example.com/app/kit"
)

func List(db *sql.DB, id string) (*sql.Rows, error) {
\twhere, args := kit.Filters{{"user_id = ?", id}, {"active = 1", nil}}.Where()
\treturn db.Query("SELECT id FROM orders"+where, args...)
}
"""
    found = statements({"go.mod": "module example.com/app\\n", "kit/kit.go": kit, "a.go": code})
    assert variants(only(found)) == ["SELECT id FROM orders WHERE user_id = ? AND active = 1"]


def test_a_receiver_with_the_name_of_a_test_hands_its_sql_on() -> None:
    code = (
        'package store\n\nimport "github.com/jmoiron/sqlx"\n\ntype tags struct{ db *sqlx.DB }\n\n'
        "func (t *tags) Detach(ids []int) error {\n"
        '\tq, args, err := sqlx.In("DELETE FROM tags WHERE id IN (?)", ids)\n\tif err != nil {\n\t\treturn err\n\t}\n'
        "\t_, err = t.db.Exec(t.db.Rebind(q), args...)\n\treturn err\n}\n"
    )
    statement = only(statements({"store/a.go": code}))
    assert (statement.call and statement.call.name) == "t.db.Exec"
    assert statement.sql == "DELETE FROM tags WHERE id IN (?)"


LISTS = """package a

import "database/sql"

var boot = []string{"DELETE FROM one WHERE a = 1", "DELETE FROM two"}

func all(db *sql.DB, qs []string) { each(db, qs) }

func each(db *sql.DB, qs []string) {
	for _, q := range qs {
		run(db, q)
	}
}

func run(db *sql.DB, q string) error {
	_, err := db.Exec(q)
	return err
}

func Boot(db *sql.DB) {
	all(db, boot)
	all(db, []string{"DELETE FROM three"})
}

func Local(db *sql.DB) {
	mine := []string{"DELETE FROM four"}
	db.Exec("DELETE FROM five")
	all(db, mine)
}
"""


def test_a_list_that_functions_hand_on_is_followed_to_the_loop_over_it() -> None:
    found = statements(LISTS)

    assert sorted(flat(each.sql) for each in found) == [
        *("DELETE FROM five", "DELETE FROM four", "DELETE FROM one WHERE a = 1", "DELETE FROM three", "DELETE FROM two")
    ]
    assert not any(each.opaque for each in found)


def test_a_loop_over_a_list_that_nobody_gives_is_told() -> None:
    source = LISTS[: LISTS.index("func Boot")]

    assert [each.opaque for each in statements(source)] == ["SQL is the element of a list that is a function argument"]
