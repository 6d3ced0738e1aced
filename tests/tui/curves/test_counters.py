"""The details list the counters of a scan with their values and a small curve."""

from __future__ import annotations

from array import array

import msgspec

from scantui.curves.choice import choose
from scantui.curves.glyphs import ASCII, BLOCKS
from scantui.feed import Heartbeat, Loaded
from scantui.models import ScanState
from scantui.store.operations.details import ScanDetails
from scantui.tui.curves.counters import ScanCounters
from scantui.tui.curves.messages import PointsCame, SamplesCame, ScanRead
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.widgets.detail_counters import counter_lines
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, PointStore, points_of, scan_of
from tests.tui.pilots import lines, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, beamline_rows, connected, running_scan

CHANNELS = {
    DIODE: {"display_name": "diode\x1b[2J", "unit": "A", "decimals": 2},
    "timer:epoch": {"display_name": "epoch", "unit": "s"},
}


def sight_of(**numbers: list[float]) -> ScanSight:
    scan = scan_of(DIODE, IT, "timer:epoch", channels=CHANNELS)
    choice = msgspec.structs.replace(choose(scan.info, scan.streams), counters=("timer:epoch", DIODE, IT))
    sight = ScanSight(scan.key, choice, 19)
    names = {"diode": DIODE, "it": IT, "epoch": "timer:epoch"}
    sight.take_in(PointsCame(1, scan.key, [points_of(names[name], values) for name, values in numbers.items()]))
    return sight


def test_each_counter_has_its_unit_its_decimals_and_its_curve() -> None:
    shown = [line.text.plain for line in counter_lines(sight_of(diode=[0.0, 1.0, 0.5], epoch=[1.0, 2.0]), BLOCKS)]
    assert shown[0].split() == ["counters", "last", "min", "mean", "max"]
    name, last, unit, *numbers, line = shown[2].split()
    assert (name, last, unit, numbers, line) == ("diode␛[2J", "0.50", "A", ["0.00", "0.50", "1.00"], "▁█▅")
    epoch = shown[1].split()
    assert epoch[0] == "epoch"
    assert all(text.count(":") == 2 for text in epoch[1:5])
    assert len(shown) == 3


def test_counters_without_a_number_and_samples_say_so() -> None:
    assert counter_lines(sight_of(), BLOCKS) == []
    sight = sight_of(it=[float("nan")])
    sight.take_in(SamplesCame(1, RUNNING, DIODE, array("d", range(10)), 7))
    shown = [line.text.plain for line in counter_lines(sight, ASCII)]
    assert shown[1].endswith("1 in 7 points")
    assert shown[2].split() == ["it", "nan", "-", "-", "-"]
    assert all(line.isascii() for line in shown)


def test_counters_are_read_anew_with_another_state_or_scan() -> None:
    counters, scan = ScanCounters(), scan_of(DIODE)
    assert counters.is_new(scan)
    assert not counters.is_new(scan)
    assert counters.is_new(msgspec.structs.replace(scan, state_id="7-0"))
    choice = choose(scan.info, scan.streams)
    assert not counters.take_in(ScanRead(1, scan, choice))
    assert counters.take_in(ScanRead(0, scan, choice))
    assert counters.sight is not None
    assert counters.is_new(msgspec.structs.replace(scan, key="esrf:scan:OTHER"))
    assert counters.sight is None


class DetailedStore(PointStore):
    """A store whose details are of the scan with the points."""

    async def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        return msgspec.structs.replace(running_scan(), scan=self.scan)


async def test_the_details_of_a_running_scan_follow_its_counters() -> None:
    store = DetailedStore(scan_of(SAMX, DIODE), samx=[0.0, 1.0], diode=[5.0, 7.0])
    rows = beamline_rows()[:-1]
    feed = ScriptedFeed(connected(len(rows), store), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))
    async with watching(feed, (80, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: any(line.split()[:3] == ["diode", "7", "5"] for line in lines(pilot)))
        store.add(DIODE, 9.0)
        await until(pilot, lambda: any(line.split()[:3] == ["diode", "9", "5"] for line in lines(pilot)))
        assert ("load_scan", RUNNING) not in store.asked
        assert store.scan.state is ScanState.STARTED
