"""Schemas from files: a script, a folder of migrations or of Go code, the DDL of an audited tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.errors import SchemaError
from nodepath_cli.schema.model import Problem, Schema
from nodepath_cli.source.files import SourceFile, collect, display
from nodepath_cli.source.hosts import HostOptions, hosts
from nodepath_cli.source.replacing import Pairs, in_text
from nodepath_cli.source.script import parts, split
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import DdlText, builds_schema, replay

NOT_UNDERSTOOD = frozenset({None, 1064, 4161})
"""Error numbers of problems that say nothing but that a statement was not understood."""

_GIVE = "name a file with CREATE TABLE statements"
# A dump can be far larger than a source file.
_NO_LIMIT = 1 << 40


def load_sql_file(path: str, base: Schema, dialect: Dialect, pairs: Pairs = ()) -> Schema:
    """Replay a script over the base, with what `pairs` replace in its statements; its down sections are left out.

    Raises SchemaError where the file cannot be read or none of its statements is understood as DDL.
    """
    file = _read(path)
    texts = [DdlText(in_text(each.sql, pairs), file.path, each.line) for each in split(file.text) if not each.down]
    return _understood(texts, base, dialect, path)


def load_folder(
    path: str, base: Schema, dialect: Dialect, pairs: Pairs = (), settings: Settings | None = None
) -> Schema:
    """Replay a folder over the base, recursively: SQL migrations in their order, and the DDL of Go code in boot order.

    `pairs` are replaced in it.
    Of folders for several dialects the audited one's is taken. Raises SchemaError where the folder cannot be read or
    holds no DDL that is understood.
    """
    known = hosts()
    found = collect(
        [path], settings or Settings(max_file_size=_NO_LIMIT), [end for host in known for end in host.suffixes]
    )
    if not found.files:
        why = f" ({found.skipped[0][0]}: {found.skipped[0][1]})" if found.skipped else ""
        raise SchemaError(f"no .sql or .go files in {path}{why}", "name a folder with migrations")
    inside = _Inside(path)
    orders: list[list[DdlText]] = []
    for host in known:
        own = [inside.shortened(file) for file in found.files if file.path.endswith(host.suffixes)]
        if own:
            statements = host.open(own, HostOptions(dialect, replace=pairs)).ddl()
            orders.append([inside.restored(text) for text in _texts(statements)])
    # Whether boot DDL or migrations ran first is not in the source: the order that fits better is taken.
    ways = [orders] if len(orders) < 2 else [orders, orders[::-1]]
    schemas = [_understood([text for part in way for text in part], base, dialect, path) for way in ways]
    return _with_lines(min(schemas, key=lambda schema: len(schema.problems)), base, found.files)


def from_statements(
    ddl: Sequence[Statement], base: Schema, dialect: Dialect, files: Iterable[SourceFile] = ()
) -> Schema:
    """Replay the DDL of an audited tree over the base.

    `files` are the files that the statements come from, for the lines of problems; without them they are read again
    where a line is needed. The order is inferred, so that a foreign key may refer to a later table. Never raises.
    """
    return _with_lines(replay(_texts(ddl), base, dialect, ordered=False), base, files)


class _Inside:
    """Paths as seen from a folder: what lies above it must not tell a file's dialect."""

    def __init__(self, folder: str) -> None:
        shown = display(folder)
        self.prefix = "" if shown == "." else shown + "/"

    def shortened(self, file: SourceFile) -> SourceFile:
        return SourceFile(file.path.removeprefix(self.prefix), file.text)

    def restored(self, text: DdlText) -> DdlText:
        return DdlText(text.sql, self.prefix + text.path, text.line)


def _read(path: str) -> SourceFile:
    try:
        if not Path(path).is_file():
            raise SchemaError(f"cannot read {path}: not a regular file", _GIVE)
        data = Path(path).read_bytes()
    except OSError as error:
        raise SchemaError(f"cannot read {path}: {(error.strerror or 'error').lower()}", _GIVE) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return SourceFile(display(path), data.decode("utf-16", "replace"))
    if b"\0" in data[:8192]:
        raise SchemaError(f"cannot read {path}: a binary file", _GIVE)
    return SourceFile(display(path), data.decode("utf-8-sig", "surrogateescape"))


def _understood(texts: Sequence[DdlText], base: Schema, dialect: Dialect, source: str) -> Schema:
    schema = replay(texts, base, dialect)
    building = sum(builds_schema(text.sql, dialect) for text in texts)
    new: Sequence[Problem] = schema.problems[len(base.problems) :]
    failed = sum(problem.errno in NOT_UNDERSTOOD for problem in new)
    if building == 0 or failed >= building:
        first = f" ({new[0].path}: {new[0].message})" if new else ""
        raise SchemaError(f"no DDL in {source} that is understood{first}", _GIVE)
    return schema


def _texts(statements: Sequence[Statement]) -> list[DdlText]:
    """Return the texts to replay. In place of lines they carry offsets: only a problem needs its line."""
    return [
        DdlText(sql, each.span.path, each.span.start)
        for each in statements
        if each.sql and not each.dialect
        for sql in parts(each.sql)
    ]


def _with_lines(schema: Schema, base: Schema, files: Iterable[SourceFile]) -> Schema:
    """Put lines in the place of the offsets of the problems that are new."""
    known = len(base.problems)
    if len(schema.problems) == known:
        return schema
    sources = {file.path: file for file in files}
    lines = (
        replace(each, line=_line(each.path, each.line, sources), start=each.line) for each in schema.problems[known:]
    )
    return replace(schema, problems=(*base.problems, *lines))


def _line(path: str, offset: int, sources: dict[str, SourceFile]) -> int:
    file = sources.get(path)
    if file is None:
        try:
            file = _read(path)
        except SchemaError:
            file = SourceFile(path, "")
        sources[path] = file
    return file.position(offset)[0] if offset <= len(file.text) else 1
