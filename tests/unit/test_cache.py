"""What is kept from one run to the next: never wrong, never in the way, and never code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.audit import run
from nodepath_cli.cache import inputs, store, tool
from nodepath_cli.cache.codec import CodecError, dumps, loads
from nodepath_cli.cache.store import Store
from nodepath_cli.config import Settings
from nodepath_cli.source.files import collect
from tests.tree import Tree, go

EXAMPLE = Path(__file__).parents[2] / "examples" / "nodepath-chat" / "incident"
DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
CACHE = "../kept"


@pytest.fixture
def project(tree: Tree) -> Tree:
    """A service with one good and one bad statement, in a folder beside which the cache may lie."""
    app = Tree(tree.folder / "app")
    app.write(".git/HEAD", "")
    os.chdir("app")
    app.write("go.mod", "module example.com/app\n")
    app.write("schema.sql", DDL)
    app.write("store/store.go", go("`SELECT id, name FROM flows`", "`SELECT id, stage FROM flows`"))
    return app


def audited(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    """Exit code and document of an audit, the seconds apart."""
    code = main(["audit-columns", "store", "--format", "json", *options])
    document = json.loads(capsys.readouterr().out)
    document.get("summary", {}).pop("seconds", None)
    return code, document


def entries() -> list[Path]:
    return sorted(Path(CACHE).glob("*.entry"))


def test_a_second_run_says_the_same_and_adds_nothing(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    first = audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE)
    assert first[0] == 1
    assert len(entries()) == 1
    for path in project.folder.rglob("*.go"):
        os.utime(path, (1, 1))
    assert audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE) == first
    assert audited(capsys, "--schema", "schema.sql", "--no-cache") == first
    assert len(entries()) == 1


def test_no_cache_writes_nothing(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE, "--no-cache")
    assert not Path(CACHE).exists()


CHANGES: dict[str, Callable[[Tree], object]] = {
    "edit": lambda app: app.write("store/store.go", go("`SELECT id, level FROM flows`")),
    "add": lambda app: app.write("store/more.go", go("`SELECT stage FROM flows`")),
    "rename": lambda app: (app.folder / "store/store.go").rename(app.folder / "store/other.go"),
    "delete": lambda app: (app.folder / "store/store.go").unlink(),
    "break": lambda app: app.write("store/store.go", b"package store\0"),
    "suppress": lambda app: app.write(
        "store/store.go", go("`SELECT id, stage FROM flows`").replace("\tdb", "\t// nodepath: ignore[NP101]\n\tdb")
    ),
    "schema": lambda app: app.write("schema.sql", DDL.replace("name", "stage")),
    "config": lambda app: app.write("nodepath.toml", '[renames]\n"flows.stage" = "name"\n'),
    "replace": lambda app: app.write("nodepath.toml", '[replace]\n"stage" = "name"\n'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_input_is_seen_and_its_undoing_too(
    project: Tree, capsys: pytest.CaptureFixture[str], change: Callable[[Tree], object]
) -> None:
    options = ("--schema", "schema.sql")
    before = audited(capsys, *options, "--cache-dir", CACHE)
    change(project)
    after = audited(capsys, *options, "--no-cache")
    assert after != before
    assert audited(capsys, *options, "--cache-dir", CACHE) == after
    assert audited(capsys, *options, "--cache-dir", CACHE) == after


@pytest.mark.parametrize(
    "options",
    [
        ("--select", "NP102"),
        ("--ignore", "NP101"),
        ("--exclude", "schema.sql"),
        ("--dialect", "sqlite"),
        ("--dialect", "mysql:5.7"),
        ("--schema", "head"),
        ("--baseline", "baseline.json"),
    ],
)
def test_an_option_that_changes_the_result_is_another_result(
    project: Tree, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    main(["baseline", "create", "baseline.json", "store", "--schema", "schema.sql"])
    capsys.readouterr()
    audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE)
    expected = audited(capsys, "--schema", "schema.sql", *options, "--no-cache")
    assert audited(capsys, "--schema", "schema.sql", *options, "--cache-dir", CACHE) == expected
    assert audited(capsys, "--schema", "schema.sql", *options, "--cache-dir", CACHE) == expected


def test_what_only_shows_a_result_takes_it_from_the_cache(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE)
    for option in (("--strict",), ("--fail-on", "warning"), ("--jobs", "1"), ("--min-coverage", "99"), ("-q",)):
        expected = audited(capsys, "--schema", "schema.sql", *option, "--no-cache")
        assert audited(capsys, "--schema", "schema.sql", *option, "--cache-dir", CACHE) == expected
    main(["audit-columns", "store", "--schema", "schema.sql", "--cache-dir", CACHE])
    text = capsys.readouterr().out
    main(["audit-columns", "store", "--schema", "schema.sql", "--no-cache"])
    assert re.sub(r"[\d.]+ s$", "", text, flags=re.MULTILINE) == re.sub(
        r"[\d.]+ s$", "", capsys.readouterr().out, flags=re.MULTILINE
    )
    assert len(entries()) == 1


def test_a_go_mod_above_the_tree_counts(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    imports = 'import (\n"database/sql"\n"example.com/app/store/names"\n)'
    project.write("store/store.go", go("names.Query").replace('import "database/sql"', imports))
    project.write("store/names/names.go", 'package names\n\nconst Query = "SELECT stage FROM flows"\n')
    first = audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE)
    project.write("go.mod", "module example.com/moved\n")
    expected = audited(capsys, "--schema", "schema.sql", "--no-cache")
    assert expected != first
    assert audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE) == expected


COMMANDS = [["queries"], ["queries", "--by", "table"], ["uses", "flows.name"], ["uses", "--unused"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_inventory_and_index_are_kept_too(
    project: Tree, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    common = ["store", "--schema", "schema.sql", "--format", "json"]
    outputs = []
    for cache in (["--no-cache"], ["--cache-dir", CACHE], ["--cache-dir", CACHE]):
        assert main([*command[:1], *command[1:], *common, *cache]) == 0
        outputs.append(capsys.readouterr().out)
    documents = [json.loads(each) for each in outputs]
    for document in documents:
        document.get("summary", {}).pop("seconds", None)
    assert documents[0] == documents[1] == documents[2]
    assert len(entries()) == 1


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]


@pytest.mark.parametrize("damage", [_cut, _flipped, lambda _: b"", lambda _: b"\x80\x04garbage"])
def test_a_damaged_entry_is_ignored(
    project: Tree, capsys: pytest.CaptureFixture[str], damage: Callable[[bytes], bytes]
) -> None:
    first = audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE)
    (entry,) = entries()
    entry.write_bytes(damage(entry.read_bytes()))
    assert Store(Path(CACHE)).read(entry.stem) is None
    assert audited(capsys, "--schema", "schema.sql", "--cache-dir", CACHE) == first
    assert Store(Path(CACHE)).read(entry.stem) is not None


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    kept = Store(tmp_path)
    kept.write("a" * 64, ("what", 1))
    assert kept.read("a" * 64) == ("what", 1)
    (tmp_path / f"{'a' * 64}.entry").rename(tmp_path / f"{'b' * 64}.entry")
    assert kept.read("b" * 64) is None


def test_a_folder_that_cannot_be_written_is_no_obstacle(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    expected = audited(capsys, "--schema", "schema.sql", "--no-cache")
    assert audited(capsys, "--schema", "schema.sql", "--cache-dir", "schema.sql/below") == expected
    assert audited(capsys, "--schema", "schema.sql", "--cache-dir", os.devnull) == expected


def test_the_default_folder_is_the_users_and_never_in_the_audited_tree(
    project: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.folder.parent / "home"))
    audited(capsys, "--schema", "schema.sql")
    assert list((project.folder.parent / "home" / "nodepath").glob("*.entry"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.folder / "store" / "cache"))
    audited(capsys, "--schema", "schema.sql")
    assert not (project.folder / "store" / "cache").exists()


def test_old_entries_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ENTRIES", 3)
    kept = Store(tmp_path)
    for number in range(5):
        kept.write(str(number) * 64, number + 1)
        os.utime(tmp_path / f"{str(number) * 64}.entry", (number, number))
    (tmp_path / "left.tmp").write_text("")
    os.utime(tmp_path / "left.tmp", (1, 1))
    kept.write("9" * 64, 9)
    assert [kept.read(str(number) * 64) for number in (0, 1, 2, 3, 4, 9)] == [None, None, None, 4, 5, 9]
    assert not list(tmp_path.glob("*.tmp"))


def test_another_nodepath_has_other_entries(project: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    files = collect(["store"], Settings(), (".go",))
    before = inputs.beside("audit", files, Settings())
    assert before == inputs.beside("audit", files, Settings())
    monkeypatch.setattr(tool, "__version__", "99")
    assert inputs.beside("audit", files, Settings()) != before
    monkeypatch.undo()
    monkeypatch.setattr(tool, "_installed", lambda: ["tree_sitter-99.dist-info"])
    assert inputs.beside("audit", files, Settings()) != before


def test_an_edited_file_of_nodepath_makes_it_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "nodepath_cli" / "cache" / "tool.py"
    module.parent.mkdir(parents=True)
    module.write_text("")
    monkeypatch.setattr(tool, "__file__", str(module))
    before = tool.identity()
    assert tool.identity() == before
    times = module.stat()
    module.write_text(" ")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert tool.identity() != before


def test_runs_at_the_same_time_do_not_disturb_each_other(project: Tree) -> None:
    command = [sys.executable, "-m", "nodepath_cli", "audit-columns", "store", "--schema", "schema.sql"]
    command += ["--format", "concise", "--cache-dir", CACHE, "-q"]

    def output(_: int) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(output, range(8)))) == 1
    assert len(entries()) == 1


def test_a_result_from_the_cache_needs_no_parser(project: Tree) -> None:
    arguments = ["audit-columns", "store", "--schema", "schema.sql", "--cache-dir", CACHE, "--format", "json", "-q"]
    code = (
        f"import sys; from nodepath_cli.__main__ import main; main({arguments!r}); print('tree_sitter' in sys.modules)"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()[-1]
        for _ in range(2)
    ]
    assert loaded == ["True", "False"]


def test_a_whole_report_is_written_and_read_back() -> None:
    report = run.audit([str(EXAMPLE)], Settings())
    assert report.findings
    assert report.judged.files
    assert loads(dumps(report)) == report


@pytest.mark.parametrize(
    "text",
    [
        '[[["os", "system", []]], [5, 0, "true"]]',
        '[[["subprocess", "Popen", ["args"]]], [5, 0, "true"]]',
        '[[["nodepath_cli.cache.codec", "import_module", []]], [5, 0]]',
        '[[["nodepath_cli.cache.tool", "Path", []]], [5, 0]]',
        '[[["nodepath_cli.errors", "UsageError", []]], [5, 0]]',
        '[[["nodepath_cli.config", "Dialect", ["name"]]], [5, 0, "mysql"]]',
        "[[], [9]]",
        "[]",
        "not JSON",
    ],
)
def test_a_text_makes_nothing_but_records(text: str) -> None:
    with pytest.raises(CodecError):
        loads(text.encode())


def test_what_is_no_record_is_not_written() -> None:
    with pytest.raises(CodecError):
        dumps((object(),))
