"""SQL that comes a long way: constants of constants, interfaces, methods that build, structs filled by position."""

from __future__ import annotations

import pytest

from tests.unit.go_host import body, flat, only, source_of, statements, texts, variants

HEAD = """package store

import (
\t"context"
\t"database/sql"
\t"errors"
\t"strings"
)
"""


def test_a_constant_made_of_a_constant_reaches_its_user() -> None:
    files = {
        "store/queries.go": "package store\n\nconst base = `SELECT id, name FROM users`\n"
        "const byID = base + ` WHERE id = ?`\nconst byIDLocked = byID + ` FOR UPDATE`\n",
        "store/users.go": HEAD
        + "func (s *store) one(ctx context.Context, row any, id int) error {\n"
        + "\tif id < 0 {\n\t\treturn s.driver.Fetch(ctx, 1, row, byIDLocked, id)\n\t}\n"
        + "\treturn s.driver.Fetch(ctx, 1, row, byID, id)\n}\n",
    }
    assert sorted(texts(files)) == [
        "SELECT id, name FROM users WHERE id = ?",
        "SELECT id, name FROM users WHERE id = ? FOR UPDATE",
    ]
    assert {each.span.path for each in statements(files)} == {"store/queries.go"}


def test_a_function_that_returns_a_constant_of_constants_carries_it_on() -> None:
    files = {
        "q/q.go": "package q\n\nconst cols = `SELECT id FROM users`\n\n"
        "func ByName() string { return cols + ` WHERE name = ?` }\n",
        "s/s.go": 'package s\n\nimport "x/q"\n\nfunc f(d driver) { d.Fetch(1, q.ByName()) }\n',
    }
    assert texts(files) == ["SELECT id FROM users WHERE name = ?"]


def test_a_branch_without_an_error_that_returns_is_not_the_end() -> None:
    code = """
        query := "SELECT 1 FROM users WHERE id = ?"
        err := r.db.QueryRow(query, id).Scan(&n)
        if err == nil {
            return errExists
        } else if err != sql.ErrNoRows {
            return err
        }
        query = "INSERT INTO users (id) VALUES (?)"
        _, err = r.db.Exec(query, id)
    """
    assert texts(body(code)) == ["SELECT 1 FROM users WHERE id = ?", "INSERT INTO users (id) VALUES (?)"]


def test_what_the_failing_branch_assigns_counts_where_the_other_returns() -> None:
    code = """
        query := "UPDATE users SET a = 1"
        if _, err := r.db.Exec(query); err != nil {
            query = "UPDATE users SET b = 1"
        } else {
            return nil
        }
        r.db.Exec(query)
    """
    assert texts(body(code)) == ["UPDATE users SET a = 1", "UPDATE users SET b = 1"]


def test_both_branches_that_return_end_the_function() -> None:
    code = """
        if err := r.load(); err != nil {
            return err
        } else {
            return nil
        }
        r.db.Exec("DELETE FROM users")
    """
    assert texts(body(code)) == []


DIALECTS = (
    HEAD
    + """
type dialect interface {
\tLimit() string
\tNow() string
}

type store struct {
\tdb *sql.DB
\td  dialect
}

func (s *store) Old() error {
\t_, err := s.db.Query("SELECT id FROM orders WHERE at < " + s.d.Now() + s.d.Limit())
\treturn err
}
"""
)


def test_a_method_of_an_interface_is_that_of_the_type_that_has_it() -> None:
    files = {
        "store/store.go": DIALECTS,
        "store/mysql.go": 'package store\n\ntype my struct{}\n\nfunc (my) Limit() string { return " LIMIT ?" }\n'
        'func (my) Now() string { return "NOW()" }\n',
        "store/other.go": 'package store\n\ntype half struct{}\n\nfunc (half) Now() string { return "nothing" }\n',
    }
    assert texts(files) == ["SELECT id FROM orders WHERE at < NOW() LIMIT ?"]


def test_types_for_other_databases_behind_an_interface_are_left_out() -> None:
    files = {
        "store/store.go": DIALECTS,
        "store/mysql.go": 'package store\n\ntype my struct{}\n\nfunc (my) Limit() string { return " LIMIT ?" }\n'
        'func (my) Now() string { return "NOW()" }\n',
        "store/postgres.go": "package store\n\ntype pg struct{}\n\n"
        'func (pg) Limit() string { return " FETCH FIRST ROW ONLY" }\n'
        'func (pg) Now() string { return "now()::timestamp" }\n',
    }
    assert variants(only(statements(files))) == ["SELECT id FROM orders WHERE at < NOW() LIMIT ?"]


