"""`scantui`: the monitor itself, on a server or on the demo's simulated beamline."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import URL_VARIABLE, add_server, server_url_of, store_opener_of
from scantui.cli.screen import add_looks, show
from scantui.feed import Feed
from scantui.filters import ScanFilter
from scantui.store.address import DEFAULT_URL, ServerAddress

EXAMPLES = f"""\
The URL is that of the Redis into which BLISS publishes: redis://host:6380, rediss://user:password@host/0 or
unix:///run/redis.sock. Without one, {URL_VARIABLE} is asked, then {DEFAULT_URL}.

examples:
  scantui redis://id11:6380     watch the scans of a beamline
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
    open_store = store_opener_of(options)
    label = "demo" if options.demo else ServerAddress.parse(server_url_of(options)).label
    return show(Feed(open_store), label, options, scan_filter)
