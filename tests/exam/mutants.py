"""One column renamed at a time in the Go source of a tree: how many of them does nodepath find, and where?

    python -m tests.exam.mutants TREE [--schema SOURCE]... [--limit N]

Every mutant gets a name of its own, so that one run judges as many as there are literals: in each round every string
literal holds at most one. A mutant counts where the server answers 1054 with its name, to a text that nodepath built
from the mutated tree or, where it built none, to the literal itself; statements that the server refused before are out.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.exam.answers import Answers, ask, texts
from tests.exam.judge import Judge, judge
from tests.exam.literals import Word, position, words

PREFIX = "zq"
OWN = frozenset({"mysql", "mariadb"})
"""The dialects that are judged; SQL for other servers may be skipped."""
_NAME = re.compile(rf"{PREFIX}\d+x")
_DDL = re.compile(r"\s*(?:CREATE|ALTER|DROP)\b", re.IGNORECASE)
_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\s", re.IGNORECASE)


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


def candidates(tree: Path, columns: frozenset[str]) -> dict[tuple[str, tuple[int, int]], list[Word]]:
    """The words to rename, by file and literal."""
    grouped: dict[tuple[str, tuple[int, int]], list[Word]] = defaultdict(list)
    for path in sorted(tree.rglob("*.go")):
        if path.name.endswith("_test.go") or "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in words(text, columns):
            if _DDL.match(text, word.literal[0]):
                continue
            grouped[path.relative_to(tree).as_posix(), word.literal].append(word)
    return grouped


def rounds(grouped: dict[tuple[str, tuple[int, int]], list[Word]], limit: int) -> Iterator[list[tuple[str, Word]]]:
    """Yield sets of words of which no two are in one literal, until `limit` words are done."""
    number = done = 0
    while done < limit:
        chosen = [(path, found[number]) for (path, _), found in grouped.items() if number < len(found)]
        if not chosen:
            return
        yield chosen[: limit - done]
        done += len(chosen)
        number += 1


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


def verdicts(answers: Answers, server: Judge) -> dict[str, str]:
    """Every mutant that the server refuses by name, with the status of its statement."""
    refused: dict[str, str] = {}
    for statement in answers.statements:
        for text in texts(statement) if statement["dialect"] in OWN else ():
            if not _NAME.search(text):
                continue
            name = _refused(server, text)
            if name and refused.get(name) != "resolved":
                refused[name] = statement["status"]
    return refused


def _refused(server: Judge, text: str) -> str | None:
    refusal = server.ask(text)
    named = _NAME.search(refusal.message) if refusal and refusal.errno == 1054 else None
    return named.group() if named else None


def examine(tree: Path, schema: Sequence[str], limit: int, server: Judge, more: Sequence[str]) -> Tally:
    """Plant all mutants, round by round, and count."""
    tally = Tally()
    grouped = candidates(tree, server.columns())
    with tempfile.TemporaryDirectory() as folder:
        for chosen in rounds(grouped, limit):
            copy = Path(folder) / "tree"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules", "web"))
            mutants = plant(tree, copy, chosen, tally.planted)
            tally.planted += len(mutants)
            _count(tally, mutants, ask(copy, schema, more), server)
    return tally


def unseen(answers: Answers, mutants: dict[str, Mutant], server: Judge) -> dict[str, str]:
    """Mutants that are in no text of the inventory although their literal alone is a statement that runs."""
    built = {name for each in answers.statements for text in texts(each) for name in _NAME.findall(text)}
    return {
        name: "not in the inventory"
        for name, mutant in mutants.items()
        if name not in built and _STATEMENT.match(mutant.literal) and _refused(server, mutant.literal) == name
    }


def _count(tally: Tally, mutants: dict[str, Mutant], answers: Answers, server: Judge) -> None:
    refused = verdicts(answers, server) | unseen(answers, mutants, server)
    reported = {finding["identifier"]: finding for finding in answers.findings if finding["rule"] == "NP101"}
    for name, status in refused.items():
        mutant, finding = mutants[name], reported.get(name)
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


def main() -> None:
    """Run the examination."""
    parser = argparse.ArgumentParser(description="Rename columns in Go source and count what nodepath finds.")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--schema", action="append", default=[])
    parser.add_argument("--config", help="a nodepath.toml for the tree")
    parser.add_argument("--limit", type=int, default=20000, help="plant at most this many")
    arguments = parser.parse_args()
    more = [f"--config={Path(arguments.config).resolve()}"] if arguments.config else []
    tree = arguments.tree.resolve()
    with judge() as server:
        server.load(tree, arguments.schema)
        tally = examine(tree, arguments.schema, arguments.limit, server, more)
    print(f"planted {tally.planted}, kept {tally.kept} (1054 by name): {dict(tally.statuses)}")
    print(f"found {tally.found}, at the right place {tally.placed}, {_share(tally.placed, tally.kept)}")
    print(f"of those in resolved statements {tally.placed_resolved} of {tally.kept_resolved}")
    for line in tally.missed:
        print(f"    {line}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "nothing kept"


if __name__ == "__main__":
    main()
