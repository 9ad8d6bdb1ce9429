"""How many columns operands have: rows are compared with rows of their width, all else takes one column.

Measured on MariaDB 10.11, which answers 1241, or 4078 where one side is a row and the other a single value. MySQL knows
1241 alone (its manual's list of server errors has no other one for this).
"""

from __future__ import annotations

from collections.abc import Mapping

from nodepath_cli.sql.nodes import Operands, Shape
from nodepath_cli.sql.words import words_of

_ILLEGAL = 4078
_COLUMNS = 1241
_MIXED = words_of("+ - * / % DIV MOD")
"""The operators of which MariaDB says that a row is a type which they do not take."""


def shape_problem(each: Operands, widths: Mapping[int, int], dialect: str) -> tuple[int, str] | None:
    """Return error number and message for operands that the server refuses, None for others and where in doubt.

    `widths` holds the number of columns of each subquery, by its shape.
    """
    left = _width(each.left, widths)
    if left is None:
        return None
    if not each.right:
        operation = each.operation if each.operation in _MIXED else ""
        return None if left == 1 else _told(1, operation, dialect)
    known = [(right, width) for right in each.right if (width := _width(right, widths)) is not None]
    for _, width in known:
        if width != left:
            mixed = each.operation != "all" and 1 in (width, left)
            return _told(left, each.operation if mixed else "", dialect)
    # What is wrong inside of rows is told behind all that (measured).
    nested = any(_differ(each.left, right, widths) for right, _ in known)
    return _told(left, "", dialect) if nested else None


def _width(shape: Shape, widths: Mapping[int, int]) -> int | None:
    if isinstance(shape, tuple):
        return len(shape)
    return 1 if shape == 0 else None if shape is None else widths.get(shape)


def _differ(one: Shape, two: Shape, widths: Mapping[int, int]) -> bool:
    """Say whether two rows of one width hold rows of different ones; a subquery's columns are values."""
    if not isinstance(one, tuple) and not isinstance(two, tuple):
        return False
    ones, twos = (each if isinstance(each, tuple) else (0,) * (_width(each, widths) or 0) for each in (one, two))
    for first, second in zip(ones, twos, strict=True):
        widths_of = _width(first, widths), _width(second, widths)
        if None not in widths_of and (widths_of[0] != widths_of[1] or _differ(first, second, widths)):
            return True
    return False


def _told(columns: int, operation: str, dialect: str) -> tuple[int, str]:
    if operation and dialect == "mariadb":
        return _ILLEGAL, f"Illegal parameter data types: a row and a single value for operation '{operation}'"
    return _COLUMNS, f"Operand should contain {columns} column(s)"
