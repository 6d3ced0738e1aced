"""The feed tells what is in a store and then what happens, against a scripted store and against the real server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import pytest

from scantui.exceptions import (
    CommandError,
    ConnectionFailed,
    LoginError,
    NotAllowedError,
    NotInitialisedError,
    ScanNotFoundError,
    ScanValidationError,
    ServerBusyError,
    StoreError,
    UnreachableError,
)
from scantui.feed import (
    CHUNK,
    GATHER_SECONDS,
    PULSE_SECONDS,
    Changed,
    Connected,
    Connecting,
    Created,
    Event,
    Feed,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
    Progress,
)
from scantui.feed.tracker import MOST_ASKED, MOST_MEASURED, MOST_SCANS
from scantui.models import FoundScans, NewestScans, Scan, ScanIdentity, ScanRef, ScanState, ScanSummary
from scantui.store import AsyncDataStore, DataStore
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.follow import News, ServerStatus
from tests.servers import RealRedis, command, initialise, plain_client

LONGEST_WAIT = 30.0
SINCE = "7-0"
NOTHING_NEW = News(SINCE)
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}

Result = TypeVar("Result")
LoadedRow = ScanSummary | StoreError


async def within_reason(awaited: Awaitable[Result]) -> Result:
    return await asyncio.wait_for(awaited, LONGEST_WAIT)


# A scripted store


class Step(NamedTuple):
    """What a blocked read answers, and how the scans stand from then on."""

    news: News = NOTHING_NEW
    scans: Mapping[str, LoadedRow] = {}
    deleted: Sequence[str] = ()


class ScriptedStore:
    """A store that plays its steps, one a blocked read, and then loses its connection."""

    server_ms = 1_700_000_000_000
    run_id = "one life"

    def __init__(self, scans: Iterable[ScanSummary] = (), *steps: Step | StoreError) -> None:
        self.scans: dict[str, LoadedRow] = {row.key: row for row in scans}
        self.disconnects = Disconnects()
        self.steps = iter(steps)
        self.deleted: set[str] = set()
        self.reads: list[tuple[str, dict[str, str], float]] = []
        self.felt: list[Sequence[str]] = []
        self.measured: list[Sequence[str]] = []
        self.streams: dict[str, tuple[str, ...]] = {}
        self.lengths: dict[str, int] = {}
        self.is_closed = False

    async def get_run_id(self) -> str:
        return self.run_id

    async def list_scans(self) -> FoundScans:
        return FoundScans(SINCE, sorted(self.scans))

    async def list_newest(self, most: int) -> NewestScans:
        return NewestScans(len(self.scans), sorted(self.scans, reverse=True)[:most])

    async def load_summaries(self, keys: Sequence[str]) -> list[LoadedRow]:
        assert len(keys) <= CHUNK
        return [self.scans.get(key, ScanNotFoundError(f"{key}: there is no such scan")) for key in keys]

    async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
        self.reads.append((since, dict(state_ids), timeout))
        step = next(self.steps, ConnectionFailed("the script is at its end"))
        if isinstance(step, StoreError):
            raise step
        self.scans.update(step.scans)
        self.deleted.update(step.deleted)
        return step.news

    async def get_scans_state(self, keys: Sequence[str]) -> list[ScanState | StoreError]:
        loaded = [self.scans.get(key, ScanNotFoundError(f"{key}: there is no such scan")) for key in keys]
        return [each if isinstance(each, StoreError) else each.state or ScanValidationError("?") for each in loaded]

    async def poll_status(self, keys: Sequence[str], streams: Sequence[str] = (), since: str = "0-0") -> ServerStatus:
        self.felt.append(keys)
        self.measured.append(streams)
        lengths = {stream: self.lengths[stream] for stream in streams if stream in self.lengths}
        return ServerStatus(self.server_ms, [key for key in keys if key in self.deleted], lengths)

    async def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        return [self.streams.get(key, ()) for key in keys]

    async def aclose(self) -> None:
        self.is_closed = True


class Play:
    """A feed over stores that are opened one after the other, with a clock and pauses that take no time."""

    def __init__(self, *openings: ScriptedStore | StoreError, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.openings = iter(openings)
        self.pauses: list[float] = []

        def local_time() -> float:
            return ScriptedStore.server_ms / 1000 - 2.5

        self.feed = Feed(self._open, self._pause, clock, local_time, chance=lambda: 0.0)

    async def _open(self) -> AsyncDataStore:
        opening = next(self.openings)
        if isinstance(opening, StoreError):
            raise opening
        return cast(AsyncDataStore, opening)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def until_lost(self, times: int = 1) -> list[Event]:
        """The events up to the given number of losses."""
        seen: list[Event] = []

        async def follow() -> None:
            async with aclosing(self.feed.events()) as events:
                async for event in events:
                    seen.append(event)
                    if sum(isinstance(event, Lost) for event in seen) == times:
                        return

        await within_reason(follow())
        return seen


def key_of(number: int) -> str:
    return f"esrf:scan:{number:026}"


def row(number: int, state: ScanState = ScanState.STARTED, state_id: str = "1-0") -> ScanSummary:
    return ScanSummary(
        key=key_of(number),
        state=state,
        identity=ScanIdentity(name="ascan", number=number),
        state_stream=stream_of(number),
        state_id=state_id,
    )


def closed(number: int) -> ScanSummary:
    return row(number, ScanState.CLOSED, "9-0")


def stream_of(number: int) -> str:
    return f"esrf:stream:{number:026}"


def created(*numbers: int) -> News:
    return News("8-0", created=[ScanRef("8-0", key_of(number)) for number in numbers])


def moved(*numbers: int) -> News:
    return News(SINCE, moved={stream_of(number): "2-0" for number in numbers})


def without_beats(events: Sequence[Event]) -> list[Event]:
    """What one session tells of scans."""
    return [event for event in events if not isinstance(event, (Connecting, Connected, Heartbeat, Lost))]


# Catching up


async def test_an_empty_store_is_connected_and_beats() -> None:
    store = ScriptedStore()
    connecting, connected, beat, lost = await Play(store).until_lost()
    assert (connecting, beat) == (Connecting(1), Heartbeat(ScriptedStore.server_ms, ahead_ms=2500))
    assert isinstance(connected, Connected)
    assert connected.total == 0
    assert cast(object, connected.store) is store
    assert isinstance(lost, Lost)


async def test_known_scans_come_newest_first_in_chunks() -> None:
    count = 2 * CHUNK + 30
    store = ScriptedStore([row(number) for number in range(count)], Step(), Step(), Step())
    events = without_beats(await Play(store).until_lost())
    assert [len(event.rows) for event in events if isinstance(event, Loaded)] == [CHUNK, CHUNK, 30]
    assert [event.remaining for event in events if isinstance(event, Loaded)] == [CHUNK + 30, 30, 0]
    keys = [each.key for event in events if isinstance(event, Loaded) for each in event.rows]
    assert keys == [key_of(number) for number in reversed(range(count))]


async def test_news_while_loading_is_passed_on_before_the_next_chunk() -> None:
    count = 2 * CHUNK + 1
    store = ScriptedStore(
        [row(number) for number in range(count)],
        Step(created(count), {key_of(count): row(count)}),
        Step(moved(count), {key_of(count): closed(count)}),
    )
    play = Play(store)
    newest, next_chunk, new, rest, change = without_beats(await play.until_lost())
    assert isinstance(newest, Loaded)
    assert isinstance(next_chunk, Loaded)
    assert new == Created([row(count)])
    assert rest == Loaded([row(0)], 0)
    assert change == Changed([closed(count)])
    assert store.reads[0][2] < store.reads[1][2], "it does not wait for news while there is something to load"


async def test_a_scan_of_the_list_that_is_gone_when_loaded_is_left_out() -> None:
    store = ScriptedStore([row(1), row(2)])
    store.scans[key_of(1)] = ScanNotFoundError("gone meanwhile")
    assert without_beats(await Play(store).until_lost()) == [Loaded([row(2)], 0)]


async def test_a_scan_that_cannot_be_read_says_why_and_spoils_no_neighbour() -> None:
    later: dict[str, LoadedRow] = {key_of(4): ScanValidationError("info is a list"), key_of(5): row(5)}
    store = ScriptedStore([row(1), row(2), row(3)], Step(created(4, 5), later))
    store.scans[key_of(2)] = ScanValidationError("id.name is missing")
    known, new = without_beats(await Play(store).until_lost())
    assert known == Loaded([row(3), ScanSummary(key=key_of(2), problem="id.name is missing"), row(1)], 0)
    assert new == Created([ScanSummary(key=key_of(4), problem="info is a list"), row(5)])


@pytest.mark.parametrize("refusal", [NotAllowedError("not allowed"), ServerBusyError("the server is busy")])
async def test_what_the_server_refuses_for_a_while_is_no_fault_of_the_scans(refusal: StoreError) -> None:
    refusing = ScriptedStore([row(1)])
    refusing.scans[key_of(1)] = refusal
    events = await Play(refusing, ScriptedStore([row(1)], Step())).until_lost(2)
    assert next(event.error for event in events if isinstance(event, Lost)) is refusal
    assert [event for event in events if isinstance(event, Loaded)] == [Loaded([row(1)], 0)]


async def test_many_that_are_created_while_others_load_make_none_come_twice() -> None:
    count, burst = 4 * CHUNK, range(4 * CHUNK, 4 * CHUNK + 1001)
    store = ScriptedStore(
        [row(number) for number in range(count)],
        Step(created(*burst), {key_of(number): row(number) for number in burst}),
        *(Step() for _ in range(9)),
    )
    events = await Play(store).until_lost()
    told = [each.key for event in events if isinstance(event, Loaded | Created) for each in event.rows]
    assert len(told) == len(set(told)) == count + len(burst)


async def test_the_newest_scans_come_before_all_are_named() -> None:
    store = ScriptedStore([row(number) for number in range(CHUNK + 1)], Step())
    asked = []

    async def list_scans() -> FoundScans:
        asked.append("all")
        return FoundScans(SINCE, sorted(store.scans))

    setattr(store, "list_scans", list_scans)  # noqa: B010 - a plain assignment is refused by mypy
    async with aclosing(Play(store).feed.events()) as events:
        async for event in events:
            if isinstance(event, Loaded):
                break
    assert isinstance(event, Loaded)
    assert (len(event.rows), event.remaining, asked) == (CHUNK, 1, [])


async def test_a_scan_created_while_all_are_named_is_known_once_and_what_they_lack_is_not_awaited() -> None:
    store = ScriptedStore([row(1), row(2)], Step())

    async def list_newest(most: int) -> NewestScans:
        del store.scans[key_of(1)]
        store.scans[key_of(3)] = row(3)
        return NewestScans(2, [key_of(2)])

    setattr(store, "list_newest", list_newest)  # noqa: B010 - a plain assignment is refused by mypy
    assert without_beats(await Play(store).until_lost()) == [Loaded([row(2)], 1), Loaded([row(3)], 0)]


async def test_the_end_of_loading_is_told_although_fewer_scans_are_named_than_were_counted() -> None:
    store = ScriptedStore([row(1)], Step())

    async def list_newest(most: int) -> NewestScans:
        return NewestScans(7, [key_of(1)])

    setattr(store, "list_newest", list_newest)  # noqa: B010 - a plain assignment is refused by mypy
    assert without_beats(await Play(store).until_lost()) == [Loaded([row(1)], 6), Loaded([], 0)]


async def test_a_server_that_cannot_count_its_scans_names_them_all_first() -> None:
    store = ScriptedStore([row(1), row(2)], Step())

    async def list_newest(most: int) -> NewestScans:
        return NewestScans(None, [key_of(2)])

    setattr(store, "list_newest", list_newest)  # noqa: B010 - a plain assignment is refused by mypy
    _, connected, *_ = events = await Play(store).until_lost()
    assert isinstance(connected, Connected)
    assert connected.total == 2
    assert without_beats(events) == [Loaded([row(2), row(1)], 0)]


# Following


async def test_the_read_follows_the_history_and_the_streams_of_open_scans_only() -> None:
    store = ScriptedStore([row(1), closed(2)], Step(created(3), {key_of(3): row(3)}), Step())
    await Play(store).until_lost()
    assert [(since, streams) for since, streams, _ in store.reads] == [
        (SINCE, {stream_of(1): "1-0"}),
        ("8-0", {stream_of(1): "1-0", stream_of(3): "1-0"}),
        (SINCE, {stream_of(1): "1-0", stream_of(3): "1-0"}),
    ]


async def test_a_scan_that_moves_is_changed_and_followed_until_it_is_closed() -> None:
    prepared = row(1, ScanState.PREPARED, "2-0")
    store = ScriptedStore(
        [row(1, ScanState.CREATED)],
        Step(moved(1), {key_of(1): prepared}),
        Step(moved(1), {key_of(1): closed(1)}),
    )
    assert without_beats(await Play(store).until_lost())[1:] == [Changed([prepared]), Changed([closed(1)])]
    assert [streams for _, streams, _ in store.reads] == [{stream_of(1): "1-0"}, {stream_of(1): "2-0"}, {}]


async def test_a_created_scan_that_vanished_is_dropped() -> None:
    store = ScriptedStore([], Step(created(1, 2), {key_of(2): row(2)}), Step(created(3)))
    assert without_beats(await Play(store).until_lost()) == [Created([row(2)])]


async def test_a_moved_scan_that_vanished_is_gone_and_followed_no_longer() -> None:
    vanished = {key_of(1): ScanNotFoundError("deleted")}
    store = ScriptedStore([row(1), row(2)], Step(moved(1, 2), {**vanished, key_of(2): closed(2)}))
    assert without_beats(await Play(store).until_lost())[1:] == [Changed([closed(2)]), Gone([key_of(1)])]
    assert store.reads[-1][1] == {}


async def test_a_moved_scan_that_can_no_longer_be_read_says_why() -> None:
    store = ScriptedStore([row(1)], Step(moved(1), {key_of(1): ScanValidationError("no JSON")}), Step())
    assert without_beats(await Play(store).until_lost())[1:] == [
        Changed([ScanSummary(key=key_of(1), problem="no JSON")])
    ]
    assert store.reads[-1][1] == {stream_of(1): "2-0"}, "the entry that was seen is not read again and again"


async def test_many_scans_created_at_once_are_all_told() -> None:
    numbers = range(2 * CHUNK + 1)
    store = ScriptedStore([], Step(created(*numbers), {key_of(number): row(number) for number in numbers}))
    assert without_beats(await Play(store).until_lost()) == [Created([row(number) for number in numbers])]


async def test_news_that_come_together_are_gathered_before_the_next_read() -> None:
    play = Play(ScriptedStore([], Step(), Step(created(1), {key_of(1): row(1)}), Step()))
    await play.until_lost()
    assert play.pauses == [GATHER_SECONDS]


async def test_the_pulse_is_felt_as_time_passes_and_the_read_is_never_longer() -> None:
    seconds = itertools.count()
    store = ScriptedStore([], Step(), Step(), Step())
    play = Play(store, clock=lambda: next(seconds) * PULSE_SECONDS / 2)
    events = await play.until_lost()
    assert sum(isinstance(event, Heartbeat) for event in events) > 1
    assert all(0 <= patience <= PULSE_SECONDS for *_, patience in store.reads)


async def test_watched_scans_that_are_deleted_are_gone_once() -> None:
    seconds = itertools.count()
    store = ScriptedStore([row(1), row(2)], Step(), Step(deleted=[key_of(1)]), Step(), Step())
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [key_of(1), key_of(2), key_of(3)]
    assert without_beats(await play.until_lost())[1:] == [Gone([key_of(1)])]
    assert store.reads[-1][1] == {stream_of(2): "1-0"}


async def test_watched_scans_take_turns_in_being_asked_about() -> None:
    seconds = itertools.count()
    rows = [row(number) for number in range(1, 51)]
    store = ScriptedStore(rows, *(Step() for _ in range(9)))
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows]
    await play.until_lost()
    assert max(map(len, store.felt)) == MOST_SCANS
    assert {key for keys in store.felt for key in keys} == set(play.feed.watched)


async def test_open_scans_are_measured_by_the_longest_of_their_streams() -> None:
    seconds = itertools.count()
    store = ScriptedStore([row(1), row(2), row(3, ScanState.CLOSED)], *(Step() for _ in range(4)))
    store.streams = {key_of(1): ("a", "b"), key_of(3): ("c",)}
    store.lengths = {"a": 7, "b": 9, "c": 5}
    play = Play(store, clock=lambda: float(next(seconds)))
    told = [event for event in await play.until_lost() if isinstance(event, Progress)]
    assert told
    assert all(event == Progress({key_of(1): 9}) for event in told)


async def test_streams_that_are_measured_in_one_round_are_few_and_those_on_the_screen_come_first() -> None:
    seconds = itertools.count()
    rows = [row(number) for number in range(1, 41)]
    store = ScriptedStore(rows, *(Step() for _ in range(60)))
    store.streams = {row.key: (row.key + "a", row.key + "b") for row in rows}
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows[:2]]
    await play.until_lost()
    settled = [streams for streams in store.measured if streams]
    assert max(map(len, settled)) == 2 * MOST_MEASURED
    assert all({rows[0].key + "a", rows[1].key + "b"} <= set(streams) for streams in settled)
    assert {stream for streams in settled for stream in streams} == {
        stream for streams in store.streams.values() for stream in streams
    }


# Losing the store


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


# Coming back


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


async def test_states_that_passed_unseen_are_read_from_where_the_loaded_scan_stands() -> None:
    again = ScriptedStore([row(1, ScanState.STOPPED, "5-0")])
    await Play(ScriptedStore([row(1)]), again).until_lost(2)
    assert again.reads[0][1] == {stream_of(1): "5-0"}


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


# The real server


class Watcher:
    """What a screen would know after the events so far; it holds that none of them contradicts another."""

    def __init__(self, feed: Feed, events: AsyncIterator[Event], watches: bool) -> None:
        self.rows: dict[str, ScanSummary] = {}
        self.gone: set[str] = set()
        self.seen: list[Event] = []
        self._feed = feed
        self._events = events
        self._watches = watches

    @property
    def present(self) -> list[str]:
        return sorted(self.rows.keys() - self.gone)

    async def until(self, is_reached: Callable[[], bool]) -> None:
        """Take events until something holds."""

        async def follow() -> None:
            while not is_reached():
                self._take(await anext(self._events))

        await within_reason(follow())

    async def until_state(self, scan: Scan, state: ScanState) -> ScanSummary:
        await self.until(lambda: scan.key in self.rows and self.rows[scan.key].state is state)
        return self.rows[scan.key]

    async def until_settled(self) -> None:
        """Take events until the server has answered once more and nothing is left to be loaded."""
        start = len(self.seen)
        await self.until(lambda: any(isinstance(event, Heartbeat) for event in self.seen[start:]))
        start = len(self.seen)
        await self.until(lambda: any(isinstance(event, Heartbeat) for event in self.seen[start:]))

    def of_kind(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    def _take(self, event: Event) -> None:
        self.seen.append(event)
        if isinstance(event, Created):
            assert not self.rows.keys() & {each.key for each in event.rows}, "created twice"
        if isinstance(event, Changed):
            assert self.rows.keys() >= {each.key for each in event.rows}, "changed before it was known"
        if isinstance(event, (Loaded, Created, Changed)):
            self.rows.update((each.key, each) for each in event.rows)
        if isinstance(event, Gone):
            assert set(self.present) >= set(event.keys), "gone and not there before"
            self.gone.update(event.keys)
        if self._watches:
            self._feed.watched = list(self.rows)


async def no_pause(seconds: float) -> None:
    """Instead of a pause."""


@asynccontextmanager
async def watching(
    url: str,
    opened: Callable[[AsyncDataStore], object] = lambda store: store,
    watches: bool = True,
    tick: float = PULSE_SECONDS,
) -> AsyncIterator[Watcher]:
    """Follow a server with a clock that ticks whenever it is looked at, so that each turn feels the pulse."""
    seconds = itertools.count()

    async def open_store() -> AsyncDataStore:
        store = await AsyncDataStore.open(url)
        opened(store)
        return store

    feed = Feed(open_store, no_pause, clock=lambda: next(seconds) * tick)
    async with aclosing(feed.events()) as events:
        yield Watcher(feed, events, watches)


@pytest.fixture
def publisher(store_url: str) -> Iterator[DataStore]:
    """Another program's store on the same database."""
    with DataStore(store_url) as store:
        yield store


