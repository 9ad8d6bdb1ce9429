"""What `nodepath baseline` did to its file."""

from __future__ import annotations

import json
from typing import TextIO

from nodepath_cli.audit.baseline import Change
from nodepath_cli.report._words import clean, one_line, plural


def render_json(change: Change, out: TextIO) -> None:
    """Write one document; all numbers but `entries` count findings."""
    document = {
        "version": 1,
        "baseline": clean(change.baseline.file),
        "entries": len(change.baseline.entries),
        "findings": change.findings,
        "added": change.added,
        "removed": change.removed,
    }
    json.dump(document, out, indent=2)
    out.write("\n")


def render_text(change: Change, out: TextIO) -> None:
    """Write one line."""
    held = f"{one_line(change.baseline.file)}: {plural(change.findings, 'finding')}"
    out.write(f"{held} ({change.added:,} added, {change.removed:,} removed)\n")
