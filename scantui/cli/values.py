"""`scantui values`: prints the points of a scan's counters as a table, or as they come."""

from __future__ import annotations

import csv
import io
import math
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from scantui.cli.arguments import SCAN_HELP, add_stores, whole_number
from scantui.cli.arriving import ArrivingRows
from scantui.cli.figures import remarks_on
from scantui.cli.finding import load_named
from scantui.cli.following import Connection, load_prepared, points_as_they_come
from scantui.cli.locating import locate
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, write
from scantui.cli.running import run_work
from scantui.cli.streams import streams_named
from scantui.cli.targets import Targets
from scantui.curves.choice import channels_of
from scantui.exceptions import StoreError, StreamError, UsageError
from scantui.models import ScanState
from scantui.past import find_points
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.models import Scan, StreamInfo
    from scantui.store import AsyncDataStore

EXAMPLES = f"""\
A counter is the full name of a stream, or the name that BLISS displays. Without
names, values prints all streams with one number per point; spectra, samples and
JSON must be named. A cell is empty where a stream is shorter than others. In
JSON, NaN and infinities are null. With --follow, a row waits until all streams
have its point; a line of --jsonl waits 5 seconds, and later values have lines
of their own with the same index. If Redis has dropped the points of a scan,
they are read from its HDF5 file, with the extra scantui[hdf5].

examples:
  scantui values 42
  scantui values 42 diode samx --csv > 42.csv
  scantui values 42 --last 5 --json
  scantui values 42 --jsonl --follow

{exit_codes_help(ExitCode.NO_SCAN)}"""

_INDEX = "index"
_PATIENCE_SECONDS = 5.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui values`."""
    parser.add_argument("scan", metavar="KEY|NUMBER", help=SCAN_HELP)
    parser.add_argument(
        "counters", nargs="*", default=[], metavar="COUNTER", help="counters to print (default: all scalars)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print comma-separated values with a header")
    form.add_argument("--json", action="store_true", help="print one JSON object with a list for each stream")
    form.add_argument("--jsonl", action="store_true", help="print a JSON object for each point")
    parser.add_argument("--last", type=whole_number, metavar="N", help="print only the last N points")
    parser.add_argument("--follow", action="store_true", help="print further points as they come, until the scan ends")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print the points of a scan's counters."""
    if options.follow and options.json:
        raise UsageError("--follow prints a line for each point: use --jsonl or --csv")
    targets = Targets.of(options)

    async def values() -> int:
        located = await locate(targets, options.scan)
        connection = Connection(located.target.open_store)
        scan = await load_prepared(connection, located.named) if options.follow else None
        async with await connection.open_store() as store:
            scan = scan or await load_named(store, located.named)
            chosen = streams_named(scan, options.counters)
            if not options.follow or scan.state is ScanState.CLOSED:
                return targets.worst(await _print(store, scan, chosen, options, located.server))
            first = await _first_index(store, chosen, options.last)
        return targets.worst(await _follow(connection, scan, chosen, first, options))

    return run_work(values(), while_read=options.follow)


async def _print(
    store: AsyncDataStore, scan: Scan, chosen: Sequence[StreamInfo], options: Namespace, server: str
) -> ExitCode:
    first = await _first_index(store, chosen, options.last)
    columns: dict[str, dict[int, Any]] = {}
    remarks: list[str] = []
    exit_code = ExitCode.DONE
    for stream in chosen:
        columns[stream.name] = {}
        try:
            found = await find_points(store, scan, stream.name, first)
        except StreamError as error:
            # The other streams are printed all the same.
            remarks.append(str(error))
            exit_code = ExitCode.ERROR
            continue
        remarks += remarks_on(found)
        columns[stream.name] = dict(enumerate(found.points.tolist(), found.points.start))
    for remark in dict.fromkeys(remarks):
        notify(remark)
    begin = min((min(values) for values in columns.values() if values), default=first)
    end = max((max(values) + 1 for values in columns.values() if values), default=first)
    if options.last is not None:
        begin = max(begin, end - options.last)
    if options.json:
        streams = {
            name: [_json_value(value) for at, value in values.items() if at >= begin]
            for name, values in columns.items()
        }
        write(json_text({"key": scan.key, **({"server": server} if server else {}), "streams": streams}))
        return exit_code
    there = ({name: values[at] for name, values in columns.items() if at in values} for at in range(begin, end))
    for text in _Form(options, scan, chosen).rows(enumerate(there, begin)):
        write(text)
    return exit_code


async def _follow(
    connection: Connection, scan: Scan, chosen: Sequence[StreamInfo], first: int, options: Namespace
) -> ExitCode:
    """Print a row once all streams have its point, and at the end those that only some have.

    A line of JSON may hold some of a point's values, so that none waits long for a stream that is slower.
    """
    form = _Form(options, scan, chosen)
    names = [stream.name for stream in chosen]
    rows = ArrivingRows(names, first, _PATIENCE_SECONDS if options.jsonl else math.inf)
    exit_code = ExitCode.DONE
    async with aclosing(points_as_they_come(connection, scan.key, dict.fromkeys(names, first))) as following:
        async for came in following:
            if isinstance(came, StoreError):
                notify(str(came))
                exit_code = ExitCode.ERROR
                rows.give_up(came.stream if isinstance(came, StreamError) else "")
            else:
                rows.add(came, time.monotonic())
            for text in form.rows(rows.due(time.monotonic())):
                write(text)
    for text in form.rows(rows.rest()):
        write(text)
    return exit_code


async def _first_index(store: AsyncDataStore, chosen: Sequence[StreamInfo], last: int | None) -> int:
    """The index from which on the last points stand; 0 for all of them."""
    if last is None:
        return 0
    lengths = await store.get_stream_lengths([stream.key for stream in chosen])
    longest = max((length for length in lengths if isinstance(length, int)), default=0)
    return max(0, longest - last)


class _Form:
    """Rows as text, in the form that the options choose; the header comes with the first rows."""

    def __init__(self, options: Namespace, scan: Scan, chosen: Sequence[StreamInfo]) -> None:
        self._csv, self._jsonl = options.csv, options.jsonl
        self._names = [stream.name for stream in chosen]
        channels = channels_of(scan.info, scan.streams)
        labels = [printable(name if self._csv else channels[name].label) for name in self._names]
        self._header: list[str] = [] if self._jsonl else [_INDEX, *labels]
        self._widths = [max(len(_INDEX), 6), *(max(len(label), 12) for label in labels)]

    def rows(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[str]:
        if self._header:
            yield self._line(self._header)
            self._header = []
        for index, values in rows:
            if self._jsonl:
                there = {name: _json_value(values[name]) for name in self._names if name in values}
                yield json_text({_INDEX: index, **there})
            else:
                yield self._line([str(index), *(_cell(values[name]) if name in values else "" for name in self._names)])

    def _line(self, cells: Sequence[str]) -> str:
        if self._csv:
            text = io.StringIO()
            csv.writer(text, lineterminator="").writerow(cells)
            return text.getvalue()
        return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, self._widths, strict=True)).rstrip()


def _cell(value: Any) -> str:
    """A value as text: a float in its shortest exact form, and as JSON what is not a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, complex):
        return str(value)
    return json_text(_json_value(value))


def _json_value(value: Any) -> Any:
    """A value that JSON can hold; a complex number is a text."""
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return [_json_value(each) for each in value] if isinstance(value, list) else value
