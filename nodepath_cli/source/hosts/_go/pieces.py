"""A Go file cut at its top-level declarations, by its text alone: most function bodies then need not be parsed.

gofmt puts the keyword of each top-level declaration at the beginning of a line. Other lines may begin so, too (in a raw
string, in a comment, in code that is not formatted), but then what stands in front is not closed: its brackets or its
backquotes do not match, and it is not cut there. Nor is it where a brace in a string or a comment makes them seem so.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.patterns import lazy

_START = lazy(rb"\n(?:func|type|var|const|import)\b")
_FUNCTION = lazy(rb"func[ \t]+(?:\(([^()\n]*)\)[ \t]*)?([A-Za-z_][\w\x80-\xff]*)[ \t]*(?:\[[^\n]*?\])?\(")
_RECEIVER = lazy(rb"([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*)?$")


class FunctionPiece(Struct, frozen=True):
    """A function or method that is whole in its piece. Offsets are in bytes."""

    start_byte: int
    end_byte: int
    name: str
    receiver: str
    """The receiver's type name without pointer, empty for a function."""


class Pieces(Struct, frozen=True):
    """What a file is made of."""

    functions: tuple[FunctionPiece, ...]
    others: tuple[tuple[int, int], ...]
    """Start and end of everything else, with the comments in front; what cannot be cut with certainty is among it."""


def split(data: bytes) -> Pieces:
    """Return the pieces of a file."""
    functions: list[FunctionPiece] = []
    others: list[tuple[int, int]] = []
    for start, end, alone in _parts(data):
        function = _function(data, start, end) if alone else None
        if function is not None:
            functions.append(function)
        elif others and others[-1][1] == start:
            others[-1] = (others[-1][0], end)
        else:
            others.append((_with_comments(data, start), end))
    return Pieces(tuple(functions), tuple(others))


def _parts(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of the parts between the lines that begin as declarations; each but the last is closed.

    The third is whether it holds no other such line.
    """
    # What stands in front of the first declaration is the package clause with its comments.
    position = passed = 0
    comments = b"/*" in data
    for following in [*(found.start() + 1 for found in _START.finditer(data)), len(data)]:
        if _closed(data, position, following, comments):
            yield position, following, passed == 0
            position, passed = following, 0
        else:
            passed += 1
    if position < len(data):
        # The end of the file was passed, too.
        yield position, len(data), passed == 1


def _closed(data: bytes, start: int, end: int, comments: bool) -> bool:
    count = data.count
    return (
        count(b"{", start, end) == count(b"}", start, end)
        and count(b"(", start, end) == count(b")", start, end)
        and count(b"`", start, end) % 2 == 0
        and not (comments and count(b"/*", start, end) != count(b"*/", start, end))
    )


def _function(data: bytes, start: int, end: int) -> FunctionPiece | None:
    """Return the function of a part that holds one declaration and nothing else."""
    head = _FUNCTION.match(data, start, end)
    if head is None:
        return None
    stop = _without_comments(data, start, end)
    if data[stop - 1 : stop] != b"}":
        return None
    kind = _RECEIVER.search(head.group(1)) if head.group(1) is not None else None
    if head.group(1) is not None and kind is None:
        return None
    name = head.group(2).decode("utf-8", "surrogateescape")
    return FunctionPiece(start, stop, name, kind.group(1).decode() if kind else "")


def _without_comments(data: bytes, start: int, end: int) -> int:
    """Return the end of a part without the lines behind it that are blank or comments of the next declaration."""
    while end > start:
        line = max(data.rfind(b"\n", start, end) + 1, start)
        text = data[line:end].strip()
        if text and not text.startswith(b"//"):
            return line + len(data[line:end].rstrip())
        end = line - 1
    return start


def _with_comments(data: bytes, start: int) -> int:
    """Return the start of the comments that stand right in front of a declaration: `//go:embed` is one."""
    while start > 0:
        line = data.rfind(b"\n", 0, start - 1) + 1
        if not data[line:start].startswith(b"//"):
            return start
        start = line
    return start
