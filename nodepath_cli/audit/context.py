"""What a rule may look at beside the resolution itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import Statement


@dataclass(frozen=True)
class Context:
    """The surroundings of one resolution."""

    schema: Schema
    dialect: Dialect
    statement: Statement
    siblings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By table name: how often all the other statements name each of its columns, by lower-case column name."""
    external_tables: tuple[str, ...] = ()
    """Globs of tables that belong to other applications in the same database."""
