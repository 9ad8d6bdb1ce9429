"""The end of the command: what is still to be done is done, and the exit code is the command's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ATEXIT = "import atexit; atexit.register(lambda: print('at exit'))"
THREAD = "import threading, time; threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()"
FOLDER = "import tempfile; folder = tempfile.TemporaryDirectory(); print(folder.name)"


def ended(*before: str) -> tuple[int, list[str]]:
    """The exit code and the output of a run that ends with 3 after some statements."""
    code = "\n".join((*before, "from nodepath_cli.__main__ import _end", "print('done')", "_end(3)"))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr == ""
    return result.returncode, result.stdout.splitlines()


@pytest.mark.parametrize(
    ("before", "expected"),
    [((), ["done"]), ((ATEXIT,), ["done", "at exit"]), ((THREAD,), ["done", "thread"])],
)
def test_what_is_left_to_do_is_done(before: tuple[str, ...], expected: list[str]) -> None:
    assert ended(*before) == (3, expected)


def test_a_temporary_folder_does_not_stay(tmp_path: Path) -> None:
    code, lines = ended(f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}", FOLDER)
    assert code == 3
    assert not Path(lines[0]).exists()
