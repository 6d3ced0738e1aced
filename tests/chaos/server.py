"""A real Redis that can be killed, and come back with its data, with older data or with none."""

from __future__ import annotations

import copy
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis

from tests.servers import RealRedis, command, initialise

HISTORY = "_SCAN_HISTORY_"
VERSION = "_PROTOCOL_VERSION_"
PREFIX = "esrf:scan:"
KEY_LENGTH = len(PREFIX) + 26
# blissdata reads times to live in whole seconds, rounded: up to ten of them mean deleted.
LEAST_LIFETIME_MS = 10_500
_MOST = 1_000_000


class MortalRedis(RealRedis):
    """A server that logs every write to disk, unless it is revived from an earlier save."""

    def __init__(self, config: Mapping[str, str] | None = None) -> None:
        super().__init__(config={"appendonly": "yes", "appendfsync": "no", **(config or {})})

    def kill(self) -> None:
        """End it without a chance to put anything in order."""
        if self._process is not None:
            self._process.kill()
            self._end_process()

    def revive(self, saved: bool = False, nothing: bool = False) -> None:
        """Start it again with all data, with those of the last `save`, or with none."""
        assert self._directory is not None
        if saved or nothing:
            shutil.rmtree(self._directory / "appendonlydir", ignore_errors=True)
        if nothing:
            (self._directory / "dump.rdb").unlink(missing_ok=True)
        self._config["appendonly"] = "no" if saved else "yes"
        self.start()
        if saved:
            with self.client() as raw:
                command(raw, "CONFIG", "SET", "appendonly", "yes")
        if nothing:
            initialise(self.url)

    @contextmanager
    def client(self) -> Iterator[redis.Redis]:
        """A plain client that waits for a server which was paused."""
        client = redis.Redis(port=self.port, protocol=2, socket_timeout=60)
        try:
            yield client
        finally:
            client.close()


def newest_entries(raw: redis.Redis, count: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The last entries of the creation history, the newest first."""
    entries: list[tuple[bytes, dict[bytes, bytes]]] = command(raw, "XREVRANGE", HISTORY, "+", "-", "COUNT", count)
    return entries


class Truth:
    """The scans of a store, read without scantui: states by key, and which of them can be found."""

    def __init__(self, raw: redis.Redis) -> None:
        _, *found = command(raw, "FT.SEARCH", "esrf:scan:index", "*", "NOCONTENT", "LIMIT", 0, _MOST)
        reported = [fields.get(b"key", b"") for _, fields in command(raw, "XRANGE", HISTORY, "-", "+")]
        self.findable = {key.decode(errors="replace") for key in (*found, *reported)}
        self.states: dict[str, int | None] = {}
        everything = [key.decode(errors="replace") for key in raw.scan_iter(match=f"{PREFIX}*", count=1000)]
        scans = [key for key in everything if len(key) == KEY_LENGTH]
        alive = [
            key
            for key, pttl in zip(scans, _at_once(raw, [("PTTL", key) for key in scans]), strict=True)
            if pttl == -1 or pttl >= LEAST_LIFETIME_MS
        ]
        pks = _at_once(raw, [("JSON.GET", key, "$.state_stream.pk") for key in alive])
        streams = [str(pk)[1:-1].strip("b'[]\"") if pk and not isinstance(pk, Exception) else "" for pk in pks]
        asked = [("XREVRANGE", f"esrf:stream:{stream}", "+", "-", "COUNT", 1) for stream in streams]
        for key, reply in zip(alive, _at_once(raw, asked), strict=True):
            self.states[key] = _state_in(reply)
        self.findable &= self.states.keys()

    def joined(self, truths: Iterable[Truth]) -> Truth:
        """The scans of several stores."""
        joined = copy.copy(self)
        joined.findable = {key for truth in truths for key in truth.findable}
        joined.states = {key: state for truth in truths for key, state in truth.states.items()}
        return joined


def _state_in(reply: Any) -> int | None:
    """The state at the end of a state stream; None if it cannot be read."""
    try:
        ((_, fields),) = reply.items() if isinstance(reply, dict) else reply
        state = int(dict(fields if isinstance(fields, dict) else zip(fields[::2], fields[1::2], strict=True))[b"state"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return state if 0 <= state <= 4 else None


def _at_once(raw: redis.Redis, commands: list[tuple[Any, ...]]) -> list[Any]:
    """The replies to many commands, errors in their places."""
    replies: list[Any] = []
    for start in range(0, len(commands), 1000):
        pipeline: Any = raw.pipeline(transaction=False)
        for words in commands[start : start + 1000]:
            pipeline.execute_command(*words)
        replies += pipeline.execute(raise_on_error=False)
    return replies


def keep_busy(server: MortalRedis, milliseconds: int) -> threading.Thread:
    """Run a script for so long; meanwhile the server answers other clients that it is busy."""
    script = """
        local start, now
        repeat
            now = redis.call('TIME')
            start = start or now
        until (now[1] - start[1]) * 1000 + (now[2] - start[2]) / 1000 >= tonumber(ARGV[1])
    """

    def run() -> None:
        with server.client() as raw:
            command(raw, "CONFIG", "SET", "busy-reply-threshold", 50)
            command(raw, "EVAL", script, 0, milliseconds)

    thread = threading.Thread(target=run)
    thread.start()
    return thread
