"""Runs the command that a command line names, and turns what it raises into a message and an exit code."""

from __future__ import annotations

import difflib
import gc
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from scantui.cli.arguments import filter_terms_as_arguments, require_no_url, require_one_server
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
from scantui.text import BYTE_ORDER_MARK, printable

if TYPE_CHECKING:
    from argparse import Namespace

# A word that is less like a command is none that is misspelled: localhost does not mean last.
_NEAR = 0.75
# Options that may stand before a command and have a value behind them.
_WITH_VALUE = ("-s", "--server", "--log-level", "--filter")
_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Escape what the encoding of the terminal lacks, rather than fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    exit_code: int = ExitCode.DONE
    try:
        try:
            exit_code = _run(filter_terms_as_arguments(sys.argv[1:] if arguments is None else arguments))
        finally:
            # Flush here, where a failure can still be reported.
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:
        # The reader has enough.
        _leave(sys.stdout)
    except OSError as error:
        _leave(sys.stdout)
        return _refuse(f"cannot write the output: {error.strerror or error}", ExitCode.ERROR)
    finally:
        try:
            if sys.stderr:
                sys.stderr.flush()
        except OSError:
            # The terminal is gone; the exit code still names the signal.
            _leave(sys.stderr)
    return exit_code


def _run(words: Sequence[str]) -> int:
    # The first word of a text file may carry the mark with which some editors begin one.
    name, words = command_and_arguments([word.removeprefix(BYTE_ORDER_MARK) for word in words])
    try:
        _require_text(words)
        options = _options_of(name, words)
        log = log_path_if_any(os.environ)
        with open_log(log, options.log_level) as options.log:
            try:
                # Imported modules stay: keep the garbage collector from looking through them.
                gc.freeze()
                gc.enable()
                return command_named(name).run(options)
            except MonitorFault as fault:
                return _report_internal_error(fault.__cause__ or fault, log, name)
            except (ScanTuiError, OSError):
                raise
            except Exception as error:
                return _report_internal_error(error, log, name)
    except FilterSyntaxError as error:
        return _refuse(f"filter, column {error.column}: {error}", ExitCode.BAD_USAGE)
    except UsageError as error:
        return _refuse(str(error), ExitCode.BAD_USAGE)
    except (NoScanAvailable, ScanNotFoundError) as error:
        return _refuse(str(error), ExitCode.NO_SCAN)
    except ScanTuiError as error:
        return _refuse(str(error), fault_code_of(name))


def _options_of(name: str, words: Sequence[str]) -> Namespace:
    if name == MONITOR:
        _require_command_or_url(words)
        from scantui.cli.monitor import plain_options

        if (plain := plain_options(words)) is not None:
            return plain
    parser = parser_of(name)
    # Filter terms may come before, between and after the options.
    options = parser.parse_args(words) if name == MONITOR else parser.parse_intermixed_args(words)
    require_one_server(options)
    require_no_url(options)
    return options


def command_and_arguments(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The command that a command line names, and the other words; options may stand before it, as after it."""
    place = _after_options(words)
    if place < len(words) and words[place] in COMMANDS:
        return words[place], [*words[:place], *words[place + 1 :]]
    return MONITOR, words


def _after_options(words: Sequence[str]) -> int:
    """Where the first word stands that is neither an option for all commands nor the value of one."""
    place = 0
    while place < len(words) and words[place].startswith("-") and words[place] != "--":
        place += 2 if words[place] in _WITH_VALUE else 1
    return place


def _report_internal_error(error: BaseException, log: object, name: str) -> int:
    """Log the traceback; the message omits the text of the error, which may hold anything, even a password."""
    _log.critical("internal error", exc_info=error)
    kind = type(error).__name__
    if log:
        return _refuse(f"internal error ({kind}), see {log}", fault_code_of(name))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition(os.sep)[2]}, line {frame.lineno}"
    return _refuse(f"internal error ({kind}) in {place}; there is no log without a home directory", fault_code_of(name))


def _require_command_or_url(words: Sequence[str]) -> None:
    """Raise UsageError for a misspelled command, which would pass for a URL."""
    word = next(iter(words[_after_options(words) :]), "")
    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=_NEAR)
    if near:
        raise UsageError(f"unknown command {printable(word)!r}: did you mean {near[0]}?")


def _require_text(words: Sequence[str]) -> None:
    """Raise UsageError for bytes that are not text: they can be neither searched for nor written into a scan."""
    for word in words:
        if not word.isprintable() and any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f"the argument {printable(word)} is not valid text in this locale")


def _refuse(message: str, exit_code: ExitCode) -> int:
    print(f"scantui: {printable(message)}", file=sys.stderr)
    return exit_code


def _leave(stream: TextIO) -> None:
    """Discard further output, so that the interpreter's final flush does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
