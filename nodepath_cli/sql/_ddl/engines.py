"""Storage engines by the names that the server shows."""

from __future__ import annotations

_NAMES = {
    "innodb": "InnoDB",
    "innobase": "InnoDB",
    "myisam": "MyISAM",
    "memory": "MEMORY",
    "heap": "MEMORY",
    "merge": "MRG_MyISAM",
    "mrg_myisam": "MRG_MyISAM",
    "aria": "Aria",
    "maria": "Aria",
    "csv": "CSV",
    "archive": "ARCHIVE",
    "blackhole": "BLACKHOLE",
    "federated": "FEDERATED",
    "ndb": "ndbcluster",
    "ndbcluster": "ndbcluster",
    "sequence": "SEQUENCE",
}
"""Manuals, "Storage Engines": the aliases, and the spelling of information_schema.ENGINES."""


def engine_name(written: str | None) -> str | None:
    """Return the engine as the server names it; one that is not known comes back as written."""
    return None if written is None else _NAMES.get(written.lower(), written)
