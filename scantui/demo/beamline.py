"""The simulated beamline at work: a night of finished scans, then live scans for as long as the demo runs.

Rule: publish every scan through the store, like a real publisher; take time only from `pause` and `clock`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import msgspec

from scantui.demo import instrument
from scantui.demo.embedded import EmbeddedServer
from scantui.demo.kinds import count, edge_scan, loop, mesh, spectra_loop
from scantui.demo.plans import Experiment, ScanPlanner
from scantui.exceptions import StoreError
from scantui.models import ScanState
from scantui.publishing.run import Pause, PlannedScan, run_scan
from scantui.store.aio import AsyncDataStore
from scantui.words import iso_time

HISTORY_SCANS = 60
HISTORY_SECONDS = 10 * 3600.0
# The history ends at least this long ago.
_QUIET_SECONDS = 240.0
_SCANS_IN_DATASET = 8
# The fraction of past loopscans that took spectra; they cost the start of the demo some time.
_PAST_SPECTRA = 0.4
_LIVE_POINTS_AT_ONCE = 3
_BURST, _COUNTS = 12, 40
# A silent scan stays long enough to become STALL on the screen.
_CLEAN_UP_SECONDS = 75.0

COMMISSIONING = Experiment(proposal="blc15001", session="optics", samples=("dcm", "kb_mirrors"), datasets=("align",))
IN_HOUSE = Experiment(proposal="ihma123", session="exafs", samples=("Fe_foil", "Ni_foil"), datasets=("align", "xanes"))
USERS_AT_NIGHT = Experiment(proposal="hc5432", session="exafs", samples=("hematite", "magnetite", "goethite"))
USERS = Experiment(proposal="hc5432", session="exafs", samples=("meteorite_A12", "meteorite_A13", "meteorite_B02"))
_PAST = ((COMMISSIONING, 0.15), (IN_HOUSE, 0.25), (USERS_AT_NIGHT, 0.6))
_OUTCOMES = ("SUCCESS", "USER_ABORT", "FAILURE")
_PAST_ODDS, _LIVE_ODDS = (86, 8, 6), (78, 12, 10)


async def fill_history(server: EmbeddedServer, random: Random, now: float) -> None:
    """Publish about sixty scans of the ten hours before `now`, oldest first."""
    clock = _SetClock(now - HISTORY_SECONDS)
    step = (HISTORY_SECONDS - _QUIET_SECONDS) / HISTORY_SCANS
    async with await server.open_dated_store(clock) as store:
        done = 0
        for experiment, share in _PAST:
            planner = ScanPlanner(random, experiment, clock())
            for _ in range(round(share * HISTORY_SCANS)):
                clock.now = max(clock.now + 5, now - HISTORY_SECONDS + (done + random.uniform(0, 0.6)) * step)
                end_reason = random.choices(_OUTCOMES, _PAST_ODDS)[0]
                kind = planner.any_kind()
                recipe = spectra_loop() if kind == "loopscan" and random.random() < _PAST_SPECTRA else None
                plan = _in_next_dataset(planner).plan(kind, clock(), end_reason, recipe=recipe)
                await _publish_finished(store, plan, clock)
                done += 1


async def operate(
    store: AsyncDataStore, random: Random, pause: Pause = asyncio.sleep, clock: Callable[[], float] = time.time
) -> None:
    """Measure forever. The first two minutes show a newcomer everything that can happen to a scan; the rest is random.

    When cancelled, it closes the open scans, as BLISS does at the end of a session; a silent scan stays open.
    """
    shift = _Shift(store, random, pause, clock)
    await shift.first_minutes()
    while True:
        await shift.random_work()


async def _publish_finished(store: AsyncDataStore, plan: PlannedScan, clock: _SetClock) -> None:
    """Publish a finished scan in few requests, since the user waits for the first row: close it at once."""
    scan = await store.create_scan(plan.identity, plan.info)
    for stream in plan.streams:
        if stream.name not in instrument.SPARED:
            scan = await store.create_stream(scan, stream.name, stream.dtype, stream.shape)
            await store.append(scan, stream.name, [stream.value_at(index) for index in range(plan.points)])
    clock.now += plan.preparing + plan.arming + plan.points * plan.interval + plan.finishing
    ending = {"end_time": iso_time(clock.now * 1000, None), "end_reason": plan.end_reason}
    await store.advance_scan(scan, ScanState.CLOSED, {**plan.info_prepared, **plan.info_closed, **ending})


class _SetClock:
    """A clock that moves only when it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class _Shift:
    """The work at the beamline; each method is one thing to watch."""

    def __init__(self, store: AsyncDataStore, random: Random, pause: Pause, clock: Callable[[], float]) -> None:
        self._store, self._random, self._pause, self._clock = store, random, pause, clock
        self._users = ScanPlanner(random, USERS, clock())
        self._optics = ScanPlanner(random, COMMISSIONING, clock())

    async def first_minutes(self) -> None:
        began = self._clock()
        await self._measure("ct")
        await self._measure("dscan")
        silent = await self._stall()
        await self._measure("ascan", "USER_ABORT")
        await self.burst()
        await self._measure("loopscan", "FAILURE")
        await self.count_in_parallel()
        await self.sequence("XANES at spot 1", ("ct", "dscan", "loopscan"), "SUCCESS")
        await self.counts()
        while self._clock() < began + _CLEAN_UP_SECONDS:
            await self._measure("loopscan")
        # Close the silent scan as the clean-up of a data server would, only sooner.
        with contextlib.suppress(StoreError):
            await self._store.advance_scan(silent, ScanState.CLOSED, {"end_reason": "DELETION"})
        recipe = mesh(self._random, 10, 6, 0.05)
        await self._run(_in_next_dataset(self._users).plan("amesh", self._clock(), recipe=recipe))
        with contextlib.suppress(StoreError):
            await self._store.delete_scan(silent)

    async def random_work(self) -> None:
        chance = self._random.random()
        if chance < 0.06:
            await self.burst()
        elif chance < 0.14:
            await self.count_in_parallel()
        elif chance < 0.2:
            end_reason = self._random.choices(_OUTCOMES[::2], (3, 1))[0]
            await self.sequence("map and XANES", ("dscan", "ascan"), end_reason)
        elif chance < 0.21:
            await self._stall()
        else:
            await self._measure(self._users.any_kind(), self._random.choices(_OUTCOMES, _LIVE_ODDS)[0])
        await self._pause(self._random.uniform(0.5, 4))

    async def burst(self) -> None:
        """Many short scans, as a macro takes them."""
        for _ in range(_BURST):
            plan = _in_next_dataset(self._users).plan("loopscan", self._clock(), recipe=loop(2, 0.05))
            await self._run(plan)

    async def counts(self) -> None:
        """The same count over and over, in one dataset."""
        for _ in range(_COUNTS):
            await self._run(self._users.plan("ct", self._clock(), recipe=count(0.05)))

    async def count_in_parallel(self) -> None:
        """Two sessions at once: a long scan of the users, a count and spectra of a scientist at the optics."""
        plan = _in_next_dataset(self._users).plan("ascan", self._clock(), recipe=edge_scan(self._random))
        await _together(self._run(plan), self._work_at_the_optics())

    async def sequence(self, title: str, kinds: Sequence[str], end_reason: str) -> None:
        """Scans of a sequence, which ends as the last of them does."""
        plan = _in_next_dataset(self._users).sequence(title, self._clock(), len(kinds), end_reason)
        parent = await self._store.create_scan(plan.identity, plan.info)
        left = list(kinds)

        async def take_child(_: float) -> None:
            kind = left.pop(0)
            child_end = "SUCCESS" if left else end_reason
            await self._run(self._users.plan(kind, self._clock(), child_end, group=parent.key))

        with contextlib.suppress(StoreError):
            await run_scan(self._store, parent, plan, take_child, self._clock)

    async def _measure(self, kind: str, end_reason: str = "SUCCESS") -> None:
        await self._run(_in_next_dataset(self._users).plan(kind, self._clock(), end_reason))

    async def _stall(self) -> str:
        plan = _in_next_dataset(self._users).plan("loopscan", self._clock(), end_reason=None)
        return await self._run(plan)

    async def _work_at_the_optics(self) -> None:
        await self._pause(self._random.uniform(2, 5))
        await self._run(self._optics.plan("ct", self._clock()))
        await self._pause(self._random.uniform(2, 5))
        plan = _in_next_dataset(self._optics).plan("loopscan", self._clock(), recipe=spectra_loop())
        await self._run(plan)

    async def _run(self, plan: PlannedScan) -> str:
        plan = msgspec.structs.replace(plan, points_at_once=_LIVE_POINTS_AT_ONCE)
        scan = await self._store.create_scan(plan.identity, plan.info)
        # The user may delete a running scan; go on with the next one.
        with contextlib.suppress(StoreError):
            await run_scan(self._store, scan, plan, self._pause, self._clock)
        return scan.key


def _in_next_dataset(planner: ScanPlanner) -> ScanPlanner:
    """The planner, moved to a new dataset if the current one is full."""
    if planner.saved >= _SCANS_IN_DATASET:
        planner.next_dataset()
    return planner


async def _together(*tasks: Awaitable[object]) -> None:
    """Run tasks side by side; when cancelled, wait until each has closed its scan."""
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