def ended(publisher: DataStore, scan: Scan, reason: str = "SUCCESS") -> Scan:
    return publisher.advance_scan(scan, ScanState.CLOSED, {"end_reason": reason})


async def test_a_scan_is_seen_from_its_creation_to_its_end(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        scan = publisher.create_scan(IDENTITY, {"title": "ascan samx 0 1"})
        await watcher.until(lambda: scan.key in watcher.rows)
        assert watcher.of_kind(Created)[0].rows[0].title == "ascan samx 0 1"
        for state in (ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED):
            publisher.advance_scan(scan, state)
            await watcher.until_state(scan, state)
        ended(publisher, scan)
        last = await watcher.until_state(scan, ScanState.CLOSED)
        assert (last.end_reason, last.identity) == ("SUCCESS", scan.identity)
        assert len(watcher.of_kind(Created)) == 1
        assert len(watcher.of_kind(Changed)) == 4
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_blocked_read_is_woken_by_a_new_scan_and_by_its_states(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url, tick=0.0) as watcher:
        # Once a scan came the feed has caught up, and whatever comes next comes by the read.
        await watcher.until(lambda: bool(watcher.of_kind(Heartbeat)))
        await asyncio.to_thread(publisher.create_scan, IDENTITY)
        await watcher.until(lambda: len(watcher.rows) == 1)
        following = asyncio.create_task(watcher.until(lambda: len(watcher.rows) == 2))
        scan = await asyncio.to_thread(publisher.create_scan, IDENTITY)
        await following
        following = asyncio.create_task(watcher.until(lambda: bool(watcher.of_kind(Changed))))
        await asyncio.to_thread(publisher.advance_scan, scan, ScanState.PREPARED)
        await following
        assert watcher.rows[scan.key].state is ScanState.PREPARED


async def test_a_life_lived_between_two_reads_ends_in_the_final_state(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        scans = [publisher.create_scan({**IDENTITY, "number": number}) for number in range(20)]
        for scan in scans:
            publisher.advance_scan(scan, ScanState.PREPARED)
            ended(publisher, scan, "FAILURE")
        await watcher.until(lambda: len(watcher.rows) == len(scans))
        await watcher.until_settled()
        assert {(each.state, each.end_reason) for each in watcher.rows.values()} == {(ScanState.CLOSED, "FAILURE")}
        assert watcher.present == publisher.search_existing_scans().keys


async def test_scans_from_before_are_known_newest_first_and_followed(store_url: str, publisher: DataStore) -> None:
    scans = [publisher.create_scan({**IDENTITY, "number": number}) for number in range(CHUNK + 5)]
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == len(scans))
        told = [each.key for event in watcher.of_kind(Loaded) for each in event.rows]
        assert told == [scan.key for scan in reversed(scans)]
        ended(publisher, scans[0], "USER_ABORT")
        assert (await watcher.until_state(scans[0], ScanState.CLOSED)).end_reason == "USER_ABORT"
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_scan_created_while_older_ones_are_loaded_comes_once(store_url: str, publisher: DataStore) -> None:
    for number in range(2 * CHUNK + 5):
        publisher.create_scan({**IDENTITY, "number": number})
    async with watching(store_url) as watcher:
        await watcher.until(lambda: bool(watcher.of_kind(Loaded)))
        scan = publisher.create_scan(IDENTITY)
        ended(publisher, scan)
        await watcher.until(lambda: len(watcher.rows) == 2 * CHUNK + 6)
        await watcher.until_settled()
        assert watcher.rows[scan.key].state is ScanState.CLOSED
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_deleted_scan_is_gone_when_it_is_watched(store_url: str, publisher: DataStore) -> None:
    kept, doomed = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    ended(publisher, doomed)
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        publisher.delete_scan(doomed.key)
        await watcher.until(lambda: bool(watcher.gone))
        await watcher.until_settled()
        assert watcher.gone == {doomed.key}
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]


