"""What a user sees of the command line: exit codes, one clear line for each failure, one document in JSON."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli import __version__
from nodepath_cli.__main__ import main
from tests.tree import Tree, go, place

DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
GOOD = "`SELECT id FROM flows`"
BAD = "`SELECT nmae FROM flows`"
UNREAD = '"SELECT id FROM flows WHERE " + condition()'


@pytest.fixture
def project(tree: Tree) -> Tree:
    """A tree with a schema, its own boundary of the search for a configuration."""
    tree.write(".git/HEAD", "")
    tree.write("schema.sql", DDL)
    return tree


class Outcome:
    """How a command line ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def last(self) -> str:
        return self.err.splitlines()[-1] if self.err else ""


@pytest.fixture
def nodepath(project: Tree, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line in the process."""

    def run(*arguments: str) -> Outcome:
        code = main(arguments)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return run


def audit(nodepath: Any, *arguments: str) -> Outcome:
    """Audit store.go against schema.sql."""
    outcome: Outcome = nodepath("audit-columns", "--schema", "schema.sql", "store.go", *arguments)
    return outcome


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | options.pop("env", {})
    return subprocess.run(
        [sys.executable, "-m", "nodepath_cli", *arguments], env=environment, check=False, timeout=60, **options
    )


def test_the_version(nodepath: Any) -> None:
    assert nodepath("--version").out == f"nodepath {__version__}\n"


def test_without_a_command_the_help_is_shown(nodepath: Any) -> None:
    outcome = nodepath()
    assert outcome.code == 0
    assert "audit-columns" in outcome.out


def test_only_what_is_built_is_registered(nodepath: Any) -> None:
    commands = nodepath().out.partition("Commands:")[2]
    for line in commands.split("\n"):
        if match := re.match(r"  ([a-z-]+)  ", line):
            assert nodepath(match[1], "--help").code == 0


def test_a_clean_tree_exits_0_and_says_how_much_was_understood(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD))
    outcome = audit(nodepath)
    assert (outcome.code, outcome.err) == (0, "")
    assert "1 statement: 1 resolved, 0 partial, 0 unresolved" in outcome.out


def test_the_summary_names_the_version_where_it_was_given(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD))
    assert "checked against mysql, 1 table" in audit(nodepath).out
    assert "checked against mysql 5.7, 1 table" in audit(nodepath, "--dialect", "mysql:5.7").out


def test_a_version_that_there_is_not_is_wrong_usage(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD))
    outcome = audit(nodepath, "--dialect", "mysql:99")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert "'mysql:99' is not a version of mysql that nodepath knows" in outcome.err


def test_a_finding_exits_1_with_the_carets_below_the_identifier(project: Tree, nodepath: Any) -> None:
    text = go(GOOD, BAD)
    project.write("store.go", text)
    outcome = audit(nodepath)
    line, column = place(text, "nmae")
    lines = outcome.out.splitlines()
    head = next(number for number, each in enumerate(lines) if each.startswith(f"store.go:{line}:{column}: "))
    carets = next(number for number, each in enumerate(lines) if number > head and "^" in each)
    source, marks = lines[carets - 1], lines[carets]
    assert source[marks.index("^") : marks.rindex("^") + 1] == "nmae"
    assert "error[NP101] unknown column 'nmae' in 'field list'" in lines[head]
    assert any("did you mean `name`?" in each for each in lines)
    assert outcome.code == 1


def test_select_ignore_and_fail_on(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(BAD))
    assert audit(nodepath, "--ignore", "NP101").code == 0
    assert audit(nodepath, "--select", "np1").code == 1
    assert audit(nodepath, "--select", "NP102,NP103").code == 0
    assert audit(nodepath, "--fail-on", "warning").code == 1


def test_strict_and_min_coverage_exit_5(project: Tree, nodepath: Any) -> None:
    project.write("store.go", "package store\n\nfunc Run(db DB) {\n\tdb.Exec(driver.Statement())\n}\n")
    assert audit(nodepath).code == 0
    strict = audit(nodepath, "--strict")
    assert (strict.code, strict.last) == (5, "note: 1 statement is unresolved (--strict)")
    assert audit(nodepath, "--min-coverage", "50").code == 5


def test_a_suppressed_finding_is_counted(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(BAD).replace(")\n}", ") // nodepath: ignore[NP101] known\n}"))
    outcome = audit(nodepath, "--format", "json")
    assert outcome.code == 0
    assert outcome.document["summary"]["suppressed"] == 1


def test_the_json_document(project: Tree, nodepath: Any) -> None:
    text = go(BAD)
    project.write("store.go", text)
    document = audit(nodepath, "--format", "json").document
    line, column = place(text, "nmae")
    assert list(document) == ["version", "tool", "schema", "summary", "findings", "unresolved", "partial", "skipped"]
    assert document["version"] == 1
    assert document["schema"] == {"sources": ["schema.sql"], "dialect": "mysql", "tables": 1, "columns": 2}
    finding = document["findings"][0]
    assert {key: finding[key] for key in ("rule", "errno", "path", "line", "column", "end_line", "end_column")} == {
        "rule": "NP101",
        "errno": 1054,
        "path": "store.go",
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": column + 4,
    }
    assert (finding["table"], finding["identifier"], finding["function"]) == ("flows", "nmae", "Run")


def test_output_writes_files_beside_the_main_format(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(BAD))
    outcome = audit(nodepath, "--output", "sarif=out.sarif", "--output", "junit=out.xml", "--format", "concise")
    assert outcome.out.startswith("store.go:")
    assert json.loads((project.folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert (project.folder / "out.xml").read_text().startswith("<?xml")


def test_queries_lists_every_statement(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD, BAD))
    document = nodepath("queries", "--schema", "schema.sql", "store.go", "--format", "json").document
    assert [each["sql"] for each in document["statements"]] == ["SELECT id FROM flows", "SELECT nmae FROM flows"]
    assert list(document["statements"][0]) == [
        *("path", "line", "column", "function", "sql", "status", "reason", "dialect", "call", "variants"),
        *("tables", "columns"),
    ]
    assert document["statements"][0]["call"] == {"path": "store.go", "line": 6, "name": "db.Exec"}
    text = nodepath("queries", "--schema", "schema.sql", "store.go").out
    assert text.startswith("2 statements: 2 resolved, 0 partial, 0 unresolved")


def test_explain_shows_a_rule_by_id_and_by_name(nodepath: Any) -> None:
    assert "Why it matters:" in nodepath("explain", "np101").out
    assert nodepath("explain", "unknown-column").out == nodepath("explain", "NP101").out
    assert nodepath("explain", "NP101", "--format", "json").document["id"] == "NP101"


def test_explain_turns_a_server_error_into_statements(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD, BAD))
    arguments = ("--schema", "schema.sql", "--format", "json")
    document = nodepath("explain", "1054", "nmae", "store.go", *arguments).document
    assert [each["likelihood"] for each in document["statements"]] == ["fails"]
    line = "Error 1054 (42S22): Unknown column 'nmae' in 'field list'"
    assert nodepath("explain", line, "store.go", *arguments).document == document
    assert "nmae" in nodepath("explain", "1054", "nmae", "store.go", *arguments[:2]).out


def test_rules_lists_every_rule(nodepath: Any) -> None:
    document = nodepath("rules", "--format", "json").document
    assert {"NP101", "NP501"} <= {each["id"] for each in document["rules"]}
    assert "unknown-column" in nodepath("rules").out


def test_the_snapshot_is_a_schema_source(project: Tree, nodepath: Any) -> None:
    dumped = nodepath("schema", "dump", "--schema", "schema.sql", "--format", "json")
    assert dumped.document["tables"][0]["name"] == "flows"
    project.write("flows.json", dumped.out)
    project.write("store.go", go(GOOD))
    assert nodepath("audit-columns", "--schema", "flows.json", "store.go").code == 0
    assert "flows" in nodepath("schema", "show", "--schema", "schema.sql").out


WRONG = [
    (("bogus",), 2, "no such command 'bogus'", "audit-columns"),
    (("audit-columns", "--bogus"), 2, "--bogus", "audit-columns --help"),
    (("audit-columns", "--format", "pdf"), 2, "pdf", "sarif"),
    (("audit-columns", "--output", "sarif"), 2, "--output", "FORMAT=FILE"),
    (("audit-columns", "--color", "x"), 2, "--color", "auto, always, never"),
    (("audit-columns", "--fail-on", "fatal"), 2, "--fail-on", "error, warning, info"),
    (("audit-columns", "--dialect", "pg"), 2, "--dialect", "mysql, mariadb or sqlite"),
    (("audit-columns", "--select", "XX"), 2, "'XX'", "NP101"),
    (("audit-columns", "--config", "missing.toml"), 2, "missing.toml", "--no-config"),
    (("audit-columns", "nosuch.go"), 2, "no such path: nosuch.go", "exists"),
    (("audit-columns", "empty"), 3, "no Go or SQL files", "name a folder"),
    (("audit-columns", "nothing.go"), 3, "no SQL", "name the folder"),
    (("audit-columns", "store.go", "--schema", "missing.sql"), 4, "missing.sql", ""),
    (("explain",), 2, "missing argument", "explain --help"),
    (("explain", "NP999"), 2, "NP999", "nodepath rules"),
    (("explain", "1054"), 2, "1054", "nodepath explain 1054 NAME"),
    (("explain", "a line without an error"), 2, "no server error", "1054"),
]


@pytest.mark.parametrize(("arguments", "code", "what", "step"), WRONG)
def test_a_failure_is_one_line_with_the_next_step(
    project: Tree, nodepath: Any, arguments: tuple[str, ...], code: int, what: str, step: str
) -> None:
    (project.folder / "empty").mkdir()
    project.write("nothing.go", "package store\n")
    project.write("store.go", go(GOOD))
    outcome = nodepath(*arguments)
    assert outcome.code == code
    assert outcome.out == ""
    assert re.fullmatch(r"error: .+\. Next: .+\.\n", outcome.err)
    assert len(outcome.last) < 400
    assert what in outcome.last
    assert step in outcome.last
    verbose = nodepath(*arguments, "-v")
    assert verbose.last == outcome.last


@pytest.mark.parametrize(("arguments", "code", "what"), [each[:3] for each in WRONG if "--format" not in each[0]])
def test_a_failure_in_json_is_one_document(
    project: Tree, nodepath: Any, arguments: tuple[str, ...], code: int, what: str
) -> None:
    (project.folder / "empty").mkdir()
    project.write("nothing.go", "package store\n")
    project.write("store.go", go(GOOD))
    outcome = nodepath(*arguments, "--format=json")
    assert outcome.code == code
    assert list(outcome.document) == ["version", "error"]
    assert list(outcome.document["error"]) == ["code", "message", "next"]
    assert what in outcome.document["error"]["message"]
    assert outcome.last.startswith("error: ")


@pytest.mark.parametrize("group", ["db", "schema"])
def test_a_group_without_a_command_is_refused(nodepath: Any, group: str) -> None:
    outcome = nodepath(group)
    assert outcome.code == 2
    assert outcome.last == f"error: a command is missing. Next: run `nodepath {group} --help`."


def test_a_format_of_the_configuration_holds_for_failures(project: Tree, nodepath: Any) -> None:
    project.write("nodepath.toml", "format = 'json'\n")
    assert nodepath("audit-columns", "nosuch.go").document["error"]["code"] == "usage"
    assert nodepath("audit-columns", "nosuch.go", "--no-config").out == ""


def test_a_missing_path_beside_a_good_one_exits_2_and_audits_the_good_one(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(BAD))
    outcome = audit(nodepath, "nosuch.go")
    assert outcome.code == 2
    assert "unknown column 'nmae'" in outcome.out
    assert outcome.last.startswith("error: no such path: nosuch.go. Next: ")
    document = audit(nodepath, "nosuch.go", "--format", "json").document
    assert [each["identifier"] for each in document["findings"]] == ["nmae"]
    assert document["error"]["code"] == "usage"


def test_an_unwritable_output_file_is_refused(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(GOOD))
    outcome = audit(nodepath, "--output", "json=missing/out.json")
    assert outcome.code == 2
    assert "missing/out.json cannot be written" in outcome.last


def test_an_error_of_its_own_is_one_line_without_its_text(
    project: Tree, nodepath: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise KeyError("mysql://user:hunter2@host/db")

    monkeypatch.setattr("nodepath_cli.audit.rules.rules", fault)
    outcome = nodepath("rules")
    assert outcome.code == 2
    assert re.fullmatch(r"error: nodepath itself failed: KeyError .+\. Next: .+\.\n", outcome.err)
    verbose = nodepath("rules", "-v")
    assert "nodepath_cli/cli/explain.py:" in verbose.err
    assert "hunter2" not in outcome.err + verbose.err


@pytest.mark.parametrize(
    "url", ["mysql://user:hunter2@host/db", "user:hunter2@tcp(host:3306)/db", "mysql://user:a hunter2 @ '@host/db"]
)
@pytest.mark.parametrize(
    "arguments", [("explain",), ("rules",), ("schema",), ("audit-columns", "--dialect"), ("audit-columns",), ("db",)]
)
def test_a_database_url_in_the_wrong_place_does_not_show_its_password(
    project: Tree, nodepath: Any, arguments: tuple[str, ...], url: str
) -> None:
    for extra in ((), ("-v",), ("--format", "json")):
        outcome = nodepath(*arguments, url, *extra)
        assert outcome.code == 2
        assert "hunter2" not in outcome.out + outcome.err
    project.write("nodepath.toml", f'dialect = "{url}"\n')
    assert "hunter2" not in nodepath("rules").err


def test_the_good_files_are_audited_beside_bad_ones(project: Tree, nodepath: Any) -> None:
    project.write("src/store.go", go(BAD))
    project.write("src/binary.go", b"package x\0")
    project.write("src/latin.go", b"package x // \xff\n\nfunc F() { db.Exec(`SELECT id, '\xff', nmae FROM flows`) }\n")
    project.write("src/broken.go", "package x\n\nfunc F( { db.Exec(`SELECT nmae FROM flows`)\n")
    project.write("src/broken.sql", "SELECT FROM ((( ;\nSELECT nmae FROM flows;\n")
    (project.folder / "src" / "dangling.go").symlink_to("nowhere.go")
    outcome = nodepath("audit-columns", "--schema", "schema.sql", "src", "--format", "json")
    assert outcome.code == 1
    found = {(each["path"], each["identifier"]) for each in outcome.document["findings"]}
    assert found == {(f"src/{name}", "nmae") for name in ("store.go", "latin.go", "broken.go", "broken.sql")}
    assert {each["path"]: each["reason"] for each in outcome.document["skipped"]} == {
        "src/binary.go": "binary file",
        "src/dangling.go": "dangling link",
    }


@pytest.mark.parametrize("name", ["text", "concise", "github", "markdown", "html", "junit", "sarif", "json"])
def test_every_format_survives_an_ascii_terminal_and_bytes_that_are_no_text(project: Tree, name: str) -> None:
    project.write("store.go", b"package x\n\nfunc F() { db.Exec(`SELECT '\xff\xe8\xb3\xaa', nmae FROM flows`) }\n")
    result = process(
        *("audit-columns", "--schema", "schema.sql", "store.go", "--format", name),
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
    )
    assert (result.returncode, result.stderr) == (1, b"")
    assert b"nmae" in result.stdout


def test_colours_are_for_terminals_unless_asked_for(project: Tree, nodepath: Any) -> None:
    project.write("store.go", go(BAD))
    assert "\x1b[" not in audit(nodepath).out
    assert "\x1b[" in audit(nodepath, "--color", "always").out
    assert "\x1b[" not in audit(nodepath, "--color", "never").out


def test_a_reader_that_goes_away_ends_it_quietly(project: Tree) -> None:
    project.write("store.go", go(*[BAD] * 400))
    command = f"{sys.executable} -m nodepath_cli audit-columns --schema schema.sql store.go; echo $? >&2"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run(
        ["sh", "-c", f"({command}) | head -n 1"], env=environment, capture_output=True, check=False, timeout=60
    )
    assert result.stderr == b"141\n"


def test_a_full_disk_is_one_line(project: Tree) -> None:
    project.write("store.go", go(BAD))
    with Path("/dev/full").open("wb") as full:
        result = process(*("audit-columns", "--schema", "schema.sql", "store.go"), stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == 2
    assert re.fullmatch(rb"error: the output cannot be written: .+\. Next: .+\.\n", result.stderr)


@pytest.mark.parametrize(("closed", "code"), [(">&-", 2), ("2>&-", 0)])
def test_a_stream_that_the_caller_closed_is_no_traceback(closed: str, code: int) -> None:
    command = f"exec {sys.executable} -m nodepath_cli --version {closed}"
    result = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert result.returncode == code
    assert result.stderr == (b"error: there is no standard output. Next: do not close it (>&-).\n" if code else b"")


def interrupted_after(seconds: float) -> tuple[int, bytes]:
    """How a command that waits for its standard input ends when Ctrl-C comes."""
    with subprocess.Popen(
        [sys.executable, "-m", "nodepath_cli", "audit-columns", "--stdin-filename", "x.go", "-"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        time.sleep(seconds)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    return running.returncode, err


def test_ctrl_c_ends_it_with_one_line(project: Tree) -> None:
    for seconds in (1.5, 6, 20):
        code, err = interrupted_after(seconds)
        # Before Python itself has started, nobody is there to answer.
        if code != -signal.SIGINT:
            break
    assert (code, err) == (130, b"error: interrupted. Next: run it again.\n")


def test_standard_input_is_read_under_a_name(project: Tree) -> None:
    result = process(
        *("audit-columns", "--schema", "schema.sql", "--stdin-filename", "sub/x.go", "--format", "concise", "-"),
        input=go(BAD).encode(),
        capture_output=True,
    )
    assert result.returncode == 1
    assert result.stdout.startswith(b"sub/x.go:6:18: error[NP101]")


@pytest.mark.parametrize("paths", [(), (".",)])
def test_a_folder_without_anything_to_audit_is_named_in_words(
    project: Tree, nodepath: Any, paths: tuple[str, ...]
) -> None:
    (project.folder / "schema.sql").unlink()
    outcome = nodepath("audit-columns", *paths)
    assert outcome.last.startswith("error: no Go or SQL files in the working directory. Next: ")
