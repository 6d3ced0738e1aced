"""`scantui` without a command: the monitor, on a server or on the simulated beamline of the demo."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from scantui.cli.arguments import add_beamlines, add_server, opener_of, servers_of
from scantui.cli.screen import add_appearance_options, show
from scantui.feed import Feed
from scantui.filters import ScanFilter
from scantui.store.address import DEFAULT_URL
from scantui.system.config import DEMO, DEMO_NAMES, Configuration
from scantui.system.servers import named_server

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_log = logging.getLogger(__name__)
EXAMPLES = f"""\
URL is the Redis into which BLISS publishes: redis://host:6380,
rediss://user@host/0 (TLS), unix:///run/redis.sock, or the Sentinels that know
it: redis+sentinel://host:26379,host2/mymaster (?replica=1 for a replica).
Without it, scantui tries, in this order: SCANTUI_URL, the configuration file,
BEACON_HOST and {DEFAULT_URL}. `scantui config` prints the result.

examples:
  scantui redis://id11:6380     watch the scans of a beamline
  scantui -s id11               the same, by its name in the configuration file
  scantui -s id11 -s id15       the scans of two beamlines in one table
  scantui --demo                watch a simulated beamline, without Redis
  scantui --demo --beamlines 2  watch two
"""


# All options, as they are when none is given.
PLAIN_OPTIONS: dict[str, object] = {
    "url": None,
    "demo": False,
    "beamlines": 1,
    "server": [],
    "ask_password": False,
    "filter": "",
    "mouse": False,
    "read_only": False,
    "log_level": "INFO",
}


class _PlainOptions(SimpleNamespace):
    """A Namespace of argparse, which is not imported for it."""

    def __contains__(self, name: object) -> bool:
        return name in vars(self)


def plain_options(words: Sequence[str]) -> Namespace | None:
    """The options of a command line that has no option, but maybe a URL, as the parser returns them; else None."""
    if len(words) > 1 or any(word.startswith("-") for word in words):
        return None
    given = {**PLAIN_OPTIONS, "server": [], "url": words[0] if words else None}
    return cast("Namespace", _PlainOptions(**given))


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of the monitor."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("url", nargs="?", metavar="URL", help="Redis to watch")
    what.add_argument("--demo", action="store_true", help="watch a simulated beamline")
    add_beamlines(parser)
    add_server(parser, several=True)
    add_appearance_options(parser)
    parser.add_argument("--read-only", action="store_true", help="disable keys that write")


def run(options: Namespace) -> int:
    """Watch the scans that BLISS publishes into Redis."""
    scan_filter = ScanFilter.parse(options.filter)
    if options.demo:
        from scantui.demo.session import DemoSession

        beamlines = DEMO_NAMES[: options.beamlines]

        def simulated(name: str) -> Feed:
            return Feed(DemoSession(beamlines.index(name)).open_store)

        feeds = {name: simulated(name) for name in beamlines}
        source = feeds.pop(DEMO)
        return show(source, DEMO, options, scan_filter, servers=beamlines, feed_of=simulated, beside=feeds)
    servers, configuration = servers_of(options), Configuration.read(os.environ)
    by_name = {server.name: server for server in servers}

    def feed_of(name: str) -> Feed:
        chosen = by_name.get(name) or named_server(name, configuration, "chosen in the monitor")
        if chosen.warning:
            _log.warning("%s: %s", chosen.name, chosen.warning)
        return Feed(opener_of(chosen))

    def name_at(name: str, label: str) -> str:
        # Of several, each keeps the name under which its scans are listed.
        return by_name[name].name_at(label) if len(servers) == 1 and name in by_name else name

    names = list(dict.fromkeys((*by_name, *configuration.servers)))
    first, *others = servers
    source, beside = Feed(opener_of(first)), {server.name: Feed(opener_of(server)) for server in others}
    return show(
        source,
        first.name,
        options,
        scan_filter,
        servers=names,
        feed_of=feed_of,
        name_at=name_at,
        beside=beside,
    )
