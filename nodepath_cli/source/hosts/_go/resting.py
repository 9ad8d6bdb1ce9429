"""What methods do with a text that they are given, told by theirs alone: put it into their SQL, or send it as it is.

`func (r *repo) SetField(id int, field string, v any) { r.db.Exec("UPDATE t SET " + field + " = ? ...", v, id) }`: who
calls it by an interface is asked for the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.syntax import named

_PART = lazy(r"(?:\[\])?string$|map\[string\]")
_DECLARATIONS = frozenset(("parameter_declaration", "variadic_parameter_declaration"))
_SPRINTF = r"Sprintf\([^()]*(?:\([^()]*\)[^()]*)*,\s*"


def rests_on_arguments(routine: Routine) -> bool:
    """Say whether a method with SQL seems to make a part of it of what it is given."""
    if not routine.has_sql_words:
        return False
    names = "|".join(map(re.escape, _texts(routine)))
    if not names:
        return False
    given = rf"(?:{names})\b"
    put = rf"\+\s*{given}|\b{given}\s*\+|{_SPRINTF}{given}|\brange\s+{given}"
    put += rf"|\.(?:Write\w*|Join)\(\s*{given}|Fprintf\([^()]*,\s*{given}"
    return bool(re.search(put, routine.file.source(routine)))


def _texts(routine: Routine) -> Iterator[str]:
    """Yield the parameters that are texts, lists of texts, or maps by texts."""
    listing = routine.node.child_by_field_name("parameters")
    for each in named(listing) if listing is not None else ():
        kind = each.child_by_field_name("type") if each.type in _DECLARATIONS else None
        if kind is not None and _PART.match("".join(routine.file.source(kind).split())):
            yield from map(routine.file.source, each.children_by_field_name("name"))


def hands_on(routine: Routine) -> bool:
    """Say whether a method gives the SQL that it gets to a database as it is, with all arguments that it gets for it.

    `func (r runner) run(q string, args ...any) error { _, err := r.db.Exec(q, args...); return err }`
    """
    listing = routine.node.child_by_field_name("parameters")
    last = named(listing)[-1] if listing is not None and named(listing) else None
    texts = list(_texts(routine))
    if last is None or last.type != "variadic_parameter_declaration" or len(texts) != 1:
        return False
    name = last.child_by_field_name("name")
    if name is None:
        return False
    sql, given = re.escape(texts[0]), re.escape(routine.file.source(name))
    source = routine.file.source(routine)
    sent = rf"\.(?:Must)?(?:Exec|Query|Get|Select)\w*\((?:[^(),]*,)?(?:[^(),]*,)?\s*{sql},\s*{given}\.\.\.\)"
    changed = rf"(?<![.\w])(?:{sql}|{given})\b\s*(?:,[^\n=]*)?[-+:]?=(?!=)|&(?:{sql}|{given})\b"
    return re.search(sent, source) is not None and re.search(changed, source) is None
