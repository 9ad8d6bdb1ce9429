"""Files that do not parse: SQL in them that was not reached is said, never lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.statement import Span, Statement

_SQL = tuple(
    lazy(
        rf"{quote}\s*(?=[dirsuwDIRSUW])(?i:SELECT\s+\S|INSERT\s+(?:IGNORE\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|"
        r"DELETE\s+FROM\s|REPLACE\s+INTO\s|WITH\s+\w+\s+AS\s)"
    )
    # A pattern that begins with one certain character is searched for in a fifth of the time.
    for quote in ('"', "`")
)
_COMMENT = lazy(r"\s*(?://|\*)")


def unreached(files: Iterable[GoFile], statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield an opaque statement for each literal that begins like SQL, in a broken file, and is in no statement.

    Where a brace, a quote or a parenthesis is missing, the parser skips code that the author meant to be there.
    """
    reached: dict[str, list[Span]] = {}
    for statement in statements:
        for variant in statement.variants:
            for segment in variant.offsets.segments:
                reached.setdefault(segment.source.path, []).append(segment.source)
    for file in files:
        spans = reached.get(file.path, ())
        found = [
            match
            for match in (_like_sql(file.text) if file.read else ())
            if not _covered(match, spans) and not _commented(file.text, match.start())
        ]
        # Few files have such a text, and to parse one whole takes longer than to look.
        if found and file.broken:
            line = _first_error(file.root).start_point.row + 1
            for match in found:
                span = Span(file.path, match.start(), match.end())
                yield Statement((), span, "go", opaque=f"the file does not parse from about line {line} on")


def _like_sql(text: str) -> Iterator[re.Match[str]]:
    """Yield the beginnings of literals that begin like SQL, in order."""
    behind = 0
    for match in sorted((match for each in _SQL for match in each.finditer(text)), key=lambda match: match.start()):
        if match.start() >= behind:
            behind = match.end()
            yield match


def _covered(match: re.Match[str], spans: Iterable[Span]) -> bool:
    return any(span.start < match.end() and match.start() + 1 < span.end for span in spans)


def _commented(text: str, offset: int) -> bool:
    return bool(_COMMENT.match(text, text.rfind("\n", 0, offset) + 1))


def _first_error(root: Node) -> Node:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            return node
        stack.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)
    return root
