"""Which tables and select items a clause sees.

A scope is one SELECT, or the tables of one INSERT, UPDATE or DELETE. Subqueries reach it through a Link that says from
which clause they look out, as that decides what they see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from nodepath_cli.schema.model import Column, Table
from nodepath_cli.sql.catalogue import SYSTEM_DATABASES
from nodepath_cli.sql.nodes import Col, Expr, Ident, Select
from nodepath_cli.sql.resolution import Clause

OWN_SPACE = "*own*"
"""The space of names in FROM that stand without a database."""
DERIVED_SPACE = ""
"""The space of derived tables."""
EVERY_SPACE = "*"
"""The space of MariaDB's JSON_TABLE: its name may be no other's, whatever that stands for (measured)."""

UNKNOWN_ALIAS = "a table's alias is known only at run time"


class Source(Struct, eq=False):
    """A table, view, derived table or CTE of FROM, under the name by which columns are qualified."""

    name: str
    database: str | None
    columns: Mapping[str, Column | None]
    """Every column that can be named, by lower-case name."""
    visible: tuple[str, ...]
    """The columns of `*`, in order."""
    table: Table | None = None
    """The base table or view, None for a derived table and a CTE."""
    unknown: str | None = None
    """Why its columns cannot be told; None where they are known."""
    any_column: bool = False
    """Every name is taken as a known column (a view whose columns cannot be told)."""
    any_case: bool = False
    """Its name is compared without regard to case."""
    space: str = OWN_SPACE
    """Two sources of one name are refused (1066) where their spaces are equal, too."""
    nowhere: bool = False
    """A derived table, a CTE or a table function: it belongs to no database, so `db.x.a` is never its column."""
    mergeable: bool = False
    """A derived table or a CTE that the server may merge."""
    made_by: tuple[Select, Scope] | None = None
    """The SELECT of a derived table or a CTE that is a single one, and what that sees."""
    aliased: bool = False
    """It has its name from an alias."""
    any_name: bool = False
    """Its name is known only at run time: every unknown qualifier may mean it."""
    elsewhere: frozenset[str] | None = None
    """Databases that it is not in, beside the server's own ones, where the name of its own is not known."""
    by_name: frozenset[str] | None = None
    """Its columns that a name without a qualifier can mean, in lower case; None for all."""

    @property
    def label(self) -> str:
        """Its name for a message: that of its table where its own is known only at run time."""
        return self.table.name if self.any_name and self.table is not None else self.name

    @property
    def is_open(self) -> bool:
        """Whether names that it lacks may be its columns all the same."""
        return self.unknown is not None or self.any_column

    @property
    def mixed(self) -> bool:
        """Whether the number and the order of its columns are not known."""
        return self.table is not None and self.table.mixed

    @property
    def may_be_merged(self) -> bool:
        """Whether the server may put the query that it stands for into the query around it."""
        return self.table.kind == "view" if self.table else self.mergeable

    def has(self, name: str) -> bool:
        """Say whether a name without a qualifier, in lower case, can mean a column of it."""
        return name in self.columns and (self.by_name is None or name in self.by_name)

    def answers(self, qualifier: str, database: str | None, case_sensitive: bool) -> bool:
        """Say whether `qualifier` (and `database`, where there is one) means this source."""
        if self.name != qualifier and (
            (case_sensitive and not self.any_case) or self.name.lower() != qualifier.lower()
        ):
            return False
        if database is None or self.nowhere:
            return database is None
        if self.database is None:
            return self.elsewhere is None or (database not in self.elsewhere and database not in SYSTEM_DATABASES)
        return self.database == database or not case_sensitive


class Joined(Struct, frozen=True):
    """Two trees of FROM whose common columns are one (USING, NATURAL), or that are just joined."""

    left: Tree
    right: Tree
    merged: frozenset[str] = frozenset()
    """Lower-case names of the columns that both sides share."""
    right_first: bool = False
    """A RIGHT JOIN: the shared columns are those of the right side."""
    natural: bool = False
    """USING or NATURAL, also where no column is common."""


Tree: TypeAlias = Source | Joined


def leaves(trees: Iterable[Tree]) -> Iterator[Source]:
    """Yield the sources of trees from left to right."""
    for tree in trees:
        if isinstance(tree, Source):
            yield tree
        else:
            yield from leaves((tree.left, tree.right))


def find(tree: Tree, name: str) -> list[Source]:
    """Return the sources of a tree that have a column; the sides of a shared column count as one."""
    if isinstance(tree, Source):
        return [tree] if tree.has(name) else []
    if name in tree.merged:
        first, second = (tree.right, tree.left) if tree.right_first else (tree.left, tree.right)
        return (find(first, name) or find(second, name))[:1]
    return find(tree.left, name) + find(tree.right, name)


def shares(tree: Tree, name: str) -> bool:
    """Say whether a column is shared by the two sides of a join somewhere in a tree."""
    if isinstance(tree, Source):
        return False
    return name in tree.merged or shares(tree.left, name) or shares(tree.right, name)


