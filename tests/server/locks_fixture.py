"""What the tests of the session locks share: a database of each kind with the lock tables in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from nodepath_cli import migrate
from nodepath_cli.locks import SessionLock

TABLE = "ai_whatsapp_session_nodepath"
OTHER = "wasapBot_session_nodepath"
PHONE, DEVICE = "600000001", "device-1"


@pytest.fixture(params=["mariadb", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a fresh database with the lock tables, on each server in turn."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path}/locks.db"
    else:
        found = request.getfixturevalue("mariadb").url(request.getfixturevalue("database"))
    migrate.upgrade(found)
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A plain engine, as an application has it."""
    made = create_engine(url.replace("mysql://", "mysql+pymysql://"))
    yield made
    made.dispose()


def lock(engine: Engine, lease: float = 30.0, **options: object) -> SessionLock:
    """A lock under the one key of these tests."""
    return SessionLock(engine, TABLE, PHONE, DEVICE, lease, **options)  # type: ignore[arg-type]


def texts(engine: Engine, table: str = TABLE) -> list[str]:
    """The texts of all rows."""
    with engine.connect() as connection:
        return list(connection.execute(text(f"SELECT timestamp FROM {table} ORDER BY 1")).scalars())


def put(engine: Engine, seen: str, prospect: str = PHONE, device: str = DEVICE, table: str = TABLE) -> None:
    """Write a row as other code would."""
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO {table} (id_prospect, id_device, timestamp) VALUES (:p, :d, :t)"),
            {"p": prospect, "d": device, "t": seen},
        )


def run(engine: Engine, statement: str, **values: object) -> int:
    """Run a statement in a transaction of its own; return the rows that it changed."""
    with engine.begin() as connection:
        return int(connection.execute(text(statement), values).rowcount)
