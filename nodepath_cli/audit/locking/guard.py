"""Whether the conditions of a statement keep it away from a row that another caller holds.

A model of such a row: the columns have what the acquire writes into them, the owner's being another's, and the times
are those of a lock that was taken a moment ago, or of one whose lease is over. Conditions are true or false of it, or
open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.locking.instants import argument, of_operand
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.shape import is_time
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Known, Moment, Outcome, Value
from nodepath_cli.sql.row_access import Condition, Operand, Setting

Kind = Literal["since", "before", "limit", "stamp", "constant", "own", "null"]
"""`since` and `limit`: when it was taken, and until when it is held; `before`: earlier than when it was taken; `stamp`:
one of these, or another text that a column with a time's name is given."""

EMPTY = frozenset(("", "0", "FALSE"))
_WRAPPED = lazy(
    r"^(?:(?:cast|convert|left|str_to_date|unix_timestamp|from_unixtime|timestamp|coalesce|ifnull|date_format|binary|trim)"
    r"\s*\(\s*)*(?:`?\w+`?\s*\.\s*)?`?(?P<name>\w+)`?\s*(?:$|,|\)|\s+as\b|\s+using\b)",
    re.IGNORECASE,
)
"""A column, or a function that gives its value in another form."""
_INSTEAD = lazy(r"^(?:ifnull|coalesce)\s*\(", re.IGNORECASE)
_ADDED = lazy(r"^\(?\s*`?\w+`?\s*\+|^(?:date_add|adddate|timestampadd)\s*\((?!.*\binterval\s*-)", re.IGNORECASE)
_SUBTRACTED = lazy(r"^\(?\s*`?\w+`?\s*-\s*interval\b|^(?:date_sub|subdate)\s*\((?!.*\binterval\s*-)", re.IGNORECASE)
_AGE = lazy(
    r"^timestampdiff\s*\(\s*\w+\s*,\s*(?P<first>.*)\)$|"
    r"^(?P<now>(?:now|current_timestamp|utc_timestamp|unix_timestamp|sysdate)\s*\([^()]*\))\s*-",
    re.IGNORECASE | re.DOTALL,
)
_CLOCK = lazy(r"^\s*(?:now|current_timestamp|utc_timestamp|unix_timestamp|sysdate|localtime)\b", re.IGNORECASE)
_FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_EQUAL = ("=", "<=>", "<>", "!=")
_PLACES: Mapping[bool, Mapping[str, float]] = {
    False: {"before": -1, "earlier": 0, "since": 1, "": 2, "limit": 3, "later": 4},
    True: {"before": -1, "since": 0, "earlier": 1, "limit": 1.5, "": 2, "later": 4},
}
"""Where times stand, one behind the other, where the lease is not over and where it is. A limit that is over is later
than some earlier time or not: that is asked by nobody."""


class Fact(Struct, frozen=True):
    """What stands in a column of a row that is held."""

    kind: Kind
    text: str = ""
    """The constant's."""
    value: Value | None = None
    """What the program gives, as far as that is known."""
    fresh: bool = False
    """The caller has just put it there: it is the own one, and no lease that is over."""


