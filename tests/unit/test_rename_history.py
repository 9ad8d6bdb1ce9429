"""Former names are known wherever the schema comes from, as long as the migrations are at hand."""

from __future__ import annotations

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.sql.ddl import DdlText
from nodepath_cli.sql.renames import RenameHistory
from tests.tree import Tree, go


def history(*statements: str) -> RenameHistory:
    found = RenameHistory(Dialect())
    for number, sql in enumerate(statements, 1):
        found.read(DdlText(sql, f"migrations/{number:04}_x.sql"))
    return found


def test_renames_are_read_in_every_form_and_lead_to_the_last_name() -> None:
    found = history(
        "ALTER TABLE t CHANGE COLUMN a b INT, ADD x INT",
        "ALTER TABLE t RENAME COLUMN b TO c",
        "RENAME TABLE t TO u",
        "ALTER TABLE u RENAME TO v",
        "ALTER TABLE v MODIFY c BIGINT",
        "ALTER TABLE v CHANGE c c BIGINT",
        "ALTER TABLE",
    )
    assert [(each.table, each.old, each.new) for each in found.columns] == [("v", "a", "c"), ("v", "b", "c")]
    assert [(each.old, each.new) for each in found.tables] == [("t", "v"), ("u", "v")]
    assert found.columns[0].reason == "renamed in 0001_x.sql"


def suggestions(tree: Tree, code: str, settings: Settings) -> list[tuple[str, str]]:
    tree.write("store.go", go(code))
    (finding,) = tree.audit("store.go", "migrations", settings=settings).findings
    return [(each.replacement, each.reason) for each in finding.suggestions]


def test_the_owned_tables_former_names_are_known_against_any_schema(tree: Tree) -> None:
    tree.write("migrations/000001_a.sql", "SELECT 1;")
    tree.write("dump.sql", "CREATE TABLE ai_whatsapp_session_nodepath (id_prospect INT, id_device INT);")
    found = suggestions(tree, "`SELECT phone_number FROM ai_whatsapp_session_nodepath`", Settings(schema=("dump.sql",)))
    assert found[0] == ("id_prospect", "former name (0001)")


def test_the_trees_migrations_are_known_against_any_schema(tree: Tree) -> None:
    tree.write("migrations/000001_a.sql", "ALTER TABLE t CHANGE colour shade INT;\nRENAME TABLE t TO paint;")
    tree.write("dump.sql", "CREATE TABLE paint (shade INT, other INT);")
    settings = Settings(schema=("dump.sql",))
    assert suggestions(tree, "`SELECT colour FROM paint`", settings) == [("shade", "renamed in 000001_a.sql")]
    tree.write("dump.sql", "CREATE TABLE paint (colour INT, other INT);")
    assert suggestions(tree, "`SELECT shade FROM paint`", settings) == [("colour", "not yet renamed in 000001_a.sql")]
    tree.write("dump.sql", "CREATE TABLE paint (shade INT, other INT);")
    assert suggestions(tree, "`SELECT shade FROM t`", settings) == [("paint", "renamed in 000001_a.sql")]
