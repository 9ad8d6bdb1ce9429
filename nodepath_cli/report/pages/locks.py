"""What the `nodepath locks` commands found: text, and JSON that is written row by row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.locks.doctor import Diagnosis
from nodepath_cli.locks.records import Clocks, Lock, Totals, masked
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural

_NO_TABLES = "no lock tables. Next: run nodepath db upgrade"
_MOST_TEXT = 46
_BATCH = 500
_FORMAT, _TABLE = 5, 6
"""The columns that a narrow screen can do without."""


def render_document(document: dict[str, Any], out: TextIO) -> None:
    """Write one JSON document."""
    json.dump({"version": 1, **document}, out, ensure_ascii=False)
    out.write("\n")


def render_locks_json(
    clocks: Clocks, lease: float, totals: Sequence[Totals], locks: Iterable[Lock], out: TextIO, *, show_phones: bool
) -> int:
    """Write the document of `list`, `show` and `stale` without holding its locks, and return how many there were."""
    head = {
        "version": 1,
        "clock": clocks.document(),
        "lease_seconds": lease,
        "tables": [each.document() for each in totals],
    }
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "locks": [')
    encode = json.JSONEncoder(ensure_ascii=False).encode
    count = 0
    documents = (lock.document(show_phones) for lock in locks)
    # Some hundred at once: the encoder costs as much to start as a lock to encode.
    while batch := list(islice(documents, _BATCH)):
        out.write(f"{',' if count else ''}\n{encode(batch)[1:-1]}")
        count += len(batch)
    out.write("]}\n")
    return count


def render_locks_text(
    clocks: Clocks,
    totals: Sequence[Totals],
    locks: Sequence[Lock],
    out: TextIO,
    options: RenderOptions,
    *,
    show_phones: bool,
    whole: bool,
) -> None:
    """Write the clocks, a line for each table, and a line for each lock. `whole`: `locks` are all that there are."""
    style = Style(options.color)
    if not options.quiet:
        out.write(f"server clock {clocks.server.text()} ({one_line(clocks.zone)}), {_skew(clocks)}\n")
        out.write("".join(f"{line}\n" for line in _totals(totals, style)))
        if not totals:
            out.write(f"{_NO_TABLES}\n")
    if locks:
        out.write("\n" if not options.quiet else "")
        lines = lock_lines(locks, style, show_phones=show_phones, width=None if options.quiet else _width(out))
        out.write("".join(f"{line}\n" for line in lines))
    rows = sum(each.rows for each in totals)
    if not options.quiet and not whole and len(locks) < rows:
        out.write(f"\nthe oldest {len(locks)} of {rows:,}; --limit shows more, --format json all\n")


def _width(out: TextIO) -> int | None:
    """The screen's columns, None where nobody looks at one: what is read by a program is never left out."""
    return shutil.get_terminal_size().columns if out.isatty() else None


def _skew(clocks: Clocks) -> str:
    skew = clocks.skew_seconds
    if abs(skew) < 0.5:
        return "as this machine's"
    return f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} this machine's"


def _totals(totals: Sequence[Totals], style: Style) -> Iterator[str]:
    for each in totals:
        shape = "" if each.shape == "production" else f" ({each.shape} shape)"
        parts = [plural(each.rows, "row")]
        if each.oldest_seconds is not None:
            parts.append(f"oldest {age_text(each.oldest_seconds)}")
        counts = (
            ("over 30 s", each.over_30s),
            ("over 5 min", each.over_5min),
            ("future", each.future),
            ("unparseable", each.unparseable),
            ("released", each.released),
        )
        parts += [f"{count:,} {word}" for word, count in counts if count]
        line = f"{style.strong(one_line(each.table))}{shape}: {', '.join(parts)}"
        yield line


def lock_lines(locks: Sequence[Lock], style: Style, *, show_phones: bool, width: int | None = None) -> Iterator[str]:
    """Yield a heading and a line for each lock, in columns as wide as they need to be.

    Where that is wider than `width`, the format is left out, which the text of the time shows, and then the table where
    all are of one.
    """
    rows: list[Sequence[str]] = [
        (
            lock.state,
            "" if lock.age_seconds is None else age_text(lock.age_seconds),
            clean(lock.prospect if show_phones else masked(lock.prospect)),
            one_line(lock.device, 30),
            one_line("NULL" if lock.timestamp is None else lock.timestamp, _MOST_TEXT),
            lock.format,
            one_line(lock.table),
        )
        for lock in locks
    ]
    heading: Sequence[str] = ("state", "age", "prospect", "device", "timestamp", "format", "table")
    widths = [max(len(row[number]) for row in (heading, *rows)) for number in range(len(heading))]
    spare = [_FORMAT, _TABLE] if len({row[_TABLE] for row in rows}) == 1 else [_FORMAT]
    shown = list(range(len(heading)))
    while width is not None and spare and sum(widths[each] + 2 for each in shown) - 2 > width:
        shown.remove(spare.pop(0))
    heading, widths = [heading[each] for each in shown], [widths[each] for each in shown]
    rows = [tuple(row[each] for each in shown) for row in rows]
    yield style.faint("  ".join(f"{text:<{width}}" for text, width in zip(heading, widths, strict=True)).rstrip())
    for row in rows:
        cells = [f"{text:<{width}}" for text, width in zip(row, widths, strict=True)]
        yield "  ".join([_colored(row[0], cells[0], style), *cells[1:]]).rstrip()


def _colored(state: str, text: str, style: Style) -> str:
    if state == "held":
        return style.good(text)
    if state in ("future", "unparseable"):
        return style.severity(Severity.ERROR, text)
    return style.severity(Severity.WARNING, text) if state == "stale" else style.faint(text)


def age_text(seconds: float) -> str:
    """Return an age in the two greatest units: `12.3 s`, `4 min 10 s`, `3 h 2 min`, `5 d 3 h`."""
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    if seconds < 60:
        return f"{sign}{seconds:.1f} s"
    for size, unit, small, small_unit in ((60, "min", 1, "s"), (3600, "h", 60, "min"), (86400, "d", 3600, "h")):
        if seconds < size * (60 if size < 3600 else 24) or size == 86400:
            great, rest = divmod(int(seconds), size)
            return f"{sign}{great} {unit} {rest // small} {small_unit}"
    return ""


def render_doctor(found: Diagnosis, out: TextIO, options: RenderOptions) -> None:
    """Write each problem and each note, with the next step below it."""
    style = Style(options.color)
    if not options.quiet:
        clocks = found.clocks
        out.write(f"server clock {clocks.server.text()} ({one_line(clocks.zone)}), {_skew(clocks)}\n")
        out.write("".join(f"{line}\n" for line in _totals(found.tables, style)))
    listed = [(each, style.severity(Severity.WARNING, "problem")) for each in found.problems]
    if not options.quiet:
        listed += [(each, style.severity(Severity.INFO, "note   ")) for each in found.notes]
    for each, label in listed:
        table = f"{one_line(each.table)}: " if each.table and each.table not in each.message else ""
        out.write(f"{label}  {each.code:<21}  {table}{one_line(each.message)}\n")
        out.write(f"{'':<32}{style.faint(f'next: {one_line(each.next_step)}')}\n")
    if not options.quiet:
        out.write(f"\n{plural(len(found.problems), 'problem') if found.problems else 'no problems'}\n")


def doctor_document(found: Diagnosis) -> dict[str, Any]:
    """Return the JSON document of `doctor`."""
    return {
        "clock": found.clocks.document(),
        "problems": [each.document() for each in found.problems],
        "notes": [each.document() for each in found.notes],
    }