class Held(Struct, frozen=True):
    """A row that another caller has taken in the same way."""

    facts: Mapping[str, Fact]
    expired: bool = False
    """Its lease is over."""
    mine: bool = False
    """It is the caller's own: what the program compares with what it has put there is the same."""
    written: frozenset[str] = frozenset()
    """The columns that the acquire writes at all."""

    def lets_in(self, conditions: Iterable[Condition], run: Run | None) -> bool:
        """Say whether the row meets the conditions for certain, those that it has met when it was taken left aside.

        These ask a column that the acquire does not write for a constant, for NULL or for the time.
        """
        asking = [each for each in conditions if not self._has_met(each)]
        return bool(asking) and self.passes(asking, run) is True

    def _has_met(self, condition: Condition) -> bool:
        right = condition.right
        constant = right is None or right.kind in ("constant", "now", "null") or (right.clock and not right.columns)
        plain = condition.relation is not None and not condition.alternatives and bool(condition.columns)
        return plain and constant and condition.columns.isdisjoint(self.written)

    def passes(self, conditions: Iterable[Condition], run: Run | None) -> bool | None:
        """Say whether the row meets all conditions, None where that is open."""
        found = {self._meets(each, run) for each in conditions}
        return False if False in found else None if None in found else True

    def meets(self, condition: Condition, run: Run | None) -> bool | None:
        """Say whether the row meets a condition, None where that is open."""
        return self._meets(condition, run)

    def aged(self, age: Operand, operator: str, than: str | None) -> bool | None:
        """Say how old the row is against a number of seconds, None for one that is not known."""
        return self._aged(age, operator, than)

    def over(self, fact: Fact) -> bool:
        """Say whether the lease that a fact is about is over."""
        return self._over(fact)

    def without(self, columns: set[str]) -> Held:
        """Return the row without the constants that stand in some columns."""
        facts = {name: fact for name, fact in self.facts.items() if fact.kind != "constant" or name not in columns}
        return Held(facts, self.expired, self.mine, self.written)

    def put(self, column: str, fact: Fact | None) -> Held:
        """Return the row with something in a column that the caller has put there, None for what is not known."""
        facts = {name: other for name, other in self.facts.items() if name != column}
        if fact is not None:
            facts[column] = replace(fact, fresh=True)
        return Held(facts, self.expired, self.mine, self.written)

    def released(self, settings: Iterable[Setting], run: Run | None) -> Held:
        """Return the row as a release leaves it that empties some columns; what others get may mean anything."""
        facts = dict(self.facts)
        for setting in settings:
            column, value = setting.column, setting.value
            if setting.keeps:
                continue
            old, given = facts.pop(column, None), argument(run, value)
            text = constant(value, run)
            if value.kind == "null" or given == Known(None):
                facts[column] = Fact("null")
            elif text in EMPTY and not is_time(column) and (old is None or not self.is_time(column)):
                facts[column] = Fact("constant", text)
        return Held(facts, self.expired, self.mine, self.written)

    def same(self, fact: Fact, operand: Operand, run: Run | None) -> bool:
        """Say whether an expression is the constant that stands there."""
        return fact.kind == "constant" and constant(operand, run) == fact.text

    def is_time(self, column: str) -> bool:
        """Say whether a column has a time."""
        fact = self.facts.get(column)
        return fact is not None and fact.kind in ("since", "limit", "stamp")

    def _meets(self, condition: Condition, run: Run | None) -> bool | None:
        if condition.negated and condition.relation != "null" and self._empty(condition.columns):
            # What is made of NULL is neither true nor false.
            return None
        if condition.alternatives:
            every = [self.passes(each, run) for each in condition.alternatives]
            met = True if True in every else None if None in every else False
        elif condition.left is None:
            return None
        elif condition.relation == "null":
            fact = self._fact(condition.left)
            met = fact.kind == "null" if fact is not None else None if condition.left.kind != "inserted" else False
        elif condition.relation == "true":
            met = self._truth(condition.left, run)
        else:
            met = self._compare(condition.left, condition.relation or "", condition.right, run)
        return met if met is None or not condition.negated else not met

    def _fact(self, operand: Operand) -> Fact | None:
        """Return what a column's value is, given as it is or in another form."""
        if len(operand.columns) != 1 or operand.kind == "inserted":
            return None
        if operand.clock and not _INSTEAD.match(operand.text):
            return None
        name = next(iter(operand.columns))
        fact = self.facts.get(name)
        if operand.kind == "column":
            return fact
        if fact is not None and fact.kind == "null" and (operand.null_safe or operand.chooses):
            return None
        if fact is not None and fact.kind == "since" and _ADDED.match(operand.text):
            return Fact("limit")
        if fact is not None and fact.kind == "since" and _SUBTRACTED.match(operand.text):
            return Fact("before")
        if fact is not None and fact.kind == "null" and (_ADDED.match(operand.text) or _SUBTRACTED.match(operand.text)):
            return fact
        wrapped = _WRAPPED.match(operand.text)
        return fact if wrapped is not None and wrapped["name"].lower() == name else None

    def _truth(self, operand: Operand, run: Run | None) -> bool | None:
        fact = self._fact(operand)
        if fact is not None and fact.kind == "null":
            return False
        text = fact.text if fact is not None and fact.kind == "constant" else constant(operand, run)
        return None if text is None else text not in EMPTY

    def _compare(self, left: Operand, operator: str, right: Operand | None, run: Run | None) -> bool | None:
        if right is None:
            return None
        if right.columns and (not left.columns or (left.kind == "inserted" and right.kind == "column")):
            return self._compare(right, _FLIPPED.get(operator, operator), left, run)
        one, other = constant(left, run), constant(right, run)
        if one is not None and other is not None:
            return _of_constants(one, operator, other)
        fact = self._fact(left)
        if operator != "<=>" and any(self._null(each) for each in (left, right)):
            return False
        if fact is None and left.clock and not right.columns:
            return self._aged(left, operator, other)
        if fact is not None and right.kind == "inserted" and left.kind == "column" and left.columns == right.columns:
            same = self._as_inserted(fact, right, run)
            return None if same is None or operator not in _EQUAL else same == (operator in ("=", "<=>"))
        if fact is None or right.columns:
            return None
        if fact.kind == "null":
            return right.kind == "null" if right.kind in ("null", "constant", "now") else None
        if fact.kind == "stamp" and operator in _FLIPPED:
            recent = of_operand(right, run) == "earlier" and not self._over(fact)
            return operator in (">", ">=") if recent else None
        if fact.kind in ("since", "before", "limit"):
            return self._timed(fact, operator, right, run)
        equal = self._equal(fact, right, other, run)
        wanted = operator in ("=", "<=>")
        return None if equal is None or operator not in _EQUAL else equal == wanted

    def _over(self, fact: Fact) -> bool:
        return self.expired and not fact.fresh

    def _empty(self, columns: Iterable[str]) -> bool:
        return any(self.facts[each].kind == "null" for each in columns if each in self.facts)

    def _null(self, operand: Operand) -> bool:
        """Say whether an expression is NULL for certain."""
        if operand.kind == "null":
            return True
        aged = operand.clock and not operand.null_safe and not operand.chooses and _AGE.match(operand.text)
        if aged:
            return self._empty(operand.columns)
        fact = self._fact(operand)
        return fact is not None and fact.kind == "null"

    def _as_inserted(self, fact: Fact, right: Operand, run: Run | None) -> bool | None:
        """Say whether a column has what the INSERT of the caller would put there."""
        if fact.kind == "constant" and not fact.fresh and fact.text in EMPTY and run is not None and run.site:
            given = [each.value for each in run.site.access.inserted if each.column in right.columns]
            if given and all(_names_holder(each, run) for each in given):
                # A release has emptied it, and no caller calls itself nothing.
                return False
        return True if fact.fresh or fact.kind == "constant" else self.mine if fact.kind == "own" else None

    def _equal(self, fact: Fact, right: Operand, constant: str | None, run: Run | None) -> bool | None:
        """Say whether a column has a value; the owner that the program asks for is the own one."""
        if fact.kind == "constant":
            return None if constant is None else constant == fact.text
        if constant is not None:
            return False if constant in EMPTY else None
        if right.kind == "null":
            return False
        if right.kind != "value" or fact.kind == "stamp":
            return None
        given = argument(run, right)
        if isinstance(given, Outcome) or (given is not None and fact.value is not None and given != fact.value):
            return None
        return self.mine or fact.fresh

    def _timed(self, fact: Fact, operator: str, right: Operand, run: Run | None) -> bool | None:
        where = of_operand(right, run)
        if where == "unknown" and fact.kind == "limit" and fact.text and fact.text == added(right, run):
            where = "later"
        if where is None and fact.kind == "limit" and right.kind == "value" and operator in (">", ">="):
            # Whoever asks for a later limit than some time asks for a lease that is not over.
            return None if isinstance(argument(run, right), Outcome) else not self._over(fact)
        places = _PLACES[self._over(fact)]
        if where is None or where not in places or operator not in _FLIPPED:
            return None
        if self._over(fact) and {fact.kind, where} == {"limit", "earlier"}:
            return None
        if (
            not self._over(fact)
            and {fact.kind, where} == {"limit", "later"}
            and not (fact.text and fact.text == added(right, run))
        ):
            # Which of the two is later depends on what is added; the same makes the limit the earlier one.
            return None
        return _ordered(places[fact.kind], operator, places[where])

    def _aged(self, age: Operand, operator: str, than: str | None) -> bool | None:
        """`TIMESTAMPDIFF(SECOND, locked_at, NOW()) > 30`."""
        found = _AGE.match(age.text)
        held = [self.facts[each] for each in age.columns if each in self.facts]
        facts, expired = {each.kind for each in held}, any(self._over(each) for each in held)
        if found is None or len(facts) != 1 or operator not in _FLIPPED or (than or "0").startswith("-"):
            return None
        reversed_ = found["first"] is not None and bool(_CLOCK.match(found["first"]))
        if facts == {"since"} and than != "0":
            return (operator in (">", ">=")) == (expired and not reversed_)
        if facts == {"stamp"} and than not in (None, "0") and not reversed_ and not expired:
            return operator not in (">", ">=")
        if facts == {"limit"} and (than in (None, "0")):
            later = operator in (">", ">=")
            return later == (expired != reversed_)
        return None


