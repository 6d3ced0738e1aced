"""The details of a scan as lines."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from rich.text import Text

from scantui.models import ScanState
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.tui.widgets.detail_info import INFO, info_lines
from scantui.tui.widgets.detail_lines import detail_lines
from scantui.tui.widgets.wrapping import wrapped
from tests.tui.scans_in_detail import PARENT, STATES, details
from tests.tui.scenes import NOW_MS, key_of


def plain(shown: ScanDetails, now_ms: int = NOW_MS, **options: Any) -> list[str]:
    return [line.text.plain.replace("\u00a0", " ").rstrip() for line in detail_lines(shown, now_ms, **options)]


def field(lines: list[str], label: str) -> str:
    """What stands behind a label."""
    (line,) = [line for line in lines if line.startswith(f"{label} ")]
    return line.removeprefix(label).strip()


def test_what_matters_stands_first() -> None:
    lines = plain(details(end_reason="SUCCESS", session="id11", dataset="s_1", hdf5_path="/data/s.h5"))
    assert lines[0] == "DONE  42 ascan samx 0 1 40 0.1"
    assert plain(details(), server="id15")[0] == "END   42 id15 ascan samx 0 1 40 0.1"
    assert field(lines, "started").endswith("(2m ago) by opid11")
    assert field(lines, "ended").endswith("after 1:00: SUCCESS")
    assert field(lines, "file") == "/data/s.h5"
    assert field(lines, "scan") == "ascan · session id11 · dataset s_1 · data policy ESRF"
    assert field(lines, "key") == details().scan.key


def test_a_running_scan_tells_for_how_long_and_a_closed_one_how_it_ended() -> None:
    running = plain(details(state=ScanState.STARTED, ran=0))
    assert (running[0][:4], field(running, "runs for")) == ("RUN ", "2:00")
    assert not any(line.startswith("ended") for line in running)
    assert field(plain(details()), "ended").endswith("after 1:00, outcome unknown")
    assert plain(details(state=ScanState.STARTED), word="STALL")[0].startswith("STALL 42")


def test_an_open_scan_shows_how_far_it_is_as_its_row_does() -> None:
    silent = plain(details(state=ScanState.STARTED), word="STALL", progress="29% quiet 12m")
    assert field(silent, "progress") == "29% quiet 12m"
    assert not any(line.startswith("progress") for line in plain(details(), progress="6/21"))


def test_without_the_servers_clock_nothing_is_said_that_needs_it() -> None:
    came = ((ScanState.CREATED, NOW_MS - 120_000), (ScanState.STARTED, NOW_MS - 119_000))
    lines = plain(details(state=ScanState.STARTED, transitions=came), 0)
    assert "ago" not in field(lines, "started")
    assert not any(line.startswith("runs for") for line in lines)
    assert field(lines, "states") == "NEW 1.0 s > RUN"


def test_the_states_tell_how_long_each_lasted() -> None:
    came = tuple(zip(STATES, (0, 120, 125, 118_125, 118_130), strict=True))
    transitions = tuple((state, NOW_MS - 200_000 + ms) for state, ms in came)
    closed_again = (*transitions, (ScanState.CLOSED, NOW_MS))
    expected = "NEW 120 ms > PREP 5 ms > RUN 1:58 > STOP 5 ms > FAIL"
    for states in (transitions, closed_again):
        assert field(plain(details(transitions=states, end_reason="FAILURE")), "states") == expected
    running = plain(details(transitions=transitions[:3], state=ScanState.STARTED), NOW_MS)
    assert field(running, "states") == "NEW 120 ms > PREP 5 ms > RUN 3:19"


def test_streams_show_their_length_and_their_last_values() -> None:
    streams = (
        StreamTail(name="axis:samx", kind="numeric", dtype="<f8", length=40, sealed=True, last=(0.1, 1 / 3, 1e-20)),
        StreamTail(name="mca", kind="numeric", dtype="<u4", shape=(1024,), length=8),
        StreamTail(name="image", kind="numeric", dtype="<u2", shape=(2, -1)),
        StreamTail(name="a_controller_of_so_long_a_name:diode", kind="json", problem="cannot be read"),
        StreamTail(name="z", kind="numeric", dtype="<c8", length=2, sealed=True, last=(True, 1 + 2j)),
    )
    lines = plain(details(streams=streams, more_streams=1234, npoints=40))
    start = lines.index("streams   1239, 40 points planned")
    assert lines[start + 1 : -1] == [
        "  axis:samx                            40  <f8  0.1 0.333333 1e-20",
        "  mca                                   8  <u4[1024]  not sealed",
        "  image                                 -  <u2[2xfree]",
        "  …troller_of_so_long_a_name:diode      -  json  cannot be read",
        "  z                                     2  <c8  True 1+2j",
        "  … 1 234 more",
    ]


def test_links_lead_to_the_sequence_and_to_its_scans_newest_first() -> None:
    keys = (key_of(NOW_MS, 1), key_of(NOW_MS, 2))
    shown = details(parent=PARENT, sub_scans=keys, sub_scan_count=1300)
    lines = detail_lines(shown, NOW_MS, name_of=lambda key: "RUN 8 ct" if key == keys[1] else "")
    assert [line.opens for line in lines if line.opens] == [PARENT, *reversed(keys)]
    texts = [line.text.plain.strip() for line in lines]
    assert field(texts, "parent") == PARENT
    start = texts.index("sub-scans 1 300, the last 2:")
    assert texts[start + 1 : start + 3] == ["RUN   8 ct", keys[0]]


def test_sub_scans_are_rows_with_columns() -> None:
    keys = (key_of(NOW_MS, 1), key_of(NOW_MS, 2))
    names = {keys[0]: "DONE 8 ascan samx 0 1", keys[1]: "FAIL 112 ct 0.1"}
    figures = {keys[0]: "   0:36  41/41", keys[1]: "1:02:36  6/21"}
    lines = detail_lines(
        details(sub_scans=keys, sub_scan_count=2), NOW_MS, "", names.__getitem__, "", lambda key: figures[key]
    )
    assert [line.text.plain for line in lines if line.opens] == [
        "          FAIL  112 ct 0.1          1:02:36  6/21",
        "          DONE    8 ascan samx 0 1     0:36  41/41",
    ]


@pytest.mark.parametrize("ms", [2**64 - 1, 2**48 - 1, 1])
def test_times_that_no_calendar_has_spoil_nothing(ms: int) -> None:
    shown = details(transitions=((ScanState.CREATED, ms), (ScanState.CLOSED, ms)))
    summary = shown.summary.replaced(created_ms=ms, state_id=f"{ms}-0", start_time="x", end_time="9")
    assert plain(msgspec.structs.replace(shown, summary=summary))


def test_info_is_unfolded_node_by_node() -> None:
    class Untouched(dict[str, Any]):
        def items(self) -> Any:
            raise AssertionError("nobody unfolded this")

    info: dict[str, Any] = {
        "a": 1,
        "t": True,
        "n": None,
        "s": "x",
        "few": [1, "b"],
        "{}": {},
        "deep": Untouched(x=1),
        "many": [0] * 9,
    }

    def texts(*unfolded: tuple[str | int, ...]) -> list[str]:
        return [line.text.plain for line in info_lines(info, dict.fromkeys(unfolded, 5))]

    assert texts() == ["▸ info  {8}"]
    assert texts(INFO) == [
        "▾ info  {8}",
        "    a: 1",
        "    t: true",
        "    n: null",
        "    s: x",
        '    few: [1, "b"]',
        "  … 3 more",
    ]
    lines = info_lines(info, {INFO: 200, (*INFO, "many"): 5})
    assert [line.text.plain for line in lines[6:]] == [
        "    {}: {}",
        "  ▸ deep  {1}",
        "  ▾ many  [9]",
        *(f"      {index}: 0" for index in range(5)),
        "    … 4 more",
    ]
    assert len({line.place for line in lines}) == len(lines)


@pytest.mark.parametrize(("end_reason", "why"), [("FAILURE", "6/21, i0 3 behind"), ("SUCCESS", "")])
def test_a_problem_shows_how_far_it_came_and_what_is_behind(end_reason: str, why: str) -> None:
    streams = tuple(
        StreamTail(name=name, kind="numeric", dtype="<f8", length=length) for name, length in (("samx", 6), ("i0", 3))
    )
    lines = plain(details(end_reason=end_reason, npoints=21, streams=streams))
    assert [line for line in lines if line.startswith("why")] == ([f"why       {why}"] if why else [])


def test_a_note_stands_with_what_matters() -> None:
    assert field(plain(details(), note="BAD wrong filter"), "note") == "BAD wrong filter"


@pytest.mark.parametrize(
    ("held_back", "shown"), [(0, ""), (4096, "  …"), (80_000_000, "  too large to be read: 80.0 MB")]
)
def test_a_stream_that_has_yet_to_be_read_is_not_called_too_large(held_back: int, shown: str) -> None:
    lines = plain(details(streams=(StreamTail(name="mca", dtype="<u4", held_back=held_back),)))
    assert lines[-2] == f"  mca      -  <u4{shown}"


def test_a_path_that_is_too_long_is_broken_between_its_parts() -> None:
    path = Text("file      /data/visitor/hc5432/id99/20261126/RAW_DATA/meteorite_A12/meteorite_A12_sample_0001/a.h5")
    assert [row.plain for row in wrapped(path, 10, 79)] == [
        "file      /data/visitor/hc5432/id99/20261126/RAW_DATA/meteorite_A12",
        "          /meteorite_A12_sample_0001/a.h5",
    ]
