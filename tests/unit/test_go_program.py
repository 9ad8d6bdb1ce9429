"""SQL across functions, files and packages: constants, fields, wrappers, methods."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.go_host import flat, only, source_of, statements, texts, variants

HEAD = 'package a\n\nimport (\n\t"database/sql"\n\t"fmt"\n\t"strings"\n)\n\n'


def test_a_constant_of_another_file_is_reported_where_it_stands() -> None:
    files = {
        "store/queries.go": 'package store\n\nconst (\n\tselectUser = "SELECT alpha " + fromUsers\n'
        '\tfromUsers = "FROM users"\n)\n',
        "store/user.go": "package store\n\nfunc (s *Store) Get(id int) {\n\ts.db.QueryRow(selectUser, id)\n}\n",
    }
    statement = only(statements(files))
    assert statement.sql == "SELECT alpha FROM users"
    assert statement.span.path == "store/queries.go"
    assert statement.function == "Get"
    assert statement.call is not None
    assert (statement.call.name, statement.call.span.path) == ("s.db.QueryRow", "store/user.go")
    assert source_of(files["store/queries.go"], statement.variants[0], "users") == "users"


def test_a_constant_of_another_package_by_go_mod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "go.mod").write_text("module example.com/app\n\ngo 1.22\n")
    monkeypatch.chdir(tmp_path)
    files = {
        "internal/sqltext/sql.go": 'package sqltext\n\nconst Users = "SELECT a FROM users"\n',
        "internal/repo/repo.go": 'package repo\n\nimport q "example.com/app/internal/sqltext"\n\n'
        "func f() {\n\tdb.Query(q.Users)\n}\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    assert texts(files) == ["SELECT a FROM users"]


def test_without_go_mod_a_package_is_found_by_the_end_of_its_path() -> None:
    files = {
        "sqltext/sql.go": 'package sqltext\n\nvar Users = "SELECT a FROM users"\n',
        "repo/repo.go": 'package repo\n\nimport "example.com/app/sqltext"\n\nfunc f() { db.Query(sqltext.Users) }\n',
    }
    assert texts(files) == ["SELECT a FROM users"]


def test_the_text_of_a_field_that_a_constructor_sets() -> None:
    source = (
        HEAD
        + """
const insertFormat = "INSERT INTO %s (a) VALUES (?)"

type store struct {
	db     *sql.DB
	insert string
}

func newStore(db *sql.DB) *store {
	return &store{db: db, insert: fmt.Sprintf(insertFormat, "users")}
}

func (s *store) Add(a string) {
	s.db.Exec(s.insert, a)
}
"""
    )
    statement = only(statements(source))
    assert flat(statement.sql) == "INSERT INTO users (a) VALUES (?)"
    assert statement.function == "Add"
    assert source[statement.span.start :].startswith('"INSERT INTO %s')


def test_a_field_that_constructors_give_different_texts() -> None:
    source = (
        HEAD
        + """
type store struct {
	db    *sql.DB
	table string
}

func users(db *sql.DB) *store  { return newStore(db, "users") }
func orders(db *sql.DB) *store { return newStore(db, "orders") }

func newStore(db *sql.DB, table string) *store {
	return &store{db: db, table: table}
}

func (s *store) Count() {
	s.db.QueryRow("SELECT COUNT(*) FROM " + s.table)
}
"""
    )
    assert sorted(variants(only(statements(source)))) == ["SELECT COUNT(*) FROM orders", "SELECT COUNT(*) FROM users"]


def test_a_function_that_returns_its_query() -> None:
    source = (
        HEAD
        + """
func userQuery(table string, columns ...string) string {
	return fmt.Sprintf("SELECT %s FROM %s WHERE id = ?", strings.Join(columns, ", "), table)
}

func (r *repo) Get(id int) {
	r.db.QueryRow(userQuery("users", "a", "b"), id)
}
"""
    )
    assert texts(source) == ["SELECT a, b FROM users WHERE id = ?"]


def test_functions_that_return_text_are_followed_three_deep() -> None:
    source = (
        HEAD
        + """
func one(t string) string   { return "SELECT a " + two(t) }
func two(t string) string   { return "FROM " + three(t) }
func three(t string) string { return "`" + t + "`" }

func f() {
	db.Query(one("users"))
}
"""
    )
    assert texts(source) == ["SELECT a FROM `users`"]


def test_a_query_and_its_arguments_returned_together() -> None:
    source = (
        HEAD
        + """
