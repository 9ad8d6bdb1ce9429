"""The gate before an upgrade: it must not run while code stands that it would break, or that it would not serve."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from nodepath_cli.config import Settings
from nodepath_cli.deploy.records import DeployFinding
from nodepath_cli.deploy.run import audit_deploy
from nodepath_cli.errors import Refused


def standing(
    paths: Sequence[str], settings: Settings, applied: Collection[str] | None = None
) -> tuple[DeployFinding, ...]:
    """Return what speaks against an upgrade of the configured database for the code in `paths`.

    `applied` are the revisions that the upgrade would apply, None for all that are pending. NP202 stands under one of
    them; NP201 stands under a revision that would still be pending afterwards: what the upgrade itself brings does not
    speak against it. Raises as `audit_deploy` does.
    """
    found = audit_deploy(paths, replace(settings, from_source=None))
    return tuple(
        each
        for verdict in found.verdicts
        for each in verdict.findings
        if (each.finding.rule == "NP202" and (applied is None or verdict.revision in applied))
        or (each.finding.rule == "NP201" and applied is not None and verdict.revision not in applied)
    )


def refuse(found: Sequence[DeployFinding]) -> None:
    """Raise Refused where findings stand, with the first of them and the way to see all."""
    if not found:
        return
    first = found[0].finding
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    raise Refused(
        f"the code speaks against it: {first.path}:{first.position.line}: {first.rule} {first.message}{more}",
        "run nodepath audit-deploy for all of them, and deploy code that does without first",
    )
