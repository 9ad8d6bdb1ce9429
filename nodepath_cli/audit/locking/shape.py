"""What a table's columns are for: one that holds nothing but who has something, and since or until when."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column, Table

_TEMPORAL = lazy(r"(?:date|time)")
_SHORT = lazy(r"(?:national\s+)?(?:var)?char|binary|varbinary|(?:tiny|small|medium|big)?int|integer|uuid|tinytext")
_FLAG = lazy(r"tinyint|bool|bit")
_TIMES = lazy(
    r"time|date|stamp|_(?:at|on|since|until|from|to|pada)$|^(?:at|since|until|on|ts)$|expir|deadline|heartbeat|lease|"
    r"ttl|luput|tamat|sejak|mula|hingga|sampai|masa|tarikh|waktu|denyut"
)
_LIMITS = lazy(r"until|expir|lease|ttl|deadline|luput|tamat|hingga|sampai|sewa")
_SINCE = lazy(r"^lock(?:ed)?_?(?:at|on|since|time|ts|date)$|^leased?(?:_|$)|_lease$|^dikunci_(?:pada|sejak)$")
"""Times that nothing but a lock has."""
_HELD = lazy(r"^(?:is_)?(?:locked|held|busy|taken)$|^(?:di)?(?:kunci|pegang)$|^sibuk$")
_WHO = lazy(
    r"owner|holder|occupant|keeper|^(?:held|locked|taken|claimed|leased|acquired|grabbed|reserved)_?by|^worker|^lock(?:er|_token|_id)$|"
    r"^pemilik|^pemegang|^penyewa|^penjaga|^penghuni|^(?:dikunci|dipegang|diambil)_oleh"
)
_NUMBERS = lazy(r"^(?:version|versi|fenc\w+|generation|epoch|seq|sequence|term|revision)$|^(?:created|updated)_by$")
_DATA = lazy(
    r"\b(?:used|redeemed|paid|read|verified|approved|sent|delivered|processed|confirmed|status|state|type|kind|role|"
    r"code|otp|pin|hash|secret|password|body|value|data|payload|content|message|email|url|path|amount|price|quantity|"
    r"qty|rahsia|laluan|count|total|score|guna|diguna|digunakan|bayar|dibayar|dihantar|disahkan|dibaca|kod|nilai|badan|jumlah|"
    r"bilangan|jenis|harga|kuantiti|mesej|muatan)\b"
)
"""What a row is about that is more than a lock."""
_MOST = 7
"""More columns than this have no lock's table."""


class Shape(Struct, frozen=True):
    """The columns of a table that holds hardly anything but a key, who has it, and since or until when."""

    who: frozenset[str]
    """Those whose names are a holder's."""
    perhaps: frozenset[str]
    """Those that hold a holder if the functions treat them so."""
    times: frozenset[str]
    limits: frozenset[str]
    """Those of them that say until when."""
    flags: frozenset[str]
    """Those that say that it is held."""
    since: frozenset[str] = frozenset()
    """Those of the times that say so by their names (`locked_at`): who has it may be known to the holder alone."""


def shape_of(table: Table) -> Shape | None:
    """Return what the columns are for; None for a table that holds anything more, or that has no key of its own.

    The key is the program's: a row that the server numbers is a thing by itself.
    """
    found = _sorted(table)
    if found is None or not (found["who"] or found["perhaps"] or found["flags"] or found["since"]):
        return None
    return Shape(**{kind: frozenset(names) for kind, names in found.items()})


def is_lean(table: Table) -> bool:
    """Say whether a table holds nothing but a key of the program's, a time or flag, and perhaps who has it."""
    return _sorted(table) is not None


def _sorted(table: Table) -> dict[str, set[str]] | None:
    """Return the columns by what they are for, None where one of them holds anything more."""
    if table.kind != "table" or table.open or table.foreign_keys or len(table.columns) > _MOST:
        return None
    numbered = {column.name.lower() for column in table.columns if column.auto_increment}
    keys = [table.primary_key, *(key.columns for key in table.unique_keys)]
    named = [{column.lower() for column in key if column} for key in keys if key and None not in key]
    own = [key for key in named if not key & numbered]
    if not own:
        return None
    aside = own[0] | numbered
    found: dict[str, set[str]] = {each: set() for each in ("who", "perhaps", "times", "limits", "flags", "since")}
    for column in table.columns:
        name = column.name.lower()
        kind = "" if name in aside else _kind(name, column)
        if kind is None:
            return None
        if kind:
            found[kind].add(name)
        if kind == "times" and _LIMITS.search(name):
            found["limits"].add(name)
        if kind == "times" and _SINCE.search(name):
            found["since"].add(name)
    if len(found["perhaps"]) > 1 or not (found["times"] or found["flags"]):
        return None
    return found


def is_time(column: str) -> bool:
    """Say whether a column's name is that of a time."""
    return bool(_TIMES.search(column))


def is_number(column: str) -> bool:
    """Say whether a column's name is that of a number that a lock counts by: its version, its fence."""
    return bool(_NUMBERS.search(column)) and not column.endswith("_by")


def is_holder(column: str) -> bool:
    """Say whether a column's name is that of who has something."""
    return bool(_WHO.search(column))


def is_limit(column: str) -> bool:
    """Say whether it is that of a time until when something is held."""
    return bool(_LIMITS.search(column))


def _kind(name: str, column: Column) -> str | None:
    """Return what a column is for: "" for what does not matter, None for data."""
    if _NUMBERS.search(name):
        return ""
    if _DATA.search(name.replace("_", " ")):
        return None
    if _HELD.search(name) and _FLAG.match(column.type):
        return "flags"
    if _TEMPORAL.match(column.type):
        return "times"
    if not _SHORT.match(column.type):
        return None
    if _WHO.search(name):
        return "who"
    if _TIMES.search(name):
        return "times"
    return "perhaps" if not _FLAG.match(column.type) else None
