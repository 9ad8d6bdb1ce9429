"""The grammar of one operand: literals, parentheses and calls; forms with a word of their own are in word_forms.py."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql import system_variables
from nodepath_cli.sql.builtins import may_be_stored, probably_none
from nodepath_cli.sql.cursor import NAME, VALUE, server_words
from nodepath_cli.sql.features import lacks
from nodepath_cli.sql.lexer import HOLED, NUMBER, PARAM, QUOTED, STRING, VARIABLE, WORD
from nodepath_cli.sql.nodes import (
    CallFault,
    Col,
    Shape,
    StoredCall,
)
from nodepath_cli.sql.word_forms import WordFormGrammar
from nodepath_cli.sql.words import (
    FUNCTION_WORDS,
    NILADIC,
    RESERVED,
    TOUCHING,
    words_of,
)

_PREFIX = frozenset(("-", "+", "~", "!", "BINARY"))
_CONSTANTS = frozenset(("NULL", "TRUE", "FALSE"))
_TYPED_LITERALS = frozenset(("DATE", "TIME", "TIMESTAMP"))
_OWN_GRAMMAR = frozenset(("CAST", "EXTRACT"))
_ARGUMENT_WORDS = words_of("* AS DISTINCT DISTINCTROW ALL SEPARATOR ORDER FROM INTERVAL IN LEADING TRAILING BOTH FOR")
"""What stands among the arguments of functions alone that the grammar knows."""
_SPECIAL = frozenset(("CASE", "EXISTS", "INTERVAL", "MATCH", "DEFAULT", "NEXT", "PREVIOUS", "VALUES", "NOT"))


class OperandGrammar(WordFormGrammar):
    """Reads operands. The columns and subqueries found are collected in `atoms`."""

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
            self.name()
        elif kind == STRING:
            while self.kinds[self.i] == STRING:
                self.i += 1
        elif kind in (NUMBER, PARAM, VARIABLE):
            self.i = index + 1
            if kind == PARAM and self.kinds[index + 1] == WORD and self.touches_next(index):
                self._glued(index)
            elif kind == VARIABLE and self.dialect != "sqlite":
                self._variable(index)
        elif kind == HOLED:
            self._hole(index)
        elif self.words[index] == "." and self.kinds[index + 1] in (WORD, QUOTED) and self.words[index + 2] == ".":
            self.i = index + 1
            self.name()
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
            self.name()
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
        if word in _SPECIAL and self.special(word, following):
            return
        if following == "(":
            if word in RESERVED and word not in FUNCTION_WORDS:
                raise self.problem()
            self.i = index + 1
            self.call(word)
            self._named_call(word, index)
        elif following == ".":
            self.name()
        elif word in NILADIC or word in _CONSTANTS:
            self.i = index + 1
        elif self.kinds[index + 1] == STRING and self._introduces(word, index):
            self.i = index + 2
            while self.kinds[self.i] == STRING and word not in _TYPED_LITERALS:
                self.i += 1
        elif word[0] == "_" and self._introduces_hex(index + 1):
            self.i = index + (2 if self.kinds[index + 1] == NUMBER else 3)
        else:
            self.name()

    def json_path(self, index: int) -> None:
        """Note a path behind `->` that does not begin with `$` (MySQL's manual, "JSON Path Syntax")."""
        text = self.text[self.starts[index] + 1 : self.ends[index] - 1]
        if self.dialect != "mysql" or self.kinds[index] != STRING or HOLE in text or text.lstrip()[:1] == "$":
            return
        message = "Invalid JSON path expression: a path begins with '$'"
        self.faults.append(CallFault(3143, message, text, self.starts[index], self.ends[index]))

    def _variable(self, index: int) -> None:
        """Note a system variable that there most probably is not."""
        start, end = self.starts[index], self.ends[index]
        meant = system_variables.meant(self.text[start:end])
        if meant is not None:
            name = self.text[start:end].lstrip("@")
            message = f"Unknown system variable '{name}': did you mean {meant}?"
            self.faults.append(CallFault(1193, message, name, start, end))

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

    def _flag(self, mark: int, flag: int) -> None:
        atoms = self.atoms
        for index in range(mark, len(atoms)):
            atom = atoms[index]
            if isinstance(atom, Col):
                atoms[index] = replace(atom, flags=atom.flags | flag)
            else:
                atoms[index] = replace(atom, flags=atom.flags | flag)
