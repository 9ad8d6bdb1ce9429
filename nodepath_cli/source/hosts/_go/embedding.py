"""`//go:embed query.sql`: the text of one statement that a variable holds, or a file of an embedded file system.

A file may have several, each behind a line with its name (`-- name: find-user`), by which the program looks them up.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import join, normpath

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Piece, Text
from nodepath_cli.source.statement import Span

FILES = "embed.FS"
"""The type of an embedded file system; as a value it is a struct with the folder that it is embedded from."""
FOLDER = "folder"
_PATTERN = lazy(r"//go:embed[ \t]+\"?([\w./-]+\.sql)\"?\s*\Z")
_PATTERNS = lazy(r"^//go:embed[ \t]+(.+)$", re.MULTILINE)
_MARK = lazy(r"[\"`](--[ \t]*\w+:)[ \t]*[\"`]")
"""What the line with a statement's name begins with, as the program says it."""
_COMMENTS = lazy(r"(?:\s+|--[^\n]*|#[^\n]*|/\*(?![!M]).*?\*/)*", re.DOTALL)
_VERB = lazy(r"(?:select|with|insert|replace|update|delete|values)\b|\(\s*select\b", re.IGNORECASE)
_QUOTED = lazy(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)


def embedded(index: Index, file: GoFile, comment: str) -> Text | None:
    """Return the statement that a comment puts into the variable behind it.

    None where the file is not among those of the run, or holds anything but one query or change of rows: a script is
    read as a script.
    """
    found = _PATTERN.match(comment)
    return read(index, file.folder, found[1]) if found else None


def read(index: Index, folder: str, name: str) -> Text | None:
    """Return the statement that a file holds, by its name below a folder, as `embedded` does."""
    path = normpath(join(folder, name))
    text = index.beside.get(path)
    return _statement(path, text, 0, len(text)) if text is not None else None


def by_name(index: Index, folder: str, name: str) -> Text | None:
    """Return the one statement of that name in the files that a package embeds, where its code has the line's begin."""
    files = [file.text for file in index.folders.get(folder, ()) if "//go:embed" in file.text]
    marks = {found[1] for text in files for found in _MARK.finditer(text)}
    below = normpath(join(folder, "_"))[:-1]
    if len(marks) != 1 or not name.strip():
        return None
    mark = rf"^{re.escape(marks.pop())}[ \t]*"
    patterns = [each.strip('"') for text in files for found in _PATTERNS.finditer(text) for each in found[1].split()]
    made = []
    for path, text in index.beside.items():
        if not path.startswith(below) or not _covers(patterns, path[len(below) :]):
            continue
        for line in re.finditer(rf"{mark}{re.escape(name)}[ \t]*$", text, re.MULTILINE):
            following = re.compile(mark, re.MULTILINE).search(text, line.end())
            made.append(_statement(path, text, line.end(), following.start() if following else len(text)))
    return made[0] if len(made) == 1 else None


def _covers(patterns: list[str], path: str) -> bool:
    return any(fnmatchcase(path, each) or path.startswith(f"{each.rstrip('/')}/") for each in patterns)


def _statement(path: str, text: str, start: int, end: int) -> Text | None:
    """Return the statement that a part of a file holds, None for anything but one query or change of rows."""
    text = text[:end]
    start = _COMMENTS.match(text, start).end()  # type: ignore[union-attr]
    inner = text[start:].rstrip().removesuffix(";").rstrip()
    if not _VERB.match(inner) or ";" in _QUOTED.sub("", inner):
        return None
    span = Span(path, start, start + len(inner))
    return Text((Piece(inner, span, True, span),), inner)
