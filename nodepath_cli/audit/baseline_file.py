"""The baseline as a file: versioned JSON, one entry for each fingerprint, in a fixed order and one value a line.

So a change of it reads well in a review. Paths in it are relative to the file's own folder: it is the same for
everyone, from whatever folder nodepath runs.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.errors import ConfigError, UsageError

DEFAULT_FILE = "nodepath-baseline.json"
VERSION = 1

_TEXTS = ("path", "rule", "function", "identifier", "fingerprint", "sql")
_DAMAGED = "restore it from version control, or delete it and run `nodepath baseline create`"


class Entry(Struct, frozen=True):
    """Findings with one fingerprint. The order of the fields is the order of entries in the file."""

    path: str
    """Relative to the baseline file's folder, with `/`."""
    rule: str
    function: str
    """Empty where there is none."""
    identifier: str
    """Empty where the finding is about a whole statement."""
    fingerprint: str
    sql: str
    """For the reader: the beginning of the normalised SQL."""
    count: int
    """How many findings it covers, at least 1."""
    line: int = 0
    """Where it stands in the file that it was read from, 1-based; 0 for a new one."""


class Baseline(Struct, frozen=True):
    """The entries of a file."""

    file: str
    """As given."""
    entries: tuple[Entry, ...] = ()
    text: str = ""
    """The file's text, where it was read."""

    def source_path(self, entry: Entry) -> str:
        """Return an entry's path relative to the working directory, as reports name it."""
        return relative(Path(self.file).parent / entry.path, Path())


def load(file: str) -> Baseline:
    """Read a baseline.

    Raises ConfigError where it does not exist, cannot be read, or is not one.
    """
    path = Path(file)
    try:
        # A pipe or a device might never end.
        if path.exists() and not path.is_file():
            raise ConfigError(f"the baseline {file} cannot be read: it is no regular file", "name a file")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"no baseline {file}", f"run `nodepath baseline create --baseline {file}`") from None
    except (OSError, ValueError) as error:
        why = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"
        raise ConfigError(f"the baseline {file} cannot be read: {why}", _DAMAGED) from None
    try:
        return Baseline(file, _entries(json.loads(text), text), text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"the baseline {file} is damaged: no JSON at line {error.lineno}", _DAMAGED) from None
    except (ValueError, RecursionError) as error:
        why = str(error) if type(error) is ValueError else "nested too deep"
        raise ConfigError(f"the baseline {file} is damaged: {why}", _DAMAGED) from None


def write(file: str, entries: Iterable[Entry]) -> None:
    """Write the file as a whole or not at all: a new one is made beside it and takes its place.

    Raises UsageError where that cannot be done.
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(file))
    made = None
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
        handle, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text_of(entries))
            stream.flush()
            os.fsync(stream.fileno())
        Path(made).chmod(mode)
        Path(made).replace(target)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(
            f"the baseline {file} cannot be written: {why}", "name a --baseline in a folder that exists"
        ) from None
    finally:
        if made is not None:
            with suppress(OSError):
                Path(made).unlink()


def text_of(entries: Iterable[Entry]) -> str:
    """Return the file's text for entries in their order."""
    findings = [
        {
            "path": entry.path,
            "rule": entry.rule,
            "function": entry.function,
            "identifier": entry.identifier,
            "sql": entry.sql,
            "fingerprint": entry.fingerprint,
            "count": entry.count,
        }
        for entry in entries
    ]
    # Escaped, as a path or a text may hold what is not UTF-8.
    return json.dumps({"version": VERSION, "findings": findings}, indent=2) + "\n"


def relative(path: str | Path, folder: Path) -> str:
    """Return a path relative to a folder, with `/`."""
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _entries(document: Any, text: str) -> tuple[Entry, ...]:
    """Return the entries of a document. Raises ValueError, which says what is wrong with it."""
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is int and version > VERSION:
        raise ValueError(f"version {version} was written by a newer nodepath")
    if type(version) is not int or version != VERSION or not isinstance(document.get("findings"), list):
        raise ValueError(f"it is no baseline of version {VERSION}")
    places = {line.strip(): number for number, line in enumerate(text.split("\n"), 1)}
    found: dict[str, Entry] = {}
    for number, raw in enumerate(document["findings"], 1):
        entry = _read(raw, number)
        line = places.get(f'"fingerprint": "{entry.fingerprint}",', 1)
        same = found.get(entry.fingerprint)
        # A merge can leave an entry twice; the sum of both would hide what neither side had.
        count = max(entry.count, same.count) if same else entry.count
        found[entry.fingerprint] = replace(entry, count=count, line=line)
    return tuple(found.values())


def _read(raw: Any, number: int) -> Entry:
    values = raw if isinstance(raw, dict) else {}
    count = values.get("count")
    if type(count) is not int or count < 1 or not all(isinstance(values.get(name), str) for name in _TEXTS):
        raise ValueError(f"entry {number} is not a finding with its count")
    if "\0" in values["path"]:
        raise ValueError(f"the path of entry {number} is no path")
    path, rule, function, identifier, name, sql = (values[each] for each in _TEXTS)
    return Entry(path, rule, function, identifier, name, sql, count)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
