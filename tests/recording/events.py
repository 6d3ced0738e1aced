"""Hypothesis strategies for events with any texts, and their equality."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scantui.exceptions import ConnectionFailed, LoginError, NotInitialisedError, StoreError
from scantui.feed import (
    Changed,
    Connected,
    Connecting,
    Created,
    Event,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
    PlayedEvent,
    Progress,
)
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.recording.format import Moment
from scantui.recording.stand_in import recorded_store
from tests.tui.scenes import key_of

# What a terminal would obey, what JSON and lines could stumble over, what Python reads as a line's end.
HOSTILE = [
    "",
    "\x1b]52;c;aGk=\x07",
    "a\nb\r\x85\u2028c",
    '{"event":"beat"}',
    "\x00",
    "[/]",
    "é日本\U0001f600",
    "\u202e",
    "=",
]
texts = st.sampled_from(HOSTILE) | st.text()
maybe = st.none() | texts
keys = st.integers(0, 2**40).map(key_of) | texts
numbers = st.integers(-(2**70), 2**70)
seconds = st.floats(0, 1e9)
identities = st.builds(ScanIdentity, name=texts, number=numbers, data_policy=maybe, session=maybe, path=maybe)
rows = st.builds(
    ScanSummary,
    key=keys,
    state=st.none() | st.sampled_from(ScanState),
    identity=st.none() | identities,
    problem=texts,
    state_stream=texts,
    created_ms=st.integers(0, 2**48),
    title=maybe,
    npoints=st.none() | numbers,
    count_time=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    start_time=maybe,
    end_reason=st.sampled_from(["SUCCESS", "FAILURE", None]) | texts,
    user_name=maybe,
    parent=st.none() | keys,
)
errors = st.builds(
    lambda kind, text: kind(text),
    st.sampled_from([StoreError, ConnectionFailed, LoginError, NotInitialisedError]),
    texts,
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Connecting, attempt=st.integers(1, 99)),
    st.builds(lambda total: Connected(recorded_store(), total), st.integers(0, 10**6)),
    st.builds(Loaded, rows=st.lists(rows, max_size=3), remaining=st.integers(0, 10**6)),
    st.builds(Created, rows=st.lists(rows, max_size=3)),
    st.builds(Changed, rows=st.lists(rows, max_size=3)),
    st.builds(Gone, keys=st.lists(keys, max_size=3)),
    st.builds(Heartbeat, server_ms=st.integers(0, 2**48), ahead_ms=st.integers(-(10**9), 10**9)),
    st.builds(Progress, points=st.dictionaries(keys, st.integers(0, 10**9), max_size=3)),
    st.builds(Lost, error=errors, attempt=st.integers(1, 99), retry_in=seconds),
)
moments = st.builds(Moment, at=st.integers(0, 10**9).map(lambda ms: ms / 1000), event=events)


def same(event: PlayedEvent) -> Any:
    """A value that is equal for equal events: stores and errors compare by identity."""
    if isinstance(event, Connected):
        return Connected, event.total
    if isinstance(event, Lost):
        return Lost, type(event.error), str(event.error), event.attempt, event.retry_in
    return event
