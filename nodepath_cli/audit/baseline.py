"""The baseline: findings that a code base had when it adopted nodepath, and that it does not fail for.

An entry stands for the findings with one fingerprint and carries their number, so that it never hides a second one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.baseline_file import Baseline, Entry, load, relative, text_of, write
from nodepath_cli.audit.finding import Finding, Judged
from nodepath_cli.audit.fingerprint import fingerprint, normal
from nodepath_cli.errors import UsageError

NEVER_HELD = frozenset({"NP502"})
"""Rules about the baseline itself and about comments: they are settled by deleting a line."""

_SHOWN = 200
"""How many characters of the SQL an entry shows; all of it is in the fingerprint."""


class Held(Struct, frozen=True):
    """What a baseline leaves of an audit's findings."""

    kept: tuple[Finding, ...]
    baselined: int
    unmatched: tuple[Entry, ...]
    """Entries that cover more findings than there are, with the number that is too much, in order of the file. Only
    those that the audit has judged."""


class Change(Struct, frozen=True):
    """What `nodepath baseline` did to a file, in findings, not entries."""

    baseline: Baseline
    added: int = 0
    removed: int = 0

    @property
    def findings(self) -> int:
        """How many findings the file covers now."""
        return sum(entry.count for entry in self.baseline.entries)


def hold(findings: Sequence[Finding], baseline: Baseline, judged: Judged) -> Held:
    """Take away the findings that a baseline covers."""
    left = Counter({entry.fingerprint: entry.count for entry in baseline.entries})
    folder = Path(baseline.file).parent
    kept = []
    for finding in findings:
        name = _name(finding, folder)
        if finding.rule not in NEVER_HELD and left[name] > 0:
            left[name] -= 1
        else:
            kept.append(finding)
    unmatched = tuple(
        replace(entry, count=left[entry.fingerprint])
        for entry in baseline.entries
        if left[entry.fingerprint] > 0 and judged.covers(entry.rule, baseline.source_path(entry), entry.function)
    )
    return Held(tuple(kept), len(findings) - len(kept), unmatched)


def create(findings: Iterable[Finding], file: str) -> Change:
    """Write a new baseline of these findings.

    Raises UsageError where the file exists or cannot be written: what is in it would be lost.
    """
    if os.path.lexists(file):
        raise UsageError(f"the baseline {file} exists", "run `nodepath baseline update`, or name another --baseline")
    entries = _of(findings, file)
    write(file, entries)
    return Change(Baseline(file, entries), added=sum(entry.count for entry in entries))


def update(findings: Sequence[Finding], file: str, judged: Judged) -> Change:
    """Make the baseline cover exactly these findings; entries that the audit has not judged stay.

    Raises as `load` does, and UsageError where the file cannot be written.
    """
    return _rewrite(findings, load(file), judged, grow=True)


def prune(findings: Sequence[Finding], file: str, judged: Judged) -> Change:
    """Take out of the baseline what is no longer found; nothing is added. Raises as `update` does."""
    return _rewrite(findings, load(file), judged, grow=False)


def _rewrite(findings: Sequence[Finding], old: Baseline, judged: Judged, *, grow: bool) -> Change:
    found = {entry.fingerprint: entry for entry in _of(findings, old.file)}
    kept: dict[str, Entry] = {}
    for entry in old.entries:
        now = found.get(entry.fingerprint)
        path = old.source_path(entry)
        settled = judged.covers(entry.rule, path, entry.function) or not os.path.lexists(path)
        count = entry.count if not settled else min(entry.count, now.count) if now else 0
        if count:
            kept[entry.fingerprint] = replace(entry, count=count, line=0)
    removed = sum(entry.count for entry in old.entries) - sum(entry.count for entry in kept.values())
    before = sum(entry.count for entry in kept.values())
    if grow:
        kept |= found
    entries = tuple(sorted(kept.values(), key=_order))
    if text_of(entries) != old.text:
        write(old.file, entries)
    added = sum(entry.count for entry in entries) - before
    return Change(Baseline(old.file, entries), added, removed)


def _of(findings: Iterable[Finding], file: str) -> tuple[Entry, ...]:
    folder = Path(file).parent
    entries: dict[str, Entry] = {}
    for finding in findings:
        if finding.rule in NEVER_HELD:
            continue
        name = _name(finding, folder)
        before = entries.get(name)
        entries[name] = replace(before, count=before.count + 1) if before else _entry(finding, name, folder)
    return tuple(sorted(entries.values(), key=_order))


def _entry(finding: Finding, name: str, folder: Path) -> Entry:
    sql = normal(finding.sql)
    return Entry(
        relative(finding.path, folder),
        finding.rule,
        finding.function or "",
        finding.identifier or "",
        name,
        sql if len(sql) <= _SHOWN else sql[: _SHOWN - 3] + "...",
        1,
    )


def _name(finding: Finding, folder: Path) -> str:
    path = relative(finding.path, folder)
    return fingerprint(finding.rule, path, finding.function, finding.sql, finding.identifier)


def _order(entry: Entry) -> tuple[str, str, str, str, str]:
    return entry.path, entry.rule, entry.function, entry.identifier, entry.fingerprint
