"""What a row packs comes out again to the letter, whatever it is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board
from scantui.models import Origin, ScanIdentity, ScanState, ScanSummary
from scantui.packing import (
    Details,
    created_ms_in,
    noted_span,
    number_in,
    packed,
    started_ms_in,
    state_ms_in,
    timetag_in,
    unpacked,
)
from scantui.store.wire.ulid import new_ulid

NOW_MS = 1_790_000_000_000
ids = st.builds("{}-{}".format, st.integers(0, 2**48) | st.integers(NOW_MS - 5000, NOW_MS + 5000), st.integers(0, 300))
moments_ms = st.integers(0, 2**48) | st.integers(NOW_MS - 10**6, NOW_MS + 10**6)
zones = st.none() | st.integers(-95, 95).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
written = st.builds(
    lambda when, zone, spec: when.replace(tzinfo=zone).isoformat(timespec=spec),
    st.datetimes(datetime(2026, 9, 20), datetime(2026, 9, 23)),
    zones,
    st.sampled_from(["auto", "milliseconds", "microseconds", "seconds", "minutes"]),
)
noted_times = st.none() | written | written.map(lambda text: text.replace("+00:00", "Z")) | st.text()
details = st.builds(
    Details,
    number=st.integers(-(2**40), 2**40),
    state_stream=st.text() | st.just("") | st.just(NOW_MS / 1000).map(lambda s: f"esrf:stream:{new_ulid(s)}"),
    state_id=ids,
    started_ms=moments_ms,
    created_ms=moments_ms,
    start_time=noted_times,
    end_time=noted_times,
    timetag=ids | st.just(""),
    placed_ms=moments_ms,
)


@given(details)
def test_what_was_packed_comes_out_again(kept: Details) -> None:
    assert unpacked(packed(kept)) == kept


@given(details)
def test_each_part_is_read_alone_as_with_all_others(kept: Details) -> None:
    small = packed(kept)
    assert number_in(small) == kept.number
    assert created_ms_in(small) == kept.created_ms
    assert started_ms_in(small) == kept.started_ms
    assert state_ms_in(small) == int(kept.state_id.partition("-")[0])
    placed = timetag_in(small)
    assert (f"{placed[0]}-{placed[1]}" if placed else "") == kept.timetag
    assert noted_span(small) == noted_span(kept)


@pytest.mark.parametrize("timetag", ["", f"{NOW_MS}-12"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-09-21T14:13:20.123456+02:00", "2026-09-21T14:14:20+02:00"),
        ("2026-09-21T14:13:20.123+02:00", "2026-09-21T14:14:20.000+02:00"),
        ("2026-09-21T14:13:20", None),
        (None, None),
    ],
)
def test_what_publishers_write_takes_few_bytes(start: str | None, end: str | None, timetag: str) -> None:
    stream = "esrf:stream:01M3250V0028T5CY4TQKFF04HM"
    small = packed(Details(7, stream, f"{NOW_MS + 60_000}-1", NOW_MS + 500, NOW_MS, start, end, timetag))
    assert isinstance(small, bytes)
    assert len(small) <= 55


def test_rows_share_what_they_have_in_common() -> None:
    def row(number: int) -> ScanSummary:
        identity = ScanIdentity(name="ascan", number=number, dataset="".join(["s", "1"]))
        return ScanSummary(key=f"esrf:scan:{number}", state=ScanState.CLOSED, identity=identity, user_name="opid11")

    first, second = row(1), row(2)
    assert first.numberless is second.numberless
    assert (first.identity, second.identity) == (row(1).identity, row(2).identity)
    assert (first.number, second.number) == (1, 2)
    assert first == row(1) != second
    assert hash(first) == hash(row(1))


@given(details)
def test_a_row_is_the_same_when_it_is_packed(kept: Details) -> None:
    fields = {name: value for name, value in msgspec.structs.asdict(kept).items() if name != "number"}
    identity = ScanIdentity(name="ascan", number=kept.number)
    row, small = (ScanSummary(key="a", identity=identity, **fields) for _ in range(2))
    small.pack()
    assert (small, hash(small), small.fields()) == (row, hash(row), row.fields())
    assert (small.rank, small.born_ms, small.state_ms, small.noted_span) == (
        row.rank,
        row.born_ms,
        row.state_ms,
        row.noted_span,
    )


def test_the_rows_of_a_board_are_packed() -> None:
    row = ScanSummary(key="a", created_ms=NOW_MS, start_time="2026-09-21T14:13:20+00:00")
    Board().put([row])
    assert isinstance(row._details, bytes)


def test_a_row_does_not_change_but_its_copy() -> None:
    row = ScanSummary(key="a", title="ascan", origin=Origin("id11"), timetag="5-1")
    with pytest.raises(AttributeError, match="does not change"):
        row.title = "dscan"
    other = row.replaced(title="dscan")
    assert (row.title, other.title, other.fields()) == ("ascan", "dscan", {**row.fields(), "title": "dscan"})
    assert repr(row).startswith("ScanSummary(key='a', state=None, identity=None")


def test_a_row_that_goes_on_is_not_packed() -> None:
    row = ScanSummary(key="a", state=ScanState.STARTED, created_ms=NOW_MS)
    row.pack()
    assert isinstance(row._details, Details)
