"""The commands that there are, and their parsers; each is a module beside this one, imported when it is asked for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import Protocol

from scantui import __version__
from scantui.cli.arguments import Parser
from scantui.cli.outcomes import ExitCode
from scantui.system.log import LEVELS

COMMANDS: dict[str, str] = {
    "tail": "tell of new scans as they come, a line each",
    "search": "find scans by a filter",
    "last": "the newest scan",
    "show": "all about one scan",
    "wait": "wait until a scan ends, or gets somewhere else",
    "notes": "what users wrote about scans",
    "diff": "what differs between two scans",
    "report": "what ran in a span of time, pauses, problems and every scan",
    "watch": "a line and a command when a scan fails, stalls or nothing happens",
    "create": "publish a test scan",
    "delete": "delete a test scan",
    "init": "prepare an empty Redis for blissdata",
    "doctor": "is all well with the server, the terminal and ourselves",
    "record": "what happens in the store, to a file",
    "replay": "a recording, on the monitor's screen",
    "config": "what is in effect, and where each value comes from",
    "help": "the filter, the keys, the configuration, and more",
    "completion": "what a shell needs to complete all this",
}
# What `scantui help` tells about beside them.
TOPICS = {
    "filter": "what a filter may say",
    "keys": "the keys of the monitor, as they are configured",
    "states": "the words for how a scan is",
    "configuration": "the file, and how the server is found",
    "exit-codes": "what the commands end with",
}
# What runs when no command is named.
MONITOR = "monitor"


class CommandModule(Protocol):
    """What a command's module holds: its description in the docstring of `run`, its examples and exit codes."""

    EXAMPLES: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Namespace) -> int: ...


def command_named(name: str) -> CommandModule:
    command: CommandModule = import_module(f"scantui.cli.{name}")
    return command


def fault_code_of(name: str) -> ExitCode:
    """What a command ends with for an error, where 1 may have a meaning of its own."""
    code: ExitCode = getattr(command_named(name), "FAULT_CODE", ExitCode.FAULT)
    return code


def parser_of(name: str) -> Parser:
    """The parser of a command, or of the monitor."""
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
        help="what the log has from on: debug, info (the default), warning, error",
    )
    return parser


def commands_help() -> str:
    listed = "".join(f"  scantui {name:<10} {what}\n" for name, what in COMMANDS.items())
    return f"commands, each with a --help of its own:\n{listed}\ntopics of scantui help: {', '.join(TOPICS)}\n"
