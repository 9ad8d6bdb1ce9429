"""NP107: what the driver refuses before it sends anything, and nothing else."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding, Severity
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.report._words import full_message
from tests.tree import Tree, go

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), node INT, note VARCHAR(20));"
HEAD = """package store

import (
\t"context"
\t"database/sql"
\t"fmt"
\t"strings"

\t"github.com/jmoiron/sqlx"
)

type Flow struct {
\tID   int `db:"id"`
\tName string `db:"name,omitempty"`
\tNode int
\tBase
}

type Base struct {
\tNote string `db:"note"`
\tgone int
}

type Querier interface {
\tExec(query string, args ...interface{}) (sql.Result, error)
}

type Store struct {
\tdb  *sql.DB
\tx   *sqlx.DB
\tany Querier
\tadd *sql.Stmt
}

func (s *Store) run(query string, args ...any) error {
\t_, err := s.db.Exec(query, append([]any{1}, args...)...)
\treturn err
}

"""
FUNCTION = "func (s *Store) Do(ctx context.Context, a, b string, ids []int, values []any, f *Flow, tx *sqlx.Tx) {\n"


def found(tree: Tree, code: str, settings: Settings | None = None) -> list[Finding]:
    """What NP107 finds in the body of a method."""
    tree.write("schema.sql", DDL)
    body = "\n".join("\t" + line.strip() for line in code.strip().split("\n"))
    tree.write("a.go", HEAD + FUNCTION + body + "\n}\n")
    return [each for each in tree.audit("a.go", settings=settings).findings if each.rule == "NP107"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('s.db.Exec("UPDATE flows SET name = ?, node = ? WHERE id = ?", a, 1)', "3 placeholders, 2 arguments"),
        ('s.db.Exec("DELETE FROM flows WHERE id = ?")', "1 placeholder, 0 arguments"),
        ('s.db.Exec("DELETE FROM flows", a)', "0 placeholders, 1 argument"),
        ('s.db.ExecContext(ctx, "DELETE FROM flows WHERE id = ?", a, b)', "1 placeholder, 2 arguments"),
        (
            "s.db.QueryRow(`SELECT name FROM flows WHERE note = '?' AND id = ? -- ?`, a, b)",
            "1 placeholder, 2 arguments",
        ),
        ('s.any.Exec("DELETE FROM flows WHERE id = ? AND name = ?", a)', "2 placeholders, 1 argument"),
        (
            'args := []any{a}\nargs = append(args, b)\ns.db.Query("SELECT 1 FROM flows WHERE id = ?", args...)',
            "1 placeholder, 2 arguments",
        ),
        (
            'args := []any{a}\ns.db.Query("SELECT 1 FROM flows WHERE id = ? AND name = ?", append(args, b, a)...)',
            "2 placeholders, 3 arguments",
        ),
        ('s.run("UPDATE flows SET name = ? WHERE id = ?", a, b)', "2 placeholders, 3 arguments"),
        (
            'stmt, err := s.db.Prepare("INSERT INTO flows (id, name) VALUES (?, ?)")\n_ = err\nstmt.Exec(a)',
            "2 placeholders, 1 argument",
        ),
        (
            's.add, _ = s.db.Prepare("INSERT INTO flows (id) VALUES (?)")\ntx.Stmt(s.add).Exec(a, b)',
            "1 placeholder, 2 arguments",
        ),
        (
            'var flows []Flow\ns.x.Select(&flows, "SELECT id FROM flows WHERE id = ? AND name = ?", a)',
            "2 placeholders, 1 argument",
        ),
        (
            'var flows []Flow\nsqlx.SelectContext(ctx, s.x, &flows, "SELECT id FROM flows WHERE id = ?")',
            "1 placeholder, 0 arguments",
        ),
        ('sqlx.MustExec(s.x, "DELETE FROM flows WHERE id = ?", a, b)', "1 placeholder, 2 arguments"),
        ('st, _ := sqlx.Preparex(s.x, "DELETE FROM flows WHERE id = ?")\nst.Exec()', "1 placeholder, 0 arguments"),
        (
            'q, args, _ := sqlx.In("SELECT id FROM flows WHERE id IN (?) AND name = ?", ids)\ns.x.Query(q, args...)',
            "2 placeholders, 1 argument",
        ),
        ('s.db.Exec(fmt.Sprintf("DELETE FROM %s WHERE id = ?", "flows"), a, b)', "1 placeholder, 2 arguments"),
        (
            's.db.Query(fmt.Sprintf("SELECT id FROM flows WHERE id = ? LIMIT %d", len(ids)), a, b)',
            "1 placeholder, 2 arguments",
        ),
    ],
)
def test_a_call_that_gives_too_many_or_too_few(tree: Tree, code: str, message: str) -> None:
    [finding] = found(tree, code)
    assert (finding.message, finding.identifier, finding.severity) == (message, None, Severity.ERROR)
    text = (tree.folder / "a.go").read_text().split("\n")
    first = next(number for number, line in enumerate(text, 1) if "flows" in line and number > HEAD.count("\n"))
    [call] = finding.related
    assert first <= finding.position.line <= max(call.position.end_line, first)


@pytest.mark.parametrize(
    "code",
    [
        's.db.Exec("UPDATE flows SET name = ? WHERE id = ?", a, b)',
        's.db.Exec("UPDATE flows SET name = ? WHERE id = ?", values...)',
        's.db.Exec("DELETE FROM flows WHERE id IN (" + strings.Repeat("?,", len(ids)) + "?)", a, b)',
        "args := []any{}\nfor _, id := range ids {\nargs = append(args, id)\n}\n"
        's.db.Exec("DELETE FROM flows WHERE id = ?", args...)',
        'args := make([]any, len(ids))\nargs[0] = a\ns.db.Exec("DELETE FROM flows WHERE id = ? AND node = ?", args...)',
        'args := []any{a, b}\ns.db.Exec("DELETE FROM flows WHERE id = ?", args[:len(ids)]...)',
        'var args []any\nfor _, v := range []string{a, b} {\nif v == "x" {\nargs = append(args, v)\n'
        'break\n}\n}\ns.db.Exec("DELETE FROM flows WHERE id = ? AND node = ? AND note = ?", args...)',
        "each(func() {\nvalues = append([]any{}, a)\n})\n"
        's.db.Exec("DELETE FROM flows WHERE id = ? AND name = ?", values...)',
        's.db.Exec("DELETE FROM flows WHERE "+where(a), b)',
        's.db.Query(fmt.Sprintf("SELECT id FROM flows WHERE id = ? LIMIT %d OFFSET %v", len(ids), where(a)), a, b)',
        's.db.Exec(foreign("DELETE FROM flows WHERE id = ?", a))',
        's.db.Exec("DELETE FROM flows WHERE id = @id", sql.Named("id", a))',
        'log(a, "DELETE FROM flows WHERE id = ?")',
        's.db.Exec("DELETE FROM flows WHERE id = :id", a)',
    ],
)
def test_what_fits_or_cannot_be_told_is_no_finding(tree: Tree, code: str) -> None:
    assert found(tree, code) == []


BUILT = """
q := "SELECT id FROM flows WHERE 1 = 1"
args := []any{}
if a != "" {
q += " AND name = ?"
args = append(args, a)
}
if b != "" {
q += " AND note = ?"
SECOND
}
s.db.Query(q, args...)
"""


def test_a_branch_that_adds_a_condition_adds_its_argument(tree: Tree) -> None:
    assert found(tree, BUILT.replace("SECOND", "args = append(args, b)")) == []
    [finding] = found(tree, BUILT.replace("SECOND", ""))
    assert finding.message == "2 placeholders, 1 argument"
    assert finding.branch == 'if a != "" and if b != ""'


def test_an_argument_without_its_condition(tree: Tree) -> None:
    code = 'args := []any{a}\nif b != "" {\nargs = append(args, b)\n}\n'
    code += 's.db.Query("SELECT id FROM flows WHERE id = ?", args...)'
    [finding] = found(tree, code)
    assert finding.message == "1 placeholder, 2 arguments"


def test_two_branches_that_ask_the_same_in_other_words_prove_nothing(tree: Tree) -> None:
    code = """
    q := "SELECT id FROM flows WHERE name = ?"
    if b != "" {
    q += " AND note = ?"
    }
    if len(b) > 0 {
    s.db.Query(q, a, b)
    } else {
    s.db.Query(q, a)
    }
    """
    assert found(tree, code) == []


def test_no_case_of_a_switch_may_never_happen(tree: Tree) -> None:
    code = """
    q := "SELECT id FROM flows WHERE name = ?"
    switch a {
    case "x":
    q += " AND note = ?"
    case "y":
    q += " AND node = ?"
    }
    s.db.Query(q, a, b)
    """
    assert found(tree, code) == []


@pytest.mark.parametrize(
    ("argument", "missing"),
    [
        ("f", ["nope"]),
        ("Flow{}", ["nope"]),
        ("[]Flow{}", ["nope"]),
        ('map[string]any{"id": 1, "note": a, "nope": b}', ["node"]),
        ('struct{ ID, Note, Nope int; Other int `db:"node"` }{1, 2, 3, 4}', []),
        ('struct{ ID, Note, Nope int; Node int `db:"n"` }{ID: 1}', ["node"]),
        ("values", []),
        ("map[string]any{a: b}", []),
    ],
)
def test_named_parameters_against_tags_and_keys(tree: Tree, argument: str, missing: list[str]) -> None:
    code = f's.x.NamedExec("UPDATE flows SET node = :node, note = :note, name = :nope WHERE id = :id", {argument})'
    findings = found(tree, code)
    assert [finding.identifier for finding in findings] == missing
    source = (tree.folder / "a.go").read_text().split("\n")
    for finding in findings:
        line = source[finding.position.line - 1]
        assert line[finding.position.column - 1 : finding.position.end_column - 1] == finding.identifier


def test_named_parameters_of_a_function_of_sqlx(tree: Tree) -> None:
    assert found(tree, 'sqlx.NamedExecContext(ctx, s.x, "UPDATE flows SET name = :nope", f)')


def test_named_parameters_are_needed_whatever_the_handle_leaves_out(tree: Tree) -> None:
    assert found(tree, 'u := s.x.Unsafe()\nu.NamedExec("UPDATE flows SET name = :nope", f)')


def test_another_name_of_a_type_that_sends_sql(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    code = 'func drop(tx *session) { tx.Exec("DELETE FROM flows WHERE id = ? AND note = ?", 1) }\n'
    tree.write("a.go", HEAD + "type session = sql.Tx\n\n" + code)
    assert [each.rule for each in tree.audit("a.go").findings] == ["NP107"]


def test_a_mapper_of_the_programs_own_is_not_guessed(tree: Tree) -> None:
    tree.write(
        "b.go", 'package store\n\nimport "github.com/jmoiron/sqlx"\n\nfunc open(x *sqlx.DB) { x.MapperFunc(snake) }\n'
    )
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + FUNCTION + '\ts.x.NamedExec("UPDATE flows SET name = :nope", f)\n}\n')
    assert tree.audit("a.go", "b.go").findings == ()


def test_numbered_placeholders_of_sqlite_are_not_counted(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), dialect=Dialect("sqlite", ()))
    assert found(tree, 's.db.Exec("UPDATE flows SET name = ?1 WHERE note = ?1", a)', settings) == []


def test_a_constant_that_two_calls_use_is_judged_for_both(tree: Tree) -> None:
    code = 'const q = "DELETE FROM flows WHERE id = ?"\ns.db.Exec(q, a)\ns.db.Exec(q, a, b)'
    [finding] = found(tree, code)
    assert [place.position.line for place in finding.related] == [HEAD.count("\n") + 4]


@pytest.mark.parametrize(("first", "errors"), [("", 0), (", s.schema", 1)])
def test_a_count_may_be_meant_for_another_databases_text(tree: Tree, first: str, errors: int) -> None:
    tree.write("schema.sql", DDL)
    source = f"""package store

