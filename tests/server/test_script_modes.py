"""Scripts that turn strict mode off and on: what gets an error number is what the server refuses there."""

from __future__ import annotations

import pymysql
import pytest

from nodepath_cli.config import Dialect, Settings
from tests.mariadb import PrivateMariaDB
from tests.tree import Tree

pytestmark = pytest.mark.server

DDL = "CREATE TABLE kinds (kind ENUM('a', 'b') DEFAULT 'a', pk INT NOT NULL, n TINYINT, name VARCHAR(3));"
MODES = (
    "SET sql_mode = ''",
    "SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO'",
    'SET @@sql_mode := "ANSI"',
    "SET @@session.sql_mode = 'STRICT_TRANS_TABLES'",
    "set sql_mode='strict_all_tables'",
    "SET sql_mode = 'TRADITIONAL'",
    "SET sql_mode = DEFAULT",
    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
    "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
    "SET sql_mode = (SELECT REPLACE(@@sql_mode, 'ONLY_FULL_GROUP_BY', ''))",
    "SET @OLD_SQL_MODE = @@sql_mode",
    "SET foreign_key_checks = 0",
)
WRITES = (
    "INSERT INTO kinds VALUES ('d', 1, 1, 'x')",
    "INSERT INTO kinds (kind) VALUES ('a')",
    "INSERT INTO kinds VALUES ('a', DEFAULT, 1, 'x')",
    "INSERT INTO kinds VALUES ('a', 1, 4000, 'x')",
    "INSERT INTO kinds VALUES ('a', 1, 1, 'longer')",
    "INSERT INTO kinds VALUES ('a', 1, 1, 'x')",
    "INSERT INTO kinds VALUES ('a', NULL, 1, 'x')",
)
SETTINGS = Settings(dialect=Dialect("mariadb", (10, 11)), dialect_given=True)


def script(order: int) -> list[str]:
    """Every write behind each way to set the mode, the ways in one order or another."""
    turned = [*MODES[order:], *MODES[:order]][:: 1 if order % 2 else -1]
    return [DDL, *(each for mode in turned for each in (mode, *WRITES))]


@pytest.mark.parametrize("order", range(len(MODES)))
def test_an_error_number_is_given_to_what_the_server_refuses(
    order: int, tree: Tree, mariadb: PrivateMariaDB, database: str
) -> None:
    statements = script(order)
    refused = set()
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET @OLD_SQL_MODE = @@sql_mode")
        for line, each in enumerate(statements, 1):
            try:
                cursor.execute(each)
            except pymysql.MySQLError:
                refused.add(line)
    assert len(refused) > len(MODES)
    tree.write("dump.sql", "".join(f"{each};\n" for each in statements))
    findings = tree.audit(settings=SETTINGS).findings
    assert {each.position.line for each in findings if each.errno is not None} == refused
