"""The rules: one module each, found by discovery (`module.RULE`); a module's docstring is its page."""

from __future__ import annotations

import inspect
import pkgutil
import sys
from functools import cache
from importlib import import_module

from nodepath_cli.audit.finding import Rule
from nodepath_cli.errors import UsageError


@cache
def _modules() -> dict[str, str]:
    """Return the module name of every rule by its id, in order of id."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        rule: Rule = import_module(f"{__name__}.{module.name}").RULE
        found[rule.id] = module.name
    return dict(sorted(found.items()))


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in order of id."""
    return tuple(import_module(f"{__name__}.{name}").RULE for name in _modules().values())


def find(id_or_name: str) -> Rule:
    """Return the rule of that id (any case) or kebab-case name.

    Raises UsageError where there is none.
    """
    wanted = id_or_name.strip().lower()
    for rule in rules():
        if wanted in (rule.id.lower(), rule.name):
            return rule
    raise UsageError(f"no rule {id_or_name!r}", "run `nodepath rules` for the list")


def page(rule: Rule) -> str:
    """Return the rule's page: what, why, an example, and what to write instead."""
    module = sys.modules[f"{__name__}.{_modules()[rule.id]}"]
    return inspect.cleandoc(module.__doc__ or "")


def selected(select: tuple[str, ...], ignore: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules that `--select` and `--ignore` leave: ids or prefixes of ids, in any case.

    Raises UsageError for a prefix that fits no rule.
    """
    wanted = tuple(_checked(each) for each in select)
    unwanted = tuple(_checked(each) for each in ignore)
    return tuple(
        rule
        for rule in rules()
        if (not wanted or rule.id.startswith(wanted)) and not (unwanted and rule.id.startswith(unwanted))
    )


def _checked(prefix: str) -> str:
    upper = prefix.strip().upper()
    if not upper.startswith("NP") or not any(rule.id.startswith(upper) for rule in rules()):
        raise UsageError(
            f"no rule begins with {prefix!r}",
            "give ids as in NP101, or prefixes as in NP1; `nodepath rules` lists them",
        )
    return upper
