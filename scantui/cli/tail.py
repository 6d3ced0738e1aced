"""`scantui tail`: prints new scans as they appear, and their states."""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, NamedTuple

from scantui.board import Board
from scantui.cli.arguments import add_filter, add_stores, scan_filter_of, whole_number
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, local_time, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.targets import ServerTarget, Targets
from scantui.exceptions import ConnectionFailed, FilterSyntaxError, UsageError
from scantui.export import scan_record
from scantui.feed import Connected, Event, Loaded, Lost
from scantui.feed.many import LiveFeed, PlacedFeed, merged
from scantui.filters import ScanFilter
from scantui.filters.grammar import quoted_if_needed
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.vigil.scans import ScanEvent, ScanWatch
from scantui.words import clock_span, duration, iso_time, short_span

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

EXAMPLES = f"""\
tail prints a scan when it first matches the FILTER: with state=fail, that is
when it fails. --since also prints earlier scans, created since then: 10m (ago),
22:00 (the last time it was), 2026-11-20T22:00, or a timestamp of the store such
as 1732140000000-0. After a lost connection, tail reconnects and misses nothing.

examples:
  scantui tail                                  new scans, one per line
  scantui tail --states 'name=ascan*'           ascans and their state changes
  scantui tail -s id11 -s id15                  those of two servers
  scantui tail is=problem --plain >> problems   problems, as sentences
  scantui tail --since 22:00 --json | jq .key   one JSON object per line

{exit_codes_help()}"""

