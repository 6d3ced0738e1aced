"""Servers full of scans."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, NamedTuple

import msgspec

from scantui.models import ScanState
from scantui.store.wire import protocol
from scantui.store.wire.ulid import ALPHABET
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis, initialise

# One of them has a letter that stands nowhere else in a scan, its key included.
KINDS = ("ascan", "dscan", "loopscan", "amesh", "undulator")
RARE_LETTER = "u"
SCANS_PER_DATASET = 50
_SPACING_SECONDS = 10.0
_CHUNK = 200
_STREAM_EVERY = 2000  # bytes of the document; BLISS's have a data stream for about as many


class Bench(msgspec.Struct, frozen=True):
    """What holds for a whole run."""

    quick: bool = False

    def sized(self, full: int, quick: int) -> int:
        return quick if self.quick else full


def info(number: int, size: int) -> dict[str, Any]:
    """What BLISS writes about a scan, of about `size` bytes as JSON."""
    written: dict[str, Any] = {
        "title": f"{KINDS[number % len(KINDS)]} samx 0.00000 {number}.00000 40 0.1",
        "type": KINDS[number % len(KINDS)],
        "npoints": 41,
        "count_time": 0.1,
        "user_name": "opid11",
        "publisher": "bliss",
        "positioners": {},
    }
    room = size - len(json.dumps(written))
    written["positioners"] = {f"axis_{index:04}": 12.345678 for index in range(max(0, room) // 24)}
    return written


def identity(number: int) -> dict[str, Any]:
    return {
        "name": KINDS[number % len(KINDS)],
        "number": number,
        "data_policy": "ESRF",
        "session": "id11",
        "proposal": "hc1234",
        "collection": "sample",
        "dataset": f"sample_{number // SCANS_PER_DATASET:04}",
        "path": f"/data/visitor/hc1234/id11/sample/sample_{number // SCANS_PER_DATASET:04}",
    }


class NewScan(NamedTuple):
    """A scan that is ready to be published: its names in Redis, and the packed commands that put it there."""

    key: str
    document: str
    state_stream: str
    data_streams: list[str]
    commands: bytes

    def closing(self) -> bytes:
        """The commands that take it from CREATED to its end."""
        states = (packed("XADD", self.state_stream, "*", "state", state) for state in range(1, ScanState.CLOSED + 1))
        return packed("JSON.SET", self.key, "$.info.end_reason", '"SUCCESS"') + b"".join(states)

    def removal(self) -> bytes:
        """The command that takes it out of Redis, as its expiry would."""
        return packed("DEL", self.key, self.state_stream, *self.data_streams)


def _ulid(seconds: float) -> str:
    """A ULID of just this time; those that a store makes never go back, and servers are filled one after the other."""
    number = int(seconds * 1000) << 80 | secrets.randbits(80)
    return "".join([ALPHABET[number >> shift & 31] for shift in range(125, -1, -5)])


def new_scan(
    number: int, size: int, state: ScanState, seconds: float, title: str = "", streams_each: int | None = None
) -> NewScan:
    """A scan as blissdata publishes it: document, history, and states up to this one."""
    pk, state_pk = _ulid(seconds), _ulid(seconds)
    streams: dict[str, Any] = {
        f"counter_{index}": {
            "pk": f"{pk}{index}",
            "encoding": {"type": "numeric", "dtype_str": "<f8", "shape": []},
            "info": {"dtype": "float64", "shape": []},
        }
        for index in range(size // _STREAM_EVERY if streams_each is None else streams_each)
    }
    document: dict[str, Any] = {
        "pk": pk,
        "id": {"pk": _ulid(seconds), **identity(number)},
        "info": info(number, size - 500 - len(json.dumps(streams))),
        "state_stream": {"pk": state_pk, "encoding": None, "info": None},
        "data_streams": streams,
    }
    # A running scan is measured by its streams, and BLISS names them by then.
    chain = {"timer": {"top_master": "timer", "scalars": list(streams), "master": {"scalars": []}}}
    document["info"] |= {"acquisition_chain": chain} if state >= ScanState.PREPARED else {}
    start, end = (datetime.fromtimestamp(at, timezone.utc).isoformat() for at in (seconds, seconds + _SPACING_SECONDS))
    document["info"]["start_time"] = start
    if title:
        document["info"]["title"] = title
    if state is ScanState.CLOSED:
        document["info"] |= {"end_time": end, "end_reason": "SUCCESS"}
    key = protocol.SCAN_PREFIX + pk
    state_stream = protocol.STREAM_PREFIX + state_pk
    text = json.dumps(document)
    commands = [
        packed("JSON.SET", key, ".", text),
        packed("XADD", protocol.SCAN_HISTORY, "MAXLEN", "~", protocol.HISTORY_LENGTH, "*", "key", key),
        *(packed("XADD", state_stream, "*", "state", each) for each in range(state + 1)),
    ]
    names = [protocol.STREAM_PREFIX + stream["pk"] for stream in streams.values()]
    return NewScan(key, text, state_stream, names, b"".join(commands))


def fill(
    server: RealRedis,
    count: int,
    size: int = 2000,
    state: ScanState = ScanState.CLOSED,
    streams_each: int | None = None,
    open_every: int = 0,
    age_seconds: float = 0.0,
) -> list[str]:
    """Publish scans with documents of about `size` bytes, ten seconds apart; their keys, oldest first.

    The newest is as old as `age_seconds`. With `open_every`, one of so many is still running.
    """
    keys = []
    first_second = time.time() - age_seconds - _SPACING_SECONDS * count
    with Wire(server) as wire:
        for start in range(0, count, _CHUNK):
            # The next scans are made while the server takes in these.
            made = [
                new_scan(
                    number,
                    size,
                    ScanState.STARTED if open_every and number % open_every == 0 else state,
                    first_second + _SPACING_SECONDS * number,
                    streams_each=streams_each,
                )
                for number in range(start, min(start + _CHUNK, count))
            ]
            if start:
                _require_taken(wire.receive())
            wire.send(b"".join(scan.commands for scan in made))
            keys += [scan.key for scan in made]
        if keys:
            _require_taken(wire.receive())
    return keys


def _require_taken(replies: bytes) -> None:
    if replies.startswith(b"-") or b"\r\n-" in replies:
        raise RuntimeError(f"the server refused a scan: {replies[:200]!r}")


@contextmanager
def store_of(
    count: int = 0,
    size: int = 2000,
    state: ScanState = ScanState.CLOSED,
    streams_each: int | None = None,
    open_every: int = 0,
    age_seconds: float = 0.0,
) -> Iterator[tuple[RealRedis, list[str]]]:
    """A server of its own with so many scans, and their keys."""
    with RealRedis() as server:
        initialise(server.url)
        yield server, fill(server, count, size, state, streams_each, open_every, age_seconds)


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
