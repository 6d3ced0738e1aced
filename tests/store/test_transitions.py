"""The states of many scans with the server's times, and the server's memory."""

from __future__ import annotations

import pytest

from scantui.exceptions import CommandError, NotAllowedError
from scantui.models import ScanState
from scantui.store import DataStore
from scantui.store.operations.memory import get_memory
from scantui.store.operations.requests import Operation
from scantui.store.operations.transitions import load_transitions
from tests.store.conftest import AwaitedStore

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


async def test_each_state_comes_with_its_time(store: AwaitedStore, store_url: str) -> None:
    with DataStore(store_url) as other:
        scan = other.create_scan(IDENTITY)
        scan = other.advance_scan(other.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
        closed = other.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})
    (found, missing) = await store.load_transitions([closed.state_stream, "esrf:stream:NOTHING"])
    states = [state for state, _ in found]
    assert states == [ScanState.CREATED, ScanState.PREPARED, ScanState.STARTED, ScanState.CLOSED]
    times = [ms for _, ms in found]
    assert times == sorted(times)
    assert times[-1] == int(closed.state_id.partition("-")[0])
    assert missing == ()
    assert await store.load_transitions([]) == []


async def test_many_are_asked_for_in_pieces(store: AwaitedStore, store_url: str) -> None:
    with DataStore(store_url) as other:
        scan = other.create_scan(IDENTITY)
    found = await store.load_transitions([scan.state_stream] * 450)
    assert len(found) == 450
    assert len(set(found)) == 1


async def test_the_server_shows_how_much_memory_it_uses(store: AwaitedStore) -> None:
    memory = await store.get_memory()
    assert memory is not None
    assert 0 < memory.share < 1


def answered(operation: Operation[object], reply: object) -> object:
    next(operation)
    with pytest.raises(StopIteration) as done:
        operation.send(reply)
    return done.value.value


@pytest.mark.parametrize("reply", [b"", b"used_memory:0\r\n", b"used_memory:5\r\n", None, 7])
def test_memory_that_the_server_does_not_tell_is_not_known(reply: object) -> None:
    assert answered(get_memory(), reply) is None


def test_a_limit_of_the_server_counts_before_that_of_its_computer() -> None:
    memory = answered(get_memory(), b"used_memory:50\r\nmaxmemory:100\r\ntotal_system_memory:1000\r\n")
    assert getattr(memory, "share", None) == 0.5


@pytest.mark.parametrize("error", [CommandError("unknown"), NotAllowedError("no permissions")])
def test_memory_that_may_not_be_asked_for_is_not_known(error: Exception) -> None:
    operation = get_memory()
    next(operation)
    with pytest.raises(StopIteration) as done:
        operation.throw(error)
    assert done.value.value is None


def test_a_stream_that_is_refused_has_no_states() -> None:
    assert answered(load_transitions(["a"]), [CommandError("wrong type")]) == [()]
