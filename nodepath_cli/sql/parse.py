"""A SQL text becomes the statements in it, or the reason why it could not be understood."""

from __future__ import annotations

from msgspec import Struct, structs

from nodepath_cli.config import Dialect
from nodepath_cli.source.statement import HOLE, Hole, Variant
from nodepath_cli.sql.cursor import TEXT, HoleUse, NotUnderstood, server_words
from nodepath_cli.sql.lexer import HOLED, QUOTED, WORD
from nodepath_cli.sql.nodes import CallFault, Delete, Insert, Node, Plain, Query, Rows, Update
from nodepath_cli.sql.prepare import Prepared, prepare
from nodepath_cli.sql.recursion import with_room
from nodepath_cli.sql.resolution import Unparsed
from nodepath_cli.sql.run_time_expressions import with_expressions
from nodepath_cli.sql.statements import StatementGrammar
from nodepath_cli.sql.words import RESERVED, reserved_words

IS_RESERVED = "is a reserved word of"
"""What is said of a word that the server at hand takes for no name, and others do."""


RUN_TIME = "a part is known only at run time"
"""Why a text is not understood, or in part, that has a hole."""


class Parsed(Struct, frozen=True):
    """A text that was understood."""

    prepared: Prepared
    nodes: tuple[Node, ...]
    """Its statements: mostly one, several where semicolons part them."""
    holes: tuple[HoleUse, ...] = ()
    """The holes outside of quotes, with what each stands for."""
    slips: tuple[CallFault, ...] = ()
    """Words side by side that no server takes, and semicolons that end no statement, in front of another one."""

    @property
    def variant(self) -> Variant:
        """The text as the host gave it."""
        return self.prepared.variant

    @property
    def kind(self) -> str:
        """`select`, `insert`, `replace`, `update`, `delete`, `values`, `ddl` or `other`: the first statement's kind."""
        return kind_of(self.nodes[0])


def kind_of(node: Node) -> str:
    """Return a statement's kind."""
    match node:
        case Query():
            return "values" if isinstance(node.branches[0], Rows) else "select"
        case Insert():
            return "replace" if node.replace else "insert"
        case Update():
            return "update"
        case Delete():
            return "delete"
        case Plain():
            return node.kind


def parse(variant: Variant, dialect: Dialect) -> Parsed | Unparsed:
    """Parse a text. Never raises: what cannot be understood is an Unparsed with the reason."""
    prepared = prepare(variant, dialect)
    if isinstance(prepared, Unparsed):
        return prepared
    try:
        return with_room(lambda: _parse(prepared))
    except RecursionError:
        return Unparsed(variant, "nested too deep")


def _parse(prepared: Prepared) -> Parsed | Unparsed:
    dialect = prepared.dialect
    grammar = StatementGrammar(prepared.tokens, dialect.name, dialect.version)
    try:
        nodes = grammar.statements()
    except NotUnderstood as problem:
        problem = _reserved_here(prepared, problem)
        syntax = problem.syntax and not (grammar.has_holes and _hole_before(prepared, problem.start))
        # A part in front of it may be more than a comment (`INSERT INTO t`, and ON DUPLICATE KEY behind the SELECT).
        syntax = syntax and not prepared.lead
        start = problem.start if syntax or problem.lacking else None
        return Unparsed(prepared.variant, _reason(prepared, problem), syntax, start, problem.lacking)
    holes = with_expressions(prepared, grammar.holes) if grammar.holes else ()
    if prepared.lead:
        holes = (*(HoleUse(at, at + 1, TEXT) for at in prepared.lead), *holes)
    return Parsed(prepared, tuple(nodes), holes, tuple(grammar.slips))


def described(hole: Hole | None) -> str:
    """Return what stands for a hole in the source, and why it is not known."""
    if hole is None:
        return "a hole"
    return f"{hole.expression} ({hole.reason})" if hole.reason else hole.expression


def _reason(prepared: Prepared, problem: NotUnderstood) -> str:
    """Return why a text is not understood; where the grammar ends at a hole, what that is."""
    if HOLE not in problem.reason:
        return problem.reason
    place = prepared.text.index(HOLE, problem.start)
    hole = next((each for each in prepared.variant.holes if each.offset == place), None)
    return f"{RUN_TIME}: {described(hole)}"


def _reserved_here(prepared: Prepared, problem: NotUnderstood) -> NotUnderstood:
    """Return the problem with what this server lacks, where the text is right with quotes around its reserved words.

    MySQL 8 and MariaDB have reserved words that other servers take for names: `AS rank`.
    """
    dialect, tokens = prepared.dialect, prepared.tokens
    own = reserved_words(dialect.name, dialect.version) - RESERVED
    kinds, words = list(tokens.kinds), list(tokens.words)
    word, found = "", problem
    while dialect.family == "mysql" and found.start in tokens.starts:
        index = tokens.starts.index(found.start)
        if kinds[index] != WORD or words[index] not in own:
            return problem
        word = word or words[index]
        kinds[index], words[index] = QUOTED, ""
        try:
            quoted = structs.replace(tokens, kinds=kinds, words=words)
            StatementGrammar(quoted, dialect.name, dialect.version).statements()
        except NotUnderstood as other:
            found = other
            continue
        lacking = f"{word} {IS_RESERVED} {server_words(dialect.name, dialect.version)}, no name without quotes"
        return NotUnderstood(problem.reason, problem.start, problem.syntax, lacking)
    return problem


def _hole_before(prepared: Prepared, start: int) -> bool:
    """Say whether the token at `start` stands behind a hole, or may go on in one."""
    tokens = prepared.tokens
    first = tokens.kinds.index(HOLED)
    if first and tokens.ends[first - 1] == tokens.starts[first]:
        first -= 1
    return start >= tokens.starts[first]
