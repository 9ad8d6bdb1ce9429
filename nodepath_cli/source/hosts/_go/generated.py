"""Names of generated files: their constants, variables and structs of texts, as other files use them.

What such a file does by itself is not audited. Its declarations are not followed either, but read as they stand: a
generator writes out what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts._go.modules import Modules
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.texts import computed
from nodepath_cli.source.hosts._go.values import MAX_ITEMS, Atom, Items, Record, Text, Value, just, unknown

_DEEPEST = 4
_LONGEST = 60_000
"""Bytes of a declaration that are read."""


class Generated:
    """The generated Go files of a run, by package."""

    def __init__(self, files: Sequence[SourceFile] = ()) -> None:
        self._folders: dict[str, list[SourceFile]] = {}
        for file in files:
            self._folders.setdefault(file.path.rpartition("/")[0] or ".", []).append(file)
        self._modules: Modules | None = None
        self._declared: dict[tuple[str, str], tuple[GoFile, Node] | None] = {}

    def imported(self, file: GoFile, node: Node, path: str, name: str) -> Value | None:
        """Return what a name of an imported package stands for, as a value of the expression; None where not known."""
        if not self._folders:
            return None
        self._modules = self._modules or Modules(self._folders)
        folder = self._modules.folder(path, file.folder)
        return self.own(file, node, name, folder) if folder is not None else None

    def own(self, file: GoFile, node: Node, name: str, folder: str = "") -> Value | None:
        """Return what a name of a package, the file's own by default, stands for; None where that is not known."""
        folder = folder or file.folder
        atom = self._named(folder, name, (file, node), 0) if folder in self._folders else None
        return just(atom) if atom is not None else None

    def _named(self, folder: str, name: str, place: tuple[GoFile, Node], depth: int) -> Atom | None:
        key = (folder, name)
        if key not in self._declared:
            found = (_declaration(each, name) for each in self._folders[folder])
            self._declared[key] = next((each for each in found if each is not None), None)
        declared = self._declared[key]
        return self._read(folder, *declared, place, depth) if declared is not None and depth < _DEEPEST else None

    def _read(self, folder: str, file: GoFile, node: Node, place: tuple[GoFile, Node], depth: int) -> Atom | None:
        """Return a literal's value, as one that stands where it is used."""
        text = file.source(node)
        if node.type == "raw_string_literal" or (node.type == "interpreted_string_literal" and "\\" not in text):
            return computed(text[1:-1], *place)
        if node.type == "identifier":
            return self._named(folder, text, place, depth + 1)
        if node.type == "parenthesized_expression":
            return self._read(folder, file, named(node)[0], place, depth)
        if node.type == "binary_expression":
            sides = (node.child_by_field_name(side) for side in ("left", "right"))
            read = [self._read(folder, file, side, place, depth) if side is not None else None for side in sides]
            texts = [each.plain for each in read if isinstance(each, Text)]
            added = len(texts) == len(read) and file.source(node.children[1]) == "+"
            return computed("".join(texts), *place) if added else None
        if node.type == "composite_literal":
            return self._composite(folder, file, node, place, depth)
        return None

    def _composite(self, folder: str, file: GoFile, node: Node, place: tuple[GoFile, Node], depth: int) -> Atom | None:
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        elements = [each for each in named(body) if each.type != "comment"] if body is not None else []

        def value(element: Node | None) -> Value:
            inner = named(element)[0] if element is not None and element.type == "literal_element" else element
            atom = self._read(folder, file, inner, place, depth) if inner is not None else None
            return just(atom) if atom is not None else unknown("value of a generated file", "string")

        if kind is not None and kind.type == "struct_type":
            pairs = [
                (each.child_by_field_name("key"), each.child_by_field_name("value"))
                for each in elements
                if each.type == "keyed_element"
            ]
            return Record("", tuple((file.source(key), value(held)) for key, held in pairs if key is not None), True)
        if kind is not None and kind.type == "slice_type" and file.source(kind) == "[]string":
            if any(each.type == "keyed_element" for each in elements):
                return None
            return Items(tuple(value(each) for each in elements[:MAX_ITEMS]), len(elements) > MAX_ITEMS, "string")
        return None


NONE = Generated()
_ENDS = {b"": lazy(rb"\n\}\r?(?:\n|\Z)"), b"\t": lazy(rb"\n\t\}\r?(?:\n|\Z)")}
"""The line that ends a declaration of several, by what stands in front of its first."""


def _declaration(source: SourceFile, name: str) -> tuple[GoFile, Node] | None:
    """Return the value that a file gives a name, in a file of that declaration alone."""
    data, word = source.data, name.encode()
    if word not in data:
        return None
    pattern = rb"^(?:(?:const|var)[ \t]+|(\t))" + re.escape(word) + rb"(?:[ \t]+[\w.]+)?[ \t]*=[ \t]*(?=[\w\"`\[(])"
    for found in re.finditer(pattern, data, re.MULTILINE):
        if found[1] and not _in_group(data, found.start()):
            continue
        start = found.end()
        stop = data.find(b"\n", start)
        line = data[start : stop if stop >= 0 else len(data)]
        if line.count(b"{") > line.count(b"}"):
            last = _ENDS[found[1] or b""].search(data, start)
            stop = last.end() if last else -1
        text = data[start : stop if stop >= 0 else len(data)]
        if len(text) > _LONGEST:
            return None
        file = GoFile(SourceFile(f"{source.path}#{name}", b"package p\n\nvar v = " + text + b"\n"))
        specs = [each for each in named(file.root) if each.type == "var_declaration"]
        spec = named(specs[0])[0] if specs and named(specs[0]) else None
        listing = spec.child_by_field_name("value") if spec is not None else None
        if listing is not None and len(named(listing)) == 1:
            return file, named(listing)[0]
    return None


def _in_group(data: bytes, start: int) -> bool:
    """Say whether an indented line stands in a group of declarations (`const (`), not in a function."""
    opening = max(data.rfind(b"\nconst (", 0, start), data.rfind(b"\nvar (", 0, start))
    return opening > max(data.rfind(end, 0, start) for end in (b"\n)", b"\n}", b"\nfunc "))
