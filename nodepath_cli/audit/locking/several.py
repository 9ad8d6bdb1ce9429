"""A function whose statements serve several tables, once for each of them: every table has a protocol of its own.

`fmt.Sprintf("DELETE FROM %s WHERE ...", r.table)` with a `table` that one constructor fills with the chat's locks and
another one with the bot's: what is taken in the one table is given back there, and never in the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from nodepath_cli.audit.locking.sites import Sites
from nodepath_cli.source.functions import Function, Path, Ran, Step

_MOST = 8
"""A helper for more tables than this is one of a storage layer, and tells nothing about a lock."""


def apart(function: Function, sites: Sites, tables: Collection[str]) -> Iterator[Function]:
    """Yield a function for each of `tables` that some statement may be about, and by itself where none is in doubt."""
    steps = {step for path in function.paths for step in path.steps if isinstance(step, Ran) and len(step.texts) > 1}
    about = {step: sites.tables_of(step) for step in steps}
    doubted = {table: None for found in about.values() if len(found) > 1 for table in found}
    wanted = [table for table in doubted if table in tables]
    if not wanted or len(doubted) > _MOST:
        yield function
        return
    for table in wanted:
        narrowed = {
            step: replace(step, texts=sites.texts_about(step, table))
            for step, found in about.items()
            if len(found) > 1 and table in found
        }
        yield replace(function, paths=tuple(_narrowed(path, narrowed) for path in function.paths))


def _narrowed(path: Path, narrowed: dict[Ran, Ran]) -> Path:
    def own(step: Step) -> Step:
        return narrowed.get(step, step) if isinstance(step, Ran) else step

    return replace(path, steps=tuple(own(step) for step in path.steps))
