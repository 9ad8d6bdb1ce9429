"""Random statements over a random schema: valid by intent, wrong by accident; the server judges which it is.

Names are drawn from what the clause sees most of the time, and from anywhere else the rest of the time, so that about
half of the statements are refused for a name. Every choice comes from one `random.Random`, so a seed names a statement.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

COLUMNS = ("a", "b", "c", "d", "e", "f")
ALIASES = ("p", "q", "r", "s", "x", "y")


@dataclass(frozen=True, slots=True)
class Relation:
    """Something with columns, as a clause sees it."""

    name: str
    columns: tuple[str, ...]


@dataclass
class Sight:
    """What a clause sees."""

    relations: list[Relation] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    outer: Sight | None = None


class Generator:
    """Writes statements."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.tables = [
            Relation(f"t{number}", tuple(rng.sample(COLUMNS, rng.randint(2, 4))))
            for number in range(1, rng.randint(3, 5))
        ]
        self.depth = 0
        self.numbers = 0

    def ddl(self) -> list[str]:
        """Return the CREATE TABLE statements of the schema."""
        return [
            f"CREATE TABLE {table.name} ({', '.join(f'{name} INT' for name in table.columns)},"
            f" UNIQUE ({table.columns[0]}))"
            for table in self.tables
        ]

    def statement(self) -> str:
        """Return a random statement."""
        makers: list[tuple[int, Callable[[], str]]] = [
            (10, lambda: self.query(None, top=True)),
            (3, self.insert),
            (2, self.update),
            (2, self.delete),
        ]
        return self._weighted(makers)

    def _weighted(self, choices: list[tuple[int, Callable[[], str]]]) -> str:
        return self.rng.choices([make for _, make in choices], [weight for weight, _ in choices])[0]()

    def chance(self, probability: float) -> bool:
        """Say yes with that probability."""
        return self.rng.random() < probability

    def column(self, sight: Sight, aliases: bool = False) -> str:
        """Return a column, mostly one that the clause sees."""
        rng = self.rng
        if aliases and sight.aliases and self.chance(0.5):
            return rng.choice(sight.aliases)
        if self.chance(0.03):
            return rng.choice((*COLUMNS, *ALIASES))
        where = sight
        while where.outer and (not where.relations or self.chance(0.25)):
            where = where.outer
        if not where.relations:
            return rng.choice(where.aliases) if where.aliases else "1"
        relation = rng.choice(where.relations)
        name = rng.choice(relation.columns) if relation.columns else "1"
        if self.chance(0.02):
            name = rng.choice(COLUMNS)
        return f"{relation.name}.{name}" if self.chance(0.75) else name

    def expression(self, sight: Sight, aliases: bool = False, aggregate: bool = False) -> str:
        """Return an expression."""
        rng = self.rng
        self.depth += 1
        try:
            kind = rng.random()
            if self.depth > 4 or kind < 0.6:
                return self.column(sight, aliases)
            if kind < 0.62:
                return str(rng.randint(0, 9))
            if kind < 0.74:
                left, right = self.expression(sight, aliases, aggregate), self.expression(sight, aliases, aggregate)
                return f"{left} {rng.choice(('+', '-', '*'))} {right}"
            if kind < 0.80:
                return f"coalesce({self.expression(sight, aliases, aggregate)}, {self.expression(sight, aliases)})"
            if kind < 0.84:
                return f"case when {self.condition(sight, aliases)} then {self.expression(sight, aliases)} end"
            if kind < 0.92 and aggregate:
                return f"{rng.choice(('max', 'sum', 'count'))}({self.expression(sight, aliases)})"
            if kind < 0.97 and self.depth < 4:
                return f"({self.query(sight, width=1, limit=True)})"
            return f"({self.expression(sight, aliases, aggregate)})"
        finally:
            self.depth -= 1

    def condition(self, sight: Sight, aliases: bool = False, aggregate: bool = False) -> str:
        """Return a condition."""
        rng = self.rng
        self.depth += 1
        try:
            kind = rng.random()
            left = self.expression(sight, aliases, aggregate)
            if kind < 0.55 or self.depth > 5:
                return f"{left} {rng.choice(('=', '<', '>', '<=>'))} {self.expression(sight, aliases, aggregate)}"
            if kind < 0.63:
                return f"{left} is not null"
            if kind < 0.70:
                return f"{left} in (1, {self.expression(sight, aliases)})"
            if kind < 0.78:
                return f"{left} in ({self.query(sight, width=1)})"
            if kind < 0.82:
                return f"{left} >= all ({self.query(sight, width=1)})"
            if kind < 0.88:
                return f"exists ({self.query(sight)})"
            return f"{self.condition(sight, aliases)} {rng.choice(('and', 'or'))} not {self.condition(sight, aliases)}"
        finally:
            self.depth -= 1

    def source(self, sight: Sight, ctes: list[Relation]) -> tuple[str, list[Relation]]:
        """Return a table, a derived table or a join in parentheses, with what it shows."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.14 and self.depth < 3:
            names: list[str] = []
            text = self.query(None, names=names)
            self.numbers += 1
            alias = f"n{self.numbers}"
            return f"({text}) {alias}", [Relation(alias, tuple(names))]
        if kind < 0.19 and self.depth < 3:
            text, relations = self.joined(sight, ctes)
            return f"({text})", relations
        table = rng.choice(self.tables + ctes) if ctes else rng.choice(self.tables)
        if self.chance(0.55):
            alias = self._alias()
            return f"{table.name} {alias}", [Relation(alias, table.columns)]
        return table.name, [table]

    def _alias(self) -> str:
        if self.chance(0.25):
            return self.rng.choice(ALIASES)
        self.numbers += 1
        return f"n{self.numbers}"

    def joined(self, sight: Sight, ctes: list[Relation]) -> tuple[str, list[Relation]]:
        """Return a join, with what it shows."""
        rng = self.rng
        text, relations = self.source(sight, ctes)
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            right, more = self.source(sight, ctes)
            kind = rng.choice(("join", "join", "left join", "right join", "natural join", ",", "cross join"))
            inside = Sight(relations + more, [], sight.outer)
            both = sorted({name for each in relations for name in each.columns} & {n for m in more for n in m.columns})
            if kind in (",", "natural join"):
                text = f"{text}{'' if kind == ',' else ' '}{kind} {right}"
            elif both and self.chance(0.4):
                text = f"{text} {kind} {right} using ({', '.join(rng.sample(both, rng.randint(1, len(both))))})"
            elif kind == "cross join" or (kind == "join" and self.chance(0.2)):
                text = f"{text} {kind} {right}"
            else:
                text = f"{text} {kind} {right} on {self.condition(inside)}"
            relations = relations + more
        return text, relations

    def query(
        self,
        outer: Sight | None,
        width: int | None = None,
        limit: bool = False,
        top: bool = False,
        names: list[str] | None = None,
    ) -> str:
        """Return a query expression; `names` collects the names of its columns."""
        self.depth += 1
        try:
            return self._query(outer, width, limit, top, names if names is not None else [])
        finally:
            self.depth -= 1

    def _query(self, outer: Sight | None, width: int | None, limit: bool, top: bool, names: list[str]) -> str:
        rng = self.rng
        prefix = ""
        ctes: list[Relation] = []
        if top and self.chance(0.2):
            prefix, ctes = self._with()
        width = width or rng.randint(1, 3)
        if self.chance(0.12):
            branches = [self._select(outer, width, ctes, names)]
            branches += [self._select(outer, width, ctes, []) for _ in range(rng.randint(1, 2))]
            if self.chance(0.3):
                branches[-1] = f"({branches[-1]})"
            text = f" {rng.choice(('union', 'union all', 'except', 'intersect'))} ".join(branches)
            if self.chance(0.4):
                text += f" order by {self._order(Sight([], list(names)), 1)}"
        else:
            text = self._select(outer, width, ctes, names, order=True)
        return prefix + text + (" limit 1" if limit or self.chance(0.1) else "")

    def _with(self) -> tuple[str, list[Relation]]:
        ctes: list[Relation] = []
        parts = []
        for _ in range(self.rng.randint(1, 2)):
            names: list[str] = []
            text = self._select(None, self.rng.randint(1, 3), ctes, names)
            name = self._alias()
            listed = ""
            if self.chance(0.3):
                names = [self._alias() for _ in names]
                listed = f"({', '.join(names)})"
            ctes = [*ctes, Relation(name, tuple(names))]
            parts.append(f"{name}{listed} as ({text})")
        return f"with {', '.join(parts)} ", ctes

    def _select(
        self, outer: Sight | None, width: int, ctes: list[Relation], names: list[str], order: bool = False
    ) -> str:
        rng = self.rng
        text, relations = self.joined(Sight([], [], outer), ctes) if self.chance(0.97) else ("", [])
        sight = Sight(relations, [], outer)
        grouped = self.chance(0.25)
        items = []
        for _ in range(width):
            items.append(self._item(sight, names, grouped or self.chance(0.08)))
        if self.chance(0.06) and relations and width > 1:
            relation = rng.choice(relations)
            items[-1] = f"{relation.name}.*" if self.chance(0.7) else "*"
        words = f"select {'distinct ' if self.chance(0.1) else ''}{', '.join(items)}"
        if text:
            words += f" from {text}"
        if self.chance(0.4) and text:
            words += f" where {self.condition(sight)}"
        if grouped:
            words += f" group by {', '.join(self._grouping(sight, width) for _ in range(rng.randint(1, 2)))}"
        if self.chance(0.5 if grouped else 0.1):
            words += f" having {self.condition(sight, aliases=True, aggregate=True)}"
        if order and self.chance(0.35):
            words += f" order by {self._order(sight, width)}"
        return words

    def _item(self, sight: Sight, names: list[str], aggregate: bool) -> str:
        text = self.expression(sight, aggregate=aggregate)
        if self.chance(0.08) and not aggregate:
            inside = self.column(sight, aliases=True)
            text = f"row_number() over (partition by {inside} order by {self.column(sight, aliases=True)})"
        simple = text.replace(".", "").isidentifier()
        # The server names an expression after its whole text: long ones only hide what else is wrong.
        if self.chance(0.4) or "`" in text or (not simple and (len(text) > 20 or self.chance(0.7))):
            alias = self.rng.choice((*ALIASES, *COLUMNS)) if self.chance(0.6) else self._alias()
            names.append(alias)
            sight.aliases.append(alias)
            return f"{text} as {alias}"
        names.append(text.rsplit(".", 1)[-1] if simple else f"`{text}`")
        return text

    def _grouping(self, sight: Sight, width: int) -> str:
        if self.chance(0.15):
            return str(self.rng.randint(1, width))
        return self.expression(sight, aliases=True) if self.chance(0.3) else self.column(sight, aliases=True)

    def _order(self, sight: Sight, width: int) -> str:
        if self.chance(0.15):
            return str(self.rng.randint(0, width + 1))
        text = self.expression(sight, aliases=True, aggregate=self.chance(0.2))
        return f"{text} {self.rng.choice(('', 'desc'))}".strip()

    def insert(self) -> str:
        """Return an INSERT or REPLACE."""
        rng = self.rng
        table = rng.choice(self.tables)
        sight = Sight([table])
        columns = rng.sample(table.columns, rng.randint(1, len(table.columns)))
        if self.chance(0.06):
            columns.append(rng.choice(COLUMNS))
        width = len(columns) + (rng.choice((-1, 1)) if self.chance(0.05) else 0)
        verb = rng.choice(("insert into", "insert into", "insert ignore into", "replace into"))
        listed = f" ({', '.join(columns)})" if self.chance(0.8) else ""
        after = Sight([table])
        if self.chance(0.5):
            rows = ", ".join(
                f"({', '.join(self.expression(sight) for _ in range(max(width, 1)))})" for _ in range(rng.randint(1, 2))
            )
            text = f"{verb} {table.name}{listed} values {rows}"
        elif self.chance(0.3):
            text = f"{verb} {table.name} set " + ", ".join(f"{name} = {self.expression(sight)}" for name in columns)
        else:
            text = f"{verb} {table.name}{listed} {self._select(None, max(width, 1), [], [])}"
            after.relations.append(rng.choice(self.tables))
        if verb.startswith("insert") and self.chance(0.4):
            target = rng.choice((*table.columns, rng.choice(COLUMNS)))
            value = f"values({rng.choice(COLUMNS)})" if self.chance(0.3) else self.expression(after)
            text += f" on duplicate key update {target} = {value}"
        elif self.chance(0.1):
            text += f" returning {self.expression(sight)}"
        return text

    def update(self) -> str:
        """Return an UPDATE of one table or of several."""
        text, relations = self.joined(Sight(), [])
        sight = Sight(relations)
        sets = ", ".join(f"{self.column(sight)} = {self.expression(sight)}" for _ in range(self.rng.randint(1, 2)))
        words = f"update {text} set {sets}"
        if self.chance(0.6):
            words += f" where {self.condition(sight)}"
        if len(relations) == 1 and self.chance(0.3):
            words += f" order by {self.expression(sight)} limit 1"
        return words

    def delete(self) -> str:
        """Return a DELETE from one table or from several."""
        if self.chance(0.5):
            table = self.rng.choice(self.tables)
            words = f"delete from {table.name}"
            sight = Sight([table])
            if self.chance(0.8):
                words += f" where {self.condition(sight)}"
            if self.chance(0.3):
                words += f" order by {self.expression(sight)}"
            elif self.chance(0.2):
                words += f" returning {self.expression(sight)}"
            return words
        text, relations = self.joined(Sight(), [])
        name = self.rng.choice(relations).name if self.chance(0.9) else self.rng.choice(ALIASES)
        return f"delete {name} from {text} where {self.condition(Sight(relations))}"
