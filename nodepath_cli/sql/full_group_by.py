"""ONLY_FULL_GROUP_BY: what a grouped SELECT may name beside its groups. From MySQL's manual, as no MySQL is at hand.

"MySQL Handling of GROUP BY", "Detection of Functional Dependence" and "ONLY_FULL_GROUP_BY" (8.0 and 8.4): a column that
is in no aggregate has to be in GROUP BY, or to depend on what is: on a key of its table, by equalities, on constants.
MariaDB does not ask by default, and where it does it knows no dependence.

Only what is certain is told. So each equality counts, wherever it stands, each unique key does, also with NULL, and the
columns of a view depend on one another. So do those of a derived table or a CTE, but for a single SELECT whose own
tables tell what depends on what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.builtins import BUILT_IN
from nodepath_cli.sql.nodes import AGGREGATE, Col, Expr, FromItem, Join, Select, Star
from nodepath_cli.sql.scope import OutItem, Scope, Source, Tree, leaves

NOT_IN_GROUP = 1055
NOT_AGGREGATED = 1140

_Column: TypeAlias = "tuple[int, str]"
"""A source's place in FROM, and a column's name in lower case."""

_EQUAL_BEHIND = lazy(r"[`\s]*(?:<=>|=|((?i:in)\s*\([^,()]*\))|(?i:is)\b)\s*[`(]*")
_EQUAL_BEFORE = lazy(r"(?<![<>!:])=[\s(`]*\Z|<=>[\s(`]*\Z")
_ALONE = lazy(r"(?:\A|[^\w`\s]|\b(?i:and|or|not|where|on|having))\s*(\(\s*)+`?\Z")
"""What stands before a column that parentheses frame, those of no call."""
_ROWS = lazy(r"\([^()]*,[^()]*\)\s*(?:=|<=>|(?i:in)\b)|(?:=|<=>)\s*\([^()]*,")
"""A row that is compared: its columns are equal one by one."""
_CALL = lazy(r"([A-Za-z_]\w*)\s*\(")
_NOT_CALLED = frozenset(("AND", "OR", "NOT", "IN", "AS", "DISTINCT", "WHEN", "THEN", "ELSE", "CASE", "BETWEEN", "LIKE"))


class Ungrouped(Struct, frozen=True):
    """A column that MySQL refuses."""

    errno: int
    message: str
    name: str
    start: int
    end: int


class Query(Struct, frozen=True):
    """How the names of one query and of its derived tables are read."""

    text: str
    source_of: Callable[[Col, Scope], Source | None]
    """Which source of a scope a column is of."""
    in_items: Callable[[Col, Scope], OutItem | None]
    """Which item of a scope's select list a name is."""
    countable: Callable[[int, int], bool]
    """Whether there are as many elements between two offsets as the text shows."""


def ungrouped(select: Select, scope: Scope, order: Sequence[Expr], query: Query) -> Ungrouped | None:
    """Return the first column that a grouped SELECT may not name, None where there is none or that is in doubt."""
    if not _told_in_full(select, scope, query):
        return None
    found = _Dependence(scope, query)
    whole, exempt = found.group(select)
    if whole is None:
        return None
    found.conditions(select)
    known = found.closure()
    for item in scope.items or ():
        column = _refused(item, whole, exempt, known, found, query.text)
        if column is not None:
            return _told(column, item.index + 1, "SELECT list", select, scope)
    for number, expr in enumerate(order if select.group else (), 1):
        col = expr.column
        if col is not None and not col.name.hole and query.in_items(col, scope) is None:
            place = found.place(col)
            if place is not None and place not in known and found.certain(place):
                return _told((place, col, None), number, "ORDER BY clause", select, scope)
    return None


def _told_in_full(select: Select, scope: Scope, query: Query) -> bool:
    """Say whether all is known that the columns of a SELECT may depend on."""
    conditions = _conditions(select)
    if any(each.hole for each in (*conditions, *select.group)) or scope.hole or scope.items_open:
        return False
    if any(source.is_open or source.mixed for source in scope.sources):
        return False
    if any(_ROWS.search(query.text, each.start, each.end) for each in conditions):
        return False
    # Refused for itself, or a row.
    return not any(each.aggregate or each.window or query.text[each.start] == "(" for each in select.group)


def _conditions(select: Select) -> list[Expr]:
    """Return WHERE, HAVING and the conditions of joins."""
    return [each for each in (select.where, select.having, *_joins(select.sources)) if each is not None]


def _joins(items: Sequence[FromItem]) -> Iterator[Expr]:
    """Yield the conditions of joins."""
    for item in items:
        if isinstance(item, Join):
            yield from _joins((item.left, item.right))
            if item.on is not None:
                yield item.on


_Refused: TypeAlias = "tuple[_Column, Col | None, OutItem | None]"


