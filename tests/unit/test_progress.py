"""The progress bar is for people who wait at a terminal, and for nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, time
from nodepath_cli.cli import progress
progress.PATIENCE = {patience}
with progress.progress("Checking", quiet={quiet}) as told:
    for done in range(4):
        time.sleep(0.05)
        if told:
            told(done, 3)
print("rich" in sys.modules)
"""


def run(*, patience: float = 0.0, quiet: bool = False, terminal: bool = True) -> tuple[str, bool]:
    """Return what reached stderr, and whether the library for bars was loaded."""
    code = SCRIPT.format(patience=patience, quiet=quiet)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    ours, theirs = pty.openpty()
    try:
        result = subprocess.run(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=theirs if terminal else subprocess.PIPE,
            env=environment,
            check=True,
            timeout=30,
        )
        os.write(theirs, b"|")
        shown = os.read(ours, 100_000).decode().rstrip("|")
    finally:
        os.close(ours)
        os.close(theirs)
    return shown + (result.stderr or b"").decode(), result.stdout.decode().strip() == "True"


def test_long_work_shows_a_bar_on_a_terminal() -> None:
    shown, loaded = run()
    assert "Checking" in shown
    assert "/3" in shown
    assert loaded


def test_quick_work_shows_none() -> None:
    assert run(patience=60.0) == ("", False)


def test_quiet_shows_none() -> None:
    assert run(quiet=True) == ("", False)


def test_a_log_file_gets_none() -> None:
    assert run(terminal=False) == ("", False)
