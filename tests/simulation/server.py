"""A Redis in a few hundred lines, on a clock that it is given: the commands that scantui sends, and no others.

Rule: what it answers is what Redis 8.2 with JSON and search answers to the same commands in the same order; a property
test holds it against the real one.
"""

from __future__ import annotations

import copy
import fnmatch
from collections.abc import Callable
from typing import Any

import msgspec

from scantui.exceptions import CommandError, StoreError
from scantui.store.operations.requests import Command
from tests.simulation.json_paths import values_at
from tests.simulation.streams import SimStream

INDEX_PREFIX = "esrf:scan:"
_MOST_IN_NODE = 100
_TRUNCATED = 1_000_000


class Document:
    """A JSON document; nothing changes in it, so what was asked once is answered at once, and a copy is the same."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._replies: dict[str | tuple[str, ...], bytes] = {}

    def __deepcopy__(self, _: Any) -> Document:
        return self

    def reply(self, asked: str | tuple[str, ...]) -> bytes:
        """What is at a path, or at several by their names, as JSON."""
        if asked not in self._replies:
            paths = {path: values_at(self.value, path) for path in asked} if isinstance(asked, tuple) else None
            self._replies[asked] = msgspec.json.encode(values_at(self.value, str(asked)) if paths is None else paths)
        return self._replies[asked]


class SimServer:
    """The data of one server, and what becomes of each command. `clock` gives its time in seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.skew_ms = 0
        self.values: dict[str, Any] = {}
        self.expires: dict[str, int] = {}
        self.removed: dict[str, float] = {}
        self.expired_keys = 0
        self.has_index = False
        self.life = 0
        self.changed: Callable[[str], None] = lambda _: None

    def now_ms(self) -> int:
        return int(self._clock() * 1000) + self.skew_ms

    @property
    def run_id(self) -> str:
        return f"{self.life:040x}"

    def snapshot(self) -> tuple[dict[str, Any], dict[str, int], bool]:
        return copy.deepcopy(self.values), dict(self.expires), self.has_index

    def restart(self, data: tuple[dict[str, Any], dict[str, int], bool] | None) -> None:
        """Begin another life with this data, or with none."""
        self.life += 1
        self.values, self.expires, self.has_index = copy.deepcopy(data) if data else ({}, {}, False)

    def execute(self, command: Command) -> Any:
        """The reply to one command; a refusal is raised."""
        self._sweep()
        method = _METHODS.get(str(command[0]))
        if method is None:
            raise CommandError(f"ERR unknown command '{command[0]!s}'")
        return method(self, *command[1:])

    def execute_all(self, commands: list[Command]) -> list[Any]:
        """The replies to several commands, a StoreError in the place of each that is refused."""
        replies: list[Any] = []
        for command in commands:
            try:
                replies.append(self.execute(command))
            except StoreError as error:
                replies.append(error)
        return replies

    def _sweep(self) -> None:
        if self.expires and (now := self.now_ms()) >= min(self.expires.values()):
            for key in [key for key, at in self.expires.items() if at <= now]:
                self.expired_keys += self._remove(key)

    def _remove(self, key: str) -> int:
        self.expires.pop(key, None)
        found = self.values.pop(key, None) is not None
        if found:
            self.removed[key] = self._clock()
            self.changed(key)
        return int(found)

    def removed_within(self, seconds: float) -> set[str]:
        """The keys that expired or were deleted so lately."""
        return {key for key, at in self.removed.items() if self._clock() - at < seconds}

    # Keys

    def _get(self, key: str) -> bytes | None:
        value = self.values.get(key)
        return value.encode() if isinstance(value, str) else None

    def _set(self, key: str, value: Any) -> bytes:
        self.values[key] = str(value)
        return b"OK"

    def _del(self, *keys: str) -> int:
        return sum(map(self._remove, keys))

    def _exists(self, *keys: str) -> int:
        return sum(key in self.values for key in keys)

    def _pttl(self, key: str) -> int:
        if key not in self.values:
            return -2
        return self.expires[key] - self.now_ms() if key in self.expires else -1

    def _expire(self, key: str, seconds: int) -> int:
        if key not in self.values:
            return 0
        self.expires[key] = self.now_ms() + int(seconds) * 1000
        return 1

    def _scan(self, cursor: int, *options: Any) -> list[Any]:
        pattern = str(options[1])
        return [b"0", [key.encode() for key in self.values if fnmatch.fnmatchcase(key, pattern)]]

    def _dbsize(self) -> int:
        return len(self.values)

    def _flushall(self) -> bytes:
        for key in list(self.values):
            self._remove(key)
        self.has_index = False
        return b"OK"

    # Documents

    def _json_set(self, key: str, path: str, text: str) -> bytes:
        assert path == "."
        self.values[key] = Document(msgspec.json.decode(text))
        return b"OK"

    def _json_get(self, key: str, *paths: str) -> bytes | None:
        holder = self.values.get(key)
        if not isinstance(holder, Document):
            return None
        return msgspec.json.encode(holder.value) if paths == (".",) else holder.reply(paths)

    def _json_mget(self, *words: str) -> list[bytes | None]:
        *keys, path = words
        holders = [self.values.get(key) for key in keys]
        return [holder.reply(path) if isinstance(holder, Document) else None for holder in holders]

    def _ft_search(self, index: str, query: str, *options: Any) -> list[Any]:
        if not self.has_index:
            raise CommandError(f"{index}: no such index")
        assert query == "*"
        keys = [
            key for key, value in self.values.items() if isinstance(value, Document) and key.startswith(INDEX_PREFIX)
        ]
        place = options.index("LIMIT")
        first, count = int(options[place + 1]), int(options[place + 2])
        return [len(keys), *(key.encode() for key in keys[first : first + count])]

    # Streams

    def stream(self, key: str) -> SimStream | None:
        value = self.values.get(key)
        return value if isinstance(value, SimStream) else None

    def _xadd(self, key: str, *words: Any) -> bytes:
        rest = list(words)
        most = None
        if rest[0] == "MAXLEN":
            most, rest = int(rest[2]), rest[3:]
        stream = self.values.setdefault(key, SimStream())
        id_: str = stream.add(str(rest[0]), rest[1:], self.now_ms())
        stream.used_ms = self.now_ms()
        if most is not None:
            # Whole nodes are dropped, so some more entries than asked for stay.
            while len(stream.entries) - _MOST_IN_NODE >= most:
                del stream.entries[:_MOST_IN_NODE]
        self.changed(key)
        return id_.encode()

    def _xrange(self, key: str, first: str, last: str, *options: Any) -> list[Any]:
        stream = self.stream(key)
        return stream.between(first, last, _count(options)) if stream else []

    def _xrevrange(self, key: str, last: str, first: str, *options: Any) -> list[Any]:
        stream = self.stream(key)
        return stream.between(first, last, _count(options), newest_first=True) if stream else []

    def _xtrim(self, key: str, kind: str, limit: Any) -> int:
        stream = self.stream(key)
        return stream.trim(kind, str(limit)) if stream else 0

    def _xlen(self, key: str) -> int:
        stream = self.stream(key)
        return len(stream.entries) if stream else 0

    def _xread(self, *words: Any) -> list[Any] | None:
        """What is there now; whoever drives the server waits, for as long as BLOCK says."""
        options, names = list(words[: words.index("STREAMS")]), list(words[words.index("STREAMS") + 1 :])
        count = _count(options)
        half = len(names) // 2
        came = []
        for key, after in zip(names[:half], names[half:], strict=True):
            stream = self.stream(key)
            entries = stream.after(str(after), count) if stream else []
            if entries:
                came.append([str(key).encode(), entries])
        return came or None

    def _fcall(self, function: str, number: int, key: str) -> int:
        assert function == "seal_stream"
        stream = self.values.setdefault(key, SimStream())
        length: int = stream.seal()
        self.changed(key)
        return length

    def _memory(self, word: str, key: str, *_: str | int) -> int | None:
        assert word == "USAGE"
        stream = self.stream(key)
        return None if stream is None else stream.memory

    def _object(self, word: str, key: str) -> int | None:
        assert word == "IDLETIME"
        stream = self.stream(key)
        return None if stream is None else max(0, self.now_ms() - stream.used_ms) // 1000

    def touch_all(self) -> None:
        """Others read all streams."""
        for value in self.values.values():
            if isinstance(value, SimStream):
                value.used_ms = self.now_ms()

    # About the server

    def _time(self) -> list[bytes]:
        now = self.now_ms()
        return [str(now // 1000).encode(), str(now % 1000 * 1000).encode()]

    def _info(self, *sections: str) -> bytes:
        return (
            f"# Server\r\nredis_version:8.2.3\r\nrun_id:{self.run_id}\r\nexpired_keys:{self.expired_keys}\r\n".encode()
        )

    def _function(self, *_: Any) -> bytes:
        return b"mylib"

    def _ft_create(self, *_: Any) -> bytes:
        self.has_index = True
        return b"OK"


_COMMANDS = (
    *("GET", "SET", "DEL", "EXISTS", "PTTL", "EXPIRE", "SCAN", "DBSIZE", "FLUSHALL", "JSON.SET", "JSON.GET"),
    *("JSON.MGET", "FT.SEARCH", "FT.CREATE", "XADD", "XRANGE", "XREVRANGE", "XTRIM", "XLEN", "XREAD", "FCALL"),
    *("MEMORY", "OBJECT", "TIME", "INFO", "FUNCTION"),
)
_METHODS: dict[str, Callable[..., Any]] = {
    name: vars(SimServer)[f"_{name.lower().replace('.', '_')}"] for name in _COMMANDS
}


def _count(options: Any) -> int:
    words = list(options)
    return int(words[words.index("COUNT") + 1]) if "COUNT" in words else _TRUNCATED
