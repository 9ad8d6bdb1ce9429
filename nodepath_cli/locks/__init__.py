"""Session locks: the protocol, and a DBA's view of the tables that they lie in.

    from sqlalchemy import create_engine
    from nodepath_cli.locks import SessionLock

    engine = create_engine("mysql+pymysql://app@db.example/chat")
    with SessionLock(engine, "ai_whatsapp_session_nodepath", prospect, device, lease=30, wait=10) as lock:
        answer(prospect)
        lock.ensure()  # raises LockLost where it is no longer ours
        send(prospect)

docs/session-lock.md says what it promises, beside which other writers.
"""

from __future__ import annotations

from nodepath_cli.errors import LockHeld, LockLost
from nodepath_cli.locks.session_lock import SessionLock

__all__ = ["LockHeld", "LockLost", "SessionLock"]