BUILDER = (
    HEAD
    + """
type where struct {
\tconds []string
\targs  []any
}

func (w *where) add(cond string, arg any) {
\tw.conds = append(w.conds, cond)
\tw.args = append(w.args, arg)
}

func (w *where) String() string {
\tif len(w.conds) == 0 {
\t\treturn ""
\t}
\treturn " WHERE " + strings.Join(w.conds, " AND ")
}

func list(db *sql.DB, device, stage string) error {
\tw := &where{}
\tif device != "" {
\t\tw.add("id_device = ?", device)
\t}
\tif stage != "" {
\t\tw.add("stage = ?", stage)
\t}
\t_, err := db.Query("SELECT id FROM leads"+w.String()+" ORDER BY id", w.args...)
\treturn err
}
"""
)


def test_a_method_without_a_result_puts_conditions_into_its_receiver() -> None:
    statement = only(statements({"store/a.go": BUILDER}))
    assert sorted(variants(statement)) == [
        "SELECT id FROM leads ORDER BY id",
        "SELECT id FROM leads WHERE id_device = ? AND stage = ? ORDER BY id",
        "SELECT id FROM leads WHERE id_device = ? ORDER BY id",
        "SELECT id FROM leads WHERE stage = ? ORDER BY id",
    ]
    both = next(each for each in statement.variants if "id_device" in each.sql and "stage" in each.sql)
    assert both.branch == 'if device != "" and if stage != ""'
    assert source_of(BUILDER, both, "stage") == "stage"


def test_a_struct_that_is_filled_by_position_names_its_table() -> None:
    source = HEAD + (
        "type store struct {\n\tdb    *sql.DB\n\ttable string\n}\n\n"
        'func orders(db *sql.DB) *store { return &store{db, "orders"} }\n\n'
        'func (s *store) Delete(id int) error {\n\t_, err := s.db.Exec("DELETE FROM "+s.table+" WHERE id = ?", id)\n'
        "\treturn err\n}\n"
    )
    assert texts({"store/a.go": source}) == ["DELETE FROM orders WHERE id = ?"]


def test_what_a_builder_begins_with_is_no_statement_of_its_own() -> None:
    source = HEAD + (
        "type qb struct{ sb strings.Builder }\n\n"
        "func newQB(base string) *qb {\n\tq := &qb{}\n\tq.sb.WriteString(base)\n\treturn q\n}\n\n"
        'func (q *qb) and(c string) *qb {\n\tq.sb.WriteString(" AND " + c)\n\treturn q\n}\n\n'
        "func (q *qb) sql() string { return q.sb.String() }\n\n"
        "func run(db *sql.DB) {\n"
        '\tq := newQB("SELECT id FROM leads WHERE 1 = 1").and("stage = ?")\n\tdb.Query(q.sql(), 1)\n}\n'
    )
    assert [flat(each.sql) for each in statements({"store/a.go": source})] == [
        "SELECT id FROM leads WHERE 1 = 1 AND stage = ?"
    ]


OPTIONS = (
    HEAD
    + """
type sel struct {
\twhere []string
\tlimit string
}

type option func(*sel)

func where(c string) option {
\treturn func(s *sel) { s.where = append(s.where, c) }
}

func build(opts ...option) string {
\ts := &sel{}
\tfor _, o := range opts {
\t\to(s)
\t}
\tq := "SELECT id FROM leads"
\tif len(s.where) > 0 {
\t\tq += " WHERE " + strings.Join(s.where, " AND ")
\t}
\treturn q
}
"""
)


def test_functional_options_put_their_conditions_into_the_text() -> None:
    code = OPTIONS + 'func F(db *sql.DB) { db.Query(build(where("stage = 1"), where("niche = 2"))) }\n'
    assert texts({"store/a.go": code}) == ["SELECT id FROM leads WHERE stage = 1 AND niche = 2"]


def test_an_option_that_is_applied_at_once_is_followed() -> None:
    code = OPTIONS + (
        'func F(db *sql.DB) {\n\ts := &sel{}\n\twhere("stage = 1")(s)\n'
        '\tdb.Query("SELECT id FROM leads WHERE " + strings.Join(s.where, " AND "))\n}\n'
    )
    assert texts({"store/a.go": code}) == ["SELECT id FROM leads WHERE stage = 1"]


def test_options_that_are_not_known_leave_a_hole_and_no_text_that_looks_complete() -> None:
    code = OPTIONS + (
        'func F(db *sql.DB, o option) {\n\ts := &sel{where: []string{"stage = 1"}}\n\to(s)\n'
        '\tdb.Query("SELECT id FROM leads WHERE " + strings.Join(s.where, " AND "))\n}\n'
    )
    statement = only(statements({"store/a.go": code}))
    (text,) = statement.variants
    assert flat(text.sql).startswith("SELECT id FROM leads WHERE stage = 1 AND ")
    assert [hole.reason for hole in text.holes] == ["set by o()"]


