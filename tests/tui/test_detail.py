"""The pane that shows the details: hostile texts, huge info, folds, links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from scantui.models import ScanState
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.text import printable
from scantui.tui.messages import OpenScan
from scantui.tui.widgets.detail import DetailPane
from tests.tui.scans_in_detail import CHILD, HOSTILE, PARENT, details
from tests.tui.scenes import NOW_MS, SIZE, key_of

# Lines


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
