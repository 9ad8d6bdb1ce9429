"""A case of this package, audited in a tree."""

from __future__ import annotations

from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Settings
from tests.locks import SCHEMA, Case
from tests.tree import Tree


def lock_findings(tree: Tree, code: str, schema: str = SCHEMA, ignore: tuple[str, ...] = ()) -> list[Finding]:
    """Audit a file for the lock rules."""
    tree.write("schema.sql", schema)
    tree.write("store.go", code)
    settings = Settings(schema=("schema.sql",), select=("NP4",), ignore=ignore)
    return list(tree.audit("store.go", settings=settings).findings)


def of(tree: Tree, case: Case, rule: str) -> Finding:
    """Return the one finding of a rule in a case."""
    [found] = [each for each in lock_findings(tree, case.source) if each.rule == rule]
    return found


def line(code: str, text: str, nth: int = 1) -> int:
    """Return the line, 1-based, of the nth occurrence of a text."""
    offset = -1
    for _ in range(nth):
        offset = code.index(text, offset + 1)
    return code.count("\n", 0, offset) + 1
