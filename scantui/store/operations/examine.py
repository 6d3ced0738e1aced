"""How a server is doing: one operation, also for a server with problems.

Rule: no question takes more than a bounded time, however much the server holds, and nothing is written to find out what
may be written. A question that the server refuses is noted, and the others are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from scantui.exceptions import CommandError, ConnectionFailed, NotAllowedError, StoreError
from scantui.models import ScanState
from scantui.store.operations import rights
from scantui.store.operations.load import get_scans_state
from scantui.store.operations.requests import Command, Operation
from scantui.store.operations.setup import check_protocol
from scantui.store.wire import protocol
from scantui.store.wire.replies import (
    array,
    hits_in,
    integer,
    lines_in,
    milliseconds_in,
    modules_in,
    number_in,
    pairs_in,
    scan_page_in,
    setting_in,
    text_of,
)
from scantui.store.wire.ulid import ulid_milliseconds

NOT_ALLOWED = "not allowed"
# The server's own words, as "User viewer has no permissions to access the 'esrf:scan:0' key"; older ones name none.
_ABOUT_KEYS = re.compile(r"access .*\bkeys?\b")
_ROUND_TRIPS = 5
# The walk through the keys ends after this many pages.
_MOST_PAGES, _PAGE = 100, 1000
# Test scans are looked for among this many of the newest scans.
_NEWEST, _MOST_TEST_SCANS = 500, 50
_PUBLISHER = b'["scantui"]'


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered; None stands for a refused question, and `refusals` has the reason by command.

    `round_trip` is the middle one of a few, in seconds; `ahead_ms` how far the server's clock is ahead of this
    computer's. `info` are the lines of INFO, `modules` the versions by their names in lower case. `not_ready` is why no
    store can be opened here. `indexed` are the scans that the index held before and after the `keys` were counted;
    these were all only if `counted_all`. `oldest_ms` is when the oldest of them was made. `denied_reading` and
    `denied_writing` are commands that the user may not run; those that may be run, but not on the keys that count, are
    not among the first: `denied_keys` are the patterns of these. `denied_looking` are rights, as MEMORY|USAGE, that
    spare the server.
    `open_test_scans` are keys of scans made by scantui that are not closed, among the newest.
    """

    round_trip: float
    ahead_ms: int | None = None
    info: dict[str, str] | None = None
    modules: dict[str, int] | None = None
    not_ready: str = ""
    indexed: tuple[int, int] | None = None
    index_failures: int | None = None
    history: int | None = None
    keys: int | None = None
    counted_all: bool = False
    oldest_ms: int = 0
    prefix_expansions: int | None = None
    has_seal_function: bool | None = None
    user: str | None = None
    denied_reading: tuple[str, ...] | None = None
    denied_writing: tuple[str, ...] | None = None
    denied_keys: tuple[str, ...] = ()
    denied_looking: tuple[str, ...] = ()
    open_test_scans: tuple[str, ...] = ()
    refusals: dict[str, str] = {}


class _Asking:
    """Asks one question after the other and notes those that are refused; a lost server ends it."""

    def __init__(self) -> None:
        self.refusals: dict[str, str] = {}

    def ask(self, *words: str | int) -> Operation[Any]:
        """The reply, or None when the server refuses."""
        try:
            return (yield Command(*words))
        except (CommandError, NotAllowedError) as error:
            self.note(str(words[0]), error)
        return None

    def note(self, command: str, error: StoreError) -> None:
        unknown = "unknown command" in str(error).lower()
        refusal = "the server does not know it" if unknown else str(error)
        self.refusals[command] = NOT_ALLOWED if isinstance(error, NotAllowedError) else refusal


