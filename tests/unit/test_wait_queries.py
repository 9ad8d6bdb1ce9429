"""The statements of `nodepath locks waits` under nodepath's own audit, and the options that need no server."""

from __future__ import annotations

from pathlib import Path

import pytest

import nodepath_cli.locks
from nodepath_cli.__main__ import main
from nodepath_cli.audit.run import audit
from nodepath_cli.config import Dialect, Settings

QUERIES = Path(nodepath_cli.locks.__file__).parent / "queries"
ELSEWHERE = {
    "mysql 5.7": {"metadata-mariadb-plugin.sql", "row-waits-mysql-8.sql"},
    "mysql 8.0": {"metadata-mariadb-plugin.sql"},
    "mariadb 10.11": {"row-waits-mysql-8.sql"},
}
"""By dialect: the statements that are never put to such a server."""
WAITS = ("row-waits", "metadata", "processes", "transactions", "instruments", "last-statements", "plugins")


@pytest.mark.parametrize("dialect", ELSEWHERE)
def test_every_query_is_fully_understood_and_sound(dialect: str) -> None:
    name, _, version = dialect.partition(" ")
    settings = Settings(
        dialect=Dialect(name, tuple(map(int, version.split(".")))),
        dialect_given=True,
        exclude=tuple(sorted(ELSEWHERE[dialect])),
    )
    files = [str(path) for path in QUERIES.glob("*.sql") if path.name.startswith(WAITS)]
    report = audit([path for path in files if Path(path).name not in ELSEWHERE[dialect]], settings)
    assert not report.findings
    assert report.counts.statements == report.counts.resolved > 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--database-url", "sqlite:///x.sqlite3"), "SQLite has no list of connections and locks"),
        (("--database-url", "mysql://u:geheim@localhost/d", "--check", "soon"), "'soon' is not a duration"),
        (("--database-url", "mysql://u:geheim@localhost/d", "5s"), "add --check"),
        (("--database-url", "mysql://u:geheim@localhost/d", "--watch", "--format", "json"), "do not go together"),
        (("--database-url", "mysql://u:geheim@localhost/d", "--watch", "--interval", "0"), "ten times a second"),
        ((), "no database"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(("locks", "waits", *arguments)) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ")
    assert said in last
    assert "geheim" not in last
