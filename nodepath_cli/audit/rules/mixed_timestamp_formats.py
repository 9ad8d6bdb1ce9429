"""A text column that gets its times in different formats, or from different clocks.

Why it matters: a text has no type. `STR_TO_DATE` gives NULL for a time in another format, so that a lock with it is
never old and is stuck for good; texts in different formats do not sort by time; a time by the application's clock or in
its time zone is hours away from `NOW()`.

Example:

    INSERT INTO locks (name, taken_at) VALUES (?, NOW())
    UPDATE locks SET taken_at = ? WHERE name = ?

where `taken_at` is VARCHAR and the program gives `time.Now().Format(time.RFC3339)`.

What to write instead: one format and one clock for the column in the whole tree. In a text column, the server's time in
the format that its functions read, with microseconds where the text has to be unique:

    UPDATE ai_whatsapp_session_nodepath SET `timestamp` = DATE_FORMAT(NOW(6), '%Y-%m-%d %H:%i:%s.%f')
    WHERE id_prospect = ? AND id_device = ? AND `timestamp` = :seen

The server's time that the program reads first (`SELECT CAST(NOW(6) AS CHAR)`) is its own beside `time.Now()`, and so is
a clock that the program is given.

A column of type DATETIME(6) has one format only. `nodepath locks doctor` counts the formats that are in a lock table.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import ProgramHit, Rule, Severity
from nodepath_cli.audit.locking.moments import mixed
from nodepath_cli.audit.locking.protocols import Protocols


def check(protocols: Protocols) -> Iterator[ProgramHit]:
    """Yield every statement that writes a time in another way than most of the tree does."""
    for each in mixed(protocols):
        yield each.site.hit(
            f"text '{each.column}' of {each.site.access.table.name} gets {each.here} here, {each.there} elsewhere",
            each.other.related(f"{each.there} here"),
            column=each.column,
        )


RULE = Rule(
    "NP407",
    "mixed-timestamp-formats",
    Severity.WARNING,
    "a text column that gets its times in different formats, or from different clocks",
    check_program=check,
)
