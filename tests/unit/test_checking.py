"""An audit whose statements are checked in two processes says what it says in one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from nodepath_cli.audit import checking
from nodepath_cli.audit.finding import InventoryItem, Report
from nodepath_cli.audit.run import audit, inventory
from nodepath_cli.config import Settings
from nodepath_cli.source.hosts._go.paths import functions
from tests.tree import Tree, go

pytestmark = pytest.mark.usefixtures("alone")

EXAMPLES = Path(__file__).parents[2] / "examples" / "nodepath-chat"

SCHEMA = """
CREATE TABLE users (id INT NOT NULL PRIMARY KEY, full_name VARCHAR(20) NOT NULL, kind ENUM('a', 'b'), seen_at CHAR(19));
CREATE TABLE job_locks (name VARCHAR(20) NOT NULL PRIMARY KEY, owner VARCHAR(20), locked_at CHAR(19));
"""
ACQUIRE = """package store

import "database/sql"

func (s *Store) TryAcquireLock(name, owner string) (bool, error) {
	_, err := s.db.Exec(`INSERT INTO job_locks (name, owner) VALUES (?, ?)
		ON DUPLICATE KEY UPDATE owner = owner`, name, owner)
	if err != nil {
		return false, err
	}
	return true, nil
}

type Store struct{ db *sql.DB }
"""
RELEASE = """package store

import "time"

func (s *Store) ReleaseLock(name string) error {
	_, err := s.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
	return err
}

func (s *Store) Work() {
	if ok, _ := s.TryAcquireLock("a", "b"); ok {
		defer s.ReleaseLock("a")
	}
}

func (s *Store) touch(id int) {
	s.db.Exec("UPDATE users SET seen_at = ? WHERE id = ?", time.Now().Format(time.RFC3339), id)
	s.db.Exec("UPDATE users SET seen_at = NOW() WHERE id = ?", id)
}
"""


def mixed(tree: Tree) -> None:
    """Findings that rest on statements that different processes check, and every way in which one is not resolved."""
    tree.write("schema.sql", SCHEMA)
    tree.write("a/acquire.go", ACQUIRE)
    tree.write(
        "a/names.go", go('"SELECT ful_name FROM users"', '"SELECT x FROM user"', '"INSERT INTO users (id) VALUES (1)"')
    )
    tree.write(
        "a/parts.go", go('"SELECT full_name FROM " + table', '"SELECT full_name FROM users WHERE " + where', "query")
    )
    tree.write("a/release.go", RELEASE)
    tree.write("b/names.go", go('"SELECT full_name FROM users"', '"SELECT full_name, FROM users"', '"SELECT $1::text"'))
    tree.write("b/0001_x.up.sql", "CREATE TABLE old (a INT);\nINSERT INTO old (a, b) VALUES (1, 2);\nDROP TABLE old;\n")


def example(name: str) -> Callable[[Tree], None]:
    """A tree of the example."""

    def write(tree: Tree) -> None:
        shutil.copytree(EXAMPLES / name, tree.folder, dirs_exist_ok=True)

    return write


TREES: dict[str, Callable[[Tree], None]] = {name: example(name) for name in ("half-fix", "fixed")} | {"mixed": mixed}


@pytest.fixture(params=list(TREES.values()), ids=list(TREES))
def written(request: pytest.FixtureRequest, tree: Tree) -> Tree:
    request.param(tree)
    return tree


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let two processes work however small a tree is; the numbers of those that were started."""
    started: list[int] = []
    fork = os.fork

    def noted() -> int:
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(checking, "_WORTH", 0)
    monkeypatch.setattr(functions, "_WORTH", 0)
    monkeypatch.setattr(os, "fork", noted)
    yield started


def settings(tree: Tree, jobs: int) -> Settings:
    """The settings of a run with so many processes."""
    schema = ("schema.sql",) if (tree.folder / "schema.sql").exists() else ()
    return Settings(schema=schema, jobs=jobs)


def reported(tree: Tree, jobs: int) -> Report:
    """The report, without the time that it took."""
    report = audit((".",), settings(tree, jobs))
    return replace(report, counts=replace(report.counts, seconds=0.0))


def listed(tree: Tree, jobs: int) -> tuple[InventoryItem, ...]:
    """The inventory."""
    return inventory((".",), settings(tree, jobs))[0]


def test_the_report_is_the_same(written: Tree, forks: list[int]) -> None:
    alone = reported(written, jobs=1)
    assert not forks
    assert reported(written, jobs=2) == alone
    assert len(forks) > 1, "the functions around locks are walked in two processes, too"
    assert alone.counts.statements


def test_the_inventory_is_the_same(written: Tree, forks: list[int]) -> None:
    alone = listed(written, jobs=1)
    assert not forks
    assert listed(written, jobs=2) == alone
    assert len(forks) == 1


def test_what_rests_on_both_processes_is_found(tree: Tree, forks: list[int]) -> None:
    mixed(tree)
    findings = reported(tree, jobs=2).findings
    assert forks
    assert {"NP101", "NP102", "NP105", "NP109", "NP401", "NP407"} <= {each.rule for each in findings}
    near = next(each for each in findings if each.identifier == "ful_name")
    assert "2 other statements" in near.suggestions[0].reason, "whoever has checked them"


@pytest.mark.usefixtures("second_process_fails")
def test_where_the_second_process_dies_the_first_does_all(tree: Tree, forks: list[int]) -> None:
    mixed(tree)
    expected = reported(tree, jobs=1)
    assert reported(tree, jobs=2) == expected
    assert len(forks) > 1


def test_a_small_tree_is_checked_in_one_process(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed(tree)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("it is not worth a process"))
    assert reported(tree, jobs=2).findings