import "database/sql"

type Provider struct {{
\tdb     *sql.DB
\tlist   string
\tschema string
}}

func MySQL(db *sql.DB) *Provider {{ return &Provider{{db: db, list: "SELECT id FROM flows WHERE node = 1"}} }}

func Postgres(db *sql.DB) *Provider {{ return &Provider{{db: db, list: "SELECT id FROM flows WHERE name = $1"}} }}

func (s *Provider) List() {{
\tswitch s.schema {{
\tcase "":
\t\ts.db.Query(s.list{first})
\tdefault:
\t\ts.db.Query(s.list, s.schema)
\t}}
}}
"""
    tree.write("a.go", source)
    assert len([each for each in tree.audit("a.go").findings if each.rule == "NP107"]) == errors


@pytest.mark.parametrize(
    ("sql", "taken"),
    [
        ("UPDATE flows SET name = ':name' WHERE id = :id", [":name"]),
        ("UPDATE flows SET name = DATE_FORMAT(NOW(), '%H:%i') WHERE id = :id", [":"]),
        ("UPDATE flows SET name = DATE_FORMAT(NOW(), '%H::%i') WHERE id = :id", []),
        ("UPDATE flows SET name = '10:20:30' WHERE id = :id", [":20:"]),
        ("UPDATE flows SET name = '10::20::30' WHERE id = :id", []),
        ("UPDATE flows SET name = 'x' /* see: docs */ WHERE id = :id", [":"]),
        ("UPDATE flows SET name = 'x' WHERE id = :id -- by :note", [":note"]),
        ("UPDATE flows SET node = (@n := @n + 1) WHERE id = :id", []),
    ],
)
def test_sqlx_finds_parameters_in_strings_and_comments(tree: Tree, sql: str, taken: list[str]) -> None:
    findings = found(tree, f's.x.NamedExec("{sql}", f)')
    assert [finding.message.split("'")[1] for finding in findings] == taken
    assert found(tree, f's.db.Exec("{sql.replace(":id", "?")}", a)') == []


def test_of_several_calls_of_one_text_the_wrong_one_is_named(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    code = 'const byName = "SELECT id FROM flows WHERE name = ? AND node = ?"\n\n'
    code += "func (s *Store) Right(a string) { s.db.Query(byName, a, 1) }\n\n"
    code += "func (s *Store) Short(a string) { s.db.Query(byName, a) }\n"
    tree.write("a.go", HEAD + code)
    [finding] = [each for each in tree.audit("a.go").findings if each.rule == "NP107"]
    assert (finding.message, finding.function) == ("2 placeholders, 1 argument in Short", "Short")
    assert [each.position.line for each in finding.related] == [HEAD.count("\n") + 5]


def test_a_condition_that_one_caller_gives_is_told_at_that_caller(tree: Tree) -> None:
    counting = (
        "func (s *Store) count(condition string, args ...any) *sql.Row {\n"
        '\treturn s.db.QueryRow("SELECT COUNT(*) FROM flows WHERE "+condition, args...)\n}\n'
    )
    code = 's.count("id = ?", 1)\ns.count("name = ? AND node = ?", a)\ns.count("node = 2")'
    tree.write("schema.sql", DDL)
    body = "\n".join("\t" + line for line in code.split("\n"))
    tree.write("a.go", HEAD + counting + FUNCTION + body + "\n}\n")
    [finding] = [each for each in tree.audit("a.go").findings if each.rule == "NP107"]
    assert finding.message.startswith("2 placeholders, 1 argument")
    assert finding.position.line == (HEAD + counting + FUNCTION).count("\n") + 2


def test_a_builder_asks_for_the_conditions_that_a_branch_has_added(tree: Tree) -> None:
    builder = """
