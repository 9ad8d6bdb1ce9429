"""What a loop adds: exact where its rounds are known, marked as repeating where they are not."""

from __future__ import annotations

import pytest

from tests.unit.go_host import body, only, statements

MARKS = """
func marks(n int) string {
    var b strings.Builder
    for i := range n {
        if i == 0 {
            b.WriteString("?")
        } else {
            b.WriteString(",?")
        }
    }
    return b.String()
}
"""


def repeating(source: str) -> tuple[str, list[str]]:
    """The first text of the only statement, and its parts that repeat."""
    variant = only(statements(source)).variants[0]
    return variant.sql, [variant.sql[start:end] for start, end in variant.repeats]


@pytest.mark.parametrize(
    "code",
    [
        'm := ""; for i := range 3 { if i > 0 { m += "," }; m += "?" }',
        'm := ""; for i := 0; i < 3; i++ { m += "?,"}; m = strings.TrimRight(m, ",")',
        'cols := []string{"a", "b", "c"}; m := strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",")',
        'cols := []string{"a", "b", "c"}; m := ""; for range cols { m += "?," }; m = m[:len(m)-1]',
        'cols := []string{"a", "b", "c"}; m := marks(len(cols))',
    ],
)
def test_a_loop_whose_rounds_are_known_is_counted_out(code: str) -> None:
    source = body(code + '\ndb.Exec("INSERT INTO t (a, b, c) VALUES (" + m + ")")') + MARKS
    assert repeating(source) == ("INSERT INTO t (a, b, c) VALUES (?,?,?)", [])


@pytest.mark.parametrize(
    ("code", "text", "parts"),
    [
        ('m := "?"; for range ids { m += ",?" }', "?,?", [",?"]),
        ('m := strings.Repeat("?,", n) + "?"', "?,?", ["?,"]),
        ("m := marks(n)", "?", ["?"]),
        ('var l []string; for range ids { l = append(l, "?") }; m := strings.Join(l, ",")', "?", ["?"]),
        ('k := 0; for range ids { k++ }; m := strings.Repeat("?", k)', "?", ["?"]),
        ('l := []int{}; for range ids { l = append(l, 1) }; m := ""; for range l { m += "?" }', "?", ["?"]),
    ],
)
def test_a_loop_whose_rounds_are_not_known_marks_what_it_adds(code: str, text: str, parts: list[str]) -> None:
    source = body(code + '\ndb.Exec("DELETE FROM t WHERE a IN (" + m + ")")') + MARKS
    assert repeating(source) == (f"DELETE FROM t WHERE a IN ({text})", parts)


def test_a_text_that_a_loop_sets_anew_does_not_repeat() -> None:
    code = 'q := "SELECT a FROM t"; for range ids { q = "SELECT b FROM t" }; db.Query(q)'
    assert all(not variant.repeats for each in statements(body(code)) for variant in each.variants)
