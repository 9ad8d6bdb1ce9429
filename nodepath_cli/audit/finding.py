"""What a rule is, what it finds, and the finished report that every output format renders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from nodepath_cli.errors import NodepathError
from nodepath_cli.schema.model import Problem
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from nodepath_cli.audit.agreement import CrossCheck
    from nodepath_cli.audit.analysed import Analysed
    from nodepath_cli.audit.context import Context
    from nodepath_cli.audit.history import History
    from nodepath_cli.audit.locking.protocols import Protocols
    from nodepath_cli.sql.resolution import Resolution, Unparsed


class Severity(StrEnum):
    """How bad: an error is what the server would refuse, or what provably loses data."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 2 for error."""
        return ("info", "warning", "error").index(self.value)


class Confidence(StrEnum):
    """How sure: `certain` is proved by the schema, `likely` rests on something inferred."""

    CERTAIN = "certain"
    LIKELY = "likely"


Status = Literal["resolved", "partial", "unresolved"]


class Suggestion(Struct, frozen=True):
    """A replacement for the identifier, and where it comes from."""

    replacement: str
    reason: str
    guessed: bool = False
    """Likeness alone speaks for it: no migration, configuration or rule of names does."""


class Related(Struct, frozen=True):
    """Another place that belongs to a finding (the acquire of a release, the migration of a column)."""

    span: Span
    message: str


class Position(Struct, frozen=True):
    """Lines and columns, 1-based, counted in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class RelatedPlace(Struct, frozen=True):
    """A related place with its position."""

    path: str
    position: Position
    message: str


class Hit(Struct, frozen=True):
    """What a rule found in one resolution, in SQL offsets."""

    message: str
    start: int
    end: int
    identifier: str | None = None
    """The bare name that it is about, None where it is about the whole statement."""
    errno: int | None = None
    table: str | None = None
    clause: str | None = None
    """In the dialect's words."""
    suggestions: tuple[Suggestion, ...] = ()
    related: tuple[Related, ...] = ()
    confidence: Confidence = Confidence.CERTAIN
    severity: Severity | None = None
    """Where it differs from the rule's."""
    function: str | None = None
    """The function that it is about, where that is not the statement's."""


class ProgramHit(Struct, frozen=True):
    """What a rule found in the whole program, at one of its statements."""

    analysed: Analysed
    outcome: Resolution
    hit: Hit


class MigrationHit(Struct, frozen=True):
    """What a rule found in a migration, in the lines of its file."""

    message: str
    path: str
    position: Position
    revision: str
    sql: str = ""
    """The statement that it is about, "" where it is about the migration as a whole."""
    identifier: str | None = None
    table: str | None = None
    errno: int | None = None
    related: tuple[RelatedPlace, ...] = ()
    severity: Severity | None = None
    """Where it differs from the rule's."""


Check = Callable[["Resolution", "Context"], Iterator[Hit]]
CheckUnread = Callable[["Unparsed", "Context"], Iterator[Hit]]
CheckProgram = Callable[["Protocols"], Iterator[ProgramHit]]
CheckMigrations = Callable[["History"], Iterator[MigrationHit]]


class Rule(Struct, frozen=True):
    """A rule: a function and its record. The docstring of its module is its page."""

    id: str
    """`NP101`."""
    name: str
    """Kebab case, for the pattern found: `unknown-column`. The file's name is this with underscores."""
    severity: Severity
    summary: str
    """One sentence for lists."""
    check: Check | None = None
    """None for a rule that the pipeline itself applies (NP501)."""
    check_unread: CheckUnread | None = None
    """What the rule says of a text that the grammar does not understand (NP109)."""
    check_program: CheckProgram | None = None
    """What the rule says of statements that belong together, over the whole program (NP4xx)."""
    check_migrations: CheckMigrations | None = None
    """What the rule says of migrations (`nodepath db lint`)."""


