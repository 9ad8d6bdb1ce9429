"""Random expressions over everything that the specification of names speaks of, written from templates."""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

COLUMNS = ("a", "b", "c", "d", "e", "f")
ANY_NAME = (*COLUMNS, "p", "q", "r", "va", "vb", "txt", "j", "hid", "nosuch")

# {e} an expression, {c} a column, {p} a condition, {s1} a query of one column, {s2} of two, {s} of any.
_EXPRESSIONS = """
6 {constant}
8 {e} {operator} {e}
3 -{c}
5 coalesce({e}, {e})
2 concat({e}, {e}, 'x')
3 if({p}, {e}, {e})
3 case {e} when {e} then {e} else {e} end
3 case when {p} then {e} end
2 cast({e} as char(5) character set utf8mb4)
2 cast({e} as signed)
2 convert({e}, decimal(5,2))
1 convert({e} using utf8mb4)
2 extract(year_month from {e})
2 {e} + interval {e} day
1 {e} - interval ({s1} limit 1) hour
2 date_add({e}, interval {e} month)
2 timestampdiff(day, {e}, {e})
1 trim({e} from {e})
1 trim(both {e} from {e})
2 substring({e} from {e} for 2)
1 position({c} in {e})
1 binary {c}
1 interval({e}, 1, {e})
1 char({e} using utf8mb4)
1 get_format(date, 'USA')
1 json_value({e}, '$.a')
1 nextval({sequence})
2 default({c})
1 match ({c}) against ('x')
9 {aggregate}
6 {windowed}
9 ({s1} limit 1)
5 ({e})
3 ({p})
"""
_CONDITIONS = """
14 {e} {comparison} {e}
2 {e} is not null
2 {e} is true
2 {e} between {e} and {e}
1 {e} not between {e} and {e}
3 {e} in (1, {e})
4 {e} in ({s1})
2 {e} not in ({s1})
3 {e} >= all ({s1})
2 {e} = any ({s1})
4 exists ({s})
1 not exists ({s})
2 ({e}, {e}) in ({s2})
2 row({e}, 1) = ({e}, 2)
2 {e} like {e} escape '|'
1 {e} regexp 'x'
5 {p} and {e} = {e}
3 {p} or {p}
1 {p} xor {e}
2 not {p}
"""
_WORDS = {
    "constant": ("1", "'s'", "2.5", "null", "true", "x'41'", "date'2024-01-01'", "-3", "@v", "current_date", "now()"),
    "operator": ("+", "-", "*", "/", "div", "mod", "%", "|", "&", "<<", "^"),
    "comparison": ("=", "<", ">", "<=>", "<>", ">="),
    "sequence": ("sq", "sq", "sq", "nosq"),
}
_PART = re.compile(r"\{(\w+)\}")
DEEPEST = 5


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
    ranked: bool = True
    """Window functions may stand in it, where aggregates may."""
    windows: list[str] = field(default_factory=list)


def _weighted(text: str) -> tuple[list[str], list[int]]:
    pairs = [line.split(" ", 1) for line in text.split("\n") if line]
    return [template for _, template in pairs], [int(weight) for weight, _ in pairs]


_EXPRESSION_CHOICES = _weighted(_EXPRESSIONS)
_CONDITION_CHOICES = _weighted(_CONDITIONS)


class ExpressionGenerator(ABC):
    """Writes expressions; every choice comes from one `random.Random`."""

    def __init__(self, rng: random.Random, database: str) -> None:
        self.rng = rng
        self.database = database
        self.other = f"{database}_o"
        self.depth = 0
        self.count = 0

    @abstractmethod
    def query(self, outer: View | None, width: int | None = None) -> str:
        """Return a query expression."""

    def chance(self, probability: float) -> bool:
        """Say yes with that probability."""
        return self.rng.random() < probability

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
        named = [table for table in where.tables if table.columns]
        if not named:
            return "1"
        table = rng.choice(named)
        name = rng.choice(ANY_NAME) if self.chance(0.012) else rng.choice(table.columns)
        alone = sum(name in each.columns for each in where.tables) == 1
        return self.spelt(name) if self.chance(0.75 if alone else 0.12) else self.qualified(table, name)

    def expression(self, view: View, aliases: bool = False) -> str:
        """Return an expression."""
        if self.depth > DEEPEST or self.chance(0.5):
            return self.column(view, aliases)
        return self._made(_EXPRESSION_CHOICES, view, aliases)

    def condition(self, view: View, aliases: bool = False) -> str:
        """Return a condition."""
        if self.depth > DEEPEST:
            return f"{self.column(view, aliases)} = {self.column(view, aliases)}"
        return self._made(_CONDITION_CHOICES, view, aliases)

    def _made(self, choices: tuple[list[str], list[int]], view: View, aliases: bool) -> str:
        template = self.rng.choices(*choices)[0]
        parts: dict[str, Callable[[], str]] = {
            "e": lambda: self.expression(view, aliases),
            "c": lambda: self.column(view, aliases),
            "p": lambda: self.condition(view, aliases),
            "s": lambda: self.query(view),
            "s1": lambda: self.query(view, 1),
            "s2": lambda: self.query(view, 2),
            "aggregate": lambda: self.aggregate(view, aliases),
            "windowed": lambda: self.windowed(view, aliases),
        }
        if template.startswith(("default", "match")):
            # Only a column may stand there.
            column = self.column(view, aliases)
            return column if column == "1" else template.replace("{c}", column)
        self.depth += 1
        try:
            return _PART.sub(
                lambda found: parts[found[1]]() if found[1] in parts else self.rng.choice(_WORDS[found[1]]), template
            )
        finally:
            self.depth -= 1

    def aggregate(self, view: View, aliases: bool) -> str:
        """Return an aggregate function, a column where there may be none."""
        if not view.aggregates:
            return self.column(view, aliases)
        inner = View(view.tables, view.aliases, view.outer)
        if self.chance(0.2):
            order = f" order by {self.expression(inner, aliases)}" if self.chance(0.5) else ""
            return f"group_concat({self.expression(inner, aliases)}{order} separator ',')"
        distinct = "distinct " if self.chance(0.15) else ""
        function = self.rng.choice(("max", "sum", "count", "avg", "min"))
        return f"{function}({distinct}{self.expression(inner, aliases)})"

    def windowed(self, view: View, aliases: bool) -> str:
        """Return a window function, a column where there may be none."""
        if not (view.aggregates and view.ranked):
            return self.column(view, aliases)
        inner = View(view.tables, view.aliases, view.outer)
        head = self.rng.choice(("row_number()", "rank()", f"sum({self.expression(inner, aliases)})", "count(*)"))
        if view.windows and self.chance(0.4):
            return f"{head} over {self.rng.choice(view.windows)}"
        return f"{head} over nosuch" if self.chance(0.02) else f"{head} over ({self.window(inner)})"

    def window(self, view: View) -> str:
        """Return a window's definition."""
        parts = [f"partition by {self.expression(view, aliases=True)}"] if self.chance(0.5) else []
        parts.append(f"order by {self.expression(view, aliases=True)}{self.rng.choice(('', ' desc'))}")
        if self.chance(0.2):
            parts.append("rows between 1 preceding and current row")
        return " ".join(parts)

    def sample(self, names: Sequence[str]) -> list[str]:
        """Return some of the names, at least one."""
        return self.rng.sample(names, self.rng.randint(1, len(names)))
