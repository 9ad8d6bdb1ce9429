"""MATCH: its columns are those of one full-text index of one table (1210, 1191)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.server.judge import MARIADB, Connection, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20), body TEXT, j INT, FULLTEXT KEY ft (body), FULLTEXT (n, body))",
    "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20), body TEXT)",
    "ALTER TABLE b ADD FULLTEXT INDEX (n)",
    "CREATE FULLTEXT INDEX later ON b (body)",
    "CREATE TABLE m (id INT PRIMARY KEY, n VARCHAR(20), body TEXT) ENGINE=MyISAM",
    "CREATE VIEW v AS SELECT * FROM a",
)
MODES = ("", " IN BOOLEAN MODE", " IN NATURAL LANGUAGE MODE", " WITH QUERY EXPANSION")
STATEMENTS = (
    "SELECT 1 FROM a WHERE MATCH(n) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH(body) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH body AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH(body, n) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH(N, Body) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH(n, n, body) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE MATCH(j) AGAINST ('x'{})",
    "SELECT MATCH(n) AGAINST ('x'{}) AS score FROM a ORDER BY score",
    "SELECT 1 FROM a ORDER BY MATCH(n) AGAINST ('x'{})",
    "SELECT 1 FROM b WHERE MATCH(b.n) AGAINST ('x'{}) OR MATCH(body) AGAINST ('y'{})",
    "SELECT 1 FROM b WHERE MATCH(n, body) AGAINST ('x'{})",
    "SELECT 1 FROM a, b WHERE MATCH(a.body, b.n) AGAINST ('x'{})",
    "SELECT 1 FROM a JOIN b USING (id) WHERE MATCH(a.n) AGAINST ('x'{})",
    "SELECT 1 FROM a x JOIN a y ON x.id = y.id WHERE MATCH(x.n, y.body) AGAINST ('x'{})",
    "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE MATCH(a.body, b.n) AGAINST ('x'{}))",
    "SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE MATCH(a.n) AGAINST ('x'{}))",
    "SELECT 1 FROM m WHERE MATCH(n) AGAINST ('x'{})",
    "SELECT 1 FROM v WHERE MATCH(body) AGAINST ('x'{})",
    "UPDATE a SET j = 1 WHERE MATCH(n) AGAINST ('x'{})",
    "DELETE FROM a WHERE MATCH(body) AGAINST ('x'{})",
    "DELETE FROM a WHERE id = 1 RETURNING MATCH(n) AGAINST ('x'{})",
    "INSERT INTO a (id) VALUES (MATCH(n) AGAINST ('x'{}))",
    "INSERT INTO a (id) VALUES (1) ON DUPLICATE KEY UPDATE j = MATCH(n) AGAINST ('x'{})",
    "INSERT INTO a (id) SELECT MATCH(n) AGAINST ('x'{}) FROM a",
    "UPDATE a, b SET a.j = MATCH(a.n) AGAINST ('x'{})",
    "SELECT COUNT(*) FROM a GROUP BY MATCH(n) AGAINST ('x'{})",
)


def test_match_as_on_the_server(connection: Connection) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    guessed = replace(schema, inferred=True)
    differ, refused = [], 0
    for sql in (form.format(mode, mode) for form in STATEMENTS for mode in MODES):
        server = server_verdict(connection, sql, execute=True)
        ours = {each.errno for each in nodepath_says(sql, schema).verdicts}
        refused += server is not None
        if ({server.errno} if server else set()) != ours:
            differ.append((sql, server, ours))
        # An index may be made elsewhere.
        assert 1191 not in {each.errno for each in nodepath_says(sql, guessed).verdicts}
    assert differ == []
    assert refused > 30
