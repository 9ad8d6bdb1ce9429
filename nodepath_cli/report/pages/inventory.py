"""The inventory of statements (`nodepath queries`): as text and as the JSON document of version 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from nodepath_cli.audit.finding import Counts, InventoryItem, Severity, Status, WrapperPlace
from nodepath_cli.audit.grouping import Group
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._indented import indented
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural, understood_counts

FORMATS = ("json", "text")
"""The formats of an inventory."""

STATUSES: tuple[Status, ...] = ("resolved", "partial", "unresolved")
"""From the best to the worst."""

_SEVERITY_OF_STATUS = {"partial": Severity.WARNING, "unresolved": Severity.ERROR}


def render_json(items: Sequence[InventoryItem], out: TextIO, groups: Sequence[Group] | None = None) -> None:
    """Write one document with every statement in source order, and the groups where it was asked for some."""
    document: dict[str, Any] = {
        "version": 1,
        "statements": [_document(each) for each in items],
        "wrappers": [
            {
                "name": clean(each.name),
                "path": clean(each.path),
                "line": each.line,
                "argument": each.argument,
                "calls": n,
            }
            for each, n in _wrappers(items)
        ],
    }
    if groups is not None:
        document["groups"] = [_group(each) for each in groups]
    out.write(indented(document))


def render_text(items: Sequence[InventoryItem], counts: Counts, out: TextIO, options: RenderOptions) -> None:
    """Write how much was understood, then a line for each statement, with its SQL under it where asked (-v)."""
    style = Style(options.color)
    out.write(f"{style.strong(_coverage(counts, items))}\n")
    if options.quiet:
        return
    for each in items:
        out.write("\n" + "\n".join(_lines(each, style, options.verbose)) + "\n")
    wrappers = _wrappers(items) if options.verbose else []
    if wrappers:
        out.write(f"\n{style.strong('functions that were found to hand SQL on to a database:')}\n")
    for place, calls in wrappers:
        where = style.faint(f"{one_line(place.path)}:{place.line}")
        # What a method of a string type sends is its receiver.
        what = f"argument {place.argument}" if place.argument else "its receiver"
        out.write(f"    {one_line(place.name)}, {what}, {plural(calls, 'statement')} ({where})\n")


def render_groups_text(
    items: Sequence[InventoryItem],
    groups: Sequence[Group],
    by: str,
    counts: Counts,
    out: TextIO,
    options: RenderOptions,
) -> None:
    """Write how much was understood, then a line for each group; by status also why not all of it was."""
    style = Style(options.color)
    out.write(f"{style.strong(_coverage(counts, items))}\n")
    if options.quiet:
        return
    names = [_group_name(each, by) for each in groups]
    width = max(map(len, (by, *names)), default=0)
    out.write("\n" + style.faint(f"{by:<{width}}  statements  " + "  ".join(STATUSES)) + "\n")
    for group, name in zip(groups, names, strict=True):
        numbers = [f"{group.counts.get(status, 0):>{len(status)},}" for status in STATUSES]
        shown = [style.severity(Severity.ERROR, numbers[2]) if group.counts.get("unresolved") else numbers[2]]
        out.write(f"{name:<{width}}  {group.statements:>10,}  " + "  ".join(numbers[:2] + shown) + "\n")
    if by == "table":
        out.write(style.faint("a statement that names several tables counts for each of them") + "\n")
    if by == "status":
        out.writelines(f"{line}\n" for line in _reasons(items))


def _wrappers(items: Sequence[InventoryItem]) -> list[tuple[WrapperPlace, int]]:
    """The functions of the tree that hand SQL on to a database, each with its number of statements."""
    return sorted(Counter(each.wrapper for each in items if each.wrapper is not None).items())


def _reasons(items: Sequence[InventoryItem]) -> Iterator[str]:
    """Yield why statements were not understood, the most frequent reason first, each with its first place."""
    for status in STATUSES[:0:-1]:
        groups: dict[str, list[InventoryItem]] = {}
        for item in items:
            if item.status == status:
                groups.setdefault(one_line(item.reason or "no reason"), []).append(item)
        if groups:
            yield f"\n{status}, because:"
        for reason, group in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            more = ", ..." if len(group) > 1 else ""
            yield f"{len(group):6,}  {reason} ({one_line(group[0].path)}:{group[0].line}{more})"


def _group_name(group: Group, by: str) -> str:
    if group.name is None:
        return f"(no {by})"
    where = f" ({one_line(group.path)})" if group.path else ""
    return one_line(group.name) + where


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": None if group.name is None else clean(group.name),
        "path": None if group.path is None else clean(group.path),
        "statements": group.statements,
        **{status: group.counts.get(status, 0) for status in STATUSES},
    }


def _coverage(counts: Counts, items: Sequence[InventoryItem]) -> str:
    """Return how much was understood; of what is another database's, nobody asks that it is."""
    audited = {each.dialect for each in items if each.status != "unresolved"}
    others = sum(each.status == "unresolved" and each.dialect not in audited for each in items) if audited else 0
    understood, asked = counts.resolved + counts.partial, counts.statements - others
    share = f"{100 * understood / asked:.1f} %" if asked else "nothing"
    apart = f", {others} of them another database's" if others else ""
    whose = " of the rest" if others else ""
    return f"{understood_counts(counts)}{apart} ({share}{whose} understood, {plural(counts.files, 'file')})"


def _lines(item: InventoryItem, style: Style, verbose: bool) -> list[str]:
    severity = _SEVERITY_OF_STATUS.get(item.status)
    status = style.severity(severity, item.status) if severity else style.good(item.status)
    place = style.strong(f"{one_line(item.path)}:{item.line}:{item.column}")
    where = f" in {one_line(item.function)}" if item.function else ""
    call = f" to {one_line(item.call_name)}" if item.call_name else ""
    lines = [f"{place}: {status} {item.kind}{where}{call}"]
    if item.reason:
        lines.append(f"    because: {one_line(item.reason)}")
    if item.tables:
        lines.append(f"    tables: {one_line(', '.join(item.tables))}")
    texts = [text for text in (item.variants or (item.sql,)) if text]
    most = 0 if verbose else 200
    shown = texts if verbose else texts[:1]
    lines += [style.faint(f"    {one_line(text, most)}") for text in shown]
    if len(shown) < len(texts):
        lines.append(style.faint(f"    and {plural(len(texts) - len(shown), 'more text')} by branch (-v shows all)"))
    return lines


def _document(item: InventoryItem) -> dict[str, Any]:
    call = None
    if item.call_name is not None:
        call = {"path": clean(item.call_path or item.path), "line": item.call_line, "name": clean(item.call_name)}
    return {
        "path": clean(item.path),
        "line": item.line,
        "column": item.column,
        "function": None if item.function is None else clean(item.function),
        "sql": clean(item.sql),
        "status": item.status,
        "reason": None if item.reason is None else clean(item.reason),
        "dialect": item.dialect,
        "call": call,
        "variants": [clean(each) for each in item.variants],
        "tables": [clean(each) for each in item.tables],
        "columns": [clean(each) for each in item.columns],
    }
