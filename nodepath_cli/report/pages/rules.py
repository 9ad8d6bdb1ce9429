"""The list of rules and a rule's page (`nodepath rules`, `nodepath explain NP101`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from nodepath_cli.audit.finding import Rule
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style


def render_list_json(rules: Sequence[Rule], out: TextIO) -> None:
    """Write one document with every rule."""
    json.dump({"version": 1, "rules": [_document(rule) for rule in rules]}, out, indent=2)
    out.write("\n")


def render_list_text(rules: Sequence[Rule], out: TextIO, options: RenderOptions) -> None:
    """Write a line for each rule."""
    style = Style(options.color)
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        severity = style.severity(rule.severity, f"{rule.severity.value:<7}")
        out.write(f"{style.strong(rule.id)}  {severity}  {rule.name:<{width}}  {rule.summary}\n")


def render_page_json(rule: Rule, page: str, out: TextIO) -> None:
    """Write one document with the rule and its page."""
    json.dump({"version": 1, **_document(rule), "page": page}, out, indent=2)
    out.write("\n")


def render_page_text(rule: Rule, page: str, out: TextIO, options: RenderOptions) -> None:
    """Write the rule's page."""
    style = Style(options.color)
    out.write(f"{style.strong(f'{rule.id} {rule.name}')} ({style.severity(rule.severity, rule.severity.value)})\n\n")
    out.write(f"{page}\n\nSuppress one with a comment on its line or the line above: ")
    out.write(f"// nodepath: ignore[{rule.id}] reason\n")


def _document(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "name": rule.name, "severity": rule.severity.value, "summary": rule.summary}