def test_options_handed_on_from_a_caller_that_is_not_known_leave_a_hole() -> None:
    code = OPTIONS + "func F(db *sql.DB, opts ...option) { db.Query(build(opts...)) }\n"
    statement = only(statements({"store/a.go": code}))
    assert any(each.holes for each in statement.variants)


def test_an_option_that_is_not_known_may_have_written_to_a_builder() -> None:
    code = HEAD + (
        "\ntype into struct{ text strings.Builder }\n\nfunc F(db *sql.DB, o func(*into)) {\n\ts := &into{}\n"
        '\ts.text.WriteString("SELECT id FROM leads")\n\to(s)\n\tdb.Query(s.text.String())\n}\n'
    )
    (text,) = only(statements({"store/a.go": code})).variants
    assert [hole.reason for hole in text.holes] == ["set by o()"]
    assert text.sql.startswith("SELECT id FROM leads")


def test_an_interface_that_a_struct_embeds_lends_it_its_methods() -> None:
    files = {
        "sqlgen/mysql.go": """
            package sqlgen

            type Generator interface {
                Find(table string) string
                Delete(table string) string
            }

            type MySQL struct{}

            func (MySQL) Find(table string) string { return "SELECT a FROM `" + table + "` WHERE b = ?" }

            func (MySQL) Delete(table string) string { return "DELETE FROM `" + table + "`" }
        """,
        "store/store.go": """
            package store

            import (
                "database/sql"
                "example.com/app/sqlgen"
            )

            type Store struct {
                sqlgen.Generator
                db *sql.DB
            }

            func (s *Store) Clear() { s.db.Exec(s.Delete("notes")) }

            func (s *Store) Get(id string) { s.db.QueryRow(s.Find("notes"), id) }
        """,
        "go.mod": "module example.com/app\n",
    }
    assert sorted(texts({path: each for path, each in files.items() if path.endswith(".go")})) == [
        "DELETE FROM `notes`",
        "SELECT a FROM `notes` WHERE b = ?",
    ]


PATCH = """package store

import (
\t"database/sql"
\t"strings"
)

type patch struct{ parts []string }

func (p *patch) set(column string) { p.parts = append(p.parts, column+" = 1") }

type Option func(*patch)

func Stage() Option { return func(p *patch) { p.set("stage") } }

type Store struct{ db *sql.DB }

func (s *Store) Patch(opts ...Option) {
\tp := &patch{}
\tfor _, o := range opts {
\t\to(p)
\t}
\ts.db.Exec("UPDATE leads SET " + strings.Join(p.parts, ", "))
}

func (s *Store) Change(changes map[string]any) {
\tvar parts []string
\tfor name := range changes {
\t\tparts = append(parts, name+" = 2")
\t}
\ts.db.Exec("UPDATE leads SET " + strings.Join(parts, ", ") + " WHERE id = 3")
}
"""


def test_options_and_maps_that_another_package_gives_are_seen() -> None:
    web = (
        'package web\n\nimport "x.test/a/store"\n\ntype handler struct{ leads *store.Store }\n\n'
        "func (h *handler) ServeHTTP() {\n\th.leads.Patch(store.Stage())\n"
        '\th.leads.Change(map[string]any{"niche": 1})\n}\n'
    )
    found = statements({"store/store.go": PATCH, "web/web.go": web})
    texts = {variant.sql for each in found for variant in each.variants}
    assert {"UPDATE leads SET stage = 1", "UPDATE leads SET niche = 2 WHERE id = 3"} <= texts


@pytest.mark.parametrize("kind", ["[T any](s *setter, col string, v *T)", "(s *setter, col string, v *string)"])
def test_a_function_that_calls_the_method_of_a_builder_it_is_given(kind: str) -> None:
    source = f"""package store

import (
	"database/sql"
	"strings"
)

type setter struct {{
	parts []string
	vals  []any
}}

func (s *setter) set(col string, v any) {{
	s.parts = append(s.parts, col+" = ?")
	s.vals = append(s.vals, v)
}}

func setIf{kind} {{
	if v != nil {{
		s.set(col, *v)
	}}
}}

func change(db *sql.DB, id int, name, url *string) {{
	s := &setter{{}}
	s.set("name", "n")
	setIf(s, "url", url)
	db.Exec("UPDATE rooms SET "+strings.Join(s.parts, ", ")+" WHERE id = ?", append(s.vals, id)...)
}}
"""
    found = {variant.sql for each in statements(source) for variant in each.variants}
    assert found == {"UPDATE rooms SET name = ? WHERE id = ?", "UPDATE rooms SET name = ?, url = ? WHERE id = ?"}
