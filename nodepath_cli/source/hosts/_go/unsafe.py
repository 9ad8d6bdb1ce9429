"""Handles of sqlx that leave out columns for which a struct has no field, followed by their names.

`u := db.Unsafe()` leaves the other handles alone: only the calls that such a handle can get to are exempt, through
variables, arguments, fields and results of functions. Where one cannot be followed, every call may be on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.calls import SINKS, base_name
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_UNSAFE = ".Unsafe()"
_MAKES = lazy(r"(?:Must)?Begin|(?:Must)?Prepare|(?:Named)?Query|Named?Stmt|Stmt|Conn|Unsafe|Rebind$")
"""Methods whose result leaves columns out as their receiver does."""
_EMBEDDED = frozenset(("DB", "Tx", "Conn", "Stmt", "NamedStmt", "Rows", "Row"))
"""Fields that may be embedded, so that their methods are called without their names."""
_MOST = 4_000
"""Most expressions that are looked at before nothing is known."""
_UNUSED = frozenset(
    (
        *("expression_statement", "binary_expression", "go_statement", "defer_statement", "statement_list"),
        *("parameter_declaration", "inc_statement", "if_statement"),
    )
)


class _LostError(Exception):
    """A handle went where it is not followed."""


def unsafe_calls(index: Index) -> set[Span] | None:
    """Return the calls that may be on such a handle, None where that cannot be told."""
    files = [file for file in index.files if _UNSAFE in file.text]
    if not files:
        return set()
    followed = _Followed(index)
    try:
        for file in files:
            for node in _calls(file.root):
                if file.source(node).endswith(_UNSAFE):
                    followed.expression(file, node)
    except _LostError:
        return None
    return followed.calls


class _Followed:
    """Where such handles have been seen to go."""

    def __init__(self, index: Index) -> None:
        self.calls: set[Span] = set()
        self._index = index
        self._seen: set[tuple[str, int, int]] = set()
        self._names: set[tuple[str, int, str]] = set()

    def expression(self, file: GoFile, node: Node, position: int = 0) -> None:
        """Follow an expression that is such a handle, or a call of which one is the result at a position."""
        key = (file.path, node.start_byte, node.end_byte)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self._seen) > _MOST:
            raise _LostError
        parent = node.parent
        if parent is None or parent.type in _UNUSED:
            return
        if parent.type in ("parenthesized_expression", "unary_expression", "type_assertion_expression"):
            self.expression(file, parent, position)
        elif parent.type == "selector_expression":
            self._selected(file, parent)
        elif parent.type in ("argument_list", "type_conversion_expression"):
            self._handed(file, node, parent)
        elif parent.type in ("expression_list", "short_var_declaration", "assignment_statement", "var_spec"):
            self._listed(file, node, parent, position)
        elif parent.type == "return_statement":
            self._returned(file, node, position)
        elif parent.type == "literal_element":
            self._element(file, parent)
        else:
            raise _LostError

    def _selected(self, file: GoFile, selector: Node) -> None:
        member, call = selector.child_by_field_name("field"), selector.parent
        name = file.source(member) if member is not None else ""
        if call is None or call.type != "call_expression" or call.child_by_field_name("function") != selector:
            if base_name(name) in SINKS or _MAKES.match(name):
                # `query := u.Queryx`
                raise _LostError
            return
        self.calls.add(file.span(call))
        if _MAKES.match(name):
            self.expression(file, call)

    def _handed(self, file: GoFile, node: Node, listing: Node) -> None:
        """An argument of a call; `count[invoice](u)` is written like a conversion."""
        call = listing if listing.type == "type_conversion_expression" else listing.parent
        function = call.child_by_field_name("function" if call.type == "call_expression" else "type") if call else None
        if call is None or function is None:
            raise _LostError
        position = named(listing).index(node) if listing.type == "argument_list" else 0
        while function.type in ("index_expression", "generic_type", "type_instantiation_expression"):
            inner = (
                function.child_by_field_name("operand") or function.child_by_field_name("type") or named(function)[0]
            )
            function = inner
        package, _, name = file.source(function).rpartition(".")
        found = self._index.package_of(file, package) if package and package.isidentifier() else None
        if found is not None and found[0].endswith("sqlx"):
            self.calls.add(file.span(call))
            if _MAKES.match(name):
                self.expression(file, call)
            return
        for routine in self._meant(file, package, name, found):
            taken = parameters(routine.file, routine.node)
            at = min(position, len(taken) - 1)
            if at < 0 or taken[at][2]:
                raise _LostError
            self._variable(routine.file, (routine.start_byte, routine.end_byte), taken[at][0])

    def _meant(self, file: GoFile, package: str, name: str, found: tuple[str, str | None] | None) -> Sequence[Routine]:
        """Return the functions of the tree that a call can mean."""
        if found is not None or not package:
            folder = found[1] if found is not None else file.folder
            routine = self._index.routine(folder, name) if folder is not None else None
            routines: Sequence[Routine] = [routine] if routine is not None else []
        else:
            files = self._index.declaring_method(name)
            routines = [method for each in files for method in self._index.of(each).methods.get(name, ())]
        if not routines:
            raise _LostError
        return routines

    def _listed(self, file: GoFile, node: Node, parent: Node, position: int) -> None:
        statement = parent.parent if parent.type == "expression_list" else parent
        if statement is None:
            raise _LostError
        if statement.type == "return_statement":
            self._returned(file, node, position)
            return
        right = statement.child_by_field_name("right") or statement.child_by_field_name("value")
        left = statement.child_by_field_name("left")
        if right is None or not right.start_byte <= node.start_byte < right.end_byte:
            # What is assigned to the variable is another matter.
            return
        values = named(right) if right.type == "expression_list" else [right]
        targets = named(left) if left is not None else statement.children_by_field_name("name")
        targets = [each for each in targets if each.type != ","]
        at = values.index(node) if len(values) > 1 else position
        if at >= len(targets):
            raise _LostError
        target = targets[at]
        if target.type == "identifier":
            if file.source(target) != "_":
                self._assigned(file, target)
        elif target.type == "selector_expression":
            member = target.child_by_field_name("field")
            self._field(file.source(member) if member is not None else "")
        else:
            raise _LostError

    def _assigned(self, file: GoFile, target: Node) -> None:
        name = file.source(target)
        around = _function(target)
        if around is None or (self._index.value(file.folder, name) is not None and not _declared(file, around, name)):
            for other in self._index.mentioning(file.folder, name):
                self._variable(other, (0, len(other.data)), name)
            return
        self._variable(file, (around.start_byte, around.end_byte), name)

    def _variable(self, file: GoFile, extent: tuple[int, int], name: str) -> None:
        """Follow all that a variable is used for; another one of that name in the same function is taken for it."""
        if (file.path, extent[0], name) in self._names or name == "_":
            return
        self._names.add((file.path, extent[0], name))
        for node in _within(file.root, *extent):
            if node.type == "identifier" and file.source(node) == name and not _is_key(node):
                self.expression(file, node)

    def _field(self, name: str) -> None:
        if not name or name in _EMBEDDED:
            raise _LostError
        if ("", 0, name) in self._names:
            return
        self._names.add(("", 0, name))
        for file in self._index.files:
            if file.has(name):
                for node in _within(file.root, 0, len(file.data)):
                    member = node.child_by_field_name("field") if node.type == "selector_expression" else None
                    if member is not None and file.source(member) == name:
                        self.expression(file, node)

    def _element(self, file: GoFile, element: Node) -> None:
        entry = element.parent
        key = entry.child_by_field_name("key") if entry is not None and entry.type == "keyed_element" else None
        if key is None or key == element or not file.source(key).isidentifier():
            raise _LostError
        self._field(file.source(key))

    def _returned(self, file: GoFile, node: Node, position: int) -> None:
        around = _function(node, closures=True)
        statement = node.parent
        if statement is not None and statement.type == "expression_list" and len(named(statement)) > 1:
            position = named(statement).index(node)
        name = around.child_by_field_name("name") if around is not None and around.type != "func_literal" else None
        if name is None:
            raise _LostError
        called = file.source(name)
        if ("()", position, called) in self._names:
            return
        self._names.add(("()", position, called))
        for other in self._index.files:
            for call in _calls(other.root) if other.has(called) else ():
                function = call.child_by_field_name("function")
                if function is not None and other.source(function).rpartition(".")[2].partition("[")[0] == called:
                    self.expression(other, call, position)


def _within(node: Node, start: int, end: int) -> Iterator[Node]:
    """Yield the nodes of a part of a file."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.start_byte >= start and current.end_byte <= end:
            yield current
        stack.extend(each for each in current.named_children if each.start_byte < end and each.end_byte > start)


def _calls(node: Node) -> Iterable[Node]:
    return (each for each in _within(node, 0, node.end_byte) if each.type == "call_expression")


def _function(node: Node, *, closures: bool = False) -> Node | None:
    """Return the function around a node; with `closures` that may be a function literal."""
    kinds = ("function_declaration", "method_declaration", *(("func_literal",) if closures else ()))
    above = node.parent
    while above is not None and above.type not in kinds:
        above = above.parent
    return above


def _declared(file: GoFile, function: Node, name: str) -> bool:
    """Say whether a function may have a variable of its own of that name."""
    word = rf"(?<![\w.]){re.escape(name)}\b"
    return bool(re.search(rf"{word}[\w, ]*:=|\bvar {name}\b|\w, {name} :=|[(,]\s*{name} ", file.source(function)))


def _is_key(node: Node) -> bool:
    """Say whether a name is that of a field in a literal (`store{db: x}`)."""
    element = node.parent
    entry = element.parent if element is not None and element.type == "literal_element" else None
    return entry is not None and entry.type == "keyed_element" and entry.child_by_field_name("key") == element
