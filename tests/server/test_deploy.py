"""audit-deploy against a real server: what it says of every state holds there, and what the database records counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from tests.mariadb import PrivateMariaDB
from tests.server.deploy_judge import Compared, Told, deploys
from tests.tree import Tree, go

pytestmark = pytest.mark.server

BASE = "CREATE TABLE users (id INT NOT NULL PRIMARY KEY, name VARCHAR(20))"
MIGRATIONS = {
    "000001_phone.up.sql": "ALTER TABLE users ADD phone VARCHAR(20);\n",
    "000002_drop.up.sql": "ALTER TABLE users DROP name;\n",
    "000003_mail.up.sql": "ALTER TABLE users ADD mail VARCHAR(20);\n",
}


def run(mariadb: PrivateMariaDB, database: str, *statements: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def verdicts(tree: Tree, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    """The order that each pending revision asks for."""
    main(["audit-deploy", "store.go", "--format", "json", "--no-config", *arguments])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {each["revision"]: each["verdict"] for each in document["verdicts"]}


@pytest.fixture
def project(tree: Tree) -> Tree:
    """Code that needs the first and the third migration and breaks on the second."""
    tree.write("store.go", go("`SELECT phone, name FROM users`", "`SELECT mail FROM users`"))
    for name, text in MIGRATIONS.items():
        tree.write(f"migrations/{name}", text)
    return tree


def test_the_server_agrees_in_every_state_of_random_migrations(mariadb: PrivateMariaDB) -> None:
    found = list(deploys(mariadb.connect(), seed=1000, count=12, statements=25))
    compared = [each for each in found if isinstance(each, Compared)]
    assert len(compared) > 1000
    assert [each for each in compared if not each.agrees] == []
    told = [each for each in found if isinstance(each, Told)]
    assert {rule for each in told for rule, _ in each.found} == {"NP201", "NP202", "NP203"}
    assert [(each.sql, each.wrong()) for each in told if each.wrong()] == []


ALL = {"000001_phone": "migrate-first", "000002_drop": "code-first", "000003_mail": "migrate-first"}


def test_without_a_record_every_migration_is_pending(
    project: Tree, capsys: pytest.CaptureFixture[str], mariadb: PrivateMariaDB, database: str
) -> None:
    run(mariadb, database, BASE)
    assert verdicts(project, capsys, "--migrations", "migrations", "--from", mariadb.url(database)) == ALL


@pytest.mark.parametrize(
    "records",
    [
        # golang-migrate
        [
            "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOL NOT NULL)",
            "INSERT INTO schema_migrations VALUES (1, 0)",
        ],
        # dbmate
        [
            "CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY)",
            "INSERT INTO schema_migrations VALUES ('000001')",
        ],
        # goose
        [
            "CREATE TABLE goose_db_version (id SERIAL, version_id BIGINT NOT NULL, is_applied BOOL NOT NULL)",
            "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1), (2, 0)",
        ],
        # Flyway
        [
            "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), "
            "description VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), success BOOL)",
            "INSERT INTO flyway_schema_history VALUES (1, '1', 'x', 'SQL', 'V1__x.sql', 1)",
        ],
        # sql-migrate
        [
            "CREATE TABLE gorp_migrations (id VARCHAR(255) PRIMARY KEY, applied_at DATETIME)",
            "INSERT INTO gorp_migrations (id) VALUES ('000001_phone.up.sql')",
        ],
    ],
    ids=["golang-migrate", "dbmate", "goose", "flyway", "sql-migrate"],
)
def test_what_a_migration_tool_records_is_not_pending(
    project: Tree,
    capsys: pytest.CaptureFixture[str],
    mariadb: PrivateMariaDB,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    records: list[str],
) -> None:
    run(mariadb, database, BASE, "ALTER TABLE users ADD phone VARCHAR(20)", *records)
    monkeypatch.setenv("NODEPATH_DATABASE_URL", mariadb.url(database))
    found = verdicts(project, capsys, "--migrations", "migrations")
    assert found == {"000002_drop": "code-first", "000003_mail": "migrate-first"}


def test_a_migration_that_died_half_way_is_pending(
    project: Tree, capsys: pytest.CaptureFixture[str], mariadb: PrivateMariaDB, database: str
) -> None:
    project.write(
        "migrations/000002_drop.up.sql", "ALTER TABLE users ADD email VARCHAR(20);\nALTER TABLE users DROP name;\n"
    )
    run(
        mariadb,
        database,
        "CREATE TABLE users (id INT, name VARCHAR(20), phone VARCHAR(20), email VARCHAR(20))",
        "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOL NOT NULL)",
        "INSERT INTO schema_migrations VALUES (2, 1)",
    )
    found = verdicts(project, capsys, "--migrations", "migrations", "--from", mariadb.url(database))
    assert found == {"000002_drop": "code-first", "000003_mail": "migrate-first"}


def test_the_database_says_which_alembic_revisions_are_pending(
    tree: Tree, capsys: pytest.CaptureFixture[str], mariadb: PrivateMariaDB, database: str
) -> None:
    tree.write("store.go", go("`SELECT phone_number FROM ai_whatsapp_session_nodepath`"))
    tree.write(
        "versions/0002_names.py",
        'from alembic import op\n\nrevision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
        '    op.execute("ALTER TABLE ai_whatsapp_session_nodepath CHANGE id_prospect phone_number VARCHAR(255)")\n',
    )
    url = mariadb.url(database)
    assert verdicts(tree, capsys, "--migrations", "versions", "--from", url) == {
        "0001": "migrate-first",
        "0002": "migrate-first",
    }
    assert main(["db", "upgrade", "0001", "--database-url", url, "--no-config", "-q"]) == 0
    assert verdicts(tree, capsys, "--migrations", "versions", "--from", url) == {"0002": "migrate-first"}
    assert main(["db", "upgrade", "--migrations", "versions", "--database-url", url, "--no-config", "-q"]) == 0
    assert verdicts(tree, capsys, "--migrations", "versions", "--from", url) == {}


def test_the_owned_tables_without_a_stamp_count_as_the_first_revision(
    tree: Tree, capsys: pytest.CaptureFixture[str], mariadb: PrivateMariaDB, database: str
) -> None:
    tree.write("store.go", go("`SELECT id_prospect FROM ai_whatsapp_session_nodepath`"))
    url = mariadb.url(database)
    main(["db", "upgrade", "--database-url", url, "--no-config", "-q"])
    run(mariadb, database, "DROP TABLE nodepath_alembic_version")
    assert verdicts(tree, capsys, "--from", url) == {}


HALF = """from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("ALTER TABLE ai_whatsapp_session_nodepath CHANGE id_prospect phone_number VARCHAR(255) NOT NULL")
    op.execute("ALTER TABLE ai_whatsapp_session_nodepath CHANGE id_device device_id VARCHAR(255) NOT NULL")
