"""The migrations on a MariaDB: production's exact shape, and nothing else in the database is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from nodepath_cli import migrate
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.database_url import parse
from nodepath_cli.errors import AccessDenied, Busy, Interrupted, NoDatabase, Refused, Unreachable, UsageError
from nodepath_cli.migrate.guard import OWNED
from nodepath_cli.schema import live, migrated
from nodepath_cli.schema.diff import differences
from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]

PRODUCTION = """CREATE TABLE IF NOT EXISTS {table} (
    {primary} INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL,
    timestamp VARCHAR(255) NOT NULL,
    UNIQUE KEY {unique} (id_prospect, id_device),
    KEY {index} (id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
SHAPES = (
    {
        "table": "ai_whatsapp_session_nodepath",
        "primary": "id_sessionX",
        "unique": "uniq_ai_whatsapp_session",
        "index": "idx_ai_whatsapp_session_device",
    },
    {
        "table": "wasapBot_session_nodepath",
        "primary": "id_sessionY",
        "unique": "uniq_wasapbot_session",
        "index": "idx_wasapbot_session_device",
    },
)
RENAMES = """ALTER TABLE {table} CHANGE id_prospect phone_number VARCHAR(255) NOT NULL,
    CHANGE id_device device_id VARCHAR(255) NOT NULL, ADD locked_at TIMESTAMP NULL,
    ADD last_activity TIMESTAMP NULL, ADD created_at TIMESTAMP NOT NULL DEFAULT current_timestamp()"""


def rows(mariadb: PrivateMariaDB, database: str, query: str) -> list[Any]:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def shown(mariadb: PrivateMariaDB, database: str) -> list[Any]:
    return [rows(mariadb, database, f"SHOW CREATE TABLE {table}")[0][1] for table in OWNED]


def make_production(mariadb: PrivateMariaDB, database: str) -> None:
    for shape in SHAPES:
        rows(mariadb, database, PRODUCTION.format(**shape))


def catalogue(mariadb: PrivateMariaDB, database: str) -> list[Any]:
    columns = rows(
        mariadb,
        database,
        "SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, "
        "COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
        "AND TABLE_NAME LIKE '%session_nodepath' ORDER BY 1, 3",
    )
    keys = rows(
        mariadb,
        database,
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME FROM information_schema.STATISTICS "
        "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%session_nodepath' ORDER BY 1, 2, 4",
    )
    return [*columns, *keys]


def test_upgrade_makes_what_production_has(mariadb: PrivateMariaDB, database: str) -> None:
    make_production(mariadb, database)
    expected, expected_catalogue = shown(mariadb, database), catalogue(mariadb, database)
    for table in OWNED:
        rows(mariadb, database, f"DROP TABLE {table}")
    move = migrate.upgrade(mariadb.url(database))
    assert move.document() == {"from": None, "current": "0001", "head": "0001", "applied": ["0001"]}
    assert shown(mariadb, database) == expected
    assert catalogue(mariadb, database) == expected_catalogue


def test_up_down_and_up_again(mariadb: PrivateMariaDB, database: str) -> None:
    url = mariadb.url(database)
    assert migrate.current(url).state == "empty"
    migrate.upgrade(url)
    assert migrate.upgrade(url).applied == ()
    assert migrate.downgrade(url, "base").document() == {
        "from": "0001",
        "current": None,
        "head": "0001",
        "applied": ["0001"],
    }
    assert rows(mariadb, database, "SHOW TABLES LIKE '%session%'") == []
    assert migrate.current(url).state == "empty"
    assert migrate.upgrade(url).applied == ("0001",)
    assert migrate.downgrade(url, "-1").applied == ("0001",)


def test_the_replayed_revisions_are_what_the_server_has(mariadb: PrivateMariaDB, database: str) -> None:
    migrate.upgrade(mariadb.url(database))
    there = live.read(parse(mariadb.url(database)))
    settings = Settings(dialect=Dialect("mariadb", there.version))
    replayed = migrated.load("head", Schema(dialect="mariadb", version=there.version), settings)
    for name in OWNED:
        table = replayed.table(name)
        assert table is not None
        assert differences(table, there.table(name)) == ()


def test_a_foreign_alembic_version_is_neither_read_nor_written(mariadb: PrivateMariaDB, database: str) -> None:
    rows(mariadb, database, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    rows(mariadb, database, "INSERT INTO alembic_version VALUES ('ffff')")
    url = mariadb.url(database)
    migrate.upgrade(url)
    migrate.downgrade(url, "base")
    migrate.upgrade(url)
    assert rows(mariadb, database, "SELECT * FROM alembic_version") == [("ffff",)]
    assert rows(mariadb, database, "SELECT * FROM nodepath_alembic_version") == [("0001",)]


def test_production_without_a_stamp_is_refused_and_can_be_adopted(mariadb: PrivateMariaDB, database: str) -> None:
    make_production(mariadb, database)
    rows(mariadb, database, f"INSERT INTO {OWNED[0]} VALUES (7, 'p', 'd', '2025-10-14 08:11:42')")
    url = mariadb.url(database)
    with pytest.raises(Refused, match="without a stamp"):
        migrate.upgrade(url)
    assert migrate.current(url).state == "unadopted"
    assert rows(mariadb, database, "SHOW TABLES LIKE 'nodepath%'") == []
    before = shown(mariadb, database)
    adopted = migrate.adopt(url)
    assert (adopted.state, adopted.revision) == ("stamped", "0001")
    assert [(item.shape, item.rows) for item in adopted.tables] == [("production", 1), ("production", 0)]
    assert migrate.current(url).state == "at-head"
    assert migrate.adopt(url).state == "already"
    assert migrate.upgrade(url).applied == ()
    assert shown(mariadb, database) == before
    assert rows(mariadb, database, f"SELECT id_sessionX FROM {OWNED[0]}") == [(7,)]


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ([RENAMES.format(table=OWNED[0])], "renamed"),
        ([f"ALTER TABLE {OWNED[0]} CHANGE id_prospect phone_number VARCHAR(255) NOT NULL"], "partial"),
        ([f"ALTER TABLE {OWNED[0]} ADD locked_at TIMESTAMP NULL"], "partial"),
        ([f"ALTER TABLE {OWNED[0]} DROP KEY uniq_ai_whatsapp_session"], "partial"),
        ([f"ALTER TABLE {OWNED[0]} MODIFY timestamp VARCHAR(190) NOT NULL"], "partial"),
        ([f"DROP TABLE {OWNED[0]}"], "absent"),
        ([f"DROP TABLE {OWNED[0]}", f"CREATE TABLE {OWNED[0]} (a INT)"], "unknown"),
    ],
)
def test_another_shape_is_refused_and_nothing_is_written(
    mariadb: PrivateMariaDB, database: str, changes: list[str], shape: str
) -> None:
    make_production(mariadb, database)
    for change in changes:
        rows(mariadb, database, change)
    tables = rows(mariadb, database, "SHOW TABLES")
    found = migrate.adopt(mariadb.url(database))
    assert found.state == "refused"
    assert [item.shape for item in found.tables] == [shape, "production"]
    assert found.tables[0].differences
    assert rows(mariadb, database, "SHOW TABLES") == tables
    with pytest.raises(Refused):
        migrate.upgrade(mariadb.url(database))
    assert rows(mariadb, database, "SHOW TABLES") == tables


def test_a_database_that_is_ahead_is_left_alone(mariadb: PrivateMariaDB, database: str) -> None:
    url = mariadb.url(database)
    migrate.upgrade(url)
    rows(mariadb, database, "UPDATE nodepath_alembic_version SET version_num = '0999'")
    assert migrate.current(url).state == "ahead"
    assert not migrate.check(url).clean
    with pytest.raises(Refused, match="0999"):
        migrate.upgrade(url)
    with pytest.raises(Refused, match="0999"):
        migrate.downgrade(url, "base")


def test_a_run_that_died_between_the_tables_is_seen(mariadb: PrivateMariaDB, database: str) -> None:
    url = mariadb.url(database)
    migrate.upgrade(url)
    rows(mariadb, database, "DELETE FROM nodepath_alembic_version")
    rows(mariadb, database, f"DROP TABLE {OWNED[1]}")
    assert migrate.current(url).state == "interrupted"
    with pytest.raises(Interrupted, match="0001 is half applied"):
        migrate.upgrade(url)
    assert [item.shape for item in migrate.status(url).tables] == ["production", "absent"]
    rows(mariadb, database, f"DROP TABLE {OWNED[0]}")
    assert migrate.upgrade(url).current == "0001"


def test_revisions_of_ones_own(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    (tmp_path / "0002_leads.py").write_text(
        'revision = "0002"\ndown_revision = "0001"\nfrom alembic import op\nimport sqlalchemy as sa\n'
        'def upgrade():\n    print("noise")\n'
        '    op.create_table("leads", sa.Column("id", sa.Integer, primary_key=True))\n'
        'def downgrade():\n    op.drop_table("leads")\n'
    )
    url = mariadb.url(database)
    migrate.upgrade(url, "0001", tmp_path)
    assert migrate.status(url, tmp_path).pending == ("0002",)
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)
    assert migrate.current(url, tmp_path).state == "at-head"
    assert migrate.current(url).state == "ahead"
    assert [line.revision for line in migrate.heads(tmp_path)] == ["0002"]


def test_one_upgrade_at_a_time(mariadb: PrivateMariaDB, database: str) -> None:
    results: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(target=lambda: results.append(migrate.upgrade(mariadb.url(database)).applied))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [(), (), (), (), (), ("0001",)]


def test_waiting_for_another_upgrade_ends(mariadb: PrivateMariaDB, database: str) -> None:
    from nodepath_cli.migrate.lock import lock_name

    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 0)", (lock_name(database),))
        with pytest.raises(Busy):
            migrate.upgrade(mariadb.url(database), lock_seconds=0.2)
    assert rows(mariadb, database, "SHOW TABLES") == []


