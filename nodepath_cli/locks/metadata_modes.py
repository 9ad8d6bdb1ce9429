"""Which metadata locks are in each other's way.

From the comments of the server's own source on its lock types ("MDL_SHARED_READ" and its relatives) and the manual of
MySQL, "Metadata Locking"; the waits of tables were made on MariaDB 10.11 and compared with what its performance schema
shows.
"""

from __future__ import annotations

_EXCLUSIVE = frozenset({"EXCLUSIVE"})
_NO_READ = _EXCLUSIVE | {"SHARED_NO_READ_WRITE"}
_NO_WRITE = _NO_READ | {"SHARED_NO_WRITE", "SHARED_READ_ONLY"}
_ALTERING = _NO_READ | {"SHARED_NO_WRITE", "SHARED_UPGRADABLE"}
_WRITING = frozenset({"SHARED_WRITE", "SHARED_WRITE_LOW_PRIO"})

_REFUSED_BY: dict[str, frozenset[str]] = {
    "SHARED": _EXCLUSIVE,
    "SHARED_HIGH_PRIO": _EXCLUSIVE,
    "SHARED_READ": _NO_READ,
    "SHARED_WRITE": _NO_WRITE,
    "SHARED_WRITE_LOW_PRIO": _NO_WRITE,
    "SHARED_UPGRADABLE": _ALTERING,
    "SHARED_READ_ONLY": _NO_READ | _WRITING,
    "SHARED_NO_WRITE": _ALTERING | _WRITING,
    "SHARED_NO_READ_WRITE": _ALTERING | _WRITING | {"SHARED_READ", "SHARED_READ_ONLY"},
    "INTENTION_EXCLUSIVE": frozenset({"EXCLUSIVE", "SHARED"}),
}
"""By mode that is asked for: the modes of others that it has to wait for, held or waiting before it. Any other mode
waits for every one."""
_HARMLESS_BACKUP = frozenset(
    {"BACKUP_DML", "BACKUP_TRANS_DML", "BACKUP_SYS_DML", "BACKUP_DDL", "BACKUP_ALTER_COPY", "BACKUP_START"}
)
"""Modes of MariaDB's backup lock that let statements go on: those of statements themselves."""


def plain(mode: str) -> str:
    """Return a mode without the prefix that MariaDB's plugin gives it."""
    return mode.upper().removeprefix("MDL_")


def in_the_way(held: str, wanted: str | None) -> bool:
    """Say whether somebody who has, or waits for, `held` keeps one from getting `wanted`; None is not known."""
    held = plain(held)
    if wanted is None:
        return True
    wanted = plain(wanted)
    if held.startswith("BACKUP") or wanted.startswith("BACKUP"):
        return held not in _HARMLESS_BACKUP or wanted not in _HARMLESS_BACKUP
    refused = _REFUSED_BY.get(wanted)
    return refused is None or held in refused
