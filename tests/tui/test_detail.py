"""The details of a scan as lines, and the pane that shows them: hostile texts, huge info, folds, links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from scantui.models import Scan, ScanIdentity, ScanState
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.text import printable
from scantui.tui.messages import OpenScan
from scantui.tui.widgets.detail import DetailPane
from scantui.tui.widgets.detail_info import INFO, info_lines
from scantui.tui.widgets.detail_lines import detail_lines
from tests.tui.scenes import NOW_MS, SIZE, key_of, row

HOSTILE = "\x1b]0;x\x07[/][@click=app.quit]a[/] [red]\x9b31m\u202eb\u2028\x00\t:smile:\u200b\n]\U000e0100"
PARENT, CHILD = key_of(NOW_MS - 900_000, 7), key_of(NOW_MS - 300_000, 8)
STATES = tuple(ScanState)


def details(**fields: Any) -> ScanDetails:
    """A closed scan that ran for a minute, with what a test has to say of it."""
    info = fields.pop("info", {})
    of_details = {name: fields.pop(name) for name in ScanDetails.__struct_fields__ if name in fields}
    summary = row(42, **{"age": 120, "ran": 60, "title": "ascan samx 0 1 40 0.1", "user_name": "opid11", **fields})
    identity = summary.identity or ScanIdentity(name="?", number=0)
    state = summary.state or ScanState.CREATED
    scan = Scan(key=summary.key, state=state, identity=identity, info=info, state_id=summary.state_id)
    return ScanDetails(scan=scan, summary=summary, **of_details)


def plain(shown: ScanDetails, now_ms: int = NOW_MS, **options: Any) -> list[str]:
    return [line.text.plain.rstrip() for line in detail_lines(shown, now_ms, **options)]


def field(lines: list[str], label: str) -> str:
    """What stands behind a label."""
    (line,) = [line for line in lines if line.startswith(f"{label} ")]
    return line.removeprefix(label).strip()


# Lines


def test_what_matters_stands_first() -> None:
    lines = plain(details(end_reason="SUCCESS", session="id11", dataset="s_1", hdf5_path="/data/s.h5"))
    assert lines[0] == "DONE  42 ascan samx 0 1 40 0.1"
    assert field(lines, "started").endswith("(2m ago) by opid11")
    assert field(lines, "ended").endswith("after 1:00: SUCCESS")
    assert field(lines, "file") == "/data/s.h5"
    assert field(lines, "scan") == "ascan · session id11 · dataset s_1 · data policy ESRF"
    assert field(lines, "key") == details().scan.key


def test_a_running_scan_tells_for_how_long_and_a_closed_one_how_it_ended() -> None:
    running = plain(details(state=ScanState.STARTED, ran=0))
    assert (running[0][:4], field(running, "runs for")) == ("RUN ", "2:00")
    assert not any(line.startswith("ended") for line in running)
    assert field(plain(details()), "ended").endswith("after 1:00, nothing says how")
    assert plain(details(state=ScanState.STARTED), word="STALL")[0].startswith("STALL 42")


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
    assert lines[start + 1 :] == [
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
    assert texts[start + 1 : start + 3] == ["RUN 8 ct", keys[0]]


@pytest.mark.parametrize("ms", [2**64 - 1, 2**48 - 1, 1])
def test_times_that_no_calendar_has_spoil_nothing(ms: int) -> None:
    shown = details(transitions=((ScanState.CREATED, ms), (ScanState.CLOSED, ms)))
    summary = msgspec.structs.replace(shown.summary, created_ms=ms, state_id=f"{ms}-0", start_time="x", end_time="9")
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


# The pane


class NotedPane(DetailPane):
    """Notes which of its lines it paints anew, one by one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.painted: list[int] = []

    def refresh_line(self, y: int) -> None:
        self.painted.append(y)
        super().refresh_line(y)


class Host(App[None]):
    """Holds a pane, and notes which scans it asks to open."""

    CSS = "NotedPane { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.pane = NotedPane(name_of=lambda key: HOSTILE if key == PARENT else "")
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_open_scan(self, message: OpenScan) -> None:
        self.opened.append(message.key)


