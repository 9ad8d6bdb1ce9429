"""What an ALTER TABLE costs, asked of the server: it takes ALGORITHM and LOCK, or refuses them."""

from __future__ import annotations

import pymysql
import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from nodepath_cli.sql.online_ddl import Algorithm, Cost, cost
from tests.mariadb import PrivateMariaDB

MARIADB = Dialect("mariadb", (10, 11))
COLUMNS = (
    "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT NOT NULL DEFAULT 0, v VARCHAR(20), w VARCHAR(300), "
    "c CHAR(10), d DATETIME, e ENUM('x','y'), s SET('p','q'), tx TEXT, n DECIMAL(10,2), ts TIMESTAMP NULL, "
    "u INT UNSIGNED, bg BIGINT, ix VARCHAR(20), KEY ka (a), UNIQUE KEY ui (ix), KEY kb (b)"
)
PLAIN = f"CREATE TABLE t ({COLUMNS}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
TABLES = {
    "plain": PLAIN,
    "virtual": PLAIN.replace("KEY ka", "g INT AS (a + 1) VIRTUAL, KEY ka"),
    "stored": PLAIN.replace("KEY ka", "g INT AS (a + 1) STORED, KEY ka"),
    "both": PLAIN.replace("KEY ka", "g INT AS (a + 1) VIRTUAL, gs INT AS (a + 2) STORED, KEY ka"),
}
PARENT = "CREATE TABLE parent (id INT PRIMARY KEY) ENGINE=InnoDB"
ANSWERS = {
    ("INSTANT", "NONE"): Cost(Algorithm.INSTANT, blocks_writes=False),
    ("NOCOPY", "NONE"): Cost(Algorithm.IN_PLACE, blocks_writes=False),
    ("NOCOPY", "SHARED"): Cost(Algorithm.IN_PLACE, blocks_writes=True),
    ("INPLACE", "NONE"): Cost(Algorithm.REBUILD, blocks_writes=False),
    ("INPLACE", "SHARED"): Cost(Algorithm.REBUILD, blocks_writes=True),
    ("COPY", "SHARED"): Cost(Algorithm.COPY, blocks_writes=True),
}
"""MariaDB's words, the cheapest first, and ours."""
ALTERS = """
ADD COLUMN z INT | ADD COLUMN z INT FIRST | ADD COLUMN z INT AFTER a | ADD COLUMN z INT NOT NULL DEFAULT 5
ADD COLUMN z VARCHAR(10) NOT NULL | ADD COLUMN z INT AS (a*2) VIRTUAL | ADD COLUMN z INT AS (a*2) STORED
ADD COLUMN z DATETIME DEFAULT CURRENT_TIMESTAMP | ADD COLUMN z TEXT | ADD COLUMN z JSON | ADD COLUMN z INT UNIQUE
ADD (y INT, z INT) | DROP COLUMN d | DROP COLUMN ix | RENAME COLUMN d TO dd | CHANGE d dd DATETIME
CHANGE v vv VARCHAR(40) | MODIFY bg INT | MODIFY b BIGINT NOT NULL | MODIFY b INT UNSIGNED NOT NULL DEFAULT 0
MODIFY u INT | MODIFY b INT | MODIFY b INT NULL DEFAULT 0 | MODIFY b INT NOT NULL DEFAULT 7
MODIFY b INT NOT NULL DEFAULT 0 COMMENT 'x' | ALTER COLUMN b SET DEFAULT 3 | ALTER COLUMN b DROP DEFAULT
MODIFY v VARCHAR(30) | MODIFY v VARCHAR(63) | MODIFY v VARCHAR(64) | MODIFY v VARCHAR(100) | MODIFY v VARCHAR(10)
MODIFY v VARCHAR(20) NOT NULL | MODIFY v VARCHAR(20) CHARACTER SET latin1 | MODIFY v VARCHAR(20) CHARACTER SET utf8mb3
MODIFY v VARCHAR(20) COLLATE utf8mb4_bin | MODIFY ix VARCHAR(20) COLLATE utf8mb4_bin | MODIFY w VARCHAR(400)
MODIFY w VARCHAR(200) | MODIFY c CHAR(20) | MODIFY c VARCHAR(10) | MODIFY e ENUM('x','y','z')
MODIFY e ENUM('x','z','y') | MODIFY e ENUM('x') | MODIFY s SET('p','q','r')
MODIFY s SET('p','q','r','4','5','6','7','8','9') | MODIFY tx MEDIUMTEXT | MODIFY tx VARCHAR(100) | MODIFY d DATE
MODIFY d DATETIME(6) | MODIFY d TIMESTAMP NULL | MODIFY n DECIMAL(12,2) | MODIFY n DECIMAL(8,2)
MODIFY id BIGINT NOT NULL AUTO_INCREMENT | MODIFY v VARCHAR(20) INVISIBLE | MODIFY a INT AFTER b
MODIFY w VARCHAR(400) FIRST | MODIFY a INT(5) | ADD INDEX k1 (b) | ADD UNIQUE INDEX k1 (b)
ADD FULLTEXT INDEX k1 (tx) | ADD INDEX k1 (b), ADD INDEX k2 (v) | DROP INDEX ka | DROP INDEX ui
DROP PRIMARY KEY, ADD PRIMARY KEY (id, b) | RENAME INDEX ka TO kz | MODIFY id INT NOT NULL, DROP PRIMARY KEY
ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id) | ADD CONSTRAINT ck CHECK (a > 0)
CONVERT TO CHARACTER SET utf8mb4 | CONVERT TO CHARACTER SET latin1
CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin | DEFAULT CHARACTER SET latin1 | ENGINE=InnoDB
AUTO_INCREMENT=1000 | COMMENT='hello' | ADD SYSTEM VERSIONING | FORCE | ROW_FORMAT=COMPRESSED
ADD COLUMN z INT, DROP COLUMN d | ADD COLUMN z INT, ADD INDEX kz (z) | ADD COLUMN z INT, MODIFY bg INT
ADD COLUMN z INT, MODIFY b INT | DROP INDEX ka, ADD INDEX ka2 (a, b) | DROP COLUMN d, ADD INDEX kz (c)
ADD COLUMN z INT, ALTER COLUMN b SET DEFAULT 3 | MODIFY v VARCHAR(40), ADD INDEX kz (c)
DROP COLUMN ix, ADD COLUMN z INT | ADD COLUMN z INT, DROP INDEX ka | DROP COLUMN d, DROP INDEX ka
DROP COLUMN d, DROP COLUMN n | MODIFY a INT AFTER b, ADD INDEX kz (c) | ADD COLUMN z INT FIRST, ADD INDEX kz (c)
MODIFY v VARCHAR(20) NOT NULL, ADD COLUMN z INT | DROP COLUMN d, MODIFY b INT
MODIFY v VARCHAR(20) NOT NULL, DROP COLUMN d | RENAME COLUMN d TO dd, ADD INDEX kz (c)
DROP COLUMN ix, ADD INDEX kz (c) | ADD COLUMN z INT AS (a*2) VIRTUAL, ADD INDEX kz (c)
ADD COLUMN z INT AS (a*2) VIRTUAL, ADD COLUMN y INT | ADD COLUMN z INT AS (a*2) VIRTUAL, DROP COLUMN d
ALTER COLUMN b SET DEFAULT 3, ADD INDEX kz (c)
"""
STATEMENTS = [each.strip() for line in ALTERS.strip().splitlines() for each in line.split("|")]


