"""What a name means: a variable, a package's constant, variable or function, a field, a method."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go import fields, makers
from nodepath_cli.source.hosts._go.alternatives import given, limit, under
from nodepath_cli.source.hosts._go.calls import SINKS, base_name, is_database
from nodepath_cli.source.hosts._go.declarations import Declared, Routine
from nodepath_cli.source.hosts._go.embedding import FILES, FOLDER, embedded
from nodepath_cli.source.hosts._go.index import BASIC
from nodepath_cli.source.hosts._go.limits import STEPS
from nodepath_cli.source.hosts._go.machine import Frame, Machine, OutOfSteps
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.standard_constants import standard
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    MAX_ITEMS,
    Alternative,
    Atom,
    Bound,
    Function,
    Handle,
    Items,
    Number,
    Record,
    Table,
    Text,
    Unknown,
    Value,
    just,
    named_basic,
    named_list,
    unknown,
)

ITSELF = "value that depends on itself"
BUILDERS = frozenset(("strings.Builder", "bytes.Buffer"))
"""Types that texts are written into."""
_ITS_OWN = 4
"""A variable with more than this fraction of a function's steps spends them itself."""
_UNSET: dict[str, Atom] = {"string": EMPTY, "int": Number(0)}


def identifier(m: Machine, f: Frame, node: Node) -> Value:
    """Return the value of a bare name."""
    name = f.file.source(node)
    value = f.scope.get(name)
    if value is not None:
        m.compare(value, f.ambient)
        return given(value, f.ambient)
    value = bare_name(m, f.file, name) or m.index.generated.own(f.file, node, name)
    return value or unknown(f"variable {name}")


def bare_name(m: Machine, file: GoFile, name: str) -> Value | None:
    """Return the value of a name of the file's package, or of one imported without a name (`import . "x/texts"`)."""
    value = package_name(m, file.folder, name)
    if value is None and name[:1].isupper():
        folders = (m.index.modules.folder(path, file.folder) for path in m.index.of(file).dotted)
        found = (package_name(m, folder, name) for folder in folders if folder is not None)
        value = next((each for each in found if each is not None), None)
    return compiled_with(m, file, value) if value else None


def selector(m: Machine, f: Frame, node: Node) -> Value:
    """Return the value of `x.y`: of a package's name, a field, or a method bound to its receiver."""
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if operand is None or member is None:
        return unknown("broken expression")
    name = f.file.source(member)
    if operand.type == "identifier":
        package = f.file.source(operand)
        asked = f.scope.beside(package, f"{package}.{name}") if name in m.asked_names else None
        if asked is not None and all(isinstance(each.atom, Text) for each in asked):
            return given(asked, f.ambient)
        if f.scope.get(package) is None:
            found = m.index.package_of(f.file, package)
            if found is not None:
                value = (
                    package_name(m, found[1], name) if found[1] is not None else standard(f.file, node, found[0], name)
                )
                value = value or m.index.generated.imported(f.file, node, found[0], name)
                where = " (its package is not in the audited paths)" if m.index.modules.outside(found[0]) else ""
                return value or unknown(f"{package}.{name}{where}")
    receiver = first_of(m.evaluate(f, operand))
    return member_value(m, f, node, receiver, name)


def member_value(m: Machine, f: Frame, node: Node, receiver: Value, name: str) -> Value:
    """Return a field or method of a value."""
    result: list[Alternative] = []
    m.compare(receiver, f.ambient)
    if isinstance(receiver[0].atom, Text) and not receiver[0].atom.named:
        receiver = _of_field(m, f, node, receiver)
    for alternative in receiver:
        atom = alternative.atom
        value: Value | None = None
        if isinstance(atom, Record):
            value = _in_record(atom, name, 0)
        if isinstance(atom, (Items, Text, Number, Function)) and atom.named:
            method = m.index.method(atom.named, name)
            value = just(Function(method.file, method.node, None, just(atom))) if method is not None else None
        if value is None and isinstance(atom, (Record, Unknown)):
            value = _typed_member(m, f, atom, name)
        if value is not None:
            result.extend(under(value, alternative.guard))
    found = limit(result) if result else ()
    if not found:
        if base_name(name) in SINKS and is_database("", type_of(receiver), base_name(name)):
            return just(Bound(type_of(receiver), name))
        if name == "Scan" and all(isinstance(each.atom, Handle) for each in receiver):
            return just(Bound(type_of(receiver), name, receiver))
        found = unknown(f"field {f.file.shown(node)}", m.index.field_type(type_of(receiver), name))
    if len(receiver) == 1:
        last, owner = found[0].atom, receiver[0].atom
        if isinstance(last, Unknown) and last.type[:2] == "[]" and isinstance(owner, Unknown) and len(found) == 1:
            # The same list each time: its length and what a loop over it makes go together.
            return m.members.setdefault((id(owner), name), (owner, found))[1]
    return found


