"""NP108: columns against the targets that take them."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding, Severity
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree

DDL = (
    "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), node INT); CREATE TABLE tags (flow INT, tag VARCHAR(9));"
)
HEAD = """package store

import (
\t"database/sql"

\t"github.com/jmoiron/sqlx"
)

type Flow struct {
\tID   int    `db:"id"`
\tName string `db:"name"`
}

type scanner interface {
\tScan(dest ...any) error
}

type Store struct {
\tdb  *sql.DB
\tx   *sqlx.DB
\tone *sql.Stmt
}

func NewStore(db *sql.DB) *Store {
\ts := &Store{db: db}
\ts.one, _ = db.Prepare("SELECT id, name FROM flows WHERE id = ?")
\treturn s
}

func scanFlow(row scanner) (*Flow, error) {
\tvar f Flow
\terr := row.Scan(&f.ID, &f.Name)
\treturn &f, err
}

func (s *Store) open() (*sql.Rows, error) {
\treturn s.db.Query("SELECT id, name, node FROM flows ORDER BY id")
}

"""
FUNCTION = "func (s *Store) Do(a, b, c string, dest []any, wide bool, u Unknown) {\n"


def found(tree: Tree, code: str, settings: Settings | None = None) -> list[Finding]:
    """What NP108 finds in the body of a method."""
    tree.write("schema.sql", DDL)
    body = "\n".join("\t" + line.strip() for line in code.strip().split("\n"))
    tree.write("a.go", HEAD + FUNCTION + body + "\n}\n")
    return [each for each in tree.audit("a.go", settings=settings).findings if each.rule == "NP108"]


LOOP = "rows, err := s.db.Query(`{}`)\nif err != nil {{\nreturn\n}}\nfor rows.Next() {{\n{}\n}}"


MARKS = """
func marks(n int) string {
	if n <= 0 {
		return ""
	}
	found := make([]string, n)
	for i := range found {
		found[i] = "?"
	}
	return strings.Join(found, ", ")
}

func all(db *sql.DB, none []any) {
	query := fmt.Sprintf("SELECT id FROM flows WHERE id IN (%s)", marks(len(none)))
	db.Query(query, none...)
}

