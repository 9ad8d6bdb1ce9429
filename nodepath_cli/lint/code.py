"""Where the code names the tables and columns that migrations take away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from nodepath_cli.audit.analyse import analyse
from nodepath_cli.audit.finding import Position, RelatedPlace
from nodepath_cli.audit.history import CodeUse
from nodepath_cli.config import Settings
from nodepath_cli.errors import NothingToAudit
from nodepath_cli.source.statement import Span

Uses = Mapping[tuple[str, str | None], tuple[CodeUse, ...]]


def uses(paths: Sequence[str], settings: Settings) -> Uses:
    """Return every place of the code, by table and column in lower case and by table alone.

    Statements of `.sql` files are no code here. {} where the paths hold none. Raises as `analyse` does.
    """
    try:
        analysis = analyse(paths, settings)
    except NothingToAudit:
        return {}
    files = {file.path: file for file in analysis.files.files}
    found: dict[tuple[str, str | None], dict[Span, CodeUse]] = defaultdict(dict)
    for analysed in analysis.statements:
        if analysed.statement.host == "sql":
            continue
        for resolution in analysed.resolutions:
            locate = resolution.variant.offsets.locate
            named = [((each.name.lower(), None), locate(each.start, each.end)) for each in resolution.tables]
            of_column = [
                ((each.table.name.lower(), each.name.lower()), locate(each.start, each.end))
                for each in resolution.columns
                if each.table is not None
            ]
            for key, span in (*named, *of_column):
                file = files[span.path]
                position = Position(*file.position(span.start), *file.position(span.end))
                place = RelatedPlace(span.path, position, "named here")
                found[key].setdefault(span, CodeUse(place, analysed.statement.function))
    return {key: tuple(each for _, each in sorted(places.items())) for key, places in found.items()}
