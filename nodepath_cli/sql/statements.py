"""The grammar's entrance: which statement a text begins with."""

from __future__ import annotations

from nodepath_cli.sql.cursor import NotUnderstood
from nodepath_cli.sql.lexer import END, Tokens
from nodepath_cli.sql.nodes import Node, Plain
from nodepath_cli.sql.words import QUERY_STARTS, words_of
from nodepath_cli.sql.writes import WriteGrammar

_DDL = frozenset(("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"))
_OTHER = words_of("""
    ANALYZE BACKUP BEGIN BINLOG CACHE CALL CHANGE CHECK CHECKSUM CLONE COMMIT DEALLOCATE DECLARE DELIMITER DO
    END EXECUTE FLUSH FOR GET GRANT HANDLER HELP IF IMPORT INSTALL KILL LOAD LOCK LOOP OPTIMIZE PREPARE PURGE
    RELEASE REPAIR REPEAT RESET RESIGNAL RESTART REVOKE ROLLBACK SAVEPOINT SET SHOW SHUTDOWN SIGNAL START STOP
    UNINSTALL UNLOCK USE WHILE XA
""")
_SQLITE = frozenset(("PRAGMA", "VACUUM", "ATTACH", "DETACH", "REINDEX"))
_DESCRIBES = frozenset(("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE"))
_COMPOUND = frozenset(("BEGIN", "DECLARE", "IF", "LOOP", "WHILE", "REPEAT", "FOR"))
_TRANSACTION = frozenset((";", "WORK", "TRANSACTION", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"))
"""What stands behind a BEGIN that begins a transaction, and no compound statement."""
_CHANGES = frozenset(("INSERT", "REPLACE", "UPDATE", "DELETE"))


class StatementGrammar(WriteGrammar):
    """Reads whole statements."""

    def __init__(self, tokens: Tokens, dialect: str, version: tuple[int, ...]) -> None:
        super().__init__(tokens, dialect, version)
        self.atoms = []
        self.named_windows = []
        self.faults = []
        self.operands = []
        self.needless: list[int] = []
        """Where semicolons stand that end no statement, in front of another one."""
        self.variables = []
        self.slips = []
        self.dates = set()

    def statements(self) -> list[Node]:
        """Read every statement of the text.

        Raises NotUnderstood where the grammar ends, and where there is no statement.
        """
        nodes: list[Node] = []
        while True:
            needless = self.i + bool(nodes)
            while self.accept(";"):
                pass
            if self.kinds[self.i] == END:
                break
            if self.i > needless:
                # The server takes them at the end alone (measured, with several statements in one text).
                self.needless.append(self.starts[needless])
            nodes.append(self._statement())
            if self.kinds[self.i] != END and self.words[self.i] != ";":
                raise self.problem()
        if not nodes:
            raise NotUnderstood("no statement in the text", 0, False)
        return nodes

    def _statement(self) -> Node:
        word = self.words[self.i]
        if word in _DESCRIBES and self._explained():
            word = self.words[self.i]
        if word in _CHANGES:
            return self._change()
        if word == "WITH":
            return self._with()
        if word in QUERY_STARTS or word == "(":
            return self.query()
        if word in _DDL:
            start = self.starts[self.i]
            self._rest(compound=True)
            return Plain("ddl", start, self.ends[self.i - 1])
        if word in _OTHER or word in _DESCRIBES or (self.dialect == "sqlite" and word in _SQLITE):
            transaction = word == "BEGIN" and self.words[self.i + 1] in _TRANSACTION
            self._rest(compound=word in _COMPOUND and not transaction)
            return Plain("other")
        if self.at_hole():
            raise NotUnderstood("the statement's first word is known only at run time", self.starts[self.i], False)
        raise self.problem()

    def _explained(self) -> bool:
        """Step over EXPLAIN and its options where a statement follows."""
        index = self.i + 1
        while self.words[index] in ("EXTENDED", "PARTITIONS", "FORMAT", "=", "TREE", "JSON", "TRADITIONAL", "ANALYZE"):
            index += 1
        if self.words[index] in _CHANGES or (self.words[index] in QUERY_STARTS and self.words[index] != "TABLE"):
            self.i = index
            return True
        return False

    def _change(self) -> Node:
        word = self.words[self.i]
        if word == "UPDATE":
            return self.update()
        return self.delete() if word == "DELETE" else self.insert()

    def _with(self) -> Node:
        index = self.i
        # MariaDB 10.11 knows WITH before SELECT alone; MySQL 8 also before UPDATE and DELETE (manual, "WITH").
        if self.dialect != "mariadb":
            ctes, recursive = self.with_clause()
            if self.words[self.i] == "UPDATE":
                return self.update(ctes, recursive)
            if self.words[self.i] == "DELETE":
                return self.delete(ctes, recursive)
            self.i = index
        return self.query()

    def _rest(self, compound: bool) -> None:
        """Step over a statement that is not read; a compound one holds semicolons of its own."""
        body = False
        while self.kinds[self.i] != END:
            word = self.words[self.i]
            if word == ";" and not body:
                return
            if compound and word in ("BEGIN", "DECLARE", "LOOP", "THEN"):
                body = True
            self.i += 1
