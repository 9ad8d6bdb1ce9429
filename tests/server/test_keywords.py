"""Which words are no names without quotes, and which constructs a server does not have: what MariaDB says of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection, load_schema, nodepath_says, server_verdict

pytestmark = pytest.mark.server

FORMS = {
    "column": "select t.a, {word} from (select 1 as a, 2 as `{word}`) t",
    "condition": "select 1 from (select 2 as `{word}`) t where {word} = 1",
    "alias": "select 1 as {word}",
    "alias without AS": "select 1 {word} from (select 1) t",
    "table": "select 1 from (select 1) as {word}",
}
OTHERWISE = {
    # They begin something else there, which nodepath reads on, or does not.
    "alias without AS": {"ESCAPE", "SOUNDS", "WINDOW"},
    "table": {"WINDOW"},
}
LACKING = (
    "select 1 from t, lateral (select t.a) x",
    "select p from (select a from t) x(p)",
    "select a->'$.a' from t",
    "select a->>'$.a' from t",
    "table t",
    "values row(1, 2)",
    "insert into t (a) values row(5)",
    "insert into t (a) values (5) as n on duplicate key update b = n.a",
    "insert or replace into t (a) values (5)",
    "insert into t default values",
    "delete from t x where x.a = 1",
    "delete from t using t where a = 1 returning a",
    "update t set b = 1 returning a",
    "with x as (select 1) update t set b = 1",
    "with x as materialized (select 1) select 1 from x",
    "select 1 member of ('[1]')",
    "select a from t for share",
    "select a from t for update of t",
    "select a from t order by a nulls first",
    "select a from t where a in ()",
    "select a from t where a is not distinct from b",
    "select sum(a) filter (where a > 1) from t",
    "select rank() over (order by a groups between 1 preceding and current row) from t",
    "select first_value(a) ignore nulls over (order by a) from t",
    "select json_value('{}', '$.a' returning int) from t",
    "select a from t minus select a from t",
)
HAVING = (
    "with x as (select 1 as n) select n from x",
    "select a from t intersect select b from t",
    "select a from t offset 1 rows fetch next 1 rows only",
    "select a from t limit 1 rows examined 5",
    "select a from t for update skip locked",
    "select a from t for update nowait",
    "select a from t for update wait 3",
    "select a from t group by a desc",
    "select sql_cache a from t",
    "select a from t procedure analyse()",
    "delete from t where a = 1 returning a",
    "replace into t (a) values (5) returning a",
    "select p from json_table('[]', '$' columns (p int path '$')) x",
    "values (1, 2), (3, 4)",
    "select x.a from t = x",
)


@pytest.fixture(scope="module")
def connection(mariadb: PrivateMariaDB) -> Iterator[Connection]:
    """A connection to a database with one table."""
    with mariadb.connect() as opened, opened.cursor() as cursor:
        cursor.execute("CREATE DATABASE keywords")
        cursor.execute("USE keywords")
        cursor.execute("CREATE TABLE t (a INT PRIMARY KEY, b INT)")
        yield opened
        cursor.execute("DROP DATABASE keywords")


def test_a_word_is_taken_for_a_name_where_the_server_takes_it_for_one(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT UPPER(word) FROM information_schema.KEYWORDS WHERE word REGEXP '^[A-Za-z0-9_]+$'")
        words = {str(row[0]) for row in cursor.fetchall()}
    schema = load_schema(connection, "keywords")
    differing = set()
    for name, form in FORMS.items():
        for word in words - OTHERWISE.get(name, set()):
            sql = form.format(word=word)
            verdict = server_verdict(connection, sql)
            refused = verdict is not None and verdict.errno == 1064
            if refused != (nodepath_says(sql, schema).unparsed is not None):
                differing.add((name, word))
    assert len(words) > 600
    assert differing == set()


@pytest.mark.parametrize("sql", LACKING)
def test_what_mariadb_does_not_have_is_not_understood(connection: Connection, sql: str) -> None:
    verdict = server_verdict(connection, sql)
    assert verdict is not None
    assert verdict.errno == 1064
    assert nodepath_says(sql, load_schema(connection, "keywords")).unparsed


@pytest.mark.parametrize("sql", HAVING)
def test_what_mariadb_has_is_understood(connection: Connection, sql: str) -> None:
    assert server_verdict(connection, sql) is None
    said = nodepath_says(sql, load_schema(connection, "keywords"))
    assert said.unparsed is None
    assert said.verdicts == ()
