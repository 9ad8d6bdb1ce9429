"""Suppression comments: `// nodepath: ignore[NP101] reason` on the line, or alone on the line above.

The comment may be Go's or C's (`//`, `/* */`) or SQL's (`--`, `#`, `/* */`), so that it can stand beside the SQL or
inside it. The rules have to be named: a bare `ignore` would also hide what is found later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.finding import Finding
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import SourceFile

_COMMENT = lazy(r"(?:(?<!:)//|--|/\*|#)[ \t]*nodepath:[ \t]*ignore\[(?P<rules>[^\]\n]*)\]")
_ALONE = lazy(r"\s*(?://|--|/\*|#)")
_MARK = b"nodepath:"


class Comment(Struct, frozen=True):
    """One suppression comment."""

    path: str
    line: int
    """1-based."""
    rules: tuple[str, ...]
    """The ids between the brackets, in upper case."""
    alone: bool
    """Nothing stands before it on its line: it then counts for the line below, too."""
    column: int = 1
    """Where it begins, 1-based."""
    end_column: int = 1
    """Behind its closing bracket."""


class Suppressed(Struct, frozen=True):
    """What the comments of a tree leave."""

    kept: tuple[Finding, ...]
    suppressed: int
    unused: tuple[Comment, ...]
    """Comments with the rules of theirs that hid nothing, in order of path and line (NP502)."""


def comments(file: SourceFile) -> Iterator[Comment]:
    """Yield the suppression comments of a file, in order."""
    if _MARK not in file.data:
        return
    for match in _COMMENT.finditer(file.text):
        line, column = file.position(match.start())
        named = tuple(dict.fromkeys(part.strip().upper() for part in match["rules"].split(",") if part.strip()))
        before = file.line_text(line)[: column - 1]
        yield Comment(file.path, line, named, not before.strip(), column, column + len(match.group()))


ByLine: TypeAlias = Mapping[str, Mapping[int, Comment]]
"""The comments of files that have some, by path and line."""


def by_line(files: Iterable[SourceFile]) -> ByLine:
    """Return the suppression comments of some files."""
    found = {file.path: {each.line: each for each in comments(file)} for file in files}
    return {path: of_file for path, of_file in found.items() if of_file}


def apply(findings: Iterable[Finding], sources: Mapping[str, SourceFile], known: ByLine | None = None) -> Suppressed:
    """Take away the findings that a comment in their file, or in their statement's file, names.

    `known` are the comments of all sources, where they were looked for before.
    """
    if known is None:
        known = by_line(sources.values())
    used: set[tuple[str, int, str]] = set()
    kept = []
    suppressed = 0
    for finding in findings:
        comment = _comment_for(finding, known, sources)
        if comment is None:
            kept.append(finding)
        else:
            suppressed += 1
            used.add((comment.path, comment.line, finding.rule))
    left = (_unused(each, used) for path in sorted(known) for each in known[path].values())
    return Suppressed(tuple(kept), suppressed, tuple(each for each in left if each.rules))


def _unused(comment: Comment, used: set[tuple[str, int, str]]) -> Comment:
    return replace(
        comment, rules=tuple(rule for rule in comment.rules if (comment.path, comment.line, rule) not in used)
    )


def _comment_for(finding: Finding, known: ByLine, sources: Mapping[str, SourceFile]) -> Comment | None:
    places = ((finding.path, finding.position.line), (finding.statement_path, finding.statement_line))
    for path, line in places:
        of_file = known.get(path)
        if not of_file:
            continue
        for each in _in_reach(of_file, line, sources[path]):
            if finding.rule in each.rules:
                return each
    return None


def _in_reach(of_file: Mapping[int, Comment], line: int, file: SourceFile) -> Iterator[Comment]:
    """Yield the comments on the line and in the block of comment lines directly above it.

    A comment behind code counts for that code alone: it must not hide what stands on the line below.
    """
    if line in of_file:
        yield of_file[line]
    above = line - 1
    while above >= 1 and _ALONE.match(file.line_text(above)):
        if above in of_file and of_file[above].alone:
            yield of_file[above]
        above -= 1
