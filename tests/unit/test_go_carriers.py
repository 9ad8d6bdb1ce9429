"""What carries SQL to a call: texts of a type with methods, maps by numbered keys, maps that are filled by and by,
statements prepared through pointers, functional options. Names, arguments and Scan targets are checked at the calls."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.tree import Tree
from tests.unit.go_host import flat, only, statements, texts, variants

DDL = "CREATE TABLE device (id INT PRIMARY KEY, token VARCHAR(20), state VARCHAR(9), seen DATETIME, tag VARCHAR(9));"
HEAD = """package store

import (
\t"context"
\t"database/sql"
)

type Q interface {
\tExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
\tQueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
\tQueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type Store struct{ db Q }

"""


def told(tree: Tree, code: str | Mapping[str, str]) -> list[str]:
    """What an audit says of a program: the rules with their messages, and why something was not followed."""
    tree.write("schema.sql", DDL)
    files = {"a.go": code} if isinstance(code, str) else code
    for path, text in files.items():
        tree.write(path, text if text.startswith("package") else HEAD + text)
    report = tree.audit(*files)
    # Where the SQL stands elsewhere than the call, the message ends with the name of the function around the call.
    found = [f"{each.rule} {re.sub(r' in [A-Za-z]+$', '', each.message)}" for each in report.findings]
    return sorted([*found, *(each.reason for each in report.unresolved)])


TYPED = """type statement string

func (s statement) exec(ctx context.Context, q Q, args ...any) error {
\t_, err := q.ExecContext(ctx, string(s), args...)
\treturn err
}

func (s statement) row(ctx context.Context, q Q, args ...any) *sql.Row {
\treturn q.QueryRowContext(ctx, string(s), args...)
}

const (
\tfind  statement = "SELECT token, state FROM device WHERE id = ?"
\tkill  statement = "UPDATE device SET state = ? WHERE id = ?"
\tcount           = statement("SELECT COUNT(*) FROM device WHERE state = ?")
)

func (s *Store) Rest(ctx context.Context, n int) error {
	statement("SELECT COUNT(*) FROM device").row(ctx, s.db).Scan(&n)
	return statement("DELETE FROM device").exec(ctx, s.db)
}

"""


def typed(code: str) -> str:
    body = "\n".join("\t" + line.strip() for line in code.strip().split("\n"))
    return TYPED + f"func (s *Store) Do(ctx context.Context, id int, token, state string) {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("find.row(ctx, s.db, id).Scan(&token, &state)", []),
        ("find.row(ctx, s.db, id).Scan(&token)", ["NP108 2 columns, 1 target of Scan"]),
        ("find.row(ctx, s.db).Scan(&token, &state)", ["NP107 1 placeholder, 0 arguments"]),
        ("kill.exec(ctx, s.db, state, id)", []),
        ("kill.exec(ctx, s.db, id)", ["NP107 2 placeholders, 1 argument"]),
        ("count.row(ctx, s.db, state).Scan(&id)", []),
        ("count.row(ctx, s.db, state, id).Scan(&id)", ["NP107 1 placeholder, 2 arguments"]),
        ("s.db.ExecContext(ctx, string(kill), state, id)", []),
        ("s.db.ExecContext(ctx, string(kill), id)", ["NP107 2 placeholders, 1 argument"]),
        ('q := kill + " AND seen IS NULL"\nq.exec(ctx, s.db, state, id)', []),
        (
            'q := kill + " AND seen IS NULL AND tag = ?"\nq.exec(ctx, s.db, state, id)',
            ["NP107 3 placeholders, 2 arguments"],
        ),
        (
            'var q statement = "UPDATE device SET sate = ?"\nq.exec(ctx, s.db, state)',
            ["NP101 unknown column 'sate' in 'field list'"],
        ),
        ('statement("UPDATE device SET sate = 1").exec(ctx, s.db)', ["NP101 unknown column 'sate' in 'field list'"]),
        (
            'for _, q := range []statement{"DELETE FROM device WHERE sate = 1", kill} '
            "{\nq.exec(ctx, s.db, state, id)\n}",
            ["NP101 unknown column 'sate' in 'where clause'", "NP107 0 placeholders, 2 arguments"],
        ),
        ('map[string]statement{"a": kill}["a"].exec(ctx, s.db, id)', ["NP107 2 placeholders, 1 argument"]),
        ("t := struct{ q statement }{kill}\nt.q.exec(ctx, s.db, id)", ["NP107 2 placeholders, 1 argument"]),
    ],
)
def test_a_text_with_methods_of_its_own(tree: Tree, code: str, wrong: list[str]) -> None:
    assert told(tree, typed(code)) == wrong


def test_a_method_named_like_one_of_a_database(tree: Tree) -> None:
    code = """type statement string

func (s statement) QueryRow(ctx context.Context, q Q, args ...any) *sql.Row {
\treturn q.QueryRowContext(ctx, string(s), args...)
}

const find statement = "SELECT token FROM device WHERE id = ?"

func (s *Store) Do(ctx context.Context, token string) {
\tfind.QueryRow(ctx, s.db, 1).Scan(&token)
\tfind.QueryRow(ctx, s.db).Scan(&token)
}
"""
    assert told(tree, code) == ["NP107 1 placeholder, 0 arguments"]


def test_texts_of_another_package(tree: Tree) -> None:
    kit = 'package kit\n\nimport "database/sql"\n\ntype SQL string\n\n' + (
        "func (s SQL) Row(db *sql.DB, args ...any) *sql.Row { return db.QueryRow(string(s), args...) }\n"
    )
    use = (
        'package store\n\nimport (\n\t"database/sql"\n\t"x.my/app/kit"\n)\n\n'
        'const find kit.SQL = "SELECT token FROM device WHERE id = ?"\n'
        'var late = kit.SQL("SELECT tken FROM device WHERE id = ?")\n\n'
        "func Do(db *sql.DB, a, b string) {\n\tfind.Row(db, 1).Scan(&a)\n\tfind.Row(db, 1).Scan(&a, &b)\n"
        "\tlate.Row(db, 1).Scan(&a)\n}\n"
    )
    files = {"go.mod": "package: module x.my/app\n", "kit/kit.go": kit, "store/store.go": use}
    tree.write("go.mod", "module x.my/app\n")
    del files["go.mod"]
    assert told(tree, files) == [
        "NP101 unknown column 'tken' in 'field list'",
        "NP108 1 column, 2 targets of Scan",
    ]


def test_a_parameter_of_any_string_type(tree: Tree) -> None:
    code = """type statement string

const kill statement = "UPDATE device SET state = ? WHERE id = ?"

func run[T ~string](ctx context.Context, q Q, s T, args ...any) error {
\t_, err := q.ExecContext(ctx, string(s), args...)
\treturn err
}

func (s *Store) Do(ctx context.Context, id int) {
\trun(ctx, s.db, kill, "on", id)
\trun(ctx, s.db, kill, id)
\trun[statement](ctx, s.db, "DELETE FROM device WHERE sate = 1")
}
"""
    assert told(tree, code) == [
        "NP101 unknown column 'sate' in 'where clause'",
        "NP107 2 placeholders, 1 argument",
    ]


def test_a_text_with_methods_that_comes_from_outside_is_listed(tree: Tree) -> None:
    code = """type statement string

func (s statement) exec(ctx context.Context, q Q) { q.ExecContext(ctx, string(s)) }
"""
    assert told(tree, code) == ["SQL is a receiver"]


KEYED = """type key int

const (
\tqFind key = iota
\tqKill
\t_
\tqCount
)

const (
\tfirst = iota + 1
\tsecond
\tbit = 1 << iota
)

var texts = map[key]string{
\tqFind:  "SELECT token, state FROM device WHERE id = ?",
\tqKill:  "UPDATE device SET state = ? WHERE id = ?",
\tqCount: "SELECT COUNT(*) FROM device",
}

var plain = map[int]string{second: "SELECT token FROM device WHERE id = ?", 1 | bit: "DELETE FROM device"}

var listed = [...]string{qCount: "SELECT COUNT(*) FROM device", qKill: "UPDATE device SET state = ? WHERE id = ?"}

func text(k key) string {
\tswitch k {
\tcase qFind:
\t\treturn "SELECT token, state FROM device WHERE id = ?"
\tcase qKill:
\t\treturn "UPDATE device SET state = ? WHERE id = ?"
\tdefault:
\t\treturn "DELETE FROM device"
\t}
}

func all[T any](
	ctx context.Context, q Q, scan func(*sql.Rows) (T, error), query string, args ...any,
) (out []T, err error) {
\trows, err := q.QueryContext(ctx, query, args...)
\tif err != nil {
\t\treturn nil, err
\t}
\tfor rows.Next() {
\t\tv, err := scan(rows)
\t\tif err != nil {
\t\t\treturn nil, err
\t\t}
\t\tout = append(out, v)
\t}
\treturn out, nil
}

func (s *Store) rest(ctx context.Context) {
	all(ctx, s.db, func(r *sql.Rows) (v int, err error) { err = r.Scan(&v); return }, "SELECT id FROM device")
}

func (s *Store) do(ctx context.Context, k key, args ...any) error {
\t_, err := s.db.ExecContext(ctx, texts[k], args...)
\treturn err
}

func (s *Store) again(ctx context.Context, k key, args ...any) error { return s.do(ctx, k, args...) }

func (s *Store) one(ctx context.Context, k key, args ...any) *sql.Row {
\treturn s.db.QueryRowContext(ctx, texts[k], args...)
}

func (s *Store) nth(ctx context.Context, k key, args ...any) { s.db.ExecContext(ctx, listed[k], args...) }

func (s *Store) by(ctx context.Context, k key, args ...any) { s.db.ExecContext(ctx, text(k), args...) }

"""


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("s.do(ctx, qKill, state, id)", []),
        ("s.do(ctx, qKill, id)", ["NP107 2 placeholders, 1 argument"]),
        ("s.do(ctx, qKill, id)\ns.do(ctx, qKill, state, id)", ["NP107 2 placeholders, 1 argument"]),
        ("s.again(ctx, qKill, state, id)", []),
        ("s.again(ctx, qKill, id)", ["NP107 2 placeholders, 1 argument"]),
        ("s.one(ctx, qFind, id).Scan(&token, &state)", []),
        ("s.one(ctx, qFind, id).Scan(&token)", ["NP108 2 columns, 1 target of Scan"]),
        ("s.one(ctx, qCount).Scan(&id)", []),
        ("s.one(ctx, qCount, id).Scan(&id)", ["NP107 0 placeholders, 1 argument"]),
        ("s.nth(ctx, qKill, state, id)\ns.nth(ctx, qCount)", []),
        ("s.nth(ctx, qKill, state)", ["NP107 2 placeholders, 1 argument"]),
        ("s.by(ctx, qKill, state, id)\ns.by(ctx, qFind, id)\ns.by(ctx, qCount)", []),
        ("s.by(ctx, qKill, id)", ["NP107 2 placeholders, 1 argument"]),
        ("s.by(ctx, qCount, id)", ["NP107 0 placeholders, 1 argument"]),
        ("s.db.ExecContext(ctx, plain[second], id)\ns.db.ExecContext(ctx, plain[5])", []),
        ("s.db.ExecContext(ctx, plain[second])", ["NP107 1 placeholder, 0 arguments"]),
        ("s.db.ExecContext(ctx, plain[5], id)", ["NP107 0 placeholders, 1 argument"]),
        (
            "all(ctx, s.db, func(r *sql.Rows) (v [2]string, err error) { err = r.Scan(&v[0], &v[1]); return }, "
            "texts[qFind], id)",
            [],
        ),
        (
            "all(ctx, s.db, func(r *sql.Rows) (v [2]string, err error) { err = r.Scan(&v[0]); return }, texts[qFind])",
            ["NP107 1 placeholder, 0 arguments", "NP108 2 columns, 1 target of Scan"],
        ),
        ("const (\nmine = iota + 3\n)\ns.db.ExecContext(ctx, texts[mine], id)", ["NP107 0 placeholders, 1 argument"]),
    ],
)
def test_texts_by_numbered_keys(tree: Tree, code: str, wrong: list[str]) -> None:
    body = "\n".join("\t" + line.strip() for line in code.strip().split("\n"))
    source = KEYED + f"func (s *Store) Do(ctx context.Context, id int, token, state string) {{\n{body}\n}}\n"
    assert told(tree, source) == wrong


def test_a_call_that_chooses_its_text_by_a_key_is_listed_with_it(tree: Tree) -> None:
    code = HEAD + KEYED + "func (s *Store) Do(ctx context.Context) { s.do(ctx, qKill, 1, 2) }\n"
    found = [each for each in statements(code) if "UPDATE" in each.sql and each.call and each.call.name == "s.do"]
    call = only(found).call
    assert call is not None and call.wrapper is not None
    assert code[call.span.start : call.span.end] == "s.do(ctx, qKill, 1, 2)"
    assert (call.wrapper.name, call.wrapper.argument) == ("do", 2)


def test_a_generic_function_that_is_given_what_is_not_known_is_listed_where_it_is_called(tree: Tree) -> None:
    code = KEYED + (
        "func (s *Store) Do(ctx context.Context, asked map[key]string) {\n"
        "\tall(ctx, s.db, func(r *sql.Rows) (v int, err error) { return }, asked[qKill])\n}\n"
    )
    assert told(tree, code) == ["SQL is the element of function argument"]


FILLED = {
    "in the constructor": """type Board struct {
\tdb  *sql.DB
\tsql map[string]string
}

func NewBoard(db *sql.DB) *Board {
\tp := &Board{db: db, sql: make(map[string]string)}
\tp.sql["find"] = "SELECT token, state FROM device WHERE id = ?"
\tp.sql["kill"] = "UPDATE device SET state = ? WHERE id = ?"
\tp.sql["count"] = "SELECT COUNT(*) FROM device"
\treturn p
}
""",
    "before the constructor's struct is made": """type Board struct {
\tdb  *sql.DB
\tsql map[string]string
}

func NewBoard(db *sql.DB) *Board {
\tm := map[string]string{}
\tm["find"] = "SELECT token, state FROM device WHERE id = ?"
\tm["kill"] = "UPDATE device SET state = ? WHERE id = ?"
\tm["count"] = "SELECT COUNT(*) FROM device"
\treturn &Board{db: db, sql: m}
}
""",
    "for the whole package": """type Board struct{ db *sql.DB }

var texts = map[string]string{"find": "SELECT token, state FROM device WHERE id = ?"}

func init() {
\ttexts["kill"] = "UPDATE device SET state = ? WHERE id = ?"
\ttexts["count"] = "SELECT COUNT(*) FROM device"
}
""",
    "by constants in two functions": """type Board struct{ db *sql.DB }

const (
\tfind = "SELECT token, state FROM device WHERE id = ?"
\tkill = "UPDATE device SET state = ? WHERE id = ?"
)

var texts = make(map[string]string)

func init() {
\ttexts["find"] = find
\ttexts["kill"] = kill
}

func init() { texts["count"] = "SELECT COUNT(*) FROM device" }
""",
}
USING_FILLED = """package store

import (
\t"context"
\t"database/sql"
)

func (p *Board) do(ctx context.Context, name string, args ...any) error {
\t_, err := p.db.ExecContext(ctx, READ, args...)
\treturn err
}

func (p *Board) row(ctx context.Context, name string, args ...any) *sql.Row {
\treturn p.db.QueryRowContext(ctx, READ, args...)
}

func (p *Board) Do(ctx context.Context, id int, token, state string) {
BODY
}
"""


@pytest.mark.parametrize("where", FILLED)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        (
            'p.do(ctx, "kill", state, id)\np.row(ctx, "find", id).Scan(&token, &state)\np.row(ctx, "count").Scan(&id)',
            [],
        ),
        ('p.do(ctx, "kill", id)', ["NP107 2 placeholders, 1 argument"]),
        ('p.row(ctx, "find").Scan(&token, &state)', ["NP107 1 placeholder, 0 arguments"]),
        ('p.row(ctx, "find", id).Scan(&token)', ["NP108 2 columns, 1 target of Scan"]),
    ],
)
def test_maps_that_are_filled_entry_by_entry(tree: Tree, where: str, code: str, wrong: list[str], after: bool) -> None:
    filled = FILLED[where]
    read = "p.sql[name]" if "sql map" in filled else "texts[name]"
    using = USING_FILLED.replace("READ", read).replace("BODY", "\n".join("\t" + each for each in code.split("\n")))
    first, second = ("b.go", "a.go") if after else ("a.go", "b.go")
    assert told(tree, {first: filled, second: using}) == wrong


def test_a_map_that_two_constructors_fill_differently(tree: Tree) -> None:
    code = """type Board struct {
\tdb  *sql.DB
\tsql map[string]string
}

func NewBoard(db *sql.DB) *Board {
\tp := &Board{db: db, sql: map[string]string{}}
\tp.sql["kill"] = "UPDATE device SET state = ? WHERE id = ?"
\treturn p
}

func NewQuiet(db *sql.DB) *Board {
\tp := &Board{db: db, sql: map[string]string{}}
\tp.sql["kill"] = "DELETE FROM device WHERE id = ?"
\treturn p
}

func (p *Board) do(ctx context.Context, name string, args ...any) { p.db.ExecContext(ctx, p.sql[name], args...) }

func (p *Board) Do(ctx context.Context, id int, state string) {
\tp.do(ctx, "kill", id)
\tp.do(ctx, "kill", state, id)
}
"""
    assert told(tree, code) == []


PREPARED = {
    "in a loop over structs": """	for _, p := range []struct {
		dst **sql.Stmt
		q   string
	}{
		{&s.kill, "UPDATE device SET state = ? WHERE id = ?"},
		{&s.find, "SELECT token, state FROM device WHERE id = ?"},
	} {
		if *p.dst, err = db.Prepare(p.q); err != nil {
			return nil, err
		}
	}
""",
    "in a loop over a map": """	for dst, q := range map[**sql.Stmt]string{
		&s.kill: "UPDATE device SET state = ? WHERE id = ?",
		&s.find: "SELECT token, state FROM device WHERE id = ?",
	} {
		stmt, err := db.Prepare(q)
		if err != nil {
			return nil, err
		}
		*dst = stmt
	}
""",
    "by a function": """	prepare := func(dst **sql.Stmt, q string) {
		if err == nil {
			*dst, err = db.Prepare(q)
		}
	}
	prepare(&s.kill, "UPDATE device SET state = ? WHERE id = ?")
	prepare(&s.find, "SELECT token, state FROM device WHERE id = ?")
""",
    "by a declared function": """	prepareOne(db, &s.kill, "UPDATE device SET state = ? WHERE id = ?")
	prepareOne(db, &s.find, "SELECT token, state FROM device WHERE id = ?")
""",
}


@pytest.mark.parametrize("how", PREPARED)
@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("p.kill.ExecContext(ctx, state, id)\np.find.QueryRowContext(ctx, id).Scan(&token, &state)", []),
        ("p.kill.ExecContext(ctx, id)", ["NP107 2 placeholders, 1 argument"]),
        ("p.find.QueryRowContext(ctx).Scan(&token, &state)", ["NP107 1 placeholder, 0 arguments"]),
        ("p.find.QueryRowContext(ctx, id).Scan(&token)", ["NP108 2 columns, 1 target of Scan"]),
    ],
)
def test_statements_prepared_through_pointers(tree: Tree, how: str, code: str, wrong: list[str]) -> None:
    body = "\n".join("\t" + line for line in code.split("\n"))
    source = f"""type Prepared struct{{ kill, find *sql.Stmt }}

func prepareOne(db *sql.DB, dst **sql.Stmt, q string) {{ *dst, _ = db.Prepare(q) }}

func rest(db *sql.DB) (out *sql.Stmt) {{
	prepareOne(db, &out, "DELETE FROM device")
	return out
}}

func Open(db *sql.DB) (s *Prepared, err error) {{
	s = &Prepared{{}}
{PREPARED[how]}	return s, nil
}}

func (p *Prepared) Do(ctx context.Context, id int, token, state string) {{
{body}
}}
"""
    assert told(tree, source) == wrong


OPTIONS = {
    "kit/kit.go": """package kit

import "strings"

type Cond struct {
	parts []string
	args  []any
}

func (c *Cond) And(expr string, args ...any) *Cond {
	c.parts = append(c.parts, expr)
	c.args = append(c.args, args...)
	return c
}

func (c *Cond) Where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

func (c *Cond) Args() []any { return c.args }
""",
    "store/store.go": """package store

import (
	"context"
	"database/sql"

	"x.my/app/kit"
)

type Option func(c *kit.Cond)

func WithTag(tag string) Option { return func(c *kit.Cond) { c.And("FIND_IN_SET(?, d.tag) > 0", tag) } }

func WithToken(token string) Option { return func(c *kit.Cond) { c.And("d.token = ?", token) } }

func WithLabel(label string) Option { return func(c *kit.Cond) { c.And("FIND_IN_SET(?, d.label) > 0", label) } }

func Short(tag string) Option { return func(c *kit.Cond) { c.And("d.tag = ?") } }

type Store struct{ db *sql.DB }

func (s *Store) Find(ctx context.Context, id int, options ...Option) (*sql.Rows, error) {
	c := &kit.Cond{}
	c.And("d.id > ?", id).And("d.seen IS NULL")
	for _, option := range options {
		option(c)
	}
	q := "SELECT d.id, d.token FROM device d" + c.Where() + " ORDER BY d.id"
	return s.db.QueryContext(ctx, q, c.Args()...)
}

func (s *Store) Own(ctx context.Context, options ...Option) error {
	_, err := s.Find(ctx, 1, append([]Option{WithToken("x")}, options...)...)
	return err
}

type Choice interface{ apply(c *kit.Cond) }

type choice func(c *kit.Cond)

func (f choice) apply(c *kit.Cond) { f(c) }

func ByTag(tag string) Choice { return choice(func(c *kit.Cond) { c.And("d.tag = ?", tag) }) }

func ByLabel(label string) Choice { return choice(func(c *kit.Cond) { c.And("d.label = ?", label) }) }

type byState struct{ state string }

func (b byState) apply(c *kit.Cond) { c.And("d.sate = ?", b.state) }

func ByState(state string) Choice { return byState{state} }

func (s *Store) Choose(ctx context.Context, choices ...Choice) (*sql.Rows, error) {
	c := &kit.Cond{}
	for _, each := range choices {
		each.apply(c)
	}
	return s.db.QueryContext(ctx, "SELECT d.id FROM device d"+c.Where(), c.Args()...)
}
""",
}


LABEL = "NP101 unknown column 'd.label' in 'where clause'"


@pytest.mark.parametrize(
    ("calls", "wrong"),
    [
        (
            [
                "Find(ctx, 1)",
                'Find(ctx, 1, store.WithTag("a"))',
                'Find(ctx, 1, store.WithTag("a"), store.WithToken("b"))',
            ],
            [],
        ),
        (['Find(ctx, 1, store.WithTag("a"))', 'Find(ctx, 1, store.WithLabel("a"))'], [LABEL]),
        (['Find(ctx, 1, store.WithTag("a"))', 'Find(ctx, 1, store.Short("a"))'], ["NP107 2 placeholders, 1 argument"]),
        (['Find(ctx, 1, store.Short("a"), store.WithTag("b"))'], ["NP107 3 placeholders, 2 arguments"]),
        (["Own(ctx)", 'Own(ctx, store.WithTag("a"))'], []),
        (["Own(ctx)", 'Own(ctx, store.WithLabel("a"))'], [LABEL]),
        (["Choose(ctx)", 'Choose(ctx, store.ByTag("a"))'], []),
        (['Choose(ctx, store.ByTag("a"))', 'Choose(ctx, store.ByLabel("a"))'], [LABEL]),
        (['Choose(ctx, store.ByState("a"))'], ["NP101 unknown column 'd.sate' in 'where clause'"]),
    ],
)
def test_options_where_they_are_given(tree: Tree, calls: list[str], wrong: list[str]) -> None:
    tree.write("go.mod", "module x.my/app\n")
    lines = "\n".join(f"\ts.{each}" for each in calls)
    code = (
        'package web\n\nimport (\n\t"context"\n\n\t"x.my/app/store"\n)\n\n'
        f"func Serve(ctx context.Context, s *store.Store) {{\n{lines}\n}}\n"
    )
    assert told(tree, {**OPTIONS, "web/web.go": code}) == wrong


WRITERS = """type condition func(*strings.Builder, *[]any)

func byToken(token string) condition {
\treturn func(query *strings.Builder, args *[]any) {
\t\tquery.WriteString(" AND TOKEN = ?")
\t\t*args = append(*args, token)
\t}
}

func (s Store) all(ctx context.Context, conditions ...condition) {
\tvar query strings.Builder
\targs := []any{}
\tquery.WriteString("SELECT id FROM device WHERE id > 0")
\tfor _, each := range conditions {
\t\teach(&query, &args)
\t}
\ts.db.QueryContext(ctx, query.String(), args...)
}
"""


@pytest.mark.parametrize("column", ["token", "tokens"])
def test_functions_that_write_to_a_builder_they_are_handed(tree: Tree, column: str) -> None:
    code = WRITERS.replace("TOKEN", column)
    assert told(tree, code) == []
    called = code + 'func Run(s Store) { s.all(context.Background(), byToken("x")) }\n'
    wrong = [] if column == "token" else ["NP101 unknown column 'tokens' in 'where clause'"]
    assert told(tree, called) == wrong
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + code)
    assert [each.reason for each in tree.audit("a.go").partial] == [
        "a part is known only at run time: each() (set by each())"
    ]


@pytest.mark.parametrize("place", ["sql", "texts"])
def test_a_map_with_many_entries(tree: Tree, place: str) -> None:
    target = "p.sql" if place == "sql" else "texts"
    entries = "\n".join(f'\t{target}["n{n}"] = "UPDATE device SET state = ? WHERE id = {n}"' for n in range(90))
    code = (
        "type Board struct {\n\tdb  *sql.DB\n\tsql map[string]string\n}\n\nvar texts = make(map[string]string)\n\n"
        f"func NewBoard(db *sql.DB) *Board {{\n\tp := &Board{{db: db, sql: make(map[string]string)}}\n{entries}\n"
        "\treturn p\n}\n\n"
        "func (p *Board) do(ctx context.Context, k string, args ...any) "
        f"{{ p.db.ExecContext(ctx, {target}[k], args...) }}\n\n"
        'func (p *Board) Do(ctx context.Context) {\n\tp.do(ctx, "n0", 1)\n\tp.do(ctx, "n89")\n}\n'
    )
    assert told(tree, code) == ["NP107 1 placeholder, 0 arguments"]


def test_a_numbered_type_with_methods(tree: Tree) -> None:
    code = """type dialect int

const (
\tlite dialect = iota
\tfull
)

func (d dialect) now() string {
\tswitch d {
\tcase lite:
\t\treturn "CURRENT_TIMESTAMP"
\tcase full:
\t\treturn "NOW(6)"
\t}
\treturn "NULL"
}

type active int

const (
\tall active = iota
\tyes
)

func (a active) where() string {
\tif a == yes {
\t\treturn " WHERE sate = 1"
\t}
\treturn ""
}

func (s *Store) touch(ctx context.Context, d dialect) { s.db.ExecContext(ctx, "UPDATE device SET seen = "+d.now()) }

func (s *Store) find(ctx context.Context, a active) { s.db.QueryContext(ctx, "SELECT id FROM device"+a.where()) }

func (s *Store) Do(ctx context.Context) {
\ts.touch(ctx, full)
\ts.find(ctx, all)
\ts.find(ctx, yes)
}
"""
    assert told(tree, code) == ["NP101 unknown column 'sate' in 'where clause'"]
    sent = [variant.sql for each in statements(HEAD + code) for variant in each.variants if "UPDATE" in each.sql]
    assert "UPDATE device SET seen = NOW(6)" in sent


SESSION_KINDS = """type kind int

func (k kind) table() string {
\tswitch k {
\tcase 0:
\t\treturn "chat_session"
\tcase 1:
\t\treturn "call_session"
\tdefault:
\t\treturn ""
\t}
}

"""


def test_a_number_converted_to_a_type_with_methods_says_which_text_it_stands_for() -> None:
    code = """func (s *Store) purge(ctx context.Context) {
\tchosen := 1
\ts.db.ExecContext(ctx, "DELETE FROM "+kind(chosen).table())
}
"""
    assert texts(HEAD + SESSION_KINDS + code) == ["DELETE FROM call_session"]


def test_a_loop_over_such_numbers_ends_where_their_texts_do() -> None:
    code = """func (s *Store) purge(ctx context.Context) {
\tfor i := 0; true; i++ {
\t\teach := kind(i)
\t\tif each.table() == "" {
\t\t\tbreak
\t\t}
\t\ts.db.ExecContext(ctx, "DELETE FROM "+each.table())
\t}
}
"""
    assert variants(only(statements(HEAD + SESSION_KINDS + code))) == [
        "DELETE FROM chat_session",
        "DELETE FROM call_session",
    ]


def test_a_number_that_says_its_own_name_is_no_number_in_a_text() -> None:
    code = """type column int

const (
\tid column = iota
\ttoken
)

func (c column) String() string { return [...]string{"id", "token"}[c] }

type most int

const page most = 20

func (s *Store) Do(ctx context.Context) {
\ts.db.QueryContext(ctx, fmt.Sprintf("SELECT id FROM device WHERE %s = 'a' LIMIT %v", token, page))
\ts.db.QueryContext(ctx, fmt.Sprintf("SELECT id FROM device WHERE token = 'a' LIMIT %d", int(token)))
}
"""
    head = 'package store\n\nimport (\n\t"context"\n\t"database/sql"\n\t"fmt"\n)\n\ntype Store struct{ db *sql.DB }\n\n'
    assert [flat(each.sql) for each in statements(head + code)] == [
        "SELECT id FROM device WHERE <> = 'a' LIMIT 20",
        "SELECT id FROM device WHERE token = 'a' LIMIT 1",
    ]