def _refused(
    item: OutItem,
    whole: frozenset[int],
    exempt: frozenset[_Column],
    known: frozenset[_Column],
    found: _Dependence,
    text: str,
) -> _Refused | None:
    """Return a column of an item that depends on no group."""
    if item.index in whole:
        return None
    if item.source is not None:
        place = found.of_source(item.source, item.name)
        return None if place in known or not found.certain(place) else (place, None, item)
    value = item.value
    if value is None or value.window or value.hole or _may_aggregate(value, text):
        return None
    for atom in value.atoms:
        if not isinstance(atom, Col) or atom.flags & AGGREGATE or atom.name.hole:
            continue
        own = found.place(atom)
        if own is None or own in known or not found.certain(own):
            continue
        if value.column is None and own in exempt:
            # A part of it may be what is grouped by.
            continue
        return own, atom, None
    return None


def _may_aggregate(value: Expr, text: str) -> bool:
    """Say whether an expression calls something that may take a column of each row: ANY_VALUE, or a function of one's
    own, which may be an aggregate."""
    for call in _CALL.finditer(text, value.start, value.end):
        word = call[1].upper()
        if word == "ANY_VALUE" or (word not in BUILT_IN and word not in _NOT_CALLED):
            return True
    return False


def _told(refused: _Refused, number: int, clause: str, select: Select, scope: Scope) -> Ungrouped:
    (at, name), col, item = refused
    source = scope.sources[at]
    shown = f"{source.label}.{col.name.text if col else item.name if item else name}"
    if select.group:
        message = (
            f"Expression #{number} of {clause} is not in GROUP BY clause and contains nonaggregated column '{shown}' "
            "which is not functionally dependent on columns in GROUP BY clause; this is incompatible with "
            "sql_mode=only_full_group_by"
        )
    else:
        message = (
            f"In aggregated query without GROUP BY, expression #{number} of {clause} contains nonaggregated column "
            f"'{shown}'; this is incompatible with sql_mode=only_full_group_by"
        )
    errno = NOT_IN_GROUP if select.group else NOT_AGGREGATED
    if col is not None:
        return Ungrouped(errno, message, col.name.text, col.name.start, col.name.end)
    stars = [each.value for each in select.items]
    star = stars[item.index] if item is not None else None
    start, end = (star.start, star.end) if isinstance(star, Star) else (select.list_start, select.list_end)
    return Ungrouped(errno, message, name, start, end)


