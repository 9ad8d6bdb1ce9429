"""JSON Lines: a document for each finding, unresolved statement and skipped file as it comes, the summary last."""

from __future__ import annotations

import json
from typing import Any, TextIO

from nodepath_cli.audit.finding import Report
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report.json import document


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write the parts of the JSON document, each on a line with its `kind`."""
    del options
    whole = document(report)
    for kind, key in (("finding", "findings"), ("unresolved", "unresolved"), ("skipped", "skipped")):
        for each in whole[key]:
            _line(kind, each, out)
    if "error" in whole:
        _line("error", whole["error"], out)
    _line("summary", {"tool": whole["tool"], "schema": whole["schema"], **whole["summary"]}, out)


def _line(kind: str, body: dict[str, Any], out: TextIO) -> None:
    out.write(json.dumps({"version": 1, "kind": kind, **body}) + "\n")


FORMAT = Format("jsonl", render)
