"""The grammar of function calls: arguments with a syntax of their own, aggregates, windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from nodepath_cli.sql.arity import GRAMMAR, MOST_DIGITS, PRECISE, TOO_PRECISE, WRONG_COUNT, refusal
from nodepath_cli.sql.cast_types import mariadbs_type, refusal_of_type, refused_type
from nodepath_cli.sql.collations import UNKNOWN_CHARSET, unknown_charset
from nodepath_cli.sql.expressions import ExpressionGrammar
from nodepath_cli.sql.features import has
from nodepath_cli.sql.lexer import HOLED, NUMBER, QUOTED, WORD
from nodepath_cli.sql.nodes import AGGREGATE, ODKU_VALUE, WINDOW_ITEM, WINDOW_ORDER, WINDOW_PARTITION, CallFault, Expr
from nodepath_cli.sql.windows import WINDOW_ONLY, window_refusal
from nodepath_cli.sql.words import AGGREGATES, UNITS, WHOLE_UNITS, words_of

_FRAME = words_of("""
    ROWS RANGE GROUPS BETWEEN AND UNBOUNDED PRECEDING FOLLOWING CURRENT ROW EXCLUDE NO OTHERS TIES GROUP
""")
_SIDES = frozenset(("BOTH", "LEADING", "TRAILING"))
_MOST_OF_TYPE = {"DATETIME": MOST_DIGITS, "TIME": MOST_DIGITS, "DECIMAL": 65, "DEC": 65}
_DISTINCT = frozenset(("DISTINCT", "DISTINCTROW"))
_QUANTIFIERS = _DISTINCT | {"ALL"}


class FunctionGrammar(ExpressionGrammar):
    """Reads function calls."""

    def call(self, word: str) -> None:
        """Read a function call whose `(` is at hand; `word`, its name in upper case, decides the grammar."""
        mark = len(self.atoms)
        opening = self.i
        self.i += 1
        self.deeper()
        special = self._SPECIAL.get(word)
        around, self.aggregate = self.aggregate, False
        outer_window, self.window = self.window, False
        if special:
            special(self, opening)
        else:
            self._count_matters(word, opening, self.arguments())
        nested, self.aggregate = self.aggregate, around or self.aggregate
        windowed, self.window = self.window, outer_window or self.window
        self.nesting -= 1
        self.expect(")")
        if word in AGGREGATES or self.words[self.i] in _AFTER_CALL:
            self._after_call(word, mark, opening)
            if nested and word in AGGREGATES and self.words[self.i - 1] == ")" and self.closing[opening] == self.i - 1:
                self._fault(1111, "Invalid use of group function", word, opening)
        if windowed and word in AGGREGATES:
            errno, message = window_refusal(self.dialect, in_aggregate=True)
            self._fault(errno, message, word, opening)
        elif word in WINDOW_ONLY and not self._has_over(opening):
            self._fault(1064, f"Syntax error: {word} needs OVER", word, opening)

    def _count_matters(self, word: str, opening: int, count: int | None) -> None:
        """Note a call whose arguments are more or fewer than the function takes, or not of the kind that it reads."""
        if self.has_holes and HOLED in self.kinds[opening : self.i]:
            return
        if self.words[opening + 1] in ("*", "ALL", "DISTINCT", "DISTINCTROW"):
            self._star(word, opening)
        if count is None:
            return
        errno = refusal(word, count)
        if errno is not None:
            self._fault(errno, f"{WRONG_COUNT} '{word}'", word, opening)
        elif count == 1 and word in PRECISE:
            self._digits(word, opening)

    def _star(self, word: str, opening: int) -> None:
        """Note `*` as the argument of another function than COUNT, or behind DISTINCT (measured)."""
        first = opening + 1
        while self.words[first] in _QUANTIFIERS:
            first += 1
        plain = word == "COUNT" and _DISTINCT.isdisjoint(self.words[opening:first])
        if word and not plain and self.words[first] == "*" and self.words[first + 1] == ")":
            self._fault(GRAMMAR, f"Syntax error at '*' in the call to '{word}'", word, opening)

    def _digits(self, word: str, opening: int) -> None:
        """Note a number of digits behind the seconds that no time has, or that is no number as it stands."""
        digits = self.text[self.starts[opening + 1] : self.ends[opening + 1]]
        if digits[:2].lower() == "0x":
            # MariaDB takes it (measured).
            return
        if self.words[opening + 2] != ")" or self.kinds[opening + 1] != NUMBER or not digits.isdigit():
            self._fault(GRAMMAR, f"Syntax error: {word} takes a whole number alone", word, opening)
        elif int(digits) > MOST_DIGITS:
            message = f"Too big precision {digits} specified for '{word}'. Maximum is {MOST_DIGITS}"
            self._fault(TOO_PRECISE, message, word, opening)

    def _fault(self, errno: int, message: str, word: str, opening: int) -> None:
        closing = self.closing[opening]
        self.faults.append(CallFault(errno, message, word, self.starts[opening - 1], self.ends[closing]))

    def _after_call(self, word: str, mark: int, opening: int) -> None:
        if self.words[self.i] == "WITHIN":
            self.needs("WITHIN GROUP")
            self.i += 1
            self.expect("GROUP")
            self.expect("(")
            inside = len(self.atoms)
            self.order_list()
            self._flag(inside, WINDOW_ORDER)
            self.expect(")")
        if self.words[self.i] == "FILTER":
            self.needs("FILTER")
            self.i += 1
            self.expect("(")
            self.expect("WHERE")
            self.boolean()
            self.expect(")")
        if self.words[self.i] == "FROM" and self.words[self.i + 2] == "OVER":
            self.needs("FROM FIRST")
            self.i += 2
        if self.words[self.i] in ("RESPECT", "IGNORE") and self.words[self.i + 1] == "NULLS":
            self.needs("IGNORE NULLS")
            self.i += 2
        if self.words[self.i] == "OVER":
            self.needs("a window function")
            self.i += 1
            # An aggregate inside a window function's argument still groups the query.
            self.window = True
            if word == "MEDIAN":
                # An ordered-set function in disguise (MariaDB).
                self._flag(mark, WINDOW_ORDER)
            self._over(word, opening)
        elif word in AGGREGATES:
            self._flag(mark, AGGREGATE)
            self.aggregate = True

    def _has_over(self, opening: int) -> bool:
        """Say whether OVER follows a call, also where the server has no window functions."""
        behind = self.closing[opening] + 1
        word = self.words[behind]
        if word == "FROM" and self.words[behind + 2] == "OVER":
            return True
        return word in ("OVER", "RESPECT", "IGNORE") or not has("a window function", self.dialect, self.version)

    def _over(self, word: str, opening: int) -> None:
        self.window = False
        self.over()
        if self.window:
            errno, message = window_refusal(self.dialect)
            self._fault(errno, message, word, opening)
        self.window = True

    def arguments(self) -> int | None:
        """Read arguments up to the closing parenthesis, with the clauses that functions share.

        Return how many there are, None where words stand among them.
        """
        words = self.words
        if words[self.i] == ")":
            return 0
        plain, count = True, 0
        while words[self.i] in _QUANTIFIERS:
            plain = False
            self.i += 1
        if words[self.i] == "*" and words[self.i + 1] == ")":
            self.i += 1
            return None
        while True:
            count += 1
            self.value()
            if words[self.i] == "AS":
                self._type(",)")
            elif self.kinds[self.i] in (WORD, QUOTED) and words[self.i] not in _ARGUMENT_CLAUSES:
                # A stored function's argument can have an alias.
                self.ident()
            if not self.accept(","):
                break
        while words[self.i] in _ARGUMENT_CLAUSES:
            plain = False
            self._argument_clause(words[self.i])
        return count if plain else None

    def _argument_clause(self, word: str) -> None:
        self.i += 1
        if word == "ORDER":
            self.i -= 1
            self.order_list()
        elif word == "LIMIT":
            self.value()
            if self.accept(",") or self.accept("OFFSET"):
                self.value()
        elif word == "SEPARATOR":
            self.simple()
            if self.words[self.i] == "ORDER":
                self.slip(self.i, self.i + 1)
        elif word == "USING":
            self._charset(self.i)
            self.ident(after_dot=True)
        elif word == "RETURNING":
            self.i -= 1
            self.needs("RETURNING of JSON_VALUE")
            self.i += 1
            self._type(",)", named=False)
        elif word in ("NULL", "ERROR", "DEFAULT", "ON", "EMPTY", "ABSENT"):
            if word == "DEFAULT":
                self.simple()
        else:
            self.value()

    def _type(self, stops: str, named: bool = True) -> None:
        """Step over `AS type`: a data type holds no names."""
        if named:
            self.expect("AS")
        while self.words[self.i] not in stops or not self.words[self.i]:
            if self.words[self.i] == "(":
                self.skip_parentheses()
            elif not named and self.words[self.i] in ("NULL", "ERROR", "DEFAULT"):
                return
            elif self.i >= len(self.kinds) - 1:
                raise self.problem()
            else:
                self.i += 1

    def over(self) -> None:
        """Read what follows OVER: a window's name or its definition."""
        if self.words[self.i] == "(":
            self.window_spec()
        else:
            self.named_windows.append(self.ident())

    def window_spec(self) -> None:
        """Read `([name] [PARTITION BY ...] [ORDER BY ...] [frame])`."""
        self.expect("(")
        self.deeper()
        if self.words[self.i] not in ("PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS", ")"):
            self.named_windows.append(self.ident())
        if self.accept("PARTITION"):
            self.expect("BY")
            self._window_item(WINDOW_PARTITION)
            while self.accept(","):
                self._window_item(WINDOW_PARTITION)
        if self.accept("ORDER"):
            self.expect("BY")
            self._window_item(WINDOW_ORDER)
            while self.accept(","):
                self._window_item(WINDOW_ORDER)
        while self.words[self.i] != ")":
            if self.words[self.i] in _FRAME:
                if self.words[self.i] == "GROUPS":
                    self.needs("GROUPS")
                self.i += 1
            else:
                self.simple()
                if self.words[self.i] in UNITS:
                    self.i += 1
        self.nesting -= 1
        self.expect(")")

    def _window_item(self, flag: int) -> None:
        mark = len(self.atoms)
        first = self.i
        self.value()
        whole = self.single == (first, self.i) and len(self.atoms) == mark + 1
        self._flag(mark, flag | WINDOW_ITEM if whole else flag)
        self.direction()

    def order_list(self) -> None:
        """Read `ORDER BY a [ASC|DESC], ...`."""
        self.expect("ORDER")
        self.expect("BY")
        self.value()
        self.direction()
        while self.accept(","):
            self.value()
            self.direction()

    def _cast(self, opening: int) -> None:
        self.value()
        if self.words[self.i] != "AS":
            raise self.problem()
        self._precision(opening)

    def _convert(self, opening: int) -> None:
        self.value()
        if self.words[self.i] not in (",", "USING"):
            raise self.problem()
        self._precision(opening)

    def _precision(self, opening: int) -> None:
        """Step over a type, and note one that there is not, or with more digits than any has."""
        refused = refused_type(self.words, self.i + 1) if self.words[self.i] != "USING" else 0
        if refused:
            word = self.text[self.starts[self.i + refused] : self.ends[self.i + refused]]
            self.slip(self.i + refused, self.i + refused + 1, *refusal_of_type(word, self.dialect))
        if self.dialect == "mysql" and self.words[self.i] != "USING" and mariadbs_type(self.words, self.i + 1):
            start, end = self.starts[self.i + 1], self.ends[self.i + 1]
            word = self.text[start:end]
            meant = "CHAR" if word.upper() == "VARCHAR" else "SIGNED"
            message = f"values of type {word} are MariaDB's alone: MySQL answers 1064, and has {meant}"
            self.faults.append(CallFault(1064, message, word, start, end, elsewhere=True))
        for at in range(self.i, self.closing[opening] - 1):
            named = self.words[at] == "SET" and self.words[at - 1] == "CHARACTER"
            if named or self.words[at] == "CHARSET" or (at == self.i and self.words[at] == "USING"):
                self._charset(at + 1)
        kind, size = self.words[self.i + 1], self.i + 3
        most = _MOST_OF_TYPE.get(kind)
        if most is not None and self.words[size - 1] == "(" and self.kinds[size] == NUMBER:
            digits = self.text[self.starts[size] : self.ends[size]]
            if digits.isdigit() and int(digits) > most:
                word = self.words[opening - 1]
                message = f"Too big precision {digits} specified in the call to '{word}'. Maximum is {most}"
                self._fault(TOO_PRECISE, message, word, opening)
        self.i = self.closing[opening]

    def _charset(self, index: int) -> None:
        """Note a character set, the token at `index`, that no server has."""
        name = self.text[self.starts[index] : self.ends[index]]
        if self.kinds[index] == WORD and self.dialect != "sqlite" and unknown_charset(name):
            place = self.starts[index], self.ends[index]
            self.faults.append(CallFault(UNKNOWN_CHARSET, f"Unknown character set: '{name}'", name, *place))

    def _extract(self, _opening: int) -> None:
        if self.words[self.i] not in UNITS:
            raise self.problem()
        self.i += 1
        if self.words[self.i] == ",":
            self.slip(self.i - 1, self.i + 1)
            self.i += 1
        else:
            self.expect("FROM")
        self.value()

    def _unit_first(self, opening: int) -> None:
        unit = self.words[self.i]
        count: int | None = 0
        if unit in UNITS or unit == "FRAC_SECOND":
            self.i += 1
            if self.words[self.i] != ")":
                self.expect(",")
                count = self.arguments()
        else:
            count = self.arguments()
        known = not self.has_holes or HOLED not in self.kinds[opening : self.i]
        if known and self.dialect != "sqlite" and (unit not in WHOLE_UNITS or count != 2):
            word = self.words[opening - 1]
            self._fault(GRAMMAR, f"Syntax error: {word} takes a unit and two values", word, opening)

    def _moved_date(self, opening: int) -> None:
        """Read the arguments of DATE_ADD and its like: a time and an interval, or for ADDDATE a number of days."""
        word = self.words[opening - 1]
        self._count_matters(word, opening, self.arguments())
        interval = opening + 1
        while self.words[interval] not in (",", ")"):
            interval = self.closing[interval] + 1 if self.words[interval] == "(" else interval + 1
        known = not self.has_holes or HOLED not in self.kinds[opening : self.i]
        last = self.i - 1
        unit = last > interval + 1 and self.words[last] in UNITS and self.words[last - 1] != "."
        moved = self.words[interval + 1] == "INTERVAL" and unit
        unit = unit and "INTERVAL" not in self.words[interval:last]
        if known and not moved and (unit or word in ("DATE_ADD", "DATE_SUB")):
            self._fault(GRAMMAR, f"Syntax error: {word} takes INTERVAL and a unit behind its comma", word, opening)

    def _get_format(self, _opening: int) -> None:
        if self.words[self.i] not in ("DATE", "TIME", "DATETIME", "TIMESTAMP"):
            raise self.problem()
        self.i += 1
        self.expect(",")
        self.value()

    def _trim(self, opening: int) -> None:
        self.accept_any(_SIDES)
        if not self.accept("FROM"):
            self.value()
            if self.accept(","):
                self.value()
                self._count_matters("TRIM", opening, 2)
                return
            if not self.accept("FROM"):
                return
        self.value()

    def _position(self, _opening: int) -> None:
        self.operand()
        self.expect("IN")
        self.value()

    def _values(self, _opening: int) -> None:
        mark = len(self.atoms)
        self.name()
        self._flag(mark, ODKU_VALUE)

    def _weight_string(self, opening: int) -> None:
        self.value()
        self.i = self.closing[opening]

    def _sequence_function(self, _opening: int) -> None:
        self.sequence()
        while self.accept(","):
            self.value()

    def window_expr(self) -> Expr:
        """Read a window's definition in the WINDOW clause."""
        return self.expr(self.window_spec)

    _SPECIAL: ClassVar[dict[str, Callable[[FunctionGrammar, int], None]]] = {
        "CAST": _cast,
        "CONVERT": _convert,
        "EXTRACT": _extract,
        "ADDDATE": _moved_date,
        "DATE_ADD": _moved_date,
        "DATE_SUB": _moved_date,
        "SUBDATE": _moved_date,
        "TIMESTAMPADD": _unit_first,
        "TIMESTAMPDIFF": _unit_first,
        "GET_FORMAT": _get_format,
        "TRIM": _trim,
        "POSITION": _position,
        "VALUES": _values,
        "VALUE": _values,
        "WEIGHT_STRING": _weight_string,
        "NEXTVAL": _sequence_function,
        "LASTVAL": _sequence_function,
        "SETVAL": _sequence_function,
    }


_AFTER_CALL = frozenset(("OVER", "WITHIN", "FILTER", "RESPECT", "IGNORE", "FROM"))
_ARGUMENT_CLAUSES = words_of("""
    ORDER LIMIT SEPARATOR USING FROM FOR RETURNING NULL ERROR DEFAULT ON EMPTY ABSENT AS IN
""")
