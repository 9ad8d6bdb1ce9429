"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import gc
import pkgutil
import re
from importlib import import_module

import pytest

import nodepath_cli
from nodepath_cli import patterns
from nodepath_cli.patterns import lazy


def test_every_pattern_of_nodepath_can_be_compiled() -> None:
    for module in pkgutil.walk_packages(nodepath_cli.__path__, "nodepath_cli."):
        if "__main__" not in module.name and "_bundle" not in module.name:
            import_module(module.name)
    found = [each for each in gc.get_objects() if type(each) is patterns._Lazy]

    assert len(found) > 200
    for each in found:
        assert each.pattern is not None


def test_a_pattern_answers_as_the_one_it_stands_for() -> None:
    number, plain = lazy(r"(?P<digits>\d+)", re.IGNORECASE), re.compile(r"(?P<digits>\d+)", re.IGNORECASE)

    assert number.search("a12").group("digits") == "12"  # type: ignore[union-attr]
    assert [found.span() for found in number.finditer("1 22")] == [found.span() for found in plain.finditer("1 22")]
    assert number.sub("n", "1 22") == "n n"
    assert number.groupindex == plain.groupindex
    assert number.flags == plain.flags
    assert lazy(rb"\s+").split(b"a b") == [b"a", b"b"]


def test_a_wrong_pattern_is_told_when_it_is_used() -> None:
    wrong = lazy("(")

    with pytest.raises(re.error):
        wrong.search("")


def test_what_a_pattern_does_not_have_it_does_not_have_either() -> None:
    assert not hasattr(lazy("a"), "nothing")