def _names_holder(operand: Operand, run: Run | None) -> bool:
    """Say whether an INSERT gives a column what the program gives it, or what the server makes up (`UUID()`)."""
    if operand.kind == "other":
        return not operand.columns and not operand.clock and constant(operand, run) is None
    return operand.kind == "value" and constant(operand, run) is None


def added(operand: Operand, run: Run | None) -> str:
    """Return what is added to the present in an expression or by the program, empty where that cannot be compared."""
    if operand.kind == "other":
        return operand.text.lower()
    given = argument(run, operand)
    return given.by if isinstance(given, Moment) else ""


def constant(operand: Operand, run: Run | None) -> str | None:
    """Return the text of a constant, whether the statement has it or the program gives it."""
    if operand.kind == "constant":
        return operand.text.strip("'\"")
    if operand.kind == "other" and operand.text.upper() in ("TRUE", "FALSE"):
        return "1" if operand.text.upper() == "TRUE" else "0"
    given = argument(run, operand) if operand.kind == "value" else None
    if isinstance(given, Known) and given.value is not None:
        return str(int(given.value)) if isinstance(given.value, bool) else str(given.value)
    return None


def plain(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield the conditions and, for those that have alternatives, what each of these asks."""
    for each in conditions:
        if not each.alternatives or each.negated:
            yield each
        else:
            for one in each.alternatives:
                yield from plain(one)


def _of_constants(left: str, operator: str, right: str) -> bool | None:
    if operator in ("=", "<=>", "<>", "!="):
        return (left == right) == (operator in ("=", "<=>"))
    if left.isdigit() and right.isdigit():
        return _ordered(int(left), operator, int(right))
    return None


def _ordered(left: float, operator: str, right: float) -> bool | None:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(operator)
