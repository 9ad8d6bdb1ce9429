"""Where the recorder is hung into SQLAlchemy and Alembic: each statement on its way to the driver, each revision."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.migrate.ledger import Direction
from nodepath_cli.migrate.recorder import Recorder
from nodepath_cli.migrate.resume import Trust
from nodepath_cli.migrate.statements import sent
from nodepath_cli.migrate.waits import Waits

if TYPE_CHECKING:
    from sqlalchemy import Connection


@contextlib.contextmanager
def recording(
    connection: Connection, url: DatabaseUrl, waits: Waits | None = None, trust: Trust | None = None
) -> Iterator[Recorder]:
    """Give a recorder that hears every statement of the connection while the block runs.

    In the block, the driver ends no transaction by itself: a data statement and its row are one.
    """
    from sqlalchemy import event

    recorder = Recorder(connection, url, waits, trust)
    heard: list[tuple[Any, str, Callable[..., Any]]] = [
        *((connection.engine, name, hear) for name, hear in _hearing(recorder, connection)),
        (connection, "commit", lambda _: recorder.flush()),
        (connection, "rollback", lambda _: recorder.drop()),
    ]
    if url.dialect != "sqlite":
        connection.connection.driver_connection.autocommit(False)  # type: ignore[union-attr]
        recorder.begin_session()
    for target, name, hear in heard:
        event.listen(target, name, hear)
    try:
        yield recorder
    finally:
        for target, name, hear in heard:
            event.remove(target, name, hear)


def stepping(recorder: Recorder, plan: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    """Return Alembic's function that lists the steps of a run, with each step's migration recorded."""

    def listed(heads: Any, context: Any) -> Iterator[Any]:
        steps = list(plan(heads, context))
        if any(not step.info.is_stamp for step in steps):
            recorder.begin_run()
        for step in steps:
            if not step.info.is_stamp:
                step.migration_fn = _recorded(recorder, step, step.migration_fn)
            yield step
        recorder.end_run()

    return listed


def _recorded(recorder: Recorder, step: Any, migrate: Callable[..., None]) -> Callable[..., None]:
    def run(**values: Any) -> None:
        info = step.info
        direction: Direction = "up" if info.is_upgrade else "down"
        try:
            recorder.begin(str(info.up_revision_id), direction, _file_hash(info.up_revision))
            migrate(**values)
            recorder.end()
        except BaseException:
            recorder.close()
            raise

    return run


def _hearing(recorder: Recorder, connection: Connection) -> Iterator[tuple[str, Callable[..., bool]]]:
    """Yield what listens to the driver's calls. SQLAlchemy leaves out its own call where one of them returns true."""
    dialect = connection.dialect
    doubled = dialect.name != "sqlite"

    def execute(cursor: Any, text: str, values: Any, context: Any) -> bool:
        if not recorder.listens:
            return False
        # The driver halves what was doubled for it.
        plain = text.replace("%%", "%") if doubled else text
        return recorder.take(
            sent(plain, values), cursor, context, lambda: dialect.do_execute(cursor, text, values, context)
        )

    def many(cursor: Any, text: str, values: Any, context: Any) -> bool:
        return recorder.take(
            sent(text, values), cursor, context, lambda: dialect.do_executemany(cursor, text, values, context)
        )

    def bare(cursor: Any, text: str, context: Any) -> bool:
        return recorder.take(sent(text), cursor, context, lambda: dialect.do_execute_no_params(cursor, text, context))

    yield "do_execute", execute
    yield "do_executemany", many
    yield "do_execute_no_params", bare


def _file_hash(script: Any) -> str:
    try:
        return hashlib.sha256(Path(script.path).read_bytes()).hexdigest()
    except (OSError, TypeError, AttributeError):
        return ""
