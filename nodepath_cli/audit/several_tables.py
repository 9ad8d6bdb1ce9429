"""Findings about a statement that serves several tables: said once where they are the same, and of which tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.finding import ProgramHit


def said_once(found: Iterable[ProgramHit]) -> Iterator[ProgramHit]:
    """Yield what a rule has found; of a statement with several tables, with the names of those that it holds for."""
    groups: dict[tuple[int, str | None, str], list[ProgramHit]] = {}
    for number, each in enumerate(found):
        if len(_tables(each.analysed)) > 1 and each.hit.table:
            key = (id(each.analysed), each.hit.identifier, each.hit.message.replace(each.hit.table, "\0"))
        else:
            key = (number, None, "")
        groups.setdefault(key, []).append(each)
    for (_, _, text), group in groups.items():
        yield _with_tables(group) if text else group[0]


def _with_tables(group: list[ProgramHit]) -> ProgramHit:
    first = group[0]
    message, table = first.hit.message, first.hit.table or ""
    others = dict.fromkeys(name for each in group if (name := each.hit.table or "") != table)
    if not others and table in message:
        return first
    told = f"; so it is in {_listed(others)}" if table in message else f", in {_listed((table, *others))}"
    return replace(first, hit=replace(first.hit, message=message + told))


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def _tables(analysed: Analysed) -> set[str]:
    return {each.table.name for each in analysed.about}
