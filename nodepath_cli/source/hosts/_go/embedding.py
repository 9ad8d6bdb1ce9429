"""`//go:embed query.sql`: the text of one statement that a variable holds, or a file of an embedded file system."""

from __future__ import annotations

import re
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
    if text is None:
        return None
    start = _COMMENTS.match(text).end()  # type: ignore[union-attr]
    inner = text[start:].rstrip().removesuffix(";").rstrip()
    if not _VERB.match(inner) or ";" in _QUOTED.sub("", inner):
        return None
    span = Span(path, start, start + len(inner))
    return Text((Piece(inner, span, True, span),), inner)
