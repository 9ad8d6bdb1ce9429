"""Rows whose columns are more or fewer than the targets of Scan: database/sql refuses every row.

Why it matters: a column was added to the SELECT and not to the Scan, or the other way round. Go compiles it, and every
row fails (`sql: expected 4 destination arguments in Scan, not 3`). With sqlx the same happens where a struct has no
field for a column (`missing destination name phone`).

Example:

    db.QueryRow("SELECT id, product, amount FROM orders_nodepath WHERE id = ?", id).Scan(&order.ID, &order.Product)

What to write instead: one target for each column, in their order. `SELECT *` with a positional Scan is a warning also
where the numbers agree today: the next column of the table breaks it, and a column in the middle shifts the values.
Name the columns. Looked at are rows followed through variables, functions and prepared statements; where a part of the
select list or of the targets is known only at run time, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Rule, Severity
from nodepath_cli.audit.rules.placeholder_count_mismatch import calls, of_calls
from nodepath_cli.source.uses import Use, by_number, misfits
from nodepath_cli.sql.resolution import Columns, Missing, Resolution, Unparsed


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield the Scans that cannot take the columns, the columns that a struct has no field for, and `*` by position."""
    uses, columns = context.statement.uses, resolution.selected
    text = next((number for number, each in enumerate(context.outcomes) if each is resolution), None)
    if not uses or columns is None or text is None:
        return
    counted = tuple(use for use in uses if use.kind == "targets")
    wanted = tuple(_wanted(outcome) for outcome in context.outcomes)
    wrong = misfits(counted, by_number(wanted), text)
    if wrong:
        given = " or ".join(dict.fromkeys(str(use.count) for use in wrong))
        where, function = of_calls(wrong, counted)
        targets = f"{_number(wrong[-1].count or 0, 'target', given)} of Scan{where}"
        yield _hit(f"{_number(len(columns.names), 'column')}, {targets}", resolution, columns, wrong, context, function)
    elif any(columns.star) and (by_position := [use for use in counted if text in use.texts and _by_position(use)]):
        hit = _hit("SELECT * with a positional Scan", resolution, columns, by_position, context)
        yield Hit(hit.message, hit.start, hit.end, related=hit.related, severity=Severity.WARNING)
    if columns.open is None:
        fields = [use for use in uses if use.kind == "fields" and use.binds(text)]
        yield from _fields(resolution, columns, fields, context)


def _by_position(use: Use) -> bool:
    """Say whether each target is for one column; `Scan(dest...)` may be made for the columns that there are."""
    return not use.owner and use.count is not None


def _wanted(outcome: Resolution | Unparsed) -> int | None:
    columns = outcome.selected if isinstance(outcome, Resolution) else None
    return None if columns is None or columns.open else len(columns.names)


def _fields(resolution: Resolution, columns: Columns, uses: list[Use], context: Context) -> Iterator[Hit]:
    # That no table has a name is told by itself, and its right name may have a field.
    unknown = {each.name.lower() for each in resolution.columns if isinstance(each.outcome, Missing)}
    for use in uses:
        names = [name for name in dict.fromkeys(columns.names) if name.lower() not in unknown]
        without = [name for name in names if name.lower() not in (use.names or (name.lower(),))]
        if without:
            shown = ", ".join(f"'{name}'" for name in without)
            have = "column {} has" if len(without) == 1 else "columns {} have"
            yield _hit(f"{have.format(shown)} no field in {use.owner}", resolution, columns, [use], context)


def _hit(
    message: str,
    resolution: Resolution,
    columns: Columns,
    uses: list[Use],
    context: Context,
    function: str | None = None,
) -> Hit:
    proved = all(context.proved(table) for table in columns.star if table)
    start, end = context.framed(resolution, columns.start, columns.end)
    return Hit(
        message=message,
        start=start,
        end=end,
        table=columns.star[0] or None if len(columns.star) == 1 else None,
        related=calls(uses),
        function=function,
        confidence=Confidence.CERTAIN if proved else Confidence.LIKELY,
    )


def _number(count: int, noun: str, shown: str = "") -> str:
    return f"{shown or count} {noun}{'' if count == 1 else 's'}"


RULE = Rule(
    "NP108",
    "scan-count-mismatch",
    Severity.ERROR,
    "columns that are more or fewer than the targets of Scan; `SELECT *` by position is a warning",
    check,
)