async def test_an_open_scan_deleted_by_force_is_gone_although_nobody_watches(
    store_url: str, publisher: DataStore
) -> None:
    scan = publisher.create_scan(IDENTITY)
    async with watching(store_url, watches=False) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 1)
        publisher.delete_scan(scan.key, force=True)
        await watcher.until(lambda: bool(watcher.gone))
        assert watcher.present == publisher.search_existing_scans().keys == []


async def test_a_scan_that_was_deleted_before_is_not_told(store_url: str, publisher: DataStore) -> None:
    doomed, kept = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    publisher.delete_scan(doomed.key, force=True)
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]
        assert not watcher.gone


async def test_a_foreign_document_is_a_row_with_a_problem(store_url: str, publisher: DataStore) -> None:
    before = publisher.create_scan(IDENTITY)
    with plain_client(store_url) as raw:
        command(raw, "JSON.SET", before.key, "$.id", '{"name": "ascan"}')
        async with watching(store_url) as watcher:
            await watcher.until(lambda: len(watcher.rows) == 1)
            assert "number" in watcher.rows[before.key].problem
            foreign, sound = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
            command(raw, "JSON.SET", foreign.key, "$", "[]")
            await watcher.until(lambda: len(watcher.rows) == 3)
            assert watcher.rows[foreign.key].problem
            assert not watcher.rows[sound.key].problem
            await watcher.until_settled()
            assert watcher.present == publisher.search_existing_scans().keys


