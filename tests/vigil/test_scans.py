"""Which events of a feed are reported, after made-up events: time passes, scans fall silent, servers are lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from scantui.cli.tail import Since, sentence_of
from scantui.exceptions import ConnectionFailed, NotInitialisedError
from scantui.feed import Changed, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.filters import ScanFilter
from scantui.models import ListedScans, PointsSeen, ScanIdentity, ScanRef, ScanState, ScanSummary
from scantui.store import AsyncDataStore
from scantui.store.operations.follow import News, ServerStatus
from scantui.vigil.scans import ScanWatch

NOW = 1_790_000_000_000


def row(number: int, state: ScanState = ScanState.STARTED, **fields: Any) -> ScanSummary:
    return ScanSummary(
        key=f"esrf:scan:{number:026}",
        state=state,
        identity=ScanIdentity(name="ascan", number=number),
        state_id=f"{NOW}-0",
        created_ms=NOW,
        **fields,
    )


def closed(number: int, end_reason: str = "SUCCESS") -> ScanSummary:
    return row(number, ScanState.CLOSED, end_reason=end_reason)


class Listing:
    """A store that lists given scans, or loses its connection."""

    def __init__(self, *rows: ScanSummary, disconnects: bool = False, created: Sequence[ScanSummary] = ()) -> None:
        self._keys, self._disconnects, self._created = [row.key for row in rows], disconnects, created

    @property
    def monitoring(self) -> Listing:
        return self

    async def list_scans(self) -> ListedScans:
        if self._disconnects:
            raise ConnectionFailed("it broke")
        return ListedScans("0-0", self._keys, {})

    async def poll_status(self, keys: list[str]) -> ServerStatus:
        return ServerStatus(NOW + 1)

    async def wait_for_news(self, since: str, state_ids: dict[str, str], timeout: float) -> News:
        assert since == f"{NOW + 1}-0"
        return News(since, [ScanRef(f"{NOW + 2}-0", each.key) for each in self._created])


async def watch(
    text: str = "", *old: ScanSummary, disconnects: bool = False, loads: bool = True, **settings: Any
) -> ScanWatch:
    watch = ScanWatch(ScanFilter.parse(text), **settings)
    await watch.begin(cast(AsyncDataStore, Listing(*old, disconnects=disconnects)))
    watch.handle(Heartbeat(NOW))
    if loads:
        watch.handle(Loaded(old, 0))
    return watch


def reported(watch: ScanWatch, *events: Event) -> list[tuple[str, str, int]]:
    return [
        (each.kind, each.scan.word, each.scan.scan.identity.number if each.scan.scan.identity else 0)
        for event in events
        for each in watch.handle(event)
    ]


async def test_what_was_there_is_not_reported_and_what_it_becomes_is_a_state() -> None:
    watching = await watch("", row(1), closed(2))
    assert reported(watching, Changed([closed(1)])) == [("state", "DONE", 1)]


async def test_a_scan_that_did_not_pass_at_first_is_new_when_it_does() -> None:
    watching = await watch("state=fail", row(1))
    assert reported(watching, Created([row(2)]), Changed([closed(1, "FAILURE"), closed(2)])) == [("new", "FAIL", 1)]


async def test_what_happens_before_a_scan_is_loaded_is_reported_too() -> None:
    failed = closed(1, "FAILURE").replaced(state_id=f"{NOW + 5}-0")
    assert reported(await watch("state=fail", failed, loads=False), Loaded([failed], 0)) == [("new", "FAIL", 1)]
    assert reported(await watch("name=ascan", failed, loads=False), Loaded([failed], 0)) == [("state", "FAIL", 1)]
    created = row(2, ScanState.CREATED).replaced(state_id=f"{NOW + 5}-0")
    assert reported(await watch("", created, loads=False), Loaded([created], 0)) == [("new", "NEW", 2)]


async def test_a_scan_that_is_created_while_we_list_them_is_new() -> None:
    watching = ScanWatch(ScanFilter())
    await watching.begin(cast(AsyncDataStore, Listing(row(1), row(2), created=[row(2)])))
    assert reported(watching, Heartbeat(NOW), Loaded([row(2), row(1)], 0)) == [("new", "RUN", 2)]


async def test_nothing_is_reported_twice() -> None:
    watching = await watch()
    assert reported(watching, Created([row(1)]), Loaded([row(1)], 0), Changed([row(1, npoints=5)])) == [
        ("new", "RUN", 1)
    ]


async def test_scans_that_came_meanwhile_are_reported_in_their_order() -> None:
    watching = await watch("", row(1))
    lost = Lost(ConnectionFailed("it broke"), 1, 1.0)
    came = reported(
        watching, lost, Loaded([closed(4), closed(3)], 2), Created([row(5)]), Loaded([closed(2), closed(1)], 0)
    )
    assert came == [("state", "DONE", 1), ("new", "DONE", 2), ("new", "DONE", 3), ("new", "DONE", 4), ("new", "RUN", 5)]


async def test_what_was_loaded_when_the_server_was_lost_is_reported_at_once() -> None:
    watching = await watch()
    assert reported(watching, Loaded([closed(2)], 1)) == []
    assert reported(watching, Lost(ConnectionFailed("it broke"), 1, 1.0)) == [("new", "DONE", 2)]


async def test_without_a_list_of_what_was_there_nothing_loaded_counts_as_new() -> None:
    watching = await watch("", row(1), disconnects=True)
    await watching.begin(cast(AsyncDataStore, Listing(row(1), row(2))))
    assert reported(watching, Loaded([row(2), row(1)], 0), Created([row(3)])) == [("new", "RUN", 3)]


async def test_time_alone_makes_a_scan_pass() -> None:
    watching = await watch("duration>1h is=open", row(1))
    assert reported(watching, Heartbeat(NOW + 3_599_000), Heartbeat(NOW + 3_601_000), Heartbeat(NOW + 3_602_000)) == [
        ("new", "RUN", 1)
    ]


async def test_a_scan_that_falls_silent_is_reported_by_its_word_and_when_it_was_seen() -> None:
    watching = await watch("", row(1))
    events: list[Event] = [Progress({row(1).key: 5}), Progress({row(1).key: 5}), Heartbeat(NOW + 60_000)]
    (silent,) = [scan_event for event in events for scan_event in watching.handle(event)]
    assert (silent.kind, silent.scan.word, silent.at_ms) == ("state", "STALL", NOW + 60_000)
    assert sentence_of(silent).partition(": ")[2] == "Scan 1, ascan, may be stuck: nothing new for 1m."


async def test_what_was_there_is_reported_in_its_order_with_the_first_look_at_its_points() -> None:
    listed = [row(1), closed(2)]
    watching = await watch("", *listed, includes_old=lambda _: True)
    old = NOW + 3_600_000
    assert reported(watching, Heartbeat(old, 0), Loaded(listed, 0)) == []
    seen = {listed[0].key: PointsSeen(last_epoch=(NOW + 60_000) / 1000)}
    assert [said[:2] for said in reported(watching, Progress({listed[0].key: 3}, seen))] == [
        ("new", "STALL"),
        ("new", "DONE"),
    ]


async def test_without_a_look_at_its_points_a_scan_that_was_there_is_reported_soon() -> None:
    watching = await watch("", row(1), includes_old=lambda _: True)
    assert reported(watching, Loaded([row(1)], 0), Heartbeat(NOW, 0), Heartbeat(NOW + 1000, 0)) == []
    assert [said[:2] for said in reported(watching, Heartbeat(NOW + 2000, 0))] == [("new", "RUN")]


async def test_a_server_that_was_emptied_is_no_flood() -> None:
    old = [closed(number) for number in range(100)]
    watching = await watch("", row(100), *old)
    watching.handle(Created([closed(101)]))
    gone = Gone([each.key for each in (row(100), *old, closed(101))])
    assert reported(watching, gone) == [("state", "GONE", 100), ("state", "GONE", 101)]


async def test_the_open_scans_reported_are_watched() -> None:
    watching = await watch()
    watching.handle(Created([row(1), row(2), closed(3)]))
    assert watching.reported_and_open == {row(1).key, row(2).key}
    watching.handle(Changed([closed(1)]))
    watching.handle(Gone([row(2).key]))
    assert watching.reported_and_open == set()


async def test_only_what_is_due_passes() -> None:
    watching = await watch("", row(1), is_due=lambda each: each.state == ScanState.CLOSED)
    assert reported(watching, Created([row(2)]), Changed([closed(2)])) == [("new", "DONE", 2)]


async def test_a_scan_that_cannot_be_read_is_reported_without_its_number() -> None:
    watching = await watch()
    unreadable = row(1).replaced(state=None, identity=None, problem="no number")
    assert reported(watching, Created([unreadable])) == [("new", "BAD", 0)]


class History:
    """A store whose history lists given scans, or that loses its connection."""

    def __init__(self, *rows: ScanSummary, is_whole: bool = True, disconnects: bool = False) -> None:
        self._rows, self._is_whole, self.disconnects = rows, is_whole, disconnects

    async def wait_for_news(self, since: str, state_ids: dict[str, str], timeout: float) -> News:
        if self.disconnects:
            raise ConnectionFailed("it broke")
        return News(since, [ScanRef(f"{NOW}-0", each.key) for each in self._rows], {}, self._is_whole)


def created(number: int, ms: int) -> ScanSummary:
    return row(number).replaced(created_ms=ms)


async def covered(history: History, *rows: ScanSummary, times: int = 1) -> list[bool]:
    since, watch = Since(f"{NOW}-0"), ScanWatch(ScanFilter())
    for _ in range(times):
        await since.begin(cast(AsyncDataStore, history))
        history.disconnects = False
    return [since.covers(each, watch) for each in rows]


async def test_since_a_timestamp_the_history_decides_and_not_the_clocks_of_publishers() -> None:
    early, late = created(1, NOW + 5), created(2, NOW - 5)
    assert await covered(History(late), early, late) == [False, True]


async def test_since_a_timestamp_that_the_history_has_lost_the_time_of_creation_decides() -> None:
    before, lost, kept = created(1, NOW - 1), created(2, NOW), created(3, NOW - 1)
    assert await covered(History(kept, is_whole=False), before, lost, kept) == [False, True, True]


async def test_since_a_timestamp_is_asked_anew_when_the_connection_broke() -> None:
    before, after = created(1, NOW - 1), created(2, NOW)
    assert await covered(History(after, disconnects=True), before, after) == [False, True]
    assert await covered(History(before, disconnects=True), before, after, times=2) == [True, False]


async def test_a_scan_that_comes_with_a_database_that_was_not_set_up_yet_is_new() -> None:
    watch = ScanWatch(ScanFilter())
    refused = NotInitialisedError("the database bears no blissdata protocol version")
    assert watch.handle(Lost(refused, 1, 1.0)) == []
    ended = closed(1)
    await watch.begin(cast(AsyncDataStore, Listing(ended)))
    watch.handle(Heartbeat(NOW))
    (told,) = watch.handle(Loaded([ended], 0))
    assert (told.kind, told.scan.scan.key) == ("new", ended.key)


async def test_a_scan_from_before_a_lost_connection_is_old() -> None:
    watch = ScanWatch(ScanFilter())
    watch.handle(Lost(ConnectionFailed("cannot reach it"), 1, 1.0))
    ended = closed(1)
    await watch.begin(cast(AsyncDataStore, Listing(ended)))
    watch.handle(Heartbeat(NOW))
    assert watch.handle(Loaded([ended], 0)) == []
