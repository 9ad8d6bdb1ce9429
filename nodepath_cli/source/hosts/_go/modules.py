"""Which folder an import path means: by go.mod where there is one, else by the end of the path."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from nodepath_cli.patterns import lazy

_MODULE = lazy(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_REQUIRED = lazy(r"^(?:require)?[ \t]+([\w.~-]+\.\w[\w./~-]*)[ \t]+v[^\s]+[ \t]*$", re.MULTILINE)
"""A requirement that is not `// indirect`."""
_VERSION = lazy(r"^v\d+$")
_MAX_GO_MOD = 1_000_000


# The files of a program import the same packages.
@lru_cache(maxsize=4096)
def import_name(path: str) -> str:
    """Return the name under which an import without alias is most probably used (`gopkg.in/yaml.v3`: `yaml`)."""
    parts = path.split("/")
    last = parts[-1]
    if _VERSION.match(last) and len(parts) > 1:
        last = parts[-2]
    last = re.sub(r"\.v\d+$", "", last)
    return last.removeprefix("go-").replace("-", "_")


class Modules:
    """The modules that the audited folders belong to."""

    def __init__(self, folders: Iterable[str]) -> None:
        self._folders = frozenset(folders)
        self._roots: dict[str, str] = {}
        self._answers: dict[tuple[str, str], str | None] = {}
        # By folder, as many lie below the same ones. Not for longer than this run: a go.mod may change.
        self._read: dict[str, str | None] = {}
        self._required: set[str] = set()
        for folder in sorted(self._folders):
            self._climb(folder)

    @property
    def roots(self) -> dict[str, str]:
        """The folder of each module's go.mod by the module's path."""
        return dict(self._roots)

    @property
    def required(self) -> frozenset[str]:
        """The paths of the modules that those need themselves, not for one of their own."""
        return frozenset(self._required)

    def ending(self, folder: str) -> str:
        """Return the last part of the import paths that mean an audited folder."""
        module = next((module for module, root in self._roots.items() if root == folder), folder)
        return module.rpartition("/")[2]

    def outside(self, import_path: str) -> bool:
        """Say whether an import path means a package of an audited module that is not among the audited folders."""
        within = any(import_path == module or import_path.startswith(f"{module}/") for module in self._roots)
        return within and self._find(import_path, "") is None

    def folder(self, import_path: str, importer: str) -> str | None:
        """Return the audited folder that an import path means, None for a package from elsewhere.

        Without any go.mod the folder with the longest equal end is taken, the nearest to the importer among equals.
        """
        key = (import_path, importer)
        if key not in self._answers:
            self._answers[key] = self._find(import_path, importer)
        return self._answers[key]

    def _find(self, import_path: str, importer: str) -> str | None:
        for module, root in self._roots.items():
            if import_path == module or import_path.startswith(module + "/"):
                rest = import_path[len(module) + 1 :]
                found = os.path.normpath(f"{root}/{rest}").replace(os.sep, "/")
                return found if found in self._folders else None
        if self._roots:
            return None
        return self._by_ending(import_path, importer)

    def _by_ending(self, import_path: str, importer: str) -> str | None:
        best: tuple[int, int] = (0, 0)
        answer = None
        if "." in import_path.split("/")[0] or "/" in import_path:
            parts = import_path.split("/")
            for folder in sorted(self._folders):
                rank = (_common(parts[::-1], folder.split("/")[::-1]), _common(importer.split("/"), folder.split("/")))
                if rank[0] and rank > best:
                    best, answer = rank, folder
        return answer

    def _climb(self, folder: str) -> None:
        # As text: a tree has hundreds of folders, and to take paths apart as objects is slow (measured).
        place = os.path.abspath(folder)  # noqa: PTH100
        while place not in self._read:
            found, needs = _module_of(place)
            self._read[place] = found
            self._required.update(needs)
            parent = os.path.dirname(place)  # noqa: PTH120
            if found or parent == place:
                break
            place = parent
        else:
            # Whatever lies above it was climbed then.
            return
        if found:
            self._roots.setdefault(found, os.path.relpath(place).replace(os.sep, "/"))


def _module_of(folder: str) -> tuple[str | None, list[str]]:
    """Return the path of a folder's module, and those that it needs itself."""
    path = os.path.join(folder, "go.mod")  # noqa: PTH118 - as in _climb
    try:
        about = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_GO_MOD:
            return None, []
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None, []
    found = _MODULE.search(text)
    return found.group(1) if found else None, _REQUIRED.findall(text)


def _common(first: list[str], second: list[str]) -> int:
    count = 0
    for left, right in zip(first, second, strict=False):
        if left != right:
            break
        count += 1
    return count