class _Dependence:
    """Which columns depend on the groups of a SELECT."""

    def __init__(self, scope: Scope, query: Query) -> None:
        self._scope = scope
        self._query = query
        self._number = {id(source): number for number, source in enumerate(scope.sources)}
        self._known: set[_Column] = set()
        self._equal: list[tuple[_Column, _Column]] = []

    def place(self, col: Col) -> _Column | None:
        """Return a column's place, None for one of another query and for what is no column."""
        source = self._query.source_of(col, self._scope)
        return self.of_source(source, col.name.text) if source is not None and id(source) in self._number else None

    def of_source(self, source: Source, name: str) -> _Column:
        """Return the place of a column of a source."""
        return self._number[id(source)], name.lower()

    def certain(self, place: _Column) -> bool:
        """Say whether all that a column may depend on is known: it is one of a base table, and not generated."""
        source = self._scope.sources[place[0]]
        if source.made_by is not None:
            inner = _Inner(source, *source.made_by, self._query)
            return inner.certain(place[1])
        column = source.columns.get(place[1])
        if source.table is None or source.table.kind != "table" or column is None:
            return False
        return not column.generated

    def item_place(self, item: OutItem) -> _Column | None:
        """Return the place of an item of the list that is a column and nothing else."""
        if item.source is not None:
            return self.of_source(item.source, item.name)
        return self.place(item.column) if item.column is not None else None

    def take(self, places: Iterable[_Column]) -> None:
        """Take columns as known."""
        self._known.update(places)

    def conditions(self, select: Select) -> None:
        """Take everything that the conditions of a SELECT and its joins set equal."""
        for condition in _conditions(select):
            self.equalities(condition)
        for tree in self._scope.trees:
            self.shared(tree)

    def group(self, select: Select) -> tuple[frozenset[int] | None, frozenset[_Column]]:
        """Take the columns of GROUP BY; return the items that are grouped by, and the columns in expressions there.

        None instead of items where it cannot be told what is grouped by.
        """
        whole: set[int] = set()
        exempt: set[_Column] = set()
        items = self._scope.items or []
        for expr in select.group:
            value: Expr | None = expr
            if expr.position is not None:
                number = int(expr.position)
                if not 1 <= number <= len(items):
                    return None, frozenset()
                item = items[number - 1]
                whole.add(item.index)
                value = item.value
                if item.source is not None:
                    self._known.add(self.of_source(item.source, item.name))
                    continue
            elif expr.column is not None and self.place(expr.column) is None:
                named = self._query.in_items(expr.column, self._scope)
                if named is None:
                    return None, frozenset()
                whole.add(named.index)
                value = named.value
            if value is None or value.hole:
                return None, frozenset()
            own = self.place(value.column) if value.column is not None else None
            if own is not None:
                self._known.add(own)
            else:
                places = (self.place(atom) for atom in value.atoms if isinstance(atom, Col))
                exempt.update(each for each in places if each is not None)
        return frozenset(whole), frozenset(exempt)

    def shared(self, tree: Tree) -> None:
        """Take the columns that USING and NATURAL set equal to one another."""
        if isinstance(tree, Source):
            return
        for name in tree.merged:
            places = [(self._number[id(source)], name) for source in leaves((tree,)) if name in source.columns]
            self._equal.extend(pairwise(places))
        self.shared(tree.left)
        self.shared(tree.right)

    def equalities(self, condition: Expr) -> None:
        """Take the columns that a condition sets equal to one another, or to anything else."""
        text, countable = self._query.text, self._query.countable
        columns = [(atom, self.place(atom)) for atom in condition.atoms if isinstance(atom, Col)]
        starts = {_start(atom): place for atom, place in columns if place is not None}
        for atom, place in columns:
            if place is None:
                continue
            end = atom.name.end
            if _ALONE.search(text[condition.start : _start(atom)]):
                end += len(text[end : condition.end]) - len(text[end : condition.end].lstrip("`) \t\r\n"))
            behind = _EQUAL_BEHIND.match(text, end, condition.end)
            if behind is not None and (not behind[1] or countable(*behind.span(1))):
                other = starts.get(behind.end())
                if other is not None:
                    self._equal.append((place, other))
                else:
                    self._known.add(place)
            elif _EQUAL_BEFORE.search(text, condition.start, _start(atom)) and not any(
                (place, each) in self._equal or (each, place) in self._equal for each in starts.values()
            ):
                self._known.add(place)

    def closure(self) -> frozenset[_Column]:
        """Return everything that depends on what was taken."""
        known = self._known
        size = -1
        while size != len(known):
            size = len(known)
            for one, other in self._equal:
                if one in known or other in known:
                    known.update((one, other))
            for number, source in enumerate(self._scope.sources):
                known.update((number, name) for name in self._determined(number, source))
        return frozenset(known)

    def _determined(self, number: int, source: Source) -> Iterable[str]:
        """Return the columns of a source that those which are known of it give."""
        known = {name for at, name in self._known if at == number}
        table = source.table
        if source.made_by is not None:
            return _Inner(source, *source.made_by, self._query).determined(known)
        if table is None or table.kind != "table":
            return source.columns if known else ()
        keys = [table.primary_key, *(key.columns for key in table.unique_keys)]
        given = any(key and all(column and column.lower() in known for column in key) for key in keys)
        return source.columns if given else ()


class _Inner:
    """The single SELECT that a derived table or a CTE is made by (manual, "Functional Dependencies Derived from Views
    and Derived Tables": they are those of the query inside)."""

    def __init__(self, source: Source, select: Select, scope: Scope, query: Query) -> None:
        self._source = source
        self._select = select
        self._found = _Dependence(scope, query)
        self._scope = scope
        self._query = query

    @property
    def _told(self) -> bool:
        """Whether it is known what depends on what: a part of GROUP BY that is no column is not followed."""
        if not _told_in_full(self._select, self._scope, self._query):
            return False
        return all(each.column is not None and self._found.place(each.column) for each in self._select.group)

    def certain(self, name: str) -> bool:
        """Say whether a column of the result is a column of a base table, of which all is known."""
        same = [item for item in self._scope.items or () if item.name.lower() == name]
        place = self._found.item_place(same[0]) if len(same) == 1 and self._told else None
        return place is not None and self._found.certain(place)

    def determined(self, known: set[str]) -> Iterable[str]:
        """Return the columns of the result that the known ones give; all that are no plain columns count as given."""
        if not self._told or (self._scope.grouped and not self._select.group):
            return self._source.columns
        places = {item.name.lower(): self._found.item_place(item) for item in self._scope.items or ()}
        self._found.take(place for name, place in places.items() if place is not None and name in known)
        self._found.conditions(self._select)
        closure = self._found.closure()
        groups = [self._found.place(each.column) for each in self._select.group if each.column is not None]
        if groups and all(place in closure for place in groups):
            return self._source.columns
        return [name for name, place in places.items() if place is None or place in closure]


def _start(col: Col) -> int:
    """Return where a column's name begins, with its qualifiers and without a quote."""
    return (col.database or col.table or col.name).start
