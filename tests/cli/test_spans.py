"""Filters of some span of time: they find what a look at every scan finds, without reading every scan."""

from __future__ import annotations

import json

import pytest

from scantui.board import Board
from scantui.cli.finding import find_scans
from scantui.feed import load_rows
from scantui.feed.reading import with_timetags
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.cli.conftest import publish
from tests.servers import command, plain_client

TEXTS = (
    "is=open",
    "state=run",
    "state=new,prep",
    "state=started",
    "is=open age<1h",
    "is=open name=dscan",
    "is=open name=a*",
    "age<1h",
    "age<9999d",
    "age=1h..2h",
    "since=2020-03-01 name=ascan",
    "since=2020-03-01",
    "since=2019-01-01 before=2020-03-01",
    "is=problem since=2020-03-01",
)
# Where the time of a key's ULID is: the first of 2020, and of June 2020.
JANUARY, JUNE = "01DXF6DT00", "01E9P4R400"
ENDED = {"end_reason": "SUCCESS", "end_time": "2020-06-01T00:01:00+02:00"}
ODD_INFO = ({"end_reason": None}, {"end_reason": ""}, {"end_reason": ["SUCCESS"]}, {"end_reason": "Halted"})


@pytest.fixture
def archive(store: DataStore, store_url: str) -> DataStore:
    """New scans, one of them open with the outcome of another; and old ones, which the history does not name."""
    for number, reason in enumerate(("SUCCESS", None, "FAILURE", None)):
        publish(store, number, reason, name=("ascan", "dscan")[number // 2])
    store.create_scan({"name": "ascan", "number": 9, "data_policy": "None"}, ENDED)
    open_one = publish(store, 10, None)
    closed = publish(store, 11)
    with plain_client(store_url) as client:
        for place, (old, scan) in enumerate((month, scan) for month in (JANUARY, JUNE) for scan in (open_one, closed)):
            document = command(client, "JSON.GET", scan.key)
            command(client, "JSON.SET", f"esrf:scan:{old}{place:016}", "$", document)
    return store


async def keys_by_all(store: AsyncDataStore, scan_filter: ScanFilter) -> list[str]:
    """What a board has that was shown every scan."""
    found, noted = await store.monitoring.find_candidates(), await store.monitoring.list_noted()
    rows = await load_rows(store, sorted({*found, *noted.timetags}))
    board = Board()
    board.tell_time((await store.monitoring.poll_status([])).server_ms)
    board.set_filter(scan_filter)
    board.put(with_timetags(rows, noted.timetags))
    return [board.key_at(index) for index in range(len(board))]


async def require_all_found(store: AsyncDataStore) -> None:
    for text in TEXTS:
        scan_filter = ScanFilter.parse(text)
        expected = await keys_by_all(store, scan_filter)
        assert (text, [each.scan.key for each in await find_scans(store, scan_filter)]) == (text, expected)
        newest = [each.scan.key for each in await find_scans(store, scan_filter, 2)]
        assert (text, newest) == (text, expected[-2:])


@pytest.mark.usefixtures("archive")
async def test_they_find_what_a_look_at_every_scan_finds(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        await require_all_found(store)


@pytest.mark.parametrize("info", ODD_INFO)
async def test_so_they_do_with_an_odd_outcome(archive: DataStore, store_url: str, info: dict[str, object]) -> None:
    odd = archive.create_scan({"name": "ascan", "number": 9, "data_policy": "None"}, {})
    with plain_client(store_url) as client:
        document = json.loads(command(client, "JSON.GET", odd.key))
        command(client, "JSON.SET", f"esrf:scan:{JUNE}{9:016}", "$", json.dumps({**document, "info": info}))
    async with AsyncDataStore.open(store_url) as store:
        await require_all_found(store)


@pytest.mark.usefixtures("archive")
async def test_what_ended_long_before_a_report_is_left_out(store: DataStore, store_url: str) -> None:
    old = store.create_scan({"name": "ascan", "number": 9, "data_policy": "None"}, {})
    store.advance_scan(old, ScanState.CLOSED)
    with plain_client(store_url) as client:
        document = json.loads(command(client, "JSON.GET", old.key))
        for place, end in enumerate(("2020-06-01T00:01:00+02:00", "2020-06-09T00:01:00Z", "01/06/2020", "")):
            info = {**ENDED, "end_time": end}
            command(
                client, "JSON.SET", f"esrf:scan:{JUNE}{100 + place:016}", "$", json.dumps({**document, "info": info})
            )
    june_ms = 1_591_574_400_000  # the eighth, so that two days before it the first one had ended
    async with AsyncDataStore.open(store_url) as opened:
        found = await find_scans(opened, ScanFilter(), ran_since_ms=june_ms)
    places = [int(each.scan.key[-16:]) for each in found if JUNE in each.scan.key and int(each.scan.key[-3:]) >= 100]
    assert places == [101, 102, 103]
