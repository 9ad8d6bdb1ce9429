"""`nodepath locks` as its tests call it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nodepath_cli.__main__ import main


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run a command with `--format json`; return its exit code and its one document."""
    capsys.readouterr()
    code = main(["locks", *arguments, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == 1
    return code, found
