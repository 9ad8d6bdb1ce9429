"""Declarations: where a name of a package, a method of a type or a field of a struct is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from tree_sitter import Node

from nodepath_cli.source.hosts._go.declarations import Declared, FileIndex, Routine, declarations_of, fields_of
from nodepath_cli.source.hosts._go.dialects import opened
from nodepath_cli.source.hosts._go.generated import NONE, Generated
from nodepath_cli.source.hosts._go.modules import Modules
from nodepath_cli.source.hosts._go.outline import (
    may_declare_method,
    may_declare_routine,
    may_declare_type,
    may_declare_value,
    may_write,
)
from nodepath_cli.source.hosts._go.syntax import GoFile, having, named
from nodepath_cli.source.hosts._go.writes import Write, Writes, writes_of

_T = TypeVar("_T")
_TRANSPARENT = frozenset({"pointer_type", "parenthesized_type", "type_elem"})
UNNAMED = "struct@"
"""What the id of a struct without a name begins with, behind its folder."""
BASIC = frozenset(
    [
        "string",
        "bool",
        "byte",
        "rune",
        "error",
        "any",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float32",
        "float64",
    ]
)
_MAX_EMBEDDING = 6


class Index:
    """The declarations of all files. A file is parsed only when it may hold a name that is asked for."""

    def __init__(
        self,
        files: Sequence[GoFile],
        beside: Mapping[str, str] = MappingProxyType({}),
        generated: Generated = NONE,
    ) -> None:
        self.files = files
        self.generated = generated
        self.beside = beside
        """The texts of `.sql` files by path."""
        self.by_path = {file.path: file for file in files}
        self.folders: dict[str, list[GoFile]] = {}
        for file in files:
            self.folders.setdefault(file.folder, []).append(file)
        self.modules = Modules(self.folders)
        self._indexes: dict[str, FileIndex] = {}
        self.told_imports: dict[str, dict[str, str]] = {}
        self.opened: dict[str, Sequence[tuple[str, str]]] = {}
        """The imports of files that another process has read."""
        self._values: dict[tuple[str, str], Declared | None] = {}
        self._routines: dict[tuple[str, str], Routine | None] = {}
        self._unnamed: dict[str, tuple[GoFile, Node]] = {}
        self._texts: dict[str, bool] = {}
        self._inside: dict[tuple[str, str], bool] = {}
        self._types: dict[tuple[str, str], tuple[GoFile, Node] | None] = {}
        self._methods: dict[tuple[str, str], tuple[Routine, ...]] = {}
        self._method: dict[tuple[str, str], Routine | None] = {}
        self._received: dict[tuple[str, str, str], tuple[Routine, ...]] = {}
        self._mentions: dict[tuple[str, str], list[GoFile]] = {}
        self._writes: dict[tuple[str, int], Writes] = {}
        self._structs: dict[str, list[tuple[list[str], str]]] = {}
        self._embedded: dict[str, list[str]] = {}
        self._field_types: dict[tuple[str, str], str] = {}
        self._promoting: dict[tuple[str, str], str] = {}
        self._packages: dict[tuple[str, str], tuple[str, str | None] | None] = {}
        self._importing: dict[str, list[GoFile]] = {}
        self._by_method: dict[str, list[GoFile]] = {}
        self._built: dict[str, list[GoFile]] = {}
        """By folder: the files that are compiled under a condition, where there are several conditions."""

    def opens(self, file: GoFile) -> Sequence[tuple[str, str]]:
        """Return what a file opens, as `dialects.opened` tells it."""
        found = self.opened.get(file.path)
        if found is None:
            found = self.opened[file.path] = opened(file.text)
        return found

    def of(self, file: GoFile) -> FileIndex:
        """Return what a file declares."""
        found = self._indexes.get(file.path)
        if found is None:
            found = self._indexes[file.path] = declarations_of(file)
        return found

    def imports(self, file: GoFile) -> dict[str, str]:
        """Return the import paths of a file by the names that it uses."""
        told = self.told_imports.get(file.path)
        return told if told is not None else self.of(file).imports

    def writes(self, file: GoFile, may: Callable[[str], bool]) -> Iterator[Writes]:
        """Yield the writes of a file by parts; of its functions those of whose text `may` is true."""
        declared = self.of(file)
        yield self._writes_in(file, -1, declared.rest)
        for piece in declared.pieces:
            if (file.path, piece.start_byte) in self._writes or may(file.source(piece)):
                yield self._writes_in(file, piece.start_byte, piece.node)

    def writes_around(self, routine: Routine) -> Writes:
        """Return the writes of the part of a file that a function stands in."""
        declared = self.of(routine.file)
        if any(each.start_byte == routine.start_byte for each in declared.pieces):
            return self._writes_in(routine.file, routine.start_byte, routine.node)
        return self._writes_in(routine.file, -1, declared.rest)

    def _writes_in(self, file: GoFile, start: int, node: Node | None) -> Writes:
        key = (file.path, start)
        found = self._writes.get(key)
        if found is None:
            found = self._writes[key] = writes_of(file, node) if node is not None else Writes()
        return found

    def enclosing(self, file: GoFile, offset: int) -> Routine | None:
        """Return the declared function around a byte offset."""
        for routine in self.of(file).all_routines():
            if routine.start_byte <= offset < routine.end_byte:
                return routine
        return None

    def routine_at(self, path: str, offset: int) -> Routine | None:
        """Return the declared function that begins at a byte offset of a file."""
        found = self.enclosing(self.by_path[path], offset)
        return found if found is not None and found.start_byte == offset else None

    def value(self, folder: str, name: str) -> Declared | None:
        """Return the constant or variable of that name in a package."""
        key = (folder, name)
        if key not in self._values:
            self._values[key] = next(
                (
                    found
                    for file in self._declaring(folder, name, may_declare_value)
                    if (found := self.of(file).values.get(name))
                ),
                None,
            )
        return self._values[key]

    def routine(self, folder: str, name: str) -> Routine | None:
        """Return the function of that name in a package."""
        key = (folder, name)
        if key not in self._routines:
            self._routines[key] = next(
                (
                    found
                    for file in self._declaring(folder, name, may_declare_routine)
                    if (found := self.of(file).routines.get(name))
                ),
                None,
            )
        return self._routines[key]

    def built_apart(
        self, folder: str, name: str, may: Callable[[GoFile, str], bool], of: Callable[[FileIndex], _T | None]
    ) -> tuple[tuple[GoFile, _T], ...]:
        """Return the declarations of a name in files of a package of which each is compiled without the others.

        () where there is no more than one. `may` says whether a file may declare the name, `of` looks for it in one.
        """
        if folder not in self._built:
            files = [file for file in self.folders.get(folder, ()) if file.built]
            self._built[folder] = files if len({file.built for file in files}) > 1 else []
        found: dict[str, tuple[GoFile, _T]] = {}
        for file in self._built[folder]:
            if file.has(name) and (file.read or file.path in self._indexes or may(file, name)):
                declared = of(self.of(file))
                if declared is not None:
                    found.setdefault(file.built, (file, declared))
        return tuple(found.values()) if len(found) > 1 else ()

    def values_apart(self, folder: str, name: str) -> tuple[tuple[GoFile, Declared], ...]:
        """Return the constants or variables of that name in files which are never compiled together."""
        return self.built_apart(folder, name, may_declare_value, lambda file: file.values.get(name))

    def routines_apart(self, folder: str, name: str) -> tuple[tuple[GoFile, Routine], ...]:
        """Return the functions of that name in files which are never compiled together."""
        return self.built_apart(folder, name, may_declare_routine, lambda file: file.routines.get(name))

    def methods_apart(self, method: Routine) -> tuple[tuple[GoFile, Routine], ...]:
        """Return a method in all of its forms, in files which are never compiled together."""
        if not method.file.built:
            return ()

        def same(file: FileIndex) -> Routine | None:
            return next((each for each in file.methods.get(method.name, ()) if each.receiver == method.receiver), None)

        return self.built_apart(method.file.folder, method.name, may_declare_routine, same)

    def type(self, folder: str, name: str) -> tuple[GoFile, Node] | None:
        """Return the type declaration of that name in a package."""
        key = (folder, name)
        if key not in self._types:
            found = ((file, self.of(file).types.get(name)) for file in self._declaring(folder, name, may_declare_type))
            self._types[key] = next(((file, spec) for file, spec in found if spec is not None), None)
        return self._types[key]

    def methods(self, folder: str, name: str) -> tuple[Routine, ...]:
        """Return the methods of that name of all types of a package."""
        key = (folder, name)
        if key not in self._methods:
            self._methods[key] = tuple(
                method
                for file in self._declaring(folder, name, may_declare_routine)
                for method in self.of(file).methods.get(name, ())
            )
        return self._methods[key]

    def method(self, type_id: str, name: str) -> Routine | None:
        """Return a method of a type, also through embedded types; None for an interface's."""
        key = (type_id, name)
        if key not in self._method:
            self._method[key] = self._find_method(type_id, name, 0)
        return self._method[key]

    def _find_method(self, type_id: str, name: str, depth: int) -> Routine | None:
        folder, _, type_name = type_id.rpartition(".")
        for method in self._methods_of(folder, type_name, name):
            if method.receiver == type_name:
                return method
        if depth < _MAX_EMBEDDING:
            for embedded in self.embedded(type_id):
                found = self._find_method(embedded, name, depth + 1)
                if found is not None:
                    return found
        return None

    def _methods_of(self, folder: str, receiver: str, name: str) -> Sequence[Routine]:
        """Return the methods of that name in the files that may declare one of a type."""
        known = self._methods.get((folder, name))
        if known is None:
            key = (folder, receiver, name)
            known = self._received.get(key)
            if known is None:
                files = self._declaring(folder, name, lambda file, called: may_declare_method(file, receiver, called))
                known = tuple(method for file in files for method in self.of(file).methods.get(name, ()))
                self._received[key] = known
        return known

    def is_interface(self, type_id: str) -> bool:
        """Say whether a type of the tree is declared as an interface."""
        body = self.body(type_id)
        return body is not None and body[1].type == "interface_type"

    def field_type(self, type_id: str, name: str) -> str:
        """Return the type id of a struct's field, empty where it is not known."""
        known = self._field_types.get((type_id, name))
        if known is None:
            known = self._field_types[type_id, name] = self._field_type(type_id, name, 0)
        return known

    def _field_type(self, type_id: str, name: str, depth: int) -> str:
        for names, kind in self._struct(type_id):
            if name in names or (not names and kind.rpartition(".")[2] == name):
                return kind
        if depth < _MAX_EMBEDDING:
            for embedded in self.embedded(type_id):
                found = self._field_type(embedded, name, depth + 1)
                if found:
                    return found
        return ""

    def field_names(self, type_id: str) -> list[str]:
        """Return a struct's own field names in order, embedded ones by their type's name."""
        return [name for names, kind in self._struct(type_id) for name in (names or [kind.rpartition(".")[2]])]

    def embedded(self, type_id: str) -> list[str]:
        """Return the type ids that a struct embeds."""
        found = self._embedded.get(type_id)
        if found is None:
            # The settings of a program may be one struct of a thousand fields, of which each method is looked for.
            found = self._embedded[type_id] = [kind for names, kind in self._struct(type_id) if not names]
        return found

    def promoting(self, type_id: str, name: str) -> str:
        """Return the type id of the struct embedded in another that gives it a field, empty where it has it itself."""
        known = self._promoting.get((type_id, name))
        if known is None:
            inner = () if name in self.field_names(type_id) else self.embedded(type_id)
            known = self._promoting[type_id, name] = next((each for each in inner if self.field_type(each, name)), "")
        return known

    def _struct(self, type_id: str) -> list[tuple[list[str], str]]:
        """Return names and type id of each field declaration of a struct; no names for an embedded one."""
        found = self._structs.get(type_id)
        if found is None:
            body = self.body(type_id)
            found = []
            if body is not None:
                file, node = body
                for declaration, names in fields_of(file, node):
                    kind = declaration.child_by_field_name("type")
                    if kind is not None:
                        found.append((names, self.type_id(file, kind)))
            self._structs[type_id] = found
        return found

    def type_id(self, file: GoFile, node: Node | None) -> str:
        """Return a type's id: `string`, `FOLDER.Name`, `import/path.Name`, `[]ID`, `map[]ID`, or empty."""
        while node is not None and node.type in _TRANSPARENT:
            inner = named(node)
            node = inner[0] if inner else None
        if node is None:
            return ""
        if node.type == "type_identifier":
            name = file.source(node)
            if name in BASIC:
                return name
            inside = declared_inside(name, node) if self._may_be_inside(file, name) else None
            if inside is not None and inside.type == "struct_type":
                return self.type_id(file, inside)
            return f"{file.folder}.{name}"
        if node.type == "qualified_type":
            package, kind = node.child_by_field_name("package"), node.child_by_field_name("name")
            if package is None or kind is None:
                return ""
            path, folder = self.package_of(file, file.source(package)) or (file.source(package), None)
            return f"{folder or path}.{file.source(kind)}"
        if node.type in ("slice_type", "array_type", "implicit_length_array_type"):
            return "[]" + self.type_id(file, node.child_by_field_name("element"))
        if node.type == "map_type":
            return "map[]" + self.type_id(file, node.child_by_field_name("value"))
        if node.type == "generic_type":
            return self.type_id(file, node.child_by_field_name("type"))
        if node.type == "struct_type":
            # A struct without a name is known by its place.
            type_id = f"{file.folder}.{UNNAMED}{file.name.replace('.', '_')}_{node.start_byte}"
            self._unnamed[type_id] = (file, node)
            return type_id
        return ""

    def _may_be_inside(self, file: GoFile, name: str) -> bool:
        """Say whether a function of a file may declare a type of that name."""
        key = (file.path, name)
        known = self._inside.get(key)
        if known is None:
            known = self._inside[key] = f"\ttype {name} " in file.text
        return known

    def package_of(self, file: GoFile, name: str) -> tuple[str, str | None] | None:
        """Return import path and audited folder of a package name as a file uses it; None where it imports none."""
        key = (file.path, name)
        if key not in self._packages:
            self._packages[key] = self._package_of(file, name)
        return self._packages[key]

    def _package_of(self, file: GoFile, name: str) -> tuple[str, str | None] | None:
        imports = self.of(file).imports
        path = imports.get(name)
        if path is not None:
            return path, self.modules.folder(path, file.folder)
        for path in imports.values():
            folder = self.modules.folder(path, file.folder)
            if folder is not None and self.folders[folder][0].package == name:
                return path, folder
        return None

    def writing(self, file: GoFile, name: str, *, is_field: bool) -> Sequence[Write]:
        """Return the writes of a file to fields, or to variables, of that name."""

        def may(text: str) -> bool:
            return may_write(text, name, is_field=is_field)

        if not may(file.text):
            return ()
        writes = (write for part in self.writes(file, may) for write in part.by_name.get(name, ()))
        return sorted((write for write in writes if write.is_field == is_field), key=lambda write: write.start)

    def mentioning(self, folder: str, name: str) -> Sequence[GoFile]:
        """Return the files of a package in whose text a name stands."""
        key = (folder, name)
        found = self._mentions.get(key)
        if found is None:
            found = self._mentions[key] = having(self.folders.get(folder, ()), name)
        return found

    def importing(self, folder: str) -> Sequence[GoFile]:
        """Return the files of other packages that may import that of a folder, by the last part of its path."""
        if not self._importing:
            for file in self.files:
                for end in file.import_ends:
                    self._importing.setdefault(end, []).append(file)
        return [file for file in self._importing.get(self.modules.ending(folder), ()) if file.folder != folder]

    def declaring_method(self, name: str) -> Sequence[GoFile]:
        """Return the files that may declare a method of that name, of whatever type."""
        if not self._by_method:
            for file in self.files:
                for each in file.methods:
                    self._by_method.setdefault(each, []).append(file)
        return self._by_method.get(name, ())

    def _declaring(self, folder: str, name: str, may: Callable[[GoFile, str], bool]) -> Iterator[GoFile]:
        """Yield the files of a package that may declare a name."""
        for file in self.folders.get(folder, ()):
            # A file that is parsed anyway answers by itself: its words need not be known.
            if file.read or file.path in self._indexes or (file.has(name) and may(file, name)):
                yield file

    def is_text(self, type_id: str, depth: int = 0) -> bool:
        """Say whether a type is `string` or one of the tree that is declared as it (`type statement string`)."""
        if type_id == "string":
            return True
        known = self._texts.get(type_id)
        if known is None:
            folder, _, name = type_id.rpartition(".")
            found = self.type(folder, name) if folder in self.folders else None
            body = found[1].child_by_field_name("type") if found is not None else None
            if found is None or body is None or body.type not in ("type_identifier", "qualified_type"):
                known = False
            else:
                known = depth < _MAX_EMBEDDING and self.is_text(self.type_id(found[0], body), depth + 1)
            self._texts[type_id] = known
        return known

    def meant(self, type_id: str, depth: int = 0) -> str:
        """Return the id of the type that another name of the tree stands for (`type Tx = sqlx.Tx`)."""
        folder, _, name = type_id.rpartition(".")
        found = self.type(folder, name) if folder in self.folders else None
        if found is None or found[1].type != "type_alias" or depth == _MAX_EMBEDDING:
            return type_id
        return self.meant(self.type_id(found[0], found[1].child_by_field_name("type")), depth + 1)

    def element_id(self, type_id: str, levels: int) -> str:
        """Return the id of the type of a list's or map's elements, so many lists and maps down; empty for another."""
        for _ in range(levels):
            if not type_id.startswith(("[]", "map[]")):
                found = self.body(type_id)
                type_id = self.type_id(*found) if found is not None else ""
            type_id = type_id.partition("[]")[2] if type_id.startswith(("[]", "map[]")) else ""
        return type_id

    def body(self, type_id: str, depth: int = 0) -> tuple[GoFile, Node] | None:
        """Return what a type of the tree is declared as, with its file, through other names for it."""
        if type_id in self._unnamed:
            return self._unnamed[type_id]
        folder, _, name = type_id.rpartition(".")
        found = self.type(folder, name) if folder else None
        if found is None:
            return None
        file, spec = found
        body = spec.child_by_field_name("type")
        if body is not None and body.type in ("type_identifier", "qualified_type"):
            other = self.type_id(file, body)
            return self.body(other, depth + 1) if depth < _MAX_EMBEDDING else None
        return (file, body) if body is not None else None


def declared_inside(name: str, node: Node) -> Node | None:
    """Return what a type stands for that the function around declares (`type step struct{...}`)."""
    block = node.parent
    while block is not None:
        for child in named(block) if block.type in ("block", "statement_list") else ():
            for spec in named(child) if child.type == "type_declaration" else ():
                declared = spec.child_by_field_name("name")
                if declared is not None and declared.text == name.encode():
                    return spec.child_by_field_name("type")
        block = block.parent
    return None


def bare_name(type_id: str) -> str:
    """Return how a type is called in a message."""
    name = type_id.rpartition(".")[2]
    return "the struct" if name.startswith(UNNAMED) else name
