"""Which must go first, code or migration: every statement in every state, offline."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.deploy.records import Deploy
from nodepath_cli.deploy.run import audit_deploy
from nodepath_cli.errors import ConfigError, NothingToAudit, SchemaError, UsageError
from tests.tree import Tree, go, place

LOCKS = (
    "CREATE TABLE locks (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(255) NOT NULL,"
    " id_device VARCHAR(255) NOT NULL, stamp VARCHAR(255) NOT NULL);\n"
)
RENAMES = (
    "ALTER TABLE locks CHANGE id_prospect phone_number VARCHAR(255) NOT NULL;\n"
    "ALTER TABLE locks CHANGE id_device device_id VARCHAR(255) NOT NULL;\n"
)
OLD = "`INSERT INTO locks (id_prospect, id_device, stamp) VALUES (?, ?, ?)`"
NEW = "`INSERT INTO locks (phone_number, device_id, stamp) VALUES (?, ?, ?)`"
SETTINGS = Settings(from_source="base.sql", migrations="migrations")


def deployed(tree: Tree, base: str, code: list[str], *migrations: str, settings: Settings = SETTINGS) -> Deploy:
    """Deploy statements, given as Go expressions, with numbered migrations."""
    tree.write("base.sql", base)
    tree.write("code/store.go", go(*code))
    for number, text in enumerate(migrations, 1):
        tree.write(f"migrations/{number:06}_m.up.sql", text)
    return audit_deploy(("code",), settings)


def orders(found: Deploy) -> list[str]:
    """The order that each revision asks for."""
    return [each.order for each in found.verdicts]


def told(found: Deploy) -> list[tuple[str, str | None, str]]:
    """Rule, identifier and revision of each finding."""
    return [
        (one.finding.rule, one.finding.identifier, one.revision) for each in found.verdicts for one in each.findings
    ]


def test_new_names_need_the_migration_first(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [NEW], RENAMES)
    assert orders(found) == ["migrate-first"]
    assert told(found) == [("NP201", "phone_number", "000001_m"), ("NP201", "device_id", "000001_m")]
    assert found.verdicts[0].sentence.startswith("000001_m: migrate first: ")


def test_old_names_break_on_the_migration_and_between_its_statements(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [OLD], RENAMES)
    assert orders(found) == ["code-first"]
    assert told(found) == [
        ("NP202", "id_prospect", "000001_m"),
        ("NP203", "id_prospect", "000001_m"),
        ("NP202", "id_device", "000001_m"),
    ]


ROOMS = "CREATE TABLE rooms (id INT NOT NULL PRIMARY KEY, seats INT, retired_at DATETIME, retired_on DATE);"


def test_a_dropped_column_was_right_so_that_no_like_name_is_offered_for_it(tree: Tree) -> None:
    code = ["`SELECT retired_at FROM rooms`", "`SELECT retired_on FROM rooms`"]
    found = deployed(tree, ROOMS, code, "ALTER TABLE rooms DROP COLUMN retired_at;")
    [one] = found.verdicts[0].findings
    assert (one.finding.identifier, one.finding.suggestions) == ("retired_at", ())
    assert "code that does without 'rooms.retired_at' has to run before it" in found.verdicts[0].sentence


def test_a_column_that_becomes_required_is_not_said_to_be_taken(tree: Tree) -> None:
    code = ["`INSERT INTO rooms (id) VALUES (1)`"]
    found = deployed(tree, ROOMS, code, "ALTER TABLE rooms ADD phone INT NOT NULL;")
    assert orders(found) == ["code-first"]
    sentence = found.verdicts[0].sentence
    assert "the code gives 'rooms.phone' no value, which it makes required: give a default" in sentence
    assert "does without" not in sentence
    related = [each.message for each in found.verdicts[0].findings[0].finding.related]
    assert related == ["this statement of 000001_m breaks it"]


def test_what_is_brought_what_is_taken_and_what_becomes_required_is_told_apart(tree: Tree) -> None:
    code = ["`INSERT INTO rooms (id) VALUES (1)`", "`SELECT phone FROM rooms`", "`SELECT retired_at FROM rooms`"]
    ddl = "ALTER TABLE rooms ADD phone INT NOT NULL, DROP COLUMN retired_at;"
    found = deployed(tree, ROOMS, code, ddl)
    assert orders(found) == ["expand-contract"]
    sentence = found.verdicts[0].sentence
    assert "it brings 'rooms.phone' and takes 'rooms.retired_at', which the code needs" in sentence
    assert "the code gives 'rooms.phone' no value" in sentence


def test_an_insert_without_columns_that_fits_no_more_is_not_said_to_lack_a_name(tree: Tree) -> None:
    found = deployed(tree, ROOMS, ["`INSERT INTO rooms VALUES (1, 2, NULL, NULL)`"], "ALTER TABLE rooms ADD x INT;")
    assert orders(found) == ["code-first"]
    assert "statements of the code on 'rooms' fail after it" in found.verdicts[0].sentence


def test_a_finding_has_the_code_and_the_statement_of_the_migration(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [OLD], "-- what it is for\n" + RENAMES)
    first, _, last = (each.finding for each in found.verdicts[0].findings)
    assert (first.path, (first.position.line, first.position.column)) == (
        "code/store.go",
        place(go(OLD), "id_prospect"),
    )
    assert (first.errno, first.table) == (1054, "locks")
    assert [(each.path, each.position.line) for each in first.related] == [("migrations/000001_m.up.sql", 2)]
    assert [(each.path, each.position.line) for each in last.related] == [("migrations/000001_m.up.sql", 3)]
    assert first.suggestions[0].replacement == "phone_number"


def test_old_and_new_names_together_need_expand_and_contract(tree: Tree) -> None:
    assert orders(deployed(tree, LOCKS, [OLD, NEW], RENAMES)) == ["expand-contract"]


def test_states_are_the_base_each_statement_and_the_head(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [OLD], RENAMES, "ALTER TABLE locks ADD more INT;")
    assert [(each.name, each.revision, each.step) for each in found.states] == [
        ("base.sql", None, None),
        ("000001_m after statement 1 of 2", "000001_m", 1),
        ("000001_m", "000001_m", None),
        ("head", "000002_m", None),
    ]
    assert found.verdicts[0].findings[0].fails == (False, True, True, True)


def test_a_revision_that_changes_nothing_for_the_code_goes_in_either_order(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [NEW], "ALTER TABLE locks ADD more INT;", RENAMES, "-- nothing\n")
    assert orders(found) == ["either", "migrate-first", "either"]


def test_nothing_is_said_of_what_fails_in_every_state(tree: Tree) -> None:
    found = deployed(tree, LOCKS, ["`SELECT nowhere FROM locks`"], RENAMES)
    assert (orders(found), told(found), found.unexplained) == (["either"], [], 1)


def test_what_still_fails_at_the_end_is_counted(tree: Tree) -> None:
    late = "`INSERT INTO locks (phone_number, device_id) VALUES (?, ?)`"
    found = deployed(tree, LOCKS, [late], RENAMES)
    assert (orders(found), found.unexplained) == (["migrate-first"], 1)


@pytest.mark.parametrize(
    ("base", "code", "migration", "rule", "identifier"),
    [
        (LOCKS, OLD, "ALTER TABLE locks ADD owner INT NOT NULL", "NP202", "owner"),
        (LOCKS, OLD, "DROP TABLE locks", "NP202", "locks"),
        (LOCKS, OLD, "RENAME TABLE locks TO other", "NP202", "locks"),
        (LOCKS, "`INSERT INTO locks VALUES (1, 'a', 'b', 'c')`", "ALTER TABLE locks ADD x INT", "NP202", None),
        (
            "CREATE TABLE t (state ENUM('a', 'b'))",
            "`INSERT INTO t (state) VALUES ('b')`",
            "ALTER TABLE t MODIFY state ENUM('a')",
            "NP202",
            "state",
        ),
        (
            "CREATE TABLE a (x INT); CREATE TABLE b (y INT)",
            "`SELECT x FROM a, b`",
            "ALTER TABLE b ADD x INT",
            "NP202",
            "x",
        ),
        ("CREATE TABLE a (x INT)", "`SELECT y FROM b`", "CREATE TABLE b (y INT)", "NP201", "b"),
        (
            "CREATE TABLE a (x INT NOT NULL, y INT)",
            "`INSERT INTO a (y) VALUES (1)`",
            "ALTER TABLE a MODIFY x INT NOT NULL DEFAULT 0",
            "NP201",
            "x",
        ),
    ],
)
def test_whatever_the_server_refuses_counts(
    tree: Tree, base: str, code: str, migration: str, rule: str, identifier: str | None
) -> None:
    assert told(deployed(tree, base, [code], migration)) == [(rule, identifier, "000001_m")]


def test_a_column_that_is_hidden_behind_an_unknown_table_is_told_of_where_it_comes(tree: Tree) -> None:
    found = deployed(
        tree, "CREATE TABLE a (x INT)", ["`SELECT y FROM b`"], "CREATE TABLE b (x INT);", "ALTER TABLE b ADD y INT;"
    )
    assert told(found) == [("NP201", "b", "000001_m"), ("NP201", "y", "000002_m")]


def test_a_table_that_goes_takes_its_columns_with_it_without_a_word(tree: Tree) -> None:
    found = deployed(tree, "CREATE TABLE b (y INT)", ["`SELECT y FROM b`"], "ALTER TABLE b ADD z INT;", "DROP TABLE b;")
    assert told(found) == [("NP202", "b", "000002_m")]


def test_what_comes_and_goes_before_it_stays_is_brought_by_the_last(tree: Tree) -> None:
    found = deployed(
        tree,
        "CREATE TABLE b (x INT)",
        ["`SELECT y FROM b`"],
        "ALTER TABLE b ADD y INT;",
        "ALTER TABLE b DROP y;",
        "ALTER TABLE b ADD y INT;",
    )
    assert told(found) == [("NP201", "y", "000003_m")]


def test_what_is_there_and_taken_for_a_while_breaks_once(tree: Tree) -> None:
    found = deployed(
        tree,
        "CREATE TABLE b (x INT, y INT)",
        ["`SELECT y FROM b`"],
        "ALTER TABLE b DROP y;",
        "ALTER TABLE b ADD y INT;",
    )
    assert told(found) == [("NP202", "y", "000001_m")]


def test_a_gap_between_two_statements_does_not_change_the_order(tree: Tree) -> None:
    found = deployed(
        tree, "CREATE TABLE b (x INT, y INT)", ["`SELECT y FROM b`"], "ALTER TABLE b DROP y;\nALTER TABLE b ADD y INT;"
    )
    assert (orders(found), told(found)) == (["either"], [("NP203", "y", "000001_m")])
    related = found.verdicts[0].findings[0].finding.related
    assert [(each.position.line, each.message) for each in related] == [
        (1, "this statement of 000001_m breaks it"),
        (2, "this statement of 000001_m mends it"),
    ]


def test_one_statement_with_both_changes_leaves_no_gap(tree: Tree) -> None:
    found = deployed(
        tree, "CREATE TABLE b (x INT, y INT)", ["`SELECT y FROM b`"], "ALTER TABLE b DROP y, ADD y BIGINT;"
    )
    assert told(found) == []


def test_sqlite_runs_a_revision_in_one_transaction(tree: Tree) -> None:
    settings = Settings(
        from_source="base.sql", migrations="migrations", dialect=Dialect("sqlite", (3,)), dialect_given=True
    )
    migration = "ALTER TABLE b DROP COLUMN y;\nALTER TABLE b ADD COLUMN y INT;"
    found = deployed(tree, "CREATE TABLE b (x INT, y INT)", ["`SELECT y FROM b`"], migration, settings=settings)
    assert told(found) == []


def test_down_scripts_and_down_sections_are_never_replayed(tree: Tree) -> None:
    tree.write("migrations/000001_m.down.sql", "DROP TABLE locks;")
    tree.write("migrations/000002_m.down.mysql.sql", "DROP TABLE locks;")
    goose = "-- +goose Up\nALTER TABLE locks ADD x INT;\n-- +goose Down\nDROP TABLE locks;\n"
    found = deployed(tree, LOCKS, [OLD], "ALTER TABLE locks ADD y INT;", goose)
    assert (orders(found), told(found)) == (["either", "either"], [])


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("000007_x.up.sql", "000007_x"),
        ("V1_1__x.sql", "1_1__x"),
        ("20240102030405_x.sql", "20240102030405_x"),
        ("db_0012.sql", "0012"),
        ("3_x.up.mysql.sql", "3_x"),
        ("mysql/0001_x.sql", "0001_x"),
    ],
)
def test_a_migrations_name_begins_with_its_number(tree: Tree, file: str, name: str) -> None:
    tree.write(f"migrations/{file}", "ALTER TABLE locks ADD more INT;")
    found = deployed(tree, LOCKS, [OLD])
    assert [each.revision for each in found.verdicts] == [name]


def test_a_table_of_the_base_is_not_created_again(tree: Tree) -> None:
    found = deployed(tree, LOCKS, [OLD], "CREATE TABLE locks (other INT);")
    assert told(found) == []
    assert [each.message for each in found.problems] == ["Table 'locks' already exists (1050)"]
    assert "not proved" in found.verdicts[0].sentence


def test_a_migration_that_cannot_be_read_proves_nothing(tree: Tree) -> None:
    tree.write("migrations/000001_binary.sql", b"ALTER TABLE locks DROP stamp;\0")
    tree.write("migrations/000002_other.sql", "CREATE TABLE x (id SERIAL, y BYTEA, z JSONB);")
    found = deployed(tree, LOCKS, [OLD])
    assert [(each.revision, each.message) for each in found.problems] == [
        ("000001_binary", "binary file"),
        ("000002_other", "it is written for another database"),
    ]
    assert all("not proved" in each.sentence for each in found.verdicts)


def test_statements_of_migrations_are_no_code(tree: Tree) -> None:
    tree.write("code/sql/000001_a.sql", "UPDATE locks SET id_prospect = 1;")
    assert told(deployed(tree, LOCKS, ["`SELECT stamp FROM locks`"], RENAMES)) == []
    tree.write("migrations/000009_data.up.sql", "UPDATE locks SET phone_number = 1;")
    with pytest.raises(NothingToAudit):
        audit_deploy(("migrations",), SETTINGS)


def test_a_comment_takes_a_finding_away(tree: Tree) -> None:
    code = "`-- nodepath: ignore[NP202] deployed before\nSELECT id_prospect FROM locks`"
    found = deployed(tree, LOCKS, [code], RENAMES)
    assert (orders(found), found.report.counts.suppressed) == (["either"], 1)


def test_rules_are_selected_and_ignored(tree: Tree) -> None:
    selected = Settings(from_source="base.sql", migrations="migrations", select=("NP203",))
    assert [rule for rule, _, _ in told(deployed(tree, LOCKS, [OLD], RENAMES, settings=selected))] == ["NP203"]


def test_without_a_source_and_without_a_database_it_is_a_configuration_error(tree: Tree) -> None:
    tree.write("store.go", go(OLD))
    with pytest.raises(ConfigError):
        audit_deploy((".",), Settings())


def test_a_folder_without_migrations_is_refused(tree: Tree) -> None:
    with pytest.raises(UsageError):
        deployed(tree, LOCKS, [OLD])
    tree.write("migrations/README", "")
    with pytest.raises(SchemaError):
        deployed(tree, LOCKS, [OLD])


OWNED = "ai_whatsapp_session_nodepath"
SECOND = '''"""More"""
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column(
        "ai_whatsapp_session_nodepath", "id_prospect", new_column_name="phone_number", existing_type=sa.String(255)
    )
    op.execute("UPDATE ai_whatsapp_session_nodepath SET phone_number = ''")
    op.drop_column("ai_whatsapp_session_nodepath", "timestamp")


def downgrade():
    pass
'''


def of_alembic(tree: Tree, source: str, *code: str) -> Deploy:
    """Deploy against the bundled revision and one of one's own."""
    tree.write("versions/0002_more.py", SECOND)
    tree.write("code/store.go", go(*code))
    return audit_deploy(("code",), Settings(from_source=source, migrations="versions"))


