"""The snapshot: what `schema dump` writes is what a schema source reads, byte by byte the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.errors import SchemaError
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.snapshot import dump, load
from nodepath_cli.sql.ddl import replay_script

SCRIPT = """
CREATE TABLE zoo (id INT AUTO_INCREMENT PRIMARY KEY, a INT AS (id + 1) STORED, b VARCHAR(9) INVISIBLE DEFAULT 'x',
  at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, UNIQUE u (b), KEY e ((a + 1)))
  DEFAULT CHARSET=utf8mb4 ENGINE=InnoDB;
CREATE TABLE ant (z INT, CONSTRAINT f FOREIGN KEY (z) REFERENCES zoo (id) ON DELETE CASCADE);
CREATE VIEW v AS SELECT id FROM zoo;
ALTER TABLE ant DROP COLUMN nothing;
"""


def schema() -> Schema:
    return replay_script(SCRIPT, "db/schema.sql", Schema(sources=("db/schema.sql",)), Dialect("mariadb", (10, 11)))


def written(tmp_path: Path, document: object) -> str:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(document), "utf-8")
    return str(path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    before = schema()
    after = load(written(tmp_path, dump(before)))
    assert after.tables == before.tables
    assert after.problems == before.problems
    assert (after.dialect, after.database, after.sources) == ("mariadb", None, ("db/schema.sql",))
    assert dump(after) == dump(before)


def test_the_document_has_the_agreed_shape() -> None:
    document = dump(schema())
    assert list(document) == ["version", "dialect", "database", "sources", "tables", "problems"]
    assert [table["name"] for table in document["tables"]] == ["ant", "v", "zoo"]
    ant, view, zoo = document["tables"]
    assert " ".join(zoo) == (
        "name database kind versioned open columns primary_key unique_keys indexes foreign_keys engine charset "
        "collation"
    )
    assert " ".join(zoo["columns"][0]) == (
        "name type nullable default on_update auto_increment generated invisible charset collation"
    )
    assert zoo["columns"][1]["generated"] == {"kind": "stored", "expression": "id + 1"}
    assert zoo["indexes"] == [{"name": "e", "columns": [None]}]
    assert ant["foreign_keys"] == [
        {"name": "f", "columns": ["z"], "table": "zoo", "references": ["id"], "on_delete": "cascade", "on_update": None}
    ]
    assert (view["kind"], view["primary_key"], view["engine"]) == ("view", [], None)
    assert document["problems"][0]["errno"] == 1091


def test_unknown_keys_are_passed_over_and_missing_ones_are_empty(tmp_path: Path) -> None:
    document = {"version": 1, "later": {}, "tables": [{"name": "t", "columns": [{"name": "a", "more": 1}]}]}
    (table,) = load(written(tmp_path, document)).tables
    assert (table.name, table.primary_key, table.kind) == ("t", (), "table")
    assert (table.columns[0].nullable, table.columns[0].default) == (False, None)


@pytest.mark.parametrize(
    "document",
    [
        {"version": 2, "tables": []},
        {"tables": []},
        {"version": True},
        [],
        "text",
        {"version": 1, "tables": [{"columns": []}]},
        {"version": 1, "tables": [{"name": "t", "columns": [{"name": "a", "nullable": "no"}]}]},
        {"version": 1, "tables": [{"name": "t", "kind": "heap"}]},
        {"version": 1, "problems": [{"line": "x"}]},
    ],
)
def test_what_is_no_snapshot_of_this_version_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(SchemaError) as caught:
        load(written(tmp_path, document))
    assert caught.value.exit_code == 4
    assert "schema.json" in caught.value.message


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(SchemaError):
        load(str(path))
    with pytest.raises(SchemaError):
        load(str(tmp_path / "missing.json"))
