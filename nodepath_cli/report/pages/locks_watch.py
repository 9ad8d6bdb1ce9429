"""The live screen of `nodepath locks watch`."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.errors import NodepathError
from nodepath_cli.locks.records import Clocks, Lock, Totals, masked
from nodepath_cli.report._words import clean, one_line
from nodepath_cli.report.pages.locks import age_text

if TYPE_CHECKING:
    from rich.console import RenderableType

Frame = tuple[Clocks, Sequence[Totals], Sequence[Lock]]
_COLOURS = {"held": "green", "stale": "yellow", "released": "dim", "future": "bold red", "unparseable": "bold red"}
_WIDE = 120
"""From this width on every column is shown; below it those that a narrow screen can do without are left out."""
_MOST_ROWS = 200


def watch(look: Callable[[int], Frame], database: str, pause: float, *, show_phones: bool, color: bool) -> None:
    """Show the locks until q or Ctrl-C. `look` returns what there is, with at most so many locks.

    A database that does not answer is said in the screen's last line, and asked again; the first time it raises.
    """
    from rich.console import Console
    from rich.live import Live

    console = Console(no_color=not color or None, highlight=False)
    frame, trouble = look(_MOST_ROWS), ""
    # Ctrl-C ends it as q does, also while the database is asked.
    with (
        contextlib.suppress(KeyboardInterrupt),
        _keys() as keys,
        Live(console=console, screen=True, auto_refresh=False) as live,
    ):
        while True:
            live.update(_screen(frame, database, trouble, console.width, console.height, show_phones), refresh=True)
            if _quit(keys, pause):
                return
            try:
                frame, trouble = look(_MOST_ROWS), ""
            except NodepathError as error:
                trouble = error.message


def _screen(frame: Frame, database: str, trouble: str, width: int, height: int, show_phones: bool) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    clocks, totals, locks = frame
    head = Text(
        f"{clocks.server.local:%Y-%m-%d %H:%M:%S} ({one_line(clocks.zone)}, the server's)  {one_line(database)}"
    )
    head.truncate(width, overflow="ellipsis")
    foot = Text("q ends", style="dim")
    if trouble:
        foot = Text(f"no answer: {one_line(trouble)}", style="bold red")
        foot.truncate(width, overflow="ellipsis")
    # The first line, a heading and a line for each table, a blank one, the heading of the locks, and two at the end.
    room = max(1, height - len(totals) - 6)
    # What nothing ever takes over stands first.
    locks = sorted(locks, key=lambda lock: lock.state not in ("unparseable", "future"))
    parts: list[RenderableType] = [head, _summary(totals, width), Text("")]
    if not totals:
        parts.append(Text("no lock tables: run nodepath db upgrade"))
    elif not locks:
        parts.append(Text("no locks"))
    else:
        parts.append(_locks(locks[:room], width, show_phones))
    rows = sum(each.rows for each in totals)
    more = rows - min(len(locks), room)
    return Group(*parts, Text(f"... and {more:,} more", style="dim") if more > 0 else Text(""), foot)


def _summary(totals: Sequence[Totals], width: int) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, expand=False, header_style="dim")
    table.add_column("table", no_wrap=True, overflow="ellipsis")
    for name in ("rows", "oldest", ">30 s", ">5 min", "future", "unparseable" if width >= _WIDE else "bad"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in totals:
        bad = ("bold red" if each.future else "", "bold red" if each.unparseable else "")
        table.add_row(
            one_line(each.table),
            f"{each.rows:,}",
            "" if each.oldest_seconds is None else age_text(each.oldest_seconds),
            f"{each.over_30s:,}",
            f"{each.over_5min:,}",
            f"[{bad[0]}]{each.future:,}" if bad[0] else f"{each.future:,}",
            f"[{bad[1]}]{each.unparseable:,}" if bad[1] else f"{each.unparseable:,}",
        )
    return table


def _locks(locks: Sequence[Lock], width: int, show_phones: bool) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    wide = width >= _WIDE
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
    table.add_column("state", no_wrap=True)
    table.add_column("age", no_wrap=True, justify="right")
    table.add_column("prospect", no_wrap=True, overflow="ellipsis", min_width=12)
    table.add_column("device", no_wrap=True, overflow="ellipsis", min_width=8)
    table.add_column("timestamp", no_wrap=True, overflow="ellipsis", min_width=19)
    if wide:
        table.add_column("format", no_wrap=True)
        table.add_column("table", no_wrap=True, overflow="ellipsis")
    for lock in locks:
        text = "NULL" if lock.timestamp is None else one_line(lock.timestamp, 0)
        cells = [
            Text(lock.state, style=_COLOURS[lock.state]),
            Text("" if lock.age_seconds is None else age_text(lock.age_seconds)),
            Text(clean(lock.prospect if show_phones else masked(lock.prospect))),
            Text(one_line(lock.device)),
            Text(text if wide else text[:19]),
        ]
        table.add_row(*cells, *([Text(lock.format), Text(one_line(lock.table))] if wide else []))
    return table


@contextlib.contextmanager
def _keys() -> Iterator[int]:
    """Read single keys from the terminal; it is as it was afterwards."""
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        yield handle
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _quit(keys: int, seconds: float) -> bool:
    """Wait so long; say whether q was pressed."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([keys], [], [], left)[0] and os.read(keys, 16).lower() in (b"q", b"\x1b", b""):
            return True
    return False
