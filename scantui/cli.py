"""The command line: reads arguments, then imports and starts what was asked for.

Rule: data goes to stdout, narration to stderr, and only arguments that cannot be used end before the screen opens.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from scantui import __version__
from scantui.exceptions import FilterSyntaxError, ScanTuiError, UsageError
from scantui.feed import Feed, OpenStore
from scantui.filters import ScanFilter
from scantui.store.address import DEFAULT_URL, ServerAddress

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

URL_VARIABLE = "SCANTUI_URL"
_URL = re.compile(r"\S+://\S*")
_EPILOG = f"""\
The URL is that of the Redis into which BLISS publishes: redis://host:6380, rediss://user:password@host/0 or
unix:///run/redis.sock. Without one, {URL_VARIABLE} is asked, then {DEFAULT_URL}.

examples:
  scantui redis://id11:6380     watch the scans of a beamline
  scantui --demo                watch a simulated beamline, without any Redis
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        scan_filter = ScanFilter.parse(options.filter)
        if options.demo:
            return _watch_demo(options, scan_filter)
        return _watch(options.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL, options, scan_filter)
    except FilterSyntaxError as error:
        print(f"scantui: --filter, column {error.column}: {error}", file=sys.stderr)
        return 2
    except ScanTuiError as error:
        print(f"scantui: {error}", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    """A parser whose errors repeat no URL, since one may hold a password."""

    def error(self, message: str) -> NoReturn:
        super().error(_URL.sub("<URL>", message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="scantui",
        description="Watch the scans that BLISS publishes into Redis.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("url", nargs="?", metavar="URL", help="the Redis to watch")
    what.add_argument("--demo", action="store_true", help="watch a simulated beamline")
    parser.add_argument("--filter", default="", metavar="TEXT", help="show only these scans, as / does: state=run")
    parser.add_argument("--mouse", action="store_true", help="take the mouse, which keeps the terminal from selecting")
    parser.add_argument("--read-only", action="store_true", help="have no keys that write")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _watch(url: str, options: argparse.Namespace, scan_filter: ScanFilter) -> int:
    address = ServerAddress.parse(url)

    async def open_store() -> AsyncDataStore:
        return await (await asyncio.to_thread(_async_store)).open(url)

    return _show(open_store, address.label, options, scan_filter)


def _watch_demo(options: argparse.Namespace, scan_filter: ScanFilter) -> int:
    from scantui.demo.session import DemoSession

    return _show(DemoSession().open_store, "demo", options, scan_filter)


def _async_store() -> type[AsyncDataStore]:
    """Import the store's async flavour: it takes a while, so it happens beside the running screen."""
    from scantui.store.aio import AsyncDataStore

    return AsyncDataStore


def _show(open_store: OpenStore, label: str, options: argparse.Namespace, scan_filter: ScanFilter) -> int:
    if not (sys.stdin and sys.stdin.isatty() and sys.__stdout__ and sys.__stdout__.isatty()):
        raise UsageError("the monitor needs a terminal for its input and output")
    from scantui.machine.log import log_path, open_log
    from scantui.machine.state import Memory, state_path
    from scantui.machine.terminal import ANSI_COLOURS, colours, wants_no_colour
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
        )
        app.monitor.start_filter = scan_filter
        app.monitor.read_only = options.read_only
        app.run(mouse=options.mouse)
    if not app.return_code:
        print(app.monitor.parting_words())
    return app.return_code or 0
