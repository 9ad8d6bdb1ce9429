"""The cross-check: every complete statement is put to a live server, and its answer laid beside nodepath's verdict.

Three are compared: nodepath's verdict on the schema source, the server's answer, and nodepath's verdict on the schema
that the server has. Where the last agrees with the server, the schema source is what differs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.audit.agreement import CrossCheck, Disagreement, Kind, Reason
from nodepath_cli.audit.analyse import Analysis, Progress
from nodepath_cli.audit.analysed import DML_KINDS, Analysed
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit
from nodepath_cli.audit.refused import refused
from nodepath_cli.audit.rules import find
from nodepath_cli.audit.schema_drift import drift
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.database_url import DatabaseUrl, configured
from nodepath_cli.database_url import parse as parse_url
from nodepath_cli.errors import UsageError
from nodepath_cli.patterns import lazy
from nodepath_cli.schema import live
from nodepath_cli.schema.live_prepare import Accepted, Answer, NotAsked, Refusal, Refused, Server, opened
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve

RULES = ("NP101", "NP102", "NP103", "NP104", "NP114")
"""The rules whose errors a server gives at PREPARE, beside its syntax errors."""

SYNTAX = 1064
NOT_UNDERSTOOD = "it was not understood"
_COUNTS = frozenset((1136, 1222, 1241))
_UNASKED = frozenset((1288,))
"""Errors of writing that no SELECT brings."""
_QUOTED = lazy(r"['`]([^'`]*)['`]")


class Judge(Struct, frozen=True):
    """A server with what it holds."""

    url: DatabaseUrl
    server: Server
    schema: Schema
    dialect: Dialect

    @property
    def name(self) -> str:
        """The URL without its password, and the server with its version."""
        version = ".".join(str(part) for part in self.schema.version)
        return f"{self.url.masked} ({self.dialect.name} {version})"


@contextmanager
def judge(text: str, settings: Settings) -> Iterator[Judge]:
    """Connect to the server of `--cross-check` (a URL, or `live` for the configured database) and read its schema.

    Raises UsageError for a SQLite URL, ConfigError where `live` is not configured, and a DatabaseError (exit 4) where
    the server does not answer as needed.
    """
    url = configured(settings.database_url, os.environ) if text == live.LIVE else parse_url(text)
    if url.dialect == "sqlite":
        raise UsageError("--cross-check asks a MySQL or MariaDB server, not SQLite", "give a mysql:// URL")
    schema = live.read(url)
    dialect = replace(settings.dialect, name=schema.dialect, version=schema.version)
    with opened(url, dialect.ansi_quotes) as server:
        yield Judge(url, server, schema, dialect)


def cross_check(analysis: Analysis, against: Judge, settings: Settings, progress: Progress | None = None) -> CrossCheck:
    """Ask the server about every complete text of every DML statement.

    Raises a DatabaseError (exit 4) where the server goes away.
    """
    run = _Run(against, settings)
    total = len(analysis.statements)
    for number, analysed in enumerate(analysis.statements):
        if progress and number % 16 == 0:
            progress(number, total)
        if analysed.counted:
            run.statement(analysed)
    if progress:
        progress(total, total)
    return CrossCheck(
        against.name,
        run.asked,
        run.asked - run.undecided - len(run.disagreements),
        run.undecided,
        tuple(run.disagreements),
        _reasons(run.not_asked),
        _reasons(run.in_part),
    )


def _reasons(counted: Counter[str]) -> tuple[Reason, ...]:
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Reason(text, count) for text, count in ordered)


class _Run(Struct):
    """One cross-check on its way."""

    judge: Judge
    settings: Settings
    asked: int = 0
    undecided: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)
    not_asked: Counter[str] = field(default_factory=Counter)
    in_part: Counter[str] = field(default_factory=Counter)
    _answers: dict[str, Answer] = field(default_factory=dict)

    def statement(self, analysed: Analysed) -> None:
        """Ask about each text of a statement once."""
        if not analysed.outcomes:
            self.not_asked[analysed.verdict[1] or NOT_UNDERSTOOD] += 1
        seen: set[str] = set()
        for outcome in analysed.outcomes:
            if isinstance(outcome, Unparsed):
                self.not_asked[outcome.reason] += 1
            elif outcome.kind not in DML_KINDS:
                self.not_asked["it is no SELECT, INSERT, REPLACE, UPDATE or DELETE"] += 1
            elif not outcome.complete:
                self.not_asked[_general(outcome.open)] += 1
            elif _temporary(outcome, analysed.target.schema):
                self.not_asked["it names a temporary table that the program makes"] += 1
            elif outcome.display not in seen:
                seen.add(outcome.display)
                self._text(analysed, outcome)

    def _text(self, analysed: Analysed, resolution: Resolution) -> None:
        sql = resolution.display
        if sql not in self._answers:
            self._answers[sql] = self.judge.server.ask(sql)
        answer = self._answers[sql]
        target = analysed.target
        own = _hits(resolution, analysed, target.schema, target.dialect)
        if isinstance(answer, Accepted) and own:
            answer = _doubtful(answer, own) or answer
        elif isinstance(answer, Refused) and resolution.variant.repeats:
            answer = _without_counts(answer)
        if isinstance(answer, NotAsked):
            self.not_asked[answer.reason] += 1
            return
        self.asked += 1
        if isinstance(answer, Accepted):
            self.in_part.update(answer.left)
        found = self._disagreement(analysed, resolution, own, answer)
        if found:
            self.disagreements.append(found)
        elif isinstance(answer, Accepted) and not own and analysed.verdict[0] != "resolved":
            self.undecided += 1

    def _disagreement(
        self, analysed: Analysed, resolution: Resolution, own: list[Hit], answer: Accepted | Refused
    ) -> Disagreement | None:
        same = _agrees(own, answer)
        live_dialect, schema = self.judge.dialect, self.judge.schema
        parsed = parse(resolution.variant, live_dialect)
        there = None if isinstance(parsed, Unparsed) else resolve(parsed, schema)
        # Of a table that no source defines nothing was said that the server could contradict.
        known = bool(own) or not (analysed.verdict[1] or "").startswith("no schema for table")
        names = drift(resolution, there) if there and known else ()
        if same and not names:
            return None
        if there is None:
            explained = isinstance(answer, Refused) and answer.refusals[0].errno == SYNTAX
        else:
            explained = _agrees(_hits(there, analysed, schema, live_dialect), answer)
        kind: Kind
        if names and (explained or same):
            kind = "schema"
        elif explained and analysed.target.dialect != live_dialect:
            kind = "dialect"
        elif isinstance(answer, Accepted):
            kind = "false-alarm"
        else:
            kind = "different-error" if own else "missed"
        statement = analysed.statement
        line, column = analysed.file.position(statement.span.start)
        verdict = _worded(own) or _not_known(analysed)
        server = "accepts" if isinstance(answer, Accepted) else _said(answer.refusals)
        path = statement.span.path
        return Disagreement(path, line, column, statement.function, resolution.display, verdict, server, kind, names)


def _temporary(resolution: Resolution, schema: Schema) -> bool:
    """Say whether a text names a table that the server has for the program's own connection alone."""
    known = {id(table) for table in schema.temporary}
    return bool(known) and any(id(each.table) in known for each in resolution.tables)


