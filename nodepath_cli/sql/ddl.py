"""DDL replayed into a schema: what the server would have after the same statements.

The replay is as lenient as a client with `--force`: what the server would refuse changes nothing, is listed in
`Schema.problems`, and the rest goes on. The grammars of MySQL and MariaDB are read as one; where the servers differ in
what they make of a statement, the dialect decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column, Problem, Schema, Table
from nodepath_cli.source.script import split
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql._ddl import nodes
from nodepath_cli.sql._ddl.apply import apply
from nodepath_cli.sql._ddl.catalog import Catalog, Elsewhere
from nodepath_cli.sql._ddl.dynamic import Dynamic
from nodepath_cli.sql._ddl.foreign import types_agree
from nodepath_cli.sql._ddl.holes import apply_with_hole
from nodepath_cli.sql._ddl.nodes import SetVariables
from nodepath_cli.sql._ddl.parse import parse
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import column_type_text
from nodepath_cli.sql.executable import open_executable
from nodepath_cli.sql.prepare import without_lead
from nodepath_cli.sql.routines import Routines

__all__ = [
    "DdlText",
    "Refusal",
    "Replay",
    "builds_schema",
    "column_type_text",
    "may_refer",
    "nodes",
    "read",
    "refusal_of",
    "replay",
    "replay_script",
]

_FIRST_WORD = lazy(r"(?:[\s(]|--[^\n]*\n|#[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_DDL = frozenset({"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"})
_DYNAMIC = frozenset({"CREATE", "PREPARE", "EXECUTE", "CALL", "BEGIN"})
_NO_TABLE = 1146
_READ = _DDL | _DYNAMIC | {"USE", "SET"}


class DdlText(Struct, frozen=True):
    """A statement to be replayed, and where it stands."""

    sql: str
    path: str = ""
    line: int = 0
    """1-based line of its first character."""


def builds_schema(sql: str, dialect: Dialect) -> bool:
    """Say whether a statement is DDL by its first word."""
    return _first_word(open_executable(sql, dialect)) in _DDL


def read(sql: str, dialect: Dialect) -> nodes.Ddl | None:
    """Return a DDL statement as data; None for any other statement, and where it is not understood."""
    opened = open_executable(sql, dialect)
    if _first_word(opened) not in _READ or HOLE in opened:
        return None
    try:
        return parse(opened, dialect)
    except (Refusal, RecursionError):
        return None


def _without_comments(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return sql[match.start(1) :] if match else sql


def refusal_of(sql: str, dialect: Dialect, *, whole: bool = False) -> Refusal | None:
    """Return what the server says of a DDL statement in a database without tables; None where it takes it.

    `whole`: types and defaults count, too, as they are written in a script and not put together by a program.
    """
    opened = open_executable(sql, dialect)
    if _first_word(opened) not in _DDL or HOLE in opened:
        return None
    try:
        catalog = Catalog(Schema(), dialect, ordered=False)
        catalog.session.inferred = not whole
        apply(parse(opened, dialect), catalog)
    except Refusal as refusal:
        return refusal
    except (Elsewhere, RecursionError):
        pass
    return None


def may_refer(own: Column, other: Column, dialect: Dialect) -> bool:
    """Say whether a foreign key's column can have the type that it has; True where that cannot be told."""
    try:
        return types_agree(own, other, dialect)
    except (Refusal, RecursionError):
        return True


def _first_word(sql: str) -> str:
    match = _FIRST_WORD.match(sql)
    return match.group(1).upper() if match else ""


