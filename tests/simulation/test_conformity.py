"""The simulated server answers as the real one does, to the commands that scantui sends, in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.exceptions import CommandError
from scantui.store import DataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.operations.requests import Batch, Command
from tests.servers import empty_server
from tests.simulation.server import SimServer

SCANS = [f"esrf:scan:{letter * 26}" for letter in "AB"]
STREAMS = ["_SCAN_HISTORY_", "esrf:stream:A"]
CHAIN = {"master": {"scalars": ["x"]}, "scalars": ["y", "z"]}
DOCUMENT = {
    "pk": "A",
    "id": {"pk": "B", "name": "ascan", "number": 7, "session": None},
    "info": {"title": "t", "npoints": 3, "acquisition_chain": {"a": CHAIN}},
    "state_stream": {"pk": "S", "encoding": None},
    "data_streams": {"x": {"pk": "1"}, "y": {"pk": "2"}},
}
PATHS = [
    "$",
    "$.pk",
    "$.id",
    "$.info.title",
    "$.info.nothing",
    '$["id","state_stream"]',
    '$.info["title","npoints","nothing"]',
    "$.info.acquisition_chain.*.master",
    "$.info.acquisition_chain.*.scalars[0:1]",
    '$.data_streams["x","nothing"]',
    "$.data_streams",
]
ids = st.tuples(st.integers(1, 6), st.integers(0, 2)).map(lambda id_: f"{id_[0]}-{id_[1]}")
ends = st.one_of(ids, ids.map(lambda id_: f"({id_}"), st.integers(1, 6).map(str))
counts = st.one_of(st.just(()), st.integers(1, 4).map(lambda count: ("COUNT", count)))
scans, streams = st.sampled_from(SCANS), st.sampled_from(STREAMS)


def words(*parts: Any) -> st.SearchStrategy[Command]:
    """A command of fixed words and drawn ones; a drawn tuple is several words."""
    drawn = st.tuples(*(part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts))
    return drawn.map(_flat)


def _flat(parts: tuple[Any, ...]) -> Command:
    return Command(*(word for part in parts for word in (part if isinstance(part, tuple) else (part,))))


commands = st.one_of(
    words("SET", "_PROTOCOL_VERSION_", "1"),
    words("GET", "_PROTOCOL_VERSION_"),
    words("JSON.SET", scans, ".", st.just(json.dumps(DOCUMENT))),
    words("JSON.GET", scans, st.lists(st.sampled_from(PATHS), min_size=2, max_size=3, unique=True).map(tuple)),
    words("JSON.MGET", st.lists(scans, min_size=1, max_size=3).map(tuple), st.sampled_from(PATHS)),
    words("XADD", streams, counts.map(lambda _: ()), ids, "key", st.integers(0, 9)),
    words("XRANGE", streams, st.one_of(st.just("-"), ends), st.one_of(st.just("+"), ends), counts),
    words("XREVRANGE", streams, st.one_of(st.just("+"), ends), st.one_of(st.just("-"), ends), counts),
    words("XREAD", counts, "STREAMS", *STREAMS, ids, ids),
    words("XTRIM", streams, "MAXLEN", st.integers(0, 3)),
    words("XTRIM", streams, "MINID", ids),
    words("XLEN", streams),
    words("FCALL", "seal_stream", 1, "esrf:stream:A"),
    words("EXPIRE", scans, st.integers(50, 90)),
    words("DEL", st.one_of(scans, streams)),
    words("EXISTS", scans),
    words("DBSIZE"),
    words("FLUSHALL"),
)


@pytest.fixture
def driver(empty_url: str) -> Iterator[RedisDriver]:
    """A driver to the real server, which has the sealing function and no index: that would be told of each document."""
    DataStore(empty_url, init_db=True).close()
    driver = RedisDriver(ServerAddress.parse(empty_url))
    yield driver
    driver.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(commands, max_size=25))
def test_both_answer_alike(driver: RedisDriver, sequence: Sequence[Command]) -> None:
    clear = Command("FLUSHALL")
    real = driver.converse().perform(Batch([clear, *sequence]))[1:]
    simulated = SimServer(lambda: 1_790_000_000.0).execute_all(list(sequence))
    assert [plain(reply) for reply in simulated] == [plain(reply) for reply in real]


@pytest.mark.parametrize("first", ["1-1", "1-0"])
def test_the_seal_counts_points(driver: RedisDriver, first: str) -> None:
    sequence = [
        Command("XADD", "esrf:stream:A", first, "payload", "x", "len", 5),
        Command("FCALL", "seal_stream", 1, "esrf:stream:A"),
        Command("FCALL", "seal_stream", 1, "esrf:stream:A"),
        Command("XRANGE", "esrf:stream:A", "-", "+"),
    ]
    real = driver.converse().perform(Batch([Command("FLUSHALL"), *sequence]))[1:]
    assert [plain(reply) for reply in SimServer(lambda: 0.0).execute_all(sequence)] == [plain(reply) for reply in real]


@pytest.mark.parametrize("entries", [0, 1, 30, 300])
@pytest.mark.parametrize("size", [8, 50_000])
def test_both_tell_that_a_stream_is_as_large_as_what_is_in_it(driver: RedisDriver, entries: int, size: int) -> None:
    key = "esrf:stream:A"
    sequence = [Command("XADD", key, f"{index}-1", "payload", bytes(size)) for index in range(entries)]
    sequence += [Command("MEMORY", "USAGE", key), Command("OBJECT", "IDLETIME", key)]
    *_, memory, idle = driver.converse().perform(Batch([Command("FLUSHALL"), *sequence]))
    *_, simulated, simulated_idle = SimServer(lambda: 1_790_000_000.0).execute_all(sequence)
    assert (idle, simulated_idle) == ((None, None) if not entries else (0, 0))
    assert (memory is None, simulated is None) == (not entries, not entries)
    if entries:
        assert entries * size <= memory <= 2 * entries * size + 64 * entries + 8192
        assert entries * size <= simulated <= 2 * entries * size + 64 * entries + 8192


def plain(reply: Any) -> Any:
    """A reply without what says nothing: the words of a refusal, and white space and order within JSON."""
    if isinstance(reply, CommandError):
        return "refused"
    if isinstance(reply, list):
        return [plain(each) for each in reply]
    if isinstance(reply, bytes) and reply[:1] in (b"{", b"["):
        return json.loads(reply)
    return reply


def test_an_empty_server_stays_empty(empty_url: str) -> None:
    empty_server(empty_url)
    assert SimServer(lambda: 0.0).execute(Command("DBSIZE")) == 0
