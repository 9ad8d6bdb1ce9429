"""What SET gives a system variable, and the function that DO calls: names that there most probably are not."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.sql import system_variables
from nodepath_cli.sql.builtins import probably_none
from nodepath_cli.sql.lexer import STRING, WORD
from nodepath_cli.sql.nodes import CallFault
from nodepath_cli.sql.words import words_of

_SCOPES = frozenset(("SESSION", "GLOBAL", "LOCAL", "PERSIST", "PERSIST_ONLY"))
_NO_VARIABLE, _WRONG_VALUE, _NO_FUNCTION = 1193, 1231, 1305
_MODES = words_of("""
    ALLOW_INVALID_DATES ANSI ANSI_QUOTES DB2 EMPTY_STRING_IS_NULL ERROR_FOR_DIVISION_BY_ZERO HIGH_NOT_PRECEDENCE
    IGNORE_BAD_TABLE_OPTIONS IGNORE_SPACE MAXDB MSSQL MYSQL323 MYSQL40 NO_AUTO_CREATE_USER NO_AUTO_VALUE_ON_ZERO
    NO_BACKSLASH_ESCAPES NO_DIR_IN_CREATE NO_ENGINE_SUBSTITUTION NO_FIELD_OPTIONS NO_KEY_OPTIONS NO_TABLE_OPTIONS
    NO_UNSIGNED_SUBTRACTION NO_ZERO_DATE NO_ZERO_IN_DATE ONLY_FULL_GROUP_BY ORACLE PAD_CHAR_TO_FULL_LENGTH
    PIPES_AS_CONCAT POSTGRESQL REAL_AS_FLOAT SIMULTANEOUS_ASSIGNMENT STRICT_ALL_TABLES STRICT_TRANS_TABLES
    TIME_ROUND_FRACTIONAL TIME_TRUNCATE_FRACTIONAL TRADITIONAL
""")
"""The modes of MariaDB 10.11 (measured) and MySQL 5.7 to 8.4 (manual, "Server SQL Modes")."""


class SetGrammar:
    """Looks into SET and DO, whose expressions are stepped over."""

    text: str
    words: list[str]
    kinds: list[int]
    starts: list[int]
    ends: list[int]
    i: int

    def set_faults(self) -> Iterator[CallFault]:
        """Yield what a SET statement names that there is not: a variable of a scope, a mode of `sql_mode`."""
        index = self.i + 1
        while self.words[index] in _SCOPES and self.kinds[index + 1] == WORD:
            name = index + 1
            word, start, end = self.words[name], self.starts[name], self.ends[name]
            meant = system_variables.meant("@@" + word)
            if meant is not None and self.words[name + 1] == "=":
                message = f"Unknown system variable '{self.text[start:end]}': did you mean {meant}?"
                yield CallFault(_NO_VARIABLE, message, self.text[start:end], start, end)
            if word == "SQL_MODE" and self.words[name + 1] == "=" and self.kinds[name + 2] == STRING:
                yield from self._modes(name + 2)
            index = name + 3
            if self.words[index] != ",":
                return
            index += 1

    def _modes(self, index: int) -> Iterator[CallFault]:
        """Yield the first part of a text that is no mode."""
        start, end = self.starts[index] + 1, self.ends[index] - 1
        at = start
        for part in self.text[start:end].split(","):
            mode = part.strip().upper()
            if mode.replace("_", "").isalnum() and mode.isascii() and not mode.isdigit() and mode not in _MODES:
                message = f"Variable 'sql_mode' can't be set to the value of '{part.strip()}'"
                yield CallFault(_WRONG_VALUE, message, part.strip(), at, at + len(part))
                return
            at += len(part) + 1

    def done_faults(self) -> Iterator[CallFault]:
        """Yield the function that DO calls where it is most probably none."""
        name = self.i + 1
        why = probably_none(self.words[name]) if self.kinds[name] == WORD and self.words[name + 1] == "(" else None
        if why is not None:
            start, end = self.starts[name], self.ends[name]
            word = self.text[start:end]
            yield CallFault(_NO_FUNCTION, f"Function {word} does not exist: {why}", word, start, end)
