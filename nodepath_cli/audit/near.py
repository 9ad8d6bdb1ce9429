"""Names that a wrong name may stand for: the neighbours of a table, the replacements of a column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from nodepath_cli.audit.finding import Suggestion
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Rename, Schema, Table, TableRename

MOST = 3
"""How many suggestions a finding carries at most."""

_SIMILAR = 0.62
"""Similarity from which a column name is offered on its own; below it, mere chance pairs begin (`stage`, `status`)."""
_SIMILAR_USED = 0.5
"""The same for a column that other statements on the table use. At 0.45 every second column of a table has a "similar"
one beside it (`retired_at`, `price_cents`)."""
_AS_GOOD = 0.75
"""Likeness from which a column is offered beside one that is a proven replacement."""
_USED_BONUS = 0.2
"""How much likeness the use by other statements is worth: not so much that a far name hides an almost equal one."""
_EDIT_MIN_LENGTH = 6
"""A table's neighbour by one edit needs more than five letters (product.md, "Schema sources")."""

_WORDS = "te?mp|bak|backup|old|new|copy|shadow"
_COPY = lazy(rf"_(?:{_WORDS})\d*$|^_?(?:{_WORDS})_", re.IGNORECASE)
"""What is put beside a table under such a name is made of it for a while: the table itself is there."""


def similarity(left: str, right: str) -> float:
    """Return how alike two names are, 0 to 1: by edits, or by their words in any order (`device_id`, `id_device`)."""
    from rapidfuzz.distance import DamerauLevenshtein, Indel

    left, right = left.lower(), right.lower()
    by_edits = DamerauLevenshtein.normalized_similarity(left, right)
    ours, theirs = (" ".join(sorted(name.replace("_", " ").split())) for name in (left, right))
    by_words = Indel.normalized_similarity(ours, theirs) if ours != left or theirs != right else 0.0
    return max(by_edits, by_words)


@lru_cache(maxsize=64)
def affixes(names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the `("", "_suffix")` and `("prefix_", "")` pairs that two or more of the table names share."""
    suffixes: Counter[str] = Counter()
    prefixes: Counter[str] = Counter()
    for name in names:
        for index, character in enumerate(name):
            if character == "_" and index:
                suffixes[name[index:]] += 1
                prefixes[name[: index + 1]] += 1
    return tuple(
        [("", suffix) for suffix, count in suffixes.items() if count > 1 and len(suffix) > 1]
        + [(prefix, "") for prefix, count in prefixes.items() if count > 1]
    )


def near_tables(name: str, schema: Schema) -> tuple[Suggestion, ...]:
    """Return the known tables that have nearly this name, the nearest first.

    Nearly: another case; one edit, for names over five letters; or short of exactly an affix that two or more known
    tables share (`ai_session` for `ai_session_nodepath`).
    """
    from rapidfuzz.distance import DamerauLevenshtein

    known = [table.name for table in schema.tables if table.database is None]
    by_case, by_affix, by_edit = [], [], []
    shared = affixes(frozenset(known))
    for other in known:
        if other == name:
            continue
        if other.lower() == name.lower():
            by_case.append(Suggestion(other, "same name in another case"))
        elif any(f"{prefix}{name}{suffix}" == other for prefix, suffix in shared) and not _COPY.search(other):
            prefix, suffix = next(pair for pair in shared if f"{pair[0]}{name}{pair[1]}" == other)
            side = f"prefix {prefix!r}" if prefix else f"suffix {suffix!r}"
            by_affix.append(Suggestion(other, f"with the {side} that other tables have"))
        elif min(len(name), len(other)) >= _EDIT_MIN_LENGTH and DamerauLevenshtein.distance(name, other) == 1:
            by_edit.append(Suggestion(other, "one letter differs", guessed=True))
    return tuple((by_case + by_affix + by_edit)[:MOST])


def renamed_tables(name: str, schema: Schema, renames: Iterable[TableRename]) -> tuple[Suggestion, ...]:
    """Return the tables that have had this name, where it is not taken any more."""
    found = {each.new: Suggestion(each.new, each.reason) for each in renames if each.old == name}
    return tuple(each for new, each in found.items() if schema.table(new) is not None)


def similar_tables(name: str, schema: Schema) -> tuple[Suggestion, ...]:
    """Return known tables that may be meant, for a table that certainly does not exist: near ones, else alike ones."""
    near = near_tables(name, schema)
    if near:
        return near
    # The name itself may be there: the statement's own text has dropped the table then.
    others = [table.name for table in schema.tables if table.database is None and table.name != name]
    ranked = sorted(((similarity(name, other), other) for other in others), reverse=True)
    return tuple(Suggestion(other, "similar name", guessed=True) for score, other in ranked[:MOST] if score >= 0.75)


def column_suggestions(
    name: str,
    tables: Sequence[Table],
    renames: Iterable[Rename],
    siblings: Mapping[str, Mapping[str, int]],
) -> tuple[Suggestion, ...]:
    """Return what an unknown column of these tables may be: former names, then sibling queries, then likeness."""
    found: dict[str, Suggestion] = {}
    known = [rename for rename in renames if name.lower() in (rename.old.lower(), rename.new.lower())]
    for rename in known:
        for table in tables:
            if rename.old.lower() == name.lower() and rename.table == table.name and table.column(rename.new):
                found.setdefault(rename.new, Suggestion(rename.new, rename.reason))
    for rename in known:
        for table in tables:
            if rename.new.lower() == name.lower() and rename.table == table.name and table.column(rename.old):
                # The code is ahead of a migration that has not run there.
                reason = f"not yet {rename.reason}" if rename.reason.startswith("renamed in") else rename.reason
                found.setdefault(rename.old, Suggestion(rename.old, reason))
    # Beside a name that is certain, or one that is much alike, a far one only distracts.
    least = _AS_GOOD if found else 0.0
    ranked = []
    for table in tables:
        counts = siblings.get(table.name, {})
        for column in table.columns:
            score = similarity(name, column.name)
            count = counts.get(column.name.lower(), 0)
            if count and score >= _SIMILAR_USED:
                others = "another statement" if count == 1 else f"{count} other statements"
                ranked.append((-score - _USED_BONUS, column.name, f"used by {others} on {table.name}", score))
            elif score >= _SIMILAR:
                ranked.append((-score, column.name, f"similar name in {table.name}", score))
    if any(score >= _SIMILAR for *_, score in ranked):
        least = max(least, _SIMILAR)
    for _, column_name, reason, score in sorted(ranked):
        if score >= least:
            found.setdefault(column_name, Suggestion(column_name, reason, guessed=True))
    return tuple(found.values())[:MOST]
