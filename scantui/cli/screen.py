"""The monitor's screen as commands open it: on a server, on the demo or on a recording."""

from __future__ import annotations

import gc
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scantui.cli.output import tell
from scantui.exceptions import MonitorFault, UsageError
from scantui.filters import ScanFilter
from scantui.system.config import Configuration

if TYPE_CHECKING:
    from scantui.tui.workers import EventSource


def add_looks(parser: ArgumentParser) -> None:
    """Let the command take what may be told of the screen."""
    parser.add_argument("--filter", default="", metavar="TEXT", help="show only these scans, as / does: state=run")
    parser.add_argument("--mouse", action="store_true", help="take the mouse, which keeps the terminal from selecting")


def require_terminal() -> None:
    """Raise UsageError where no screen can be shown."""
    if not (sys.stdin and sys.stdin.isatty() and sys.__stdout__ and sys.__stdout__.isatty()):
        raise UsageError("the monitor needs a terminal for its input and output")


def show(
    source: EventSource,
    label: str,
    options: Namespace,
    scan_filter: ScanFilter,
    *,
    clock: Callable[[], float] = time.monotonic,
    mode: str = "",
    servers: Sequence[str] = (),
    feed_of: Callable[[str], EventSource] | None = None,
) -> int:
    """Show the monitor until the user leaves it, and return the exit code.

    `clock` counts the source's seconds; `mode` is shown in the header unless a server is watched. `servers` are the
    names to choose from, and `feed_of` gives the source of one.
    """
    require_terminal()
    # Until the first frame is there, which enables it again.
    gc.disable()
    configuration = Configuration.read(os.environ)
    from scantui.system.state import Memory, state_path
    from scantui.system.terminal import ANSI_COLOURS, colours, has_utf8, wants_no_colour
    from scantui.tui.app import ScanTuiApp
    from scantui.tui.preferences import check_preferences

    check_preferences(configuration)
    app = ScanTuiApp(
        source,
        label,
        clock,
        memory=Memory(state_path(os.environ), configuration.preferences),
        log_lines=lambda: options.log.records,
        own_colours_only=wants_no_colour(os.environ) or colours(os.environ) <= ANSI_COLOURS,
        ascii_only=not has_utf8(os.environ, sys.stdout.encoding),
        servers=servers,
        feed_of=feed_of,
    )
    app.monitor.start_filter = scan_filter
    app.monitor.server.read_only = options.read_only
    app.monitor.status_line.mode = mode
    app.run(mouse=options.mouse)
    for key in app.test_scans_left_open:
        tell(f"the test scan {key} was left open: scantui delete {key}")
    if app.fault is not None:
        raise MonitorFault("a fault ended the monitor") from app.fault
    if not app.return_code:
        print(app.fit_for_terminal(app.monitor.view.parting_words(app.monitor.server.label)))
    return app.return_code or 0
