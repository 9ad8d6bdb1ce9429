"""A parsed Go file: its tree, and the way from tree-sitter's byte offsets to character offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Protocol

import tree_sitter_go
from tree_sitter import Language, Node, Parser, Point, Range, Tree

from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.statement import Span

LANGUAGE = Language(tree_sitter_go.language())
_PARSER, _PARTS_PARSER = Parser(LANGUAGE), Parser(LANGUAGE)
"""One for whole files and one for parts of them: a parser takes its memory anew, a used one has it already."""
_NOT_ASCII = lazy(r"[^\x00-\x7f]+")
_PACKAGE = lazy(rb"^package\s+([\w\x80-\xff]+)", re.MULTILINE)
_DECLARATION = lazy(rb"\n(?:func|type|var|const)\b")
_METHOD = lazy(rb"\s*\([^)]*\)\s*([\w\x80-\xff]+)\s*\(")
_BUILT = lazy(rb"^//(?:go:build|\s*\+build)\s+(\S.*)$", re.MULTILINE)
_SYSTEMS = frozenset(
    (
        *("aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd"),
        *("plan9", "solaris", "wasip1", "windows", "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64"),
        *("mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"),
    )
)
"""Systems and processors that the end of a file's name restricts it to."""

_WORDS = bytes(byte if (chr(byte).isalnum() and byte < 128) or byte == ord("_") else 32 for byte in range(256))
"""Everything but the ASCII letters, digits and underscores becomes a space."""

EXPRESSION_LENGTH = 80
"""Longest source expression that a report shows, in characters."""


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


class Extent(Protocol):
    """What stands somewhere in a file: a node, or its offsets alone."""

    @property
    def start_byte(self) -> int:
        """Offset of the first byte."""

    @property
    def end_byte(self) -> int:
        """Offset behind the last byte."""