async def test_a_server_that_restarts_is_lost_and_found_again(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    async with watching(server.url) as watcher:
        with DataStore(server.url) as publisher:
            old = [publisher.create_scan(IDENTITY), ended(publisher, publisher.create_scan(IDENTITY))]
        await watcher.until(lambda: len(watcher.rows) == 2)
        server.restart()
        await watcher.until(lambda: bool(watcher.of_kind(Lost)) and not isinstance(watcher.seen[-1], Lost))
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        assert isinstance(watcher.of_kind(Lost)[-1].error, NotInitialisedError)
        initialise(server.url)
        with DataStore(server.url) as publisher:
            scan = publisher.create_scan(IDENTITY)
            await watcher.until(lambda: scan.key in watcher.rows)
            assert watcher.gone == {each.key for each in old}
            ended(publisher, scan)
            await watcher.until_state(scan, ScanState.CLOSED)
            assert watcher.present == publisher.search_existing_scans().keys == [scan.key]
            assert len(watcher.of_kind(Connected)) == 2


async def test_a_server_that_is_down_is_lost_until_it_is_back(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    async with watching(server.url) as watcher:
        await watcher.until_settled()
        server.stop()
        await watcher.until(lambda: len(watcher.of_kind(Lost)) == 3)
        assert {type(event.error) for event in watcher.of_kind(Lost)} == {UnreachableError}
        server.start()
        initialise(server.url)
        await watcher.until_settled()
        assert len(watcher.of_kind(Connected)) == 2


class Outage:
    """Disconnects each store that was opened at its next pulse, once when asked to."""

    def __init__(self) -> None:
        self.is_due = False

    def may_strike(self, store: AsyncDataStore) -> None:
        poll_status = store.poll_status

        async def feel_or_break(keys: Sequence[str], streams: Sequence[str] = (), since: str = "0-0") -> ServerStatus:
            if self.is_due:
                self.is_due = False
                raise ConnectionFailed("the network is down")
            return await poll_status(keys, streams, since)

        setattr(store, "poll_status", feel_or_break)  # noqa: B010 - a plain assignment is refused by mypy


async def test_what_happened_during_an_outage_is_made_up_for(store_url: str, publisher: DataStore) -> None:
    outage = Outage()
    moving, resting = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    finished = ended(publisher, publisher.create_scan(IDENTITY))
    async with watching(store_url, outage.may_strike) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 3)
        outage.is_due = True
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        new = publisher.create_scan(IDENTITY)
        ended(publisher, moving, "FAILURE")
        await watcher.until(lambda: new.key in watcher.rows)
        await watcher.until_settled()
        assert watcher.rows[moving.key].end_reason == "FAILURE"
        assert watcher.present == publisher.search_existing_scans().keys
        assert set(watcher.present) == {moving.key, resting.key, finished.key, new.key}
        publisher.advance_scan(resting, ScanState.PREPARED)
        await watcher.until_state(resting, ScanState.PREPARED)
        assert finished.key not in {each.key for event in watcher.of_kind(Loaded)[1:] for each in event.rows}


@pytest.mark.parametrize(
    ("is_closed", "is_expired"),
    [
        pytest.param(False, False, id="open-deleted"),
        pytest.param(False, True, id="open-expired"),
        pytest.param(True, False, id="closed-deleted"),
        pytest.param(True, True, id="closed-expired"),
    ],
)
async def test_a_scan_that_went_away_during_an_outage_is_gone_although_nobody_watches(
    store_url: str, publisher: DataStore, is_closed: bool, is_expired: bool
) -> None:
    outage = Outage()
    kept, doomed = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    if is_closed:
        ended(publisher, doomed)
    async with watching(store_url, outage.may_strike, watches=False) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        outage.is_due = True
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        publisher.delete_scan(doomed.key, force=True)
        if is_expired:
            with plain_client(store_url) as raw:
                command(raw, "DEL", doomed.key, doomed.state_stream)
        await watcher.until_settled()
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]


