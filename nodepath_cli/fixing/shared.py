"""Letters that several statements use: an edit must be right for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.fixing.records import Edit
from nodepath_cli.fixing.rewrite import Proposal


class Letters:
    """Which statements stand where in the source."""

    def __init__(self, analysis: Analysis) -> None:
        """Note every piece of source that a statement's texts are made of."""
        self._pieces: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._statements = analysis.statements
        for number, analysed in enumerate(analysis.statements):
            found = {
                (segment.source.path, segment.source.start, segment.source.end)
                for variant in analysed.statement.variants
                for segment in variant.offsets.segments
            }
            for path, start, end in found:
                self._pieces[path].append((start, end, number))

    def of(self, edit: Edit) -> list[Analysed]:
        """Return the statements that have the edited letters in one of their texts."""
        numbers = dict.fromkeys(
            number for start, end, number in self._pieces[edit.path] if start < edit.end and end > edit.start
        )
        return [self._statements[number] for number in numbers]


def disagreeing(proposals: Sequence[Proposal], letters: Letters) -> dict[int, str]:
    """Return, by the number of a proposal, why it cannot be: another statement uses its letters in another way.

    Where one falls away, those that share letters with it fall, too: ask again with the rest.
    """
    wanted = {id(each.analysed): set(each.edits) for each in proposals}
    found: dict[int, str] = {}
    for number, each in enumerate(proposals):
        for edit in each.edits:
            for other in letters.of(edit):
                if edit not in wanted.get(id(other), ()):
                    line = other.file.position(other.statement.span.start)[0]
                    place = f"{other.statement.span.path}:{line}"
                    how = ", which uses it rightly" if other.sound else ""
                    found.setdefault(number, f"the text of '{edit.old}' serves the statement at {place}, too{how}")
    return found