func (f *filter) build() (string, []any, error) {
	if f == nil {
		return "", nil, fmt.Errorf("select what")
	}
	return "SELECT a FROM t WHERE b = ?", []any{f.b}, nil
}

func (r *repo) List(f *filter) {
	query, args, err := f.build()
	r.db.Query(query, args...)
}
"""
    )
    assert variants(only(statements(source))) == ["SELECT a FROM t WHERE b = ?"]


def test_a_wrapper_is_reported_once_where_it_is_used() -> None:
    source = (
        HEAD
        + """
func (r *repo) run(query string, args ...any) error {
	_, err := r.db.Exec(query, args...)
	return err
}

func (r *repo) Delete(id int) error {
	return r.run("DELETE FROM t WHERE a = ?", id)
}
"""
    )
    statement = only(statements(source))
    assert flat(statement.sql) == "DELETE FROM t WHERE a = ?"
    assert (statement.function, statement.call and statement.call.name) == ("Delete", "r.run")


def test_a_wrapper_that_completes_the_text_is_reported_with_what_it_makes_of_it() -> None:
    source = (
        HEAD
        + """
func (r *repo) run(query string) {
	r.db.Exec(strings.ReplaceAll(query, "__P__", "app_"))
}

func (r *repo) Delete() {
	r.run("DELETE FROM __P__t WHERE a = 1")
}
"""
    )
    statement = only(statements(source))
    assert variants(statement) == ["DELETE FROM app_t WHERE a = 1"]
    assert statement.function == "Delete"


def test_a_wrapper_that_is_given_sql_which_cannot_be_followed() -> None:
    source = (
        HEAD
        + """
import "os"

func (r *repo) run(query string) {
	r.db.Exec(query)
}

func (r *repo) Load(path string) {
	script, _ := os.ReadFile(path)
	r.run(string(script))
}

func (r *repo) Delete() {
	r.run("DELETE FROM t")
}
"""
    )
    found = {each.function: (flat(each.sql), each.opaque) for each in statements(source)}
    assert found == {"Load": ("", "SQL is read from a file"), "Delete": ("DELETE FROM t", None)}


def test_a_part_of_the_text_that_callers_give() -> None:
    source = (
        HEAD
        + """
func (r *repo) count(table string) {
	r.db.QueryRow("SELECT COUNT(*) FROM " + table)
}

func (r *repo) All() {
	r.count("users")
	r.count("orders")
}
"""
    )
    assert variants(only(statements(source))) == ["SELECT COUNT(*) FROM users", "SELECT COUNT(*) FROM orders"]


def test_a_literal_that_feeds_two_calls_appears_once() -> None:
    source = (
        HEAD
        + """
const q = "SELECT a FROM t"

func f() { db.Query(q) }
func g() { db.QueryRow(q) }
"""
    )
    assert texts(source) == ["SELECT a FROM t"]


def test_rewriting_functions_hand_the_text_on() -> None:
    source = (
        HEAD
        + """
func f(ids []int) {
	query, args, err := sqlx.In("SELECT a FROM t WHERE b IN (?)", ids)
	rows, err := db.Query(db.Rebind(query), args...)
}
"""
    )
    statement = only(statements(source))
    assert statement.call is not None
    assert statement.call.name == "db.Query"


def test_any_call_with_dml_is_a_database_call() -> None:
    source = (
        HEAD
        + """
func f() {
	fetchAll(ctx, &rows, `SELECT a FROM t WHERE b = ?`, 1)
	x.store.MustRunNow("UPDATE t SET a = ?")
}
"""
    )
    assert [(flat(each.sql), each.call and each.call.name) for each in statements(source)] == [
        ("SELECT a FROM t WHERE b = ?", "fetchAll"),
        ("UPDATE t SET a = ?", "x.store.MustRunNow"),
    ]


def test_an_interface_method_is_a_hole() -> None:
    source = (
        HEAD
        + """
type dialect interface{ Quote(name string) string }

func f(d dialect) {
	db.Query("SELECT a FROM " + d.Quote("t") + " WHERE b = ?")
}
"""
    )
    statement = only(statements(source))
    assert flat(statement.sql) == "SELECT a FROM <> WHERE b = ?"
    assert statement.variants[0].holes[0].expression == 'd.Quote("t")'


def test_a_method_value_is_the_method() -> None:
    source = (
        HEAD
        + """
func (r *repo) run(query string) { r.db.Exec(query) }

func (r *repo) f() {
	run := r.run
	run("DELETE FROM t")
}
"""
    )
    assert texts(source) == ["DELETE FROM t"]


def test_a_builder_object_of_the_tree() -> None:
    source = (
        HEAD
        + """
