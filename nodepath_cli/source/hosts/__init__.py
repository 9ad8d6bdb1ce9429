"""Host languages: one module each, found by discovery (`module.HOST`)."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.functions import Function
from nodepath_cli.source.replacing import Pairs
from nodepath_cli.source.statement import Span, Statement


class Other(Struct, frozen=True):
    """A database that is not the audited one."""

    dialect: str
    """Its name, as in `Statement.dialect`."""
    reason: str
    """How that was told."""


class HostOptions(Struct, frozen=True):
    """What a host needs to know of the settings."""

    dialect: Dialect
    """The audited dialect: SQL of another family gets `Statement.dialect`."""
    around: Other | None = None
    """The other database that all code of the run is for; None where there is none, or where it may be several's."""
    jobs: int = 1
    """How many processes may work at once. What they find does not rest on it."""
    beside: Mapping[str, str] = MappingProxyType({})
    """The texts of the run's `.sql` files by path: code may embed them."""
    generated: Sequence[SourceFile] = ()
    """Generated files of its language, which are not audited: others use what they declare."""
    replace: Pairs = ()
    """What is replaced in the SQL that it finds."""


class Program(Protocol):
    """The files of one host language, seen together."""

    def statements(self, file: SourceFile) -> Iterator[Statement]:
        """Yield the statements whose call or, where there is no call, whose text lies in this file, in source order."""

    def ddl(self) -> Sequence[Statement]:
        """Return the DDL statements of the whole program in the order in which it runs them."""

    def migrations(self) -> Sequence[Statement]:
        """Return the statements, DDL and others, of what runs once and in a known order; () where there is none."""

    def scripts(self) -> Sequence[Sequence[Statement]]:
        """Return the statements, DDL and others, of each script that runs by itself; () where there is none."""

    def functions(self, wanted: Collection[Span], worth: Callable[[str], bool]) -> Sequence[Function]:
        """Return what the functions do that run the statements with these spans, and the functions that call those.

        Of a caller whose name is not `worth` it, one path with its calls alone. () where the language has no functions.
        What it returns is plain data.
        """

    def deferred(self) -> frozenset[str]:
        """Return the names of functions whose calls are put off until a function ends, however it ends."""

    def regardless(self, function: Span, name: str) -> frozenset[str]:
        """Return the names of what a function calls behind another one whatever that has answered; () in doubt."""

    def put_off(self, function: Span, before: str) -> Mapping[str, Span]:
        """Return what a function puts off to its end before it calls another one and leaves by its answer.

        By name, with where that stands; it runs whatever comes, with arguments that the other one is given, too.
        """


class Host(Protocol):
    """A host language."""

    name: str
    """Its id, the module's name: `go`."""
    suffixes: tuple[str, ...]
    """File name endings, with dot."""
    evaluated: bool
    """Whether it takes an evaluation to tell its statements; else they are read off the files."""

    def load(self) -> None:
        """Import what `open` needs, so that it need not: there is time while the files are read."""

    def other(self, files: Sequence[SourceFile], dialect: Dialect) -> Other | None:
        """Return the one other database that all of these files are for, None where that cannot be told."""

    def open(self, files: Sequence[SourceFile], options: HostOptions) -> Program:
        """Read the files of this language together."""

    def surroundings(self, files: Sequence[SourceFile]) -> object:
        """Return what else it reads, beside these files: a value whose `repr` is another where that is another."""


@cache
def hosts() -> tuple[Host, ...]:
    """Return every host language in this package, in order of name."""
    found = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        if module.name.startswith("_"):
            continue
        found.append(import_module(f"{__name__}.{module.name}").HOST)
    return tuple(found)


def suffixes() -> tuple[str, ...]:
    """Return the file name endings of all host languages."""
    return tuple(suffix for host in hosts() for suffix in host.suffixes)


def host_for(path: str) -> Host | None:
    """Return the host language of a file by its name, or None."""
    return next((host for host in hosts() if path.endswith(host.suffixes)), None)
