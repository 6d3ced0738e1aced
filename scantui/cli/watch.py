"""`scantui watch`: a line, and a command, when a scan fails, stalls, or nothing happens."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from scantui.alerts import Alert, AlertRule, read_rule
from scantui.cli.arguments import add_filter, add_stores, filter_text_of
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, local_time, notify, notify_reading, write
from scantui.cli.running import run_work
from scantui.cli.targets import ServerTarget, Targets
from scantui.exceptions import UsageError
from scantui.export import ExportedScan, scan_record
from scantui.feed import Event
from scantui.feed.many import LiveFeed, merged
from scantui.filters.servers import may_hold_at
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

On several servers each rule works on each of them, or on those that its filter
names: server=id15. {ALERT_VARIABLE}TEXT and {SCAN_VARIABLE}SERVER name the server.

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
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print a line for each alert, and run a command if one is given, until Ctrl-C."""
    configuration = Configuration.read(os.environ)
    rules = [*_own_rules(options), *(configured_rules(configuration) if options.rules else ())]
    if not rules:
        raise UsageError("the configuration has no [alerts.NAME]: give --when or --silent")
    may_exec = not (configuration.no_exec or os.environ.get(NO_EXEC_VARIABLE))
    if options.exec and not may_exec:
        raise UsageError(f"commands are forbidden by {NO_EXEC_VARIABLE} or no_exec: leave out --exec")
    targets = Targets.of(options)
    feeds = targets.feeds()

    async def watch() -> int:
        watched = [_Watched(target, feed, rules, targets) for target, feed in zip(targets.all, feeds, strict=True)]
        commands = CommandQueue(FencedCommands(), notify)
        try:
            async with aclosing(merged(watched)) as events, aclosing(_with_ticks(events)) as moments:
                async for _ in moments:
                    for each in watched:
                        for due in each.alarms.due():
                            alert = msgspec.structs.replace(due, server=each.server)
                            _write_alert(alert, options.json, targets.width)
                            if alert.rule.exec and may_exec:
                                commands.add(alert.rule.exec, alert_variables(alert, each.url))
        finally:
            await commands.aclose()
        return ExitCode.DONE

    return run_work(watch(), while_read=True)


class _Watched:
    """A server, and the rules at work on it; `server` is its name if it is one of several."""

    def __init__(self, target: ServerTarget, feed: LiveFeed, rules: Sequence[AlertRule], targets: Targets) -> None:
        self.server, self.url = target.name if targets.are_many else "", target.url
        # A rule for other servers must not call because nothing happens on this one.
        mine = [rule for rule in rules if not targets.are_many or may_hold_at(rule.filter.terms, target.name)]
        self.alarms = Alarms(mine, server=target.name)
        self._narrator = Narrator(target.name_at, target.label if targets.are_many else "")
        self._feed = feed

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events of the server, after each was shown to the rules."""
        async with aclosing(self._feed.events()) as events:
            async for event in events:
                self._narrator.handle(event)
                await self.alarms.take_in(event)
                self._feed.watched = self.alarms.watched
                yield event


async def _with_ticks(
    events: AsyncGenerator[tuple[int, Event], None],
) -> AsyncGenerator[tuple[int, Event] | None, None]:
    """The events as they come, and None where none came for a moment: silence is news too."""
    coming: asyncio.Task[tuple[int, Event]] | None = None
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
    text = filter_text_of(options)
    rule = read_rule(_OWN_RULE, [*options.when, *silent], filter_text=text, again=options.again, exec_=options.exec)
    notify_reading(rule.filter)
    return [rule]


def _write_alert(alert: Alert, as_json: bool, width: int) -> None:
    if as_json:
        scan = scan_record(ExportedScan(alert.scan, alert.word)) if alert.scan else None
        record = {
            "at": iso_time(alert.at_ms),
            **({"server": alert.server} if alert.server else {}),
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
        where = f"{alert.server:<{width}}  " if alert.server else ""
        write(printable(f"{local_time(alert.at_ms)}  {where}{alert.text}{name}"))
