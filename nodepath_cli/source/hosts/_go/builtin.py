"""Calls of Go itself and of its standard packages that make or hold texts or lists."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import generics, names, templates
from nodepath_cli.source.hosts._go.alternatives import limit, product
from nodepath_cli.source.hosts._go.building import method_of_text
from nodepath_cli.source.hosts._go.embedding import FILES, FOLDER, read
from nodepath_cli.source.hosts._go.formatting import formatted
from nodepath_cli.source.hosts._go.lists_package import PACKAGES, list_call, repeat
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.reflecting import reflect_call, reflect_method
from nodepath_cli.source.hosts._go.repeats import rounds_of
from nodepath_cli.source.hosts._go.strings_package import replacer_call, strings_call
from nodepath_cli.source.hosts._go.texts import as_text, combine, computed, digits, join, length_of, plain
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    MAX_ITEMS,
    Alternative,
    Atom,
    Items,
    Number,
    Record,
    Text,
    Unknown,
    Value,
    just,
    unknown,
)

_STATEMENTS = frozenset(("Stmt", "StmtContext", "Stmtx", "StmtxContext", "NamedStmt", "NamedStmtContext"))
"""Methods of transactions that give a prepared statement: what is called on it takes values, not SQL."""
_FILE_READS = {
    ("os", "ReadFile"),
    ("ioutil", "ReadFile"),
    ("io", "ReadAll"),
    ("embed", "ReadFile"),
    ("ioutil", "ReadAll"),
}


_TWO = 2


def go_call(m: Machine, f: Frame, name: str, nodes: Sequence[Node], values: Sequence[Value]) -> Value | None:
    """Return the value of a predeclared function, None where the name is none."""
    if name == "append" and values:
        return _append_items(f, nodes, values)
    if name == "len" and values:
        length = m.length(values[0])
        return length or combine(values[:1], lambda atoms: length_of(atoms[0], m.unread))
    if name in ("make", "new") and nodes:
        return _make(m, f, name, nodes[0], values[1:])
    if name in ("min", "max") and values:
        numbers = [value[0].atom for value in values]
        known = [atom for atom in numbers if isinstance(atom, Number)]
        chosen = (min if name == "min" else max)((atom.value for atom in known), default=0)
        sample = any(atom.sample for atom in known)
        if len(known) == len(values):
            return just(Number(chosen, sample))
        return unknown(f"result of {name}()" if any(isinstance(atom, Text) for atom in numbers) else "number")
    if name in ("panic", "print", "println", "delete", "copy", "close", "cap", "recover", "clear"):
        return unknown("run-time value")
    return None


def _make(m: Machine, f: Frame, name: str, kind: Node, sizes: Sequence[Value]) -> Value:
    value = generics.zero_value(m, f, kind) or names.zero(m, f.file, kind)
    atom = value[0].atom
    if name == "make" and isinstance(atom, Items) and sizes and len(sizes) == 1:
        size = sizes[0][0].atom
        if isinstance(size, Number) and size.value <= MAX_ITEMS:
            blank = just(EMPTY) if atom.type == "string" else unknown("element of a list", atom.type)
            count = max(size.value, 0)
            rounds = ((size.loop,),) * count if size.loop and count < _TWO else None
            none = (size.loop,) if size.loop and not count else ()
            return just(Items((blank,) * count, False, atom.type, size.sample, "", rounds, none))
        return just(Items((), True, atom.type, size=m.multiple(sizes[0])))
    return value


def _append_items(f: Frame, nodes: Sequence[Node], values: Sequence[Value]) -> Value:
    spread = len(nodes) > 1 and nodes[-1].type == "variadic_argument"
    fixed = values[1:-1] if spread else values[1:]
    sources = (values[0], values[-1]) if spread else (values[0],)
    result: list[Alternative] = []
    for guard, atoms in product(sources):
        base = atoms[0]
        rounds: tuple[tuple[int, ...], ...] | None = ()
        none: tuple[int, ...] = ()
        if isinstance(base, Text):
            # append([]byte, "text"...): a text that is built in bytes.
            return combine(
                values, lambda each: join([as_text(a, f.file, n) for a, n in zip(each, nodes, strict=False)])
            )
        if isinstance(base, Items):
            items, is_open, kind, sample, own = base.items, base.open, base.type, base.sample, base.named
            rounds, none = rounds_of(base), base.none
        elif isinstance(base, Unknown) and base.reason != "nil":
            items, is_open, kind, sample, own = (), True, base.type.partition("[]")[2], False, ""
        else:
            items, is_open, kind, sample, own = (), False, "", False, ""
        items = (*items, *fixed)
        if spread:
            more = atoms[1]
            if isinstance(more, Items):
                items, is_open, sample = (*items, *more.items), is_open or more.open, sample or more.sample
                also, none = rounds_of(more), (*none, *more.none)
                between = ((),) * len(fixed)
                rounds = None if rounds is None or also is None else (*rounds, *between, *also)
            elif not (isinstance(more, Unknown) and more.reason == "nil"):
                is_open = True
        if len(items) > MAX_ITEMS:
            items, is_open = items[:MAX_ITEMS], True
        if not sample:
            rounds, none = None, ()
        elif rounds is not None and not spread:
            rounds = (*rounds, *((),) * len(fixed))
        result.append(Alternative(guard, Items(items, is_open, kind, sample, own, rounds, none)))
    return limit(result)


def package_call(
    m: Machine, f: Frame, package: str, name: str, nodes: Sequence[Node], values: Sequence[Value]
) -> Value | None:
    """Return the value of a function of Go's text packages, None for any other."""
    last = package.rpartition("/")[2]
    if package == "strings" or package == "bytes":
        if name == "Repeat" and len(values) == _TWO and (copies := m.multiple(values[1])):
            # As many copies as that number, which is known only at run time.
            values = (values[0], just(Number(1, True, copies)))
        found = strings_call(f.file, name, nodes, values)
        if found is None and name in ("NewBufferString", "NewBuffer") and values:
            return values[0]
        return found
    if package == "fmt" and name in ("Sprintf", "Sprint", "Sprintln"):
        return formatted(f.file, name[1:].capitalize(), nodes, values)
    if package == "strconv" and name in ("Itoa", "FormatInt", "FormatUint", "FormatBool") and values:
        return combine(values[:1], lambda atoms: digits(atoms[0], f.file, nodes[0]))
    if package == "strconv" and name == "FormatFloat" and nodes:
        return just(digits(Unknown("formatted value"), f.file, nodes[0]))
    if package == "strconv" and name == "Quote" and values:
        return combine(values[:1], lambda atoms: as_text(atoms[0], f.file, nodes[0]))
    if package == "reflect":
        # Only where tags are read: what else is made of a struct's fields costs much and tells little.
        return reflect_call(m, name, values) if f.file.has("Tag") else None
    if package in templates.PACKAGES:
        return templates.function_call(name, values)
    if (last, name) in _FILE_READS:
        return unknown("file")
    if package == "sync" and name in ("OnceValue", "OnceValues") and len(values) == 1:
        # It returns what the function does.
        return values[0]
    if package in ("path", "path/filepath") and name == "Join" and values and all(_is_plain(each) for each in values):
        return just(computed(posixpath.join(*(plain(value[0].atom) or "" for value in values)), f.file, nodes[0]))
    if package in PACKAGES:
        if name == "Repeat" and len(values) == _TWO:
            return repeat(values[0], values[1], m.multiple(values[1]))
        return list_call(package, name, values, spread=bool(nodes) and nodes[-1].type == "variadic_argument")
    return None


