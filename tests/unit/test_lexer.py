"""Tokens of MySQL's language, and the way from every one of them to its place."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.lexer import LexError, Tokens, tokenize


def texts(sql: str, ansi_quotes: bool = False, brackets: bool = False) -> list[str]:
    tokens = tokenize(sql, ansi_quotes, brackets)
    assert isinstance(tokens, Tokens)
    return [sql[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True) if end > start]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a.b", ["a", ".", "b"]),
        ("1a $a 1e1 1.5 .5", ["1a", "$a", "1e1", "1.5", ".5"]),
        ("t.1a", ["t", ".", "1a"]),
        ("a--b", ["a", "-", "-", "b"]),
        ("a-- b\n, c", ["a", ",", "c"]),
        ("a # b\n, c", ["a", ",", "c"]),
        ("a /* b */ c", ["a", "c"]),
        ("'it''s' 'a\\'b'", ["'it''s'", "'a\\'b'"]),
        ('"x""y" `a``b`', ['"x""y"', "`a``b`"]),
        ("a<=>b->>'$.x'", ["a", "<=>", "b", "->>", "'$.x'"]),
        ("@v := @@global.x", ["@v", ":=", "@@global.x"]),
        ("? :name", ["?", ":name"]),
        ("naïve größe", ["naïve", "größe"]),
        ("t\ufffc_x", ["t", "\ufffc", "_x"]),
    ],
)
def test_a_text_is_cut_as_the_server_cuts_it(sql: str, expected: list[str]) -> None:
    assert texts(sql) == expected


def test_double_quotes_frame_names_only_where_the_mode_says_so() -> None:
    plain, ansi = tokenize('"a"'), tokenize('"a"', ansi_quotes=True)
    assert isinstance(plain, Tokens) and isinstance(ansi, Tokens)
    assert plain.kinds[0] != ansi.kinds[0]


def test_brackets_frame_names_in_sqlite() -> None:
    assert texts("[order id]", brackets=True) == ["[order id]"]


def test_every_parenthesis_knows_its_partner() -> None:
    tokens = tokenize("f((a), b)")
    assert isinstance(tokens, Tokens)
    assert tokens.closing == {1: 7, 2: 4}
    assert tokens.depth == 2


@pytest.mark.parametrize("sql", ["select 'a", 'select "a', "select `a", "select (a", "select a)"])
def test_what_is_opened_must_be_closed(sql: str) -> None:
    assert isinstance(tokenize(sql), LexError)
