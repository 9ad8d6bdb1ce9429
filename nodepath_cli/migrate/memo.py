"""Write `alembic/offline-mysql.json` anew after a revision has changed: `python -m nodepath_cli.migrate.memo`."""

from __future__ import annotations

from nodepath_cli.schema.revisions import MEMO, memo_text, scripts_folder


def write() -> None:
    """Render the bundled revisions and keep the result beside them."""
    (scripts_folder() / MEMO).write_text(memo_text(), "utf-8")


if __name__ == "__main__":
    write()
