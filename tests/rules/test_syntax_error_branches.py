"""NP109 in a text that branches build: a piece that no text can be read with is an error, with its branch."""

from __future__ import annotations

import pytest

from tests.tree import Tree, place

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), area INT);"

LIST = """package store

import (
\t"database/sql"
\t"strings"
)

func List(db *sql.DB, name string, area int, byName bool, ids []int) {
\tquery := "SELECT id FROM flows WHERE id > 0"
\tif name != "" {
\t\tquery += " AND name = 'x'"
\t}
\tif area > 0 {
\t\tquery += " AND area = 1"
\t} else {
\t\tquery += " AND area <> 2"
\t}
\torder := "id DESC"
\tif byName {
\t\torder = "name"
\t}
\tdb.Query(query + " ORDER BY " + order + " LIMIT 1")
}

func Set(db *sql.DB, name, area bool) {
\tvar sets []string
\tif name {
\t\tsets = append(sets, "name = 'x'")
\t}
\tif area {
\t\tsets = append(sets, "area = 1")
\t}
\tdb.Exec("UPDATE flows SET " + strings.Join(sets, ", ") + " WHERE id = 1")
}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "framed", "message"),
    [
        ('" AND area = 1"', '" AND AND area = 1"', "AND area = 1", "syntax error at 'AND AND'"),
        ('" AND area = 1"', '" AND area == 1"', "= 1", "syntax error at '=='"),
        ('" AND area = 1"', '" WHERE area = 1"', "WHERE area = 1", "WHERE'"),
        ('" AND area = 1"', '" area = 1"', "area = 1", "area'"),
        ('" AND area = 1"', '" AND area = 1 AND"', 'AND"', "syntax error behind 'AND'"),
        ('" AND area = 1"', '" AND area BETWEEN 1, 2"', ", 2", "syntax error at '1,'"),
        ('" AND area = 1"', '" AND area = ABS(1"', "(1", "syntax error at '('"),
        ('order = "name"', 'order = "name,"', ',"', "syntax error behind ','"),
        ('"area = 1")', '"area 1")', '1")', "syntax error at 'area 1'"),
        ('"area = 1")', '"area = 1,")', ',")', "syntax error behind ','"),
    ],
)
def test_a_piece_that_no_text_can_be_read_with(tree: Tree, right: str, wrong: str, framed: str, message: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", LIST)
    report = tree.audit("store.go")
    assert (report.findings, report.counts.resolved) == ((), 2)
    source = LIST.replace(right, wrong)
    tree.write("store.go", source)
    report = tree.audit("store.go")
    [finding] = report.findings
    assert (finding.rule, finding.errno) == ("NP109", 1064)
    assert message in finding.message
    line, column = place(source, wrong)
    assert (finding.position.line, finding.position.column) == (line, column + wrong.index(framed))
    assert finding.branch
    assert report.counts.resolved == 1


MANY = """package store

import "database/sql"

