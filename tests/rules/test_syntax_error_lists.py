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
