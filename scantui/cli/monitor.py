"""`scantui`: the monitor itself, on a server or on the demo's simulated beamline."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scantui.cli.arguments import add_server, server_of
from scantui.exceptions import UsageError
from scantui.feed import Feed
from scantui.filters import ScanFilter
from scantui.machine.config import DEMO, Configuration
from scantui.machine.servers import Server, named_server
from scantui.store.address import DEFAULT_URL

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_log = logging.getLogger(__name__)
EXAMPLES = f"""\
The URL is that of the Redis into which BLISS publishes: redis://host:6380, rediss://user:password@host/0 or
unix:///run/redis.sock. Without one, SCANTUI_URL, the configuration file and BEACON_HOST are asked, then it is
{DEFAULT_URL}: `scantui config` tells.

examples:
  scantui redis://id11:6380     watch the scans of a beamline
  scantui -s id11               the same, where the configuration file names it so
  scantui --demo                watch a simulated beamline, without any Redis
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what the monitor may be told."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("url", nargs="?", metavar="URL", help="the Redis to watch")
    what.add_argument("--demo", action="store_true", help="watch a simulated beamline")
    add_server(parser)
    parser.add_argument("--filter", default="", metavar="TEXT", help="show only these scans, as / does: state=run")
    parser.add_argument("--mouse", action="store_true", help="take the mouse, which keeps the terminal from selecting")
    parser.add_argument("--read-only", action="store_true", help="have no keys that write")


def run(options: Namespace) -> int:
    """Watch the scans that BLISS publishes into Redis."""
    scan_filter = ScanFilter.parse(options.filter)
    configuration = Configuration.read(os.environ)
    if options.demo:
        from scantui.demo.session import DemoSession

        return _show({DEMO: Feed(DemoSession().open_store)}.__getitem__, [DEMO], configuration, options, scan_filter)
    server = server_of(options, configuration)

    def feed_of(name: str) -> Feed:
        return _feed_of(server if name == server.name else named_server(name, configuration))

    names = list(dict.fromkeys((server.name, *configuration.servers)))
    return _show(feed_of, names, configuration, options, scan_filter)


def _feed_of(server: Server) -> Feed:
    if server.caution:
        _log.warning("%s: %s", server.name, server.caution)

    async def open_store() -> AsyncDataStore:
        return await (await asyncio.to_thread(_async_store)).open(server.address)

    return Feed(open_store)


def _async_store() -> type[AsyncDataStore]:
    """Import the store's async flavour: it takes a while, so it happens beside the running screen."""
    from scantui.store.aio import AsyncDataStore

    return AsyncDataStore


def _show(
    feed_of: Callable[[str], Feed],
    names: Sequence[str],
    configuration: Configuration,
    options: Namespace,
    scan_filter: ScanFilter,
) -> int:
    """Open the screen on the first of these servers."""
    if not (sys.stdin and sys.stdin.isatty() and sys.__stdout__ and sys.__stdout__.isatty()):
        raise UsageError("the monitor needs a terminal for its input and output")
    from scantui.machine.log import log_path, open_log
    from scantui.machine.state import Memory, state_path
    from scantui.machine.terminal import ANSI_COLOURS, colours, has_utf8, wants_no_colour
    from scantui.tui.app import ScanTuiApp
    from scantui.tui.preferences import check_preferences
    from scantui.tui.terminal import forgive_bad_bytes

    check_preferences(configuration)
    forgive_bad_bytes()
    with open_log(log_path(os.environ), "INFO") as log:
        app = ScanTuiApp(
            feed_of(names[0]),
            names[0],
            memory=Memory(state_path(os.environ), configuration.preferences),
            log_lines=lambda: log.records,
            own_colours_only=wants_no_colour(os.environ) or colours(os.environ) <= ANSI_COLOURS,
            ascii_only=not has_utf8(os.environ, sys.__stdout__.encoding),
            servers=names,
            feed_of=feed_of,
        )
        app.monitor.start_filter = scan_filter
        app.monitor.read_only = options.read_only
        app.run(mouse=options.mouse)
    if not app.return_code:
        print(app.monitor.parting_words())
    return app.return_code or 0