def test_failures_have_their_own_errors(mariadb: PrivateMariaDB, database: str) -> None:
    user = f"u_{database}"
    rows(mariadb, database, f"CREATE USER {user}@localhost IDENTIFIED BY 'hush-hush'")
    rows(mariadb, database, f"GRANT SELECT ON {database}.* TO {user}@localhost")
    try:
        place = f"unix({mariadb.socket})"
        for url, error in [
            (f"{user}:wrong-hush@{place}/{database}", AccessDenied),
            (f"{user}:hush-hush@{place}/{database}", AccessDenied),
            (f"root@{place}/no_such_database", NoDatabase),
            (f"root@{place}/", NoDatabase),
            (f"root:hush-hush@unix({mariadb.socket}.none)/{database}", Unreachable),
        ]:
            with pytest.raises(error) as caught:
                migrate.upgrade(url)
            assert "hush" not in caught.value.line()
            assert caught.value.exit_code == 4
        with pytest.raises(UsageError):
            migrate.upgrade(mariadb.url(database), "nosuch")
    finally:
        rows(mariadb, database, f"DROP USER {user}@localhost")


@pytest.mark.parametrize(
    "password", ["p@ss/w#r%d:x?y", "50%off", "a%41b", "gr\u00fc\u00df-\u5bc6\u7801", "blank in it", "+&=;"]
)
def test_passwords_of_every_kind(mariadb: PrivateMariaDB, database: str, password: str) -> None:
    user = f"w_{database}"
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER {user}@localhost IDENTIFIED BY %s", (password,))
        cursor.execute(f"GRANT ALL ON {database}.* TO {user}@localhost")
        try:
            raw = f"{user}:{password}@unix({mariadb.socket})/{database}?parseTime=true"
            assert migrate.upgrade(raw).current == "0001"
            encoded = f"mysql://{user}:{quote(password, safe='')}@localhost/{database}?unix_socket={mariadb.socket}"
            assert migrate.current(encoded).state == "at-head"
            if "%41" not in password:  # in a URL that is an encoded A
                url = f"mysql+pymysql://{user}:{password}@localhost/{database}?unix_socket={mariadb.socket}"
                assert migrate.current(url).state == "at-head"
        finally:
            cursor.execute(f"DROP USER {user}@localhost")


