"""A password or key stands in a migration.

Why it matters: migrations lie in the repository for ever, in every clone and every image, and their statements show up
in the server's logs and process list.

Example:

    CREATE USER chat@'%' IDENTIFIED BY 'k3...';
    INSERT INTO settings (name, value) VALUES ('api_key', 'sk-...');

What to write instead: create accounts and keys outside of the migrations, from a secret store; change every key that
was ever committed. Findings never show the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History
from nodepath_cli.patterns import lazy

_IDENTIFIED = lazy(
    r"\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?(['\"])(?!\1)[^'\"]+|"
    r"\bSET\s+PASSWORD\b[^;]*=\s*(?:PASSWORD\s*\(\s*)?['\"][^'\"]+|\bMASTER_PASSWORD\s*=\s*['\"][^'\"]+",
    re.IGNORECASE,
)
_KEY = lazy(
    r"['\"](?:sk-[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|"
    r"xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{30,}|glpat-[A-Za-z0-9_-]{18,}|eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]+\."
    r"[A-Za-z0-9_-]+|-----BEGIN [A-Z ]*PRIVATE KEY)"
)
"""Keys that carry their maker's mark."""


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each statement with a password or a key, without its text."""
    for migration in history.migrations:
        for change in migration.changes:
            what = _secret(change.sql)
            if what:
                # The statement itself is left out of the finding: reports are passed on.
                yield MigrationHit(f"{what} in a migration", change.path, change.position, change.revision)


def _secret(sql: str) -> str | None:
    if _IDENTIFIED.search(sql):
        return "a password"
    return "a key" if _KEY.search(sql) else None


RULE = Rule(
    "NP309",
    "secret-in-migration",
    Severity.WARNING,
    "a password or key stands in a migration",
    check_migrations=check,
)