@asynccontextmanager
async def pane_with(content: ScanDetails | str | None, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        await show(pilot, content)
        yield pilot


def host(pilot: Pilot[None]) -> Host:
    assert isinstance(pilot.app, Host)
    return pilot.app


async def show(pilot: Pilot[None], content: ScanDetails | str | None, now_ms: int = NOW_MS) -> None:
    host(pilot).pane.show(content, now_ms)
    await pilot.pause()


def screen(pilot: Pilot[None]) -> list[str]:
    """What stands in the pane, without its scroll bar."""
    width = pilot.app.size.width - 1
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in strips]


def under_cursor(pilot: Pilot[None]) -> str:
    """What is shown in reverse, the scroll bar left out."""
    strips = [strip.crop(0, pilot.app.size.width - 1) for strip in pilot.app.screen._compositor.render_strips()]
    reversed_parts = [
        "".join(segment.text for segment in strip if segment.style and segment.style.reverse) for strip in strips
    ]
    return "\n".join(part.rstrip() for part in reversed_parts).strip()


async def test_the_pane_shows_a_scan_a_problem_or_nothing() -> None:
    async with pane_with(details(end_reason="SUCCESS")) as pilot:
        assert screen(pilot)[0] == "DONE  42 ascan samx 0 1 40 0.1"
        assert under_cursor(pilot) == screen(pilot)[0]
        await show(pilot, f"cannot be read: {HOSTILE}")
        assert screen(pilot)[0].startswith("cannot be read: ␛]0;x␇[/][@click=app.quit]a[/] [red]")
        await show(pilot, None)
        assert not any(screen(pilot))
        await pilot.press("enter", "space", "j", "k", "pagedown", "pageup", "g", "G")
        assert not any(screen(pilot))


async def test_what_is_shown_before_the_pane_is_on_the_screen_is_seen_then() -> None:
    app = Host()
    app.pane.show(details(), NOW_MS)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert screen(pilot)[0] == "END   42 ascan samx 0 1 40 0.1"


async def test_a_hostile_text_is_shown_and_not_obeyed() -> None:
    streams = (StreamTail(name=HOSTILE, kind="numeric", dtype=HOSTILE, problem=HOSTILE, last=(1,)),)
    fields = dict.fromkeys(("title", "user_name", "end_reason", "name", "session", "dataset", "hdf5_path"), HOSTILE)
    info = {HOSTILE: HOSTILE, "list": [HOSTILE], "long": HOSTILE * 20}
    shown = details(**fields, parent=PARENT, streams=streams, info=info)
    async with pane_with(shown, (100, 60)) as pilot:
        await pilot.press("G", "enter", "G", "enter", "G")
        text = "\n".join(screen(pilot))
        assert all(printable(line) == line for line in screen(pilot))
        # Each text is shown as it is: in 7 fields, a link, 3 parts of a stream and a key and a value of info at least.
        assert text.replace("\n", "").replace(" ", "").count("[@click=app.quit]a[/][red]") >= 13
        assert pilot.app.is_running


async def test_a_megabyte_of_info_opens_with_what_is_seen_of_it() -> None:
    info = {f"key{index}": {"value": index} for index in range(100_000)}
    async with pane_with(details(info={"big": info, "text": "x" * 2**20})) as pilot:
        pane = host(pilot).pane
        closed = pane.virtual_size.height
        await pilot.press("G", "enter", "j", "enter")
        assert under_cursor(pilot) == "▾ big  {100 000}"
        # Two nodes of info, 200 of its keys and how many more there are.
        assert pane.virtual_size.height == closed + 2 + 201
        await pilot.press("G", "k")
        assert under_cursor(pilot) == "… 99 800 more"
        await pilot.press("enter")
        assert under_cursor(pilot) == "… 99 600 more"
        assert pane.virtual_size.height == closed + 2 + 401
        await pilot.press("G", "enter", "j")
        assert len(under_cursor(pilot).replace("\n", "").replace(" ", "")) < 4097


