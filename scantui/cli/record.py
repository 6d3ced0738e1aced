"""`scantui record`: what happens in the store, to a file that `scantui replay` shows again."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime, timezone

import msgspec

from scantui.cli.arguments import add_store, seconds, server_label_of, store_opener_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import tell
from scantui.cli.running import run_work
from scantui.cli.watching import Narrator
from scantui.exceptions import UsageError
from scantui.feed import Feed
from scantui.recording.anonymity import Anonymiser
from scantui.recording.format import Header, Moment, Recording, encode_header, encode_moment
from scantui.recording.recorder import follow
from scantui.system.recordings import LineWriter
from scantui.words import clock_span

EXAMPLES = f"""\
Ctrl-C ends the recording; what was written until then can be read, also after a crash. The file is yours alone (mode
600). It holds lines of JSON in gzip: `zcat FILE` shows them, and help(scantui.recording.format) explains them.
--anonymise puts stand-ins in the place of names, titles, users, paths and error messages, equal ones for equal texts;
numbers, times, states and keys stay.

examples:
  scantui record night.rec -s redis://id11:6380
  scantui record report.rec --seconds 60 --anonymise
  scantui record report.rec --from night.rec --anonymise

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what a recording may be told."""
    parser.add_argument("file", metavar="FILE", help="the file to be written")
    parser.add_argument("--from", dest="original", metavar="RECORDING", help="copy a recording instead of a store")
    parser.add_argument("--anonymise", action="store_true", help="leave out names, paths and all other texts")
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end it after so long")
    parser.add_argument("--force", action="store_true", help="overwrite FILE")
    add_store(parser)


def run(options: Namespace) -> int:
    """Record what happens in the store, for bug reports and training, until Ctrl-C."""
    if options.original is not None:
        return _copy(options)
    feed, label = Feed(store_opener_of(options)), server_label_of(options)
    narrator = Narrator(label)
    header = Header(started=datetime.now(timezone.utc).isoformat(timespec="seconds"), server=label)
    with _Tape(options, header) as tape:
        tell(f"recording {label} to {options.file}, Ctrl-C ends it")

        def take(moment: Moment) -> None:
            narrator.take_in(moment.event)
            tape.take(moment)

        return run_work(_follow(feed, take, options.seconds))


def _copy(options: Namespace) -> int:
    if options.demo or options.server:
        raise UsageError("--from copies a recording, and asks no server: leave out -s and --demo")
    recording = Recording(options.original)
    with _Tape(options, recording.header) as tape:
        for moment in recording.moments():
            tape.take(moment)
    if recording.ending:
        tell(f"{options.original} ends there: {recording.ending}")
    return ExitCode.DONE


class _Tape:
    """The file that is written, and what is said of it at the end."""

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
        tell(f"recorded {self._events} events in {clock_span(self._seconds)} to {self._lines.path}")

    def take(self, moment: Moment) -> None:
        if self._change is not None:
            moment = moment._replace(event=self._change(moment.event))
        self._lines.write(encode_moment(moment))
        self._events, self._seconds = self._events + 1, moment.at


async def _follow(feed: Feed, take: Callable[[Moment], None], longest: float | None) -> int:
    """Follow the feed for so long, or until Ctrl-C, which is how a recording is meant to end."""
    loop = asyncio.get_running_loop()
    following = asyncio.ensure_future(follow(feed, take))
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
