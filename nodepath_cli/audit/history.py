"""Migrations as the rules about them see them: every statement with the schema at its two sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct, field

from nodepath_cli.audit.finding import MigrationHit, Position, RelatedPlace
from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Problem, Schema, Table
from nodepath_cli.sql.ddl import nodes

Tool = Literal["alembic", "sql"]


class Change(Struct, frozen=True):
    """One statement of a migration."""

    revision: str
    sql: str
    path: str
    position: Position
    ddl: nodes.Ddl | None
    """None for DML, and where it is not understood."""
    before: Schema
    after: Schema
    refused: tuple[Problem, ...] = ()
    """What the server would say against it here; it then changes nothing."""
    made: frozenset[str] = frozenset()
    """The tables, in lower case, that the same migration has made: nothing uses them yet, and they are empty."""
    exact: bool = True
    """`position` begins with the statement's first character; False where it is the line that sends it."""

    checks_foreign_keys: bool = True
    """False behind `SET foreign_key_checks = 0` of the same migration."""

    @property
    def table(self) -> Table | None:
        """The table that an ALTER TABLE, CREATE INDEX or DROP INDEX changes, as it was before."""
        if not isinstance(self.ddl, nodes.AlterTable):
            return None
        return self.before.table(self.ddl.name.name, self.ddl.name.database)

    def is_new(self, table: str) -> bool:
        """Say whether the same migration has made the table."""
        return table.lower() in self.made

    def hit(
        self,
        message: str,
        *,
        identifier: str | None = None,
        table: str | None = None,
        errno: int | None = None,
        related: tuple[RelatedPlace, ...] = (),
    ) -> MigrationHit:
        """Return a finding at this statement, at the identifier where it stands in it."""
        where = self._find(identifier) if identifier and self.exact else None
        return MigrationHit(
            message, self.path, where or self.position, self.revision, self.sql, identifier, table, errno, related
        )

    def _find(self, name: str) -> Position | None:
        """Return where a name stands in the statement, as a whole word; the last place, behind the table's name."""
        lowered, wanted = self.sql.lower(), name.lower()
        at = lowered.find(wanted)
        found = None
        while at >= 0:
            around = lowered[at - 1 : at] + lowered[at + len(wanted) : at + len(wanted) + 1]
            if not any(each.isalnum() or each in "_$" for each in around):
                found = at
                break
            at = lowered.find(wanted, at + 1)
        if found is None:
            return None
        above = self.sql.count("\n", 0, found)
        line = self.position.line + above
        column = found - self.sql.rfind("\n", 0, found) if above else self.position.column + found
        return Position(line, column, line, column + len(name))


class Migration(Struct, frozen=True):
    """One migration file."""

    revision: str
    """An Alembic revision's id; a SQL migration's name, which begins with its number."""
    path: str
    tool: Tool
    changes: tuple[Change, ...]
    folder: str = ""
    """The folder that its file lies in."""
    number: tuple[int, ...] | None = None
    """The number that says when it runs; None for a script that no tool runs by number, and for Alembic's."""
    down: bool | None = None
    """Whether there is something that undoes it; None where its tool has nothing of the kind."""
    problem: str | None = None
    """Why it cannot be followed to its end."""
    renames: frozenset[tuple[str, str]] = frozenset()
    """(table, former column name), in lower case, that it declares or makes."""

    @property
    def ddl(self) -> tuple[Change, ...]:
        """The statements that change a table's shape."""
        return tuple(
            change for change in self.changes if change.ddl is not None and not isinstance(change.ddl, _NO_SHAPE)
        )

    def hit(self, message: str, identifier: str | None = None) -> MigrationHit:
        """Return a finding about the migration as a whole, at its first statement."""
        first = self.changes[0].position if self.changes else Position(1, 1, 1, 1)
        return MigrationHit(message, self.path, first, self.revision, identifier=identifier)


_NO_SHAPE = (nodes.Use, nodes.SetVariables, nodes.Other, nodes.Truncate)


class CodeUse(Struct, frozen=True):
    """A place in the code that names a table or a column."""

    place: RelatedPlace
    function: str | None


class History(Struct, frozen=True):
    """The migrations in the order in which they run, and who uses what they change."""

    migrations: tuple[Migration, ...]
    dialect: Dialect
    final: Schema
    """The schema behind the last one."""
    heads: tuple[str, ...] = ()
    """The Alembic revisions that no other follows."""
    uses: Mapping[tuple[str, str | None], tuple[CodeUse, ...]] = field(default_factory=dict)
    """By table and column in lower case, and by table alone (column None): where the code names it."""

    @property
    def changes(self) -> Iterator[Change]:
        """Every statement that the server would take."""
        return (change for migration in self.migrations for change in migration.changes if not change.refused)
