"""The moving picture of the README: frames of the program itself, one after the other in an SVG without a script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

from textual.pilot import Pilot

from scantui.feed import Changed, Created, Progress
from scantui.models import ScanState
from scantui.tui.app import ScanTuiApp
from tests.tui.pilots import lines, until
from tests.tui.scenes import ScriptedFeed, beamline_rows, night_feed, row, sample_of, standing_clock

SIZE = (100, 24)
SECONDS = 10.0
# How many of a hundred parts of the whole each frame is seen.
_PARTS = (8, 7, 7, 8, 10, 12, 10, 14, 14, 10)


async def _frames(pilot: Pilot[None], feed: ScriptedFeed) -> AsyncIterator[str]:
    """A scan goes on, another one fails; problems are shown alone, and the details of one of them."""
    running = beamline_rows()[-2]

    async def shown(text: str, *keys: str) -> str:
        """The screen after some keys, once it shows a text."""
        await pilot.press(*keys)
        await until(pilot, lambda: any(text in line for line in lines(pilot)))
        return pilot.app.export_screenshot()

    yield await shown("61%")
    for points in (134, 146, 158):
        feed.tell(Progress({running.key: points}))
        yield await shown(f"{points // 2}%")
    newcomer = row(
        21,
        age=0,
        name="ascan",
        title="ascan phi -1 1 20 0.1",
        state=ScanState.STARTED,
        ran=0,
        npoints=20,
        **sample_of(21),
    )
    feed.tell(Created([newcomer]))
    yield await shown("RUN    21")
    feed.tell(
        Changed(
            [row(21, age=0, name="ascan", title="ascan phi -1 1 20 0.1", ran=1, end_reason="FAILURE", **sample_of(21))]
        )
    )
    yield await shown("FAIL   21")
    yield await shown("5 of 21 scans", "exclamation_mark")
    yield await shown("problem 2 of 5", "e", "e")
    yield await shown("Curves of this scan", "exclamation_mark", "colon", *"cur")
    yield await shown("21 scans", "escape", "G")


async def _made() -> list[str]:
    feed = night_feed()
    app = ScanTuiApp(feed, "id11", standing_clock)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.cursor_blink = False  # type: ignore[attr-defined]
        return [frame async for frame in _frames(pilot, feed)]


def moving_picture() -> str:
    """The SVG; each frame is a picture of its own, hidden but for its time."""
    return joined(asyncio.run(_made()))


def joined(frames: Sequence[str]) -> str:
    """Frames as one picture that shows them in turn, for ever."""
    total, at, style, bodies = sum(_PARTS), 0, [], []
    for index, (frame, part) in enumerate(zip(frames, _PARTS, strict=True)):
        start, end = 100 * at / total, 100 * (at + part) / total
        at += part
        style += [
            f"@keyframes f{index} {{ 0% {{ visibility: {'hidden' if start else 'visible'} }}",
            f" {start:.3f}% {{ visibility: visible }} {end:.3f}% {{ visibility: hidden }} }}",
            f" .f{index} {{ visibility: hidden; animation: f{index} {SECONDS}s step-end infinite }}",
        ]
        # Each frame has its own names for its styles; the fonts are the same for all.
        bodies.append(f'<g class="f{index}">{_without_fonts(frame)}</g>')
    box = re.search(r'viewBox="[^"]*"', frames[0])
    assert box is not None
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box[0]}>',
        f"<style>{''.join(style)}</style>",
        *bodies,
        "</svg>",
    ]
    return "\n".join(line.rstrip() for each in parts for line in each.splitlines() if line.strip()) + "\n"


def _without_fonts(frame: str) -> str:
    return re.sub(r"@font-face \{.*?\}\s*", "", re.sub(r"<!--.*?-->", "", frame), flags=re.DOTALL)
