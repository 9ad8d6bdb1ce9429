"""What `nodepath locks release` and `purge` are about to remove, have removed, or put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from nodepath_cli.locks.plans import Plan
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import one_line, plural
from nodepath_cli.report.pages.locks import lock_lines

_SHOWN = 50


def render_plan(plan: Plan, out: TextIO, options: RenderOptions, *, show_phones: bool) -> None:
    """Write the rows that are to go, and how many were passed over."""
    if options.quiet:
        return
    locks = sorted(plan.locks, key=lambda lock: -(lock.age_seconds or 0.0))[:_SHOWN]
    if locks:
        out.write("".join(f"{line}\n" for line in lock_lines(locks, Style(options.color), show_phones=show_phones)))
    if len(plan.locks) > len(locks):
        out.write(f"... and {len(plan.locks) - len(locks):,} more\n")
    counted = [f"{each['rows']:,} in {one_line(each['table'])}" for each in _counted(plan)]
    out.write(f"{plural(len(plan.locks), 'row')} to {plan.action}{': ' + ', '.join(counted) if counted else ''}\n")
    leased = sum(
        1
        for lock in plan.locks
        if lock.lease_seconds and lock.age_seconds is not None and lock.age_seconds < lock.lease_seconds
    )
    if leased:
        out.write(f"{plural(leased, 'row')} of these within the lease that the holder took: it may be at work\n")
    for state, count in plan.left:
        hint = f" (--include {state})" if state in ("future", "unparseable", "released") else ""
        out.write(f"{plural(count, 'row')} passed over: {state}{hint}\n")


def _counted(plan: Plan) -> list[dict[str, Any]]:
    return plan.by_table(sorted({lock.table for lock in plan.locks}))


def render_removed(plan: Plan, gone: int, out: TextIO) -> None:
    """Write how many rows went, and how many had changed since they were shown."""
    kept = len(plan.locks) - gone
    changed = f"; {plural(kept, 'row')} had changed since, and stayed" if kept else ""
    out.write(f"removed {plural(gone, 'row')}{changed}\n")


def render_undo(done: int, left: Sequence[dict[str, Any]], out: TextIO, *, dry_run: bool) -> None:
    """Write how many rows were put back, and why others were not."""
    for each in left:
        out.write(one_line(f"left: {each['prospect']} {each['device']} in {each['table']}: {each['reason']}") + "\n")
    if dry_run:
        out.write(f"dry run: {plural(done, 'row')} would be put back. Next: give --yes\n")
    else:
        out.write(f"put back {plural(done, 'row')}\n")
