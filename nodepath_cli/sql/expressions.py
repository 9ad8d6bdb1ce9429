"""The grammar of expressions: finds every column and subquery, and the operands that matter for resolving them.

Only as much of MySQL's operator precedence is kept as names need: the left operand of IN, ANY and ALL ends at a
comparison, a comparison at AND, OR, XOR and NOT (MySQL manual, "Operator Precedence").
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from nodepath_cli.sql.cursor import TEXT, VALUE
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD, unquote
from nodepath_cli.sql.nodes import IN_LEFT, ONE_COLUMN, UNORDERED, Col, Expr
from nodepath_cli.sql.operands import OperandGrammar
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

    def expr(self, read: Callable[[], None] | None = None) -> Expr:
        """Read one expression (or what `read` reads) and return what was found in it."""
        saved = (self.atoms, self.aggregate, self.window, self.open_text, self.named_windows, self.faults)
        self.atoms, self.aggregate, self.window, self.open_text, self.named_windows = [], False, False, False, []
        self.faults = []
        first = self.i
        (read or self.boolean)()
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
        )
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
        while True:
            while words[self.i] in ("NOT", "!"):
                self.i += 1
            first = self.i
            self.predicate()
            if self.has_holes and self.i == first + 1 and self.kinds[first] == HOLED:
                self._condition_hole(first)
            word = words[self.i]
            if word in _BOOLEAN or word == ":=":
                self.i += 1
            elif self.has_holes and self.kinds[self.i] == HOLED:
                if not self._tail_hole():
                    return
            else:
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
            self.predicate_rest(len(self.atoms))
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
        mark = len(self.atoms)
        self.operand()
        self.predicate_rest(mark)

    def predicate_rest(self, mark: int) -> None:
        """Read what follows an operand; its columns are those from `mark` on."""
        words = self.words
        while True:
            word = words[self.i]
            if word in _COMPARE:
                self.i += 1
                if words[self.i] in ("ALL", "ANY", "SOME") and words[self.i + 1] == "(":
                    self.i += 1
                    self._in_left(mark)
                    self._subquery_or_list(UNORDERED)
                else:
                    right = len(self.atoms)
                    self.operand()
                    while words[self.i] in _PREDICATE and self._predicate_tail(right):
                        pass
            elif word == "IS":
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
            elif word not in _PREDICATE or not self._predicate_tail(mark):
                return

    def _predicate_tail(self, mark: int) -> bool:
        words = self.words
        start = self.i
        self.accept("NOT")
        word = words[self.i]
        self.i += 1
        if word == "IN":
            alone = self.single[1] == start and len(self.atoms) == mark + 1 and isinstance(self.atoms[mark], Col)
            self._in_operand(mark, ONE_COLUMN if alone else 0)
        elif word == "BETWEEN":
            self.operand()
            self.expect("AND")
            right = len(self.atoms)
            self.operand()
            while words[self.i] in _PREDICATE and self._predicate_tail(right):
                pass
        elif (word in _PATTERNS and (word != "GLOB" or self.dialect == "sqlite")) or (
            word == "SOUNDS" and self.accept("LIKE")
        ):
            self.operand()
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

    def _in_operand(self, mark: int, flags: int) -> None:
        if self.at_hole():
            self.hole(VALUE)
        elif self.words[self.i] != "(":
            # sqlx expands `IN ?` into a list; SQLite allows a table's name.
            if self.kinds[self.i] != PARAM and self.dialect != "sqlite":
                raise self.problem()
            self.i += 1
        else:
            if self.is_query(self.i):
                self._in_left(mark)
            self._subquery_or_list(UNORDERED | flags)

    def _in_left(self, mark: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = replace(atom, flags=atom.flags | IN_LEFT)
            else:
                atoms[index] = replace(atom, flags=atom.flags | IN_LEFT)

    def _subquery_or_list(self, flags: int) -> None:
        if self.is_query(self.i):
            self.subquery(flags)
            return
        self.expect("(")
        if self.words[self.i] == ")" and (self.dialect == "sqlite" or self.has_holes):
            self.i += 1
            return
        self.deeper()
        self.boolean()
        while self.accept(","):
            self.boolean()
        self.nesting -= 1
        self.expect(")")

    def operand(self) -> None:
        """Read simple expressions and the arithmetic between them."""
        words = self.words
        while True:
            self.simple()
            word = words[self.i]
            while word == "COLLATE" or (word in ("->", "->>")):
                if word != "COLLATE":
                    self.needs(word)
                self.i += 1
                if word == "COLLATE" and self.kinds[self.i] in (WORD, QUOTED, HOLED, STRING):
                    self.i += 1
                else:
                    self.simple()
                word = words[self.i]
            if word not in _ARITHMETIC and (word != "||" or self.dialect != "sqlite"):
                return
            self.i += 1


def _position(number: str) -> str | None:
    """Return a number that is an integer to the server: what is longer than 64 bits is a decimal."""
    return number if number.isdigit() and (len(number) < 20 or int(number) < 2**64) else None
