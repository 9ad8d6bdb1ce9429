"""What names say, English or Malay: of a function that takes or gives back a lock, of a table that holds locks."""

from __future__ import annotations

import re
from functools import lru_cache

from nodepath_cli.audit.locking.shape import is_lean, shape_of
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Table

_WORD = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_STRONG = frozenset(
    (
        *("acquire", "acquired", "lock", "locking", "trylock", "mutex", "semaphore", "obtain"),
        *("elect", "campaign", "leadership"),
        *("kunci", "kuncikan", "mengunci"),
    )
)
_ACQUIRING = frozenset(("acquire", "trylock", "mutex", "semaphore", "obtain"))
_LOCKING = _STRONG - {"acquire", "acquired", "obtain"}
_BARE = frozenset(
    ("lock", "try", "with", "do", "global", "row", "session", "schema", "migration", "migrations", "cron")
)
"""`Lock`, `WithLock`, `LockSchema`: what is locked is nothing that an administrator locks."""
_FETCHED = frozenset(("token", "tokens", "credential", "credentials", "cookie", "cookies", "certificate", "jwt"))
"""What is acquired from somebody else, and kept for a while."""
_WEAK = frozenset(
    (
        *("lease", "claim", "take", "seize", "grab", "reserve", "enter", "begin", "start", "hold", "own", "occupy"),
        *("checkout", "elect", "become", "try", "get", "open"),
        *("rebut", "pegang", "tuntut", "tempah", "ambil", "minta"),
        *("pinjam", "sewa", "masuk", "mula", "cuba", "dapatkan"),
    )
)
_RESERVING = frozenset(("reserve", "reservation", "book", "booking", "order", "tempah", "tempahan", "pesan"))
_TRIES = frozenset(("try", "cuba"))
_TRIED = frozenset(
    (
        *("lease", "claim", "take", "seize", "grab", "enter", "hold", "own", "occupy"),
        *("rebut", "pegang", "tuntut", "ambil", "masuk"),
    )
)
"""What is tried may fail: `TryTake`, `CubaAmbil`."""
_NOT_TAKING = frozenset(
    (
        *("release", "unlock", "free", "renew", "extend", "refresh", "heartbeat", "touch", "keep", "expire", "purge"),
        *("clean", "cleanup", "list", "count", "is", "has", "held", "find", "delete", "remove", "force", "oldest"),
        *("reset", "stale", "steal", "sweep", "prune", "locked", "can", "show", "relinquish", "block", "drop"),
        *("lepas", "lepaskan", "buka", "bebaskan", "pulang", "pulangkan", "serah", "serahkan", "tutup", "tamat"),
        *("tamatkan", "selesai", "batal", "batalkan", "padam", "buang", "hapus", "bersih", "bersihkan", "sapu"),
        *("senarai", "kira", "cari", "semak", "perbaharui", "panjangkan", "segarkan", "denyut", "lanjutkan", "ada"),
        *("adakah", "boleh", "paksa", "lihat"),
    )
)
_STORING = frozenset(
    (
        *("save", "upsert", "insert", "create", "store", "put", "set", "add", "update", "record", "write"),
        *("simpan", "kemas", "kemaskini", "tambah", "cipta", "rekod"),
        *("tulis", "letak", "tetapkan", "catat", "masukkan"),
    )
)
_RELEASING = frozenset(
    (
        *("release", "released", "unlock", "unlocked", "free", "relinquish", "leave", "end", "finish", "done", "stop"),
        *("complete", "exit", "clear", "cancel", "giveup", "give", "abandon", "yield", "drop", "return", "close"),
        *("unclaim", "unset", "unhold", "dispose", "teardown", "forget", "resign", "abdicate", "vacate", "surrender"),
        *("lepas", "lepaskan", "buka", "bebaskan", "pulang", "pulangkan", "serah", "serahkan", "tutup", "tamat"),
        *("tamatkan", "selesai", "batal", "batalkan", "keluar"),
    )
)
_FINISHING = frozenset(
    ("finish", "finished", "done", "complete", "completed", "end", "ended", "close", "selesai", "tamat", "tamatkan")
)
"""What is over then need not be free for another one."""
_FREE = frozenset(
    (
        *("free", "idle", "available", "unlocked", "released", "open", "vacant", "unclaimed"),
        *("bebas", "kosong", "lepas", "dilepaskan"),
    )
)
_REMOVING = frozenset(("delete", "remove", "del", "destroy", "reset", "padam", "buang", "hapus"))
_RENEWING = frozenset(
    (
        *("renew", "extend", "refresh", "heartbeat", "touch", "keep", "beat", "ping", "prolong", "alive"),
        *("perbaharui", "panjangkan", "segarkan", "denyut", "lanjutkan", "sambung", "kekalkan"),
    )
)
_FORCING = frozenset(
    (
        *(
            "force",
            "forced",
            "forcibly",
            "forceful",
            "admin",
            "administrator",
            "operator",
            "manual",
            "manually",
            "override",
        ),
        *(
            "steal",
            "break",
            "evict",
            "kick",
            "kill",
            "expire",
            "expired",
            "reap",
            "reaper",
            "purge",
            "sweep",
            "sweeper",
        ),
        *("stale", "janitor", "cleanup", "clean", "prune", "gc", "debug", "any", "whoever", "unconditional", "revoke"),
        *("paksa", "bersih", "bersihkan", "sapu", "pentadbir"),
    )
)
_SEIZING = frozenset(("force", "forced", "forcibly", "steal", "break", "override", "admin", "evict", "kick", "paksa"))
_OLD = frozenset(("old", "stale", "expired", "dead", "orphan", "orphaned", "abandoned", "luput"))
_TAKING_OVER = frozenset(("over", "takeover", "override", "rescue", "bump", "mark", "count", "log", "note", "sync"))
_ASKING = frozenset(
    (
        *("is", "has", "check", "can", "held", "locked", "available", "active", "exists", "busy"),
        *("ada", "adakah", "semak", "boleh", "sibuk", "bebas", "dikunci"),
    )
)
_PEOPLE = frozenset(
    (
        *("account", "user", "member", "login", "topic", "thread", "post", "page", "ticket", "wallet", "card"),
        *("profile", "accounts", "users", "posts", "topics", "screen", "akaun", "pengguna", "ahli", "tiket", "skrin"),
    )
)
"""What an administrator locks: it stays locked until somebody decides otherwise, and is no mutex."""

