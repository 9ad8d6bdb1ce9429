"""Mutants: an accepted statement with one identifier renamed, or a value taken out of a row."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.lexer import QUOTED, WORD, LexError, tokenize

NEW_NAME = "zq_gone"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A statement with one change."""

    sql: str
    name: str
    """The new identifier."""
    start: int
    end: int


def mutate(sql: str, schema: Schema, rng: random.Random, most: int = 3) -> Iterator[Mutant]:
    """Yield a few mutants: names of the schema's tables and columns, as they stand in the statement, replaced.

    The places are chosen from the text alone, not from what nodepath understood of it.
    """
    tokens = tokenize(sql)
    if isinstance(tokens, LexError):
        return
    names = {table.name.lower() for table in schema.tables}
    names |= {column.name.lower() for table in schema.tables for column in table.columns}
    places = []
    for index, kind in enumerate(tokens.kinds):
        text = sql[tokens.starts[index] : tokens.ends[index]]
        if kind == WORD and text.lower() in names and tokens.words[index + 1] != "(":
            places.append((tokens.starts[index], tokens.ends[index]))
        elif kind == QUOTED and text[1:-1].lower() in names:
            places.append((tokens.starts[index] + 1, tokens.ends[index] - 1))
    rng.shuffle(places)
    for start, end in places[:most]:
        yield Mutant(sql[:start] + NEW_NAME + sql[end:], NEW_NAME, start, start + len(NEW_NAME))
    found = re.search(r"(?i)\bvalues\s*\(\s*\d+\s*,", sql)
    if found and rng.random() < 0.3:
        cut = sql.index("(", found.start()) + 1
        yield Mutant(sql[:cut] + sql[found.end() :], "", 0, 0)
