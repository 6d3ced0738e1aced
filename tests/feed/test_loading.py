"""A feed catches up with a store: the newest scans first, the others in chunks."""

from __future__ import annotations

from contextlib import aclosing
from typing import cast

import pytest

from scantui.exceptions import (
    NotAllowedError,
    ScanNotFoundError,
    ScanValidationError,
    ServerBusyError,
    StoreError,
)
from scantui.feed import (
    CHUNK,
    Changed,
    Connected,
    Connecting,
    Created,
    Heartbeat,
    Loaded,
    Lost,
)
from scantui.models import ListedScans, NewestScans, ScanSummary
from scantui.store.operations.identity import ServerIdentity
from tests.feed.scripted import (
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
    without_beats,
)


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


async def test_a_scan_that_cannot_be_read_shows_why_and_spoils_no_neighbour() -> None:
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
    reported = [each.key for event in events if isinstance(event, Loaded | Created) for each in event.rows]
    assert len(reported) == len(set(reported)) == count + len(burst)


async def test_the_newest_scans_come_before_all_are_named() -> None:
    store = ScriptedStore([row(number) for number in range(CHUNK + 1)], Step())
    asked = []

    async def list_scans() -> ListedScans:
        asked.append("all")
        return ListedScans(SINCE, sorted(store.scans), {})

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
        return NewestScans([key_of(2)])

    async def get_server_identity() -> ServerIdentity:
        store.scans.pop(key_of(1), None)
        store.scans[key_of(3)] = row(3)
        return store.identity

    setattr(store, "list_newest", list_newest)  # noqa: B010 - a plain assignment is refused by mypy
    setattr(store, "get_server_identity", get_server_identity)  # noqa: B010
    assert without_beats(await Play(store).until_lost()) == [Loaded([row(2)], 1), Loaded([row(3)], 0)]


async def test_the_end_of_loading_is_reported_although_fewer_scans_are_named_than_were_counted() -> None:
    store = ScriptedStore([row(1)], Step())

    counts = iter([7])

    async def count_scans() -> int | None:
        return next(counts, None)

    setattr(store, "count_scans", count_scans)  # noqa: B010 - a plain assignment is refused by mypy
    assert without_beats(await Play(store).until_lost()) == [Loaded([row(1)], 6), Loaded([], 0)]


async def test_a_server_that_cannot_count_its_scans_names_them_all_first() -> None:
    store = ScriptedStore([row(1), row(2)], Step())
    store.is_counted = True
    _, connected, *_ = events = await Play(store).until_lost()
    assert isinstance(connected, Connected)
    assert connected.total == 2
    assert without_beats(events) == [Loaded([row(2), row(1)], 0)]


async def test_older_scans_that_the_server_does_not_list_are_counted() -> None:
    store = ScriptedStore([row(number) for number in range(CHUNK + 1)], Step())

    async def list_scans() -> ListedScans:
        return ListedScans(SINCE, sorted(store.scans), {}, 900)

    setattr(store, "list_scans", list_scans)  # noqa: B010 - a plain assignment is refused by mypy
    events = [each for each in await Play(store).until_lost() if isinstance(each, Loaded)]
    assert [(len(each.rows), each.remaining, each.left_out) for each in events] == [
        (CHUNK, 1, 0),
        (0, 1, 900),
        (1, 0, 0),
    ]
