"""One statement that serves several lock tables: each table's protocol is judged by itself."""

from __future__ import annotations

import pytest

from tests.locks import HEAD, SCHEMA, two_tables
from tests.locks.audited import lock_findings
from tests.locks.two_ordinary import ORDINARY, ORDINARY_SCHEMA
from tests.locks.two_tables import AI, BOT, PROTOCOLS, SUPPORT, WAYS, program
from tests.tree import Tree

_HEAD = HEAD.replace("type Repo struct {\n\tdb *sql.DB\n}\n", "")


def said(tree: Tree, code: str) -> list[str]:
    return sorted({each.rule for each in lock_findings(tree, _HEAD + code, two_tables.SCHEMA)})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_protocol_gets_its_verdict_however_the_table_is_chosen(tree: Tree, way: str, protocol: str) -> None:
    acquire, release, rules = PROTOCOLS[protocol]
    assert said(tree, program(way, acquire, release)) == rules


@pytest.mark.parametrize("way", WAYS)
def test_a_lock_whose_row_stays_in_one_of_the_tables_is_told_of_that_table(tree: Tree, way: str) -> None:
    """What the program does to both is said of both, and once."""
    upsert, touch, _ = PROTOCOLS["V3"]
    found = lock_findings(tree, _HEAD + program(way, upsert, touch), two_tables.SCHEMA)
    assert [each.rule for each in found] == ["NP401", "NP402"]
    assert all(AI in each.message and BOT in each.message for each in found)


def _three(release: str) -> str:
    way = WAYS["a field that constructors fill"] + (
        'func NewDeskLocks(db *sql.DB) *Locks { return &Locks{db: db, table: "' + SUPPORT + '"} }\n'
    )
    code = way.replace("{acquire:r.table}", two_tables.UPSERT).replace("{release:r.table}", release)
    return code.replace("TABLE", "r.table").replace('"AI"', f'"{AI}"').replace('"BOT"', f'"{BOT}"')


def test_three_tables_are_three_locks(tree: Tree) -> None:
    kept, taken = lock_findings(tree, _HEAD + _three(two_tables.TOUCH), two_tables.SCHEMA)[::-1]
    assert (taken.rule, kept.rule) == ("NP401", "NP402")
    assert taken.message.endswith(f", in {AI}, {SUPPORT} and {BOT}")
    assert kept.message.endswith(f"; so it is in {SUPPORT} and {BOT}")


_OWN_RELEASE = """
type Locks struct {
	db    *sql.DB
	table string
}

func NewChatLocks(db *sql.DB) *Locks { return &Locks{db: db, table: "AI"} }
func NewBotLocks(db *sql.DB) *Locks  { return &Locks{db, "BOT"} }

func (r *Locks) TryAcquireSession(phone, device string) (bool, error) {
COUNTED
}

func (r *Locks) ReleaseSession(phone, device string) error {
	if r.table == "BOT" {
		at := time.Now().Format("2006-01-02 15:04:05")
		_, err := r.db.Exec(`UPDATE BOT SET timestamp = ? WHERE id_prospect = ? AND id_device = ?`, at, phone, device)
		return err
	}
	_, err := r.db.Exec("DELETE FROM AI WHERE id_prospect = ? AND id_device = ?", phone, device)
	return err
}

func Purge(db *sql.DB) error {
	_, err := db.Exec("DELETE FROM AI WHERE `timestamp` < '2020-01-01'")
	if err == nil {
		_, err = db.Exec("DELETE FROM BOT WHERE `timestamp` < '2020-01-01'")
	}
	return err
}
"""


def test_a_table_whose_rows_are_left_is_told_from_one_whose_rows_go(tree: Tree) -> None:
    """The acquire is one statement, and what gives the row back is another one for each table."""
    code = _OWN_RELEASE.replace("COUNTED", two_tables.COUNTED.replace("TABLE", "r.table"))
    [found] = lock_findings(tree, _HEAD + code.replace("AI", AI).replace("BOT", BOT), two_tables.SCHEMA)
    assert (found.rule, found.table) == ("NP402", BOT)


@pytest.mark.parametrize("name", ORDINARY)
def test_what_serves_two_tables_and_is_no_broken_lock_is_left_alone(tree: Tree, name: str) -> None:
    assert lock_findings(tree, HEAD + ORDINARY[name], SCHEMA + ORDINARY_SCHEMA) == []
