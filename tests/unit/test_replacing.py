"""What the settings replace in SQL is replaced before anybody reads it, and every place stays that of the source."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.run import audit
from nodepath_cli.config import Settings
from nodepath_cli.source.replacing import in_text, in_variant
from nodepath_cli.source.statement import HOLE, Separator
from tests.resolving import resolved, variant
from tests.tree import Tree, go


def test_the_longest_key_is_replaced_first_and_places_stay_those_of_the_source() -> None:
    sql = "SELECT nosuch, name FROM __PREFIX__customers WHERE __PREFIX__X = nope"
    found = resolved(sql, replace=(("__PREFIX__", ""), ("__PREFIX__X", "name")))
    at = found.variant.offsets.locate
    missing = [(each.name, at(each.start, each.end)) for each in found.columns if each.errno]
    assert [(name, sql[place.start : place.end]) for name, place in missing] == [("nosuch", "nosuch"), ("nope", "nope")]
    [table] = found.tables
    place = at(table.start, table.end)
    assert (table.name, sql[place.start : place.end]) == ("customers", "customers")


def test_a_name_made_by_a_replacement_is_framed_by_what_was_replaced() -> None:
    sql = "SELECT id FROM {{.Table}} WHERE nosuch = 1"
    found = resolved(sql, replace=(("{{.Table}}", "orders"),))
    spans = [(each.start, each.end) for each in found.tables] + [(each.start, each.end) for each in found.columns]
    places = [found.variant.offsets.locate(*each) for each in spans]
    assert [sql[each.start : each.end] for each in places] == ["{{.Table}}", "id", "nosuch"]


def test_nothing_to_replace_leaves_the_text_alone() -> None:
    text = variant("SELECT 1")
    assert in_variant(text, (("x_", "y"), ("", "z"))) is text
    assert in_text("SELECT 1", (("x_", "y"), ("", "z"))) == "SELECT 1"


def test_holes_and_parts_move_with_the_text() -> None:
    begun = variant("SELECT id FROM _T_ WHERE @@ IN (?), _T_.x = 1")
    rounds, between = begun.sql.index("(?)"), begun.sql.index(", ")
    begun = replace(
        begun, repeats=((rounds, rounds + 3),), separators=(Separator(between, between + 2, ", ", own=True),)
    )
    found = in_variant(begun, (("_T_", "others"), ("IN ", "NOT IN ")))
    assert found.sql == f"SELECT id FROM others WHERE {HOLE} NOT IN (?), others.x = 1"
    assert found.sql[found.holes[0].offset] == HOLE
    assert [found.sql[start:end] for start, end in found.repeats] == ["(?)"]
    assert [found.sql[each.start : each.end] for each in found.separators] == [", "]


PREFIXED = Settings(replace=(("__PREFIX__", "chat_"), (" AUTOINCREMENT", " AUTO_INCREMENT")))
DDL = "CREATE TABLE __PREFIX__posts (id INT PRIMARY KEY AUTOINCREMENT, title VARCHAR(20) NOT NULL);\n"
QUERIES = '"SELECT titel FROM __PREFIX__posts"', '"SELECT title FROM chat_posts"', '"SELECT id FROM __PREFIX__post"'


def found(settings: Settings) -> list[tuple[str, str | None]]:
    """What is found in the working directory: rule and name."""
    return [(each.rule, each.identifier) for each in audit((".",), settings).findings]


@pytest.mark.parametrize("name", ["schema.sql", "migrations/001_posts.up.sql"])
def test_the_schema_of_the_tree_has_the_names_that_queries_ask_for(tree: Tree, name: str) -> None:
    tree.write(name, DDL)
    tree.write("a.go", go(*QUERIES))
    assert found(PREFIXED) == [("NP101", "titel"), ("NP102", "chat_post")]


def test_so_has_one_that_the_code_makes(tree: Tree) -> None:
    tree.write("a.go", go(f"`{DDL.strip().rstrip(';')}`", *QUERIES))
    assert found(PREFIXED) == [("NP101", "titel"), ("NP102", "chat_post")]


@pytest.mark.parametrize("source", ["db/schema.sql", "db"])
def test_so_has_one_that_is_given(tree: Tree, source: str) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("app/a.go", go(*QUERIES))
    settings = replace(PREFIXED, schema=(source,))
    assert [(each.rule, each.identifier) for each in audit(("app",), settings).findings] == [
        ("NP101", "titel"),
        ("NP102", "chat_post"),
    ]


def test_what_is_replaced_is_not_replaced_again(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE posts (id INT PRIMARY KEY);\n")
    tree.write("a.go", go('"SELECT id FROM posts"', '"SELECT x FROM posts"'))
    assert found(Settings(replace=(("posts", "chat_posts"),))) == [("NP101", "x")]
