"""Statements of a server's own regression tests (`.test` files of mysqltest), as far as they are plain SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_COMMAND = re.compile(
    r"(?i)(let|echo|source|eval|exec|connect|connection|disconnect|if|while|inc|dec|sleep|die|exit|error|perl|"
    r"remove_file|write_file|append_file|cat_file|copy_file|chmod|mkdir|rmdir|list_files|file_exists|send|reap|"
    r"disable_\w+|enable_\w+|replace_\w+|sorted_result|query_vertical|query_horizontal|query|vertical_results|"
    r"horizontal_results|send_quit|shutdown_server|sync_\w+|save_master_pos|wait_\w+|skip|change_user|diff_files|"
    r"lowercase_result|character_set|require|real_sleep|dirty_close|ping|evalp|result_format|delimiter)\b"
)


def statements(path: Path) -> Iterator[str]:
    """Yield the SQL statements of a test file; those that hold mysqltest variables are left out."""
    delimiter = ";"
    buffer: list[str] = []
    skipping = None
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        stripped = line.strip()
        if skipping is not None:
            if stripped == skipping:
                skipping = None
            continue
        if not buffer:
            if not stripped or stripped.startswith("#"):
                continue
            found = re.match(r"(?i)(?:--\s*)?delimiter\s+(\S+)", stripped)
            if found:
                delimiter = _new_delimiter(found.group(1), delimiter)
                continue
            if re.match(r"(?i)(--\s*)?perl\b", stripped):
                skipping = "EOF"
                continue
            if stripped.startswith("--") or stripped in ("{", "}"):
                continue
        buffer.append(line)
        if stripped.endswith(delimiter):
            text = "\n".join(buffer).strip()
            buffer = []
            yield from _plain(text, delimiter)


def _new_delimiter(word: str, old: str) -> str:
    # `delimiter |;` while `;` ends commands, `delimiter ;|` back again.
    return word[: -len(old)] if word.endswith(old) and len(word) > len(old) else word


def _plain(text: str, delimiter: str) -> Iterator[str]:
    pieces = text[: -len(delimiter)].split(delimiter + "\n") if delimiter != ";" else [text[:-1]]
    for piece in pieces:
        sql = piece.strip()
        if not sql or _COMMAND.match(sql) or re.search(r"\$[A-Za-z_]", sql):
            continue
        yield from _split(sql) if delimiter == ";" else [sql]


def _split(sql: str) -> list[str]:
    """Split several statements of one line, outside of quotes."""
    if ";" not in sql:
        return [sql]
    parts = re.findall(r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|/\*.*?\*/|[^;'\"`])+", sql, re.DOTALL)
    return [part.strip() for part in parts if part.strip()]
