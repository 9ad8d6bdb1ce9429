"""The grammar's entrance: which statement a text begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.cursor import NotUnderstood
from nodepath_cli.sql.lexer import END, NUMBER, QUOTED, STRING, VARIABLE, WORD, Tokens, unquote
from nodepath_cli.sql.made_from import MadeFromGrammar
from nodepath_cli.sql.nodes import Assignment, CallFault, Node, Plain, StoredCall, TableName
from nodepath_cli.sql.resolution import NEEDLESS
from nodepath_cli.sql.set_statements import SetGrammar
from nodepath_cli.sql.trigger_bodies import TriggerGrammar
from nodepath_cli.sql.words import QUERY_STARTS, words_of

_DDL = frozenset(("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"))
_OTHER = words_of("""
    ANALYZE BACKUP BEGIN BINLOG CACHE CALL CHANGE CHECK CHECKSUM CLONE COMMIT DEALLOCATE DECLARE DELIMITER DO
    END EXECUTE FLUSH FOR GET GRANT HANDLER HELP IF IMPORT INSTALL KILL LOAD LOCK LOOP OPTIMIZE PREPARE PURGE
    RELEASE REPAIR REPEAT RESET RESIGNAL RESTART REVOKE ROLLBACK SAVEPOINT SET SHOW SHUTDOWN SIGNAL START STOP
    UNINSTALL UNLOCK USE WHILE XA
