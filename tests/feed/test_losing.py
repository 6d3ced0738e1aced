"""A feed loses its store and comes back to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import cast

import pytest

from scantui.exceptions import (
    ConnectionFailed,
    LoginError,
    NotInitialisedError,
    ScanNotFoundError,
    ServerBusyError,
    StoreError,
)
from scantui.feed import (
    CHUNK,
    Changed,
    Connected,
    Connecting,
    Feed,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
)
from scantui.models import ListedScans, ScanState
from scantui.store import AsyncDataStore
from scantui.store.operations.follow import News
from scantui.store.operations.identity import ServerIdentity
from tests.feed.scripted import (
    NOTHING_NEW,
    SINCE,
    LoadedRow,
    Play,
    ScriptedStore,
    Step,
    closed,
    created,
    key_of,
    moved,
    row,
    stream_of,
    within_reason,
    without_beats,
)
from tests.feed.watching import no_pause


async def test_a_store_that_cannot_be_opened_is_tried_with_growing_pauses() -> None:
    play = Play(*(ConnectionFailed("refused") for _ in range(9)))
    events = await play.until_lost(9)
    assert events[::2] == [Connecting(attempt) for attempt in range(1, 10)]
    lost = [event for event in events if isinstance(event, Lost)]
    assert [event.attempt for event in lost] == list(range(1, 10))
    pauses = [event.retry_in for event in lost]
    assert play.pauses == pauses[:-1], "the pause that was announced is the one that is made"
    assert pauses[0] == 1.0
    assert all(shorter < longer for shorter, longer in itertools.pairwise(pauses[:6]))
    assert set(pauses[5:]) == {30.0}


@pytest.mark.parametrize("error", [LoginError("who?"), NotInitialisedError("no version"), StoreError("what?")])
async def test_what_somebody_has_to_repair_is_tried_less_often(error: StoreError) -> None:
    repaired, waited = await Play(error).until_lost(), await Play(ConnectionFailed("refused")).until_lost()
    assert isinstance(repaired[-1], Lost)
    assert isinstance(waited[-1], Lost)
    assert repaired[-1].error is error
    assert repaired[-1].retry_in > waited[-1].retry_in


async def test_a_busy_server_is_tried_as_soon_as_one_that_is_not_there() -> None:
    events = await Play(ServerBusyError("loading")).until_lost()
    assert cast(Lost, events[-1]).retry_in == 1.0


async def test_a_connection_that_breaks_after_it_worked_is_tried_again_soon() -> None:
    play = Play(*(ConnectionFailed("refused") for _ in range(5)), ScriptedStore([], Step()), ScriptedStore([], Step()))
    lost = [event for event in await play.until_lost(7) if isinstance(event, Lost)]
    assert [(event.attempt, event.retry_in) for event in lost[-2:]] == [(1, 1.0), (1, 1.0)]


async def test_pauses_differ_from_one_monitor_to_the_next() -> None:
    async def never() -> AsyncDataStore:
        raise ConnectionFailed("refused")

    async def pause_of(chance: float) -> float:
        async with aclosing(Feed(never, no_pause, chance=lambda: chance).events()) as events:
            async for event in events:
                if isinstance(event, Lost):
                    return event.retry_in
        raise AssertionError

    assert 0.5 < await pause_of(0.99) < await pause_of(0.5) < await pause_of(0.0) == 1.0


async def test_the_store_is_closed_when_it_is_lost() -> None:
    store = ScriptedStore()
    await Play(store).until_lost()
    assert store.is_closed


async def test_a_fault_in_the_middle_of_loading_loses_nothing() -> None:
    class Breaking(ScriptedStore):
        async def load_summaries(self, keys: Sequence[str]) -> list[LoadedRow]:
            if self.reads:
                raise ConnectionFailed("broken")
            return await super().load_summaries(keys)

    rows = [row(number) for number in range(CHUNK + 1)]
    new = {key_of(CHUNK + 1): row(CHUNK + 1)}
    stores = Breaking(rows, Step(created(CHUNK + 1), new)), ScriptedStore([*rows, *new.values()], Step())
    events = without_beats(await Play(*stores).until_lost(2))
    told = {each.key for event in events if isinstance(event, Loaded) for each in event.rows}
    assert told == {key_of(number) for number in range(CHUNK + 2)}


async def test_after_a_reconnect_open_scans_come_again_and_closed_ones_do_not() -> None:
    before = [row(1), closed(2), row(3)]
    after = [closed(1), closed(2), row(3, ScanState.STOPPED), row(4)]
    events = without_beats(await Play(ScriptedStore(before), ScriptedStore(after)).until_lost(2))
    assert events == [Loaded(before[::-1], 0), Loaded([after[3], after[2], after[0]], 0)]


async def test_after_a_reconnect_what_is_missing_is_gone_once() -> None:
    stores = ScriptedStore([row(1), closed(2), row(3)]), ScriptedStore([row(3)]), ScriptedStore([row(3)])
    play = Play(*stores)
    events = without_beats(await play.until_lost(3))
    assert [event for event in events if isinstance(event, Gone)] == [Gone([key_of(1), key_of(2)])]
    assert stores[1].reads[0][1] == {stream_of(3): "1-0"}


async def test_after_a_reconnect_an_open_scan_that_is_listed_and_not_there_is_gone() -> None:
    again = ScriptedStore([row(1), row(2)])
    again.scans[key_of(1)] = ScanNotFoundError("deleted while nobody looked")
    events = without_beats(await Play(ScriptedStore([row(1), row(2)]), again).until_lost(2))
    assert [event for event in events if isinstance(event, Gone)] == [Gone([key_of(1)])]
    assert again.reads[0][1] == {stream_of(2): "1-0"}


async def test_after_a_reconnect_closed_scans_of_older_data_are_as_the_store_has_them() -> None:
    seconds = itertools.count()
    stores = ScriptedStore([closed(1), closed(2)]), ScriptedStore([row(1), closed(2)], Step(), Step(), Step())
    play = Play(*stores, clock=lambda: float(next(seconds)))
    assert without_beats(await play.until_lost(2)) == [Loaded([closed(2), closed(1)], 0), Loaded([row(1)], 0)]


async def test_a_scan_that_is_listed_no_more_and_is_there_is_not_gone() -> None:
    class Unlisted(ScriptedStore):
        async def list_scans(self) -> ListedScans:
            return ListedScans(SINCE, [key_of(3)], {})

    before = [row(1), closed(2), closed(3)]
    events = without_beats(await Play(ScriptedStore(before), Unlisted(before, Step(), Step())).until_lost(2))
    assert not [event for event in events if isinstance(event, Gone)]
    assert events[1:] == [Loaded([row(1)], 0)]


async def test_states_that_passed_unseen_are_read_from_where_the_loaded_scan_stands() -> None:
    again = ScriptedStore([row(1, ScanState.STOPPED, "5-0")])
    await Play(ScriptedStore([row(1)]), again).until_lost(2)
    assert again.reads[0][1] == {stream_of(1): "5-0"}


@pytest.mark.parametrize("run_id", ["another life", ""])
async def test_a_server_that_was_replaced_without_a_word_is_told_and_all_is_looked_at_anew(run_id: str) -> None:
    class Restarted(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            news = await super().wait_for_news(since, state_ids, timeout)
            self.disconnects.count, self.identity = 1, ServerIdentity(run_id=run_id)
            return news

    older = row(1, ScanState.CREATED, "0-5")
    stores = Restarted([row(1)], Step(), Step()), ScriptedStore([older], Step())
    events = await Play(*stores).until_lost(2)
    assert without_beats(events) == [Loaded([row(1)], 0), Loaded([older], 0)]
    assert len(stores[0].reads) == 1


async def test_a_change_that_was_loaded_when_the_connection_broke_is_told_after_it() -> None:
    class Breaking(ScriptedStore):
        async def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
            raise ConnectionFailed("broken")

    created_state = ScanState.CREATED
    after: dict[str, LoadedRow] = {key_of(1): closed(1), key_of(2): row(2, ScanState.PREPARED, "2-0")}
    first = Breaking([row(1, created_state), row(2, created_state)], Step(moved(1, 2), after))
    events = without_beats(
        await Play(first, ScriptedStore([closed(1), row(2, ScanState.PREPARED, "2-0")], Step())).until_lost(2)
    )
    told = {each.key: each.state for event in events if isinstance(event, Loaded | Changed) for each in event.rows}
    assert told == {key_of(1): ScanState.CLOSED, key_of(2): ScanState.PREPARED}


async def test_closing_the_iterator_closes_the_store() -> None:
    store = ScriptedStore([row(1)], Step())
    events = Play(store).feed.events()
    for kind in (Connecting, Connected, Heartbeat, Loaded):
        assert isinstance(await within_reason(anext(events)), kind)
    await within_reason(events.aclose())
    assert store.is_closed


async def test_cancelling_a_blocked_read_closes_the_store() -> None:
    class Silent(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            is_blocked.set()
            await asyncio.get_running_loop().create_future()
            return NOTHING_NEW

    is_blocked = asyncio.Event()
    store = Silent()
    following = asyncio.create_task(Play(store).until_lost())
    await within_reason(is_blocked.wait())
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await within_reason(following)
    assert store.is_closed
