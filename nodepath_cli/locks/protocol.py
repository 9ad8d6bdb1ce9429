"""The steps of the protocol, each on one connection: take, look, take over, renew, give back.

Every step is one statement in autocommit, so that neither the isolation level nor another transaction's snapshot has a
say, and no row stays locked between two steps. docs/session-lock.md has the same steps as SQL and as Go.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from nodepath_cli.locks.clock import elapsed, server_now, server_time
from nodepath_cli.locks.connections import Connections
from nodepath_cli.locks.session import Session, trouble
from nodepath_cli.locks.timestamps import RELEASED, Reading, ServerTime, new_token, read

Step = Literal["ours", "again", "busy"]
"""The lock is ours; the row has changed under our hands, look again; somebody has it."""


class Key(Struct):
    """One lock of one table, and the tokens under which it may be ours."""

    connections: Connections
    table: str
    prospect: str
    device: str
    lease: float
    tokens: dict[str, float] = field(default_factory=dict)
    """Each token that the row may carry, with `elapsed()` when it was made. They are several only where a connection
    broke before the server had answered."""
    absent: bool = True
    """The row was not there when it was looked for last, so that an INSERT is worth trying: one that fails uses up a
    number of the primary key all the same."""
    since: float | None = None
    """`elapsed()` from which the lease counts; None where the lock is not known to be ours."""
    left: float = 0.0
    """What is left of the lease of whoever has it, in seconds, as seen last."""

    def take(self, session: Session) -> Step:
        """Try once to take the lock. Raises the driver's errors; after one, the tokens tell what may have happened."""
        if self.absent:
            token = self._token(session)
            try:
                session.run("take", self._values(token=token), table=session.quoted(self.table))
                return self._ours(token)
            except Exception as error:
                if trouble(error) != "duplicate":
                    raise
                del self.tokens[token]
        asked = elapsed()
        found = self.look(session)
        self.absent = found is None
        if found is None:
            return "again"
        seen, now, age = found
        if seen in self.tokens:
            return self._ours(seen)
        reading = read(seen)
        if not reading.released and not self._expired(reading, age):
            return "busy"
        token = new_token(now, self.lease)
        self.tokens[token] = asked
        if self._replace(session, seen, token):
            return self._ours(token)
        del self.tokens[token]
        return "again"

    def look(self, session: Session) -> tuple[str, ServerTime, float | None] | None:
        """Return the row's text, the server's time and the age by the server's zone rules; None for no row."""
        rows = session.rows("look", self._values(), table=session.quoted(self.table))
        if not rows:
            return None
        seen, text, offset, age = rows[0]
        now = server_time(text, offset)
        reading = read(seen)
        plain = reading.age(now)
        if plain is None or age is None or reading.offset is not None:
            return seen, now, plain
        # Where clocks were put forward or back between text and now, the two differ; the lower one is safe.
        return seen, now, min(plain, float(age))

    def renew(self, session: Session) -> bool:
        """Put a new token in the row. False where the row is no longer ours."""
        token = self._token(session)
        for seen in [each for each in self.tokens if each != token]:
            if self._replace(session, seen, token):
                self._ours(token)
                return True
        found = self.look(session)
        if found is None or found[0] not in self.tokens:
            self.forget()
            return False
        self._ours(found[0])
        return True

    def give_back(self, session: Session, keep: bool) -> bool:
        """Delete the row, or mark it as released. False where it is no longer ours."""
        for token in list(self.tokens):
            if keep:
                last_seen = new_token(server_now(self.connections, session), self.lease) + RELEASED
                given = self._replace(session, token, last_seen)
            else:
                given = session.run("remove", self._values(seen=token), table=session.quoted(self.table)) > 0
            if given:
                self.forget()
                return True
        return False

    def until(self) -> float:
        """Return when the lease ends, by `elapsed()`; a time in the past where the lock is not known to be ours."""
        return self.since + self.lease if self.since is not None else 0.0

    def forget(self) -> None:
        """Hold nothing any more."""
        self.tokens.clear()
        self.since = None

    def _expired(self, reading: Reading, age: float | None) -> bool:
        """Say whether a row may be taken over: never one whose text is no time, or one in the future."""
        if age is None:
            self.left = self.lease
            return False
        if not reading.fraction:
            # Written a whole second later than the text says, for all we know.
            age -= 1.0
        self.left = (self.lease if reading.lease is None else reading.lease) - age
        return self.left < 0

    def _token(self, session: Session) -> str:
        # The lease counts from before the clock is read, and so from before the statement is sent.
        at = elapsed()
        token = new_token(server_now(self.connections, session, at), self.lease)
        self.tokens[token] = at
        return token

    def _ours(self, token: str) -> Step:
        self.since = self.tokens[token]
        self.tokens = {token: self.since}
        self.absent = True
        return "ours"

    def _replace(self, session: Session, seen: str, token: str) -> bool:
        return session.run("replace", self._values(seen=seen, token=token), table=session.quoted(self.table)) > 0

    def _values(self, **more: str) -> dict[str, object]:
        return {"prospect": self.prospect, "device": self.device, **more}
