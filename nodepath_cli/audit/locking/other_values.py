"""Releases that ask for what no acquire has put there: a key that is spelled otherwise, or a token made anew."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.audit.locking.acquires import Acquire, Release
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.lock_names import Name, differ, made, shown
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import ADDING
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Called, Mixed, Moment, Value

_NEW = lazy(
    r"(?:(?:\w*uuid|ulid)\.Must\()?\b(?:\w*uuid|ulid|ksuid|xid|gonanoid|nanoid|shortid|cuid2?)\."
    r"(?:New(?:String|Random|UUID|V[1467]|ULID)?|Make|Generate|MustGenerate|MustNew)\(\s*\)|"
    r"\brand\.(?:Int|Int31|Int63|Uint32|Uint64|Text)\(\s*\)"
)
"""What is never the same twice."""
_WRITING = lazy(
    r"fmt\.Sprintf?\(|hex\.\w+\(|strings\.(?:ReplaceAll|ToLower|ToUpper|Replace)\(|base64\.|strconv\.|[^()]*\+"
)
"""What is new where something is new that is written in it."""
_ONCE = frozenset(("Do", "LoadOrStore", "OnceFunc", "OnceValue", "GetOrCreate", "GetOrSet"))
"""What may give the same as before."""
_CALL = lazy(r"(?P<text>.*) (?P<place>\d+)\Z", re.DOTALL)
_FIELD = lazy(r"\w+(?:\.\w+)*\.(?P<name>\w+)\(\s*\) \d+\Z")
_RANDOM = lazy(rb"\brand\.Read\(|\bio\.ReadFull\(\s*rand\.")
_BY_SECONDS = lazy(r"05|unix|\Atime\Z")
_ROUNDED = lazy(rb"\.(?:Truncate|Round)\(")
_NEAR = 300


def asked_in_vain(acquire: Acquire, release: Release, protocols: Protocols) -> str | None:
    """Return what a release asks for that no row has; None where one may have it."""
    runs = [run for way in release.ways for run in way.runs if run.site is release.site]
    if not runs:
        return None
    return _new_token(acquire, release, runs) or _other_key(release, runs, protocols)


def _new_token(acquire: Acquire, release: Release, runs: list[Run]) -> str | None:
    """Return why a release meets no row: it makes up the value that a column has to have."""
    given = {each.column for site in acquire.sites for each in (*site.access.inserted, *site.access.settings)}
    data = release.site.analysed.file.data
    if any(isinstance(step, Called) and step.name in _ONCE for way in release.ways for step in way.path.steps):
        return None
    for each in release.site.access.conditions:
        column = each.fixes
        if column is None or each.operand is None or column not in given:
            continue
        values = [argument(run, each.operand) for run in runs]
        if all(value is not None and _is_new(value, data) for value in values):
            return f"'{column}' has to be what it has just made up, and no row has that"
    return None


def _is_new(value: Value, data: bytes) -> bool:
    """Say whether a value was made for this call alone, for certain; `data` is the file around the call."""
    if isinstance(value, Moment):
        # `time.Now().Truncate(time.Hour)` is the same for an hour.
        return not value.moved and bool(_BY_SECONDS.search(value.form)) and not _ROUNDED.search(data)
    if not isinstance(value, Mixed):
        return False
    if _NEW.match(value.text):
        return True
    field, call = _FIELD.match(value.text), _CALL.match(value.text)
    if field is not None and not value.parts:
        return _makes_new(field["name"], data)
    if _WRITING.match(value.text) and any(_is_new(each, data) for each in value.parts):
        return True
    # `rand.Read(b)` stands right before `hex.EncodeToString(b)`, in the function that makes a token.
    place = int(call["place"]) if call is not None else 0
    before = data[max(0, place - _NEAR) : place].rpartition(b"func ")[2]
    return call is not None and data.startswith(call["text"][:20].encode(), place) and bool(_RANDOM.search(before))


def _makes_new(field: str, data: bytes) -> bool:
    """Say whether a function that is kept in a field gives something new each time, wherever this file sets it."""
    text = data.decode("utf-8", "replace")
    set_to = [each[1] for each in re.finditer(rf"\b{re.escape(field)}\s*[:=]\s*([^\n]*)", text)]
    return bool(set_to) and all(_NEW.match(re.sub(r"[,}\s].*", "", each) + "()") for each in set_to)


def _other_key(release: Release, runs: list[Run], protocols: Protocols) -> str | None:
    """Return why a release meets no row: the text that a column of the key has to be is none that is ever put there."""
    access = release.site.access
    for column in access.key or ():
        operand = access.fixed.get(column)
        asked = [_name(argument(run, operand)) for run in runs] if operand is not None else []
        if not asked or any(set(each) == {None} for each in asked):
            continue
        put = list(_put(release.site.table, column, protocols))
        if put and all(differ(one, other) for one in asked for other in put):
            return f"'{column}' is asked for {shown(asked[0])}, and a lock has {shown(put[0])} there"
    return None


def _name(value: Value | None) -> Name:
    return made(value) if value is not None else [None]


def _put(table: str, column: str, protocols: Protocols) -> Iterator[Name]:
    """Yield what the program puts into a column of a table's new rows, [None] where it is not known."""
    runs = [run for ways in protocols.ways.values() for way in ways for run in way.runs]
    for site in protocols.sites.about(table):
        if site.access.action not in ADDING:
            continue
        given = [each.value for each in site.access.inserted if each.column == column]
        own = [run for run in runs if run.site is site]
        if not given or not own:
            yield [None]
        yield from (_name(argument(run, each)) for run in own for each in given)