"""


def test_of_a_half_applied_revision_the_rest_is_pending(
    tree: Tree, capsys: pytest.CaptureFixture[str], mariadb: PrivateMariaDB, database: str
) -> None:
    tree.write("store.go", go("`SELECT phone_number, device_id FROM ai_whatsapp_session_nodepath`"))
    tree.write("versions/0002_names.py", HALF)
    url = mariadb.url(database)
    main(["db", "upgrade", "0001", "--database-url", url, "--no-config", "-q"])
    first = HALF.split('"')[5]
    run(
        mariadb,
        database,
        first,
        "DROP TABLE IF EXISTS nodepath_ledger",
        "CREATE TABLE nodepath_ledger (revision VARCHAR(190), direction VARCHAR(8), step INT,"
        " state VARCHAR(8), statement MEDIUMTEXT)",
        f"INSERT INTO nodepath_ledger (revision, direction, step, state, statement) VALUES"
        f" ('0002', 'up', 1, 'done', '{first}')",
    )
    main(
        ["audit-deploy", "store.go", "--format", "json", "--no-config", "--migrations", "versions", "--from", url],
    )
    (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert (verdict["verdict"], verdict["problems"]) == ("migrate-first", [])
    assert [(each["rule"], each["identifier"]) for each in verdict["findings"]] == [("NP201", "device_id")]
