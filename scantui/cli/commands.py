"""The commands and their parsers. Each command is a module of this package, imported when it runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from scantui import __version__
from scantui.cli.outcomes import ExitCode
from scantui.system.log import LEVELS

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from scantui.cli.parsing import Parser

COMMANDS: dict[str, str] = {
    "tail": "print new scans as they appear",
    "search": "find scans by a filter",
    "last": "print the newest scan",
    "show": "print everything about one scan",
    "values": "print the points of a scan's counters",
    "plot": "draw the counters of a scan as text",
    "peak": "print where the peak of a counter is",
    "wait": "wait until a scan ends or reaches a state",
    "watch": "print a line and run a command when a scan fails or stalls",
    "report": "report what ran, what failed and when nothing ran",
    "diff": "print what differs between two scans",
    "notes": "print what users wrote about scans",
    "create": "create a test scan, and run it",
    "delete": "delete a test scan",
    "init": "prepare an empty Redis for blissdata",
    "doctor": "check server, terminal and installation",
    "record": "record what happens in Redis to a file",
    "replay": "play back a recording in the monitor",
    "config": "print the effective settings and where each comes from",
    "help": "explain the filter, the keys, the configuration and more",
    "completion": "print a completion script for your shell",
}
# What `scantui help` explains besides the commands.
TOPICS = {
    "screen": "what the monitor shows, and what it remembers",
    "curves": "curves, meshes and spectra, and where points come from",
    "library": "DataStore and AsyncDataStore for your own programs",
    "filter": "the syntax of filters",
    "keys": "the keys of the monitor, as configured",
    "states": "the words for the states of a scan",
    "configuration": "the configuration file, and how scantui finds the server",
    "exit-codes": "the exit codes of all commands",
}
# What runs without a command.
MONITOR = "monitor"


class CommandModule(Protocol):
    """What the module of a command holds; its --help prints the docstring of `run` and EXAMPLES."""

    EXAMPLES: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Namespace) -> int: ...


def command_named(name: str) -> CommandModule:
    command: CommandModule = import_module(f"scantui.cli.{name}")
    return command


def fault_code_of(name: str) -> ExitCode:
    """The exit code of a command for an error; 1 may have a meaning of its own."""
    code: ExitCode = getattr(command_named(name), "FAULT_CODE", ExitCode.ERROR)
    return code


def parser_of(name: str) -> Parser:
    """The parser of a command, or of the monitor."""
    # Imported when there is something to parse: the first frame of the monitor does not wait.
    from scantui.cli.parsing import Parser

    command, is_monitor = command_named(name), name == MONITOR
    parser = Parser(
        prog="scantui" if is_monitor else f"scantui {name}",
        description=command.run.__doc__,
        epilog=f"{command.EXAMPLES}\n{commands_help()}" if is_monitor else command.EXAMPLES,
    )
    if is_monitor:
        parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    command.add_arguments(parser)
    parser.add_argument(
        "--log-level",
        type=str.upper,
        choices=LEVELS,
        default="INFO",
        metavar="LEVEL",
        help="lowest level to log: debug, info (default), warning, error, critical",
    )
    return parser


def commands_help() -> str:
    listed = "".join(f"  scantui {name:<10} {what}\n" for name, what in COMMANDS.items())
    return f"commands (each has its own --help):\n{listed}\ntopics of scantui help:\n  {', '.join(TOPICS)}\n"