class GoFile:
    """One Go file. It is parsed when its tree is first asked for."""

    def __init__(self, source: SourceFile) -> None:
        self.path = source.path
        self._source = source
        head, _, self.name = source.path.rpartition("/")
        self.folder = head or "."
        self.read = False
        """It is or will be parsed for its own SQL, so that looking at its text first saves nothing."""

    @cached_property
    def text(self) -> str:
        """Its text, as in `SourceFile`."""
        return self._source.text

    @cached_property
    def ascii(self) -> bool:
        """Whether an offset in bytes is one in characters."""
        return self._source.data.isascii()

    @cached_property
    def data(self) -> bytes:
        """The file's bytes, as they stood on disk."""
        return self._source.data

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree; broken code gives a tree with ERROR nodes."""
        return _PARSER.parse(self.data)

    @cached_property
    def root(self) -> Node:
        """The tree's root node."""
        return self.tree.root_node

    def part(self, extents: Iterable[tuple[int, int]]) -> Node:
        """Return the root of a tree of some parts of the file: start and end in bytes, whole declarations, in order."""
        nowhere = Point(0, 0)
        # No range at all would mean the whole file.
        ranges = [Range(nowhere, nowhere, start, end) for start, end in extents] or [Range(nowhere, nowhere, 0, 0)]
        _PARTS_PARSER.included_ranges = ranges
        return _PARTS_PARSER.parse(self.data).root_node

    @cached_property
    def words(self) -> set[bytes]:
        """Every run of ASCII letters, digits and underscores."""
        return set(self.data.translate(_WORDS).split())

    @property
    def head(self) -> str:
        """What stands in front of its declarations, its imports among it."""
        found = _DECLARATION.search(self.data)
        return _decoded(self.data[: found.start()] if found else self.data)

    @cached_property
    def import_ends(self) -> frozenset[str]:
        """The last parts of its import paths, and of any other text in front of its declarations."""
        # What stands in front of a quote ends there, and begins behind the slash or space before.
        *quoted, _ = self.head.replace("`", '"').split('"')
        ends = (each.rpartition("/")[2] for each in quoted)
        return frozenset(end.split()[-1] for end in ends if end and not end[-1].isspace())

    @cached_property
    def methods(self) -> frozenset[str]:
        """The names of the methods that it may declare."""
        found = (_METHOD.match(part) for part in self.data.split(b"\nfunc"))
        return frozenset(_decoded(each[1]) for each in found if each is not None)

    @cached_property
    def broken(self) -> bool:
        """Whether it has a syntax error."""
        return self.root.has_error

    def has(self, name: str) -> bool:
        """Say whether a name may stand in the text as a whole word; "no" is certain."""
        return name.encode() in self.words if name.isascii() else name in self.text

    def any_of(self, names: Collection[str]) -> bool:
        """Say whether one of some names may stand in the text; "no" is certain."""
        # One look at the set of words for all of them: it tells most files apart faster than their texts do.
        words = [name.encode() for name in names if name.isascii()]
        return len(words) < len(names) or not self.words.isdisjoint(words)

    def among(self, names: Collection[str]) -> list[str]:
        """Return those of some names that may stand in the text, in alphabetical order."""
        return [name for name in sorted(names) if self.has(name)] if self.any_of(names) else []

    @cached_property
    def package(self) -> str:
        """The package clause's name, empty where there is none."""
        found = _PACKAGE.search(self.data)
        return _decoded(found.group(1)) if found else ""

    @cached_property
    def built(self) -> str:
        """When it is compiled, as its build tags or its name say (`mysql`, `!mysql`, `linux`); empty: always."""
        clause = _PACKAGE.search(self.data)
        tags = _BUILT.findall(self.data, 0, clause.start() if clause else 0)
        if tags:
            return " ".join(_decoded(tags[0]).split())
        parts = self.name.removesuffix(".go").split("_")[1:]
        return " ".join(part for part in parts[-2:] if part in _SYSTEMS)

    @cached_property
    def _runs(self) -> tuple[list[int], list[int], list[int]]:
        """Byte starts, character starts and byte lengths of the runs of characters outside ASCII."""
        byte_starts, char_starts, lengths = [], [], []
        shift = 0
        for run in _NOT_ASCII.finditer(self.text):
            size = len(run.group().encode("utf-8", "surrogateescape"))
            byte_starts.append(run.start() + shift)
            char_starts.append(run.start())
            lengths.append(size)
            shift += size - len(run.group())
        return byte_starts, char_starts, lengths

    def char(self, offset: int) -> int:
        """Return the character offset of a byte offset."""
        if self.ascii:
            return offset
        byte_starts, char_starts, lengths = self._runs
        index = bisect_right(byte_starts, offset) - 1
        if index < 0:
            return offset
        start, size = byte_starts[index], lengths[index]
        inside = min(offset - start, size)
        characters = len(self.data[start : start + inside].decode("utf-8", "surrogateescape"))
        return char_starts[index] + characters + max(offset - start - size, 0)

    def span(self, node: Extent) -> Span:
        """Return where a node stands, in characters."""
        return Span(self.path, self.char(node.start_byte), self.char(node.end_byte))

    def source(self, node: Extent) -> str:
        """Return a node's source text."""
        if self.ascii:
            return self.text[node.start_byte : node.end_byte]
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    def shown(self, node: Node) -> str:
        """Return a node's source text on one line, shortened for a report."""
        text = " ".join(self.source(node).split())
        return text if len(text) <= EXPRESSION_LENGTH else text[: EXPRESSION_LENGTH - 3] + "..."


def having(files: Iterable[GoFile], name: str) -> list[GoFile]:
    """Return the files of which `has` is true: asked of thousands at once."""
    if not name.isascii():
        return [file for file in files if name in file.text]
    word = name.encode()
    return [file for file in files if word in file.words]


def named(node: Node) -> list[Node]:
    """Return a node's named children without comments."""
    return [child for child in node.named_children if child.type != "comment"]
