"""Interfaces of the tree: what their methods take, and the types of the tree that have them."""

from __future__ import annotations

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.calls import SINKS, base_name
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.resting import hands_on, rests_on_arguments
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.values import Function

MAX_IMPLEMENTATIONS = 6
"""Most types that a method of an interface is looked up in; where there are more it is not followed."""
_MAX_DEPTH = 4
_COMPARED = 12
"""How many methods of an interface a type must have to count as one that implements it."""
_TEXT = lazy(r"\bstring\b")
_ANSWER = lazy(r"\b(?:sql\.(?:Result|Rows?|Stmt)|sqlx\.(?:Rows?|Stmt|NamedStmt))\b")
"""What a database's methods that send SQL return."""
_PART = lazy(r"\bstring\b|^\[\](?:any|interface\{\})$")
_PACKAGE = lazy(r"\b\w+\.(?=\w)|\s+")
_NO_TEXT = frozenset(("any", "interface{}", "bool", "error", "int", "int32", "int64", "uint", "uint64", "float64"))


def specification(m: Machine, type_id: str, name: str, depth: int = 0) -> tuple[GoFile, Node] | None:
    """Return the method of an interface of the tree as declared, also through embedded interfaces."""
    found = m.index.body(type_id)
    if found is None or found[1].type != "interface_type":
        return None
    file, body = found
    embedded: list[str] = []
    for element in named(body):
        member = element.child_by_field_name("name") if element.type == "method_elem" else None
        if member is not None and file.source(member) == name:
            return file, element
        if element.type == "type_elem" and named(element):
            embedded.append(m.index.type_id(file, named(element)[0]))
    for other in embedded if depth < _MAX_DEPTH else ():
        inner = specification(m, other, name, depth + 1)
        if inner is not None:
            return inner
    return None


def interface_of(m: Machine, type_id: str, name: str, depth: int = 0) -> str:
    """Return the interface that declares a method of a type: the type itself, or what a struct embeds; else empty."""
    if depth > _MAX_DEPTH or not type_id:
        return ""
    if specification(m, type_id, name) is not None:
        return type_id
    inner = (interface_of(m, each, name, depth + 1) for each in m.index.embedded(type_id))
    return next((each for each in inner if each), "")


def texts(file: GoFile, node: Node) -> list[bool]:
    """Say of each parameter of a declared method whether its type can be that of a SQL text."""
    result = []
    for _, kind, variadic in parameters(file, node):
        source = "".join(file.source(kind).split()) if kind is not None else ""
        fixed = kind is not None and kind.type in ("type_identifier", "qualified_type") and source not in _NO_TEXT
        result.append(fixed and not variadic and not source.endswith("Context"))
    return result


def implementations(m: Machine, type_id: str, name: str) -> tuple[Function, ...]:
    """Return the methods that a call through an interface may mean, where that makes a difference; () for too many.

    It does where they return texts or a list of any values (targets of Scan, arguments), where what the only one sends
    rests on a text that it is given (the name of a column, a condition, a map of updates), and where each of them hands
    its SQL and the arguments for it on to a database: one stands for all then.
    """
    found = specification(m, type_id, name)
    if found is None:
        return ()
    file, element = found
    listing = element.child_by_field_name("parameters")
    returns = returns_part(file, element)
    if not returns and (listing is None or not _TEXT.search(file.source(listing))):
        return ()
    key = (type_id, name)
    known = m.implementations.get(key)
    if known is None:
        needed = _method_names(m, type_id)
        routines = [each for each in _methods(m, name) if _has_all(m, each, needed)]
        if not returns:
            # With several tables it is not known which of them the caller's column is meant for.
            routines = [
                each
                for each in routines
                if (each.has_sql_words or each.calls_database) and _kinds(each.file, each.node) == _kinds(file, element)
            ]
            if routines and base_name(name) not in SINKS and all(map(hands_on, routines)):
                # Whichever of them it is does the same with what it is given.
                routines = routines[:1]
            elif len(routines) != 1 or not rests_on_arguments(routines[0]):
                routines = []
        known = tuple(routines) if len(routines) <= MAX_IMPLEMENTATIONS else ()
        m.implementations[key] = known
    return tuple(Function(each.file, each.node) for each in known)


def _kinds(file: GoFile, node: Node) -> list[str]:
    """Return the types of a declared method's parameters, without packages: they may be called otherwise elsewhere."""
    kinds = (file.source(kind) if kind is not None else "" for _, kind, _ in parameters(file, node))
    return [_PACKAGE.sub("", kind).replace("interface{}", "any") for kind in kinds]


def returns_part(file: GoFile, node: Node) -> bool:
    """Say whether a declared method has a text among its results, or is a list of any values."""
    result = node.child_by_field_name("result")
    return result is not None and bool(_PART.search(file.source(result)))


def of_handles(m: Machine, file: GoFile, node: Node, name: str) -> bool:
    """Say whether a method of an interface can be that of a database's handle alone, which sends what it is given.

    It answers with what those of `database/sql` do, and nothing in the tree declares one of its name.
    """
    result = node.child_by_field_name("result")
    return result is not None and bool(_ANSWER.search(file.source(result))) and not _methods(m, name)


def _methods(m: Machine, name: str) -> list[Routine]:
    """Return the methods of that name in the tree. Only files that declare one are parsed."""
    return [each for file in m.index.declaring_method(name) for each in m.index.of(file).methods.get(name, ())]


def _method_names(m: Machine, type_id: str) -> list[str]:
    body = m.index.body(type_id)
    if body is None:
        return []
    names = [each.child_by_field_name("name") for each in named(body[1]) if each.type == "method_elem"]
    return [body[0].source(name) for name in names if name is not None][:_COMPARED]


def _has_all(m: Machine, routine: Routine, needed: list[str]) -> bool:
    owner = f"{routine.file.folder}.{routine.receiver}"
    return all(m.index.method(owner, name) is not None for name in needed)
