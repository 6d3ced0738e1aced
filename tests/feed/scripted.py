"""A scripted store, and a feed over it with a clock and pauses that take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple, TypeVar, cast

import msgspec

from scantui.exceptions import (
    ConnectionFailed,
    ScanNotFoundError,
    ScanValidationError,
    StoreError,
)
from scantui.feed import (
    Connected,
    Connecting,
    Created,
    Event,
    Feed,
    Heartbeat,
    Loaded,
    Lost,
    Progress,
)
from scantui.feed.load_queue import LARGEST_CHUNK
from scantui.models import (
    UNCOUNTED,
    ListedScans,
    NewestScans,
    ScanIdentity,
    ScanRef,
    ScanState,
    ScanSummary,
    StreamInfo,
)
from scantui.store import AsyncDataStore
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.ends import EndSeen, EndWanted, StreamEnd
from scantui.store.operations.follow import News, ServerStatus
from scantui.store.operations.identity import ServerIdentity

Result = TypeVar("Result")


LoadedRow = ScanSummary | StoreError


LONGEST_WAIT = 30.0


SINCE = "7-0"


NOTHING_NEW = News(SINCE)


IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


async def within_reason(awaited: Awaitable[Result]) -> Result:
    return await asyncio.wait_for(awaited, LONGEST_WAIT)


class Step(NamedTuple):
    """What a blocked read answers, and how the scans stand from then on."""

    news: News = NOTHING_NEW
    scans: Mapping[str, LoadedRow] = {}
    deleted: Sequence[str] = ()


class ScriptedStore:
    """A store that plays its steps, one a blocked read, and then loses its connection."""

    server_ms = 1_700_000_000_000
    identity = ServerIdentity(run_id="one life")

    @property
    def monitoring(self) -> ScriptedStore:
        """The monitor's own calls are scripted too."""
        return self

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
        self.is_closed = self.is_counted = False

    async def get_server_identity(self) -> ServerIdentity:
        return self.identity

    async def count_scans(self) -> int | None:
        """How many scans there are, at first; what later counts lead to is tested elsewhere."""
        is_first, self.is_counted = not self.is_counted, True
        return len(self.scans) if is_first else None

    async def count_keys(self) -> tuple[int, int]:
        return 0, 0

    async def list_scans(self) -> ListedScans:
        return ListedScans(SINCE, sorted(self.scans), {})

    async def list_newest(self, most: int) -> NewestScans:
        return NewestScans(sorted(self.scans, reverse=True)[:most])

    async def load_summaries(self, keys: Sequence[str]) -> list[LoadedRow]:
        assert len(keys) <= LARGEST_CHUNK
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

    async def poll_status(
        self,
        keys: Sequence[str],
        wanted: Sequence[EndWanted] = (),
        since: str = "0-0",
        allowed: int = 0,
        asks_identity: bool = False,
    ) -> ServerStatus:
        self.felt.append(keys)
        self.measured.append([each.key for each in wanted])
        ends = self._ends_of(wanted)
        gone = [key for key in keys if key in self.deleted]
        return ServerStatus(self.server_ms, gone, {**ends}, identity=self.identity if asks_identity else None)

    async def find_epoch_streams(self, keys: Sequence[str]) -> dict[str, StreamInfo]:
        return {}

    async def look_at_ends(self, wanted: Sequence[EndWanted], allowed: int = 0) -> dict[str, EndSeen]:
        return self._ends_of(wanted)

    def _ends_of(self, wanted: Sequence[EndWanted]) -> dict[str, EndSeen]:
        return {each.key: EndSeen(StreamEnd(self.lengths[each.key])) for each in wanted if each.key in self.lengths}

    async def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        return [self.streams.get(key, ()) for key in keys]

    async def get_stream_lengths(self, names: Sequence[str]) -> list[int | StoreError]:
        return [self.lengths[name] for name in names]

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
    """What one session reports of scans, apart from when they were created and that some have nothing to count."""
    return [
        _undated(event)
        for event in events
        if not isinstance(event, (Connecting, Connected, Heartbeat, Lost)) and not _is_uncounted(event)
    ]


def _is_uncounted(event: Event) -> bool:
    return isinstance(event, Progress) and {*event.points.values()} == {UNCOUNTED}


def _undated(event: Event) -> Event:
    if isinstance(event, (Loaded, Created)):
        rows = [row.replaced(timetag="") for row in event.rows]
        return msgspec.structs.replace(event, rows=rows)
    return event
