"""Random inputs through prepare, parse and resolve: `python -m tests.fuzz 1000000 [SEED]`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve
from tests.resolving import MARIADB, MYSQL, MYSQL57, SHOP, SQLITE, variant
from tests.server.points import POINTS

DIALECTS = (MYSQL, MYSQL57, MARIADB, SQLITE)
SLOW_SECONDS = 1.0
_JUNK = ("(", ")", ",", "'", "`", "/*!", "*/", "--", "\ufffc", "\x00", "select", "from", "é", "\udc80", "@", ";", ".")
_NESTING = (
    "(",
    "select (",
    "case when ",
    "(select 1 union ",
    "not ",
    "- ",
    "exists (select ",
    "a in (",
    "/*! ",
    "join (",
)


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield statements with pieces put in or taken out, among them random bytes and deep nesting."""
    rng = random.Random(seed)
    seeds = [sql for statements in POINTS.values() for sql in statements]
    for number in range(count):
        if number % 50 == 0:
            yield rng.randbytes(rng.randint(0, 300)).decode("latin-1")
        elif number % 50 == 1:
            yield "select " + rng.choice(_NESTING) * rng.randint(1, 2000) + rng.choice(seeds)
        else:
            yield _mutated(list(rng.choice(seeds)), rng)


def _mutated(characters: list[str], rng: random.Random) -> str:
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(characters) + 1)
        if rng.random() < 0.5:
            characters[place:place] = rng.choice(_JUNK)
        else:
            del characters[place : place + rng.randint(1, 5)]
    return "".join(characters)


def answer(sql: str, number: int) -> Resolution | Unparsed:
    """Return what is said of a text in the dialect whose turn it is."""
    parsed = parse(variant(sql), DIALECTS[number % len(DIALECTS)])
    return parsed if isinstance(parsed, Unparsed) else resolve(parsed, SHOP)


def main() -> int:
    """Print how many were understood, the slowest, and each that took over a second of processor time or raised."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    understood = failed = 0
    slowest = 0.0
    for number, sql in enumerate(texts(count, seed)):
        started = time.process_time()
        try:
            understood += isinstance(answer(sql, number), Resolution)
        except Exception as error:
            failed += 1
            print(f"{type(error).__name__}: {sql[:200]!r}")
        seconds = time.process_time() - started
        slowest = max(slowest, seconds)
        if seconds > SLOW_SECONDS:
            failed += 1
            print(f"{seconds:.1f} s: {sql[:200]!r}")
    print(f"{count:,} inputs, {understood:,} understood, slowest {slowest:.2f} s, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
