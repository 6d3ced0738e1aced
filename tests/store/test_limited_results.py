"""A real server that returns fewer results than there are scans: lists have the newest, searches go step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from scantui.exceptions import TooManyScansError
from scantui.store.wire import protocol
from tests.servers import command
from tests.store.conftest import AwaitedStore

MOST = 20
DEFAULT = 1_000_000


@pytest.fixture
def limited(raw: redis.Redis) -> Iterator[redis.Redis]:
    command(raw, "FT.CONFIG", "SET", "MAXSEARCHRESULTS", MOST)
    yield raw
    command(raw, "FT.CONFIG", "SET", "MAXSEARCHRESULTS", DEFAULT)


def numbered(*numbers: int) -> list[tuple[dict[str, Any], None]]:
    return [({"name": "ascan", "number": number, "data_policy": "None"}, None) for number in numbers]


async def test_a_list_has_the_newest_and_counts_the_others(store: AwaitedStore, limited: redis.Redis) -> None:
    keys = [scan.key for scan in await store.create_scans(numbered(*range(50)))]
    command(limited, "XTRIM", protocol.SCAN_HISTORY, "MAXLEN", 15)
    listed = await store.list_scans()
    assert (listed.keys, listed.left_out) == (keys[-15:], 35)
    assert listed.timestamp == await store.get_last_scan_timetag()


async def test_a_list_from_far_away_ends_where_the_server_returns_no_more(
    store: AwaitedStore, limited: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_PAGE_KEYS", 7), ("_OVERLAP", 2), ("_FAR_SECONDS", -1.0)):
        monkeypatch.setattr(f"scantui.store.operations.index.{name}", value)
    keys = [scan.key for scan in await store.create_scans(numbered(*range(50)))]
    command(limited, "XTRIM", protocol.SCAN_HISTORY, "MAXLEN", 15)
    listed = await store.list_scans()
    assert (listed.keys, listed.left_out) == (keys[-15:], 35)


async def test_as_many_as_the_server_returns_are_listed_whole(store: AwaitedStore, limited: redis.Redis) -> None:
    keys = [scan.key for scan in await store.create_scans(numbered(*range(MOST)))]
    listed = await store.list_scans()
    assert (listed.keys, listed.left_out) == (keys, 0)


async def test_a_search_finds_all_by_ranges_of_numbers(store: AwaitedStore, limited: redis.Redis) -> None:
    numbers = (*range(-3, 45), *[7] * 15, 255, 256, 70_000, 2**32, 2**40)
    keys = [scan.key for scan in await store.create_scans(numbered(*numbers))]
    without_number = await store.create_scan({"name": "ascan", "number": 1, "data_policy": "None"})
    command(limited, "JSON.DEL", without_number.key, "$.id.number")
    assert (await store.search_existing_scans(name="ascan")).keys == keys
    assert await store.find_candidates(name="ascan") == [*keys, without_number.key]
    assert (await store.search_existing_scans()).keys == [*keys, without_number.key]


async def test_a_search_that_cannot_be_whole_is_an_error(store: AwaitedStore, limited: redis.Redis) -> None:
    await store.create_scans(numbered(*[7] * (MOST + 1)))
    with pytest.raises(TooManyScansError, match=f"{MOST + 1} scans match and the server returns {MOST} at once"):
        await store.search_existing_scans(name="ascan")
    assert len((await store.search_existing_scans(number=8)).keys) == 0


@pytest.mark.parametrize("most", [1, 7, 49, 50])
async def test_a_history_longer_than_the_results_shows_what_the_index_lacks(
    store: AwaitedStore, limited: redis.Redis, most: int
) -> None:
    command(limited, "FT.CONFIG", "SET", "MAXSEARCHRESULTS", most)
    keys = [scan.key for scan in await store.create_scans(numbered(*range(50)))]
    command(limited, "JSON.SET", keys[3], "$.id.number", '"three"')
    noted = await store.list_noted()
    assert (list(noted.timetags), noted.unindexed) == (keys, [keys[3]])
