"""gorm's expressions are SQL that takes the place of a `?`."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief
from tests.unit.go_host import flat, only, source_of, statements, variants


def _file(code: str, path: str = "gorm.io/gorm") -> str:
    lines = "\n".join("\t" + line for line in code.split("\n"))
    return f'''package store

import (
\t"{path}"
\t"gorm.io/gorm/clause"
)

var _ clause.Expr

const notes = "notes"

func run(db *gorm.DB, id string, rest ...any) {{
{lines}
}}
'''


@pytest.mark.parametrize("path", ["gorm.io/gorm", "github.com/jinzhu/gorm"])
def test_an_expression_is_written_in_the_place_of_its_placeholder(path: str) -> None:
    source = _file(
        'db.Exec("UPDATE ? SET a = ?, b = \'?\' WHERE ?", gorm.Expr(notes), id, gorm.Expr("c = ?", id))', path
    )
    found = only(statements(source))
    assert flat(found.sql) == "UPDATE notes SET a = ?, b = '?' WHERE c = ?"
    assert source_of(source, found.variants[0], "notes") == "notes"


def test_an_expression_of_several_branches_gives_each_text() -> None:
    code = """where := gorm.Expr("a = 1")
if id != "" {
\twhere = gorm.Expr("b = ?", id)
}
db.Raw("SELECT a FROM notes WHERE ?", where)"""
    assert sorted(variants(only(statements(_file(code))))) == [
        "SELECT a FROM notes WHERE a = 1",
        "SELECT a FROM notes WHERE b = ?",
    ]


def test_a_clause_expression_counts_as_one() -> None:
    code = 'db.Exec("DELETE FROM ? WHERE id = ?", clause.Expr{SQL: "notes"}, id)'
    assert flat(only(statements(_file(code))).sql) == "DELETE FROM notes WHERE id = ?"


def test_what_is_not_known_of_an_expression_is_a_hole() -> None:
    code = 'db.Exec("DELETE FROM ? WHERE id = ?", gorm.Expr(id), id)'
    assert flat(only(statements(_file(code))).sql) == "DELETE FROM <> WHERE id = ?"


def test_placeholders_stay_where_their_arguments_cannot_be_told() -> None:
    code = 'db.Exec("UPDATE notes SET a = ?, b = ?", rest...)\ndb.Exec("UPDATE notes SET a = ?", gorm.Expr("b"), id)'
    assert [flat(each.sql) for each in statements(_file(code))] == [
        "UPDATE notes SET a = ?, b = ?",
        "UPDATE notes SET a = ?",
    ]


def test_a_part_of_a_statement_may_use_the_tables_around_it(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT, n INT); CREATE TABLE tags (note INT);")
    code = """db.Table("notes").UpdateColumn("n", gorm.Expr("(SELECT COUNT(*) FROM tags t WHERE t.note = notes.id)"))
db.Table("notes").UpdateColumn("n", gorm.Expr("(SELECT COUNT(*) FROM tags)"))
db.Table("notes").UpdateColumn("n", gorm.Expr("(SELECT COUNT(*) FROM nosuch)"))
db.Raw("SELECT COUNT(*) FROM tags t WHERE t.note = notes.id")"""
    tree.write("store.go", _file(code))
    report = tree.audit(".")
    assert brief(list(report.findings)) == [("NP102", "nosuch"), ("NP101", "id")]
    assert [each.reason for each in report.partial] == ["a part of a statement, which may use the tables around it"]
