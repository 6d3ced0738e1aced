"""The pane of differences on the screen: what differs, all of it with =, and why there is nothing to compare."""

from __future__ import annotations

from typing import Any, cast

from scantui.exceptions import ScanNotFoundError
from scantui.models import Scan, ScanIdentity, ScanState
from scantui.store import AsyncDataStore
from scantui.tui.widgets.differences_pane import DifferencesPane
from tests.tui.pilots import lines, monitor_of, until, watching
from tests.tui.scenes import StillStore, night_feed


class TwoScans(StillStore):
    """A store in which each scan has its own count time and number; `is_empty` has none."""

    def __init__(self, is_empty: bool = False) -> None:
        self._is_empty = is_empty

    async def load_scan(self, key: str) -> Scan:
        if self._is_empty:
            raise ScanNotFoundError(f"no scan {key}")
        number = int(key[-2:], 36)
        info: dict[str, Any] = {"count_time": float(number), "scan_nb": number, "title": "ascan samx 0 1"}
        return Scan(key=key, state=ScanState.CLOSED, identity=ScanIdentity(name="ascan", number=number), info=info)


async def compared(store: TwoScans) -> tuple[str, str]:
    """What the pane shows of two marked scans, at first and after `=`."""
    async with watching(night_feed()) as pilot:
        monitor = monitor_of(pilot)
        monitor.servers.of(None).store = cast(AsyncDataStore, store)
        await pilot.press("g", "space", "space", "d")
        pane = monitor.panes.pane
        assert isinstance(pane, DifferencesPane)
        await until(pilot, lambda: pane.lines[:1] != [] and "Loading" not in pane.lines[0].text)
        first = "\n".join(line.text for line in pane.lines)
        await pilot.press("equals_sign")
        await pilot.pause()
        assert pane.lines[0].text[:20] in "\n".join(lines(pilot))
        return first, "\n".join(line.text for line in pane.lines)


async def test_two_marked_scans_show_what_differs_and_with_a_key_all() -> None:
    first, everything = await compared(TwoScans())
    assert "count_time" in first
    assert "scan_nb" not in first
    assert "scan_nb" in everything


async def test_a_scan_that_is_gone_is_named() -> None:
    first, _ = await compared(TwoScans(is_empty=True))
    assert first.startswith("no scan esrf:scan:")
