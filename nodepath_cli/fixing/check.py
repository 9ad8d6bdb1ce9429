"""The fixed files are audited in memory: a rewrite that brings an error, there or elsewhere, is not made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from nodepath_cli.audit.analyse import Analysis, analyse
from nodepath_cli.audit.finding import Finding, Rule
from nodepath_cli.audit.run import findings_in
from nodepath_cli.config import Settings
from nodepath_cli.source.files import SourceFile


def new_errors(
    before: Analysis, fixed: Mapping[str, SourceFile], active: Sequence[Rule], settings: Settings
) -> tuple[Finding, ...]:
    """Return the errors that the files have with `fixed` in the place of theirs and did not have before."""
    files = tuple(fixed.get(file.path, file) for file in before.files.files)
    after = analyse((), settings, files=replace(before.files, files=files))
    known = Counter(each.fingerprint for each in findings_in(before, active))
    found = []
    for each in findings_in(after, active):
        if known[each.fingerprint] > 0:
            known[each.fingerprint] -= 1
        else:
            found.append(each)
    return tuple(found)
