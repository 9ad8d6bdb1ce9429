"""`nodepath locks release` and `purge`: plan, show, confirm, apply; and `--undo`, which puts back what they removed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.locks_view import ViewOptions, seconds
from nodepath_cli.cli.output import render_options
from nodepath_cli.errors import EXIT_FINDINGS, UsageError

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.locks.plans import Plan
    from nodepath_cli.locks.records import Lock
    from nodepath_cli.locks.timestamps import State


@dataclass(frozen=True, kw_only=True)
class ChangeOptions(ViewOptions):
    """How rows are removed."""

    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it nothing is changed.")] = False
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="STATE", help="Take rows of this state, too: future, unparseable, released."),
    ] = None
    audit: Annotated[
        str | None,
        typer.Option(
            "--audit",
            metavar="FILE",
            help="Add a line of JSON here for every row that is removed; default: a new file for each run.",
        ),
    ] = None
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="FILE", help="Put back the rows that this file of --audit names.")
    ] = None

    def included(self) -> tuple[State, ...]:
        """Return the states of `--include`. Raises UsageError for one that is always taken, or that there is none."""
        from nodepath_cli.locks.plans import CHOICES

        for each in self.include or ():
            if each not in CHOICES:
                raise UsageError(f"--include {each!r} is no state that is passed over", f"use {', '.join(CHOICES)}")
        return tuple(cast("State", each) for each in self.include or ())


@flattened
def release_command(
    options: ChangeOptions,
    seen: Annotated[
        str | None, typer.Option("--seen", metavar="TEXT", help="Only the row whose timestamp is this very text.")
    ] = None,
) -> None:
    """Remove locks, held or stale. Those renewed meanwhile stay; a dry run without --yes."""
    from nodepath_cli.locks.plans import plan_release

    if options.undo is not None:
        _undo(options, options.undo)
        return
    if options.prospect is None and options.device is None and seen is None:
        raise UsageError("it is not said which locks are to be released", "give --prospect, --device or --seen")
    with options.view() as (view, settings):
        plan = plan_release(view, seen, options.included())
    gone = _carried_out(plan, options, settings)
    shown = plan.locks if gone is None else gone
    if settings.format == "json":
        locks = [each.document(options.show_phones) for each in shown]
        _document({"dry_run": gone is None, "released": len(gone or ()), "locks": locks})
    if gone is not None and not gone:
        raise typer.Exit(EXIT_FINDINGS)


@flattened
def purge_command(
    options: ChangeOptions,
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="TIME", help="Remove the locks that are older than this.")
    ] = None,
) -> None:
    """Remove old locks, one by one, unless they are renewed meanwhile. A dry run without --yes."""
    from nodepath_cli.locks.plans import plan_purge

    if options.undo is not None:
        _undo(options, options.undo)
        return
    if older_than is None:
        raise UsageError("it is not said from which age on locks are to be removed", "give --older-than")
    with options.view() as (view, settings):
        plan = plan_purge(view, seconds("--older-than", older_than), options.included())
        tables = [each.name for each in view.tables]
    gone = _carried_out(plan, options, settings)
    if settings.format == "json":
        counted = plan.by_table(tables, gone)
        _document({"dry_run": gone is None, "rows": sum(each["rows"] for each in counted), "tables": counted})


def _carried_out(plan: Plan, options: ChangeOptions, settings: Settings) -> list[Lock] | None:
    """Show a plan and do it where that is wanted; return the rows that went, None for a dry run."""
    from nodepath_cli.report.pages.locks_change import render_plan, render_removed

    as_text = settings.format != "json"
    if as_text:
        render_plan(plan, sys.stdout, render_options(settings), show_phones=options.show_phones)
    if not options.yes and not (as_text and plan.locks and _confirmed(len(plan.locks))):
        if as_text and plan.locks and not settings.quiet:
            sys.stdout.write("dry run: nothing was removed. Next: give --yes\n")
        return None
    gone, file = _removed(plan, options)
    if as_text and not settings.quiet:
        render_removed(plan, len(gone), sys.stdout)
    if gone and not settings.quiet:
        sys.stderr.write(f"audit: a line for each row is in {file}; --undo reads it\n")
    return gone


def _removed(plan: Plan, options: ChangeOptions) -> tuple[list[Lock], str]:
    from nodepath_cli.locks.connections import of_url
    from nodepath_cli.locks.removal import apply, audit_file, default_audit_file

    if not plan.locks:
        return [], ""
    file = options.audit or default_audit_file()
    with audit_file(file) as audit, closing(of_url(options.opened()[0])) as connections:
        return apply(plan, connections, audit), file


def _confirmed(rows: int) -> bool:
    """Ask on a terminal; elsewhere the answer is no."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm(f"Remove {rows:,} row{'' if rows == 1 else 's'}?", default=False)


def _undo(options: ChangeOptions, name: str) -> None:
    from nodepath_cli.locks.connections import of_url
    from nodepath_cli.locks.undo import put_back, read_audit
    from nodepath_cli.report.pages.locks_change import render_undo
    from nodepath_cli.schema.connection import one_line_errors

    url, settings = options.opened()
    rows = read_audit(name)
    with one_line_errors(url), closing(of_url(url)) as connections:
        done, left = put_back(rows, connections, dry_run=not options.yes)
    documents: Sequence[dict[str, Any]] = [each.document(options.show_phones) for each in left]
    if settings.format == "json":
        restored = done if options.yes else 0
        _document({"dry_run": not options.yes, "rows": done, "restored": restored, "left": documents})
    else:
        render_undo(done, documents, sys.stdout, dry_run=not options.yes)
    if options.yes and left:
        raise typer.Exit(EXIT_FINDINGS)


def _document(document: dict[str, Any]) -> None:
    from nodepath_cli.report.pages.locks import render_document

    render_document(document, sys.stdout)
