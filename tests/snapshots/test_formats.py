"""What each output format writes, kept in files beside this one.

`NODEPATH_REWRITE_SNAPSHOTS=1 pytest tests/snapshots` writes them anew; the difference is then reviewed like any other.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from nodepath_cli import __version__
from nodepath_cli.audit.finding import Report
from nodepath_cli.audit.rules import page, rules
from nodepath_cli.report import RenderOptions, find, format_names
from tests.snapshots.reports import ALL, FULL

EXPECTED = Path(__file__).parent / "expected"
VARIANTS = {
    "colored": RenderOptions(color=True),
    "verbose": RenderOptions(verbose=True),
    "quiet": RenderOptions(quiet=True),
    "without_np501": RenderOptions(unresolved=False),
}


def rendered(name: str, report: Report, options: RenderOptions) -> str:
    """What a format writes, without what changes from release to release."""
    out = io.StringIO()
    find(name).render(report, out, options)
    text = out.getvalue().replace(__version__, "VERSION")
    if name == "sarif":
        # The rules' own texts are tested where they are written, and a new rule moves the others.
        log = json.loads(text)
        assert [rule["id"] for rule in log["runs"][0]["tool"]["driver"].pop("rules")] == [rule.id for rule in rules()]
        for result in log["runs"][0]["results"]:
            assert rules()[result.pop("ruleIndex")].id == result["ruleId"]
        text = json.dumps(log, indent=2) + "\n"
    return text


def compare(file: str, text: str) -> None:
    """Compare with the expected file, or write it."""
    path = EXPECTED / file
    if os.environ.get("NODEPATH_REWRITE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8", newline="\n")
    with path.open(encoding="utf-8", newline="") as stream:
        assert text == stream.read()


@pytest.mark.parametrize("report", ALL)
@pytest.mark.parametrize("name", format_names())
def test_a_report_is_written_as_expected(name: str, report: str) -> None:
    compare(f"{report}.{name}.txt", rendered(name, ALL[report], RenderOptions()))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", ["text", "concise"])
def test_a_reader_can_ask_for_more_or_less(name: str, variant: str) -> None:
    compare(f"full_{variant}.{name}.txt", rendered(name, FULL, VARIANTS[variant]))


def test_no_expected_file_is_left_over() -> None:
    wanted = {f"{report}.{name}.txt" for report in ALL for name in format_names()}
    wanted |= {f"full_{variant}.{name}.txt" for variant in VARIANTS for name in ("text", "concise")}
    assert {path.name for path in EXPECTED.iterdir()} == wanted


@pytest.mark.parametrize("name", format_names())
def test_every_module_exports_a_format_with_the_name_of_its_file(name: str) -> None:
    assert find(name).name == name


def test_every_rule_in_sarif_carries_its_page() -> None:
    out = io.StringIO()
    find("sarif").render(FULL, out, RenderOptions())
    assert page(rules()[0]).splitlines()[0] in out.getvalue()
