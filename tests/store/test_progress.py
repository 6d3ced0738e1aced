"""Which streams tell how far a scan is: the cheap ones of its top master, whatever their number and their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import redis

from tests.servers import command
from tests.store.conftest import AwaitedStore

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
