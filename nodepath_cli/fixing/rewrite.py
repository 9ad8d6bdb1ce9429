"""One statement: what its unknown names become, if it is right as a whole with them, or why it is left."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Rule, Severity
from nodepath_cli.fixing.nulls import refused_nulls
from nodepath_cli.fixing.records import Edit
from nodepath_cli.fixing.replacement import Replacement, Unproven, replacements
from nodepath_cli.fixing.variant import Rewritten
from nodepath_cli.source.files import SourceFile
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Clause, Missing, Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve

_ROUNDS = 3
"""A table's new name shows its columns, and those the columns of what stands around them."""
_SET = frozenset((Clause.SET, Clause.ODKU_LEFT, Clause.ODKU_SELECT, Clause.INSERT_COLUMNS))


class Stop(Exception):
    """The statement is left; the text says why."""


class Proposal(Struct, frozen=True):
    """A statement that is right with these edits."""

    analysed: Analysed
    edits: tuple[Edit, ...]


def has_unknown_names(analysed: Analysed, context: Context) -> bool:
    """Say whether a table or a column of the statement is certainly unknown."""
    schema_lacks = set(analysed.tables_without_schema)
    for resolution in analysed.resolutions:
        if any(isinstance(column.outcome, Missing) for column in resolution.columns):
            return True
        for table in resolution.tables:
            if isinstance(table.outcome, Missing) and not context.external(table.name):
                return table.name not in schema_lacks
    return False


def proposal(
    analysed: Analysed,
    context: Context,
    active: Sequence[Rule],
    files: dict[str, SourceFile],
    *,
    unsafe: bool,
) -> Proposal:
    """Return what a statement with unknown names becomes. Raises Stop where it is left."""
    edits: dict[Edit, None] = {}
    for outcome in analysed.outcomes:
        if isinstance(outcome, Unparsed):
            raise Stop(f"a text of the statement was not understood: {outcome.reason}")
        made = _rewritten(outcome, context, unsafe=unsafe)
        _judge(made[0], made[1], outcome, context, active)
        for each in made[0].made:
            edits[_edit(each, outcome, files)] = None
    if not edits:
        raise Stop("no proven name takes the place of its unknown names")
    return Proposal(analysed, tuple(edits))


def _rewritten(outcome: Resolution, context: Context, *, unsafe: bool) -> tuple[Rewritten, Resolution]:
    made, resolution = Rewritten(outcome.variant), outcome
    for _ in range(_ROUNDS):
        found = list(replacements(resolution, context, unsafe=unsafe))
        wanted = [each for each in found if isinstance(each, Replacement)]
        for each in found:
            if isinstance(each, Unproven):
                raise Stop(each.reason)
        if not wanted:
            break
        more = made.with_more(wanted)
        if more is None:
            raise Stop(f"'{wanted[0].old}' would be unknown in its place")
        parsed = parse(more.variant(), context.dialect)
        if isinstance(parsed, Unparsed):
            raise Stop(f"'{wanted[0].new}' cannot stand in its place without quotes: {parsed.reason}")
        made, resolution = more, resolve(parsed, context.schema)
    return made, resolution


def _judge(
    made: Rewritten, resolution: Resolution, before: Resolution, context: Context, active: Sequence[Rule]
) -> None:
    """Raise Stop where the server would refuse the new text, or where it would mean something else."""
    if not made.made:
        return
    _two_become_one(made)
    _written_twice(resolution, before)
    for name in refused_nulls(resolution, ansi_quotes=context.dialect.ansi_quotes):
        raise Stop(f"NULL would meet the NOT NULL column '{name}' (1048)")
    for rule in active:
        for hit in rule.check(resolution, context) if rule.check else ():
            if (hit.severity or rule.severity) is Severity.ERROR:
                number = f" ({hit.errno})" if hit.errno else ""
                raise Stop(f"it would still be refused: {hit.message}{number}")
    if any(isinstance(each.outcome, Missing) for each in resolution.columns):
        raise Stop("it would still hold an unknown column")


def _two_become_one(made: Rewritten) -> None:
    became: dict[tuple[str | None, str], str] = {}
    for each in made.made:
        first = became.setdefault((each.table, each.new.lower()), each.old)
        if first.lower() != each.old.lower():
            raise Stop(f"'{first}' and '{each.old}' would become one column, '{each.new}' (1110)")


def _written_twice(resolution: Resolution, before: Resolution) -> None:
    """An UPDATE may name a column twice, and the last value wins: two values that were two columns' must not meet."""
    twice = _repeated(resolution) - _repeated(before)
    if twice:
        raise Stop(f"'{min(twice)}' would get two values (1110)")


def _repeated(resolution: Resolution) -> set[str]:
    seen: set[tuple[str, str, Clause]] = set()
    twice = set()
    for column in resolution.columns:
        if column.clause in _SET and column.access == "write":
            key = (column.table.name if column.table else "", column.name.lower(), column.clause)
            if key in seen:
                twice.add(column.name.lower())
            seen.add(key)
    return twice


def _edit(each: Replacement, outcome: Resolution, files: dict[str, SourceFile]) -> Edit:
    offsets = outcome.variant.offsets
    span = offsets.locate(each.start, each.end)
    text = files[span.path].text[span.start : span.end] if span.path in files else None
    if not offsets.contiguous(each.start, each.end) or text != each.old:
        raise Stop(f"the letters of '{each.old}' do not lie in one literal")
    return Edit(span.path, span.start, span.end, each.old, each.new)
