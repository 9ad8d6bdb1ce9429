"""Everything that can go wrong, as a tree; each error owns its exit code, its JSON code and its next step.

    NodepathError
    ├── UsageError            2  usage     an option or argument that cannot be used
    ├── ConfigError           2  config    nothing configured, or a configuration that cannot be read
    ├── TlsError              2  tls       an unknown TLS option value: never fall back to plaintext
    ├── NothingToAudit        3  usage     no input files, or no SQL in them
    └── SchemaError           4  sql       a schema source that cannot be read
        └── DatabaseError     4            a database that does not answer as needed
            ├── Unreachable   4  unreachable
            ├── AccessDenied  4  access-denied
            ├── NoDatabase    4  no-database
            ├── TlsFailure    4  tls
            ├── Busy          4  busy
            │   └── LockHeld  75 busy      another holds the session lock (75 is EX_TEMPFAIL of sysexits.h)
            ├── LockLost      4  lost
            ├── Refused       4  refused
            └── Interrupted   4  interrupted

`main()` is the only place that catches them: it prints `error: WHAT. Next: STEP` as the last line of stderr.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_NOTHING = 3
EXIT_SCHEMA = 4
EXIT_COVERAGE = 5
LOCK_HELD_EXIT = 75
"""Of `nodepath locks run` alone, as flock(1) can be told to have it."""


class NodepathError(Exception):
    """An error that a user can act on. `message` says what, `next_step` what to do about it; neither holds a secret."""

    exit_code: ClassVar[int] = EXIT_USAGE
    code: ClassVar[str] = "usage"

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def line(self) -> str:
        """Return the one line that ends stderr, under 400 characters; a long next step leaves room to say what."""
        what = " ".join(self.message.split()).rstrip(".")
        step = " ".join(self.next_step.split()).rstrip(".")
        room = 399 - len("error: . Next: .")
        step = _cut(step, room - min(len(what), room // 2))
        what = _cut(what, room - len(step))
        return f"error: {what}. Next: {step}{'' if step.endswith('?') else '.'}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3] + "..."


class UsageError(NodepathError):
    """An option or argument that cannot be used as given."""


class ConfigError(NodepathError):
    """Nothing is configured, or the configuration cannot be read."""

    code = "config"


class TlsError(NodepathError):
    """A TLS option whose value is not known: refused, never read as plaintext."""

    code = "tls"


class NothingToAudit(NodepathError):
    """No input files, or no SQL found in them."""

    exit_code = EXIT_NOTHING


class SchemaError(NodepathError):
    """A schema source, database or migration that is not available or failed."""

    exit_code = EXIT_SCHEMA
    code = "sql"


class DatabaseError(SchemaError):
    """A database that does not answer as needed."""


class Unreachable(DatabaseError):
    """Nobody answers at that address."""

    code = "unreachable"


class AccessDenied(DatabaseError):
    """The server refused the user, the password or the privilege."""

    code = "access-denied"


class NoDatabase(DatabaseError):
    """The server answers, but has no such database, or none was named."""

    code = "no-database"


class TlsFailure(DatabaseError):
    """The connection could not be secured as asked."""

    code = "tls"


class Busy(DatabaseError):
    """Another upgrade holds the migration lock longer than `--lock-timeout`."""

    code = "busy"


class LockHeld(Busy):
    """Another holds the session lock for longer than it was waited for."""

    exit_code = LOCK_HELD_EXIT


class LockLost(DatabaseError):
    """A session lock was taken over, or could not be renewed for a whole lease."""

    code = "lost"


class Refused(DatabaseError):
    """The live shape is not one that may be changed."""

    code = "refused"


class Interrupted(DatabaseError):
    """A half-applied revision whose live shape fits no step."""

    code = "interrupted"
