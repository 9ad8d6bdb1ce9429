"""Tables that the numbered migrations of a tree made once, and then renamed or dropped.

The order of the migrations of one folder is in their names, so that such a table is known not to be there, though the
schema is inferred. Little takes that back: whatever else in the tree makes a table of the name, by any means, or asks
for it before it uses it, and code that serves an older version, or another database than that of the migrations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from nodepath_cli.audit.lines import folder_of
from nodepath_cli.audit.shapes import CREATED
from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.migrations import is_down, version_of
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import nodes, read

_TAKES = lazy(r"\s*(?:DROP\s+(?:TEMPORARY\s+)?TABLE|RENAME|ALTER\b.*\bRENAME)\b", re.IGNORECASE | re.DOTALL)
_WORD = lazy(r"[\w$]+")
_MADE = lazy(
    r"CREATE\s+(?:\w+\s+){0,3}?(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:[`\"]?[\w$]+[`\"]?\s*\.\s*)?"
    r"(?:[`\"]?([\w$]+)|[`\"'+%{$])",
    re.IGNORECASE,
)
"""A text that makes a table, by name where it has one."""
_ASKS = lazy(
    r"(?i)information_schema|RENAME\s+(?:TABLE|TO)|SHOW\s+(?:FULL\s+)?TABLES|\bTableName\(\)|AutoMigrate|(?:Has|Create|Drop)Tables?\b|Table_?Exists"
)
"""A file that has it may make tables without a text of SQL, or look for them before it uses them."""
_ASKING = ("_schema", "rename", "show", "tablename(", "migrate", "hastable", "createtable", "droptable", "exists")
"""In lower case, what stands in whatever that pattern finds: to look for words takes less time."""
_OPENS = lazy(r"\b(?:sql|sqlx|gorm)\.(?:Open|OpenDB|Connect|MustConnect|MustOpen|ConnectContext)\(")
_OPENING = ("Open(", "OpenDB(", "Connect(", "ConnectContext(")
"""What stands in whatever that pattern finds."""
_OLDER = lazy(r"(?i)migrat|legacy|upgrad|import|backfill|archiv|convert|(?<![a-z])old(?![a-z])")


class Gone(Struct, frozen=True):
    """A table that is not there any more."""

    name: str
    reason: str
    """`renamed in 000009_audit.up.sql`, `dropped in ...`."""
    within: str = ""
    """The folder of the code that it is gone for; `` for the whole tree."""

    def concerns(self, statement: Statement) -> bool:
        """Say whether a statement meets the schema that the table is gone from, for all that can be told.

        When a script runs that has no number is not in the tree.
        """
        path = statement.span.path
        if statement.host == "sql" or (self.within and not path.startswith(self.within + "/")):
            return False
        return not _OLDER.search(path) and not _OLDER.search(statement.function or "")


def gone_tables(steps: Sequence[Statement], files: Iterable[SourceFile], dialect: Dialect) -> Mapping[str, Gone]:
    """Return by name the tables that numbered migrations, given in their order, have made and taken away."""
    if not any(_TAKES.match(sql) for step in steps for sql in parts(step.sql)):
        return {}
    folders: dict[str, list[Statement]] = {}
    for step in steps:
        folders.setdefault(folder_of(step.migration or step.span.path), []).append(step)
    making = [folder for folder, own in folders.items() if any(CREATED.match(step.sql) for step in own)]
    found: dict[str, Gone] = {}
    for folder in making:
        within = folder.rpartition("/")[0] if len(making) > 1 else ""
        if len(making) > 1 and not within:
            continue
        for name, reason in _taken(folders[folder], dialect).items():
            found[name] = Gone(name, reason, within)
    return _sure(found, set(making), list(files)) if found else {}


def _taken(steps: Sequence[Statement], dialect: Dialect) -> dict[str, str]:
    """Return the tables that the migrations of one folder have taken away, and by what."""
    made: set[str] = set()
    taken: dict[str, str] = {}
    for step in steps:
        file = (step.migration or step.span.path).rpartition("/")[2]
        for sql in parts(step.sql):
            node = read(sql, dialect) if _TAKES.match(sql) else None
            if not isinstance(node, nodes.DropTables):
                # Whatever names it later on may make it anew: another table, a view, a text that is prepared.
                for name in taken.keys() & set(_WORD.findall(sql)):
                    del taken[name]
            for old, new in _away(node):
                if old in made:
                    taken[old] = f"{'renamed' if new else 'dropped'} in {file}"
                    made.add(new or old)
                taken.pop(new or "", None)
            if (created := CREATED.match(sql)) is not None:
                made.add(created[2])
    return taken


def _sure(found: Mapping[str, Gone], folders: set[str], files: Sequence[SourceFile]) -> Mapping[str, Gone]:
    """Return those that nothing outside the folders of migrations may make, and that are in the only database."""
    others = [file for file in files if folder_of(file.path) not in folders and not is_down(file.path)]
    opening = (file.text for file in others if any(word in file.text for word in _OPENING))
    if any(len(_OPENS.findall(text)) > 1 for text in opening):
        return {}
    left = dict(found)
    elsewhere: dict[str, list[SourceFile]] = {}
    for file in others:
        text = file.text
        if file.path.endswith(".sql") and version_of(file.path) is not None:
            elsewhere.setdefault(folder_of(file.path), []).append(file)
            continue
        named = [name for name in left if name in text]
        words = set(named).intersection(_WORD.findall(text)) if named else set()
        if not words:
            continue
        lower = text.lower()
        made = {each[1] or "" for each in _MADE.finditer(text)} if "create" in lower else set()
        if "" in made or (any(word in lower for word in _ASKING) and _ASKS.search(text)):
            made |= words
        for name in words & made:
            del left[name]
    for scripts in elsewhere.values():
        # The migrations of another server, beside those of the audited one: they have to take the table away, too.
        ordered = sorted(scripts, key=lambda file: version_of(file.path) or ())
        for name in [name for name in left if not _taken_there(name, [file.text for file in ordered])]:
            del left[name]
    return left


def _taken_there(name: str, texts: Sequence[str]) -> bool:
    """Say whether scripts, in their order, leave no table of a name, whatever language they are in."""
    made = re.compile(
        rf"(?i)(?:CREATE\s+(?:\w+\s+){{0,3}}?(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\S+\.)?|\bTO\s+)"
        rf"[`\"\[]?{re.escape(name)}(?![\w$])"
    )
    away = re.compile(
        rf"(?i)\b(?:DROP\s+TABLE|RENAME\s+TABLE|ALTER\s+TABLE(?=[^;]*\bRENAME\b))[^;]*?(?<![\w$]){re.escape(name)}(?![\w$])"
    )
    there = False
    for text in texts:
        # A file may hold both ways of a migration: what made the table is taken away by a later one.
        if there and away.search(text):
            there = False
        elif made.search(text):
            there = True
    return not there


def _away(node: nodes.Ddl | None) -> Iterator[tuple[str, str | None]]:
    """Yield in order the tables that a statement takes away, each with its new name, None where it is dropped."""
    match node:
        case nodes.DropTables(kind="table", names=names, temporary=False):
            yield from ((name.name, None) for name in names)
        case nodes.RenameTables(pairs=pairs):
            yield from ((old.name, new.name) for old, new in pairs)
        case nodes.AlterTable(name=name, actions=actions):
            yield from ((name.name, each.name.name) for each in actions if isinstance(each, nodes.RenameTo))
        case _:
            pass
