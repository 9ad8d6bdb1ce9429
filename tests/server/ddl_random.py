"""Random CREATE, ALTER, DROP and RENAME statements over a few names, so that they meet often."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

TABLES = ["alpha", "beta", "Gamma"]
COLUMNS = ["a", "b", "c", "id", "Name"]
KEYS = ["k1", "k2", "a", "by_name"]

tables = st.sampled_from(TABLES)
columns = st.sampled_from(COLUMNS)
keys = st.sampled_from(KEYS)


def _join(*parts: SearchStrategy[str] | str) -> SearchStrategy[str]:
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map(lambda texts: " ".join(text for text in texts if text))


def _maybe(text: str) -> SearchStrategy[str]:
    return st.sampled_from(["", text])


_numbers = st.sampled_from(["INT", "BIGINT UNSIGNED", "TINYINT(1)", "SMALLINT(4) ZEROFILL", "INTEGER UNSIGNED", "BOOL"])
_exact = st.sampled_from(["DECIMAL", "DECIMAL(8,3)", "NUMERIC(5) UNSIGNED", "FLOAT", "DOUBLE(9,2)"])
_texts = st.sampled_from(
    ["VARCHAR(30)", "CHAR(2)", "VARCHAR(10) CHARACTER SET latin1", "CHAR(4) COLLATE utf8mb4_bin", "NVARCHAR(5)"]
)
_times = st.sampled_from(["DATE", "DATETIME(6)", "DATETIME", "TIMESTAMP", "TIME", "YEAR"])
_large = st.sampled_from(["TEXT", "MEDIUMBLOB", "JSON", "TINYTEXT CHARSET latin1", "VARBINARY(8)"])
_members = st.sampled_from(["ENUM('x','y')", "SET('p','q','r')"])

_number_definitions = _join(
    st.one_of(_numbers, _exact),
    st.sampled_from(["", "NULL", "NOT NULL"]),
    st.sampled_from(["", "DEFAULT 0", "DEFAULT '7'", "DEFAULT -1", "DEFAULT 1.26", "DEFAULT 'no'"]),
)
_text_definitions = _join(
    _texts,
    st.sampled_from(["", "NULL", "NOT NULL"]),
    st.sampled_from(["", "DEFAULT ''", "DEFAULT 'it''s'", "DEFAULT 12", "DEFAULT 'far too long for it'"]),
)
_time_definitions = _join(
    _times,
    st.sampled_from(["", "NULL", "NOT NULL"]),
    st.sampled_from(["", "DEFAULT '2024-01-02'", "DEFAULT '10:11:12'", "DEFAULT CURRENT_TIMESTAMP"]),
)
_other_definitions = _join(st.one_of(_large, _members), st.sampled_from(["", "NOT NULL", "NULL", "INVISIBLE"]))
_generated = st.sampled_from(["INT AS (a + 1)", "BIGINT AS (7 * 2) STORED", "VARCHAR(9) AS (Name) VIRTUAL"])
_automatic = st.sampled_from(["INT AUTO_INCREMENT PRIMARY KEY", "BIGINT NOT NULL AUTO_INCREMENT UNIQUE", "SERIAL"])
definitions = st.one_of(
    _number_definitions, _text_definitions, _time_definitions, _other_definitions, _generated, _automatic
)

_sound = st.sampled_from(
    [
        "INT",
        "INT NOT NULL",
        "INTEGER UNSIGNED DEFAULT '5'",
        "BIGINT NOT NULL DEFAULT 0",
        "DECIMAL(9,2) DEFAULT 1.5",
        "FLOAT",
        "VARCHAR(40) NOT NULL DEFAULT ''",
        "CHAR(3) CHARACTER SET latin1 DEFAULT 'x'",
        "VARCHAR(20) COLLATE utf8mb4_bin",
        "DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        "TIMESTAMP NULL",
        "DATE DEFAULT '2024-02-03'",
        "ENUM('x','y') NOT NULL DEFAULT 'y'",
        "TEXT",
        "JSON",
        "INT INVISIBLE DEFAULT 3",
        "BOOL NOT NULL DEFAULT TRUE",
    ]
)
_sound_columns = st.lists(_sound, min_size=len(COLUMNS), max_size=len(COLUMNS)).map(
    lambda texts: [f"{name} {text}" for name, text in zip(COLUMNS, texts, strict=True)]
)
_own_keys = st.sampled_from(["", "", "", "UNIQUE", "PRIMARY KEY", "CHECK (1 = 1)", "COMMENT 'c'"])
column_definitions = st.one_of(_join(columns, definitions), _join(columns, _number_definitions, _own_keys))


_key_columns = st.lists(columns, min_size=1, max_size=3).map(lambda names: f"({', '.join(names)})")
key_definitions = st.one_of(
    _join("PRIMARY KEY", _key_columns),
    _join(st.sampled_from(["UNIQUE", "UNIQUE KEY", "CONSTRAINT k2 UNIQUE"]), _key_columns),
    _join(st.sampled_from(["KEY", "INDEX", "UNIQUE INDEX"]), st.one_of(keys, st.just("")), _key_columns),
    _join("FOREIGN KEY (", columns, ") REFERENCES", tables, "(", columns, ") ON DELETE CASCADE"),
    _join("CONSTRAINT fk FOREIGN KEY (", columns, ") REFERENCES", tables, "(", columns, ")"),
    _join("CONSTRAINT positive CHECK (", columns, "IS NOT NULL )"),
)

_options = st.sampled_from(["", "ENGINE=InnoDB", "DEFAULT CHARSET=latin1", "COLLATE utf8mb4_bin", "ENGINE=MyISAM"])


def _create(parts: tuple[str, str, list[str], list[str], str]) -> str:
    condition, table, own, more, options = parts
    return f"CREATE TABLE {condition} {table} ({', '.join(own + more)}) {options}"


creates = st.tuples(
    _maybe("IF NOT EXISTS"),
    tables,
    st.one_of(
        _sound_columns,
        _sound_columns,
        st.lists(column_definitions, min_size=1, max_size=5, unique_by=lambda text: text.split()[0]),
    ),
    st.lists(key_definitions, max_size=2),
    _options,
).map(_create)

_places = st.one_of(st.just(""), st.just("FIRST"), _join("AFTER", columns))
actions = st.one_of(
    _join("ADD", _maybe("COLUMN"), _maybe("IF NOT EXISTS"), column_definitions, _places),
    _join("ADD", key_definitions),
    _join("DROP COLUMN", _maybe("IF EXISTS"), columns),
    _join("CHANGE", columns, columns, definitions, _places),
    _join("MODIFY", columns, definitions, _places),
    _join("RENAME COLUMN", columns, "TO", columns),
    _join("RENAME INDEX", keys, "TO", keys),
    _join("DROP", st.sampled_from(["KEY", "INDEX IF EXISTS", "FOREIGN KEY IF EXISTS", "CONSTRAINT"]), keys),
    st.just("DROP PRIMARY KEY"),
    _join("ALTER", columns, st.sampled_from(["DROP DEFAULT", "SET DEFAULT 5"])),
    st.just("CONVERT TO CHARACTER SET utf8mb4"),
)
alters = st.tuples(tables, st.lists(actions, min_size=1, max_size=3)).map(
    lambda parts: f"ALTER TABLE {parts[0]} {', '.join(parts[1])}"
)
others = st.one_of(
    _join("DROP TABLE", _maybe("IF EXISTS"), tables),
    _join("RENAME TABLE", tables, "TO", tables),
    _join("CREATE TABLE", tables, "LIKE", tables),
    _join("CREATE OR REPLACE VIEW v AS SELECT", columns, ",", columns, "AS second FROM", tables),
    _join("CREATE", _maybe("UNIQUE"), "INDEX", keys, "ON", tables, _key_columns),
    _join("DROP INDEX", keys, "ON", tables),
)


def scripts() -> SearchStrategy[list[str]]:
    """Return scripts that begin with CREATE statements."""
    body = st.lists(st.one_of(alters, alters, alters, creates, others), min_size=1, max_size=8)
    return st.tuples(st.lists(creates, min_size=1, max_size=3), body).map(lambda parts: parts[0] + parts[1])
