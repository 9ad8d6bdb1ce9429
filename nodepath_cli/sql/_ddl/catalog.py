"""The tables during a replay: what is where, and whose."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Rename, Schema
from nodepath_cli.sql._ddl.draft import Draft
from nodepath_cli.sql._ddl.nodes import Name
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.session import Session

SYSTEM = frozenset({"mysql", "information_schema", "performance_schema", "sys"})


class Elsewhere(Exception):
    """The statement is about a system database, which no schema source describes: it is passed over."""


class Catalog:
    """Databases, tables and session of one replay."""

    def __init__(self, base: Schema, dialect: Dialect, *, ordered: bool, settled: bool = False) -> None:
        """Begin with the tables of earlier sources; `settled` where they are those of the database itself."""
        self.sqlite = dialect.name == "sqlite"
        self.session = Session(dialect, check_foreign_keys=ordered, inferred=not ordered, settled=settled)
        self.database = base.database
        """The default database of the schema; its tables carry none."""
        self.several_defaults = base.several_defaults
        """USE chose another database than that one."""
        self.current: str | None = None
        """The database that USE chose; None for the default one."""
        self.renames: list[Rename] = list(base.renames)
        self.file = ""
        """Base name of the file that the statement stands in."""
        self._fold = self.sqlite or not base.case_sensitive_tables
        self._tables: dict[tuple[str | None, str], Draft] = {}
        self._temporary: dict[tuple[str | None, str], Draft] = {}
        self._own: set[tuple[str | None, str]] = set()
        self._charsets: dict[str | None, tuple[str | None, str | None]] = {}
        self._unqualified = bool(base.tables)
        for table in base.tables:
            self._tables[self._key(Name(table.name, table.database))] = Draft.of(table)
        if settled:
            self._own.update(self._tables)

    @property
    def inline_references(self) -> bool:
        """Whether REFERENCES in a column definition makes a foreign key: not in MySQL before 9.0 (manuals)."""
        dialect = self.session.dialect
        if dialect.name == "mysql":
            return dialect.version >= (9, 0)
        return dialect.name == "sqlite" or not dialect.version or dialect.version >= (10, 5)

    def _key(self, name: Name) -> tuple[str | None, str]:
        if self._fold:
            return name.database and name.database.lower(), name.name.lower()
        return name.database, name.name

    def resolve(self, name: Name) -> Name:
        """Return a name with its database, None for the default one."""
        if self.sqlite:
            return Name(name.name)
        if not name.name or name.name.endswith(" "):
            raise Refusal(1103, f"Incorrect table name '{name.name}'")
        database = name.database or self.current
        if database and database.lower() in SYSTEM:
            raise Elsewhere
        if name.database is None:
            self._unqualified = True
        return Name(name.name, None if database == self.database else database)

    def meant(self, name: Name) -> Name:
        """Return the resolved name of a table that has to be there: one of the default database, where no source names
        that and the database that the statement names is not known by any table.

        Tools write `ALTER TABLE shop.orders` for a table that the dump beside it makes as `orders`.
        """
        database = name.database
        if database is None or self.database is not None or self.current is not None or self._key(name) in self._tables:
            return name
        if any(draft.database == database for draft in self._tables.values()):
            return name
        here = Name(name.name)
        return here if self._key(here) in self._tables else name

    def use(self, database: str) -> None:
        """Take over USE: the first one names the schema's default database, where no source has done so."""
        if self.database is None:
            self.database = database
            self._adopt(database)
        self.current = None if database == self.database else database
        self.several_defaults = self.several_defaults or self.current is not None

    def _adopt(self, database: str) -> None:
        """Tables that were named with the database before it became the default one lose the name."""
        for key, draft in list(self._tables.items()):
            if draft.database == database:
                here = self._key(Name(draft.name))
                del self._tables[key]
                draft.database = draft.finished = None
                self._tables[here] = draft
                # What an earlier source has made still gives way to what this one makes.
                (self._own.add if key in self._own else self._own.discard)(here)
                self._own.discard(key)
        self._charsets[None] = self._charsets.pop(database, (None, None))

    def get(self, name: Name) -> Draft | None:
        """Return the table or view of a resolved name; a temporary table hides another one."""
        key = self._key(name)
        return self._temporary.get(key) or self._tables.get(key)

    def change(self, name: Name) -> Draft:
        """Return a copy of a table to work on; `put` makes it the table. Raises Refusal (1146) where there is none."""
        draft = self.get(name)
        if draft is None:
            raise self.no_such_table(name)
        return draft.copy()

    def put(self, draft: Draft) -> None:
        """Make a draft the table of its name."""
        key = self._key(Name(draft.name, draft.database))
        if draft.temporary:
            self._temporary[key] = draft
        else:
            self._tables[key] = draft
            self._own.add(key)

    def put_open(self, name: Name, *, create: bool) -> None:
        """Let a table have any column, as its definition cannot be told."""
        draft = Draft(name.name, name.database) if create else self.change(name)
        draft.open = True
        self.put(draft)

    def remove(self, name: Name) -> None:
        """Take a table away: the temporary one first."""
        key = self._key(name)
        if self._temporary.pop(key, None) is None:
            self._tables.pop(key, None)
            self._own.discard(key)

    def may_create(
        self, name: Name, *, if_not_exists: bool = False, or_replace: bool = False, temporary: bool = False
    ) -> bool:
        """Say whether CREATE goes on: not with IF NOT EXISTS of a table that is there.

        A table of an earlier source gives way to a plain CREATE: later sources override. Raises Refusal (1050) where
        this source has it already.
        """
        key = self._key(name)
        present = key in self._temporary if temporary else key in self._tables
        if not present or or_replace:
            return True
        if if_not_exists:
            return False
        if not temporary and key not in self._own:
            return True
        raise Refusal(1050, f"Table '{name.name}' already exists")

    def made(self) -> list[Draft]:
        """Return the tables that this replay has made, of those that can be named now without a database."""
        return [each for key, each in self._tables.items() if key in self._own and each.database == self.current]

    def drafts(self) -> list[Draft]:
        """Return all tables but the temporary ones."""
        return list(self._tables.values())

    def temporary(self) -> list[Draft]:
        """Return the temporary tables."""
        return list(self._temporary.values())

    def no_such_table(self, name: Name) -> Refusal:
        """Return the refusal of a table that is not there (1146)."""
        return Refusal(1146, f"Table '{self.shown(name)}' doesn't exist")

    def shown(self, name: Name) -> str:
        """Return a name as the server's messages have it, with the database where one is known."""
        database = name.database or self.database
        return f"{database}.{name.name}" if database else name.name

    def charset_of(self, name: Name) -> tuple[str | None, str | None]:
        """Return the charset and collation of a table's database, None where no statement says."""
        return self._charsets.get(name.database, (None, None))

    def set_charset(self, database: str | None, charset: tuple[str | None, str | None]) -> None:
        """Take over what CREATE or ALTER DATABASE says; None for the current database."""
        if database is None:
            database = self.current
        self._charsets[None if database == self.database else database] = charset

    def drop_database(self, database: str) -> None:
        """Take a database's tables away."""
        gone = None if database == self.database else database
        for key, draft in list(self._tables.items()):
            if draft.database == gone:
                del self._tables[key]
                self._own.discard(key)

    def has_database(self, database: str) -> bool:
        """Say whether a database is known to be there."""
        if database in (self.database, self.current) or database in self._charsets:
            return True
        return any(draft.database == database for draft in self._tables.values())

    def note(self, message: str) -> None:
        """Keep something that could not be told, for the problems of the schema."""
        self.session.notes.append(message)

    def record_rename(self, table: str, old: str, new: str) -> None:
        """Remember a column's former name; a still older name leads to the new one as well."""
        self.renames = [
            replace(each, new=new) if each.table == table and each.new.lower() == old.lower() else each
            for each in self.renames
        ]
        where = f"renamed in {self.file}" if self.file else "renamed"
        self.renames.append(Rename(table, old, new, where))

    def snapshot(self) -> Schema:
        """Return the tables that the statement at hand can see, temporary ones included."""
        drafts = {**self._tables, **self._temporary}
        schema = Schema(
            tuple(draft.table() for draft in drafts.values()),
            self.session.dialect.name,
            self.session.dialect.version,
            self.database,
            case_sensitive_tables=not self._fold,
        )
        if self.current is None:
            return schema
        moved = (
            replace(table, database=None if table.database == self.current else table.database or self.database)
            for table in schema.tables
        )
        return replace(schema, tables=tuple(moved), database=self.current)

    def finished(self) -> Schema:
        """Return the tables as they are at the end."""
        if self.database is None and not self._unqualified:
            databases = {draft.database for draft in self._tables.values()}
            if len(databases) == 1 and (only := databases.pop()):
                # Every table is written with the same database: that is the one that the code is connected to.
                self.database = only
                self._adopt(only)
        return Schema(database=self.database, renames=tuple(self.renames)).with_tables(
            draft.table() for draft in self._tables.values()
        )
