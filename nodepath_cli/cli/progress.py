"""A progress bar on stderr, for long work in a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 1.0
"""Seconds before a bar appears: what is done sooner needs none."""


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that is told how much is done and how much there is, or None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    started = time.monotonic()
    with ExitStack() as stack:
        show: Callable[[int, int], None] | None = None

        def told(done: int, total: int) -> None:
            nonlocal show
            if show is None and time.monotonic() - started > PATIENCE and done < total:
                show = _bar(stack, label)
            if show is not None:
                show(done, total)

        yield told


def _bar(stack: ExitStack, label: str) -> Callable[[int, int], None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task(label)
    return lambda done, total: bar.update(task, completed=done, total=total)
