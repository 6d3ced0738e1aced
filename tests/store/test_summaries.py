"""Many summaries in few requests are what reading the scans one by one gives, however odd their documents are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.exceptions import NotAllowedError, StoreError
from scantui.models import ScanState, ScanSummary
from scantui.publishing.form import FIELDS, read_form
from scantui.store import DataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.drivers.driver import Conversation
from scantui.store.operations import load
from scantui.store.operations.requests import Batch, Command, Request
from scantui.store.operations.starts import start_among, with_starts
from scantui.store.operations.summaries import load_plain_summaries
from scantui.store.wire import protocol
from scantui.words import duration
from tests.servers import command, plain_client
from tests.store.conversation import converse

IDENTITY: dict[str, Any] = {"name": "ascan", "number": 7, "data_policy": "None", "session": None}
INFO: dict[str, Any] = {
    "title": "ascan samx",
    "npoints": 11,
    "count_time": 0.1,
    "start_time": "2026-11-22T07:19:39+00:00",
    "user_name": "opid11",
    "publisher": "bliss",
    "end_time": "2026-11-22T07:20:39+00:00",
    "end_reason": "SUCCESS",
    "exit_status": "success",
    "group": "esrf:scan:01JBXVGZM0G32HDSZJXS6MSE00",
    "is_scan_sequence": True,
    "sequence_info": {"scan_count": 7},
    "positioners": {"samx": 1.0},
}
KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(["", "7", 7.0, 2**63, [], ["a", "b"], {}, {"pk": "x"}]),
)


def spoilt(sound: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The object with some of its values missing, and some replaced."""

    def merged(parts: tuple[set[str], dict[str, Any]]) -> dict[str, Any]:
        missing, replaced = parts
        return {name: value for name, value in {**sound, **replaced}.items() if name not in missing}

    some = st.sampled_from(sorted(sound))
    return st.tuples(st.sets(some, max_size=3), st.dictionaries(some, odd, max_size=2)).map(merged)


def mostly(sound: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(sound), spoilt(sound), odd)


documents: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"state_stream": st.one_of(st.just({}), st.just({}), odd)}, optional={"id": mostly(IDENTITY), "info": mostly(INFO)}
)
states = st.lists(st.sampled_from(["0", "1", "2", "4", "9", ""]), max_size=3)
lifetimes = st.sampled_from([None, None, None, 5_000, 60_000])


def described(loaded: ScanSummary | StoreError) -> object:
    return (type(loaded), str(loaded)) if isinstance(loaded, StoreError) else loaded


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(documents, states, lifetimes), max_size=6))
def test_whatever_stands_in_the_documents(
    store_url: str, scans: list[tuple[dict[str, Any], list[str], int | None]]
) -> None:
    keys = [f"{protocol.SCAN_PREFIX}{number:026}" for number in range(len(scans))]
    with DataStore(store_url) as store, plain_client(store_url) as raw:
        for number, (key, (document, entries, lifetime)) in enumerate(zip(keys, scans, strict=True)):
            stream = f"{number:026}"
            if document.get("state_stream") == {}:
                document = {**document, "state_stream": {"pk": stream}}
            command(raw, "DEL", key, protocol.STREAM_PREFIX + stream)
            command(raw, "JSON.SET", key, ".", json.dumps({"id": IDENTITY, "info": INFO, **document}))
            for state in entries:
                command(raw, "XADD", protocol.STREAM_PREFIX + stream, "*", "state", state)
            if lifetime:
                command(raw, "PEXPIRE", key, lifetime)
        asked = [*keys, f"{protocol.SCAN_PREFIX}{'Z' * 26}", "no key"]
        together = [described(each) for each in store.load_summaries(asked)]
        odd = [store._run(load.load_odd_summaries([key]))[0] for key in asked]
        alone = [described(each) for each in store._run(with_starts(odd))]
    assert together == alone


