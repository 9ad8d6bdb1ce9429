"""What `nodepath locks prove` shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.locks.proof_records import Decides, Proof
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import one_line, plural

_IF: dict[str, str] = {
    "no-error": "if having no error decides",
    "rows-affected": "if RowsAffected() == 1 decides",
    "row": "if a row of the SELECT decides",
}


def render_json(proof: Proof, out: TextIO) -> None:
    """Write one document."""
    json.dump({"version": 1, **proof.document()}, out, indent=2, ensure_ascii=False)
    out.write("\n")


def render_text(proof: Proof, out: TextIO, options: RenderOptions) -> None:
    """Write who acquired by each thing that could decide, the server's errors, and the verdict."""
    for line in _lines(proof, Style(options.color)):
        out.write(line + "\n")


def _lines(proof: Proof, style: Style) -> Iterator[str]:
    rounds = "" if len(proof.rounds) == 1 else f" in {plural(len(proof.rounds), 'round')}"
    yield f"{proof.callers} callers at the same moment{rounds}, on an empty copy of the table"
    for decides, winners in proof.document()["acquired_by"].items():
        mark = ">" if decides == proof.decides else " "
        yield f"  {mark} {_IF[decides]}: {_range(winners)} of {proof.callers} acquired"
    for number, text in sorted(proof.errors.items()):
        count = proof.outcomes()[str(number)]
        yield style.faint(one_line(f"    {count} x {number}: {text}", 160))
    yield _verdict(proof, style)


def _range(winners: list[int]) -> str:
    low, high = min(winners), max(winners)
    return str(low) if low == high else f"{low} to {high}"


def _verdict(proof: Proof, style: Style) -> str:
    said = f"{proof.worst} of {proof.callers} callers acquired"
    if proof.exclusive:
        other = _other(proof)
        note = f" (but not {other})" if other else ""
        return style.good(f"{said}: this excludes") + f", {_IF[proof.decides]}{note}"
    if proof.worst == 0:
        return style.severity(Severity.ERROR, "in some round nobody acquired: callers fail each other")
    return style.severity(Severity.ERROR, f"{said}: this is not a lock") + f", {_IF[proof.decides]}"


def _other(proof: Proof) -> str:
    """Return what would not exclude, for a reader who has told `--decides` more than the code does."""
    told: dict[Decides, list[int]] = proof.document()["acquired_by"]
    loose = [_IF[each] for each, winners in told.items() if each != proof.decides and max(winners) > 1]
    return " and not ".join(loose)
