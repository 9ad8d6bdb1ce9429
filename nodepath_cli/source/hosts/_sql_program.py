"""The `.sql` files of a run: their statements, migrations and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from nodepath_cli.patterns import lazy
from nodepath_cli.source.dump_folders import Dump, dumps
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.functions import Function
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts._go.dialect_content import by_content, by_joined_write
from nodepath_cli.source.hosts._go.dialects import Foreign, by_path, owned_by_path
from nodepath_cli.source.migrations import in_order, is_down, numbered, replaced
from nodepath_cli.source.replacing import in_text, in_variant
from nodepath_cli.source.script import ScriptStatement, parts, split
from nodepath_cli.source.statement import OffsetMap, Span, Statement, Variant

# What scripts hold for the client or the session, not for the tables.
_NOISE = lazy(
    r"(?:SET|USE|LOCK\s+TABLES?|UNLOCK\s+TABLES?|BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|SOURCE|DELIMITER|FLUSH|GRANT|"
    r"REVOKE|ANALYZE|OPTIMIZE|PRAGMA|/\*!\d*\s*(?:SET|ALTER\s+TABLE\s+\S+\s+(?:EN|DIS)ABLE\s+KEYS))\b",
    re.IGNORECASE,
)
_MODE = lazy(
    r"(?<![\w@])(?:@@)?(?:session\s*\.?\s*)?sql_mode\s*:?=\s*(?P<mode>'[^']*'|\"[^\"]*\"|\(|\S+)", re.IGNORECASE
)
_KEPT = lazy(r"@(\w+)\s*:?=\s*@@(?:session\.)?sql_mode\b", re.IGNORECASE)
_GLOBAL = lazy(r"\bGLOBAL\b", re.IGNORECASE)
_STRICT = lazy(r"STRICT_|TRADITIONAL", re.IGNORECASE)
_SESSION = lazy(r"(?:/\*!\d*\s*)?(?:SET|USE)\b", re.IGNORECASE)
_DML = lazy(r"(?:\(\s*)*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|VALUES|COPY)\b", re.IGNORECASE)
_OWN = lazy(r"`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bON\s+DUPLICATE\s+KEY\b", re.IGNORECASE)
"""What only the MySQL family writes: a file that has it is not another database's as a whole."""
_SHORT_COMMENT = lazy(r"^([ \t]*--)[^\s+-]", re.MULTILINE)
"""A comment that MySQL reads as two minus signs; to SQLite it begins with them, whatever follows."""
_SURELY_OWN = lazy(r"\bENGINE\s*=|\bAUTO_INCREMENT\b|\bON\s+DUPLICATE\s+KEY\b", re.IGNORECASE)


class _File(Struct, frozen=True):
    """A file with its statements and the other database that it is written for."""

    source: SourceFile
    statements: tuple[ScriptStatement, ...]
    foreign: Foreign | None
    lenient: frozenset[int] = frozenset()
    """Where the statements begin that run without strict mode."""


def _lenient(text: str, statements: Sequence[ScriptStatement]) -> frozenset[int]:
    """Return where the statements begin that run without strict mode, as the script itself has turned it off.

    A dump turns it off at its beginning, and takes the old mode back at its end.
    """
    if not _MODE.search(text):
        return frozenset()
    found = set()
    off = False
    kept: dict[str, bool] = {}
    for each in statements:
        if not _SESSION.match(each.sql):
            if off:
                found.add(each.start)
            continue
        kept.update((name.lower(), off) for name in _KEPT.findall(each.sql))
        said = _MODE.search(each.sql)
        if said is not None and not _GLOBAL.search(each.sql):
            mode = said["mode"]
            if mode[0] in ("'", '"'):
                off = not _STRICT.search(mode)
            elif mode[0] != "(":
                # What was kept, or the server's own, which is strict.
                off = kept.get(mode.rstrip("*/").strip("@").lower(), False)
    return frozenset(found)


