"""The grammar of expressions: finds every column and subquery, and the operands that matter for resolving them.

Only as much of MySQL's operator precedence is kept as names need: the left operand of IN, ANY and ALL ends at a
comparison, a comparison at AND, OR, XOR and NOT (MySQL manual, "Operator Precedence").
"""

from __future__ import annotations

from collections.abc import Callable

from nodepath_cli.sql.cursor import NAME, TEXT, VALUE, Cursor
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD, unquote
from nodepath_cli.sql.nodes import IN_LEFT, TABLE_COLUMN, Atom, Col, Expr, Ident, Query, Sub
from nodepath_cli.sql.words import FUNCTION_WORDS, NILADIC, RESERVED, UNITS

_BOOLEAN = frozenset(("AND", "OR", "XOR", "||", "&&"))
_CONDITION_STARTS = frozenset(("WHERE", "AND", "OR", "XOR", "NOT", "HAVING", "ON", "&&", "||", "!", "WHEN", "BY"))
_COMPARE = frozenset(("=", "<=>", ">=", ">", "<=", "<", "<>", "!="))
_ARITHMETIC = frozenset(("|", "&", "<<", ">>", "-", "+", "*", "/", "DIV", "%", "MOD", "^"))
_PREFIX = frozenset(("-", "+", "~", "!", "BINARY"))
_PREDICATE = frozenset(("NOT", "IN", "BETWEEN", "LIKE", "REGEXP", "RLIKE", "SOUNDS", "MEMBER", "GLOB", "ESCAPE"))
_IS = frozenset(("NULL", "TRUE", "FALSE", "UNKNOWN", "JSON", "NOTNULL"))
_CONSTANTS = frozenset(("NULL", "TRUE", "FALSE", "MAXVALUE"))
_TYPED_LITERALS = frozenset(("DATE", "TIME", "TIMESTAMP"))
_SPECIAL = frozenset(("CASE", "EXISTS", "INTERVAL", "MATCH", "DEFAULT", "NEXT", "PREVIOUS", "ROW", "VALUES", "NOT"))


