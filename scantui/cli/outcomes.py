"""The exit codes of the commands, and their explanation in each --help."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of all commands; a command ended by signal N exits with 128 + N."""

    DONE = 0
    ERROR = 1
    BAD_USAGE = 2
    NO_SCAN = 3
    SCAN_FAILED = 4
    SCAN_ABORTED = 5
    SCAN_END_UNKNOWN = 6
    TIMED_OUT = 124
    INTERRUPTED = 130


_MEANINGS = {
    ExitCode.DONE: "success",
    ExitCode.ERROR: "error, described on stderr",
    ExitCode.BAD_USAGE: "invalid argument or configuration",
    ExitCode.NO_SCAN: "no such scan",
    ExitCode.SCAN_FAILED: "the scan failed",
    ExitCode.SCAN_ABORTED: "a user aborted the scan",
    ExitCode.SCAN_END_UNKNOWN: "a clean-up closed the scan, or it ended without a reason",
    ExitCode.TIMED_OUT: "timed out",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C",
}
_COMMON = (ExitCode.DONE, ExitCode.ERROR, ExitCode.BAD_USAGE, ExitCode.INTERRUPTED)

# The exit code for each word of a closed scan.
OF_WORDS = {
    "DONE": ExitCode.DONE,
    "FAIL": ExitCode.SCAN_FAILED,
    "ABRT": ExitCode.SCAN_ABORTED,
    "LOST": ExitCode.SCAN_END_UNKNOWN,
    "END": ExitCode.SCAN_END_UNKNOWN,
}


def exit_codes_help(*codes: ExitCode) -> str:
    """The paragraph about exit codes in the help of a command: the common ones, and `codes`."""
    return _listed(sorted({*_COMMON, *codes}))


def all_exit_codes_help() -> str:
    """The same paragraph with all exit codes."""
    return _listed(list(ExitCode))


def _listed(codes: Sequence[ExitCode]) -> str:
    return "exit codes:\n" + "".join(f"  {code:<4} {_MEANINGS[code]}\n" for code in codes)
