"""Why scans ended early, read once for each row on the screen that says so."""

from __future__ import annotations

from typing import Any

from textual.message import Message

from scantui.columns import COLUMNS
from scantui.exceptions import ScanNotFoundError
from scantui.models import Scan, ScanIdentity, ScanState, ScanSummary
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.tui.messages import ReasonsRead
from scantui.tui.read_columns import ReadColumns
from scantui.tui.workers import read_reasons
from tests.tui.commands.fakes import Bench

LATE = {"chain": {"master": {"scalars": ["axis:samx"]}, "scalars": ["p201:pico1"]}}


class Document:
    """A store in which each scan has the same details; one that it refuses went away."""

    def __init__(self, refused: str = "") -> None:
        self._refused = refused

    async def load_details(self, key: str) -> ScanDetails:
        if key == self._refused:
            raise ScanNotFoundError(key)
        identity = ScanIdentity(name="ascan", number=1)
        info = {"acquisition_chain": LATE, "comments": [{"message": "beam\x1b[31m dump " + "x" * 100}]}
        return ScanDetails(
            scan=Scan(key=key, state=ScanState.CLOSED, identity=identity, info=info),
            summary=ScanSummary(key=key, state=ScanState.CLOSED, identity=identity, npoints=21),
            streams=(StreamTail(name="axis:samx", length=6), StreamTail(name="p201:pico1", length=3)),
        )


async def texts_of(store: Any, *keys: str) -> dict[str, str]:
    posted: list[Message] = []
    await read_reasons(store, keys, posted.append)
    (message,) = posted
    assert isinstance(message, ReasonsRead)
    return message.texts


async def test_a_reason_is_short_and_harmless_and_one_that_is_gone_is_empty() -> None:
    found = await texts_of(Document("gone"), "here", "gone")
    assert found["here"].startswith('pico1 3 behind, "beam\u241b[31m dump x')
    assert (len(found["here"]), found["gone"]) == (60, "")


def test_each_row_on_the_screen_is_read_once_and_shows_it() -> None:
    bench = Bench()
    bench.kept_group = "reasons"
    columns = ReadColumns(bench.view, bench.servers, lambda: (), lambda: (), bench._start_work, bench.posted.append)
    rows = [row for row in map(bench.board.row, bench.board.known_keys) if row is not None]
    early = [row for row in rows if bench.board.word_of(row) in ("FAIL", "ABRT", "LOST")]
    for _ in rows:
        columns.look(ascii_only=False)
    assert len(bench.kept) == -(-len(early) // 8)
    columns.take(ReasonsRead({early[0].key: "pico1 3 behind"}))
    progress = next(column for column in COLUMNS if column.key == "progress")
    assert (progress.show(bench.board, early[0]) or "").endswith("pico1 3 behind")
    for work in bench.kept:
        work.close()


def test_what_the_pane_lists_is_read_too_and_once() -> None:
    bench = Bench()
    bench.kept_group = "reasons"
    rows = [row for row in map(bench.board.row, bench.board.known_keys) if row is not None]
    early = next(row.key for row in rows if bench.board.word_of(row) == "FAIL")
    bench.groups.filtering.use("number=0")
    assert bench.table.keys_in_view == []
    start, post = bench._start_work, bench.posted.append
    columns = ReadColumns(bench.view, bench.servers, lambda: (), lambda: [early, early], start, post)
    for _ in range(2):
        columns.look(ascii_only=False)
    assert len(bench.kept) == 1
    bench.kept[0].close()
