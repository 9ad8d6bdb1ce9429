"""`nodepath db lint`: every rule about migrations, on folders of SQL and of Alembic revisions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.lint.run import lint
from tests.tree import Tree, go

ORDERS = "CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(50), total INT, email VARCHAR(20)) ENGINE=InnoDB;\n"
REVISION = '''"""{id}"""
from alembic import op

revision = "{id}"
down_revision = "{down}"


def upgrade() -> None:
    op.execute("{sql}")


def downgrade() -> None:
    {undo}
'''


def found(tree: Tree, *migrations: str, code: Sequence[str] = (), dialect: str = "mysql") -> list[Finding]:
    """The findings of a folder that begins with `orders` and goes on with these migrations."""
    for number, sql in enumerate((ORDERS, *migrations), 1):
        tree.write(f"db/{number:04}_step.sql", sql)
    settings = Settings(dialect=Dialect(dialect, (8, 0) if dialect == "mysql" else (10, 11)), dialect_given=True)
    return list(lint(["db"], settings, code=code).findings)


def told(findings: Sequence[Finding]) -> list[tuple[str, str | None]]:
    return sorted((each.rule, each.identifier) for each in findings)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3) NOT NULL;", [("NP302", "kind")]),
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3) NOT NULL DEFAULT 'a';", []),
        ("ALTER TABLE orders ADD COLUMN kind ENUM('a','b') NOT NULL;", []),
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3);", []),
        ("ALTER TABLE orders MODIFY note VARCHAR(50) NOT NULL;", [("NP302", "note"), ("NP304", None)]),
        ("ALTER TABLE orders MODIFY note VARCHAR(20);", [("NP303", "note"), ("NP304", None)]),
        ("ALTER TABLE orders MODIFY note VARCHAR(60);", []),
        ("ALTER TABLE orders MODIFY total BIGINT;", [("NP304", None)]),
        ("ALTER TABLE orders CHANGE total total SMALLINT;", [("NP303", "total"), ("NP304", None)]),
        ("ALTER TABLE orders DROP COLUMN note;", [("NP310", "note")]),
        ("DROP TABLE orders;", [("NP310", "orders")]),
        ("TRUNCATE TABLE orders;", [("NP310", "orders")]),
        ("DROP TABLE IF EXISTS later; CREATE TABLE later (id INT PRIMARY KEY);", [("NP306", None)]),
        ("CREATE TABLE a (id INT PRIMARY KEY);", []),
        ("ALTER TABLE orders ADD COLUMN IF NOT EXISTS kind INT;", [("NP113", None)]),
        ("ALTER TABLE orders ADD COLUMN note INT;", [("NP313", None)]),
        ("ALTER TABLE orders DROP COLUMN nothing;", [("NP313", None)]),
        ("ALTER TABLE elsewhere DROP INDEX a;", []),
        (
            "CREATE TABLE items (id INT PRIMARY KEY, note VARCHAR(50), FOREIGN KEY (note) REFERENCES orders (note));",
            [("NP312", "orders")],
        ),
        ("CREATE TABLE items (id INT PRIMARY KEY, o INT, FOREIGN KEY (o) REFERENCES orders (id));", []),
        ("INSERT INTO orders (id) VALUES (1);", []),
        ("INSERT INTO orders (id, note) VALUES (1, 'AKIAABCDEFGHIJKLMNOP');", [("NP309", None)]),
        ("CREATE USER u@localhost IDENTIFIED BY 'geheim';", [("NP309", None)]),
        ("ALTER TABLE orders RENAME COLUMN note TO remark;", []),
    ],
)
def test_what_is_said_of_a_migration(tree: Tree, sql: str, expected: list[tuple[str, str | None]]) -> None:
    assert told(found(tree, sql)) == expected


def test_what_a_migration_has_made_itself_is_empty_and_unused(tree: Tree) -> None:
    sql = "CREATE TABLE items (id INT PRIMARY KEY, a INT); ALTER TABLE items MODIFY a TINYINT NOT NULL;"
    assert told(found(tree, sql)) == [("NP306", None)]


def test_a_finding_frames_the_name_in_its_statement(tree: Tree) -> None:
    (each,) = found(tree, "-- why\nALTER TABLE orders\n  ADD COLUMN a INT,\n  DROP COLUMN note;\n")
    assert (each.path, each.position.line, each.position.column, each.position.end_column) == (
        "db/0002_step.sql",
        4,
        15,
        19,
    )


def test_what_the_code_still_names_is_told_with_its_places(tree: Tree) -> None:
    tree.write("store.go", go("`SELECT id, note FROM orders`"))
    (used, dropped) = found(tree, "ALTER TABLE orders DROP COLUMN note;", code=["."])
    assert (used.rule, dropped.rule) == ("NP301", "NP310")
    assert [place.path for place in used.related] == ["store.go"]
    assert told(found(tree, "ALTER TABLE orders RENAME TO bought;", code=["."])) == [("NP301", "orders")]
    assert told(found(tree, "ALTER TABLE orders DROP COLUMN email;", code=["."])) == [("NP310", "email")]


def test_what_a_later_migration_brings_back_is_not_missed_by_the_code(tree: Tree) -> None:
    tree.write("store.go", go("`SELECT id, note FROM orders`"))
    sql = ("ALTER TABLE orders DROP COLUMN note;", "ALTER TABLE orders ADD COLUMN note TEXT;")
    assert "NP301" not in {rule for rule, _ in told(found(tree, *sql, code=["."]))}


def test_two_files_with_one_number(tree: Tree) -> None:
    tree.write("db/0002_other.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    (each,) = found(tree, "ALTER TABLE orders ADD COLUMN a INT;")
    assert (each.rule, each.message) == ("NP308", "number 2 is that of 0002_other, too")


def test_numbers_begin_anew_in_each_folder(tree: Tree) -> None:
    tree.write("db/0.1/00__a.sql", ORDERS)
    tree.write("db/0.2/00__b.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    assert not lint(["db"], Settings()).findings


def test_a_missing_down_script_where_others_have_one(tree: Tree) -> None:
    tree.write("db/0001_a.up.sql", ORDERS)
    tree.write("db/0001_a.down.sql", "DROP TABLE orders;")
    tree.write("db/0002_b.up.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    assert told(lint(["db"], Settings()).findings) == [("NP305", None)]
    tree.write("db/0002_b.down.sql", "ALTER TABLE orders DROP COLUMN b;")
    assert not lint(["db"], Settings()).findings


def test_a_script_without_a_number_that_cannot_run_twice(tree: Tree) -> None:
    tree.write("fix.sql", ORDERS + "ALTER TABLE orders ADD COLUMN b INT;")
    assert "NP307" in {rule for rule, _ in told(lint(["fix.sql"], Settings()).findings)}
    tree.write("schema.sql", ORDERS)
    assert not lint(["schema.sql"], Settings()).findings


def test_alembic_revisions_several_heads_and_no_way_back(tree: Tree) -> None:
    for name, sql, undo in (("0002a", "SELECT 1", "pass"), ("0002b", "ALTER TABLE x ADD COLUMN y INT", "pass")):
        tree.write(f"versions/{name}.py", REVISION.format(id=name, down="0001", sql=sql, undo=undo))
    assert told(lint(["versions"], Settings()).findings) == [("NP305", None), ("NP311", None)]


def test_a_revision_is_found_at_the_line_that_sends_the_statement(tree: Tree) -> None:
    sql = "ALTER TABLE wasapBot_session_nodepath DROP COLUMN timestamp"
    text = REVISION.format(id="0002", down="0001", sql=sql, undo="raise RuntimeError('gone')")
    tree.write("versions/0002_x.py", text)
    (each,) = lint(["versions"], Settings()).findings
    assert (each.rule, each.position.line) == ("NP310", text[: text.index("op.execute")].count("\n") + 1)


def test_a_comment_silences_a_rule(tree: Tree) -> None:
    assert not found(tree, "-- nodepath: ignore[NP310] moved away\nALTER TABLE orders DROP COLUMN note;\n")


def test_a_secret_never_stands_in_a_report(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("db/0001_a.sql", "CREATE USER u@localhost IDENTIFIED BY 'geheim';\n")
    for name in ("json", "sarif", "jsonl", "junit", "gitlab"):
        assert main(("db", "lint", "db", "--format", name)) == 0
    assert "geheim" not in capsys.readouterr().out


def test_only_the_files_that_differ_from_a_revision_are_reported(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=n@n", *arguments], check=True, capture_output=True
        )

    tree.write("db/0001_a.sql", ORDERS)
    tree.write("db/0002_b.sql", "ALTER TABLE orders DROP COLUMN note;")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    tree.write("db/0003_c.sql", "ALTER TABLE orders DROP COLUMN total;")
    assert main(("db", "lint", "db", "--format", "json", "--diff-base", "HEAD")) == 0
    document: Any = json.loads(capsys.readouterr().out)
    assert [each["identifier"] for each in document["findings"]] == ["total"]
    assert main(("db", "lint", "db", "--fail-on", "warning", "--diff-base", "HEAD")) == 1
    assert main(("db", "lint", "db", "--diff-base", "nowhere")) == 2


@pytest.mark.parametrize(("path", "code"), [("nowhere", 2), ("empty", 3)])
def test_nothing_to_lint_is_one_line(tree: Tree, path: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(("db", "lint", path)) == code
    assert capsys.readouterr().err.startswith("error: ")