def _of_field(m: Machine, f: Frame, node: Node, value: Value) -> Value:
    """Return the text in a field as one of the field's type (`r.find.row(db, id)`, of which `row` is a method)."""
    operand = node.child_by_field_name("operand")
    if operand is None or operand.type != "selector_expression":
        return value
    owner, member = operand.child_by_field_name("operand"), operand.child_by_field_name("field")
    if owner is None or member is None or owner.type not in ("identifier", "selector_expression"):
        return value
    owner_type = type_of(first_of(m.evaluate(f, owner)))
    return typed(m, value, m.index.field_type(owner_type, f.file.source(member))) if owner_type else value


def _in_record(record: Record, name: str, depth: int) -> Value | None:
    found = record.get(name)
    if found is not None or depth > 4:
        return found
    for _, value in record.fields:
        inner = value[0].atom
        # Only embedded structs promote their fields, and those are stored under their type's name.
        if isinstance(inner, Record) and any(
            key == inner.type.rpartition(".")[2] for key, v in record.fields if v is value
        ):
            found = _in_record(inner, name, depth + 1)
            if found is not None:
                return found
    return None


def _typed_member(m: Machine, f: Frame, atom: Record | Unknown, name: str) -> Value | None:
    if isinstance(atom, Record) and atom.complete:
        kind = m.index.field_type(atom.type, name)
        if kind in _UNSET and fields.chained(m, atom.type, name):
            # A chain that does not call its method (`From("users").Where(...)` without `OrderBy`) leaves it as it is.
            return just(_UNSET[kind])
    if m.unread:
        method = m.index.method(atom.type, name) if atom.type else None
        if method is not None:
            return just(Function(method.file, method.node, None, just(atom)))
        return unknown(f"field {name}", m.index.field_type(atom.type, name) if atom.type else "")
    if not atom.type:
        m.soft = True
        return fields.stored(m, f.file.folder, "", name) if name[:1].islower() else None
    method = m.index.method(atom.type, name)
    if method is not None:
        return _method(m, method, atom)
    field_type = m.index.field_type(atom.type, name)
    m.soft = True
    if not field_type and m.index.is_interface(atom.type):
        return None
    if isinstance(atom, Record) and atom.complete and field_type in BUILDERS:
        return just(EMPTY)
    if isinstance(atom, Record) and atom.complete and field_type.startswith("[]"):
        # What methods append to it is followed; what they do to a receiver that is not known says nothing here.
        return just(Items((), False, field_type[2:]))
    if field_type and not _may_hold_text(m, field_type):
        return unknown(f"field {name}", field_type)
    whose = not _is_another(atom)
    stored = _promoted(m, atom.type, name, whose) or fields.stored(
        m, atom.type.rpartition(".")[0], atom.type, name, whose=whose, whole=isinstance(atom, Unknown)
    )
    if stored is not None and any(not isinstance(each.atom, Unknown) for each in stored):
        if whose and m.root is not None:
            m.own_fields.add(m.root)
        return stored
    if stored is not None:
        return stored
    if field_type:
        return unknown(f"field {name}", field_type)
    return None


def _is_another(atom: Atom) -> bool:
    return isinstance(atom, Unknown) and not atom.reason.startswith(("receiver", "field "))


def _promoted(m: Machine, outer: str, name: str, whose: bool) -> Value | None:
    """Return what a field of an embedded struct holds where it is known what the outer type's own values embed.

    One struct may be embedded in several: what the constructors of another one put into it is not in this one.
    """
    embedded = m.index.promoting(outer, name)
    if not embedded:
        return None
    held = fields.stored(m, outer.rpartition(".")[0], outer, embedded.rpartition(".")[2], whose=whose)
    result: list[Alternative] = []
    for each in held or ():
        value = _in_record(each.atom, name, 0) if isinstance(each.atom, Record) else None
        if value is None:
            return None
        result.extend(under(value, each.guard))
    return limit(result) if result else None


def _may_hold_text(m: Machine, type_id: str) -> bool:
    """Say whether a field of this type can lead to a text: strings, and lists and maps of them or of structs."""
    bare = type_id.rpartition("]")[2]
    if m.index.is_text(bare) or _may_send(m, bare):
        return True
    listed = bare != type_id
    return listed and bare.rpartition(".")[0] in m.index.folders


