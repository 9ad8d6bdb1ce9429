"""What a type parameter stands for: named by the call, or told by its arguments."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements

HEAD = """package store

import ("context"; "database/sql"; "fmt")

type entity interface { Table() string; Key() string }

type guest struct { ID int }

func (guest) Table() string { return "guests" }
func (guest) Key() string   { return "guest_id" }

type room struct { ID int }

func (r *room) Table() string { return "rooms" }
func (r *room) Key() string   { return "room_id" }

func nameOf[T entity]() string {
	var zero T
	return zero.Table()
}

func find[T entity](ctx context.Context, db *sql.DB, id int) {
	var zero T
	db.Query("SELECT * FROM "+zero.Table()+" WHERE "+zero.Key()+" = ?", id)
}

func all[T entity](db *sql.DB) { db.Query(fmt.Sprintf("SELECT * FROM %s", (*new(T)).Table())) }

func some[T any, P interface{ *T; entity }](db *sql.DB) { db.Query("SELECT * FROM " + P(new(T)).Table()) }

func none[T entity](db *sql.DB) { db.Exec("DELETE FROM " + nameOf[T]()) }

func save[T entity](db *sql.DB, it T, more int) { db.Exec("UPDATE " + it.Table() + " SET more = ?", more) }

func each[T entity](db *sql.DB, list []T) {
	run(func() error {
		var zero T
		_, err := db.Exec("UPDATE " + zero.Table() + " SET many = 1")
		return err
	})
}

type store[T entity] struct{ db *sql.DB }

func newStore[T entity](db *sql.DB) *store[T] { return &store[T]{db: db} }

func (s *store[T]) table() string {
	var zero T
	return zero.Table()
}

func (s *store[T]) get(id int) { s.db.Query("SELECT a FROM "+s.table()+" WHERE id = ?", id) }

func run(work func() error) error { return work() }

func do(ctx context.Context, db *sql.DB, n int, guests []guest, rooms []*room, others []entity) {
"""


def texts(code: str) -> set[str]:
    """Return what is sent without a hole where a function has this body."""
    found = {flat(variant.sql) for each in statements(HEAD + code + "\n}\n") for variant in each.variants}
    return {text for text in found if "<>" not in text}


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        ("find[guest](ctx, db, n)", {"SELECT * FROM guests WHERE guest_id = ?"}),
        ("find[*room](ctx, db, n)", {"SELECT * FROM rooms WHERE room_id = ?"}),
        (
            "find[guest](ctx, db, n)\nfind[*room](ctx, db, n)",
            {"SELECT * FROM guests WHERE guest_id = ?", "SELECT * FROM rooms WHERE room_id = ?"},
        ),
        ("all[guest](db)", {"SELECT * FROM guests"}),
        ("some[room](db)", {"SELECT * FROM rooms"}),
        ("none[guest](db)", {"DELETE FROM guests"}),
        ("save(db, guest{}, n)", {"UPDATE guests SET more = ?"}),
        ("each(db, guests)", {"UPDATE guests SET many = 1"}),
        ("each(db, rooms)", {"UPDATE rooms SET many = 1"}),
        ("newStore[guest](db).get(n)", {"SELECT a FROM guests WHERE id = ?"}),
        ("s := newStore[*room](db)\ns.get(n)", {"SELECT a FROM rooms WHERE id = ?"}),
        ("s := store[guest]{db}\ns.get(n)", {"SELECT a FROM guests WHERE id = ?"}),
        ("find[entity](ctx, db, n)", set()),
        ("each(db, others)", set()),
        ("all[nowhere.Guest](db)", set()),
    ],
)
def test_methods_of_what_a_type_parameter_stands_for(call: str, sent: set[str]) -> None:
    assert texts(call) == sent


def test_a_conversion_to_a_generic_type_is_no_call() -> None:
    code = 'type list[T any] string\nq := list[int]("SELECT 1 FROM guests")\ndb.Query(string(q))'
    assert texts(code) == {"SELECT 1 FROM guests"}


def test_a_generic_function_of_another_package_with_one_argument() -> None:
    sources = {
        "go.mod": "module x\n",
        "a/a.go": 'package a\n\nimport "database/sql"\n\ntype Named interface{ Table() string }\n\n'
        'func All[T Named](db *sql.DB) {\n\tvar z T\n\tdb.Query("SELECT * FROM " + z.Table())\n}\n',
        "b/b.go": 'package b\n\nimport ("database/sql"; "x/a")\n\ntype guest struct{}\n\n'
        'func (guest) Table() string { return "guests" }\n\nfunc do(db *sql.DB) { a.All[guest](db) }\n',
    }
    found = {flat(variant.sql) for each in statements(sources) for variant in each.variants}
    assert "SELECT * FROM guests" in found


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("type guests struct{ *store[guest] }\n\nfunc serve(s guests, n int) { s.get(n) }", "guests"),
        ("type service struct{ rooms *store[*room] }\n\nfunc (s *service) do(n int) { s.rooms.get(n) }", "rooms"),
        ("func serve(s *store[guest], n int) { s.get(n) }", "guests"),
        ("var all = newStore[guest](nil)\n\nfunc serve(n int) { all.get(n) }", "guests"),
    ],
)
def test_the_types_of_a_struct_where_its_declaration_names_them(code: str, table: str) -> None:
    assert f"SELECT a FROM {table} WHERE id = ?" in texts("}\n\n" + code + "\n\nfunc last() {")


@pytest.mark.parametrize("brackets", ["[guest]", ""])
def test_what_another_package_gives_a_struct_of_a_table_is_known_by_all_its_fields(brackets: str) -> None:
    parameter = "[T any]" if brackets else ""
    sources = {
        "go.mod": "module x\n",
        "a/a.go": 'package a\n\nimport "database/sql"\n\n'
        f"type Repo{parameter} struct {{\n\tTable, Key string\n}}\n\n"
        f"func (r *Repo{parameter and '[T]'}) Get(db *sql.DB) {{\n"
        '\tdb.Query("SELECT * FROM " + r.Table + " WHERE " + r.Key + " = 1")\n}\n',
        "b/b.go": 'package b\n\nimport "x/a"\n\ntype guest struct{}\n\n'
        f"type service struct{{ guests *a.Repo{brackets} }}\n\nfunc make() *service {{\n"
        f'\treturn &service{{guests: &a.Repo{brackets}{{Table: "guests", Key: "guest_id"}}}}\n}}\n',
    }
    found = {flat(variant.sql) for each in statements(sources) for variant in each.variants}
    assert found == {"SELECT * FROM guests WHERE guest_id = 1"}
