"""`scantui replay`: plays back a recording in the monitor, without Redis."""

from __future__ import annotations

import math
import os
from argparse import ArgumentParser, Namespace

from scantui.cli.outcomes import exit_codes_help
from scantui.cli.screen import add_appearance_options, require_terminal, show
from scantui.exceptions import UsageError
from scantui.filters import ScanFilter

EXAMPLES = f"""\
Ages and durations follow the clock of the recording. A recording holds rows
only: there are no details, and nothing can be written. Tab goes to the line of
the replay: there space pauses it, left and right seek a minute, and . steps one
event. Elsewhere keys keep their meaning: p pauses the screen alone.

examples:
  scantui replay night.rec              at normal speed
  scantui replay night.rec --speed 60   an hour in a minute

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui replay`."""
    parser.add_argument("file", metavar="FILE", help="recording made by `scantui record`")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="playback speed (default: %(default)g)")
    add_appearance_options(parser)
    parser.set_defaults(read_only=True)


def run(options: Namespace) -> int:
    """Play back a recording in the monitor."""
    scan_filter = ScanFilter.parse(options.filter)
    if not (options.speed > 0 and math.isfinite(options.speed)):
        raise UsageError(
            f"--speed must be a number greater than 0, not {options.speed:g}: 60 plays an hour in a minute"
        )
    from scantui.recording.format import Recording
    from scantui.recording.replay import Replay

    recording = Recording(options.file)
    require_terminal(os.environ)
    replay = Replay(recording, options.speed)
    mode = f"REPLAY x{options.speed:g}"
    return show(replay, options.file, options, scan_filter, clock=replay.clock, mode=mode, playback=replay)