class Replay:
    """A replay that goes statement by statement: the schema can be asked for between any two."""

    def __init__(self, base: Schema, dialect: Dialect, *, ordered: bool = True, settled: bool = False) -> None:
        """Begin with the earlier sources; see `replay` for the arguments.

        `settled`: the base is the database that the statements run on, so that a table that it has is refused (1050)
        instead of giving way.
        """
        self._base = base
        self._dialect = dialect
        self._catalog = Catalog(base, dialect, ordered=ordered, settled=settled)
        self._ordered = ordered
        self._early: list[tuple[DdlText, Problem]] = []
        """What changes a table that is not there yet, where the order is only inferred."""
        self._problems = list(base.problems)
        self._dynamic = Dynamic(dialect, self._apply)
        self._routines = Routines(base.routines)

    def run(self, statement: DdlText) -> tuple[Problem, ...]:
        """Apply one statement, and return what the server would say against it; () where all is well."""
        catalog = self._catalog
        catalog.file = statement.path.rpartition("/")[2]
        path, line = statement.path, statement.line
        found = []
        try:
            self._apply(statement.sql)
            if self._early and _first_word(statement.sql) == "CREATE":
                self._catch_up(statement.path)
        except Elsewhere:
            pass
        except Refusal as refusal:
            found.append(Problem(path, line, refusal.message, refusal.errno))
            if refusal.errno == _NO_TABLE and not self._ordered and _first_word(statement.sql) == "ALTER":
                self._early.append((statement, found[0]))
        except RecursionError:
            found.append(Problem(path, line, "nested too deeply to be followed"))
        notes = catalog.session.notes
        found += [Problem(path, line, note) for note in notes]
        notes.clear()
        self._problems += found
        return tuple(found)

    def _catch_up(self, path: str) -> None:
        """Run what came before the table that it changes: an inferred order may be the wrong way round.

        Not what gave the table of that name another one, in the script at `path` that makes it anew: that was an older
        one, whose beginning is not known.
        """
        waiting, self._early = self._early, []
        for statement, problem in waiting:
            if statement.path == path and path.endswith(".sql") and self._put_away(statement.sql):
                continue
            try:
                self._apply(statement.sql)
            except (Elsewhere, RecursionError):
                continue
            except Refusal as refusal:
                if refusal.errno == _NO_TABLE:
                    self._early.append((statement, problem))
                continue
            self._problems = [each for each in self._problems if each is not problem]

    def _put_away(self, sql: str) -> bool:
        """Let the new name of a table that is made anew now be one with any columns; False where it is none."""
        renamed = read(sql, self._dialect)
        if not isinstance(renamed, nodes.AlterTable) or len(renamed.actions) != 1:
            return False
        action, catalog = renamed.actions[0], self._catalog
        if not isinstance(action, nodes.RenameTo) or catalog.get(catalog.resolve(renamed.name)) is None:
            return False
        name = catalog.resolve(action.name)
        if catalog.get(name) is None:
            catalog.put_open(name, create=True)
        return True

    def _apply(self, sql: str) -> None:
        opened = open_executable(without_lead(sql)[0], self._dialect)
        word = _first_word(opened)
        if word not in _READ:
            return
        if HOLE in opened:
            apply_with_hole(opened, self._catalog, self._dialect)
            return
        if word in ("CREATE", "DROP"):
            self._routines.read(_without_comments(opened))
        if word in _DYNAMIC and self._dynamic.handle(opened):
            return
        parsed = parse(opened, self._dialect)
        if isinstance(parsed, SetVariables):
            for name, value in parsed.values:
                if name.startswith("@"):
                    self._dynamic.assign(name, value)
        apply(parsed, self._catalog)

    def made(self) -> tuple[Table, ...]:
        """Return the tables that the statements themselves have made where they are now, without their database."""
        return tuple(replace(draft.table(), database=None) for draft in self._catalog.made())

    def temporary(self) -> tuple[Table, ...]:
        """Return the temporary tables that there are now."""
        return tuple(draft.table() for draft in self._catalog.temporary())

    def schema(self) -> Schema:
        """Return the schema as it is now, without the temporary tables."""
        schema = self._catalog.finished()
        return replace(
            self._base,
            tables=schema.tables,
            dialect=self._dialect.name,
            version=self._base.version or self._dialect.version,
            database=schema.database,
            several_defaults=self._catalog.several_defaults,
            renames=schema.renames,
            problems=tuple(self._problems),
            routines=self._routines.all(),
        )


def replay(statements: Iterable[DdlText], base: Schema, dialect: Dialect, *, ordered: bool = True) -> Schema:
    """Return the base schema with the statements applied in order; never raises for what they say.

    `base` holds the earlier sources: a plain CREATE TABLE of a table that they have takes its place, and CREATE TABLE
    IF NOT EXISTS changes nothing. Statements that are no DDL are passed over. `ordered` is false where their order is
    only inferred: a foreign key may then refer to a table that is created later.
    """
    running = Replay(base, dialect, ordered=ordered)
    for statement in statements:
        running.run(statement)
    return running.schema()


def replay_script(text: str, path: str, base: Schema, dialect: Dialect) -> Schema:
    """Replay a whole script; its down sections are left out."""
    statements = (DdlText(each.sql, path, each.line) for each in split(text) if not each.down)
    return replay(statements, base, dialect)
