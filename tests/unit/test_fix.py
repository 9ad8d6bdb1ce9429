"""`nodepath fix` rewrites what is proven, statement by statement, and says why it leaves the others."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from nodepath_cli.fixing.records import Fix
from nodepath_cli.fixing.run import plan, write_all
from tests.tree import Tree, go, place

SCHEMA = (
    "CREATE TABLE locks (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, phone_number VARCHAR(20) NOT NULL,"
    " device_id VARCHAR(20), locked_at INT NOT NULL, last_activity INT, note VARCHAR(20));\n"
    "CREATE TABLE people (phone_number VARCHAR(20), name VARCHAR(20));\n"
    "ALTER TABLE locks CHANGE phone_number id_prospect VARCHAR(20) NOT NULL;\n"
    "ALTER TABLE locks CHANGE device_id id_device VARCHAR(20);\n"
    "ALTER TABLE locks CHANGE locked_at stamp VARCHAR(20) NOT NULL;\n"
)
SETTINGS = Settings(schema=("schema.sql",), renames=(("locks.last_seen", "stamp"),))


def planned(tree: Tree, *statements: str, schema: str = SCHEMA, unsafe: bool = False) -> Fix:
    """Plan the rewriting of statements, given as Go expressions."""
    tree.write("schema.sql", schema)
    tree.write("store.go", go(*statements))
    return plan(("store.go",), SETTINGS, unsafe=unsafe)


def after(fix: Fix) -> str:
    """The only changed file's text."""
    (fixed,) = fix.files
    return fixed.after.text


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("SELECT phone_number FROM locks WHERE device_id = ?", "SELECT id_prospect FROM locks WHERE id_device = ?"),
        ("SELECT `phone_number` FROM locks l", "SELECT `id_prospect` FROM locks l"),
        ("SELECT l.Phone_Number AS phone_number FROM locks l", "SELECT l.id_prospect AS phone_number FROM locks l"),
        (
            "INSERT INTO locks (phone_number, locked_at) VALUES (?, ?) ON DUPLICATE KEY UPDATE locked_at ="
            " VALUES(locked_at)",
            "INSERT INTO locks (id_prospect, stamp) VALUES (?, ?) ON DUPLICATE KEY UPDATE stamp = VALUES(stamp)",
        ),
        (
            "SELECT 'phone_number', phone_number /* phone_number */ FROM locks -- phone_number",
            "SELECT 'phone_number', id_prospect /* phone_number */ FROM locks -- phone_number",
        ),
        (
            "UPDATE locks SET phone_number = :phone_number WHERE id = :id",
            "UPDATE locks SET id_prospect = :phone_number WHERE id = :id",
        ),
        ("UPDATE locks SET last_seen = 'x'", "UPDATE locks SET stamp = 'x'"),
        (
            "SELECT p.phone_number FROM people p JOIN locks l ON l.phone_number = p.phone_number",
            "SELECT p.phone_number FROM people p JOIN locks l ON l.id_prospect = p.phone_number",
        ),
        ("SELECT 1 FROM locks WHERE locked_at IS NULL", "SELECT 1 FROM locks WHERE stamp IS NULL"),
        ("UPDATE locks SET note = NULL, phone_number = ?", "UPDATE locks SET note = NULL, id_prospect = ?"),
        ("SELECT phone_number FROM locks WHERE id_device = ?", "SELECT id_prospect FROM locks WHERE id_device = ?"),
    ],
)
def test_proven_names_are_rewritten_and_nothing_else(tree: Tree, before: str, expected: str) -> None:
    literal, other = (f'"{before}"', f'"{expected}"') if "`" in before else (f"`{before}`", f"`{expected}`")
    fix = planned(tree, literal)
    assert after(fix) == go(other)
    assert fix.left == ()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("`INSERT INTO locks (phone_number, locked_at, last_seen) VALUES (?, ?, ?)`", "one column, 'stamp' (1110)"),
        ("`UPDATE locks SET phone_number = ?, id_prospect = ?`", "'id_prospect' would get two values (1110)"),
        ("`UPDATE locks SET phone_number = NULL`", "NULL would meet the NOT NULL column 'id_prospect' (1048)"),
        ("`UPDATE locks SET locked_at = IF(id > 1, NULL, '1')`", "'stamp' (1048)"),
        ("`INSERT INTO locks (phone_number, locked_at, note) VALUES (?, NULL, ?)`", "'stamp' (1048)"),
        ("`INSERT INTO locks (phone_number, locked_at) SELECT name, NULL FROM people`", "(1048)"),
        ("`SELECT phone_number, nowhere FROM locks`", "unknown column 'nowhere'"),
        ("`SELECT note_ FROM locks`", "('note' is only a near name)"),
        ("`SELECT name FROM peoples`", "'people' is only a near name of table 'peoples'"),
        ("`INSERT INTO locks (phone_number) VALUES (?)`", "column 'stamp' of locks has no default and gets no value"),
        ('"SELECT phone_" + "number FROM locks"', "do not lie in one literal"),
        ('"SELECT \\x70hone_number FROM locks"', "do not lie in one literal"),
        ("`SELECT x.phone_number FROM (SELECT phone_number FROM locks) x`", "unknown column 'phone_number'"),
    ],
)
def test_a_statement_that_is_not_right_as_a_whole_is_left(tree: Tree, statement: str, reason: str) -> None:
    fix = planned(tree, statement)
    assert fix.edits == ()
    (left,) = fix.left
    assert reason in left.reason
    assert (left.path, left.line) == ("store.go", 6)


