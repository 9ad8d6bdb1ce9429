"""What the command line says of a tree, read from its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.exam.judge import environment

Json = dict[str, Any]
DIALECT = "mariadb:10.11"
"""The judge's own dialect."""


@dataclass(frozen=True)
class Answers:
    """Both documents of one tree."""

    statements: list[Json]
    audit: Json

    @property
    def findings(self) -> list[Json]:
        """All findings."""
        found: list[Json] = self.audit["findings"]
        return found

    def errors_by_statement(self) -> dict[tuple[str, int], list[Json]]:
        """The errors of the rules about names, by path and line of their statement."""
        grouped: dict[tuple[str, int], list[Json]] = defaultdict(list)
        for finding in self.findings:
            if finding["severity"] == "error" and finding["rule"].startswith("NP1"):
                statement = finding["statement"]
                grouped[statement["path"], statement["line"]].append(finding)
        return grouped


def ask(tree: Path, schema: Sequence[str], more: Sequence[str] = ()) -> Answers:
    """Run `queries` and `audit-columns` in a tree."""
    options = [*(f"--schema={each}" for each in schema), f"--dialect={DIALECT}", "--format=json", *more]
    statements = _run(tree, "queries", options)["statements"]
    return Answers(statements, _run(tree, "audit-columns", options))


def _run(tree: Path, command: str, options: Sequence[str]) -> Json:
    done = subprocess.run(
        [sys.executable, "-m", "nodepath_cli", command, *options, "."],
        cwd=tree,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if "Traceback" in done.stderr:
        raise SystemExit(f"nodepath {command} crashed:\n{done.stderr}")
    try:
        document: Json = json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"nodepath {command}: exit {done.returncode}\n{done.stderr}") from None
    if "error" in document and document["error"] and "statements" not in document and "findings" not in document:
        raise SystemExit(f"nodepath {command}: {document['error']['message']}")
    return document


def texts(statement: Json) -> list[str]:
    """All SQL texts of a statement."""
    return list(dict.fromkeys([*statement.get("variants", []), *([statement["sql"]] if statement["sql"] else [])]))
