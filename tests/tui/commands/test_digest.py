"""The digest by keys: who was away reads a line, and the report of a span goes to a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from scantui.exceptions import ScanNotFoundError
from scantui.models import Origin, ScanState
from scantui.report.spans import Span
from scantui.store import AsyncDataStore
from scantui.system.state import Memory
from scantui.tui.commands.digest import AWAY_MS, DigestCommands
from scantui.tui.watched_server import WatchedServer
from tests.tui.commands.fakes import Bench
from tests.tui.scenes import NOW_MS, row


class Desk:
    """The digest's commands on a bench, by a clock that goes on when a test says so."""

    def __init__(self, state: Path | None = None) -> None:
        self.bench = Bench(state=state)
        self.now_ms = NOW_MS
        bench = self.bench
        self.digest = DigestCommands(
            bench.panes,
            bench.view,
            bench.servers,
            bench.dialogs,
            bench.memory,
            bench.notify,
            lambda: self.now_ms,
            lambda work, *_: asyncio.run(work),
        )
        self.digest.loaded()

    def presses_a_key(self) -> None:
        self.digest.key_pressed(lambda then: then())

    @property
    def lines(self) -> list[str]:
        return [text for text in self.bench.said if text.startswith("away ")]


def test_the_first_key_after_a_quarter_of_an_hour_shows_what_happened_once() -> None:
    desk = Desk()
    desk.presses_a_key()
    desk.now_ms += AWAY_MS - 1
    desk.presses_a_key()
    assert desk.lines == []
    desk.now_ms += AWAY_MS
    desk.presses_a_key()
    desk.presses_a_key()
    assert len(desk.lines) == 1
    assert desk.lines[0].endswith("(I)")
    assert desk.bench.servers.away == Span(desk.now_ms - AWAY_MS, desk.now_ms)


def test_who_comes_back_to_the_window_after_a_quarter_of_an_hour_reads_the_line_once() -> None:
    desk = Desk()
    desk.presses_a_key()
    desk.digest.focus_changed(False)
    desk.now_ms += AWAY_MS - 1
    desk.digest.focus_changed(True)
    assert desk.lines == []
    desk.digest.focus_changed(False)
    desk.now_ms += AWAY_MS
    desk.digest.focus_changed(True)
    desk.presses_a_key()
    assert len(desk.lines) == 1


def test_a_new_start_shows_what_came_since_the_last_run_once(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    before = Desk(state)
    before.digest.save(NOW_MS - 3 * AWAY_MS)
    assert before.lines == []
    after = Desk(state)
    assert len(after.lines) == 1
    assert after.bench.servers.away == Span(NOW_MS - 3 * AWAY_MS, NOW_MS)
    assert Desk(state).lines == []


def test_who_left_the_monitor_alone_was_away_since_the_last_key(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "state.json")
    desk.presses_a_key()
    pressed_ms, desk.now_ms = desk.now_ms, desk.now_ms + 2 * AWAY_MS
    desk.digest.tell_time(desk.now_ms)
    assert Memory(tmp_path / "state.json").state.last_seen == {desk.bench.server.label: pressed_ms}


def test_the_pane_opens_with_the_keyboard_and_closes() -> None:
    bench = Bench()
    bench.run("digest")
    assert (bench.panes.opened, bench.panes.switched) == ("digest", 1)
    bench.run("digest")
    assert bench.panes.opened == ""


@pytest.mark.parametrize("ending", ["md", "html", "csv", "json"])
def test_a_report_is_written_and_not_over_another_file(tmp_path: Path, ending: str) -> None:
    bench, path = Bench(), tmp_path / f"report.{ending}"
    bench.server.store = None
    bench.dialogs.answers = [ending, str(path)]
    bench.groups.digest.write_report(Span(NOW_MS - 24 * 3_600_000, NOW_MS))
    first = path.read_text()
    assert bench.said[-1].startswith("wrote the report of ")
    if ending == "json":
        assert json.loads(first)["server"] == bench.server.label
    path.write_text("mine")
    bench.dialogs.answers = [ending, str(path), False]
    bench.groups.digest.write_report(Span(NOW_MS - 24 * 3_600_000, NOW_MS))
    assert path.read_text() == "mine"


async def report_of(bench: Bench, path: Path) -> Any:
    """What a report of the last 24 hours holds that was written as JSON, with the points of the bench's own server."""
    bench.kept_group = "report"
    bench.dialogs.answers = ["json", str(path)]
    bench.server.store = cast(AsyncDataStore, Measured())
    bench.groups.digest.write_report(Span(NOW_MS - 24 * 3_600_000, NOW_MS))
    (work,) = bench.kept
    await work
    return json.loads(bytes_of(path))


async def test_a_report_of_the_monitor_has_what_the_store_shows(tmp_path: Path) -> None:
    bench = Bench()
    written = await report_of(bench, tmp_path / "report.json")
    assert {scan["points"] for scan in written["scans"]} == {2}


async def test_a_server_that_is_away_holds_up_the_report_of_no_other_and_is_named(tmp_path: Path) -> None:
    rows = [
        row(number, age=600, state=ScanState.CLOSED).replaced(origin=Origin(server))
        for number, server in ((1, "redis://id11:6380"), (2, "id15"))
    ]
    bench = Bench(rows, others=[WatchedServer("id15")])
    written = await report_of(bench, tmp_path / "report.json")
    assert {scan["server"]: scan["points"] for scan in written["scans"]} == {"redis://id11:6380": 2, "id15": None}
    assert bench.said[-1].endswith("; no answer from id15: its points and curves are left out")


class Measured:
    """A store in which each scan has a stream of two points, and is gone when it is looked at closer."""

    @property
    def monitoring(self) -> Measured:
        return self

    async def find_progress_streams(self, keys: Sequence[str]) -> list[list[str]]:
        return [[f"{key}:samx"] for key in keys]

    async def get_stream_lengths(self, names: Sequence[str]) -> list[int]:
        return [2] * len(names)

    async def load_details(self, key: str) -> None:
        raise ScanNotFoundError(key)


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()
