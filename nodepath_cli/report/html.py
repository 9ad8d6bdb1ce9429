"""One HTML page that needs nothing else: no script, no style sheet, no picture from anywhere."""

from __future__ import annotations

from html import escape
from typing import TextIO

from nodepath_cli.audit.finding import Finding, Position, Report
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._excerpt import excerpt
from nodepath_cli.report._words import WORDS, clean, help_lines, message, plural, schema_line, understood, verdict

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024;
  background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
article { border-left: 4px solid #ccc; margin: 1.5rem 0; padding: 0 1rem; }
article.error { border-color: #b3261e; } article.warning { border-color: #8a5a00; }
article.info { border-color: #0b57a4; }
pre { background: #f4f5f7; padding: .7rem; overflow-x: auto; } code { font-family: ui-monospace, monospace; }
.place { font-family: ui-monospace, monospace; font-size: .9rem; } .help { color: #0b6b2e; }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #16181b; } pre { background: #22262b; }
  .help { color: #7bd69a; } }
"""


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write the page."""
    title = f"nodepath: {verdict(report)}"
    out.write('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    out.write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
    out.write(f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n")
    out.write(f"<h1>{_text(title)}</h1>\n<p>{_text(understood(report))}<br>")
    out.write(f"checked against {_text(schema_line(report))}</p>\n")
    for finding in report.findings:
        _finding(finding, report, out)
    if report.unresolved and options.unresolved:
        out.write(f"<h2>{plural(len(report.unresolved), 'statement')} not followed (NP501)</h2>\n<ul>\n")
        for each in report.unresolved:
            place = f'<span class="place">{_text(each.path)}:{each.line}:{each.column}</span>'
            out.write(f"<li>{place} {_text(each.reason)}</li>\n")
        out.write("</ul>\n")
    if report.skipped:
        out.write(f"<h2>{plural(len(report.skipped), 'file')} skipped</h2>\n<ul>\n")
        for skipped in report.skipped:
            out.write(f'<li><span class="place">{_text(skipped.path)}</span> {_text(skipped.reason)}</li>\n')
        out.write("</ul>\n")
    out.write("</body>\n</html>\n")


def _finding(finding: Finding, report: Report, out: TextIO) -> None:
    position = finding.position
    label = f"{WORDS[finding.severity]}[{finding.rule}]"
    out.write(f'<article class="{finding.severity.value}">\n')
    out.write(f'<p class="place">{_text(finding.path)}:{position.line}:{position.column}')
    out.write(f" in {_text(finding.function)}</p>\n" if finding.function else "</p>\n")
    out.write(f"<p><strong>{_text(label)}</strong> {_text(message(finding))}</p>\n")
    _source(report, finding.path, position, out)
    for line in help_lines(finding):
        out.write(f'<p class="help">help: {_text(line)}</p>\n')
    for related in finding.related:
        place = f"{related.path}:{related.position.line}:{related.position.column}"
        out.write(f'<p><span class="place">{_text(place)}</span> {_text(related.message)}</p>\n')
        _source(report, related.path, related.position, out)
    out.write("</article>\n")


def _source(report: Report, path: str, position: Position, out: TextIO) -> None:
    found = excerpt(report.sources[path], position) if path in report.sources else None
    if found is not None:
        out.write(f"<pre><code>{_text(found.source)}\n{_text(found.carets)}</code></pre>\n")


def _text(text: str) -> str:
    return escape(clean(text))


FORMAT = Format("html", render)