async def test_connected_counts_the_scans_that_there_are(store_url: str, publisher: DataStore) -> None:
    kept, expired = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    with plain_client(store_url) as raw:
        command(raw, "DEL", expired.key, expired.state_stream)
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        (connected,) = watcher.of_kind(Connected)
        assert connected.total == len(publisher.search_existing_scans().keys)
        assert watcher.present == [kept.key]


# What spoils the read of all


async def test_one_state_stream_that_is_no_stream_spoils_nothing_else(store_url: str, publisher: DataStore) -> None:
    spoilt, other = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        with plain_client(store_url) as raw:
            command(raw, "DEL", spoilt.state_stream)
            command(raw, "SET", spoilt.state_stream, "x")
        await watcher.until(lambda: watcher.rows[spoilt.key].problem != "")
        ended(publisher, other)
        await watcher.until(lambda: watcher.rows[other.key].state is ScanState.CLOSED)
        assert not watcher.of_kind(Lost)


async def test_two_scans_that_name_one_state_stream_are_both_followed() -> None:
    copy = msgspec.structs.replace(row(2), state_stream=stream_of(1))
    moved_on = {key_of(1): closed(1), key_of(2): msgspec.structs.replace(closed(2), state_stream=stream_of(1))}
    store = ScriptedStore([row(1), copy], Step(moved(1), moved_on), Step())
    events = without_beats(await Play(store).until_lost())
    assert events[1:] == [Changed([moved_on[key_of(2)], moved_on[key_of(1)]])]
    assert store.reads[-1][1] == {}


