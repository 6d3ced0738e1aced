"""A server that holds other data than before is noticed, and a replica says how far it is behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec
import pytest

from scantui.exceptions import ServerChangedError
from scantui.feed import Connected, Loaded, Lost, Replica
from scantui.feed.server_watch import LOOK_SECONDS, ServerWatch
from scantui.models import ScanRef
from scantui.store import AsyncDataStore
from scantui.store.operations.follow import News
from scantui.store.operations.identity import ServerIdentity
from tests.feed.scripted import Play, ScriptedStore, Step, key_of, row, without_beats

MASTER = ServerIdentity(run_id="one life", history_id="aa", offset=70)
REPLICA = msgspec.structs.replace(MASTER, is_replica=True, refuses_writes=True)
NOW_MS = 1_700_000_000_000


class Watched:
    """A watch over a scripted store, with its clock."""

    def __init__(self, identity: ServerIdentity) -> None:
        self.now = 100.0
        self.store = ScriptedStore()
        self.store.identity = identity
        self.watch = ServerWatch(cast(AsyncDataStore, self.store), lambda: self.now)
        self._began = self.now

    def arrive(self, ahead_ms: int, took: float) -> None:
        """Have news arrive after half a second, from a master whose clock is ahead."""
        self.watch.start_waiting()
        self.now += 0.5
        written_ms = NOW_MS + round((self.now - self._began - took) * 1000) + ahead_ms
        created = [ScanRef(f"{written_ms - 200}-0", key_of(1))]
        self.watch.note_news(News("8-0", created, moved={"s": f"{written_ms}-3"}))


async def test_other_data_behind_the_same_address_is_noticed_without_a_broken_connection() -> None:
    watched = Watched(MASTER)
    await watched.watch.learn()
    watched.store.identity = msgspec.structs.replace(MASTER, history_id="bb")
    assert not watched.watch.is_due()
    watched.now += LOOK_SECONDS
    assert watched.watch.is_due()
    with pytest.raises(ServerChangedError, match="follows another master, and holds other data: all scans are listed"):
        await watched.watch.look()


async def test_a_suspicion_is_looked_into_at_once() -> None:
    watched = Watched(MASTER)
    await watched.watch.learn()
    watched.store.identity = msgspec.structs.replace(MASTER, history_id="bb")
    with pytest.raises(ServerChangedError):
        await watched.watch.look()


async def test_a_server_that_keeps_silent_about_itself_is_not_asked_again() -> None:
    watched = Watched(ServerIdentity())
    await watched.watch.learn()
    watched.store.identity = MASTER
    watched.now += LOOK_SECONDS
    assert not watched.watch.is_due()
    await watched.watch.look()
    watched.store.disconnects.count += 1
    with pytest.raises(ServerChangedError):
        await watched.watch.require_same()


async def test_a_broken_connection_to_the_same_server_changes_nothing() -> None:
    watched = Watched(MASTER)
    await watched.watch.learn()
    watched.store.disconnects.count += 1
    await watched.watch.require_same()


@pytest.mark.parametrize("ahead_ms", [0, 600_000, -600_000])
async def test_a_replica_is_as_far_behind_as_its_last_news_took_longer_than_others(ahead_ms: int) -> None:
    """Whatever the master's clock shows."""
    watched = Watched(REPLICA)
    await watched.watch.learn()
    assert watched.watch.replica == Replica(None)
    watched.watch.note_time(NOW_MS)
    watched.watch.note_news(News("8-0"))
    watched.arrive(ahead_ms, took=0.1)
    assert watched.watch.replica == Replica(None)
    watched.arrive(ahead_ms, took=0.6)
    assert watched.watch.replica == Replica(500)
    watched.watch.note_news(News("8-0"))
    assert watched.watch.replica == Replica(500)
    watched.arrive(ahead_ms, took=0.1)
    assert watched.watch.replica == Replica(0)
    watched.now += 30
    watched.arrive(ahead_ms, took=20)
    assert watched.watch.replica == Replica(0), "nobody waited when it arrived"
    watched.store.identity = msgspec.structs.replace(REPLICA, is_linked=False, silent_seconds=42)
    watched.now += LOOK_SECONDS
    await watched.watch.look()
    assert watched.watch.replica == Replica(42_000, is_linked=False)


async def test_a_master_is_behind_nobody() -> None:
    watched = Watched(MASTER)
    await watched.watch.learn()
    watched.watch.note_time(NOW_MS)
    watched.watch.note_news(News("8-0", created=[ScanRef("5-0", key_of(1))]))
    assert watched.watch.replica is None


async def test_after_a_failover_the_reason_is_reported_and_all_scans_are_listed_again() -> None:
    now = 0.0

    class Promoted(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            nonlocal now
            now += LOOK_SECONDS
            self.identity = MASTER
            return await super().wait_for_news(since, state_ids, timeout)

    first = Promoted([row(1)], Step(), Step(), Step())
    first.identity = REPLICA
    events = await Play(first, ScriptedStore([row(1), row(2)], Step()), clock=lambda: now).until_lost(2)
    lost = next(event for event in events if isinstance(event, Lost))
    assert str(lost.error) == "the server became a master, after a failover: all scans are listed again"
    assert without_beats(events) == [Loaded([row(1)], 0), Loaded([row(2), row(1)], 0)]
    assert [event.total for event in events if isinstance(event, Connected)] == [1, 2]
