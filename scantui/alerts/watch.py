"""A rule at work: it sees scans, moves, values and the state of the server, and decides when to call; pure.

Rule 1: one scan calls once for each rule, apart from its beginning; one that stalled, went on and then failed calls
once more.
Rule 2: spans count by a clock that never jumps; the server's clock only appears in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scantui.alerts.calls import Alert, Calling, CallQueue
from scantui.alerts.conditions import MATCH, NOT_SAVED, SERVER, START, ValueCondition
from scantui.alerts.rules import AlertRule
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.words import short_span, state_word

DOWN_SECONDS = 60.0
# For this long after a connection was made, what happened meanwhile comes in.
GATHER_SECONDS = 3.0
_STALL = "stall"
_GOES_ON = frozenset(("RUN", "STOP"))
_STANDS_STILL = frozenset(("STALL", "GONE"))
# These announce a scan; its end is another call.
_BEGINNINGS = frozenset((START, MATCH, NOT_SAVED))


class Now(NamedTuple):
    """A moment: seconds of a clock that never jumps, and the server's clock in milliseconds since 1970."""

    steady_s: float
    server_ms: int


class SeenScan(NamedTuple):
    """A scan that passes the rule's filter: it came, or its word changed; `is_lost` when its data go to no file.

    `was_there` is set for one that has not moved since the rule began: it may hang for long.
    """

    row: ScanSummary
    word: str
    is_new: bool = False
    is_lost: bool = False
    was_there: bool = False


class _Beyond(NamedTuple):
    """Since when a counter is beyond its limit, its last value, and the scan that has it."""

    since_s: float
    value: float
    scan: ScanSummary | None


class _Lasting:
    """A condition that lasts: it calls once while it holds, and again after the rule's pause, if there is one."""

    def __init__(self) -> None:
        self._has_called = False

    def calls(self, holds: bool, again: bool) -> bool:
        if not holds:
            self._has_called = False
            return False
        if self._has_called and not again:
            return False
        self._has_called = True
        return True


