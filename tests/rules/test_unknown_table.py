"""NP102: a table that the schema lacks, and what it takes to say so where the schema is only inferred."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree, brief, go

DDL = """
CREATE TABLE wasapBot_nodepath (id INT PRIMARY KEY);
CREATE TABLE orders_nodepath (id INT PRIMARY KEY);
CREATE TABLE tag (id INT PRIMARY KEY);
"""


def test_a_table_that_a_given_schema_lacks_is_an_error(tree: Tree) -> None:
    (finding,) = tree.findings(DDL, '"SELECT 1 FROM entirely_other"')
    assert (finding.rule, finding.identifier, finding.errno) == ("NP102", "entirely_other", 1146)
    assert finding.confidence == "certain"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("wasapbot_nodepath", "wasapBot_nodepath"), ("order_nodepath", "orders_nodepath"), ("orders", "orders_nodepath")],
)
def test_the_nearest_table_is_offered(tree: Tree, written: str, meant: str) -> None:
    (finding,) = tree.findings(DDL, f'"DELETE FROM {written}"')
    assert finding.suggestions[0].replacement == meant


def test_nothing_configured_a_near_name_is_an_error(tree: Tree) -> None:
    tree.write("a.go", go('"DELETE FROM ai_whatsapp_session WHERE id_prospect = ?"'))
    (finding,) = tree.audit("a.go").findings
    assert finding.suggestions[0].replacement == "ai_whatsapp_session_nodepath"


def test_nothing_configured_another_table_is_unresolved_and_the_summary_says_how_to_give_it(tree: Tree) -> None:
    tree.write("a.go", go('"DELETE FROM campaigns WHERE id = ?"'))
    report = tree.audit("a.go")
    assert report.findings == ()
    assert [each.reason for each in report.unresolved] == ["no schema for table campaigns"]
    assert report.counts.unresolved == report.counts.statements == 1
    assert any("--schema" in note for note in report.notes)


def test_one_letter_is_not_near_for_a_short_name_in_an_inferred_schema(tree: Tree) -> None:
    tree.write("schema/001.sql", "CREATE TABLE tag (id INT PRIMARY KEY);")
    tree.write("a.go", go('"DELETE FROM tags"'))
    report = tree.audit(".")
    assert report.findings == ()
    assert [each.reason for each in report.unresolved] == ["no schema for table tags"]


def test_tables_of_other_applications_are_partial_never_errors(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), external_tables=("leads", "campaign_*"))
    ddl_and_go = tree.findings(DDL, '"SELECT a FROM leads"', '"SELECT b FROM campaign_2"', settings=settings)
    assert brief(ddl_and_go) == []
    counts = tree.audit("store.go", settings=settings).counts
    assert (counts.resolved, counts.partial, counts.unresolved) == (0, 2, 0)


def test_a_table_name_in_another_case_is_the_same_where_the_server_ignores_case(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), case_sensitive_tables=False)
    assert tree.findings(DDL, '"SELECT id FROM WASAPBOT_nodepath"', settings=settings) == []


def test_a_copy_beside_a_table_says_nothing_against_the_table(tree: Tree) -> None:
    """`commits_tmp` is made of `commits`, which something outside the tree makes."""
    tree.write("schema/001.sql", "CREATE TABLE commits_tmp (id INT); CREATE TABLE labels_tmp (id INT);")
    tree.write("a.go", go('"DELETE FROM commits"'))
    report = tree.audit(".")
    assert report.findings == ()
    assert [each.reason for each in report.unresolved] == ["no schema for table commits"]


MADE = "CREATE TABLE audit_trail (id INT PRIMARY KEY); CREATE TABLE visits (id INT PRIMARY KEY);"
TAKEN = "RENAME TABLE audit_trail TO events; DROP TABLE visits;"


@pytest.mark.parametrize(
    ("name", "message", "meant"),
    [
        ("audit_trail", "unknown table 'audit_trail'", ["events"]),
        ("shop", "unknown table 'shop', renamed in 000002_b.up.sql", []),
        ("visits", "unknown table 'visits', dropped in 000002_b.up.sql", []),
    ],
)
def test_nothing_configured_a_table_that_the_migrations_took_away_is_an_error(
    tree: Tree, name: str, message: str, meant: list[str]
) -> None:
    tree.write("migrations/000001_a.up.sql", MADE + "CREATE TABLE shop (id INT);")
    tree.write("migrations/000001_a.down.sql", "DROP TABLE visits; DROP TABLE audit_trail;")
    tree.write("migrations/000002_b.up.sql", TAKEN + "ALTER TABLE shop RENAME TO store; DROP TABLE store;")
    tree.write("migrations/000002_b.down.sql", MADE)
    tree.write("a.go", go(f'"SELECT id FROM {name}"'))
    report = tree.audit(".")
    (finding,) = report.findings
    assert (finding.rule, finding.message, finding.confidence) == ("NP102", message, "likely")
    assert [each.replacement for each in finding.suggestions] == meant
    assert report.counts.unresolved == 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("boot.go", go('"CREATE TABLE IF NOT EXISTS other (id INT)"', '"CREATE TABLE " + prefix + "visits (id INT)"')),
        ("dump/old.sql", "DROP TABLE IF EXISTS visits; CREATE TABLE visits (id INT);"),
        ("model.go", 'package store\n\nfunc (Visit) TableName() string { return "visits" }\n'),
        ("look.go", go("\"SHOW TABLES LIKE 'visits'\"")),
        ("migrations/000003_c.up.sql", "CREATE VIEW visits AS SELECT id FROM events;"),
        ("migrations/000003_c.up.sql", "CREATE TABLE visits LIKE events;"),
        ("migrations/000003_c.up.sql", "RENAME TABLE events TO visits;"),
        ("migrations/000003_c.up.sql", MADE.split("; ")[1] + "RENAME TABLE visits TO away, events TO visits;"),
        ("migrations/000003_c.up.sql", "SET @sql = 'CREATE TABLE visits (id INT)'; PREPARE s FROM @sql; EXECUTE s;"),
        ("main.go", 'package store\n\nfunc two() { a, _ := sql.Open("mysql", x); b, _ := sql.Open("mysql", y) }\n'),
    ],
)
def test_what_may_make_the_table_anew_takes_that_back(tree: Tree, path: str, text: str) -> None:
    tree.write("migrations/000001_a.up.sql", MADE)
    tree.write("migrations/000002_b.up.sql", TAKEN)
    tree.write(path, text)
    tree.write("a.go", go('"SELECT id FROM visits"'))
    assert [each.rule for each in tree.audit(".").findings] == []


def test_code_for_an_older_version_and_scripts_without_an_order_prove_nothing(tree: Tree) -> None:
    tree.write("migrations/000001_a.up.sql", MADE)
    tree.write("migrations/000002_b.up.sql", "INSERT INTO audit_trail SELECT id FROM visits; " + TAKEN)
    tree.write("cmd/legacy_import/a.go", go('"SELECT id FROM visits"'))
    tree.write("scripts/report.sql", "SELECT id FROM visits;")
    tree.write("scripts/tidy.sql", "CREATE TABLE rooms (id INT);")
    tree.write("scripts/wipe.sql", "DROP TABLE rooms;")
    tree.write("b.go", go('"SELECT id FROM rooms"'))
    assert tree.audit(".").findings == ()


@pytest.mark.parametrize(("last", "rules"), [("DROP TABLE IF EXISTS visits;", ["NP102"]), ("SELECT 1;", [])])
def test_the_migrations_of_another_server_have_to_take_the_table_away_too(
    tree: Tree, last: str, rules: list[str]
) -> None:
    for server in ("mysql", "postgres"):
        tree.write(f"migrations/{server}/000001_a.up.sql", MADE)
        tree.write(f"migrations/{server}/000002_b.up.sql", TAKEN if server == "mysql" else last)
        tree.write(f"migrations/{server}/000002_b.down.sql", MADE)
    tree.write("a.go", go('"SELECT id FROM visits"'))
    assert [each.rule for each in tree.audit(".").findings] == rules


def test_the_migrations_of_one_service_say_nothing_of_the_tables_of_another(tree: Tree) -> None:
    for service in ("one", "two"):
        tree.write(f"{service}/migrations/000001_a.up.sql", MADE.replace("visits", f"visits_of_{service}_service"))
    tree.write("one/migrations/000002_b.up.sql", "DROP TABLE visits_of_one_service;")
    tree.write("two/a.go", go('"SELECT id FROM visits_of_one_service"'))
    report = tree.audit(".")
    assert [each.path for each in report.findings if each.message.endswith("up.sql")] == []
    tree.write("one/a.go", go('"SELECT id FROM visits_of_one_service"'))
    assert [each.path for each in tree.audit(".").findings if each.message.endswith("up.sql")] == ["one/a.go"]


def test_a_table_of_information_schema_with_a_slip(tree: Tree) -> None:
    """Which tables servers have there beside MySQL's and MariaDB's is not known: no other name is reported."""
    statements = [
        f'"SELECT 1 FROM {name}"'
        for name in (
            "information_schema.column",
            "INFORMATION_SCHEMA.TABELS",
            "information_schema.columns",
            "information_schema.tidb_indexes",
            "performance_schema.thread",
        )
    ]
    findings = tree.findings("CREATE TABLE t (a INT);", *statements)
    assert [(each.rule, each.errno, each.identifier) for each in findings] == [
        ("NP102", 1109, "column"),
        ("NP102", 1109, "TABELS"),
    ]
    assert [each.suggestions[0].replacement for each in findings] == ["columns", "TABLES"]


def _beside_ctes(tree: Tree, statement: str, inferred: bool = True) -> list[tuple[str, str | None, list[str]]]:
    """Rule, identifier and suggestions of the findings about a query with common table expressions."""
    tree.write("schema/001.sql", "CREATE TABLE bills (id INT PRIMARY KEY, parent INT, due DATE);")
    tree.write("a.go", go(f"`{statement}`"))
    report = tree.audit("." if inferred else "a.go", settings=None if inferred else Settings(schema=("schema",)))
    return [(each.rule, each.identifier, [one.replacement for one in each.suggestions]) for each in report.findings]


@pytest.mark.parametrize("inferred", [True, False])
@pytest.mark.parametrize(
    ("statement", "written", "meant"),
    [
        ("WITH monthly AS (SELECT due FROM bills) SELECT m.due FROM monthlies m", "monthlies", "monthly"),
        (
            "WITH last30 AS (SELECT due FROM bills), prev AS (SELECT MIN(due) AS d FROM last_30) "
            "SELECT l.due FROM last30 l JOIN prev",
            "last_30",
            "last30",
        ),
        ("WITH Totals AS (SELECT due FROM bills) SELECT (SELECT MAX(due) FROM totalz)", "totalz", "Totals"),
        (
            "WITH RECURSIVE chain AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM chian) SELECT n FROM chain",
            "chian",
            "chain",
        ),
    ],
)
def test_a_misspelt_common_table_expression_is_an_unknown_table(
    tree: Tree, statement: str, written: str, meant: str, inferred: bool
) -> None:
    assert _beside_ctes(tree, statement, inferred) == [("NP102", written, [meant])]


@pytest.mark.parametrize("inferred", [True, False])
def test_a_common_table_expression_that_names_itself_without_recursive_is_an_unknown_table(
    tree: Tree, inferred: bool
) -> None:
    body = (
        "SELECT id FROM bills WHERE parent IS NULL UNION ALL SELECT b.id FROM bills b JOIN chain c ON c.id = b.parent"
    )
    assert _beside_ctes(tree, f"WITH chain AS ({body}) SELECT id FROM chain", inferred) == [("NP102", "chain", [])]
    assert _beside_ctes(tree, f"WITH RECURSIVE chain AS ({body}) SELECT id FROM chain", inferred) == []


@pytest.mark.parametrize(
    "statement",
    [
        # A table of the schema, and what may be one that no script of the tree makes.
        "WITH billed AS (SELECT id FROM bills) SELECT b.id FROM billed b JOIN bills",
        "WITH ordered AS (SELECT id FROM orders) SELECT o.id FROM ordered o JOIN orders",
        "WITH ordered AS (SELECT id FROM bills) SELECT o.id FROM ordered o JOIN orders x",
        "WITH users AS (SELECT id FROM users WHERE id > 1) SELECT id FROM users",
        "WITH users AS (SELECT id FROM users UNION SELECT parent FROM users) SELECT id FROM users",
        "WITH old AS (SELECT id FROM bills) SELECT o.id FROM odd o",
        "WITH monthly AS (SELECT due FROM bills) SELECT m.due FROM archive.monthlies m",
    ],
)
def test_a_table_that_is_no_misspelt_common_table_expression_is_not_told(tree: Tree, statement: str) -> None:
    assert _beside_ctes(tree, statement) == []
