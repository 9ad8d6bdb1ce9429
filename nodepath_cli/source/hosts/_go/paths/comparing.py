"""What a comparison asks: whether a statement failed, whether for a taken key or a missing row."""

from __future__ import annotations

import re

from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Compared, Failure, Known, Mixed, Outcome, Value
from nodepath_cli.source.hosts._go.paths.state import KIND, UNKNOWN

_DUPLICATE = lazy(r"dup|1062|23000|unique|conflict|already|alreadyexist|violat|constraint", re.IGNORECASE)
_MISSING = lazy(r"no_?rows|norows|not_?found|notfound|no rows|no_?record|missing", re.IGNORECASE)
_NUMBER = "error number"
"""The text of a `Mixed` that is the number or the text of an error."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def failed(value: Value) -> Outcome | None:
    """Return the error that a value is, or says something of."""
    if isinstance(value, Outcome) and value.aspect == "error":
        return value
    if isinstance(value, Mixed) and value.text.startswith(_NUMBER) and value.parts:
        return failed(value.parts[0])
    return None


def number_of(error: Value) -> Value:
    """Return an error's number or text."""
    return Mixed((error,), _NUMBER) if failed(error) is not None else error


def kind_of_error(error: Value, words: str) -> Value:
    """Return the condition that an error is of the kind that words in the source describe.

    `words` are a sentinel's name, a type, a number or a part of the message.
    """
    if isinstance(error, Known) and error.value is None:
        return Known(False)
    found = failed(error)
    if found is None:
        if isinstance(error, Failure):
            return UNKNOWN
        return Mixed((error,) if error != UNKNOWN else (), f"{words} of an error")
    if _MISSING.search(words):
        return Outcome(found.run, "missing")
    if _DUPLICATE.search(words):
        return Outcome(found.run, "duplicate")
    return Mixed((found,), f"{KIND} {words}")


def compared(left: Value, operator: str, right: Value, source: str = "") -> Value:
    """Return what a comparison asks; `source` is its right side as written."""
    if isinstance(left, Known) and not isinstance(right, Known):
        return compared(right, _FLIPPED[operator], left, source)
    error = failed(left)
    if error is not None and operator in ("==", "!="):
        if right == Known(None):
            return Compared(error, operator, right)
        words = str(right.value) if isinstance(right, Known) else ""
        asked = kind_of_error(left, f"{words} {source}")
        return asked if operator == "==" else Compared(asked, "==", Known(False))
    return Compared(left, operator, right)
