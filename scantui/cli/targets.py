"""The servers that a command asks, at the same time, and what becomes of their answers.

Rule: with one server everything is as if there were no others: its errors end the command, and its scans name no
server. Of several, one that fails is reported on stderr, and the others' answers count.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from scantui.cli.arguments import opener_of, servers_of
from scantui.cli.outcomes import ExitCode
from scantui.cli.output import notify
from scantui.exceptions import StoreError
from scantui.export import ExportedScan
from scantui.feed import Feed
from scantui.feed.many import LiveFeed, PlacedFeed, placed_feeds, wall_ms
from scantui.feed.placing import Placer
from scantui.system.config import DEMO, DEMO_NAMES

if TYPE_CHECKING:
    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore

Answer = TypeVar("Answer")


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

    `has_failed` is whether one of several failed, `none_answered` whether all did.
    """

    def __init__(self, targets: Sequence[ServerTarget]) -> None:
        self.all = tuple(targets)
        self.has_failed = False
        self.none_answered = False

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
                ]
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
        found = await asyncio.gather(*(self._answer_of(target, question) for target in among or self.all))
        self.none_answered = not any(found)
        return [answer for answers in found for answer in answers]

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
            for each in asking:
                each.cancel()
            if asking:
                await asyncio.wait(asking)
        return answers

    async def ask_one(self, target: ServerTarget, question: Callable[[Asked], Awaitable[Answer]]) -> Answer:
        """The answer of one server. Raises StoreError."""
        async with await target.open_store() as store:
            return await question(Asked(target, store, await placer_of(target, store) if self.are_many else None))

    def feeds(self) -> list[LiveFeed]:
        """A feed for each server; those of several place their scans in the list of all."""
        return [*self.placed_feeds()] if self.are_many else [Feed(self.all[0].open_store)]

    def placed_feeds(self) -> list[PlacedFeed]:
        """A feed for each of several servers, whose scans are placed in the list of all."""
        return [*placed_feeds({each.name: Feed(each.open_store) for each in self.all}).values()]

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
            self.report(target, error)
            return []


def _always(name: str, _: str) -> str:
    return name


async def placer_of(target: ServerTarget, store: AsyncDataStore) -> Placer:
    """What places the scans of a server in the list of all."""
    placer = Placer(target.name)
    server_ms = (await store.monitoring.poll_status([])).server_ms
    placer.note_clock(server_ms - wall_ms())
    return placer


def in_order(scans: Iterable[Sequence[ExportedScan]], newest: int = 0) -> list[ExportedScan]:
    """The scans of all servers as one list, oldest first; only the `newest` ones if this is not 0.

    One that several servers have, such as a master and its replica, is that of the first.
    """
    lists = list(scans)
    if len(lists) == 1:
        return list(lists[0])
    once: dict[str, ExportedScan] = {}
    for found in lists:
        for each in found:
            once.setdefault(each.scan.key, each)
    return sorted(once.values(), key=lambda each: each.scan.rank)[-newest:]