HEAD = b'[{"pk":"X","name":"ascan","number":7,"data_policy":"None"},{"pk":"S"}]'
OF_CLOSED = '["title","npoints","count_time","start_time","end_time","end_reason","user_name","publisher"]'
SAVED = '["save"]'
SELDOM = '["exit_status","group","is_scan_sequence","sequence_info"]'
STATE = Command("XREVRANGE", "esrf:stream:S", "+", "-", "COUNT", 1)
FIRST_STATES = Command("XRANGE", "esrf:stream:S", "-", "+", "COUNT", 6)
IN_DETAIL = {
    '["title","npoints","count_time"]': b'["ascan samx",11,1]',
    '["start_time"]': b"[]",
    '["end_time"]': b"[]",
    '["end_reason"]': b"[]",
    '["user_name"]': b"[]",
    '["publisher"]': b'["scantui"]',
    '["exit_status"]': b'["success"]',
    '["group"]': b"[]",
    '["is_scan_sequence"]': b"[true]",
    '["sequence_info"]': b'[{"scan_count":3}]',
    SAVED: b"[false]",
}


def values_at(*names: str) -> list[Command]:
    return [Command("JSON.MGET", KEY, "$.info" + each) for each in names]


def first_trip(of_closed: bytes, seldom: bytes) -> tuple[Batch, list[Any]]:
    head = Command("JSON.MGET", KEY, '$["id","state_stream"]')
    asked = Batch([head, *values_at(OF_CLOSED, SELDOM, SAVED), Command("PTTL", KEY)])
    return asked, [[HEAD], [of_closed], [seldom], [b"[]"], -1]


def in_state(number: bytes) -> list[Any]:
    return [[b"7-0", [b"state", number]]]


def test_the_values_of_a_closed_scan_come_with_its_head_and_are_not_read_again() -> None:
    told = b'["ascan samx",11,1,"2024-11-05T09:47:00Z","2024-11-05T09:47:09Z","SUCCESS","opid11","bliss"]'
    (summary,) = converse(load.load_summaries([KEY]), first_trip(told, b"[]"), (Batch([STATE]), [in_state(b"4")]))
    assert isinstance(summary, ScanSummary)
    assert summary.started_ms == 0
    assert (summary.state, summary.state_id, summary.state_stream) == (ScanState.CLOSED, "7-0", "esrf:stream:S")
    assert (summary.title, summary.npoints, summary.count_time, summary.start_time) == (
        "ascan samx",
        11,
        1.0,
        "2024-11-05T09:47:00Z",
    )
    assert (summary.end_time, summary.end_reason, summary.exit_status) == ("2024-11-05T09:47:09Z", "SUCCESS", None)
    assert (summary.user_name, summary.publisher, summary.parent) == ("opid11", "bliss", None)


@pytest.mark.parametrize(
    ("of_closed", "seldom"),
    [
        (b'["ascan samx",11,1,null]', b'["success"]'),
        (b'["ascan samx",11,1,null,null,null,"opid11","bliss"]', b"[]"),
    ],
    ids=["some are missing, which does not show", "no outcome yet"],
)
def test_values_that_are_unclear_or_may_have_changed_are_read_after_the_state(of_closed: bytes, seldom: bytes) -> None:
    (summary,) = converse(
        load.load_summaries([KEY]),
        first_trip(of_closed, seldom),
        (Batch([STATE, *values_at(*IN_DETAIL)]), [in_state(b"2"), *([values] for values in IN_DETAIL.values())]),
    )
    assert isinstance(summary, ScanSummary)
    assert (summary.state, summary.title, summary.npoints) == (ScanState.STARTED, "ascan samx", 11)
    assert (summary.end_reason, summary.exit_status) == (None, "success")
    assert (summary.publisher, summary.parent) == ("scantui", None)
    assert (summary.is_sequence, summary.planned_scans, summary.planned) == (True, 3, 3)
    assert summary.is_saved is False


def test_where_the_writers_times_make_no_sense_the_start_is_asked_of_the_server() -> None:
    info = b'["ascan samx",11,1,"2024-11-02T14:00:00Z","2024-11-05T09:47:09Z","SUCCESS","opid11","bliss"]'
    states = [
        [f"{second}000-0".encode(), [b"state", str(state).encode()]] for second, state in ((1, 0), (2, 2), (9, 4))
    ]
    (summary,) = converse(
        load.load_summaries([KEY]),
        first_trip(info, b"[]"),
        (Batch([FIRST_STATES]), [states]),
    )
    assert isinstance(summary, ScanSummary)
    assert (summary.started_ms, duration(summary, 0)) == (2000, 7)


