"""The harness itself: real blissdata talks to itself through the real server, without any code of scantui."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.interop import peer as peer_module
from tests.interop.peer import BlissdataPeer, PeerError

IDENTITY = {"name": "ascan", "number": 7, "data_policy": "none", "session": "demo", "path": "/data/ascan.h5"}
STREAMS: list[dict[str, Any]] = [
    {"name": "diode", "dtype": "float64"},
    {"name": "camera", "dtype": "uint16", "shape": [2, 2]},
    {"name": "ragged", "dtype": "int32", "shape": [-1]},
    {"name": "events", "dtype": "json"},
]


def test_a_scan_lives_its_whole_life(empty_url: str, peer: BlissdataPeer) -> None:
    peer.call("init", url=empty_url)
    timetag, found = peer.call("search")
    assert (timetag, found) == ("0-0", [])

    key = peer.call("create", identity=IDENTITY, info={"title": "ascan x 0 1 3"})
    peer.call("prepare", key=key, info={"title": "ascan x 0 1 3", "npoints": 3}, streams=STREAMS)
    peer.call("start", key=key)
    assert peer.call("load", key=key)["state"] == "STARTED"
    peer.call("send", key=key, stream="diode", points=[0.5, 1.5])
    peer.call("send", key=key, stream="diode", points=[2.5])
    peer.call("send", key=key, stream="camera", points=[[1, 2], [3, 4]])
    peer.call("send", key=key, stream="ragged", points=[[1, 2, 3]])
    peer.call("send", key=key, stream="events", points=[{"a": 1}, {"b": 2}])
    assert peer.call("seal", key=key, stream="diode") == 3
    peer.call("stop", key=key)
    peer.call("close", key=key, info={"end_reason": "SUCCESS"})

    scan = peer.call("load", key=key)
    assert scan["state"] == "CLOSED"
    assert scan["identity"] == {**IDENTITY, "proposal": None, "collection": None, "dataset": None}
    assert scan["info"] == {"end_reason": "SUCCESS"}
    streams = scan["streams"]
    assert {name: (stream["length"], stream["sealed"]) for name, stream in streams.items()} == {
        "diode": (3, True),
        "camera": (1, True),
        "ragged": (1, True),
        "events": (2, True),
    }
    assert (streams["diode"]["dtype"], streams["diode"]["shape"]) == ("<f8", [])
    assert (streams["camera"]["dtype"], streams["camera"]["shape"]) == ("<u2", [2, 2])
    assert {name: stream["points"] for name, stream in streams.items()} == {
        "diode": [0.5, 1.5, 2.5],
        "camera": [[[1, 2], [3, 4]]],
        "ragged": [[1, 2, 3]],
        "events": [{"a": 1}, {"b": 2}],
    }

    last = peer.call("last_scan")
    assert last == peer.call("next_scan", since="0-0", block=False)
    assert last[1] == key
    assert peer.call("search", name="asc*", number=7) == [last[0], [key]]
    assert peer.call("states", keys=[key]) == {key: "CLOSED"}
    peer.call("delete", key=key)
    with pytest.raises(PeerError) as refused:
        peer.call("load", key=key)
    assert refused.value.kind == "ScanNotFoundError"


def test_a_reader_follows_a_writer(empty_url: str, peer: BlissdataPeer, peer_python: Path) -> None:
    peer.call("init", url=empty_url)
    with BlissdataPeer(peer_python) as reader:
        reader.call("open", url=empty_url)
        reader.ask("next_scan", since=reader.call("last_timetag"), timeout=10)
        key = peer.call("create", identity=IDENTITY)
        assert reader.answer()[1] == key
        assert reader.call("load", key=key)["state"] == "CREATED"
        reader.ask("update", key=key, timeout=10)
        peer.call("prepare", key=key, streams=STREAMS)
        answer = reader.answer()
    assert answer["changed"]
    assert answer["scan"]["state"] == "PREPARED"
    assert set(answer["scan"]["streams"]) == {stream["name"] for stream in STREAMS}


def test_init_refuses_a_database_with_keys(empty_url: str, peer: BlissdataPeer) -> None:
    peer.call("init", url=empty_url)
    with pytest.raises(PeerError) as refused:
        peer.call("init", url=empty_url)
    assert refused.value.kind == "RuntimeError"


def test_a_peer_that_hangs_fails_clearly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "deaf.py"
    script.write_text("import sys\nsys.stdin.read()\n", encoding="utf-8")
    monkeypatch.setattr(peer_module, "SCRIPT", script)
    with BlissdataPeer(Path(sys.executable), patience=0.2) as deaf, pytest.raises(TimeoutError, match="did not answer"):
        deaf.call("versions")


def test_a_peer_that_ends_fails_clearly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "gone.py"
    script.write_text("import sys\nsys.stdin.readline()\n", encoding="utf-8")
    monkeypatch.setattr(peer_module, "SCRIPT", script)
    with BlissdataPeer(Path(sys.executable)) as gone, pytest.raises(RuntimeError, match="ended without an answer"):
        gone.call("versions")