def shared_around(tree: Tree, source: Source) -> Joined | None:
    """Return the outermost join by USING or NATURAL that a source stands in."""
    if isinstance(tree, Source) or source not in leaves((tree,)):
        return None
    return tree if tree.natural else shared_around(tree.left, source) or shared_around(tree.right, source)


def once_in_shared(trees: Iterable[Tree], found: list[Source]) -> list[Source]:
    """Return sources with one at most of each join with shared columns."""
    owners = {id(source): shared for source in found for tree in trees if (shared := shared_around(tree, source))}
    kept = {id(owners.get(id(source), source)): source for source in reversed(found)}
    return [source for source in found if source in kept.values()]


def star(tree: Tree) -> list[tuple[str, Source]]:
    """Return the columns of `*` over a tree, shared ones first."""
    if isinstance(tree, Source):
        return [(name, tree) for name in tree.visible]
    if not tree.merged:
        return star(tree.left) + star(tree.right)
    first, second = (tree.right, tree.left) if tree.right_first else (tree.left, tree.right)
    leading, trailing = star(first), star(second)
    shared = [pair for pair in leading if pair[0].lower() in tree.merged]
    rest = [pair for pair in leading + trailing if pair[0].lower() not in tree.merged]
    return shared + rest


class OutItem(Struct, eq=False):
    """A column of a select list, `*` expanded."""

    name: str
    """As the server names the result's column: the alias, the column's name, or the expression's own text."""
    index: int
    """Number of the item that it comes from."""
    column: Col | None = None
    """The column that it is, under whatever name."""
    source: Source | None = None
    """Where an item of `*` comes from."""
    value: Expr | None = None
    aliased: bool = False

    @property
    def field_name(self) -> str | None:
        """The lower-case name of the column behind the alias, None for any other expression."""
        if self.column:
            return self.column.name.text.lower()
        return self.name.lower() if self.source else None


class Scope(Struct, eq=False):
    """The tables and items that names can mean."""

    trees: list[Tree] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    merged: bool = False
    """Columns are shared by USING or NATURAL somewhere."""
    outer: Link | None = None
    hole: str | None = None
    """Why there may be more tables than those listed."""
    items: list[OutItem] | None = None
    """The select list; None where there is none to see."""
    items_open: str | None = None
    """Why the select list may hold more."""
    group: tuple[Expr, ...] = ()
    grouped: bool = False
    """GROUP BY or an aggregate makes it one row for each group."""
    windows: dict[str, Ident] = field(default_factory=dict)
    added: list[Col] = field(default_factory=list)
    """Columns of GROUP BY, ORDER BY and windows before: a window's own columns find them by name."""
    hidden_from_on: bool = False
    """The conditions of joins in its subqueries do not see it."""

    def add(self, tree: Tree) -> None:
        """Add a tree of FROM."""
        self.trees.append(tree)
        self.sources.extend(leaves((tree,)))

    def tables(self) -> tuple[Table, ...]:
        """Return the base tables, each once."""
        return tuple({id(source.table): source.table for source in self.sources if source.table}.values())


class Link(Struct, frozen=True):
    """How a subquery looks out of its place."""

    scope: Scope
    place: Clause
    trees: tuple[Tree, ...] | None = None
    """The operands of the join in whose ON it stands."""
    item: int = -1
    """The select item in which it stands."""
    unordered: bool = False
    """It stands in EXISTS, IN, ANY or ALL."""
    hidden_from_on: bool = False
    """The conditions of joins in the subquery do not look out."""
    exists: bool = False
    """It stands in EXISTS."""


class OutColumn(Struct, frozen=True):
    """A column of a query's result."""

    name: str
    column: Column | None = None
    table: Table | None = None


class Output(Struct, frozen=True):
    """The result of a query."""

    columns: tuple[OutColumn, ...]
    unknown: str | None = None
    """Why there may be more columns than these."""
    scope: Scope | None = None
    """The scope of the first SELECT, for ON DUPLICATE KEY UPDATE."""
    select: Select | None = None
    """The SELECT that it is the result of, where that is a single one."""
    mergeable: bool = False
    """The server may put the query into the one around it: it neither groups nor limits its rows."""


class Environment(Struct, frozen=True):
    """The CTEs that a query sees, by lower-case name."""

    ctes: dict[str, Output | None]
    """None for one that is being defined and whose columns are not known yet."""
    parent: Environment | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The numbers of their bodies."""

    def in_sight(self) -> dict[str, int]:
        """Return the numbers of the bodies of all CTEs that are visible, by lower-case name."""
        found = self.parent.in_sight() if self.parent else {}
        return found | {key: self.numbers[key] for key in self.ctes}

    def lookup(self, name: str) -> tuple[Output | None, int]:
        """Return a CTE's output and its body's number, 0 where there is no such CTE."""
        key = name.lower()
        environment: Environment | None = self
        while environment:
            if key in environment.ctes:
                return environment.ctes[key], environment.numbers[key]
            environment = environment.parent
        return None, 0
