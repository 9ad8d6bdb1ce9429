"""What a statement is checked against: the schema of its part of the tree, or that of the moment when it ran."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from functools import cached_property, partial

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.audit.dumps import without_copies
from nodepath_cli.audit.gone import Gone, gone_tables
from nodepath_cli.audit.lines import folder_of, lines
from nodepath_cli.audit.put_away import without_put_away
from nodepath_cli.audit.rename_history import rename_history
from nodepath_cli.audit.shapes import CREATED, Known, before, in_one_database, unlike, with_every_shape
from nodepath_cli.audit.temporaries import temporaries
from nodepath_cli.audit.unnumbered import Met, met
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.errands import Errand
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.ddl_files import from_statements
from nodepath_cli.schema.model import Rename, Schema, TableRename
from nodepath_cli.schema.sources import load
from nodepath_cli.source.dump_folders import Dump, dumps
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import Program
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Span, Statement
from nodepath_cli.sql.ddl import DdlText, Replay, builds_schema
from nodepath_cli.sql.renames import RenameHistory

TREE = "DDL of the audited tree"
"""How reports name the DDL that was found in the tree itself."""
_TRIGGERS = lazy(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?TRIGGER\b", re.IGNORECASE)
_TRUNCATES = lazy(r"\s*TRUNCATE\b", re.IGNORECASE)
"""DDL to the server, and a use of the table all the same."""
_MAKES = lazy(
    r"\s*(?:CREATE|ALTER)\b(?:\s+(?:OR\s+REPLACE|TEMP(?:ORARY)?|ALGORITHM\s*=\s*\w+|DEFINER\s*=\s*\S+|"
    r"SQL\s+SECURITY\s+\w+))*\s+(?:TABLE|VIEW)\b",
    re.IGNORECASE,
)
"""DDL that may be made from a query."""
_SESSION = lazy(r"\s*USE\b", re.IGNORECASE)


class Target(Struct, frozen=True):
    """A schema with what belongs to it."""

    schema: Schema
    dialect: Dialect
    renames: tuple[Rename, ...]
    proved_tables: frozenset[str] = frozenset()
    """Tables whose shape is known though the schema is inferred, as the migrations own them."""
    table_renames: tuple[TableRename, ...] = ()
    changed: frozenset[str] = frozenset()
    """Tables, in lower case, that may have had other columns when the statement ran."""
    unlike: frozenset[str] = frozenset()
    """Names, in lower case, of tables that scripts make with hardly a column in common."""
    gone: Mapping[str, Gone] = field(default_factory=dict)
    """By name, the tables that the migrations of the tree took away, where the schema is inferred."""


class Ahead(Struct, frozen=True):
    """DDL that can be replayed while other code is evaluated: in most trees that is all that there is."""

    ddl: Sequence[Statement]
    schema: Errand[Schema]
    """What it makes of the owned tables."""


def replayed_ahead(program: Program, files: Sequence[SourceFile], settings: Settings) -> Ahead | None:
    """Have the DDL of one program replayed; None where a schema is given."""
    if settings.schema:
        return None
    [ddl] = without_copies([program.ddl()], program.scripts())
    return Ahead(ddl, Errand(lambda: from_statements(ddl, load(("head",), settings), settings.dialect, files)))


class Targets:
    """The target of every statement; each schema is read once."""

    def __init__(
        self,
        settings: Settings,
        programs: Sequence[Program],
        files: Sequence[SourceFile],
        statements: Sequence[Statement] = (),
        ahead: Ahead | None = None,
    ) -> None:
        """Read the main schema. `statements` are those that will be asked for, `ahead` is what was replayed already.

        Raises what a schema source raises.
        """
        self._settings = settings
        self._programs = programs
        self._files = files
        self._statements = statements
        self._ahead = ahead
        self._blocks: dict[int, Target] = {}
        self._past: dict[Span, Target] | None = None
        self._moments: dict[str, list[Target]] = {}
        self._united: Known = {}
        self._made: dict[str, Schema] = {}
        """What each script, and the code of each folder, makes by itself."""
        self._temporaries = temporaries(statements)
        self._ddl: list[Statement] = []
        """What the schema is made of where none was given."""
        self.main = self._given(settings) if settings.schema else self._default()

    def of(self, statement: Statement) -> Target:
        """Return the target of a statement.

        A statement of a numbered migration is checked against the schema that the migrations before it have made, one
        of a script that makes tables itself against what it has made before, any other one against the schema of the
        `[[source]]` block that its file falls under, else the main one.
        """
        past = self.past(statement)
        if past:
            return past
        for number, block in enumerate(self._settings.sources):
            if any(fnmatch(statement.span.path, pattern) for pattern in block.paths):
                if number not in self._blocks:
                    own = replace(self._settings, schema=block.schema)
                    if block.dialect:
                        own = replace(own, dialect=block.dialect, dialect_given=True)
                    self._blocks[number] = self._given(own) if block.schema else self.main
                return self._blocks[number]
        return self.main

    def past(self, statement: Statement) -> Target | None:
        """Return the schema of the moment for a statement of a migration or a script, None for every other one."""
        return self._migrations().get(statement.span) if statement.host == "sql" else None

    def moments(self, statement: Statement) -> Sequence[Target]:
        """Return the schemas that a numbered file of code meets and makes, in order; () for any other statement.

        Where in its file a statement stands says little of when it runs: functions are called in any order.
        """
        if statement.host == "sql" or statement.migration is None or statement.migration not in self._coded:
            return ()
        self._migrations()
        return self._moments.get(statement.migration, ())

    @cached_property
    def _head(self) -> Schema:
        return load(("head",), self._settings)

    @cached_property
    def _scripts(self) -> list[Sequence[Statement]]:
        return [script for program in self._programs for script in program.scripts()]

    def _given(self, settings: Settings) -> Target:
        schema = load(settings.schema, settings)
        if schema.several_defaults:
            return self._target(in_one_database(schema), settings)
        here = {table.name for table in schema.tables if table.database is None}
        # A service may hold one connection for each database: a table that only another one has can be meant.
        elsewhere = {table.name: replace(table, database=None) for table in schema.tables if table.name not in here}
        return self._target(
            schema.with_tables([*schema.tables, *elsewhere.values()]) if elsewhere else schema, settings
        )

    def _default(self) -> Target:
        """The owned tables, and on top of them the DDL of the tree itself."""
        head = self._head
        # Whether boot DDL or migrations ran first is not in the source: the order that fits better is taken.
        parts = without_copies([program.ddl() for program in self._programs], self._scripts)
        parts = [without_put_away(part, self._statements, self._settings.dialect) for part in parts]
        self._ddl = ddl = [each for part in parts for each in part]
        replayed = [self._first(ddl, head)]
        several = sum(map(bool, parts)) > 1 or any(each.migration for each in ddl)
        if several and len(replayed[0].problems) > len(head.problems):
            turned = [each for part in reversed(parts) for each in part]
            # goose runs numbered Go and SQL files of one folder in one sequence.
            orders = [ddl]
            for order in (turned, _by_number(ddl)):
                if not any(_same(order, other) for other in orders):
                    orders.append(order)
                    replayed.append(from_statements(order, head, self._settings.dialect, self._files))
        best = min(replayed, key=lambda schema: len(schema.problems))
        best = with_every_shape(best, ddl, self._scripts, head, self._settings.dialect, self._made)
        sources = (*best.sources, TREE) if ddl else best.sources
        schema = replace(in_one_database(best), inferred=True, sources=sources)
        steps = [each for program in self._programs for each in program.migrations() if each.dialect is None]
        gone = gone_tables(self._with_code(steps), self._files, self._settings.dialect) if steps else {}
        strangers = unlike(ddl, self._scripts, self._settings.dialect, self._made)
        return replace(self._target(schema, self._settings, _names(head)), unlike=strangers, gone=gone)

    def _first(self, ddl: Sequence[Statement], head: Schema) -> Schema:
        """What the DDL makes in the order that is tried first."""
        if self._ahead is not None and [each.span for each in ddl] == [each.span for each in self._ahead.ddl]:
            return self._ahead.schema.result()
        return from_statements(ddl, head, self._settings.dialect, self._files)

    def _migrations(self) -> dict[Span, Target]:
        """The target of each statement that is no DDL, in the numbered migrations and in scripts with DDL."""
        if self._past is None:
            self._past = {}
            main = self.main
            for script in self._scripts:
                if any(builds_schema(step.sql, self._settings.dialect) for step in script):
                    begin = partial(self._begun, script)
                    self._past |= self._replayed(script, begin, main.proved_tables, alone=True)
            numbered = [steps for program in self._programs if (steps := program.migrations())]
            for steps in numbered or ([()] if self._numbered_code else []):
                for line in lines(self._with_code(steps)):
                    # A line repeats what stands before it in others: each step is that of the line of its own folder.
                    self._past = self._replayed(line, self._before, _names(self._head)) | self._past
        return self._past

    def _begun(self, script: Sequence[Statement]) -> Met:
        """What a script that stands for itself meets."""
        if not self._settings.schema and any(step.span.path in self._dumped for step in script):
            own = {found[2] for step in script if (found := CREATED.match(step.sql))}
            around = self._without_dumps
            return Met(around.with_tables(table for table in around.tables if table.name not in own))
        begun = met(script, self.main.schema, partial(self._rest, script), self.main.dialect)
        return replace(begun, schema=before(script, begun.schema, self.main.proved_tables))

    def _rest(self, script: Sequence[Statement]) -> Schema | None:
        """What the tree makes without a script, None where its schema was given."""
        if self._settings.schema:
            return None
        own = {step.span for step in script}
        return self._made_of([each for each in self._ddl if each.span not in own])

    def _made_of(self, rest: Sequence[Statement]) -> Schema:
        """What some of the tree's DDL makes."""
        schema = from_statements(rest, self._head, self._settings.dialect, self._files)
        schema = with_every_shape(schema, rest, self._scripts, self._head, self._settings.dialect, self._made)
        return replace(in_one_database(schema), inferred=True)

    @cached_property
    def _dumped(self) -> Mapping[str, Dump]:
        return dumps(file.path for file in self._files)

    @cached_property
    def _without_dumps(self) -> Schema:
        """What the tree makes without its dumps: another database's tables are not those of a dump."""
        rest = [each for each in self._ddl if each.span.path not in self._dumped]
        return self._made_of(rest)

    def _before(self) -> Met:
        """The schema that the first migration meets: the owned tables and what the code makes at boot."""
        later = {each.span for each in self._numbered_code}
        boot = [
            each
            for program in self._programs
            if not program.migrations()
            for each in program.ddl()
            if each.span not in later
        ]
        return Met(replace(from_statements(boot, self._head, self._settings.dialect, self._files), inferred=True))

    def _with_code(self, steps: Sequence[Statement]) -> Sequence[Statement]:
        """Return the migrations with what numbered code of their folders does between them."""
        return _by_number([*steps, *self._numbered_code]) if self._numbered_code else steps

    @cached_property
    def _numbered_code(self) -> list[Statement]:
        """What numbered files of code run in folders of migrations: the DDL in order, and the statements beside it."""
        code = [
            each
            for program in self._programs
            if not program.migrations()
            for each in program.ddl()
            if each.migration is not None
        ]
        scripts = {_folder(each) for program in self._programs for each in program.migrations()}
        files = Counter(_folder(each) for each in {each.migration: each for each in code}.values())
        folders = scripts | {folder for folder, number in files.items() if number > 1}
        dialect = self._settings.dialect
        # DDL that is not among the other is that of the way back.
        beside = (
            each
            for each in self._statements
            if each.migration is not None and not any(builds_schema(sql, dialect) for sql in parts(each.sql))
        )
        return [each for each in (*code, *beside) if _folder(each) in folders]

    @cached_property
    def _coded(self) -> frozenset[str | None]:
        """The numbered files of code with statements that are no DDL, in folders of migrations."""
        dialect = self._settings.dialect
        if all(each.migration is None for each in self._statements):
            return frozenset()
        return frozenset(
            each.migration
            for each in self._numbered_code
            if any(_meets(t) or not builds_schema(t, dialect) for t in parts(each.sql))
        )

    def _replayed(
        self, steps: Sequence[Statement], begin: Callable[[], Met], owned: frozenset[str], *, alone: bool = False
    ) -> dict[Span, Target]:
        """Return what the statements meet. `alone`: what they make themselves counts, whatever else has its name."""
        dialect = self._settings.dialect
        past: dict[Span, Target] = {}
        texts = [parts(step.sql) for step in steps]
        builds = [[builds_schema(sql, dialect) or bool(_SESSION.match(sql)) for sql in each] for each in texts]
        if all(map(all, builds)) and not any(_meets(sql) for each in texts for sql in each):
            return past
        begun = begin()
        base = begun.schema
        running = Replay(base, dialect, ordered=False)
        own = {found[2].lower() for step in steps if (found := CREATED.match(step.sql))} if alone else set()
        others = self.main.unlike - own if alone else frozenset[str]()
        target = None
        for step, each, building in zip(steps, texts, builds, strict=True):
            coded = step.migration is not None and step.migration in self._coded
            moments = self._moments.setdefault(step.migration or "", []) if coded else None
            if coded or not all(building) or any(map(_meets, each)):
                target = target or replace(
                    self._now(running, base, owned, alone=alone), changed=begun.changed, unlike=others
                )
                past[step.span] = target
                if moments == []:
                    moments.append(target)
            for sql in (sql for sql, built in zip(each, building, strict=True) if built):
                running.run(DdlText(sql, step.span.path))
                target = None
                if moments is not None:
                    target = self._now(running, base, owned, alone=alone)
                    moments.append(target)
        return past

    def _now(self, running: Replay, base: Schema, owned: frozenset[str], *, alone: bool) -> Target:
        schema = running.schema()
        if base.inferred:
            schema = in_one_database(schema, running.made() if alone else (), self._united)
        return self._target(replace(schema, inferred=base.inferred), self._settings, owned)

    def _target(self, schema: Schema, settings: Settings, owned: frozenset[str] = frozenset()) -> Target:
        dialect = settings.dialect
        if not settings.dialect_given and schema.version:
            dialect = replace(dialect, name=schema.dialect, version=schema.version)
            dialect = replace(dialect, assumed=not schema.server_known)
        schema = replace(schema, case_sensitive_tables=settings.case_sensitive_tables)
        schema = self._temporaries.over(schema, dialect)
        configured = tuple(
            Rename(old.rpartition(".")[0], old.rpartition(".")[2], new.rpartition(".")[2], "renamed (configuration)")
            for old, new in settings.renames
        )
        history = self._history
        return Target(schema, dialect, (*configured, *schema.renames, *history.columns), owned, tuple(history.tables))

    @cached_property
    def _history(self) -> RenameHistory:
        # The default schema has the revisions' renames itself.
        given = bool(self._settings.schema) or any(block.schema for block in self._settings.sources)
        return rename_history(self._settings, self._programs, with_revisions=given)


def _meets(sql: str) -> bool:
    """Say whether DDL needs what earlier statements have made: the table that it empties, the names of a query."""
    return bool(_TRUNCATES.match(sql) or _TRIGGERS.match(sql)) or (bool(_MAKES.match(sql)) and "SELECT" in sql.upper())


def _same(order: Sequence[Statement], other: Sequence[Statement]) -> bool:
    return all(each is one for each, one in zip(order, other, strict=True))


def _by_number(ddl: Sequence[Statement]) -> list[Statement]:
    """Return the statements with those of numbered files behind the others, by number."""
    numbers = {path: version_of(path) for path in map(_path, ddl)}
    plain = [each for each in ddl if numbers[_path(each)] is None]
    numbered = [each for each in ddl if numbers[_path(each)] is not None]
    return plain + sorted(numbered, key=lambda each: numbers[_path(each)] or ())


def _path(statement: Statement) -> str:
    """Return the file whose number says when a statement runs."""
    return statement.migration or statement.span.path


def _folder(statement: Statement) -> str:
    return folder_of(_path(statement))


def _names(schema: Schema) -> frozenset[str]:
    return frozenset(table.name for table in schema.tables)
