"""What is not SQL, or goes to no database, is not reported; what is broken is read as far as it goes."""

from __future__ import annotations

import pytest

from nodepath_cli.source.hosts._go.looks_like_sql import sql_kind
from nodepath_cli.source.hosts._go.relevant import has_sql_words
from tests.unit.go_host import body, only, statements, texts

SQL = [
    ("alter /* by the migrator */ table users add age int", "ddl"),
    ("select/* by whom */id from users", "dml"),
    ("unlock /* now */ tables", "other"),
    ("create trigger \ufffc \ufffc \ufffc on users for each row set @a = 1", "ddl"),
    ("SELECT * FROM t", "dml"),
    ("select a, b from `t` where c = ?", "dml"),
    ("SELECT 1", "dml"),
    ("SELECT LAST_INSERT_ID()", "dml"),
    ("SELECT DATABASE()", "dml"),
    ("  -- first\n  /* second */ SELECT a FROM t", "dml"),
    ("(SELECT a FROM t) UNION (SELECT b FROM u)", "dml"),
    ("WITH x AS (SELECT 1) SELECT * FROM x", "dml"),
    ("INSERT INTO t (a) VALUES (?)", "dml"),
    ("INSERT IGNORE INTO `t` SET a = 1", "dml"),
    ("REPLACE INTO t VALUES (1)", "dml"),
    ("UPDATE t SET a = 1", "dml"),
    ("UPDATE db.t AS x SET x.a = 1", "dml"),
    ("UPDATE t1 JOIN t2 ON t1.a = t2.a SET t1.b = 1", "dml"),
    ("UPDATE t1, t2 SET t1.a = t2.a", "dml"),
    ("DELETE FROM t", "dml"),
    ("DELETE FROM t WHERE a = 1", "dml"),
    ("DELETE t1 FROM t1 JOIN t2 ON t1.a = t2.a", "dml"),
    ("CREATE TABLE IF NOT EXISTS t (a INT)", "ddl"),
    ("ALTER TABLE `t` ADD COLUMN b INT", "ddl"),
    ("DROP TABLE IF EXISTS t", "ddl"),
    ("CREATE UNIQUE INDEX i ON t (a)", "ddl"),
    ("TRUNCATE TABLE t", "ddl"),
    ("RENAME TABLE a TO b", "ddl"),
    ("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "other"),
    ("SHOW STATUS LIKE 'x'", "other"),
]

ENGLISH = [
    "Select a file from the list",
    "SELECT Query (full_scan)",
    "select the best of them",
    "update failed: row is locked",
    "Update available",
    "update users using the settings above",
    "update the user",
    "updating settings",
    "delete from cache failed",
    "Delete this item?",
    "insert into the slot",
    "Create a table for two",
    "create table failed",
    "Drop it",
    "set the value of x",
    "Show all columns",
    "with love",
    "SELECT",
    "INSERT",
    "replace into nothing at all",
    "call me",
    "Alter ego",
    "begin",
    "selected 5 rows from table",
    "grant access",
    # What privileges are called, and texts are searched for.
    "LOCK TABLES",
]


@pytest.mark.parametrize(("text", "kind"), SQL)
def test_sql_is_known_by_its_words(text: str, kind: str) -> None:
    assert sql_kind(text) == kind


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_no_sql(text: str) -> None:
    assert sql_kind(text) is None


@pytest.mark.parametrize(
    "code",
    [
        'return fmt.Errorf("select a from t failed: %w", err)',
        'return errors.New("update t set a = 1 failed")',
        'log.Printf("SELECT a FROM t WHERE b = %s", id)',
        'r.logger.WithField("query", "SELECT a FROM t").Info("DELETE FROM t")',
        'slog.Info("UPDATE t SET a = 1")',
        'fmt.Println("SELECT a FROM t")',
        't.Fatalf("DELETE FROM t WHERE a = 1")',
        'if strings.HasPrefix(id, "SELECT a FROM t") {\n\treturn nil\n}',
        'if id == "SELECT a FROM t" {\n\treturn nil\n}',
        'pattern := regexp.MustCompile("SELECT a FROM t")\n_ = pattern',
        'mock.ExpectQuery("SELECT a FROM t").WillReturnRows(rows)',
        'panic("DELETE FROM t WHERE a = 1")',
        '// r.db.Exec("DELETE FROM t")',
        '/* r.db.Exec("DELETE FROM t") */',
        'words := []string{"SELECT", "INSERT INTO", "UPDATE"}\n_ = words',
        'unused := "SELECT a FROM t"\n_ = unused',
        'http.Get("https://example.org/select?from=t")',
        'name := req.URL.Query().Get("name")\n_ = name',
        "value := cache.Get(id)\n_ = value",
        'cmd := exec.Command("mysql", "-e", "SELECT a FROM t")\n_ = cmd',
    ],
)
def test_text_that_goes_to_no_database_is_not_reported(code: str) -> None:
    assert texts(body(code)) == []


def test_a_comment_behind_the_verb_hides_no_statement() -> None:
    """The program writes who sends the statement into it, and sends it with a package that is not among the files."""
    code = """
        query := fmt.Sprintf(`alter /* by the migrator */ table %s AUTO_INCREMENT=%d`, "users", 7)
        sqlutils.ExecNoPrepare(r.db, query)
        sqlutils.ExecNoPrepare(r.db, "unlock /* by the migrator */ tables")
        sqlutils.ExecNoPrepare(r.db, "insert /* by the migrator */ into users (name) values ('a')")
    """
    assert texts(body(code)) == [
        "alter /* by the migrator */ table users AUTO_INCREMENT=7",
        "unlock /* by the migrator */ tables",
        "insert /* by the migrator */ into users (name) values ('a')",
    ]


def test_struct_tags_are_no_sql() -> None:
    assert texts('package a\n\ntype t struct {\n\tA string `db:"SELECT a FROM t"`\n}\n') == []


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\ufeff",
        "package",
        "not go at all {{{",
        'package a\nfunc f() { db.Exec("SELECT a FROM t"',
        "package a\nfunc f() { db.Exec(`SELECT a FROM t",
        'package a\nfunc f( { x := := "SELECT a FROM t"; db.Exec(x) }',
        "package a\nvar x = y\nvar y = x\nfunc f() { db.Exec(x) }",
        "package a\ntype A B\ntype B A\nfunc f(a A) { db.Exec(a.q) }\nvar z A\n",
        "package a\nfunc f() string { return f() }\nfunc g() { db.Exec(f()) }",
        'package a\nfunc f() { db.Exec("SELECT a FROM t" \x00 ) }',
        "package a\nfunc f() { db.Exec() ; db.Query(nil...) ; .Exec(x) }",
        "package a\nconst (\n a = iota\n b\n)\nfunc f() { for { if a { continue }; break }; goto x; x: return }",
        'package a\nfunc f() { fmt.Sprintf(); strings.Join(); strings.Repeat("x", -1); db.Exec(fmt.Sprintf("%[9]s")) }',
        'package a\nfunc f() { s := "é"; db.Exec("SELECT a FROM t" + s[1:] + s[:9] + s[5:2]) }',
    ],
)
def test_no_input_is_an_exception(source: str) -> None:
    for statement in statements({"a.go": source}):
        for variant in statement.variants:
            if variant.sql:
                variant.offsets.locate(0, len(variant.sql))