def _may_send(m: Machine, type_id: str) -> bool:
    """Say whether a type is one of functions that return what a database does (`func(...) (sql.Result, error)`)."""
    found = m.index.body(type_id)
    return found is not None and found[1].type == "function_type" and "sql.R" in found[0].source(found[1])


def typed(m: Machine, value: Value, type_id: str) -> Value:
    """Return a value as one of a type: what is not known has one, and so have lists and texts with methods."""
    first = value[0].atom if value else None
    if isinstance(first, Unknown):
        return unknown(first.reason, type_id) if len(value) == 1 and not first.type and type_id else value
    if isinstance(first, Text):
        if not first.named and "." in type_id and m.index.is_text(type_id):
            return named_basic(value, type_id)
    elif isinstance(first, Number):
        if not first.named and "." in type_id and type_id.rpartition(".")[0] in m.index.folders:
            return named_basic(value, type_id, worded=m.index.method(type_id, "String") is not None)
    elif isinstance(first, Items) and not first.named and "." in type_id and not type_id.startswith("[]"):
        return named_list(value, type_id)
    return value


def package_name(m: Machine, folder: str, name: str) -> Value | None:
    """Return the value of a package's constant, variable or function, None where it has none of that name."""
    declared = m.index.value(folder, name)
    if declared is not None and name != "_":
        return _package_value(m, folder, name, declared)
    routine = m.index.routine(folder, name)
    if routine is not None:
        apart = m.index.routines_apart(folder, name)
        return _built(m, [(file, just(Function(each.file, each.node))) for file, each in apart]) or just(
            Function(routine.file, routine.node)
        )
    return None


def _built(m: Machine, forms: Sequence[tuple[GoFile, Value]]) -> Value | None:
    """Return what a name means in files which are never compiled together, under a branch for each."""
    if not forms:
        return None
    decision = m.decisions.built([file for file, _ in forms])
    return limit(each for number, (_, value) in enumerate(forms) for each in under(value, ((decision, number),)))


def compiled_with(m: Machine, file: GoFile, value: Value) -> Value:
    """Return what a value is where a file is compiled: a declaration under the same tags hides those under others."""
    if not file.built or len(value) < 2:
        return value
    own, others = f"built with {file.built}", set()
    for decision, arm in {entry for each in value for entry in each.guard}:
        arms = m.decisions.arms(decision)
        if own in arms and arms[arm] != own:
            others.add((decision, arm))
    return tuple(each for each in value if not others.intersection(each.guard)) if others else value


def _method(m: Machine, method: Routine, atom: Atom) -> Value:
    apart = m.index.methods_apart(method)
    forms = [(file, just(Function(each.file, each.node, None, just(atom)))) for file, each in apart]
    return _built(m, forms) or just(Function(method.file, method.node, None, just(atom)))


