"""Who waits for whom, from what a server says: what MySQL alone says is written from its manual."""

from __future__ import annotations

import io
import json

import pytest

from nodepath_cli.locks.metadata_modes import in_the_way
from nodepath_cli.locks.wait_chains import chains
from nodepath_cli.locks.wait_facts import Facts, LockName, MetadataLock, Process, RowWait, Transaction
from nodepath_cli.locks.wait_records import Waits
from nodepath_cli.locks.wait_tree import trees
from nodepath_cli.locks.waiting_for import lock_asked, tables_in, wanted_mode
from nodepath_cli.report import RenderOptions
from nodepath_cli.report.pages.waits import render_json, render_text

ORDERS = LockName("table", "chat", "orders")


def process(id_: int, query: str | None = None, state: str = "", seconds: int = 5) -> Process:
    return Process(id_, "app", "10.0.0.1:5000", "chat", "Query" if query else "Sleep", state, query, seconds)


def facts(*processes: Process, **more: object) -> Facts:
    return Facts({each.id: each for each in processes}, **more)  # type: ignore[arg-type]


def pairs(found: Waits) -> set[tuple[str, int, int | None]]:
    return {(each.kind, each.waiter.id, each.blocker.id if each.blocker else None) for each in found.waits}


def test_a_chain_of_three_is_one_tree_with_its_root_on_top() -> None:
    found = chains(
        facts(
            process(1),
            process(2, "UPDATE a"),
            process(3, "UPDATE b"),
            transactions={1: Transaction(90, None), 2: Transaction(60, 30), 3: Transaction(20, 10)},
            rows=(RowWait(2, 1, "chat.a"), RowWait(3, 2, "chat.b")),
        )
    )
    (root,) = trees(found.waits)
    assert root.party is not None
    assert (root.party.id, root.party.idle, root.count()) == (1, True, 2)
    assert root.below[0].below[0].party == found.waits[1].waiter
    assert found.longest() == 30


def test_two_that_wait_for_each_other_end_the_tree() -> None:
    found = chains(facts(process(1, "a"), process(2, "b"), rows=(RowWait(1, 2, None), RowWait(2, 1, None))))
    (root,) = trees(found.waits)
    assert root.below[0].below[0].again


def test_mysql_metadata_locks_by_the_manual_waiting_ones_have_precedence() -> None:
    found = chains(
        facts(
            process(1),
            process(2, "ALTER TABLE orders ADD c INT", "Waiting for table metadata lock"),
            process(3, "SELECT * FROM orders", "Waiting for table metadata lock"),
            locks=(
                MetadataLock(1, ORDERS, "SHARED_READ", pending=False),
                MetadataLock(2, ORDERS, "SHARED_UPGRADABLE", pending=False),
                MetadataLock(2, ORDERS, "EXCLUSIVE", pending=True),
                MetadataLock(3, ORDERS, "SHARED_READ", pending=True),
            ),
        )
    )
    assert pairs(found) == {("metadata", 2, 1), ("metadata", 3, 2)}


def test_a_reader_does_not_wait_for_another_reader() -> None:
    found = chains(
        facts(
            process(1),
            process(2),
            process(3, "SELECT * FROM orders", "Waiting for table metadata lock"),
            locks=(
                MetadataLock(1, ORDERS, "MDL_SHARED_READ", pending=False),
                MetadataLock(2, ORDERS, "MDL_SHARED_NO_READ_WRITE", pending=False),
            ),
        )
    )
    assert pairs(found) == {("metadata", 3, 2)}


def test_a_table_of_the_same_name_in_another_database_is_another_table() -> None:
    found = chains(
        facts(
            process(1),
            process(3, "ALTER TABLE orders ADD c INT", "Waiting for table metadata lock"),
            locks=(MetadataLock(1, LockName("table", "shop", "orders"), "MDL_SHARED_READ", pending=False),),
        )
    )
    assert pairs(found) == {("metadata", 3, None)}
    assert found.document()["instrumented"] == {"row": True, "metadata": False, "user": True}


def test_a_row_wait_whose_holder_is_not_shown_is_still_a_wait() -> None:
    found = chains(
        facts(
            process(1),
            process(2, "UPDATE a"),
            transactions={1: Transaction(90, None), 2: Transaction(60, 30)},
            blind={"row": "performance_schema is off"},
        )
    )
    assert pairs(found) == {("row", 2, None)}
    assert [each.id for each in found.waits[0].candidates] == [1]


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("alter table t add c int", "EXCLUSIVE"),
        ("/* job */ DELETE FROM t", "SHARED_WRITE"),
        ("select * from t where a = 1 for update", "SHARED_WRITE"),
        ("select * from t", "SHARED_READ"),
        ("lock tables t write", "SHARED_NO_READ_WRITE"),
        ("call something()", None),
        (None, None),
        ("select 'never closed", None),
    ],
)
def test_what_a_statement_wants(query: str | None, mode: str | None) -> None:
    assert wanted_mode(query) == mode


@pytest.mark.parametrize("other", ["SHARED_READ", "SHARED_WRITE", "SHARED_UPGRADABLE", "SHARED", "EXCLUSIVE"])
def test_what_wants_a_table_alone_waits_for_everybody(other: str) -> None:
    assert in_the_way(other, "EXCLUSIVE")


def test_tables_are_told_by_database_and_quotes() -> None:
    tables = [("chat", "orders"), ("shop", "orders"), ("chat", "users")]
    assert tables_in("SELECT 1 FROM `orders` o", "chat", tables) == {("chat", "orders")}
    assert tables_in("SELECT 1 FROM shop.orders", "chat", tables) == {("shop", "orders")}
    assert tables_in("SELECT 'users' FROM t", "chat", tables) == frozenset()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("SELECT GET_LOCK('a b', 10)", "a b"),
        ('do get_lock ( "x" , 1)', "x"),
        (r"SELECT GET_LOCK('it\'s', 1)", "it's"),
        ("SELECT GET_LOCK(@name, 1)", None),
        ("SELECT 1", None),
    ],
)
def test_the_name_that_get_lock_asks_for(query: str, name: str | None) -> None:
    assert lock_asked(query) == name


def test_the_view_fits_a_narrow_terminal_and_shows_no_control_characters() -> None:
    found = chains(
        facts(
            process(1),
            process(2, "UPDATE a SET b = '\x1b[31m' WHERE " + "x = 1 AND " * 40),
            transactions={1: Transaction(90, None), 2: Transaction(60, 30)},
            rows=(RowWait(2, 1, "chat.a"),),
        )
    )
    out = io.StringIO()
    render_text(found, out, RenderOptions(), 80)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out.getvalue()
    assert lines[0] == "#1 app@10.0.0.1:5000: blocks, idle, transaction open for 90 s"
    assert lines[2].startswith("└─ #2 app@10.0.0.1:5000: waits for row lock on chat.a, 30 s")
    assert lines[-1] == "1 connection waiting, the longest for 30 s"


def test_the_document_is_the_contract() -> None:
    found = chains(facts(process(1), process(2, "UPDATE a"), rows=(RowWait(2, 1, "chat.a"),)))
    out = io.StringIO()
    render_json(found, out)
    document = json.loads(out.getvalue())
    assert set(document) >= {"version", "instrumented", "waits"}
    wait = document["waits"][0]
    assert set(wait) >= {"kind", "table", "seconds", "waiter", "blocker"}
    assert set(wait["waiter"]) == {"id", "user", "host", "state", "query", "idle", "transaction_seconds"}
