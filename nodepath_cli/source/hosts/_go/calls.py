"""What a call is by its name and shape: a database call, something that never sends SQL, or anything else."""

from __future__ import annotations

import re
from functools import lru_cache

from nodepath_cli.patterns import lazy

SINKS: dict[str, int] = {
    # database/sql: the first argument is the SQL, behind the context of the Context forms.
    **dict.fromkeys(("Exec", "Query", "QueryRow", "Prepare", "MustExec", "Queryx", "QueryRowx", "Preparex"), 0),
    **dict.fromkeys(("NamedExec", "NamedQuery", "PrepareNamed", "Raw", "MustPrepare"), 0),
    # sqlx, gorp, scany: a target first.
    **dict.fromkeys(("Get", "Select", "SelectOne", "SelectInt", "SelectStr", "SelectNullInt", "SelectNullStr"), 1),
}
"""Methods of the common database packages, and the index of their SQL without a context."""

ALWAYS = frozenset(
    [
        "Exec",
        "Query",
        "QueryRow",
        "Prepare",
        "MustExec",
        "Queryx",
        "QueryRowx",
        "Preparex",
        "NamedExec",
        "NamedQuery",
        "PrepareNamed",
        "MustPrepare",
    ]
)
"""Names that are database calls on nearly every receiver that is not known to be something else."""

_FIRST = frozenset(("SelectInt", "SelectStr", "SelectNullInt", "SelectNullStr"))

_DATABASE_TYPE = lazy(
    r"(?:^|/)(?:database/sql|sql|sqlx|pgx|pgxpool|gorp|borp|gorm|dbr|bun|squirrel|xorm|sqlite3?|mysql)(?:/v\d+)?\."
    r"(?:DB|Tx|Conn|Pool|DbMap|Transaction|Session|Ext|ExtContext|Execer|ExecerContext|Queryer|QueryerContext|Preparer|"
    r"PreparerContext|SqlExecutor)$"
)
_DATABASE_INTERFACE = lazy(r"\.\w*(?:DB|Db|Tx|Conn|Connection|Querier|Queryer|Execer|Executor|DBTX|Database)$")
"""Types of the tree that are named after what they wrap."""
_BY_KEY = lazy(
    r"(?:^|/)(?:gorp|borp|datastore|etcd|redis|memcache|kv|buntdb|nutsdb|lmdb|mdbx|"
    r"[\w-]*(?:bolt|badger|pebble|leveldb|rocksdb))(?:[./]|$)"
)
_NO_SQL = lazy(r"(?:^|/)(?:arangodb|mongo|mongo-driver|mgo|couchbase|gocb|dgraph-io|dgo)(?:[./]|$)")
"""Packages of databases that have a language of their own, or none."""
_FOREIGN_TYPE = lazy(r"[^/]+\.[^/]+/.*\.\w+$")
"""Types of imported packages by their path, none of which is known for a database."""
_STATEMENT_TYPE = lazy(r"\.(?:Stmt|NamedStmt|PreparedStatement)$")
_DATABASE_NAME = lazy(
    r"(?:^|[._])(?:\w*(?:db|tx|Db|DB|Tx|conn|Conn|dbx|sqlx?|database|Database|dbmap|DbMap|DBMap|querier|Querier|executor|"
    r"Executor|execer|queryer|sess|dbtx|DBTX|dbi|dbh|handle|trx|txn|Txn))(?:\([^()]*\))?$"
)
_STATEMENT_NAME = lazy(r"(?:stmt|statement|prepared|prep)\w*(?:\(\)|\[[^\]]*\])?$", re.IGNORECASE)

_RUNS = lazy(r"(?:Must)?(?:Named)?(?:Exec|Query|Prepare)(?:[A-Z]\w*)?$|Run(?:SQL|Sql|Query)|\w+(?:SQL|Sql)$")

