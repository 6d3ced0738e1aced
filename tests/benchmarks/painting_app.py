"""Runs on a pty: a table, ours in the monitor or the stock one, that is fed from the same model and answers to keys.

Keys: x paints the next mark, y changes the state of a scan in view, z lets one more scan arrive.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from scantui.board import Board
from scantui.exceptions import ConnectionFailed
from scantui.feed import Changed, Connected, Created, Event, Heartbeat, Loaded, OpenStore
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.store import AsyncDataStore
from scantui.store.wire.protocol import SCAN_PREFIX
from scantui.store.wire.ulid import new_ulid
from scantui.tui import app as app_module
from scantui.tui.app import ScanTuiApp
from scantui.tui.widgets.scan_table import BoardRows
from tests.benchmarks.marks import READY, mark

_PORTION_SECONDS = 0.1
_BEAT_SECONDS = 1.0
_IN_VIEW = 5
_COLUMNS = (("state", 5), ("number", 5), ("name", 25), ("dataset", 15), ("age", 4), ("duration", 7))
_BINDINGS: list[BindingType] = [Binding(key, f"bench('{key}')", show=False, priority=True) for key in "xyz"]


def row(number: int) -> ScanSummary:
    identity = ScanIdentity(name="ascan", number=number, dataset=f"sample_{number // 50:04}", session="id11")
    seconds = 1_795_000_000.0 + number
    pk = new_ulid(seconds)
    return ScanSummary(
        key=SCAN_PREFIX + pk,
        state=ScanState.CREATED,
        identity=identity,
        state_stream=f"esrf:stream:{pk}",
        state_id=f"{int(seconds * 1000)}-0",
        created_ms=int(seconds * 1000),
        title=f"ascan samx 0 {number} 40 0.1",
    )


async def no_store() -> AsyncDataStore:
    raise ConnectionFailed("there is no store behind this feed")


class Source:
    """A feed that needs no server: so many rows at once, then some a second, and what the keys ask for."""

    def __init__(self, count: int, per_second: int, beats: bool = False) -> None:
        self.watched: Sequence[str] = ()
        self.open_store: OpenStore = no_store
        self.rows = [row(number) for number in range(count)]
        self._per_second = per_second
        self._beats = beats
        self._asked: asyncio.Queue[Event] = asyncio.Queue()

    def arrive(self) -> None:
        self.rows.append(row(len(self.rows)))
        self._asked.put_nowait(Created([self.rows[-1]]))

    def change(self) -> None:
        changed = self.rows[-_IN_VIEW]
        state = ScanState((int(changed.state or 0) + 1) % ScanState.CLOSED)
        self.rows[-_IN_VIEW] = msgspec.structs.replace(changed, state=state)
        self._asked.put_nowait(Changed([self.rows[-_IN_VIEW]]))

    async def events(self) -> AsyncGenerator[Event, None]:
        store: Any = SimpleNamespace(cannot_search="")
        yield Connected(store, len(self.rows))
        yield Loaded(self.rows[::-1], 0)
        started, arrived, beaten = time.monotonic(), 0, 0.0
        while True:
            if self._beats and time.monotonic() > beaten + _BEAT_SECONDS:
                beaten = time.monotonic()
                yield Heartbeat(self.rows[-1].created_ms + int((beaten - started) * 1000))
            try:
                yield await asyncio.wait_for(self._asked.get(), _PORTION_SECONDS)
            except asyncio.TimeoutError:
                due = int((time.monotonic() - started) * self._per_second) - arrived
                if due:
                    arrived += due
                    fresh = [row(len(self.rows) + index) for index in range(due)]
                    self.rows += fresh
                    yield Created(fresh)


class Ours(ScanTuiApp):
    """The monitor, with the keys of the benchmark."""

    CSS_PATH = str(Path(app_module.__file__).with_name("monitor.tcss"))
    BINDINGS = _BINDINGS

    def __init__(self, source: Source) -> None:
        super().__init__(source, "bench")
        self._source = source
        self._marks = 0

    def on_mount(self) -> None:
        # Textual calls the handler of the class above as well.
        self.set_interval(_PORTION_SECONDS, self._look)

    def _look(self) -> None:
        if self.monitor.is_mounted and len(self.monitor.board) and not self._marks:
            self._marks = 1
            self.call_after_refresh(self.monitor.message_line.say, READY)

    def action_bench(self, key: str) -> None:
        if key == "x":
            self.monitor.message_line.say(mark(self._marks))
            self._marks += 1
        elif key == "y":
            self._source.change()
        else:
            self._source.arrive()


class Stock(App[None]):
    """DataTable as it comes, with widths given, its cursor on the newest row."""

    CSS = "#mark { dock: bottom; height: 1; }"
    BINDINGS = _BINDINGS

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._rows = BoardRows(Board())
        self._marks = 0

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")
        yield Static(id="mark", markup=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for key, width in _COLUMNS:
            table.add_column(key, key=key, width=width)
        wanted = {key for key, _ in _COLUMNS}
        self._rows.columns = [column for column in self._rows.columns if column.key in wanted]
        self.run_worker(self._follow())

    async def _follow(self) -> None:
        table = self.query_one(DataTable)
        async for event in self._source.events():
            if isinstance(event, Loaded | Created):
                self._rows.board.put(event.rows)
                for scan in sorted(event.rows, key=lambda scan: scan.key):
                    table.add_row(*self._rows.cells_at(self._rows.index_of(scan.key)), key=scan.key)
                table.move_cursor(row=table.row_count - 1, animate=False)
            elif isinstance(event, Changed):
                self._rows.board.put(event.rows)
                for scan in event.rows:
                    table.update_cell(scan.key, "state", self._rows.cells_at(self._rows.index_of(scan.key))[0])
            if isinstance(event, Loaded):
                self._marks = 1
                self.call_after_refresh(self._say, READY)

    def _say(self, text: str) -> None:
        self.query_one("#mark", Static).update(text, layout=False)

    def action_bench(self, key: str) -> None:
        if key == "x":
            self._say(mark(self._marks))
            self._marks += 1
        elif key == "y":
            self._source.change()
        else:
            self._source.arrive()


if __name__ == "__main__":
    table, rows, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app: App[None] = (Ours if table == "ours" else Stock)(Source(rows, rate, beats=sys.argv[4:] == ["beats"]))
    app.run(mouse=False)
