"""One column renamed at a time in the Go source of a tree: how many of them does nodepath find, and where?

    python -m tests.exam.mutants TREE[=SOURCE[,SOURCE]...]... [--each N] [--seed N] [--limit N]

Every mutant gets a name of its own, so that one run judges as many as there are literals: in each round every string
literal holds at most one. A mutant counts where the server answers 1054 with its name, to a text that nodepath built
from the mutated tree or, where it built none, to the literal itself; statements that the server refused before are out.
Every tree brings its own schema: files and folders in it, or what nodepath finds there by itself. With `--each 1` a
literal is left alone once one of its mutants counts, so that as many statements as there are get one mutant each.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nodepath_cli.schema.snapshot import dump as snapshot
from tests.exam.answers import Answers, ask, texts
from tests.exam.judge import Judge, judge, schema_of
from tests.exam.literals import Word, position, words

PREFIX = "zq"
OWN = frozenset({"mysql", "mariadb"})
"""The dialects that are judged; SQL for other servers may be skipped."""
_NAME = re.compile(rf"{PREFIX}\d+x")
_GENERATED = re.compile(r"^// Code generated .* DO NOT EDIT\.$", re.MULTILINE)
_DDL = re.compile(r"\s*(?:CREATE|ALTER|DROP)\b", re.IGNORECASE)
_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\s", re.IGNORECASE)


_LEFT_OUT = shutil.ignore_patterns(
    ".git", "node_modules", "vendor", "*_test.go", "*.js", "*.ts", "*.json", "*.svg", "*.gz"
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One renamed word."""

    name: str
    path: str
    word: Word
    line: int
    column: int
    literal: str
    """The content of its literal, with the mutant in it."""


