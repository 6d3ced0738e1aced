"""The way from the words of a command line to the command they name, and from what it raises to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from scantui import __version__
from scantui.cli.arguments import Parser, filter_terms_as_arguments
from scantui.exceptions import FilterSyntaxError, ScanTuiError, UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

# Each is a module beside this one. The monitor is what runs when no command is named.
COMMANDS = {"config": "what is in effect, and where each value comes from"}
MONITOR = "monitor"
FAILED = 1
BAD_USAGE = 2


class CommandModule(Protocol):
    """What a command's module holds: its description and its examples in the docstring of `run`."""

    EXAMPLES: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Namespace) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    words = filter_terms_as_arguments(sys.argv[1:] if arguments is None else arguments)
    name, words = (words[0], words[1:]) if words and words[0] in COMMANDS else (MONITOR, words)
    command: CommandModule = import_module(f"scantui.cli.{name}")
    options = _parser(name, command).parse_args(words)
    try:
        return command.run(options)
    except FilterSyntaxError as error:
        return _refuse(f"filter, column {error.column}: {error}", BAD_USAGE)
    except UsageError as error:
        return _refuse(str(error), BAD_USAGE)
    except ScanTuiError as error:
        return _refuse(str(error), FAILED)
    except BrokenPipeError:
        # Whoever read has enough. The interpreter would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(name: str, command: CommandModule) -> Parser:
    is_monitor = name == MONITOR
    parser = Parser(
        prog="scantui" if is_monitor else f"scantui {name}", description=command.run.__doc__, epilog=command.EXAMPLES
    )
    if is_monitor:
        parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    command.add_arguments(parser)
    return parser


def _refuse(message: str, exit_code: int) -> int:
    print(f"scantui: {message}", file=sys.stderr)
    return exit_code
