"""Database calls of which no SQL is known, as statements that say why."""

from __future__ import annotations

from collections.abc import Iterable

from nodepath_cli.source.hosts._go.calls import SINKS, base_name
from nodepath_cli.source.hosts._go.judging import Judge
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import NotFollowed
from nodepath_cli.source.statement import CallSite, OffsetMap, Statement, Variant


def not_followed(m: Machine, judge: Judge) -> Iterable[tuple[NotFollowed, Statement]]:
    """Yield what was not followed and is not listed in another way, each call once, as a statement without text."""
    known = {record.call.key for record in m.received}
    done: set[tuple[str, int]] = set()
    names = {record.call.name.rpartition(".")[2] for record in m.received}
    for each in m.not_followed:
        key = each.call.key
        if (key in known and not each.beside) or key in done or key in m.covered:
            continue
        if (
            each.wrapper in m.covered_by_callers
            or _called(m, each, names)
            or (each.beside and judge.guard(each.ambient) is not None)
        ):
            continue
        done.add(key)
        yield each, _statement(each, judge)


def _called(m: Machine, each: NotFollowed, names: set[str]) -> bool:
    """A wrapper whose calls are listed themselves: by its name, where an interface or a field stands between.

    One that is named like a method of a database package is a database call wherever it is called.
    """
    routine = m.routine(each.wrapper) if each.wrapper is not None else None
    name = routine.name if routine is not None else each.call.function or ""
    return each.parameter and (name in names or base_name(name) in SINKS)


def _statement(each: NotFollowed, judge: Judge) -> Statement:
    call = CallSite(each.call.name, each.call.span)
    foreign = judge.guard(each.ambient) or judge.path(each.call.file.path)
    nothing = Variant("", OffsetMap(()))
    return Statement(
        (nothing,),
        call.span,
        "go",
        each.call.function,
        call,
        _sentence(each.reason),
        foreign.dialect if foreign else None,
        foreign.reason if foreign else None,
    )


def _sentence(reason: str) -> str:
    if reason.startswith("nodepath "):
        return reason
    if reason == "file":
        return "SQL is read from a file"
    if reason.startswith(("result of", "element of", "part of")):
        return f"SQL is the {reason}"
    if reason.startswith(("field ", "variable ", "list:")) or "." in reason:
        return f"SQL is {reason}, whose value is not known"
    article = "an" if reason[:1] in "aeiou" else "a"
    return f"SQL is {article} {reason}"