_NEVER_PACKAGES = frozenset(
    [
        "log",
        "slog",
        "logrus",
        "zap",
        "zerolog",
        "klog",
        "glog",
        "errors",
        "xerrors",
        "assert",
        "require",
        "testing",
        "flag",
        "os",
        "exec",
        "regexp",
        "regexp2",
        "http",
        "httptest",
        "url",
        "filepath",
        "path",
        "template",
        "json",
        "xml",
        "yaml",
        "hex",
        "base64",
        "sort",
        "slices",
        "maps",
        "time",
        "reflect",
        "atomic",
        "sync",
        "unicode",
        "utf8",
        "color",
        "i18n",
        "cobra",
        "pflag",
        "viper",
        "status",
        "codes",
        "trace",
        "otel",
        "attribute",
        "semconv",
        "span",
        "tracer",
        "sentry",
        "metrics",
        "prometheus",
        "sqlmock",
        "gomock",
        "mock",
        "ioutil",
        "io",
        "bufio",
        "bytes",
        "strconv",
        "logging",
        "logger",
        "mail",
        "smtp",
        "html",
        "net",
        "tls",
        "rsa",
        "sha256",
        "md5",
        "rand",
        "big",
        "math",
        "jwt",
        "gin",
        "echo",
        "fiber",
        "mux",
        "chi",
        "gjson",
        "sjson",
        "pretty",
        "spew",
        "debug",
        "runtime",
    ]
)
_NEVER_METHODS = lazy(
    r"^(?:[lL]og[A-Z]\w*|(?:Debug|Info|Warn|Warning|Error|Fatal|Panic|Print|Trace|Log|Notice|Critical|Verbose)(?:f|ln|w|Context|Ctx|ContextF|S|v)?|"
    r"With(?:Field|Fields|Error|Context|Value|Values|Message|Messagef|Stack)?|Wrap(?:f)?|Errorf|Msg|Msgf|Skip(?:f|Now)?|Helper|"
    r"Str|Strs|Stringer|Any|Interface|Expect(?:Exec|Query|Prepare|Begin)|WillReturn\w*|MatchString|FindString\w*|Contains|"
    r"HasPrefix|HasSuffix|EqualFold|Index|LastIndex|Count|Equal\w*|NotEqual\w*|Regexp|MustCompile|Header|Cookie|Flag|StringVar|"
    r"Getenv|Setenv|HandleFunc|Handle|WriteHeader|Redirect|AddTranslation|Translate|Tr|T|SetError|AddError|Println|Printf|Sprint|Sprintln|"
    r"Fprint|Fprintf|Fprintln|New|Is|As|Unwrap)$"
)
_LOGGING = lazy(r"[lL]og[A-Z]\w*$")
_COMMON = frozenset(
    ("New", "Is", "As", "Any", "Count", "Index", "Interface", "T", "Tr", "Translate", "Handle", "Flag", "Str")
)
_PARSERS = lazy(r"(?:^|/)[\w-]*(?:sqlparser|sqllexer|pg_query|pg_query_go|tidb/pkg/parser|tidb/parser)(?:/|\.|$)")
_MIGRATION_TOOLS = lazy(r"(?:^|[/-])(?:migrat(?:e|or|ions?)|goose|darwin|dbmate)(?:/?\.?v\d+)?$")
"""Packages that run the steps which they are given, or find: a database, a dialect, a source of steps, no SQL."""
_NEVER_FUNCTIONS = frozenset(
    [
        "panic",
        "print",
        "println",
        "len",
        "cap",
        "append",
        "copy",
        "delete",
        "close",
        "make",
        "new",
        "min",
        "max",
        "error",
    ]
)
_CONTEXT = lazy(
    r"^(?:c|ctx|context)$|[cC]tx\d?(?:\(\))?$|[cC]ontext(?:\(\))?$|\.(?:Background|TODO)\(\)$|^context\.With\w+\("
)


