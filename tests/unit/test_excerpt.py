"""The carets stand exactly below the identifier, whatever the source line holds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.audit.finding import Position
from nodepath_cli.report._excerpt import Excerpt, excerpt


def shown(text: str, needle: str) -> Excerpt:
    """The excerpt of the first place that holds the needle."""
    offset = text.index(needle)
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    found = excerpt(text, Position(line, column, line, column + len(needle)))
    assert found is not None
    return found


def columns(text: str) -> int:
    """The terminal columns that a text without control characters takes, as wcwidth counts them."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


@pytest.mark.parametrize(
    "line",
    [
        "db.Exec(`SELECT nmae FROM t`)",
        "\t\tSELECT nmae",
        "\ta\tb\tnmae\t",
        "-- 質問 nmae",
        "-- e\u0301 nmae",
        "😀 nmae",
        "\u200d nmae",
        "x" * 400 + " nmae " + "y" * 400,
        "x" * 400 + " nmae",
        "nmae " + "y" * 400,
        "質" * 400 + " nmae " + "問" * 400,
        "\t" * 90 + "nmae",
    ],
)
def test_the_carets_stand_below_the_identifier(line: str) -> None:
    found = shown(f"first\n{line}\nlast\n", "nmae")
    before = found.source[: found.source.index("nmae")]
    assert found.carets == " " * columns(before.replace("\u200d", "")) + "^^^^"
    assert found.line == 2


def test_a_long_line_is_cut_around_the_identifier() -> None:
    found = shown("x" * 5000 + " nmae " + "y" * 5000, "nmae")
    assert len(found.source) <= 170
    assert found.source.startswith("...")
    assert found.source.endswith("...")


def test_a_statement_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    found = excerpt("  INSERT INTO t\r\nVALUES (1)\r\n", Position(1, 3, 2, 11))
    assert found == Excerpt(1, "  INSERT INTO t", "  ^^^^^^^^^^^^^")


def test_a_position_behind_the_text_has_no_excerpt() -> None:
    assert excerpt("one line", Position(2, 1, 2, 2)) is None
    assert excerpt("one line", Position(1, 99, 1, 100)) is None


def test_an_empty_place_still_has_a_caret() -> None:
    found = excerpt("ab", Position(1, 3, 1, 3))
    assert found is not None
    assert found.carets == "  ^"


def test_control_characters_do_not_reach_the_terminal() -> None:
    found = shown("\x1b[31m nmae \x07\u202e", "nmae")
    assert not any(unicodedata.category(each) == "Cc" for each in found.source)
    assert "\u202e" not in found.source


@given(st.text(), st.integers(1, 4), st.integers(1, 40), st.integers(0, 3), st.integers(1, 40))
def test_any_text_at_any_place_gives_an_excerpt_or_none(
    text: str, line: int, column: int, more: int, end_column: int
) -> None:
    found = excerpt(text, Position(line, column, line + more, end_column))
    assert found is None or set(found.carets) <= {" ", "^"}
