"""`.sql` files: every statement of a script, and its DDL in the order in which a migration tool runs it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import HostOptions, Other, Program


class SqlHost(Struct, frozen=True):
    """The host language `sql`."""

    name: str = "sql_file"
    suffixes: tuple[str, ...] = (".sql",)
    evaluated: bool = False

    def load(self) -> None:
        """Import what splits scripts."""
        from nodepath_cli.source.hosts import _sql_program  # noqa: F401

    def open(self, files: Sequence[SourceFile], options: HostOptions) -> Program:
        """Read the `.sql` files together."""
        # What splits scripts is not loaded before there is a script.
        from nodepath_cli.source.hosts._sql_program import SqlProgram

        return SqlProgram(files, options)

    def other(self, files: Sequence[SourceFile], dialect: Dialect) -> Other | None:
        """Return nothing: each script says for itself what it is for."""

    def surroundings(self, files: Sequence[SourceFile]) -> object:
        """Return nothing: a script is read by itself."""


HOST = SqlHost()
