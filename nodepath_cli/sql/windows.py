"""Where window functions may stand: in the select list and in ORDER BY, and in no window or aggregate.

Measured on MariaDB 10.11. MySQL's numbers and messages are from its manual ("Server Error Message Reference", "Window
Function Concepts and Syntax"), not measured.
"""

from __future__ import annotations

from nodepath_cli.sql.resolution import Clause
from nodepath_cli.sql.words import words_of

WINDOW_ONLY = words_of("CUME_DIST DENSE_RANK FIRST_VALUE LAG LEAD NTH_VALUE NTILE PERCENT_RANK RANK ROW_NUMBER")
"""Functions that are nothing without OVER, to both servers. LAST_VALUE is a function of its own on MariaDB."""

_NEVER = frozenset(
    (
        Clause.WHERE,
        Clause.ON,
        Clause.GROUP_BY,
        Clause.HAVING,
        Clause.SET,
        Clause.VALUES_FIRST,
        Clause.VALUES_LATER,
        Clause.ODKU_RIGHT,
        Clause.ODKU_SELECT,
    )
)


def no_window_in(clause: Clause) -> bool:
    """Say whether no window function may stand in a clause."""
    return clause in _NEVER


def window_refusal(dialect: str, *, alias: str = "", in_aggregate: bool = False) -> tuple[int, str]:
    """Return a server's number and message for a window function, or an alias of one, where none may stand."""
    if dialect == "mariadb":
        if in_aggregate:
            return 4074, "Window functions can not be used as arguments to group functions."
        return 4015, "Window function is allowed only in SELECT list and ORDER BY clause"
    if alias:
        return (
            3594,
            f"You cannot use the alias '{alias}' of an expression containing a window function in this context.",
        )
    return 3593, "You cannot use a window function in this context."
