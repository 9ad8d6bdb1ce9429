"""NP109 between the elements of a list that branches, a closure or a loop fill."""

from __future__ import annotations

import pytest

from tests.tree import Tree, place

DDL = "CREATE TABLE flows (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), area INT);"
HEAD = 'package store\n\nimport (\n\t"database/sql"\n\t"fmt"\n\t"strings"\n)\n\nvar _ = fmt.Sprint\n\n'
CLOSURE = """func Set(db *sql.DB, name, area bool) {
\tvar sets []string
\tadd := func(column string) {
\t\tsets = append(sets, column+" = ?")
\t}
\tif name {
\t\tadd("name")
\t}
\tif area {
\t\tadd("area")
\t}
\tif len(sets) == 0 {
\t\treturn
\t}
\tdb.Exec("UPDATE flows SET " + strings.Join(sets, ", ") + " WHERE id = ?", values...)
}
"""
KEYS = """func Set(db *sql.DB, keys []string) {
\tvar sets []string
\tfor _, key := range keys {
\t\tsets = append(sets, fmt.Sprintf("`%s` = ?", key))
\t}
\tsets = append(sets, "area = 1")
\tdb.Exec("UPDATE flows SET " + strings.Join(sets, ", ") + " WHERE id = ?", values...)
}
"""
ROWS = """func Add(db *sql.DB, names []string) {
\tvar text strings.Builder
\ttext.WriteString("INSERT INTO flows (name, area) VALUES ")
\tfor at := range names {
\t\tif at > 0 {
\t\t\ttext.WriteString(", ")
\t\t}
\t\ttext.WriteString("(?, ?)")
\t}
\tdb.Exec(text.String(), values...)
}
"""
CONDITIONS = """func Find(db *sql.DB, name, area bool) {
\tconditions := []string{"SELECT id FROM flows WHERE id > 0"}
\tif name {
\t\tconditions = append(conditions, "AND name = 'x'")
\t}
\tif area {
\t\tconditions = append(conditions, "AND area = 1")
\t}
\tdb.Query(strings.Join(conditions, " "))
}
"""


@pytest.mark.parametrize(
    ("source", "right", "wrong", "framed", "message"),
    [
        (
            CLOSURE,
            'sets, ", "',
            'sets, " "',
            '" ")',
            "syntax error where the list has several elements: ' ' stands between them",
        ),
        (KEYS, 'sets, ", "', 'sets, " AND, "', ', ")', "syntax error at 'AND,'"),
        (ROWS, "(name, area) VALUES ", "(name, area) ", "(?, ?)", "syntax error at ') ('"),
    ],
)
def test_elements_that_cannot_stand_side_by_side(
    tree: Tree, source: str, right: str, wrong: str, framed: str, message: str
) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", HEAD + source)
    assert tree.audit("store.go").findings == ()
    source = (HEAD + source).replace(right, wrong)
    tree.write("store.go", source)
    [finding] = [each for each in tree.audit("store.go").findings if each.rule == "NP109"]
    assert finding.message.startswith(message)
    line, column = place(source, framed)
    assert (finding.position.line, finding.position.column) == (line, column + framed.startswith('"'))