def test_broken_code_is_read_as_far_as_it_goes() -> None:
    source = """package a

func good() {
	db.Query("SELECT a FROM t")
}

func bad() {
	if x := {
	db.Query("SELECT b FROM t")
}

func other() {
	db.Query("SELECT c FROM t")
}
"""
    assert {"SELECT a FROM t", "SELECT c FROM t"} <= set(texts(source))


def test_the_function_of_a_statement_is_the_method_around_its_call() -> None:
    statement = only(statements(body('r.db.Exec("DELETE FROM t")')))
    assert statement.function == "Do"
    assert statement.host == "go"


@pytest.mark.parametrize(
    "code",
    ["client.Query(ctx, &q, variables)", "api.Query(ctx, expression, now)", "index.Query(text)", "x.Exec(command)"],
)
def test_a_query_of_something_else_is_no_database_call_that_was_not_followed(code: str) -> None:
    assert statements(f"package a\n\nfunc f(expression, text, command string) {{\n\t{code}\n}}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        'q := "update " + table + " set a = 1"',
        "add(`update orders`)",
        'q := "delete from t"',
        'return "(select id from t)"',
        'x("UPDATE %s")',
        'fmt.Sprintf("update %s", t)',
        'call("call refresh(?)")',
        'parts := append(parts, "insert orders")',
        '"/* by whom */ update t set a = 1"',
        'Up: "create table t (a int)"',
        'join("insert orders (id, total)", more)',
        'run("CALL " + name + "(?)")',
        'queries := Queries{Short: "select id from t", Long: `select * from t`}',
        'run(trace.Wrap(ctx, "delete from t"))',
    ],
)
def test_what_may_be_sql_or_a_part_of_it_is_followed(text: str) -> None:
    assert has_sql_words(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "func (m *M) merge(update *Value) {}",
        "func find(set Set, key string) int {}",
        'call := func() {}\nwrite("call := func(%s)", x)',
        'report("update %s: not found (%d tries)", id, n)',
        'errors.Wrap(err, "delete from the store")',
        'log.Printf("select %s from the list", x)',
        'cmd := Command{Usage: "update sql schema to a version", Description: "create table by table"}',
        'status.Errorf("insert into %s failed", t)',
        '// "select a from t"',
    ],
)
def test_sentences_errors_and_go_itself_are_no_sql(text: str) -> None:
    assert not has_sql_words(text.encode())


@pytest.mark.parametrize(
    ("package", "handle", "call"),
    [
        ("github.com/syndtr/goleveldb/leveldb", "leveldb.DB", "db.Get(key, nil)"),
        ("github.com/linxGnu/grocksdb", "grocksdb.DB", "db.Get(options, key)"),
        ("modernc.org/kv", "kv.DB", "db.Get(buffer, []byte(name))"),
        ("github.com/cockroachdb/pebble", "pebble.DB", "db.Get(options, name)"),
        ("github.com/arangodb/go-driver", "driver.Database", "db.Query(ctx, name, nil)"),
    ],
)
def test_stores_of_keys_and_databases_with_a_language_of_their_own_get_no_sql(
    package: str, handle: str, call: str
) -> None:
    code = f"""
        package store

        import (
            "context"
            "database/sql"

            {handle.partition(".")[0]} "{package}"
        )

        func find(ctx context.Context, db *{handle}, options any, buffer, key []byte, name string) {{
            {call}
        }}

        func opened(own *sql.DB) {{
            db, _ := open()
            db.Get(key, nil)
            db.Get(buffer, []byte("name"))
            own.Query("SELECT id FROM t")
        }}
    """
    assert [each.sql for each in statements(code)] == ["SELECT id FROM t"]
