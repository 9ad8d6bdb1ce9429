"""NP109: only what is beyond doubt; `tests/server/test_syntax.py` asks the server."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.tree import Tree, go, place

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20));"


def test_a_syntax_error_is_framed_and_stays_listed_as_unresolved(tree: Tree) -> None:
    literal = "`SELECT id, name, FROM flows WHERE id = ?`"
    tree.write("schema.sql", DDL)
    tree.write("store.go", go(literal))
    report = tree.audit("store.go")
    [finding] = report.findings
    assert (finding.rule, finding.errno, finding.severity) == ("NP109", 1064, Severity.ERROR)
    assert (finding.position.line, finding.position.column) == place(go(literal), "FROM flows")
    assert report.counts.unresolved == 1


@pytest.mark.parametrize(
    ("literal", "word"),
    [
        ("`SELECT COUNT(*) FORM flows WHERE id = ?`", "flows"),
        ("`SELECT name, COUNT(*) FROM flows GROUP name`", "GROUP"),
        ("`SELECT id FROM flows ORDER name`", "name`"),
        ("`SELECT id FROM flows WHERE (id = ?))`", ")`"),
        ("`SELECT id FROM flows WHERE id IN (1, 2 AND name = 'x' ORDER BY id`", "(1, 2"),
        ("`INSERT INTO flows (id, name VALUES (1, 'x')`", "(id, name"),
        ("`UPDATE flows name = 'x' WHERE id = 1`", "= 'x'"),
        ("`UPDATE flows SET name = CONCAT(name, 'x') id = 1`", "id = 1"),
        ("`INSERT INTO flows (id) VALUES (1) ON DUPLICATE KEY name = 'x'`", "name = "),
        ("`DELETE FROM flows WERE id = 1`", "id = 1"),
        ("`SELECT id FROM flows ORDER BY id DESC TOP 10`", "TOP 10"),
        ("`INSERT INTO flows (id, IFNULL(name, 1)) VALUES (1, 2)`", "(name, 1"),
        ("`UPDATE flows STE name = 'x' WHERE id = 1`", "name = "),
        ("`WITH f AS (SELECT id FROM flows) SELECT f.id FROM f JION flows g ON g.id = f.id`", "flows g"),
    ],
)
def test_a_word_that_no_grammar_can_read_is_framed(tree: Tree, literal: str, word: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", go(literal))
    [finding] = tree.audit("store.go").findings
    assert finding.rule == "NP109"
    assert (finding.position.line, finding.position.column) == place(go(literal), word)


@pytest.mark.parametrize(
    ("literal", "word", "message"),
    [
        ("`SELECT id FROM flows WHERE`", "WHERE", "the statement ends at 'WHERE'"),
        ('"SELECT id FROM flows WHERE\\n\\tid = ? AND"', "AND", "the statement ends at 'AND'"),
        ("`INSERT INTO flows (id, name) VALUES (?, ?`", "(?, ?", "syntax error at '('"),
        ("`SELECT id FROM flows WHERE name = 'x`", "'x", 'syntax error at "\'"'),
        ("`INSERT (id, name) VALUES (1, 'x')`", "(id", "syntax error at 'INSERT ('"),
        ("`SELECT id FROM flows WHERE id IN ()`", ")`", "syntax error at '()'"),
        ("`SELECT id FROM flows WHERE id == 1`", "= 1", "syntax error at '=='"),
        ("`SELECT GET_LOCK(?, ?`", "(?, ?", "syntax error at '('"),
        ("`SELECT name || ' (' || id || ') FROM flows`", "') FROM", 'syntax error at "\'"'),
    ],
)
def test_a_literal_that_a_database_gets_as_it_stands(tree: Tree, literal: str, word: str, message: str) -> None:
    [finding] = tree.findings(DDL, literal)
    assert (finding.rule, finding.errno, finding.message) == ("NP109", 1064, message)
    assert (finding.position.line, finding.position.column) == place(go(literal), word)


def test_a_literal_that_another_function_may_go_on_with(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = go("`SELECT id FROM flows`").replace("db.Exec(", 'list.Where("SELECT id FROM flows WHERE")\n\tdb.Exec(')
    tree.write("store.go", source)
    assert tree.audit("store.go").findings == ()


HANDLES = """package store

import "database/sql"

type querier interface {
	Exec(query string, args ...any) (RESULT, error)
}

type store struct{ q querier }

