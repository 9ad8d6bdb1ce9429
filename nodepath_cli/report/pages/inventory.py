"""The inventory of statements (`nodepath queries`): as text and as the JSON document of version 1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from nodepath_cli.audit.finding import Counts, InventoryItem, Severity
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural, understood_counts

FORMATS = ("json", "text")
"""The formats of an inventory."""

_SEVERITY_OF_STATUS = {"partial": Severity.WARNING, "unresolved": Severity.ERROR}


def render_json(items: Sequence[InventoryItem], out: TextIO) -> None:
    """Write one document with every statement in source order."""
    json.dump({"version": 1, "statements": [_document(each) for each in items]}, out, indent=2)
    out.write("\n")


def render_text(items: Sequence[InventoryItem], counts: Counts, out: TextIO, options: RenderOptions) -> None:
    """Write how much was understood, then a line for each statement, with its SQL under it where asked (-v)."""
    style = Style(options.color)
    out.write(f"{style.strong(_coverage(counts))}\n")
    if options.quiet:
        return
    for each in items:
        out.write("\n" + "\n".join(_lines(each, style, options.verbose)) + "\n")


def _coverage(counts: Counts) -> str:
    understood = counts.resolved + counts.partial
    share = f"{100 * understood / counts.statements:.1f} %" if counts.statements else "nothing"
    return f"{understood_counts(counts)} ({share} understood, {plural(counts.files, 'file')})"


def _lines(item: InventoryItem, style: Style, verbose: bool) -> list[str]:
    severity = _SEVERITY_OF_STATUS.get(item.status)
    status = style.severity(severity, item.status) if severity else style.good(item.status)
    place = style.strong(f"{one_line(item.path)}:{item.line}:{item.column}")
    where = f" in {one_line(item.function)}" if item.function else ""
    call = f" to {one_line(item.call_name)}" if item.call_name else ""
    lines = [f"{place}: {status} {item.kind}{where}{call}"]
    if item.reason:
        lines.append(f"    because: {one_line(item.reason)}")
    if item.tables:
        lines.append(f"    tables: {one_line(', '.join(item.tables))}")
    texts = [text for text in (item.variants or (item.sql,)) if text]
    most = 0 if verbose else 200
    shown = texts if verbose else texts[:1]
    lines += [style.faint(f"    {one_line(text, most)}") for text in shown]
    if len(shown) < len(texts):
        lines.append(style.faint(f"    and {plural(len(texts) - len(shown), 'more text')} by branch (-v shows all)"))
    return lines


def _document(item: InventoryItem) -> dict[str, Any]:
    call = None
    if item.call_name is not None:
        call = {"path": clean(item.call_path or item.path), "line": item.call_line, "name": clean(item.call_name)}
    return {
        "path": clean(item.path),
        "line": item.line,
        "column": item.column,
        "function": None if item.function is None else clean(item.function),
        "sql": clean(item.sql),
        "status": item.status,
        "reason": None if item.reason is None else clean(item.reason),
        "dialect": item.dialect,
        "call": call,
        "variants": [clean(each) for each in item.variants],
        "tables": [clean(each) for each in item.tables],
        "columns": [clean(each) for each in item.columns],
    }