async def test_one_of_two_that_name_one_state_stream_may_leave() -> None:
    copy = msgspec.structs.replace(row(2), state_stream=stream_of(1))
    store = ScriptedStore([row(1), copy], Step(deleted=[key_of(2)]), Step(), Step(moved(1), {key_of(1): closed(1)}))
    seconds = itertools.count()
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [key_of(2)]
    assert without_beats(await play.until_lost())[1:] == [Gone([key_of(2)]), Changed([closed(1)])]


# What the history does not tell


async def test_scans_that_the_history_forgot_are_found_all_the_same() -> None:
    forgotten, remembered = row(5), row(6)
    gap = News("9-0", [ScanRef("9-0", remembered.key)], is_whole=False)
    store = ScriptedStore([row(1)], Step(), Step(gap, {each.key: each for each in (forgotten, remembered)}), Step())
    events = await Play(store).until_lost()
    arrived = [each.key for event in events if isinstance(event, Loaded | Created) for each in event.rows]
    assert set(arrived) == {key_of(1), key_of(5), key_of(6)}
    assert store.reads[-1][0] == SINCE, "it goes on from where the new list ends"


async def test_a_history_begun_anew_makes_the_scans_of_before_gone(store_url: str, publisher: DataStore) -> None:
    kept_open, finished = publisher.create_scan(IDENTITY), ended(publisher, publisher.create_scan(IDENTITY))
    with plain_client(store_url) as raw:
        # Ids ahead of the server's clock: those of the new history are smaller.
        command(raw, "XADD", "_SCAN_HISTORY_", "9999999999999-0", "key", kept_open.key)
        async with watching(store_url, watches=False) as watcher:
            await watcher.until(lambda: len(watcher.rows) == 2)
            raw.delete(kept_open.key, kept_open.state_stream, finished.key, finished.state_stream, "_SCAN_HISTORY_")
            await watcher.until(lambda: watcher.gone == {kept_open.key, finished.key})
            scan = publisher.create_scan(IDENTITY)
            await watcher.until(lambda: scan.key in watcher.rows)
            assert not watcher.of_kind(Lost)


