"""What is pending, the states that it leads through, and the finished answer."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from nodepath_cli.audit.finding import Finding, Report
from nodepath_cli.audit.uses import Blind, Subject, Use
from nodepath_cli.schema.model import Schema

Order = Literal["either", "migrate-first", "code-first", "expand-contract"]


class Step(Struct, frozen=True):
    """A statement of a pending migration that may change the schema."""

    sql: str
    path: str
    """The migration's file, as reports name it."""
    line: int
    """1-based; of an Alembic revision the line that sends it."""
    column: int = 1
    end_line: int = 0
    """Of its last character; 0 for the same line."""
    end_column: int = 0


class Pending(Struct, frozen=True):
    """A migration that has not run."""

    revision: str
    """An Alembic revision's id; a SQL migration's name, which begins with its number."""
    path: str
    steps: tuple[Step, ...]
    problem: str | None = None
    """Why it cannot be replayed to its end, None where it can."""
    renames: tuple[tuple[str, str, str], ...] = ()
    """(table, former column name, name now), as an Alembic revision declares them."""


class Plan(Struct, frozen=True):
    """The schema before, and what is pending after it."""

    name: str
    """The base's name in reports: `live`, or the source as given, without a password."""
    base: Schema
    pending: tuple[Pending, ...]
    texts: dict[str, str] = field(default_factory=dict)
    """The migrations' texts by path, for excerpts."""
    notes: tuple[str, ...] = ()


class State(Struct, frozen=True):
    """The schema at one moment of the deploy."""

    name: str
    """`live`, `0002 after statement 1 of 2`, `0002`, `head`."""
    schema: Schema
    revision: str | None = None
    """The revision that runs or has just run, None before the first."""
    step: int | None = None
    """How many of the revision's statements have run, None where none or all have."""
    of: int = 0
    """How many of the revision's statements change the schema."""
    cause: Step | None = None
    """The statement that led here."""
    changed: frozenset[str] = frozenset()
    """The tables, in lower case, in which it differs from the state before."""

    @property
    def between(self) -> bool:
        """Whether it lies between two statements of one revision."""
        return self.step is not None


class Failure(Struct, frozen=True):
    """A pending statement that the server would refuse, or that was not understood."""

    revision: str
    path: str
    line: int
    message: str


class DeployFinding(Struct, frozen=True):
    """NP201 to NP203, and in which states the name fails."""

    finding: Finding
    revision: str
    ref: str | None
    """The Git revision whose code it is, None for the code now."""
    fails: tuple[bool, ...]
    """For each state whether the server would refuse the statement for this."""


class Verdict(Struct, frozen=True):
    """What a revision means for the code."""

    revision: str
    order: Order
    sentence: str
    """The order and its reason in plain words."""
    findings: tuple[DeployFinding, ...] = ()
    problems: tuple[Failure, ...] = ()
    """What of the revision could not be replayed: nothing is proved of that."""


class CodeUse(Struct, frozen=True):
    """A use of the column that is to go."""

    ref: str | None
    use: Use


class CodeBlind(Struct, frozen=True):
    """A statement that may use it in ways that were not seen."""

    ref: str | None
    blind: Blind


class Contract(Struct, frozen=True):
    """Whether a column (or table) can be taken away."""

    subject: Subject
    refs: tuple[str | None, ...]
    """The code that was read: None for the code now."""
    uses: tuple[CodeUse, ...]
    blind: tuple[CodeBlind, ...]

    @property
    def proved(self) -> bool:
        """Whether no statement reads or writes it."""
        return not self.uses and not self.blind


class Deploy(Struct, frozen=True):
    """The finished answer."""

    states: tuple[State, ...]
    verdicts: tuple[Verdict, ...]
    report: Report
    """The same findings as every audit reports them, with what was read and how far it was understood."""
    base_ref: str | None = None
    base_sources: dict[str, str] = field(default_factory=dict)
    """The texts at `base_ref` of the files that a finding lies in, by path; those of the code now are in the report."""
    contract: Contract | None = None
    unexplained: int = 0
    """How many names of the code now fail even at the end, though no migration takes them."""

    @property
    def problems(self) -> tuple[Failure, ...]:
        """What could not be replayed, of all revisions."""
        return tuple(problem for verdict in self.verdicts for problem in verdict.problems)
