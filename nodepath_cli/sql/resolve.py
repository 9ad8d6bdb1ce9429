"""Parsed and a schema become a Resolution: the verdict that the server would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import HOLE, OffsetMap, Variant
from nodepath_cli.sql.cte_bodies import CteBodies
from nodepath_cli.sql.cte_names import CtesInSight
from nodepath_cli.sql.cursor import EXPRESSION, NAME, TEXT, VALUE
from nodepath_cli.sql.ddl import DdlText, Replay
from nodepath_cli.sql.lexer import PARAM
from nodepath_cli.sql.nodes import Delete, Insert, Node, Plain, Query, Rows, Update
from nodepath_cli.sql.parse import RUN_TIME, Parsed, described, parse
from nodepath_cli.sql.placeholders import placeholders
from nodepath_cli.sql.recursion import with_room
from nodepath_cli.sql.resolution import (
    NEEDLESS,
    Access,
    Ambiguous,
    Columns,
    Found,
    Missing,
    Resolution,
    Unknown,
    Unparsed,
    Violation,
)
from nodepath_cli.sql.scope import Output, Scope
from nodepath_cli.sql.shown import shown_columns
from nodepath_cli.sql.write_resolver import WriteResolver

_NAMED = frozenset((1193, 1231, 1305))
"""Slips that are a name which there is not."""
UNUSED_CTE = "a common table expression that nothing uses: MySQL does not look into it"


class _Resolver(WriteResolver):
    def run(self, nodes: Sequence[Node]) -> None:
        """Resolve statements of the text."""
        for node in nodes:
            self.target = None
            self.with_seen = False
            self.bodies, self.ctes_in_sight = CteBodies(), CtesInSight()
            match node:
                case Query():
                    output = self.query(node, None, None)
                    self.selected = self._columns_of(node, output)
                    self._into(node, output)
                case Insert():
                    self.insert(node)
                case Update():
                    self.update(node)
                case Delete():
                    self.delete(node)
                case Plain():
                    access: Access = "write" if node.writes else "read"
                    sources = [self.base_table(each.name, each.database, None, access) for each in node.tables]
                    self.loaded(node.assignments, Scope(list(sources), sources))
                    self._shown()
                    if node.query is not None:
                        self.making = True
                        self.query(node.query, None, None)
                        self.making = False
                    if node.on is not None and node.body is not None:
                        self.trigger(node.on, node.body)
                    if node.call is not None:
                        self.stored_call("procedure", node.call)
            if self.bodies.known:
                for index, meant in self.ctes_in_sight.meant(self.tables, self.bodies).items():
                    self.tables[index] = meant
                self._leave_unused()

    def _shown(self) -> None:
        """Note the columns that a statement beside queries gives, where the tables that it names are known."""
        tokens = self.prepared.tokens
        names = shown_columns(tokens.words) if tokens.words else None
        known = all(isinstance(each.outcome, Found) for each in self.tables)
        if names is not None and known and self.dialect.name != "sqlite":
            self.selected = Columns(names, tokens.starts[0], tokens.ends[0], ())

    def _into(self, node: Query, output: Output) -> None:
        """Check that INTO has a variable for each column."""
        if node.into and output.unknown is None and node.into != len(output.columns) and self.fixed_width(node):
            message = "The used SELECT statements have a different number of columns"
            self.violate(1222, message, None, node.start, node.end)

    def _leave_unused(self) -> None:
        """Take back what was said of CTEs that nothing uses, as far as the server says nothing of them."""
        unused = list(self.bodies.unused())
        dropped = {body.duplicate for body in unused}
        if self.dialect.name == "mysql":
            for body in unused:
                dropped |= set(body.violations)
                for index in body.tables:
                    if isinstance(self.tables[index].outcome, Missing):
                        self.tables[index] = replace(self.tables[index], outcome=Unknown(UNUSED_CTE))
                for index in body.columns:
                    if isinstance(self.columns[index].outcome, (Missing, Ambiguous)):
                        self.columns[index] = replace(self.columns[index], outcome=Unknown(UNUSED_CTE), errno=None)
        self.violations = [each for index, each in enumerate(self.violations) if index not in dropped]

    def _columns_of(self, node: Query, output: Output) -> Columns:
        first = node.branches[0]
        while isinstance(first, Query):
            first = first.branches[0]
        fixed = self.fixed_width(node)
        if isinstance(first, Rows):
            return self.listed((), output, first.start, first.end, fixed=fixed)
        return self.listed(first.items, output, first.list_start, first.list_end, fixed=fixed)


def resolve(parsed: Parsed, schema: Schema) -> Resolution:
    """Resolve every table and column of a text against a schema. Never raises."""
    resolver = with_room(lambda: _resolved(parsed, schema))
    reasons = tuple(dict.fromkeys(_reasons(parsed)))
    display, complete = _display(parsed)
    return Resolution(
        parsed.variant,
        parsed.kind,
        tuple(resolver.tables),
        tuple(resolver.columns),
        tuple(resolver.inserts),
        (*resolver.violations, *(_slips(parsed) if parsed.slips else ())),
        reasons,
        display,
        complete,
        placeholders(parsed),
        resolver.selected if len(parsed.nodes) == 1 else None,
    )


def _slips(parsed: Parsed) -> Iterator[Violation]:
    """Yield words side by side that no server takes, where one literal holds them: a program may part others.

    A semicolon that ends no statement is one where the text was not put together: a part of it may be empty.
    """
    variant = parsed.variant
    if parsed.prepared.dialect.name == "sqlite" or not variant.offsets.segments:
        return
    for each in parsed.slips:
        start, end = each.start, each.end
        if each.message == NEEDLESS:
            certain = variant.offsets.unbroken
        else:
            certain = not variant.guessed and variant.offsets.contiguous(start, end)
        if certain:
            yield Violation(each.errno, each.message, each.name if each.errno in _NAMED else None, start, end)


def _resolved(parsed: Parsed, schema: Schema) -> _Resolver:
    resolver = _Resolver(parsed.prepared, schema)
    nodes = parsed.nodes
    built = next((at for at, node in enumerate(nodes) if _builds(node)), len(nodes))
    last = max((at for at, node in enumerate(nodes) if _asks(node)), default=-1)
    resolver.run(nodes[:built])
    if built > last:
        return resolver
    # Each statement meets what the DDL before it in the same text has made.
    running = Replay(schema, parsed.prepared.dialect, ordered=False)
    now: Schema | None = None
    for node in nodes[built : last + 1]:
        if _asks(node):
            now = now or running.schema()
            later = _Resolver(parsed.prepared, now)
            later.run((node,))
            resolver.tables += later.tables
            resolver.columns += later.columns
            resolver.inserts += later.inserts
            resolver.violations += later.violations
        if isinstance(node, Plain) and _builds(node):
            running.run(DdlText(parsed.prepared.text[node.start : node.end]))
            now = None
    return resolver


def _asks(node: Node) -> bool:
    """Say whether a statement has names that the schema in front of it must have."""
    return (
        not isinstance(node, Plain)
        or bool(node.tables)
        or node.query is not None
        or node.call is not None
        or node.on is not None
    )


def _builds(node: Node) -> bool:
    """Say whether a statement may change the schema for those behind it."""
    return isinstance(node, Plain) and node.kind == "ddl" and not node.tables


def output_columns(sql: str, schema: Schema, dialect: Dialect) -> tuple[str, ...] | None:
    """Return the column names of a query as the server names them in a view; None where they cannot be told."""
    parsed = parse(Variant(sql, OffsetMap(())), dialect)
    if isinstance(parsed, Unparsed) or len(parsed.nodes) != 1:
        return None
    node = parsed.nodes[0]
    if not isinstance(node, Query):
        return None
    output = with_room(lambda: _Resolver(parsed.prepared, schema).query(node, None, None))
    return None if output.unknown else tuple(column.name for column in output.columns)


_ROLES = {
    NAME: "a name is known only at run time",
    TEXT: RUN_TIME,
    EXPRESSION: RUN_TIME,
}


def _reasons(parsed: Parsed) -> list[str]:
    """Return why a text with holes is only partly understood: values alone do not count."""
    holes = {hole.offset: hole for hole in parsed.variant.holes}
    return [f"{_ROLES[use.role]}: {described(holes.get(use.start))}" for use in parsed.holes if use.role != VALUE]


def _display(parsed: Parsed) -> tuple[str, bool]:
    """Return the text for people and servers, and whether it is all that the program sends."""
    text = parsed.prepared.text
    tokens = parsed.prepared.tokens
    lead = "/*__h*/" * len(parsed.prepared.lead)
    if HOLE not in text and not (":" in text and PARAM in tokens.kinds):
        return lead + text.strip(), not lead
    roles = {use.start: use.role for use in parsed.holes}
    # A name that servers read: the inventory's SQL is to be given to them.
    numbers = {start: number for number, start in enumerate(sorted(roles), 1)}
    out: list[str] = []
    position = 0
    for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
        if start in roles:
            out += [text[position:start], "?" if roles[start] == VALUE else f"__h{numbers[start]}"]
            position = end
        elif kind == PARAM and text[start] == ":":
            out += [text[position:start], "?"]
            position = end
    out.append(text[position:])
    return lead + "".join(out).replace(HOLE, "__h").strip(), all(role == VALUE for role in roles.values())
