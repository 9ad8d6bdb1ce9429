"""The pipeline up to resolutions: files, statements, schema, and what every statement says about that schema."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, partial

from msgspec import Struct

from nodepath_cli.audit import combined, fragments
from nodepath_cli.audit.analysed import Analysed, Outcomes, Read, all_found, faults, without_schema
from nodepath_cli.audit.changing import Changes
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.misplaced import misplaced
from nodepath_cli.audit.not_todays import NotTodays
from nodepath_cli.audit.target import Ahead, Target, Targets, replayed_ahead
from nodepath_cli.config import Settings
from nodepath_cli.errors import NothingToAudit, SchemaError, UsageError
from nodepath_cli.faults import said_of
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import FileSet, SourceFile, collect
from nodepath_cli.source.hosts import HostOptions, Program, hosts, suffixes
from nodepath_cli.source.statement import Span, Statement
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import ColumnRef, Found, Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve

Progress = Callable[[int, int], None]
"""Called with the number of statements done and of all."""

Siblings = Mapping[str, Mapping[str, int]]


_FUNCTION = lazy(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:AGGREGATE\s+)?(?:FUNCTION|PROCEDURE)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:[`\"]?\w+[`\"]?\s*\.\s*)?[`\"]?(\w+)",
    re.IGNORECASE,
)


class Analysis(Struct, frozen=True, dict=True):
    """Everything that was read and resolved."""

    files: FileSet
    statements: tuple[Analysed, ...]
    main: Target
    """The schema of the tree outside the `[[source]]` blocks: what the report's head names."""
    programs: tuple[Program, ...] = ()
    """The files of each host language, for what a rule asks of the functions around statements."""
    targets: tuple[Target, ...] = ()
    """What the statements are checked against, each once."""

    @cached_property
    def siblings(self) -> Siblings:
        """By table name: how many statements name each of its columns, by lower-case column name."""
        return columns_named(self.statements)

    @cached_property
    def _functions(self) -> frozenset[str]:
        """The stored functions and procedures that the tree creates, in lower case."""
        return frozenset(found.lower() for file in self.files.files for found in _FUNCTION.findall(file.text))

    def _named_elsewhere(self, name: str, sql: str) -> bool:
        """Say whether a column's name, or the field that it would come from, stands somewhere beside a text."""
        words = re.compile(rf"(?i)(?<![a-z0-9]){'_?'.join(map(re.escape, name.split('_')))}(?![a-z0-9])")
        left = len(words.findall(sql))
        for file in self.files.files:
            left -= len(words.findall(file.text))
            if left < 0:
                return True
        return False

    def take(self, siblings: Sequence[Siblings]) -> None:
        """Take what was counted for `siblings` in parts of the statements."""
        uses: dict[str, Counter[str]] = defaultdict(Counter)
        for part in siblings:
            for table, columns in part.items():
                uses[table].update(columns)
        vars(self)["siblings"] = uses

    def context(self, analysed: Analysed) -> Context:
        """Return what a rule may look at beside a statement's resolutions."""
        target = analysed.target
        return Context(
            target.schema,
            target.dialect,
            analysed.statement,
            self.siblings,
            target.renames,
            analysed.external_tables,
            target.proved_tables,
            outcomes=analysed.outcomes,
            table_renames=target.table_renames,
            gone=target.gone,
            functions=lambda: self._functions,
            named_elsewhere=self._named_elsewhere,
        )


