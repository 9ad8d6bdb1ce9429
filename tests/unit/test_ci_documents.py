"""The documented jobs are well-formed, and every command in them does what the page says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tree import Tree, go

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
GITHUB, GITLAB, PRE_COMMIT = BLOCKS
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"


@pytest.fixture
def checkout(tree: Tree) -> Tree:
    """A repository with a wrong statement in its baseline, and a `nodepath` on the path."""
    tree.write(".git/HEAD", "")
    tree.write("db/schema.sql", DDL)
    tree.write("nodepath.toml", 'schema = ["db/schema.sql"]\n')
    tree.write("store.go", go("`SELECT nmae FROM flows`"))
    shim = tree.folder / ".git" / "bin" / "nodepath"
    tree.write(".git/bin/nodepath", f'#!/bin/sh\nexec "{sys.executable}" -m nodepath_cli "$@"\n')
    shim.chmod(0o755)
    assert shell(tree, "nodepath baseline create").returncode == 0
    return tree


def shell(tree: Tree, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a job does."""
    environment = os.environ | {
        "PATH": f"{tree.folder}/.git/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(tree.folder / ".git" / "summary.md"),
    }
    return subprocess.run(
        ["sh", "-e", "-c", command],
        cwd=tree.folder,
        env=environment,
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )


def github_steps() -> dict[str, Any]:
    """The steps of the GitHub job that have a name, by it."""
    return {step["name"]: step for step in GITHUB["jobs"]["nodepath"]["steps"] if "name" in step}


def test_the_github_job_annotates_summarizes_and_uploads(checkout: Tree) -> None:
    steps = github_steps()
    passed = shell(checkout, steps["Audit"]["run"])
    assert (passed.returncode, passed.stderr) == (0, "")
    checkout.write("new.go", go("`SELECT stage FROM flows`"))
    failed = shell(checkout, steps["Audit"]["run"])
    assert failed.returncode == 1
    assert failed.stdout.startswith("::error file=new.go,line=6,")
    assert "nmae" not in failed.stdout
    assert steps["Summary"]["if"] == steps["Upload"]["if"] == "always()"
    assert shell(checkout, steps["Summary"]["run"]).returncode == 0
    assert "stage" in (checkout.folder / ".git" / "summary.md").read_text()
    log = json.loads((checkout.folder / steps["Upload"]["with"]["sarif_file"]).read_text())
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "new.go"


def test_the_github_job_has_the_rights_that_it_needs_and_pins_what_it_uses() -> None:
    assert GITHUB["permissions"] == {"contents": "read", "security-events": "write"}
    used = [step["uses"] for step in GITHUB["jobs"]["nodepath"]["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", each) for each in used)


def test_the_gitlab_job_writes_the_reports_that_it_names(checkout: Tree) -> None:
    job = GITLAB["nodepath"]
    (audit,) = [each for each in job["script"] if each.startswith("nodepath ")]
    assert shell(checkout, audit).returncode == 0
    reports = job["artifacts"]["reports"]
    assert json.loads((checkout.folder / reports["codequality"]).read_text()) == []
    assert "<testsuites" in (checkout.folder / reports["junit"]).read_text()


def test_the_pre_commit_hook_runs_with_its_own_and_with_the_documented_arguments(checkout: Tree) -> None:
    (hook,) = HOOKS
    assert {"id", "name", "entry", "language"} <= hook.keys()
    (used,) = PRE_COMMIT["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert shell(checkout, " ".join([hook["entry"], *used["args"]])).returncode == 0
    alone = shell(checkout, " ".join([hook["entry"], *hook["args"]]))
    assert alone.returncode == 1
    assert alone.stdout.startswith("store.go:6:")


def test_the_exit_codes_of_the_page_are_those_of_the_program() -> None:
    from nodepath_cli import errors

    documented = {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)}
    assert documented == {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
