"""Migrations in Go: each file meets the schema of its moment, as numbered scripts do."""

from __future__ import annotations

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree

LITE = Settings(dialect=Dialect("sqlite"))


def _code(*calls: str, name: str = "Up", helpers: str = "") -> str:
    """A file of a migration whose function runs these calls."""
    body = "\n".join(f"\t{call}" for call in calls)
    head = 'package migrations\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n'
    return f"{head}\nfunc {name}(tx *sql.Tx) {{\n{body}\n}}\n{helpers}"


def _run(sql: str) -> str:
    return f"tx.Exec(`{sql}`)"


def _start(tree: Tree) -> None:
    tree.write("migrations/001_start.go", _code(_run("CREATE TABLE notes (id INT, name TEXT)"), name="Up1"))
    tree.write("migrations/003_drop.go", _code(_run("ALTER TABLE notes DROP COLUMN name"), name="Up3"))


def _found(tree: Tree) -> list[tuple[str, str | None]]:
    return [(each.path, each.identifier) for each in tree.audit(".", settings=LITE).findings]


def test_a_statement_of_a_migration_in_code_meets_the_schema_of_its_moment(tree: Tree) -> None:
    _start(tree)
    tree.write("migrations/002_move.go", _code(_run("UPDATE notes SET name = ''"), name="Up2"))
    tree.write("store/a.go", _code(_run("UPDATE notes SET name = ''"), name="Store"))
    assert _found(tree) == [("store/a.go", "name")]


def test_a_statement_that_fits_no_moment_of_its_file_is_wrong(tree: Tree) -> None:
    _start(tree)
    tree.write("migrations/004_late.go", _code(_run("UPDATE notes SET name = ''"), name="Up4"))
    assert _found(tree) == [("migrations/004_late.go", "name")]


def test_within_a_file_the_order_of_its_functions_is_not_held_against_it(tree: Tree) -> None:
    _start(tree)
    move = "\n\nfunc move2(tx *sql.Tx) {\n\t" + _run("UPDATE notes SET title = name") + "\n}\n"
    tree.write(
        "migrations/002_title.go",
        _code(_run("ALTER TABLE notes ADD COLUMN title TEXT"), "move2(tx)", name="Up2", helpers=move),
    )
    assert _found(tree) == []


def test_scripts_and_code_of_one_folder_are_one_line(tree: Tree) -> None:
    tree.write("migrations/001_start.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("migrations/002_move.go", _code(_run("UPDATE notes SET name = ''"), name="Up2"))
    tree.write("migrations/003_drop.sql", "ALTER TABLE notes DROP COLUMN name;")
    tree.write("migrations/004_late.go", _code(_run("UPDATE notes SET name = ''"), name="Up4"))
    assert _found(tree) == [("migrations/004_late.go", "name")]


def test_what_a_helper_does_for_a_migration_is_done_at_its_number(tree: Tree) -> None:
    """A rebuilt table would lose a column that was added too early."""
    tree.write(
        "migrations/helpers.go",
        _code(_run("SELECT 1"), name="Ping")
        + "\nfunc add(tx *sql.Tx, table, column, from string) {\n"
        + '\ttx.Exec(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s TEXT", table, column))\n'
        + '\ttx.Exec(fmt.Sprintf("UPDATE %s SET %s = %s", table, column, from))\n}\n',
    )
    tree.write("migrations/001_start.go", _code(_run("CREATE TABLE notes (id INT, name TEXT)"), name="Up1"))
    rebuilt = "CREATE TABLE n (id INT, name TEXT); INSERT INTO n SELECT id, name FROM notes; DROP TABLE notes;"
    tree.write("migrations/002_again.go", _code(_run(f"{rebuilt} ALTER TABLE n RENAME TO notes"), name="Up2"))
    inner = '"(SELECT max(n.name) FROM notes n WHERE n.id = notes.id)"'
    tree.write("migrations/003_add.go", _code(f'add(tx, "notes", "title", {inner})', name="Up3"))
    tree.write("migrations/004_add.go", _code('add(tx, "notes", "mood", "title")', name="Up4"))
    tree.write("store/a.go", _code(_run("SELECT title, mood, name FROM notes"), name="Store"))
    report = tree.audit(".", settings=LITE)
    assert report.findings == ()
    assert all(not each.reason.startswith("no schema") for each in report.unresolved)


def test_a_numbered_file_by_itself_is_no_migration(tree: Tree) -> None:
    tree.write("store/2fa.go", _code(_run("CREATE TABLE codes (id INT)"), _run("SELECT nosuch FROM codes"), name="F"))
    assert _found(tree) == [("store/2fa.go", "nosuch")]


def test_a_table_that_code_puts_away_and_makes_anew_is_still_there(tree: Tree) -> None:
    tree.write("schema/a.sql", "CREATE TABLE notes (id INT, title TEXT);")
    tree.write(
        "store/a.go",
        _code(_run("ALTER TABLE notes RENAME TO old_notes"), _run("SELECT title FROM notes"), name="F"),
    )
    assert _found(tree) == []


def test_a_table_that_goes_on_under_its_new_name_is_known_by_that(tree: Tree) -> None:
    tree.write("schema/a.sql", "CREATE TABLE notes (id INT, title TEXT);")
    rename = _run("ALTER TABLE notes RENAME TO entries")
    tree.write("store/a.go", _code(rename, _run("SELECT title, nosuch FROM entries"), name="F"))
    assert _found(tree) == [("store/a.go", "nosuch")]


def test_folders_of_versions_are_one_set_of_migrations(tree: Tree) -> None:
    tree.write("migrations/v1.0/001_start.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("migrations/v1.1/002_move.go", _code(_run("UPDATE notes SET name = ''"), name="Up2"))
    tree.write("migrations/v1.2/003_drop.sql", "ALTER TABLE notes DROP COLUMN name;")
    assert _found(tree) == []
