"""scantui values prints what blissdata reads, value for value."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy

from tests.cli.processes import run
from tests.interop.peer import BlissdataPeer

TYPES = ["<i2", ">i4", "<i8", ">u8", "<f2", ">f4", "<f8", ">f8", "|u1"]


def test_every_value_of_every_type_is_exact(store_url: str, peer: BlissdataPeer) -> None:
    peer.call("open", url=store_url)
    random = numpy.random.default_rng(7)
    sent: dict[str, Any] = {}
    for dtype in TYPES:
        numbers = random.normal(0, 1e3, 40) if dtype[1] == "f" else random.integers(0, 100, 40)
        sent[f"counter:{dtype[1:]}{'big' if dtype[0] == '>' else ''}"] = numbers.astype(dtype)
    key = peer.call("create", identity={"name": "loopscan", "number": 1, "data_policy": "None"})
    streams = [{"name": name, "dtype": numbers.dtype.str} for name, numbers in sent.items()]
    peer.call("prepare", key=key, streams=streams)
    peer.call("start", key=key)
    for name, numbers in sent.items():
        # In batches and one by one.
        for batch in (numbers[:25], *(numbers[place : place + 1] for place in range(25, 40))):
            peer.call("send", key=key, stream=name, points=batch.tolist())
    peer.call("stop", key=key)
    done = run("values", "-s", store_url, key, "--csv")
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    for name in sent:
        theirs = peer.call("points", key=key, stream=name)
        read = numpy.frombuffer(bytes.fromhex(theirs["bytes"]), theirs["dtype"])
        assert [float(row[name]) for row in rows] == read.tolist()
