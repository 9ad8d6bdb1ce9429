"""Tables that code puts away under another name, to make them anew: an older shape, not the end of the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import builds_schema

_RENAMED = lazy(
    r"\s*ALTER\s+TABLE\s+[`\"\[]?([\w$]+)[`\"\]]?\s+RENAME\s+(?:TO\s+|AS\s+)?[`\"\[]?([\w$]+)[`\"\]]?\s*;?\s*$",
    re.IGNORECASE,
)
_WORD = lazy(r"[\w$]+")


def without_put_away(ddl: Sequence[Statement], statements: Iterable[Statement], dialect: Dialect) -> list[Statement]:
    """Return the DDL without the renames of code to names that no statement uses, of tables that some statement does.

    `statements` are all of the tree. When such code runs is not in its text: what makes the table anew comes behind it.
    """
    renames = {
        (each.span, each.sql): (found[1].lower(), found[2].lower())
        for each in ddl
        if each.host != "sql" and (found := _RENAMED.match(each.sql))
    }
    if not renames:
        return list(ddl)
    used: set[str] = set()
    for each in statements:
        if not builds_schema(each.sql, dialect):
            used.update(word.lower() for variant in each.variants for word in _WORD.findall(variant.sql))
    away = {place for place, (old, new) in renames.items() if old in used and new not in used}
    return [each for each in ddl if (each.span, each.sql) not in away]
