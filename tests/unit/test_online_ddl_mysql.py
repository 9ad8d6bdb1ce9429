"""What an ALTER TABLE costs on MySQL, by its manuals ("Online DDL Operations"): no MySQL server is asked here."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from nodepath_cli.sql.online_ddl import Algorithm, cost

INSTANT, IN_PLACE, REBUILD, COPY = Algorithm
TABLE = (
    "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT NOT NULL, v VARCHAR(20), w VARCHAR(100), "
    "e ENUM('x','y'), KEY ka (a)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
)


@pytest.mark.parametrize(
    ("alter", "mysql_5_7", "mysql_8_0_20", "mysql_8_4"),
    [
        ("ADD COLUMN z INT", REBUILD, INSTANT, INSTANT),
        ("ADD COLUMN z INT FIRST", REBUILD, REBUILD, INSTANT),
        ("DROP COLUMN w", REBUILD, REBUILD, INSTANT),
        ("RENAME COLUMN w TO x", IN_PLACE, IN_PLACE, INSTANT),
        ("MODIFY a INT AFTER b", REBUILD, REBUILD, REBUILD),
        ("MODIFY a BIGINT", COPY, COPY, COPY),
        ("MODIFY v VARCHAR(60)", IN_PLACE, IN_PLACE, IN_PLACE),
        ("MODIFY v VARCHAR(64)", COPY, COPY, COPY),
        ("MODIFY w VARCHAR(200)", IN_PLACE, IN_PLACE, IN_PLACE),
        ("MODIFY a INT NOT NULL", REBUILD, REBUILD, REBUILD),
        ("MODIFY e ENUM('x','y','z')", INSTANT, INSTANT, INSTANT),
        ("ALTER COLUMN b SET DEFAULT 3", INSTANT, INSTANT, INSTANT),
        ("ADD INDEX kb (b)", IN_PLACE, IN_PLACE, IN_PLACE),
        ("DROP PRIMARY KEY, ADD PRIMARY KEY (id, b)", REBUILD, REBUILD, REBUILD),
        ("ADD CONSTRAINT c CHECK (a > 0)", INSTANT, COPY, COPY),
        ("ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id)", COPY, COPY, COPY),
        ("CONVERT TO CHARACTER SET latin1", COPY, COPY, COPY),
        ("ENGINE=InnoDB", REBUILD, REBUILD, REBUILD),
        ("RENAME TO t9", INSTANT, INSTANT, INSTANT),
        ("ADD COLUMN z INT, ADD INDEX kz (b)", REBUILD, REBUILD, REBUILD),
    ],
)
def test_the_algorithm_by_version_as_the_manual_has_it(
    alter: str, mysql_5_7: Algorithm, mysql_8_0_20: Algorithm, mysql_8_4: Algorithm
) -> None:
    for version, expected in (((5, 7), mysql_5_7), ((8, 0, 20), mysql_8_0_20), ((8, 4), mysql_8_4)):
        dialect = Dialect("mysql", version)
        sql = f"ALTER TABLE t {alter}"
        before = replay([DdlText(TABLE)], Schema(), dialect)
        found = cost(sql, before, replay([DdlText(sql)], before, dialect), dialect)
        assert found is not None
        assert (version, found.algorithm) == (version, expected)
        assert found.blocks_writes == (expected is COPY)


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE x (id INT)", "DROP TABLE t", "ALTER TABLE nowhere ADD c INT", "nonsense"]
)
def test_what_is_no_change_of_a_known_table_has_no_cost(sql: str) -> None:
    dialect = Dialect("mysql", (8, 0))
    before = replay([DdlText(TABLE)], Schema(), dialect)
    assert cost(sql, before, replay([DdlText(sql)], before, dialect), dialect) is None


def test_a_fulltext_index_blocks_writes_by_the_manual() -> None:
    dialect = Dialect("mysql", (8, 0))
    before = replay([DdlText(TABLE)], Schema(), dialect)
    sql = "ALTER TABLE t ADD FULLTEXT INDEX kf (v)"
    found = cost(sql, before, replay([DdlText(sql)], before, dialect), dialect)
    assert found is not None
    assert found.blocks_writes
