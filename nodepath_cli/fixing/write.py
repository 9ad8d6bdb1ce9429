"""A file is replaced at once: whoever reads it sees it before or after, never in between."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from nodepath_cli.errors import UsageError
from nodepath_cli.fixing.records import Fixed


def write(fixed: Fixed) -> None:
    """Write a fixed file: its mode and, where that is allowed, its owner are kept, and a link stays one.

    Raises UsageError where it has changed since it was read, or cannot be written.
    """
    path = Path(fixed.before.path)
    target = path.resolve()
    try:
        if target.read_bytes() != _bytes(fixed.before.text):
            raise UsageError(f"{path} has changed since it was read, so it was not written", "run nodepath fix again")
        _replace(target, _bytes(fixed.after.text))
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"{path} cannot be written: {why}", "make it and its folder writable") from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _replace(target: Path, data: bytes) -> None:
    status = target.stat()
    if not os.access(target, os.W_OK):
        # Replacing needs the folder's permission only; a file that is not to be written stays as it is.
        raise PermissionError(13, "permission denied")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(handle, "wb") as stream:  # noqa: PTH123 - a descriptor, no path
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(OSError):
            os.chown(name, status.st_uid, status.st_gid)
        Path(name).chmod(stat.S_IMODE(status.st_mode))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