async def test_a_history_trimmed_between_two_reads_loses_no_scan(store_url: str, publisher: DataStore) -> None:
    first = publisher.create_scan(IDENTITY)
    async with watching(store_url, watches=False) as watcher:
        await watcher.until(lambda: first.key in watcher.rows)
        new = [publisher.create_scan(IDENTITY) for _ in range(5)]
        with plain_client(store_url) as raw:
            command(raw, "XTRIM", "_SCAN_HISTORY_", "MAXLEN", 1)
        await watcher.until(lambda: len(watcher.rows) == 6)
        assert watcher.present == sorted(scan.key for scan in (first, *new))
        assert not watcher.of_kind(Lost)


async def test_after_a_reconnect_closed_scans_of_older_data_are_as_the_store_has_them() -> None:
    seconds = itertools.count()
    stores = ScriptedStore([closed(1), closed(2)]), ScriptedStore([row(1), closed(2)], Step(), Step(), Step())
    play = Play(*stores, clock=lambda: float(next(seconds)))
    assert without_beats(await play.until_lost(2)) == [Loaded([closed(2), closed(1)], 0), Loaded([row(1)], 0)]


async def test_a_scan_that_is_listed_no_more_and_is_there_is_not_gone() -> None:
    class Unlisted(ScriptedStore):
        async def list_scans(self) -> FoundScans:
            return FoundScans(SINCE, [key_of(3)])

    before = [row(1), closed(2), closed(3)]
    events = without_beats(await Play(ScriptedStore(before), Unlisted(before, Step(), Step())).until_lost(2))
    assert not [event for event in events if isinstance(event, Gone)]
    assert events[1:] == [Loaded([row(1)], 0)]


