"""What a command says by its exit code, and how that is told in its --help."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of all commands; a signal ends a command with 128 and its number."""

    DONE = 0
    FAULT = 1
    BAD_USAGE = 2
    NO_SCAN = 3
    SCAN_FAILED = 4
    SCAN_ABORTED = 5
    SCAN_END_UNKNOWN = 6
    TIMED_OUT = 124
    INTERRUPTED = 130


_MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAULT: "a fault, which is told on stderr",
    ExitCode.BAD_USAGE: "an argument cannot be used",
    ExitCode.NO_SCAN: "there is no such scan",
    ExitCode.SCAN_FAILED: "the scan failed",
    ExitCode.SCAN_ABORTED: "a user aborted the scan",
    ExitCode.SCAN_END_UNKNOWN: "the scan was closed, by a clean-up or without a word about its end",
    ExitCode.TIMED_OUT: "the time was over",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C",
}
_OF_EVERY_COMMAND = (ExitCode.DONE, ExitCode.FAULT, ExitCode.BAD_USAGE, ExitCode.INTERRUPTED)

# By the word for the state of a closed scan.
OF_WORDS = {
    "DONE": ExitCode.DONE,
    "FAIL": ExitCode.SCAN_FAILED,
    "ABRT": ExitCode.SCAN_ABORTED,
    "LOST": ExitCode.SCAN_END_UNKNOWN,
    "END": ExitCode.SCAN_END_UNKNOWN,
}


def exit_codes_help(*codes: ExitCode) -> str:
    """The paragraph about exit codes in a command's help: those of every command, and these."""
    return _listed(sorted({*_OF_EVERY_COMMAND, *codes}))


def all_exit_codes_help() -> str:
    """The same with those of all commands."""
    return _listed(list(ExitCode))


def _listed(told: Sequence[ExitCode]) -> str:
    return "exit codes:\n" + "".join(f"  {code:<4} {_MEANINGS[code]}\n" for code in told)
