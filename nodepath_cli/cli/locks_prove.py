"""`nodepath locks prove`: the proof for an acquire of one's own. Arguments in, one call, the answer out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.locks_view import LocksOptions
from nodepath_cli.errors import EXIT_FINDINGS, UsageError

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.locks.proof_records import Decides


@flattened
def prove(
    options: LocksOptions,
    acquire_sql: Annotated[
        list[str] | None,
        typer.Option("--acquire-sql", metavar="SQL", help="What a caller runs; repeated: one transaction."),
    ] = None,
    function: Annotated[
        str | None,
        typer.Option("--function", metavar="NAME", help="Take the statements of this Go function, in their order."),
    ] = None,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Where the function is looked for; default: the working directory.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            metavar="VALUE",
            help="The value of a `?`, in order; {now} and {caller} are filled in. Without any: {now} for all.",
        ),
    ] = None,
    callers: Annotated[int, typer.Option("--callers", min=2, max=200, help="Connections at the same moment.")] = 16,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=1000, help="How often, each with an empty table.")] = 5,
    decides: Annotated[
        str,
        typer.Option(
            "--decides",
            metavar="WHAT",
            help="What tells a caller that it has it: no-error, rows-affected (exactly one), row (of the SELECT).",
        ),
    ] = "no-error",
    scratch: Annotated[
        str | None,
        typer.Option("--scratch", metavar="DATABASE", help="An empty database for the copies; default: a new one."),
    ] = None,
) -> None:
    """Count who gets a lock when many ask at once. It runs on a copy of the table; exit 1 unless one gets it."""
    from nodepath_cli.cli.output import render_options
    from nodepath_cli.locks.prove import prove as run
    from nodepath_cli.report.pages.proof import render_json, render_text

    what = _decides(decides)
    url, settings = options.opened()
    statements = _statements(acquire_sql or (), function, paths or (), settings)
    found = run(url, statements, values=param or (), callers=callers, rounds=rounds, decides=what, scratch=scratch)
    if settings.format == "json":
        render_json(found, sys.stdout)
    else:
        render_text(found, sys.stdout, render_options(settings))
    if not found.exclusive:
        raise typer.Exit(EXIT_FINDINGS)


def _decides(text: str) -> Decides:
    from nodepath_cli.locks.proof_records import DECIDES

    for each in DECIDES:
        if text == each:
            return each
    raise UsageError(f"--decides: {text!r} is not known", f"use one of {', '.join(DECIDES)}")


def _statements(
    given: Sequence[str], function: str | None, paths: Sequence[str], settings: Settings
) -> tuple[str, ...]:
    if bool(given) == (function is not None):
        raise UsageError("what a caller runs is not named", "give either --acquire-sql or --function")
    if function is None:
        return tuple(given)
    from nodepath_cli.audit.run import inventory

    items, _ = inventory(paths, settings)
    own = [item for item in items if item.function and item.function.rpartition(".")[2] == function]
    if not own:
        raise UsageError(f"no statement stands in a function {function}", "see nodepath queries --by function")
    places = {item.path for item in own}
    if len(places) > 1:
        raise UsageError(
            f"{function} stands in {' and '.join(sorted(places))}", "name the file of the one that is meant"
        )
    unclear = [item for item in own if item.status == "unresolved" or len(item.variants) != 1]
    if unclear:
        why = unclear[0].reason or "its text depends on branches"
        raise UsageError(
            f"line {unclear[0].line} of {unclear[0].path} is not one known text ({why})", "use --acquire-sql"
        )
    return tuple(item.sql for item in own)