func names(db *sql.DB, ids []any) {
	if len(ids) == 0 {
		return
	}
	query := fmt.Sprintf("SELECT id, name FROM flows WHERE id IN (%s)", marks(len(ids)))
	rows, _ := db.Query(query, ids...)
	for rows.Next() {
		var id, name, node string
		rows.Scan(TARGETS)
	}
}
"""


@pytest.mark.parametrize(("targets", "wrong"), [("&id, &name, &node", True), ("&id, &name", False)])
def test_a_helper_with_branches_is_called_behind_a_way_out(tree: Tree, targets: str, wrong: bool) -> None:
    tree.write("schema.sql", "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20));")
    head = 'package store\n\nimport (\n\t"database/sql"\n\t"fmt"\n\t"strings"\n)\n'
    tree.write("a.go", head + MARKS.replace("TARGETS", targets))
    assert [each.rule for each in tree.audit("a.go").findings] == ["NP108"] * wrong


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('s.db.QueryRow("SELECT id, name FROM flows").Scan(&a)', "2 columns, 1 target of Scan"),
        (
            'row := s.db.QueryRow("SELECT id FROM flows")\nif err := row.Scan(&a, &b); err != nil {\nreturn\n}',
            "1 column, 2 targets of Scan",
        ),
        (LOOP.format("SELECT id, name, node FROM flows", "rows.Scan(&a, &b)"), "3 columns, 2 targets of Scan"),
        (LOOP.format("SELECT id, name, node FROM flows", "scanFlow(rows)"), "3 columns, 2 targets of Scan"),
        (
            LOOP.format("SELECT id FROM flows UNION SELECT flow FROM tags", "rows.Scan(&a, &b)"),
            "1 column, 2 targets of Scan",
        ),
        (
            LOOP.format("SELECT f.*, tag FROM flows f JOIN tags ON flow = id", "rows.Scan(&a, &b)"),
            "4 columns, 2 targets of Scan",
        ),
        (
            LOOP.format(
                "SELECT COUNT(*), MAX(id) AS m FROM flows", "if wide {\nrows.Scan(&a, &b)\n} else {\nrows.Scan(&a)\n}"
            ),
            "2 columns, 1 target of Scan",
        ),
        ('scanFlow(s.db.QueryRow("SELECT * FROM flows"))', "3 columns, 2 targets of Scan"),
        (
            'targets := []any{&a, &b}\ns.db.QueryRow("SELECT id FROM flows").Scan(targets...)',
            "1 column, 2 targets of Scan",
        ),
        ("rows, _ := s.open()\nrows.Scan(&a, &b)", "3 columns, 2 targets of Scan"),
        ("s.one.QueryRow(1).Scan(&a, &b, &c)", "2 columns, 3 targets of Scan"),
        ('var n int\ns.x.Get(&n, "SELECT id, name FROM flows")', "2 columns, 1 target of Scan"),
        ('var fs []Flow\ns.x.Select(&fs, "SELECT id, name, node FROM flows")', "column 'node' has no field in Flow"),
        ('var fs []*Flow\ns.x.Select(&fs, "SELECT * FROM flows")', "column 'node' has no field in Flow"),
        ('var fs []Flow\nsqlx.Select(s.x, &fs, "SELECT id, node FROM flows")', "column 'node' has no field in Flow"),
        ('var f Flow\nsqlx.GetContext(nil, s.x, &f, "SELECT node FROM flows")', "column 'node' has no field in Flow"),
        ('var n int\nsqlx.Get(s.x, &n, "SELECT id, name FROM flows")', "2 columns, 1 target of Scan"),
        (
            'rows, _ := sqlx.NamedQuery(s.x, "SELECT node FROM flows WHERE id = :id", Flow{})\n'
            "var f Flow\nrows.StructScan(&f)",
            "column 'node' has no field in Flow",
        ),
        (
            'var f struct {\nID int `db:"id"`\n}\ns.x.QueryRowx("SELECT id, node FROM flows").StructScan(&f)',
            "column 'node' has no field in the struct",
        ),
        (
            'var f []struct {\nID int `db:"id"`\n}\ns.x.Select(&f, "SELECT id, node FROM flows")',
            "column 'node' has no field in the struct",
        ),
        (
            'type line struct {\nID int `db:"id"`\n}\nvar f []line\ns.x.Select(&f, "SELECT id, node FROM flows")',
            "column 'node' has no field in the struct",
        ),
        (
            'var f Flow\ns.x.QueryRowx("SELECT id, node, COUNT(*) FROM flows").StructScan(&f)',
            "columns 'node', 'COUNT(*)' have no field in Flow",
        ),
    ],
)
def test_columns_that_nothing_takes(tree: Tree, code: str, message: str) -> None:
    [finding] = found(tree, code)
    assert (finding.message, finding.identifier, finding.severity) == (message, None, Severity.ERROR)
    assert finding.related


@pytest.mark.parametrize(
    "code",
    [
        's.db.QueryRow("SELECT id, name FROM flows").Scan(&a, &b)',
        's.db.QueryRow("SELECT id, name FROM flows").Scan(dest...)',
        's.db.QueryRow("SELECT id, name FROM flows").Scan(u.Targets())',
        's.db.QueryRow("SELECT " + columns() + " FROM flows").Scan(&a)',
        's.db.QueryRow("SELECT t.* FROM " + a + " t").Scan(&a)',
        LOOP.format("SELECT id, name FROM flows", "scanFlow(rows)"),
        's.db.Exec("INSERT INTO flows (id, name) VALUES (1, 2)")',
        'var f Flow\ns.x.Get(&f, "SELECT id, NAME FROM flows")',
        'var u Unknown\ns.x.Get(&u, "SELECT id, node FROM flows")',
        'var n sql.NullString\ns.x.Get(&n, "SELECT name FROM flows")',
        'var fs []Flow\ns.x.Unsafe().Select(&fs, "SELECT * FROM flows")',
        'var fs []Flow\nsqlx.Select(s.x.Unsafe(), &fs, "SELECT * FROM flows")',
        'rows, _ := s.x.Unsafe().Queryx("SELECT * FROM flows")\nvar f Flow\nrows.StructScan(&f)',
        'x := s.x.Unsafe()\nvar fs []Flow\nx.Select(&fs, "SELECT * FROM flows")',
        'list := "id"\nfor _, d := range dest {\nlist += ", name"\n_ = d\n}\n'
        's.db.QueryRow("SELECT " + list + " FROM flows").Scan(&a)',
    ],
)
def test_what_fits_or_cannot_be_told_is_no_finding(tree: Tree, code: str) -> None:
    assert found(tree, code) == []


@pytest.mark.parametrize("condition", ["wide", "len(c) > 0"])
def test_two_queries_that_share_their_rows(tree: Tree, condition: str) -> None:
    code = f"""
    var rows *sql.Rows
    if wide {{
    rows, _ = s.db.Query("SELECT id, name, node FROM flows")
    }} else {{
    rows, _ = s.db.Query("SELECT id, name FROM flows")
    }}
    for rows.Next() {{
    if {condition} {{
    rows.Scan(&a, &b, &c)
    }} else {{
    rows.Scan(&a, &b)
    }}
    }}
    """
    assert found(tree, code) == []


def test_one_scan_for_two_queries_fits_both_or_is_wrong(tree: Tree) -> None:
    code = """
    q := "SELECT id, name FROM flows"
    if wide {
    q = "SELECT id, name, node FROM flows"
    }
    s.db.QueryRow(q).Scan(&a, &b)
    """
    [finding] = found(tree, code)
    assert (finding.message, finding.position.line) == ("3 columns, 2 targets of Scan", HEAD.count("\n") + 4)


def test_a_star_by_position_is_a_warning_while_it_fits(tree: Tree) -> None:
    code = """
        rows, _ := s.db.Query("SELECT * FROM flows")
        cols, _ := rows.Columns()
        dest := make([]any, len(cols))
        rows.Scan(dest...)
    """
    assert found(tree, code) == []
    [finding] = found(tree, 's.db.QueryRow("SELECT * FROM flows").Scan(&a, &b, &c)')
    assert (finding.severity, finding.message) == (Severity.WARNING, "SELECT * with a positional Scan")
    # The columns that this one stands for are named in the statement itself.
    assert found(tree, 's.db.QueryRow("SELECT * FROM (SELECT id, name FROM flows) f").Scan(&a, &b)') == []
    assert found(tree, 'var n int\ns.x.Get(&n, "SELECT COUNT(*) FROM flows")') == []


def test_the_columns_of_returning(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)))
    code = 's.db.QueryRow("INSERT INTO flows (id) VALUES (1) RETURNING id, name").Scan(&a)'
    [finding] = found(tree, code, settings)
    assert finding.message == "2 columns, 1 target of Scan"
    assert found(tree, code.replace("&a", "&a, &b"), settings) == []


@pytest.mark.parametrize("dialect", [Dialect("sqlite"), Dialect("mariadb", (10, 11))])
def test_what_returning_gives_is_counted_without_the_select_of_the_insert(tree: Tree, dialect: Dialect) -> None:
    settings = Settings(schema=("schema.sql",), dialect=dialect)
    insert = "INSERT INTO flows (id, name, node) SELECT ?, f.name, ? FROM flows f RETURNING id, name"
    code = f's.db.QueryRow("{insert}", a, b).Scan(&a, &b)'
    assert found(tree, code, settings) == []
    [finding] = found(tree, code.replace("&a, &b", "&a"), settings)
    assert finding.message == "2 columns, 1 target of Scan"


def test_a_list_of_unknown_length_is_not_counted(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "columns.go",
        "package store\n\nvar columns []string\n\nfunc register(name string) {\n"
        '\tcolumns = append(columns, "id")\n\tcolumns = append(columns, "name")\n}\n',
    )
    tree.write(
        "a.go",
        HEAD.replace("import (", 'import (\n\t"strings"')
        + FUNCTION
        + '\ts.db.QueryRow("SELECT " + strings.Join(columns, ", ") + " FROM flows").Scan(&a, &b, &c)\n}\n',
    )
    assert [each for each in tree.audit("a.go", "columns.go").findings if each.rule == "NP108"] == []


MAPPED = HEAD.replace("\tone *sql.Stmt\n", "\tone *sql.Stmt\n\tby   map[string]*sql.Stmt\n")


@pytest.mark.parametrize(
    "fill",
    [
        's.by["pair"], _ = s.db.Prepare("SELECT id, name FROM flows WHERE id = ?")\n'
        's.by["lone"], _ = s.db.Prepare("SELECT id FROM flows WHERE id = ?")',
        'for key, query := range map[string]string{"pair": "SELECT id, name FROM flows WHERE id = ?", '
        '"lone": "SELECT id FROM flows WHERE id = ?"} {\nstmt, _ := s.db.Prepare(query)\ns.by[key] = stmt\n}',
    ],
)
def test_statements_that_a_map_in_a_field_holds_are_told_by_their_keys(tree: Tree, fill: str) -> None:
    tree.write("schema.sql", DDL)
    uses = 's.by["lone"].QueryRow(a).Scan(&a)\ns.by["pair"].QueryRow(a).Scan(&a)\ns.by[c].QueryRow(a).Scan(&a, &b, &c)'
    tree.write("a.go", f"{MAPPED}func (s *Store) Fill() {{\n{fill}\n}}\n\n{FUNCTION}{uses}\n}}\n")
    [finding] = [each for each in tree.audit("a.go").findings if each.rule == "NP108"]
    assert finding.message == "2 columns, 1 target of Scan"


def test_of_several_scans_of_one_text_the_wrong_one_is_named(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE pairs (id INT PRIMARY KEY, name VARCHAR(20));")
    code = 'package a\n\nimport "database/sql"\n\nconst all = "SELECT id, name FROM pairs"\n\n'
    code += "func Right(db *sql.DB) (a, b string) {\n\tdb.QueryRow(all).Scan(&a, &b)\n\treturn\n}\n\n"
    code += "func Short(db *sql.DB) (a string) {\n\tdb.QueryRow(all).Scan(&a)\n\treturn\n}\n"
    tree.write("a.go", code)
    [finding] = tree.audit("a.go").findings
    assert (finding.message, finding.function) == ("2 columns, 1 target of Scan in Short", "Short")


def test_a_column_that_no_table_has_is_told_once(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE pairs (id INT PRIMARY KEY, name VARCHAR(20), other INT);")
    code = 'package a\n\nimport "github.com/jmoiron/sqlx"\n\ntype Row struct {\n\tID   int    `db:"id"`\n'
    code += '\tName string `db:"name"`\n}\n\nfunc Get(db *sqlx.DB, r *Row) {\n'
    code += '\tdb.Get(r, "SELECT id, nme FROM pairs WHERE id = 1")\n'
    code += '\tdb.Get(r, "SELECT id, nme, other FROM pairs WHERE id = 2")\n}\n'
    tree.write("a.go", code)
    found = [(each.rule, each.position.line, each.message) for each in tree.audit("a.go").findings]
    assert sorted(each[:2] for each in found) == [("NP101", 11), ("NP101", 12), ("NP108", 12)]
    assert "column 'other' has no field in Row" in [each[2] for each in found]


def test_columns_of_a_constant_elsewhere_are_told_where_the_statement_stands(tree: Tree) -> None:
    tree.write("names.go", 'package store\n\nconst columns = "id, name, node"\n')
    code = 's.db.QueryRow("SELECT " + columns + " FROM flows").Scan(&a, &b)'
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + FUNCTION + code + "\n}\n")
    [finding] = [each for each in tree.audit(".").findings if each.rule == "NP108"]
    assert (finding.path, finding.position.line) == ("a.go", (HEAD + FUNCTION).count("\n") + 1)
    assert finding.message == "3 columns, 2 targets of Scan"


GENERIC = """package a

