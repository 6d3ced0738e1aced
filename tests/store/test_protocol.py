"""Keys, timetags, entries and states as the wire has them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import ScanNotFoundError, ScanValidationError, UsageError
from scantui.models import ScanState
from scantui.store.wire import protocol, replies, ulid
from scantui.store.wire.replies import Entry
from scantui.store.wire.ulid import ALPHABET, LENGTH, new_ulid, ulid_milliseconds

LARGEST = 2**64 - 1
NUMBERS = st.integers(0, LARGEST)


@pytest.mark.parametrize(
    ("pttl", "deleted"),
    [(-2, True), (-1, False), (0, True), (10_000, True), (10_499, True), (10_500, False), (604_800_000, False)],
)
def test_a_scan_is_deleted_when_its_time_rounds_to_ten_seconds(pttl: int, deleted: bool) -> None:
    assert protocol.is_deleted(pttl) is deleted


@pytest.mark.parametrize(
    "key", ["", "esrf:scan:", "esrf:scan:index:hash", "esrf:scan:index:schema", "esrf:stream:" + "0" * 26, None, b"x"]
)
def test_a_key_of_another_kind_is_no_scan_key(key: Any) -> None:
    with pytest.raises(ScanNotFoundError):
        protocol.require_scan_key(key)


@given(NUMBERS, NUMBERS)
def test_the_timetag_before_is_the_next_smaller_one(milliseconds: int, sequence: int) -> None:
    timetag = f"{milliseconds}-{sequence}"
    assert protocol.require_timetag(timetag) == timetag
    if milliseconds or sequence:
        before, after = protocol.timetag_order(protocol.timetag_before(timetag)), (milliseconds, sequence)
        assert before[0] * 2**64 + before[1] == after[0] * 2**64 + after[1] - 1


@pytest.mark.parametrize(
    "timetag", ["$", "+", "-", "", " 1-0", "1-0\n", "1_0-0", "٣-0", f"{LARGEST + 1}", f"0-{LARGEST + 1}", None]
)
def test_what_redis_would_not_take_for_an_id_is_no_timetag(timetag: Any) -> None:
    with pytest.raises(UsageError):
        protocol.require_timetag(timetag)


def test_timetags_are_ordered_as_numbers() -> None:
    assert sorted(["10-0", "9-10", "9-9", "9"], key=protocol.timetag_order) == ["9", "9-9", "9-10", "10-0"]


def test_entries_are_read_from_what_a_server_answers() -> None:
    entry = Entry("1-0", {b"key": b"x"})
    assert replies.parse_entries([[b"1-0", [b"key", b"x"]], [b"2-0", None]]) == [entry]
    assert replies.parse_xread([[b"s", [[b"1-0", [b"key", b"x"]]]]]) == {"s": [entry]}
    assert replies.parse_xread(None) == replies.parse_xread([]) == {}
    assert replies.parse_entries(None) == []


@pytest.mark.parametrize("state", ScanState)
def test_the_last_entry_shows_the_state(state: ScanState) -> None:
    assert protocol.state_in("k", [Entry("7-1", {b"state": str(state.value).encode()})]) == ("7-1", state)
    assert str(state) == f"{state}" == f"<ScanState.{state.name}: {state.value}>"


@pytest.mark.parametrize(
    "fields", [{}, {b"state": b""}, {b"state": b"5"}, {b"state": b"CLOSED"}, {b"state": b"\xff"}, {b"id": b"3"}]
)
def test_a_state_that_is_invalid_is_named_with_its_scan(fields: dict[bytes, bytes]) -> None:
    for entries in ([Entry("1-0", fields)], []):
        with pytest.raises(ScanValidationError, match=r"^the key: "):
            protocol.state_in("the key", entries)


@given(st.binary())
def test_bytes_that_are_no_text_are_shown_all_the_same(raw: bytes) -> None:
    replies.text_of(raw).encode()


@given(st.lists(st.integers(0, 2**48 - 1), min_size=2))
def test_new_ulids_sort_in_the_order_of_their_making(milliseconds: list[int]) -> None:
    latest = ulid._latest
    ulids = [new_ulid(time / 1000) for time in milliseconds]
    # Whatever this process makes would come after them.
    ulid._latest = latest
    assert ulids == sorted(set(ulids))
    assert all(len(each) == LENGTH and set(each) <= set(ALPHABET) for each in ulids)


def test_a_ulid_shows_its_time() -> None:
    assert ulid_milliseconds("01JBXVGZM0G32HDSZJXS6MSESN") == 1730800025216
    assert ulid_milliseconds("index:hash") == ulid_milliseconds("u" * 26) == ulid_milliseconds("") == 0
