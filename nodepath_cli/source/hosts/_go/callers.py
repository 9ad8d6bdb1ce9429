"""The callers of a function, evaluated where what it does rests on its arguments."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import Machine, routine_key
from nodepath_cli.source.hosts._go.part import Part
from nodepath_cli.source.hosts._go.resting import rests_on_arguments
from nodepath_cli.source.hosts._go.syntax import GoFile

_TEXT = r"(?:[^()\"`;{}]|\([^()]*\))*(?<=[(,\s])\"[^\"\n]*\"\s*[,)]"
"""Arguments up to one that is a text."""


def _imports(m: Machine, file: GoFile, folder: str) -> bool:
    """Say whether a file imports the package of a folder."""
    return any(m.index.modules.folder(path, file.folder) == folder for path in m.index.imports(file).values())


def _of_interfaces(m: Machine, name: str) -> set[str]:
    """Return the folders with an interface that declares a method of that name, as far as their texts tell."""
    declared = re.compile(rf"^[ \t]+{re.escape(name)}\(", re.MULTILINE)
    return {
        file.folder for file in m.index.files if file.has(name) and file.has("interface") and declared.search(file.text)
    }


def evaluate_callers(
    m: Machine, routine: Routine, share: Sequence[Part] | None = None, most: int = sys.maxsize
) -> bool:
    """Evaluate the functions that call one, in its package and where its name is exported; say whether any is new.

    `share` says where they are looked for, None for everywhere; no more than `most` are evaluated.
    """
    key = (routine_key(routine), share is None)
    if key in m.searched_callers or (key[0], True) in m.searched_callers:
        return False
    m.searched_callers.add(key)
    call = re.compile(rf"\b{re.escape(routine.name)}\b\s*(?:\[[^\]]*\])?\(")
    exported = routine.name[:1].isupper()
    fresh = False
    homes = {routine.file.folder}
    if exported and routine.receiver and rests_on_arguments(routine):
        # Who knows the method by an interface need not know the package that has it.
        homes |= _of_interfaces(m, routine.name)
    # A look at the text saves most files from being parsed.
    importing = {file.path for home in homes for file in m.index.importing(home)} if exported else set()
    for part in map(Part, m.index.files) if share is None else share:
        file = part.file
        if not (file.folder in homes or file.path in importing) or not file.has(routine.name):
            continue
        if file.folder not in homes and not any(_imports(m, file, home) for home in homes):
            continue
        for other in part.routines(m.index.of(file)):
            if not m.evaluated(other) and call.search(file.source(other)):
                m.summary(other)
                fresh = True
                most -= 1
                if not most:
                    return True
    return fresh


def evaluate_givers(m: Machine, routines: Sequence[Routine], share: Sequence[Part]) -> None:
    """Evaluate the functions of a share that call one of these with a text: in its package, or where it is imported."""
    own: dict[str, set[str]] = {}
    for routine in routines:
        own.setdefault(routine.file.folder, set()).add(routine.name)
    exported = {folder: {name for name in names if name[:1].isupper()} for folder, names in own.items()}
    imported: dict[str, set[str]] = {}
    for folder, names in exported.items():
        for file in m.index.importing(folder) if names else ():
            imported.setdefault(file.path, set()).add(folder)
    for part in share:
        file = part.file
        names = set(own.get(file.folder, ()))
        for folder in imported.get(file.path, ()):
            if _imports(m, file, folder):
                names |= exported[folder]
        known = file.among(names) if names else []
        if not known:
            continue
        call = re.compile(rf"\b(?:{'|'.join(map(re.escape, known))})\b\s*(?:\[[^\]]*\])?\({_TEXT}")
        for other in part.routines(m.index.of(file)):
            if not m.evaluated(other) and call.search(file.source(other)):
                m.summary(other)