@dataclass
class Tally:
    """What became of the mutants."""

    planted: int = 0
    kept: int = 0
    found: int = 0
    placed: int = 0
    kept_resolved: int = 0
    placed_resolved: int = 0
    missed: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    statements: set[tuple[str, int, int]] = field(default_factory=set)
    """Where the statements begin that the server refused."""
    loose: list[str] = field(default_factory=list)
    """Mutants in text that no statement of the inventory holds, whether it is SQL or not."""

    def add(self, other: Tally) -> None:
        """Add another tree's figures."""
        for name in ("planted", "kept", "found", "placed", "kept_resolved", "placed_resolved"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.statuses += other.statuses


def candidates(tree: Path, columns: frozenset[str]) -> dict[tuple[str, tuple[int, int]], list[Word]]:
    """The words to rename, by file and literal."""
    grouped: dict[tuple[str, tuple[int, int]], list[Word]] = defaultdict(list)
    for path in sorted(tree.rglob("*.go")):
        if not path.is_file() or path.name.endswith("_test.go") or "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if _GENERATED.search(text):
            continue
        for word in words(text, columns):
            if _DDL.match(text, word.literal[0]):
                continue
            grouped[path.relative_to(tree).as_posix(), word.literal].append(word)
    return grouped


Literals = dict[tuple[str, tuple[int, int]], list[Word]]


def chosen(grouped: Literals, done: Counter[tuple[str, tuple[int, int]]], each: int) -> list[tuple[str, Word]]:
    """Take the next word of every literal in which not yet `each` mutants count (0: no such bound)."""
    return [
        (path, words.pop())
        for (path, span), words in grouped.items()
        if words and not (each and done[path, span] >= each)
    ]


def plant(source: Path, copy: Path, chosen: Sequence[tuple[str, Word]], first: int) -> dict[str, Mutant]:
    """Write the mutated files into the copy and return the mutants by name."""
    by_file: dict[str, list[Word]] = defaultdict(list)
    for path, word in chosen:
        by_file[path].append(word)
    mutants: dict[str, Mutant] = {}
    for path, found in by_file.items():
        text = (source / path).read_text(encoding="utf-8", errors="surrogateescape")
        named = [(f"{PREFIX}{first + len(mutants) + n}x", word) for n, word in enumerate(sorted(found, key=_start))]
        mutated, end = "", 0
        places: list[int] = []
        for name, word in named:
            mutated += text[end : word.start]
            places.append(len(mutated))
            mutated += name
            end = word.end
        mutated += text[end:]
        (copy / path).write_text(mutated, encoding="utf-8", errors="surrogateescape")
        for (name, word), place in zip(named, places, strict=True):
            before, behind = text[word.literal[0] : word.start], text[word.end : word.literal[1]]
            mutants[name] = Mutant(name, path, word, *position(mutated, place), before + name + behind)
    return mutants


def _start(word: Word) -> int:
    return word.start


def verdicts(answers: Answers, server: Judge, tally: Tally) -> dict[str, str]:
    """Every mutant that the server refuses by name, with the status of its statement."""
    refused: dict[str, str] = {}
    for statement in answers.statements:
        for text in texts(statement) if statement["dialect"] in OWN else ():
            if not _NAME.search(text):
                continue
            name = _refused(server, text)
            if name and refused.get(name) != "resolved":
                refused[name] = statement["status"]
                tally.statements.add((statement["path"], statement["line"], statement["column"]))
    return refused


def _refused(server: Judge, text: str) -> str | None:
    refusal = server.ask(text)
    named = _NAME.search(refusal.message) if refusal and refusal.errno == 1054 else None
    return named.group() if named else None


def examine(tree: Path, schema: Sequence[str], options: argparse.Namespace, server: Judge) -> Tally:
    """Plant mutants, round by round, and count."""
    tally, done = Tally(), Counter[tuple[str, tuple[int, int]]]()
    grouped = candidates(tree, server.columns())
    order = random.Random(options.seed)
    for found in grouped.values():
        order.shuffle(found)
    more = [f"--config={Path(options.config).resolve()}"] if options.config else []
    with tempfile.TemporaryDirectory() as folder:
        if not schema:
            # Columns are renamed in DDL, too, where it is made of several literals: the tree's schema is read before.
            schema = [str(Path(folder) / "schema.json")]
            Path(schema[0]).write_text(json.dumps(snapshot(schema_of(tree, ()))), encoding="utf-8")
        for _ in range(options.rounds):
            planted = chosen(grouped, done, options.each)[: options.limit - tally.planted]
            if not planted:
                break
            copy = Path(folder) / "tree"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(tree, copy, symlinks=True, ignore=_LEFT_OUT)
            mutants = plant(tree, copy, planted, tally.planted)
            tally.planted += len(mutants)
            _count(tally, mutants, ask(copy, schema, more), server, done)
    return tally


def unseen(answers: Answers, mutants: dict[str, Mutant], server: Judge, tally: Tally) -> dict[str, str]:
    """Mutants that are in no text of the inventory although their literal alone is a statement that runs."""
    built = {name for each in answers.statements for text in texts(each) for name in _NAME.findall(text)}
    alone = {}
    for name, mutant in mutants.items():
        if name in built:
            continue
        if _STATEMENT.match(mutant.literal) and _refused(server, mutant.literal) == name:
            alone[name] = "not in the inventory"
        elif len(mutant.literal.split()) > 1:
            tally.loose.append(f"{mutant.path}:{mutant.line}:{mutant.column} {' '.join(mutant.literal.split())[:120]}")
    return alone


def _count(
    tally: Tally,
    mutants: dict[str, Mutant],
    answers: Answers,
    server: Judge,
    done: Counter[tuple[str, tuple[int, int]]],
) -> None:
    refused = verdicts(answers, server, tally) | unseen(answers, mutants, server, tally)
    reported = {finding["identifier"]: finding for finding in answers.findings if finding["rule"] == "NP101"}
    for name, status in refused.items():
        mutant, finding = mutants[name], reported.get(name)
        done[mutant.path, mutant.word.literal] += 1
        tally.kept += 1
        tally.kept_resolved += status == "resolved"
        tally.statuses[status] += 1
        if finding is None:
            tally.missed.append(f"{mutant.path}:{mutant.line}:{mutant.column} {mutant.word.name} ({status}): silent")
            continue
        tally.found += 1
        if (finding["path"], finding["line"], finding["column"]) == (mutant.path, mutant.line, mutant.column):
            tally.placed += 1
            tally.placed_resolved += status == "resolved"
        else:
            place = f"{finding['path']}:{finding['line']}:{finding['column']}"
            tally.missed.append(f"{mutant.path}:{mutant.line}:{mutant.column} {mutant.word.name}: reported at {place}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Rename columns in Go source and count what nodepath finds.")
    parser.add_argument("trees", nargs="+", metavar="TREE[=SOURCE,...]", help="a tree, and its own schema in it")
    parser.add_argument("--schema", action="append", default=[], help="a schema for every tree")
    parser.add_argument("--config", help="a nodepath.toml for the trees")
    parser.add_argument("--each", type=int, default=0, help="let at most this many mutants of a literal count")
    parser.add_argument("--rounds", type=int, default=1000, help="try at most this many words of a literal")
    parser.add_argument("--limit", type=int, default=20000, help="plant at most this many in a tree")
    parser.add_argument("--seed", type=int, default=1, help="which words are taken first")
    parser.add_argument("--loose", action="store_true", help="list the mutants that no statement holds")
    return parser.parse_args()


def _show(name: str, tally: Tally) -> None:
    print(
        f"{name}: planted {tally.planted}, kept {tally.kept} (1054 by name): {dict(tally.statuses)}; "
        f"found {tally.found}, at the right place {tally.placed}, {_share(tally.placed, tally.kept)}; "
        f"of those in resolved statements {tally.placed_resolved} of {tally.kept_resolved}",
        flush=True,
    )


def main() -> None:
    """Run the examination."""
    options = _arguments()
    total, statements = Tally(), 0
    with judge() as server:
        for argument in options.trees:
            place, _, sources = argument.partition("=")
            tree, schema = Path(place).resolve(), [*filter(None, sources.split(",")), *options.schema]
            server.clear()
            server.load(tree, schema)
            tally = examine(tree, schema, options, server)
            _show(tree.name, tally)
            print(f"    {len(tally.statements)} statements, {len(tally.loose)} mutants in no statement")
            for line in [*tally.missed, *(f"loose {each}" for each in tally.loose if options.loose)]:
                print(f"    {line}", flush=True)
            total.add(tally)
            statements += len(tally.statements)
    _show(f"all {len(options.trees)} trees, {statements} statements", total)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "nothing kept"


if __name__ == "__main__":
    main()
