"""The results of an audit, from the cache where nothing that they rest on has changed.

Nothing of the pipeline is imported before it is needed: a run that finds its result in the cache reads and hashes the
files, and is done.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec.structs import replace

from nodepath_cli.audit.finding import Counts, InventoryItem, Report
from nodepath_cli.cache.inputs import beside, content, key
from nodepath_cli.cache.store import Store, default_folder
from nodepath_cli.cache.tool import identity
from nodepath_cli.config import Settings
from nodepath_cli.errands import Errand
from nodepath_cli.errors import UsageError
from nodepath_cli.meanwhile import Meanwhile
from nodepath_cli.source.files import FileSet, collect
from nodepath_cli.source.hosts import hosts, suffixes

if TYPE_CHECKING:
    from nodepath_cli.audit.analyse import Progress
    from nodepath_cli.audit.uses import Index

T = TypeVar("T")

_KEPT: list[object] = []
"""What the command's one audit has made: to take it apart before the process ends would take a fiftieth of its time."""


def _keep(made: object) -> None:
    _KEPT[:] = [made]


def audit(paths: Sequence[str], settings: Settings, progress: Progress | None = None) -> Report:
    """Return what `run.audit` returns, and raise what it raises."""
    started = time.perf_counter()

    def make(files: FileSet) -> Report:
        from nodepath_cli.audit import run

        made = run.audit(paths, settings, progress, files=files, keep=_keep)
        return made if made.error else _without_texts(made, files)

    read = _read(paths, settings)
    found = _kept("audit", read, settings, Report, make, lambda report: report.error is None)
    seconds = time.perf_counter() - started
    return replace(_with_texts(found, read.files), counts=replace(found.counts, seconds=seconds))


def inventory(
    paths: Sequence[str], settings: Settings, progress: Progress | None = None
) -> tuple[tuple[InventoryItem, ...], Counts]:
    """Return what `run.inventory` returns, and raise what it raises."""
    started = time.perf_counter()

    def make(files: FileSet) -> tuple[tuple[InventoryItem, ...], Counts]:
        from nodepath_cli.audit import run

        return run.inventory(paths, settings, progress, files=files, keep=_keep)

    items, counts = _kept("inventory", _read(paths, settings), settings, tuple, make)
    return items, replace(counts, seconds=time.perf_counter() - started)


def uses(paths: Sequence[str], settings: Settings, progress: Progress | None = None) -> tuple[Index, Counts]:
    """Return the index of the paths and the counts of their statements.

    Raises as `analyse` does, and UsageError for any path that does not exist: the index would be short of it.
    """

    def make(files: FileSet) -> tuple[Index, Counts]:
        from nodepath_cli.audit.analyse import analyse
        from nodepath_cli.audit.run import counted
        from nodepath_cli.audit.uses import index

        analysis = analyse(paths, settings, progress, files=files)
        return index(analysis), counted(analysis)

    read = _read(paths, settings)
    if read.files.missing:
        raise UsageError(f"no such path: {read.files.missing[0]}", "name a file or folder that exists")
    return _kept("uses", read, settings, tuple, make)


class _Input(NamedTuple):
    """What a result is made of."""

    store: Store | None
    """Where it is kept, None where none is."""
    files: FileSet
    tool: bytes
    """The `identity` of nodepath, empty without a store."""


def _read(paths: Sequence[str], settings: Settings) -> _Input:
    """Read the files. Where nothing is kept, another process reads them while this one imports the pipeline."""
    store = _store(paths, settings)

    def read() -> _Input:
        return _Input(store, collect(paths or (".",), settings, suffixes()), identity() if store is not None else b"")

    if settings.processes == 1 or "-" in paths or (store is not None and not store.empty):
        return read()
    reading = Meanwhile(read)
    _load()
    return reading.result()


def _load() -> None:
    from nodepath_cli.audit import run  # noqa: F401
    from nodepath_cli.audit.rules import rules

    rules()
    for host in hosts():
        host.load()


def _kept(
    kind: str,
    given: _Input,
    settings: Settings,
    form: type[T],
    make: Callable[[FileSet], T],
    good: Callable[[T], bool] = lambda _: True,
) -> T:
    """Return the kept result of this kind, or make it and keep it where it is good."""
    store, files, tool = given
    if store is None or not files.files:
        with _rarely_collected():
            return make(files)
    read = Errand(lambda: content(files))
    rest = beside(kind, files, settings, tool)
    # The files' content takes longest to tell, and of an empty cache nothing has to be asked.
    if rest and not store.empty:
        found = store.read(key(rest, read.result()))
        if isinstance(found, form):
            return found
    with _rarely_collected():
        made = make(files)
    # What is read beside the files may have changed in between: then this result belongs to neither state.
    if rest and good(made) and beside(kind, files, settings, tool) == rest:
        store.write(key(rest, read.result()), made)
    return made


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Let Python look for unreachable cycles a thousandth as often.

    An audit keeps nearly all that it makes until its end. At Python's own pace the looking takes a tenth of its time,
    and frees nothing that its largest use of memory would show (measured on trees of 700 and of 2,900 files).
    """
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _store(paths: Sequence[str], settings: Settings) -> Store | None:
    """Return the cache's folder, None where none is to be used: the default one, where it lies in what is audited.

    Raises UsageError where the one that was asked for is no folder.
    """
    if settings.no_cache:
        return None
    if settings.cache_dir is not None:
        given = Path(settings.cache_dir)
        if given.is_file():
            raise UsageError(f"--cache-dir {settings.cache_dir} is not a folder", "name a folder, or use --no-cache")
        return Store(given)
    folder = default_folder()
    if folder is None:
        return None
    real = os.path.realpath(folder)
    for path in paths or (".",):
        root = os.path.realpath(path)
        if real == root or real.startswith(root.rstrip(os.sep) + os.sep):
            return None
    return Store(folder)


def _without_texts(report: Report, files: FileSet) -> Report:
    """Leave out the texts of files that the next run reads anyway."""
    texts = _texts(report, files)
    sources = {path: "" if texts.get(path) == text else text for path, text in report.sources.items()}
    return replace(report, sources=sources)


def _with_texts(report: Report, files: FileSet) -> Report:
    texts = _texts(report, files)
    return replace(report, sources={path: text or texts.get(path, "") for path, text in report.sources.items()})


def _texts(report: Report, files: FileSet) -> dict[str, str]:
    """Return the texts of the files that a report shows lines of."""
    return {file.path: file.text for file in files.files if file.path in report.sources}