func List(db *sql.DB, a, b, c, d, e, f bool) {
	query := "SELECT id FROM flows WHERE id > 0"
	if a {
		query += " AND name = 'x'"
	}
	if b {
		query += " AND area = 1"
	}
	if c {
		query += " AND area < 9"
	}
	if d {
		query += " AND EXISTS (SELECT 1 FROM flows AS o WHERE o.area = flows.area)"
	}
	if e {
		query += " AND name <> 'y'"
	}
	query += " ORDER BY name"
	if f {
		query += " LIMIT 1"
	}
	db.Query(query)
}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "framed"),
    [
        ('" AND name = ', '" name = ', "name"),
        ('" AND area = 1"', '" area = 1"', "area"),
        ('" AND EXISTS', '" EXISTS', "EXISTS"),
        ('" AND name <>', '" name <>', "name"),
        ('" LIMIT 1"', '" LIMITS 1"', "LIMITS"),
    ],
)
def test_a_piece_of_more_branches_than_texts_are_made_of(tree: Tree, right: str, wrong: str, framed: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", MANY)
    assert tree.audit("store.go").findings == ()
    source = MANY.replace(right, wrong)
    tree.write("store.go", source)
    [finding] = tree.audit("store.go").findings
    line, column = place(source, wrong)
    assert (finding.rule, finding.position.line) == ("NP109", line)
    assert finding.position.column == column + wrong.index(framed)


def test_a_piece_that_only_a_missing_combination_makes_right(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = MANY.replace(" WHERE id > 0", "").replace("AND name = 'x'", "WHERE name = 'x'")
    tree.write("store.go", source.replace("if b {", "if b && a {").replace("if c {", "if c && a {"))
    assert [each for each in tree.audit("store.go").findings if "LIMIT" in each.message] == []


def test_an_unknown_column_beside_a_broken_branch_is_told_too(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", LIST.replace('" AND area = 1"', '" AND AND area = 1"').replace("id > 0", "ident > 0"))
    assert sorted(each.rule for each in tree.audit("store.go").findings) == ["NP101", "NP109"]


GUARDED = [
    # The list has elements where it is used.
    """\tvar conds []string
\tif a {
\t\tconds = append(conds, "area = 1")
\t}
\tquery := "SELECT id FROM flows"
\tif len(conds) > 0 {
\t\tquery += " WHERE " + strings.Join(conds, " AND ")
\t}
\tdb.Query(query + " ORDER BY id")""",
    # What ends each piece is taken away again.
    """\tquery := "SELECT id FROM flows WHERE"
\tif a {
\t\tquery += " area = 1 AND"
\t}
\tif b {
\t\tquery += " name = 'x' AND"
\t}
\tquery = strings.TrimSuffix(query, " AND")
\tif a || b {
\t\tdb.Query(query)
\t}""",
    """\tquery := "UPDATE flows SET "
\tif a {
\t\tquery += "area = 1, "
\t}
\tif b {
\t\tquery += "name = 'x', "
\t}
\tquery = query[:len(query)-2] + " WHERE id = 1"
\tif a || b {
\t\tdb.Exec(query)
\t}""",
    # The caller has made sure of one of the two.
    """\tquery := "SELECT id FROM flows WHERE "
\tif a {
\t\tquery += "area = 1"
\t}
\tif b {
\t\tif a {
\t\t\tquery += " AND "
\t\t}
\t\tquery += "name = 'x'"
\t}
\tdb.Query(query)""",
    """\tvar sets []string
\tif a {
\t\tsets = append(sets, "area = 1")
\t}
\tdb.Exec("UPDATE flows SET " + strings.Join(sets, ", ") + " WHERE id = 1")""",
    """\twhere := ""
\tif a {
\t\twhere = "area = 1"
\t}
\tif b {
\t\twhere += " AND name = 'x'"
\t}
\tif where == "" {
\t\treturn
\t}
\tdb.Query("SELECT id FROM flows WHERE " + where + " ORDER BY id")""",
    """\tmarks := ""
\tfor i := range ids {
\t\tif i > 0 {
\t\t\tmarks += ", "
\t\t}
\t\tmarks += "?"
\t}
\tquery := "SELECT id FROM flows WHERE area = 1"
\tif a {
\t\tquery += " AND id IN (" + marks + ")"
\t}
\tdb.Query(query, ids...)""",
    # The first piece brings WHERE, each later one AND.
    """\tquery, word := "SELECT id FROM flows", " WHERE "
\tif a {
\t\tquery += word + "area = 1"
\t\tword = " AND "
\t}
\tif b {
\t\tquery += word + "name = 'x'"
\t}
\tdb.Query(query)""",
    # Two kinds of statements with an end for one of them.
    """\tquery := "DELETE FROM flows"
\tif a {
\t\tquery = "SELECT id FROM flows"
\t}
\tquery += " WHERE id = 1"
\tif a {
\t\tquery += " GROUP BY id LIMIT 1 OFFSET 2"
\t}
\tdb.Query(query)""",
    # The last round leaves its end out.
    """\tquery := "SELECT id FROM flows WHERE area IN ("
\tfor i := range ids {
\t\tquery += "?"
\t\tif i < len(ids)-1 {
\t\t\tquery += ", "
\t\t}
\t}
\tif b {
\t\tdb.Query(query + ") ORDER BY id", ids...)
\t} else {
\t\tdb.Query(query + ")", ids...)
\t}""",
    """\tquery := ""
\tfor i := range ids {
\t\tquery += "SELECT id FROM flows WHERE area = ?"
\t\tif i < len(ids)-1 {
\t\t\tquery += " UNION ALL "
\t\t}
\t}
\tif a {
\t\tquery += " ORDER BY id"
\t} else if b {
\t\tquery += " LIMIT 5"
\t}
\tdb.Query(query, ids...)""",
    # What is too much is taken out of the whole.
    """\tif !a && !b {
\t\treturn
\t}
\tquery := "SELECT id FROM flows WHERE"
\tif a {
\t\tquery += " AND area = 1"
\t}
\tif b {
\t\tquery += " AND name = 'x'"
\t}
\tdb.Query(strings.Replace(query, "WHERE AND", "WHERE", 1))""",
    """\tquery := "SELECT id FROM flows WHERE"
\tif a {
\t\tquery += " AND area = 1"
\t}
\tif b {
\t\tquery += " AND name = 'x'"
\t}
\tdb.Query(spaces.ReplaceAllString(query, "WHERE"))""",
    """\twhere := ""
\tif a {
\t\twhere += " AND area = 1"
\t}
\tif b {
\t\twhere += " AND name = 'x'"
\t}
\tdb.Query("SELECT id FROM flows" + strings.Replace(where, " AND", " WHERE", 1))""",
    # A case that is dealt with before.
    """\toperators := map[string]string{"eq": "=", "lt": "<", "none": "IS NULL"}
\tquery := "SELECT id FROM flows WHERE area "
\tif kind == "none" {
\t\tdb.Query(query + operators[kind])
\t\treturn
\t}
\tdb.Query(query + operators[kind] + " ?", ids...)""",
    """\tfirst := true
\tword := func() string {
\t\tif first {
\t\t\tfirst = false
\t\t\treturn " WHERE "
\t\t}
\t\treturn " AND "
\t}
\tquery := "SELECT id FROM flows" + word() + "area = 1"
\tif a {
\t\tquery += word() + "name = 'x'"
\t}
\tdb.Query(query)""",
    """\tvar text strings.Builder
\ttext.WriteString("SELECT id FROM flows WHERE ")
\tif a {
\t\ttext.WriteString("area = 1 AND ")
\t}
\ttext.WriteString("1 = 1")
\tif b {
\t\ttext.WriteString(" FOR UPDATE")
\t}
\tdb.Query(text.String())""",
    """\topen, closed := "", ""
\tif a {
\t\topen, closed = "(", ")"
\t}
\tdb.Query("SELECT id FROM flows WHERE " + open + "area = 1" + closed)""",
]


@pytest.mark.parametrize("body", GUARDED)
def test_right_code_whose_texts_are_not_all_sent(tree: Tree, body: str) -> None:
    tree.write("schema.sql", DDL)
    head = 'package store\n\nimport (\n\t"database/sql"\n\t"regexp"\n\t"strings"\n)\n\n'
    head += "var _ = strings.Join\nvar spaces = regexp.MustCompile(`WHERE\\s+AND`)\n\n"
    tree.write("store.go", f"{head}func Run(db *sql.DB, a, b bool, kind string, ids ...any) {{\n{body}\n}}\n")
    assert tree.audit("store.go").findings == ()


def test_a_list_without_closing_parenthesis_is_one_whatever_its_length(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = """package store

import (
\t"database/sql"
\t"strings"
)

func Find(db *sql.DB, ids []any) {
\tmarks := strings.Repeat("?,", len(ids))
\tmarks = marks[:len(marks)-1]
\tdb.Query("SELECT id FROM flows WHERE id IN ("+marks, ids...)
}
"""
    tree.write("store.go", source)
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.message) == ("NP109", "syntax error at '('")
    tree.write("store.go", source.replace("marks, ids", 'marks+")", ids'))
    assert tree.audit("store.go").findings == ()


@pytest.mark.parametrize("word", [" ORDER BY", " ORDER BY "])
def test_a_blank_that_is_missing_in_front_of_what_a_branch_chooses(tree: Tree, word: str) -> None:
    tree.write("schema.sql", "CREATE TABLE flows (id INT, name VARCHAR(20));")
    tree.write(
        "store.go",
        'package store\n\nimport "database/sql"\n\nfunc Run(db *sql.DB, by string) {\n\torder := "id"\n'
        f'\tif by == "name" {{\n\t\torder = "name"\n\t}}\n\tdb.Query("SELECT id FROM flows{word}" + order)\n}}\n',
    )
    told = [(each.rule, each.message) for each in tree.audit("store.go").findings]
    assert told == ([("NP109", "syntax error behind 'BY'")] if word.endswith("Y") else [])
