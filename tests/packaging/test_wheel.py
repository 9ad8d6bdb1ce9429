"""The wheel works where there is no checkout: in a fresh environment, from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=ROOT)
    (found,) = folder.glob("nodepath-*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, which borrows the dependencies of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=folder)
    borrowed = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    return folder / "bin"


def run(*command: str, cwd: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def test_the_wheel_holds_the_revisions_and_nothing_that_merges_into_alembic(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("alembic.ini", "alembic/env.py", "alembic/script.py.mako"):
        assert f"nodepath_cli/_bundle/{name}" in names
    for dialect in ("mysql", "sqlite"):
        assert f"nodepath_cli/_bundle/alembic/offline-{dialect}.json" in names
    assert any(name.startswith("nodepath_cli/_bundle/alembic/versions/0001_") for name in names)
    assert "nodepath_cli/py.typed" in names
    assert [name for name in names if name.startswith("alembic")] == []
    assert [name for name in names if "__pycache__" in name or name.startswith("tests")] == []


def test_it_runs_as_a_command_and_as_a_module(environment: Path, tmp_path: Path) -> None:
    shown = run(str(environment / "nodepath"), "--version", cwd=tmp_path).stdout
    assert shown.startswith("nodepath ")
    assert run(str(environment / "python"), "-m", "nodepath_cli", "--version", cwd=tmp_path).stdout == shown


def test_it_is_the_installed_package_that_runs(environment: Path, tmp_path: Path) -> None:
    code = "import nodepath_cli; print(nodepath_cli.__file__)"
    where = run(str(environment / "python"), "-c", code, cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(environment.parent)


def test_it_upgrades_a_database_in_any_folder(environment: Path, tmp_path: Path) -> None:
    nodepath = str(environment / "nodepath")
    url = ("--database-url", "sqlite:///locks.db")
    upgraded = run(nodepath, "db", "upgrade", *url, "--format", "json", cwd=tmp_path)
    assert json.loads(upgraded.stdout) == {
        "version": 1,
        "from": None,
        "current": "0001",
        "head": "0001",
        "applied": ["0001"],
    }
    assert (tmp_path / "locks.db").is_file()
    checked = json.loads(run(nodepath, "db", "check", *url, "--format", "json", cwd=tmp_path).stdout)
    assert [table["shape"] for table in checked["tables"]] == ["production", "production"]


def test_a_forgotten_variable_makes_no_file(environment: Path, tmp_path: Path) -> None:
    done = run(str(environment / "nodepath"), "db", "upgrade", cwd=tmp_path, expected=2)
    assert done.stderr.splitlines()[-1].startswith("error: no database is configured. Next: ")
    assert list(tmp_path.iterdir()) == []
