"""Auditing the example service in a new process, nothing cached."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from benchmarks.timing import report, wall

LIMIT = 1.0
EXAMPLE = Path(__file__).parent.parent / "examples" / "nodepath-chat" / "incident"


def run() -> bool:
    """Measure the median of seven runs after one that fills the file system's cache."""
    command = [sys.executable, "-m", "nodepath_cli", "audit-columns", str(EXAMPLE), "--no-config"]
    wall(command)
    return report("audit of the example", statistics.median(wall(command) for _ in range(7)), LIMIT, "s")
