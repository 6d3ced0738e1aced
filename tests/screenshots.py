"""The pictures of the documentation, made by the program itself: `python -m tests.screenshots [--check]`.

With --check nothing is written; it fails when a picture is not the one that the program makes today.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from scantui.curves.choice import choose
from scantui.tui.app import ScanTuiApp
from scantui.tui.curves.messages import PointsCame, ScanRead
from scantui.tui.messages import DetailsLoaded
from scantui.tui.widgets.detail import DetailPane
from tests.moving_picture import moving_picture
from tests.tui.curves.stores import DIODE, IT, SAMX, gaussian, points_of, scan_of
from tests.tui.pilots import monitor_of
from tests.tui.scenes import SIZE, night_feed, running_scan, standing_clock

FOLDER = Path(__file__).parent.parent / "screenshots"
MEDIUM, WIDE = (100, 26), (160, 30)
Scene = Callable[[Pilot[None]], Awaitable[None]]


async def _table(pilot: Pilot[None]) -> None:
    await pilot.pause()


async def _filter(pilot: Pilot[None]) -> None:
    await pilot.press("slash", *"state=fail,run", "space", *"name=*scan")
    await pilot.pause()


async def _form(pilot: Pilot[None]) -> None:
    await pilot.press("C")
    await pilot.pause()


async def _details(pilot: Pilot[None]) -> None:
    await pilot.press("k", "enter")
    # What a worker would have loaded.
    pilot.app.screen.query_one(DetailPane).post_message(DetailsLoaded(running_scan().scan.key, running_scan()))
    await pilot.pause()


async def _curves(pilot: Pilot[None]) -> None:
    await pilot.press("k", "c")
    pane = monitor_of(pilot).panes.curves
    assert pane is not None
    pane.rest()
    scan = scan_of(SAMX, DIODE, IT, key=str(pane.shown_key))
    positions, peak = [index / 10 for index in range(78)], gaussian(100)[:78]
    came = {SAMX: positions, DIODE: peak, IT: [1000 - value / 2 for value in peak]}
    pane.sight.take_in(ScanRead(1, scan, choose(scan.info, scan.streams)))
    pane.sight.take_in(PointsCame(1, scan.key, [points_of(name, numbers) for name, numbers in came.items()]))
    pane.redraw()
    await pilot.pause()


async def _help(pilot: Pilot[None]) -> None:
    await pilot.press("question_mark")
    await pilot.pause()


SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "table": (_table, MEDIUM),
    "wide": (_table, WIDE),
    "filter": (_filter, MEDIUM),
    "form": (_form, SIZE),
    "details": (_details, MEDIUM),
    "curves": (_curves, MEDIUM),
    "help": (_help, (100, 40)),
}


async def picture(scene: Scene, size: tuple[int, int]) -> str:
    """An SVG of the screen after a scene was played."""
    app = ScanTuiApp(night_feed(), "id11", standing_clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await scene(pilot)
        # What blinks is on in every picture.
        app.cursor_blink = False  # type: ignore[attr-defined]
        seen = ""
        while seen != (seen := app.export_screenshot()):
            # A scroll bar that came takes its column from the rules with the next frame.
            await pilot.pause()
        return "\n".join(line.rstrip() for line in seen.splitlines()) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    only_check = parser.parse_args().check
    # The clock in the header is local time.
    os.environ["TZ"] = "UTC"
    # Curves have the colours of the terminal.
    os.environ["TERM"] = "xterm-256color"
    os.environ.pop("NO_COLOR", None)
    time.tzset()
    stale = []
    pictures = {name: asyncio.run(picture(scene, size)) for name, (scene, size) in SCENES.items()}
    for name, made in {**pictures, "moving": moving_picture()}.items():
        path = FOLDER / f"{name}.svg"
        if only_check:
            if not path.exists() or path.read_text() != made:
                stale.append(path.name)
        else:
            path.write_text(made)
    if stale:
        print(f"not what the program shows today: {', '.join(stale)}; make them anew: python -m tests.screenshots")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
