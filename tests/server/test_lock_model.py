"""A model of the lock beside the real server: whatever the order of acquires, renewals, releases and the other's deeds,
the row says what the model says, and no two holders are ever sure of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from nodepath_cli.locks import SessionLock
from nodepath_cli.locks.timestamps import RELEASED
from tests.server.locks_fixture import TABLE, engine, lock, put, run, texts, url

__all__ = ["engine", "url"]
HOLDERS = st.integers(0, 3)
EXPIRED, FRESH_TEXT = "2020-01-01 00:00:00", "2999-01-01 00:00:00"


def machine(engine: Engine) -> type[RuleBasedStateMachine]:
    """The machine for one database."""

    class Locking(RuleBasedStateMachine):
        """Four holders under one key. The row is free, held by one of them, or another writer's."""

        @initialize()
        def begin(self) -> None:
            run(engine, f"DELETE FROM {TABLE}")
            self.locks: list[SessionLock] = [lock(engine, keep_last_seen=number == 3) for number in range(4)]
            self.owner: int | str | None = None

        @rule(who=HOLDERS)
        def acquire(self, who: int) -> None:
            if self.locks[who].token is not None:
                return
            free = self.owner in (None, "released", "expired")
            assert self.locks[who].acquire() is free
            if free:
                self.owner = who

        @rule(who=HOLDERS)
        def renew(self, who: int) -> None:
            believed = self.locks[who].token is not None
            assert self.locks[who].renew() is (self.owner == who)
            assert self.locks[who].lost is (believed and self.owner != who) or self.locks[who].lost

        @rule(who=HOLDERS)
        def release(self, who: int) -> None:
            assert self.locks[who].release() is (self.owner == who)
            if self.owner == who:
                self.owner = "released" if who == 3 else None

        @precondition(lambda self: self.owner is None)
        @rule(seen=st.sampled_from([EXPIRED, FRESH_TEXT, "no time"]))
        def another_inserts(self, seen: str) -> None:
            put(engine, seen)
            self.owner = "expired" if seen == EXPIRED else "another"

        @rule(seen=st.sampled_from([EXPIRED, FRESH_TEXT, "no time"]))
        def another_upserts(self, seen: str) -> None:
            """V2 and V3: whoever had it is not told."""
            if run(engine, f"UPDATE {TABLE} SET timestamp = :t", t=seen):
                self.owner = "expired" if seen == EXPIRED else "another"

        @rule()
        def another_deletes(self) -> None:
            """V1 beyond the lease: whoever had it is not told."""
            run(engine, f"DELETE FROM {TABLE}")
            self.owner = None

        @invariant()
        def the_row_says_the_same(self) -> None:
            found = texts(engine)
            if isinstance(self.owner, int):
                assert found == [self.locks[self.owner].token]
            elif self.owner is None:
                assert found == []
            else:
                assert len(found) == 1 and found[0].endswith(RELEASED) is (self.owner == "released")

    return Locking


def test_the_row_always_says_what_the_model_says(url: str, engine: Engine, tmp_path: Path) -> None:
    run_state_machine_as_test(
        machine(engine),
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("lease", [0.2])
def test_leases_that_run_out_between_steps_keep_one_owner(engine: Engine, lease: float) -> None:
    """The order of two holders over a lease that ends: each sees the other's takeover at its next step."""
    import time

    first, second = lock(engine, lease), lock(engine, lease)
    for _ in range(3):
        assert first.acquire(wait=5)
        time.sleep(lease * 1.5)
        assert second.acquire(wait=5)
        assert not first.renew() and not first.release()
        assert second.release()
