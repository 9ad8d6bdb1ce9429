"""Parts of statements: what a query builder is given as an expression stands inside a statement that it puts together.

`gorm.Expr("(SELECT COUNT(*) FROM tags t WHERE t.note = notes.id)")` may use the tables around it, which are not in its
text; what it says of its own tables is checked all the same.
"""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import ColumnRef, Missing, Resolution, Unknown, Unparsed

REASON = "a part of a statement, which may use the tables around it"

_PART_OF = lazy(
    r"(?:^|\.)(?:\w*Expr|SubQuery|Alias|(?:Add|Update|Set)?Columns?|(?:Or|And|Not)?(?:Where|Having)|(?:Left|Right|Inner)?Joins?|"
    r"And|Or|In|NotIn|Exists|NotExists|OrderBy|GroupBy)$"
)
"""Methods of query builders that take a part of a statement, and none that runs one."""

Outcome = Resolution | Unparsed


def settle(outcomes: tuple[Outcome, ...], statement: Statement) -> tuple[Outcome, ...]:
    """Return the outcomes in which a column that a part of a statement lacks is one that cannot be told.

    Where it is seen what a function of the tree makes of the part (`Exists(db, "SELECT 1 FROM t")`), it can be.
    """
    call = statement.call
    if call is None or call.followed or not _PART_OF.search(call.name):
        return outcomes
    return tuple(_settled(each) if isinstance(each, Resolution) else each for each in outcomes)


def _settled(resolution: Resolution) -> Resolution:
    if resolution.kind != "select":
        return resolution

    def told(column: ColumnRef) -> ColumnRef:
        return replace(column, outcome=Unknown(REASON), errno=None) if isinstance(column.outcome, Missing) else column

    return replace(resolution, columns=tuple(map(told, resolution.columns)))
