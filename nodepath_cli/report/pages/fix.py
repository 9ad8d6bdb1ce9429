"""What `nodepath fix` changes, or would change, and what it leaves."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any, TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.fixing.records import Fix, Fixed
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural


def render_json(fix: Fix, out: TextIO, *, diff: bool) -> None:
    """Write one document; with `diff` the unified diff stands in it as a text."""
    document: dict[str, Any] = {
        "version": 1,
        "edits": [
            {
                "path": clean(each.path),
                "line": fix.position(each)[0],
                "column": fix.position(each)[1],
                "old": clean(each.old),
                "new": clean(each.new),
            }
            for each in fix.edits
        ],
        "left": [{"path": clean(each.path), "line": each.line, "reason": clean(each.reason)} for each in fix.left],
        "written": fix.written,
    }
    if diff:
        document["diff"] = _safe("".join(unified(fix)))
    json.dump(document, out, indent=2)
    out.write("\n")


def render_text(fix: Fix, out: TextIO, options: RenderOptions, *, diff: bool) -> None:
    """Write the edits, or with `diff` a unified diff that `patch` takes, then what is left and why."""
    style = Style(options.color)
    if diff:
        out.write(_safe("".join(_painted(line, style) for line in unified(fix))))
    else:
        for edit in fix.edits:
            line, column = fix.position(edit)
            place = style.strong(f"{one_line(edit.path)}:{line}:{column}:")
            out.write(f"{place} {one_line(edit.old)} -> {style.good(one_line(edit.new))}\n")
    if diff and options.quiet:
        return
    label = style.severity(Severity.INFO, "left")
    for each in fix.left:
        out.write(f"{style.strong(f'{one_line(each.path)}:{each.line}:')} {label}: {one_line(each.reason)}\n")
    if not options.quiet:
        out.write(_summary(fix) + "\n")


def _summary(fix: Fix) -> str:
    if not fix.edits and not fix.left:
        return "nothing to fix"
    edits = f"{plural(len(fix.edits), 'name')} in {plural(len(fix.files), 'file')}"
    done = f"{edits} rewritten" if fix.written else f"{edits} to rewrite"
    rest = f", {plural(len(fix.left), 'statement')} left" if fix.left else ""
    ask = "; nothing is written without --write" if fix.edits and not fix.written else ""
    return done + rest + ask


def unified(fix: Fix) -> Iterator[str]:
    """Yield the lines of a unified diff, with their line ends, as `patch` and `git apply` take it."""
    for each in fix.files:
        yield from _of_file(each)


def _of_file(each: Fixed) -> Iterator[str]:
    path = each.before.path
    before, after = _lines(each.before.text), _lines(each.after.text)
    for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Split at `\\n` alone, as `patch` does."""
    return [line + "\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def _painted(line: str, style: Style) -> str:
    body = line.removesuffix("\n")
    if line.startswith("+"):
        return style.good(body) + line[len(body) :]
    return (style.severity(Severity.ERROR, body) if line.startswith("-") else body) + line[len(body) :]


def _safe(text: str) -> str:
    """A byte that is not UTF-8 cannot be written as text."""
    return text.encode("utf-8", "replace").decode("utf-8")
