"""What alembic/env.py does: with a connection that the runner hands over, or on its own under plain `alembic`.

The runner passes `connection`, `recorder` and `on_apply` through `Config.attributes`, never a URL through the
configuration file: a password with `%` would be interpolated there, and Alembic would print it.
"""

from __future__ import annotations

import os
import sys
from logging.config import fileConfig
from typing import TYPE_CHECKING, Any

from nodepath_cli.errors import NodepathError
from nodepath_cli.schema.revisions import VERSION_TABLE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate.recorder import Recorder

CONNECTION = "connection"
RECORDER = "recorder"
ON_APPLY = "on_apply"
OFFLINE = "offline"
"""The dialect of a script, where the runner asks for one (`--sql`)."""


def run(context: Any) -> None:
    """Run what Alembic was told to. `context` is `alembic.context`, which has no useful static type.

    Under plain `alembic`, an error ends the process with its one line and its exit code.
    """
    connection = context.config.attributes.get(CONNECTION)
    if connection is not None:
        _online(context, connection, context.config.attributes.get(RECORDER))
        return
    offline = context.config.attributes.get(OFFLINE)
    if offline is not None:
        _offline(context, offline)
        return
    try:
        _standalone(context)
    except NodepathError as error:
        print(error.line(), file=sys.stderr)  # noqa: T201 - plain alembic has no main() of ours
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        # `alembic upgrade head --sql | head`. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _standalone(context: Any) -> None:
    from nodepath_cli.migrate.target import configured_database, find_database

    if context.config.config_file_name:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    if context.is_offline_mode():
        url = find_database()
        if url is not None:
            _announce(url)
        _offline(context, "sqlite" if url is not None and url.dialect == "sqlite" else "mysql")
        return
    url = configured_database()
    _announce(url)
    _connected(context, url)


def _connected(context: Any, url: DatabaseUrl) -> None:
    from nodepath_cli.migrate.guard import refuse_unadopted
    from nodepath_cli.migrate.listening import recording
    from nodepath_cli.migrate.lock import one_at_a_time, settle
    from nodepath_cli.migrate.unfinished import forget, refuse_other_direction
    from nodepath_cli.schema.connection import connect, one_line_errors

    command = _command(context)
    with (
        one_line_errors(url),
        connect(url, "create").connect() as connection,
        one_at_a_time(connection, url),
        recording(connection, url) as recorder,
    ):
        if command in ("upgrade", "downgrade"):
            refuse_other_direction(connection, context.script, "up" if command == "upgrade" else "down")
        if command == "upgrade":
            refuse_unadopted(connection)
        if command == "stamp":
            forget(connection, context.script)
        settle(connection, url)
        _online(context, connection, recorder)


def _command(context: Any) -> str:
    """Return the name of the command that plain `alembic` was given, "" where that cannot be told."""
    command = getattr(context.config.cmd_opts, "cmd", None)
    return str(getattr(command[0], "__name__", "")) if isinstance(command, tuple) and command else ""


def _announce(url: DatabaseUrl) -> None:
    # To stderr: under --sql stdout is the script.
    print(f"database: {url.masked}", file=sys.stderr)  # noqa: T201


def _online(context: Any, connection: Connection, recorder: Recorder | None) -> None:
    on_apply = context.config.attributes.get(ON_APPLY)
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        # MySQL commits with every DDL statement anyway; with one transaction for each revision its stamp is written
        # as soon as its last statement is.
        transaction_per_migration=True,
        on_version_apply=on_apply,
    )
    if recorder is not None:
        from nodepath_cli.migrate.listening import stepping

        # Alembic has no public way to be told that a revision begins.
        migration = context.get_context()
        migration._migrations_fn = stepping(recorder, migration._migrations_fn)
    with context.begin_transaction():
        context.run_migrations()


def _offline(context: Any, dialect: str) -> None:
    context.configure(
        dialect_name=dialect,
        version_table=VERSION_TABLE,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