func (s *store) Add(id int) {
	s.q.Exec("INSERT INTO flows (id) VALUES (?", id)
}
"""


@pytest.mark.parametrize(("result", "wrong"), [("sql.Result", True), ("string", False)])
def test_an_interface_that_handles_alone_have_sends_what_it_is_given(tree: Tree, result: str, wrong: bool) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", HANDLES.replace("RESULT", result))
    assert [each.rule for each in tree.audit("store.go").findings] == ["NP109"] * wrong
    own = "type own struct{}\n\nfunc (own) Exec(query string, args ...any) (sql.Result, error) { return nil, nil }\n"
    tree.write("own.go", f'package store\n\nimport "database/sql"\n\n{own}')
    assert [each.rule for each in tree.audit(".").findings] == []


def test_a_statement_of_a_script_ends_at_its_semicolon(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("ends.sql", "SELECT id FROM flows WHERE;\nSELECT id FROM flows;\n")
    tree.write("part.sql", "SELECT id FROM flows WHERE\n")
    assert [(each.rule, each.position.line) for each in tree.audit("ends.sql").findings] == [("NP109", 1)]
    assert tree.audit("part.sql").findings == ()


def test_it_can_be_suppressed_at_its_line(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("q.sql", "-- nodepath: ignore[NP109] kept as an example\nSELECT id, FROM flows;\n")
    report = tree.audit("q.sql")
    assert (report.findings, report.counts.suppressed) == ((), 1)


@pytest.mark.parametrize(
    "expression",
    [
        # A name known only at run time, templates, other languages and dialects.
        '"SELECT " + columns() + ", FROM flows"',
        "`SELECT {{.Columns}}, FROM flows`",
        "`SELECT %s, FROM flows`",
        "`SELECT id, FROM flows WHERE id = $1`",
        # Its end may be one that the program always fills.
        '"SELECT id FROM flows WHERE " + strings.TrimSpace("")',
        '"SELECT id FROM flows " + "WHERE"',
        '"SELECT id FROM flows WHERE id IN (" + strings.Join(nil, ",") + ")"',
        # Other databases' words, and a table that is not known.
        "`INSERT INTO flows (id) VALUES (?) ON CONFLICT DO NOTHING`",
        "`SELECT id FROM flows WHERE name ILIKE ?`",
        "`SELECT id FROM articles GROUP name`",
        # Newer than the server at hand, and another server's own.
        "`INSERT INTO flows (id) VALUES (1) AS new ON DUPLICATE KEY UPDATE name = new.name`",
        "`INSERT INTO flows (id) VALUES (1) RETURNING id`",
        # Right, if unusual.
        "`SELECT id AS from_ FROM flows WHERE id = (SELECT 1 FROM flows)`",
    ],
)
def test_what_is_in_doubt_is_no_finding(tree: Tree, expression: str) -> None:
    assert tree.findings(DDL, expression, "`SELECT id FROM flows`") == []


def test_prose_that_no_database_gets_is_no_finding(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = go("`SELECT id FROM flows`").replace(
        "db.Exec(", 'log.Println("select one, and then from the menu")\n\tdb.Exec('
    )
    tree.write("store.go", source)
    assert tree.audit("store.go").findings == ()


def test_a_text_that_branches_build_is_no_finding(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    built = """package store

import "database/sql"

func Save(db *sql.DB, named bool) {
\tsets := ""
\tif named {
\t\tsets = "name = 'x'"
\t}
\tdb.Exec("UPDATE flows SET " + sets + ", id = 1")
}
"""
    tree.write("store.go", built)
    assert tree.audit("store.go").findings == ()


def test_a_text_that_branches_build_is_one_where_all_of_them_stop_at_one_word(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    built = """package store

import "database/sql"

func Count(db *sql.DB, name string) {
\tquery, args := "SELECT name, COUNT(*) FROM flows WHERE id > 0", []any{}
\tif name != "" {
\t\tquery += " AND name = ?"
\t\targs = append(args, name)
\t}
\tdb.Query(query+" GROUP name", args...)
}
"""
    tree.write("store.go", built)
    [finding] = tree.audit("store.go").findings
    assert finding.rule == "NP109"
    assert (finding.position.line, finding.position.column) == place(built, 'GROUP name", args')


@pytest.mark.parametrize("verb", ["SELEC", "SLECT", "SELETC", "Selct"])
def test_a_first_word_with_a_slip(tree: Tree, verb: str) -> None:
    literal = f"`{verb} id FROM flows`"
    [finding] = tree.findings(DDL, literal)
    assert (finding.rule, finding.errno) == ("NP109", 1064)
    assert (finding.position.line, finding.position.column) == place(go(literal), f"{verb} id")


@pytest.mark.parametrize("literal", ["`SELEC id FROM elsewhere`", "`SELEC id FROM flows WHERE id = ` + more"])
def test_a_slip_is_in_doubt_where_the_rest_is(tree: Tree, literal: str) -> None:
    assert tree.findings(DDL, literal) == []


COUNTED = DDL.replace("KEY", "KEY AUTO_INCREMENT")
FIND = """package store

