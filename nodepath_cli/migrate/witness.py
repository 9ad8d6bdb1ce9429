"""What the server says of the objects that a DDL statement touches, and what it would say after the statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.migrate.ledger import Before, Ledger
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.diff import differences
from nodepath_cli.schema.model import Schema, Table

if TYPE_CHECKING:
    from nodepath_cli.sql.ddl_objects import DdlObject

NOT_THERE = frozenset({1146, 1051, 1305, 1360, 1539, 1049, 1932, 4031})
"""What SHOW CREATE answers for an object that is not there (MySQL's and MariaDB's lists of errors)."""
_COUNTER = lazy(r"\sAUTO_INCREMENT=\d+")


def witness(ledger: Ledger, objects: Iterable[DdlObject]) -> dict[str, str | None]:
    """Return the text of SHOW CREATE for each object, None where it is not there.

    The next number of an AUTO_INCREMENT is left out: it goes up while the service writes. Raises what the driver raises
    for any other answer.
    """
    return {key(each): text(ledger, key(each)) for each in objects}


def key(each: DdlObject) -> str:
    """Return the name under which an object stands in the ledger."""
    return (
        f"{each.kind} {_quoted(each.database)}.{_quoted(each.name)}"
        if each.database
        else (f"{each.kind} {_quoted(each.name)}")
    )


def table_key(table: str) -> str:
    """Return the name under which a table of the database stands in the ledger."""
    return f"table {_quoted(table)}"


def text(ledger: Ledger, name: str) -> str | None:
    """Return the text of SHOW CREATE for an object by its name in the ledger, as `witness` does."""
    kind, _, quoted = name.partition(" ")
    try:
        row = ledger.ask(f"SHOW CREATE {kind.upper()} {quoted}")[0]
    except Exception as error:
        if error.args and error.args[0] in NOT_THERE:
            return None
        raise
    # Trigger, procedure, function and event have their sql_mode (and an event its time zone) before the text.
    index = {"trigger": 2, "procedure": 2, "function": 2, "event": 3}.get(kind, 1)
    found = row[index]
    return _COUNTER.sub("", str(found), count=1) if found is not None else ""


def expected_after(
    before: Before, statement: str, live: Schema, charset: tuple[str, str]
) -> dict[str, Table | None] | None:
    """Return the tables that a statement makes of those that it touches, None for one that is not there afterwards.

    `live` lends the tables that the statement only refers to; `charset` is the database's character set and collation.
    None altogether where the replay does not know what the statement does, or refuses it.
    """
    from nodepath_cli.sql.ddl import DdlText, Replay

    names = [table_name(name) for name in before]
    if None in names:
        return None
    base = replace(live.with_tables(table for table in live.tables if table.name not in names), problems=(), renames=())
    replay = Replay(base, Dialect(live.dialect, live.version), ordered=False)
    replay.run(DdlText(f"ALTER DATABASE CHARACTER SET {charset[0]} COLLATE {charset[1]}"))
    for found in before.values():
        if found and replay.run(DdlText(found)):
            return None
    if replay.run(DdlText(statement)):
        return None
    schema = replay.schema()
    return {name: schema.table(name) for name in names if name is not None}


def same(expected: Table | None, actual: Table | None) -> bool:
    """Say whether a table is as expected, to the last key and the order of its columns."""
    if expected is None or actual is None:
        return expected is actual
    if expected.kind != "table" or actual.kind != "table" or expected.open or actual.open:
        return expected.kind == actual.kind
    order = [column.name.lower() for column in expected.columns] == [column.name.lower() for column in actual.columns]
    return order and not differences(expected, actual, strict=True)


def table_name(name: str) -> str | None:
    """Return a table's bare name by its name in the ledger, None for another object or another database's table."""
    match = re.fullmatch(r"table `((?:[^`]|``)+)`", name)
    return match[1].replace("``", "`") if match else None


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
