"""NP106 and NP111: constants of the program that a call gives for `?`."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding
from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, status ENUM('active','done') NOT NULL, name VARCHAR(5), at DATETIME);"
HEAD = """package store

import (
\t"database/sql"
\t"database/sql/driver"
)

type Status string

type Odd string

func (o Odd) Value() (driver.Value, error) { return "done", nil }

const (
\tActive Status = "active"
\tWrong  Status = "actve"
\tPlain         = "finished"
\tOther  Odd    = "odd"
)

func Do(db *sql.DB, id int, more bool, given Status) {
"""


def found(tree: Tree, code: str) -> list[Finding]:
    """What the two rules find in the body of a function."""
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + "\n".join("\t" + line.strip() for line in code.strip().split("\n")) + "\n}\n")
    return [each for each in tree.audit("a.go").findings if each.rule in ("NP106", "NP111")]


SET = 'db.Exec("UPDATE flows SET status = ? WHERE id = ?", {}, id)'


@pytest.mark.parametrize(
    ("code", "rule", "argument"),
    [
        (SET.format("Wrong"), "NP106", "Wrong"),
        (SET.format('"actve"'), "NP106", '"actve"'),
        (SET.format("Plain"), "NP106", "Plain"),
        ("local := Wrong\n" + SET.format("local"), "NP106", "local"),
        ("local := Wrong\nif more {\nlocal = Active\n}\n" + SET.format("local"), "NP106", "local"),
        ("if given != Active && given != Wrong {\nreturn\n}\n" + SET.format("given"), "NP106", "given"),
        ('db.Exec("UPDATE flows SET status = ? WHERE id = ?", []any{Wrong, id}...)', "NP106", "actve"),
        ('db.Exec("INSERT INTO flows (id, status) VALUES (?, ?)", id, Plain)', "NP106", "Plain"),
        (
            'q, args := "UPDATE flows SET status = ?", []any{Wrong}\nif more {\nq += ", name = ?"\n'
            'args = append(args, "fits")\n}\ndb.Exec(q, args...)',
            "NP106",
            "actve",
        ),
        ('db.Exec("INSERT INTO flows (id, status, name) VALUES (?, ?, ?)", id, Active, Plain)', "NP111", "Plain"),
        ('db.Exec("UPDATE flows SET at = ? WHERE id = ?", "today", id)', "NP111", '"today"'),
        ('db.Query("SELECT id FROM flows WHERE status = ? AND id > ?", "dne", id)', "NP111", '"dne"'),
        ('db.Query("SELECT id FROM flows WHERE status IN (?, ?)", Active, Wrong)', "NP111", "Wrong"),
    ],
)
def test_a_constant_that_its_column_does_not_take(tree: Tree, code: str, rule: str, argument: str) -> None:
    [finding] = found(tree, code)
    assert (finding.rule, finding.suggestions) == (rule, ())
    line = (tree.folder / "a.go").read_text().split("\n")[finding.position.line - 1]
    assert line[finding.position.column - 1] == "?"
    [related] = finding.related
    place = related.position
    line = (tree.folder / "a.go").read_text().split("\n")[place.line - 1]
    assert line[place.column - 1 : place.end_column - 1] == argument


PREPARED = """stmt, err := db.Prepare("UPDATE flows SET status = ? WHERE id = ?")
if err != nil {{
return
}}
stmt.Exec({}, id)"""


def test_a_constant_that_a_prepared_statement_gets(tree: Tree) -> None:
    assert found(tree, PREPARED.format("Active")) == []
    assert found(tree, PREPARED.format("given")) == []
    [finding] = found(tree, PREPARED.format("Wrong"))
    assert (finding.rule, finding.position.line) == ("NP106", HEAD.count("\n") + 1)
    assert [each.position.line for each in finding.related] == [HEAD.count("\n") + 5]


@pytest.mark.parametrize(
    "code",
    [
        SET.format("Active"),
        SET.format("given"),
        SET.format("Other"),
        SET.format("string(given)"),
        "local := Wrong\nswitch more {\ncase true:\nlocal = Active\ncase false:\nlocal = given\n}\n"
        + SET.format("local"),
        'db.Exec("INSERT INTO flows (id, status, name) VALUES (?, ?, ?)", id, Active, "fits")',
        'db.Query("SELECT id FROM flows WHERE status = ? AND name = ?", Active, Wrong)',
        'db.Query("SELECT id FROM flows WHERE status = ?", "")',
        'db.Exec("UPDATE flows SET status = ? WHERE id = ?", Wrong)',
    ],
)
def test_what_fits_or_is_not_known_is_no_finding(tree: Tree, code: str) -> None:
    assert found(tree, code) == []


def test_each_call_of_one_statement_has_its_own_argument(tree: Tree) -> None:
    text = 'const set = "UPDATE flows SET status = ? WHERE id = ?"\n'
    [finding] = found(tree, text + "db.Exec(set, Active, id)\ndb.Exec(set, Wrong, id)")
    assert [each.position.line for each in finding.related] == [HEAD.count("\n") + 3]


TIMES = """package store

import (
\t"database/sql"
\t"time"
)

const layout = "02/01/2006"

type day struct{{ at string }}

func (d day) Format(string) string {{ return d.at }}

func Do(db *sql.DB, due time.Time, own day, other formatter) {{
\t{}
}}
"""
AT = 'db.Exec("UPDATE flows SET at = ? WHERE id = 1", {})'


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (AT.format('due.Format("02/01/2006")'), "02/01/2006"),
        (AT.format("time.Now().Format(layout)"), "02/01/2006"),
        (AT.format("due.UTC().Format(time.RFC1123)"), "Mon, 02 Jan 2006 15:04:05 MST"),
        (AT.format('due.AddDate(0, 0, 1).Format("2 Jan 2006")'), "2 Jan 2006"),
        ('db.Exec("UPDATE flows SET at = ?", []any{due.Format("02-01-2006 15:04")}...)', "02-01-2006 15:04"),
        ("at := due.Format(time.Kitchen)\n" + AT.format("at"), "3:04PM"),
        ('db.Exec("UPDATE flows SET name = ?", due.Format("2006-01-02"))', "2006-01-02"),
        ('db.Exec("INSERT INTO flows (id, status) VALUES (?, \'done\')", due.Format("2006-01-02"))', "2006-01-02"),
    ],
)
def test_a_time_that_is_written_as_its_column_never_takes_it(tree: Tree, code: str, written: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", TIMES.format(code))
    [finding] = tree.audit("a.go").findings
    assert finding.rule == "NP111"
    assert finding.message.endswith(f"and is set to a time that is written as '{written}'")


@pytest.mark.parametrize(
    "code",
    [
        AT.format('due.Format("2006-01-02")'),
        AT.format("due.Format(time.DateTime)"),
        AT.format('due.Format("20060102150405")'),
        # Some servers take an offset, and some days a date whose parts are in another order.
        AT.format("due.Format(time.RFC3339)"),
        AT.format('due.Format("02/01/06")'),
        # Not known, or not a time's.
        AT.format("due.Format(other.Layout())"),
        AT.format('own.Format("02/01/2006")'),
        AT.format('other.Format("d/m/Y")'),
        'at := due.Format("02/01/2006")\nif due.IsZero() {\nat = "2026-01-01"\n}\n' + AT.format("at"),
        'db.Exec("UPDATE flows SET at = STR_TO_DATE(?, \'%d/%m/%Y\')", due.Format("02/01/2006"))',
        'db.Exec("UPDATE IGNORE flows SET at = ?", due.Format("02/01/2006"))',
        'db.Exec("UPDATE flows SET id = ?", due.Format("0102150405"))',
        # Which of an ENUM's members a time may be is nobody's question.
        'db.Exec("UPDATE flows SET status = ?", due.Format("02/01/2006"))',
        'db.Query("SELECT id FROM flows WHERE status = ? AND at > ?", due.Format("Mon 2006"), due.Format("Jan 2006"))',
    ],
)
def test_a_time_that_its_column_may_take_is_no_finding(tree: Tree, code: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", TIMES.format(code))
    assert [each.message for each in tree.audit("a.go").findings] == []
