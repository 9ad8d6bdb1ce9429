"""What a result rests on, as one hash: the files' contents, the settings, the schema's sources, nodepath itself."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from nodepath_cli.cache.codec import CodecError, dumps
from nodepath_cli.cache.tool import identity
from nodepath_cli.config import Settings
from nodepath_cli.errors import NodepathError
from nodepath_cli.source.files import FileSet, collect
from nodepath_cli.source.hosts import hosts

_SHOWN = frozenset(
    {"format", "output", "color", "quiet", "verbose", "fail_on", "strict", "min_coverage", "jobs"}
    | {"cache_dir", "no_cache", "lock_timeout", "cross_check"}
)
"""Settings that say how a result is made or shown, not what it is."""
_NO_LIMIT = 1 << 40


def content(files: FileSet) -> bytes:
    """Return a hash of what was read of some files."""
    digest = blake2b(digest_size=32)
    digest.update(repr((len(files.files), files.skipped, files.missing)).encode("utf-8", "surrogateescape"))
    for file in (*files.files, *files.generated):
        _add(digest, file.path.encode("utf-8", "surrogateescape"))
        _add(digest, file.data)
    return digest.digest()


def beside(kind: str, files: FileSet, settings: Settings, tool: bytes | None = None) -> bytes | None:
    """Return a hash of what a result of this kind rests on beside the content of its files.

    None where something of it cannot be told. A schema of a database, or of revisions of one's own, is read anew each
    time: its content is part of the hash. `tool` is the `identity`, where it is known already.
    """
    digest = blake2b(digest_size=32)
    digest.update(tool or identity())
    told = {name: getattr(settings, name) for name in settings.__struct_fields__ if name not in _SHOWN}
    digest.update(repr((kind, told)).encode("utf-8", "surrogateescape"))
    _add_surroundings(digest, files)
    try:
        for name, part in _beside(settings):
            _add(digest, name.encode("utf-8", "surrogateescape"))
            _add(digest, part)
    except (OSError, CodecError, NodepathError):
        return None
    return digest.digest()


def key(rest: bytes, read: bytes) -> str:
    """Return the name of a result: `rest` is what `beside` returns, `read` the `content` of the files."""
    return blake2b(rest + read, digest_size=32).hexdigest()


def _add(digest: blake2b, data: bytes) -> None:
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)


def _add_surroundings(digest: blake2b, files: FileSet) -> None:
    for host in hosts():
        own = [file for file in files.files if file.path.endswith(host.suffixes)]
        digest.update(repr(host.surroundings(own)).encode("utf-8", "surrogateescape"))


def _beside(settings: Settings) -> Iterable[tuple[str, bytes]]:
    """Yield everything else that is read, by a name. Raises OSError, CodecError and NodepathError."""
    if settings.baseline is not None:
        yield "baseline", _content(settings.baseline)
    if settings.migrations is not None:
        # Revisions are programs: what they do may rest on anything.
        yield "migrations", _loaded("head", settings)
        yield settings.migrations, _folder(settings.migrations)
    for source in (*settings.schema, *(each for block in settings.sources for each in block.schema)):
        if source == "head" or source.startswith("rev:"):
            if settings.migrations is not None:
                yield source, _loaded(source, settings)
        elif source == "live" or not Path(source).exists():
            yield source, _loaded(source, settings)
        elif Path(source).is_dir():
            yield source, _folder(source)
        else:
            yield source, _content(source)


def _content(path: str) -> bytes:
    if not Path(path).is_file():
        # A pipe or a device might never end.
        raise OSError(f"{path} is not a regular file")
    return Path(path).read_bytes()


def _loaded(source: str, settings: Settings) -> bytes:
    from nodepath_cli.schema.sources import load

    return dumps(load((source,), settings))


def _folder(path: str) -> bytes:
    digest = blake2b(digest_size=32)
    files = collect([path], Settings(max_file_size=_NO_LIMIT), (".go", ".sql", ".py"))
    digest.update(content(files))
    _add_surroundings(digest, files)
    return digest.digest()
