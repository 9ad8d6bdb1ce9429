"""The session variables that DDL depends on."""

from __future__ import annotations

from msgspec import Struct, field

from nodepath_cli.config import Dialect


class Session(Struct):
    """What SET statements of a script have changed; it starts with the server's defaults."""

    dialect: Dialect
    check_foreign_keys: bool = True
    """`foreign_key_checks`, unless the replay cannot rely on the order of its statements."""
    inferred: bool = False
    """The statements were found in code: what they say of a type may be told wrongly, but not that the column is."""
    settled: bool = False
    """They are to run on a server that has the modes of its version, not on one whose dump or script they are."""
    notes: list[str] = field(default_factory=list)
    """What could not be told of the statement at hand."""
    variables: dict[str, str] = field(default_factory=dict)
    """Everything that was SET, session and user variables alike, as SQL text."""

    def set(self, name: str, value: str) -> None:
        """Take over one SET."""
        if value.lower().startswith("@old_") or (value.startswith("@") and value.lower() in self.variables):
            value = self.variables.get(value.lower(), "default")
        if name.startswith("@") and value.lower().startswith("@@"):
            current = value.lower().lstrip("@").removeprefix("session.").removeprefix("global.")
            value = self.variables.get(current, "default")
        self.variables[name] = value

    def _on(self, name: str, default: bool) -> bool:
        value = self.variables.get(name, "default").strip("'\"").lower()
        return default if value == "default" else value not in ("0", "off", "false")

    @property
    def foreign_key_checks(self) -> bool:
        """Whether a foreign key's table must be there."""
        return self.check_foreign_keys and self._on("foreign_key_checks", True)

    @property
    def explicit_timestamps(self) -> bool:
        """`explicit_defaults_for_timestamp`: on since MySQL 8.0 and MariaDB 10.10 (manuals)."""
        dialect = self.dialect
        first = (10, 10) if dialect.name == "mariadb" else (8, 0)
        return self._on("explicit_defaults_for_timestamp", not dialect.version or dialect.version >= first)

    @property
    def sql_mode(self) -> frozenset[str]:
        """The modes in force. MySQL's default forbids zero dates, MariaDB's does not (manuals)."""
        value = self.variables.get("sql_mode", "default").strip("'\"").upper()
        if value != "DEFAULT":
            return frozenset(part.strip() for part in value.split(","))
        if self.dialect.name == "mariadb":
            return frozenset({"STRICT_TRANS_TABLES"})
        return frozenset({"STRICT_TRANS_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE"})

    @property
    def strict(self) -> bool:
        """Whether a value that does not fit is refused."""
        return bool(self.sql_mode & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES", "TRADITIONAL"})

    @property
    def zero_dates(self) -> bool:
        """Whether `'0000-00-00'` is a valid default."""
        return not ("NO_ZERO_DATE" in self.sql_mode and self.strict) and "TRADITIONAL" not in self.sql_mode

    @property
    def written_zero_dates(self) -> bool:
        """Whether a script's own `'0000-00-00'` is taken: where it says nothing of the mode, its server took it."""
        return self.zero_dates or (not self.settled and "sql_mode" not in self.variables)

    @property
    def engine(self) -> str | None:
        """The engine of a table that names none; None for the server's own."""
        for name in ("default_storage_engine", "storage_engine"):
            value = self.variables.get(name, "").strip("'\"")
            if value and value.lower() != "default":
                return value
        return None