def _without_counts(answer: Refused) -> Refused | NotAsked:
    """Leave out how many values a text lists of which a part repeats: that is known only at run time."""
    refusals = tuple(each for each in answer.refusals if each.errno not in _COUNTS)
    return Refused(refusals) if refusals else NotAsked("how many values it lists is known only at run time")


def _doubtful(answer: Accepted, own: list[Hit]) -> NotAsked | None:
    """Return what the server was not asked about, where its yes does therefore not contradict nodepath's errors."""
    if answer.left:
        return NotAsked(answer.left[0])
    if not answer.as_write and all(hit.errno in _UNASKED for hit in own):
        return NotAsked("whether a table can be written to is told to those alone who may write")
    return None


def _hits(resolution: Resolution, analysed: Analysed, schema: Schema, dialect: Dialect) -> list[Hit]:
    context = Context(schema, dialect, analysed.statement, external_tables=analysed.external_tables)
    found = [hit for rule in map(find, RULES) if rule.check for hit in rule.check(resolution, context)]
    return [*found, *refused(resolution, context, syntax=True)]


def _agrees(own: list[Hit], answer: Accepted | Refused) -> bool:
    """Say whether nodepath has every error that the server has; the server stops at the first, nodepath does not."""
    if isinstance(answer, Accepted):
        return not own
    return all(any(_same(hit, refusal) for hit in own) for refusal in answer.refusals)


def _same(hit: Hit, refusal: Refusal) -> bool:
    if hit.errno != refusal.errno:
        return False
    quoted = _QUOTED.search(refusal.message)
    if not quoted or hit.identifier is None:
        return True
    # The server names it with its qualifiers, and with its database in front of a table.
    theirs, ours = quoted[1].lower(), hit.identifier.lower()
    return theirs == ours or theirs.endswith(f".{ours}")


def _worded(own: Iterable[Hit]) -> str:
    return "; ".join(f"{hit.errno}: {hit.message}" for hit in own)


def _said(refusals: Iterable[Refusal]) -> str:
    return "; ".join(f"{each.errno}: {each.message}" for each in refusals)


def _not_known(analysed: Analysed) -> str:
    status, reason = analysed.verdict
    return "accepts" if status == "resolved" else f"not known: {reason}"


def _general(reasons: tuple[str, ...]) -> str:
    """Return why a text is incomplete, without the expression behind the hole, so that reasons can be counted."""
    return reasons[0].partition(": ")[0] if reasons else NOT_UNDERSTOOD
