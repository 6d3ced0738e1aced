"""What all commands share: their arguments, filter terms and the choice of the server.

Rule: argparse is not imported here. The first frame of a monitor that was given no option does not wait for it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.system.beacon import HOST_VARIABLE
from scantui.system.config import DEMO_NAMES, Configuration
from scantui.system.servers import URL_VARIABLE, Server, find_servers, only_one, with_password

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore
    from scantui.store.address import ServerAddress

SCAN_HELP = "key of the scan in Redis, or its number; of several servers id11:42 names the scan of one"
_LONGEST_NUMBER = 10
# As the columns SERVER and NO show it.
_PLACED_NUMBER = r"(?<!\S)([^\s=:/\"']+):(\d+)(?!\S)"
_SERVER_URL = r"(?i)\s*(?:rediss?(?:\+sentinel)?|unix)://"
# One that was mistyped: what stands before the @ may be a password.
_ODD_URL = (
    r"(?i)\s*(?:(?:rediss?|valkeys?|unix|https?)(?:\+sentinel)?\s*[:/\\]|[\w+.]*:?//)\S*@"
    r"|\s*[^\s:@/]*:[^\s@]+@[\w.-]*(?:\[[^\s\]]*\])?:\d+\S*\Z"
)
# What a command takes by its place, when it is no server.
_NO_SERVERS = ("filter", "scan", "a", "b", "key", "counter", "counters", "name", "file")
# "-name=ct" excludes, as it does in the filter bar; options have two hyphens or one letter, and -s takes a URL.
_EXCLUDING_TERM = r"(?i)-(?:{known}|(?!s)[a-z_]{{2,}})[=<>!:]"
_LOGIN = r"\s*[^\s:@/]*:[^\s@]+@"
# "-1e-05", "-1," and "->" are words of a title; what argparse takes for a number may be anything.
_WORD_OF_TITLE = r"-(?!\d+\Z|\d*\.\d+\Z)[^A-Za-z-]"


def filter_terms_as_arguments(words: Sequence[str]) -> list[str]:
    """Rewrite words that would look like options: -name=ct becomes !name=ct, and -> a quoted word."""
    # Imported when there is a word to look at: the first frame of the monitor does not wait.
    if not any(re.match(r"-[^-]", word) for word in words):
        return list(words)
    from scantui.filters.grammar import KNOWN, quoted

    term = _EXCLUDING_TERM.format(known=KNOWN)
    excluding = [f"!{word[1:]}" if re.match(term, word) else word for word in words]
    return [quoted(word) if re.match(_WORD_OF_TITLE, word) else word for word in excluding]


def add_filter(parser: ArgumentParser, *, or_key: bool = False) -> None:
    """Add a filter of one or more arguments; with `or_key`, the key of a scan is accepted instead."""
    what = "a filter, as in the filter bar: name=ascan* state=run age<2h"
    metavar = "FILTER|KEY" if or_key else "FILTER"
    parser.add_argument("filter", nargs="*", metavar=metavar, help=f"{what}; or the key of a scan" if or_key else what)


def scan_filter_of(options: Namespace) -> ScanFilter:
    """The filter of the command line, which may be empty. Raises FilterSyntaxError."""
    written = " ".join(options.filter)
    text = filter_text_of(options)
    scan_filter = ScanFilter.parse(text)
    return scan_filter if text == written else msgspec.structs.replace(scan_filter, surprises=True)


def filter_text_of(options: Namespace) -> str:
    """The text of the filter of the command line; id11:42 means scan 42 of the server id11, where that is asked."""
    text = " ".join(options.filter)
    if not re.search(_PLACED_NUMBER, text) or "server" not in options:
        return text
    names = _names_of(options)

    def in_fields(found: re.Match[str]) -> str:
        return f"server={found[1]} number={found[2]}" if found[1] in names else found[0]

    return re.sub(_PLACED_NUMBER, in_fields, text)


def _names_of(options: Namespace) -> Sequence[str]:
    if getattr(options, "demo", False):
        return DEMO_NAMES
    return [server.name for server in servers_of(options)]


def add_server(parser: ArgumentParser, *, several: bool = False) -> None:
    """Add -s NAME|URL and --ask-password; a command that takes `several` servers says how they are given."""
    more = "; several with more -s, a group, or all" if several else ""
    parser.add_argument(
        "-s",
        "--server",
        action="append",
        default=[],
        metavar="NAME|URL",
        help=f"Redis to use (default: {URL_VARIABLE}, configuration file, {HOST_VARIABLE}, localhost){more}",
    )
    parser.add_argument("--ask-password", action="store_true", help="prompt for the password of the server")


def add_store(parser: ArgumentParser) -> None:
    """Add -s NAME|URL, --ask-password and --demo."""
    add_server(parser)
    _add_demo(parser)


def add_stores(parser: ArgumentParser) -> None:
    """The same for a command that takes several servers, and --beamlines."""
    add_server(parser, several=True)
    _add_demo(parser)
    add_beamlines(parser)


def add_beamlines(parser: ArgumentParser) -> None:
    """Add --beamlines."""
    parser.add_argument(
        "--beamlines",
        type=int,
        choices=range(1, len(DEMO_NAMES) + 1),
        default=1,
        help="how many beamlines --demo simulates (default: 1)",
    )


def _add_demo(parser: ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="use a simulated beamline, without Redis")


def _is_url(word: str, place: str) -> bool:
    """Whether a word is the URL of a server, or was meant to be one; a title may look like one without a port."""
    kinds = (_SERVER_URL, _ODD_URL) if place == "filter" else (_SERVER_URL, _ODD_URL, _LOGIN)
    return any(re.match(kind, word) for kind in kinds)


def require_no_url(options: Namespace) -> None:
    """Raise UsageError for a URL in place of a filter, a scan or the like; it may hold a password."""
    for place in _NO_SERVERS:
        given = getattr(options, place, None)
        words = given if isinstance(given, list) else [given]
        if any(isinstance(word, str) and _is_url(word, place) for word in words):
            raise UsageError("a URL names a server: give it with -s URL")


def require_one_server(options: Namespace) -> None:
    """Raise UsageError if more than one of URL, -s and --demo is given, since only one of them can be used."""
    if sum(bool(getattr(options, name, None)) for name in ("url", "server", "demo")) > 1:
        raise UsageError("give only one of URL, -s and --demo")
    if getattr(options, "beamlines", 1) > 1 and not options.demo:
        raise UsageError("--beamlines is for the simulated ones: give --demo too")


def store_opener_of(options: Namespace) -> OpenStore:
    """The function that opens the chosen store. Raises UsageError (invalid URL) or MissingExtraError (demo)."""
    if options.demo:
        from scantui.demo.session import DemoSession

        return DemoSession().open_store
    return opener_of(server_of(options))


def opener_of(server: Server) -> OpenStore:
    """The function that opens the store on a server; it asks Beacon for the address each time, if Beacon knows it."""
    known: ServerAddress | None = None

    async def open_store() -> AsyncDataStore:
        nonlocal known
        known = await asyncio.to_thread(server.address_now, known) if server.beacon else server.address_now()
        return await (await asyncio.to_thread(_async_store)).open(known)

    return open_store


def server_label_of(options: Namespace) -> str:
    """The name of the chosen server, safe to show."""
    return "the demo" if options.demo else server_of(options).name


def name_at_of(options: Namespace) -> Callable[[str], str]:
    """What to call the chosen server, given the label of its open store."""
    return (lambda _: "the demo") if options.demo else server_of(options).name_at


def _async_store() -> type[AsyncDataStore]:
    """Import the async store. This takes a while, so it runs in a thread beside the screen."""
    from scantui.store.aio import AsyncDataStore

    return AsyncDataStore


def server_of(options: Namespace) -> Server:
    """The only server chosen. Raises UsageError if several are, and what `servers_of` raises."""
    return only_one(servers_of(options))


def servers_of(options: Namespace) -> tuple[Server, ...]:
    """The servers chosen, found as `scantui help configuration` describes; warnings about them go to stderr.

    The result is kept in `options`, so that the user types a password only once.

    Raises UsageError for an invalid name or URL, MachineError if a password file cannot be read.
    """
    if "found_servers" not in options:
        url = getattr(options, "url", None)
        configuration = Configuration.read(os.environ)
        found = find_servers([url] if url else options.server, os.environ, configuration)
        used = {server.name for server in found}
        unused = [str(fault) for name, fault in configuration.faults.items() if name not in used]
        for warning in (*filter(None, (server.warning for server in found)), *unused):
            print(f"scantui: {warning}", file=sys.stderr)
        options.found_servers = tuple(
            with_password(server, _ask(server.name)) if options.ask_password else server for server in found
        )
    servers: tuple[Server, ...] = options.found_servers
    return servers


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError("--ask-password needs a terminal: use a password_file in the configuration instead")
    from getpass import getpass

    try:
        return getpass(f"Password for {name}: ")
    except EOFError:
        raise UsageError("no password entered") from None


def whole_number(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER and int(text) > 0):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """A positive number of seconds, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"must be a positive number of seconds, not {text!r}")
    return number
