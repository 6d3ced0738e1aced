"""`scantui`: the monitor itself, on a server or on the demo's simulated beamline."""

from __future__ import annotations

import logging
import os
from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_server, opener_of, server_of, store_opener_of
from scantui.cli.screen import add_looks, show
from scantui.feed import Feed
from scantui.filters import ScanFilter
from scantui.store.address import DEFAULT_URL
from scantui.system.config import DEMO, Configuration
from scantui.system.servers import named_server

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
    add_looks(parser)
    parser.add_argument("--read-only", action="store_true", help="have no keys that write")


def run(options: Namespace) -> int:
    """Watch the scans that BLISS publishes into Redis."""
    scan_filter = ScanFilter.parse(options.filter)
    if options.demo:
        return show(Feed(store_opener_of(options)), DEMO, options, scan_filter)
    server, configuration = server_of(options), Configuration.read(os.environ)

    def feed_of(name: str) -> Feed:
        chosen = server if name == server.name else named_server(name, configuration, "a choice on the screen")
        if chosen.warning:
            _log.warning("%s: %s", chosen.name, chosen.warning)
        return Feed(opener_of(chosen))

    names = list(dict.fromkeys((server.name, *configuration.servers)))
    source = Feed(opener_of(server))
    return show(source, server.name, options, scan_filter, servers=names, feed_of=feed_of)
