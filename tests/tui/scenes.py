"""What the screens are shown in tests and pictures: a beamline's rows at a fixed moment, and a feed on a script."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from scantui.exceptions import ConnectionFailed, ScanNotFoundError
from scantui.feed import Connected, Event, Feed, Heartbeat, Loaded, OpenStore, PlayedEvent, Progress
from scantui.models import FoundScans, Scan, ScanIdentity, ScanState, ScanSummary, StreamInfo
from scantui.points import Points
from scantui.store import AsyncDataStore
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.store.operations.follow import ServerStatus
from scantui.store.operations.identity import ServerIdentity
from scantui.store.operations.looks import PointsRead, PointsWanted, StreamSize
from scantui.store.wire.ulid import ALPHABET

NOW_MS = 1_795_000_364_000  # 2026-11-18 11:12:44 UTC
SIZE = (80, 24)


def key_of(created_ms: int, serial: int = 0) -> str:
    """A scan key as a publisher would make it at this time."""
    number = created_ms << 80 | serial
    return "esrf:scan:" + "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def row(number: int, *, age: int = 0, state: ScanState = ScanState.CLOSED, **fields: Any) -> ScanSummary:
    """A scan created `age` seconds ago; fields of the identity and of the row as keyword arguments."""
    of_identity = {name: fields.pop(name) for name in ScanIdentity.__struct_fields__ if name in fields}
    created_ms = NOW_MS - age * 1000
    identity = ScanIdentity(**{"name": "ascan", "number": number, "data_policy": "ESRF", **of_identity})
    return ScanSummary(
        key=key_of(created_ms, number),
        state=state,
        identity=identity,
        state_stream=f"esrf:stream:{number}",
        state_id=f"{created_ms + 1000 * fields.pop('ran', 30 if state is ScanState.CLOSED else 0)}-0",
        started_ms=created_ms if state is ScanState.CLOSED else 0,
        created_ms=created_ms,
        **fields,
    )


def beamline_rows() -> list[ScanSummary]:
    """Twenty scans of a night, oldest first, with every way to end among them."""
    kinds = [
        ("ascan", "ascan samx 0.00000 1.00000 40 0.1", 6),
        ("loopscan", "loopscan 1000 0.1", 101),
        ("ct", "ct 1.0 1", 1),
        ("amesh", "amesh samy -1 1 20 samz 0 0.5 20 0.05", 48),
        ("dscan", "ascan phi -2.00000 2.00000 80 0.2", 21),
    ]
    ends = {3: "FAILURE", 7: "USER_ABORT", 11: None, 13: "DELETION", 15: "FAILURE"}
    rows = []
    for number in range(1, 18):
        name, title, ran = kinds[number % len(kinds)]
        rows.append(
            row(
                number,
                age=(20 - number) * 420,
                name=name,
                title=title,
                ran=ran,
                end_reason=ends.get(number, "SUCCESS"),
                **sample_of(number),
            )
        )
    running: dict[str, Any] = {"state": ScanState.STARTED, "ran": 1}
    rows.append(row(18, age=1021, name="loopscan", title="loopscan 9000 0.1", npoints=9000, **running, **sample_of(18)))
    rows.append(row(19, age=118, title="ascan samx 0 1 200 0.5", npoints=200, **running, **sample_of(19)))
    rows.append(row(20, age=2, state=ScanState.CREATED, name="ct", title="ct 1.0 1", **sample_of(20)))
    return rows


def sample_of(number: int) -> dict[str, Any]:
    return {
        "session": "id11",
        "proposal": "hc1234",
        "collection": "sample",
        "dataset": f"sample_{number // 6:04}",
        "user_name": "opid11",
        "path": f"/data/visitor/hc1234/id11/20261118/RAW_DATA/sample/sample_{number // 6:04}.h5",
    }


class StillStore:
    """Stands where the store of a Connected event is when a scene finds nothing and creates nothing."""

    cannot_search = ""
    label = "redis://id11:6380"
    history_id = ""

    @property
    def monitoring(self) -> Any:
        return self

    async def get_memory(self) -> None:
        """The server does not say how much memory it uses."""
        return

    async def measure_streams(self, keys: Sequence[str]) -> list[StreamSize | None]:
        return [None] * len(keys)

    async def look_at_points(self, wanted: Sequence[PointsWanted], patience: float = 0.0) -> list[PointsRead]:
        nothing = [Points(name=each.stream.name, start=each.since, values=array("d"), dtype="<f8") for each in wanted]
        return [PointsRead(points, None) for points in nothing]

    async def may_write(self) -> bool | None:
        return True

    async def poll_status(self, _: Sequence[str]) -> ServerStatus:
        return ServerStatus(NOW_MS)

    async def get_server_identity(self) -> ServerIdentity:
        return ServerIdentity(history_id=self.history_id)

    async def search_existing_scans(self, **criteria: object) -> FoundScans:
        return FoundScans("0-0", [])

    async def load_summaries(self, keys: list[str]) -> list[ScanSummary]:
        return []

    async def load_scan(self, key: str) -> Scan:
        raise ScanNotFoundError(f"no scan {key}")

    async def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        return running_scan()


class SearchedStore(StillStore):
    """A store that finds the rows it was given, and notes what it was asked."""

    def __init__(self, rows: list[ScanSummary]) -> None:
        self.cannot_search = ""
        self.asked: list[dict[str, object]] = []
        self._rows = {row.key: row for row in rows}

    async def search_existing_scans(self, **criteria: object) -> FoundScans:
        self.asked.append(criteria)
        return FoundScans("0-0", sorted(self._rows))

    async def load_summaries(self, keys: list[str]) -> list[ScanSummary]:
        return [self._rows[key] for key in keys]


class ScriptedFeed:
    """A feed whose events a test puts in by hand; it notes which rows the screen has it look after."""

    def __init__(self, *events: Event) -> None:
        self.watched: Sequence[str] = ()
        self.open_store: OpenStore = self._open_none
        self._coming: asyncio.Queue[PlayedEvent | Exception] = asyncio.Queue()
        for event in events:
            self._coming.put_nowait(event)

    async def _open_none(self) -> AsyncDataStore:
        raise ConnectionFailed("a script has no store")

    def tell(self, *events: PlayedEvent | Exception) -> None:
        for event in events:
            self._coming.put_nowait(event)

    async def events(self) -> AsyncGenerator[PlayedEvent, None]:
        while True:
            event = await self._coming.get()
            if isinstance(event, Exception):
                raise event
            yield event


def connected(total: int = 0, store: Any = None) -> Connected:
    any_store: Any = store or StillStore()
    return Connected(any_store, total)


def live_feed(url: str, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Feed:
    """A feed that follows a real server."""

    async def open_store() -> AsyncDataStore:
        return await AsyncDataStore.open(url)

    return Feed(open_store, pause)


def night_feed() -> ScriptedFeed:
    """A feed that has just loaded the night's scans."""
    rows = beamline_rows()
    points = {rows[-3].key: 8460, rows[-2].key: 122}
    return ScriptedFeed(connected(len(rows)), Heartbeat(NOW_MS), Loaded(rows[::-1], 0), Progress(points))


def standing_clock() -> float:
    """A clock that does not move, so that what is shown depends on the script alone."""
    return 1000.0


def running_scan() -> ScanDetails:
    """The details of the scan that runs last of the night's rows."""
    summary = beamline_rows()[-2]
    assert summary.identity is not None
    created = summary.created_ms
    axis = StreamInfo(name="axis:samx", key="esrf:stream:1", kind="numeric", dtype="<f8")
    scan = Scan(
        key=summary.key,
        state=ScanState.STARTED,
        identity=summary.identity,
        info={"title": summary.title, "npoints": 200, "count_time": 0.5, "user_name": "opid11", "save": True},
        streams={axis.name: axis},
        state_stream=summary.state_stream,
        state_id=summary.state_id,
    )
    return ScanDetails(
        scan=scan,
        summary=summary.replaced(npoints=200),
        transitions=(
            (ScanState.CREATED, created),
            (ScanState.PREPARED, created + 120),
            (ScanState.STARTED, created + 340),
        ),
        streams=(StreamTail(name=axis.name, kind="numeric", dtype="<f8", length=122, last=(0.6, 0.605, 0.61)),),
        hdf5_path=str(summary.identity.path),
    )
