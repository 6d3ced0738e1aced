"""Replies that no publisher means: documents, streams and histories spoilt at random, from a seed."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from scantui.exceptions import CommandError, StoreError
from scantui.store.operations.requests import Batch, Command, Operation, Request, Result, Transaction

KEYS = [f"esrf:scan:{end}" for end in ("01JBXVGZM0G32HDSZJXS6MSESN", "Z" * 26, "0" * 26, "x" * 26)]
SEAL = b"18446744073709551615-18446744073709551615"
_ODD: list[Any] = [
    *(None, True, False, 0, -1, 7, 2**63, 2**64, 10**30, 10**400, 1.5, -0.0, 1e308, "", "x", "7", "NaN"),
    *("\u202e\x1b[31m", "a" * 10_000, [], [[]], {}, {"pk": 5}, {"pk": "X"}, [1, 2, -1], ["<f8"], "<f8", "<c16"),
    *("numeric", "json", "lima", "lima2", "mosca", "scan_sequence", KEYS[0], "2026-11-22T10:00:00+01:00"),
]
_FIELDS = [b"state", b"id", b"len", b"payload", b"key", b"x", b""]
_STATES = [b"0", b"1", b"2", b"3", b"4"]
_VALUES = [
    *(*_STATES, b"5", b"-1", b"", b"x", b"\xff", b"9" * 5000, b"1_0", b"18446744073709551616", b"\0" * 7, b"\0" * 16),
    *(b'{"last_index": 5}', b'{"last_index": 1e400}', b'{"last_index": true}', b'{"key": 5}', b"[1]", b"[" * 3000),
    *(b'{"key": "%s"}' % KEYS[0].encode(), b"\x92\x91\x03\xc4\x08" + b"\0" * 8, b"\xc1"),
]
_IDS = [b"1-0", b"5-1", SEAL, b"18446744073709551615-0", b"1700000000000-0"]
_WRONG_TYPE = CommandError("WRONGTYPE Operation against a key holding the wrong kind of value")


def sound_document() -> dict[str, Any]:
    """What a publisher writes, with something of everything."""
    number = {"type": "numeric", "dtype_str": "<f8", "shape": []}
    ragged = {"type": "numeric", "dtype_str": "<c16", "shape": [-1]}
    return {
        "pk": "P",
        "id": {"name": "ascan", "number": 1, "data_policy": "None", "session": None},
        "info": {
            "title": "t",
            "npoints": 10,
            "count_time": 0.1,
            "start_time": "2026-11-22T10:00:00+01:00",
            "end_reason": "SUCCESS",
            "group": KEYS[0],
            "filename": "f",
            "user_name": "u",
            "acquisition_chain": {"a": {"scalars": ["x", "y"], "master": {"scalars": ["x"]}}},
        },
        "state_stream": {"pk": "STATE"},
        "data_streams": {
            "x": {"pk": "X", "encoding": number, "info": {}},
            "y": {"pk": "Y", "encoding": {"type": "json"}, "info": {"plugin": "scan_sequence", "format": "subscan"}},
            "z": {"pk": "Z", "encoding": {"type": "json"}, "info": {"plugin": "lima"}},
            "c": {"pk": "C", "encoding": ragged, "info": {"plugin": "lima2"}},
        },
    }


class HostileServer:
    """Answers whatever is asked of it, as spoilt as a store can be; the same seed gives the same answers.

    So many of its replies, from 0 to 1, are `garbled`: of a shape that no server gives, as when bytes were lost.
    """

    def __init__(self, seed: int, garbled: float = 0.0) -> None:
        self.chance = Random(seed)  # noqa: S311 - to be replayed, not to be secret
        self._garbled = garbled

    def talk(self, operation: Operation[Result], most: int = 500) -> Result | StoreError:
        """What the operation returns, or the error of ours that it raises; any other error is let through."""
        try:
            request = next(operation)
            for _ in range(most):
                reply = self.answer(request)
                request = operation.throw(reply) if isinstance(reply, Exception) else operation.send(reply)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        except StoreError as error:
            return error
        raise AssertionError(f"it asks for ever: {request}")

    def answer(self, request: Request) -> Any:
        if isinstance(request, Command):
            return self._to(request)
        if isinstance(request, Batch):
            return [self._to(command) for command in request.commands]
        if isinstance(request, Transaction):
            replies = [self._to(command) for command in request.commands]
            return next((reply for reply in replies if isinstance(reply, Exception)), replies)
        return None

    def spoilt(self, value: Any) -> Any:
        """A copy in which one to three things are missing or of another type."""
        value = json.loads(json.dumps(value))
        for _ in range(self.chance.randint(1, 3)):
            node = value
            while isinstance(node, (dict, list)) and node:
                at: Any = self.chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
                if isinstance(node[at], (dict, list)) and self.chance.random() < 0.6:
                    node = node[at]
                    continue
                if self.chance.random() < 0.2:
                    del node[at]
                else:
                    node[at] = self.odd()
                break
        return value

    def odd(self) -> Any:
        """A value that does not belong where it stands."""
        kind = self.chance.random()
        if kind < 0.03:
            nested: Any = 1
            for _ in range(self.chance.choice([50, 100, 900])):
                nested = [nested]
            return nested
        if kind < 0.15:
            names = ["pk", "type", "shape", "dtype_str", "plugin", "format", "info", "encoding", "master", "scalars"]
            return {self.chance.choice(names): self.odd() for _ in range(self.chance.randrange(4))}
        if kind < 0.2:
            return [self.odd() for _ in range(self.chance.randrange(4))]
        return json.loads(json.dumps(self.chance.choice(_ODD)))

    def shapeless(self, depth: int = 0) -> Any:
        """What a reader of replies can make of bytes that are not in step."""
        kind = self.chance.randrange(12 if depth < 3 else 8)
        if kind >= 8:
            items = [self.shapeless(depth + 1) for _ in range(self.chance.randrange(4))]
            return items if kind < 11 else {str(number).encode(): item for number, item in enumerate(items)}
        return [None, 5, -1, True, 1.5, b"OK", self.chance.choice(_VALUES), _WRONG_TYPE][kind]

    def _to(self, command: Command) -> Any:
        if self.chance.random() < self._garbled:
            return self.shapeless()
        word = command[0]
        if word == "PTTL":
            return self.chance.choice([-1, -1, -1, -1, -2, 5000, 60_000, 10**400, -(10**30)])
        if word == "JSON.MGET":
            return [self._values(str(command[-1])) for _ in command[1:-1]]
        if word == "JSON.GET":
            return self._document([str(path) for path in command[2:]])
        if word in ("XREVRANGE", "XRANGE"):
            return self._entries()
        if word == "XREAD":
            named = command[command.index("STREAMS") + 1 :]
            streams = [[str(stream).encode(), self._entries()] for stream in named[: len(named) // 2]]
            if any(isinstance(entries, Exception) for _, entries in streams):
                return _WRONG_TYPE
            return self.chance.choice([streams, None])
        if word == "FCALL":
            return self.chance.choice([5, CommandError("x is already sealed."), _WRONG_TYPE])
        if word == "XADD":
            return b"5-0"
        if command[-2:] == (0, 0):
            return [2]  # they are only counted
        known: dict[Any, Any] = {
            "TIME": [b"1700000000", b"5"],
            "GET": b"1",
            "FT.SEARCH": [2, KEYS[0].encode(), b"esrf:scan:\xff"],
            "SCAN": [b"0", [KEYS[0].encode(), b"\xff", b"esrf:scan:index:hash"]],
        }
        return known.get(word, b"OK")

    def _document(self, paths: list[str]) -> Any:
        document = self.odd() if self.chance.random() < 0.05 else self.spoilt(sound_document())
        raw = json.dumps(document if paths == ["."] else {path: _at(document, path) for path in paths}).encode()
        kind = self.chance.random()
        if kind < 0.05:
            return raw[: self.chance.randrange(len(raw) + 1)]
        if kind < 0.08:
            return raw.replace(b"ascan", b"\xff\xfe")
        if kind < 0.1:
            return raw.replace(b"10", b"NaN").replace(b"0.1", b"Infinity")
        if kind < 0.12:
            return b"[" * 5000
        return None if kind < 0.14 else _WRONG_TYPE if kind < 0.16 else raw

    def _values(self, path: str) -> Any:
        """What JSON.MGET says of one document: the values at a path, which may end in keys or a slice."""
        where, _, wanted = path.partition("[")
        document = self.spoilt(sound_document()) if self.chance.random() < 0.5 else sound_document()
        found = _at(document, where)
        if wanted[:1].isdigit() or wanted.startswith(":"):
            start, end = map(int, wanted[:-1].split(":"))
            found = [item for within in found if isinstance(within, list) for item in within[start:end]]
        elif wanted:
            names = json.loads(f"[{wanted}")
            found = [within[name] for within in found if isinstance(within, dict) for name in names if name in within]
        raw = json.dumps(found).encode()
        kind = self.chance.random()
        if kind < 0.1:
            return None if kind < 0.05 else raw[:-1]
        return raw.replace(b"ascan", b"\xff") if kind < 0.15 else raw

    def _entries(self) -> Any:
        kind = self.chance.random()
        if kind < 0.25:
            return [] if kind < 0.1 else _WRONG_TYPE
        entries = []
        for _ in range(self.chance.randint(1, 3)):
            fields = [b"state", self.chance.choice(_STATES)]
            if self.chance.random() < 0.5:
                pairs = [(self.chance.choice(_FIELDS), self.chance.choice(_VALUES)) for _ in range(2)]
                fields = [word for pair in pairs[: self.chance.randrange(3)] for word in pair]
            entries.append([self.chance.choice(_IDS), fields])
        return entries


def _at(document: Any, path: str) -> list[Any]:
    """What stands at a path, as RedisJSON answers it."""
    found = [document]
    for name in path.removeprefix("$").removeprefix(".").split(".") if path != "$" else ():
        objects = [each for each in found if isinstance(each, dict)]
        found = [value for each in objects for key, value in each.items() if name in ("*", key)]
    return found