import ("context"; "github.com/jmoiron/sqlx")

type view struct {
    ID int `db:"id"`
    A  int `db:"a"`
}

func one[T any](db *sqlx.DB, q string, args ...any) (*T, error) {
    var v T
    err := db.Get(&v, q, args...)
    return &v, err
}

func list[K comparable, T any](db *sqlx.DB, q string) (v []T, err error) {
    err = db.SelectContext(context.Background(), &v, q)
    return v, err
}

func all[T any](db *sqlx.DB, q string) ([]T, error) { return list[int, T](db, q) }

func read(db *sqlx.DB) {
    CALL
}
"""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('one[view](db, "SELECT id, a FROM t WHERE id = ?", 1)', None),
        ('one[view](db, "SELECT id, b FROM t WHERE id = ?", 1)', "column 'b' has no field in view"),
        ('one[int](db, "SELECT id FROM t")', None),
        ('one[int](db, "SELECT id, b FROM t")', "2 columns, 1 target of Scan"),
        ('one[other.View](db, "SELECT id, b FROM t")', None),
        ('list[string, *view](db, "SELECT id, a FROM t")', None),
        ('list[string, *view](db, "SELECT id, b FROM t")', "column 'b' has no field in view"),
        ('all[view](db, "SELECT b FROM t")', "column 'b' has no field in view"),
    ],
)
def test_the_type_that_a_call_names_for_a_type_parameter(tree: Tree, call: str, message: str | None) -> None:
    tree.write("schema.sql", "CREATE TABLE t (id INT, a INT, b INT);")
    tree.write("a.go", GENERIC.replace("CALL", call))
    assert [each.message for each in tree.audit().findings] == ([message] if message else [])


def test_one_call_that_may_leave_columns_out_says_nothing_of_the_others(tree: Tree) -> None:
    call = 'one[view](db, "SELECT id, b FROM t WHERE id = ?", 1)\ndb.Unsafe().Queryx("SELECT id FROM t")'
    tree.write("schema.sql", "CREATE TABLE t (id INT, a INT, b INT);")
    tree.write("a.go", GENERIC.replace("CALL", call))
    assert [each.message for each in tree.audit().findings] == ["column 'b' has no field in view"]


@pytest.mark.parametrize(
    ("sql", "targets", "message"),
    [
        ("SHOW STATUS LIKE 'Threads_connected'", "&a, &b", None),
        ("SHOW GLOBAL VARIABLES LIKE 'version'", "&a", "2 columns, 1 target of Scan"),
        ("SHOW FULL COLUMNS FROM flows", "&a, &b, &c, &a, &b, &c", "9 columns, 6 targets of Scan"),
        ("DESCRIBE flows", "&a, &b, &c, &a, &b", "6 columns, 5 targets of Scan"),
        ("DESCRIBE elsewhere.flows", "&a, &b, &c", None),
        ("SHOW TABLES", "&a", None),
        ("SHOW PROCESSLIST", "&a", None),
    ],
)
def test_what_show_gives_against_its_targets(tree: Tree, sql: str, targets: str, message: str | None) -> None:
    told = [each.message for each in found(tree, f's.db.QueryRow("{sql}").Scan({targets})')]
    assert told == ([] if message is None else [message])
