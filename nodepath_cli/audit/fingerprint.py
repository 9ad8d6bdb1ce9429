"""What names a finding from one version of a tree to the next: no line numbers, so that code above it may change."""

from __future__ import annotations

import hashlib


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that name these parts."""
    joined = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(joined).hexdigest()[:16]


def normal(sql: str) -> str:
    """Return the SQL with every run of blanks as one."""
    return " ".join(sql.split())


def fingerprint(rule: str, path: str, function: str | None, sql: str, identifier: str | None) -> str:
    """Return the fingerprint of a finding: a hash of its rule, path, function, normalised SQL and identifier."""
    return digest(rule, path, function or "", normal(sql), identifier or "")
