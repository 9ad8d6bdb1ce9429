"""What takes the columns of a statement's rows: pointers, structs, and the ways on which rows get there."""

from __future__ import annotations

import pytest

from tests.unit.go_host import body, statements

HELPERS = """
package repo
import (
	"database/sql"
	"github.com/jmoiron/sqlx"
)
type scanner interface { Scan(...any) error }
type Base struct { Note string }
type Inner struct { City string `db:"city"` }
type Row struct {
	ID    int `db:"id"`
	Title string
	Skip  string `db:"-"`
	Home  Inner `db:"home"`
	Base
	secret int
}
type Odd struct { sql.NullString }
type Store struct { db *sql.DB; x *sqlx.DB; get *sql.Stmt }
func scan(r scanner) { var a, b int; r.Scan(&a, &b) }
"""


def taken(code: str) -> set[tuple[str, int | None, tuple[str, ...] | None]]:
    """Kind, count and names of what takes columns of the statements of a function."""
    found = statements(HELPERS + "func (s *Store) Do(rows []Row) {\n" + code + "\n}\n")
    return {
        (use.kind, use.count, use.names) for each in found for use in each.uses if use.kind in ("targets", "fields")
    }


ROW = ("base.note", "home", "home.city", "id", "note", "title")


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("s.db.QueryRow(`SELECT a FROM t`).Scan(&x)", 1),
        ("r := s.db.QueryRow(`SELECT a FROM t`)\nscan(r)", 2),
        ("r, err := s.db.Query(`SELECT a FROM t`)\nfor r.Next() { scan(r) }", 2),
        ("r, err := s.x.Queryx(`SELECT a FROM t`)\nfor r.Next() { r.Scan(&x, &y, &z) }", 3),
        ("p, _ := s.db.Prepare(`SELECT a FROM t`)\np.QueryRow().Scan(&x)", 1),
        ("s.get, _ = s.db.Prepare(`SELECT a FROM t`)\ns.get.QueryRow().Scan(&x, &y)", 2),
        ("f := func(r *sql.Row) { r.Scan(&x) }\nf(s.db.QueryRow(`SELECT a FROM t`))", 1),
        ("var n int\ns.x.Get(&n, `SELECT a FROM t`)", 1),
        ("s.db.QueryRow(`SELECT a FROM t`).Scan(into()...)", None),
    ],
)
def test_targets(code: str, count: int | None) -> None:
    assert taken(code) == {("targets", count, None)}


@pytest.mark.parametrize(
    "code",
    [
        "var r Row\ns.x.Get(&r, `SELECT a FROM t`)",
        "r := &Row{}\ns.x.Get(r, `SELECT a FROM t`)",
        "var list []Row\ns.x.Select(&list, `SELECT a FROM t`)",
        "list := []*Row{}\ns.x.Select(&list, `SELECT a FROM t`)",
        "s.x.Select(&rows, `SELECT a FROM t`)",
        "var r Row\ns.x.QueryRowx(`SELECT a FROM t`).StructScan(&r)",
        "var list []Row\nq, _ := s.x.Queryx(`SELECT a FROM t`)\nsqlx.StructScan(q, &list)",
    ],
)
def test_structs_by_tags_field_names_and_embedding(code: str) -> None:
    [(kind, _, names)] = taken(code)
    assert kind == "fields"
    assert names is not None
    assert set(names) >= {"id", "title", "home.city", "note"}
    assert not {"skip", "-", "secret"} & set(names)


def test_a_type_that_is_not_known_says_nothing() -> None:
    for code in (
        "var o Odd\ns.x.Get(&o, `SELECT a, b FROM t`)",
        "var o other.Type\ns.x.Get(&o, `SELECT a, b FROM t`)",
        "s.x.Get(dest, `SELECT a, b FROM t`)",
    ):
        assert {names for _, _, names in taken(code)} == {None}
        assert {count for _, count, _ in taken(code)} == {None}


def test_the_rows_of_two_queries_share_a_scan() -> None:
    code = """
    var rows *sql.Rows
    if active {
        rows, _ = r.db.Query("SELECT a, b FROM t")
    } else {
        rows, _ = r.db.Query("SELECT c FROM t")
    }
    rows.Scan(&id)
    """
    found = [use for each in statements(body(code)) for use in each.uses if use.kind == "targets"]
    assert [(use.count, use.whole) for use in found] == [(1, False), (1, False)]


@pytest.mark.parametrize("columns", ["columns, err := rows.Columns()", "columns, _ := rows.ColumnTypes()"])
def test_a_scan_behind_a_look_at_the_number_of_columns_is_not_counted(columns: str) -> None:
    code = f"""
    rows, _ := r.db.Query("SELECT a, b FROM t")
    {columns}
    if len(columns) == 3 {{
        rows.Scan(&id, &name, &more)
    }} else {{
        rows.Scan(&id, &name)
    }}
    if len(others) == 3 {{
        rows.Scan(&id, &name, &more)
    }}
    """
    found = [use.count for each in statements(body(code)) for use in each.uses if use.kind == "targets"]
    assert found.count(3) == 1
    assert 2 not in found
