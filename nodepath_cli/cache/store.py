"""The cache's folder: one file for each entry, checked when it is read, put in place whole, and old ones removed.

Several runs may use it at once: a file is written under another name and renamed, so that a reader sees the old one,
the new one or none. Whatever goes wrong with it (no space, no right, a damaged file), the run goes on without it.
"""

from __future__ import annotations

import os
import tempfile
import time
import zlib
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from nodepath_cli.cache.codec import CodecError, dumps, loads

MAX_BYTES = 100_000_000
"""What all entries may take together; those that were used longest ago go first."""
MAX_ENTRIES = 500
_MAGIC = b"nodepath-cache-1\n"
_SUM = 32
_SUFFIX = ".entry"
_STALE = 3600.0
"""Seconds after which a file that was never put in place was left by a run that was killed."""


def default_folder() -> Path | None:
    """Return `$XDG_CACHE_HOME/nodepath` or `~/.cache/nodepath`; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):  # noqa: PTH117 - as the XDG specification has it: a relative path is ignored
        return Path(base) / "nodepath"
    try:
        return Path.home() / ".cache" / "nodepath"
    except RuntimeError:
        return None


class Store(Struct, frozen=True):
    """A folder of entries."""

    folder: Path

    @property
    def empty(self) -> bool:
        """Whether it has no entry at all."""
        try:
            with os.scandir(self.folder) as found:
                return not any(each.name.endswith(_SUFFIX) for each in found)
        except OSError:
            return True

    def read(self, key: str) -> object | None:
        """Return the entry of a key, None where there is none that is whole."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        head = len(_MAGIC) + _SUM
        packed = data[head:]
        if not data.startswith(_MAGIC) or data[len(_MAGIC) : head] != _checksum(key, packed):
            return None
        try:
            found = loads(zlib.decompress(packed))
        except (CodecError, zlib.error):
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def write(self, key: str, value: object) -> None:
        """Keep a value; nothing happens where it cannot be kept."""
        try:
            packed = zlib.compress(dumps(value), 1)
        except CodecError:
            return
        if len(packed) > MAX_BYTES // 4:
            return
        temporary = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=self.folder)
            with os.fdopen(handle, "wb") as stream:
                stream.write(_MAGIC + _checksum(key, packed) + packed)
            os.replace(temporary, self._path(key))  # noqa: PTH105 - mkstemp gives a text
            temporary = None
            self._evict()
        except OSError:
            return
        finally:
            if temporary is not None:
                with suppress(OSError):
                    os.unlink(temporary)  # noqa: PTH108 - as above

    def _path(self, key: str) -> Path:
        return self.folder / (key + _SUFFIX)

    def _evict(self) -> None:
        entries, now = [], time.time()
        with os.scandir(self.folder) as found:
            for each in found:
                with suppress(OSError):
                    status = each.stat(follow_symlinks=False)
                    if each.name.endswith(_SUFFIX):
                        entries.append((status.st_mtime, status.st_size, each.path))
                    elif each.name.endswith(".tmp") and status.st_mtime < now - _STALE:
                        os.unlink(each.path)  # noqa: PTH108 - scandir gives a text
        entries.sort(reverse=True)
        total = 0
        for number, (_, size, path) in enumerate(entries):
            total += size
            if number >= MAX_ENTRIES or total > MAX_BYTES:
                with suppress(OSError):
                    os.unlink(path)  # noqa: PTH108 - as above


def _checksum(key: str, packed: bytes) -> bytes:
    # The key is part of it, so that an entry under another one's name is no entry.
    return blake2b(packed, digest_size=_SUM, key=key.encode()[:64]).digest()
