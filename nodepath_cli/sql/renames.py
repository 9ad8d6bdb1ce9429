"""The former names of columns and tables, read off the statements that renamed them, without a schema.

A replay keeps them, too (`Schema.renames`); this is for a schema that comes from elsewhere, a live database for
instance, while the migrations that made it are at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Rename, TableRename
from nodepath_cli.sql._ddl.nodes import AlterTable, ChangeColumn, RenameColumn, RenameTables, RenameTo
from nodepath_cli.sql._ddl.parse import parse
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql.ddl import DdlText
from nodepath_cli.sql.executable import open_executable

_RENAMES = lazy(r"\b(?:CHANGE|RENAME)\b", re.IGNORECASE)


class RenameHistory:
    """Former names, as statements are read in the order in which they run."""

    def __init__(self, dialect: Dialect) -> None:
        """Begin without any."""
        self._dialect = dialect
        self.columns: list[Rename] = []
        self.tables: list[TableRename] = []

    def declare(self, names: Iterable[Rename]) -> None:
        """Add former names that are declared rather than read."""
        self.columns += names

    def read(self, statement: DdlText) -> None:
        """Take over what a statement renames; one that is not understood renames nothing."""
        if not _RENAMES.search(statement.sql):
            return
        try:
            parsed = parse(open_executable(statement.sql, self._dialect), self._dialect)
        except (Refusal, RecursionError):
            return
        reason = f"renamed in {statement.path.rpartition('/')[2]}"
        if isinstance(parsed, RenameTables):
            for old, new in parsed.pairs:
                self._table(old.name, new.name, reason)
        elif isinstance(parsed, AlterTable):
            for action in parsed.actions:
                match action:
                    case ChangeColumn(old_name, column) if old_name.lower() != column.name.lower():
                        self._column(parsed.name.name, old_name, column.name, reason)
                    case RenameColumn(old_name, new_name) if old_name.lower() != new_name.lower():
                        self._column(parsed.name.name, old_name, new_name, reason)
            for action in parsed.actions:
                if isinstance(action, RenameTo):
                    self._table(parsed.name.name, action.name.name, reason)

    def _column(self, table: str, old: str, new: str, reason: str) -> None:
        """A still older name leads to the new one as well."""
        self.columns = [
            replace(each, new=new) if each.table == table and each.new.lower() == old.lower() else each
            for each in self.columns
        ]
        self.columns.append(Rename(table, old, new, reason))

    def _table(self, old: str, new: str, reason: str) -> None:
        self.columns = [replace(each, table=new) if each.table == old else each for each in self.columns]
        self.tables = [replace(each, new=new) if each.new == old else each for each in self.tables]
        self.tables.append(TableRename(old, new, reason))
