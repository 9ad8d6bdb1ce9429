"""Reports made by hand, with everything in them that an output format can get wrong."""

from __future__ import annotations

from nodepath_cli.audit.finding import (
    Confidence,
    Counts,
    Finding,
    Position,
    RelatedPlace,
    Report,
    SchemaSummary,
    Severity,
    Skipped,
    Suggestion,
    Unresolved,
)
from nodepath_cli.errors import UsageError

SCHEMA = SchemaSummary(("head", "db/schema.sql"), "mysql", 12, 148)

STORE = (
    "package repository\n"
    "\n"
    "func (r *repo) TryAcquireSession(phone, device string) (bool, error) {\n"
    "\tquery := `\n"
    "\t\tINSERT INTO ai_whatsapp_session_nodepath (phone_number, device_id)\n"
    "\t\tVALUES (?, ?)\n"
    "\t`\n"
    "\tr.db.Exec(`SELECT '質問', f.nmae FROM flows f WHERE f.kind = 'a%b'`)\n"
    "}\n"
)
SCRIPT = "INSERT INTO orders (id, amount)\nVALUES (1);\n"
MIGRATION = "ALTER TABLE flows DROP COLUMN nmae;\n"


def _at(text: str, needle: str) -> Position:
    """The position of the only place that holds a text."""
    offset = text.index(needle)
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return Position(line, column, line, column + len(needle))


FORMER_NAME = Finding(
    rule="NP101",
    name="unknown-column",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    message="unknown column 'phone_number' in 'field list'",
    path="internal/repository/store.go",
    position=_at(STORE, "phone_number"),
    statement_id="11aa22bb33cc44dd",
    statement_path="internal/repository/store.go",
    statement_line=4,
    sql="INSERT INTO ai_whatsapp_session_nodepath (phone_number, device_id) VALUES (?, ?)",
    fingerprint="0123456789abcdef",
    errno=1054,
    function="TryAcquireSession",
    table="ai_whatsapp_session_nodepath",
    identifier="phone_number",
    clause="field list",
    suggestions=(Suggestion("id_prospect", "former name (0001)"), Suggestion("id_device", "looks like it")),
)
BEHIND_WIDE_CHARACTERS = Finding(
    rule="NP101",
    name="unknown-column",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    message="unknown column 'f.nmae' in 'field list'",
    path="internal/repository/store.go",
    position=_at(STORE, "nmae"),
    statement_id="22aa22bb33cc44dd",
    statement_path="internal/repository/store.go",
    statement_line=8,
    sql="SELECT '質問', f.nmae FROM flows f WHERE f.kind = 'a%b'",
    fingerprint="1123456789abcdef",
    errno=1054,
    function="TryAcquireSession",
    table="flows",
    identifier="nmae",
    clause="field list",
    branch='when phone != ""',
    related=(RelatedPlace("db/2_drop,100%.sql", _at(MIGRATION, "nmae"), "dropped here"),),
)
WHOLE_STATEMENT = Finding(
    rule="NP104",
    name="insert-count-mismatch",
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    message="column count does not match value count: 2 columns,\n1 value",
    path="db/seed <1>.sql",
    position=Position(1, 1, 2, 11),
    statement_id="33aa22bb33cc44dd",
    statement_path="db/seed <1>.sql",
    statement_line=1,
    sql="INSERT INTO orders (id, amount)\nVALUES (1)",
    fingerprint="0123456789abcdef",
    errno=1136,
    table="orders",
)

FULL = Report(
    schema=SCHEMA,
    counts=Counts(80, 225, 210, 11, 4, suppressed=2, baselined=1, seconds=0.4126),
    findings=(WHOLE_STATEMENT, FORMER_NAME, BEHIND_WIDE_CHARACTERS),
    unresolved=(
        Unresolved("internal/a|b.go", 12, 5, "Find", "SQL is a function argument", ""),
        Unresolved("internal/a|b.go", 30, 5, None, "SQL is a function argument", ""),
        Unresolved("internal/c.go", 7, 1, "Load", "no schema for table leads_*", "SELECT * FROM leads"),
    ),
    skipped=(Skipped("assets/logo.go", "binary file"), Skipped("old/loop.go", "looping link")),
    notes=("1 statement names a table that no schema source defines: give one with --schema, or list external-tables",),
    sources={
        "internal/repository/store.go": STORE,
        "db/seed <1>.sql": SCRIPT,
        "db/2_drop,100%.sql": MIGRATION,
    },
)
CLEAN = Report(schema=SCHEMA, counts=Counts(3, 17, 17, 0, 0, seconds=0.05))
WITH_ERROR = Report(
    schema=SCHEMA,
    counts=Counts(1, 2, 2, 0, 0, seconds=0.05),
    error=UsageError("no such path: nosuch", "name a file or folder that exists"),
)
HOSTILE = Report(
    schema=SCHEMA,
    counts=Counts(1, 1, 1, 0, 0),
    findings=(
        Finding(
            rule="NP102",
            name="unknown-table",
            severity=Severity.ERROR,
            confidence=Confidence.CERTAIN,
            message="unknown table '\x1b[2J</script>]]>::error::`|\udcff\u202e'",
            path='we"ird\udcff.go',
            position=Position(1, 9, 1, 12),
            statement_id="44aa22bb33cc44dd",
            statement_path='we"ird\udcff.go',
            statement_line=1,
            sql="SELECT 1\n::set-output name=x::y",
            fingerprint="2123456789abcdef",
        ),
    ),
    sources={'we"ird\udcff.go': "var s = \x1b[2J\u202e\udcff`SELECT`\n"},
)
"""A file and a name that would like to be something else: a terminal command, markup, an annotation."""

ALL = {"full": FULL, "clean": CLEAN, "with_error": WITH_ERROR, "hostile": HOSTILE}
