"""What the program asks of a row that it has read, answered for one that another caller holds.

`if time.Since(at) > lease`, `if owner.Valid`, `if !expired`: with the row that `guard` describes, such a question has
an answer, or it is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from nodepath_cli.audit.locking.guard import EMPTY, Fact, Held
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.shape import is_limit, is_time
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import NOT_NULL, Compared, Given, Known, Mixed, Moment, Outcome, Value, outcomes
from nodepath_cli.sql.row_access import Condition

_PLACE = lazy(r"(?<!\Aresult) \d+\Z")
"""What tells one call from another of the same text."""
_FORM = lazy(
    r"(?:\.(?:UTC|Local|Seconds|Minutes|Hours|Milliseconds|Unix|UnixMilli|UnixNano|Abs)\(\)|\.(?:In|Round|Truncate)\([^()]*\)|"
    r"\.Time|\.V|/\s*time\.\w+|result 0)\Z|\Atime\.Unix(?:Milli)?\(\w+(?:\.\w+)*, 0\)\Z|"
    r"\A(?:int|int64|float64|time\.Duration|uint64|string)\("
)
"""A value in another form: it stands where the other one does."""
_SINCE = lazy(r"\Atime\.Since\(")
_UNTIL = lazy(r"\Atime\.Until\(")
_SUB = lazy(r"\.Sub\(")
_ADD = lazy(r"\.Add\((?P<less>-?)")
_ORDER = lazy(r"\.(?P<verb>Before|After)\(")
_DIFFERENCE = lazy(r"\A[^-]*[\w)]\s*-\s*[^-]*\Z")
_COMPARE = lazy(r"\.Compare\(")
_NAMED = lazy(
    r"(?:\A|\.)(?:is)?_?(?:(?P<over>expired|stale|lapsed)|(?P<held>held|busy|alive|fresh))\w{0,6}\(", re.IGNORECASE
)
"""What a function of the program is called that looks at a row: it was not evaluated, and does what it says."""
_ZERO = lazy(r"\.IsZero\(\)\Z")
_READ = lazy(r"\A(?:time\.Parse|strconv\.)\w*\(")
_FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_PLACES: Mapping[str, float] = {"before": -1, "earlier": 0, "since": 1, "now": 2, "limit": 3, "later": 4}
"""Where times stand, one behind the other, while the lease is not over."""


class Asker(Struct, frozen=True):
    """The questions of a path, and the row that they are about."""

    row: Held
    """It was taken a moment ago."""
    reads: Mapping[int, Run]
    """The SELECTs that have read it, by their numbers."""

    def answer(self, subject: Value) -> bool | None:
        """Return the answer to a question, None where it is open."""
        if isinstance(subject, Compared):
            return self._compared(subject)
        if isinstance(subject, Outcome):
            return self._outcome(subject)
        return self._called(subject) if isinstance(subject, Mixed) else None

    def _outcome(self, subject: Outcome) -> bool | None:
        if subject.run not in self.reads:
            return None
        if subject.aspect != "row":
            return {"error": False, "missing": False, "found": True}.get(subject.aspect)
        value, run = self._value(subject), self.reads[subject.run]
        return self.row.meets(value, run) if value is not None else None

    def _value(self, subject: Value) -> Condition | None:
        """Return what a SELECT gives, as the statement has it."""
        if not isinstance(subject, Outcome) or subject.aspect != "row" or subject.run not in self.reads:
            return None
        site = self.reads[subject.run].site
        values = site.access.values if site is not None else ()
        place = 0 if subject.place is None and len(values) == 1 else subject.place
        return values[place] if place is not None and place < len(values) else None

    def _fact(self, subject: Value) -> Fact | None:
        """Return what stands in the column that a value is, in whatever form."""
        value = self._value(_bare(subject))
        if value is None or value.left is None or value.relation != "true" or value.left.kind != "column":
            return None
        column = next(iter(value.left.columns))
        fact = self.row.facts.get(column)
        if fact is not None and fact.kind == "stamp" and is_time(column) and is_limit(column):
            return Fact("limit")
        return fact

    def _called(self, subject: Mixed) -> bool | None:
        text = _PLACE.sub("", subject.text)
        if text == NOT_NULL and len(subject.parts) == 1:
            fact = self._fact(subject.parts[0])
            return None if fact is None else fact.kind != "null"
        if text == "result 1" and len(subject.parts) == 1 and isinstance(subject.parts[0], Mixed):
            # What stands in the row was written by the program, which can read it.
            return False if _READ.match(subject.parts[0].text) else None
        if _ZERO.search(text) and len(subject.parts) == 1:
            fact = self._fact(subject.parts[0])
            return None if fact is None else fact.kind == "null"
        order = _outermost(_ORDER, text)
        if order is not None and len(subject.parts) == 2:
            return self._ordered(subject.parts[0], "<" if order["verb"] == "Before" else ">", subject.parts[1])
        named = _outermost(_NAMED, text)
        return None if named is None else named["over"] is None

    def _compared(self, subject: Compared) -> bool | None:
        left, operator, right = subject.left, subject.operator, subject.right
        if any(outcomes(right)) and not any(outcomes(left)):
            left, operator, right = right, _FLIPPED.get(operator, operator), left
        if operator in _FLIPPED and right == Known(0) and isinstance(left, Mixed) and _compares(left):
            return self._ordered(left.parts[0], operator, left.parts[1])
        if operator in _FLIPPED:
            age = self._age(left, operator, right)
            return self._ordered(left, operator, right) if age is None else age
        if operator not in ("==", "!="):
            return None
        equal = self._equal(left, right)
        return None if equal is None else equal == (operator == "==")

    def _equal(self, left: Value, right: Value) -> bool | None:
        """Say whether a column has a value: the owner of another caller's row is not the own one."""
        fact, value = self._fact(left), self._value(left)
        if isinstance(right, Known) and fact is None and value is not None and isinstance(left, Outcome):
            return self._truth(left, right)
        if fact is None:
            return None
        if isinstance(right, Known):
            text = _text(right)
            if fact.kind == "null" or text is None:
                return None
            if fact.kind == "constant":
                return text == fact.text
            return False if text in EMPTY else None
        if fact.kind != "own" or any(outcomes(right)) or not isinstance(right, (Given, Mixed)):
            return None
        return False

    def _truth(self, left: Outcome, right: Known) -> bool | None:
        """Say whether what a SELECT asks is 1, or 0."""
        if isinstance(right.value, str) or right.value not in (0, 1):
            return None
        met = self._outcome(left)
        return None if met is None else met == bool(right.value)

    def _age(self, left: Value, operator: str, right: Value) -> bool | None:
        """Say whether the row's age, or the time that is left, is more or less than a lease."""
        more = operator in (">", ">=")
        value = self._value(left)
        if value is not None and value.left is not None and value.relation == "true" and value.left.clock:
            than = _text(right) if isinstance(right, Known) else None
            return self.row.aged(value.left, operator, than) if than is not None or _lease(right) else None
        found = self._elapsed(left)
        if found is None:
            return None
        kind, passed = found
        none = right == Known(0)
        if kind == "limit" and (none or (passed and _lease(right))):
            # The time that is left is more than nothing; what has passed since then is less.
            return more != passed
        # What has passed since it was taken is next to nothing.
        return not more if kind in ("since", "stamp") and passed and _lease(right) else None

    def _elapsed(self, value: Value) -> tuple[str, bool] | None:
        """Return which time some seconds are counted from, and whether up to now; False: from now on up to that."""
        value = _bare(value)
        if not isinstance(value, Mixed):
            return None
        text = _PLACE.sub("", value.text)
        kind = ""
        passed = True
        if (_SINCE.match(text) or _UNTIL.match(text)) and len(value.parts) == 1:
            kind, passed = self._kind(value.parts[0]), bool(_SINCE.match(text))
        elif len(value.parts) == 2 and (_outermost(_SUB, text) or _DIFFERENCE.match(text)):
            first, second = (self._kind(each) for each in value.parts)
            if "now" in (first, second):
                kind, passed = (second, True) if first == "now" else (first, False)
        return (kind, passed) if kind and kind != "now" else None

    def _ordered(self, left: Value, operator: str, right: Value) -> bool | None:
        one, other = self._kind(left), self._kind(right)
        if "stamp" in (one, other):
            # It may be a limit as well: either is later than some time ago.
            places = {"stamp": 1.0, "earlier": 0.0, "before": -1.0}
            if one not in places or other not in places:
                return None
            return _is(places[one], operator, places[other])
        if one not in _PLACES or other not in _PLACES or {one, other} == {"limit", "later"}:
            return None
        return _is(_PLACES[one], operator, _PLACES[other])

    def _kind(self, value: Value) -> str:
        """Return where a time stands, empty where that is not known."""
        value = _bare(value)
        if isinstance(value, Moment):
            return {"": "now", "unknown": ""}.get(value.moved, value.moved)
        fact = self._fact(value)
        if fact is not None:
            return fact.kind
        if not isinstance(value, Mixed) or len(value.parts) != 2:
            return ""
        text = _PLACE.sub("", value.text)
        moved, difference = _outermost(_ADD, text), _DIFFERENCE.match(text)
        inner = self._kind(value.parts[0])
        if moved is None and difference is None:
            return ""
        less = difference is not None or bool(moved and moved["less"])
        if not _lease(value.parts[1], signed=True):
            return ""
        return {
            ("since", False): "limit",
            ("since", True): "before",
            ("now", True): "earlier",
            ("now", False): "later",
        }.get((inner, less), "")


