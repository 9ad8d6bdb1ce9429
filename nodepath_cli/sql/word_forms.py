"""The grammar of operands that begin with a word of their own (CASE, INTERVAL, MATCH, EXISTS), and of names."""

from __future__ import annotations

from abc import ABC, abstractmethod

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.cursor import NAME
from nodepath_cli.sql.lexer import HOLED, QUOTED, STRING
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
    UNITS,
    WHOLE_UNITS,
)

_AMOUNT = lazy(r"'\d+ [a-zA-Z]+'")
_SEARCH_WORDS = frozenset(("IN", "NATURAL", "LANGUAGE", "MODE", "BOOLEAN", "WITH", "QUERY", "EXPANSION"))
_SEARCHES = frozenset(
    (
        *("IN BOOLEAN MODE", "IN NATURAL LANGUAGE MODE", "WITH QUERY EXPANSION"),
        "IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION",
    )
)
"""What may stand behind the words that MATCH looks for."""
_PLURALS = frozenset(f"{unit}S" for unit in WHOLE_UNITS)
_FUNCTION_SCHEMAS = frozenset(("mariadb_schema", "oracle_schema", "maxdb_schema"))


class WordFormGrammar(SlipGrammar, ABC):
    """Reads what begins with a word of its own grammar. The columns and subqueries found are collected in `atoms`."""

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
            self.pair(operation, self.shape, (), first)
            self.shape = 0

    def pair(self, operation: str, left: Shape, right: tuple[Shape, ...], first: int) -> None:
        """Note operands that have to be of one shape, from the token at `first` on."""
        if left is not None and (left != 0 or any(right)):
            place = self.starts[first], self.ends[max(first, self.i - 1)]
            self.operands.append(Operands(operation, left, right, *place))

    def value(self) -> None:
        """Read an expression of one column."""
        first = self.i
        self.boolean()
        self.one_column(first)

    def special(self, word: str, following: str) -> bool:
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
            self.name()
            self.expect(")")
        elif word in ("NEXT", "PREVIOUS") and following == "VALUE" and self.words[self.i + 2] == "FOR":
            self.needs("NEXT VALUE FOR")
            self.i += 3
            self.sequence()
        else:
            return False
        return True

    def sequence(self) -> None:
        """Read the name of a sequence: to the resolver a query over it."""
        database = None
        name = self.ident()
        if self.accept("."):
            database, name = name, self.ident(after_dot=True)
        table = TableName(name, database, None)
        select = Select((), (table,), None, (), None, (), name.start, name.end)
        self.atoms.append(Sub(Query((select,), (), False, (), (), name.start, name.end), 0))

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
        if self.words[self.i] == "(" and self.lists_several(self.i) and not self.is_query(self.i):
            self.call("INTERVAL")
            return
        if self._amount_of_another():
            self.i += 1
            self.slip(first, self.i)
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
        elif not self.open_text and self.kinds[self.i - 1] != HOLED:
            raise self.problem()
        self._beside_a_time(first)

    def _amount_of_another(self) -> bool:
        """Say whether the text here is PostgreSQL's interval, whose unit stands in it: `INTERVAL '20 minutes'`."""
        if self.dialect == "sqlite" or self.kinds[self.i] != STRING or self.words[self.i + 1] in UNITS:
            return False
        return bool(_AMOUNT.fullmatch(self.text, self.starts[self.i], self.ends[self.i]))

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

    def lists_several(self, index: int) -> bool:
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
        self.name()
        while self.accept(","):
            self.name()
        columns = tuple(each for each in self.atoms[mark:] if isinstance(each, Col))
        if grouped:
            self.expect(")")
        place = self.starts[first], self.ends[self.i - 1]
        self.expect("AGAINST")
        self.expect("(")
        self.operand()
        mode = self.i
        while self.words[self.i] in _SEARCH_WORDS:
            self.i += 1
        if self.i > mode and " ".join(self.words[mode : self.i]) not in _SEARCHES:
            self.slip(mode, self.i)
        self.matches.append(Match(columns, "BOOLEAN" in self.words[mode : self.i], *place))
        self.expect(")")

    def name(self) -> None:
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
        self.name()
        found = self.atoms
        self.atoms = saved
        if len(found) != 1 or not isinstance(found[0], Col):
            raise self.problem()
        return found[0]
