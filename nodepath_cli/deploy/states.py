"""The states of a deploy: the schema before, and after each statement of every pending migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.deploy.records import Failure, Pending, Plan, State, Step
from nodepath_cli.schema.model import Problem, Rename, Schema, Table
from nodepath_cli.sql.ddl import DdlText, Replay

HEAD = "head"


class Replayed(Struct, frozen=True):
    """The states in order, the base first, and what could not be replayed."""

    states: tuple[State, ...]
    failures: tuple[Failure, ...]


def replayed(plan: Plan, dialect: Dialect) -> Replayed:
    """Replay the pending migrations over the base; never raises for what they say.

    A statement that changes no table, view or sequence makes no state. What the server would refuse changes nothing
    and is a failure; the rest goes on, so that a half-applied migration leads to the same end.
    """
    running = _Running(plan, dialect)
    for pending in plan.pending:
        running.run(pending)
    states = running.states
    if plan.pending:
        states[-1] = replace(states[-1], name=HEAD)
    return Replayed(tuple(states), tuple(running.failures))


class _Running:
    def __init__(self, plan: Plan, dialect: Dialect) -> None:
        self._replay = Replay(plan.base, dialect, settled=True)
        self.states = [State(plan.name, plan.base)]
        self.failures: list[Failure] = []
        self._declared: list[Rename] = []

    def run(self, pending: Pending) -> None:
        """Add the states of one migration; its last one is there even where nothing changes."""
        made: list[State] = []
        schema = self.states[-1].schema
        for step in pending.steps:
            said = self._replay.run(DdlText(step.sql, step.path, step.line))
            self.failures += _failures(said, pending, step)
            after, changed = self._next(schema)
            if changed:
                made.append(State("", after, pending.revision, len(made) + 1, 0, step, changed))
                schema = after
        if pending.problem:
            self.failures.append(Failure(pending.revision, pending.path, 1, pending.problem))
        self._declared += [Rename(t, old, new, f"former name ({pending.revision})") for t, old, new in pending.renames]
        renames = (*schema.renames, *self._declared)
        if not made:
            made = [State("", schema, pending.revision)]
        last = replace(made[-1], schema=replace(made[-1].schema, renames=renames), step=None)
        self.states += _named([*made[:-1], last], pending.revision)

    def _next(self, before: Schema) -> tuple[Schema, frozenset[str]]:
        """Return the schema now and the tables that differ; tables that do not keep their identity."""
        after = self._replay.schema()
        known = {(table.database, table.name): table for table in before.tables}
        changed: set[str] = set()
        kept: list[Table] = []
        for table in after.tables:
            old = known.pop((table.database, table.name), None)
            if old != table:
                changed.add(table.name.lower())
            kept.append(old if old is not None and old == table else table)
        changed.update(name.lower() for _, name in known)
        return replace(after, tables=tuple(kept)), frozenset(changed)


def _failures(said: Sequence[Problem], pending: Pending, step: Step) -> Iterator[Failure]:
    for problem in said:
        number = f" ({problem.errno})" if problem.errno else ""
        yield Failure(pending.revision, step.path, step.line, problem.message + number)


def _named(states: Sequence[State], revision: str) -> Iterator[State]:
    count = len(states)
    for number, state in enumerate(states, 1):
        name = f"{revision} after statement {number} of {count}" if number < count else revision
        yield replace(state, name=name, of=count)
