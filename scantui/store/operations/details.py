"""Everything about one scan: its document, its transitions, the ends of its streams, its sub-scans.

Rule: what is read is bounded, whatever a scan holds: so many streams, a few values of each, never an image. A stream
that cannot be read carries its problem and affects no other. Source: protocol, sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from scantui.exceptions import UsageError
from scantui.models import Scan, ScanState, ScanSummary
from scantui.store.operations.load import of_scan
from scantui.store.operations.requests import LARGEST_DOCUMENT, Batch, Command, Operation
from scantui.store.operations.starts import start_among
from scantui.store.operations.tails import MOST_SUB_SCANS, StreamTail, TailNotes, read_tails
from scantui.store.operations.transitions import NEWEST_STATES, transitions_in
from scantui.store.wire import documents, protocol, streams
from scantui.store.wire.replies import Entry, parse_entries, raise_if_error
from scantui.words import lacks_start

__all__ = ["MOST_STREAMS", "MOST_SUB_SCANS", "ScanDetails", "StreamTail", "load_details"]

MOST_STREAMS = 100
_INFO = "$.info."


class ScanDetails(msgspec.Struct, frozen=True, kw_only=True):
    """One scan in detail; `summary` is what its row shows, `parent` the sequence that it belongs to.

    `transitions` are its states and the server's time in milliseconds at which each came. `streams` are the first ones,
    `more_streams` counts the rest. `sub_scans` are the keys of the last of `sub_scan_count` scans, oldest first.
    `notes` let the next look read only what came since.
    """

    scan: Scan
    summary: ScanSummary
    transitions: tuple[tuple[ScanState, int], ...] = ()
    streams: tuple[StreamTail, ...] = ()
    more_streams: int = 0
    sub_scans: tuple[str, ...] = ()
    sub_scan_count: int = 0
    parent: str | None = None
    hdf5_path: str | None = None
    notes: TailNotes = TailNotes()


def load_details(key: str, known: ScanDetails | None = None) -> Operation[ScanDetails]:
    """Return what there is to show of one scan, in four round trips at most."""
    protocol.require_scan_key(key)
    if not isinstance(known, ScanDetails | None):
        raise UsageError(f"known takes what load_details returned, not a {type(known).__name__}")
    if known is not None and known.scan.key == key and known.scan.state >= ScanState.STARTED:
        state_stream = known.scan.state_stream
        pttl, reply = yield Batch([Command("PTTL", key), Command("XREVRANGE", state_stream, *NEWEST_STATES)])
        _require_alive(key, pttl)
        entries = parse_entries(of_scan(key, reply))
        if entries and entries[0].id == known.scan.state_id:
            return (yield from _with_streams(known, known))
    else:
        pttl, raw = yield Batch([Command("PTTL", key), Command("JSON.GET", key, "$.state_stream.pk", "$.pk")])
        _require_alive(key, pttl)
        pk = documents.decode_paths(key, of_scan(key, raw)).get("$.state_stream.pk")
        state_stream = documents.state_stream_of(key, {"pk": pk})
    # In this order, so that the document is never older than its state.
    asked = [Command("XREVRANGE", state_stream, *NEWEST_STATES), Command("JSON.GET", key, documents.DOCUMENT_PATH)]
    reply, raw = yield Batch(asked, LARGEST_DOCUMENT)
    entries = parse_entries(of_scan(key, reply))
    known = known if known is not None and known.scan.key == key else None
    return (yield from _with_streams(_decode_details(key, of_scan(key, raw), entries), known))


def _require_alive(key: str, pttl: Any) -> None:
    if protocol.is_deleted(raise_if_error(pttl)):
        raise protocol.no_such_scan(key)


def _decode_details(key: str, raw: bytes | None, newest_first: Sequence[Entry]) -> ScanDetails:
    """All but the streams' ends, from the document and the entries of the state stream."""
    state_id, state = protocol.state_in(key, newest_first[:1])
    document = documents.decode_document(key, raw)
    scan = documents.decode_scan(key, document, state, state_id)
    found = {path: scan.info.get(path.removeprefix(_INFO)) for path in documents.SUMMARY_PATHS}
    found |= {"$.id": document["id"], "$.state_stream.pk": document["state_stream"]["pk"]}
    summary = documents.decode_summary(key, found, state, state_id)
    transitions = transitions_in(key, newest_first)
    if lacks_start(summary):
        summary = summary.replaced(started_ms=start_among(transitions))
    paths = (scan.path, scan.info.get("filename"))
    return ScanDetails(
        scan=scan,
        summary=summary,
        transitions=transitions,
        parent=summary.parent if summary.parent and protocol.is_scan_key(summary.parent) else None,
        hdf5_path=next((path for path in paths if isinstance(path, str) and path), None),
    )


def _with_streams(details: ScanDetails, known: ScanDetails | None = None) -> Operation[ScanDetails]:
    listed = sorted(details.scan.streams.values(), key=lambda stream: not streams.lists_scans(stream))
    shown = listed[:MOST_STREAMS]
    before = {tail.name: tail for tail in known.streams} if known is not None else {}
    read = yield from read_tails(shown, before, known.notes if known is not None else TailNotes())
    sub_scans = [*(known.sub_scans if known is not None else ()), *read.sub_scans]
    lists = [tail.length or 0 for stream, tail in zip(shown, read.tails, strict=True) if streams.lists_scans(stream)]
    return msgspec.structs.replace(
        details,
        streams=tuple(read.tails),
        more_streams=len(listed) - len(shown),
        sub_scans=tuple(sub_scans[-MOST_SUB_SCANS:]),
        sub_scan_count=max(len(sub_scans), sum(lists)),
        notes=read.notes,
    )
