"""Opens the screen of the monitor for a server, the demo or a recording."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING

from scantui.exceptions import MonitorFault, UsageError
from scantui.filters import ScanFilter
from scantui.system.config import DEMO, Configuration
from scantui.system.output import is_terminal
from scantui.system.terminal import no_screen

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from scantui.alerts import AlertRule
    from scantui.system.notes import NoteBook
    from scantui.tui.widgets.replay_line import Playback
    from scantui.tui.workers import EventSource


def add_appearance_options(parser: ArgumentParser) -> None:
    """Add the options of the screen."""
    parser.add_argument("--filter", default="", metavar="TEXT", help="show only matching scans, as / does: state=run")
    parser.add_argument("--mouse", action="store_true", help="enable the mouse (disables the terminal's own selection)")


def require_terminal(environment: Mapping[str, str]) -> None:
    """Raise UsageError unless there is a terminal that can show a screen."""
    streams = (sys.stdin, sys.__stdout__, sys.__stderr__)
    if not all(map(is_terminal, streams)):
        raise UsageError(
            "the monitor needs a terminal: input, output and errors must not be redirected. "
            "Without one, use scantui tail, which prints new scans as lines"
        )
    if problem := no_screen(environment):
        raise UsageError(f"{problem}: set TERM to its type, often xterm-256color, or use scantui tail")


def forget_exported_size(environment: MutableMapping[str, str]) -> None:
    """Drop COLUMNS and LINES where the terminal knows its size: libraries would rather believe them, at each resize."""
    columns, lines = os.get_terminal_size(1)
    if columns and lines:
        environment.pop("COLUMNS", None)
        environment.pop("LINES", None)


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
    name_at: Callable[[str, str], str] | None = None,
    playback: Playback | None = None,
    beside: Mapping[str, EventSource] | None = None,
) -> int:
    """Show the monitor until the user quits, and return the exit code.

    `clock` counts the seconds of the source. The header shows `mode` if it is not empty. `servers` are the names to
    choose from, `feed_of` returns the source of one, and `name_at` what to call it, given the label of its open store.
    `beside` has the sources of further servers whose scans are in the same list, by their names. `playback` is that of
    a recording.
    """
    require_terminal(os.environ)
    forget_exported_size(os.environ)
    # The first frame enables it again.
    gc.disable()
    configuration = Configuration.read(os.environ)
    from scantui.system.state import Memory, state_path
    from scantui.system.terminal import ANSI_COLOURS, colours, has_utf8, wants_no_colour
    from scantui.tui.app import ScanTuiApp
    from scantui.tui.night import NightSettings

    if configuration.file.exists:
        # Most users have no such file: their first frame does not wait.
        from scantui.tui.preferences import check_preferences

        check_preferences(configuration)
    is_live = not mode and label != DEMO
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
        night=NightSettings(
            open_notes=lambda: _notes_of(configuration),
            # A recording or the demo must not send the mail of a beamline.
            rules=_rules_of(configuration) if configuration.alerts and is_live else (),
            may_exec=bool(configuration.alerts) and is_live and _may_exec(configuration),
        ),
        name_at=name_at,
        playback=playback,
        beside=beside,
    )
    app.monitor.start_filter = scan_filter
    if options.read_only:
        app.monitor.servers.forbid_writing()
    app.monitor.status_line.mode = mode
    app.run(mouse=options.mouse)
    for key in app.test_scans_left_open:
        from scantui.cli.output import notify

        server = app.monitor.view.server_of(key)
        where = f" -s {server}" if server else ""
        notify(f"test scan {key} is still open: scantui delete {key}{where} removes it")
    if app.fault is not None:
        raise MonitorFault("an internal error ended the monitor") from app.fault
    if not app.return_code:
        print(app.fit_for_terminal(app.monitor.view.parting_words(", ".join(app.monitor.servers.present_names))))
    return app.return_code or 0


def _notes_of(configuration: Configuration) -> NoteBook:
    """The notes, which are opened after the first frame."""
    from scantui.system.notes import NoteBook

    return NoteBook.open(os.environ, configuration)


def _rules_of(configuration: Configuration) -> list[AlertRule]:
    """The rules of the configuration, which few users have."""
    from scantui.vigil.configured import configured_rules

    return configured_rules(configuration)


def _may_exec(configuration: Configuration) -> bool:
    """Whether rules may run their commands."""
    from scantui.system.processes import NO_EXEC_VARIABLE

    return not (configuration.no_exec or os.environ.get(NO_EXEC_VARIABLE))
