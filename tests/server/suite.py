"""Statements of a server's own regression tests (`.test` files of mysqltest), as far as they are plain SQL.

What a file includes is read in its place, and variables that hold plain text are put in; loops run once, and both
branches of a condition are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SUITE = Path("/usr/share/mysql/mysql-test")
MAX_DEPTH = 4
"""How deep includes are followed."""

_COMMAND = re.compile(
    r"(?i)(let|echo|source|exec|connect|connection|disconnect|if|while|inc|dec|sleep|die|exit|error|perl|"
    r"remove_file|write_file|append_file|cat_file|copy_file|chmod|mkdir|rmdir|list_files|file_exists|send|reap|"
    r"disable_\w+|enable_\w+|replace_\w+|sorted_result|query_vertical|query_horizontal|query|vertical_results|"
    r"horizontal_results|send_quit|shutdown_server|sync_\w+|save_master_pos|wait_\w+|skip|change_user|diff_files|"
    r"lowercase_result|character_set|require|real_sleep|dirty_close|ping|evalp|result_format|delimiter)\b"
)
_DELIMITER = re.compile(r"(?i)(?:--\s*)?delimiter\s+(\S+)")
_SOURCE = re.compile(r"(?i)(?:--\s*)?source\s+(\S+?);?\Z")
_LET = re.compile(r"(?is)(?:--\s*)?let\s+\$?(\w+)\s*=\s*(.*)\Z")
_EVAL = re.compile(r"(?i)(?:--\s*)?eval\s+")
_BLOCK = re.compile(r"(?i)(if|while)\s*\(.*\)\s*\{?\Z")
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")


def statements(path: Path) -> Iterator[str]:
    """Yield the SQL statements of a test file; those that hold variables which are not known are left out."""
    yield from _statements(path, {}, 0)


def _statements(path: Path, variables: dict[str, str], depth: int) -> Iterator[str]:
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
            found = _DELIMITER.match(stripped)
            if found:
                delimiter = _new_delimiter(found.group(1), delimiter)
                continue
            if re.match(r"(?i)(--\s*)?(perl\b|write_file|append_file)", stripped):
                skipping = "EOF"
                continue
            included = _SOURCE.match(stripped)
            if included:
                yield from _included(included[1], path, variables, depth)
                continue
            if stripped.startswith("--"):
                _let(stripped, variables)
                continue
            if stripped in ("{", "}") or _BLOCK.match(stripped):
                continue
        buffer.append(line)
        if stripped.endswith(delimiter):
            text = "\n".join(buffer).strip()
            buffer = []
            _let(text[: -len(delimiter)], variables)
            yield from _plain(text, delimiter, variables)


def _included(name: str, path: Path, variables: dict[str, str], depth: int) -> Iterator[str]:
    if depth >= MAX_DEPTH or "$" in name:
        return
    for folder in (SUITE, path.parent, path.parent.parent):
        file = folder / name
        if file.is_file():
            yield from _statements(file, variables, depth + 1)
            return


def _let(text: str, variables: dict[str, str]) -> None:
    found = _LET.match(text)
    if not found:
        return
    value = _put_in(found[2].strip(), variables)
    if "`" in found[2][:1] or value is None:
        variables.pop(found[1], None)
    else:
        variables[found[1]] = value


def _put_in(text: str, variables: dict[str, str]) -> str | None:
    """Put the variables in; None where one is not known."""
    names = _VARIABLE.findall(text)
    if any(name not in variables for name in names):
        return None
    return _VARIABLE.sub(lambda match: variables[match[1]], text)


def _new_delimiter(word: str, old: str) -> str:
    # `delimiter |;` while `;` ends commands, `delimiter ;|` back again.
    return word[: -len(old)] if word.endswith(old) and len(word) > len(old) else word


def _plain(text: str, delimiter: str, variables: dict[str, str]) -> Iterator[str]:
    pieces = text[: -len(delimiter)].split(delimiter + "\n") if delimiter != ";" else [text[:-1]]
    for piece in pieces:
        sql: str | None = piece.strip()
        if sql and _EVAL.match(sql):
            sql = _put_in(_EVAL.sub("", sql, count=1), variables)
        if not sql or _COMMAND.match(sql) or _VARIABLE.search(sql):
            continue
        yield from _split(sql) if delimiter == ";" else [sql]


def _split(sql: str) -> list[str]:
    """Split several statements of one line, outside of quotes."""
    if ";" not in sql:
        return [sql]
    parts = re.findall(r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|/\*.*?\*/|[^;'\"`])+", sql, re.DOTALL)
    return [part.strip() for part in parts if part.strip()]