def method_call(
    m: Machine, f: Frame, node: Node, receiver: Value, name: str, nodes: Sequence[Node], values: Sequence[Value]
) -> Value | None:
    """Return the value of a method of a text that is built, or of a replacer; None for any other."""
    if isinstance(receiver[0].atom, Record) and receiver[0].atom.type.startswith("reflect."):
        return reflect_method(m, receiver, name, values)
    if isinstance(receiver[0].atom, Record) and (found := templates.method_call(receiver, name, values)) is not None:
        return found
    if name == "Replace" and values:
        return replacer_call(receiver, values[0])
    if any(isinstance(each.atom, Text) for each in receiver):
        return method_of_text(m, f, node, receiver, name, nodes, values)
    if name == "ReadFile":
        return combine((receiver, values[0]), lambda atoms: _file(m, *atoms)) if values else unknown("file")
    return None


def _file(m: Machine, files: Atom, name: Atom) -> Atom:
    """Return the text of a file that is embedded, where it is one statement."""
    folder = files.get(FOLDER) if isinstance(files, Record) and files.type == FILES else None
    at, known = plain(folder[0].atom) if folder else None, plain(name)
    text = read(m.index, at, known) if at is not None and known is not None else None
    return text or Unknown("file")


def _is_plain(value: Value) -> bool:
    return len(value) == 1 and plain(value[0].atom) is not None


def result_type(package: str | None, name: str, receiver: str) -> str:
    """Return the type id of what well-known database functions return, empty for any other."""
    if package is not None:
        last = package.rpartition("/")[2]
        if package == "database/sql" and name in ("Open", "OpenDB"):
            return "database/sql.DB"
        if last == "sqlx" and name in ("Open", "Connect", "MustConnect", "MustOpen", "NewDb", "ConnectContext"):
            return f"{package}.DB"
        if package == "net/http" or package == "net/url":
            return f"{package}.{name}"
        return ""
    if name.startswith(("Begin", "MustBegin")):
        return f"{receiver.rpartition('.')[0]}.Tx" if receiver else "database/sql.Tx"
    if name.startswith(("Prepare", "NamedPrepare", "Preparex")) or name in _STATEMENTS:
        return "database/sql.Stmt"
    if name == "Conn" and receiver.endswith(".DB"):
        return "database/sql.Conn"
    return ""
