"""Adoption of the shapes that lock tables are found in: every row is kept, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest

from nodepath_cli import migrate
from nodepath_cli.errors import Refused
from nodepath_cli.migrate.guard import OWNED
from nodepath_cli.migrate.recorder import Recorder
from tests.mariadb import PrivateMariaDB
from tests.server.test_migrations import RENAMES, SHAPES, catalogue, make_production, rows, shown

pytestmark = pytest.mark.server

FIRST, SECOND = OWNED


def foreign(mariadb: PrivateMariaDB, database: str) -> None:
    rows(mariadb, database, "CREATE TABLE orders (id INT PRIMARY KEY, phone_number VARCHAR(20)) CHARSET latin1")
    rows(mariadb, database, "INSERT INTO orders VALUES (1, 'x'), (2, NULL)")
    rows(mariadb, database, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    rows(mariadb, database, "INSERT INTO alembic_version VALUES ('ffff')")


def checksums(mariadb: PrivateMariaDB, database: str) -> list[Any]:
    return [
        *rows(mariadb, database, "CHECKSUM TABLE orders, alembic_version"),
        *rows(mariadb, database, "SHOW CREATE TABLE orders"),
        *rows(mariadb, database, "SHOW CREATE TABLE alembic_version"),
    ]


def renamed(mariadb: PrivateMariaDB, database: str) -> None:
    make_production(mariadb, database)
    rows(mariadb, database, f"INSERT INTO {FIRST} VALUES (3, 'old', 'd1', '2025-10-14 08:11:42')")
    for table in OWNED:
        rows(mariadb, database, RENAMES.format(table=table))
    rows(mariadb, database, f"ALTER TABLE {FIRST} MODIFY phone_number VARCHAR(20) NULL")
    rows(
        mariadb,
        database,
        f"INSERT INTO {FIRST} (id_sessionX, phone_number, device_id, timestamp, locked_at, last_activity, created_at) "
        "VALUES (7, 'new', 'd1', '', '2025-11-02 10:00:00', '2025-11-02 10:00:05', '2025-11-02 10:00:00'), "
        "(8, 'new', 'd2', '', NULL, '2025-11-03 11:00:00', '2025-11-02 10:00:00'), "
        "(9, NULL, 'd3', '', NULL, NULL, '2025-11-04 12:00:00'), (10, NULL, 'd3', 'x', NULL, NULL, NOW())",
    )


CARRIED = [
    (3, "old", "d1", "2025-10-14 08:11:42"),
    (7, "new", "d1", "2025-11-02 10:00:00"),
    (8, "new", "d2", "2025-11-03 11:00:00"),
    (9, "unknown-9", "d3", "2025-11-04 12:00:00"),
    (10, "unknown-10", "d3", "x"),
]


def production(mariadb: PrivateMariaDB, database: str) -> tuple[list[Any], list[Any]]:
    """What 0001 makes, from a database beside."""
    name = f"{database}_p"
    rows(mariadb, database, f"CREATE DATABASE {name}")
    make_production(mariadb, name)
    found = shown(mariadb, name), catalogue(mariadb, name)
    rows(mariadb, database, f"DROP DATABASE {name}")
    return found


def plain(texts: list[Any]) -> list[str]:
    import re

    return [re.sub(r" AUTO_INCREMENT=\d+", "", text) for text in texts]


def test_the_renamed_shape_is_carried_over_with_every_row(mariadb: PrivateMariaDB, database: str) -> None:
    foreign(mariadb, database)
    renamed(mariadb, database)
    url = mariadb.url(database)
    before = checksums(mariadb, database)
    tables = shown(mariadb, database)
    assert migrate.adopt(url).state == "refused"
    planned = migrate.adopt(url, carry_over=True)
    assert (planned.state, planned.revision) == ("planned", None)
    assert [plan.table for plan in planned.plan] == list(OWNED)
    assert shown(mariadb, database) == tables
    assert rows(mariadb, database, "SHOW TABLES LIKE 'nodepath%'") == []
    done = migrate.adopt(url, carry_over=True, yes=True)
    assert (done.state, [item.shape for item in done.tables]) == ("stamped", ["production", "production"])
    assert rows(mariadb, database, f"SELECT * FROM {FIRST} ORDER BY 1") == CARRIED
    assert checksums(mariadb, database) == before
    assert (plain(shown(mariadb, database)), catalogue(mariadb, database)) == production(mariadb, database)
    assert migrate.check(url).clean
    assert migrate.verify(url).ok
    assert migrate.adopt(url, carry_over=True, yes=True).state == "already"


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_an_adoption_that_died_is_gone_on_with(
    mariadb: PrivateMariaDB, database: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed(mariadb, database)
    url = mariadb.url(database)
    count = 0
    real = Recorder.take

    def step(self: Any, *arguments: Any) -> bool:
        nonlocal count
        count += 1
        if count > after:
            raise KeyboardInterrupt
        return real(self, *arguments)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Recorder, "take", step)
        migrate.adopt(url, carry_over=True, yes=True)
    with pytest.raises(Refused, match="without a stamp"):
        migrate.upgrade(url)
    assert migrate.adopt(url, carry_over=True, yes=True).state == "stamped"
    assert rows(mariadb, database, f"SELECT * FROM {FIRST} ORDER BY 1") == CARRIED
    assert migrate.check(url).clean


@pytest.mark.parametrize(
    "changes",
    [
        ["CHANGE id_prospect phone_number VARCHAR(255) NOT NULL"],
        ["ADD phone_number VARCHAR(255)", "ADD device_id VARCHAR(255)"],
        [
            "ADD locked_at TIMESTAMP NULL DEFAULT '2025-11-02 10:00:00' ON UPDATE CURRENT_TIMESTAMP",
            "MODIFY timestamp TEXT",
        ],
        ["DROP KEY uniq_ai_whatsapp_session", "ADD UNIQUE KEY other (id_device, id_prospect)"],
        ["DROP KEY uniq_ai_whatsapp_session", "ADD KEY uniq_ai_whatsapp_session (id_device)"],
        ["CONVERT TO CHARACTER SET latin1"],
        ["ENGINE=MyISAM", "MODIFY id_sessionX BIGINT NOT NULL AUTO_INCREMENT"],
        ["DROP COLUMN timestamp", "ADD locked_at DATETIME NULL DEFAULT '2025-11-02 10:00:00'"],
        ["MODIFY id_device VARCHAR(30) NULL"],
    ],
)
def test_what_lies_between_is_carried_over(mariadb: PrivateMariaDB, database: str, changes: list[str]) -> None:
    make_production(mariadb, database)
    rows(mariadb, database, f"INSERT INTO {FIRST} VALUES (4, 'p', 'd', '2025-11-02 10:00:00')")
    rows(mariadb, database, f"ALTER TABLE {FIRST} {', '.join(changes)}")
    url = mariadb.url(database)
    assert migrate.adopt(url).state == "refused"
    assert migrate.adopt(url, carry_over=True, yes=True).state == "stamped"
    assert rows(mariadb, database, f"SELECT * FROM {FIRST}") == [(4, "p", "d", "2025-11-02 10:00:00")]
    assert (plain(shown(mariadb, database)), catalogue(mariadb, database)) == production(mariadb, database)


def test_a_table_that_is_missing_is_made(mariadb: PrivateMariaDB, database: str) -> None:
    make_production(mariadb, database)
    rows(mariadb, database, f"DROP TABLE {SECOND}")
    url = mariadb.url(database)
    assert migrate.adopt(url).state == "refused"
    assert migrate.adopt(url, carry_over=True, yes=True).state == "stamped"
    assert (shown(mariadb, database), catalogue(mariadb, database)) == production(mariadb, database)


@pytest.mark.parametrize(
    ("changes", "inserts", "why"),
    [
        (["DROP KEY uniq_ai_whatsapp_session"], ["(1, 'p', 'd', 't')", "(2, 'P', 'd', 'u')"], "more than one row"),
        (
            ["ADD phone_number VARCHAR(255) DEFAULT 'q'"],
            ["(1, 'p', 'd', 't', 'q')"],
            "one value in `id_prospect` and another",
        ),
        (["ADD customer INT"], [], "not known"),
        (["MODIFY id_sessionX INT NOT NULL", "DROP PRIMARY KEY"], [], "another primary key"),
        (["MODIFY id_prospect TEXT", "DROP KEY uniq_ai_whatsapp_session"], ["(1, REPEAT('x', 300), 'd', 't')"], "255"),
    ],
)
def test_what_would_lose_something_is_refused_before_anything_is_written(
    mariadb: PrivateMariaDB, database: str, changes: list[str], inserts: list[str], why: str
) -> None:
    make_production(mariadb, database)
    rows(mariadb, database, f"ALTER TABLE {FIRST} {', '.join(changes)}")
    for values in inserts:
        rows(mariadb, database, f"INSERT INTO {FIRST} VALUES {values}")
    before = shown(mariadb, database), rows(mariadb, database, f"SELECT * FROM {FIRST}")
    url = mariadb.url(database)
    for yes in (False, True):
        try:
            state = migrate.adopt(url, carry_over=True, yes=yes).state
        except Refused as error:
            assert why in error.message
        else:
            assert state == "refused"
    assert (shown(mariadb, database), rows(mariadb, database, f"SELECT * FROM {FIRST}")) == before
    assert rows(mariadb, database, "SHOW TABLES LIKE 'nodepath%'") == []


def test_the_shapes_are_those_of_the_revision() -> None:
    assert tuple(shape["table"] for shape in SHAPES) == OWNED
