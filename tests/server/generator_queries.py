"""Random queries over everything that the specification of names speaks of."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.server.generator_expressions import COLUMNS, ExpressionGenerator, Seen, View

_JOINS = (
    "join", "join", "inner join", "left join", "left outer join", "right join", "natural join", "natural left join",
    "natural right join", ",", "cross join", "straight_join",
)  # fmt: skip
_JSON = "p int path '$.p', o for ordinality, nested path '$.x' columns (k int path '$.k')"


class QueryGenerator(ExpressionGenerator):
    """Writes queries over the tables of a schema that `ddl` makes."""

    def __init__(self, rng: random.Random, database: str) -> None:
        super().__init__(rng, database)
        self.tables = [Seen(f"t{n}", tuple(rng.sample(COLUMNS, rng.randint(2, 4))), database) for n in range(1, 5)]
        self.view = Seen("v1", tuple(f"v{name}" for name in self.tables[0].columns), database)
        self.far = Seen("t1", tuple(rng.sample(COLUMNS, 3)), self.other)
        self.text = Seen("tx", ("a", "txt", "j"), database)
        self.versioned = Seen("vers", ("a", "b"), database)

    def ddl(self) -> list[str]:
        """Return the statements that make the schema, with a row in each table."""
        made = []
        for table in self.tables:
            columns = ", ".join(f"{name} INT" for name in table.columns)
            made.append(f"CREATE TABLE {table.name} ({columns}, hid INT INVISIBLE, UNIQUE ({table.columns[0]}))")
            made.append(f"INSERT INTO {table.name} VALUES ({', '.join('1' for _ in table.columns)})")
        pairs = ", ".join(f"{name} AS v{name}" for name in self.tables[0].columns)
        return [
            *made,
            f"CREATE TABLE {self.other}.t1 ({', '.join(f'{name} INT' for name in self.far.columns)})",
            f"CREATE VIEW v1 AS SELECT {pairs} FROM t1",
            "CREATE TABLE tx (a INT PRIMARY KEY, txt VARCHAR(20), j VARCHAR(50), FULLTEXT (txt))",
            "INSERT INTO tx VALUES (1, 'one', '[1]')",
            "CREATE TABLE vers (a INT, b INT) WITH SYSTEM VERSIONING",
            "INSERT INTO vers VALUES (1, 1)",
            "CREATE SEQUENCE sq",
        ]

    def source(self, view: View, ctes: Sequence[Seen], left: Sequence[Seen] = ()) -> tuple[str, list[Seen]]:
        """Return an item of FROM and what it shows; `left` are the tables before it."""
        kind = self.rng.random()
        if kind < 0.14 and self.depth < 4:
            names: list[str] = []
            text = self.query(None, names=names, ctes=ctes)
            alias = self.fresh()
            return f"({text}) {self.rng.choice(('', 'as '))}{alias}", [Seen(alias, tuple(names))]
        if kind < 0.20 and self.depth < 4:
            text, seen = self.joined(view, ctes)
            return f"({text})", seen
        if kind < 0.28:
            return self._made_up(View(list(left), [], view.outer))
        return self.named(self.table(ctes))

    def _made_up(self, left: View) -> tuple[str, list[Seen]]:
        alias = self.fresh()
        kind = self.rng.random()
        if kind < 0.5:
            argument = self.column(left) if left.tables else "'[]'"
            return f"json_table({argument}, '$[*]' columns ({_JSON})) {alias}", [Seen(alias, ("p", "o", "k"))]
        if kind < 0.7:
            return f"(values (1, 2), (3, 4)) {alias}", [Seen(alias, ("1", "2"))]
        if kind < 0.85:
            return "seq_1_to_3", [Seen("seq_1_to_3", ("seq",), self.database)]
        return f"information_schema.tables {alias}", [Seen(alias, ("table_name", "TABLE_SCHEMA"))]

    def table(self, ctes: Sequence[Seen] = ()) -> Seen:
        """Return a table of the schema, or a CTE."""
        if ctes and self.chance(0.55):
            return self.rng.choice(ctes)
        return self.rng.choice([*self.tables, *self.tables, self.view, self.far, self.text, self.versioned])

    def named(self, table: Seen, alias: float = 0.5) -> tuple[str, list[Seen]]:
        """Return a table as FROM names it."""
        rng = self.rng
        name = table.name
        if self.chance(0.006):
            name = rng.choice(("nosuch", f"{self.other}.nosuch", name.upper()))
        elif table.database and (table.database != self.database or self.chance(0.1)):
            name = f"{table.database}.{name}"
        elif self.chance(0.05):
            name = f"`{name}`"
        if table is self.versioned and self.chance(0.3):
            name += " for system_time as of now()"
        if self.chance(alias):
            other = self.fresh()
            return f"{name} {rng.choice(('', 'as '))}{other}", [Seen(other, table.columns, table.database)]
        if self.chance(0.05) and table in self.tables:
            name += " use index ()"
        return name, [table]

    def joined(self, view: View, ctes: Sequence[Seen]) -> tuple[str, list[Seen]]:
        """Return a join and what it shows."""
        rng = self.rng
        text, seen = self.source(view, ctes)
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            right, more = self.source(view, ctes, seen)
            kind = rng.choice(_JOINS)
            both = sorted({name for each in seen for name in each.columns} & {n for m in more for n in m.columns})
            both = [name for name in both if name.isidentifier()]
            if kind == "," or kind.startswith("natural"):
                text = f"{text}{'' if kind == ',' else ' '}{kind} {right}"
            elif both and kind != "straight_join" and self.chance(0.35):
                text = f"{text} {kind} {right} using ({', '.join(self.sample(both))})"
            elif kind == "cross join" or (kind in ("join", "straight_join") and self.chance(0.2)):
                text = f"{text} {kind} {right}"
            elif kind == "join" and self.chance(0.2):
                third, last = self.source(view, ctes, [*seen, *more])
                inner = self.condition(View([*more, *last], [], view.outer))
                more = more + last
                outside = self.condition(View([*seen, *more], [], view.outer))
                text = f"{text} join {right} left join {third} on {inner} on {outside}"
            else:
                text = f"{text} {kind} {right} on {self.condition(View([*seen, *more], [], view.outer))}"
            seen = seen + more
        return text, seen

    def query(
        self,
        outer: View | None,
        width: int | None = None,
        names: list[str] | None = None,
        ctes: Sequence[Seen] = (),
        top: bool = False,
    ) -> str:
        """Return a query expression; `names` collects the names of its columns."""
        self.depth += 1
        try:
            found: list[str] = [] if names is None else names
            return self._query(outer, width or self.rng.randint(1, 3), found, ctes, top)
        finally:
            self.depth -= 1

    def _query(self, outer: View | None, width: int, names: list[str], ctes: Sequence[Seen], top: bool) -> str:
        rng = self.rng
        prefix = ""
        if self.chance(0.25 if top else 0.03):
            prefix, ctes = self.with_clause(ctes)
        if self.chance(0.13):
            branches = [self.select(outer, width, ctes, names)]
            branches += [self.select(outer, width, ctes, []) for _ in range(rng.randint(1, 2))]
            branches = [f"({branch} limit 1)" if self.chance(0.1) else branch for branch in branches]
            text = f" {rng.choice(('union', 'union all', 'except', 'intersect'))} ".join(branches)
            if self.chance(0.4):
                text += f" order by {self.order(View([], list(names)), width)}"
        else:
            text = self.select(outer, width, ctes, names, order=True)
        if top:
            text += rng.choice((" limit 1", " limit 0, 1", " limit 1 offset 0", " for update", "", "", "", "", "", ""))
            text += " limit nosuch" if self.chance(0.004) else ""
        return prefix + text

    def with_clause(self, around: Sequence[Seen]) -> tuple[str, list[Seen]]:
        """Return WITH, and the tables that can be named behind it."""
        known = list(around)
        parts = []
        recursive = self.chance(0.25)
        for _ in range(self.rng.randint(1, 2)):
            names: list[str] = []
            name = self.fresh()
            if recursive and self.chance(0.5):
                anchor = self.select(None, 2, known, names)
                own = Seen(name, tuple(names))
                text = f"{anchor} union all select {self.column(View([own]))}, 1 from {name} where 0"
            else:
                text = self.query(None, self.rng.randint(1, 3), names, known)
            listed = ""
            if self.chance(0.3):
                names = [self.fresh() for _ in names]
                listed = f"({', '.join(names)})"
            known = [*known, Seen(name, tuple(names))]
            parts.append(f"{name}{listed} as ({text})")
        return f"with {'recursive ' if recursive else ''}{', '.join(parts)} ", known

    def select(
        self, outer: View | None, width: int, ctes: Sequence[Seen], names: list[str], order: bool = False
    ) -> str:
        """Return a SELECT."""
        rng = self.rng
        text, seen = self.joined(View([], [], outer), ctes) if self.chance(0.96) else ("", [])
        view = View(seen, [], outer)
        grouped = self.chance(0.2)
        windows = [self.fresh()] if text and self.chance(0.05) else []
        items = [self.item(view, names, grouped or self.chance(0.06), windows) for _ in range(width)]
        if self.chance(0.08) and seen and width > 1:
            table = rng.choice(seen)
            items[-1] = f"{f'{table.database}.' if table.database and self.chance(0.1) else ''}{table.name}.*"
        option = rng.choice(("distinct ", "sql_calc_found_rows ", "straight_join ")) if self.chance(0.1) else ""
        words = f"select {option}{', '.join(items)}"
        if not text:
            return words + (" from dual" if self.chance(0.3) else "")
        words += f" from {text}"
        if self.chance(0.4):
            words += f" where {self.condition(View(seen, view.aliases if self.chance(0.05) else [], outer))}"
        if grouped:
            words += f" group by {', '.join(self.grouping(view, width) for _ in range(rng.randint(1, 2)))}"
        if self.chance(0.5 if grouped else 0.1):
            inner = View(seen if self.chance(0.4) else [], view.aliases, outer, aggregates=True, ranked=False)
            words += f" having {self.condition(inner, aliases=True)}"
        if windows:
            words += f" window {windows[0]} as ({self.window(View(seen, view.aliases, outer))})"
        return words + (f" order by {self.order(view, width)}" if order and self.chance(0.35) else "")

    def item(self, view: View, names: list[str], aggregates: bool, windows: list[str]) -> str:
        """Return an item of a select list."""
        aliases = view.aliases if self.chance(0.1) else []
        text = self.expression(View(view.tables, aliases, view.outer, aggregates, True, windows))
        plain = text.replace(".", "").replace("`", "").isidentifier()
        # The server names an expression after its whole text: long ones only hide what else is wrong.
        if self.chance(0.35) or (not plain and (len(text) > 15 or "`" in text or "'" in text or self.chance(0.7))):
            alias = self.fresh()
            names.append(alias)
            view.aliases.append(alias)
            return f"{text}{self.rng.choice((' ', ' as '))}{alias}"
        names.append(text.rsplit(".", 1)[-1].replace("`", "") if plain else text)
        return text

    def grouping(self, view: View, width: int) -> str:
        """Return an item of GROUP BY."""
        if self.chance(0.15):
            return str(self.rng.randint(1, width))
        return self.expression(view, aliases=True) if self.chance(0.3) else self.column(view, aliases=True)

    def order(self, view: View, width: int) -> str:
        """Return an item of ORDER BY."""
        if self.chance(0.15):
            return str(self.rng.randint(1, width + self.chance(0.1)))
        inner = View(view.tables, view.aliases, view.outer, aggregates=self.chance(0.15))
        return f"{self.expression(inner, aliases=True)} {self.rng.choice(('', 'desc', 'asc'))}".strip()
