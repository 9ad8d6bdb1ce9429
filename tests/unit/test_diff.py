"""Differences between tables, and none where servers only spell the same thing differently."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.schema.diff import differences, normal_type
from nodepath_cli.schema.model import Column, Key, Table

LOCK = Table(
    "lock",
    (Column("id", "int", False, auto_increment=True), Column("who", "varchar(255)", False, collation="utf8mb4_bin")),
    primary_key=("id",),
    unique_keys=(Key("one", ("who",)),),
    indexes=(Key("by_who", ("who",)),),
    engine="InnoDB",
    collation="utf8mb4_unicode_ci",
)


def kinds(actual: Table | None) -> list[tuple[str, str]]:
    return [(item.kind, item.name) for item in differences(LOCK, actual)]


def test_the_same_table_has_none() -> None:
    assert kinds(LOCK) == []
    assert kinds(replace(LOCK, columns=(replace(LOCK.columns[0], type="int(11)"), LOCK.columns[1]))) == []


def test_a_collation_that_is_the_tables_own_may_be_left_out() -> None:
    given = replace(LOCK, columns=(replace(LOCK.columns[0], collation="utf8mb4_unicode_ci"), LOCK.columns[1]))
    assert kinds(given) == []


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (None, [("missing-table", "lock")]),
        (replace(LOCK, columns=LOCK.columns[:1]), [("missing-column", "who")]),
        (replace(LOCK, columns=(*LOCK.columns, Column("more"))), [("extra-column", "more")]),
        (
            replace(LOCK, columns=(LOCK.columns[0], replace(LOCK.columns[1], nullable=True))),
            [("changed-column", "who")],
        ),
        (
            replace(LOCK, columns=(LOCK.columns[0], replace(LOCK.columns[1], collation="latin1_bin"))),
            [("changed-column", "who")],
        ),
        (replace(LOCK, primary_key=()), [("missing-key", "PRIMARY")]),
        (replace(LOCK, primary_key=("who",)), [("changed-key", "PRIMARY")]),
        (replace(LOCK, unique_keys=()), [("missing-key", "one")]),
        (replace(LOCK, unique_keys=(Key("one", ("id", "who")),)), [("changed-key", "one")]),
        (replace(LOCK, unique_keys=(), indexes=(*LOCK.indexes, Key("one", ("who",)))), [("changed-key", "one")]),
        (replace(LOCK, unique_keys=(*LOCK.unique_keys, Key("two", ("id",)))), [("changed-key", "two")]),
        (replace(LOCK, indexes=(*LOCK.indexes, Key("further", ("id",)))), []),
        (replace(LOCK, engine="MyISAM"), [("changed-option", "engine")]),
    ],
)
def test_what_differs(actual: Table | None, expected: list[tuple[str, str]]) -> None:
    assert kinds(actual) == expected


def test_types_that_servers_spell_differently() -> None:
    assert normal_type("INTEGER") == normal_type("int(11)") == "int"
    assert normal_type("bigint(20) unsigned") == normal_type("BIGINT UNSIGNED")
    assert normal_type("boolean") == normal_type("tinyint(1)")
    assert normal_type("varchar(10)") != normal_type("varchar(11)")
