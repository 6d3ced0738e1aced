"""`scantui notes`: what users wrote about scans, also about those that have expired."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser, Namespace
from typing import Any

from scantui.cli.arguments import add_filter, scan_filter_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, local_time, notify, notify_reading, write
from scantui.filters import why_none
from scantui.models import Note, ScanIdentity, ScanSummary
from scantui.system.config import Configuration
from scantui.system.notes import NoteBook
from scantui.text import printable
from scantui.titles import plain_numbers
from scantui.words import iso_time

EXAMPLES = f"""\
Notes are in notes.jsonl in the state directory, or in the directory notes_dir
of the configuration, which several users may share. They outlive the scans in
Redis. FILTER accepts verdict, note, number, title, dataset, server, user (the
author), age, since and before (when the scan was created).

examples:
  scantui notes
  scantui notes verdict=bad 'note=*filter*'
  scantui notes since=22:00 --json

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the filter and the format."""
    add_filter(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(options: Namespace) -> int:
    """List notes and verdicts, the oldest scan first."""
    scan_filter = scan_filter_of(options)
    book = NoteBook.open(os.environ, Configuration.read(os.environ))
    now_ms = int(time.time() * 1000)
    found = [
        note
        for note in sorted(book.notes.values(), key=lambda note: (note.created_ms, note.key))
        if scan_filter.matches(_scan_of(note), now_ms=now_ms, note=note, server=note.server)
    ]
    if book.broken:
        notify(f"{book.broken} line{'' if book.broken == 1 else 's'} of the notes cannot be read")
    if options.json:
        write(json_text([note_record(note) for note in found], indent=2))
    elif found:
        names = {note.server for note in found}
        width = max(map(len, names)) if len(names) > 1 else 0
        write("\n".join(_line(note, width) for note in found))
    if found:
        notify_reading(scan_filter)
        return ExitCode.DONE
    notify(f"No notes match: {why_none(scan_filter)}" if scan_filter.terms else "No notes yet")
    return ExitCode.NO_SCAN


def note_record(note: Note) -> dict[str, Any]:
    """A note as values of JSON; what is not known is null."""
    return {
        "key": note.key,
        "server": note.server,
        "number": note.number,
        "title": note.title,
        "dataset": note.dataset or None,
        "created": iso_time(note.created_ms),
        "user": note.user,
        "time": iso_time(note.at_ms),
        "verdict": note.verdict or None,
        "note": note.text or None,
    }


def _scan_of(note: Note) -> ScanSummary:
    identity = ScanIdentity(name=note.title, number=note.number or 0, dataset=note.dataset or None)
    return ScanSummary(
        key=note.key, identity=identity, title=note.title, created_ms=note.created_ms, user_name=note.user
    )


def _line(note: Note, server_width: int) -> str:
    """A note on a line, with its server if there are notes of several."""
    server = f"{note.server:<{server_width}}  " if server_width else ""
    number = "" if note.number is None else note.number
    words = (note.verdict.upper(), note.text)
    content = " ".join(word for word in words if word)
    when = local_time(note.created_ms) or "-"
    title = plain_numbers(note.title)
    return printable(f"{when:<19}  {server}{number:>5}  {title}  {content}  ({note.user})", 4096)
