"""The code at a Git revision, read from Git's own store: the work tree and the index are not touched."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from nodepath_cli.errors import UsageError
from nodepath_cli.source.hosts import suffixes

_REGULAR = ("100644", "100755")


@contextlib.contextmanager
def checked_out(ref: str, paths: Sequence[str]) -> Iterator[None]:
    """Make a folder with the source files of a revision the working directory, so that `paths` mean the same there.

    Raises UsageError where this is no Git work tree, where there is no such revision, or where none of the paths
    existed in it.
    """
    top = _top()
    here = Path.cwd().resolve()
    commit = _commit(ref)
    wanted = [_inside(path, here, top) for path in (paths or (".",))]
    with tempfile.TemporaryDirectory(prefix="nodepath-") as folder:
        blobs = list(_blobs(commit, wanted, top))
        if all(_is_module(os.fsencode(path)) for _, path in blobs):
            shown = ", ".join(paths) or "the working directory"
            raise UsageError(f"there are no Go or SQL files of {shown} at '{ref}'", "check --base and the paths")
        _write(blobs, Path(folder), top)
        inside = Path(folder) / here.relative_to(top)
        inside.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(inside):
            yield


def there(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths as they are named from the working directory, absolute ones relative."""
    here = Path.cwd().resolve()
    return tuple(os.path.relpath(Path(path).resolve(), here) if Path(path).is_absolute() else path for path in paths)


def changed_since(ref: str) -> frozenset[Path]:
    """Return the files of the work tree that differ from a revision, those that Git does not track included.

    Raises UsageError where this is no Git work tree, or where there is no such revision.
    """
    top = _top()
    commit = _commit(ref)
    differ = _git(["diff", "--name-only", "-z", "--diff-filter=d", commit], folder=top) or b""
    new = _git(["ls-files", "--others", "--exclude-standard", "-z"], folder=top) or b""
    return frozenset((top / os.fsdecode(name)).resolve() for name in (differ + new).split(b"\0") if name)


def _top() -> Path:
    answer = _git(["rev-parse", "--show-toplevel"])
    if answer is None:
        raise UsageError("a Git revision needs a Git work tree, and this is none", "run it inside the repository")
    return Path(answer.decode("utf-8", "surrogateescape").rstrip("\n")).resolve()


def _commit(ref: str) -> str:
    # A text that begins with a dash would be an option of Git's.
    answer = None if ref.startswith("-") else _git(["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"])
    if answer is None:
        raise UsageError(f"Git knows no revision '{ref[:60]}'", "name a branch, a tag or a commit with --base")
    return answer.decode().strip()


def _git(arguments: Sequence[str], *, folder: Path | None = None, given: bytes | None = None) -> bytes | None:
    """Return what Git answers, None where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=False)
    except OSError:
        raise UsageError("--base needs the program git, which cannot be run", "install git") from None
    return done.stdout if done.returncode == 0 else None


def _inside(path: str, here: Path, top: Path) -> str:
    """Return a path relative to the top of the work tree; of a pattern the folder that all it names lie in."""
    for index, part in enumerate(parts := Path(path).parts):
        if any(mark in part for mark in "*?["):
            path = str(Path(*parts[:index]))
            break
    full = Path(os.path.normpath(here / path))
    if not full.is_relative_to(top):
        raise UsageError(f"{path} lies outside the Git work tree", "name paths of the repository with --base")
    shown = full.relative_to(top).as_posix()
    return "" if shown == "." else shown


def _blobs(commit: str, wanted: Sequence[str], top: Path) -> Iterator[tuple[str, str]]:
    """Yield object and path of each source file, and of every go.mod: one above the paths says what imports mean."""
    endings = tuple(each.encode() for each in suffixes())
    listed = _git(["ls-tree", "-r", "-z", "--full-tree", commit], folder=top) or b""
    prefixes = [os.fsencode(each) for each in wanted]
    for entry in listed.split(b"\0"):
        head, tab, path = entry.partition(b"\t")
        if not tab or not (path.endswith(endings) or _is_module(path)):
            continue
        mode, _, name = head.decode().split()[:3]
        inside = any(not each or path == each or path.startswith(each + b"/") for each in prefixes)
        if mode in _REGULAR and (inside or _is_module(path)):
            yield name, os.fsdecode(path)


def _is_module(path: bytes) -> bool:
    return path.rpartition(b"/")[2] == b"go.mod"


def _write(blobs: Sequence[tuple[str, str]], folder: Path, top: Path) -> None:
    names = "".join(f"{name}\n" for name, _ in blobs).encode()
    answer = _git(["cat-file", "--batch"], folder=top, given=names) or b""
    position = 0
    for _, path in blobs:
        end = answer.index(b"\n", position)
        size = int(answer[position:end].split()[2])
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[end + 1 : end + 1 + size])
        position = end + 1 + size + 1
