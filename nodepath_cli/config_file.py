"""The configuration file and the command line, merged into one Settings.

nodepath.toml holds the keys at top level, pyproject.toml and any file of `--config` in `[tool.nodepath]`. A key is the
name of a long option; what only a file can hold (`renames`, `replace`, `external-tables`, `sql-mode`, `source`) has a
key, too. Paths in a file are relative to it. The command line goes over the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli import config_values as values
from nodepath_cli.config import Dialect, Settings, SourceBlock
from nodepath_cli.errors import ConfigError, NodepathError, UsageError

FILE_NAME = "nodepath.toml"
PROJECT_FILE = "pyproject.toml"


class Key(Struct, frozen=True):
    """One key of the configuration."""

    read: Callable[[object], Any]
    """From the value as given to the one that Settings holds; raises ValueError with what was expected."""
    field: str = ""
    """The field of Settings where its name is not the key's."""
    rebase: Callable[[Any, Path], Any] | None = None
    """Makes the paths of a value, relative to the configuration file, relative to the working directory."""
    secret: bool = False
    """Its value must not be shown."""


def _from(base: Path, path: str) -> str:
    return os.path.relpath(base / path).replace(os.sep, "/")


def _source(source: str, base: Path) -> str:
    from nodepath_cli.database_url import is_url

    word = source in ("head", "live") or source.startswith("rev:")
    return source if word or is_url(source) else _from(base, source)


def _sources(sources: tuple[str, ...], base: Path) -> tuple[str, ...]:
    return tuple(_source(each, base) for each in sources)


def _patterns(patterns: tuple[str, ...], base: Path) -> tuple[str, ...]:
    # A pattern without a slash names files and folders at any depth, wherever the file that holds it lies.
    return tuple(_from(base, each) if "/" in each.rstrip("/") else each for each in patterns)


def _blocks(blocks: tuple[SourceBlock, ...], base: Path) -> tuple[SourceBlock, ...]:
    return tuple(
        replace(each, paths=tuple(_from(base, path) for path in each.paths), schema=_sources(each.schema, base))
        for each in blocks
    )


def _outputs(value: object) -> tuple[tuple[str, str], ...]:
    split = [each.partition("=") for each in values.texts(value)]
    if not all(name and file for name, _, file in split):
        raise ValueError("FORMAT=FILE")
    return tuple((name, file) for name, _, file in split)


