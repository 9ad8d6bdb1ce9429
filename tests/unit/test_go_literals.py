"""Every character of a Go literal knows its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.source.files import SourceFile
from tests.unit.go_host import body, files_of, only, source_of, statements


def exec_of(literal: str) -> str:
    return f"package a\n\nfunc f() {{\n\tdb.Exec({literal})\n}}\n"


@pytest.mark.parametrize(
    ("literal", "sql"),
    [
        ('"SELECT a FROM t"', "SELECT a FROM t"),
        ("`SELECT a\n\tFROM t`", "SELECT a\n\tFROM t"),
        (r'"SELECT \"a\" FROM t"', 'SELECT "a" FROM t'),
        (r'"SELECT a\n\tFROM t"', "SELECT a\n\tFROM t"),
        (r'"SELECT \x61, \u0062, \143, \U00000064 FROM t"', "SELECT a, b, c, d FROM t"),
        ("`SELECT '\\n' FROM t`", "SELECT '\\n' FROM t"),
        ("`SELECT a\r\nFROM t`", "SELECT a\nFROM t"),
        ('"SELECT `grün` FROM t"', "SELECT `grün` FROM t"),
    ],
)
def test_a_literal_is_decoded_as_go_decodes_it(literal: str, sql: str) -> None:
    assert only(statements(exec_of(literal))).sql == sql


@pytest.mark.parametrize(
    "literal",
    [
        '"SELECT alpha, beta FROM gamma"',
        "`SELECT alpha,\r\n\tbeta FROM gamma`",
        r'"SELECT \"x\",\talpha,\n beta FROM gamma"',
        "`SELECT 'größe 日本', alpha, beta FROM gamma`",
        '"SELECT alpha, " + `beta` + " FROM gamma"',
        '"SELECT alpha, beta" /* é */ + " FROM gamma"',
    ],
)
def test_names_are_found_at_their_own_characters(literal: str) -> None:
    text = "// наверху стоит комментарий\n" + exec_of(literal)
    statement = only(statements(text))
    for word in ("alpha", "beta", "gamma"):
        assert source_of(text, statement.variants[0], word) == word


def test_the_statement_begins_at_the_quote_of_its_first_literal() -> None:
    text = body('r.db.Exec("UPDATE t SET a = 1" + " WHERE b = 2")')
    statement = only(statements(text))
    assert text[statement.span.start :].startswith('"UPDATE t SET')
    assert text[: statement.span.end].endswith('WHERE b = 2"')
    (file,) = files_of(text)
    assert file.position(statement.span.start) == (14, 12)


def test_an_escape_stands_for_its_whole_source() -> None:
    text = exec_of(r'"SELECT a,\tb FROM t"')
    variant = only(statements(text)).variants[0]
    at = variant.sql.index("\t")
    span = variant.offsets.locate(at, at + 1)
    assert text[span.start : span.end] == r"\t"
    assert not variant.offsets.contiguous(at - 1, at + 1)


def test_bytes_that_are_no_utf8_shift_no_position() -> None:
    raw = b'package a\n\n// \xff\xfe\nfunc f() { db.Exec("SELECT alpha, \xff FROM gamma") }\n'
    text = raw.decode("utf-8", "surrogateescape")
    from nodepath_cli.config import Dialect
    from nodepath_cli.source.hosts import HostOptions
    from nodepath_cli.source.hosts.go import HOST

    file = SourceFile("a.go", text)
    (statement,) = HOST.open([file], HostOptions(Dialect())).statements(file)
    assert source_of(text, statement.variants[0], "gamma") == "gamma"


@given(st.text(st.characters(exclude_characters="`\r", exclude_categories=["Cs"]), max_size=40))
def test_any_raw_literal_maps_back_character_by_character(tail: str) -> None:
    text = exec_of("`SELECT a FROM t WHERE b = '" + tail.replace("\0", "") + "'`")
    statement = only(statements(text))
    variant = statement.variants[0]
    for offset in range(len(variant.sql)):
        span = variant.offsets.locate(offset, offset + 1)
        assert text[span.start : span.end] == variant.sql[offset]
