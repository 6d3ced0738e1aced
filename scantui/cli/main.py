"""The way from the words of a command line to the command they name, and from what it raises to an exit code."""

from __future__ import annotations

import difflib
import gc
import logging
import os
import sys
import traceback
from collections.abc import Sequence

from scantui.cli.arguments import filter_terms_as_arguments, require_one_server
from scantui.cli.commands import COMMANDS, MONITOR, command_named, fault_code_of, parser_of
from scantui.cli.outcomes import ExitCode
from scantui.exceptions import (
    FilterSyntaxError,
    MonitorFault,
    NoScanAvailable,
    ScanNotFoundError,
    ScanTuiError,
    UsageError,
)
from scantui.system.log import log_path_if_any, open_log
from scantui.text import printable

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding cannot write is no reason to write nothing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    exit_code: int = ExitCode.DONE
    try:
        try:
            exit_code = _run(filter_terms_as_arguments(sys.argv[1:] if arguments is None else arguments))
        finally:
            # Here, where it can still be told that nobody takes it.
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has enough.
        _leave_output()
    except OSError as error:
        _leave_output()
        return _refuse(f"the output cannot be written: {error.strerror or error}", ExitCode.FAULT)
    return exit_code


def _run(words: Sequence[str]) -> int:
    name, words = (words[0], words[1:]) if words and words[0] in COMMANDS else (MONITOR, words)
    try:
        _require_text(words)
        if name == MONITOR:
            _require_command_or_url(words)
        parser = parser_of(name)
        # Terms of a filter may stand before, between and behind the options.
        options = parser.parse_args(words) if name == MONITOR else parser.parse_intermixed_args(words)
        require_one_server(options)
        log = log_path_if_any(os.environ)
        with open_log(log, options.log_level) as options.log:
            try:
                # What was imported stays, and need not be looked through.
                gc.freeze()
                gc.enable()
                return command_named(name).run(options)
            except MonitorFault as fault:
                return _refuse_fault(fault.__cause__ or fault, log, name)
            except (ScanTuiError, OSError):
                raise
            except Exception as error:
                return _refuse_fault(error, log, name)
    except FilterSyntaxError as error:
        return _refuse(f"filter, column {error.column}: {error}", ExitCode.BAD_USAGE)
    except UsageError as error:
        return _refuse(str(error), ExitCode.BAD_USAGE)
    except (NoScanAvailable, ScanNotFoundError) as error:
        return _refuse(str(error), ExitCode.NO_SCAN)
    except ScanTuiError as error:
        return _refuse(str(error), fault_code_of(name))


def _refuse_fault(error: BaseException, log: object, name: str) -> int:
    _log.critical("a fault of ours", exc_info=error)
    return _refuse(_told_fault(error, log), fault_code_of(name))


def _told_fault(error: BaseException, log: object) -> str:
    """What happened, without the words of an unknown error: they may hold anything, a password included."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}scantui{os.sep}" in frame.filename]
    where = f" in {ours[-1].filename.rpartition(os.sep)[2]}, line {ours[-1].lineno}" if ours else ""
    more = f"{log} has it all" if log else "without a home there is no log of it"
    return f"a fault of ours ended it: {type(error).__name__}{where}. Please report it; {more}"


def _require_command_or_url(words: Sequence[str]) -> None:
    """A misspelled command would be taken for a URL."""
    near = difflib.get_close_matches(words[0], COMMANDS, n=1) if words and not words[0].startswith("-") else []
    if near:
        raise UsageError(f"there is no command {printable(words[0])!r}: did you mean {near[0]}?")


def _require_text(words: Sequence[str]) -> None:
    """What is no text can be neither searched for nor written into a scan."""
    for word in words:
        if not word.isprintable() and any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f"the argument {printable(word)} holds bytes that are no text in this locale")


def _refuse(message: str, exit_code: ExitCode) -> int:
    print(f"scantui: {printable(message)}", file=sys.stderr)
    return exit_code


def _leave_output() -> None:
    """Write to nowhere from now on: the interpreter would complain once more when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
