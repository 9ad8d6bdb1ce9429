"""A large Go program is evaluated in two shares: what one needs to know of the other, and what both know."""

from __future__ import annotations

from collections.abc import Mapping
from unittest.mock import patch

import pytest

from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts._go import relevant, shares
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.part import Part
from nodepath_cli.source.hosts._go.syntax import GoFile
from tests.unit.go_host import divided, statements, variants

pytestmark = pytest.mark.usefixtures("alone")

_HEAD = 'import (\n\t"database/sql"\n\t"fmt"\n)\n'
_DB = "type repo struct{ db *sql.DB }\n"

WRAPPER_IN_THE_FIRST = {
    "a/a.go": f"package p\n{_HEAD}{_DB}func (r *repo) run(table, id string) {{\n"
    '\tr.db.Exec("DELETE FROM " + table + " WHERE id = ?", id)\n}\n',
    "a/z.go": 'package p\nfunc (r *repo) drop(id string) {\n\tr.run("users", id)\n}\n'
    'func (r *repo) forget(id string) {\n\tr.run("guests", id)\n}\n',
}
WRAPPER_IN_THE_SECOND = {
    "a/a.go": f"package p\n{_HEAD}{_DB}"
    'func (r *repo) drop(id string) {\n\tr.run("users", id)\n\tr.db.Exec("DELETE FROM sessions")\n}\n',
    "a/z.go": "package p\nfunc (r *repo) run(table, id string) {\n"
    '\tr.db.Exec("DELETE FROM " + table + " WHERE id = ?", id)\n}\n',
}
CONSTANT_OF_THE_OTHER = {
    "a/a.go": f"package p\n{_HEAD}{_DB}const byID = selectUser + ` WHERE id = ?`\n"
    "const selectUser = `SELECT name FROM users`\n",
    "b/z.go": 'package q\nimport "example.com/m/a"\nfunc find(db interface{ Do(string) }) {\n\tdb.Do(p.ByID)\n}\n',
    "a/z.go": "package p\nconst ByID = byID\nfunc (r *repo) find(id string) {\n\tr.db.QueryRow(byID, id)\n}\n",
}
PREPARED_BY_THE_OTHER = {
    "a/a.go": f"package p\n{_HEAD}type store struct{{ find *sql.Stmt }}\n"
    "func open(db *sql.DB) *store {\n\ts := &store{}\n"
    '\ts.find, _ = db.Prepare("SELECT name FROM users WHERE id = ? AND age > ?")\n\treturn s\n}\n',
    "a/z.go": 'package p\nfunc (s *store) name(id string) {\n\ts.find.QueryRow(id)\n\tlog("SELECT 1 FROM users")\n}\n',
}
BRANCH_OF_BOTH = {
    "a/a.go": f"package p\n{_HEAD}{_DB}var withDeleted bool\n"
    'func (r *repo) list() {\n\tquery := "SELECT name FROM users"\n'
    '\tif withDeleted {\n\t\tquery += " WHERE deleted = 1"\n\t}\n\tr.db.Query(query)\n}\n',
    "a/z.go": 'package p\nfunc (r *repo) count() {\n\tquery := "SELECT COUNT(*) FROM users"\n'
    '\tif withDeleted {\n\t\tquery += " WHERE deleted = 1"\n\t}\n\tr.db.Query(query)\n}\n',
}
PROGRAMS = {
    "a wrapper in the first": WRAPPER_IN_THE_FIRST,
    "a wrapper in the second": WRAPPER_IN_THE_SECOND,
    "a constant": CONSTANT_OF_THE_OTHER,
    "a prepared statement": PREPARED_BY_THE_OTHER,
    "one condition": BRANCH_OF_BOTH,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_two_processes_find_what_one_finds(program: Mapping[str, str]) -> None:
    assert divided(program, jobs=2) == divided(program, jobs=1)
    assert len(divided(program, jobs=2)) == len(statements(program))


def test_the_callers_in_one_share_fill_in_the_sql_of_the_other() -> None:
    found = [text for each in divided(WRAPPER_IN_THE_FIRST, jobs=2) for text in variants(each)]
    assert sorted(found) == ["DELETE FROM guests WHERE id = ?", "DELETE FROM users WHERE id = ?"]


def test_uses_of_a_statement_that_the_other_share_prepared_are_counted() -> None:
    found = divided(PREPARED_BY_THE_OTHER, jobs=2)
    counts = [use.count for each in found if "age" in each.sql for use in each.uses]
    assert 1 in counts, "QueryRow(id) gives one value for two placeholders"


@pytest.mark.usefixtures("second_process_fails")
def test_where_the_second_process_fails_the_first_does_all_the_work() -> None:
    expected = divided(WRAPPER_IN_THE_FIRST, jobs=1)
    assert divided(WRAPPER_IN_THE_FIRST, jobs=2) == expected


def test_an_error_of_both_is_that_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> object:
        raise ValueError("broken")

    monkeypatch.setattr("nodepath_cli.source.hosts._go.analysis.divided", fails)
    with pytest.raises(ValueError, match="broken"):
        divided(WRAPPER_IN_THE_FIRST, jobs=2)


def _dealt(functions: str) -> list[list[str]]:
    """Return the names of the functions of a file that are dealt out together."""
    file = GoFile(SourceFile("a/a.go", f"package p\n{_HEAD}{_DB}{functions}"))
    index = Index([file])
    with patch.object(shares, "_WORTH", 0):
        found = shares.divided(index, {file.path: relevant.costs(file.data)}, 0)
    return [[each.name for each in part.routines(index.of(file))] for half in found.dealt for part, _ in half]


def _function(number: int, lines: int = 100) -> str:
    more = "\tr.count++\n" * lines
    return f'func (r *repo) f{number}() {{\n{more}\tr.db.Exec("DELETE FROM t{number} WHERE id = 1")\n}}\n'


def test_a_file_that_is_most_of_a_program_is_divided_between_functions() -> None:
    found = _dealt("".join(map(_function, range(100))))
    assert [name for run in found for name in run] == [f"f{number}" for number in range(100)]
    assert max(map(len, found)) <= 3


def test_what_costs_more_than_all_the_rest_is_not_cut() -> None:
    found = _dealt("".join(_function(number, 2_000 if number == 1 else 1) for number in range(20)))
    assert [name for run in found for name in run] == [f"f{number}" for number in range(20)]
    assert ["f1"] in found


def test_parts_that_lie_side_by_side_in_a_file_are_one() -> None:
    file, other = (GoFile(SourceFile(path, "package p\n")) for path in ("a/a.go", "a/b.go"))
    parts = [Part(other), Part(file, range(9, 20)), Part(file, range(30, 40)), Part(file, range(9))]
    assert shares.joined(parts) == [Part(file, range(20)), Part(file, range(30, 40)), Part(other)]


def test_of_two_calls_that_send_one_text_the_first_in_the_source_is_told() -> None:
    program = {
        "a/a.go": f"package p\n{_HEAD}{_DB}const purge = `DELETE FROM guests`\n",
        "a/b.go": "package p\nfunc (r *repo) first() {\n\tr.db.Exec(purge)\n}\n",
        "a/c.go": "package p\nfunc (r *repo) second() {\n\tr.db.Exec(purge)\n}\n"
        + "".join(f'func (r *repo) f{n}() {{\n\tr.db.Exec("DELETE FROM t{n}")\n}}\n' for n in range(20)),
    }
    told = [each.function for each in divided(program, jobs=2) if each.sql == "DELETE FROM guests"]
    assert told == ["first"]


RUNS_STEPS = f"""package p
{_HEAD}{_DB}type step struct {{
\tname string
\tstatements []string
}}

type steps []step

func (r *repo) run(s *step) {{
\tfor _, each := range s.statements {{
\t\tr.db.Exec(each)
\t}}
}}
"""
STEPS = """package p

var all = steps{
\t{name: "one", statements: []string{"DELETE FROM guests"}},
}

var byName = map[string]*step{
\t"two": {"two", []string{"DELETE FROM rooms"}},
}
"""


@pytest.mark.parametrize(("runs", "steps"), [("a/a.go", "a/b.go"), ("a/b.go", "a/a.go")])
def test_elements_that_do_not_name_their_type_tell_their_fields_to_the_other_share(runs: str, steps: str) -> None:
    found = [text for each in divided({runs: RUNS_STEPS, steps: STEPS}, jobs=2) for text in variants(each)]
    assert sorted(found) == ["DELETE FROM guests", "DELETE FROM rooms"]
