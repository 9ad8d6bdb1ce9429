"""What the command line costs before it does anything."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("alembic", "sqlalchemy", "tree_sitter", "tree_sitter_go", "pymysql", "rich")


def loaded_after(statement: str) -> set[str]:
    """The top-level modules that a new interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(output.splitlines()[-1].split())


def test_the_command_line_loads_no_heavy_library() -> None:
    assert loaded_after("import nodepath_cli.cli") & set(HEAVY) == set()


def test_the_reports_load_no_heavy_library() -> None:
    assert loaded_after("from nodepath_cli.report import formats; formats()") & {*HEAVY, "typer"} == set()


def test_the_version_is_answered_without_the_command_line() -> None:
    loaded = loaded_after("from nodepath_cli.__main__ import main; main(['--version'])")
    assert loaded & {"typer", "nodepath_cli"} == {"nodepath_cli"}
