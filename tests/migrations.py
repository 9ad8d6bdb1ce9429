"""Migrations for the tests of the rules about them: a folder that begins with `orders`, and what is found in it."""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.lint.run import lint
from tests.tree import Tree

ORDERS = (
    "CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(50), total INT, email VARCHAR(20)) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"
)
REVISION = '''"""{id}"""
from alembic import op

revision = "{id}"
down_revision = "{down}"


def upgrade() -> None:
    op.execute("{sql}")


def downgrade() -> None:
    {undo}
'''


def found(tree: Tree, *migrations: str, code: Sequence[str] = (), dialect: str = "mysql") -> list[Finding]:
    """The findings of a folder that begins with `orders` and goes on with these migrations."""
    for number, sql in enumerate((ORDERS, *migrations), 1):
        tree.write(f"db/{number:04}_step.sql", sql)
    return audited("db", code=code, dialect=dialect)


def audited(path: str, code: Sequence[str] = (), dialect: str = "mysql") -> list[Finding]:
    """The findings of a path."""
    settings = Settings(dialect=Dialect(dialect, (8, 0) if dialect == "mysql" else (10, 11)), dialect_given=True)
    return list(lint([path], settings, code=code).findings)


def told(findings: Sequence[Finding]) -> list[tuple[str, str | None]]:
    """Rule and identifier of each, in order."""
    return sorted((each.rule, each.identifier) for each in findings)


def identifiers(findings: Sequence[Finding], rule: str) -> list[str | None]:
    """The identifiers of one rule's findings."""
    return [each.identifier for each in findings if each.rule == rule]
