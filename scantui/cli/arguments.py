"""What the command lines of all commands have in common: the parser, filter terms, and which server is meant."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.filters.grammar import quoted
from scantui.system.beacon import HOST_VARIABLE
from scantui.system.config import Configuration
from scantui.system.servers import URL_VARIABLE, Server, find_server, with_password
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore

_LONGEST_NUMBER = 10
# A URL, and what a shell made of one with a blank in it.
_URL = r"\S*(?::/|@)\S*"
# "-name=ct" excludes, as it does in the filter bar; options have two hyphens or one letter.
_EXCLUDING_TERM = r"(?i)-[a-z_]{2,}[=<>!:]"
# "-1e-05" and "->" are words of a title; what argparse takes for a number may be anything.
_WORD_OF_TITLE = r"-[^A-Za-z-](?<!\d)|-[0-9.]+e"


class Parser(ArgumentParser):
    """A parser that keeps its examples as they are written, and whose errors repeat no URL: one may hold a password."""

    def __init__(self, prog: str, description: str | None, epilog: str) -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        super().error(printable(re.sub(_URL, "<URL>", message)))


def filter_terms_as_arguments(words: Sequence[str]) -> list[str]:
    """Write filter terms that begin with a hyphen so that they are not taken for options: -name=ct as !name=ct."""
    excluding = [f"!{word[1:]}" if re.match(_EXCLUDING_TERM, word) else word for word in words]
    return [quoted(word) if re.match(_WORD_OF_TITLE, word) else word for word in excluding]


def add_filter(parser: ArgumentParser, *, or_key: bool = False) -> None:
    """Let the command take a filter, as one argument or several, or a scan's key in its place."""
    what = "as in the filter bar: name=ascan* state=run age<2h"
    metavar = "FILTER|KEY" if or_key else "FILTER"
    parser.add_argument("filter", nargs="*", metavar=metavar, help=f"{what}; or the key of a scan" if or_key else what)


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


def add_store(parser: ArgumentParser) -> None:
    """Let the command take -s NAME|URL, or the demo in its place."""
    add_server(parser)
    parser.add_argument("--demo", action="store_true", help="ask a simulated beamline instead, without any Redis")


def require_one_server(options: Namespace) -> None:
    """Raise UsageError where more than one of URL, -s and --demo is given: the others would be ignored in silence."""
    if sum(bool(getattr(options, name, None)) for name in ("url", "server", "demo")) > 1:
        raise UsageError("give one of URL, -s and --demo: each of them says what is meant")


def store_opener_of(options: Namespace) -> OpenStore:
    """What opens the store that is meant; raises UsageError for a URL that cannot be used, MissingExtraError."""
    if options.demo:
        from scantui.demo.session import DemoSession

        return DemoSession().open_store
    return opener_of(server_of(options))


def opener_of(server: Server) -> OpenStore:
    """What opens the store on a server; from the second time on it looks for it anew, since it may have moved."""
    has_opened = False

    async def open_store() -> AsyncDataStore:
        nonlocal has_opened
        address = await asyncio.to_thread(server.address_now) if has_opened else server.address
        has_opened = True
        return await (await asyncio.to_thread(_async_store)).open(address)

    return open_store


def server_label_of(options: Namespace) -> str:
    """The name of the server that is meant, fit to be shown."""
    return "the demo" if options.demo else server_of(options).name


def _async_store() -> type[AsyncDataStore]:
    """Import the store's async flavour: it takes a while, so it happens beside a running screen."""
    from scantui.store.aio import AsyncDataStore

    return AsyncDataStore


def server_of(options: Namespace) -> Server:
    """The server that is meant, looked for where `scantui config` says; a caution about it goes to stderr.

    It is looked for once: nobody is asked for the same password twice.

    Raises UsageError for one that cannot be used, MachineError when what should name it cannot be asked.
    """
    if "found_server" not in options:
        given = getattr(options, "url", None) or options.server
        server = find_server(given, os.environ, Configuration.read(os.environ))
        if server.caution:
            print(f"scantui: {server.caution}", file=sys.stderr)
        options.found_server = with_password(server, _ask(server.name)) if options.ask_password else server
    found: Server = options.found_server
    return found


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError("a password can only be asked for on a terminal: name a password_file in the configuration")
    from getpass import getpass

    try:
        return getpass(f"password of {name}: ")
    except EOFError:
        raise UsageError("no password was given") from None


def whole_number(text: str) -> int:
    """A number of things from 1 on, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER and int(text) > 0):
        raise ArgumentTypeError(f"give a whole number from 1 on, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """A time to wait, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"give a number of seconds, not {text!r}")
    return number
