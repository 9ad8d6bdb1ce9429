"""Options of single commands as keys of the configuration file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from nodepath_cli.__main__ import main
from nodepath_cli.cli import app
from nodepath_cli.config_file import COMMAND_KEYS, COMMAND_LINE_ONLY, KEYS

TREE = "SELECT id FROM t;\n"


def options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (each.removeprefix("--") for each in parameter.opts if each.startswith("--"))
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from options(command.get_command(None, name))


def test_every_long_option_is_a_key_or_said_to_be_none() -> None:
    found = set(options(get_command(app)))
    assert {"format", "by", "limit", "yes"} <= found
    assert found <= COMMAND_KEYS | COMMAND_LINE_ONLY | set(KEYS)
    assert found >= COMMAND_KEYS | COMMAND_LINE_ONLY and not COMMAND_KEYS & set(KEYS)


def written(folder: Path, text: str) -> Path:
    (folder / "nodepath.toml").write_text(text)
    (folder / "a.sql").write_text(TREE)
    return folder


def test_the_file_gives_an_option_and_the_command_line_goes_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(written(tmp_path, 'by = "table"\nno-cache = true\n'))
    main(["queries"])
    by_table = capsys.readouterr().out
    main(["queries", "--no-config", "--no-cache", "--by", "table"])
    assert capsys.readouterr().out == by_table
    main(["queries", "--by", "file"])
    assert capsys.readouterr().out != by_table


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("by = true", "by: True is not a text or a number"),
        ("limit = 0", "limit: 0 is not in the range"),
        ("show-phones = 1", "show-phones: 1 is not true or false"),
        ("yes = true", "--yes is for the command line alone"),
        ("lmit = 3", "unknown key 'lmit'. Next: write 'limit'"),
    ],
)
def test_a_wrong_value_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    monkeypatch.chdir(written(tmp_path, text))
    command = ["queries"] if text.startswith("by") else ["locks", "list", "--database-url", "sqlite:///none.db"]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_key_of_another_command_says_nothing_to_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(tmp_path, "limit = 3\ninterval = 5\nno-cache = true\n"))
    assert main(["audit-columns", "-q"]) in (0, 1)
