"""SQL's first words with a slip in them: `SELEC id FROM t`."""

from __future__ import annotations

_VERBS = ("select", "insert", "update", "delete", "replace", "create", "alter", "truncate")
"""Those that are long enough to be told behind a slip."""


def meant_verb(word: str) -> str | None:
    """Return the verb that a word was meant to be, None for a verb itself and for any other word."""
    lower = word.lower()
    return next((verb for verb in _VERBS if lower[:1] == verb[0] and one_slip(lower, verb)), None)


def one_slip(word: str, meant: str) -> bool:
    """Say whether two words differ by one letter: another, one more, one fewer, or two that changed places."""
    if word == meant or abs(len(word) - len(meant)) > 1:
        return False
    shorter, longer = sorted((word, meant), key=len)
    at = next((number for number, letter in enumerate(shorter) if letter != longer[number]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at : at + 2] == longer[at : at + 2][::-1]
    return shorter[at + 1 :] == longer[at + 1 :] or (swapped and shorter[at + 2 :] == longer[at + 2 :])
