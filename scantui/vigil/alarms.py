"""Rules at work on a feed: each sees the scans that pass its filter."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from scantui.alerts import Alert, AlertRule, ArmedRule, Now, SeenScan
from scantui.board import Board
from scantui.columns import goes_nowhere
from scantui.exceptions import StoreError
from scantui.feed import Connected, Event, Heartbeat, Loaded, Lost, Progress
from scantui.vigil.counters import CounterValues
from scantui.vigil.scans import ScanEvent, ScanWatch, taken_in

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_MEMORY_SECONDS = 60.0
# A rule on a counter looks at this many running scans, the newest.
_MOST_READ = 3


class RuleAtWork:
    """One rule, the scans that pass its filter, and what it saw of them."""

    def __init__(self, rule: AlertRule, now: Now, board: Board) -> None:
        self.armed = ArmedRule(rule, now)
        self.watch = ScanWatch(rule.filter, board=board)
        self._points: dict[str, int] = {}
        self._moved: set[str] = set()

    def take_in(self, event: Event, touched: Collection[str], now: Now) -> list[ScanEvent]:
        """Take in an event of the feed that changed these scans; returns the scans that the rule should see."""
        if isinstance(event, Lost):
            self.armed.note_down(now)
        elif isinstance(event, (Connected, Heartbeat)):
            self.armed.note_up(now)
        elif isinstance(event, Loaded) and event.remaining:
            self.armed.note_up(now, is_loading=True)
        scan_events = self.watch.look(event, touched)
        if isinstance(event, Progress):
            self._note_points(event.points, now)
        return scan_events

    def seen(self, scan_event: ScanEvent) -> SeenScan:
        """A scan as the rule sees it."""
        row, word = scan_event.scan.scan, scan_event.scan.word
        has_moved = row.key in self._moved or word != "STALL" or not self.watch.was_there(row.key)
        if has_moved:
            self._moved.add(row.key)
        is_lost = goes_nowhere(row) and not self.watch.was_there(row.key)
        return SeenScan(row, word, scan_event.kind == "new", is_lost, was_there=not has_moved)

    def _note_points(self, points: Mapping[str, int], now: Now) -> None:
        board = self.watch.board
        for key, count in points.items():
            before = self._points.get(key)
            self._points[key] = count
            row = board.row(key)
            if before is None or before == count or row is None:
                continue
            self._moved.add(key)
            if self.armed.rule.filter.matches(row, board.word_of(row), board.now_ms, server=board.server):
                self.armed.note_move(now)


class Alarms:
    """All rules of a run. `clock` gives the seconds of a clock that never jumps, `wall_clock` those since 1970."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        asks_store: bool = True,
        server: str = "",
    ) -> None:
        """With `asks_store` the store is asked which scans are old, else the first that are loaded are.

        `server` is the name of the only server.
        """
        self._asks_store = asks_store
        self._clock, self._wall_clock = clock, wall_clock
        self._server_ahead_ms = 0.0
        self.board = Board(server)
        self._is_loading = True
        self.rules: list[RuleAtWork] = []
        for rule in rules:
            self.arm(rule)
        self._store: AsyncDataStore | None = None
        self._memory_asked: float | None = None
        self._counters = CounterValues()

    def now(self) -> Now:
        """This moment; while the server is away, its clock goes on by this computer's."""
        steady_s = self._clock()
        return Now(steady_s, int(self._wall_clock() * 1000 + self._server_ahead_ms))

    def arm(self, rule: AlertRule) -> None:
        """Put another rule to work; the scans known now are old to it."""
        self.disarm(rule.name)
        made = RuleAtWork(rule, self.now(), self.board)
        if not self._asks_store:
            made.watch.begin_with(self.board.known_keys, self.board.now_ms, self._is_loading)
        self.rules.append(made)

    def disarm(self, name: str) -> None:
        """Let a rule rest."""
        self.rules = [rule for rule in self.rules if rule.armed.rule.name != name]

    def reading_of(self, name: str) -> str:
        """What a rule has read last of counters and memory; "" without a reading, or when it rests."""
        return next((rule.armed.reading for rule in self.rules if rule.armed.rule.name == name), "")

    @property
    def watched(self) -> list[str]:
        """The scans that the feed should look after first."""
        return sorted({key for rule in self.rules for key in rule.watch.reported_and_open})

    async def take_in(self, event: Event) -> None:
        """Show an event to every rule; ask the store for what the feed lacks, where a rule needs it."""
        if isinstance(event, Connected):
            self._store = event.store
            for rule in self.rules if self._asks_store else ():
                await rule.watch.begin(event.store)
        elif isinstance(event, Lost):
            self._store = None
        elif isinstance(event, Loaded):
            self._is_loading = event.remaining > 0
        elif isinstance(event, Heartbeat):
            self._server_ahead_ms = event.server_ms - self._wall_clock() * 1000
            with suppress(StoreError):  # the feed reports a connection that broke
                await self._ask_memory()
                await self._ask_values()
        now, touched = self.now(), taken_in(self.board, event)
        for rule in self.rules:
            for scan_event in rule.take_in(event, touched, now):
                rule.armed.see(rule.seen(scan_event), now)

    def due(self) -> list[Alert]:
        """The calls to make now."""
        now = self.now()
        return [alert for rule in self.rules for alert in rule.armed.due(now)]

    async def _ask_memory(self) -> None:
        wanted = [rule for rule in self.rules if rule.armed.rule.conditions.memory_share is not None]
        is_due = self._memory_asked is None or self._clock() - self._memory_asked >= _MEMORY_SECONDS
        if not wanted or not is_due or self._store is None:
            return
        self._memory_asked = self._clock()
        memory = await self._store.monitoring.get_memory()
        for rule in wanted if memory else ():
            rule.armed.note_memory(memory.share if memory else 0.0)

    async def _ask_values(self) -> None:
        asked: set[str] = set()
        for rule in self.rules:
            conditions = rule.armed.rule.conditions.values
            if not conditions or self._store is None:
                continue
            # One that stalls has no present values.
            running = [key for key in rule.watch.running if self._is_running(key)][-_MOST_READ:]
            asked.update(running)
            found = await self._counters.read(self._store, running, conditions)
            values = {name: value for name, (value, _) in found.items()}
            rule.armed.note_values(values, self.now(), {name: self.board.row(key) for name, (_, key) in found.items()})
        self._counters.forget_others(sorted(asked))

    def _is_running(self, key: str) -> bool:
        row = self.board.row(key)
        return row is not None and self.board.word_of(row) == "RUN"
