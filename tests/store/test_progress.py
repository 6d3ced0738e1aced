"""Which streams show how far a scan is: the cheap ones of its top master, whatever their number and their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.feed.tracker import points_in
from scantui.store import DataStore
from scantui.store.operations.progress import find_odd, find_progress_streams
from scantui.store.operations.requests import Batch, Command
from tests.servers import command, plain_client
from tests.store.conftest import AwaitedStore
from tests.store.conversation import converse

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
SCALAR: dict[str, Any] = {"encoding": {"type": "numeric", "dtype_str": "<f8", "shape": []}, "info": {}}
IMAGE: dict[str, Any] = {"encoding": {"type": "numeric", "dtype_str": "<u4", "shape": [9, 9]}, "info": {}}


def chain(scalars: Sequence[str], own: Sequence[str] = ()) -> dict[str, Any]:
    return {"timer": {"top_master": "timer", "scalars": list(scalars), "master": {"scalars": list(own)}}}


MANY = [f"counter:{number}" for number in range(200)]


@pytest.mark.parametrize(
    ("acquisition_chain", "streams", "found"),
    [
        pytest.param(None, {}, [], id="nothing"),
        pytest.param(None, {"a": SCALAR, "b": IMAGE, "c": SCALAR}, ["a", "c"], id="no chain"),
        pytest.param(chain(["b", "a"], ["c"]), dict.fromkeys("abc", SCALAR), ["c", "b", "a"], id="own first"),
        pytest.param(chain(["a", "b", "c", "d"]), dict.fromkeys("abcd", SCALAR), ["a", "b", "c"], id="three at most"),
        pytest.param(chain(["a", "x", "b"]), {"a": IMAGE, "b": SCALAR}, ["b"], id="one missing, one dear"),
        pytest.param(chain(MANY), dict.fromkeys(MANY, SCALAR), MANY[:3], id="many"),
        pytest.param(
            chain(MANY), {**dict.fromkeys(MANY[:100], IMAGE), **dict.fromkeys(MANY[100:], SCALAR)}, MANY[100:103],
            id="behind many dear ones",
        ),
        pytest.param(
            chain(['a"b', "c\\d", "é]"]), dict.fromkeys(['a"b', "c\\d", "é]"], SCALAR), ['a"b', "c\\d", "é]"],
            id="names that mean something in a path",
        ),
        pytest.param(
            {"x": {"scalars": ["b"], "master": {"scalars": []}}, **chain(["a"], ["c"])},
            dict.fromkeys("abc", SCALAR), ["b", "c"],
            id="one of each of two masters",
        ),
        pytest.param("no chain", {"a": SCALAR}, ["a"], id="a chain that is none"),
        pytest.param(chain(["a"]), {"a": "no stream"}, [], id="a stream that is none"),
    ],
)  # fmt: skip
async def test_the_cheap_streams_of_the_top_master(
    store: AwaitedStore,
    raw: redis.Redis,
    acquisition_chain: object,
    streams: Mapping[str, Any],
    found: Sequence[str],
) -> None:
    scans = await store.create_scans([(IDENTITY, {"acquisition_chain": acquisition_chain}), (IDENTITY, {})])
    named = {
        name: {**stream, "pk": f"PK{number}"} if isinstance(stream, dict) else stream
        for number, (name, stream) in enumerate(streams.items())
    }
    command(raw, "JSON.SET", scans[0].key, "$.data_streams", json.dumps(named))
    keys = [scans[0].key, "esrf:scan:01JBXVGZM0G32HDSZJXS6MSE00", scans[1].key]
    expected = tuple(f"esrf:stream:{named[name]['pk']}" for name in found)
    assert await store.find_progress_streams(keys) == [expected, (), ()]


names = st.lists(st.sampled_from("abcdé]") | st.sampled_from(MANY), max_size=5)
tops = st.fixed_dictionaries(
    {"master": st.fixed_dictionaries({}, optional={"scalars": names})}, optional={"scalars": names}
)
some_streams = st.dictionaries(
    st.sampled_from("abcdé]") | st.sampled_from(MANY[:5]),
    st.sampled_from([SCALAR, SCALAR, SCALAR, IMAGE, {}]),
    max_size=8,
)
documents = st.tuples(st.dictionaries(st.sampled_from("xyz"), tops, max_size=2) | st.just(chain(MANY)), some_streams)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents, max_size=6))
def test_of_many_scans_as_of_each_alone(store_url: str, scans: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    keys = [f"esrf:scan:{number:026}" for number in range(len(scans))]
    with DataStore(store_url) as store, plain_client(store_url) as raw:
        for key, (acquisition_chain, streams) in zip(keys, scans, strict=True):
            named = {name: {**stream, "pk": f"PK{number}"} for number, (name, stream) in enumerate(streams.items())}
            document = {"pk": key, "info": {"acquisition_chain": acquisition_chain}, "data_streams": named}
            command(raw, "JSON.SET", key, ".", json.dumps(document))
        assert store.monitoring.find_progress_streams(keys) == [store._run(find_odd([key]))[key] for key in keys]


def test_many_scans_with_the_same_counters_take_two_round_trips() -> None:
    keys = ["esrf:scan:1", "esrf:scan:2"]
    chain_path, named = "$.info.acquisition_chain.*", '$.data_streams["s","a"]'
    stream = json.dumps([{**SCALAR, "pk": "S"}, {**SCALAR, "pk": "A"}]).encode()
    master, scalars = b'[{"scalars":["s"]}]', b'["a"]'
    firsts = Batch(
        [Command("JSON.MGET", *keys, f"{chain_path}.master"), Command("JSON.MGET", *keys, f"{chain_path}.scalars[0:3]")]
    )
    assert (
        converse(
            find_progress_streams(keys),
            (firsts, [[master] * 2, [scalars] * 2]),
            (Batch([Command("JSON.MGET", *keys, named)]), [[stream] * 2]),
        )
        == [("esrf:stream:S", "esrf:stream:A")] * 2
    )


@pytest.mark.parametrize(
    ("channels", "lengths", "points"),
    [
        pytest.param({}, {"fast": 100, "slow": 10}, 10, id="the slowest counts, not the first"),
        pytest.param({}, {"fast": 10, "slow": 100}, 10, id="in either order"),
        pytest.param({"fast": {"points": 100}}, {"fast": 50, "slow": 3}, 50, id="what only monitors does not count"),
        pytest.param({"fast": {"points": 7}}, {"fast": 50, "slow": 3}, 3, id="other points than those of the scan"),
        pytest.param({}, {"a": 100, "b": 80, "c": 60, "d": 20}, 20, id="the last of four"),
    ],
)
async def test_of_several_top_masters_the_slowest_that_has_points_counts(
    store: AwaitedStore, raw: redis.Redis, channels: dict[str, Any], lengths: dict[str, int], points: int
) -> None:
    both = {name: {"scalars": [], "master": {"scalars": [name]}} for name in lengths}
    info = {"npoints": 100, "acquisition_chain": both, "channels": channels}
    (scan,) = await store.create_scans([(IDENTITY, info)])
    streams = {name: {**SCALAR, "pk": f"{scan.key[-8:]}{name}"} for name in lengths}
    command(raw, "JSON.SET", scan.key, "$.data_streams", json.dumps(streams))
    [found] = await store.find_progress_streams([scan.key])
    measured = {f"esrf:stream:{streams[name]['pk']}": length for name, length in lengths.items()}
    assert points_in({scan.key: found}, measured) == {scan.key: points}
