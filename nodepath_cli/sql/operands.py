"""The grammar of one operand: names, literals, parentheses, and what begins with a word of its own grammar."""

from __future__ import annotations

from abc import ABC, abstractmethod

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.builtins import may_be_stored, probably_none
from nodepath_cli.sql.cursor import NAME, VALUE, server_words
from nodepath_cli.sql.features import lacks
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD
from nodepath_cli.sql.nodes import (
    EXISTS,
    UNORDERED,
    Atom,
    CallFault,
    Col,
    Collated,
    Ident,
    Match,
    Operands,
    Query,
    Select,
    Shape,
    StoredCall,
    Sub,
    TableName,
)
from nodepath_cli.sql.slips import SlipGrammar
from nodepath_cli.sql.words import (
    DATE_FUNCTIONS,
    FUNCTION_WORDS,
    NILADIC,
    RESERVED,
    TOUCHING,
    UNITS,
    WHOLE_UNITS,
    words_of,
)

_AMOUNT = lazy(r"'\d+ [a-zA-Z]+'")
_PLURALS = frozenset(f"{unit}S" for unit in WHOLE_UNITS)
_PREFIX = frozenset(("-", "+", "~", "!", "BINARY"))
_CONSTANTS = frozenset(("NULL", "TRUE", "FALSE"))
_TYPED_LITERALS = frozenset(("DATE", "TIME", "TIMESTAMP"))
_FUNCTION_SCHEMAS = frozenset(("mariadb_schema", "oracle_schema", "maxdb_schema"))
_OWN_GRAMMAR = frozenset(("CAST", "EXTRACT"))
_ARGUMENT_WORDS = words_of("* AS DISTINCT DISTINCTROW ALL SEPARATOR ORDER FROM INTERVAL IN LEADING TRAILING BOTH FOR")
"""What stands among the arguments of functions alone that the grammar knows."""
_SPECIAL = frozenset(("CASE", "EXISTS", "INTERVAL", "MATCH", "DEFAULT", "NEXT", "PREVIOUS", "VALUES", "NOT"))