class ArmedRule:
    """One rule since it was armed; silence counts from then at the earliest."""

    def __init__(self, rule: AlertRule, now: Now) -> None:
        self.rule = rule
        self._queue = CallQueue(rule)
        self._called: dict[str, set[str]] = {}
        self._stalled: set[str] = set()
        self._recovered: set[str] = set()
        self._moved_s = now.steady_s
        self._down_since: float | None = None
        self._gathers_until = now.steady_s + GATHER_SECONDS
        self._memory: float | None = None
        self._beyond: dict[ValueCondition, _Beyond] = {}
        self._values: dict[str, float] = {}
        self._lasting = {name: _Lasting() for name in ("silent", SERVER, "memory")}
        self._lasting_values = {condition: _Lasting() for condition in rule.conditions.values}

    def see(self, seen: SeenScan, now: Now) -> None:
        """Take in a scan that came to pass the filter, or whose word changed."""
        key, wanted = seen.row.key, self.rule.conditions.kinds
        if seen.word not in _STANDS_STILL:
            self._moved_s = now.steady_s
        if seen.word in _GOES_ON and key in self._stalled:
            self._recovered.add(key)
        kinds = self.rule.conditions.kinds_of(seen.word)
        kinds += [MATCH] if seen.is_new and MATCH in wanted else []
        kinds += [NOT_SAVED] if seen.is_lost and NOT_SAVED in wanted else []
        due = [kind for kind in kinds if self._may_call(key, kind)]
        if due:
            self._called.setdefault(key, set()).update(kinds)
            if due[0] == _STALL:
                self._stalled.add(key)
            if seen.was_there and self.rule.only_new:
                return
            joined = seen.was_there or now.steady_s < self._gathers_until
            self._queue.add(Calling(seen.row, seen.word, due[0], now.server_ms, joined), now.steady_s)

    def _may_call(self, key: str, kind: str) -> bool:
        called = self._called.get(key, set())
        if kind in called:
            return False
        if kind in _BEGINNINGS or called <= _BEGINNINGS:
            return True
        # It stalled, went on, and now something else happened.
        return key in self._recovered and called - _BEGINNINGS == {_STALL}

    def note_move(self, now: Now) -> None:
        """Note that a scan which passes the filter took a point."""
        self._moved_s = now.steady_s

    def note_down(self, now: Now) -> None:
        """Note that the server cannot be reached; only the first time counts."""
        if self._down_since is None:
            self._down_since = now.steady_s

    def note_up(self, now: Now, *, is_loading: bool = False) -> None:
        """Note that the server answers; while scans are loaded, what happened meanwhile is still coming in."""
        if self._down_since is not None or is_loading:
            self._gathers_until = now.steady_s + GATHER_SECONDS
        self._down_since = None

    def note_memory(self, share: float) -> None:
        """Note which part of its memory the server uses, from 0 to 1."""
        self._memory = share

    def note_values(self, values: Mapping[str, float], now: Now, scans: Mapping[str, ScanSummary | None] = {}) -> None:
        """Note the last value of each counter of the running scans; one that no running scan has is not judged.

        `scans` has the scan of each value.
        """
        for condition in self.rule.conditions.values:
            name = next((name for name in values if condition.names(name)), None)
            if name is None:
                self._values.pop(condition.counter, None)
            else:
                self._values[condition.counter] = values[name]
            if name is None or not condition.holds_for(values[name]):
                self._beyond.pop(condition, None)
            else:
                since_s = self._beyond[condition].since_s if condition in self._beyond else now.steady_s
                self._beyond[condition] = _Beyond(since_s, values[name], scans.get(name))

    @property
    def reading(self) -> str:
        """What it has read of the server last: `i0 312, memory 41%`; "" without a reading."""
        values = [f"{counter} {value:g}" for counter, value in self._values.items()]
        memory = [] if self._memory is None else [f"memory {100 * self._memory:.0f}%"]
        return printable(", ".join(values + memory))

    def due(self, now: Now) -> list[Alert]:
        """The calls to make now."""
        if now.steady_s < self._gathers_until:
            return []
        return [*self._queue.due(now.steady_s), *self._lasting_calls(now)]

    def _lasting_calls(self, now: Now) -> list[Alert]:
        if self._queue.is_quiet(now.steady_s):
            return []
        again = self.rule.again_seconds > 0
        calls: list[tuple[str, str, ScanSummary | None]] = []
        for name, text in (
            ("silent", self._silence(now)),
            (SERVER, self._outage(now)),
            ("memory", self._shortage()),
        ):
            if self._lasting[name].calls(bool(text), again):
                calls.append((name, text, None))
        for condition, lasting in self._lasting_values.items():
            text = self._deviation(condition, now)
            if lasting.calls(bool(text), again):
                calls.append(("value", text, self._beyond[condition].scan))
        if calls:
            self._queue.note_call(now.steady_s)
        return [
            Alert(
                rule=self.rule,
                kind=kind,
                text=text,
                at_ms=now.server_ms,
                keys=(scan.key,) if scan else (),
                scan=scan,
                word=state_word(scan) if scan else "",
            )
            for kind, text, scan in calls
        ]

    def _silence(self, now: Now) -> str:
        limit, silent = self.rule.conditions.silent_seconds, now.steady_s - self._moved_s
        if limit is None or silent < limit:
            return ""
        down = "" if self._down_since is None else " (the server cannot be reached)"
        return f"No scan began or moved for {short_span(silent)}{down}"

    def _outage(self, now: Now) -> str:
        if SERVER not in self.rule.conditions.kinds or self._down_since is None:
            return ""
        down = now.steady_s - self._down_since
        return f"Server DOWN for {short_span(down)}" if down >= DOWN_SECONDS else ""

    def _shortage(self) -> str:
        limit = self.rule.conditions.memory_share
        if limit is None or self._memory is None or self._memory < limit:
            return ""
        return f"Redis uses {100 * self._memory:.0f}% of its memory"

    def _deviation(self, condition: ValueCondition, now: Now) -> str:
        if condition not in self._beyond:
            return ""
        beyond = self._beyond[condition]
        lasted = now.steady_s - beyond.since_s
        if lasted < condition.seconds:
            return ""
        return printable(f"{condition.word} {condition.counter} {beyond.value:g} for {short_span(lasted)}")
