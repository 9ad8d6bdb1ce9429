"""How a failure is told with -v: the way through nodepath's own files, and always to an end."""

from __future__ import annotations

from nodepath_cli.cli.failure import trail
from nodepath_cli.errors import DatabaseError


def test_errors_that_cause_each_other_end_the_trail() -> None:
    first, second = DatabaseError("one", "step"), ValueError("two")
    first.__cause__, second.__cause__ = second, first
    assert trail(first) == ["  caused by ValueError", "  caused by DatabaseError"]