async def test_scans_off_the_screen_are_asked_about_with_what_is_left() -> None:
    seconds = itertools.count()
    rows = [closed(number) for number in range(100)]
    store = ScriptedStore(rows, *(Step() for _ in range(20)))
    play = Play(store, clock=lambda: float(next(seconds)))
    play.feed.watched = [row.key for row in rows[:20]]
    await play.until_lost()
    assert max(map(len, store.felt)) <= MOST_ASKED
    assert {key for keys in store.felt for key in keys} == {row.key for row in rows}


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


@pytest.mark.parametrize("run_id", ["another life", ""])
async def test_a_server_that_was_replaced_without_a_word_is_told_and_all_is_looked_at_anew(run_id: str) -> None:
    class Restarted(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            news = await super().wait_for_news(since, state_ids, timeout)
            self.disconnects.count, self.run_id = 1, run_id
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


async def test_what_moved_while_a_stream_was_found_unreadable_is_told() -> None:
    spoilt = ScanValidationError("WRONGTYPE")
    refusal = CommandError("WRONGTYPE")

    class Spoilt(ScriptedStore):
        async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
            if len(self.reads) == 1:
                self.scans.update({key_of(1): spoilt, key_of(2): closed(2)})
                self.reads.append((since, dict(state_ids), timeout))
                raise refusal
            return await super().wait_for_news(since, state_ids, timeout)

    events = without_beats(await Play(Spoilt([row(1), row(2)], Step(), Step())).until_lost())
    assert events[1:] == [Changed([closed(2), ScanSummary(key=key_of(1), problem="WRONGTYPE")])]