# How long the earlier scans of one server wait for those of others.
_BACKLOG_SECONDS = 3.0
_TIMESTAMP = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_SENTENCES = {
    "NEW": "was created",
    "PREP": "is prepared",
    "RUN": "is running",
    "STALL": "may be stuck: nothing new",
    "STOP": "has all its points",
    "DONE": "succeeded",
    "FAIL": "failed",
    "ABRT": "was aborted by a user",
    "LOST": "was closed by a clean-up",
    "END": "ended without a reason",
    "GONE": "was deleted or has expired",
    "BAD": "cannot be read",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui tail`."""
    add_filter(parser)
    parser.add_argument("--since", metavar="WHEN", help="start with scans created since then: 10m, 22:00, a timestamp")
    parser.add_argument("--states", action="store_true", help="also print state changes (only the latest of several)")
    parser.add_argument("--max", type=whole_number, metavar="N", help="stop after N lines")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object per line")
    form.add_argument("--plain", action="store_true", help="print one sentence per line, for screen readers and logs")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print new scans as they appear, one per line, until Ctrl-C."""
    targets = Targets.of(options)
    notify_reading(scan_filter_of(options))
    feeds = targets.feeds()
    tailed = [_Tailed(options, target, feed, targets) for target, feed in zip(targets.all, feeds, strict=True)]
    write_event = _write_json if options.json else _write_sentence if options.plain else _line_writer(targets.width)

    async def tail() -> int:
        left, backlog = options.max, _Backlog(len(tailed))
        async with aclosing(merged(tailed)) as events:
            async for number, came in events:
                for scan_event in backlog.in_order(number, came):
                    write_event(scan_event)
                    left = left and left - 1
                    if left == 0:
                        targets.has_failed = targets.are_many and any(each.narrator.is_lost for each in tailed)
                        return targets.worst(ExitCode.DONE)
        return ExitCode.DONE

    return run_work(tail(), while_read=True)


class _Came(NamedTuple):
    """What is to be printed after an event of a server, and whether nothing earlier will come of it."""

    scan_events: Sequence[ScanEvent]
    is_loaded: bool


class _Tailed:
    """A server, and what is printed of its scans."""

    def __init__(self, options: Namespace, target: ServerTarget, feed: LiveFeed, targets: Targets) -> None:
        self.narrator = Narrator(target.name_at, target.label if targets.are_many else "")
        self._all_states = options.states
        self._feed = feed
        self._is_loaded = False
        self._since = since = Since(options.since) if options.since is not None else None
        self._watch = watch = ScanWatch(
            scan_filter_of(options),
            includes_old=lambda row: since is not None and since.covers(row, watch),
            board=Board(target.name),
        )

    async def events(self) -> AsyncGenerator[_Came, None]:
        """What is to be printed after each event of the server."""
        async with aclosing(self._feed.events()) as events:
            async for event in events:
                scan_events = await self._take_in(event)
                self._is_loaded = self._is_loaded or _is_all(event)
                yield _Came(scan_events, self._is_loaded and not self._watch.holds_back)

    async def _take_in(self, event: Event) -> Sequence[ScanEvent]:
        if isinstance(event, Connected):
            ahead_ms = self._feed.placer.origin.ahead_ms if isinstance(self._feed, PlacedFeed) else 0
            await self._watch.begin(event.store, ahead_ms)
            if self._since is not None:
                await self._since.begin(event.store)
        self.narrator.handle(event)
        scan_events = self._watch.handle(event)
        self._feed.watched = list(self._watch.reported_and_open)
        return [each for each in scan_events if each.kind == "new" or self._all_states]


def _is_all(event: Event) -> bool:
    """Whether nothing more is loaded after an event."""
    none_remain = isinstance(event, Loaded) and not event.remaining
    return none_remain or isinstance(event, Lost) or (isinstance(event, Connected) and not event.total)


class _Backlog:
    """Puts in order what several servers report of earlier scans, and waits a moment for those that are slow."""

    def __init__(self, servers: int) -> None:
        self._loading = set(range(servers))
        self._waiting: list[ScanEvent] | None = [] if servers > 1 else None
        self._until = time.monotonic() + _BACKLOG_SECONDS

    def in_order(self, server: int, came: _Came) -> Sequence[ScanEvent]:
        """What can be printed by now, with what came of a server, by its number."""
        if self._waiting is None:
            return came.scan_events
        self._waiting += came.scan_events
        if came.is_loaded:
            self._loading.discard(server)
        if self._loading and time.monotonic() < self._until:
            return []
        waiting, self._waiting = self._waiting, None
        return sorted(waiting, key=lambda each: (each.at_ms, each.scan.scan.rank))


class Since:
    """The time since which earlier scans are printed too. Raises UsageError if the text is not a time."""

    def __init__(self, text: str) -> None:
        self._timestamp = text if _TIMESTAMP.fullmatch(text) else ""
        self._keys: frozenset[str] | None = None
        self._is_whole = False
        if self._timestamp:
            self._since_ms = int(text.partition("-")[0])
            return
        try:
            self._filter = ScanFilter.parse(f"since={quoted_if_needed(text)}")
        except FilterSyntaxError as error:
            raise UsageError(f"--since: {error}, or a timestamp of the store") from None

    async def begin(self, store: AsyncDataStore) -> None:
        """Ask once which scans were created after a timestamp of the store."""
        if self._timestamp and self._keys is None:
            # If the connection is lost, the feed makes a new one.
            with suppress(ConnectionFailed):
                news = await store.wait_for_news(self._timestamp, {}, 0)
                self._keys, self._is_whole = frozenset(ref.key for ref in news.created), news.is_whole

    def covers(self, row: ScanSummary, watch: ScanWatch) -> bool:
        if self._timestamp:
            # For scans that the history no longer lists, their own time of creation decides.
            return row.key in (self._keys or ()) or (not self._is_whole and row.born_ms >= self._since_ms)
        return self._filter.matches(row, now_ms=watch.board.now_ms)


def _line_writer(width: int) -> Callable[[ScanEvent], None]:
    return lambda event: write(scan_line(event.scan, event.at_ms, width))


def _write_json(event: ScanEvent) -> None:
    write(json_text({"event": event.kind, "at": iso_time(event.at_ms), **scan_record(event.scan)}))


def _write_sentence(event: ScanEvent) -> None:
    write(sentence_of(event))


def sentence_of(event: ScanEvent) -> str:
    """An event as one sentence, with its local time."""
    row, word = event.scan.scan, event.scan.word
    where = f" on {row.server}" if row.server else ""
    named = f"Scan {row.identity.number}, {row_name(row)},{where}" if row.identity else f"Scan {row.key}{where}"
    sentence = _SENTENCES[word]
    seconds = None if row.is_open else duration(row, event.scan.now_ms)
    if seconds is not None and word != "GONE":
        sentence += f" after {clock_span(seconds)}"
    elif word == "BAD" and row.problem:
        sentence += f": {row.problem}"
    elif event.quiet_ms:
        sentence += f" for {short_span(event.quiet_ms / 1000)}"
    return printable(f"{local_time(event.at_ms)}: {named} {sentence}.")
