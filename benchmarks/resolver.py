"""Prepare, parse and resolve on one core: statements of about 130 bytes, all of different shape."""

from __future__ import annotations

import random
import time

from benchmarks.timing import report
from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution
from nodepath_cli.sql.resolve import resolve

LIMIT = 3500.0
STATEMENTS = 4000


def statements() -> list[str]:
    """The statements that are timed, the same in every run."""
    rng = random.Random(1)
    return [_statement(rng, number) for number in range(STATEMENTS)]


def make_schema() -> Schema:
    """The tables that the statements name."""
    tables = [
        Table(f"table_{number}", tuple(Column(f"col_{number}_{index}") for index in range(12))) for number in range(30)
    ]
    return Schema(tuple(tables))


def _statement(rng: random.Random, number: int) -> str:
    table = rng.randrange(30)
    columns = [f"col_{table}_{index}" for index in rng.sample(range(12), rng.randint(2, 5))]
    where = " AND ".join(f"{name} {rng.choice(['=', '<', '>=', '<>'])} ?" for name in columns[1:3])
    name = f"table_{table}"
    match number % 4:
        case 0:
            return f"SELECT {', '.join(columns)} FROM {name} t WHERE {where} ORDER BY {columns[0]} LIMIT {number}"
        case 1:
            marks = ", ".join("?" * len(columns))
            last = f"{columns[0]} = VALUES({columns[0]})"
            return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks}) ON DUPLICATE KEY UPDATE {last}"
        case 2:
            return f"UPDATE {name} SET {columns[0]} = {columns[0]} + {number}, {columns[1]} = NOW() WHERE {where}"
        case _:
            other = (table + 1) % 30
            return (
                f"SELECT a.{columns[0]}, COUNT(b.col_{other}_{number % 12}) n FROM {name} a LEFT JOIN table_{other} b "
                f"ON b.col_{other}_1 = a.{columns[1]} WHERE a.{columns[0]} > {number} GROUP BY a.{columns[0]}"
            )


def run() -> bool:
    """Measure statements a second, the best of three passes."""
    schema, dialect, texts = make_schema(), Dialect(), statements()
    variants = [Variant(text, OffsetMap.identity("bench.sql", 0, len(text))) for text in texts]
    best = 0.0
    for _ in range(3):
        started = time.perf_counter()
        for variant in variants:
            parsed = parse(variant, dialect)
            result = resolve(parsed, schema) if not hasattr(parsed, "reason") else parsed
            if not isinstance(result, Resolution) or result.violations:
                raise RuntimeError(f"not resolved: {variant.sql}")
        best = max(best, len(variants) / (time.perf_counter() - started))
    print(f"     {sum(map(len, texts)) / len(texts):.0f} bytes a statement, one core, pure Python")
    return report("prepare + parse + resolve", best, LIMIT, "statements a second", at_least=True)
