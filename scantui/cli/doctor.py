"""`scantui doctor`: checks server, terminal and installation, and suggests a remedy for each problem."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

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
    about_servers = _of_demo(options.beamlines) if options.demo else _of_servers(servers_of(options))
    about_here = [
        *terminal_findings(os.environ, sys.stdout.encoding, size, accepts_copies(os.environ)),
        *version_findings(),
    ]
    found = {finding.verdict for findings in (*about_servers.values(), about_here) for finding in findings}
    worst = "fault" if "fault" in found else "warning" if "warning" in found else "ok"
    if options.json:
        write(json_text(_report(about_servers, about_here, worst), indent=2))
    else:
        width = max(_NARROWEST, size[0]) if size and is_terminal(sys.stdout) else sys.maxsize
        parts = [(name, list(findings)) for name, findings in about_servers.items()]
        if len(parts) > 1:
            parts.append((_HERE, []))
        parts[-1][1].extend(about_here)
        write("\n".join(line for name, findings in parts for line in (name, *_lines(findings, width))))
    return ExitCode.ERROR if worst == "fault" else ExitCode.DONE


def _of_demo(beamlines: int) -> dict[str, Sequence[Finding]]:
    from scantui.demo.session import DemoSession

    names = ("the demo",) if beamlines == 1 else DEMO_NAMES[:beamlines]
    return {name: verdicts(asyncio.run(DemoSession(number).examine()), _now_ms()) for number, name in enumerate(names)}


def _of_servers(servers: Sequence[Server]) -> dict[str, Sequence[Finding]]:
    """The findings about each server, by its name; all are examined at the same time."""
    if len(servers) == 1:
        return dict([_examine(servers[0])])
    with ThreadPoolExecutor(len(servers)) as examiners:
        found = list(examiners.map(_examine, servers))
    return {server.name: findings for server, (_, findings) in zip(servers, found, strict=True)}


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
