"""The order that each revision asks for, and why, in a plain sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodepath_cli.deploy.records import DeployFinding, Failure, Order, Pending, Verdict

NO_SUCH_NAME = frozenset({1054, 1109, 1146})
"""The server's errors for a column or table that is not there: after a migration, one that it has taken."""
_NO_DEFAULT = 1364
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
    taken = [each for each in breaks if each.finding.errno in NO_SUCH_NAME]
    at_base = f"{base_ref}" if base_ref and all(each.ref for each in breaks) else ""
    match order:
        case "either":
            return "either order: it changes nothing for the code"
        case "migrate-first":
            return f"migrate first: the code needs {_names(needs)}, which come{_s(needs)} with it"
        case "code-first":
            parts = [*_without(taken, at_base), *_unfit(breaks, at_base)]
            return f"deploy code first: {'; '.join(parts)}"
        case "expand-contract" if taken:
            first = (
                f"it brings {_names(needs)} and takes {_names(taken)}, which {at_base or 'the code'} needs; "
                "add the new beside the old, deploy, then drop the old in a later revision"
            )
        case "expand-contract":
            first = f"it brings {_names(needs)}, which the code needs"
    return f"needs expand and contract: {'; '.join([first, *_unfit(breaks, at_base)])}"


def _without(taken: Sequence[DeployFinding], at_base: str) -> Iterator[str]:
    """Say what is to be done about names that go."""
    if taken and at_base:
        yield f"{at_base} still needs {_names(taken)}, the code now does not"
    elif taken:
        yield f"code that does without {_names(taken)} has to run before it, and this code does not yet"


def _unfit(breaks: Sequence[DeployFinding], at_base: str) -> Iterator[str]:
    """Say what is to be done about names that stay and fit the code no more."""
    required = [each for each in breaks if each.finding.errno == _NO_DEFAULT]
    others = [each for each in breaks if each.finding.errno not in {*NO_SUCH_NAME, _NO_DEFAULT}]
    code = at_base or "the code"
    if required:
        yield (
            f"{code} gives {_names(required)} no value, which it makes required: give a default, deploy code that "
            "fills it, then take the default away in a later revision"
        )
    if others:
        yield f"statements of {code} on {_names(others)} fail after it: code that fits both has to run first"


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
