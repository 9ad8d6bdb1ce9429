"""Go files cut by their text: every piece is what the parser of the whole file finds there."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Node, Parser

from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.pieces import split
from nodepath_cli.source.hosts._go.syntax import LANGUAGE, GoFile

DECLARATIONS = [
    'import "database/sql"\n',
    'import (\n\t"fmt"\n\tlog "x/y"\n)\n',
    "const a, b = 1, `SELECT\nfunc not() {}\n`\n",
    "type T struct {\n\tf func(int) (string, error)\n}\n",
    "//go:embed schema.sql\nvar schema string\n",
    "var (\n\tq = \"{\"\n\tr = '`'\n)\n",
    "func f() {}\n",
    "func f(a int) (n int, err error) {\n\treturn run(`UPDATE t\nvar x = 1 WHERE a = ?`, a)\n}\n",
    "func (s *T) m() string { return s.f(1) }\n",
    "func (T[K]) m() { /* { */ }\n",
    "func g[K comparable, V int | string](m map[K]V) (r struct{ a int }) {\n\treturn\n}\n",
    "func (s *T) n() {\n\tdefer func() {\n\t\tgo s.m()\n\t}()\n}\n",
    # Not as gofmt writes it.
    "func h() {\nvar x = 1\nconst y = 2\ntype z int\n_ = x\n}\n",
    'func i() { a := "{" }\n',
    'func j() { a := "}" }\n',
    "func external(a int) int\n",
    "/*\nfunc commented() {\n*/\nfunc k() {}\n",
    "// func commented() {\nfunc l() {} // }\n",
    "func é() { ö() }\n",
]


def by_parser(text: bytes) -> set[tuple[str, str, int, int]]:
    """Name, receiver and extent of each function as a parser sees the whole file."""
    found = set()
    for node in Parser(LANGUAGE).parse(text).root_node.named_children:
        name = node.child_by_field_name("name")
        if node.type in ("function_declaration", "method_declaration") and name is not None:
            found.add((text_of(text, name), receiver(text, node), node.start_byte, node.end_byte))
    return found


def receiver(text: bytes, node: Node) -> str:
    listing = node.child_by_field_name("receiver")
    words = re.findall(r"\w+", text_of(text, listing)) if listing is not None else []
    return words[0] if words[:1] == ["T"] else "".join(words[1:2])


def text_of(text: bytes, node: Node) -> str:
    return text[node.start_byte : node.end_byte].decode()


@given(
    st.lists(st.sampled_from(DECLARATIONS), max_size=8), st.sampled_from(["", "// Package p.\n", "/*\nfunc p\n*/\n"])
)
def test_the_functions_of_a_file_are_those_that_its_parser_finds(declarations: list[str], comment: str) -> None:
    text = comment + "package p\n\n" + "\n".join(declarations)
    file = GoFile(SourceFile("p/p.go", text))
    routines = Index([file]).of(file).all_routines()
    assert {(each.name, each.receiver, each.start_byte, each.end_byte) for each in routines} == by_parser(text.encode())
    assert all((each.node.start_byte, each.node.end_byte) == (each.start_byte, each.end_byte) for each in routines)


@given(st.lists(st.sampled_from(DECLARATIONS), max_size=8))
def test_every_other_declaration_is_whole_in_what_is_parsed_at_once(declarations: list[str]) -> None:
    text = ("package p\n\n" + "\n".join(declarations)).encode()
    others = split(text).others
    assert all(first[1] <= second[0] for first, second in pairwise(others))
    for node in Parser(LANGUAGE).parse(text).root_node.named_children:
        if node.type in ("import_declaration", "const_declaration", "type_declaration", "var_declaration"):
            assert any(start <= node.start_byte and node.end_byte <= end for start, end in others)


def test_a_function_of_usual_code_is_not_parsed_with_the_rest() -> None:
    text = "package p\n\n" + "\n".join(DECLARATIONS[:5] + DECLARATIONS[6:9])
    # One `f` has a line in a raw string that begins as a declaration does: it goes with the rest.
    assert [each.name for each in split(text.encode()).functions] == ["f", "m"]


@pytest.mark.parametrize("broken", ["func f() {\n\tg(\n}\n", "func f() {\n", "var x = {\n", "func f() { a := `x }\n"])
def test_what_stands_in_front_of_a_fault_is_found(broken: str) -> None:
    file = GoFile(SourceFile("p/p.go", "package p\n\nfunc before() {}\n\n" + broken))
    assert "before" in Index([file]).of(file).routines


def test_a_file_that_is_one_function_has_it_once() -> None:
    file = GoFile(SourceFile("p/p.go", "func f() {}\n"))
    assert [(each.name, each.start_byte) for each in Index([file]).of(file).all_routines()] == [("f", 0)]