def plain_alembic(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MYSQL_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "alembic.config", *arguments],
        cwd=ROOT,
        env=environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_plain_alembic_from_a_checkout(mariadb: PrivateMariaDB, database: str) -> None:
    url = f"root@unix({mariadb.socket})/{database}?parseTime=true"
    done = plain_alembic("upgrade", "head", MYSQL_URI=url)
    assert done.returncode == 0, done.stderr
    assert f"database: {url}" in done.stderr
    assert migrate.current(mariadb.url(database)).state == "at-head"
    again = plain_alembic("upgrade", "head", MYSQL_URI=url)
    assert again.returncode == 0, again.stderr


def test_plain_alembic_refuses_what_db_upgrade_refuses(mariadb: PrivateMariaDB, database: str) -> None:
    make_production(mariadb, database)
    done = plain_alembic("upgrade", "head", NODEPATH_DATABASE_URL=mariadb.url(database))
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr
    assert rows(mariadb, database, "SHOW TABLES LIKE 'nodepath%'") == []


def test_plain_alembic_without_a_database_is_a_configuration_error() -> None:
    done = plain_alembic("upgrade", "head")
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: no database is configured. Next: ")
    assert "Traceback" not in done.stderr


def test_plain_alembic_prints_sql_without_a_database() -> None:
    done = plain_alembic("upgrade", "head", "--sql")
    assert done.returncode == 0, done.stderr
    assert "CREATE TABLE `wasapBot_session_nodepath`" in done.stdout
    assert "nodepath_alembic_version" in done.stdout


def test_plain_alembic_with_a_wrong_address_shows_no_password() -> None:
    done = plain_alembic("current", DATABASE_URL="mysql://app:hush-hush@127.0.0.1:9/chat")
    assert done.returncode == 4
    assert "hush" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
