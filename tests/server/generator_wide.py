"""Random statements over everything that the specification of names speaks of (see generator.py for the plain ones).

The schema has what a plain one lacks: a view, invisible columns, a table of the same name in another database, a system
versioned table, a sequence, JSON and full text. Names are mostly right, sometimes in another case, in backquotes or
qualified by a database, and now and then from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.server.generator_expressions import ANY_NAME, Seen, View
from tests.server.generator_queries import QueryGenerator

_INSERTS = ("insert into", "insert", "insert ignore into", "replace into", "replace", "insert low_priority into")


class WideGenerator(QueryGenerator):
    """Writes statements."""

    def statement(self) -> str:
        """Return a random statement."""
        makers: list[Callable[[], str]] = [lambda: self.query(None, top=True), self.insert, self.update, self.delete]
        return self.rng.choices(makers, [10, 4, 3, 3])[0]()

    def insert(self) -> str:
        """Return an INSERT or REPLACE."""
        rng = self.rng
        table = rng.choice([*self.tables, self.far, self.versioned, self.text, self.view])
        target = f"{table.database}.{table.name}" if table is self.far or self.chance(0.05) else table.name
        listed = [self.qualified(table, n) if self.chance(0.08) else self.spelt(n) for n in self.sample(table.columns)]
        if self.chance(0.03):
            listed.append(rng.choice(ANY_NAME))
        if table in self.tables and self.chance(0.08):
            listed.append("hid")
        width = len(listed) if self.chance(0.97) else max(len(listed) + rng.choice((-1, 1)), 1)
        verb = rng.choice(_INSERTS)
        head = f"{verb} {target} ({', '.join(listed)})"
        if self.chance(0.2):
            head, width = f"{verb} {target}", len(table.columns)
        text = self._insert_source(head, f"{verb} {target}", listed, View([table]), width)
        if verb.startswith("insert") and self.chance(0.4):
            pairs = ", ".join(self.update_pair(table) for _ in range(rng.randint(1, 2)))
            return f"{text} on duplicate key update {pairs}"
        return f"{text} returning {rng.choice(('*', self.expression(View([table]))))}" if self.chance(0.15) else text

    def _insert_source(self, head: str, start: str, listed: list[str], view: View, width: int) -> str:
        kind = self.rng.random()
        if kind < 0.45:
            rows = [f"({', '.join(self.value(view) for _ in range(width))})" for _ in range(self.rng.randint(1, 3))]
            return f"{head} {self.rng.choice(('values', 'value'))} {', '.join(rows)}"
        if kind < 0.6:
            return f"{start} set " + ", ".join(f"{name} = {self.value(view)}" for name in listed)
        return f"{head} {self.query(None, width, top=self.chance(0.3))}"

    def value(self, view: View) -> str:
        """Return a value of a row."""
        return "default" if self.chance(0.1) else self.expression(view)

    def update_pair(self, table: Seen) -> str:
        """Return a pair of ON DUPLICATE KEY UPDATE."""
        view = View([table])
        name = self.rng.choice(table.columns) if self.chance(0.97) else self.rng.choice(ANY_NAME)
        value = f"values({self.column(view)})" if self.chance(0.3) else self.expression(view)
        return f"{self.qualified(table, name) if self.chance(0.1) else name} = {value}"

    def update(self) -> str:
        """Return an UPDATE of one table or of several."""
        rng = self.rng
        text, seen = self.named(self.table(), alias=0.4) if self.chance(0.5) else self.joined(View(), [])
        view = View(seen)
        sets = ", ".join(f"{self.column(view)} = {self.value(view)}" for _ in range(rng.randint(1, 2)))
        words = f"update {rng.choice(('', 'ignore ', 'low_priority '))}{text} set {sets}"
        if self.chance(0.6):
            words += f" where {self.condition(view)}"
        if len(seen) == 1 and self.chance(0.3):
            words += f" order by {self.expression(view)} limit 1"
        return words

    def delete(self) -> str:
        """Return a DELETE from one table or from several."""
        rng = self.rng
        if self.chance(0.5):
            table = rng.choice([*self.tables, self.far, self.view])
            name = f"{table.database}.{table.name}" if table is self.far or self.chance(0.1) else table.name
            view = View([table])
            words = f"delete {rng.choice(('', 'quick ', 'ignore '))}from {name}"
            words += f" where {self.condition(view)}" if self.chance(0.8) else ""
            if self.chance(0.3):
                return f"{words} order by {self.expression(view)} limit 1"
            return f"{words} returning {self.expression(view)}" if self.chance(0.2) else words
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
