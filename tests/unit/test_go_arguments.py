"""How many values a call gives for the placeholders of its SQL, by branch."""

from __future__ import annotations

import pytest

from nodepath_cli.source.uses import Use, by_number, misfits
from tests.unit.go_host import body, flat, only, statements


def given(code: str) -> list[int | None]:
    """The counts of the arguments of the only statement in a method's body."""
    statement = only([each for each in statements(body(code)) if each.call])
    return [use.count for use in statement.uses if use.kind == "arguments"]


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ('r.db.Exec("DELETE FROM t WHERE a = ?", id)', [1]),
        ('r.db.Exec("DELETE FROM t WHERE a = ?")', [0]),
        ('r.db.Exec("DELETE FROM t WHERE a = ?", []interface{}{id, n}...)', [2]),
        ('r.db.Exec("DELETE FROM t WHERE a = ?", nil...)', [0]),
        ('args := append([]any{id}, n, active)\nr.db.Exec("DELETE FROM t WHERE a = ?", args...)', [3]),
        ('var args []any\nargs = append(args, []any{id, n}...)\nr.db.Exec("DELETE FROM t WHERE a = ?", args...)', [2]),
        ('args := []any{id, n}\nr.db.Exec("DELETE FROM t WHERE a = ?", args[1:]...)', [1]),
        ('args := []any{id, n}\nr.db.Exec("DELETE FROM t WHERE a = ?", args[:n]...)', [None]),
        ('args := make([]any, n)\nr.db.Exec("DELETE FROM t WHERE a = ?", args...)', [None]),
        ('args := make([]any, 0, n)\nargs = append(args, id)\nr.db.Exec("DELETE FROM t WHERE a = ?", args...)', [1]),
        ('args := make([]any, n)\nargs[0] = id\nr.db.Exec("DELETE FROM t WHERE a = ?", args...)', [None]),
        ('var pair [2]any\nr.db.Exec("DELETE FROM t WHERE a = ?", pair[:]...)', [None]),
        ('r.db.Exec("DELETE FROM t WHERE a = ?", []any{4: id}...)', [5]),
        (
            "args := []any{}\nfor _, name := range names {\nargs = append(args, name)\n}\n"
            'r.db.Exec("DELETE FROM t WHERE a = ?", args...)',
            [None],
        ),
        ('r.db.Exec(fmt.Sprintf("DELETE FROM t WHERE a = %s", "?"), id)', [1]),
        ('stmt, _ := r.db.Prepare("DELETE FROM t WHERE a = ?")\nstmt.Exec(id, n)', [2]),
        ('log.Printf("DELETE FROM t WHERE a = ?", id)\nr.db.Exec("DELETE FROM t WHERE a = ?", id)', [1]),
    ],
)
def test_counts(code: str, counts: list[int | None]) -> None:
    assert sorted(set(given(code)), key=str) == sorted(counts, key=str)


def test_a_count_belongs_to_the_text_of_its_branch() -> None:
    statement = only(
        statements(
            body(
                """
                q := "DELETE FROM t WHERE a = ?"
                args := []any{id}
                if active {
                    q += " AND b = ?"
                    args = append(args, n)
                }
                r.db.Exec(q, args...)
                """
            )
        )
    )
    texts = [flat(variant.sql) for variant in statement.variants]
    by_text = {texts[index]: use.count for use in statement.uses for index in use.texts}
    assert by_text == {"DELETE FROM t WHERE a = ? AND b = ?": 2, "DELETE FROM t WHERE a = ?": 1}


def test_a_wrapper_hands_its_arguments_on() -> None:
    source = """
        package a
        import "database/sql"
        type Store struct { db *sql.DB }
        func (s *Store) Run(q string, args ...any) { s.db.Exec(q, append([]any{1}, args...)...) }
        func Do(s *Store, id int) { s.Run("DELETE FROM t WHERE a = ? AND b = ?", id) }
    """
    [found] = [each for each in statements(source) if each.uses]
    assert [(use.count, use.name) for use in found.uses] == [(2, "s.db.Exec")]


@pytest.mark.parametrize(
    "receiver",
    ['gorm "gorm.io/gorm"', '"xorm.io/xorm"'],
)
def test_libraries_with_ways_of_their_own_are_not_counted(receiver: str) -> None:
    name = receiver.split(" ")[0].strip('"').split("/")[-1]
    call = "db.Exec(`DELETE FROM t WHERE a IN ?`, ids, 1)"
    source = f"package a\nimport {receiver}\nfunc Do(db *{name}.DB, ids []int) {{ {call} }}\n"
    assert [use for each in statements(source) for use in each.uses if use.count is not None] == []


def use(count: int | None, texts: tuple[int, ...], *, surely: tuple[int, ...] = (), whole: bool = False) -> Use:
    """A use of the first evaluation."""
    from nodepath_cli.source.statement import Span

    return Use("arguments", Span("a.go", 0, 1), "db.Exec", count, None, "", "", texts, surely, whole, False, 1, texts)


def test_a_use_is_wrong_where_it_fits_no_text_that_can_be_there() -> None:
    whole = use(2, (0, 1), whole=True)
    assert misfits((whole,), by_number((3, 1)), 0) == [whole]
    assert misfits((use(2, (0, 1), whole=True),), by_number((3, None)), 0) == []
    fitting, other = use(3, (0,)), use(2, (0,))
    assert misfits((fitting, other), by_number((3,)), 0) == []
    sure = use(2, (0,), surely=(0,))
    assert misfits((fitting, sure), by_number((3,)), 0) == [sure]
    assert misfits((use(None, (0,), whole=True),), by_number((3,)), 0) == []
    assert misfits((whole,), by_number((None, 1)), 0) == []


def test_the_statements_of_a_driver_take_a_list() -> None:
    source = """
        package a

        import "database/sql/driver"

        func Do(conn driver.Conn) {
            stmt, _ := conn.Prepare("SHOW VARIABLES LIKE 'auto_increment_increment'")
            stmt.Query(nil)
        }
    """
    assert [use for each in statements(source) for use in each.uses] == []
