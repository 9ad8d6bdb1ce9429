"""The session lock tables, in the shape that production has

Revision ID: 0001
Revises: -

One CREATE TABLE for each table on MySQL and MariaDB, keys included: every DDL statement is committed by itself there,
so a statement for each index would leave more half-done states behind when a run dies. SQLite has no inline keys that
keep a name, and takes a statement for each.
"""

from __future__ import annotations

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = None
depends_on: tuple[str, ...] | None = None

# The names that these columns had in code and in scripts that ran on some databases.
_FORMER = {
    "phone_number": "id_prospect",
    "device_id": "id_device",
    "locked_at": "timestamp",
    "last_activity": "timestamp",
}
FORMER_NAMES: dict[str, dict[str, str]] = {
    "ai_whatsapp_session_nodepath": _FORMER,
    "wasapBot_session_nodepath": _FORMER,
}

# Table, its primary key, its unique key, its index.
_TABLES = (
    (
        "ai_whatsapp_session_nodepath",
        "id_sessionX",
        "uniq_ai_whatsapp_session",
        "idx_ai_whatsapp_session_device",
    ),
    (
        "wasapBot_session_nodepath",
        "id_sessionY",
        "uniq_wasapbot_session",
        "idx_wasapbot_session_device",
    ),
)

_MYSQL = """CREATE TABLE `{table}` (
  `{primary}` INT NOT NULL AUTO_INCREMENT,
  `id_prospect` VARCHAR(255) NOT NULL,
  `id_device` VARCHAR(255) NOT NULL,
  `timestamp` VARCHAR(255) NOT NULL,
  PRIMARY KEY (`{primary}`),
  UNIQUE KEY `{unique}` (`id_prospect`, `id_device`),
  KEY `{index}` (`id_device`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""

_SQLITE = (
    """CREATE TABLE "{table}" (
  "{primary}" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "id_prospect" VARCHAR(255) NOT NULL,
  "id_device" VARCHAR(255) NOT NULL,
  "timestamp" VARCHAR(255) NOT NULL
)""",
    'CREATE UNIQUE INDEX "{unique}" ON "{table}" ("id_prospect", "id_device")',
    'CREATE INDEX "{index}" ON "{table}" ("id_device")',
)


def upgrade() -> None:
    """Create both tables. The server refuses where one of them is there: adopting is not migrating."""
    statements = _SQLITE if op.get_context().dialect.name == "sqlite" else (_MYSQL,)
    for table, primary, unique, index in _TABLES:
        for statement in statements:
            op.execute(statement.format(table=table, primary=primary, unique=unique, index=index))


def downgrade() -> None:
    """Drop both tables, with whatever locks are in them."""
    for table, *_ in reversed(_TABLES):
        op.drop_table(table)
