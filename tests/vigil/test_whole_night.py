"""A night of 24 hours and 20 000 scans, with outages: no scan is left out or called twice, and no commands overlap."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from scantui.alerts import Alert, read_rule
from scantui.exceptions import ConnectionFailed
from scantui.feed import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanState, ScanSummary
from scantui.store import AsyncDataStore
from scantui.system.processes import FencedCommands
from scantui.vigil.alarms import Alarms
from scantui.vigil.commands import CommandQueue
from tests.vigil.test_scans import NOW, row

SCANS, DAY_SECONDS, PULSE_SECONDS = 20_000, 86_400, 5
STORE = cast(AsyncDataStore, object())


class Counting(FencedCommands):
    """Commands that only note what they were given, and how many ran at once at most."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.most = self._at_once = 0
        self._lock = threading.Lock()

    def run(self, command: str, variables: Mapping[str, str]) -> int:
        with self._lock:
            self._at_once += 1
            self.most = max(self.most, self._at_once)
        self.texts.append(variables["TEXT"])
        with self._lock:
            self._at_once -= 1
        return 0


class Fate(msgspec.Struct, frozen=True):
    """What becomes of a scan: when it begins and ends, in seconds of the night, and whether it hangs meanwhile."""

    number: int
    begins: int
    ends: int
    end_reason: str
    hangs: bool


def fates(draw: random.Random) -> list[Fate]:
    """Failures come alone and in bursts; some scans hang for minutes before they fail."""
    found = []
    for number in range(1, SCANS + 1):
        begins = int(number * DAY_SECONDS / (SCANS + 60)) // PULSE_SECONDS * PULSE_SECONDS
        hangs = draw.random() < 0.001
        in_burst = number % 2_000 < 12
        fails = hangs or in_burst or draw.random() < 0.02
        reason = "FAILURE" if fails else draw.choice(["SUCCESS"] * 30 + ["USER_ABORT"])
        lasts = draw.randint(120, 240) if hangs else draw.randint(1, 3) * PULSE_SECONDS
        found.append(Fate(number, begins, begins + lasts, reason, hangs))
    return found


def at(scan: ScanSummary, seconds: int, state: ScanState, end_reason: str | None = None) -> ScanSummary:
    state_id = f"{NOW + 1000 * seconds}-0"
    return scan.replaced(state=state, state_id=state_id, end_reason=end_reason)


def events(night: list[Fate], draw: random.Random) -> Iterator[tuple[int, list[Event]]]:
    """What a feed brings in each pulse; while the connection is away nothing, and then all at once."""
    by_pulse: dict[int, list[ScanSummary]] = {}
    for fate in night:
        scan = row(fate.number)
        ends = -(-fate.ends // PULSE_SECONDS) * PULSE_SECONDS
        by_pulse.setdefault(fate.begins, []).append(at(scan, fate.begins, ScanState.STARTED))
        by_pulse.setdefault(ends, []).append(at(scan, fate.ends, ScanState.CLOSED, fate.end_reason))
    hanging = {row(fate.number).key: fate for fate in night if fate.hangs}
    away_until, known, missed = 0, set[str](), dict[str, ScanSummary]()
    for second in range(0, DAY_SECONDS + 600, PULSE_SECONDS):
        changed = {scan.key: scan for scan in by_pulse.pop(second, [])}
        if second < away_until:
            missed |= changed
            continue
        came: list[Event] = []
        if away_until:
            missed |= changed
            came += [Connected(STORE, len(missed)), Heartbeat(NOW + 1000 * second), Loaded(list(missed.values()), 0)]
            known |= missed.keys()
            missed, changed, away_until = {}, {}, 0
        elif draw.random() < 0.002:
            missed |= changed
            away_until = second + draw.randint(2, 120) * PULSE_SECONDS
            yield second, [Lost(ConnectionFailed("it broke"), 1, 1.0)]
            continue
        came.append(Heartbeat(NOW + 1000 * second))
        fresh = [scan for key, scan in changed.items() if key not in known]
        came += [Created(fresh)] if fresh else []
        came += [Changed(old)] if (old := [scan for key, scan in changed.items() if key in known]) else []
        known |= changed.keys()
        silent = [key for key, fate in hanging.items() if fate.begins < second < fate.ends]
        came += [Progress(dict.fromkeys(silent, 3))] if silent else []
        if second % 3600 == 0:
            came.append(Gone([row(number).key for number in range(second // 60, second // 60 + 5)]))
        yield second, came


async def test_no_call_is_lost_or_doubled_and_no_commands_overlap() -> None:
    draw = random.Random(15)  # noqa: S311 - the night of a test
    night, seconds, jump = fates(draw), [0.0], [0.0]
    alarms = Alarms([], lambda: seconds[0], lambda: NOW / 1000 + seconds[0] + jump[0], asks_store=False)
    for name, when in (("fails", ["fail"]), ("hangs", ["stall"]), ("ends", ["end"])):
        alarms.arm(read_rule(name, when, exec_="notify"))
    commands = Counting()
    complaints: list[str] = []
    queue = CommandQueue(commands, complaints.append)
    called: dict[str, list[Alert]] = {"fails": [], "hangs": [], "ends": []}
    await alarms.take_in(Connected(STORE, 0))
    for second, came in events(night, draw):
        seconds[0] = float(second)
        # This computer's clock is set by an hour now and then, which moves nothing.
        jump[0] = 3600.0 * (second // 20_000 % 2)
        for event in came:
            await alarms.take_in(event)
        for _ in range(2):
            for alert in alarms.due():
                called[alert.rule.name].append(alert)
                queue.add(alert.rule.exec, {"TEXT": alert.text})
            seconds[0] += 0.5
        await asyncio.sleep(0)
    seconds[0] += 600
    for alert in alarms.due():
        called[alert.rule.name].append(alert)
        queue.add(alert.rule.exec, {"TEXT": alert.text})
    await queue.drained()
    times = {name: Counter(key for alert in alerts for key in alert.keys) for name, alerts in called.items()}
    assert times["ends"] == Counter(row(fate.number).key for fate in night)
    assert times["fails"] == Counter(row(fate.number).key for fate in night if fate.end_reason == "FAILURE")
    assert len(times["hangs"]) > 10
    assert set(times["hangs"].values()) == {1}
    assert times["hangs"].keys() <= {row(fate.number).key for fate in night if fate.hangs}
    # Bursts and outages are few sentences.
    assert len(called["ends"]) < SCANS / 5
    assert (len(commands.texts), commands.most, complaints) == (sum(map(len, called.values())), 1, [])
