"""What the command lines of all commands have in common: the parser, filter terms, and which server is meant."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from getpass import getpass
from typing import NoReturn

from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.machine.beacon import HOST_VARIABLE
from scantui.machine.config import Configuration
from scantui.machine.servers import URL_VARIABLE, Server, find_server, with_password

_URL = re.compile(r"\S+://\S*")
# "-name=ct" excludes, as it does in the filter bar; options have two hyphens or one letter.
_EXCLUDING_TERM = re.compile(r"-[a-z_]{2,}[=<>!]", re.IGNORECASE)


class Parser(ArgumentParser):
    """A parser that keeps its examples as they are written, and whose errors repeat no URL: one may hold a password."""

    def __init__(self, prog: str, description: str | None, epilog: str) -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        super().error(_URL.sub("<URL>", message))


def filter_terms_as_arguments(words: Sequence[str]) -> list[str]:
    """Write filter terms that begin with a hyphen so that they are not taken for options: -name=ct as !name=ct."""
    return [f"!{word[1:]}" if _EXCLUDING_TERM.match(word) else word for word in words]


def add_filter(parser: ArgumentParser) -> None:
    """Let the command take a filter, as one argument or several."""
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="as in the filter bar: name=ascan* state=run age<2h"
    )


def scan_filter_of(options: Namespace) -> ScanFilter:
    """The filter that was given, or the one that lets every scan pass; raises FilterSyntaxError."""
    return ScanFilter.parse(" ".join(options.filter))


def add_server(parser: ArgumentParser) -> None:
    """Let the command take -s NAME|URL, and ask for a password."""
    parser.add_argument(
        "-s",
        "--server",
        metavar="NAME|URL",
        help=f"the Redis that is meant; else {URL_VARIABLE}, the configuration file, {HOST_VARIABLE} and localhost are",
    )
    parser.add_argument(
        "--ask-password", action="store_true", help="ask for the server's password before anything else"
    )


def server_of(options: Namespace, configuration: Configuration | None = None) -> Server:
    """The server that is meant, looked for where `scantui config` says; a caution about it goes to stderr.

    Raises UsageError for one that cannot be used, MachineError when what should name it cannot be asked.
    """
    given = getattr(options, "url", None) or options.server
    server = find_server(given, os.environ, configuration or Configuration.read(os.environ))
    if server.caution:
        print(f"scantui: {server.caution}", file=sys.stderr)
    return with_password(server, _ask(server.name)) if options.ask_password else server


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError("a password can only be asked for on a terminal: name a password_file in the configuration")
    return getpass(f"password of {name}: ")
