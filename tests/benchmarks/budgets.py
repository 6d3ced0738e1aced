"""What the watching night may cost: the outline, the book of what ran, notes and differences, without a screen."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scantui.board import Board
from scantui.differences import compare
from scantui.models import Note, Scan, ScanIdentity, ScanState, ScanSummary
from scantui.report.spans import Span
from scantui.system.config import Configuration
from scantui.system.notes import NoteBook
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.stores import Bench

_NOW_MS = 1_790_000_000_000
_CHILDREN = 10


def _row(number: int, parent: int | None = None) -> ScanSummary:
    at_ms = _NOW_MS + 1000 * number
    return ScanSummary(
        key=_key(number),
        state=ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=number, dataset="sample_0001"),
        state_id=f"{at_ms}-0",
        started_ms=at_ms - 900,
        created_ms=at_ms,
        title=f"ascan samx 0 {number} 20 0.1",
        npoints=21,
        count_time=0.1,
        end_reason="SUCCESS" if number % 50 else "FAILURE",
        is_sequence=number % (_CHILDREN + 1) == 0,
        parent=None if parent is None else _key(parent),
    )


def _key(number: int) -> str:
    return f"esrf:scan:{number:026}"


def _rows(count: int) -> list[ScanSummary]:
    """Sequences of ten scans each."""
    family = _CHILDREN + 1
    return [_row(number, None if number % family == 0 else number - number % family) for number in range(count)]


def _info(seed: int, count: int) -> dict[str, Any]:
    """About a megabyte, in which each value stands at a device of another object id."""
    ids = {number: 140_000_000_000_000 + 1_000_003 * seed + number for number in range(count // 4)}
    return {
        "devices": {
            f"{ids[number]}:device{number}": {
                "name": f"device{number}",
                "triggered_devices": [f"{ids[number]}:device{number}"],
                "metadata": {"position": number * seed, "comment": "x" * 40},
            }
            for number in ids
        }
    }


def budgets(bench: Bench) -> Iterator[Figure]:
    """The budgets of the design, each on as many scans as it names."""
    count, repeats = bench.sized(50_000, 5_000), bench.sized(20, 5)
    board = Board()
    board.lines.show_outline(True)
    board.put(_rows(count))
    len(board.lines)
    arriving: list[float] = []
    toggling: list[float] = []
    opening: list[float] = []
    for number in range(count, count + repeats):
        with timed(arriving):
            board.put([_row(number, number - number % (_CHILDREN + 1))])
            len(board.lines)
        with timed(toggling):
            board.lines.fold_all(number % 2 == 0)
            len(board.lines)
    yield _figure(f"outline, a scan arrives, {count} rows", arriving, 0.001, "p90")
    yield _figure(f"outline, all unfold or fold, {count} rows", toggling, 0.05)
    board.shift.catch_up(count + repeats)
    end_ms = _NOW_MS + 1000 * count
    for _ in range(repeats):
        with timed(opening):
            board.shift.digest(Span(end_ms - 24 * 3_600_000, end_ms), end_ms)
    yield _figure(f"digest of a day, {count} rows", opening, 0.1)
    yield _figure("notes, 10000 of another user are read", _reading(bench.sized(5, 2)), 0.2)
    comparing: list[float] = []
    a, b = (_scan(seed) for seed in (1, 2))
    for _ in range(repeats):
        with timed(comparing):
            compare(a, b)
    yield _figure("differences, 10000 values", comparing, 0.1)


def _scan(seed: int) -> Scan:
    identity = ScanIdentity(name="ascan", number=seed)
    return Scan(key=_key(seed), state=ScanState.CLOSED, identity=identity, info=_info(seed, 10_000))


def _reading(repeats: int) -> list[float]:
    samples: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        configuration = Path(place) / "scantui"
        configuration.mkdir()
        (configuration / "config.toml").write_text(f'notes_dir = "{place}"\n', encoding="utf-8")
        about = {"server": "id11", "title": "ascan", "dataset": "sample_0001", "user": "me"}
        note = Note(key="", number=1, created_ms=1, at_ms=1, text="wrong filter", **about)
        lines = (msgspec.json.encode(msgspec.structs.replace(note, key=_key(number))) for number in range(10_000))
        (Path(place) / "other@host.jsonl").write_bytes(b"\n".join(lines) + b"\n")
        environment = {**os.environ, "XDG_CONFIG_HOME": place, "XDG_STATE_HOME": place}
        for _ in range(repeats):
            with timed(samples):
                NoteBook.open(environment, Configuration.read(environment))
    return samples


def _figure(what: str, ours: list[float], limit: float, statistic: str = "median") -> Figure:
    return Figure(row="night", what=what, ours=ours, goal=Goal(limit, statistic, relative=False))