def _package_value(m: Machine, folder: str, name: str, declared: Declared) -> Value:
    key = (folder, name)
    m.soft = m.soft or not declared.constant
    if key in m.values:
        known = m.values[key]
        if isinstance(known, int):
            m.taint(known)
            return unknown(ITSELF)
        return known
    m.values[key] = len(m.in_progress)
    steps = m.steps
    try:
        apart = [(file, initial(m, each, name)) for file, each in m.index.values_apart(folder, name)]
        value = _built(m, apart) or initial(m, declared, name)
    except Exception as fault:
        # Where nobody could come to its end, it is not begun again for each that asks.
        m.values[key] = unknown(f"variable {name}")
        if isinstance(fault, OutOfSteps) and m.steps - steps < STEPS // _ITS_OWN:
            del m.values[key]
        raise
    m.steps = max(steps, m.steps - (m.steps - steps) // 2)
    if not declared.constant:
        value = _with_assignments(m, folder, name, value)
    m.values[key] = value
    return value


def initial(m: Machine, declared: Declared, name: str) -> Value:
    """Return the value that a package's constant or variable begins with. Raises OutOfSteps."""
    file, spec = declared.file, declared.spec
    frame = m.frame(file, None)
    if declared.constant:
        frame.scope.declare("iota", just(Number(declared.iota)))
    listing = declared.inherited or spec.child_by_field_name("value")
    if declared.inherited is not None and declared.inherited.parent is not None:
        # What it repeats is the type, too.
        spec = declared.inherited.parent
    kind = spec.child_by_field_name("type")
    if listing is None:
        return _uninitialized(m, declared, name, kind)
    nodes = named(listing)
    if len(nodes) == 1 and declared.position > 0:
        return unknown(f"result of {file.shown(nodes[0])}")
    if declared.position >= len(nodes):
        return unknown("broken declaration")
    value = first_of(m.evaluate(frame, nodes[declared.position]))
    if kind is None:
        return value
    if isinstance(value[0].atom, Unknown):
        return unknown(value[0].atom.reason, m.index.type_id(file, kind))
    return typed(m, value, m.index.type_id(file, kind))


def _uninitialized(m: Machine, declared: Declared, name: str, kind: Node | None) -> Value:
    """A package's variable without value gets one elsewhere: from an embedded file, a flag, or an assignment."""
    before = declared.spec.parent.prev_sibling if declared.spec.parent is not None else None
    for node in (before, declared.spec.prev_sibling):
        if node is not None and node.type == "comment" and declared.file.source(node).startswith("//go:embed"):
            if m.index.type_id(declared.file, kind) == FILES:
                return just(Record(FILES, ((FOLDER, just(Text((), declared.file.folder))),)))
            text = embedded(m.index, declared.file, declared.file.source(node))
            return just(text) if text is not None else unknown("file", "string")
    value = zero(m, declared.file, kind)
    if isinstance(value[0].atom, (Text, Number)):
        return unknown(f"variable {name}", m.index.type_id(declared.file, kind))
    return value


def _with_assignments(m: Machine, folder: str, name: str, initial: Value) -> Value:
    """Add what functions assign to a package's variable.

    A variable with a known text that is only put together anew with itself (`table = prefix + table`) keeps its known
    text: the settings that change it are not known, and its own text is what the rest of the tree was written for.
    """
    first = initial[0].atom
    if not isinstance(first, (Text, Items, Table, Record)) and not (
        isinstance(first, Unknown) and first.type in ("", "string")
    ):
        return initial
    written = fields.assigned(m, folder, name)
    extra = [each for value in written for each in value if not isinstance(each.atom, Unknown)]
    settled = [each for each in extra if not (isinstance(each.atom, Text) and _rests_on_itself(each.atom))]
    lists = [each.atom for each in (*initial, *settled) if isinstance(each.atom, Items)]
    if len(lists) > 1 and fields.grows(m, folder, name):
        # Filled by and by, often in a loop (`columns = append(columns, each.Name)` in init): how often is not known.
        items = tuple(item for each in lists for item in each.items)
        return just(replace(lists[0], items=items[:MAX_ITEMS], open=True, sample=True, rounds=None))
    if isinstance(first, Table) and any(isinstance(each.atom, Table) for each in settled):
        # Filled by and by (`texts["find"] = "SELECT ..."` in init).
        return tuple(each for _, each in makers.filled([("", each) for each in (*initial, *settled)]))
    started = isinstance(first, (Table, Record)) or (isinstance(first, Text) and bool(first.plain))
    if started or (isinstance(first, Items) and first.items):
        return limit([*initial, *settled])
    return limit(settled or extra) or (written[0] if written else initial)


def _rests_on_itself(text: Text) -> bool:
    return any(piece.hole is not None and piece.hole[1] == ITSELF for piece in text.pieces)


def zero_of(m: Machine, type_id: str) -> Value:
    """Return the zero value of a type of which the id is known. A pointer is taken for what it points to."""
    if m.index.is_text(type_id):
        return just(EMPTY) if type_id == "string" else named_basic(just(EMPTY), type_id)
    found = m.index.body(type_id)
    if found is not None and found[1].type == "struct_type":
        return just(Record(type_id, (), True))
    return unknown("run-time value", type_id)


def zero(m: Machine, file: GoFile, kind: Node | None) -> Value:
    """Return the zero value of a declared type."""
    type_id = m.index.type_id(file, kind)
    if type_id == "string" or type_id in BUILDERS:
        return just(EMPTY)
    if type_id.startswith("[]"):
        # An array has all its elements from the start.
        return just(Items((), kind is not None and kind.type == "array_type", type_id[2:]))
    if type_id.startswith("map[]"):
        return just(Table(()))
    if type_id in BASIC:
        return unknown("run-time value", type_id) if type_id != "int" else just(Number(0))
    folder, _, name = type_id.rpartition(".")
    found = m.index.type(folder, name) if folder else None
    body = found[1].child_by_field_name("type") if found else None
    if found is not None and body is not None and kind is not None and kind.type != "pointer_type":
        if body.type == "struct_type":
            return just(Record(type_id, (), True))
        if body.type == "slice_type":
            return named_list(zero(m, found[0], body), type_id)
        if body.type in ("type_identifier", "map_type"):
            return zero(m, found[0], body) if m.index.type_id(found[0], body) != type_id else unknown("run-time value")
    return unknown("run-time value", type_id)
