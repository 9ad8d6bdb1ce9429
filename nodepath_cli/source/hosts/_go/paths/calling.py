"""Calls on a path: statements that are sent, outcomes that are read, functions of the tree that are walked."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.functions import Called, Failure, Given, Known, Meant, Mixed, Moment, Outcome
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.paths import clock, comparing, following, meaning, sending, structs
from nodepath_cli.source.hosts._go.paths.assigning import pointed_at, scanned
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Closure,
    Many,
    Place,
    Scope,
    State,
    Transaction,
    exported,
    first,
)
from nodepath_cli.source.hosts._go.paths.walker import TooManyPaths, Values, Walker
from nodepath_cli.source.hosts._go.syntax import named

_CONVERSIONS = frozenset(
    ("string", "int", "int8", "int16", "int32", "int64", "uint", "uint32", "uint64", "float64", "bool", "error")
)
_NEW_ERRORS = frozenset(("fmt.Errorf", "errors.New", "errors.Errorf", "xerrors.Errorf", "xerrors.New", "status.Errorf"))
_JOINING = frozenset(("errors.Join", "multierr.Combine", "multierr.Append", "multierror.Append"))
_KEEPING_ERRORS = frozenset(
    ("Wrap", "Wrapf", "WithStack", "WithMessage", "WithMessagef", "Trace", "Annotate", "Annotatef")
)
_ENDS = ("panic", "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "runtime.Goexit")
_BEGINS = frozenset(("Begin", "BeginTx", "Beginx", "BeginTxx", "MustBegin", "StartTransaction", "BeginTransaction"))
_SPLICING = frozenset(("fmt.Sprintf", "fmt.Sprint", "strings.ReplaceAll", "strings.Replace"))
_MAX_RESULTS = 400


def call(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    """Return what a call gives, each with its path. Raises TooManyPaths."""
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return [(state, UNKNOWN)]
    function = _without_types(w, place, scope, function)
    nodes = named(listing) if listing is not None else []
    operand, member = function.child_by_field_name("operand"), function.child_by_field_name("field")
    name = " ".join(place.file.source(function).split())
    if name in _ENDS:
        return []
    receivers: list[tuple[State, Any | None]] = [(state, None)]
    is_package = operand is not None and operand.type == "identifier" and scope.find(place.file.source(operand)) is None
    if operand is not None and member is not None and not is_package:
        receivers = [*w.evaluate(place, scope, operand, state)]
    result: Values = []
    for current, receiver in receivers:
        for after, arguments in _arguments(w, place, scope, nodes, current):
            held = None if receiver is None else first(receiver)
            made = Calling(w, place, scope, node, function, nodes, name, held, arguments)
            result += made.run(after)
            if len(result) > _MAX_RESULTS:
                raise TooManyPaths
    return result


def _without_types(w: Walker, place: Place, scope: Scope, function: Node) -> Node:
    """Return the function of the tree that a call names with its types: `one` of `one[int64](db, query)`.

    With one type it is written like the element of a list.
    """
    if function.type not in ("index_expression", "type_instantiation_expression"):
        return function
    inner = function.child_by_field_name("operand") or next(iter(named(function)), function)
    package, _, name = place.file.source(inner).rpartition(".")
    if not name.isidentifier() or scope.find(package or name) is not None:
        return function
    folder: str | None = place.file.folder
    if package:
        found = w.index.package_of(place.file, package)
        folder = found[1] if found is not None else None
    return inner if folder is not None and w.index.routine(folder, name) is not None else function


def _arguments(
    w: Walker, place: Place, scope: Scope, nodes: Sequence[Node], state: State
) -> list[tuple[State, tuple[Any, ...]]]:
    results: list[tuple[State, tuple[Any, ...]]] = [(state, ())]
    for node in nodes:
        variadic = node.type == "variadic_argument"
        inner = named(node)[0] if variadic and named(node) else node
        following_: list[tuple[State, tuple[Any, ...]]] = []
        for current, values in results:
            for after, value in w.evaluate(place, scope, inner, current):
                if isinstance(value, Many) and (variadic or len(nodes) == 1):
                    following_.append((after, (*values, *value.values)))
                else:
                    following_.append((after, (*values, Many(()) if variadic else first(value))))
        results = following_
    return results


class Calling:
    """One call with its receiver and arguments evaluated."""

    def __init__(
        self,
        w: Walker,
        place: Place,
        scope: Scope,
        node: Node,
        function: Node,
        nodes: Sequence[Node],
        name: str,
        receiver: Any | None,
        arguments: tuple[Any, ...],
    ) -> None:
        self.w, self.place, self.scope, self.node = w, place, scope, node
        self.function, self.nodes, self.name = function, nodes, name
        self.receiver, self.arguments = receiver, arguments
        # The name of a method may stand on a line of its own: `QueryRow(...).` and `Scan(...)` below.
        self.method = name.rpartition(".")[2].strip()

    def run(self, state: State) -> Values:
        """Return what the call gives."""
        value = self._plain()
        if value is not None:
            return [(state, value)]
        sent = sending.send(self, state)
        if sent is not None:
            return sent
        read = self._read(state)
        if read is not None:
            return read
        followed = following.follow(self, state)
        if followed is not None:
            return followed
        return self._unknown(state)

    def _plain(self) -> Any | None:
        """Return the value of a call of the language or of its own packages."""
        name, arguments = self.name, self.arguments
        one = arguments[0] if arguments else UNKNOWN
        if name in _CONVERSIONS:
            return one
        if name == "new" and len(self.nodes) == 1:
            return structs.empty(self.w, self.place, self.nodes[0])
        if name in _NEW_ERRORS or (name in _JOINING and any(isinstance(each, Failure) for each in arguments)):
            return Failure()
        if name == "time.Now" or (self.method == "Now" and not arguments):
            if name == "time.Now":
                return clock.NOW
            # Where one asks the database for the time, it may be that of any of them.
            return clock.UNKNOWN if self.w.known.get("Now") else clock.INJECTED
        if isinstance(self.receiver, Moment):
            written = ", ".join(self.place.file.source(each) for each in self.nodes)
            return clock.moment_method(self.receiver, self.method, arguments, written)
        if name in ("errors.Is", "xerrors.Is") and len(self.nodes) == 2:
            return comparing.kind_of_error(exported(one), self.place.file.source(self.nodes[1]))
        if name in ("ctx.Err", "context.Cause"):
            # Asked for when the context is over.
            return Failure()
        if self.method in _KEEPING_ERRORS and self.receiver is None and comparing.failed(exported(one)) is not None:
            return one
        if name in ("strconv.FormatInt", "fmt.Sprint", "strconv.Itoa", "fmt.Sprintf"):
            times = [each for each in arguments if isinstance(each, Moment)]
            if len(times) == 1 and times[0].form.startswith("unix"):
                return times[0]
        if name.startswith(("strings.", "bytes.")) and comparing.failed(exported(one)) is not None:
            words = " ".join(str(each.value) for each in arguments[1:] if isinstance(each, Known))
            return comparing.kind_of_error(exported(one), words)
        if self.receiver is not None and self.method == "Error" and not arguments:
            return comparing.number_of(exported(self.receiver))
        if self._begins():
            text = self.place.file.source(self.node).replace(" ", "")
            isolation = (
                "read committed" if "ReadCommitted" in text else "serializable" if "Serializable" in text else ""
            )
            return Many((Transaction(f"{self.place.file.path}:{self.node.start_byte}", isolation), Known(None)))
        if isinstance(self.receiver, Transaction) and self.method in ("Commit", "Rollback"):
            return Known(None)
        return None

    def _read(self, state: State) -> Values | None:
        """Return what is read of a statement's outcome."""
        if self.name in ("errors.As", "xerrors.As") and len(self.arguments) == 2:
            error = exported(self.arguments[0])
            after = state.fork()
            pointed_at(self.place, self.scope, self.nodes[1:], error, after)
            return [(after, comparing.kind_of_error(error, "type"))]
        receiver = self.receiver
        if not isinstance(receiver, Outcome) or receiver.aspect != "result":
            return self._scanned_elsewhere(state)
        run = receiver.run
        after = state.fork()
        if self.method == "RowsAffected":
            return [(after, Many((Outcome(run, "affected"), Known(None))))]
        if self.method == "LastInsertId":
            return [(after, Many((Outcome(run, "id"), Known(None))))]
        if self.method == "Next":
            return [(after, Outcome(run, "found"))]
        if self.method in ("Scan", "StructScan", "MapScan", "SliceScan", "Columns", "Slice"):
            scanned(self.place, self.scope, self.nodes, Outcome(run, "row"), after)
            return [(after, Outcome(run, "error"))]
        if self.method in ("Err", "Close"):
            return [(after, Outcome(run, "error") if self.method == "Err" else Known(None))]
        return [(after, Outcome(run, "row"))]

    def _scanned_elsewhere(self, state: State) -> Values | None:
        """`sqlscan.ScanOne(&row, rows)`, `scanAll(rows, &list)` of another package."""
        handles = [each for each in self.arguments if isinstance(each, Outcome) and each.aspect == "result"]
        if len(handles) != 1 or following.resolve(self):
            return None
        after = state.fork()
        pointed_at(self.place, self.scope, self.nodes, Outcome(handles[0].run, "row"), after)
        return [(after, Outcome(handles[0].run, "error"))]

    def _meant(self, state: State) -> Meant:
        """Return the functions that a call may mean that is not walked."""
        if self.receiver is not None:
            return meaning.of_value(self.w, self.receiver, self.method)
        return meaning.of_call(self.w, self.place, self.scope, self.function, state)

    def _begins(self) -> bool:
        """Say whether it begins a transaction: a function of the tree that sends statements may have that name."""
        if self.method not in _BEGINS or isinstance(self.receiver, Transaction):
            return False
        found = following.resolve(self) if self.method in self.w.known else None
        return not isinstance(found, Routine) or not self.w.texts_of(found)

    def _unknown(self, state: State) -> Values:
        """A function that is not known: functions among its arguments run once, all else is mixed."""
        after = state.fork()
        found = self.scope.find(self.name) if "." not in self.name else None
        given = found is not None and isinstance(state.variables.get(found), Given)
        after.add(Called(self.method, False, given, meant=self._meant(after)))
        closures = [each for each in self.arguments if isinstance(each, Closure)]
        if len(closures) == 1:
            return following.closure(self.w, closures[0], (), after)
        words = f"{self.place.file.shown(self.node)} {self.node.start_byte}"
        errors = [each for each in self.arguments if comparing.failed(exported(each)) is not None]
        if len(errors) == 1 and len(self.arguments) == 1 and not given:
            # `isDuplicate(err)` of a package that is not in the tree.
            return [(after, comparing.kind_of_error(exported(errors[0]), self.name))]
        parts = [exported(each) for each in (self.receiver, *self.arguments) if each is not None]
        # A name that is spliced into a text says which text it is: that of one table, and not that of another one.
        kept = _is_name if self.name in _SPLICING else lambda _: False
        parts = [each for each in parts if each != UNKNOWN and (not isinstance(each, Known) or kept(each))]
        return [(after, Mixed(tuple(parts), words))]


def _is_name(value: Known) -> bool:
    return isinstance(value.value, str) and value.value.isidentifier()
