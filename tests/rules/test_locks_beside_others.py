"""What is said of a lock does not depend on the other packages of its tree, whose methods may have the same names."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.locks.beside import ALONE, PACKAGES, SCHEMA
from tests.tree import Tree


def _found(tree: Tree, *names: str) -> list[tuple[str, str]]:
    tree.write("schema.sql", SCHEMA)
    tree.write("go.mod", "module example.org/yard\n\ngo 1.22\n")
    for name in names:
        for path, text in PACKAGES[name].items():
            tree.write(path, text)
    report = tree.audit(".", settings=Settings(schema=("schema.sql",), select=("NP4",)))
    return sorted((each.path, each.rule) for each in report.findings)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_alone(tree: Tree, name: str) -> None:
    assert _found(tree, name) == ALONE[name]


@pytest.mark.parametrize("first", PACKAGES)
@pytest.mark.parametrize("other", PACKAGES)
def test_two_packages_say_what_each_says_alone(tree: Tree, first: str, other: str) -> None:
    if first < other:
        assert _found(tree, first, other) == sorted(ALONE[first] + ALONE[other])


def test_all_packages_say_what_each_says_alone(tree: Tree) -> None:
    assert _found(tree, *PACKAGES) == sorted(each for found in ALONE.values() for each in found)