type query struct {
	text  string
	where []string
}

func (q *query) and(condition string) *query {
	q.where = append(q.where, condition)
	return q
}

func (q *query) String() string {
	return q.text + " WHERE " + strings.Join(q.where, " AND ")
}

func (r *repo) f() {
	q := &query{text: "SELECT a FROM t"}
	q.and("b = ?").and("c = ?")
	r.db.Query(q.String())
}
"""
    )
    assert texts(source) == ["SELECT a FROM t WHERE b = ? AND c = ?"]


def test_a_package_variable_with_a_configured_prefix_keeps_its_own_text() -> None:
    source = (
        HEAD
        + """
var tableUsers = "users"

func configure(prefix string) {
	tableUsers = prefix + tableUsers
}

func f() {
	db.Query(fmt.Sprintf("SELECT a FROM %s", tableUsers))
}
"""
    )
    assert variants(only(statements(source))) == ["SELECT a FROM users"]


def test_a_list_that_a_function_makes_for_a_package_variable() -> None:
    source = (
        HEAD
        + """
var marks []string

func setup() { marks = makeMarks() }

func makeMarks() []string {
	var result []string
	for i := 1; i <= 20; i++ {
		result = append(result, "?")
	}
	return result
}

func f() {
	db.Query(fmt.Sprintf("SELECT a FROM t WHERE b = %s AND c = %s", marks[0], marks[1]))
}
"""
    )
    assert texts(source) == ["SELECT a FROM t WHERE b = ? AND c = ?"]


def test_calls_in_variables_of_a_package_are_read() -> None:
    source = (
        HEAD
        + """
var insert = mustPrepare("INSERT INTO t (a) VALUES (?)")

var command = &Command{Run: func() { db.Exec("DELETE FROM t") }}
"""
    )
    assert sorted(texts(source)) == ["DELETE FROM t", "INSERT INTO t (a) VALUES (?)"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("func f(query string) { db.Exec(query) }", "SQL is a function argument"),
        ("func f() { text, _ := os.ReadFile(name); db.Exec(string(text)) }", "SQL is read from a file"),
        ("func f() { db.Exec(b.Build()) }", "SQL is the result of b.Build()"),
        ("//go:embed schema.sql\nvar schema string\n\nfunc f() { db.Exec(schema) }", "SQL is read from a file"),
    ],
)
def test_a_database_call_whose_sql_cannot_be_followed_says_why(code: str, reason: str) -> None:
    statement = only(statements('package a\n\nimport "os"\n\n' + code + "\n"))
    assert statement.opaque == reason
    assert statement.sql == ""
    assert statement.call is not None


def test_a_prepared_statement_is_no_second_statement() -> None:
    source = (
        HEAD
        + """
func f(name string) {
	stmt, err := db.Prepare("INSERT INTO t (a) VALUES (?)")
	add, err := tx.PrepareContext(ctx, "INSERT INTO u (a) VALUES (?)")
	stmt.Exec(name)
	add.Exec(name)
}
"""
    )
    assert texts(source) == ["INSERT INTO t (a) VALUES (?)", "INSERT INTO u (a) VALUES (?)"]


def test_an_alternative_that_cannot_be_followed_is_said_beside_the_one_that_can() -> None:
    source = (
        HEAD
        + """
func (r *repo) f(custom bool) {
	query := "SELECT a FROM t"
	if custom {
		query = r.builder.Build()
	}
	r.db.Query(query)
}
"""
    )
    followed, missing = sorted(statements(source), key=lambda each: each.opaque or "")
    assert variants(followed) == ["SELECT a FROM t"]
    assert missing.opaque == "SQL is the result of r.builder.Build()"


def test_a_rewriting_function_with_an_arm_for_another_database() -> None:
    source = (
        HEAD
        + """
func param(driver, query string) string {
	if strings.HasPrefix(driver, "postgres") {
		return numbered(query)
	}
	return query
}

func numbered(query string) string {
	var b strings.Builder
	for _, c := range query {
		b.WriteRune(c)
	}
	return b.String()
}

