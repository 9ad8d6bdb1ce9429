"""Another database's SQL in a program that opens none but the audited one: the server does not read it."""

from __future__ import annotations

from nodepath_cli.config import Dialect
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.resolution import Unparsed

_SPELT = {
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "mssql": "SQL Server",
    "oracle": "Oracle",
}


def misplaced(statement: Statement, start: int, dialect: Dialect) -> Unparsed:
    """Return what the audited server says of such a text, from the word at `start` on."""
    words = f"{statement.dialect_reason} is {_SPELT.get(statement.dialect or '', statement.dialect)}'s"
    lacking = f"{words}, and the program opens no database but {_SPELT.get(dialect.name, dialect.name)}"
    return Unparsed(statement.variants[0], words, start=start, lacking=lacking)