# Every call is asked several times, and a program's methods have few names.
@lru_cache(maxsize=4096)
def base_name(method: str) -> str:
    """Return a method's name without the ending `Context` or `Ctx`."""
    for ending in ("Context", "Ctx"):
        if method.endswith(ending) and method != ending:
            return method[: -len(ending)]
    return method


def sql_argument(method: str, first: str, count: int) -> int | None:
    """Return which argument of a database method is its SQL, None where the name is no such method or it has too few.

    `first` is the source text of the first of the `count` arguments: a context in front of the SQL is told by its name.
    """
    base = base_name(method)
    if base not in SINKS:
        return None
    position = SINKS[base]
    if base in _FIRST:
        position = 0
    if count and (base != method or _CONTEXT.search(first)):
        position += 1
    return position if position < count else None


def is_database(receiver: str, type_id: str, method: str) -> bool | None:
    """Say whether a receiver is a database handle: by its type, else by its name; None where neither tells.

    `method` is its bare name: `Get` of a store of keys is no query, nor that of gorp, which takes primary keys.
    """
    if type_id:
        if (method == "Get" and _BY_KEY.search(type_id)) or _NO_SQL.search(type_id):
            return False
        if _DATABASE_TYPE.search(type_id):
            return True
        if _STATEMENT_TYPE.search(type_id) or type_id.startswith(("net/", "os", "url.", "string", "[]", "map[]")):
            return False
        if _DATABASE_INTERFACE.search(type_id) and not type_id.startswith(("net.", "websocket")):
            return True
        if method not in ALWAYS and _FOREIGN_TYPE.match(type_id):
            return None
    if _STATEMENT_NAME.search(receiver):
        return False
    if _DATABASE_NAME.search(receiver):
        return True
    return None


def is_statement(type_id: str) -> bool:
    """Say whether a type is that of a prepared statement: it is given values, no SQL."""
    return bool(_STATEMENT_TYPE.search(type_id))


def is_context(argument: str) -> bool:
    """Say whether an argument is a context by its name."""
    return bool(_CONTEXT.search(argument))


def hands_on(method: str) -> bool:
    """Say whether a function of another package is named as one that runs SQL (`sqlutils.ExecNoPrepare(db, query)`)."""
    return bool(_RUNS.match(method)) or base_name(method) in SINKS


def migrates(package: str) -> bool:
    """Say whether a package is a migration tool by its path (`migrate.Exec(db, "mysql", source, migrate.Up)`)."""
    return bool(_MIGRATION_TOOLS.search(package))


def never_sends(callee: str, package: str | None, method: str, *, declared: bool = False) -> bool:
    """Say whether a call evidently does something else with a text than sending it to a database.

    `package` is the import path where the callee is a function of an imported package; `declared` where it is one of
    the tree, which may give a common name a meaning of its own (`query.New(sql)`).
    """
    if package is not None:
        last = package.rpartition("/")[2]
        if last in _NEVER_PACKAGES or package.split("/")[0] in _NEVER_PACKAGES:
            return True
        if package in ("fmt", "strings"):
            return True
    if not method:
        return callee in _NEVER_FUNCTIONS or bool(_LOGGING.match(callee))
    if declared and method in _COMMON:
        return False
    root = callee.split(".", 1)[0].lower()
    if root in ("log", "logger", "logging", "slog", "assert", "require", "mock", "zap", "errors", "regexp"):
        return method not in SINKS
    if root in ("t", "b") and callee.count(".") == 1 and not declared:
        # A test's or benchmark's own methods; what is behind a field (`t.db.Rebind`) is another receiver's.
        return method not in SINKS
    if root in _NEVER_PACKAGES and "." not in callee[len(root) + 1 :]:
        return method not in SINKS
    return bool(_NEVER_METHODS.match(method))


def parses(package: str | None, receiver_type: str) -> bool:
    """Say whether a call hands its text to a SQL parser: what is parsed there is a program's own language."""
    return bool(_PARSERS.search(package or receiver_type))
