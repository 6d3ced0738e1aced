"""`scantui help`: explains what commands and screen share, using the same tables as they do."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from scantui import filters
from scantui.activity import IDLE_MS, SILENT_INTERVALS, SILENT_MS
from scantui.cli import config, topics
from scantui.cli.commands import COMMANDS, MONITOR, TOPICS, parser_of
from scantui.cli.outcomes import ExitCode, all_exit_codes_help, exit_codes_help
from scantui.exceptions import UsageError
from scantui.system.config import Configuration
from scantui.system.output import print_through_pager
from scantui.text import printable
from scantui.words import STATE_WORDS

_SILENCE = f"""
A running scan is STALL when its last point came more than {SILENT_MS // 1000} seconds
ago, and more than {SILENT_INTERVALS} times the usual interval or count time. The times of the
points show that (timer:epoch), else how long its streams were unused, else two
looks. A scan that has not started, has stopped or has no streams shows no
points: it is STALL when nothing has happened for {IDLE_MS // 60_000} minutes.
"""


def _filter_help() -> str:
    grammar = (filters.__doc__ or "").partition("\n\n")[2].partition("\n\n")[2]
    return f"The syntax of filters, in the monitor (press /) and in every FILTER argument:\n\n{grammar}"


def _keys_help() -> str:
    # Import Textual, which takes a while, only for this topic.
    from scantui.tui.commands.shown import help_text

    keys = Configuration.read(os.environ).preferences.keys
    return f"The keys of the monitor, with their names for [keys] in the configuration file.\n\n{help_text(keys)}"


def _states_help() -> str:
    words = "".join(f"  {word:<8} {meaning}\n" for word, meaning in STATE_WORDS.items())
    return f"The words in the first column, which also work in filters (state=run):\n\n{words}{_SILENCE}"


def _configuration_help() -> str:
    return config.EXAMPLES.partition("\nexamples:")[0]


_TEXTS: dict[str, Callable[[], str]] = {
    "screen": lambda: topics.SCREEN,
    "curves": lambda: topics.CURVES,
    "library": lambda: topics.LIBRARY,
    "filter": _filter_help,
    "keys": _keys_help,
    "states": _states_help,
    "configuration": _configuration_help,
    "exit-codes": all_exit_codes_help,
}
_LISTED = "".join(f"  {topic:<14} {what}\n" for topic, what in TOPICS.items())
EXAMPLES = f"""\
topics (each command is one too):
{_LISTED}
examples:
  scantui help filter
  scantui help keys

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui help`."""
    parser.add_argument(
        "topic", nargs="?", metavar="TOPIC", help="topic or command to explain (default: list the topics)"
    )


def run(options: Namespace) -> int:
    """Explain the filter, the keys, the configuration and more."""
    topic = options.topic
    if topic is None:
        text = parser_of("help").format_help()
    elif topic in TOPICS:
        text = _TEXTS[topic]()
    elif topic in COMMANDS or topic == MONITOR:
        text = parser_of(topic).format_help()
    else:
        raise UsageError(f"unknown topic {printable(topic)!r}: choose one of {', '.join(TOPICS)}, or a command")
    print_through_pager(text)
    return ExitCode.DONE