def test_alembic_revisions_after_a_revision_are_pending(tree: Tree) -> None:
    found = of_alembic(tree, "rev:0001", f"`SELECT phone_number, timestamp FROM {OWNED}`")
    assert told(found) == [("NP201", "phone_number", "0002"), ("NP202", "timestamp", "0002")]
    related = [each.finding.related[0] for each in found.verdicts[0].findings]
    assert [(each.path, each.position.line) for each in related] == [
        ("versions/0002_more.py", place(SECOND, "op.alter_column")[0]),
        ("versions/0002_more.py", place(SECOND, "op.drop_column")[0]),
    ]


def test_head_has_nothing_pending(tree: Tree) -> None:
    assert of_alembic(tree, "head", f"`SELECT phone_number FROM {OWNED}`").verdicts == ()


def test_a_source_with_the_owned_tables_has_what_follows_the_first_revision_pending(tree: Tree) -> None:
    from nodepath_cli.schema.revisions import revisions

    statements = revisions()[0].statements
    tree.write("dump.sql", ";\n".join(statements) + ";\n")
    code = f"`SELECT id_prospect FROM {OWNED}`"
    assert [each.revision for each in of_alembic(tree, "dump.sql", code).verdicts] == ["0002"]
    tree.write("other.sql", "CREATE TABLE x (y INT);")
    assert [each.revision for each in of_alembic(tree, "other.sql", code).verdicts] == ["0001", "0002"]


def test_a_revision_that_needs_a_database_proves_nothing(tree: Tree) -> None:
    body = '    op.get_bind().execute("SELECT 1").fetchall()\n'
    tree.write("versions/0002_more.py", SECOND.replace('    op.drop_column("', body + '    op.drop_column("'))
    tree.write("code/store.go", go(f"`SELECT id_prospect FROM {OWNED}`"))
    found = audit_deploy(("code",), Settings(from_source="rev:0001", migrations="versions"))
    assert found.problems
    assert "not proved" in found.verdicts[0].sentence
