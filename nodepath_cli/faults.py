"""Faults of nodepath's own, as a report names them where the rest of a tree can be audited all the same."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def said_of(fault: Exception) -> str:
    """Return the reason for what a fault leaves not understood, without its text: that may hold anything."""
    trail = traceback.extract_tb(fault.__traceback__)
    place = f" at {PurePath(trail[-1].filename).name}:{trail[-1].lineno}" if trail else ""
    return f"nodepath itself failed here: {type(fault).__name__}{place}"
