"""`nodepath db upgrade --audit`: the code is asked before the database is changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

if TYPE_CHECKING:
    from nodepath_cli.config import Settings

AuditPaths = Annotated[
    list[str] | None,
    typer.Option(
        "--audit",
        metavar="PATH",
        help="Refuse where this code would break (NP202), or would still lack a name (NP201); may be repeated.",
    ),
]


def refuse_unsafe(
    paths: Sequence[str] | None, revision: str, folder: Path | None, database_url: str | None, settings: Settings
) -> None:
    """Raise Refused where the code in `paths` speaks against bringing the database to `revision`; () asks nothing.

    `database_url` is the option's, None where the environment or the configuration names the database. Raises as
    `audit_deploy` does.
    """
    if not paths:
        return
    from nodepath_cli.deploy.gate import refuse, standing

    asked = replace(
        settings,
        database_url=database_url or settings.database_url,
        migrations=None if folder is None else str(folder),
        base_ref=None,
    )
    refuse(standing(tuple(paths), asked, _applied(revision, folder, asked)))


def _applied(revision: str, folder: Path | None, settings: Settings) -> frozenset[str] | None:
    """Return the revisions up to the one that is asked for, None for all: a relative one is not followed."""
    from nodepath_cli.schema.revisions import revisions

    if revision in ("head", "heads") or revision.startswith(("+", "-")):
        return None
    family = settings.dialect.family
    return frozenset(item.id for item in revisions(folder, "sqlite" if family == "sqlite" else "mysql", revision))
