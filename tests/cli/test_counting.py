"""search --count: what the server counts is what a search lists."""

from __future__ import annotations

from itertools import combinations

import pytest

from scantui.cli.finding import count_scans, find_scans
from scantui.filters import ScanFilter
from scantui.filters.tallies import CountableFilter
from scantui.store import AsyncDataStore, DataStore
from tests.cli.conftest import publish
from tests.servers import command, plain_client

NAMES = (
    "ascan",
    "Ascan",
    "a|ascan",
    " ascan ",
    "ascan2",
    "ascan\xa0x",
    "\xc9chelle",
    "e\u0301chelle",
    "a*b",
    'a"b',
    "K\u212a",
)
SINGLE = (
    "name=ascan",
    "name=ASCAN",
    "name=ascan*",
    "name=*scan",
    "name=*sca*",
    'name="a|ascan"',
    'name=" ascan "',
    "name=\xe9chelle",
    "name=\u00e9*",
    'name="a*b"',
    "name=kk",
    "name=ascan,ascan2",
    "-name=ascan",
    "-name=*",
    "name=nothing",
    "number=12",
    "number=12,3",
    "-number=12",
    "number=2..5",
    "number>3",
    "number>=3",
    "number<3",
    "-number<=3",
    "number>2.5",
    "number=2..5,9",
    "session=one",
    "session=One",
    "-session=one",
    "session=*",
    "dataset=sample_0001",
    "collection=s*",
    "proposal=hc*",
    "name=ascan or session=two",
    "age<1h",
    "age>1h",
    "-age<1h",
    "since=2026-01-02",
    "since=2020-01-02 before=2021-01-01",
    "since=2020-06-01",
    "before=2020-06-01",
    "name=ascan age>1h",
    "before=2020-06-01 or session=one",
)
PAIRED = ("name=ascan*", "-name=ascan", "number>3", "-number=12", "session=one", "-session=one", "dataset=*1")


# Where the time of a key's ULID is: the first of 2020, and of June 2020.
OLD = ("01DXF6DT00", "01E9P4R400")


@pytest.fixture
def assorted(store: DataStore, store_url: str) -> DataStore:
    """Scans whose names and sessions are alike, or look so; some have no session, and some are old."""
    for number, name in enumerate((*NAMES, *NAMES)):
        identity = {"name": name, "number": number // 2, "data_policy": "None"}
        if session := ("one", "two", "ONE", "", "one|two", None)[number % 6]:
            place = {"proposal": "hc1", "collection": "s|one", "dataset": f"sample_000{number % 3}"}
            identity |= {"data_policy": "ESRF", "session": session, **place}
        store.create_scan(identity, {})
    scan = publish(store, 12)
    with plain_client(store_url) as client:
        for old in OLD:
            command(client, "JSON.SET", f"esrf:scan:{old}{'0' * 16}", "$", command(client, "JSON.GET", scan.key))
    return store


def texts() -> list[str]:
    return [*SINGLE, *map(" ".join, combinations(PAIRED, 2)), *map(" ".join, combinations(PAIRED, 3))]


@pytest.mark.usefixtures("assorted")
async def test_what_is_counted_is_what_is_found(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        for text in texts():
            scan_filter = ScanFilter.parse(text)
            found = await find_scans(store, scan_filter)
            parts = CountableFilter.of(scan_filter)
            assert parts is not None, text
            tallies = await store.monitoring.tally_scans(parts.fields, parts.numbers)
            assert tallies is not None, text
            assert (text, await count_scans(store, scan_filter)) == (text, len(found))


@pytest.mark.parametrize(
    ("path", "value"), [("$.id.number", "12.5"), ("$.id.number", '"7"'), ("$.id.name", "null"), ("$.id", "[]")]
)
async def test_odd_scans_are_left_to_those_who_load_them(
    assorted: DataStore, store_url: str, path: str, value: str
) -> None:
    odd = publish(assorted, 30)
    with plain_client(store_url) as client:
        command(client, "JSON.SET", odd.key, path, value)
    async with AsyncDataStore.open(store_url) as store:
        for text in SINGLE:
            scan_filter = ScanFilter.parse(text)
            assert (text, await count_scans(store, scan_filter)) == (text, len(await find_scans(store, scan_filter)))


@pytest.mark.parametrize("text", ["state=done", "ascan", "title=x", "duration<2h", "user=me", "number=1 or state=done"])
def test_what_depends_on_more_than_the_identity_is_not_counted_there(text: str) -> None:
    assert CountableFilter.of(ScanFilter.parse(text)) is None
