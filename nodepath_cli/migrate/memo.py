"""Write `alembic/offline-*.json` anew after a revision has changed: `python -m nodepath_cli.migrate.memo`."""

from __future__ import annotations

from typing import get_args

from nodepath_cli.schema.revisions import Family, memo_file, memo_text


def write() -> None:
    """Render the bundled revisions and keep the results beside them."""
    for dialect in get_args(Family):
        memo_file(dialect).write_text(memo_text(dialect), "utf-8")


if __name__ == "__main__":
    write()