class OperandGrammar(SlipGrammar, ABC):
    """Reads operands. The columns and subqueries found are collected in `atoms`."""

    atoms: list[Atom]
    named_windows: list[Ident]
    faults: list[CallFault]
    operands: list[Operands]
    calls: list[StoredCall]
    matches: list[Match]
    collated: list[Collated]
    shape: Shape = 0
    """The shape of what was read last."""
    open_text = False
    """A hole was met that may stand for any piece of SQL."""
    single: tuple[int, int] = (-1, -1)
    """Token range of the last column, with the parentheses around it."""

    @abstractmethod
    def query(self) -> Query:
        """Read a query expression."""

    @abstractmethod
    def call(self, word: str) -> None:
        """Read a function call whose `(` is at hand."""

    @abstractmethod
    def boolean(self) -> None:
        """Read an expression down to AND and OR."""

    @abstractmethod
    def predicate(self) -> None:
        """Read operands with their comparisons."""

    @abstractmethod
    def operand(self) -> None:
        """Read simple expressions and the arithmetic between them."""

    def subquery(self, flags: int = 0) -> None:
        """Read `(SELECT ...)`."""
        self.expect("(")
        self.deeper()
        self.atoms.append(Sub(self.query(), flags))
        self.nesting -= 1
        self.expect(")")

    def one_column(self, first: int, operation: str = "") -> None:
        """Note that what was read from the token at `first` on has to be one column; then it is one."""
        if self.shape != 0:
            self._pair(operation, self.shape, (), first)
            self.shape = 0

    def _pair(self, operation: str, left: Shape, right: tuple[Shape, ...], first: int) -> None:
        if left is not None and (left != 0 or any(right)):
            place = self.starts[first], self.ends[max(first, self.i - 1)]
            self.operands.append(Operands(operation, left, right, *place))

    def simple(self) -> None:
        """Read one operand."""
        first = index = self.i
        while self.words[index] in _PREFIX:
            index += 1
        self.i = index
        self.shape = self._simple(index)
        if index > first:
            self.one_column(first)

    def _simple(self, index: int) -> Shape:
        """Read one operand without the signs before it, and return its shape."""
        kind = self.kinds[index]
        if self.words[index] == "(":
            return self._parenthesis(index)
        if kind == WORD and self.words[index] == "ROW" and self.words[index + 1] == "(":
            self.i = index + 1
            return self._parenthesis(index + 1)
        if kind == WORD:
            self._word(index)
        elif kind == QUOTED:
            self._name()
        elif kind == STRING:
            while self.kinds[self.i] == STRING:
                self.i += 1
        elif kind in (NUMBER, PARAM, VARIABLE):
            self.i = index + 1
            if kind == PARAM and self.kinds[index + 1] == WORD and self.touches_next(index):
                self._glued(index)
        elif kind == HOLED:
            self._hole(index)
        elif self.words[index] == "." and self.kinds[index + 1] in (WORD, QUOTED) and self.words[index + 2] == ".":
            self.i = index + 1
            self._name()
        elif self.words[index] == "\\" and self.words[index + 1] == "N":
            # `\N` is NULL.
            self.i = index + 2
        elif self.words[index] == ":" and self.kinds[index + 1] == HOLED and self.touches_next(index):
            # A named parameter whose name is known only at run time.
            self.i = index + 1
            self.hole(VALUE)
        elif self.words[index] == "{":
            self._odbc()
        elif self.words[index] == "*" and self.words[index - 1] == "(":
            self.i = index + 1
            self.faults.append(CallFault(1064, "Syntax error at '*'", "*", self.starts[index], self.ends[index]))
        else:
            raise self.problem()
        return None if kind in (PARAM, HOLED) else 0

    def _glued(self, index: int) -> None:
        """Note `?AND`: a word directly behind the mark makes it none (measured; `sql_lex.cc` of both servers)."""
        start, end = self.starts[index + 1], self.ends[index + 1]
        if self.text[self.starts[index]] == "?":
            text = self.text[self.starts[index] : end]
            self.faults.append(CallFault(1064, f"syntax error at '{text}': a blank is missing", text, start, end))

    def _parenthesis(self, index: int) -> Shape:
        if self.is_query(index):
            self.subquery()
            return -len(self.atoms)
        self.i = index + 1
        self.deeper()
        self.boolean()
        shapes = [self.shape]
        inner = (index + 1, self.i)
        while self.accept(","):
            self.boolean()
            shapes.append(self.shape)
        self.nesting -= 1
        whole = self.single == inner and self.i == inner[1]
        self.expect(")")
        if whole:
            self.single = (index, self.i)
        if self.has_holes and HOLED in self.kinds[index : self.i]:
            return None
        return shapes[0] if len(shapes) == 1 else tuple(shapes)

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
            self._named_call(word, index)
        elif following == ".":
            self._name()
        elif word in NILADIC or word in _CONSTANTS:
            self.i = index + 1
        elif self.kinds[index + 1] == STRING and self._introduces(word, index):
            self.i = index + 2
            while self.kinds[self.i] == STRING and word not in _TYPED_LITERALS:
                self.i += 1
        elif word[0] == "_" and self._introduces_hex(index + 1):
            self.i = index + (2 if self.kinds[index + 1] == NUMBER else 3)
        else:
            self._name()

    def _named_call(self, word: str, index: int) -> None:
        """Note a call of what is a name to the server: a blank makes it one, or it is none of its functions."""
        place = self.starts[index], self.ends[self.closing[index + 1]]
        # MariaDB takes SYSDATE with a blank (measured).
        if word in TOUCHING and word != "SYSDATE" and not self.touches_next(index):
            inside = self.words[index + 2 : self.closing[index + 1]]
            errno = 1064 if word in _OWN_GRAMMAR or not _ARGUMENT_WORDS.isdisjoint(inside) else 1630
            message = f"Function {word} does not exist: no blank may stand before its parenthesis"
            self.faults.append(CallFault(errno, message, word, *place, True))
            return
        if lacks(word, self.dialect, self.version):
            server = server_words(self.dialect, self.version)
            message = f"{server} has no function {word}: it answers 1305"
            self.faults.append(CallFault(1305, message, word, *place, elsewhere=True))
            return
        why = probably_none(word) if word not in FUNCTION_WORDS and self.dialect != "sqlite" else None
        if why is not None:
            name = self.text[self.starts[index] : self.ends[index]]
            self.faults.append(CallFault(1305, f"Function {name} does not exist: {why}", name, *place))
        elif may_be_stored(word):
            self.calls.append(StoredCall(self.text[place[0] : self.ends[index]], self.given(index + 1), *place))

    def given(self, opening: int) -> int | None:
        """Return how many arguments stand in the parentheses that open at that token; None where it is not known."""
        closing = self.closing[opening]
        if self.has_holes and HOLED in self.kinds[opening:closing]:
            return None
        at, commas = opening + 1, 0
        while at < closing:
            commas += self.words[at] == ","
            at = self.closing[at] + 1 if self.words[at] == "(" else at + 1
        return commas + (closing > opening + 1)

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
            self.one_column(self.i - 1)
        elif word == "EXISTS" and following == "(":
            self.i += 1
            self.subquery(UNORDERED | EXISTS)
        elif word == "INTERVAL":
            self._interval()
        elif word == "MATCH":
            self._match()
        elif word == "DEFAULT" and following == "(":
            self.i += 2
            self._name()
            self.expect(")")
        elif word in ("NEXT", "PREVIOUS") and following == "VALUE" and self.words[self.i + 2] == "FOR":
            self.needs("NEXT VALUE FOR")
            self.i += 3
            self._sequence()
        else:
            return False
        return True

    def _sequence(self) -> None:
        """Read the name of a sequence: to the resolver a query over it."""
        database = None
        name = self.ident()
        if self.accept("."):
            database, name = name, self.ident(after_dot=True)
        table = TableName(name, database, None)
        select = Select((), (table,), None, (), None, (), name.start, name.end)
        self.atoms.append(Sub(Query((select,), (), False, (), (), name.start, name.end), 0))

    def value(self) -> None:
        """Read an expression of one column."""
        first = self.i
        self.boolean()
        self.one_column(first)

    def _flag(self, mark: int, flag: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = replace(atom, flags=atom.flags | flag)
            else:
                atoms[index] = replace(atom, flags=atom.flags | flag)

    def _case(self) -> None:
        self.i += 1
        self.deeper()
        if self.words[self.i] != "WHEN":
            self.value()
        if self.words[self.i] != "WHEN":
            raise self.problem()
        while self.accept("WHEN"):
            self.value()
            self.expect("THEN")
            self.value()
        if self.accept("ELSE"):
            self.value()
        self.nesting -= 1
        if not self.accept("END"):
            raise self.problem()

    def _interval(self) -> None:
        """Read `INTERVAL expr unit` or the function `INTERVAL(a, b)`."""
        first = self.i
        self.i += 1
        if self.words[self.i] == "(" and self._lists_several(self.i) and not self.is_query(self.i):
            self.call("INTERVAL")
            return
        self.value()
        if self.at_hole():
            self.hole(NAME)
        elif self.words[self.i] in UNITS:
            self.i += 1
        elif self.words[self.i] in _PLURALS:
            self.i += 1
            if not self._moves_a_date(first):
                self.slip(self.i - 1, self.i)
        elif _AMOUNT.fullmatch(self.text, self.starts[first + 1], self.ends[self.i - 1]):
            # PostgreSQL's: its unit stands in the text.
            if not self._moves_a_date(first):
                self.slip(first, self.i)
        elif not self.open_text and self.kinds[self.i - 1] != HOLED:
            raise self.problem()
        self._beside_a_time(first)

    def _moves_a_date(self, first: int) -> bool:
        """Say whether an interval is the last argument of DATE_ADD or its like, and not the first one."""
        if self.words[first - 1] != "," or self.words[self.i] != ")":
            return False
        opening = next((index for index in range(first - 1, 0, -1) if self.closing.get(index) == self.i), 0)
        return self.words[opening - 1] in DATE_FUNCTIONS

    def _beside_a_time(self, first: int) -> None:
        """Note an interval, from the token at `first` on, that is added to nothing: it is no value (measured)."""
        before, behind = self.words[first - 1], self.words[self.i]
        added = before in ("+", "-") or behind in ("+", "PRECEDING", "FOLLOWING") or self._moves_a_date(first)
        if not added and not self.has_holes and self.dialect != "sqlite":
            start, end = self.starts[first], self.ends[self.i - 1]
            self.faults.append(
                CallFault(1064, "Syntax error: an interval is no value by itself", "INTERVAL", start, end)
            )

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
        first, mark = self.i, len(self.atoms)
        grouped = self.accept("(")
        self._name()
        while self.accept(","):
            self._name()
        columns = tuple(each for each in self.atoms[mark:] if isinstance(each, Col))
        if grouped:
            self.expect(")")
        place = self.starts[first], self.ends[self.i - 1]
        self.expect("AGAINST")
        self.expect("(")
        self.operand()
        mode = self.i
        while self.words[self.i] in ("IN", "NATURAL", "LANGUAGE", "MODE", "BOOLEAN", "WITH", "QUERY", "EXPANSION"):
            self.i += 1
        self.matches.append(Match(columns, "BOOLEAN" in self.words[mode : self.i], *place))
        self.expect(")")

    def _name(self) -> None:
        """Read a column, `a`, `t.a` or `db.t.a`; or a stored function of another database."""
        first = self.i
        parts = [self.ident()]
        while self.words[self.i] == "." and len(parts) < 3:
            self.i += 1
            parts.append(self.ident(after_dot=True))
        if self.words[self.i] == "(" and len(parts) == 2:
            # MariaDB's own functions may be named with the schema of a compatibility mode.
            self.call(parts[1].text.upper() if parts[0].text.lower() in _FUNCTION_SCHEMAS else "")
            return
        if self.words[self.i] == "(" and len(parts) == 3 and self.dialect == "mariadb":
            # A package's function (sql_mode ORACLE, or MariaDB 11.4).
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
        if self.words[self.i] == "." and self.words[self.i + 2] == ".":
            self.i += 1
        self._name()
        found = self.atoms
        self.atoms = saved
        if len(found) != 1 or not isinstance(found[0], Col):
            raise self.problem()
        return found[0]