def test_a_near_table_is_taken_where_that_is_asked_for(tree: Tree) -> None:
    fix = planned(tree, "`SELECT name FROM peoples`", unsafe=True)
    assert after(fix) == go("`SELECT name FROM people`")


def test_a_near_table_shows_its_columns_former_names(tree: Tree) -> None:
    fix = planned(tree, "`SELECT phone_number FROM Locks WHERE locked_at = 1`", unsafe=True)
    assert after(fix) == go("`SELECT id_prospect FROM locks WHERE stamp = 1`")


SHARED = """package store

import "database/sql"

const column = "phone_number"

func A(db *sql.DB) {
	db.Exec("SELECT " + column + " FROM locks")
}

func B(db *sql.DB) {
	db.Exec("SELECT " + column + " FROM %s")
}
"""


def test_a_constant_that_another_statement_uses_rightly_is_left(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", SHARED.replace("%s", "people"))
    fix = plan(("store.go",), SETTINGS)
    assert fix.edits == ()
    (left,) = fix.left
    assert left.line == place(SHARED, '"SELECT "')[0]
    assert "store.go:12, too, which uses it rightly" in left.reason


def test_a_constant_that_all_statements_want_changed_is_changed_once(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", SHARED.replace("%s", "locks"))
    fix = plan(("store.go",), SETTINGS)
    assert [(each.old, each.new) for each in fix.edits] == [("phone_number", "id_prospect")]
    assert fix.position(fix.edits[0]) == place(SHARED, "phone_number")


def test_migrations_are_never_rewritten(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("migrations/000001_x.sql", "CREATE TABLE locks (id_prospect INT);\nSELECT phone_numbr FROM locks;\n")
    tree.write("store.go", go("`SELECT 1`"))
    fix = plan((".",), Settings(renames=(("locks.phone_numbr", "id_prospect"),)))
    assert (fix.edits, [each.reason for each in fix.left]) == ((), ["it belongs to a migration, which may have run"])


def test_sql_files_of_queries_are_rewritten(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("queries.sql", "-- phone_number\nSELECT phone_number FROM locks;\n")
    fix = plan(("queries.sql",), SETTINGS)
    assert after(fix) == "-- phone_number\nSELECT id_prospect FROM locks;\n"


def test_former_names_of_the_owned_tables_need_no_configuration(tree: Tree) -> None:
    tree.write("store.go", go("`SELECT 1 FROM ai_whatsapp_session_nodepath WHERE phone_number = ? AND device_id = ?`"))
    fix = plan(("store.go",), Settings())
    assert [(each.old, each.new) for each in fix.edits] == [("phone_number", "id_prospect"), ("device_id", "id_device")]


def test_the_other_statements_of_a_file_are_fixed_all_the_same(tree: Tree) -> None:
    fix = planned(tree, "`UPDATE locks SET phone_number = NULL`", "`SELECT phone_number FROM locks`")
    assert after(fix) == go("`UPDATE locks SET phone_number = NULL`", "`SELECT id_prospect FROM locks`")
    assert len(fix.left) == 1


def test_bytes_around_the_names_stay_as_they_are(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    text = go("`SELECT phone_number FROM locks`").replace("\n", "\r\n").rstrip().encode() + b" // \xff \xc3\xa4"
    tree.write("store.go", text)
    path = tree.folder / "store.go"
    path.chmod(0o640)
    fix = write_all(plan(("store.go",), SETTINGS))
    assert fix.written
    assert path.read_bytes() == text.replace(b"phone_number", b"id_prospect")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(each.name for each in tree.folder.iterdir()) == ["schema.sql", "store.go"]
    assert plan(("store.go",), SETTINGS).edits == ()


def test_a_link_stays_a_link(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("real/store.go", go("`SELECT phone_number FROM locks`"))
    (tree.folder / "store.go").symlink_to("real/store.go")
    write_all(plan(("store.go",), SETTINGS))
    assert (tree.folder / "store.go").is_symlink()
    assert "id_prospect" in (tree.folder / "real/store.go").read_text()


def test_a_file_that_has_changed_meanwhile_is_not_written(tree: Tree) -> None:
    fix = planned(tree, "`SELECT phone_number FROM locks`")
    tree.write("store.go", "package other\n")
    with pytest.raises(UsageError, match="has changed"):
        write_all(fix)
    assert (tree.folder / "store.go").read_text() == "package other\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `nodepath fix`."""
    code = main(["fix", *arguments, "--no-config", "--schema", "schema.sql"])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def project(tree: Tree) -> Tree:
    """One statement that can be fixed, one that cannot, and no newline at the end."""
    tree.write("schema.sql", SCHEMA)
    statements = ("`SELECT phone_number FROM locks`", "`UPDATE locks SET phone_number = NULL`")
    tree.write("store.go", go(*statements).rstrip("\n"))
    return tree


def test_the_document_is_the_same_before_and_after_writing(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    before = (project.folder / "store.go").read_text()
    code, out, _ = run(capsys, "store.go", "--format", "json")
    dry: Any = json.loads(out)
    assert code == 1
    assert (project.folder / "store.go").read_text() == before
    line, column = place(before, "phone_number")
    assert dry["edits"] == [
        {"path": "store.go", "line": line, "column": column, "old": "phone_number", "new": "id_prospect"}
    ]
    assert [(each["path"], each["line"]) for each in dry["left"]] == [("store.go", 7)]
    assert dry["written"] is False
    code, out, _ = run(capsys, "store.go", "--write", "--format", "json")
    assert (code, json.loads(out)) == (1, dry | {"written": True})


def test_the_diff_is_one_that_patch_takes(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "store.go", "--diff", "-q")
    Path("x.diff").write_text(out)
    subprocess.run(["git", "apply", "--unsafe-paths", "x.diff"], check=True)
    assert "SELECT id_prospect FROM locks" in (project.folder / "store.go").read_text()


def test_text_says_what_would_be_done(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "store.go")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "store.go:6:18: phone_number -> id_prospect",
        "store.go:7: left: NULL would meet the NOT NULL column 'id_prospect' (1048)",
        "1 name in 1 file to rewrite, 1 statement left; nothing is written without --write",
    ]


def test_nothing_to_fix_is_clean(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", go("`SELECT id_prospect FROM locks`"))
    assert run(capsys, "store.go") == (0, "nothing to fix\n", "")


def test_the_standard_input_is_never_written(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "-", "--write", "--stdin-filename", "store.go")
    assert (code, "cannot be written" in err) == (2, True)


def test_a_table_that_a_migration_renamed_is_proven(tree: Tree) -> None:
    tree.write("migrations/000001_a.sql", "CREATE TABLE old_name (a INT);\nRENAME TABLE old_name TO new_name;\n")
    tree.write("migrations/000002_b.sql", "ALTER TABLE new_name CHANGE a b INT;\n")
    tree.write("now.sql", "CREATE TABLE new_name (b INT);")
    tree.write("store.go", go("`SELECT a FROM old_name`"))
    for settings, paths in (
        (Settings(schema=("now.sql",)), (".",)),
        (Settings(schema=("now.sql",), migrations="migrations"), ("store.go",)),
    ):
        fix = plan(paths, settings)
        assert [(each.old, each.new) for each in fix.edits] == [("a", "b"), ("old_name", "new_name")]


def test_a_renamed_table_is_renamed_where_it_qualifies_a_column(tree: Tree) -> None:
    tree.write("migrations/000001_a.sql", "CREATE TABLE old_name (a INT);\nRENAME TABLE old_name TO new_name;\n")
    tree.write("now.sql", "CREATE TABLE new_name (a INT);")
    tree.write("store.go", go("`SELECT old_name.a FROM old_name WHERE old_name.a = 1`", "`SELECT o.a FROM old_name o`"))
    fix = plan((".",), Settings(schema=("now.sql",)))
    assert after(fix) == go("`SELECT new_name.a FROM new_name WHERE new_name.a = 1`", "`SELECT o.a FROM new_name o`")