def _read_blocks(value: object) -> tuple[SourceBlock, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("a list of [[source]] tables")
    return tuple(_read_block(each) for each in value)


def _read_block(block: Mapping[str, object]) -> SourceBlock:
    for key in block:
        if key not in ("paths", "schema", "dialect"):
            raise ValueError(f"a [[source]] table of paths, schema and dialect (unknown: {key})")
    if "paths" not in block:
        raise ValueError("a [[source]] table with paths")
    return SourceBlock(
        values.texts(block["paths"]),
        values.texts(block.get("schema", ())),
        values.dialect(block["dialect"]) if "dialect" in block else None,
    )


KEYS: Mapping[str, Key] = {
    "base": Key(values.text, field="base_ref"),
    "baseline": Key(values.text, rebase=lambda path, base: _from(base, path)),
    "cache-dir": Key(values.text, rebase=lambda path, base: _from(base, path)),
    "color": Key(values.choice("auto", "always", "never")),
    "cross-check": Key(values.text, secret=True),
    "database-url": Key(values.text, secret=True),
    "ddl-lock-timeout": Key(values.duration),
    "dialect": Key(values.dialect),
    "exclude": Key(values.texts, rebase=_patterns),
    "external-tables": Key(values.texts),
    "fail-on": Key(values.choice("error", "warning", "info")),
    "format": Key(values.text),
    "from": Key(values.text, field="from_source", rebase=_source, secret=True),
    "ignore": Key(values.comma_texts),
    "include-generated": Key(values.flag),
    "include-tests": Key(values.flag),
    "include-vendored": Key(values.flag),
    "jobs": Key(values.number),
    "lease": Key(values.duration),
    "lock-timeout": Key(values.duration),
    "lower-case-table-names": Key(values.case_sensitivity, field="case_sensitive_tables"),
    "max-file-size": Key(values.size),
    "migrations": Key(values.text, rebase=lambda path, base: _from(base, path)),
    "min-coverage": Key(values.percentage),
    "no-cache": Key(values.flag),
    "output": Key(_outputs, rebase=lambda found, base: tuple((name, _from(base, file)) for name, file in found)),
    "quiet": Key(values.flag),
    "renames": Key(values.renames),
    "replace": Key(values.replacements),
    "retries": Key(values.count),
    "schema": Key(values.texts, rebase=_sources),
    "select": Key(values.comma_texts),
    "source": Key(_read_blocks, field="sources", rebase=_blocks),
    "sql-mode": Key(values.sql_mode),
    "stdin-filename": Key(values.text),
    "strict": Key(values.flag),
    "verbose": Key(values.flag),
}
"""Every key, in order of name."""

# fmt: off
COMMAND_KEYS = frozenset((
    "acquire-sql", "assume", "audit", "by", "callers", "carry-over", "check", "code", "contract", "decides",
    "device", "diff", "diff-base", "dry-run", "function", "include", "interval", "keep", "keep-last-seen", "limit",
    "message", "older-than", "param", "prospect", "rev-id", "rounds", "scratch", "seen", "show-phones", "sql",
    "table", "undo", "unused", "wait", "watch",
))
# fmt: on
"""The options that only some commands have. They are keys, too; `cli.own_options` reads their values."""
_OWN_PATHS = frozenset(("audit", "code", "keep", "undo"))

COMMAND_LINE_ONLY = frozenset(("config", "no-config", "unsafe", "version", "write", "yes"))
"""Options that are no keys: a file must not say yes to a change of data or code for whoever runs the command."""


def load_settings(
    given: Mapping[str, object] | None = None,
    *,
    config: str | None = None,
    use_config: bool = True,
    formats: Sequence[str] = (),
    other_formats: Sequence[str] = (),
) -> Settings:
    """Return the settings of a run.

    `given` holds the options of the command line by their long names; None is an option that was not given. `config`
    names the file instead of looking for one, `use_config=False` reads none. `formats` are the names that `format` and
    `output` may take, () for any; a file may also name one of `other_formats`, for other commands: this one ignores it.

    Raises ConfigError for a file that cannot be read or that holds an unknown key or value, UsageError for an option's.
    """
    path = find_file(config) if use_config else None
    configured = _configured(path) if path else {}
    chosen = _chosen(given or {})
    _check_formats(configured, (*formats, *other_formats) if formats else (), str(path), ConfigError)
    if formats and configured.get("format") not in formats:
        configured.pop("format", None)
    _check_formats(chosen, formats, "", UsageError)
    if "database-url" in configured and "database-url" not in chosen and _environment_names_a_database():
        del configured["database-url"]
    merged = configured | chosen
    fields = {KEYS[key].field or key.replace("-", "_"): value for key, value in merged.items()}
    dialect: Dialect = fields.get("dialect", Settings().dialect)
    if {"ANSI_QUOTES", "ANSI"} & set(fields.get("sql_mode", ())):
        dialect = replace(dialect, ansi_quotes=True)
    if {"IGNORE_SPACE", "ANSI"} & set(fields.get("sql_mode", ())):
        dialect = replace(dialect, ignore_space=True)
    if fields.get("sql_mode") and not {"ONLY_FULL_GROUP_BY", "ANSI"} & set(fields["sql_mode"]):
        dialect = replace(dialect, full_group_by=False)
    return Settings(**(fields | {"dialect": dialect, "dialect_given": "dialect" in merged}))


def find_file(config: str | None = None) -> Path | None:
    """Return the configuration file, or None where there is none.

    Without a name: the first nodepath.toml, or pyproject.toml with a [tool.nodepath] table, from the working directory
    upwards, up to the folder that holds `.git`. Raises ConfigError where the named file does not exist.
    """
    if config is not None:
        path = Path(config)
        if not path.is_file():
            raise ConfigError(
                f"no such configuration file: {config or repr('')}", "give --config a TOML file, or --no-config"
            )
        return path
    for folder in (here := Path.cwd(), *here.parents):
        own = folder / FILE_NAME
        if os.path.lexists(own):
            # A link to nowhere is not left out in silence: reading it says what is wrong.
            return Path(os.path.relpath(own))
        project = folder / PROJECT_FILE
        if project.is_file() and _mentions_nodepath(project):
            return Path(os.path.relpath(project))
        if (folder / ".git").exists():
            return None
    return None


def _mentions_nodepath(project: Path) -> bool:
    """A pyproject.toml of another tool's business is not ours to complain about, however broken it is."""
    try:
        text = project.read_bytes()
    except OSError:
        return False
    return b"nodepath" in text and isinstance(_table(_parsed(project)), dict)


def _table(document: Mapping[str, Any]) -> object:
    tool = document.get("tool")
    return tool.get("nodepath") if isinstance(tool, dict) else None


def _parsed(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not UTF-8"
        raise ConfigError(
            f"{path} cannot be read: {why.lower()}", "make it readable, or run with --no-config"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", "correct the file, or run with --no-config") from None


def own_values(config: str | None) -> tuple[str, dict[str, object]]:
    """Return the configuration file's name and what it holds of COMMAND_KEYS, as it stands there.

    Raises ConfigError for a file that cannot be read.
    """
    path = find_file(config)
    if path is None:
        return "", {}
    values = {name: value for name, value in _keys_of(path).items() if name in COMMAND_KEYS}
    for name in _OWN_PATHS & values.keys():
        given = values[name]
        values[name] = (
            [_from(path.parent, str(each)) for each in given]
            if isinstance(given, list)
            else _from(path.parent, str(given))
        )
    return str(path), values


def _configured(path: Path) -> dict[str, Any]:
    """Return the file's values by key, read and with their paths relative to the working directory."""
    table = _keys_of(path)
    found = {}
    for name, value in table.items():
        key = KEYS.get(name)
        if name in COMMAND_KEYS:
            continue
        if name in COMMAND_LINE_ONLY:
            raise ConfigError(f"{path}: --{name} is for the command line alone", f"take {name} out of {path}")
        if key is None:
            raise ConfigError(f"{path}: unknown key '{name}'", _nearest_key(name))
        try:
            read = key.read(value)
        except ValueError as error:
            raise ConfigError(
                f"{path}: {name}: {_shown(key, value)} is not {error}", f"correct {name} in {path}"
            ) from None
        found[name] = key.rebase(read, path.parent) if key.rebase and path.parent.resolve() != Path.cwd() else read
    return found


def _keys_of(path: Path) -> dict[str, Any]:
    document = _parsed(path)
    table = _table(document)
    if table is None and path.name == PROJECT_FILE:
        raise ConfigError(f"{path} has no [tool.nodepath] table", "add one, or leave --config out")
    if table is None:
        table = document
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tool.nodepath is not a table", "write [tool.nodepath] and the keys below it")
    return table


def _shown(key: Key, value: object) -> str:
    """Return a value for an error; a database URL may stand under a wrong key, with its password."""
    shown = ", ".join(map(repr, value)) if isinstance(value, (list, tuple)) and value else repr(value)
    return "its value" if key.secret or "@" in shown else shown


def _nearest_key(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.replace("_", "-"), (*KEYS, *COMMAND_KEYS), n=1, cutoff=0.5)
    if near:
        return f"write '{near[0]}' if that is meant"
    return "delete it; `nodepath init` writes a file with the keys that matter"


def _chosen(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of the options that were given, read."""
    found = {}
    for name, value in given.items():
        if value is None or value == []:
            continue
        key = KEYS[name]
        if name == "database-url" and not str(value).strip():
            # As where no audit is run: a forgotten variable leaves nothing configured.
            raise ConfigError(f"--{name} is empty", _ways())
        try:
            found[name] = key.read(value)
        except ValueError as error:
            raise UsageError(
                f"--{name}: {_shown(key, value)} is not {error}", f"correct --{name}, or run with --help"
            ) from None
    return found


def _check_formats(found: Mapping[str, Any], formats: Sequence[str], place: str, kind: type[NodepathError]) -> None:
    if not formats:
        return
    named = [found["format"]] if "format" in found else []
    named += [name for name, _ in found.get("output", ())]
    for name in named:
        if name not in formats:
            where = f"{place}: " if place else ""
            raise kind(f"{where}no format {name!r}", "use one of " + ", ".join(dict.fromkeys(formats)))


def _ways() -> str:
    from nodepath_cli.database_url import WAYS

    return WAYS


def _environment_names_a_database() -> bool:
    """Whether the environment goes before the configuration; it is not the place to complain about its value."""
    from nodepath_cli.database_url import find

    try:
        return find(None, os.environ) is not None
    except NodepathError:
        return True
