"""`scantui watch`: a line, and a command, when a scan fails, stalls, or nothing happens."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator
from contextlib import aclosing

from scantui.alerts import Alert, AlertRule, read_rule
from scantui.cli.arguments import add_filter, add_store, name_at_of, server_of, store_opener_of
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, local_time, notify, notify_reading, write
from scantui.cli.running import run_work
from scantui.exceptions import UsageError
from scantui.export import ExportedScan, scan_record
from scantui.feed import Event, Feed
from scantui.system.config import Configuration
from scantui.system.processes import NO_EXEC_VARIABLE, FencedCommands
from scantui.text import printable
from scantui.vigil.alarms import Alarms
from scantui.vigil.commands import CommandQueue
from scantui.vigil.configured import configured_rules
from scantui.vigil.variables import ALERT_VARIABLE, SCAN_VARIABLE, alert_variables
from scantui.words import iso_time

EXAMPLES = f"""\
--when takes a list, separated by commas, of: end, fail, abort, stall, start,
match (a scan begins to match the FILTER), server (unreachable for a minute),
"not saved", memory=80%, "value i0<1e4 for 10s" and silent=20m. Without --when
and --silent it is fail,stall. Nothing that happened before the start alerts.
Each scan alerts once; more than three within a minute, and whatever happened
while the connection was lost, alert together.

--exec runs CMD in the shell for each alert, with the facts in the environment
variables {ALERT_VARIABLE}TEXT, _NAME and _COUNT, and for the newest scan
{SCAN_VARIABLE}KEY, _WORD, _TITLE and so on, as in wait. CMD has no input, its
output goes to the log, it is killed after a minute, and only one runs at a
time. {NO_EXEC_VARIABLE}=1, or no_exec = true in the configuration, forbids it.

--rules adds the rules of the configuration file:

  [alerts.night]
  when = ["fail", "stall", "silent=20m"]
  filter = "proposal=hc1234"
  again = "10m"
  exec = "mail -s \\"${ALERT_VARIABLE}TEXT\\" me@example.org < /dev/null"

examples:
  scantui watch
  scantui watch proposal=hc1234 --when fail,abort --silent 20m --again 10m
  scantui watch --when fail --exec 'notify-send "${ALERT_VARIABLE}TEXT"'

{exit_codes_help()}"""

_TICK_SECONDS = 0.2
_OWN_RULE = "watch"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the conditions, the command and the format."""
    add_filter(parser)
    parser.add_argument("--when", metavar="WHAT", action="append", default=[], help="what alerts (default: fail,stall)")
    parser.add_argument("--silent", metavar="SPAN", help="alert when no scan started or moved for this long: 20m")
    parser.add_argument("--again", metavar="SPAN", default="", help="shortest time between two alerts of a rule: 10m")
    parser.add_argument("--exec", metavar="CMD", default="", help="shell command to run for each alert")
    parser.add_argument("--rules", action="store_true", help="add the rules of the configuration file")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    add_store(parser)


def run(options: Namespace) -> int:
    """Print a line for each alert, and run a command if one is given, until Ctrl-C."""
    configuration = Configuration.read(os.environ)
    rules = [*_own_rules(options), *(configured_rules(configuration) if options.rules else ())]
    if not rules:
        raise UsageError("the configuration has no [alerts.NAME]: give --when or --silent")
    may_exec = not (configuration.no_exec or os.environ.get(NO_EXEC_VARIABLE))
    if options.exec and not may_exec:
        raise UsageError(f"commands are forbidden by {NO_EXEC_VARIABLE} or no_exec: leave out --exec")
    feed, narrator = Feed(store_opener_of(options)), Narrator(name_at_of(options))
    url = "" if options.demo else server_of(options).address.label

    async def watch() -> int:
        alarms, commands = Alarms(rules), CommandQueue(FencedCommands(), notify)
        try:
            async with aclosing(feed.events()) as events, aclosing(_with_ticks(events)) as moments:
                async for event in moments:
                    if event is not None:
                        narrator.handle(event)
                        await alarms.take_in(event)
                        feed.watched = alarms.watched
                    for alert in alarms.due():
                        _write_alert(alert, options.json)
                        if alert.rule.exec and may_exec:
                            commands.add(alert.rule.exec, alert_variables(alert, url))
        finally:
            await commands.aclose()
        return ExitCode.DONE

    return run_work(watch(), while_read=True)


async def _with_ticks(events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event | None, None]:
    """The events as they come, and None where none came for a moment: silence is news too."""
    coming: asyncio.Task[Event] | None = None
    try:
        while True:
            if coming is None:
                coming = asyncio.ensure_future(anext(events))
            await asyncio.wait([coming], timeout=_TICK_SECONDS)
            if coming.done():
                event, coming = coming.result(), None
                yield event
            else:
                yield None
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait([coming])


def _own_rules(options: Namespace) -> list[AlertRule]:
    """The rule of the command line, unless only those of the configuration are wanted."""
    if options.rules and not (options.when or options.silent is not None):
        if options.filter or options.exec or options.again:
            raise UsageError("FILTER, --exec and --again belong to --when or --silent: add one of them beside --rules")
        return []
    silent = [] if options.silent is None else [f"silent={options.silent}"]
    text = " ".join(options.filter)
    rule = read_rule(_OWN_RULE, [*options.when, *silent], filter_text=text, again=options.again, exec_=options.exec)
    notify_reading(rule.filter)
    return [rule]


def _write_alert(alert: Alert, as_json: bool) -> None:
    if as_json:
        scan = scan_record(ExportedScan(alert.scan, alert.word)) if alert.scan else None
        record = {
            "at": iso_time(alert.at_ms),
            "rule": alert.rule.name,
            "when": alert.kind or None,
            "text": alert.text,
            "count": alert.count,
            "keys": alert.keys,
            "scan": scan,
        }
        write(json_text(record))
    else:
        name = "" if alert.rule.name == _OWN_RULE else f"  ({alert.rule.name})"
        write(printable(f"{local_time(alert.at_ms)}  {alert.text}{name}"))