import (
\t"database/sql"
\t"strings"
)

func Find(db *sql.DB, name string, id int) {
\tvar conds []string
\tvar args []any
\tif name != "" {
\t\tconds = append(conds, "name = ?")
\t\targs = append(args, name)
\t}
\tif id > 0 {
\t\tconds = append(conds, "id = ?")
\t\targs = append(args, id)
\t}
\tquery := "SELECT id FROM flows"
\tif len(conds) > 0 {
\t\tquery += " WHERE " + strings.Join(conds, " AND ")
\t}
\tdb.Query(query+" ORDER BY id", args...)
}

func Add(db *sql.DB, names []string) {
\tvar rows []string
\tvar args []any
\tfor _, name := range names {
\t\trows = append(rows, "(?)")
\t\targs = append(args, name)
\t}
\tdb.Exec("INSERT INTO flows (name) VALUES "+strings.Join(rows, ", ")+" ON DUPLICATE KEY UPDATE name = 'x'", args...)
}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "framed", "message"),
    [
        ('" AND "', '", "', ', ")\n', "syntax error at '?,'"),
        ('rows, ", "', 'rows, " "', "(?)", "syntax error where the list has several elements: ' ' stands between them"),
        (
            'rows, ", "',
            'rows, " AND "',
            "(?)",
            "syntax error where the list has several elements: ' AND ' stands between",
        ),
    ],
)
def test_what_stands_between_the_elements_of_a_list(
    tree: Tree, right: str, wrong: str, framed: str, message: str
) -> None:
    tree.write("schema.sql", COUNTED)
    tree.write("store.go", FIND)
    assert tree.audit("store.go").findings == ()
    source = FIND.replace(right, wrong)
    tree.write("store.go", source)
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.errno) == ("NP109", 1064)
    assert finding.message.startswith(message)
    assert (finding.position.line, finding.position.column) == place(source, framed)


@pytest.mark.parametrize(
    "loop",
    [
        # Each round adds something else: one copy says nothing of two.
        'if i == 0 {\n\t\t\trows = append(rows, "VALUES (?)")\n\t\t} else {\n\t\t\trows = append(rows, ", (?)")\n\t\t}',
        'if i > 0 {\n\t\t\trows = append(rows, ",")\n\t\t}\n\t\trows = append(rows, "(?)")',
    ],
)
def test_rounds_that_differ_are_in_doubt(tree: Tree, loop: str) -> None:
    tree.write("schema.sql", COUNTED)
    source = FIND.replace("for _, name", "for i, name").replace('rows = append(rows, "(?)")', loop)
    source = source.replace('rows, ", "', 'rows, " "')
    tree.write("store.go", source.replace('(name) VALUES "', '(name) "') if "VALUES (" in loop else source)
    assert tree.audit("store.go").findings == ()


@pytest.mark.parametrize(
    ("expression", "word", "message"),
    [
        ('"SELECT id FROM flows" + "WHERE id = ?"', "WHERE", "syntax error at 'flowsWHERE': a blank is missing"),
        ('"SELECT f.id FROM flows f" + "ORDER BY f.id"', "ORDER", "syntax error at 'fORDER': a blank is missing"),
        ('"SELECT id FROM `" + "flows" + " WHERE `id` = ?"', '`" +', "syntax error at '`'"),
        ('"SELECT id FROM flows" + " WHERE id > 0 OR id > "', '> "', "the statement ends at '>'"),
        # What stands before the part that is known only at run time is wrong whatever it is.
        ('"SELECT id, FROM flows WHERE id IN (" + more + ")"', "FROM", "syntax error at ', FROM'"),
        (
            '"UPDATE flows SET name = CASE id WHEN ? THEN ? WHERE id IN (" + more + ")"',
            "WHERE",
            "syntax error at '? WHERE'",
        ),
    ],
)
def test_a_text_that_is_joined_of_literals(tree: Tree, expression: str, word: str, message: str) -> None:
    [finding] = tree.findings(DDL, expression)
    assert (finding.rule, finding.errno, finding.message) == ("NP109", 1064, message)
    assert (finding.position.line, finding.position.column) == place(go(expression), word)