async def test_a_refresh_keeps_the_folds_the_cursor_and_the_place_on_the_screen() -> None:
    info = {"a": {str(index): index for index in range(100)}, "b": 1}
    before = details(info=info, sub_scans=(CHILD,), sub_scan_count=1)
    async with pane_with(before) as pilot:
        pane = host(pilot).pane
        await pilot.press("G", "space", "j", "space", "pagedown")
        seen, cursor, top = screen(pilot), under_cursor(pilot), pane.scroll_offset.y
        assert (cursor, top > 0) == ("22: 22", True)
        await show(pilot, before, NOW_MS + 5000)
        assert (screen(pilot), under_cursor(pilot), pane.scroll_offset.y) == (seen, cursor, top)
        more = msgspec.structs.replace(before, sub_scans=(CHILD, key_of(NOW_MS), key_of(NOW_MS, 1)), sub_scan_count=3)
        await show(pilot, more)
        assert (screen(pilot), under_cursor(pilot), pane.scroll_offset.y) == (seen, cursor, top + 2)
        await show(pilot, details(info={"a": {"0": 0}}))
        assert under_cursor(pilot) == "0: 0"


async def test_another_scan_is_shown_from_its_top_with_the_same_folds() -> None:
    first = details(info={"a": 1})
    second = details(age=99, info={"a": 2}, title="another")
    async with pane_with(first) as pilot:
        await pilot.press("G", "space", "G")
        assert under_cursor(pilot) == "a: 1"
        await show(pilot, second)
        assert under_cursor(pilot) == screen(pilot)[0] == "END   42 ascan: another"
        assert "    a: 2" in screen(pilot)


async def test_links_are_opened_with_enter_and_nothing_else_is() -> None:
    shown = details(parent=PARENT, sub_scans=(CHILD, key_of(NOW_MS)), sub_scan_count=2)
    async with pane_with(shown) as pilot:
        for _ in range(11):
            await pilot.press("enter", "j", "space")
        assert host(pilot).opened == [PARENT, key_of(NOW_MS), CHILD]


async def test_space_left_and_right_fold_and_unfold() -> None:
    async with pane_with(details(info={"a": 1})) as pilot:
        await pilot.press("G", "l", "right")
        assert under_cursor(pilot) == "▾ info  {1}"
        await pilot.press("h", "left")
        assert under_cursor(pilot) == "▸ info  {1}"
        await pilot.press("space")
        assert screen(pilot)[-1] == "" and "    a: 1" in screen(pilot)


async def test_long_lines_go_on_below_and_follow_the_width() -> None:
    path = "/data/" + "visitor/" * 20 + "é日本.h5"
    async with pane_with(details(hdf5_path=path)) as pilot:
        for width in (80, 40, 20, 12):
            await pilot.resize_terminal(width, 60)
            await pilot.pause()
            lines = screen(pilot)
            start = next(index for index, line in enumerate(lines) if line.startswith("file"))
            indent = min(10, (width - 1) // 2)
            rest = [line[indent:] for line in lines[start + 1 :] if line.startswith(" " * indent)]
            assert "".join([lines[start], *rest]).replace(" ", "").startswith(f"file{path}")


async def test_lines_are_broken_between_words() -> None:
    async with pane_with(details(hdf5_path="one two three " + "four" * 20)) as pilot:
        await pilot.resize_terminal(24, 30)
        await pilot.pause()
        lines = screen(pilot)
        start = next(index for index, line in enumerate(lines) if line.startswith("file"))
        assert lines[start].rstrip() == "file      one two"
        assert lines[start + 1].split()[0] == "three"


async def test_pages_and_ends_are_reached_by_key() -> None:
    streams = tuple(StreamTail(name=f"s{index}", kind="numeric", dtype="<f8", length=1) for index in range(100))
    async with pane_with(details(streams=streams, info={"a": 1})) as pilot:
        pane = host(pilot).pane
        await pilot.press("pagedown", "pagedown")
        assert pane.scroll_offset.y > 20
        assert under_cursor(pilot).startswith("s")
        await pilot.press("end")
        assert under_cursor(pilot) == "▸ info  {1}"
        await pilot.press("pageup", "home")
        assert (under_cursor(pilot)[:3], pane.scroll_offset.y) == ("END", 0)


async def test_without_focus_no_line_is_marked() -> None:
    async with pane_with(details()) as pilot:
        assert under_cursor(pilot)
        pilot.app.set_focus(None)
        await pilot.pause()
        assert not under_cursor(pilot)


async def test_a_tick_of_the_clock_repaints_the_lines_that_show_it() -> None:
    async with pane_with(details(state=ScanState.STARTED)) as pilot:
        painted = host(pilot).pane.painted
        painted.clear()
        await show(pilot, details(state=ScanState.STARTED), NOW_MS + 1000)
        assert [screen(pilot)[y].split()[0] for y in painted] == ["runs"]
