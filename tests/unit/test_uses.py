"""The reverse index finds every use, and says of what it cannot know that it cannot."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.analyse import analyse
from nodepath_cli.audit.unused_columns import unused
from nodepath_cli.audit.uses import Index, blind_of, index, subject, uses_of
from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from tests.tree import Tree, go, place

DDL = (
    "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20), stage INT);\n"
    "CREATE TABLE steps (id INT NOT NULL PRIMARY KEY, flow_id INT, label VARCHAR(20));\n"
)


def indexed(tree: Tree, *statements: str, ddl: str = DDL) -> Index:
    """The index of statements, given as Go expressions."""
    tree.write("schema.sql", ddl)
    tree.write("store.go", go(*statements))
    settings = Settings(schema=("schema.sql",))
    return index(analyse(("store.go",), settings))


def accesses(known: Index, name: str) -> list[tuple[str, str | None]]:
    """Access and column of each use."""
    return [(each.access, each.column) for each in uses_of(subject(name, known), known)]


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("SELECT name FROM flows", "flows.name", ["read"]),
        ("SELECT f.name FROM flows f WHERE f.name = ? ORDER BY f.name", "flows.name", ["read", "filter", "order"]),
        (
            "SELECT stage, COUNT(*) FROM flows GROUP BY stage HAVING stage > 1",
            "flows.stage",
            ["read", "group", "filter"],
        ),
        ("INSERT INTO flows (id, name) VALUES (?, ?)", "flows.name", ["write"]),
        ("UPDATE flows SET stage = stage + 1 WHERE id = ?", "flows.stage", ["write", "read"]),
        ("INSERT INTO flows (id) VALUES (1) ON DUPLICATE KEY UPDATE name = 'x'", "flows.name", ["write"]),
        ("SELECT 1 FROM flows f JOIN steps s ON s.flow_id = f.id", "steps.flow_id", ["join"]),
        ("SELECT 1 FROM flows JOIN steps USING (id)", "flows.id", ["join"]),
        ("SELECT 1 FROM flows JOIN steps USING (id)", "steps.id", ["join"]),
        ("SELECT 1 FROM flows NATURAL JOIN steps", "steps.id", ["join"]),
        ("SELECT 1 FROM flows NATURAL JOIN steps", "steps.label", []),
        ("SELECT * FROM flows", "flows.stage", ["read"]),
        ("SELECT f.* FROM flows f, steps s", "flows.stage", ["read"]),
        ("SELECT f.* FROM flows f, steps s", "steps.label", []),
        ("SELECT COUNT(*) FROM flows", "flows.stage", []),
        ("SELECT x.name FROM (SELECT * FROM flows) x", "flows.stage", ["read"]),
        ("SELECT * FROM (SELECT name FROM flows) x", "flows.stage", []),
        ("WITH c AS (SELECT name FROM flows) SELECT * FROM c", "flows.stage", []),
        ("INSERT INTO flows VALUES (1, 'a', 2)", "flows.stage", ["write"]),
        ("SELECT NAME FROM flows", "flows.name", ["read"]),
    ],
)
def test_how_a_column_is_used(tree: Tree, statement: str, name: str, expected: list[str]) -> None:
    known = indexed(tree, f"`{statement}`")
    assert sorted(access for access, _ in accesses(known, name)) == sorted(expected)


@pytest.mark.parametrize(
    ("statement", "flows", "steps"),
    [
        ("DELETE FROM flows", ["write"], []),
        ("DELETE s FROM flows f JOIN steps s ON 1 = 1", ["read"], ["write"]),
        ("UPDATE flows f JOIN steps s ON 1 = 1 SET s.label = 'x'", ["read"], ["write"]),
        ("REPLACE INTO flows (id) SELECT 1 FROM steps", ["write"], ["read"]),
    ],
)
def test_how_a_table_is_used(tree: Tree, statement: str, flows: list[str], steps: list[str]) -> None:
    known = indexed(tree, f"`{statement}`")
    for table, expected in (("flows", flows), ("steps", steps)):
        assert [each.access for each in known.uses if each.table == table and each.column is None] == expected


def test_a_use_has_its_place_and_its_function(tree: Tree) -> None:
    (use,) = uses_of(subject("flows.name", known := indexed(tree, "`SELECT id,\n\tname FROM flows`")), known)
    text = (tree.folder / "store.go").read_text()
    assert (use.path, use.line, use.column_number, use.function) == ("store.go", *place(text, "name"), "Run")


def test_a_text_with_branches_counts_once(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = (
        "package store\n\nfunc Find(db *sql.DB, all bool) {\n\tq := `SELECT name FROM flows`\n"
        "\tif !all {\n\t\tq += ` WHERE stage = 1`\n\t}\n\tdb.Query(q)\n}\n"
    )
    tree.write("store.go", source)
    settings = Settings(schema=("schema.sql",))
    known = index(analyse(("store.go",), settings))
    assert accesses(known, "flows.name") == [("read", "name")]
    assert accesses(known, "flows.stage") == [("filter", "stage")]


def test_a_constant_is_used_by_every_function_that_puts_it_into_a_statement(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    source = (
        "package store\n\nconst columns = `id, name`\n\n"
        "func One(db *sql.DB) { db.Query(`SELECT ` + columns + ` FROM flows`) }\n\n"
        "func All(db *sql.DB) { db.Query(`SELECT ` + columns + ` FROM flows ORDER BY id`) }\n"
    )
    tree.write("store.go", source)
    settings = Settings(schema=("schema.sql",))
    known = index(analyse(("store.go",), settings))
    found = uses_of(subject("flows.name", known), known)
    assert [(each.function, each.line) for each in found] == [("All", 3), ("One", 3)]


def test_a_name_that_only_the_code_has_is_known_too(tree: Tree) -> None:
    known = indexed(tree, "`SELECT phone FROM leads WHERE id = ?`", "`SELECT nmae FROM flows`")
    assert accesses(known, "leads.phone") == [("read", "phone")]
    assert accesses(known, "flows.nmae") == [("read", "nmae")]


@pytest.mark.parametrize(
    ("name", "message", "step"),
    [
        ("flow", "no table 'flow'", "`flows`"),
        ("Flows.name", "no table 'Flows'", "`flows`"),
        ("flows.nam", "no column 'nam' in table flows", "`name`"),
        ("flows.zzzzzz", "no column 'zzzzzz'", "nodepath uses flows"),
        ("zzzzzz", "no table 'zzzzzz'", "nodepath schema show"),
        ("", "no table ''", ""),
        (".", "no table", ""),
        ("flows.", "no column ''", ""),
    ],
)
def test_an_unknown_name_is_refused_with_its_neighbours(tree: Tree, name: str, message: str, step: str) -> None:
    known = indexed(tree, "`SELECT name FROM flows`")
    with pytest.raises(UsageError, match=message) as caught:
        subject(name, known)
    assert step in caught.value.next_step


def test_a_column_is_found_in_any_case_and_in_back_quotes(tree: Tree) -> None:
    known = indexed(tree, "`SELECT name FROM flows`")
    assert subject("`flows`.`NAME`", known).label == "flows.name"


def test_what_no_statement_names_is_unused(tree: Tree) -> None:
    known = indexed(tree, "`SELECT id, name FROM flows`", "`SELECT s.* FROM steps s`")
    assert [(each.table, each.column, each.doubt) for each in unused(known)] == [("flows", "stage", None)]


def test_an_insert_without_a_list_names_every_column(tree: Tree) -> None:
    assert unused(indexed(tree, "`INSERT INTO flows VALUES (1, 'a', 2)`"), "flows") == ()


@pytest.mark.parametrize(
    ("statement", "flows", "steps"),
    [
        ('"SELECT id FROM flows WHERE " + cond()', False, True),
        ("`SELECT id FORM flows`", False, True),
        ('"SELECT id FROM " + table()', False, False),
        ('"SELECT 1 FROM steps " + joins()', False, False),
        ("`SELECT id FROM leads`", True, True),
    ],
)
def test_what_a_statement_may_use_that_was_not_understood_is_not_proved(
    tree: Tree, statement: str, flows: bool, steps: bool
) -> None:
    known = indexed(tree, statement)
    doubts = {each.table: each.doubt for each in unused(known)}
    assert (doubts["flows"] is None, doubts["steps"] is None) == (flows, steps)
    assert bool(blind_of("flows", known)) is not flows


def test_a_view_may_read_what_no_statement_names(tree: Tree) -> None:
    known = indexed(tree, "`SELECT id FROM flows`", ddl=DDL + "CREATE VIEW v AS SELECT stage FROM flows;\n")
    assert {each.doubt for each in unused(known)} == {"view v may read it"}
    assert {each.table for each in unused(known)} == {"flows", "steps"}


def test_the_lock_tables_of_another_program_are_not_listed_unless_asked_for(tree: Tree) -> None:
    tree.write("store.go", go("`CREATE TABLE flows (id INT, name INT)`", "`SELECT id FROM flows`"))
    known = index(analyse(("store.go",), Settings()))
    assert [(each.table, each.column) for each in unused(known)] == [("flows", "name")]
    assert len(unused(known, "wasapBot_session_nodepath")) == 4
