"""Whole-process wall times in pairs, so that a drifting machine changes both sides alike."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Sequence

NodepathExits = (0, 1)


def wall(command: Sequence[str], cwd: str | None = None) -> float:
    """Return the seconds that a command takes from start to end.

    Raises RuntimeError where it exits with another code than 0 or 1, and where Python cannot import what it is to run,
    which ends with 1, too.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in NodepathExits or b"No module named" in done.stderr:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"{' '.join(command)} exited with {done.returncode}: {last}")
    return seconds


def ratios(left: Sequence[str], right: Sequence[str], pairs: int) -> tuple[float, float, float]:
    """Return the median seconds of both commands, run in turn, and the median of their ratios pair by pair."""
    wall(left), wall(right)
    times = [(wall(left), wall(right)) for _ in range(pairs)]
    return (
        statistics.median(first for first, _ in times),
        statistics.median(second for _, second in times),
        statistics.median(first / second for first, second in times),
    )


def report(name: str, figure: float, limit: float, unit: str, at_least: bool = False) -> bool:
    """Print one figure beside its limit and say whether it is kept."""
    kept = figure >= limit if at_least else figure <= limit
    bound = "at least" if at_least else "at most"
    print(f"{'ok  ' if kept else 'MISS'} {name}: {figure:,.2f} {unit} ({bound} {limit:,.2f})")
    return kept
