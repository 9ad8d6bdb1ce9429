"""The memory of a command and all processes that it starts, sampled while it runs (Linux)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

INTERVAL = 0.02


def peak(command: Sequence[str], cwd: str) -> float:
    """Return the most bytes that a command's processes held at once; a page that several share counts once."""
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_proportional, _family(process.pid))))
        time.sleep(INTERVAL)
    return most


def _family(root: int) -> list[int]:
    found, fresh = [root], [root]
    while fresh:
        below: list[int] = []
        for pid in fresh:
            with suppress(OSError):
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    below += [int(each) for each in children.read_text().split()]
        found += below
        fresh = below
    return found


def _proportional(pid: int) -> float:
    """Return a process's share of its pages, in bytes (PSS)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024.0
    return 0.0