def claimed(table: str, alter: str, dialect: Dialect = MARIADB) -> Cost:
    sql = f"ALTER TABLE t {alter}"
    before = replay([DdlText(PARENT), DdlText(table)], Schema(), dialect)
    after = replay([DdlText(sql)], before, dialect)
    assert not after.problems
    found = cost(sql, before, after, dialect)
    assert found is not None
    return Cost(found.algorithm, found.blocks_writes)


def answered(server: PrivateMariaDB, database: str, table: str, alter: str) -> Cost | None:
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = 'STRICT_TRANS_TABLES'")
        for (algorithm, lock), ours in ANSWERS.items():
            cursor.execute("DROP TABLE IF EXISTS t, parent")
            cursor.execute(PARENT)
            cursor.execute(table)
            try:
                cursor.execute(f"ALTER TABLE t {alter}, ALGORITHM={algorithm}, LOCK={lock}")
            except pymysql.err.Error as error:
                assert error.args[0] in (1845, 1846), error
            else:
                return ours
    return None


@pytest.mark.parametrize("table", TABLES)
def test_what_mariadb_takes_is_what_is_claimed(mariadb: PrivateMariaDB, database: str, table: str) -> None:
    ddl = TABLES[table]
    claims = {alter: claimed(ddl, alter) for alter in STATEMENTS}
    assert claims == {alter: answered(mariadb, database, ddl, alter) for alter in STATEMENTS}