class ExpressionGrammar(Cursor):
    """Reads expressions. What it finds is collected in `atoms` until `expr` cuts it into an Expr."""

    atoms: list[Atom]
    named_windows: list[Ident]
    aggregate = False
    window = False
    open_text = False
    single: tuple[int, int] = (-1, -1)
    """Token range of the last column, with the parentheses around it."""

    def query(self) -> Query:
        """Read a query expression."""
        raise NotImplementedError

    def call(self, word: str) -> None:
        """Read a function call whose `(` is at hand."""
        raise NotImplementedError

    def expr(self, read: Callable[[], None] | None = None) -> Expr:
        """Read one expression (or what `read` reads) and return what was found in it."""
        saved = (self.atoms, self.aggregate, self.window, self.open_text, self.named_windows)
        self.atoms, self.aggregate, self.window, self.open_text, self.named_windows = [], False, False, False, []
        first = self.i
        (read or self.boolean)()
        atoms = self.atoms
        column = position = literal = None
        if len(atoms) == 1 and self.single == (first, self.i) and isinstance(atoms[0], Col):
            column = atoms[0]
        elif not atoms and self.i - first <= 2:
            position, literal = self._literal(first)
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
        )
        self.atoms, self.aggregate, self.window, self.open_text, self.named_windows = saved
        return result

    def _literal(self, first: int) -> tuple[str | None, str | None]:
        kind = self.kinds[first]
        text = self.text[self.starts[first] : self.ends[self.i - 1]]
        if self.i - first == 1:
            if kind == NUMBER:
                return (text if text.isdigit() else None), text
            return None, unquote(text) if kind == STRING else None
        if self.words[first] == "-" and self.kinds[first + 1] == NUMBER and text[1:].strip().isdigit():
            return "-" + text[1:].strip(), None
        return None, None

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
            self.holes[-1] = self.holes[-1]._replace(role=TEXT)
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
                    self._subquery_or_list()
                else:
                    right = len(self.atoms)
                    self.operand()
                    while words[self.i] in _PREDICATE and self._predicate_tail(right):
                        pass
            elif word == "IS":
                self.i += 1
                self.accept("NOT")
                if self.accept("DISTINCT"):
                    self.expect("FROM")
                    self.operand()
                elif words[self.i] in _IS:
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
            self._in_operand(mark)
        elif word == "BETWEEN":
            self.operand()
            self.expect("AND")
            right = len(self.atoms)
            self.operand()
            while words[self.i] in _PREDICATE and self._predicate_tail(right):
                pass
        elif word in ("LIKE", "REGEXP", "RLIKE", "ESCAPE", "GLOB") or (word == "SOUNDS" and self.accept("LIKE")):
            self.operand()
        elif word == "MEMBER" and words[self.i] in ("OF", "("):
            self.accept("OF")
            self.operand()
        elif word == "NULL" and self.dialect == "sqlite" and words[start] == "NOT":
            pass
        else:
            self.i = start
            return False
        return True

    def _in_operand(self, mark: int) -> None:
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
            self._subquery_or_list()

    def _in_left(self, mark: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = atom._replace(flags=atom.flags | IN_LEFT)
            else:
                atoms[index] = atom._replace(flags=atom.flags | IN_LEFT)

    def _subquery_or_list(self) -> None:
        if self.is_query(self.i):
            self.subquery()
            return
        self.expect("(")
        if self.accept(")"):
            return
        self.deeper()
        self.boolean()
        while self.accept(","):
            self.boolean()
        self.nesting -= 1
        self.expect(")")

    def subquery(self) -> None:
        """Read `(SELECT ...)`."""
        self.expect("(")
        self.deeper()
        self.atoms.append(Sub(self.query(), 0))
        self.nesting -= 1
        self.expect(")")

    def operand(self) -> None:
        """Read simple expressions and the arithmetic between them."""
        words = self.words
        while True:
            self.simple()
            word = words[self.i]
            while word == "COLLATE" or (word in ("->", "->>")):
                self.i += 1
                if word == "COLLATE" and self.kinds[self.i] in (WORD, QUOTED, HOLED, STRING):
                    self.i += 1
                else:
                    self.simple()
                word = words[self.i]
            if word not in _ARITHMETIC and (word != "||" or self.dialect != "sqlite"):
                return
            self.i += 1

    def simple(self) -> None:
        """Read one operand."""
        index = self.i
        while self.words[index] in _PREFIX:
            index += 1
        self.i = index
        kind = self.kinds[index]
        if kind == WORD:
            self._word(index)
        elif kind == QUOTED:
            self._name()
        elif kind == STRING:
            while self.kinds[self.i] == STRING:
                self.i += 1
        elif kind in (NUMBER, PARAM, VARIABLE):
            self.i = index + 1
        elif kind == HOLED:
            self._hole(index)
        elif self.words[index] == "(":
            self._parenthesis(index)
        elif self.words[index] == "." and self.kinds[index + 1] in (WORD, QUOTED):
            self.i = index + 1
            self._name()
        elif self.words[index] == "{":
            self._odbc()
        elif self.words[index] == "*" and self.words[index - 1] == "(":
            self.i = index + 1
        else:
            raise self.problem()

    def _parenthesis(self, index: int) -> None:
        if self.is_query(index):
            self.subquery()
            return
        self.i = index + 1
        self.deeper()
        self.boolean()
        inner = (index + 1, self.i)
        while self.accept(","):
            self.boolean()
        self.nesting -= 1
        whole = self.single == inner and self.i == inner[1]
        self.expect(")")
        if whole:
            self.single = (index, self.i)

    def _hole(self, index: int) -> None:
        following = self.kinds[index + 1]
        touching = self.touches_next(index)
        if (touching and following in (WORD, NUMBER)) or self.words[index + 1] == ".":
            self._name()
        elif touching and self.words[index + 1] == "(":
            self.hole(NAME)
            self.call("")
        else:
            self.hole(VALUE)

    def _odbc(self) -> None:
        """Read `{d '2024-01-01'}` and `{fn f(x)}`."""
        self.i += 1
        self.ident()
        self.boolean()
        self.expect("}")

    def _word(self, index: int) -> None:
        words = self.words
        word = words[index]
        following = words[index + 1]
        if word in _SPECIAL and self._special(word, following):
            return
        if following == "(":
            if word in RESERVED and word not in FUNCTION_WORDS:
                raise self.problem()
            self.i = index + 1
            self.call(word)
        elif following == ".":
            self._name()
        elif word in NILADIC or word in _CONSTANTS:
            self.i = index + 1
        elif self.kinds[index + 1] == STRING and self._introduces(word, index):
            self.i = index + 2
        elif word[0] == "_" and self._introduces_hex(index + 1):
            self.i = index + (2 if self.kinds[index + 1] == NUMBER else 3)
        else:
            self._name()

    def _introduces(self, word: str, index: int) -> bool:
        if word in _TYPED_LITERALS or word[0] == "_":
            return True
        return word in ("N", "X", "B") and self.touches_next(index)

    def _introduces_hex(self, index: int) -> bool:
        """Say whether `_latin1` is followed by `0x41` or `x'41'`."""
        if self.kinds[index] == NUMBER:
            return True
        return self.words[index] in ("X", "B", "N") and self.kinds[index + 1] == STRING and self.touches_next(index)

    def _special(self, word: str, following: str) -> bool:
        """Read what begins with a word of its own grammar; say whether it was that."""
        if word == "CASE":
            self._case()
        elif word == "NOT":
            self.i += 1
            self.predicate()
        elif word == "EXISTS" and following == "(":
            self.i += 1
            self.subquery()
        elif word == "INTERVAL":
            self._interval()
        elif word == "ROW" and following == "(":
            self.i += 2
            self._arguments_until_close()
        elif word == "MATCH":
            self._match()
        elif word == "DEFAULT" and following == "(":
            self.i += 2
            mark = len(self.atoms)
            self._name()
            self._flag(mark, TABLE_COLUMN)
            self.expect(")")
        elif word in ("NEXT", "PREVIOUS") and following == "VALUE" and self.words[self.i + 2] == "FOR":
            self.i += 3
            self._sequence()
        else:
            return False
        return True

    def _sequence(self) -> None:
        self.ident()
        if self.accept("."):
            self.ident(after_dot=True)

    def _arguments_until_close(self) -> None:
        self.deeper()
        self.boolean()
        while self.accept(","):
            self.boolean()
        self.nesting -= 1
        self.expect(")")

    def _flag(self, mark: int, flag: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = atom._replace(flags=atom.flags | flag)
            else:
                atoms[index] = atom._replace(flags=atom.flags | flag)

    def _case(self) -> None:
        self.i += 1
        self.deeper()
        if self.words[self.i] != "WHEN":
            self.boolean()
        if self.words[self.i] != "WHEN":
            raise self.problem()
        while self.accept("WHEN"):
            self.boolean()
            self.expect("THEN")
            self.boolean()
        if self.accept("ELSE"):
            self.boolean()
        self.nesting -= 1
        if not self.accept("END"):
            raise self.problem()

    def _interval(self) -> None:
        """Read `INTERVAL expr unit` or the function `INTERVAL(a, b)`."""
        self.i += 1
        if self.words[self.i] == "(" and self._lists_several(self.i):
            self.call("INTERVAL")
            return
        self.boolean()
        if self.at_hole():
            self.hole(NAME)
        elif self.words[self.i] in UNITS:
            self.i += 1
        elif not self.open_text:
            raise self.problem()

    def _lists_several(self, index: int) -> bool:
        """Say whether a comma stands right inside the parentheses that open at that index."""
        end = self.closing[index]
        index += 1
        while index < end:
            if self.words[index] == ",":
                return True
            index = self.closing[index] if self.words[index] == "(" else index + 1
        return False

    def _match(self) -> None:
        self.i += 1
        if self.dialect == "sqlite":
            self.operand()
            return
        grouped = self.accept("(")
        mark = len(self.atoms)
        self._name()
        while self.accept(","):
            self._name()
        self._flag(mark, TABLE_COLUMN)
        if grouped:
            self.expect(")")
        self.expect("AGAINST")
        self.expect("(")
        self.operand()
        while self.words[self.i] in ("IN", "NATURAL", "LANGUAGE", "MODE", "BOOLEAN", "WITH", "QUERY", "EXPANSION"):
            self.i += 1
        self.expect(")")

    def _name(self) -> None:
        """Read a column, `a`, `t.a` or `db.t.a`; or a stored function of another database."""
        first = self.i
        parts = [self.ident()]
        while self.words[self.i] == "." and len(parts) < 3:
            self.i += 1
            parts.append(self.ident(after_dot=True))
        if self.words[self.i] == "(" and len(parts) == 2:
            self.call("")
            return
        if self.words[self.i] == "." or (self.words[self.i] == "(" and self.kinds[self.i - 1] == QUOTED):
            if self.words[self.i] == "(":
                self.call("")
                return
            raise self.problem()
        table = parts[-2] if len(parts) > 1 else None
        self.atoms.append(Col(parts[-1], table, parts[0] if len(parts) > 2 else None, 0))
        self.single = (first, self.i)

    def column(self) -> Col:
        """Read a column's name alone, as in an INSERT list."""
        saved = self.atoms
        self.atoms = []
        self._name()
        found = self.atoms
        self.atoms = saved
        if len(found) != 1 or not isinstance(found[0], Col):
            raise self.problem()
        return found[0]


__all__ = ["NAME", "TEXT", "VALUE", "ExpressionGrammar"]
