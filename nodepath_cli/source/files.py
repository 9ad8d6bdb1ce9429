"""Which files are read: paths, globs, ignores, links; and a file's text with its lines."""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
import sys
from bisect import bisect_right
from collections.abc import Sequence
from fnmatch import fnmatch
from functools import cached_property
from itertools import accumulate, count
from operator import add
from pathlib import Path

from msgspec import Struct, field

from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from nodepath_cli.patterns import lazy

ALWAYS_LEFT_OUT = frozenset({".git", ".hg", ".svn", "node_modules"})
VENDORED = frozenset({"vendor", "testdata", "third_party"})
"""Folders that are left out unless vendored code is asked for; `.git` and `node_modules` always are."""

_PIECE = 1 << 20
_SHORT = 20_000
"""Characters up to which a place is counted out faster than the lines of the file are listed."""

# The Go tool's own definition of a generated file (go.dev/s/generatedcode): this line before the package clause.
_GENERATED = lazy(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_BUILD_IGNORE = lazy(rb"^(//go:build ignore|// \+build ignore)\s*$", re.MULTILINE)
_PACKAGE = lazy(rb"^package\s", re.MULTILINE)


class SourceFile(Struct, frozen=True, dict=True):
    """A file that is read."""

    path: str
    """As reports name it: relative to the working directory, with `/`, without `./`."""
    content: str | bytes
    """What it holds: its bytes, or its text where that is what there is."""

    @cached_property
    def text(self) -> str:
        """Its text, decoded as UTF-8 with `surrogateescape`; line ends as they are."""
        # Most files of a program have nothing to do with SQL: their bytes are all that is looked at.
        return self.content.decode("utf-8", "surrogateescape") if isinstance(self.content, bytes) else self.content

    @cached_property
    def data(self) -> bytes:
        """The file's bytes, as they stood on disk."""
        return self.content if isinstance(self.content, bytes) else self.content.encode("utf-8", "surrogateescape")

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin (`\\n` ends a line)."""
        # A line begins behind all lines before it and their ends, of which there are as many as lines.
        lengths = accumulate(map(len, self.text.split("\n")[:-1]))
        return [0, *map(add, lengths, count(1))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character offset, 1-based, in characters."""
        if len(self.text) < _SHORT:
            start = self.text.rfind("\n", 0, offset) + 1
            return self.text.count("\n", 0, start) + 1, offset - start + 1
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return a line (1-based) without its line end."""
        start = self.line_starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


class FileSet(Struct, frozen=True):
    """What the paths of a command hold."""

    files: tuple[SourceFile, ...] = ()
    """Readable files with a known ending, in order of path, each once."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Path and reason of what could not be read."""
    missing: tuple[str, ...] = ()
    """Paths of the command line that do not exist."""
    generated: tuple[SourceFile, ...] = ()
    """Generated Go files of the folders that are left out: others use what they declare."""
    unread: tuple[str, ...] = ()
    """Those of `skipped` that may hold SQL which nobody has seen: files and folders without permission, large files."""


class _Collector(Struct):
    settings: Settings
    suffixes: tuple[str, ...]
    files: dict[str, SourceFile] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    generated: dict[str, SourceFile] = field(default_factory=dict)
    stdin: bytes | None = None
    """What the standard input held, which can be read once only."""

    def argument(self, path: str) -> None:
        if path == "-":
            self._stdin()
        elif os.path.lexists(path):
            self._named(path)
        elif any(mark in path for mark in "*?[") and (found := sorted(glob.glob(path, recursive=True))):  # noqa: PTH207 - absolute patterns, too
            for each in found:
                self._named(each)
        else:
            self.missing.append(path)

    def _stdin(self) -> None:
        name = self.settings.stdin_filename
        if not name:
            raise UsageError(
                "the standard input has no name to tell its language by", "add --stdin-filename, as in `x.go`"
            )
        shown = display(name)
        if not name.endswith(self.suffixes):
            self.skipped[shown] = f"not a {' or '.join(self.suffixes)} file"
        elif self.stdin is None:
            self.stdin = sys.stdin.buffer.read()
            self._add(shown, self.stdin)

    def _named(self, path: str) -> None:
        """A path that the user names is read even where a walk would leave it out."""
        if Path(path).is_dir():
            self._walk(path)
        elif path.endswith(self.suffixes):
            self._file(path, display(path))
        else:
            self.skipped[display(path)] = f"not a {' or '.join(self.suffixes)} file"

    def _walk(self, root: str) -> None:
        folders = [root]
        while folders:
            folder = folders.pop()
            shown = display(folder)
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                self.skipped[shown] = f"unreadable: {(error.strerror or 'error').lower()}"
                self.unread.add(shown)
                continue
            # To ask for each file's own path from here would take as long as to read it.
            prefix = "" if shown == "." else shown + "/"
            below = []
            for entry in entries:
                if self._excluded(entry.path):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not self._left_out_folder(entry.name):
                        below.append(entry.path)
                elif entry.name.endswith(self.suffixes) and not self._left_out_name(entry.name):
                    self._file(entry.path, prefix + entry.name, walked=True)
                elif entry.is_symlink() and entry.is_dir() and not self._left_out_folder(entry.name):
                    why = _why_not_followed(entry.path, root)
                    if why:
                        self.skipped[prefix + entry.name] = why
            folders.extend(reversed(below))

    def _left_out_folder(self, name: str) -> bool:
        return name in ALWAYS_LEFT_OUT or (name in VENDORED and not self.settings.include_vendored)

    def _left_out_name(self, name: str) -> bool:
        return name.endswith("_test.go") and not self.settings.include_tests

    def _excluded(self, path: str) -> bool:
        if not self.settings.exclude:
            return False
        shown = display(path)
        return any(
            fnmatch(shown, pattern) or fnmatch(Path(path).name, pattern) or shown.startswith(pattern + "/")
            for pattern in (each.rstrip("/") for each in self.settings.exclude)
        )

    def _file(self, path: str, shown: str, walked: bool = False) -> None:
        if shown in self.files:
            return
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path per file costs more than the call
            if not stat.S_ISREG(status.st_mode):
                self.skipped[shown] = "not a regular file"
                return
            if status.st_size > self.settings.max_file_size:
                self.skipped[shown] = f"larger than {self.settings.max_file_size:,} bytes (--max-file-size)"
                self.unread.add(shown)
                return
            data = _content(path, status.st_size)
        except OSError as error:
            self.skipped[shown] = _why_unreadable(path, error)
            if not Path(path).is_symlink():
                self.unread.add(shown)
            return
        self._add(shown, data, walked)

    def _add(self, shown: str, data: bytes, walked: bool = False) -> None:
        if b"\0" in data:
            self.skipped[shown] = "binary file"
            return
        if walked and shown.endswith(".go"):
            reason = self._left_out_text(data)
            if reason is _GENERATED:
                self.generated[shown] = SourceFile(shown, data)
            if reason is not None:
                return
        self.files[shown] = SourceFile(shown, data)

    def _left_out_text(self, text: bytes) -> object:
        """Return the pattern by which a file is left out, None for one that is read."""
        # Most files begin with their package clause, or have it behind a few lines: no more need be looked through.
        clause = _PACKAGE.search(text, 0 if text.startswith(b"package") else text.find(b"\npackage") + 1)
        head = text[: clause.start()] if clause else text
        if b"Code generated" not in head and b"build ignore" not in head:
            return None
        if _BUILD_IGNORE.search(head):
            return _BUILD_IGNORE
        return _GENERATED if _GENERATED.search(head) and not self.settings.include_generated else None


def _content(path: str, size: int) -> bytes:
    """Return a file's bytes; `size` is how many it should have. Raises OSError."""
    # A stream of thousands of small files costs more than what is read through it.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        # It has changed since it was measured, or comes in pieces.
        parts = [data]
        while data:
            data = os.read(descriptor, _PIECE)
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _why_not_followed(link: str, root: str) -> str:
    """Return why a link to a folder is not followed; "" where the folder is read in its own place."""
    target, home = os.path.realpath(link), os.path.realpath(root)
    if os.path.commonpath((target, os.path.realpath(os.path.dirname(link) or "."))) == target:  # noqa: PTH120 - as above
        return "looping link"
    return "" if os.path.commonpath((target, home)) == home else "link to a folder elsewhere"


def _why_unreadable(path: str, error: OSError) -> str:
    if Path(path).is_symlink():
        return "looping link" if error.errno == errno.ELOOP else "dangling link"
    return f"unreadable: {(error.strerror or 'error').lower()}"


def display(path: str) -> str:
    """Return a path as reports name it: relative to the working directory, with `/`, without `./`."""
    return os.path.relpath(path).replace(os.sep, "/")


def collect(paths: Sequence[str], settings: Settings, suffixes: Sequence[str]) -> FileSet:
    """Read the files with these endings that the paths hold: files, folders, globs, or `-` for the standard input.

    Raises UsageError for `-` without a name. What cannot be read is in the result, never an exception.
    """
    collector = _Collector(settings, tuple(suffixes))
    for path in paths:
        collector.argument(path)
    return FileSet(
        tuple(collector.files[path] for path in sorted(collector.files)),
        tuple(sorted(collector.skipped.items())),
        tuple(collector.missing),
        tuple(collector.generated[path] for path in sorted(collector.generated) if path not in collector.files),
        tuple(sorted(collector.unread)),
    )
