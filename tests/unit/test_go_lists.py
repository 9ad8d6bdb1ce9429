"""Lists that the packages slices and maps make."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements

HEAD = """package store

import ("database/sql"; "maps"; "slices"; "strings"; old "golang.org/x/exp/maps")

var base = []string{"id", "name"}

func do(db *sql.DB, ids []int, wide bool, given []string, text string) {
"""


def texts(code: str) -> set[str]:
    """Return what the body of a function sends."""
    return {flat(variant.sql) for each in statements(HEAD + code + "\n}\n") for variant in each.variants}


@pytest.mark.parametrize(
    ("made", "columns"),
    [
        ('slices.Concat(base, []string{"city"})', "id, name, city"),
        ('slices.Concat(base, nil, base[:1], []string{"city"})', "id, name, id, city"),
        ('append(slices.Clone(base), "city")', "id, name, city"),
        ("append([]string(nil), base...)", "id, name"),
        ("append(base[:0:0], base...)", "id, name"),
        ('slices.Insert([]string{"name"}, 0, "id")', "id, name"),
        ('slices.Sorted(maps.Keys(map[string]any{"name": 1, "city": 2}))', "city, name"),
        ('slices.Collect(maps.Keys(maps.Clone(map[string]any{"name": 1})))', "name"),
        ('old.Keys(map[string]any{"name": 1})', "name"),
        ('slices.Collect(maps.Values(map[int]string{1: "name"}))', "name"),
        ('slices.AppendSeq([]string{"city"}, slices.Values(base))', "city, id, name"),
        ("slices.SortedFunc(slices.Values(base), strings.Compare)", "id, name"),
        ('slices.Repeat([]string{"id"}, 2)', "id, id"),
        ('strings.Fields(" id\\tname ")', "id, name"),
    ],
)
def test_columns_of_a_list(made: str, columns: str) -> None:
    assert texts(f'list := {made}\ndb.Query("SELECT " + strings.Join(list, ", ") + " FROM t")') == {
        f"SELECT {columns} FROM t"
    }


@pytest.mark.parametrize(
    "made",
    [
        "slices.Concat(given)",
        "slices.Collect(maps.Keys(counted()))",
        "slices.Insert(base, len(given), text)",
        "slices.DeleteFunc(base, odd)",
        "slices.Insert(base, 1, given...)",
        "strings.Fields(text)",
    ],
)
def test_a_list_that_is_not_known_stays_a_hole(made: str) -> None:
    [text] = texts(f'db.Query("SELECT " + strings.Join({made}, ", ") + " FROM t")')
    assert "<>" in text


@pytest.mark.parametrize(
    "loop",
    [
        'for c := range maps.Keys(map[string]int{"id": 1, "name": 2})',
        "for c := range slices.Values(base)",
        "for _, c := range slices.All(base)",
        'for c, _ := range maps.All(map[string]int{"id": 1, "name": 2})',
        'for _, c := range slices.Sorted(maps.Keys(map[string]int{"id": 1, "name": 2}))',
    ],
)
def test_a_loop_over_what_has_an_index_or_has_none(loop: str) -> None:
    assert texts(f'{loop} {{\ndb.Query("SELECT " + c + " FROM t")\n}}') == {"SELECT id FROM t", "SELECT name FROM t"}


def test_columns_of_the_keys_that_branches_have_set() -> None:
    code = """
    set := map[string]any{"id": 1}
    if wide {
        set["city"] = 2
    }
    keys := slices.Sorted(maps.Keys(set))
    args := make([]any, 0, len(keys))
    for i, key := range keys {
        args = append(args, set[key])
        keys[i] = key + " = ?"
    }
    db.Exec("UPDATE t SET "+strings.Join(keys, ", "), args...)
    """
    [found] = statements(HEAD + code + "\n}\n")
    assert {flat(each.sql) for each in found.variants} == {"UPDATE t SET id = ?", "UPDATE t SET city = ?, id = ?"}
    assert sorted(use.count for use in found.uses if use.kind == "arguments" and use.count) == [1, 2]


def test_placeholders_that_are_repeated_for_each_value() -> None:
    code = """
    marks := slices.Repeat([]string{"?"}, len(ids))
    var args []any
    for _, id := range ids {
        args = append(args, id)
    }
    db.Query("SELECT id FROM t WHERE id IN ("+strings.Join(marks, ",")+")", args...)
    """
    assert texts(code) == {"SELECT id FROM t WHERE id IN (?)"}


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ('slices.Contains([]string{"a", "b"}, "b")', {"SELECT 1 FROM t"}),
        ('slices.Contains([]string{"a", "b"}, "c")', {"SELECT 2 FROM t"}),
        ('slices.Contains(given, "c")', {"SELECT 1 FROM t", "SELECT 2 FROM t"}),
    ],
)
def test_whether_a_text_is_in_a_list(asked: str, sent: set[str]) -> None:
    assert texts(f'n := "1"\nif !{asked} {{\nn = "2"\n}}\ndb.Query("SELECT " + n + " FROM t")') == sent
