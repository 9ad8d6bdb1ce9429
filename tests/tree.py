"""A small source tree in a temporary folder, audited in the process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nodepath_cli.audit.finding import Finding, Report
from nodepath_cli.config import Settings


def go(*statements: str) -> str:
    """A Go file with one function whose calls run these statements, given as Go expressions."""
    calls = "\n".join(f"\tdb.Exec({statement}, values...)" for statement in statements)
    return f'package store\n\nimport "database/sql"\n\nfunc Run(db *sql.DB, values []any) {{\n{calls}\n}}\n'


def place(text: str, needle: str, nth: int = 1) -> tuple[int, int]:
    """Line and column, 1-based, of the nth occurrence of a text."""
    offset = -1
    for _ in range(nth):
        offset = text.index(needle, offset + 1)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@dataclass
class Tree:
    """Files below a folder that is the working directory."""

    folder: Path

    def write(self, path: str, text: str | bytes) -> str:
        """Write a file and return its path."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def audit(self, *paths: str, settings: Settings | None = None) -> Report:
        """Audit paths of the tree; against `schema.sql` where the tree has one and no settings are given."""
        from nodepath_cli.audit.run import audit

        if settings is None:
            settings = Settings(schema=("schema.sql",)) if (self.folder / "schema.sql").exists() else Settings()
        return audit(paths or (".",), settings)

    def findings(self, ddl: str, *statements: str, settings: Settings | None = None) -> list[Finding]:
        """Audit statements, given as Go expressions, against a schema."""
        self.write("schema.sql", ddl)
        self.write("store.go", go(*statements))
        return list(self.audit("store.go", settings=settings).findings)


def brief(findings: list[Finding]) -> list[tuple[str, str | None]]:
    """Rule and identifier of each finding."""
    return [(finding.rule, finding.identifier) for finding in findings]
