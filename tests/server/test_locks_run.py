"""`nodepath locks run`: the command's exit code, signals, and a command that never outlives its lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.mariadb import PrivateMariaDB
from tests.server.locks_fixture import DEVICE, PHONE, TABLE, engine, lock, run, texts, url

__all__ = ["engine", "url"]

on_one = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what is the same on every database."""


class Prompt:
    """Starts `nodepath locks run` under one key, and ends what is left of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *command: str, lease: float = 30, options: tuple[str, ...] = (), **how: Any) -> Any:
        """Start a command; `%` in it stands for the folder."""
        words = [each.replace("%", str(self.folder)) for each in command]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        arguments = ("--database-url", self.url, "--prospect", PHONE, "--device", DEVICE, "--lease", str(lease))
        found = subprocess.Popen(
            [sys.executable, "-m", "nodepath_cli", "locks", "run", *arguments, *options, "--", *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )
        self.started.append(found)
        return found

    def run(self, *command: str, **how: Any) -> tuple[int, str, str]:
        """Run a command to its end."""
        process = self.start(*command, **how)
        out, err = process.communicate(timeout=90)
        return process.returncode, out, err


@pytest.fixture
def prompt(url: str, tmp_path: Path) -> Iterator[Prompt]:
    made = Prompt(url, tmp_path)
    yield made
    for each in made.started:
        each.kill()
        each.communicate()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def number(file: Path) -> int:
    until(lambda: file.exists() and file.read_text().endswith("\n"))
    return int(file.read_text())


def test_the_commands_exit_code_and_output_are_its_own(prompt: Prompt, engine: Engine) -> None:
    assert prompt.run("sh", "-c", "echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")
    assert texts(engine) == []
    assert prompt.run("sh", "-c", "kill -9 $$")[0] == 137
    assert prompt.run("true") == (0, "", "")
    code, _, err = prompt.run("%/no such command")
    assert code == 127 and err.startswith("error: ") and err.count("\n") == 1
    assert prompt.run("%")[0] == 126
    assert texts(engine) == []


@on_one
def test_a_held_lock_is_75_and_is_waited_for(prompt: Prompt, engine: Engine) -> None:
    held = lock(engine)
    assert held.acquire()
    code, out, err = prompt.run("sh", "-c", "echo no", options=("--format", "json"))
    assert code == 75 and '"code": "busy"' in out and err.startswith("error: another holds the lock")
    waiting = prompt.start("echo", "in", options=("--wait", "60s"))
    time.sleep(1)
    assert waiting.poll() is None and held.release()
    assert waiting.communicate(timeout=60)[0] == "in\n" and waiting.returncode == 0


@on_one
def test_it_renews_while_the_command_runs_and_no_shell_reads_it(prompt: Prompt, engine: Engine) -> None:
    running = prompt.start("sh", "-c", "echo $$ > %/pid; sleep 3; echo '$HOME *'", lease=1)
    number(prompt.folder / "pid")
    assert not lock(engine, lease=1).acquire(wait=1.5)
    assert running.communicate(timeout=60)[0] == "$HOME *\n"
    assert texts(engine) == []


def test_a_killed_holder_takes_the_command_and_its_descendants_with_it(prompt: Prompt, engine: Engine) -> None:
    script = "echo $$ > %/one; (sh -c 'echo $$ > %/two; sleep 100; true') & sleep 100; true"
    running = prompt.start("sh", "-c", script, lease=2)
    pids = [number(prompt.folder / name) for name in ("one", "two")]
    running.kill()
    until(lambda: not any(alive(pid) for pid in pids), 10)
    assert len(texts(engine)) == 1
    assert lock(engine, lease=2).acquire(wait=5)


@on_one
def test_signals_go_to_the_command(prompt: Prompt, engine: Engine) -> None:
    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        pid = prompt.folder / f"pid-{sent}"
        script = f"trap 'exit 9' {sent.name[3:]}; echo $$ > {pid}; while :; do sleep 0.05; done"
        running = prompt.start("sh", "-c", script)
        number(pid)
        running.send_signal(sent)
        assert running.wait(30) == 9, sent
    pid = prompt.folder / "last"
    running = prompt.start("sh", "-c", f"echo $$ > {pid}; exec sleep 100")
    number(pid)
    running.terminate()
    assert running.wait(30) == 128 + signal.SIGTERM
    assert texts(engine) == []


@on_one
def test_a_signal_ends_the_waiting(prompt: Prompt, engine: Engine) -> None:
    assert lock(engine).acquire()
    waiting = prompt.start("true", options=("--wait", "1h"))
    time.sleep(2)
    waiting.terminate()
    assert waiting.wait(30) == 128 + signal.SIGTERM


def test_a_lost_lock_ends_the_command_first_gently_then_for_good(prompt: Prompt, engine: Engine) -> None:
    gentle = "trap 'echo gentle > %/end; exit 0' TERM; echo $$ > %/pid; while :; do sleep 0.05; done"
    deaf = "trap '' TERM; echo $$ > %/pid; while :; do sleep 0.05; done"
    for script in (gentle, deaf):
        (prompt.folder / "pid").unlink(missing_ok=True)
        run(engine, f"DELETE FROM {TABLE}")
        running = prompt.start("sh", "-c", script, lease=1)
        pid = number(prompt.folder / "pid")
        run(engine, f"UPDATE {TABLE} SET timestamp = '2999-01-01 00:00:00'")
        out, err = running.communicate(timeout=30)
        assert running.returncode == 4, (out, err)
        assert err.splitlines()[-1].startswith("error: the lock was lost") and not alive(pid)
        assert texts(engine) == ["2999-01-01 00:00:00"]
    assert (prompt.folder / "end").read_text() == "gentle\n"


def test_a_database_that_goes_away_ends_the_command_after_a_lease(tmp_path: Path) -> None:
    from nodepath_cli import migrate

    (tmp_path / "s").mkdir()
    with PrivateMariaDB(tmp_path / "s") as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE gone CHARACTER SET utf8mb4")
        migrate.upgrade(server.url("gone"))
        prompt = Prompt(server.url("gone"), tmp_path)
        running = prompt.start("sh", "-c", "echo $$ > %/pid; exec sleep 100", lease=2)
        pid = number(tmp_path / "pid")
        assert alive(pid)
    assert running.wait(30) == 4 and not alive(pid)
    assert prompt.run("true")[0] == 4


@on_one
def test_a_killed_supervisor_ends_the_command(prompt: Prompt) -> None:
    running = prompt.start("sh", "-c", "echo $PPID > %/parent; echo $$ > %/pid; exec sleep 100")
    pid = number(prompt.folder / "pid")
    os.kill(int((prompt.folder / "parent").read_text()), signal.SIGKILL)
    assert running.wait(30) == 4
    until(lambda: not alive(pid), 10)


@on_one
def test_the_command_inherits_no_pipe_and_no_signal_that_is_blocked(prompt: Prompt) -> None:
    script = "import os, signal; print(sorted(os.listdir('/proc/self/fd')), signal.getsignal(signal.SIGTERM).name)"
    code, out, _ = prompt.run(sys.executable, "-c", script)
    assert (code, out) == (0, "['0', '1', '2', '3'] SIG_DFL\n")