func (r *repo) f() {
	r.db.Query(param(r.driver, "SELECT a FROM t WHERE b = ?"))
}
"""
    )
    statement = only(statements(source))
    assert variants(statement) == ["SELECT a FROM t WHERE b = ?"]
    assert statement.call is not None
    assert statement.call.name == "r.db.Query"


@pytest.mark.parametrize(
    "call",
    [
        "r.db.QueryRow(countQuery, n)",
        "r.db.QueryRowContext(ctx, countQuery, n)",
        "r.db.QueryRow(c.Context(), countQuery, n)",
        "r.db.GetContext(ctx, &row, countQuery, n)",
        "r.conn(ctx).SelectContext(ctx, &rows, countQuery, n)",
        "sqlx.Get(r.db, &row, countQuery, n)",
    ],
)
def test_the_sql_is_found_among_the_arguments(call: str) -> None:
    code = f'func (r *repo) f(n int) {{\n\tcountQuery := "SELECT COUNT(*) FROM t WHERE a = ?"\n\t{call}\n}}\n'
    assert texts(HEAD + code) == ["SELECT COUNT(*) FROM t WHERE a = ?"]


def test_what_only_gets_other_placeholders_says_where_it_comes_from() -> None:
    source = (
        HEAD
        + """
func (r *repo) f(b *builder) {
	query, args := b.Build()
	r.db.Query(r.db.Rebind(query), args...)
}
"""
    )
    assert only(statements(source)).opaque == "SQL is the result of b.Build()"


def test_a_function_that_is_first_met_through_a_field_keeps_its_own_calls() -> None:
    source = (
        HEAD
        + """
type repo struct{ q string }

func (r *repo) f() { db.Query(r.q) }

func (r *repo) g() { r.q = build() }

func build() string {
	db.Exec("DELETE FROM t")
	return "SELECT a FROM t"
}
"""
    )
    assert sorted(texts(source)) == ["DELETE FROM t", "SELECT a FROM t"]


@pytest.mark.parametrize("root", [".", "server"])
@pytest.mark.parametrize("module", ["example.com/shop", "shop"])
def test_what_callers_give_a_function_of_the_package_beside_go_mod_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, module: str
) -> None:
    (tmp_path / root).mkdir(exist_ok=True)
    (tmp_path / root / "go.mod").write_text(f"module {module}\n\ngo 1.22\n")
    monkeypatch.chdir(tmp_path)
    prefix = "" if root == "." else f"{root}/"
    shop = (
        'package shop\n\nimport "database/sql"\n\nfunc Find(db *sql.DB, filter string) {\n'
        '\tdb.Query(base + filter)\n}\n\nconst base = "SELECT id FROM orders WHERE "\n'
    )
    main = (
        f'package main\n\nimport (\n\t"database/sql"\n\t"{module}"\n)\n\nfunc run(db *sql.DB) {{\n'
        '\tshop.Find(db, "closed = 1")\n}\n'
    )
    found = texts({f"{prefix}find.go": shop, f"{prefix}cmd/main.go": main})
    assert "SELECT id FROM orders WHERE closed = 1" in found


def test_a_constant_of_a_package_that_is_left_out_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go.mod").write_text("module example.com/shop\n")
    monkeypatch.chdir(tmp_path)
    code = (
        'package store\n\nimport (\n\t"database/sql"\n\t"example.com/shop/sqltext"\n\t"example.org/other"\n)\n\n'
        "func f(db *sql.DB) {\n\tdb.Query(sqltext.Users)\n\tdb.Query(other.Users)\n}\n"
    )
    assert [each.opaque for each in statements({"store/store.go": code})] == [
        "SQL is sqltext.Users (its package is not in the audited paths), whose value is not known",
        "SQL is other.Users, whose value is not known",
    ]


QUOTES = {
    "texts.go": """package repo

const (
\tplain   = `SELECT a FROM t`
\tdocument = `SELECT COALESCE(a, '{"k": 1}') AS c FROM t`
\tescaped = "SELECT a, \\"b\\" AS c FROM t"
\tlater   = `
\t\tSELECT a, "b" AS c
\t\tFROM t`
)
""",
    "use.go": """package repo

import "example.com/dao"

func Plain() { dao.GetOrmer().Raw(plain).QueryRows(nil) }

func Document() { dao.GetOrmer().Raw(document).QueryRows(nil) }

func Escaped() { dao.GetOrmer().Raw(escaped).QueryRows(nil) }

func Later() { dao.GetOrmer().Raw(later).QueryRows(nil) }
""",
}


def test_a_double_quote_in_a_constant_hides_no_statement_from_other_files() -> None:
    assert sorted(texts(QUOTES)) == sorted(
        [
            "SELECT a FROM t",
            "SELECT COALESCE(a, '{\"k\": 1}') AS c FROM t",
            'SELECT a, "b" AS c FROM t',
            'SELECT a, "b" AS c FROM t',
        ]
    )
