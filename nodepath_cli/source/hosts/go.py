"""Go: every SQL statement of a tree, followed through variables, constants, functions and branches.

The parts are in `_go/`: an index of declarations, an evaluator of string values, the recording of what calls receive,
and the order in which a program runs its DDL.
"""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.config import Dialect
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import HostOptions, Other, Program
from nodepath_cli.source.hosts._go.modules import Modules


class GoHost:
    """The host language Go."""

    name = "go"
    suffixes: tuple[str, ...] = (".go",)
    evaluated = True

    def load(self) -> None:
        """Import what reading Go takes, with its parser."""
        from nodepath_cli.source.hosts._go import program  # noqa: F401

    def open(self, files: Sequence[SourceFile], options: HostOptions) -> Program:
        """Read Go files together; nothing is parsed before a statement is asked for."""
        # The Go parser is not loaded before there is something to parse.
        from nodepath_cli.source.hosts._go.program import GoProgram

        return GoProgram(files, options)

    def other(self, files: Sequence[SourceFile], dialect: Dialect) -> Other | None:
        """Return the database whose drivers alone the files import, where it is not the audited one."""
        from nodepath_cli.source.hosts._go.drivers import Drivers
        from nodepath_cli.source.hosts._go.syntax import GoFile

        found = Drivers([GoFile(file) for file in files], {}, dialect.family).whole
        return Other(found.dialect, found.reason) if found else None

    def surroundings(self, files: Sequence[SourceFile]) -> object:
        """Return the modules that the files belong to and those that they need, as their go.mod files say."""
        modules = Modules(file.path.rpartition("/")[0] or "." for file in files)
        return modules.roots, sorted(modules.required)


HOST = GoHost()
