"""Values are read alike from a file and from the command line, and refused with what was expected."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodepath_cli import config_values as values
from nodepath_cli.config import Dialect


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mysql", Dialect("mysql", (8, 0))),
        ("mysql:5.7", Dialect("mysql", (5, 7))),
        ("MariaDB:10.11", Dialect("mariadb", (10, 11))),
        ("mysql:8.0.19", Dialect("mysql", (8, 0, 19))),
        ("sqlite", Dialect("sqlite", ())),
    ],
)
def test_a_dialect_has_a_version(given: str, expected: Dialect) -> None:
    assert values.dialect(given) == expected


@pytest.mark.parametrize(
    "given",
    ["mysql:5", "mysql:8", "mysql:8.4", "mysql:9.6.0", "mariadb:5.5", "mariadb:11.8", "mariadb:12.1", "sqlite:3.45"],
)
def test_every_version_that_there_is_may_be_named(given: str) -> None:
    name, _, version = given.partition(":")
    assert values.dialect(given) == Dialect(name, tuple(map(int, version.split("."))))


@pytest.mark.parametrize(
    "given", ["mysql:4", "mysql:5.1", "mysql:6", "mysql:8.5", "mysql:99", "mysql:10.11", "mariadb:9", "mariadb:8.0"]
)
def test_a_version_that_there_is_not_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=f"a version of {given.partition(':')[0]} that nodepath knows"):
        values.dialect(given)


@pytest.mark.parametrize(
    ("given", "seconds"), [(5, 5), ("30", 30), ("30s", 30), ("1.5m", 90), ("2h", 7200), ("250ms", 0.25), ("1d", 86400)]
)
def test_a_duration_is_seconds_or_carries_a_unit(given: object, seconds: float) -> None:
    assert values.duration(given) == seconds


@pytest.mark.parametrize(
    ("given", "size"), [(2000000, 2_000_000), ("500k", 500_000), ("2MB", 2_000_000), ("1.5 M", 1_500_000), ("0", 0)]
)
def test_a_size_is_bytes_or_carries_a_unit(given: object, size: int) -> None:
    assert values.size(given) == size


def test_lists_may_be_one_text_and_hold_commas() -> None:
    assert values.comma_texts("NP1, NP501") == ("NP1", "NP501")
    assert values.comma_texts(["NP1,NP2", "NP3"]) == ("NP1", "NP2", "NP3")


def test_replacements_come_longest_first() -> None:
    assert values.replacements({"__P": "a", "__PREFIX__": "b", "${t}": "c"}) == (
        ("__PREFIX__", "b"),
        ("${t}", "c"),
        ("__P", "a"),
    )


def test_renames_may_be_written_as_quoted_keys_or_as_tables() -> None:
    assert values.renames({"t.old": "new"}) == (("t.old", "new"),)
    assert values.renames({"t": {"old": "new"}}) == (("t.old", "new"),)


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (values.dialect, "postgres"),
        (values.dialect, "mysql:eight"),
        (values.dialect, 8),
        (values.duration, "soon"),
        (values.duration, True),
        (values.duration, "-1"),
        (values.size, "big"),
        (values.size, -1),
        (values.percentage, 101),
        (values.percentage, "nan"),
        (values.percentage, True),
        (values.flag, "yes"),
        (values.text, ""),
        (values.texts, 3),
        (values.texts, ["a", 3]),
        (values.renames, {"old": "new"}),
        (values.renames, {"t.old": 3}),
        (values.replacements, {"a": {"b": "c"}}),
        (values.sql_mode, "ANSI_QUOTS"),
        (values.case_sensitivity, 3),
        (values.choice("a", "b"), "c"),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(read: Callable[[object], object], given: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(given)
