"""Lock rows on a screen: what a narrow one can do without."""

from __future__ import annotations

from nodepath_cli.locks.records import Lock
from nodepath_cli.report._style import Style
from nodepath_cli.report.pages.locks import lock_lines

AI, BOT = "ai_whatsapp_session_nodepath", "wasapBot_session_nodepath"


def row(table: str) -> Lock:
    return Lock(table, "1", "DEV-01", "2026-01-01 00:00:00", "2026-01-01T00:00:00", "datetime", 3.0, "held", None)


def heading(*tables: str, width: int | None) -> list[str]:
    lines = list(lock_lines([row(each) for each in tables], Style(False), show_phones=True, width=width))
    return lines[0].split()


def test_every_column_is_there_where_it_fits_or_where_no_screen_is() -> None:
    whole = ["state", "age", "prospect", "device", "timestamp", "format", "table"]
    assert heading(AI, width=None) == whole
    assert heading(AI, BOT, width=120) == whole


def test_a_narrower_screen_leaves_out_the_format_and_then_the_one_table() -> None:
    assert heading(AI, AI, width=90) == ["state", "age", "prospect", "device", "timestamp", "table"]
    assert heading(AI, AI, width=60) == ["state", "age", "prospect", "device", "timestamp"]


def test_the_table_stays_where_there_are_several() -> None:
    assert heading(AI, BOT, width=60) == ["state", "age", "prospect", "device", "timestamp", "table"]
