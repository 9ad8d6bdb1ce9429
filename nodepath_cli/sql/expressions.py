"""The grammar of expressions: finds every column and subquery, and the operands that matter for resolving them.

Only as much of MySQL's operator precedence is kept as names need: the left operand of IN, ANY and ALL ends at a
comparison, a comparison at AND, OR, XOR and NOT (MySQL manual, "Operator Precedence").
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from msgspec.structs import replace

from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.collations import (
    MIXED,
    NOT_OF_CHARSET,
    UNKNOWN_COLLATION,
    full_name,
    misfit,
    unknown_collation,
)
from nodepath_cli.sql.cursor import TEXT, VALUE
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD, unquote
from nodepath_cli.sql.nodes import IN_LEFT, UNORDERED, CallFault, Col, Collated, Expr, Query, Shape, Sub
from nodepath_cli.sql.operands import OperandGrammar
from nodepath_cli.sql.resolution import LIST_MARK
from nodepath_cli.sql.words import RESERVED

_BOOLEAN = frozenset(("AND", "OR", "XOR", "||", "&&"))
_CONDITION_STARTS = frozenset(("WHERE", "AND", "OR", "XOR", "NOT", "HAVING", "ON", "&&", "||", "!", "WHEN", "BY"))
_COMPARE = frozenset(("=", "<=>", ">=", ">", "<=", "<", "<>", "!="))
_ARITHMETIC = frozenset(("|", "&", "<<", ">>", "-", "+", "*", "/", "DIV", "%", "MOD", "^"))
_PREDICATE = frozenset(("NOT", "IN", "BETWEEN", "LIKE", "REGEXP", "RLIKE", "SOUNDS", "MEMBER", "GLOB", "ESCAPE"))
_PATTERNS = frozenset(("LIKE", "REGEXP", "RLIKE", "ESCAPE", "GLOB"))
_TRUTH = {"TRUE": "1", "FALSE": "0"}
_IS = frozenset(("NULL", "TRUE", "FALSE", "UNKNOWN", "JSON", "NOTNULL"))


class ExpressionGrammar(OperandGrammar):
    """Reads expressions; `expr` cuts what was collected into an Expr."""

    aggregate = False
    window = False
    explicit: tuple[int, str] = (0, "")
    """The token behind the last COLLATE with its collation, and that."""

    def expr(self, read: Callable[[], None] | None = None) -> Expr:
        """Read one expression (or what `read` reads) and return what was found in it."""
        saved = (self.atoms, self.aggregate, self.window, self.open_text, self.named_windows, self.faults)
        around = self.operands, self.shape, self.calls, self.matches, self.collated
        self.atoms, self.aggregate, self.window, self.open_text, self.named_windows = [], False, False, False, []
        self.faults, self.operands, self.shape, self.calls, self.matches, self.collated = [], [], 0, [], [], []
        first = self.i
        (read or self.boolean)()
        self.one_column(first)
        atoms = self.atoms
        column = position = literal = None
        if len(atoms) == 1 and self.single == (first, self.i) and isinstance(atoms[0], Col):
            column = atoms[0]
        elif not atoms:
            position, literal = self._literal(first, self.i)
        result = Expr(
            tuple(atoms),
            self.starts[first],
            self.ends[self.i - 1] if self.i > first else self.starts[first],
            column,
            position,
            literal,
            self.aggregate,
            self.window,
            self.open_text,
            tuple(self.named_windows),
            tuple(self.faults),
            tuple(self.operands),
            tuple(self.calls),
            tuple(self.matches),
            tuple(self.collated),
        )
        self.operands, self.shape, self.calls, self.matches, self.collated = around
        self.atoms, self.aggregate, self.window, self.open_text, self.named_windows, self.faults = saved
        return result

    def _literal(self, first: int, end: int) -> tuple[str | None, str | None]:
        """Return the position and the value that the tokens from `first` to `end` are, where they are a literal."""
        text = self.text[self.starts[first] : self.ends[end - 1]]
        kind = self.kinds[first]
        if end - first == 1:
            if kind == NUMBER:
                return _position(text), text
            if kind == WORD and self.dialect == "mariadb":
                # They are integers there, so positions, too (measured).
                return _TRUTH.get(self.words[first]), None
            return None, unquote(text) if kind == STRING else None
        sign = ""
        while end - first > 1:
            word = self.words[first]
            if word == "(" and self.closing[first] == end - 1:
                end -= 1
            elif word in ("+", "-"):
                sign = "-" if word == "-" else sign
            else:
                return None, None
            first += 1
        number = self.text[self.starts[first] : self.ends[first]]
        position = _position(number) if self.kinds[first] == NUMBER else None
        return (sign + position if position else None), None

    def boolean(self) -> None:
        """Read an expression down to AND and OR."""
        words = self.words
        several = False
        while True:
            while words[self.i] in ("NOT", "!"):
                self.i += 1
                several = True
            first = self.i
            self.predicate()
            if self.has_holes and self.i == first + 1 and self.kinds[first] == HOLED:
                self._condition_hole(first)
            word = words[self.i]
            if word in _BOOLEAN or word == ":=":
                self.one_column(first)
                self.i += 1
                several = True
            elif self.has_holes and self.kinds[self.i] == HOLED:
                self.shape = None
                if not self._tail_hole():
                    self.shape = None
                    return
            else:
                if several:
                    self.one_column(first)
                return

    def _condition_hole(self, index: int) -> None:
        """Take a hole that is a whole condition for any piece of SQL, not for a value."""
        before = self.words[index - 1]
        if before == "(":
            before = self.words[index - 2]
        if before in _CONDITION_STARTS:
            self.holes[-1] = replace(self.holes[-1], role=TEXT)
            self.open_text = True

    def _tail_hole(self) -> bool:
        """Step over holes behind an operand; say whether another operand follows."""
        while self.kinds[self.i] == HOLED:
            self.hole(TEXT)
        self.open_text = True
        word = self.words[self.i]
        if word in _BOOLEAN:
            self.i += 1
            return True
        if word in _COMPARE or word in _ARITHMETIC or word in ("IN", "LIKE", "IS", "BETWEEN"):
            # `col %s = ?`: the hole belongs to the left operand.
            self.predicate_rest(len(self.atoms), self.i)
            return self.words[self.i] in _BOOLEAN and self.accept(self.words[self.i])
        kind = self.kinds[self.i]
        if kind in (PARAM, NUMBER, STRING, VARIABLE):
            # `col %s ?`: the hole is an operator.
            return True
        if kind == WORD:
            # What follows is an operand only where it is compared: `ORDER` and an alias are none.
            return word not in RESERVED and self.words[self.i + 1] in (_COMPARE | {".", "IN", "LIKE", "IS", "BETWEEN"})
        return kind == QUOTED and self.words[self.i + 1] in (_COMPARE | {"."})

    def predicate(self) -> None:
        """Read operands with their comparisons."""
        mark, first = len(self.atoms), self.i
        self.operand()
        self.predicate_rest(mark, first)

    def predicate_rest(self, mark: int, first: int) -> None:
        """Read what follows an operand; its columns are those from `mark` on, its tokens those from `first` on."""
        words = self.words
        while True:
            word = words[self.i]
            if word in _COMPARE:
                left, collation = self.shape, self._explicit()
                self.i += 1
                if words[self.i] in ("ALL", "ANY", "SOME") and words[self.i + 1] == "(":
                    self.i += 1
                    self._in_left(mark)
                    whole = (word == "=") != (words[self.i - 1] == "ALL") and word in ("=", "<>", "!=")
                    self._subquery_or_list(UNORDERED, left, first, "all" if whole else "")
                else:
                    right, second = len(self.atoms), self.i
                    self.operand()
                    self._mixed(collation, word)
                    while words[self.i] in _PREDICATE and self._predicate_tail(right, second):
                        pass
                    self.pair("=", left, (self.shape,), first)
                    self.shape = 0
            elif word == "IS":
                self.one_column(first)
                self.i += 1
                self.accept("NOT")
                if words[self.i] == "DISTINCT":
                    self.needs("IS DISTINCT FROM")
                    self.i += 1
                    self.expect("FROM")
                    self.operand()
                elif words[self.i] in _IS:
                    if words[self.i] == "JSON":
                        self.needs("IS JSON")
                    self.i += 1
                    if words[self.i] in ("VALUE", "OBJECT", "ARRAY", "SCALAR"):
                        self.i += 1
                elif self.dialect == "sqlite":
                    self.operand()
                else:
                    raise self.problem()
            elif word in ("ISNULL", "NOTNULL") and self.dialect == "sqlite":
                self.i += 1
            elif word not in _PREDICATE or not self._predicate_tail(mark, first):
                return

    def _predicate_tail(self, mark: int, first: int) -> bool:
        words = self.words
        start = self.i
        left = self.shape
        self.accept("NOT")
        word = words[self.i]
        self.i += 1
        if word == "IN":
            self._in_operand(mark, left, first)
            self.shape = 0
        elif word == "BETWEEN":
            self.one_column(first)
            low = self.i
            self.operand()
            self.one_column(low)
            self.expect("AND")
            right, high = len(self.atoms), self.i
            self.operand()
            while words[self.i] in _PREDICATE and self._predicate_tail(right, high):
                pass
            self.one_column(high)
        elif (word in _PATTERNS and (word != "GLOB" or self.dialect == "sqlite")) or (
            word == "SOUNDS" and self.accept("LIKE")
        ):
            collation = self.explicit[1] if self.explicit[0] == start else None
            self.one_column(first)
            second = self.i
            self.operand()
            if word == "LIKE":
                self._mixed(collation, word)
            self.one_column(second)
        elif word == "MEMBER" and words[self.i] in ("OF", "("):
            self.needs("MEMBER OF")
            self.accept("OF")
            self.operand()
        elif word == "NULL" and self.dialect == "sqlite" and words[start] == "NOT":
            pass
        else:
            self.i = start
            return False
        return True

    def _in_operand(self, atoms: int, left: Shape, first: int) -> None:
        if self.at_hole():
            self.hole(VALUE)
        elif self.words[self.i] != "(":
            # sqlx expands `IN ?` into a list; SQLite allows a table's name.
            if self.kinds[self.i] != PARAM and self.dialect != "sqlite":
                raise self.problem()
            mark = self.starts[self.i]
            if self.text[mark] == "?":
                self.faults.append(CallFault(1064, LIST_MARK, "?", mark, mark + 1))
            self.i += 1
        else:
            if self.is_query(self.i):
                self._in_left(atoms)
            self._subquery_or_list(UNORDERED, left, first, "in")

    def _in_left(self, mark: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = replace(atom, flags=atom.flags | IN_LEFT)
            else:
                atoms[index] = replace(atom, flags=atom.flags | IN_LEFT)

    def _subquery_or_list(self, flags: int, left: Shape, first: int, operation: str) -> None:
        """Read what stands behind IN, ANY or ALL; `left` is the shape of what stands before it, from `first` on."""
        if self.is_query(self.i):
            self.subquery(flags)
            self._limited()
            if operation:
                self.pair("all", left, (-len(self.atoms),), first)
                self.shape = 0
                return
            # `>` and its like take one column from both sides, IN and `= ANY` as many as the other has.
            for shape in (left, -len(self.atoms)):
                self.shape = shape
                self.one_column(first)
            return
        self.expect("(")
        if self.words[self.i] == ")" and (self.dialect == "sqlite" or self.has_holes):
            self.i += 1
            return
        self.deeper()
        self.boolean()
        shapes = [self.shape]
        while self.accept(","):
            self.boolean()
            shapes.append(self.shape)
        self.nesting -= 1
        self.expect(")")
        self.pair("in" if len(shapes) > 1 else "=", left, tuple(shapes), first)
        self.shape = 0

    def _collation(self, first: int) -> None:
        """Note the collation at hand, of the operand that begins with the token at `first`."""
        index = self.i
        if self.kinds[index] == HOLED or self.dialect == "sqlite":
            return
        start, end = self.starts[index], self.ends[index]
        name = self.text[start:end]
        name = unquote(name) if self.kinds[index] != WORD else name
        if HOLE in name:
            return
        self.explicit = index + 1, name
        column = self.atoms[-1] if self.single == (first, index - 1) and self.atoms else None
        if unknown_collation(name, self.dialect, self.version):
            self.faults.append(CallFault(UNKNOWN_COLLATION, f"Unknown collation: '{name}'", name, start, end))
        elif isinstance(column, Col):
            self.collated.append(Collated(column, name, start, end))
        elif self.words[first] == "CONVERT" and self.closing.get(first + 1) == index - 2:
            charset = self.words[index - 3].lower() if self.words[index - 4] == "USING" else None
            message = misfit(name, charset)
            if message:
                self.faults.append(CallFault(NOT_OF_CHARSET, message, name, start, end))

    def _explicit(self) -> str | None:
        """Return the collation that the operand before the token at hand has by COLLATE, None where it has none."""
        return self.explicit[1] if self.explicit[0] == self.i else None

    def _mixed(self, left: str | None, operation: str) -> None:
        """Note an operand that was just read with another collation by COLLATE than the `left` one has (measured)."""
        right = self._explicit()
        if left and right and full_name(left) != full_name(right):
            message = (
                f"Illegal mix of collations ({left},EXPLICIT) and ({right},EXPLICIT) for operation "
                f"'{operation.lower()}'"
            )
            at = self.i - 1
            self.faults.append(CallFault(MIXED, message, right, self.starts[at], self.ends[at]))

    def _limited(self) -> None:
        """Note LIMIT in the subquery of IN, ANY or ALL that was just read, which no server takes (measured; manual of
        MySQL, "Restrictions on Subqueries").

        Of the branches of a UNION only MariaDB's verdict is known. OFFSET and ROWS EXAMINED alone are taken (measured).
        """
        last = self.atoms[-1]
        waiting = [last.query] if isinstance(last, Sub) and self.dialect != "sqlite" else []
        while waiting:
            query = waiting.pop()
            at = bisect_left(self.starts, query.limit[0].start) - 1 if len(query.limit) > query.into else -1
            if at > 0 and self.words[at] == "LIMIT":
                message = "A subquery of IN, ALL, ANY or SOME takes no LIMIT"
                self.faults.append(CallFault(1235, message, "", self.starts[at], self.ends[at + 1]))
                return
            if len(query.branches) == 1 or self.dialect == "mariadb":
                waiting += [each for each in query.branches if isinstance(each, Query)]

    def operand(self) -> None:
        """Read simple expressions and the arithmetic between them."""
        words = self.words
        before = ""
        while True:
            first = self.i
            self.simple()
            word = words[self.i]
            while word == "COLLATE" or (word in ("->", "->>")):
                self.one_column(first)
                if word != "COLLATE":
                    self.needs(word)
                    self.json_path(self.i + 1)
                self.i += 1
                if word == "COLLATE" and self.kinds[self.i] in (WORD, QUOTED, HOLED, STRING):
                    self._collation(first)
                    self.i += 1
                else:
                    self.simple()
                word = words[self.i]
            if word not in _ARITHMETIC and (word != "||" or self.dialect != "sqlite"):
                if before:
                    self.one_column(first, before)
                return
            self.one_column(first, word)
            before = word
            self.i += 1


def _position(number: str) -> str | None:
    """Return a number that is an integer to the server: what is longer than 64 bits is a decimal."""
    return number if number.isdigit() and (len(number) < 20 or int(number) < 2**64) else None
