"""`scantui doctor`: checks server, terminal and installation, and suggests a remedy for each problem."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import msgspec

from scantui.cli.arguments import add_store, server_label_of, server_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, write
from scantui.diagnostics.findings import Finding
from scantui.diagnostics.local import terminal_findings, version_findings
from scantui.diagnostics.server import unreachable, verdicts
from scantui.exceptions import ConnectionFailed
from scantui.system.output import is_terminal
from scantui.system.tmux import accepts_copies

_NARROWEST = 60
_INDENT = " " * 20

EXAMPLES = f"""\
Each line is ok, a warning or a fault, with a remedy. doctor writes nothing to
the server and sends no slow commands. The exit code is 1 if there is a fault;
warnings do not count.

examples:
  scantui doctor redis://id11:6380
  scantui doctor -s redis://id11:6380 --json

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui doctor`."""
    parser.add_argument("url", nargs="?", metavar="URL", help="Redis to check")
    add_store(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: Namespace) -> int:
    """Check server, terminal and installation, and suggest remedies."""
    label, size = server_label_of(options), _size()
    findings = list(_examine(options))
    findings += terminal_findings(os.environ, sys.stdout.encoding, size, accepts_copies(os.environ))
    findings += version_findings()
    found = {finding.verdict for finding in findings}
    worst = "fault" if "fault" in found else "warning" if "warning" in found else "ok"
    if options.json:
        report = {"server": label, "verdict": worst, "findings": msgspec.to_builtins(findings)}
        write(json_text(report, indent=2))
    else:
        width = max(_NARROWEST, size[0]) if size and is_terminal(sys.stdout) else sys.maxsize
        write("\n".join([label, *_lines(findings, width)]))
    return ExitCode.ERROR if worst == "fault" else ExitCode.DONE


def _examine(options: Namespace) -> Sequence[Finding]:
    """The findings about the server."""
    if options.demo:
        from scantui.demo.session import DemoSession

        return verdicts(asyncio.run(DemoSession().examine()), _now_ms())
    server = server_of(options)
    from scantui.store.blocking import examine_server

    try:
        return verdicts(examine_server(server.address_now()), _now_ms())
    except ConnectionFailed as error:
        return [unreachable(error)]


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