_PLAIN = frozenset(
    (
        *("save", "assign", "unassign", "reassign", "register", "login", "logout", "connect", "online", "presence"),
        *("subscribe", "follow", "join", "invite", "ban", "mute"),
        *("block", "enable", "disable", "visit", "view", "seen"),
        *("read", "vote", "like", "pin", "bookmark", "mark", "flag", "link", "attach", "bind", "map", "send", "issue"),
        *("redeem", "spend", "use", "apply", "otp", "code", "verify", "verification", "invitation", "password", "csrf"),
        *("nonce", "token", "tokens", "credential", "cookie", "cache", "setting", "settings", "counter", "session"),
        *("sessions", "sesi", "device", "devices", "order", "orders"),
        *("coupon", "voucher", "stock", "ticket", "tickets", "user"),
        *("users", "member", "members", "account", "accounts", "assignment", "assignments", "subscription"),
        *("throttle", "cooldown", "quota", "limit", "idempotency", "dedup", "processed", "registry", "preference"),
        *("preferences", "username", "domain"),
        *("name", "alias", "handle", "address", "number", "email", "phone", "daftar", "tugaskan", "agih", "hantar"),
        *("tebus", "guna", "kupon", "baucar", "stok", "tiket", "pengguna", "ahli", "akaun", "peranti", "tetapan"),
        *("pesanan", "tugasan", "langganan", "kehadiran", "hadir", "kod", "sahkan", "tanda", "rekod", "log", "audit"),
    )
)
"""Of functions and tables that keep something which is no lock, though its row has a holder and a time."""
_KEPT = _PLAIN - frozenset(
    (
        *("session", "sessions", "sesi", "device", "devices", "peranti", "order", "orders", "pesanan", "phone"),
        *("user", "users", "pengguna", "member", "members", "account", "accounts", "send", "tugasan"),
    )
)
"""Those of them that a lock is not about either: `TryAcquireQuota`."""
_TABLE_WORDS = frozenset(("lock", "locks", "mutex", "mutexes", "semaphore", "semaphores"))
_SHAPED_WORDS = frozenset(("kunci", "kuncian", "lease", "leases"))
"""Those of tables that hold locks where their columns say so, too: `kunci` is a key as well."""
_KEYS = frozenset(("kunci", "kuncian"))
"""Those of them that say enough where nothing but a time stands beside the key, and no column holds a key itself."""
_SESSION_LOCKS = lazy(r"_session_nodepath$", re.IGNORECASE)
"""The session locks of a nodepath application."""
_COLUMNS = lazy(
    r"^(?:is_?)?locked(?:_|$)|^lock_|^locked(?:at|by|until)|^lease(?:_|$)|_lease$|^lease[a-z]*$|^held_by$|^holder|"
    r"^fenc(?:e|ing)|^acquired_(?:at|by|on|until)$|^dikunci(?:_|$)|^dipegang(?:_|$)|^pemegang"
)


def words(name: str) -> list[str]:
    """Return the words of a name in camel case or snake case, in lower case."""
    return [each.lower() for each in _WORD.findall(name)]


