"""Whatever is passed to a public method, it answers or raises a ScanTuiError."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from scantui.exceptions import ScanTuiError, StoreError, UsageError
from scantui.models import ScanIdentity, ScanState, SpanWanted, StreamInfo
from scantui.store import DataStore
from scantui.store.address import ServerAddress
from scantui.store.blocking_monitoring import Monitoring
from scantui.store.drivers.packing import packed
from scantui.store.operations import follow, load
from scantui.store.operations.ends import EndWanted
from scantui.store.operations.looks import PointsWanted
from scantui.store.operations.requests import Batch, Command, Operation, Request, Transaction
from tests.store.hostile import KEYS, HostileServer

STREAM = "esrf:stream:01JBXVGZM0G32HDSZJXS6MSESN"
SOUND: dict[str, dict[str, Any]] = {
    "create_scan": {"identity": {"name": "ascan", "number": 1, "data_policy": "None"}, "info": {"title": "t"}},
    "create_scans": {"scans": [({"name": "ascan", "number": 1, "data_policy": "None"}, {"title": "t"})]},
    "load_scan": {"key": KEYS[0]},
    "load_scans": {"keys": KEYS},
    "load_summaries": {"keys": KEYS},
    "load_details": {"key": KEYS[0], "known": None},
    "get_last_scan": {},
    "get_next_scan": {"since": "1-0", "block": False, "timeout": 0.01},
    "search_existing_scans": {"name": "ascan", "number": 1, "path": "*"},
    "get_scans_state": {"keys": KEYS},
    "advance_scan": {"scan_or_key": KEYS[0], "state": ScanState.CLOSED, "info": {"end_reason": "SUCCESS"}},
    "delete_scan": {"key": KEYS[0], "force": True},
    "create_stream": {"scan_or_key": KEYS[0], "name": "diode", "dtype": "float64", "shape": (2,)},
    "append": {"scan_or_key": KEYS[0], "name": "x", "points": [1.0, 2.0]},
    "append_json": {"scan_or_key": KEYS[0], "name": "x", "value": 1},
    "read_points": {"scan_or_key": KEYS[0], "name": "x", "start": 0, "stop": 5},
    "get_frame_status": {"scan_or_key": KEYS[0], "name": "x"},
    "wait_for_state": {"scan_or_key": KEYS[0], "state": ScanState.CREATED, "timeout": 0.01},
    "get_last_scan_timetag": {},
    "may_write": {},
    "wait_for_news": {"since": "1-0", "state_ids": {STREAM: "1-0"}, "timeout": 0},
    "list_newest": {"most": 10},
    "count_scans": {},
    "count_keys": {},
    "list_scans": {},
    "find_candidates": {"name": "ascan", "number": 1},
    "find_in_span": {"span": SpanWanted(is_open=True), "name": "ascan", "number": 1},
    "list_noted": {},
    "poll_status": {"keys": KEYS, "wanted": [EndWanted(STREAM)], "since": "1-0", "allowed": 1},
    "look_at_ends": {"wanted": [EndWanted(STREAM)], "allowed": 1},
    "get_server_identity": {},
    "create_next_scan": {"identity": {"name": "x", "data_policy": "None"}, "info": {}},
    "get_memory": {},
    "load_transitions": {"state_streams": [STREAM]},
    "find_progress_streams": {"keys": KEYS},
    "find_epoch_streams": {"keys": KEYS},
    "get_stream_lengths": {"stream_keys": [STREAM]},
    "look_at_points": {"wanted": [PointsWanted(stream=StreamInfo(name="x", key=STREAM, kind="numeric", dtype="<f8"))]},
    "sample_points": {"stream": StreamInfo(name="x", key=STREAM, kind="numeric", dtype="<f8"), "indices": [1]},
    "measure_streams": {"keys": [STREAM]},
}
# The monitor passes values of these types only.
_OF_THE_MONITOR = {"create_next_scan", "find_in_span", "look_at_points", "sample_points"}
_NESTED: list[Any] = []
_NESTED.append(_NESTED)
WRONG: list[Any] = [
    *(None, True, 0, 1, -1, 7, 2**63, 10**400, 1.5, -0.5, float("nan"), float("inf"), 1j, Decimal("sNaN")),
    *(Fraction(10**400, 3), "", "x", "abc", "\ud800", KEYS[0], f"esrf:scan:{chr(0xD800) * 26}", "0-0", "1-0\n", "*"),
    *(b"", b"abc", KEYS[0].encode(), bytearray(b"x"), [], [None], [1], [[]], [b"x"], ["\ud800"], [KEYS[0], None]),
    *((), (1,), {}, {1: 2}, {"x": None}, {None: "x"}, {"a": "b"}, {STREAM: 5}, {STREAM: "x"}, {"\ud800": "1-0"}),
    *({"name": "x"}, {"name": object()}, set(), {1}, _NESTED, object(), object, len, iter(()), range(3), ScanState),
    *(ScanState.STARTED, "PREPARED", ScanIdentity(name="x", number=1), [("a", "b")], [({}, {})], [({}, {}, {})]),
]
CASES = [(method, name) for method, arguments in SOUND.items() if method not in _OF_THE_MONITOR for name in arguments]


class HostileDriver:
    """Answers as a spoilt store does, after it packed what is sent, as a driver of Redis would."""

    label = "hostile"

    def __init__(self) -> None:
        self._server = HostileServer(5)

    def converse(self) -> HostileDriver:
        return self

    def perform(self, request: Request) -> Any:
        if isinstance(request, Command):
            packed([request])
        elif isinstance(request, Batch | Transaction):
            packed(request.commands)
        reply = self._server.answer(request)
        if isinstance(reply, StoreError):
            raise reply
        return reply

    def end(self) -> None:
        """There is nothing to release."""

    drop_idle_connections = close = end


@pytest.fixture
def store() -> Iterator[DataStore]:
    with DataStore(HostileDriver()) as store:
        yield store


def test_every_public_method_is_among_them() -> None:
    members = {**vars(DataStore), **vars(Monitoring)}
    methods = {name for name, member in members.items() if inspect.isfunction(member) and name[0] != "_"}
    # An iterator fails when it is iterated over.
    assert methods - {"close", "follow_points"} == SOUND.keys()


def method_of(store: DataStore, name: str) -> Callable[..., Any]:
    """A method of the store, or of the monitor's own calls on it."""
    method: Callable[..., Any] = getattr(store if hasattr(store, name) else store.monitoring, name)
    return method


