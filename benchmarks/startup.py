"""`nodepath --version` against `python -c pass` of the same virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.timing import ratios, report

LIMIT = 4.0


def run() -> bool:
    """Measure the installed console script."""
    script = Path(sys.executable).with_name("nodepath")
    version, bare, ratio = ratios([str(script), "--version"], [sys.executable, "-c", "pass"], 21)
    print(f"     nodepath --version {version * 1000:.0f} ms, python -c pass {bare * 1000:.0f} ms")
    return report("start-up", ratio, LIMIT, "times bare Python")
