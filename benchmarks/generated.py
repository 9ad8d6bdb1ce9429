"""A Go tree of about 2,700 files such as a large service is: most packages have nothing to do with SQL."""

from __future__ import annotations

import random
from pathlib import Path

PACKAGES = 180
FILES = 15
STORES = 18
"""Every tenth package keeps things in the database."""
TABLES = 60

_NOUNS = ("account", "task", "queue", "shard", "event", "policy", "worker", "session", "report", "invoice", "device")
_VERBS = ("Load", "Apply", "Merge", "Resolve", "Validate", "Encode", "Schedule", "Collect", "Reconcile", "Describe")


def write_tree(folder: Path) -> None:
    """Write the tree, the same in every run, already formatted."""
    rng = random.Random(7)
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/service\n\ngo 1.22\n")
    (folder / "schema.sql").write_text("\n".join(_table(number) for number in range(TABLES)))
    for number in range(PACKAGES):
        store = number % (PACKAGES // STORES) == 0
        package = f"{'store' if store else 'part'}{number:03d}"
        home = folder / "internal" / package
        home.mkdir(parents=True)
        for index in range(FILES):
            parts = [_function(rng, index, each) for each in range(rng.randint(12, 30))]
            if store:
                parts += [_query(rng, index, each) for each in range(rng.randint(3, 9))]
            imports = '\t"context"\n\t"errors"\n\t"fmt"\n' + ('\n\t"database/sql"\n' if store else "")
            head = f"package {package}\n\nimport (\n{imports})\n\n"
            kind = f"// Service{index} does one thing.\ntype Service{index} struct {{\n"
            kind += ("\tdb    *sql.DB\n" if store else "") + "\tname  string\n\tcount int\n}\n\n"
            if not index:
                kind = 'var errEmpty = errors.New("nothing to do")\n\n' + kind
            else:
                kind = f'var errEmpty{index} = errors.New("nothing to do")\n\n' + kind
            (home / f"file{index:02d}.go").write_text(head + kind + "\n".join(parts))


def _table(number: int) -> str:
    columns = ", ".join(f"{noun}_{number} VARCHAR(40)" for noun in _NOUNS[:8])
    return f"CREATE TABLE t{number} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, {columns}, created_at DATETIME);"


def _function(rng: random.Random, index: int, number: int) -> str:
    noun, verb = rng.choice(_NOUNS), rng.choice(_VERBS)
    name = f"{verb}{noun.title()}{number}"
    return (
        f"// {name} handles one {noun} and says what became of it.\n"
        f"func (s *Service{index}) {name}(ctx context.Context, items []string, limit int) (map[string]int, error) {{\n"
        f"\tif len(items) == 0 || limit < {rng.randint(0, 9)} {{\n"
        f'\t\treturn nil, fmt.Errorf("{noun} %s: no items within %d", s.name, limit)\n\t}}\n'
        "\tresult := make(map[string]int, len(items))\n"
        "\tfor position, item := range items {\n"
        "\t\tselect {\n\t\tcase <-ctx.Done():\n\t\t\treturn result, ctx.Err()\n\t\tdefault:\n\t\t}\n"
        f"\t\tif position > limit && len(item)%{rng.randint(2, 7)} == 0 {{\n\t\t\tcontinue\n\t\t}}\n"
        f'\t\tresult[item+"-{noun}"] += position*{rng.randint(2, 90)} + s.count\n\t}}\n'
        f"\ts.count += len(result)\n\treturn result, nil\n}}\n"
    )


def _query(rng: random.Random, index: int, number: int) -> str:
    table = rng.randrange(TABLES)
    one, two = (f"{noun}_{table}" for noun in rng.sample(_NOUNS[:8], 2))
    sql, more = rng.choice(
        (
            (f"SELECT id, {one} FROM t{table} WHERE {two} = ? AND {one} > ? ORDER BY id", " LIMIT 1"),
            (f"UPDATE t{table} SET {one} = ?, created_at = NOW() WHERE {two} = ?", " LIMIT 1"),
            (f"INSERT INTO t{table} ({one}, {two}) VALUES (?, ?)", f" ON DUPLICATE KEY UPDATE {one} = {two}"),
            (f"DELETE FROM t{table} WHERE {one} = ? AND {two} <> ?", " LIMIT 1"),
        )
    )
    return (
        f"func (s *Service{index}) query{number}(ctx context.Context, first, second string) error {{\n"
        f"\tquery := `{sql}`\n"
        f'\tif first == "" {{\n\t\tquery += "{more}"\n\t}}\n'
        "\t_, err := s.db.ExecContext(ctx, query, first, second)\n\treturn err\n}\n"
    )
