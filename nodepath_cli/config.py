"""The settings of a run: nodepath.toml or [tool.nodepath], the environment, the command line, in one frozen record."""

from __future__ import annotations

import os

from msgspec import Struct, field


class SourceBlock(Struct, frozen=True):
    """A `[[tool.nodepath.source]]` block: a part of the tree with its own schema."""

    paths: tuple[str, ...]
    schema: tuple[str, ...] = ()
    dialect: Dialect | None = None


class Dialect(Struct, frozen=True):
    """The server that the audit is for."""

    name: str = "mysql"
    """`mysql`, `mariadb` or `sqlite`."""
    version: tuple[int, ...] = (8, 0)
    """() for the newest."""
    ansi_quotes: bool = False
    """`"x"` is an identifier (sql-mode ANSI_QUOTES)."""
    ignore_space: bool = False
    """A blank may stand between a function and its parenthesis (sql-mode IGNORE_SPACE)."""
    full_group_by: bool = True
    """The server's mode has ONLY_FULL_GROUP_BY, as it has from MySQL 5.7.5 on where nothing else is said."""
    assumed: bool = False
    """Neither the user nor a live source has named it: the server may as well be MariaDB."""

    @property
    def family(self) -> str:
        """`mysql` for MySQL and MariaDB, `sqlite` for SQLite: what statements of another family are skipped by."""
        return "sqlite" if self.name == "sqlite" else "mysql"


class Settings(Struct, frozen=True):
    """Everything that a run is told, after configuration, environment and command line are merged."""

    schema: tuple[str, ...] = ()
    """`--schema SOURCE`, in order; () for the default (head, and the DDL of the tree)."""
    database_url: str | None = None
    """As given; it may hold a password, so it is never printed (`database_url.parse(...).masked`)."""
    cross_check: str | None = None
    """`--cross-check URL`: the server that is asked about every statement; it may hold a password, as the above."""
    migrations: str | None = None
    from_source: str | None = None
    """`--from SOURCE` of `audit-deploy`: the schema before the pending revisions; None for `live`."""
    base_ref: str | None = None
    """`--base REF` of `audit-deploy`: the Git revision whose code runs now."""
    dialect: Dialect = field(default_factory=Dialect)
    dialect_given: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "error"
    exclude: tuple[str, ...] = ()
    external_tables: tuple[str, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    """`("table.old", "new")` pairs."""
    replace: tuple[tuple[str, str], ...] = ()
    """Texts replaced in SQL before parsing, longest first."""
    sources: tuple[SourceBlock, ...] = ()
    case_sensitive_tables: bool = True
    strict: bool = False
    min_coverage: float | None = None
    max_file_size: int = 2_000_000
    include_tests: bool = False
    include_generated: bool = False
    include_vendored: bool = False
    jobs: int = 0
    """How many processes work at once; 0 for as many as there are processors."""
    no_cache: bool = False
    """Nothing is kept for the next run, and nothing kept is used."""
    cache_dir: str | None = None
    """Where results are kept, None for the user's own cache folder."""
    stdin_filename: str | None = None
    lease: float = 30.0
    """From which age on a session lock is stale, in seconds."""
    lock_timeout: float = 60.0
    """How long another migration of the same database is waited for, in seconds."""
    ddl_lock_timeout: float = 5.0
    """How long one try of a DDL statement may wait for its table's metadata lock, in seconds."""
    retries: int = 5
    """How often such a statement is tried again."""
    sql_mode: tuple[str, ...] = ()
    """The server's sql_mode as configured, in upper case; ANSI_QUOTES also stands in `dialect`."""
    format: str = "text"
    """How the result is written to the standard output."""
    output: tuple[tuple[str, str], ...] = ()
    """Format and file of what is written beside the main format."""
    color: str = "auto"
    """`auto`, `always` or `never`."""
    baseline: str | None = None
    """The file of findings that do not count, None for none."""
    quiet: bool = False
    verbose: bool = False

    @property
    def processes(self) -> int:
        """How many processes may work at once."""
        usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
        return self.jobs or len(usable)
