"""The feeds of several servers as one list for a recording."""

from __future__ import annotations

from typing import Any, cast

from scantui.exceptions import UnreachableError
from scantui.feed import Connected, Connecting, Created, Event, Heartbeat, Loaded, Lost
from scantui.feed.joined import JoinedFeed
from scantui.feed.many import PlacedFeed
from scantui.models import ScanSummary
from scantui.store import AsyncDataStore
from tests.feed.test_many import NOW, A, B, C, keys, placed

LOST = Lost(UnreachableError("down"), 1, 1.0)
CONNECTED = Connected(cast(AsyncDataStore, cast(Any, None)), 1)


def joined(*events: tuple[int, Event]) -> list[Event]:
    """What the list has of the events of two servers, in this order."""
    owners: dict[str, str] = {}
    feeds: list[PlacedFeed] = [placed(owners, "id11"), placed(owners, "id15")]
    feed = JoinedFeed(feeds, lambda *_: None)
    found = [feed._joined(number, feeds[number].placed(event)) for number, event in events]
    return [event for event in found if event is not None]


def test_the_list_is_connected_once_and_lost_with_the_last_server() -> None:
    first: list[tuple[int, Event]] = [(0, Connecting(1)), (1, Connecting(1)), (0, CONNECTED), (1, CONNECTED)]
    assert joined(*first) == [Connecting(1), CONNECTED]
    assert joined(*first, (0, LOST)) == [Connecting(1), CONNECTED]
    assert joined(*first, (0, LOST), (1, LOST), (1, CONNECTED)) == [Connecting(1), CONNECTED, LOST, CONNECTED]


def test_the_rows_name_their_servers_and_what_remains_is_that_of_all() -> None:
    found = joined((0, Loaded([A], 4)), (1, Loaded([B], 3)), (0, Loaded([], 0)), (1, Created([C])))
    assert [event.remaining for event in found if isinstance(event, Loaded)] == [4, 7, 3]
    rows = [row for event in found if isinstance(event, (Loaded, Created)) for row in event.rows]
    assert [(row.key, row.server) for row in rows] == [(A.key, "id11"), (B.key, "id15"), (C.key, "id15")]


def test_the_clock_of_the_list_beats_once_a_second() -> None:
    found = joined((0, Heartbeat(NOW)), (1, Heartbeat(NOW + 10)), (0, Heartbeat(NOW + 1000)), (1, Heartbeat(NOW + 900)))
    assert found == [Heartbeat(NOW), Heartbeat(NOW + 1000)]


def test_all_feeds_look_after_their_scans() -> None:
    owners: dict[str, str] = {A.key: "id11", B.key: "id15"}
    feeds = [placed(owners, "id11"), placed(owners, "id15")]
    feed = JoinedFeed(feeds, lambda *_: None)
    feed.watched = [A.key, B.key]
    assert [list(feed.watched), *(list(each.watched) for each in feeds)] == [[A.key, B.key], [A.key], [B.key]]


def test_a_row_that_was_placed_stays_what_it_is() -> None:
    (event,) = joined((1, Created([ScanSummary(key="esrf:scan:9", title="one")])))
    assert keys(event) == ["esrf:scan:9"]