@pytest.mark.parametrize(
    ("states", "started_ms"),
    [
        ([(ScanState.CREATED, 1), (ScanState.STARTED, 2), (ScanState.CLOSED, 3)], 2),
        ([(ScanState.CREATED, 1), (ScanState.CLOSED, 3)], 1),
        ([(ScanState.PREPARED, 1), (ScanState.CLOSED, 3)], 1),
        ([(ScanState.STARTED, 2)], 2),
        ([(ScanState.STOPPED, 2), (ScanState.CLOSED, 3)], 0),
        ([(ScanState.CLOSED, 3)], 0),
        ([], 0),
    ],
)
def test_without_its_first_states_a_scan_has_no_start(states: list[tuple[ScanState, int]], started_ms: int) -> None:
    assert start_among(states) == started_ms


def test_an_outcome_before_the_end_is_that_of_an_odd_publisher() -> None:
    told = b'["ascan samx",11,1,null,"22:00","SUCCESS","opid11","bliss"]'
    found = converse(load_plain_summaries([KEY]), first_trip(told, b"[]"), (Batch([FIRST_STATES]), [in_state(b"2")]))
    assert found == [None]


def test_where_more_states_follow_the_first_ones_the_last_is_asked_for_alone() -> None:
    told = b'["ascan samx",11,1,null,"22:00","SUCCESS","opid11","bliss"]'
    states = [[f"{second}000-0".encode(), [b"state", b"2"]] for second in range(1, 7)]
    found = converse(load_plain_summaries([KEY]), first_trip(told, b"[]"), (Batch([FIRST_STATES]), [states]))
    assert found == [None]


def test_whoever_may_not_ask_for_many_at_once_gets_them_one_by_one() -> None:
    refused = [*[NotAllowedError("no JSON.MGET")] * 4, -1]
    assert converse(load_plain_summaries([KEY]), (lambda request: isinstance(request, Batch), refused)) == [None]


class CountedConversation:
    """Counts the requests that a driver's conversation carries out."""

    def __init__(self, conversation: Conversation, counts: Counter[str]) -> None:
        self.end = conversation.end
        self._perform = conversation.perform
        self._counts = counts

    def perform(self, request: Request) -> Any:
        self._counts["round trips"] += 1
        return self._perform(request)


class CountedDriver:
    """Laid over the driver of a Redis."""

    def __init__(self, url: str) -> None:
        driver = RedisDriver(ServerAddress.parse(url))
        self.label, self.close, self.drop_idle_connections = driver.label, driver.close, driver.drop_idle_connections
        self.counts: Counter[str] = Counter()
        self._driver = driver

    def converse(self) -> CountedConversation:
        return CountedConversation(self._driver.converse(), self.counts)


def of_the_form() -> tuple[dict[str, Any], dict[str, Any]]:
    """What our own form publishes at the creation of a scan, and at its end."""
    asked = {"name": "ascan", "number": "7", "data_policy": "None", "points": "5", "interval": "0.1", "copies": "1"}
    plan = read_form({**dict.fromkeys(FIELDS, ""), **asked}).plan
    return plan.info, {"end_time": "2026-11-22T07:20:39+00:00", **plan.info_closed, "end_reason": "SUCCESS"}


def of_bliss() -> tuple[dict[str, Any], dict[str, Any]]:
    endings = ("end_time", "end_reason")
    created = {name: value for name, value in INFO.items() if name not in (*endings, "exit_status", "group")}
    return created, {name: INFO[name] for name in endings}


def of_bluesky() -> tuple[dict[str, Any], dict[str, Any]]:
    created = {name: INFO[name] for name in ("title", "npoints", "count_time", "start_time")}
    return created, {"exit_status": "success", "num_events": 5}


@pytest.mark.parametrize("publisher", [of_the_form, of_bliss, of_bluesky])
def test_a_scan_takes_two_round_trips_and_one_more_where_only_the_server_knows_its_start(
    store_url: str, publisher: Callable[[], tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    created, closed = publisher()
    driver = CountedDriver(store_url)
    with DataStore(driver) as store:
        scan = store.create_scan(IDENTITY, created)
        for state in (None, ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED, ScanState.CLOSED):
            if state:
                scan = store.advance_scan(scan, state, closed if state is ScanState.CLOSED else None)
            driver.counts.clear()
            (summary,) = store.load_summaries([scan.key])
            assert isinstance(summary, ScanSummary)
            assert (summary.state, summary.title) == (scan.state, created["title"])
            assert summary.publisher == created.get("publisher")
            assert driver.counts["round trips"] == (3 if summary.started_ms else 2)
            assert not (summary.is_open and summary.started_ms) or state is ScanState.STOPPED
