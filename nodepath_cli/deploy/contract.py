"""`--contract TABLE.COLUMN`: the proof that no statement reads or writes it any more, or the list of those that do."""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.audit.uses import Index, Subject, blind_of, index, subject, uses_of
from nodepath_cli.deploy.code import Code
from nodepath_cli.deploy.records import CodeBlind, CodeUse, Contract
from nodepath_cli.errors import UsageError


def contract(name: str, codes: Sequence[Code]) -> Contract:
    """Return who still uses a column, or a whole table, in any of these versions of the code.

    `SELECT *` and an INSERT without a column list use every column. A statement that was not fully understood and may
    use the table proves nothing: it is listed. Raises UsageError for a name that neither schema nor code know.
    """
    indexes = [(code, index(code.analysis)) for code in codes]
    asked = _subject(name, [known for _, known in indexes])
    uses = []
    blind = []
    for code, known in indexes:
        uses += [CodeUse(code.ref, use) for use in uses_of(asked, known)]
        blind += [CodeBlind(code.ref, each) for each in blind_of(asked.table, known)]
    return Contract(asked, tuple(code.ref for code in codes), tuple(uses), tuple(blind))


def _subject(name: str, indexes: Sequence[Index]) -> Subject:
    """Return what the name means in the first version of the code that knows it."""
    for known in indexes[:-1]:
        try:
            return subject(name, known)
        except UsageError:
            continue
    return subject(name, indexes[-1])
