"""What another process finds out meanwhile is what this one would have found out, and is found out whatever comes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodepath_cli.audit import remembered
from nodepath_cli.audit.run import audit
from nodepath_cli.config import Settings
from nodepath_cli.meanwhile import Meanwhile
from tests.tree import Tree, go

pytestmark = pytest.mark.usefixtures("alone")


def test_it_is_found_out_by_another_process() -> None:
    asked = Meanwhile(lambda: (os.getpid(), b"\0" * 3_000_000, ["a", None]))
    process, *rest = asked.result()
    assert process != os.getpid()
    assert rest == [b"\0" * 3_000_000, ["a", None]]


def test_where_the_other_process_dies_this_one_finds_it_out() -> None:
    here = os.getpid()

    def do() -> int:
        if os.getpid() != here:
            os._exit(9)
        return 5

    assert Meanwhile(do).result() == 5


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def do() -> int:
        raise LookupError("nothing")

    asked = Meanwhile(do)
    with pytest.raises(LookupError, match="nothing"):
        asked.result()


@pytest.mark.parametrize("lacking", ["fork", "memfd_create"])
def test_without_such_a_system_this_process_finds_it_out(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, lacking)
    assert Meanwhile(os.getpid).result() == os.getpid()


def test_without_room_for_a_process_this_one_finds_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", full)
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    assert Meanwhile(os.getpid).result() == os.getpid()
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_an_audit_that_finds_nothing_kept_has_the_files_read_meanwhile(tree: Tree, tmp_path: Path) -> None:
    tree.write("schema.sql", "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(20));")
    tree.write("a.go", go('"SELECT nam FROM users"', '"SELECT name FROM users"'))
    forks: list[int] = []
    fork = os.fork

    def noted() -> int:
        forks.append(fork())
        return forks[-1]

    settings = Settings(jobs=2, cache_dir=str(tmp_path / "cache"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fork", noted)
        first = remembered.audit((".",), settings)
        assert len(forks) == 1
        again = remembered.audit((".",), settings)
        assert len(forks) == 1, "where results are kept, one is looked for first"
    assert first.findings == again.findings == audit((".",), settings).findings != ()
