"""`scantui tail`: what happens to scans, as it happens."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from scantui.cli.arguments import (
    add_filter,
    add_store,
    scan_filter_of,
    server_label_of,
    store_opener_of,
    whole_number,
)
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, local_time, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.watching import Happening, Narrator, ScanWatch
from scantui.exceptions import ConnectionFailed, FilterSyntaxError, UsageError
from scantui.export import iso_time, scan_record
from scantui.feed import Connected, Feed
from scantui.filters import ScanFilter
from scantui.filters.grammar import quoted_if_needed
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.words import clock_span, duration

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

EXAMPLES = f"""\
A FILTER is what / takes in the monitor. A scan is told of when it passes for the first time: with state=fail that is
when it fails. --since begins with the scans from then on: 10m ago, the last time it was 22:00, 2026-11-20T22:00, or a
timestamp of the store such as 1732140000000-0. A server that is lost is tried again, and nothing is missed meanwhile.

examples:
  scantui tail                                  new scans, a line each
  scantui tail --states 'name=ascan*'           and how they go on, of ascans
  scantui tail is=problem --plain >> problems   sentences, of what goes wrong
  scantui tail --since 22:00 --json | jq .key   JSON, a line each

{exit_codes_help()}"""

_TIMESTAMP = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_SENTENCES = {
    "NEW": "was created",
    "PREP": "is prepared",
    "RUN": "runs",
    "STALL": "has done nothing for unusually long",
    "STOP": "has all its points",
    "DONE": "ended with success",
    "FAIL": "failed",
    "ABRT": "was aborted by a user",
    "LOST": "was closed by a clean-up",
    "END": "ended, and nothing says how",
    "GONE": "is gone from Redis",
    "BAD": "cannot be read",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `tail` may be told."""
    add_filter(parser)
    parser.add_argument("--since", metavar="WHEN", help="begin with the scans created since: 10m, 22:00, a timestamp")
    parser.add_argument("--states", action="store_true", help="tell of states too, of several at once the last")
    parser.add_argument("--max", type=whole_number, metavar="N", help="end after N lines")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a JSON object on each line")
    form.add_argument("--plain", action="store_true", help="a sentence on each line, for screen readers and logs")
    add_store(parser)


def run(options: Namespace) -> int:
    """Tell of new scans as they come, a line each, until Ctrl-C."""
    since = Since(options.since) if options.since is not None else None
    watch = ScanWatch(scan_filter_of(options), tells_of_old=lambda row: since is not None and since.covers(row, watch))
    feed, narrator = Feed(store_opener_of(options)), Narrator(server_label_of(options))
    write_happening = _write_json if options.json else _write_sentence if options.plain else _write_line

    async def tail() -> int:
        left = options.max
        async with aclosing(feed.events()) as events:
            async for event in events:
                if isinstance(event, Connected):
                    await watch.begin(event.store)
                    if since is not None:
                        await since.begin(event.store)
                narrator.take_in(event)
                for happening in watch.take_in(event):
                    if happening.kind == "new" or options.states:
                        write_happening(happening)
                        left = left and left - 1
                        if left == 0:
                            return ExitCode.DONE
                feed.watched = list(watch.told_and_open)
        return ExitCode.DONE

    return run_work(tail(), while_read=True)


class Since:
    """From which moment on scans are told of that were there before; UsageError for what is no moment."""

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
        """Ask once what was created after a timestamp of the store."""
        if self._timestamp and self._keys is None:
            # A connection that broke already is made anew by the feed.
            with suppress(ConnectionFailed):
                news = await store.wait_for_news(self._timestamp, {}, 0)
                self._keys, self._is_whole = frozenset(ref.key for ref in news.created), news.is_whole

    def covers(self, row: ScanSummary, watch: ScanWatch) -> bool:
        if self._timestamp:
            # What the history does not tell any more, the scan's own time does.
            return row.key in (self._keys or ()) or (not self._is_whole and row.created_ms >= self._since_ms)
        return self._filter.matches(row, now_ms=watch.board.now_ms)


def _write_line(happening: Happening) -> None:
    write(scan_line(happening.scan, happening.at_ms))


def _write_json(happening: Happening) -> None:
    write(json_text({"event": happening.kind, "at": iso_time(happening.at_ms), **scan_record(happening.scan)}))


def _write_sentence(happening: Happening) -> None:
    row, word = happening.scan.scan, happening.scan.word
    named = f"Scan {row.identity.number}, {row_name(row)}," if row.identity else f"Scan {row.key}"
    said = _SENTENCES[word]
    seconds = None if row.is_open else duration(row, happening.scan.now_ms)
    if seconds is not None and word != "GONE":
        said += f" after {clock_span(seconds)}"
    elif word == "BAD" and row.problem:
        said += f": {row.problem}"
    write(printable(f"{local_time(happening.at_ms)}: {named} {said}."))
