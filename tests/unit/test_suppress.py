"""A comment hides exactly the rules that it names, at exactly the place where it stands."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.finding import Finding, Position
from nodepath_cli.audit.suppress import apply
from nodepath_cli.source.files import SourceFile
from tests.snapshots.reports import FORMER_NAME


def finding(line: int, rule: str = "NP101", statement_line: int = 0, path: str = "a.go") -> Finding:
    """A finding on a line; its statement begins on the same line if nothing else is said."""
    return replace(
        FORMER_NAME,
        rule=rule,
        path=path,
        position=Position(line, 5, line, 9),
        statement_path="a.go",
        statement_line=statement_line or line,
    )


def kept(text: str, *findings: Finding) -> list[tuple[str, int]]:
    """What a file's comments leave of the findings."""
    left = apply(findings, {"a.go": SourceFile("a.go", text)})
    assert left.suppressed == len(findings) - len(left.kept)
    return [(each.rule, each.position.line) for each in left.kept]


@pytest.mark.parametrize(
    "comment",
    [
        "// nodepath: ignore[NP101] the table is made at run time",
        "//nodepath:ignore[NP101]",
        "-- nodepath: ignore[NP101]",
        "# nodepath: ignore[NP101]",
        "/* nodepath: ignore[NP101] reason */",
        "// nodepath: ignore[NP104, np101]",
    ],
)
def test_a_comment_counts_on_its_line_and_alone_on_the_line_above(comment: str) -> None:
    assert kept(f"x := 1\ncode() {comment}\n", finding(2)) == []
    assert kept(f"x := 1\n\t{comment}\ncode()\n", finding(3)) == []


@pytest.mark.parametrize(
    "comment",
    [
        "// nodepath: ignore",
        "// nodepath: ignore[]",
        "// nodepath: ignore[NP102]",
        "// nodepath: ignore[NP10]",
        "// nodepath ignore[NP101]",
        '"nodepath: ignore[NP101]"',
        '"http://nodepath: ignore[NP101]"',
    ],
)
def test_what_names_no_such_rule_or_is_no_comment_hides_nothing(comment: str) -> None:
    assert kept(f"code() {comment}\n", finding(1)) == [("NP101", 1)]


def test_only_the_named_rules_are_hidden() -> None:
    assert kept("code() // nodepath: ignore[NP101]\n", finding(1), finding(1, "NP102")) == [("NP102", 1)]


def test_a_comment_behind_code_does_not_reach_the_line_below() -> None:
    text = "one() // nodepath: ignore[NP101]\ntwo()\n"
    assert kept(text, finding(1), finding(2)) == [("NP101", 2)]


def test_a_comment_reaches_one_line_below_and_not_two() -> None:
    assert kept("// nodepath: ignore[NP101]\none()\ntwo()\n", finding(3)) == [("NP101", 3)]


def test_comments_above_each_other_all_count() -> None:
    text = "// nodepath: ignore[NP101] one\n// nodepath: ignore[NP105] two\ncode()\n"
    assert kept(text, finding(3), finding(3, "NP105")) == []


def test_a_comment_on_the_first_line_of_the_statement_counts_for_all_of_it() -> None:
    text = "// nodepath: ignore[NP101]\nq := `\nSELECT\nnmae\n`\n"
    assert kept(text, finding(4, statement_line=2)) == []


def test_a_statement_of_another_file_is_looked_up_there() -> None:
    sources = {
        "a.go": SourceFile("a.go", "// nodepath: ignore[NP101]\nq := `...`\n"),
        "b.go": SourceFile("b.go", "const c = `nmae`\n"),
    }
    left = apply([finding(1, statement_line=2, path="b.go")], sources)
    assert (left.kept, left.suppressed) == ((), 1)


def test_comments_that_hide_nothing_are_named() -> None:
    text = "one() // nodepath: ignore[NP101]\ntwo() // nodepath: ignore[NP101]\n"
    result = apply([finding(1)], {"a.go": SourceFile("a.go", text)})
    assert [(each.path, each.line, each.rules) for each in result.unused] == [("a.go", 2, ("NP101",))]


def test_of_a_comment_that_names_several_rules_the_idle_ones_are_named() -> None:
    text = "one() // nodepath: ignore[NP101, NP105]\n"
    result = apply([finding(1)], {"a.go": SourceFile("a.go", text)})
    (idle,) = result.unused
    assert (idle.rules, text[idle.column - 1 : idle.end_column - 1]) == (("NP105",), text[6:-1])
