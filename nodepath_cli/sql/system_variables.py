"""System variables that there most probably are not (1193): a name that is one slip away from one that is used much."""

from __future__ import annotations

from functools import cache

from nodepath_cli.source.spelling import one_slip
from nodepath_cli.sql.words import words_of

_SCOPES = ("GLOBAL.", "SESSION.", "LOCAL.", "PERSIST.", "PERSIST_ONLY.")
_SHARED = words_of("""
    AUTO_INCREMENT_INCREMENT AUTO_INCREMENT_OFFSET AUTOCOMMIT CHARACTER_SET_CLIENT CHARACTER_SET_CONNECTION
    CHARACTER_SET_DATABASE CHARACTER_SET_RESULTS CHARACTER_SET_SERVER COLLATION_CONNECTION COLLATION_DATABASE
    COLLATION_SERVER CONNECT_TIMEOUT DATADIR DEFAULT_STORAGE_ENGINE EVENT_SCHEDULER FOREIGN_KEY_CHECKS
    GROUP_CONCAT_MAX_LEN HOSTNAME INNODB_BUFFER_POOL_SIZE INNODB_LOCK_WAIT_TIMEOUT INTERACTIVE_TIMEOUT LAST_INSERT_ID
    LOCK_WAIT_TIMEOUT LOWER_CASE_TABLE_NAMES MAX_ALLOWED_PACKET MAX_CONNECTIONS NET_READ_TIMEOUT NET_WRITE_TIMEOUT
    READ_ONLY SERVER_ID SQL_LOG_BIN SQL_MODE SQL_SAFE_UPDATES SQL_SELECT_LIMIT SYSTEM_TIME_ZONE TIME_ZONE TIMESTAMP
    UNIQUE_CHECKS VERSION VERSION_COMMENT WAIT_TIMEOUT
""")
"""What MySQL and MariaDB 10.11 both have (the latter's were asked for)."""
_OTHERS = words_of("""
    GTID_EXECUTED GTID_MODE GTID_NEXT GTID_PURGED MAX_EXECUTION_TIME MAX_STATEMENT_TIME SERVER_UUID SUPER_READ_ONLY
    TRANSACTION_ISOLATION TRANSACTION_READ_ONLY TX_ISOLATION TX_READ_ONLY
""")
"""What one of them has, or had (MySQL's manual, "Server System Variables")."""


@cache
def meant(variable: str) -> str | None:
    """Return the system variable that one (`@@session.timezone`) was most probably meant to be, None where in doubt."""
    name = variable.removeprefix("@@").replace("`", "").upper()
    name = next((name.removeprefix(scope) for scope in _SCOPES if name.startswith(scope)), name)
    if not variable.startswith("@@") or name in _SHARED | _OTHERS or "." in name:
        return None
    found = next((each for each in sorted(_SHARED | _OTHERS) if len(each) > _SHORT and one_slip(name, each)), None)
    return found.lower() if found else None


_SHORT = 6
"""Names up to this length have too many others one slip away."""
