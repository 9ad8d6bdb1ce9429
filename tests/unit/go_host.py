"""Go snippets through the Go host: what the tests of `_go/` share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import dedent
from unittest.mock import patch

from nodepath_cli.config import Dialect
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts._go import shares
from nodepath_cli.source.hosts.go import HOST
from nodepath_cli.source.statement import HOLE, Span, Statement, Variant

MYSQL = Dialect()


def files_of(sources: str | Mapping[str, str]) -> list[SourceFile]:
    """Return snippets as files; one text is the file `a.go` of a package with the usual imports."""
    if isinstance(sources, str):
        sources = {"a.go": sources}
    return [SourceFile(path, dedent(text)) for path, text in sources.items()]


def statements(sources: str | Mapping[str, str], dialect: Dialect = MYSQL) -> list[Statement]:
    """Return the statements of a program, file by file.

    The same are found in it where it is divided as large programs are.
    """
    files = files_of(sources)
    found = _opened(files, HostOptions(dialect))
    if len(files) > 1:
        with patch.object(shares, "_WORTH", 0):
            assert _told(_opened(files, HostOptions(dialect))) == _told(found)
    return found


def divided(sources: Mapping[str, str], jobs: int) -> list[Statement]:
    """Return the statements of a program that is divided however small it is, evaluated by so many processes."""
    with patch.object(shares, "_WORTH", 0), patch.object(shares, "_LARGE", 0):
        return _opened(files_of(sources), HostOptions(MYSQL, None, jobs))


def _opened(files: Sequence[SourceFile], options: HostOptions) -> list[Statement]:
    program = HOST.open(files, options)
    return [statement for file in files for statement in program.statements(file)]


def _told(found: Sequence[Statement]) -> list[tuple[Span, list[str], str | None]]:
    """What a report says of statements, whatever the order of a statement's texts."""
    return [(each.span, sorted(variant.sql for variant in each.variants), each.opaque) for each in found]


def ddl(sources: str | Mapping[str, str], dialect: Dialect = MYSQL) -> list[str]:
    """Return the DDL of a program in boot order, on one line each."""
    return [flat(each.sql) for each in HOST.open(files_of(sources), HostOptions(dialect)).ddl()]


def body(code: str) -> str:
    """Return a file with one method around a function body; `r.db` is a `*sql.DB`."""
    lines = "\n".join("\t" + line for line in dedent(code).strip("\n").split("\n"))
    return f"""package repo

import (
\t"database/sql"
\t"fmt"
\t"strings"
)

type repo struct {{
\tdb *sql.DB
}}

func (r *repo) Do(id string, n int, names []string, active bool) error {{
{lines}
\treturn nil
}}
"""


def flat(sql: str) -> str:
    """Return SQL on one line, a hole as `<>`."""
    return " ".join(sql.replace(HOLE, "<>").split())


def texts(sources: str | Mapping[str, str], dialect: Dialect = MYSQL) -> list[str]:
    """Return the first text of every statement, on one line."""
    return [flat(each.sql) for each in statements(sources, dialect)]


def variants(statement: Statement) -> list[str]:
    """Return all texts of a statement, on one line each."""
    return [flat(variant.sql) for variant in statement.variants]


def only(found: Sequence[Statement]) -> Statement:
    """Return the one statement."""
    assert len(found) == 1, [flat(each.sql) or each.opaque for each in found]
    return found[0]


def source_of(text: str, variant: Variant, word: str) -> str:
    """Return the source characters that the first `word` of a variant's SQL is mapped to."""
    start = variant.sql.index(word)
    span = variant.offsets.locate(start, start + len(word))
    return text[span.start : span.end]