def examine(wall_clock: Callable[[], float], clock: Callable[[], float]) -> Operation[Examination]:
    """Find out how a server is doing; `wall_clock` gives seconds since 1970, `clock` seconds that never jump.

    Raises ConnectionFailed and LoginError, since then there is nothing to examine.
    """
    asking = _Asking()
    ask = asking.ask
    yield from ask("TIME")  # this one opens the connection
    round_trips = []
    for _ in range(_ROUND_TRIPS):
        started = clock()
        now = yield from ask("TIME")
        round_trips.append(clock() - started)
    here = wall_clock() - round_trips[-1] / 2
    info = yield from ask("INFO")
    modules = yield from ask("MODULE", "LIST")
    not_ready = yield from _why_not_ready()
    before = yield from ask("FT.SEARCH", protocol.INDEX, "*", "NOCONTENT", "LIMIT", 0, 0)
    history = yield from ask("XLEN", protocol.SCAN_HISTORY)
    keys, counted_all = yield from _scan_keys(ask)
    after = None
    if before is not None:
        after = yield from ask("FT.SEARCH", protocol.INDEX, "*", "NOCONTENT", "LIMIT", 0, 0)
    index = yield from ask("FT.INFO", protocol.INDEX)
    expansions = yield from ask("FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS")
    functions = yield from ask("FUNCTION", "LIST", "LIBRARYNAME", "mylib")
    user = yield from ask("ACL", "WHOAMI")
    name = text_of(user) if user is not None else ""
    made = [ulid_milliseconds(key.removeprefix(protocol.SCAN_PREFIX)) for key in keys or ()]
    denied_reading = yield from _denied(asking, name, rights.READS)
    denied_writing = yield from _denied(asking, name, rights.WRITES)
    denied_looking = yield from _denied(asking, name, rights.LOOKS)
    open_test_scans = yield from _open_test_scans(ask, sorted(keys or ())[-_NEWEST:])
    return Examination(
        round_trip=sorted(round_trips)[len(round_trips) // 2],
        ahead_ms=None if now is None else milliseconds_in(now) - round(here * 1000),
        info=None if info is None else lines_in(info),
        modules=None if modules is None else modules_in(modules),
        not_ready=not_ready,
        indexed=None if before is None or after is None else (hits_in(before)[0], hits_in(after)[0]),
        index_failures=None if index is None else number_in(pairs_in(index).get("hash_indexing_failures", 0)),
        history=None if history is None else integer(history),
        keys=None if keys is None else len(keys),
        counted_all=counted_all,
        oldest_ms=min(filter(None, made), default=0),
        prefix_expansions=None if expansions is None else setting_in(expansions),
        has_seal_function=None if functions is None else "seal_stream" in repr(array(functions)),
        user=name or None,
        denied_reading=None if denied_reading is None else denied_reading.commands,
        denied_writing=None if denied_writing is None else denied_writing.names,
        denied_keys=() if denied_reading is None else denied_reading.keys,
        denied_looking=() if denied_looking is None else _looks(denied_looking.names),
        open_test_scans=open_test_scans,
        refusals=asking.refusals,
    )


def _why_not_ready() -> Operation[str]:
    try:
        yield from check_protocol()
    except ConnectionFailed:
        raise
    except StoreError as error:
        return str(error)
    return ""


def _scan_keys(ask: Callable[..., Operation[Any]]) -> Operation[tuple[set[str] | None, bool]]:
    """The scans among the first keys, and whether these were all keys."""
    found: set[str] = set()
    cursor = 0
    for _ in range(_MOST_PAGES):
        reply = yield from ask("SCAN", cursor, "MATCH", f"{protocol.SCAN_PREFIX}*", "COUNT", _PAGE)
        if reply is None:
            return None, False
        cursor, page = scan_page_in(reply)
        found.update(filter(protocol.is_scan_key, page))
        if cursor == 0:
            return found, True
    return found, False


class _Denied(msgspec.Struct, frozen=True):
    """What a user may not: names of commands, those of them that no key would help, and patterns of keys."""

    names: tuple[str, ...]
    commands: tuple[str, ...]
    keys: tuple[str, ...]


def _open_test_scans(ask: Callable[..., Operation[Any]], keys: Sequence[str]) -> Operation[tuple[str, ...]]:
    """Which of these scans were made by scantui and are open."""
    published = (yield from ask("JSON.MGET", *keys, "$.info.publisher")) if keys else None
    if not isinstance(published, list):
        return ()
    made_here = [key for key, publisher in zip(keys, published, strict=False) if publisher == _PUBLISHER]
    states = (yield from get_scans_state(made_here[-_MOST_TEST_SCANS:])) if made_here else []
    return tuple(
        key
        for key, state in zip(made_here[-_MOST_TEST_SCANS:], states, strict=True)
        if isinstance(state, ScanState) and state < ScanState.CLOSED
    )


def _looks(names: Sequence[str]) -> tuple[str, ...]:
    """The rights that go with these commands, in the words of an administrator."""
    return tuple("|".join(words[:2]) for words in rights.LOOKS if words[0] in names)


def _denied(asking: _Asking, user: str, commands: Sequence[Sequence[str]]) -> Operation[_Denied | None]:
    """Which of these the user may not run; a command that the server lacks does not count."""
    if not user:
        return None
    names, refused, keys = [], [], []
    for words in commands:
        try:
            reply = yield Command("ACL", "DRYRUN", user, *words)
        except (CommandError, NotAllowedError) as error:
            if "not found" in str(error):
                continue
            asking.note("ACL", error)
            return None
        answer = text_of(reply)
        if answer != "OK":
            names.append(words[0])
            named = [word for word in words[1:] if word in rights.KEY_PATTERNS]
            if named and _ABOUT_KEYS.search(answer):
                # Newer servers name the key.
                keys += [rights.KEY_PATTERNS[key] for key in [key for key in named if f"'{key}'" in answer] or named]
            else:
                refused.append(words[0])
    return _Denied(*(tuple(dict.fromkeys(each)) for each in (names, refused, keys)))
