"""A rule is one file with one record, one page and one test file."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from nodepath_cli.audit import rules as package
from nodepath_cli.audit.finding import Rule
from nodepath_cli.audit.rules import find, page, rules, selected
from nodepath_cli.errors import UsageError

MODULES = [module.name for module in pkgutil.iter_modules(package.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_exports_a_rule_with_the_name_of_its_file(module: str) -> None:
    rule = import_module(f"{package.__name__}.{module}").RULE
    assert rule.name == module.replace("_", "-")
    assert rule in rules()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_a_page_that_says_what_why_and_what_instead(rule: Rule) -> None:
    text = page(rule)
    for part in ("Why it matters:", "Example:", "What to write instead:"):
        assert part in text


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if rule.check or rule.check_program], ids=lambda rule: rule.id
)
def test_every_rule_that_checks_has_a_test_file(rule: Rule) -> None:
    assert (Path(__file__).parent / f"test_{rule.name.replace('-', '_')}.py").is_file()


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in rules()}) == len(MODULES)


def test_select_and_ignore_take_ids_and_prefixes_in_any_case() -> None:
    assert {rule.id for rule in selected(("np1",), ("NP101",))} == {
        rule.id for rule in rules() if rule.id.startswith("NP1") and rule.id != "NP101"
    }


@pytest.mark.parametrize("wrong", ["NP9", "X", ""])
def test_a_prefix_that_fits_no_rule_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="no rule begins with"):
        selected((wrong,), ())


def test_a_rule_is_found_by_id_and_by_name() -> None:
    assert find("np101") is find("unknown-column")
