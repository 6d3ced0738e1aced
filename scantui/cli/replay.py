"""`scantui replay`: a recording on the monitor's screen, without any Redis."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace

from scantui.cli.outcomes import exit_codes_help
from scantui.cli.screen import add_looks, require_terminal, show
from scantui.exceptions import UsageError
from scantui.filters import ScanFilter

EXAMPLES = f"""\
Ages and durations count by the recording's clock. The rows are all that a recording holds: it has no details, and
nothing can be written. p stops the screen, not the recording.

examples:
  scantui replay night.rec              at the speed at which it happened
  scantui replay night.rec --speed 60   an hour in a minute

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what a replay may be told."""
    parser.add_argument("file", metavar="FILE", help="what `scantui record` wrote")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="so many times as fast as it happened")
    add_looks(parser)
    parser.set_defaults(read_only=True)


def run(options: Namespace) -> int:
    """Show a recording as if it happened now."""
    scan_filter = ScanFilter.parse(options.filter)
    if not (options.speed > 0 and math.isfinite(options.speed)):
        raise UsageError(f"--speed takes a number greater than 0, not {options.speed:g}: 60 is an hour in a minute")
    from scantui.recording.format import Recording
    from scantui.recording.replay import Replay

    recording = Recording(options.file)
    require_terminal()
    replay = Replay(recording, options.speed)
    return show(replay, options.file, options, scan_filter, clock=replay.clock, mode=f"REPLAY x{options.speed:g}")