COLUMNS = """package store

import "database/sql"

KIND columns = "id, name,"

func Load(db *sql.DB, wide bool) {
	db.Query("SELECT " + columns + " FROM flows")
}
"""


@pytest.mark.parametrize(("kind", "rules"), [("const", ["NP109"]), ("var", [])])
def test_the_last_comma_of_a_constant_that_a_text_is_joined_of(tree: Tree, kind: str, rules: list[str]) -> None:
    tree.write("schema.sql", DDL)
    source = COLUMNS.replace("KIND", kind)
    tree.write("store.go", source)
    found = tree.audit("store.go").findings
    assert [each.rule for each in found] == rules
    assert [(each.position.line, each.position.column) for each in found] == [place(source, "FROM")] * len(rules)


@pytest.mark.parametrize(
    "expression",
    [
        '"SELECT id FROM flows WHERE id = " + more + " AND AND name = 1"',
        '"SELECT id FROM flows WHERE AND" + more',
        '"SELECT id FROM flows" + suffix + "WHERE id = ?"',
        '"SELECT id FROM elsewhere" + "WHERE id = ?"',
        '"SELECT id FROM flows WHERE " + "id" + " > "',
    ],
)
def test_what_stands_behind_or_beside_a_hole_is_in_doubt(tree: Tree, expression: str) -> None:
    assert [each.rule for each in tree.findings(DDL, expression, "`SELECT id FROM flows`")] == []


def test_texts_that_all_stop_behind_one_word_are_wrong_whichever_is_sent(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    built = """package store

import "database/sql"

func List(db *sql.DB, byName bool) {
\tsort := "id"
\tif byName {
\t\tsort = "name"
\t}
\tdb.Query("SELECT id FROM flows ORDER " + sort + " DESC")
}
"""
    tree.write("store.go", built)
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.message) == ("NP109", "syntax error behind 'ORDER'")
    assert (finding.position.line, finding.position.column) == place(built, "ORDER")
    built = built.replace('sort := "id"', 'sort := "BY id"')
    tree.write("store.go", built)
    [finding] = tree.audit("store.go").findings
    assert (finding.message, finding.branch) == ("syntax error at 'ORDER name'", "if byName")
    tree.write("store.go", built.replace('sort = "name"', 'sort = "BY name"'))
    assert tree.audit("store.go").findings == ()


def test_a_blank_that_is_missing_behind_several_placeholders_is_one_finding(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = FIND.replace('query+" ORDER', 'query+"ORDER').replace(
        '"SELECT id FROM flows"', '"SELECT id FROM flows WHERE id > ?"'
    )
    source = source.replace(' WHERE " + strings', ' AND " + strings')
    tree.write("store.go", source[: source.index("func Add")])
    found = [each for each in tree.audit("store.go").findings if each.rule != "NP107"]
    assert [(each.rule, each.message) for each in found] == [("NP109", "syntax error at '?ORDER': a blank is missing")]
    assert (found[0].position.line, found[0].position.column) == place(source, "ORDER")


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ('"SELECT id FROM flows LIMIT %d"', "%!d(MISSING)"),
        ('"SELECT id FROM %s WHERE id = %d", "flows"', "%!d(MISSING)"),
        ('"SELECT DATE_FORMAT(name, \'%Y-%m\') FROM %s", "flows"', "%!Y(string="),
        ('"SELECT DATE_FORMAT(name, \'%%Y-%%m\') FROM %s LIMIT %d", "flows", 5', ""),
        ('"SELECT id FROM %[1]s WHERE id = %[2]d", "flows", 5', ""),
    ],
)
def test_what_sprintf_writes_for_a_verb_without_an_argument(tree: Tree, call: str, shown: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "store.go",
        'package store\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n\n'
        f"func Run(db *sql.DB) {{\n\tdb.Query(fmt.Sprintf({call}))\n}}\n",
    )
    told = [each.message for each in tree.audit("store.go").findings]
    assert told == ([f"a verb of fmt.Sprintf without a fitting argument: the text has '{shown}'"] if shown else [])
