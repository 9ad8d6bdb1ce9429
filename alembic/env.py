"""What Alembic runs for every command, from `nodepath db` as from plain `alembic` in a checkout.

Everything that needs care (which database, the version table's name, errors in one line) is in
`nodepath_cli.migrate.environment`, where it is typed and tested.
"""

from __future__ import annotations

from alembic import context

from nodepath_cli.migrate.environment import run

run(context)
