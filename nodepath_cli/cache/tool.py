"""What nodepath is: its own files and what is installed beside it. A change of either leaves every entry behind."""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from pathlib import Path

from nodepath_cli import __version__


def identity() -> bytes:
    """Return a hash of nodepath's files by content, its version, Python's, and the names of all installed packages.

    The files are read, not asked for their times: a checkout that is edited, or switched to another branch, is another
    nodepath.
    """
    package = Path(__file__).resolve().parents[1]
    digest = blake2b(digest_size=32)
    digest.update(repr((__version__, sys.version, sys.implementation.cache_tag, sys.platform)).encode())
    for folder in (package, package.parent / "alembic"):
        for path in _files(str(folder)):
            with open(path, "rb") as stream:  # noqa: PTH123 - a Path per file costs more than the reading
                data = stream.read()
            digest.update(f"{os.path.relpath(path, package)}\0{len(data)}\0".encode())
            digest.update(data)
    for name in _installed():
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
    return digest.digest()


def _files(folder: str) -> list[str]:
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        found += [f"{here}/{name}" for name in sorted(names) if not name.endswith((".pyc", ".pyo"))]
    return found


def _installed() -> list[str]:
    """Return what pip calls each installed package: name and version are in the name of its `.dist-info` folder."""
    found: set[str] = set()
    for folder in sys.path:
        if folder.endswith(("site-packages", "dist-packages")):
            try:
                names = os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
            except OSError:
                continue
            found.update(name for name in names if name.endswith((".dist-info", ".egg-info", ".egg-link")))
    return sorted(found)
