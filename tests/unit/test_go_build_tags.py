"""Names that are declared in several files of a package, of which each is compiled without the others."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, only, statements, variants

USE = """
package store

import "database/sql"

type Store struct{ db *sql.DB }

func (s *Store) Read() {
	s.db.Query("SELECT " + columns + " FROM notes" + tail() + s.lock())
}
"""


def _form(tag: str, columns: str, tail: str, lock: str) -> str:
    return f"""{tag}

package store

const columns = "{columns}"

func tail() string {{ return "{tail}" }}

func (s *Store) lock() string {{ return "{lock}" }}
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a.go", "//go:build fast"), ("b.go", "//go:build !fast")),
        (("a.go", "// +build fast"), ("b.go", "// +build !fast")),
        (("a_linux.go", ""), ("a_windows.go", "")),
        (("a_linux.go", ""), ("a_other.go", "//go:build !linux")),
    ],
)
def test_each_form_counts(one: tuple[str, str], other: tuple[str, str]) -> None:
    files = {
        "store/" + one[0]: _form(one[1], "a, b", " WHERE a = 1", ""),
        "store/" + other[0]: _form(other[1], "c", " WHERE c = 1", " FOR UPDATE"),
        "store/use.go": USE,
    }
    assert sorted(variants(only(statements(files)))) == [
        "SELECT a, b FROM notes WHERE a = 1",
        "SELECT c FROM notes WHERE c = 1 FOR UPDATE",
    ]


def test_the_branch_is_named_after_the_tag() -> None:
    files = {
        "store/a.go": "//go:build fast\n\npackage store\n\nconst columns = `a`\n",
        "store/b.go": "//go:build !fast\n\npackage store\n\nconst columns = `b`\n",
        "store/use.go": 'package store\n\nfunc read() { db.Query("SELECT " + columns + " FROM notes") }\n',
    }
    found = only(statements(files))
    assert [(flat(each.sql), each.branch) for each in found.variants] == [
        ("SELECT a FROM notes", "built with fast"),
        ("SELECT b FROM notes", "built with !fast"),
    ]


@pytest.mark.parametrize("tags", [("mysql", "sqlite"), ("mysql", "!mysql"), ("!postgres", "postgres")])
def test_a_form_for_another_database_is_that_databases(tags: tuple[str, str]) -> None:
    files = {
        "store/a.go": f"//go:build {tags[0]}\n\npackage store\n\nconst now = `NOW()`\n",
        "store/b.go": f"//go:build {tags[1]}\n\npackage store\n\nconst now = `LOCALTIME()`\n",
        "store/use.go": 'package store\n\nfunc read() { db.Query("SELECT a FROM notes WHERE at < " + now) }\n',
    }
    assert variants(only(statements(files))) == ["SELECT a FROM notes WHERE at < NOW()"]


def test_in_files_that_are_compiled_together_the_first_declaration_stands() -> None:
    files = {
        "store/a.go": "package store\n\nconst columns = `a`\n",
        "store/b.go": "package store\n\nconst columns = `b`\n",
        "store/use.go": 'package store\n\nfunc read() { db.Query("SELECT " + columns + " FROM notes") }\n',
    }
    assert variants(only(statements(files))) == ["SELECT a FROM notes"]


def test_a_file_has_what_is_declared_where_it_is_compiled() -> None:
    """What only the other form has is never seen there: a list to be filled in, for one."""
    form = """//go:build {}

package store

import "database/sql"

const clear = "DELETE FROM notes WHERE id {}"

func tail() string {{ return "{}" }}

func {}(db *sql.DB) {{
	db.Prepare(clear)
	db.Query("SELECT id FROM notes" + tail())
}}
"""
    files = {
        "store/a.go": form.format("fast", "IN (<list>)", "", "Fast"),
        "store/b.go": form.format("!fast", "= ?", " LIMIT 1", "Slow"),
    }
    assert [variants(each) for each in statements(files)] == [
        ["DELETE FROM notes WHERE id IN (<list>)"],
        ["SELECT id FROM notes"],
        ["DELETE FROM notes WHERE id = ?"],
        ["SELECT id FROM notes LIMIT 1"],
    ]
