"""Names with a database in front: the table that a statement reads has to be in that one."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB
from tests.server.judge import load_schema, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = ("CREATE TABLE kupon (kod INT PRIMARY KEY, nilai INT)", "CREATE TABLE lain (kod INT, x INT)")
FORMS = (
    "SELECT {0}.kod FROM {1}",
    "SELECT kod FROM {1} WHERE {0}.nilai = 1",
    "SELECT {0}.* FROM {1}",
    "SELECT 1 FROM {1} ORDER BY {0}.kod",
    "SELECT kod FROM {1} GROUP BY {0}.kod, kod",
    "SELECT MAX({0}.nilai) FROM {1}",
    "UPDATE {1} SET {0}.nilai = 1",
    "UPDATE {1} SET nilai = {0}.kod WHERE {0}.kod = 1",
    "DELETE FROM {1} WHERE {0}.kod = 1",
    "SELECT 1 FROM {1} JOIN lain ON {0}.kod = lain.kod",
    "SELECT 1 FROM lain WHERE EXISTS (SELECT 1 FROM {1} WHERE {0}.kod = lain.kod)",
    "SELECT (SELECT {0}.kod LIMIT 1) FROM {1}",
    "DELETE {0} FROM {1} JOIN lain ON 1",
    "SELECT DISTINCT {0}.kod AS x FROM {1} UNION SELECT 1",
    "INSERT INTO {1} ({0}.kod) VALUES (1)",
    "INSERT INTO {1} (kod) VALUES (1) ON DUPLICATE KEY UPDATE {0}.nilai = {0}.kod",
)
TABLES = ("kupon", "kupon AS k", "{db}.kupon", "{db}.kupon AS k", "{other}.kupon", "{other}.kupon AS k")
NAMES = (
    "kupon",
    "k",
    "{db}.kupon",
    "{db}.k",
    "{other}.kupon",
    "{other}.k",
    "tiada.kupon",
    "tiada.k",
    "information_schema.kupon",
)


def test_a_database_in_front_of_a_name_is_that_of_the_table(mariadb: PrivateMariaDB, database: str) -> None:
    other = database + "_other"
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {other}")
        try:
            for ddl in DDL:
                cursor.execute(ddl)
                cursor.execute(ddl.replace("TABLE ", f"TABLE {other}."))
            known = load_schema(connection, database)
            # What a script says that names no database, beside that of another one.
            unnamed = replace(known, database=None)
            differ, refused, taken, told = [], 0, 0, 0
            for form, table, name in itertools.product(FORMS, TABLES, NAMES):
                if " AS " in table and ("INSERT" in form or form.startswith("DELETE FROM")):
                    continue
                if form.startswith("DELETE {0}") and name.startswith("information_schema"):
                    # The right to change anything there is asked for first (1044).
                    continue
                sql = form.format(name, table).format(db=database, other=other)
                verdict = server_verdict(connection, sql, execute=True)
                if verdict is not None and verdict.errno == 1062:
                    verdict = None
                theirs = {verdict.errno} if verdict else set()
                refused, taken = refused + bool(theirs), taken + (not theirs)
                ours = {each.errno for each in nodepath_says(sql, known).verdicts}
                if bool(theirs) != bool(ours) or not theirs <= ours:
                    differ.append((sql, theirs, ours))
                loose = {each.errno for each in nodepath_says(sql, unnamed).verdicts}
                told += bool(loose)
                if loose and not loose & theirs and database not in sql.replace(other, ""):
                    differ.append((sql, theirs, loose))
        finally:
            cursor.execute(f"DROP DATABASE {other}")
    assert not differ, "\n".join(map(str, differ))
    assert refused > 350
    assert taken > 100
    assert told > 250


@pytest.mark.parametrize("sql", ["SELECT tiada.kupon.kod FROM kupon", "SELECT tiada.kupon.* FROM kupon"])
def test_a_database_that_no_source_names_may_be_the_default_one(
    mariadb: PrivateMariaDB, database: str, sql: str
) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(DDL[0])
        schema: Schema = load_schema(connection, database)
        assert server_verdict(connection, sql) is not None
    assert nodepath_says(sql, schema).verdicts
    assert not nodepath_says(sql, replace(schema, database=None)).verdicts
