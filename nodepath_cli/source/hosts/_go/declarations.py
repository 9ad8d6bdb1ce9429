"""The declarations of one Go file: its functions, types, constants, variables and imports."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.modules import import_name
from nodepath_cli.source.hosts._go.pieces import split
from nodepath_cli.source.hosts._go.relevant import calls_database, has_sql_words
from nodepath_cli.source.hosts._go.syntax import Extent, GoFile, named

_RECEIVER = lazy(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*)?\)\s*$")


class Declared(Struct, frozen=True):
    """A constant or variable of a package: its specification, and which of its names it is."""

    file: GoFile
    spec: Node
    position: int
    constant: bool
    iota: int = 0
    inherited: Node | None = None
    """The value list that an empty constant specification repeats."""


class Routine:
    """A declared function or method. It is parsed when its node is first asked for."""

    __slots__ = ("_calls", "_node", "_words", "end_byte", "file", "name", "receiver", "start_byte")

    def __init__(self, file: GoFile, extent: Extent, name: str, receiver: str = "") -> None:
        self.file = file
        self.start_byte = extent.start_byte
        self.end_byte = extent.end_byte
        self.name = name
        self.receiver = receiver
        """The receiver's type name without pointer, empty for a function."""
        self._node = extent if isinstance(extent, Node) else None
        self._words: bool | None = None
        self._calls: bool | None = None

    @property
    def node(self) -> Node:
        """The declaration."""
        if self._node is None:
            root = self.file.part([(self.start_byte, self.end_byte)])
            if root.has_error:
                # What the text promised is not so: the whole file tells the parser more.
                root = self.file.root
            found = (each for each in root.named_children if each.start_byte == self.start_byte)
            self._node = next(found, root)
        return self._node

    @property
    def text(self) -> bytes:
        """Its source text."""
        return self.file.data[self.start_byte : self.end_byte]

    @property
    def has_sql_words(self) -> bool:
        """Whether one of its literals begins as SQL does."""
        if self._words is None:
            self._words = has_sql_words(self.text)
        return self._words

    @property
    def calls_database(self) -> bool:
        """Whether it calls methods of a database, as far as their names tell."""
        if self._calls is None:
            self._calls = calls_database(self.text)
        return self._calls


class FileIndex(Struct):
    """What one file declares."""

    values: dict[str, Declared] = field(default_factory=dict)
    blanks: list[Declared] = field(default_factory=list)
    """Variables without name (`var _ = register("SELECT ...")`)."""
    routines: dict[str, Routine] = field(default_factory=dict)
    methods: dict[str, list[Routine]] = field(default_factory=dict)
    types: dict[str, Node] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    dotted: list[str] = field(default_factory=list)
    """What it imports without a name (`import . "x/texts"`): all that is exported there is as if declared here."""

    pieces: list[Routine] = field(default_factory=list)
    """The functions that stand in no parsed tree yet."""
    rest: Node | None = None
    """The root of everything else."""
    ordered: list[Routine] = field(default_factory=list)

    def all_routines(self) -> list[Routine]:
        """Return functions and methods in source order."""
        if not self.ordered:
            found = [*self.routines.values(), *(each for group in self.methods.values() for each in group)]
            self.ordered = sorted(found, key=lambda routine: routine.start_byte)
        return self.ordered


def field_names(file: GoFile, node: Node) -> list[str]:
    """Return the field names of a struct type in order, embedded ones by their type's name."""
    result = []
    for declaration, names in fields_of(file, node):
        kind = declaration.child_by_field_name("type")
        result.extend(names or ([file.source(kind).lstrip("*").rpartition(".")[2]] if kind is not None else []))
    return result


def fields_of(file: GoFile, node: Node) -> Iterator[tuple[Node, list[str]]]:
    """Yield each field declaration of a struct type with its names, none for an embedded one."""
    if node.type != "struct_type":
        return
    for fields in named(node):
        for declaration in named(fields):
            if declaration.type == "field_declaration":
                yield declaration, [file.source(name) for name in declaration.children_by_field_name("name")]


def declarations_of(file: GoFile) -> FileIndex:
    """Return what a file declares. Its functions are not parsed yet."""
    index = FileIndex()
    pieces = split(file.data)
    root = file.part(pieces.others)
    if root.has_error:
        index.rest = file.root
        _declarations(file, file.root, index, 0)
        return index
    index.rest = root
    _declarations(file, root, index, 0)
    index.pieces = [Routine(file, piece, piece.name, piece.receiver) for piece in pieces.functions]
    for routine in index.pieces:
        _add(index, routine)
    return index


def _declarations(file: GoFile, parent: Node, index: FileIndex, depth: int) -> None:
    for node in parent.named_children:
        kind = node.type
        if kind == "function_declaration" or kind == "method_declaration":
            _routine(file, node, index)
        elif kind == "const_declaration":
            _constants(file, node, index)
        elif kind == "var_declaration":
            _variables(file, node, index)
        elif kind == "type_declaration":
            for spec in named(node):
                name = spec.child_by_field_name("name")
                if name is not None:
                    index.types.setdefault(file.source(name), spec)
        elif kind == "import_declaration":
            _imports(file, node, index)
        elif kind == "ERROR" and depth < 3:
            _declarations(file, node, index, depth + 1)


def _routine(file: GoFile, node: Node, index: FileIndex) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    receiver = node.child_by_field_name("receiver")
    match = _RECEIVER.search(file.source(receiver)) if receiver is not None else None
    if receiver is not None and match is None:
        return
    _add(index, Routine(file, node, file.source(name_node), match.group(1) if match else ""))


def _add(index: FileIndex, routine: Routine) -> None:
    if routine.receiver:
        index.methods.setdefault(routine.name, []).append(routine)
        return
    # Several init functions may stand in one file.
    key = routine.name if routine.name not in index.routines else f"{routine.name}@{routine.start_byte}"
    index.routines[key] = routine


def _constants(file: GoFile, node: Node, index: FileIndex) -> None:
    last: Node | None = None
    for number, spec in enumerate(child for child in named(node) if child.type == "const_spec"):
        value = spec.child_by_field_name("value")
        if value is not None:
            last = value
        names = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        for position, name in enumerate(names):
            declared = Declared(file, spec, position, True, number, last if value is None else None)
            index.values.setdefault(file.source(name), declared)


def _variables(file: GoFile, node: Node, index: FileIndex) -> None:
    for spec in variable_specs(node):
        names = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        for position, name in enumerate(names):
            declared = Declared(file, spec, position, False)
            index.values.setdefault(file.source(name), declared)
            if file.source(name) == "_":
                index.blanks.append(declared)


def variable_specs(node: Node) -> list[Node]:
    """Return the specifications of a `var` declaration, with and without parentheses."""
    result = []
    for child in named(node):
        if child.type == "var_spec":
            result.append(child)
        elif child.type == "var_spec_list":
            result.extend(each for each in named(child) if each.type == "var_spec")
    return result


def _imports(file: GoFile, node: Node, index: FileIndex) -> None:
    specs = [child for child in named(node) if child.type == "import_spec"]
    for group in named(node):
        if group.type == "import_spec_list":
            specs.extend(child for child in named(group) if child.type == "import_spec")
    for spec in specs:
        path_node, alias = spec.child_by_field_name("path"), spec.child_by_field_name("name")
        if path_node is None:
            continue
        path = file.source(path_node).strip('"`')
        name = file.source(alias) if alias is not None else import_name(path)
        if name == ".":
            index.dotted.append(path)
        # A blank import counts too: it is how a file chooses its database driver.
        index.imports[name if name not in ("_", ".") else f"{name} {path}"] = path
