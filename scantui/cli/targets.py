"""The servers that a command asks, at the same time, and what becomes of their answers.

Rule: with one server everything is as if there were no others: its errors end the command, and its scans name no
server. Of several, one that fails is reported on stderr, and the others' answers count.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from scantui.cli.arguments import opener_of, servers_of
from scantui.cli.gate import Gate
from scantui.cli.lists import late_answer
from scantui.cli.outcomes import ExitCode
from scantui.cli.output import notify
from scantui.exceptions import StoreError
from scantui.export import ExportedScan
from scantui.feed import Feed
from scantui.feed.many import LiveFeed, PlacedFeed, get_to_know, placed_feeds, wall_ms
from scantui.feed.placing import Placer
from scantui.system.config import DEMO, DEMO_NAMES

if TYPE_CHECKING:
    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore

Answer = TypeVar("Answer")

# A server that is not reached in this time does not hold up what others have.
_REACHED_SECONDS = 1.0
_REACHED_TURNS = 10
# What is simulated takes time, but never fails.
_SIMULATED_SECONDS = 60.0


class ServerTarget(NamedTuple):
    """A server: its name in filters and lists, its name for messages, how its store is opened, and its URL.

    `name_at` returns what to call it, given the label of its open store. The URL has no password.
    """

    name: str
    label: str
    open_store: OpenStore
    name_at: Callable[[str], str]
    url: str


class Asked(NamedTuple):
    """A server that answers; `placer` is None if it is the only one."""

    target: ServerTarget
    store: AsyncDataStore
    placer: Placer | None

    def placed(self, scans: Iterable[ExportedScan]) -> list[ExportedScan]:
        """Scans of this server as they stand in the list of all."""
        scans = list(scans)
        if self.placer is None:
            return scans
        rows = self.placer.rows([each.scan for each in scans])
        ahead_ms = self.placer.origin.ahead_ms
        return [
            msgspec.structs.replace(each, scan=row, now_ms=each.now_ms and each.now_ms - ahead_ms)
            for each, row in zip(scans, rows, strict=True)
        ]


class Targets:
    """All servers that a command asks.

    `has_failed` is whether one of several failed, `none_answered` whether all did. `silent` are those that have not
    answered yet, while others did.
    """

    def __init__(self, targets: Sequence[ServerTarget], reached_seconds: float = _REACHED_SECONDS) -> None:
        self.all = tuple(targets)
        self._reached_seconds = reached_seconds
        self.has_failed = False
        self.none_answered = False
        self.silent: Sequence[ServerTarget] = ()
        self._gate = Gate[ServerTarget](reached_seconds)
        self._repeats: set[ServerTarget] = set()
        self._data_ids: dict[ServerTarget, str] = {}

    @classmethod
    def of(cls, options: Namespace) -> Targets:
        """The servers of the command line. Raises what `servers_of` raises, and MissingExtraError for the demo."""
        if options.demo:
            from scantui.demo.session import DemoSession

            if options.beamlines == 1:
                return cls([ServerTarget(DEMO, "the demo", DemoSession().open_store, lambda _: "the demo", "")])
            return cls(
                [
                    ServerTarget(name, name, DemoSession(number).open_store, partial(_always, name), "")
                    for number, name in enumerate(DEMO_NAMES[: options.beamlines])
                ],
                _SIMULATED_SECONDS,
            )
        return cls(
            [
                ServerTarget(server.name, server.name, opener_of(server), server.name_at, server.address.label)
                for server in servers_of(options)
            ]
        )

    @property
    def are_many(self) -> bool:
        return len(self.all) > 1

    @property
    def label(self) -> str:
        """The names of all, for a heading."""
        return ", ".join(target.label for target in self.all)

    @property
    def width(self) -> int:
        """The width of a column with the names of several servers; 0 for one."""
        return max(len(target.name) for target in self.all) if self.are_many else 0

    async def ask(
        self, question: Callable[[Asked], Awaitable[Answer]], among: Sequence[ServerTarget] = ()
    ) -> list[Answer]:
        """The answers of the servers that answer, all or those `among` them, in the order of the servers.

        Raises StoreError for the only one.
        """
        if not self.are_many:
            return [await self.ask_one(self.all[0], question)]
        return [answer async for answers in self.ask_in_turn(question, among) for answer in answers]

    async def ask_in_turn(
        self, question: Callable[[Asked], Awaitable[Answer]], among: Sequence[ServerTarget] = ()
    ) -> AsyncGenerator[list[Answer], None]:
        """The answers: first together those of all servers that are reached within a second, in their order.

        Then come, each for itself, those of the servers that are slower than that. With one server there is one answer.
        Raises StoreError for the only one.
        """
        if not self.are_many:
            yield [await self.ask_one(self.all[0], question)]
            return
        self.none_answered = True
        self._gate.expect(among or self.all)
        asking = {target: asyncio.ensure_future(self._answer_of(target, question)) for target in among or self.all}
        try:
            await self._wait_for_reached(asking)
            while asking:
                came = [target for target, task in asking.items() if task.done()]
                answers = [answer for target in came for answer in asking.pop(target).result()]
                self.silent = list(asking)
                self.none_answered = self.none_answered and not answers
                self._report_same()
                yield answers
                if asking:
                    await asyncio.wait(asking.values(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(asking.values())

    async def _wait_for_reached(self, asking: Mapping[ServerTarget, asyncio.Task[list[Answer]]]) -> None:
        """Wait for those that are reached within a second, and in any case for one answer."""
        # In turns, since what others brought may take this process a while.
        turns = _REACHED_TURNS
        while pending := {target: task for target, task in asking.items() if not task.done()}:
            has_answer = any(task.result() for target, task in asking.items() if target not in pending)
            expected = (
                pending if turns or not has_answer else {t: pending[t] for t in pending if self._gate.has_reached(t)}
            )
            if not expected:
                return
            timeout = self._reached_seconds / _REACHED_TURNS if turns else None
            done, _ = await asyncio.wait(expected.values(), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            turns -= bool(turns and not done)

    async def ask_reached(
        self,
        question: Callable[[Asked], Awaitable[Answer]],
        is_enough: Callable[[Answer], bool],
        among: Sequence[ServerTarget] = (),
    ) -> list[Answer]:
        """The same as `ask`, but what is silent while others have enough of an answer is reported, and left."""
        answers: list[Answer] = []
        async with aclosing(self.ask_in_turn(question, among)) as coming:
            async for came in coming:
                answers += came
                if any(map(is_enough, answers)):
                    for target in self.silent:
                        self.report(target, f"no answer within {self._reached_seconds:g} s: it was not waited for")
                    break
        return answers

    async def ask_until(
        self,
        question: Callable[[Asked], Awaitable[Answer]],
        is_enough: Callable[[Answer], bool],
        among: Sequence[ServerTarget] = (),
    ) -> list[Answer]:
        """The answers of several servers as they come, up to one that is enough; who has not answered then is left."""
        asking = {asyncio.ensure_future(self._answer_of(target, question)) for target in among or self.all}
        answers: list[Answer] = []
        try:
            while asking and not any(map(is_enough, answers)):
                done, asking = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
                answers += [answer for each in done for answer in each.result()]
        finally:
            await _end(asking)
        return answers

    async def ask_one(self, target: ServerTarget, question: Callable[[Asked], Awaitable[Answer]]) -> Answer:
        """The answer of one server. Raises StoreError."""
        async with await target.open_store() as store:
            self._gate.note(target, is_reached=True)
            placer = await placer_of(target, store) if self.are_many else None
            if placer is not None:
                self._data_ids[target] = placer.data_id
            async with self._gate.turn():
                return await question(Asked(target, store, placer))

    def feeds(self) -> list[LiveFeed]:
        """A feed for each server; those of several place their scans in the list of all."""
        return [*self.placed_feeds()] if self.are_many else [Feed(self.all[0].open_store)]

    def placed_feeds(self) -> list[PlacedFeed]:
        """A feed for each of several servers, whose scans are placed in the list of all."""
        return [*placed_feeds({each.name: Feed(each.open_store) for each in self.all}).values()]

    def first_with_data_of(self, target: ServerTarget) -> ServerTarget:
        """The first of the servers that hold the same data as this one, as far as it is known."""
        data_id = self._data_ids.get(target)
        return next((each for each in self.all if data_id and self._data_ids.get(each) == data_id), target)

    def _report_same(self) -> None:
        """Say which servers hold the same data as another."""
        for target in self._data_ids:
            first = self.first_with_data_of(target)
            if first is not target and target not in self._repeats:
                self._repeats.add(target)
                notify(f"{target.label} holds the same data as {first.label}: each scan counts once")

    def report_late(self, scans: Sequence[ExportedScan]) -> None:
        """Report scans of servers whose answers came when those of the others were written already."""
        for target in self.all:
            if number := sum(each.scan.server == target.name for each in scans):
                self.report(target, late_answer(number))

    def report(self, target: ServerTarget, problem: object) -> None:
        """Report what failed on one of several servers."""
        self.has_failed = True
        notify(f"{target.label}: {problem}")

    def worst(self, exit_code: int) -> int:
        """The exit code of a command that would be this one if no server had failed."""
        return ExitCode.ERROR if self.has_failed and exit_code in (ExitCode.DONE, ExitCode.NO_SCAN) else exit_code

    async def _answer_of(self, target: ServerTarget, question: Callable[[Asked], Awaitable[Answer]]) -> list[Answer]:
        try:
            return [await self.ask_one(target, question)]
        except StoreError as error:
            self._gate.note(target, is_reached=False)
            self.report(target, error)
            return []


async def _end(tasks: Collection[asyncio.Future[Any]]) -> None:
    """End what is no longer wanted."""
    for each in tasks:
        each.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _always(name: str, _: str) -> str:
    return name


async def placer_of(target: ServerTarget, store: AsyncDataStore) -> Placer:
    """What places the scans of a server in the list of all."""
    placer = Placer(target.name)
    await get_to_know(placer, store, wall_ms)
    return placer