def columns_named(statements: Iterable[Analysed]) -> Siblings:
    """Return how many of the statements name each column, by the table's name and the column's in lower case."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for analysed in statements:
        named = {
            (column.table.name, column.name.lower())
            for resolution in analysed.resolutions
            for column in resolution.columns
            if column.table and isinstance(column.outcome, Found)
        }
        for table, column_name in named:
            uses[table][column_name] += 1
    return uses


class Extraction(Struct, frozen=True):
    """The statements of a tree, before any schema is looked at."""

    files: FileSet
    statements: tuple[tuple[Statement, SourceFile], ...]
    """In source order, each with the file that its first literal stands in."""
    programs: tuple[Program, ...]
    ahead: Ahead | None = None


def analyse(
    paths: Sequence[str], settings: Settings, progress: Progress | None = None, files: FileSet | None = None
) -> Analysis:
    """Read the paths (default: the working directory) and resolve every statement in them.

    `files` is what the paths hold, where that was read before. Raises as `opened` does.
    """
    analysis = opened(paths, settings, files)
    total = len(analysis.statements)
    for number, analysed in enumerate(analysis.statements):
        if progress and number % 64 == 0:
            progress(number, total)
        analysed.resolve()
    if progress:
        progress(total, total)
    return analysis


def opened(paths: Sequence[str], settings: Settings, files: FileSet | None = None) -> Analysis:
    """Read the paths as `analyse` does; each statement is resolved when that is first asked for.

    Raises UsageError where no path exists, NothingToAudit where they hold no file or no SQL, and what a schema source
    raises.
    """
    try:
        extraction = extract(paths, settings, files)
    except NothingToAudit:
        # A schema that is not available goes before an empty tree.
        Targets(settings, (), ())
        raise
    return _analysis(extraction, _targets(extraction, settings), settings)


def _targets(extraction: Extraction, settings: Settings) -> Targets:
    try:
        statements = [statement for statement, _ in extraction.statements]
        return Targets(settings, extraction.programs, extraction.files.files, statements, extraction.ahead)
    except SchemaError:
        # A path that does not exist goes before a schema that is not available.
        if extraction.files.missing:
            raise no_such_path(extraction.files) from None
        raise


def no_such_path(files: FileSet) -> UsageError:
    """Return the error of the first path that does not exist."""
    return UsageError(f"no such path: {files.missing[0] or repr('')}", "name a file or folder that exists")


def extract(paths: Sequence[str], settings: Settings, files: FileSet | None = None) -> Extraction:
    """Read the paths and find the SQL in them.

    Raises UsageError where no path exists, NothingToAudit where they hold no file or no SQL.
    """
    paths = paths or (".",)
    if files is None:
        files = collect(paths, settings, suffixes())
    if files.missing and (len(files.missing) == len(paths) or not files.files):
        raise no_such_path(files)
    if not files.files:
        why = f" ({files.skipped[0][0]}: {files.skipped[0][1]})" if files.skipped else ""
        raise NothingToAudit("no Go or SQL files in " + _folders(paths) + why, "name a folder with Go or .sql files")
    statements, programs, ahead = _extract(files, settings)
    if not statements and files.missing:
        raise no_such_path(files)
    if not statements:
        raise NothingToAudit(
            f"no SQL in {_files(len(files.files))} under " + _folders(paths), "name the folder that holds the queries"
        )
    return Extraction(files, tuple(statements), tuple(programs), ahead)


def _analysis(extraction: Extraction, targets: Targets, settings: Settings) -> Analysis:
    statements = tuple(statement for statement, _ in extraction.statements)
    read = _Reader(
        Changes(statements, settings.dialect), NotTodays(statements, extraction.files.files), targets, settings
    )
    each_target = [targets.of(statement) for statement in statements]
    analysed = tuple(
        Analysed(statement, file, partial(read, statement, target), settings.external_tables)
        for (statement, file), target in zip(extraction.statements, each_target, strict=True)
    )
    moments = (moment for statement in statements for moment in targets.moments(statement))
    distinct = {id(target): target for target in (targets.main, *each_target, *moments)}
    return Analysis(extraction.files, analysed, targets.main, extraction.programs, tuple(distinct.values()))


def _extract(
    found: FileSet, settings: Settings
) -> tuple[list[tuple[Statement, SourceFile]], list[Program], Ahead | None]:
    files = found.files
    extracted: list[tuple[Statement, SourceFile]] = []
    owned = [(host, [file for file in files if file.path.endswith(host.suffixes)]) for host in hosts()]
    others = (host.other(own, settings.dialect) for host, own in owned if own)
    around = next((other for other in others if other), None)
    beside = {file.path: file.text for file in files if file.path.endswith(".sql")}
    options = HostOptions(settings.dialect, around, settings.processes, beside, found.generated, settings.replace)
    home = {file.path: file for file in files}
    opened = [(host, own, host.open(own, options)) for host, own in owned if own]
    # While other code is evaluated, what scripts make can be found out.
    ready = next((program for host, _, program in opened if not host.evaluated), None)
    ahead = replayed_ahead(ready, files, settings) if ready is not None and len(opened) > 1 else None
    for _, own, program in opened:
        for file in own:
            extracted.extend((each, home[each.span.path]) for each in program.statements(file))
    # What code embeds is told with the call that sends it, and not by itself once more.
    sent: dict[str, set[Span]] = {}
    for each, _ in extracted if beside else ():
        for segment in (one for variant in each.variants if each.call for one in variant.offsets.segments):
            if segment.source.path in beside:
                sent.setdefault(segment.source.path, set()).add(segment.source)
    extracted = [
        pair for pair in extracted if pair[0].call or not _is_among(pair[0].span, sent.get(pair[0].span.path, ()))
    ]
    extracted.sort(key=lambda pair: pair[0].span)
    return extracted, [program for _, _, program in opened], ahead


def _is_among(span: Span, others: Collection[Span]) -> bool:
    """Say whether a piece of a file has characters in common with one of others."""
    return any(span.start < each.end and each.start < span.end for each in others)


class _Reader(Struct, frozen=True):
    """Resolves statements, with what the DDL of the code leaves in doubt."""

    changes: Changes
    not_todays: NotTodays
    targets: Targets
    settings: Settings

    def __call__(self, statement: Statement, target: Target) -> Read:
        """Return what the texts of a statement say."""
        found = self._in_its_time(statement, target)
        schema, proved = found.target.schema, found.target.proved_tables
        outcomes = self.changes.settle(found.outcomes, schema, proved, statement)
        changed, unlike = found.target.changed, found.target.unlike
        outcomes = self.not_todays.settle(outcomes, schema, proved, statement, changed, unlike)
        return Read(found.target, combined.settle(fragments.settle(outcomes, statement)))

    def _in_its_time(self, statement: Statement, target: Target) -> Read:
        """Take the schema of the moment for a migration in code, of those of its file the one that fits best.

        Today's schema is taken for a migration whose beginning is not in the tree, where it answers for every name.
        """
        found = Read(target, self._outcomes(statement, target))
        moments = self.targets.moments(statement)
        if moments:
            return self._best(statement, found, moments)
        if target is self.targets.main or not self.targets.past(statement):
            return found
        if not without_schema(found, self.settings.external_tables, statement):
            return found
        today = Read(self.targets.main, self._outcomes(statement, self.targets.main))
        return today if all_found(today.outcomes) else found

    def _best(self, statement: Statement, today: Read, moments: Sequence[Target]) -> Read:
        """Return what is said against the first schema with the fewest faults, today's only where it has fewer."""
        best, fewest = None, 0
        for moment in moments:
            then = Read(moment, self._outcomes(statement, moment))
            number = faults(then.outcomes)
            if best is None or number < fewest:
                best, fewest = then, number
            if not number:
                break
        return today if best is None or faults(today.outcomes) < fewest else best

    def _outcomes(self, statement: Statement, target: Target) -> Outcomes:
        if statement.misplaced is not None:
            return (misplaced(statement, statement.misplaced[0], target.dialect),)
        if statement.dialect or statement.opaque:
            return ()
        outcomes: list[Resolution | Unparsed] = []
        for variant in statement.variants:
            try:
                parsed = parse(variant, target.dialect)
                outcomes.append(parsed if isinstance(parsed, Unparsed) else resolve(parsed, target.schema))
            except Exception as fault:
                # One text must not take the rest of the tree with it.
                outcomes.append(Unparsed(variant, said_of(fault)))
        return tuple(outcomes)


def _folders(paths: Sequence[str]) -> str:
    """Name the paths in a sentence: one dot alone would end it."""
    return ", ".join("the working directory" if path in (".", "./", "") else path for path in paths)


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def column_label(column: ColumnRef) -> str:
    """Return `table.column` where the table is known, else the bare name."""
    return f"{column.table.name}.{column.name}" if column.table else column.name
