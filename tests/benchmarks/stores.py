"""Servers full of scans, and the bare wire: commands in, bytes out, no client in between."""

from __future__ import annotations

import atexit
import json
import socket
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

import msgspec

from scantui.models import ScanState
from scantui.store.wire import protocol
from scantui.store.wire.ulid import new_ulid
from tests.interop.peer import blissdata_python
from tests.servers import RealRedis, initialise

KINDS = ("ascan", "dscan", "loopscan", "amesh", "ct")
SCANS_PER_DATASET = 50
_FIRST_SECOND = 1_795_000_000.0
_END = b"+that is all\r\n"
_CHUNK = 200
_STREAM_EVERY = 2000  # bytes of the document; BLISS's have a data stream for about as many


class Bench(msgspec.Struct, frozen=True):
    """What holds for a whole run."""

    quick: bool = False

    def sized(self, full: int, quick: int) -> int:
        return quick if self.quick else full


class Wire:
    """A socket on which commands are sent as they stand, many at once."""

    def __init__(self, server: RealRedis) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, packed: bytes) -> bytes:
        """Send packed commands, and return all that is answered."""
        self.send(packed)
        return self.receive()

    def send(self, packed: bytes) -> None:
        self._socket.sendall(packed + _ECHO)

    def receive(self) -> bytes:
        """All that is answered to what was sent."""
        parts = []
        tail = b""
        while not tail.endswith(_END):
            parts.append(self._socket.recv(1 << 20))
            if not parts[-1]:
                raise ConnectionError("the server closed the connection")
            tail = (tail + parts[-1])[-len(_END) :]
        return b"".join(parts)[: -len(_END)]

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def packed(*words: str | int | bytes) -> bytes:
    """A command as it is sent."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


# Whatever was asked before is answered when this is: a status that no reply of a store holds.
_ECHO = packed("EVAL", "return {ok='that is all'}", 0)


def info(number: int, size: int) -> dict[str, Any]:
    """What BLISS tells of a scan, of about `size` bytes as JSON."""
    told: dict[str, Any] = {
        "title": f"{KINDS[number % len(KINDS)]} samx 0.00000 {number}.00000 40 0.1",
        "type": KINDS[number % len(KINDS)],
        "npoints": 41,
        "count_time": 0.1,
        "start_time": "2026-11-22T07:19:39.049580+00:00",
        "user_name": "opid11",
        "publisher": "bliss",
        "positioners": {},
    }
    room = size - len(json.dumps(told))
    told["positioners"] = {f"axis_{index:04}": 12.345678 for index in range(max(0, room) // 24)}
    return told


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


def scan_commands(
    number: int, size: int, state: ScanState, seconds: float, title: str = "", streams_each: int | None = None
) -> tuple[str, bytes]:
    """The key of a scan, and the commands that put it there: document, history, and states up to this one."""
    pk, state_pk = new_ulid(seconds), new_ulid(seconds)
    streams = {
        f"counter_{index}": {
            "pk": f"{pk}{index}",
            "encoding": {"type": "numeric", "dtype_str": "<f8", "shape": []},
            "info": {"dtype": "float64", "shape": []},
        }
        for index in range(size // _STREAM_EVERY if streams_each is None else streams_each)
    }
    document: dict[str, Any] = {
        "pk": pk,
        "id": {"pk": new_ulid(seconds), **identity(number)},
        "info": info(number, size - 500 - len(json.dumps(streams))),
        "state_stream": {"pk": state_pk, "encoding": None, "info": None},
        "data_streams": streams,
    }
    # A running scan is measured by its streams, and BLISS tells by then which they are.
    chain = {"timer": {"top_master": "timer", "scalars": list(streams), "master": {"scalars": []}}}
    document["info"] |= {"acquisition_chain": chain} if state >= ScanState.PREPARED else {}
    if title:
        document["info"]["title"] = title
    if state is ScanState.CLOSED:
        document["info"] |= {"end_time": "2026-11-22T07:20:39.049580+00:00", "end_reason": "SUCCESS"}
    key = protocol.SCAN_PREFIX + pk
    state_stream = protocol.STREAM_PREFIX + state_pk
    commands = [
        packed("JSON.SET", key, ".", json.dumps(document)),
        packed("XADD", protocol.SCAN_HISTORY, "MAXLEN", "~", protocol.HISTORY_LENGTH, "*", "key", key),
        *(packed("XADD", state_stream, "*", "state", each) for each in range(state + 1)),
    ]
    return key, b"".join(commands)


def fill(
    server: RealRedis, count: int, size: int, state: ScanState = ScanState.CLOSED, streams_each: int | None = None
) -> list[str]:
    """Publish scans with documents of about `size` bytes, ten seconds apart; their keys, oldest first."""
    keys = []
    with Wire(server) as wire:
        for start in range(0, count, _CHUNK):
            # While the server takes in the ones, the next are made.
            made = [
                scan_commands(number, size, state, _FIRST_SECOND + 10.0 * number, streams_each=streams_each)
                for number in range(start, min(start + _CHUNK, count))
            ]
            if start:
                _require_taken(wire.receive())
            wire.send(b"".join(commands for _, commands in made))
            keys += [key for key, _ in made]
        if keys:
            _require_taken(wire.receive())
    return keys


def _require_taken(replies: bytes) -> None:
    if replies.startswith(b"-") or b"\r\n-" in replies:
        raise RuntimeError(f"the server refused a scan: {replies[:200]!r}")


@contextmanager
def store_of(
    count: int = 0, size: int = 2000, state: ScanState = ScanState.CLOSED, streams_each: int | None = None
) -> Iterator[tuple[RealRedis, Any]]:
    """A server of its own with so many scans, and their keys."""
    with RealRedis() as server:
        initialise(server.url)
        yield server, fill(server, count, size, state, streams_each)


def blissdata_times(task: str, *arguments: object) -> Any:
    """What the same takes blissdata, in its own environment and a process that is started once."""
    asked, answers = _blissdata_process()
    asked.write(json.dumps([task, arguments]) + "\n")
    asked.flush()
    answer = answers.readline()
    if not answer:
        raise RuntimeError(f"blissdata cannot {task}: what it said stands above")
    return json.loads(answer)


@cache
def _blissdata_process() -> tuple[IO[str], IO[str]]:
    script = Path(__file__).with_name("blissdata_times.py")
    process = subprocess.Popen(
        [str(blissdata_python()), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    # It ends by itself when nothing more can be asked.
    atexit.register(process.communicate)
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
