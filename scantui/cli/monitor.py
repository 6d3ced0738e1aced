"""`scantui`: the monitor itself, on a server or on the demo's simulated beamline."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import URL_VARIABLE, add_server, server_url_of, store_opener_of
from scantui.exceptions import UsageError
from scantui.feed import Feed, OpenStore
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
    parser.add_argument("--filter", default="", metavar="TEXT", help="show only these scans, as / does: state=run")
    parser.add_argument("--mouse", action="store_true", help="take the mouse, which keeps the terminal from selecting")
    parser.add_argument("--read-only", action="store_true", help="have no keys that write")


def run(options: Namespace) -> int:
    """Watch the scans that BLISS publishes into Redis."""
    scan_filter = ScanFilter.parse(options.filter)
    open_store = store_opener_of(options)
    label = "demo" if options.demo else ServerAddress.parse(server_url_of(options)).label
    return _show(open_store, label, options, scan_filter)


def _show(open_store: OpenStore, label: str, options: Namespace, scan_filter: ScanFilter) -> int:
    if not (sys.stdin and sys.stdin.isatty() and sys.__stdout__ and sys.__stdout__.isatty()):
        raise UsageError("the monitor needs a terminal for its input and output")
    from scantui.machine.log import log_path, open_log
    from scantui.machine.state import Memory, state_path
    from scantui.machine.terminal import ANSI_COLOURS, colours, has_utf8, wants_no_colour
    from scantui.tui.app import ScanTuiApp
    from scantui.tui.terminal import forgive_bad_bytes

    forgive_bad_bytes()
    with open_log(log_path(os.environ), "INFO") as log:
        app = ScanTuiApp(
            Feed(open_store),
            label,
            memory=Memory(state_path(os.environ)),
            log_lines=lambda: log.records,
            own_colours_only=wants_no_colour(os.environ) or colours(os.environ) <= ANSI_COLOURS,
            ascii_only=not has_utf8(os.environ, sys.__stdout__.encoding),
        )
        app.monitor.start_filter = scan_filter
        app.monitor.read_only = options.read_only
        app.run(mouse=options.mouse)
    if not app.return_code:
        print(app.monitor.parting_words())
    return app.return_code or 0
