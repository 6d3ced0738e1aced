"""A night of real blissdata scans: the report equals what the state streams hold, and two equal scans do not differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from scantui.cli.main import main
from tests.cli.processes import Running
from tests.interop.peer import BlissdataPeer
from tests.servers import command, plain_client

IDENTITY = {"name": "ascan", "data_policy": "ESRF", "session": "demo", "proposal": "hc1234", "dataset": "ds_0001"}
STREAMS = [{"name": "axis:samx", "dtype": "float64"}, {"name": "p201:i0", "dtype": "float64"}]


def info_of(number: int, **fields: Any) -> dict[str, Any]:
    device = f"{139_833_978_111_000 + number}:axis"
    chain = {
        "axis": {
            "top_master": device,
            "scalars": ["p201:i0"],
            "master": {"scalars": ["axis:samx"], "spectra": [], "images": []},
        }
    }
    return {"title": "ascan samx 0 1 20 0.1", "npoints": 21, "scan_nb": number, "acquisition_chain": chain, **fields}


def measure(peer: BlissdataPeer, number: int, end_reason: str, points: int = 21, behind: int = 0, **fields: Any) -> str:
    """A scan through all its states, of which one counter may lack points."""
    info = info_of(number, **fields)
    key: str = peer.call("create", identity={**IDENTITY, "number": number}, info=info)
    peer.call("prepare", key=key, info=info, streams=STREAMS)
    peer.call("start", key=key)
    peer.call("send", key=key, stream="axis:samx", points=[0.0] * points)
    peer.call("send", key=key, stream="p201:i0", points=[1.0] * (points - behind))
    if end_reason == "SUCCESS":
        peer.call("stop", key=key)
    peer.call("close", key=key, info={**info, "end_reason": end_reason})
    return key


def milliseconds(text: str) -> float:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def states_of(url: str, key: str) -> dict[int, int]:
    """When each state came, read without our store."""
    with plain_client(url) as client:
        document = json.loads(command(client, "JSON.GET", key))
        entries = command(client, "XRANGE", f"esrf:stream:{document['state_stream']['pk']}", "-", "+")
    return {int(fields[b"state"]): int(id_.split(b"-")[0]) for id_, fields in entries}


def test_the_report_of_a_night_equals_the_state_streams(
    peer: BlissdataPeer, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.call("open", url=store_url)
    keys = [measure(peer, number, "SUCCESS") for number in (1, 2, 3)]
    failed = measure(peer, 4, "FAILURE", points=6, behind=3, comments=[{"message": "shutter closed"}])
    child = measure(peer, 5, "SUCCESS", group=keys[0])
    assert main(["report", "-s", store_url, "--since", "1h", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    lives = {key: states_of(store_url, key) for key in [*keys, failed, child]}
    for scan in record["scans"]:
        states = lives[scan["key"]]
        assert (milliseconds(scan["started"]), milliseconds(scan["ended"])) == (states[2], states[4])
    # One after the other: the union is the sum; the child lies in its parent.
    assert record["ran_seconds"] * 1000 == pytest.approx(sum(lives[key][4] - lives[key][2] for key in [*keys, failed]))
    assert record["counts"] == {"DONE": 4, "FAIL": 1}
    (problem,) = record["problems"]
    assert (problem["key"], problem["points"], problem["npoints"]) == (failed, 6, 21)
    assert (problem["behind"], problem["comment"]) == ([{"name": "i0", "points": 3}], "shutter closed")


def test_a_scan_that_ran_twice_does_not_differ(peer: BlissdataPeer, store_url: str) -> None:
    peer.call("open", url=store_url)
    first, second = measure(peer, 1, "SUCCESS"), measure(peer, 2, "SUCCESS")
    assert main(["diff", "-s", store_url, first, second]) == 0
    assert main(["diff", "-s", store_url, first, measure(peer, 3, "FAILURE", points=5)]) == 1


@pytest.fixture
def watching(store_url: str) -> Iterator[Running]:
    """Rules on a real server, which call once that nothing happens: then they are at work."""
    when = "not saved,fail,value i0<0.5"
    running = Running("watch", "-s", store_url, "--when", when, "--silent", "1s", "--json")
    try:
        assert json.loads(running.line())["when"] == "silent"
        yield running
    finally:
        running.kill()


def test_a_scan_of_bliss_that_is_not_saved_loses_its_beam_and_fails_calls_with_each(
    peer: BlissdataPeer, store_url: str, watching: Running
) -> None:
    peer.call("open", url=store_url)
    info = info_of(7, save=False)
    key = peer.call("create", identity={**IDENTITY, "number": 7}, info=info)
    called = [json.loads(watching.line())]
    peer.call("prepare", key=key, info=info, streams=STREAMS)
    peer.call("start", key=key)
    peer.call("send", key=key, stream="p201:i0", points=[1.0, 0.25])
    called.append(json.loads(watching.line()))
    peer.call("close", key=key, info={**info, "end_reason": "FAILURE"})
    called.append(json.loads(watching.line()))
    texts = [(each["when"], each["text"]) for each in called]
    assert texts[0] == ("not saved", "NEW 7 ascan samx 0 1 20 0.1 (not saved)")
    assert texts[1][1].startswith("LOW i0 0.25 for ")
    assert texts[2] == ("fail", "FAIL 7 ascan samx 0 1 20 0.1")
    assert [each["keys"] for each in called] == [[key]] * 3