def _compares(value: Mixed) -> bool:
    """Say whether a value is less than, equal to or more than 0 as one time is against another: `a.Compare(b)`."""
    return len(value.parts) == 2 and _outermost(_COMPARE, _PLACE.sub("", value.text)) is not None


def _bare(value: Value) -> Value:
    """Return a value out of its other forms: `at.UTC()`, `int64(age.Seconds())`, what `time.Parse` has read."""
    while isinstance(value, Mixed):
        text = _PLACE.sub("", value.text)
        inside = [each for each in value.parts if any(outcomes(each)) or isinstance(each, Moment)]
        reads = _READ.match(text) is not None
        if len(inside) != 1 or text == NOT_NULL or not (_FORM.search(text) or reads):
            return value
        value = inside[0]
    return value


def _outermost(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the last call of a method that stands in no parentheses: `a.Add(b).After(c)` calls `After`."""
    found = None
    for each in pattern.finditer(text):
        before = text[: each.start()]
        if before.count("(") == before.count(")"):
            found = each
    last = found is not None and text.endswith(")")
    return found if last else None


def _lease(value: Value, signed: bool = False) -> bool:
    """Say whether a value is a length of time: more than nothing, as far as can be told."""
    if isinstance(value, Known):
        return isinstance(value.value, int) and not isinstance(value.value, bool) and value.value > 0
    if isinstance(value, Mixed):
        if any(outcomes(value)) or not value.text or value.text.startswith("0"):
            return False
        return signed or not value.text.startswith("-")
    return isinstance(value, Given)


def _text(value: Known) -> str | None:
    if value.value is None:
        return None
    return str(int(value.value)) if isinstance(value.value, bool) else str(value.value)


def _is(left: float, operator: str, right: float) -> bool | None:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(operator)
