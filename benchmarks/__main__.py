"""Run every benchmark, or those named: `python -m benchmarks [startup|example|resolver|sqlc|upgrade|locks|tree]...`."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path

from benchmarks import example, locks, resolver, sqlc, startup, tree, upgrade

ALL = {
    "startup": startup.run,
    "example": example.run,
    "resolver": resolver.run,
    "sqlc": sqlc.run,
    "upgrade": upgrade.run,
    "locks": locks.run,
    "tree": tree.run,
}


def main() -> int:
    """Print each benchmark's figures and its limit; return 1 where a limit is missed."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"error: no benchmark {unknown[0]!r}. Next: use one of {', '.join(ALL)}.", file=sys.stderr)
        return 2
    # As pip does with what it installs; PYTHONDONTWRITEBYTECODE would have every process compile nodepath anew.
    package = Path(__file__).parents[1]
    compileall.compile_dir(package / "nodepath_cli", quiet=2)
    compileall.compile_dir(package / "alembic", quiet=2)
    kept = [ALL[name]() for name in names]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
