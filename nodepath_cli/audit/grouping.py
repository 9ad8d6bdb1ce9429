"""The inventory by table, file, function or status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from nodepath_cli.audit.finding import InventoryItem, Status
from nodepath_cli.errors import UsageError


class Group(Struct, frozen=True):
    """Statements that have something in common."""

    name: str | None
    """The table, file, function or status; None for those that have none."""
    path: str | None
    """With functions: the file that it stands in, as several files may have one of that name."""
    counts: Mapping[Status, int]
    """How many of its statements were understood how far."""

    @property
    def statements(self) -> int:
        """How many statements it has."""
        return sum(self.counts.values())


_Key = tuple[str | None, str | None]


def _tables(item: InventoryItem) -> list[_Key]:
    return [(table, None) for table in item.tables] or [(None, None)]


def _function(item: InventoryItem) -> list[_Key]:
    return [(item.function, item.path)] if item.function else [(None, None)]


_KEYS: Mapping[str, Callable[[InventoryItem], list[_Key]]] = {
    "table": _tables,
    "file": lambda item: [(item.path, None)],
    "function": _function,
    "status": lambda item: [(item.status, None)],
}


def grouped(items: Iterable[InventoryItem], by: str) -> tuple[Group, ...]:
    """Return the groups of an inventory, the largest first, those without a name last.

    A statement of several tables is in each of theirs.

    Raises UsageError for anything but table, file, function and status.
    """
    if by not in _KEYS:
        raise UsageError(f"--by: {by!r} is not one of {', '.join(_KEYS)}", "correct --by")
    counts: dict[_Key, Counter[Status]] = {}
    for item in items:
        for key in _KEYS[by](item):
            counts.setdefault(key, Counter())[item.status] += 1
    groups = [Group(name, path, found) for (name, path), found in counts.items()]
    return tuple(sorted(groups, key=_order))


def _order(group: Group) -> tuple[bool, int, str, str]:
    return group.name is None, -group.statements, group.name or "", group.path or ""
