"""The way back from SQL offsets to the source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.source.statement import OffsetMap, Segment, Span


def test_a_verbatim_text_maps_one_to_one() -> None:
    offsets = OffsetMap.identity("a.go", 100, 120)
    assert offsets.locate(3, 8) == Span("a.go", 103, 108)
    assert offsets.contiguous(0, 20)


def test_an_escape_stands_for_its_whole_spelling() -> None:
    offsets = OffsetMap(
        (
            Segment(0, 2, Span("a", 10, 12)),
            Segment(2, 3, Span("a", 12, 18), linear=False),
            Segment(3, 5, Span("a", 18, 20)),
        )
    )
    assert offsets.locate(2, 3) == Span("a", 12, 18)
    assert offsets.locate(1, 4) == Span("a", 11, 19)
    assert not offsets.contiguous(1, 4)


def test_a_piece_of_another_file_ends_the_span_with_the_first_literal() -> None:
    offsets = OffsetMap((Segment(0, 4, Span("a", 10, 14)), Segment(4, 8, Span("b", 0, 4))))
    assert offsets.locate(2, 6) == Span("a", 12, 14)
    assert offsets.locate(5, 6) == Span("b", 1, 2)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.data())
def test_every_character_of_concatenated_literals_maps_to_itself(lengths: list[int], data: st.DataObject) -> None:
    segments, source, sql = [], 5, 0
    for length in lengths:
        segments.append(Segment(sql, sql + length, Span("a", source, source + length)))
        sql, source = sql + length, source + length + 3
    offset = data.draw(st.integers(0, sql - 1))
    index = next(i for i, segment in enumerate(segments) if segment.start <= offset < segment.end)
    span = OffsetMap(tuple(segments)).locate(offset, offset + 1)
    assert span == Span("a", 5 + offset + 3 * index, 6 + offset + 3 * index)
