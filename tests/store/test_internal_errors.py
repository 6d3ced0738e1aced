"""A bug in the wire, an operation or a driver comes out as it is, with its traceback, and is never a StoreError."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from scantui.exceptions import GarbledError, ScanTuiError
from scantui.models import ScanState
from scantui.store.drivers import pieces
from scantui.store.operations import follow, load, summaries, write
from scantui.store.wire import documents, protocol, replies
from tests.store.conftest import AwaitedStore, Opener

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


# A traceback shows this line's name, not its text.
PASSWORD = "s3cret"  # noqa: S105 - it is looked for


class BugError(TypeError):
    """Not foreseen by anybody."""


def broken(*_: Any, **__: Any) -> Any:
    raise BugError("x")


@pytest.mark.parametrize(
    ("place", "name", "call"),
    [
        pytest.param(protocol, "state_in", "load_scan", id="wire, one scan"),
        pytest.param(documents, "new_summary", "load_summaries", id="wire, many scans"),
        pytest.param(load, "read_plain", "load_scans", id="operation, an error in the place of each scan"),
        pytest.param(summaries, "column", "load_summaries", id="operation, many scans"),
        pytest.param(follow, "milliseconds_in", "poll_status", id="operation, status"),
        pytest.param(documents, "decode_paths", "get_scans_state", id="wire, states"),
        pytest.param(write, "rewritten", "advance_scan", id="operation, a write"),
        pytest.param(replies, "_entry_id", "get_last_scan", id="wire, entries"),
        pytest.param(pieces, "packed", "get_last_scan", id="driver"),
    ],
)
async def test_a_bug_comes_out_as_it_is(
    store: AwaitedStore, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, call: str
) -> None:
    key = (await store.create_scan(IDENTITY)).key
    arguments: dict[str, tuple[Any, ...]] = {
        "load_scan": (key,),
        "advance_scan": (key, ScanState.PREPARED),
        "get_last_scan": (),
    }
    monkeypatch.setattr(place, name, broken)
    with pytest.raises(BugError) as caught:
        await getattr(store, call)(*arguments.get(call, ([key],)))
    assert not isinstance(caught.value, ScanTuiError)
    assert caught.value.__cause__ is None
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "broken"


async def test_a_store_works_on_after_a_bug(store: AwaitedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = await store.create_scan(IDENTITY)
    with monkeypatch.context() as patched:
        patched.setattr(write, "rewritten", broken)
        with pytest.raises(BugError):
            await store.advance_scan(scan, ScanState.PREPARED)
    assert (await store.advance_scan(scan, ScanState.PREPARED)).state is ScanState.PREPARED


def test_a_check_finds_an_invalid_reply() -> None:
    with pytest.raises(GarbledError, match="int instead of a text") as caught:
        replies.text_of(5)
    assert caught.value.__cause__ is None


async def test_the_cause_of_an_error_is_kept_and_holds_no_password(open_store: Opener) -> None:
    with pytest.raises(ScanTuiError) as caught:
        await open_store(f"redis://opid11:{PASSWORD}@127.0.0.1:1")
    reported = "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is not None
    assert "direct cause" in reported
    assert PASSWORD not in reported