def test_elements_that_bring_their_own_word(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", HEAD + CONDITIONS)
    assert tree.audit("store.go").findings == ()


def test_a_name_that_is_not_known_hides_nothing_behind_its_quotes(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = (
        HEAD + 'func Get(db *sql.DB, key string) {\n\tdb.Query("SELECT `" + key + "` FROM flows WHERE AND id = 1")\n}\n'
    )
    tree.write("store.go", source)
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.message) == ("NP109", "syntax error at 'WHERE AND'")


def run(body: str) -> str:
    return f"{HEAD}func Run(db *sql.DB, ids []any) {{\n{body}\n}}\n"


DELETE = '\tdb.Exec("DELETE FROM flows WHERE id IN ("+marks+")", ids...)'
EACH = '\tmarks := ""\n\tfor range ids {\n\t\tmarks += "?,"\n\t}\n'
FILLED = '\tlist := make([]string, len(ids))\n\tfor at := range ids {\n\t\tlist[at] = "?"\n\t}\n'
GLUE = """func glue(parts []string, mark string) string {
\tresult := ""
\tfor at, part := range parts {
\t\tif at > 0 {
\t\t\tresult += mark
\t\t}
\t\tresult += part
\t}
\treturn result
}

"""
BUILT = (
    '\tvar text strings.Builder\n\ttext.WriteString("DELETE FROM flows WHERE id IN (")\n\tfor at := range ids {\n'
    '\t\tif at > 0 {\n\t\t\ttext.WriteByte(\',\')\n\t\t}\n\t\ttext.WriteString("?")\n\t}\n\ttext.WriteString(")")\n'
    "\tdb.Exec(text.String(), ids...)"
)
BUFFER = (
    '\tvar text bytes.Buffer\n\ttext.WriteString("DELETE FROM flows WHERE id IN (")\n\tfor range ids {\n'
    '\t\ttext.WriteString("?,")\n\t}\n\ttext.Truncate(text.Len() - 1)\n\ttext.WriteString(")")\n'
    "\tdb.Exec(text.String(), ids...)"
)
LAST = "syntax error: a comma is left behind the last element of the list"
NOTHING = "syntax error where the list has several elements: nothing stands between them"
BLANK = "syntax error where the list has several elements: ' ' stands between them"


PAIRS = (
    "\tvar rows []string\n\tvar args []any\n\tfor name, area := range areas {\n"
    '\t\trows = append(rows, "(?, ?)")\n\t\targs = append(args, name, area)\n\t}\n'
    '\tdb.Exec("INSERT INTO flows (name, area) VALUES "+strings.Join(rows, ", "), args...)'
)
NOW = (
    '\tvar text strings.Builder\n\ttext.WriteString("INSERT INTO flows (name) VALUES ")\n\tfor at := range ids {\n'
    '\t\tif at > 0 {\n\t\t\ttext.WriteString(", ")\n\t\t}\n\t\ttext.WriteString("(CONCAT(?, \'a\'))")\n\t}\n'
    "\tdb.Exec(text.String(), ids...)"
)
FIELD = """type query struct {
\ttext strings.Builder
\targs []any
}

func (q *query) among(column string, ids []any) {
\tq.text.WriteString(" WHERE " + column + " IN (")
\tfor at, id := range ids {
\t\tif at > 0 {
\t\t\tq.text.WriteString(", ")
\t\t}
\t\tq.text.WriteString("?")
\t\tq.args = append(q.args, id)
\t}
\tq.text.WriteString(")")
}

"""


@pytest.mark.parametrize(
    ("source", "right", "wrong", "message"),
    [
        (run("\tareas := areasOf(db)\n" + PAIRS), 'rows, ", "', 'rows, " "', BLANK),
        (run(NOW), '\t\tif at > 0 {\n\t\t\ttext.WriteString(", ")\n\t\t}\n', "\t\t_ = at\n", NOTHING),
        (
            run(
                '\tvar q query\n\tq.text.WriteString("DELETE FROM flows")\n\tq.among("id", ids)\n'
                "\tdb.Exec(q.text.String(), q.args...)"
            )
            + FIELD,
            'String(", ")',
            'String(" ")',
            BLANK,
        ),
        (
            run('\tmarks := strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")\n' + DELETE),
            '"?, "',
            '"? "',
            NOTHING,
        ),
        (
            run('\tmarks := strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", ")\n' + DELETE),
            ', ", ")',
            ', ",")',
            LAST,
        ),
        (run('\tmarks := strings.Repeat("?,", len(ids))\n\tmarks = marks[:len(marks)-1]\n' + DELETE), "-1]", "]", LAST),
        (run('\tmarks := strings.Repeat(",?", len(ids))[1:]\n' + DELETE), '",?"', '" ?"', BLANK),
        (run('\tmarks := "?" + strings.Repeat(",?", len(ids)-1)\n' + DELETE), '",?"', '" ?"', "syntax error at '? ?'"),
        (run(EACH + "\tmarks = marks[:len(marks)-1]\n" + DELETE), "-1]", "]", LAST),
        (run(EACH + "\tmarks = marks[:len(marks)-1]\n" + DELETE), '"?,"', '"? "', BLANK),
        (run(FILLED + '\tmarks := strings.Join(list, ",")\n' + DELETE), '","', '""', NOTHING),
        (GLUE + run(FILLED + '\tmarks := glue(list, ", ")\n' + DELETE), '", "', '" "', BLANK),
        (run(BUILT), "','", "' '", BLANK),
        (run(BUFFER), "\ttext.Truncate(text.Len() - 1)\n", "", LAST),
    ],
)
def test_what_stands_between_and_behind_the_elements(
    tree: Tree, source: str, right: str, wrong: str, message: str
) -> None:
    if source.startswith(GLUE):
        source = source.removeprefix(GLUE) + "\n" + GLUE
    tree.write("schema.sql", DDL)
    tree.write("store.go", source.replace('\t"fmt"\n', '\t"bytes"\n\t"fmt"\n', 1))
    assert tree.audit("store.go").findings == ()
    assert right in source
    tree.write("store.go", source.replace(right, wrong).replace('\t"fmt"\n', '\t"bytes"\n\t"fmt"\n', 1))
    [finding] = [each for each in tree.audit("store.go").findings if each.rule == "NP109"]
    assert finding.message == message


TRIMMED = """func Find(db *sql.DB, name string) {
\tq := "SELECT id FROM flows WHERE "
\tif name != "" {
\t\tq += "name = 'x' AND "
\t}
\tq += "area = 1 AND "
\tq = strings.TrimSuffix(q, " AND ")
\tdb.Query(q)
}
"""
HELPED = """func marks(n int) string {
\tif n <= 0 {
\t\treturn "NULL"
\t}
\treturn strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

func Find(db *sql.DB, ids []any) {
\tdb.Query("SELECT id FROM flows WHERE id IN ("+marks(len(ids))+")", ids...)
}
"""


@pytest.mark.parametrize(
    ("source", "right", "wrong", "message"),
    [
        (TRIMMED, '(q, " AND ")', '(q, " AND")', "the statement ends at 'AND'"),
        (HELPED, 'n), ", ")', 'n), ",")', LAST),
    ],
)
def test_what_the_program_fails_to_cut_off(tree: Tree, source: str, right: str, wrong: str, message: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", HEAD + source)
    assert tree.audit("store.go").findings == ()
    tree.write("store.go", HEAD + source.replace(right, wrong))
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.message) == ("NP109", message)


@pytest.mark.parametrize(
    "body",
    [
        # The comma is left out in the last round.
        '\tmarks := ""\n\tfor at := range ids {\n\t\tmarks += "?"\n'
        '\t\tif at < len(ids)-1 {\n\t\t\tmarks += ","\n\t\t}\n\t}\n' + DELETE,
        # What cuts the last comma off is not followed.
        EACH + "\tmarks = tidy(marks)\n" + DELETE,
        # Cut off where there is one.
        '\tmarks := strings.Repeat("?,", len(ids))\n\tif len(ids) > 0 {\n\t\tmarks = marks[:len(marks)-1]\n\t}\n'
        + DELETE,
        # Another list stands behind it.
        '\tmarks := strings.Repeat("?,", len(ids)) + "0"\n' + DELETE,
        # Each round adds something else.
        '\tmarks := "0"\n\tsign := ""\n\tfor range ids {\n\t\tmarks += sign\n\t\tsign = ",?"\n\t}\n' + DELETE,
        # The number of the round is a part of the text.
        '\tvar list []string\n\tfor at := range ids {\n\t\tlist = append(list, sign("?", at))\n\t}\n'
        '\tmarks := strings.Join(list, "")\n' + DELETE,
    ],
)
def test_lists_that_are_right_or_not_known(tree: Tree, body: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", run(body))
    assert [each for each in tree.audit("store.go").findings if each.rule == "NP109"] == []


def test_what_a_helper_puts_between_elements_of_several_branches(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = (
        HEAD + "func Set(db *sql.DB, name, area bool) {\n\tvar sets []string\n"
        '\tif name {\n\t\tsets = append(sets, "name = 2")\n\t}\n'
        '\tif area {\n\t\tsets = append(sets, "area = 1")\n\t}\n'
        '\tdb.Exec("UPDATE flows SET " + glue(sets, ", ") + " WHERE id = 1")\n}\n\n' + GLUE
    )
    tree.write("store.go", source)
    assert tree.audit("store.go").findings == ()
    source = source.replace("result += mark", 'result += " "')
    tree.write("store.go", source)
    [finding] = tree.audit("store.go").findings
    assert (finding.rule, finding.position.line) == ("NP109", place(source, '" "\n')[0])
    assert finding.message.startswith(BLANK)
