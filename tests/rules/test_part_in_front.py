"""A statement that a part known only at run time stands in front of, most likely a comment: it is read without it."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief
from tests.unit.go_host import body, only, statements, variants

HEAD = 'package store\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n\nvar _ = fmt.Sprint\n\n'
TYPE = "type repo struct {\n\tdb   *sql.DB\n\tnote string\n}\n\n"
WRONG = "SELECT wrong FROM parts WHERE id = ?"
DDL = "CREATE TABLE parts (id INT, sku INT);"


def audited(tree: Tree, argument: str, more: str = "id") -> tuple[list[tuple[str, str | None]], tuple[int, int, int]]:
    """Return the findings of a query of a repository with a note, and how many texts were understood."""
    tree.write("schema.sql", DDL)
    tree.write(
        "store.go", f"{HEAD}{TYPE}func (r *repo) find(id int, tag string) {{\n\tr.db.Query({argument}, {more})\n}}\n"
    )
    report = tree.audit("store.go")
    counts = report.counts
    return brief(list(report.findings)), (counts.resolved, counts.partial, counts.unresolved)


@pytest.mark.parametrize(
    "argument",
    [
        f'fmt.Sprintf("%s{WRONG}", r.note)',
        f'fmt.Sprintf("%s %s\\n{WRONG}", r.note, tag)',
        f'r.note + "{WRONG}"',
        f'tag + " {WRONG}"',
    ],
)
def test_the_statement_behind_it_is_checked_and_partly_understood(tree: Tree, argument: str) -> None:
    assert audited(tree, argument) == ([("NP101", "wrong")], (0, 1, 0))


def test_it_may_hold_placeholders(tree: Tree) -> None:
    query = 'tag + "SELECT sku FROM parts WHERE id = ?"'
    assert audited(tree, query, "id, id")[0] == []
    assert [rule for rule, _ in audited(tree, query.replace("id = ?", "id = ? AND sku = ?"))[0]] == ["NP107"]


def test_it_may_name_a_table(tree: Tree) -> None:
    assert audited(tree, 'tag + "SELECT total FROM recent WHERE id = ?"')[0] == []


def test_it_may_change_what_is_right_behind(tree: Tree) -> None:
    assert audited(tree, 'tag + "SELECT sku FROM parts WHERE id = ? ON DUPLICATE KEY UPDATE id = 1"')[0] == []


@pytest.mark.parametrize(
    "argument", ['tag + " WHERE id = ?"', 'tag + "select one of these"', 'tag + "parts SET id = ?"']
)
def test_what_begins_like_no_statement_is_not_read(tree: Tree, argument: str) -> None:
    assert audited(tree, argument) == ([], (0, 0, 1))


def test_a_comment_around_it_makes_no_part_of_the_statement(tree: Tree) -> None:
    assert audited(tree, f'"/* " + tag + " */ {WRONG}"') == ([("NP101", "wrong")], (1, 0, 0))


def test_its_text_is_listed_with_the_hole_first() -> None:
    found = only(statements(body('r.db.Query(id + "SELECT a FROM t WHERE b = ?", n)')))
    assert variants(found) == ["<>SELECT a FROM t WHERE b = ?"]


def test_a_table_that_it_stands_in_front_of_is_made(tree: Tree) -> None:
    code = f"{HEAD}{TYPE}func (r *repo) run(id int) {{\n"
    code += '\tr.db.Exec(r.note + "CREATE TABLE IF NOT EXISTS parts (id INT, sku INT)")\n'
    code += f'\tr.db.Query(r.note+"{WRONG}", id)\n}}\n'
    tree.write("store.go", code)
    assert brief(list(tree.audit("store.go").findings)) == [("NP101", "wrong")]
