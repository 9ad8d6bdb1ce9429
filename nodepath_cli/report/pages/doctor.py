"""What `nodepath doctor` found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.diagnose import Check
from nodepath_cli.errors import NodepathError
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural


def render_json(checks: Sequence[Check], out: TextIO, error: NodepathError | None = None) -> None:
    """Write one document with every check, and the problems among them once more. `error` is what was asked wrongly."""
    problems = [_document(each) for each in checks if each.health == "problem"]
    document: dict[str, Any] = {"version": 1, "checks": [_document(each) for each in checks], "problems": problems}
    if error is not None:
        document["error"] = {"code": error.code, "message": clean(error.message), "next": clean(error.next_step)}
    json.dump(document, out, indent=2)
    out.write("\n")


def render_text(checks: Sequence[Check], out: TextIO, options: RenderOptions) -> None:
    """Write a line for each check, and the next step below it; with -q the problems only."""
    style = Style(options.color)
    for each in checks:
        if options.quiet and each.health != "problem":
            continue
        out.write(f"{_label(each, style)}  {each.code:<13}  {one_line(each.message)}\n")
        if each.next_step:
            out.write(f"{'':<24}{style.faint(f'next: {one_line(each.next_step)}')}\n")
    problems = sum(each.health == "problem" for each in checks)
    if not options.quiet:
        out.write(f"\n{plural(problems, 'problem') if problems else 'no problems'}\n")


def _label(check: Check, style: Style) -> str:
    padded = f"{check.health:<7}"
    if check.health == "ok":
        return style.good(padded)
    return style.severity(Severity.ERROR if check.health == "problem" else Severity.INFO, padded)


def _document(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "health": check.health,
        "message": clean(check.message),
        "next": None if check.next_step is None else clean(check.next_step),
    }