""")
_NEEDING = frozenset(("TRUNCATE", "LOCK", "SHOW", "DESCRIBE", "DESC", "LOAD"))
_LOCKS = frozenset(("READ", "WRITE", "LOW_PRIORITY"))
_PARTS = words_of("COLUMNS FIELDS INDEX INDEXES KEYS")
_OF_ROWS = frozenset(("WHERE", "ORDER", "LIMIT"))
_SQLITE = frozenset(("PRAGMA", "VACUUM", "ATTACH", "DETACH", "REINDEX"))
_DESCRIBES = frozenset(("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE"))
_COMPOUND = frozenset(("BEGIN", "DECLARE", "IF", "LOOP", "WHILE", "REPEAT", "FOR"))
_TRANSACTION = frozenset((";", "WORK", "TRANSACTION", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"))
"""What stands behind a BEGIN that begins a transaction, and no compound statement."""
_CHANGES = frozenset(("INSERT", "REPLACE", "UPDATE", "DELETE"))


class StatementGrammar(SetGrammar, TriggerGrammar, MadeFromGrammar):
    """Reads whole statements."""

    def __init__(self, tokens: Tokens, dialect: str, version: tuple[int, ...]) -> None:
        super().__init__(tokens, dialect, version)
        self.atoms = []
        self.named_windows = []
        self.faults = []
        self.operands = []
        self.calls = []
        self.matches = []
        self.collated = []
        self.variables = []
        self.slips = []
        self.loaded: tuple[Assignment, ...] = ()

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
                start = self.starts[needless]
                self.slips.append(CallFault(1064, NEEDLESS, ";", start, start + 1))
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
        if word in _NEEDING and self.dialect != "sqlite":
            tables = self._needed(word)
            if tables:
                kind = "ddl" if word in _DDL else "other"
                loaded = self.loaded if word == "LOAD" else ()
                return Plain(kind, 0, 0, tables, word in ("TRUNCATE", "LOAD"), assignments=loaded)
        if word in _DDL:
            trigger = self.trigger() if word == "CREATE" and self.dialect != "sqlite" else None
            if trigger is not None:
                return trigger
            start = self.starts[self.i]
            query = self.made_from()
            if query is None:
                self._rest(compound=True)
            return Plain("ddl", start, self.ends[self.i - 1], query=query)
        if word == "CALL" and self.dialect != "sqlite":
            return self._called()
        if word in _OTHER or word in _DESCRIBES or (self.dialect == "sqlite" and word in _SQLITE):
            if word in ("SET", "DO") and self.dialect != "sqlite":
                self.slips += self.set_faults() if word == "SET" else self.done_faults()
            transaction = word == "BEGIN" and self.words[self.i + 1] in _TRANSACTION
            self._rest(compound=word in _COMPOUND and not transaction)
            return Plain("other")
        if self.at_hole():
            raise NotUnderstood("the statement's first word is known only at run time", self.starts[self.i], False)
        raise self.problem()

    def _called(self) -> Plain:
        """Step over CALL; the procedure is known where its name is written out, without a database's."""
        start = self.i
        call = None
        kind, name = self.kinds[start + 1], self.words[start + 2]
        if kind in (WORD, QUOTED) and HOLE not in self.text[self.starts[start + 1] : self.ends[start + 1]]:
            text = self.text[self.starts[start + 1] : self.ends[start + 1]]
            text = unquote(text) if kind == QUOTED else text
            place = self.starts[start + 1]
            if name == "(" and self.words[self.closing[start + 2] + 1] in ("", ";"):
                call = StoredCall(text, self.given(start + 2), place, self.ends[self.closing[start + 2]])
            elif name == ";" or self.kinds[start + 2] == END:
                call = StoredCall(text, 0, place, self.ends[start + 1])
        self._rest(compound=False)
        return Plain("other", call=call)

    def _needed(self, word: str) -> tuple[TableName, ...]:
        """Read a statement that needs tables and makes none; () where it is none, or has names that are not known."""
        start, holes = self.i, len(self.holes)
        try:
            self.i += 1
            tables = self._NEEDED[word](self)
            if tables and not any(each.name.hole or (each.database and each.database.hole) for each in tables):
                return tables
        except NotUnderstood:
            pass
        self.i = start
        del self.holes[holes:]
        return ()

    def _whole_name(self) -> TableName:
        name = self.ident()
        if self.accept("."):
            return TableName(self.ident(after_dot=True), name, None)
        return TableName(name, None, None)

    def _ends(self) -> bool:
        return self.kinds[self.i] == END or self.words[self.i] == ";"

    def _truncated(self) -> tuple[TableName, ...]:
        self.accept("TABLE")
        name = self._whole_name()
        if self.words[self.i] == "WAIT" and self.kinds[self.i + 1] == NUMBER:
            self.i += 2
        else:
            self.accept("NOWAIT")
        if self.words[self.i] in _OF_ROWS:
            self.slip(self.i, self.i + 1)
            self._rest(compound=False)
        return (name,) if self._ends() else ()

    def _locked(self) -> tuple[TableName, ...]:
        if self.words[self.i] not in ("TABLE", "TABLES"):
            return ()
        self.i += 1
        found = []
        while True:
            name = self._whole_name()
            if self.accept("AS") or self.words[self.i] not in _LOCKS:
                self.ident()
            if self.accept("READ"):
                self.accept("LOCAL")
            else:
                self.accept("LOW_PRIORITY")
                self.expect("WRITE")
                self.accept("CONCURRENT")
            found.append(name)
            if not self.accept(","):
                break
        if self.words[self.i] == "WAIT" and self.kinds[self.i + 1] == NUMBER:
            self.i += 2
        else:
            self.accept("NOWAIT")
        return tuple(found) if self._ends() else ()

    def _shown(self) -> tuple[TableName, ...]:
        self.accept("EXTENDED")
        self.accept("FULL")
        if self.words[self.i] == "CREATE" and self.words[self.i + 1] == "TABLE":
            self.i += 2
            name = self._whole_name()
            return (name,) if self._ends() else ()
        if self.words[self.i] not in _PARTS or self.words[self.i + 1] not in ("FROM", "IN"):
            return ()
        self.i += 2
        name = self._whole_name()
        if self.words[self.i] in ("FROM", "IN"):
            self.i += 1
            # A second database goes before the one in front of the name.
            name = TableName(name.name, self.ident(), None)
        if not self._ends() and self.words[self.i] not in ("LIKE", "WHERE"):
            return ()
        self._rest(compound=False)
        return (name,)

    def _described(self) -> tuple[TableName, ...]:
        name = self._whole_name()
        if self.kinds[self.i] in (WORD, QUOTED, STRING):
            self.i += 1
        return (name,) if self._ends() else ()

    def _loaded(self) -> tuple[TableName, ...]:
        if self.words[self.i] not in ("DATA", "XML"):
            return ()
        while not self._ends():
            if self.words[self.i] == "INTO" and self.words[self.i + 1] == "TABLE":
                self.i += 2
                name = self._whole_name()
                self.loaded = self._loaded_columns()
                self._rest(compound=False)
                return (name,)
            self.i += 1
        return ()

    def _loaded_columns(self) -> tuple[Assignment, ...]:
        """Read what stands behind the table of LOAD DATA; (), with nothing read, where a part of it is not known."""
        start, holes = self.i, len(self.holes)
        pairs: list[Assignment] = []
        try:
            if self.words[self.i] == "PARTITION":
                self._partitions()
            while not self._ends() and self.words[self.i] not in ("(", "SET"):
                self.i += 3 if self.words[self.i : self.i + 2] == ["CHARACTER", "SET"] else 1
            if self.accept("("):
                while self.words[self.i] != ")":
                    if self.kinds[self.i] == VARIABLE:
                        self.i += 1
                    else:
                        pairs.append(Assignment(self.column(), None))
                    if not self.accept(","):
                        break
                self.expect(")")
            if self.accept("SET"):
                pairs += self._assignments()[0]
            if self._ends() and len(self.holes) == holes:
                return tuple(pairs)
        except NotUnderstood:
            pass
        self.i = start
        del self.holes[holes:]
        return ()

    _NEEDED: ClassVar[dict[str, Callable[[StatementGrammar], tuple[TableName, ...]]]] = {
        "TRUNCATE": _truncated,
        "LOCK": _locked,
        "SHOW": _shown,
        "DESCRIBE": _described,
        "DESC": _described,
        "LOAD": _loaded,
    }

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
