"""Two schema sources side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.schema.diff import Difference, schema_differences
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.sources import is_database, load, shown


class Comparison(Struct, frozen=True):
    """How one source differs from another."""

    from_: str
    """As reports show it: a URL without its password."""
    to: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    """What could not be replayed on either side, and so not be compared."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "from": self.from_,
            "to": self.to,
            "differences": [item.document() for item in self.differences],
            "notes": list(self.notes),
        }


def compare(from_: str, to: str, settings: Settings) -> Comparison:
    """Return how the source `to` differs from the source `from_`.

    Where no dialect is given and one of them is a database, the other one is read as that server would. Raises as
    `load` does.
    """
    if not settings.dialect_given and is_database(to) and not is_database(from_):
        actual = load([to], settings)
        expected = load([from_], _like(actual, settings))
    else:
        expected = load([from_], settings)
        actual = load([to], _like(expected, settings) if is_database(from_) and not is_database(to) else settings)
    notes = (*_notes(expected), *_notes(actual))
    return Comparison(shown(from_), shown(to), schema_differences(expected, actual), notes)


def _like(server: Schema, settings: Settings) -> Settings:
    if settings.dialect_given:
        return settings
    dialect = Dialect(server.dialect, server.version, settings.dialect.ansi_quotes)
    return replace(settings, dialect=dialect, dialect_given=True)


def _notes(schema: Schema) -> Iterator[str]:
    for problem in schema.problems:
        yield f"{problem.path}:{problem.line}: not replayed: {problem.message}"
