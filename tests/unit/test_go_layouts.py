"""Times written with Go's layouts, as package time writes them (measured with Go 1.24)."""

from __future__ import annotations

import pytest

from nodepath_cli.source.hosts._go.layouts import layout_of, written
from nodepath_cli.source.hosts._go.standard_constants import LAYOUTS
from nodepath_cli.source.hosts._go.values import Text, just, unknown


@pytest.mark.parametrize(
    ("layout", "first", "second"),
    [
        ("02/01/2006", "05/03/2026", "25/12/2026"),
        (LAYOUTS["ANSIC"], "Thu Mar  5 07:08:09 2026", "Fri Dec 25 17:38:49 2026"),
        (LAYOUTS["Layout"], "03/05 07:08:09AM '26 +0000", "12/25 05:38:49PM '26 +0800"),
        (LAYOUTS["RFC850"], "Thursday, 05-Mar-26 07:08:09 UTC", "Friday, 25-Dec-26 17:38:49 +08"),
        (LAYOUTS["RFC3339Nano"], "2026-03-05T07:08:09Z", "2026-12-25T17:38:49.123456789+08:00"),
        (LAYOUTS["StampMicro"], "Mar  5 07:08:09.000000", "Dec 25 17:38:49.123456"),
        ("2006-002 __2 _2006 3 03 pm", "2026-064  64 _2026 7 07 am", "2026-359 359 _2026 5 05 pm"),
        ("January Janus Mon Mondays", "March Janus Thu Thursdays", "December Janus Fri Fridays"),
        ("Z0700 Z07:00:00 -070000 -07", "Z Z +000000 +00", "+0800 +08:00:00 +080000 +08"),
        (".00x .999 ,000 .0001 ,99", ".00x  ,000 .0003 ", ".12x .123 ,123 .0012 ,12"),
    ],
)
def test_each_part_of_a_layout_is_written_as_go_writes_it(layout: str, first: str, second: str) -> None:
    assert written(layout)[:2] == (first, second)


def test_what_is_no_layout_of_a_time() -> None:
    assert layout_of("", just(Text((), "02/01/2006"))) == "02/01/2006"
    assert layout_of("time.Time", just(Text((), "02/01/06"))) == "02/01/06"
    assert layout_of("", just(Text((), "02/01/06"))) == ""
    assert layout_of("store.Day", just(Text((), "02/01/2006"))) == ""
    assert layout_of("time.Time", just(Text((), "d/m/Y"))) == ""
    assert layout_of("", unknown("function argument")) == ""
