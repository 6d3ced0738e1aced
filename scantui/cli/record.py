"""`scantui record`: records what happens in Redis to a file, which `scantui replay` plays back."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime, timezone

import msgspec

from scantui.cli.arguments import add_stores, seconds
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import notify
from scantui.cli.running import run_work
from scantui.cli.targets import Targets
from scantui.exceptions import UsageError
from scantui.feed import Event
from scantui.feed.joined import JoinedFeed
from scantui.feed.many import LiveFeed
from scantui.recording.anonymity import Anonymiser
from scantui.recording.format import Header, Moment, Recording, encode_header, encode_moment
from scantui.recording.recorder import follow
from scantui.system.recordings import LineWriter
from scantui.words import clock_span, counted

EXAMPLES = f"""\
Ctrl-C ends the recording. The file can be read while it grows, and after a
crash. Only you can read it (mode 600). It holds gzipped lines of JSON: `zcat
FILE` prints them, help(scantui.recording.format) in Python explains them. It
holds what the table shows, but no points, so a replay has no curves.
--anonymise replaces names, titles, users, paths and error messages by
placeholders, the same text always by the same one; it keeps numbers, times,
states and keys.

Of several servers it holds one list, in which each row names its server.

examples:
  scantui record night.rec -s redis://id11:6380
  scantui record report.rec --seconds 60 --anonymise
  scantui record report.rec --from night.rec --anonymise

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui record`."""
    parser.add_argument("file", metavar="FILE", help="file to write")
    parser.add_argument("--from", dest="original", metavar="RECORDING", help="copy an existing recording")
    parser.add_argument(
        "--anonymise", action="store_true", help="replace names, paths and all other texts by placeholders"
    )
    parser.add_argument("--seconds", type=seconds, metavar="N", help="stop after N seconds")
    parser.add_argument("--force", action="store_true", help="overwrite FILE if it exists")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Record what happens in Redis, for bug reports and training, until Ctrl-C."""
    if options.original is not None:
        return _copy(options)
    targets = Targets.of(options)
    label = targets.label
    narrators = [Narrator(each.name_at, each.label if targets.are_many else "") for each in targets.all]

    def hear(number: int, event: Event) -> None:
        narrators[number].handle(event)

    feed = JoinedFeed(targets.placed_feeds(), hear) if targets.are_many else targets.feeds()[0]
    header = Header(started=datetime.now(timezone.utc).isoformat(timespec="seconds"), server=label)
    with _Tape(options, header) as tape:
        notify(f"recording {label} to {options.file}; press Ctrl-C to stop")

        def keep(moment: Moment) -> None:
            if not targets.are_many:
                hear(0, moment.event)
            tape.write(moment)

        return run_work(_follow(feed, keep, options.seconds))


def _copy(options: Namespace) -> int:
    if options.demo or options.server:
        raise UsageError("--from copies a recording without a server: leave out -s and --demo")
    recording = Recording(options.original)
    with _Tape(options, recording.header) as tape:
        for moment in recording.moments():
            tape.write(moment)
    if recording.ending:
        notify(f"{options.original} ends early: {recording.ending}")
    return ExitCode.DONE


class _Tape:
    """The file that is written, and the message about it at the end."""

    def __init__(self, options: Namespace, header: Header) -> None:
        self._change = Anonymiser().event if options.anonymise else None
        if options.anonymise:
            header = msgspec.structs.replace(header, server="", anonymised=True)
        self._lines = LineWriter(options.file, overwrite=options.force)
        self._events, self._seconds = 0, 0.0
        self._lines.write(encode_header(header))

    def __enter__(self) -> _Tape:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        notify(f"recorded {counted(self._events, 'event')} in {clock_span(self._seconds)} to {self._lines.path}")

    def write(self, moment: Moment) -> None:
        if self._change is not None:
            moment = moment._replace(event=self._change(moment.event))
        self._lines.write(encode_moment(moment))
        self._events, self._seconds = self._events + 1, moment.at


async def _follow(feed: LiveFeed, keep: Callable[[Moment], None], longest: float | None) -> int:
    """Follow the feed for `longest` seconds or until Ctrl-C, which is the normal end of a recording."""
    loop = asyncio.get_running_loop()
    following = asyncio.ensure_future(follow(feed, keep))
    loop.add_signal_handler(signal.SIGINT, following.cancel)
    if longest is not None:
        loop.call_later(longest, following.cancel)
    try:
        await asyncio.wait([following])
    finally:
        following.cancel()
        await asyncio.wait([following])
    if not following.cancelled():
        following.result()
    return ExitCode.DONE
