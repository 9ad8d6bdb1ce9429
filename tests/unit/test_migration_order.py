"""Migration files run in the order in which their tools run them; what does not belong to them is left out."""

from __future__ import annotations

import pytest

from nodepath_cli.source.migrations import in_order, is_down, numbered


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (
            ["m/10_c.up.sql", "m/9_b.up.sql", "m/9_b.down.sql", "m/1_a.up.sql"],
            ["m/1_a.up.sql", "m/9_b.up.sql", "m/10_c.up.sql"],
        ),
        (
            ["V10__c.sql", "V2__b.sql", "V1_1__a2.sql", "V1__a.sql"],
            ["V1__a.sql", "V1_1__a2.sql", "V2__b.sql", "V10__c.sql"],
        ),
        (["R__views.sql", "V1__a.sql", "U1__a.sql"], ["V1__a.sql", "R__views.sql"]),
        (
            ["V0002.Second.up.sql", "V0001.First.up.sql", "V0001.First.down.sql"],
            ["V0001.First.up.sql", "V0002.Second.up.sql"],
        ),
        (["20240102030405_b.sql", "20230102030405_a.sql"], ["20230102030405_a.sql", "20240102030405_b.sql"]),
        (["db/migrations/001.sql", "db/schema.sql"], ["db/schema.sql", "db/migrations/001.sql"]),
        (
            ["m/0.10/00__b.sql", "m/0.9/01__a.sql", "m/0.9/00__a.sql"],
            ["m/0.9/00__a.sql", "m/0.9/01__a.sql", "m/0.10/00__b.sql"],
        ),
        (["mysql/1_a.sql", "postgres/1_a.sql", "sqlite3/1_a.sql"], ["mysql/1_a.sql"]),
        (["schema.postgres.sql", "schema.mysql.sql"], ["schema.mysql.sql"]),
        (["mysql/LATEST.sql", "mysql/0.1/00__a.sql", "other/1.sql"], ["mysql/LATEST.sql", "other/1.sql"]),
    ],
)
def test_the_order_of_the_tools(paths: list[str], expected: list[str]) -> None:
    assert in_order(paths, "mysql") == expected


@pytest.mark.parametrize(("dialect", "expected"), [("mysql", "mysql/1.sql"), ("mariadb", "mariadb/1.sql")])
def test_the_folder_that_fits_better_is_taken(dialect: str, expected: str) -> None:
    assert in_order(["mysql/1.sql", "mariadb/1.sql"], dialect) == [expected]


def test_mariadb_takes_the_files_for_mysql_where_it_has_none() -> None:
    assert in_order(["mysql/1.sql", "sqlite/1.sql"], "mariadb") == ["mysql/1.sql"]


@pytest.mark.parametrize(
    ("path", "down"),
    [
        ("m/1_a.down.sql", True),
        ("m/1_a_down.sql", True),
        ("m/down/1_a.sql", True),
        ("m/U1__a.sql", True),
        ("m/1_a.up.sql", False),
        ("m/1_breakdown.sql", False),
        ("m/1_down_payment.sql", False),
    ],
)
def test_what_undoes_a_migration_is_told_by_its_name(path: str, down: bool) -> None:
    assert is_down(path) is down


def test_a_number_behind_a_word_counts_as_one() -> None:
    paths = ["m/db_00010.sql", "m/db_00002.sql", "m/utf8.sql", "m/seed.sql"]
    assert numbered(paths, "mysql") == ["m/db_00002.sql", "m/db_00010.sql"]


@pytest.mark.parametrize(
    ("paths", "dialect", "expected"),
    [
        (["m/1_a.up.sql", "m/1_a.mysql.up.sql", "m/1_a.sqlite.up.sql"], "mysql", ["m/1_a.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.mysql.up.sql", "m/1_a.sqlite.up.sql"], "sqlite", ["m/1_a.sqlite.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.mysql.up.sql"], "mariadb", ["m/1_a.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.sqlite.up.sql"], "mysql", ["m/1_a.up.sql"]),
        (["m/1_a.autocommit.up.sql", "m/1_a.mysql.up.sql"], "mysql", ["m/1_a.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.mysql.autocommit.up.sql"], "mysql", ["m/1_a.mysql.autocommit.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.cockroach.autocommit.up.sql"], "mysql", ["m/1_a.up.sql"]),
        (["m/1_a.up.sql", "n/1_a.mysql.up.sql"], "mysql", ["m/1_a.up.sql", "n/1_a.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/2_a.mysql.up.sql"], "mysql", ["m/1_a.up.sql", "m/2_a.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/1_b.mysql.up.sql"], "mysql", ["m/1_a.up.sql", "m/1_b.mysql.up.sql"]),
        (["m/1_a.up.sql", "m/1_a.mysql.down.sql"], "mysql", ["m/1_a.up.sql"]),
    ],
)
def test_a_dialects_own_file_is_run_instead_of_the_general_one(
    paths: list[str], dialect: str, expected: list[str]
) -> None:
    assert numbered(paths, dialect) == expected
    assert in_order(paths, dialect) == expected