@pytest.mark.parametrize(("method", "name"), CASES)
def test_a_wrong_argument_is_an_error_of_ours(store: DataStore, method: str, name: str) -> None:
    for value in WRONG:
        try:
            method_of(store, method)(**{**SOUND[method], name: value})
        except ScanTuiError as error:
            assert str(error).isprintable()


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_url_is_one_too(url: Any) -> None:
    with pytest.raises(UsageError):
        ServerAddress.parse(url)


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("wait_for_news", "state_ids", None),
        ("wait_for_news", "state_ids", {STREAM: "x"}),
        ("wait_for_news", "timeout", None),
        ("wait_for_news", "since", "$"),
        ("get_stream_lengths", "stream_keys", "abc"),
        ("get_stream_lengths", "stream_keys", [None]),
        ("find_progress_streams", "keys", "abc"),
        ("find_progress_streams", "keys", b"abc"),
        ("load_scans", "keys", KEYS[0]),
        ("load_summaries", "keys", None),
        ("get_scans_state", "keys", 5),
        ("poll_status", "keys", [b"x"]),
        ("poll_status", "wanted", STREAM),
        ("poll_status", "since", "now"),
        ("load_details", "known", 5),
        ("list_newest", "most", 0),
        ("list_newest", "most", "10"),
        ("get_next_scan", "since", False),
        ("get_next_scan", "since", 7),
        ("get_next_scan", "timeout", "1"),
        ("create_scans", "scans", 5),
        ("create_scans", "scans", [5]),
        ("advance_scan", "state", []),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(method: str, name: str, value: Any) -> None:
    class Silent(HostileDriver):
        def perform(self, request: Request) -> Any:
            raise AssertionError(f"{request} was sent")

    store = DataStore(Silent())
    with pytest.raises(UsageError):
        method_of(store, method)(**{**SOUND[method], name: value})


@pytest.mark.parametrize(
    "operation", [load.get_next_scan(0, False, 0, float), follow.wait_for_news(0, {}, 0)], ids=["next scan", "news"]
)
def test_0_is_the_beginning_of_the_history(operation: Operation[Any]) -> None:
    request = next(operation)
    assert isinstance(request, Command)
    assert request[-2:] == ("_SCAN_HISTORY_", "0-0")
