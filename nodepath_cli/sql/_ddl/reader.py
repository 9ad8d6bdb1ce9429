"""A cursor over the tokens of one DDL statement."""

from __future__ import annotations

from nodepath_cli.config import Dialect
from nodepath_cli.sql._ddl.nodes import Name
from nodepath_cli.sql._ddl.refusal import Refusal, syntax_error
from nodepath_cli.sql.lexer import END, NUMBER, OP, QUOTED, STRING, VARIABLE, WORD, LexError, tokenize, unquote
from nodepath_cli.sql.words import RESERVED, TOUCHING

MAX_NESTING = 200

_ESCAPES = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a", "%": "\\%", "_": "\\_"}

FUNCTIONS = TOUCHING


class Reader:
    """Reads a statement token by token. Everything it does not find as expected is the server's 1064."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        """Tokenise the text; raises Refusal where it has no tokens."""
        sqlite = dialect.name == "sqlite"
        tokens = tokenize(text, ansi_quotes=dialect.ansi_quotes or sqlite, brackets=sqlite)
        if isinstance(tokens, LexError):
            raise Refusal(1064, tokens.reason, tokens.start)
        if tokens.depth > MAX_NESTING:
            raise Refusal(None, "parentheses are nested too deeply to be followed")
        self.text = text
        self.dialect = dialect
        self.sqlite = sqlite
        self.tokens = tokens
        self.index = 0
        self.last = len(tokens.kinds) - 3

    @property
    def word(self) -> str:
        """Upper-case text of the word or operator here, "" for anything else and at the end."""
        return self.tokens.words[self.index]

    @property
    def kind(self) -> int:
        """Kind of the token here."""
        return self.tokens.kinds[self.index]

    def peek(self, ahead: int = 1) -> str:
        """Return the word `ahead` tokens further on."""
        return self.tokens.words[min(self.index + ahead, self.last)]

    def peek_kind(self, ahead: int = 1) -> int:
        """Return the kind of the token `ahead` tokens further on."""
        return self.tokens.kinds[min(self.index + ahead, self.last)]

    def raw(self, index: int | None = None) -> str:
        """Return a token's own text."""
        index = self.index if index is None else index
        return self.text[self.tokens.starts[index] : self.tokens.ends[index]]

    def at_end(self) -> bool:
        """Say whether the statement is read (a last `;` does not count)."""
        while self.word == ";":
            self.index += 1
        return self.kind == END

    def advance(self) -> None:
        """Step over one token; the end stays the end."""
        if self.index < self.last:
            self.index += 1

    def at(self, *words: str) -> bool:
        """Say whether these words stand here, one after the other."""
        here = self.tokens.words
        index = self.index
        if here[index] != words[0]:
            return False
        return all(here[min(index + ahead, self.last)] == word for ahead, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        """Step over these words where they stand here, one after the other."""
        # Nearly always the first word is another one already.
        if self.tokens.words[self.index] != words[0] or not self.at(*words):
            return False
        self.index += len(words)
        return True

    def accept_any(self, *words: str) -> str | None:
        """Step over one of these words, and return it."""
        word = self.word
        if word and word in words:
            self.index += 1
            return word
        return None

    def expect(self, *words: str) -> None:
        """Step over these words; raises Refusal (1064) where they do not stand here."""
        if not self.accept(*words):
            raise self.error()

    def error(self) -> Refusal:
        """Return the server's syntax error at this place."""
        start = self.tokens.starts[self.index]
        return syntax_error(self.text[start:], start)

    def is_name(self, ahead: int = 0) -> bool:
        """Say whether the token can be a name."""
        kind = self.peek_kind(ahead)
        if kind == QUOTED:
            return True
        if self.sqlite and kind == STRING:
            return True
        return kind == WORD and (self.peek(ahead) not in RESERVED or self.sqlite)

    def identifier(self) -> str:
        """Read a name; raises Refusal (1064) for a reserved word without quotes."""
        if not self.is_name():
            raise self.error()
        return self.any_identifier()

    def any_identifier(self) -> str:
        """Read a name behind a point or a keyword that leaves no doubt: reserved words are names there."""
        kind, raw = self.kind, self.raw()
        if kind not in (WORD, QUOTED, STRING):
            raise self.error()
        self.advance()
        name = raw if kind == WORD else unquote(raw)
        if len(name) > 64 and not self.sqlite:
            raise Refusal(1059, f"Identifier name '{name}' is too long")
        return name

    def table_name(self) -> Name:
        """Read `table` or `database.table`."""
        first = self.identifier()
        if self.accept("."):
            return Name(self.any_identifier(), first)
        return Name(first)

    def new_table_name(self) -> Name:
        """Read the name of a table to be made: before a parenthesis a function's name needs quotes (1064)."""
        touching = self.tokens.starts[self.index + 1] == self.tokens.ends[self.index]
        if self.word in FUNCTIONS and self.peek() == "(" and touching and not self.sqlite:
            raise self.error()
        return self.table_name()

    def table_names(self) -> tuple[Name, ...]:
        """Read a list of table names."""
        names = [self.table_name()]
        while self.accept(","):
            names.append(self.table_name())
        return tuple(names)

    def column_name(self) -> str:
        """Read a column's name, whose table or database may stand before it."""
        name = self.identifier()
        while self.accept("."):
            name = self.any_identifier()
        return name

    def column_list(self) -> tuple[str, ...]:
        """Read `(a, b)`."""
        self.expect("(")
        names = [self.column_name()]
        while self.accept(","):
            names.append(self.column_name())
        self.expect(")")
        return tuple(names)

    def string(self) -> str:
        """Read a string literal and return its content; raises Refusal (1064) where none stands here."""
        if self.kind != STRING:
            raise self.error()
        content = ""
        while self.kind == STRING:
            content += self._unescaped(self.raw())
            self.advance()
        return content

    def _unescaped(self, raw: str) -> str:
        quote = raw[0]
        inner = raw[1:-1].replace(quote + quote, quote)
        if self.sqlite or "\\" not in inner:
            return inner
        parts, index = [], 0
        while index < len(inner):
            if inner[index] == "\\" and index + 1 < len(inner):
                index += 1
                parts.append(_ESCAPES.get(inner[index], inner[index]))
            else:
                parts.append(inner[index])
            index += 1
        return "".join(parts)

    def number(self) -> str:
        """Read a number without sign."""
        if self.kind != NUMBER:
            raise self.error()
        raw = self.raw()
        self.advance()
        return raw

    def name_or_string(self) -> str:
        """Read a charset, collation, engine or user name: a word or a string."""
        return self.string() if self.kind == STRING else self.any_identifier()

    def parenthesised(self) -> str:
        """Read `( ... )` and return the text inside."""
        if self.word != "(":
            raise self.error()
        closing = self.tokens.closing[self.index]
        text = self.text[self.tokens.ends[self.index] : self.tokens.starts[closing]]
        self.index = closing + 1
        return text.strip()

    def size(self) -> str:
        """Read `(6)` or `()` and return the digits; raises Refusal (1064) for anything else."""
        text = self.parenthesised()
        if text and not (text.isdecimal() and text.isascii() and len(text) < 10):
            raise self.error()
        return text

    def expression(self, *stops: str) -> str:
        """Read up to one of these words or a comma outside parentheses, and return the text."""
        start = self.tokens.starts[self.index]
        end = start
        while self.kind != END and self.word not in stops and self.word not in (",", ")", ";"):
            if self.word == "(":
                self.index = self.tokens.closing[self.index]
            end = self.tokens.ends[self.index]
            self.advance()
        return self.text[start:end]

    def rest(self) -> str:
        """Return the text from here to the end, and go there."""
        text = self.text[self.tokens.starts[self.index] :].rstrip().rstrip(";")
        self.index = self.last
        return text

    def skip_to_comma(self) -> None:
        """Step over everything up to a comma outside parentheses."""
        self.expression()

    def user(self) -> None:
        """Step over a user (`root@localhost`, `CURRENT_USER()`)."""
        self.advance()
        while self.kind == VARIABLE or self.word == "(" or self.word == "@":
            self.index = self.tokens.closing[self.index] + 1 if self.word == "(" else self.index + 1

    def operator(self, text: str) -> bool:
        """Say whether this operator stands here."""
        return self.kind == OP and self.word == text
