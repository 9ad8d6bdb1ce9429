"""What an account may do is what the server grants it."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from nodepath_cli.database_url import parse
from nodepath_cli.diagnose import diagnose
from nodepath_cli.schema.live_privileges import READING, UPGRADING, account
from tests.mariadb import PrivateMariaDB
from tests.tree import Tree, go

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    ("grant", "reading", "upgrading"),
    [
        ("ALL PRIVILEGES ON {database}.*", True, True),
        ("ALL PRIVILEGES ON *.*", True, True),
        ("SELECT ON {database}.*", True, False),
        ("SELECT ON {pattern}.*", True, False),
        ("SELECT ON another.*", False, False),
        ("USAGE ON *.*", False, False),
    ],
)
def test_privileges(mariadb: PrivateMariaDB, database: str, grant: str, reading: bool, upgrading: bool) -> None:
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE USER 'odd@name'@'localhost' IDENTIFIED BY 'x'")
        # Without any right on it an account cannot choose the database at all (1044).
        cursor.execute(f"GRANT SHOW VIEW ON {database}.* TO 'odd@name'@'localhost'")
        scope = grant.format(database=database, pattern=f"`{database[:-1]}%`")
        cursor.execute(f"GRANT {scope} TO 'odd@name'@'localhost'")
        try:
            found = account(parse(f"odd@name:x@unix({mariadb.socket})/{database}"))
        finally:
            cursor.execute("DROP USER 'odd@name'@'localhost'")
    assert (found.lacks(READING) == (), found.lacks(UPGRADING) == ()) == (reading, upgrading)
    assert "MariaDB" in found.server


def test_the_doctor_sees_the_server_and_where_the_migrations_stand(
    mariadb: PrivateMariaDB, database: str, tree: Tree
) -> None:
    tree.write("store.go", go("`SELECT 1`"))
    settings = Settings(schema=("live",), database_url=mariadb.url(database))
    found = {each.code: each for each in diagnose(("store.go",), settings)}
    assert found["schema"].message == "live: 0 tables, 0 columns"
    assert found["privileges"].health == "ok"
    assert found["migrations"].message.startswith("there are no lock tables yet: ")
    assert (found["migrations"].health, found["migrations"].next_step) == ("note", "run `nodepath db upgrade`")
