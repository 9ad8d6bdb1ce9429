"""Random statements over everything that the specification of names speaks of (see generator.py for the plain ones).

The schema has what a plain one lacks: a view, invisible columns, a table of the same name in another database, a system
versioned table, a sequence, JSON and full text. Names are mostly right, sometimes in another case, in backquotes or
qualified by a database, and now and then from anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

COLUMNS = ("a", "b", "c", "d", "e", "f")
ANY_NAME = (*COLUMNS, "p", "q", "r", "va", "vb", "txt", "j", "hid", "nosuch")


@dataclass(frozen=True, slots=True)
class Seen:
    """A table as a clause sees it."""

    name: str
    columns: tuple[str, ...]
    database: str | None = None
    """The database by which it can be qualified."""


@dataclass
class View:
    """What an expression can name."""

    tables: list[Seen] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    outer: View | None = None
    aggregates: bool = False
    windows: list[str] = field(default_factory=list)


class WideGenerator:
    """Writes statements; every choice comes from one `random.Random`."""

    def __init__(self, rng: random.Random, database: str) -> None:
        self.rng = rng
        self.database = database
        self.other = f"{database}_o"
        self.tables = [
            Seen(f"t{number}", tuple(rng.sample(COLUMNS, rng.randint(2, 4))), database) for number in range(1, 5)
        ]
        first = self.tables[0]
        self.view = Seen("v1", tuple(f"v{name}" for name in first.columns), database)
        self.far = Seen("t1", tuple(rng.sample(COLUMNS, 3)), self.other)
        self.text = Seen("tx", ("a", "txt", "j"), database)
        self.versioned = Seen("vers", ("a", "b"), database)
        self.depth = 0
        self.count = 0

    # -- the schema ---------------------------------------------------------------------------------------------------

    def ddl(self) -> list[str]:
        """Return the statements that make the schema."""
        made = []
        for table in self.tables:
            columns = ", ".join(f"{name} INT" for name in table.columns)
            made.append(f"CREATE TABLE {table.name} ({columns}, hid INT INVISIBLE, UNIQUE ({table.columns[0]}))")
        first = self.tables[0]
        pairs = ", ".join(f"{name} AS v{name}" for name in first.columns)
        return [
            *made,
            f"CREATE TABLE {self.other}.t1 ({', '.join(f'{name} INT' for name in self.far.columns)})",
            f"CREATE VIEW v1 AS SELECT {pairs} FROM t1",
            "CREATE TABLE tx (a INT PRIMARY KEY, txt VARCHAR(20), j VARCHAR(50), FULLTEXT (txt))",
            "CREATE TABLE vers (a INT, b INT) WITH SYSTEM VERSIONING",
            "CREATE SEQUENCE sq",
            *(f"INSERT INTO {table.name} VALUES ({', '.join('1' for _ in table.columns)})" for table in self.tables),
            "INSERT INTO tx VALUES (1, 'one', '[1]')",
            "INSERT INTO vers VALUES (1, 1)",
        ]

    # -- small choices ------------------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        """Say yes with that probability."""
        return self.rng.random() < probability

    def pick(self, choices: Sequence[tuple[int, Callable[[], str]]]) -> str:
        """Make one of the choices, by weight."""
        return self.rng.choices([make for _, make in choices], [weight for weight, _ in choices])[0]()

    def fresh(self) -> str:
        """Return a name that nothing has, or an old one."""
        if self.chance(0.2):
            return self.rng.choice(("p", "q", "r", *COLUMNS))
        self.count += 1
        return f"n{self.count}"

    def spelt(self, name: str) -> str:
        """Return a column's name as a program may spell it."""
        kind = self.rng.random()
        if kind < 0.06:
            return name.upper()
        return f"`{name}`" if kind < 0.14 or not name.isidentifier() else name

    def qualified(self, table: Seen, name: str) -> str:
        """Return a column with its table in front, sometimes with the database, too."""
        database = table.database
        if self.chance(0.01):
            database = self.rng.choice((self.database, self.other, "nodb"))
        front = f"{database}." if database and self.chance(0.08) else ""
        return f"{front}{table.name}.{self.spelt(name)}"

    def column(self, view: View, aliases: bool = False) -> str:
        """Return a column, mostly one that can be seen."""
        rng = self.rng
        if aliases and view.aliases and self.chance(0.45):
            return self.spelt(rng.choice(view.aliases))
        if self.chance(0.015):
            return rng.choice(ANY_NAME)
        where = view
        while where.outer and (not where.tables or self.chance(0.2)):
            where = where.outer
        if not where.tables:
            return "1"
        table = rng.choice(where.tables)
        name = rng.choice(table.columns) if table.columns else "1"
        if self.chance(0.012):
            name = rng.choice(ANY_NAME)
        if name == "1":
            return name
        alone = sum(name in each.columns for each in where.tables) == 1
        return self.spelt(name) if self.chance(0.75 if alone else 0.12) else self.qualified(table, name)

    # -- expressions --------------------------------------------------------------------------------------------------

    def expression(self, view: View, aliases: bool = False) -> str:
        """Return an expression."""
        self.depth += 1
        try:
            if self.depth > 5 or self.chance(0.5):
                return self.column(view, aliases)
            return self.pick(self._expressions(view, aliases))
        finally:
            self.depth -= 1

    def _expressions(self, view: View, aliases: bool) -> list[tuple[int, Callable[[], str]]]:
        rng = self.rng

        def one() -> str:
            return self.expression(view, aliases)

        return [
            (6, lambda: rng.choice(("1", "'s'", "2.5", "null", "true", "x'41'", "date'2024-01-01'", "-3", "@v", "7"))),
            (3, lambda: rng.choice(("current_date", "now()", "current_timestamp", "utc_date", "current_user()", "@@sql_mode"))),
            (8, lambda: f"{one()} {rng.choice(('+', '-', '*', '/', 'div', 'mod', '%', '|', '&', '<<', '^'))} {one()}"),
            (3, lambda: f"-{self.column(view, aliases)}"),
            (5, lambda: f"{rng.choice(('coalesce', 'ifnull', 'greatest', 'concat', 'nullif'))}({one()}, {one()})"),
            (3, lambda: f"if({self.condition(view, aliases)}, {one()}, {one()})"),
            (3, lambda: f"case {one()} when {one()} then {one()} else {one()} end"),
            (3, lambda: f"case when {self.condition(view, aliases)} then {one()} end"),
            (2, lambda: f"cast({one()} as {rng.choice(('char', 'signed', 'decimal(5,2)', 'char(5) character set utf8mb4'))})"),
            (2, lambda: f"convert({one()}, {rng.choice(('unsigned', 'char(3)'))})"),
            (1, lambda: f"convert({one()} using utf8mb4)"),
            (2, lambda: f"extract({rng.choice(('day', 'year_month'))} from {one()})"),
            (3, lambda: f"{one()} {rng.choice('+-')} interval {one()} {rng.choice(('day', 'hour', 'month'))}"),
            (2, lambda: f"date_add({one()}, interval {one()} day)"),
            (2, lambda: f"timestampdiff(day, {one()}, {one()})"),
            (2, lambda: f"trim({rng.choice(('', 'both ', 'leading '))}{one()} from {one()})"),
            (2, lambda: f"substring({one()} from {one()} for 2)"),
            (1, lambda: f"position({self.column(view, aliases)} in {one()})"),
            (1, lambda: f"binary {self.column(view, aliases)}"),
            (1, lambda: f"interval({one()}, 1, {one()})"),
            (1, lambda: f"char({one()} using utf8mb4)"),
            (1, lambda: "get_format(date, 'USA')"),
            (1, lambda: f"json_value({one()}, '$.a')"),
            (1, lambda: f"nextval({rng.choice(('sq', 'sq', 'sq', 'nosq'))})"),
            (2, lambda: self._table_column(view, "default({})")),
            (1, lambda: self._table_column(view, "match ({}) against ('x')")),
            (9, lambda: self.aggregate(view, aliases) if view.aggregates else self.column(view, aliases)),
            (6, lambda: self.windowed(view, aliases) if view.aggregates else self.column(view, aliases)),
            (9, lambda: self.scalar(view) if self.depth < 5 else self.column(view, aliases)),
            (5, lambda: f"({one()})"),
            (3, lambda: f"({self.condition(view, aliases)})"),
        ]

    def _table_column(self, view: View, form: str) -> str:
        column = self.column(view)
        return column if column == "1" else form.format(column)

    def scalar(self, view: View) -> str:
        """Return a subquery of one column."""
        return f"({self.query(view, 1, limit=True)})"

    def aggregate(self, view: View, aliases: bool) -> str:
        """Return an aggregate function."""
        inner = View(view.tables, view.aliases, view.outer)
        rng = self.rng
        if self.chance(0.2):
            order = f" order by {self.expression(inner, aliases)}" if self.chance(0.5) else ""
            return f"group_concat({self.expression(inner, aliases)}{order} separator ',')"
        distinct = "distinct " if self.chance(0.15) else ""
        return f"{rng.choice(('max', 'sum', 'count', 'avg', 'min'))}({distinct}{self.expression(inner, aliases)})"

    def windowed(self, view: View, aliases: bool) -> str:
        """Return a window function."""
        rng = self.rng
        inner = View(view.tables, view.aliases, view.outer)
        head = rng.choice(("row_number()", "rank()", f"sum({self.expression(inner, aliases)})", "count(*)"))
        if view.windows and self.chance(0.4):
            return f"{head} over {rng.choice(view.windows)}"
        if self.chance(0.02):
            return f"{head} over nosuch"
        return f"{head} over ({self.window(inner)})"

    def window(self, view: View) -> str:
        """Return a window's definition."""
        parts = []
        if self.chance(0.5):
            parts.append(f"partition by {self.expression(view, aliases=True)}")
        parts.append(f"order by {self.expression(view, aliases=True)}{self.rng.choice(('', ' desc'))}")
        if self.chance(0.2):
            parts.append("rows between 1 preceding and current row")
        return " ".join(parts)

    def condition(self, view: View, aliases: bool = False) -> str:
        """Return a condition."""
        self.depth += 1
        try:
            return self.pick(self._conditions(view, aliases))
        finally:
            self.depth -= 1

    def _conditions(self, view: View, aliases: bool) -> list[tuple[int, Callable[[], str]]]:
        rng = self.rng
        deep = self.depth > 4

        def one() -> str:
            return self.expression(view, aliases)

        def two() -> str:
            return f"{one()} {rng.choice(('=', '<', '>', '<=>', '<>', '>='))} {one()}"

        def sub() -> str:
            return f"({self.query(view, 1)})" if not deep else f"({one()}, 1)"

        return [
            (14, two),
            (3, lambda: f"{one()} is {rng.choice(('', 'not '))}{rng.choice(('null', 'true'))}"),
            (3, lambda: f"{one()} {rng.choice(('', 'not '))}between {one()} and {one()}"),
            (3, lambda: f"{one()} {rng.choice(('', 'not '))}in (1, {one()})"),
            (5, lambda: f"{one()} {rng.choice(('', 'not '))}in {sub()}"),
            (3, lambda: two() if deep else f"{one()} {rng.choice(('=', '>='))} {rng.choice(('all', 'any', 'some'))} {sub()}"),
            (4, lambda: two() if deep else f"{rng.choice(('', 'not '))}exists ({self.query(view)})"),
            (2, lambda: two() if deep else f"({one()}, {one()}) in ({self.query(view, 2)})"),
            (2, lambda: f"row({one()}, 1) = ({one()}, 2)"),
            (2, lambda: f"{one()} like {one()} escape '|'"),
            (1, lambda: f"{one()} regexp 'x'"),
            (5, lambda: two() if deep else f"{self.condition(view, aliases)} {rng.choice(('and', 'or', 'xor', '&&'))} {two()}"),
            (2, lambda: f"not {two()}"),
        ]

    # -- FROM ---------------------------------------------------------------------------------------------------------

    def source(self, view: View, ctes: Sequence[Seen], left: Sequence[Seen] = ()) -> tuple[str, list[Seen]]:
        """Return an item of FROM and what it shows; `left` are the tables before it."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.14 and self.depth < 4:
            names: list[str] = []
            text = self.query(None, names=names, ctes=ctes)
            alias = self.fresh()
            return f"({text}) {rng.choice(('', 'as '))}{alias}", [Seen(alias, tuple(names))]
        if kind < 0.20 and self.depth < 4:
            text, seen = self.joined(view, ctes)
            return f"({text})", seen
        if kind < 0.24:
            seen_left = View(list(left), [], view.outer)
            alias = self.fresh()
            argument = self.column(seen_left) if left else "'[]'"
            columns = "p int path '$.p', o for ordinality, nested path '$.x' columns (k int path '$.k')"
            return f"json_table({argument}, '$[*]' columns ({columns})) {alias}", [Seen(alias, ("p", "o", "k"))]
        if kind < 0.26:
            alias = self.fresh()
            return f"(values (1, 2), (3, 4)) {alias}", [Seen(alias, ("1", "2"))]
        if kind < 0.28:
            return self._system()
        table = self.table(ctes)
        return self.named(table)

    def _system(self) -> tuple[str, list[Seen]]:
        if self.chance(0.5):
            return "seq_1_to_3", [Seen("seq_1_to_3", ("seq",), self.database)]
        alias = self.fresh()
        return f"information_schema.tables {alias}", [Seen(alias, ("table_name", "TABLE_SCHEMA"))]

    def table(self, ctes: Sequence[Seen] = ()) -> Seen:
        """Return a table of the schema, or a CTE."""
        if ctes and self.chance(0.55):
            return self.rng.choice(ctes)
        more = [self.view, self.far, self.text, self.versioned]
        return self.rng.choice([*self.tables, *self.tables, *more])

    def named(self, table: Seen, alias: float = 0.5) -> tuple[str, list[Seen]]:
        """Return a table as FROM names it."""
        rng = self.rng
        name = table.name
        if table.database and (table.database != self.database or self.chance(0.1)):
            name = f"{table.database}.{name}"
        if self.chance(0.006):
            name = rng.choice(("nosuch", f"{self.other}.nosuch", name.rpartition(".")[2].upper()))
        if self.chance(0.05):
            name = f"`{name}`" if "." not in name else name
        if table is self.versioned and self.chance(0.3):
            name += " for system_time as of now()"
        if self.chance(alias):
            other = self.fresh()
            database = table.database
            return f"{name} {rng.choice(('', 'as '))}{other}", [Seen(other, table.columns, database)]
        if self.chance(0.05) and table in self.tables:
            name += " use index ()"
        return name, [table]

    def joined(self, view: View, ctes: Sequence[Seen], most: int = 2) -> tuple[str, list[Seen]]:
        """Return a join and what it shows."""
        rng = self.rng
        text, seen = self.source(view, ctes)
        for _ in range(rng.choice((0, 0, 1, 1, most))):
            right, more = self.source(view, ctes, seen)
            kind = rng.choice((
                "join", "join", "inner join", "left join", "left outer join", "right join", "natural join",
                "natural left join", "natural right join", ",", "cross join", "straight_join",
            ))  # fmt: skip
            inside = View([*seen, *more], [], view.outer)
            both = sorted({name for each in seen for name in each.columns} & {n for m in more for n in m.columns})
            both = [name for name in both if name.isidentifier()]
            if kind == "," or kind.startswith("natural"):
                text = f"{text}{'' if kind == ',' else ' '}{kind} {right}"
            elif both and kind != "straight_join" and self.chance(0.35):
                text = f"{text} {kind} {right} using ({', '.join(rng.sample(both, rng.randint(1, len(both))))})"
            elif kind == "cross join" or (kind in ("join", "straight_join") and self.chance(0.2)):
                text = f"{text} {kind} {right}"
            elif kind == "join" and self.chance(0.2):
                third, last = self.source(view, ctes, [*seen, *more])
                inner = self.condition(View([*more, *last], [], view.outer))
                more = more + last
                outside = self.condition(View([*seen, *more], [], view.outer))
                text = f"{text} join {right} left join {third} on {inner} on {outside}"
            else:
                text = f"{text} {kind} {right} on {self.condition(inside)}"
            seen = seen + more
        return text, seen

    # -- queries ------------------------------------------------------------------------------------------------------

    def query(
        self,
        outer: View | None,
        width: int | None = None,
        limit: bool = False,
        names: list[str] | None = None,
        ctes: Sequence[Seen] = (),
        top: bool = False,
    ) -> str:
        """Return a query expression; `names` collects the names of its columns."""
        self.depth += 1
        try:
            return self._query(outer, width or self.rng.randint(1, 3), limit, names if names is not None else [], ctes, top)
        finally:
            self.depth -= 1

    def _query(
        self, outer: View | None, width: int, limit: bool, names: list[str], ctes: Sequence[Seen], top: bool
    ) -> str:
        rng = self.rng
        prefix = ""
        if self.chance(0.25 if top else 0.03):
            prefix, ctes = self.with_clause(ctes)
        if self.chance(0.13):
            branches = [self.select(outer, width, ctes, names)]
            branches += [self.select(outer, width, ctes, []) for _ in range(rng.randint(1, 2))]
            if self.chance(0.3):
                branches[-1] = f"({branches[-1]} limit 1)"
            if self.chance(0.15):
                branches[0] = f"({branches[0]})"
            text = f" {rng.choice(('union', 'union all', 'except', 'intersect', 'union distinct'))} ".join(branches)
            if self.chance(0.4):
                text += f" order by {self.order(View([], list(names)), width)}"
        else:
            text = self.select(outer, width, ctes, names, order=True)
            if top and self.chance(0.04):
                text = f"({text})"
        if limit or self.chance(0.1):
            text += rng.choice((" limit 1", " limit 0, 1", " limit 1 offset 0"))
        elif self.chance(0.004):
            text += " limit nosuch"
        if top and self.chance(0.05):
            text += rng.choice((" for update", " lock in share mode"))
        return prefix + text

    def with_clause(self, around: Sequence[Seen]) -> tuple[str, list[Seen]]:
        """Return WITH and the tables that it adds."""
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
                text = self.query(None, self.rng.randint(1, 3), names=names, ctes=known)
            listed = ""
            if self.chance(0.3):
                names = [self.fresh() for _ in names]
                listed = f"({', '.join(names)})"
            known = [*known, Seen(name, tuple(names))]
            parts.append(f"{name}{listed} as ({text})")
        return f"with {'recursive ' if recursive else ''}{', '.join(parts)} ", known

    def select(self, outer: View | None, width: int, ctes: Sequence[Seen], names: list[str], order: bool = False) -> str:
        """Return a SELECT."""
        rng = self.rng
        text, seen = self.joined(View([], [], outer), ctes) if self.chance(0.96) else ("", [])
        view = View(seen, [], outer)
        grouped = self.chance(0.2)
        windows = [self.fresh()] if text and self.chance(0.05) else []
        items = []
        for _ in range(width):
            items.append(self.item(view, names, grouped or self.chance(0.06), windows))
        if self.chance(0.08) and seen and width > 1:
            table = rng.choice(seen)
            database = f"{table.database}." if table.database and self.chance(0.1) else ""
            items[-1] = f"{database}{table.name}.*"
        option = rng.choice(("distinct ", "sql_calc_found_rows ", "straight_join ", "all ")) if self.chance(0.12) else ""
        words = f"select {option}{', '.join(items)}"
        if not text:
            return words + (" from dual" if self.chance(0.3) else "")
        words += f" from {text}"
        if self.chance(0.4):
            words += f" where {self.condition(View(seen, view.aliases if self.chance(0.05) else [], outer))}"
        if grouped:
            words += f" group by {', '.join(self.grouping(view, width) for _ in range(rng.randint(1, 2)))}"
            words += " with rollup" if self.chance(0.05) else ""
        if self.chance(0.5 if grouped else 0.1):
            inner = View(seen if self.chance(0.4) else [], view.aliases, outer, aggregates=True)
            words += f" having {self.condition(inner, aliases=True)}"
        if windows:
            words += f" window {windows[0]} as ({self.window(View(seen, view.aliases, outer))})"
        if order and self.chance(0.35):
            words += f" order by {self.order(view, width)}"
        return words

    def item(self, view: View, names: list[str], aggregates: bool, windows: list[str]) -> str:
        """Return an item of a select list."""
        text = self.expression(View(view.tables, view.aliases if self.chance(0.1) else [], view.outer, aggregates, windows))
        plain = text.replace(".", "").replace("`", "").isidentifier()
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
            return str(self.rng.randint(1, width + (1 if self.chance(0.1) else 0)))
        inner = View(view.tables, view.aliases, view.outer, aggregates=self.chance(0.15))
        return f"{self.expression(inner, aliases=True)} {self.rng.choice(('', 'desc', 'asc'))}".strip()

    # -- writes -------------------------------------------------------------------------------------------------------

    def insert(self) -> str:
        """Return an INSERT or REPLACE."""
        rng = self.rng
        table = rng.choice([*self.tables, self.far, self.versioned, self.text, self.view])
        target = f"{table.database}.{table.name}" if table is self.far or self.chance(0.05) else table.name
        view = View([table])
        columns = rng.sample(table.columns, rng.randint(1, len(table.columns)))
        listed = [self.qualified(table, name) if self.chance(0.08) else self.spelt(name) for name in columns]
        if self.chance(0.03):
            listed.append(rng.choice(ANY_NAME))
        if table in self.tables and self.chance(0.08) and "hid" not in columns:
            listed.append("hid")
        width = len(listed)
        verb = rng.choice(("insert into", "insert", "insert ignore into", "replace into", "replace", "insert low_priority into"))
        if self.chance(0.2):
            listed_text, width = "", len(table.columns)
        else:
            listed_text = f" ({', '.join(listed)})"
        if self.chance(0.03):
            width += rng.choice((-1, 1))
        width = max(width, 1)
        after = View([table])
        kind = rng.random()
        if kind < 0.45:
            rows = ", ".join(f"({', '.join(self.value(view) for _ in range(width))})" for _ in range(rng.randint(1, 3)))
            text = f"{verb} {target}{listed_text} {rng.choice(('values', 'value'))} {rows}"
        elif kind < 0.6:
            text = f"{verb} {target} set " + ", ".join(f"{name} = {self.value(view)}" for name in listed)
        else:
            seen: list[Seen] = []
            text = f"{verb} {target}{listed_text} {self.query(None, width, top=self.chance(0.3))}"
            after.tables += seen
        if verb.startswith("insert") and self.chance(0.4):
            text += f" on duplicate key update {', '.join(self.update_pair(table, after) for _ in range(rng.randint(1, 2)))}"
        elif self.chance(0.15):
            text += f" returning {rng.choice(('*', self.expression(View([table]))))}"
        return text

    def value(self, view: View) -> str:
        """Return a value of a row."""
        return "default" if self.chance(0.1) else self.expression(view)

    def update_pair(self, table: Seen, after: View) -> str:
        """Return a pair of ON DUPLICATE KEY UPDATE."""
        name = self.rng.choice(table.columns) if self.chance(0.97) else self.rng.choice(ANY_NAME)
        value = f"values({self.column(View([table]))})" if self.chance(0.3) else self.expression(after)
        return f"{self.qualified(table, name) if self.chance(0.1) else name} = {value}"

    def update(self) -> str:
        """Return an UPDATE."""
        rng = self.rng
        if self.chance(0.5):
            text, seen = self.named(self.table(), alias=0.4)
        else:
            text, seen = self.joined(View(), [])
        view = View(seen)
        sets = ", ".join(f"{self.column(view)} = {self.value(view)}" for _ in range(rng.randint(1, 2)))
        words = f"update {rng.choice(('', 'ignore ', 'low_priority '))}{text} set {sets}"
        if self.chance(0.6):
            words += f" where {self.condition(view)}"
        if len(seen) == 1 and self.chance(0.3):
            words += f" order by {self.expression(view)} limit 1"
        return words

    def delete(self) -> str:
        """Return a DELETE."""
        rng = self.rng
        if self.chance(0.5):
            table = rng.choice([*self.tables, self.far, self.view])
            name = f"{table.database}.{table.name}" if table is self.far or self.chance(0.1) else table.name
            words = f"delete {rng.choice(('', 'quick ', 'ignore '))}from {name}"
            view = View([table])
            if self.chance(0.8):
                words += f" where {self.condition(view)}"
            if self.chance(0.3):
                words += f" order by {self.expression(view)} limit 1"
            elif self.chance(0.2):
                words += f" returning {self.expression(view)}"
            return words
        text, seen = self.joined(View(), [])
        targets = []
        for table in rng.sample(seen, min(len(seen), rng.randint(1, 2))):
            front = f"{table.database}." if table.database and self.chance(0.1) else ""
            targets.append(f"{front}{table.name}{'.*' if self.chance(0.1) else ''}")
        if self.chance(0.03):
            targets.append("nosuch")
        condition = self.condition(View(seen))
        if self.chance(0.5):
            return f"delete {', '.join(targets)} from {text} where {condition}"
        return f"delete from {', '.join(targets)} using {text} where {condition}"

    def statement(self) -> str:
        """Return a random statement."""
        return self.pick([
            (10, lambda: self.query(None, top=True)),
            (4, self.insert),
            (3, self.update),
            (3, self.delete),
        ])  # fmt: skip