class Finding(Struct, frozen=True):
    """One finding in the source, finished for rendering."""

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    path: str
    position: Position
    statement_id: str
    """Stable id of the statement (hash of path, function and normalised SQL)."""
    statement_path: str
    statement_line: int
    sql: str
    """The statement's SQL for people."""
    fingerprint: str
    """Hash of rule, path, function, normalised SQL and identifier; no line numbers."""
    errno: int | None = None
    function: str | None = None
    table: str | None = None
    identifier: str | None = None
    clause: str | None = None
    branch: str = ""
    """The choice of branches under which it holds, empty where it always does."""
    suggestions: tuple[Suggestion, ...] = ()
    related: tuple[RelatedPlace, ...] = ()


class Unresolved(Struct, frozen=True):
    """A statement that was not understood, and why."""

    path: str
    line: int
    column: int
    function: str | None
    reason: str
    sql: str = ""


class Skipped(Struct, frozen=True):
    """A file that was not audited, and why."""

    path: str
    reason: str


class InventoryItem(Struct, frozen=True):
    """One statement of the inventory (`nodepath queries`)."""

    path: str
    line: int
    column: int
    function: str | None
    sql: str
    status: Status
    reason: str | None
    dialect: str
    kind: str
    """`select`, `insert`, ..., `ddl`, `other`."""
    call_path: str | None
    call_line: int | None
    call_name: str | None
    variants: tuple[str, ...]
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    """`table.column` where the table is known, else the bare name."""
    wrapper: WrapperPlace | None = None
    """The function of the tree that is called, where it hands the SQL on to a database."""


class WrapperPlace(Struct, frozen=True, order=True):
    """A function of the tree that hands the SQL which it is given on to a database."""

    path: str
    line: int
    name: str
    argument: int
    """Which of its arguments is the SQL, the first is 1."""


class SchemaSummary(Struct, frozen=True):
    """The schema that was audited against."""

    sources: tuple[str, ...]
    dialect: str
    tables: int
    columns: int
    version: str = ""
    """The server's version, where the user or the server itself has named one."""


class Counts(Struct, frozen=True):
    """What was read and understood. Only DML statements are counted."""

    files: int = 0
    statements: int = 0
    resolved: int = 0
    partial: int = 0
    unresolved: int = 0
    suppressed: int = 0
    baselined: int = 0
    seconds: float = 0.0


class Judged(Struct, frozen=True):
    """What an audit has looked at: where it finds nothing, there is nothing."""

    files: frozenset[str] = frozenset()
    """The paths that were read."""
    rules: frozenset[str] = frozenset()
    """The ids of the rules that ran."""
    unclear: frozenset[tuple[str, str]] = frozenset()
    """Path and function of statements that were not fully understood; the function is empty where there is none."""

    def covers(self, rule: str, path: str, function: str) -> bool:
        """Say whether the rule would have found what is there."""
        return rule in self.rules and path in self.files and (path, function) not in self.unclear


class Report(Struct, frozen=True):
    """The finished result of an audit: suppression and order are settled, formats only render."""

    schema: SchemaSummary
    counts: Counts
    findings: tuple[Finding, ...] = ()
    """Ordered by path, line, column, rule."""
    unresolved: tuple[Unresolved, ...] = ()
    partial: tuple[Unresolved, ...] = ()
    """The statements that were understood in part, and what of them was not."""
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[str, ...] = ()
    """Those of the skipped files that may hold SQL which nobody has seen."""
    notes: tuple[str, ...] = ()
    """Lines for the end of the summary (`3 statements name tables that no source defines: give --schema`)."""
    not_replayed: tuple[Problem, ...] = ()
    """The DDL statements that could not be replayed into the schema; `notes` has the first."""
    sources: dict[str, str] = field(default_factory=dict)
    """The text of every file that a finding, a related place or an unresolved entry lies in, for source excerpts."""
    cross_check: CrossCheck | None = None
    """What a live server says of the statements, where it was asked."""
    error: NodepathError | None = None
    """What went wrong beside the audit: a path that does not exist (the rest is audited), nothing to audit."""
    judged: Judged = field(default_factory=Judged)
    """Where having found nothing proves something."""

    def count(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(finding.severity is severity for finding in self.findings)