type sel struct {
\tbase  string
\tconds []string
\targs  []any
}

func (s *sel) where(cond string, args ...any) {
\ts.conds = append(s.conds, cond)
\ts.args = append(s.args, args...)
}

func (s *sel) build() (string, []any) {
\tq := s.base
\tif len(s.conds) > 0 {
\t\tq += " WHERE " + strings.Join(s.conds, " AND ")
\t}
\treturn q, s.args
}

"""
    code = """
\tb := &sel{base: "SELECT COUNT(*) FROM flows"}
\tif a != "" {
\t\tb.where("name = ?", a%s)
\t}
\tq, args := b.build()
\ts.db.QueryRow(q, args...)
"""
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + builder + FUNCTION + code % "" + "}\n")
    assert [each for each in tree.audit("a.go").findings if each.rule == "NP107"] == []
    tree.write("a.go", HEAD + builder + FUNCTION + code % ", b" + "}\n")
    [finding] = [each for each in tree.audit("a.go").findings if each.rule == "NP107"]
    assert finding.message.startswith("1 placeholder, 2 arguments")


def test_formats_of_one_line_name_the_call_where_it_is_elsewhere(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE t (a INT);")
    tree.write("queries.go", 'package store\n\nconst find = "SELECT a FROM t WHERE a = ?"\n')
    tree.write("store.go", go("find, 1, 2", '"SELECT a FROM t WHERE a = ?", 1, 2').replace(", values...", ""))
    far, near = tree.audit(".").findings
    line = go("find").splitlines().index("\tdb.Exec(find, values...)") + 1
    assert full_message(far) == f"1 placeholder, 2 arguments; the call of db.Exec: store.go:{line}"
    assert full_message(near) == "1 placeholder, 2 arguments"
