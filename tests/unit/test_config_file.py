"""Where the configuration is found, what it may hold, and what goes over what."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodepath_cli.config import Dialect, Settings, SourceBlock
from nodepath_cli.config_file import KEYS, find_file, load_settings
from nodepath_cli.errors import ConfigError, NodepathError, UsageError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root, the boundary of the search; the working directory is inside it."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


def refused(**options: object) -> NodepathError:
    with pytest.raises(NodepathError) as caught:
        load_settings(**options)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    return caught.value


def test_without_a_file_and_options_the_defaults_hold(project: Path) -> None:
    assert load_settings() == Settings()


def test_every_key_sets_a_field_of_the_settings() -> None:
    fields = Settings.__struct_fields__
    assert {key.field or name.replace("-", "_") for name, key in KEYS.items()} <= set(fields)


def test_nodepath_toml_holds_the_keys_at_top_level(project: Path) -> None:
    (project / "nodepath.toml").write_text(
        'dialect = "mysql:5.7"\nselect = ["NP1,NP2", "NP4"]\nfail-on = "warning"\nmin-coverage = 90\nstrict = true\n'
        'max-file-size = "1MB"\nexternal-tables = ["leads", "campaign_*"]\nlower-case-table-names = 1\n'
        '[renames]\n"t.old" = "new"\n[replace]\n"__PREFIX__" = "wp_"\n'
        '[[source]]\npaths = ["shop/**"]\nschema = ["shop/schema.sql"]\ndialect = "mariadb"\n'
    )
    settings = load_settings()
    assert settings.dialect == Dialect("mysql", (5, 7))
    assert settings.dialect_given
    assert settings.select == ("NP1", "NP2", "NP4")
    assert (settings.fail_on, settings.min_coverage, settings.strict) == ("warning", 90.0, True)
    assert settings.max_file_size == 1_000_000
    assert settings.external_tables == ("leads", "campaign_*")
    assert not settings.case_sensitive_tables
    assert settings.renames == (("t.old", "new"),)
    assert settings.replace == (("__PREFIX__", "wp_"),)
    assert settings.sources == (SourceBlock(("shop/**",), ("shop/schema.sql",), Dialect("mariadb", (10, 11))),)


def test_pyproject_holds_them_in_its_table(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.nodepath]\nfail-on = "info"\n')
    assert load_settings().fail_on == "info"


def test_a_pyproject_of_other_tools_is_passed_by_however_broken(project: Path) -> None:
    below = project / "service"
    below.mkdir()
    (project / "nodepath.toml").write_text('fail-on = "info"\n')
    (below / "pyproject.toml").write_text("[tool.other\nbroken")
    assert find_file() is not None
    assert load_settings().fail_on == "info"


def test_nodepath_toml_goes_before_pyproject(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.nodepath]\nfail-on = "info"\n')
    (project / "nodepath.toml").write_text('fail-on = "warning"\n')
    assert load_settings().fail_on == "warning"


def test_the_search_goes_up_to_the_git_boundary_and_no_further(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.parent / "nodepath.toml").write_text('fail-on = "info"\n')
    below = project / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find_file() is None
    (project / "nodepath.toml").write_text('fail-on = "warning"\n')
    assert find_file() == Path("../../nodepath.toml")


def test_paths_are_relative_to_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "nodepath.toml").write_text(
        'schema = ["head", "live", "rev:0001", "db/schema.sql", "mysql://u@h/d"]\nmigrations = "db/migrations"\n'
        'exclude = ["legacy/*.go", "*.bak.sql"]\noutput = ["sarif=out/nodepath.sarif"]\n'
        '[[source]]\npaths = ["shop/**"]\nschema = ["shop.sql"]\n'
    )
    below = project / "service"
    below.mkdir()
    monkeypatch.chdir(below)
    settings = load_settings()
    assert settings.schema == ("head", "live", "rev:0001", "../db/schema.sql", "mysql://u@h/d")
    assert settings.migrations == "../db/migrations"
    assert settings.exclude == ("../legacy/*.go", "*.bak.sql")
    assert settings.output == (("sarif", "../out/nodepath.sarif"),)
    assert settings.sources == (SourceBlock(("../shop/**",), ("../shop.sql",)),)


def test_options_go_over_the_file(project: Path) -> None:
    (project / "nodepath.toml").write_text('fail-on = "warning"\nstrict = true\nschema = ["head"]\n')
    settings = load_settings({"fail-on": "info", "strict": False, "schema": ["x.sql"], "format": None, "exclude": []})
    assert (settings.fail_on, settings.strict, settings.schema) == ("info", False, ("x.sql",))
    assert settings.format == "text"


def test_no_config_reads_none(project: Path) -> None:
    (project / "nodepath.toml").write_text('fail-on = "wrong"\n')
    assert load_settings(use_config=False) == Settings()


def test_config_names_any_toml_file(project: Path) -> None:
    (project / "ci.toml").write_text('[tool.nodepath]\nfail-on = "info"\n')
    (project / "flat.toml").write_text('fail-on = "warning"\n')
    assert load_settings(config="ci.toml").fail_on == "info"
    assert load_settings(config="flat.toml").fail_on == "warning"


def test_sql_mode_reaches_the_dialect(project: Path) -> None:
    (project / "nodepath.toml").write_text('sql-mode = "ansi_quotes,STRICT_TRANS_TABLES"\n')
    settings = load_settings()
    assert settings.sql_mode == ("ANSI_QUOTES", "STRICT_TRANS_TABLES")
    assert settings.dialect.ansi_quotes
    assert not settings.dialect.ignore_space
    assert not settings.dialect.full_group_by
    assert not settings.dialect_given


def test_the_mode_ansi_holds_others(project: Path) -> None:
    assert load_settings().dialect.full_group_by
    (project / "nodepath.toml").write_text('sql-mode = "ANSI"\n')
    dialect = load_settings().dialect
    assert (dialect.ansi_quotes, dialect.ignore_space, dialect.full_group_by) == (True, True, True)
    (project / "nodepath.toml").write_text('sql-mode = "IGNORE_SPACE,ONLY_FULL_GROUP_BY"\n')
    dialect = load_settings().dialect
    assert (dialect.ansi_quotes, dialect.ignore_space, dialect.full_group_by) == (False, True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fial-on = 'error'", "'fial-on'"),
        ("fail_on = 'error'", "'fail_on'"),
        ("fail-on = 'fatal'", "fail-on: 'fatal' is not one of error, warning, info"),
        ("strict = 'yes'", "strict: 'yes' is not true or false"),
        ("dialect = 'pg'", "dialect: 'pg' is not a dialect"),
        ("format = 'pdf'", "no format 'pdf'"),
        ("output = ['sarif']", "output: 'sarif' is not FORMAT=FILE"),
        ("renames = {'old' = 'new'}", "renames: "),
        ("[[source]]\nschema = ['x.sql']", "source: "),
        ("[[source]]\npaths = ['x']\nshema = ['x.sql']", "unknown: shema"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key(project: Path, text: str, said: str) -> None:
    (project / "nodepath.toml").write_text(text + "\n")
    error = refused(formats=("text", "json"))
    assert isinstance(error, ConfigError)
    assert "nodepath.toml" in error.message
    assert said in error.message


def test_the_nearest_key_is_named(project: Path) -> None:
    (project / "nodepath.toml").write_text("fail_on = 'error'\n")
    assert refused().next_step == "write 'fail-on' if that is meant"


def test_an_option_is_refused_as_an_option(project: Path) -> None:
    error = refused(given={"fail-on": "fatal"})
    assert isinstance(error, UsageError)
    assert error.message == "--fail-on: 'fatal' is not one of error, warning, info"


def test_a_format_for_other_commands_is_left_to_them(project: Path) -> None:
    (project / "nodepath.toml").write_text("format = 'sarif'\n")
    assert load_settings(formats=("text", "json"), other_formats=("sarif",)).format == "text"


@pytest.mark.parametrize("config", ["missing.toml", "."])
def test_a_config_that_is_no_file_is_refused(project: Path, config: str) -> None:
    assert "no such configuration file" in refused(config=config).message


def test_a_pyproject_without_the_table_is_refused_where_it_is_named(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert "no [tool.nodepath] table" in refused(config="pyproject.toml").message


def test_invalid_utf_8_is_said(project: Path) -> None:
    (project / "nodepath.toml").write_bytes(b"fail-on = '\xff'\n")
    assert "not utf-8" in refused().message


def test_a_database_url_is_never_shown(project: Path) -> None:
    (project / "nodepath.toml").write_text("database-url = ['mysql://u:hunter2@h/d']\n")
    error = refused()
    assert "hunter2" not in error.line()
    assert "database-url" in error.message


def test_the_environment_goes_before_the_file_and_behind_the_option(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "nodepath.toml").write_text("database-url = 'mysql://file@h/d'\n")
    assert load_settings().database_url == "mysql://file@h/d"
    monkeypatch.setenv("MYSQL_URI", "mysql://environment@h/d")
    assert load_settings().database_url is None
    assert load_settings({"database-url": "mysql://option@h/d"}).database_url == "mysql://option@h/d"


@pytest.mark.parametrize("kind", ["link", "loop", "folder"])
def test_a_configuration_that_cannot_be_read_is_not_left_out_in_silence(project: Path, kind: str) -> None:
    if kind == "folder":
        Path("nodepath.toml").mkdir()
    else:
        Path("nodepath.toml").symlink_to("nodepath.toml" if kind == "loop" else "nowhere.toml")
    assert refused().message.startswith("nodepath.toml cannot be read: ")
