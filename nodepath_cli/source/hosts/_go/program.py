"""The Go files of a run as one program: its statements by file, and its DDL in boot order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from nodepath_cli.errands import Errand
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.functions import Function
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts._go.analysis import analyse
from nodepath_cli.source.hosts._go.attach import of_prepared
from nodepath_cli.source.hosts._go.boot import in_boot_order
from nodepath_cli.source.hosts._go.broken import unreached
from nodepath_cli.source.hosts._go.collect import Collected, collect
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.generated import Generated
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.paths.functions import deferred, functions, texts_by_call
from nodepath_cli.source.hosts._go.paths.regardless import behind, put_off
from nodepath_cli.source.hosts._go.paths.state import Texts
from nodepath_cli.source.hosts._go.paths.walker import CallKey
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.statement import Span, Statement


class GoProgram:
    """The Go files of a run, evaluated together when the first statement is asked for."""

    def __init__(self, files: Sequence[SourceFile], options: HostOptions) -> None:
        self._options = options
        self._index = Index([GoFile(file) for file in files], options.beside, Generated(options.generated))
        self._deferred = Errand(lambda: deferred(self._index))
        self._collected: list[Collected] | None = None
        self._by_path: dict[str, list[Statement]] = {}
        self._texts: dict[CallKey, Texts] = {}
        self._prepared: dict[CallKey, Texts] = {}
        self._ddl: list[Statement] | None = None
        self._machine: Machine | None = None
        """Kept though nothing asks for it any more: to take apart all that it holds would take time in every run."""

    def statements(self, file: SourceFile) -> Iterator[Statement]:
        """Yield the statements whose call lies in this file, in source order."""
        self._all()
        yield from self._by_path.get(file.path, ())

    def ddl(self) -> Sequence[Statement]:
        """Return the DDL statements of the audited dialect in the order in which the program runs them."""
        if self._ddl is None:
            self._ddl = in_boot_order(self._index, self._all())
        return self._ddl

    def migrations(self) -> Sequence[Statement]:
        """Return nothing: which Go code runs once is not told by its form."""
        return ()

    def scripts(self) -> Sequence[Sequence[Statement]]:
        """Return nothing: Go code is no script."""
        return ()

    def functions(self, wanted: Collection[Span], worth: Callable[[str], bool]) -> Sequence[Function]:
        """Return what the functions do that run the statements at these places, and those that call them."""
        self._all()
        return functions(self._index, self._texts, self._prepared.keys(), wanted, worth, self._options.jobs)

    def deferred(self) -> frozenset[str]:
        """Return the names of the functions that are called by `defer`."""
        return self._deferred.result()

    def regardless(self, function: Span, name: str) -> frozenset[str]:
        """Return the names of what a function calls behind another one whatever that has answered; () in doubt."""
        found = self._routine(function)
        return behind(found, name) if found is not None else frozenset()

    def put_off(self, function: Span, before: str) -> Mapping[str, Span]:
        """Return what a function puts off to its end before it calls another one and leaves by its answer, by name."""
        found = self._routine(function)
        return put_off(found, before) if found is not None else {}

    def _routine(self, function: Span) -> Routine | None:
        file = self._index.by_path.get(function.path)
        declared = self._index.of(file).all_routines() if file is not None else ()
        return next((each for each in declared if each.file.char(each.start_byte) == function.start), None)

    def _all(self) -> list[Collected]:
        if self._collected is None:
            self._machine = machine = analyse(self._index, self._options.jobs)
            self._collected = collect(machine, self._options.dialect, self._options.replace)
            self._prepared = of_prepared(machine)
            self._texts = {**self._prepared, **texts_by_call(machine.received)}
            for each in self._collected:
                self._by_path.setdefault(each.call.file.path, []).append(each.statement)
            for lost in unreached(self._index.files, [each.statement for each in self._collected]):
                self._by_path.setdefault(lost.span.path, []).append(lost)
            for path, statements in self._by_path.items():
                statements.sort(key=lambda statement: _place(path, statement))
        return self._collected


def _place(path: str, statement: Statement) -> tuple[int, str, int]:
    """Where a statement stands in the file of its call: its own literal, or the call for a literal of another file."""
    if statement.span.path == path or statement.call is None:
        return statement.span.start, "", 0
    return statement.call.span.start, statement.span.path, statement.span.start
