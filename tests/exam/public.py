"""Every statement of a checked-out project: nodepath's verdict beside the server's.

    python -m tests.exam.public TREE [--schema SOURCE]...

A SOURCE is relative to the tree. Files and folders of SQL are loaded through the server's client; with Go folders or
without any source the tables are those that nodepath read.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.exam.answers import Answers, Json, ask, texts
from tests.exam.judge import NAMES, Judge, Refusal, judge

NOT_PREPARED = frozenset({1295, 1064})
"""Not supported by PREPARE; a syntax that MariaDB does not have (MySQL's row alias, for one): listed, not judged."""
_DDL = re.compile(r"\s*(?:CREATE|ALTER|DROP|TRUNCATE|RENAME)\b", re.IGNORECASE)
_EXAMPLES = 4
"""How many refusals of one kind are printed."""


@dataclass
class Score:
    """What came out."""

    judged: int = 0
    texts: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    agreed: list[str] = field(default_factory=list)
    other: dict[int, list[str]] = field(default_factory=dict)
    """By error number: refused for a reason that is no name, so not judged."""


def compare(answers: Answers, judged_by: Judge) -> Score:
    """Ask the server for every completely understood statement, and compare."""
    score = Score()
    errors = answers.errors_by_statement()
    begin = Counter((statement["path"], statement["line"]) for statement in answers.statements)
    for statement in answers.statements:
        own = texts(statement)
        place = statement["path"], statement["line"]
        # Several statements may begin with one literal: then the text tells whose finding it is.
        found = [each for each in errors.get(place, []) if begin[place] == 1 or each["statement"]["sql"] in own]
        # Statements of migrations belong to the schema of their moment; the judge has the one at the end.
        if statement["path"].endswith(".sql") or statement["status"] == "unresolved" or _DDL.match(statement["sql"]):
            continue
        asked = {text: judged_by.ask(text) for text in own}
        if statement["status"] == "partial" and not found:
            continue
        score.judged += 1
        score.texts += len(asked)
        _one(score, statement, found, asked)
    return score


def _one(score: Score, statement: Json, found: list[Json], asked: dict[str, Refusal | None]) -> None:
    place = f"{statement['path']}:{statement['line']}"
    refusals = [refusal for refusal in asked.values() if refusal]
    said = {finding["errno"] for finding in found}
    answered = {refusal.errno for refusal in refusals}
    for finding in found:
        if finding["errno"] not in answered and not answered & NAMES:
            where = f"{finding['path']}:{finding['line']}:{finding['column']}"
            verdict = "; ".join(f"{each.errno} {each.message}" for each in refusals) or "accepted"
            line = f"{where}: {finding['rule']} {finding['message']}\n      server: {verdict}\n      {_short(finding)}"
            if answered & NOT_PREPARED:
                score.other.setdefault(min(answered & NOT_PREPARED), []).append(line)
            else:
                score.false.append(line)
        else:
            score.agreed.append(f"{finding['path']}:{finding['line']}: {finding['rule']} {finding['message']}")
    for text, refusal in asked.items():
        if refusal and refusal.errno in NAMES and refusal.errno not in said:
            score.missed.append(f"{place}: {refusal.errno} {refusal.message}\n      {' '.join(text.split())[:300]}")
        elif refusal and refusal.errno not in NAMES:
            line = f"{place}: {refusal.message[:150]}\n      {' '.join(text.split())[:200]}"
            score.other.setdefault(refusal.errno, []).append(line)


def _short(finding: Json) -> str:
    return " ".join(str(finding["statement"]["sql"]).split())[:300]


def report(answers: Answers, score: Score, refused: list[str], tables: int) -> None:
    """Print everything, the most important last."""
    statuses = Counter(each["status"] for each in answers.statements)
    schema = answers.audit["schema"]
    print(
        f"server: {tables} tables, {len(refused)} refused DDL; nodepath: {schema['tables']} tables {schema['sources']}"
    )
    for line in refused[:20]:
        print(f"    {line}")
    print(f"inventory: {len(answers.statements)} statements, {dict(statuses)}; summary {answers.audit['summary']}")
    for status in ("partial", "unresolved"):
        reasons = Counter(each["reason"] for each in answers.statements if each["status"] == status)
        for reason, number in reasons.most_common():
            places = [f"{e['path']}:{e['line']}" for e in answers.statements if e["reason"] == reason][:3]
            print(f"    {status} {number:4} {reason}  ({', '.join(places)})")
    for errno, lines in sorted(score.other.items()):
        print(f"server refuses with {errno}, not judged: {len(lines)}")
        for line in lines[:_EXAMPLES]:
            print(f"    {line}")
    for title, lines in (
        ("both refuse", score.agreed),
        ("MISSED", score.missed),
        ("FALSE", score.false),
    ):
        print(f"{title}: {len(lines)}")
        for line in dict.fromkeys(lines):
            print(f"    {line}")
    print(
        f"judged {score.judged} statements, {score.texts} texts: {len(score.false)} false, {len(score.missed)} missed"
    )


def main() -> None:
    """Run the examination."""
    parser = argparse.ArgumentParser(description="Compare nodepath's verdicts with a MariaDB's.")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--schema", action="append", default=[])
    parser.add_argument("--config", help="a nodepath.toml for the tree")
    arguments = parser.parse_args()
    more = [f"--config={Path(arguments.config).resolve()}"] if arguments.config else []
    answers = ask(arguments.tree, arguments.schema, more)
    with judge() as server:
        refused = server.load(arguments.tree.resolve(), arguments.schema)
        report(answers, compare(answers, server), refused, server.tables())


if __name__ == "__main__":
    main()
