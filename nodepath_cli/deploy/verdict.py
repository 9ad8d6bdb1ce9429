"""The order that each revision asks for, and why, in a plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.deploy.records import DeployFinding, Failure, Order, Pending, Verdict

_NAMED = 3
"""How many names a sentence lists."""


def verdict(
    pending: Pending, found: Sequence[DeployFinding], problems: Sequence[Failure], base_ref: str | None
) -> Verdict:
    """Return what a revision means for the code, from the findings that stand under it."""
    needs = [each for each in found if each.finding.rule == "NP201"]
    breaks = [each for each in found if each.finding.rule == "NP202"]
    order = _order(bool(needs), bool(breaks))
    sentence = f"{pending.revision}: {_sentence(order, needs, breaks, base_ref)}"
    if problems:
        sentence += "; not all of it could be replayed, so this is not proved"
    return Verdict(pending.revision, order, sentence, tuple(found), tuple(problems))


def _order(needs: bool, breaks: bool) -> Order:
    if needs:
        return "expand-contract" if breaks else "migrate-first"
    return "code-first" if breaks else "either"


def _sentence(
    order: Order, needs: Sequence[DeployFinding], breaks: Sequence[DeployFinding], base_ref: str | None
) -> str:
    brings, takes = _names(needs), _names(breaks)
    match order:
        case "either":
            return "either order: it changes nothing for the code"
        case "migrate-first":
            return f"migrate first: the code needs {brings}, which come{_s(needs)} with it"
        case "code-first":
            if base_ref and all(each.ref for each in breaks):
                return f"deploy code first: {base_ref} still needs {takes}, the code now does not"
            return f"deploy code first: code that does without {takes} has to run before it, and this code does not yet"
        case "expand-contract":
            whose = f"{base_ref} needs" if base_ref and all(each.ref for each in breaks) else "the code needs"
            return (
                f"needs expand and contract: it brings {brings} and takes {takes}, which {whose}; "
                "add the new beside the old, deploy, then drop the old in a later revision"
            )


def _s(found: Sequence[DeployFinding]) -> str:
    return "s" if len(_labels(found)) == 1 else ""


def _labels(found: Sequence[DeployFinding]) -> list[str]:
    return list(dict.fromkeys(_label(each) for each in found))


def _label(each: DeployFinding) -> str:
    finding = each.finding
    if finding.identifier is None:
        return finding.table or "another shape"
    qualified = finding.table and finding.table != finding.identifier
    return f"{finding.table}.{finding.identifier}" if qualified else finding.identifier


def _names(found: Sequence[DeployFinding]) -> str:
    labels = _labels(found)
    shown = ", ".join(f"'{each}'" for each in labels[:_NAMED])
    return f"{shown} and {len(labels) - _NAMED} more" if len(labels) > _NAMED else shown
