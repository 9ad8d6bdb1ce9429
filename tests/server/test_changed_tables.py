"""What no statement can change (1288, 1471), and what must not be read while it is changed (1093)."""

from __future__ import annotations

import pymysql
import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB
from tests.server.judge import MARIADB, Verdict, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE u (a INT, b INT)",
    "CREATE TABLE t (a INT, b INT, d INT)",
    "CREATE VIEW grouped AS SELECT a, COUNT(*) c FROM u GROUP BY a",
    "CREATE VIEW counted AS SELECT COUNT(*) a FROM u",
    "CREATE VIEW apart AS SELECT DISTINCT a FROM u",
    "CREATE VIEW together AS SELECT a FROM u UNION SELECT b FROM u",
    "CREATE VIEW few AS SELECT a FROM u LIMIT 3",
    "CREATE VIEW plain AS SELECT a, b FROM u WHERE b > 1",
    "CREATE VIEW joined AS SELECT u.a, t.d FROM u JOIN t ON u.a = t.a",
    "CREATE VIEW computed AS SELECT a, b + 1 AS x FROM u",
    "CREATE VIEW above AS SELECT a FROM grouped",
)
VIEWS = ("grouped", "counted", "apart", "together", "few", "plain", "joined", "computed", "above")
FORMS = (
    "UPDATE {0} SET a = 1",
    "UPDATE {0} v SET v.a = 1 WHERE v.a = 2",
    "UPDATE {0} v JOIN t ON t.a = v.a SET t.b = v.a",
    "UPDATE t JOIN {0} v ON t.a = v.a SET v.a = t.b",
    "INSERT INTO {0} (a) VALUES (1)",
    "INSERT INTO {0} (a) SELECT b FROM t",
    "INSERT INTO t (a) SELECT a FROM {0}",
    "REPLACE INTO {0} (a) VALUES (1)",
    "SELECT a FROM {0}",
)
DELETES = (
    "DELETE FROM {0} WHERE a = 1",
    "DELETE v FROM {0} v JOIN t ON t.a = v.a",
    "DELETE t FROM {0} v JOIN t ON t.a = v.a",
)
READ = (
    "DELETE u FROM u JOIN t ON t.a = u.a WHERE u.b IN (SELECT b FROM u)",
    "DELETE u FROM u JOIN t ON t.a = u.a WHERE u.b IN (SELECT b FROM (SELECT b FROM u) x)",
    "DELETE t FROM u JOIN t ON t.a = u.a WHERE u.b IN (SELECT b FROM u)",
    "DELETE x FROM u x JOIN t ON t.a = x.a WHERE EXISTS (SELECT 1 FROM t y JOIN u z ON y.a = z.a)",
    "DELETE FROM u WHERE b IN (SELECT b FROM u)",
    "UPDATE u SET a = (SELECT MAX(a) FROM t)",
    "UPDATE u, t SET u.a = 1 WHERE u.b IN (SELECT b FROM u)",
)


def both(connection: pymysql.connections.Connection, schema: Schema, sql: str) -> tuple[Verdict | None, set[int]]:
    """The server's verdict, and nodepath's error numbers."""
    return server_verdict(connection, sql), {each.errno for each in nodepath_says(sql, schema, MARIADB).verdicts}


def test_views_and_subqueries_as_on_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    statements = [form.format(view) for view in VIEWS for form in FORMS]
    # A view over several tables takes no DELETE for another reason (1395).
    statements += [form.format(view) for view in VIEWS if view != "joined" for form in DELETES]
    statements += READ
    differ = []
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for ddl in DDL:
            cursor.execute(ddl)
        for sql in statements:
            server, own = both(connection, schema, sql)
            if (server.errno if server else None) != (min(own) if own else None):
                differ.append((sql, server, own))
    assert differ == []


@pytest.mark.parametrize(
    ("sql", "errors"),
    [
        ("DELETE FROM u WHERE b IN (SELECT b FROM u)", [1093]),
        ("UPDATE u SET a = (SELECT MAX(x.a) FROM u x)", [1093]),
        ("UPDATE u JOIN t ON t.a = u.a SET u.b = 1 WHERE t.b IN (SELECT b FROM u)", [1093]),
        ("UPDATE u JOIN t ON t.a = u.a SET t.b = 1 WHERE t.b IN (SELECT b FROM u)", []),
        ("DELETE FROM u WHERE b IN (SELECT b FROM (SELECT b FROM u) x)", []),
        ("DELETE FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.a = u.a)", []),
        ("INSERT INTO u (a) SELECT MAX(a) FROM u", []),
    ],
)
def test_mysql_reads_no_table_that_it_changes_as_its_manual_says(sql: str, errors: list[int]) -> None:
    dialect = Dialect("mysql", (8, 0))
    schema = replay([DdlText(each, "x.sql") for each in DDL[:2]], Schema(), dialect)
    assert [each.errno for each in nodepath_says(sql, schema, dialect).verdicts] == errors
    # Where the server is only assumed, the rule makes a warning of it.
    assumed = Dialect("mysql", (8, 0), assumed=True)
    assert [each.errno for each in nodepath_says(sql, schema, assumed).verdicts] == errors
