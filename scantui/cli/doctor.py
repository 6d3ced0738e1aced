"""`scantui doctor`: checks server, terminal and installation, and suggests a remedy for each problem."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from itertools import chain

import msgspec

from scantui.cli.arguments import add_stores, servers_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, write
from scantui.diagnostics.findings import Finding
from scantui.diagnostics.local import terminal_findings, version_findings
from scantui.diagnostics.server import unreachable, verdicts
from scantui.exceptions import ConnectionFailed
from scantui.system.config import DEMO_NAMES
from scantui.system.output import is_terminal
from scantui.system.servers import Server
from scantui.system.tmux import accepts_copies

_NARROWEST = 60
# A server that answers later does not hold up what is known of the others.
_SOON_SECONDS = 1.0
_HERE = "this computer"
_INDENT = " " * 20

EXAMPLES = f"""\
Each line is ok, a warning or a fault, with a remedy. doctor writes nothing to
the server and sends no slow commands. The exit code is 1 if there is a fault;
warnings do not count.

examples:
  scantui doctor redis://id11:6380
  scantui doctor -s redis://id11:6380 --json
  scantui doctor -s all

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui doctor`."""
    parser.add_argument("url", nargs="?", metavar="URL", help="Redis to check")
    add_stores(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: Namespace) -> int:
    """Check server, terminal and installation, and suggest remedies."""
    size = _size()
    width = max(_NARROWEST, size[0]) if size and is_terminal(sys.stdout) else sys.maxsize
    about_here = [
        *terminal_findings(os.environ, sys.stdout.encoding, size, accepts_copies(os.environ)),
        *version_findings(),
    ]
    about_servers: dict[str, Sequence[Finding]] = {}
    for name, findings in _of_demo(options.beamlines) if options.demo else _of_servers(servers_of(options)):
        about_servers[name] = findings
        if not options.json:
            write("\n".join((name, *_lines(findings, width))))
    found = {finding.verdict for findings in (*about_servers.values(), about_here) for finding in findings}
    worst = "fault" if "fault" in found else "warning" if "warning" in found else "ok"
    if options.json:
        write(json_text(_report(about_servers, about_here, worst), indent=2))
    else:
        here = [_HERE] if len(about_servers) > 1 else []
        write("\n".join((*here, *_lines(about_here, width))))
    return ExitCode.ERROR if worst == "fault" else ExitCode.DONE


def _of_demo(beamlines: int) -> Iterator[tuple[str, Sequence[Finding]]]:
    from scantui.demo.session import DemoSession

    names = ("the demo",) if beamlines == 1 else DEMO_NAMES[:beamlines]
    for number, name in enumerate(names):
        yield name, verdicts(asyncio.run(DemoSession(number).examine()), _now_ms())


def _of_servers(servers: Sequence[Server]) -> Iterator[tuple[str, Sequence[Finding]]]:
    """The findings about each server, all examined at the same time; those that do not answer soon come last."""
    if len(servers) == 1:
        yield _examine(servers[0])
        return
    with ThreadPoolExecutor(len(servers)) as examiners:
        examined = {examiners.submit(_examine, server): server.name for server in servers}
        soon = wait(examined, timeout=_SOON_SECONDS).done
        late = as_completed([each for each in examined if each not in soon])
        for each in chain((each for each in examined if each in soon), late):
            yield examined[each], each.result()[1]


def _examine(server: Server) -> tuple[str, Sequence[Finding]]:
    """What a server is called now, and the findings about it."""
    from scantui.store.blocking import examine_server

    name = server.name
    try:
        address = server.address_now()
        name = server.name_at(address.label)
        return name, verdicts(examine_server(address), _now_ms())
    except ConnectionFailed as error:
        return name, [unreachable(error)]


def _report(
    about_servers: Mapping[str, Sequence[Finding]], about_here: Sequence[Finding], worst: str
) -> dict[str, object]:
    """What was found, as values of JSON; of several servers each finding names its own."""
    are_many = len(about_servers) > 1
    listed = [
        {**({"server": name} if are_many else {}), **finding}
        for name, findings in about_servers.items()
        for finding in msgspec.to_builtins(findings)
    ]
    return {
        "server": ", ".join(about_servers),
        "verdict": worst,
        "findings": [*listed, *msgspec.to_builtins(about_here)],
    }


def _now_ms() -> int:
    return int(time.time() * 1000)


def _size() -> tuple[int, int] | None:
    """The columns and lines of the terminal, from the first standard stream that is one."""
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        if stream is not None and is_terminal(stream):
            columns, lines = os.get_terminal_size(stream.fileno())
            return columns, lines
    return None


def _lines(findings: Sequence[Finding], width: int) -> list[str]:
    lines = []
    for finding in findings:
        start = f"{finding.verdict:<8}{finding.subject:<12}"
        lines += textwrap.wrap(finding.text, width, initial_indent=start, subsequent_indent=_INDENT)
        if finding.remedy:
            lines += textwrap.wrap(
                finding.remedy, width, initial_indent=f"{_INDENT}> ", subsequent_indent=_INDENT + "  "
            )
    return lines
