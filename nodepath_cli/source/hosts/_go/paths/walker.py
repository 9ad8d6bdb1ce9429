"""Walking the statements of a function, on all paths at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field
from tree_sitter import Node

from nodepath_cli.source.functions import Mixed, Path, Tested, outcomes, texts
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Many,
    Place,
    Scope,
    State,
    Texts,
    assume,
    exported,
    known_truth,
)
from nodepath_cli.source.hosts._go.syntax import GoFile, named

MAX_PATHS = 160
"""Most paths that are followed at once; an acquire of a lock has about ten."""
MAX_STEPS = 2_500
"""Syntax nodes that one function may cost, with everything that it calls, on all paths together. The acquires of the
tests take 175 at most."""
MAX_INLINE = 4
"""How deep calls are followed."""

CallKey = tuple[str, int, int]
"""A call: its file and its byte offsets. `q().Scan()` and `q()` begin at the same place."""


class TooManyPaths(Exception):
    """A function has more paths or costs more than is followed."""


class Left(Struct, frozen=True):
    """How the flow leaves a statement: None where it goes on behind it."""

    kind: str
    """`return`, `break`, `continue`."""
    values: tuple[Any, ...] = ()


Flow = tuple[State, Left | None]
Values = list[tuple[State, Any]]


class Walker(Struct, eq=False):
    """Walks functions; `evaluate` and `call` are given to it, as they walk the functions that are called."""

    index: Index
    texts: Mapping[CallKey, Texts]
    """The SQL that calls receive."""
    prepared: Collection[CallKey]
    """Those of them that are calls on statements prepared elsewhere."""
    known: Mapping[str, Sequence[Routine]]
    """Functions that run such SQL, or call one that does, by name: what a method of an interface may mean."""
    evaluator: Callable[[Walker, Place, Scope, Node, State], Values]
    handlers: Mapping[str, Handler]
    """How statements are run, by their node's type."""
    steps: int = 0
    serial: int = 0
    active: list[tuple[str, int]] = field(default_factory=list)
    """The functions that are being walked, outermost first."""
    dropped: bool = False
    """A path was left out."""
    by_file: dict[str, list[tuple[int, Texts]]] = field(default_factory=dict)
    """The SQL by the files of its calls, as far as that was asked for."""

    def texts_of(self, routine: Routine) -> Texts:
        """Return the SQL that the calls in a function receive."""
        if not self.by_file:
            for (path, start, _), texts in self.texts.items():
                self.by_file.setdefault(path, []).append((start, texts))
        inside = range(routine.start_byte, routine.node.end_byte)
        found = (texts for start, texts in self.by_file.get(routine.file.path, ()) if start in inside)
        return tuple(dict.fromkeys(text for texts in found for text in texts))

    def scope(self, parent: Scope | None = None) -> Scope:
        """Return a new block."""
        self.serial += 1
        return Scope(self.serial, parent)

    def evaluate(self, place: Place, scope: Scope, node: Node, state: State) -> Values:
        """Return the values that an expression has, each with its path. Raises TooManyPaths."""
        self.step()
        return self.evaluator(self, place, scope, node, state)

    def step(self) -> None:
        """Count a syntax node. Raises TooManyPaths."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooManyPaths

    def body(self, place: Place, scope: Scope, node: Node, state: State) -> list[tuple[State, tuple[Any, ...]]]:
        """Return the ends of a function's body with the values that it returns."""
        ends = []
        for after, left in self.block(place, scope, named(node), state):
            ends.append((after, left.values if left is not None and left.kind == "return" else ()))
        return ends

    def block(self, place: Place, scope: Scope, nodes: Iterable[Node], state: State) -> list[Flow]:
        """Run statements one behind the other."""
        flows: list[Flow] = [(state, None)]
        for node in nodes:
            following: list[Flow] = []
            for current, left in flows:
                following += [(current, left)] if left is not None else self.statement(place, scope, node, current)
            flows = following
            if len(flows) > MAX_PATHS:
                raise TooManyPaths
        return flows

    def statement(self, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
        """Run one statement. Raises TooManyPaths."""
        self.step()
        handler = self.handlers.get(node.type)
        if handler is not None:
            return handler(self, place, scope, node, state)
        if node.type == "expression_statement":
            return [(after, None) for after, _ in self.evaluate(place, scope, named(node)[0], state)]
        if node.type in ("block", "statement_list"):
            inner = self.scope(scope) if node.type == "block" else scope
            return self.block(place, inner, named(node), state)
        if node.type.endswith(("_expression", "literal", "identifier")):
            return [(after, None) for after, _ in self.evaluate(place, scope, node, state)]
        return [(state, None)]

    def conditions(self, place: Place, scope: Scope, node: Node | None, state: State) -> list[tuple[State, bool]]:
        """Return the paths on which a condition holds and those on which it does not. Raises TooManyPaths."""
        if node is None:
            return [(state, True)]
        while node.type == "parenthesized_expression":
            node = named(node)[0]
        operator = node.child_by_field_name("operator")
        word = operator.type if operator is not None else ""
        if node.type == "unary_expression" and word == "!":
            operand = node.child_by_field_name("operand")
            return [(after, not truth) for after, truth in self.conditions(place, scope, operand, state)]
        if node.type == "binary_expression" and word in ("&&", "||"):
            result = []
            right = node.child_by_field_name("right")
            for after, truth in self.conditions(place, scope, node.child_by_field_name("left"), state):
                if truth == (word == "||"):
                    result.append((after, truth))
                else:
                    result += self.conditions(place, scope, right, after)
            return result
        result = []
        for after, value in self.evaluate(place, scope, node, state):
            result += self.decided(after, value)
        return result

    def decided(self, state: State, value: Any) -> list[tuple[State, bool]]:
        """Return the paths on which a value is true and false, with what that was asked of."""
        asked = exported(value)
        truth = known_truth(asked, state)
        if truth is not None:
            return [(state, truth)]
        matters = any(outcomes(asked)) or any("(" in text for text in texts(asked))
        result = []
        for each in (True, False):
            fresh = assume(state, asked, each)
            if matters:
                fresh.add(Tested(asked, each))
            result.append((fresh, each))
        return result


Handler = Callable[[Walker, Place, Scope, Node, State], list[Flow]]


def paths_of(
    walker: Walker,
    file: GoFile,
    routine: Routine,
    bind: Callable[[Walker, Place, Scope, State, Node | None], None],
    literal: Node | None = None,
) -> tuple[tuple[Path, ...], bool]:
    """Return the paths of a declared function, or of a literal or a call in it, and whether they are all there are."""
    node = routine.node if literal is None else literal
    body = node.child_by_field_name("body")
    if body is None and node.type != "call_expression":
        return (), True
    walker.steps, walker.active, walker.dropped = 0, [(file.path, node.start_byte)], False
    place, scope, state = Place(file, routine), walker.scope(), State()
    bind(walker, place, scope, state, literal)
    try:
        if body is not None:
            ends = walker.body(place, walker.scope(scope), body, state)
        else:
            ends = [(after, ()) for after, _ in walker.evaluate(place, scope, node, state)]
    except (TooManyPaths, RecursionError):
        return (), False
    paths = dict.fromkeys(Path(end.steps, tuple(exported(each) for each in values)) for end, values in ends)
    return tuple(paths), not walker.dropped


def spread(value: Any, count: int) -> tuple[Any, ...]:
    """Return the values of an expression with several results."""
    if isinstance(value, Many) and len(value.values) >= count:
        return value.values[:count]
    if isinstance(value, Many):
        return (*value.values, *([UNKNOWN] * (count - len(value.values))))
    if count == 1:
        return (value,)
    plain = exported(value)
    return tuple(Mixed((plain,) if plain != UNKNOWN else (), f"result {number}") for number in range(count))