class SqlProgram(Struct, dict=True):
    """The `.sql` files of a run."""

    files: Sequence[SourceFile]
    options: HostOptions
    _read: dict[str, _File] = field(default_factory=dict)

    def statements(self, file: SourceFile) -> Iterator[Statement]:
        """Yield the statements of a file in order; what undoes a migration is not audited."""
        if is_down(file.path):
            return
        read = self._file(file)
        for each in read.statements:
            if not each.down and not _NOISE.match(each.sql):
                yield self._statement(each, read)

    def ddl(self) -> Sequence[Statement]:
        """Return the statements that build the schema, with SET and USE, in the order of the migrations."""
        by_name = {file.path: file for file in self.files}
        found = []
        for path in in_order(by_name, self.options.dialect.name):
            read = self._file(by_name[path])
            if read.foreign is None:
                found += [
                    self._statement(each, read)
                    for each in read.statements
                    if not each.down and any(not _DML.match(part) and _builds(part) for part in parts(each.sql))
                ]
        return [each for each in found if each.dialect is None]

    def migrations(self) -> Sequence[Statement]:
        """Return every statement of the numbered files, in the order in which they run."""
        by_name = {file.path: file for file in self.files}
        reads = [self._file(by_name[path]) for path in numbered(by_name, self.options.dialect.name)]
        return [
            self._statement(each, read)
            for read in reads
            if read.foreign is None
            for each in read.statements
            if not each.down
        ]

    def scripts(self) -> Sequence[Sequence[Statement]]:
        """Return every statement of each file that stands for itself, the files in order of path.

        The files of one dump are one script, in the order in which they are loaded.
        """
        sequence = set(numbered((file.path for file in self.files), self.options.dialect.name))
        alone = {file.path: file for file in self.files if file.path not in sequence and not is_down(file.path)}
        dumped = dumps(alone)
        scripts: dict[str | Dump, list[Statement]] = {}
        for path in [*(path for path in alone if path not in dumped), *dumped]:
            read = self._file(alone[path])
            if read.foreign is None:
                scripts.setdefault(dumped.get(path, path), []).extend(
                    self._statement(each, read) for each in read.statements if not each.down
                )
        return list(scripts.values())

    def functions(self, _wanted: Collection[Span], _worth: Callable[[str], bool]) -> Sequence[Function]:
        """Return nothing: a script has no functions."""
        return ()

    def deferred(self) -> frozenset[str]:
        """Return nothing: a script has no functions."""
        return frozenset()

    def regardless(self, _function: Span, _name: str) -> frozenset[str]:
        """Return nothing: a script has no functions."""
        return frozenset()

    def put_off(self, _function: Span, _before: str) -> Mapping[str, Span]:
        """Return nothing: a script has no functions."""
        return {}

    def _file(self, file: SourceFile) -> _File:
        read = self._read.get(file.path)
        if read is None:
            lite = self.options.dialect.family == "sqlite"
            statements = tuple(split(_SHORT_COMMENT.sub(r"\1 ", file.text) if lite else file.text))
            read = self._read[file.path] = _File(
                file, statements, self._foreign(file, statements), _lenient(file.text, statements)
            )
        return read

    def _foreign(self, file: SourceFile, statements: Sequence[ScriptStatement]) -> Foreign | None:
        """Tell another database's file by its path, or by a statement that only the other one has."""
        dialect = self.options.dialect
        if instead := self._replaced.get(file.path):
            return Foreign("other", f"{instead.rpartition('/')[2]} is run instead", True)
        named = by_path(file.path, dialect.family)
        if named or owned_by_path(file.path, dialect.family):
            return named
        around = self.options.around
        # SQLite reads backquotes, too, and a comment may have them.
        own = _OWN if around is None else _SURELY_OWN
        if dialect.family == "mysql" and own.search(in_text(file.text, self.options.replace)):
            return None
        if around is not None:
            return Foreign(around.dialect, around.reason, True)
        ddl = (in_text(each.sql, self.options.replace) for each in statements if not _DML.match(each.sql))
        return next((found for sql in ddl if (found := by_content(sql, dialect))), None)

    def _statement(self, each: ScriptStatement, read: _File) -> Statement:
        path = read.source.path
        foreign = read.foreign
        variant = Variant(each.sql, OffsetMap.identity(path, each.start, each.end))
        if self.options.replace:
            variant = in_variant(variant, self.options.replace)
        # Whatever stands behind a column's name is a type to SQLite, AUTO_INCREMENT, too.
        if foreign is None and not (self.options.dialect.family == "sqlite" and owned_by_path(path, "sqlite")):
            foreign = by_content(variant.sql[:20_000], self.options.dialect) or self._joined_write(variant.sql, path)
        return Statement(
            variants=(variant,),
            span=Span(path, each.start, each.end),
            host="sql",
            dialect=foreign.dialect if foreign else None,
            dialect_reason=foreign.reason if foreign else None,
            foreign_file=read.foreign is not None,
            closed=read.source.text[each.end : each.end + 100].lstrip()[:1] == ";",
            lenient=each.start in read.lenient,
        )

    def _joined_write(self, sql: str, path: str) -> Foreign | None:
        """Tell PostgreSQL's UPDATE ... FROM, where other scripts are another database's by their names."""
        family = self.options.dialect.family
        if family != "mysql" or owned_by_path(path, family):
            return None
        found = by_joined_write(sql[:20_000])
        return found if found and self._several else None

    @cached_property
    def _replaced(self) -> Mapping[str, str]:
        """The files for every other dialect, with the audited one's that is run in their place."""
        return replaced((file.path for file in self.files), self.options.dialect.name)

    @cached_property
    def _several(self) -> bool:
        return any(by_path(file.path, self.options.dialect.family) for file in self.files)


def _builds(sql: str) -> bool:
    return bool(_SESSION.match(sql)) or not _NOISE.match(sql)