# Asked for every statement that writes, and again for every function around one.
@lru_cache(maxsize=4096)
def taking(name: str) -> int:
    """Say how much a function's name speaks for taking a lock: 2 for certain, 1 perhaps, 0 not."""
    found = words(name)
    if not found or (found[0] in _NOT_TAKING and "acquire" not in found):
        return 0
    if any(word in _FETCHED for word in found) and not any(word in _LOCKING for word in found):
        return 0
    if any(word in _STRONG for word in found):
        return 0 if found[-1] in _PEOPLE and "acquire" not in found else 2
    if found[0] in _TRIES and _TRIED.intersection(found[1:2]) and _PLAIN.isdisjoint(found):
        return 2
    return 1 if any(word in _WEAK for word in found) else 0


def acquiring(name: str) -> bool:
    """Say whether a name is that of taking something for a while, not of locking it until further notice."""
    found = words(name)
    return any(word in _ACQUIRING for word in found) or ("lock" in found and _BARE.issuperset(found))


def means_lock(name: str) -> bool:
    """Say whether a function's name is that of trying for a lock, whatever its table is called: `TryAcquireSession`."""
    found = words(name)
    tries = acquiring(name) or ("lock" in found and "try" in found)
    return tries and taking(name) == 2 and _KEPT.isdisjoint(found)


def tries(name: str) -> bool:
    """Say whether a function's name is that of trying for something that another one may have."""
    return any(word in _ACQUIRING or word == "try" for word in words(name))


def of_people(name: str) -> bool:
    """Say whether a table's name speaks of what an administrator locks: accounts, topics, tickets."""
    return any(word in _PEOPLE for word in words(name))


def kept(name: str) -> bool:
    """Say whether a table's name speaks of something that is kept, and that nobody locks."""
    return not _KEPT.isdisjoint(words(name))


def storing(name: str) -> bool:
    """Say whether a name is that of a function which only stores a row for another one."""
    return words(name)[:1] != [] and words(name)[0] in _STORING


def reserving(name: str) -> bool:
    """Say whether a function's name is that of setting something aside for later: that may stay for good."""
    return not _RESERVING.isdisjoint(words(name))


def releasing(name: str) -> bool:
    """Say whether a function's name is that of giving something back."""
    found = words(name)
    if any(word in _RENEWING for word in found):
        return False
    removes = bool(found) and found[0] in _REMOVING
    undoes = bool(found) and found[0].startswith("un") and found[0][2:] in _WEAK | _STRONG
    return undoes or any(word in _RELEASING for word in found) or (removes and any(word in _STRONG for word in found))


def finishing(name: str) -> bool:
    """Say whether a function's name is that of ending a piece of work, which nobody may have to do again."""
    return any(word in _FINISHING for word in words(name))


def free(word: str) -> bool:
    """Say whether a state's word is that of something which anybody may take."""
    return any(each in _FREE for each in words(word))


def plain(name: str) -> bool:
    """Say whether a function's or a table's name speaks of something that is kept, and no lock."""
    return any(word in _PLAIN for word in words(name))


def says_nothing(name: str) -> bool:
    """Say whether a function's name speaks neither for taking a lock nor for keeping, asking for or storing one."""
    found = set(words(name))
    return not found & (_STRONG | _WEAK | _NOT_TAKING | _STORING | _RENEWING | _ASKING | _TAKING_OVER)


def renewing(name: str) -> bool:
    """Say whether a function's name is that of keeping a lock."""
    return any(word in _RENEWING for word in words(name))


def subject(name: str) -> tuple[str, ...]:
    """Return what a function's name says beside that it takes or gives back: `TryLockPhone` and `UnlockPhone` agree."""
    verbs = _STRONG | _WEAK | _RELEASING | _REMOVING | {"unlock"}
    return tuple(word for word in words(name) if word not in verbs)


def forcing(name: str) -> bool:
    """Say whether a function's name is that of ending a lock whoever has it: that is what it is there for."""
    return any(word in _FORCING for word in words(name))


def seizing(name: str) -> bool:
    """Say whether a function's name is that of taking a lock whoever has it."""
    found = set(words(name))
    return bool(found & _SEIZING) and not found & _OLD


def asking(name: str) -> bool:
    """Say whether a function's name is that of asking whether something is locked."""
    return any(word in _ASKING for word in words(name))


def is_session_lock(table: Table) -> bool:
    """Say whether a table is one of a nodepath application's session locks."""
    return bool(_SESSION_LOCKS.search(table.name))


def holds_locks(table: Table) -> int:
    """Say how much a table's names speak for locks: 2 its own name, 1 those of its columns, 0 none."""
    found = words(table.name)
    if any(word in _TABLE_WORDS for word in found) or _SESSION_LOCKS.search(table.name):
        return 2
    if any(word in _SHAPED_WORDS for word in found) and shape_of(table) is not None:
        return 2
    if not _KEYS.isdisjoint(found) and is_lean(table):
        keys = (each for each in table.columns if not each.auto_increment)
        if not any("kunci" in words(each.name) for each in keys):
            return 2
    return int(any(_COLUMNS.search(column.name.lower()) for column in table.columns))
