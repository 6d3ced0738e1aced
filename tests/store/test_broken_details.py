"""Details of scans that are broken or gone: what can be shown is, and errors are those of loading a scan."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import CommandError, ConnectionFailed, ScanNotFoundError, ScanValidationError
from scantui.models import ScanState
from scantui.store.operations import details
from scantui.store.operations.details import ScanDetails
from tests.store.conversation import converse
from tests.store.details_talk import (
    ABOUT,
    DOCUMENT,
    FOUND,
    JSON,
    KEY,
    KNOWN,
    RUNNING,
    SCALAR,
    ints,
    looks,
    states,
    stored,
    stream,
    talk,
)


@pytest.fixture
def known() -> ScanDetails:
    return talk(stored({"a": stream("A", SCALAR)}, title="t"), *looks(("A", 9, [ints(0, 1)])))


def test_a_broken_stream_is_reported_and_spoils_nothing_else() -> None:
    floats = {"type": "numeric", "dtype_str": "<f8", "shape": []}
    names = "abcdefg"
    streams = {name: stream(name.upper(), SCALAR) for name in names} | {"e": stream("E", {**floats, "dtype_str": "?"})}
    found = talk(
        stored(streams),
        *looks(
            ("A", 9, CommandError("WRONGTYPE")),
            ("B", 9, [[b"5-1", [b"len", b"x"]]]),
            ("C", 9, [[b"3-1", [b"payload", b"123"]]]),
            ("D", 9, [[b"3-1", []]]),
            ("E", 9, [[b"3-1", [b"payload", b"1234"]]]),
            ("F", 9, [ints(1, 7)]),
            ("G", 9, [ints(0, 9)]),
        ),
    )
    problems = {tail.name: bool(tail.problem) for tail in found.streams}
    assert problems == {"a": True, "b": True, "c": True, "d": False, "e": True, "f": False, "g": False}
    assert [(tail.length, tail.last) for tail in found.streams[-2:]] == [(2, (7,)), (1, (9,))]


def test_a_broken_sequence_has_no_sub_scans() -> None:
    streams = {"SUBSCANS": stream("S", JSON, format="subscan")}
    found = talk(stored(streams), *looks(("S", 51, CommandError("WRONGTYPE"))))
    assert (found.sub_scans, found.sub_scan_count, found.streams[0].problem) == ((), 0, "WRONGTYPE")


def test_states_that_are_invalid_are_passed_over_but_the_last_counts() -> None:
    assert talk(stored({}), state_entries=states((1, 0), (2, "x"), (3, 2))).transitions == (
        (ScanState.CREATED, 1),
        (ScanState.STARTED, 3),
    )
    for entries in ([], states((1, 0), (2, "x"))):
        with pytest.raises(ScanValidationError, match=KEY):
            talk(stored({}), state_entries=entries)


@pytest.mark.parametrize("reply", [[-2, None], [9000, None]])
def test_a_scan_that_is_gone_is_not_found(reply: list[Any], known: ScanDetails) -> None:
    with pytest.raises(ScanNotFoundError, match=KEY):
        converse(details.load_details(KEY), (ABOUT, reply))
    with pytest.raises(ScanNotFoundError, match=KEY):
        converse(details.load_details(KEY, known), (KNOWN, reply))


def test_errors_are_those_of_loading_a_scan() -> None:
    with pytest.raises(ScanNotFoundError, match="not a scan key"):
        converse(details.load_details("nobody"))
    with pytest.raises(ScanValidationError, match="WRONGTYPE"):
        converse(details.load_details(KEY), (ABOUT, [-1, CommandError("WRONGTYPE")]))
    with pytest.raises(ScanValidationError, match=r"state_stream\.pk"):
        converse(details.load_details(KEY), (ABOUT, [-1, b"{}"]))
    with pytest.raises(ScanValidationError, match="document is missing"):
        converse(details.load_details(KEY), (ABOUT, FOUND), (DOCUMENT, [RUNNING, None]))
    with pytest.raises(ConnectionFailed):
        converse(details.load_details(KEY), (ABOUT, FOUND), (DOCUMENT, ConnectionFailed("lost")))
