"""A server is asked how it is doing, whatever it refuses to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scantui.exceptions import CommandError, ConnectionFailed, NotAllowedError
from scantui.store.operations import rights
from scantui.store.operations.examine import Examination, examine
from scantui.store.operations.requests import Batch, Command
from scantui.store.wire.ulid import ulid_milliseconds
from tests.store.conversation import converse

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"


MADE_MS = ulid_milliseconds(KEY[-26:])


NOW = [b"1700000000", b"250000"]


COUNT = Command("FT.SEARCH", "esrf:scan:index", "*", "NOCONTENT", "LIMIT", 0, 0)


NOT_ALLOWED = NotAllowedError("not allowed: no permissions")


def first_page(cursor: int | bytes) -> Command:
    return Command("SCAN", int(cursor), "MATCH", "esrf:scan:*", "COUNT", 1000)


def is_check(request: Any) -> bool:
    return isinstance(request, Batch) and request.commands[0] == Command("GET", "_PROTOCOL_VERSION_")


def is_about_rights(request: Any) -> bool:
    return tuple(request[:3]) == ("ACL", "DRYRUN", "opid11")


def script(**replies: Any) -> list[tuple[Any, Any]]:
    """What a server that is well answers; keyword arguments answer in its place, by the command's first word."""
    answers: list[tuple[Any, Any]] = [
        *[(Command("TIME"), NOW)] * 6,
        (Command("INFO"), b"# Server\r\nredis_version:8.2.3\r\nmaxmemory:0\r\n"),
        (
            Command("MODULE", "LIST"),
            [[b"name", b"ReJSON", b"ver", 20803, b"args", []], [b"name", b"search", b"ver", 1]],
        ),
        (is_check, [b"1", None]),
        (COUNT, [1]),
        (Command("XLEN", "_SCAN_HISTORY_"), 1),
        (first_page(0), [b"7", [b"esrf:scan:index:hash"]]),
        (first_page(7), [b"0", [KEY.encode()]]),
        (COUNT, [2]),
        (Command("FT.INFO", "esrf:scan:index"), [b"index_name", b"x", b"hash_indexing_failures", b"3"]),
        (Command("FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS"), [[b"MAXPREFIXEXPANSIONS", b"2000"]]),
        (Command("FUNCTION", "LIST", "LIBRARYNAME", "mylib"), [[b"functions", [[b"name", b"seal_stream"]]]]),
        (Command("ACL", "WHOAMI"), b"opid11"),
        *[(is_about_rights, b"OK")] * 13,
        (Command("ACL", "DRYRUN", "opid11", "JSON.SET", "esrf:scan:0", ".", "{}"), b"may not"),
        *[(is_about_rights, b"may not")] * 2,
        *[(is_about_rights, b"OK")] * 2,
        *[(is_about_rights, b"OK")] * len(rights.LOOKS),
        (Command("JSON.MGET", KEY, "$.info.publisher"), [b'["bliss"]']),
    ]
    return [
        (asked, replies.get(str(asked[0]).replace(".", "_"), reply)) if isinstance(asked, Command) else (asked, reply)
        for asked, reply in answers
    ]


def ticks() -> Callable[[], float]:
    """A clock on which each round trip takes half a second."""
    times = (tick / 2 for tick in range(100))
    return lambda: next(times)


def test_a_server_that_is_well_tells_all() -> None:
    found = converse(examine(lambda: 1_700_000_000.0, ticks()), *script())
    assert found == Examination(
        round_trip=0.5,
        ahead_ms=500,
        info={"redis_version": "8.2.3", "maxmemory": "0"},
        modules={"rejson": 20803, "search": 1},
        indexed=(1, 2),
        index_failures=3,
        history=1,
        keys=1,
        counted_all=True,
        oldest_ms=MADE_MS,
        prefix_expansions=2000,
        has_seal_function=True,
        user="opid11",
        denied_reading=(),
        denied_writing=("JSON.SET", "XADD"),
    )


def test_what_is_refused_is_noted_and_the_rest_is_asked() -> None:
    refused = {"INFO": NOT_ALLOWED, "MODULE": CommandError("unknown command 'module'"), "XLEN": NOT_ALLOWED}
    found = converse(examine(lambda: 0.0, ticks()), *script(**refused, FT_INFO=NOT_ALLOWED))
    assert (found.info, found.modules, found.history, found.index_failures) == (None, None, None, None)
    assert found.refusals == {
        "INFO": "not allowed",
        "MODULE": "the server does not know it",
        "XLEN": "not allowed",
        "FT.INFO": "not allowed",
    }
    assert found.keys == 1


def test_a_server_that_is_lost_meanwhile_ends_it() -> None:
    lost = script()[:8]
    lost[7] = (lost[7][0], ConnectionFailed("gone"))
    with pytest.raises(ConnectionFailed):
        converse(examine(lambda: 0.0, ticks()), *lost)


def test_the_walk_through_the_keys_is_bounded() -> None:
    before, after = script()[:11], script()[13:-1]
    pages = [(first_page(page), [str(page + 1).encode(), []]) for page in range(100)]
    found = converse(examine(lambda: 0.0, ticks()), *before, *pages, *after)
    assert (found.keys, found.counted_all) == (0, False)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (b"User x has no permissions to access the '_SCAN_HISTORY_' key", ("_SCAN_HISTORY_",)),
        (
            b"This user has no permissions to access one of the keys used as arguments",
            ("_SCAN_HISTORY_", "esrf:stream:*"),
        ),
    ],
)
def test_keys_are_found_in_what_servers_say(said: bytes, keys: tuple[str, ...]) -> None:
    asked = [(asked, reply) for asked, reply in script()]
    at = next(index for index, (asked, _) in enumerate(asked) if asked is is_about_rights)
    asked[at + 5] = (Command("ACL", "DRYRUN", "opid11", *rights.READS[5]), said)
    found = converse(examine(lambda: 0.0, ticks()), *asked)
    assert (found.denied_keys, found.denied_reading) == (keys, ())
