"""What an operation that waits for a scan or loads some asks, in which order, and what it makes of the replies."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import (
    CommandError,
    NoScanAvailable,
    ScanNotFoundError,
    ScanValidationError,
    UsageError,
)
from scantui.models import ScanRef, ScanState
from scantui.store.operations import load
from scantui.store.operations.requests import Batch, Command
from tests.store.conversation import converse, ticking
from tests.store.script import (
    HISTORY,
    NEWEST,
    ROOT,
    A,
    B,
    C,
    awaited,
    created,
    document,
    heard,
    in_state,
    last_state,
    lifetime,
    lifetimes,
    stored,
)


def test_waiting_from_now_starts_at_the_last_id_and_never_at_a_dollar() -> None:
    operation = load.get_next_scan(None, True, 0, ticking())
    script = (
        (NEWEST, [created("5-1", A)]),
        (awaited("5-1", 2000), None),
        (awaited("5-1", 2000), heard(created("6-0", B))),
        (lifetime(B), -1),
    )
    assert converse(operation, *script) == ScanRef("6-0", B)


def test_waiting_from_now_in_an_empty_history_starts_at_its_beginning() -> None:
    operation = load.get_next_scan(None, True, 0, ticking())
    first = heard(created("1-0", A))
    found = converse(operation, (NEWEST, []), (awaited("0-0", 2000), first), (lifetime(A), 600_000))
    assert found == ScanRef("1-0", A)


def test_a_timeout_is_waited_for_in_slices_and_ends_with_one_more_look() -> None:
    operation = load.get_next_scan("1-0", True, 3, ticking(100, 100, 102, 103))
    with pytest.raises(NoScanAvailable, match="within 3 s"):
        converse(operation, (awaited("1-0", 2000), None), (awaited("1-0", 1000), None), (awaited("1-0"), None))


def test_the_shortest_timeout_does_not_block_for_ever() -> None:
    operation = load.get_next_scan("1-0", True, 0.0005, ticking(0, 0, 1))
    with pytest.raises(NoScanAvailable):
        converse(operation, (awaited("1-0", 1), None), (awaited("1-0"), None))


def test_without_block_the_answer_comes_at_once() -> None:
    with pytest.raises(NoScanAvailable, match="after 1-0"):
        converse(load.get_next_scan("1-0", False, 10, ticking()), (awaited("1-0"), None))


def test_deleted_scans_and_entries_that_name_no_scan_are_passed_over() -> None:
    operation = load.get_next_scan("1-0", False, 0, ticking())
    script = (
        (awaited("1-0"), heard(created("2-0", A))),
        (lifetime(A), -2),
        (awaited("2-0", count=16), heard(created("3-0", "esrf:scan:index:hash"), created("4-0", B))),
        (lifetime(B), 10_499),
        (awaited("4-0", count=16), heard(created("5-0", A), created("6-0", C))),
        (lifetimes(A, C), [10_499, 10_500]),
    )
    assert converse(operation, *script) == ScanRef("6-0", C)


@pytest.mark.parametrize("since", ["$", "", "now", "1-2-3", "-1", "1-", "99999999999999999999-0", 5])
def test_a_timestamp_that_is_none_is_refused_without_a_request(since: Any) -> None:
    with pytest.raises(UsageError, match="not a timestamp"):
        converse(load.get_next_scan(since, True, 0, ticking()))


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_timeout_that_is_none_is_refused_without_a_request(timeout: float) -> None:
    with pytest.raises(UsageError, match="timeout"):
        converse(load.get_next_scan("1-0", True, timeout, ticking()))


def pages(before: str, count: int = 16) -> Command:
    return Command("XREVRANGE", HISTORY, before, "-", "COUNT", count)


def test_the_last_scan_is_the_newest_that_was_not_deleted() -> None:
    gone = [created(f"{time}-0", A) for time in range(36, 20, -1)]
    script = (
        (pages("+", 1), [created("37-0", A)]),
        (lifetime(A), 9000),
        (pages("36-18446744073709551615"), gone),
        (lifetimes(*[A] * 16), [-2] * 16),
        (pages("20-18446744073709551615"), [created("20-3", B), created("20-2", C)]),
        (lifetimes(B, C), [9000, -1]),
    )
    assert converse(load.get_last_scan(), *script) == ScanRef("20-2", C)


def test_there_is_no_last_scan_in_an_empty_history() -> None:
    with pytest.raises(NoScanAvailable):
        converse(load.get_last_scan(), (pages("+", 1), []))


def readings(key: str) -> Batch:
    return Batch([Command("PTTL", key), Command("JSON.GET", key, ROOT)])


def reread(key: str) -> Batch:
    return Batch([Command("JSON.GET", key, ROOT)])


@pytest.mark.parametrize("state", [ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED, ScanState.CLOSED])
def test_a_document_that_may_be_older_than_its_state_is_read_again(state: ScanState) -> None:
    newer = document(info={"title": "new", "end_reason": "SUCCESS"})
    script = (
        (readings(A), [-1, stored(document())]),
        (Batch([last_state("STATE")]), [in_state(state)]),
        (reread(A), [stored(newer)]),
    )
    scan = converse(load.load_scan(A), *script)
    assert (scan.state, scan.state_id, scan.info) == (state, "7-0", newer["info"])


@pytest.mark.parametrize(
    ("state", "info"),
    [(ScanState.CREATED, {}), (ScanState.CLOSED, {"end_reason": "x"}), (ScanState.CLOSED, {"exit_status": "ok"})],
)
def test_a_complete_document_is_read_once(state: ScanState, info: dict[str, str]) -> None:
    script = (
        (readings(A), [-1, stored(document(info=info))]),
        (Batch([last_state("STATE")]), [in_state(state)]),
    )
    assert converse(load.load_scan(A), *script).info == info


def test_many_scans_take_three_round_trips_and_each_has_its_own_error() -> None:
    batch = Batch([command for key in (A, B, C) for command in readings(key).commands])
    script = (
        (batch, [-1, stored(document()), -2, None, -1, CommandError("wrong Redis type")]),
        (Batch([last_state("STATE")]), [in_state(ScanState.STARTED)]),
        (reread(A), [stored(document())]),
    )
    scan, gone, foreign, nonsense = converse(load.load_scans([A, B, C, "x"]), *script)
    assert getattr(scan, "key", None) == A
    assert [type(error) for error in (gone, foreign, nonsense)] == [
        ScanNotFoundError,
        ScanValidationError,
        ScanNotFoundError,
    ]
    assert [key in str(error) for key, error in ((B, gone), (C, foreign), ("x", nonsense))] == [True] * 3


def test_no_keys_take_no_request() -> None:
    assert converse(load.load_scans([])) == []
    assert converse(load.get_scans_state(["nonsense"]))[0].__class__ is ScanNotFoundError
