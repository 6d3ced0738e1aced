"""Operations that read scans: load, state, last, next.

Rule: the state is read before the document that goes with it, so that a document is never older than its state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import msgspec

from scantui.exceptions import CommandError, GarbledError, NoScanAvailable, ScanValidationError, StoreError
from scantui.models import Scan, ScanRef, ScanState, ScanSummary
from scantui.store.operations.arguments import listed, waiting_seconds
from scantui.store.operations.requests import LARGEST_DOCUMENT, Batch, Command, Operation, last_entry
from scantui.store.operations.starts import with_starts
from scantui.store.operations.summaries import load_plain_summaries
from scantui.store.wire import documents, protocol
from scantui.store.wire.plain import PlainDocument, read_plain
from scantui.store.wire.replies import Entry, parse_entries, parse_xread, raise_if_error

# Redis is asked to wait in slices, so that a dead connection is noticed soon.
LONGEST_BLOCK = 2.0
# Mostly the first scan is there; behind one that was deleted there are often more.
_READ_AHEAD = 16

Loaded = TypeVar("Loaded")


class _View(msgspec.Struct, Generic[Loaded], frozen=True):
    """A part of the scan documents: what to ask for, and how to read it from the values found.

    `early` may make the replies ready for `read` as they come.
    """

    paths: Sequence[str]
    read: Callable[[str, Any], Any]
    state_stream: Callable[[str, Any], str]
    has_outcome: Callable[[Any], bool]
    decode: Callable[[str, Any, ScanState, str], Loaded]
    early: Callable[[Any], Any] | None = None


def _whole(key: str, reply: Any) -> PlainDocument | dict[str, Any]:
    found = read_plain(reply)
    return found if isinstance(found, PlainDocument) else documents.decode_document(key, of_scan(key, reply))


def _state_stream_of(key: str, found: PlainDocument | dict[str, Any]) -> str:
    if isinstance(found, PlainDocument):
        return found.state_stream
    return documents.state_stream_of(key, found.get("state_stream"))


def _has_outcome(found: PlainDocument | dict[str, Any]) -> bool:
    return found.has_outcome if isinstance(found, PlainDocument) else documents.has_outcome(found)


def _scan(key: str, found: PlainDocument | dict[str, Any], state: ScanState, state_id: str) -> Scan:
    if isinstance(found, PlainDocument):
        return found.scan(key, state, state_id)
    return documents.decode_scan(key, found, state, state_id)


_WHOLE = _View[Scan](
    paths=(documents.DOCUMENT_PATH,),
    read=_whole,
    state_stream=_state_stream_of,
    has_outcome=_has_outcome,
    decode=_scan,
    early=read_plain,
)
_SUMMARY = _View[ScanSummary](
    paths=documents.SUMMARY_PATHS,
    read=lambda key, reply: documents.decode_paths(key, of_scan(key, reply)),
    state_stream=lambda key, found: documents.state_stream_of(key, {"pk": found.get("$.state_stream.pk")}),
    has_outcome=lambda found: bool(found.get("$.info.end_reason") or found.get("$.info.exit_status")),
    decode=documents.decode_summary,
)
_STATE = msgspec.structs.replace(_SUMMARY, paths=("$.state_stream.pk", "$.pk"))


def load_scan(key: str) -> Operation[Scan]:
    """Return the current state, identity and info of a scan."""
    (loaded,) = yield from load_scans([key])
    if isinstance(loaded, StoreError):
        raise loaded
    return loaded


def load_scans(keys: Sequence[str]) -> Operation[list[Scan | StoreError]]:
    """Return many scans at once: for each key, in order, the Scan or the error that load_scan would raise."""
    return (yield from _load(keys, _WHOLE))


def load_summaries(keys: Sequence[str]) -> Operation[list[ScanSummary | StoreError]]:
    """Return what a list of scans shows, for many scans at once: for each key the ScanSummary or the error."""
    keys = listed(keys)
    named = [index for index, key in enumerate(keys) if isinstance(key, str) and protocol.is_scan_key(key)]
    loaded: list[ScanSummary | StoreError | None] = [None] * len(keys)
    if named:
        plain = yield from load_plain_summaries([keys[index] for index in named])
        for index, summary in zip(named, plain, strict=True):
            loaded[index] = summary
    rest = [index for index, summary in enumerate(loaded) if summary is None]
    if rest:
        others = yield from with_starts((yield from load_odd_summaries([keys[index] for index in rest])))
        for index, other in zip(rest, others, strict=True):
            loaded[index] = other
    return cast("list[ScanSummary | StoreError]", loaded)


def load_odd_summaries(keys: Sequence[str]) -> Operation[list[ScanSummary | StoreError]]:
    """The same for scans that may be invalid, checked one by one."""
    return (yield from _load(keys, _SUMMARY))


def get_scans_state(keys: Sequence[str]) -> Operation[list[ScanState | StoreError]]:
    """Return the state of many scans at once: for each key, in order, its ScanState or the error in its place."""
    loaded = yield from _load_states(listed(keys), _STATE)
    return [each if isinstance(each, StoreError) else each[1][1] for each in loaded]


def get_last_scan() -> Operation[ScanRef]:
    """Return the newest scan that was not deleted, as a pair (timestamp, key)."""
    before, count = "+", 1
    while True:
        reply = yield Command("XREVRANGE", protocol.SCAN_HISTORY, before, "-", "COUNT", count)
        entries = parse_entries(reply)
        alive = yield from _alive(entries)
        if alive:
            return alive[0]
        if len(entries) < count:
            raise NoScanAvailable("there are no scans in the history")
        before, count = protocol.timetag_before(entries[-1].id), _READ_AHEAD


def get_last_timetag() -> Operation[str]:
    """Return the timestamp of the newest entry in the creation history, "0-0" when it is empty."""
    reply = yield last_entry(protocol.SCAN_HISTORY)
    entries = parse_entries(reply)
    return entries[0].id if entries else protocol.NO_TIMETAG


def get_next_scan(
    since: str | int | None, block: bool, timeout: float, clock: Callable[[], float]
) -> Operation[ScanRef]:
    """Return the first scan created after `since`, as a pair (timestamp, key)."""
    timeout = waiting_seconds(timeout)
    after = protocol.require_timetag(since) if since is not None else (yield from get_last_timetag())
    deadline = clock() + timeout if block and timeout else None
    count = 1
    while True:
        remaining = LONGEST_BLOCK if deadline is None else min(deadline - clock(), LONGEST_BLOCK)
        # BLOCK 0 would wait for ever.
        waiting = ("BLOCK", max(1, int(remaining * 1000))) if block and remaining > 0 else ()
        reply = yield Command("XREAD", *waiting, "COUNT", count, "STREAMS", protocol.SCAN_HISTORY, after)
        entries = parse_xread(reply).get(protocol.SCAN_HISTORY, [])
        alive = yield from _alive(entries)
        if alive:
            return alive[0]
        if entries:
            after, count = entries[-1].id, _READ_AHEAD
        elif not waiting:
            raise NoScanAvailable("no scan was created" + (f" within {timeout:g} s" if block else f" after {after}"))


def _alive(entries: Sequence[Entry]) -> Operation[list[ScanRef]]:
    """Those entries of the history whose scan was not deleted, in the order given."""
    named = [ScanRef(entry.id, key) for entry in entries if (key := protocol.scan_key_in(entry))]
    if not named:
        return []
    if len(named) == 1:
        return [] if protocol.is_deleted((yield Command("PTTL", named[0].key))) else named
    lifetimes = yield Batch([Command("PTTL", ref.key) for ref in named])
    return [ref for ref, pttl in zip(named, lifetimes, strict=True) if not protocol.is_deleted(raise_if_error(pttl))]


def _load(keys: Sequence[str], view: _View[Loaded]) -> Operation[list[Loaded | StoreError]]:
    keys = listed(keys)
    states = yield from _load_states(keys, view)
    moving = [
        key
        for key, read in zip(keys, states, strict=True)
        if not isinstance(read, StoreError) and _may_have_changed(read[1][1], view.has_outcome(read[0]))
    ]
    reread: dict[str, Any] = {}
    if moving:
        commands = [Command("JSON.GET", key, *view.paths) for key in moving]
        replies = yield Batch(commands, _most(keys), view.early)
        reread = dict(zip(moving, replies, strict=True))
    loaded: list[Loaded | StoreError] = []
    for key, read in zip(keys, states, strict=True):
        if isinstance(read, StoreError):
            loaded.append(read)
            continue
        found, (state_id, state) = read
        try:
            if key in reread:
                found = view.read(key, reread[key])
            loaded.append(view.decode(key, found, state, state_id))
        except GarbledError:
            raise
        except StoreError as error:
            loaded.append(error)
    return loaded


def _may_have_changed(state: ScanState, has_outcome: bool) -> bool:
    """Whether a document read before its state may lack what came with that state."""
    return state is not ScanState.CREATED and not (state is ScanState.CLOSED and has_outcome)


def _load_states(
    keys: Sequence[str], view: _View[Any]
) -> Operation[list[StoreError | tuple[Any, tuple[str, ScanState]]]]:
    """For each key what is in view of its document, and then the id and state of its last state entry."""
    results: list[Any] = [None] * len(keys)
    asked = []
    for index, key in enumerate(keys):
        try:
            asked.append((index, protocol.require_scan_key(key)))
        except StoreError as error:
            results[index] = error
    if not asked:
        return results
    commands = [
        command for _, key in asked for command in (Command("PTTL", key), Command("JSON.GET", key, *view.paths))
    ]
    replies = yield Batch(commands, _most(keys), view.early)
    readable = []
    for (index, key), pttl, raw in zip(asked, replies[::2], replies[1::2], strict=True):
        try:
            if protocol.is_deleted(raise_if_error(pttl)):
                raise protocol.no_such_scan(key)
            found = view.read(key, raw)
            readable.append((index, key, found, view.state_stream(key, found)))
        except GarbledError:
            raise
        except StoreError as error:
            results[index] = error
    if not readable:
        return results
    replies = yield Batch([last_entry(stream) for *_, stream in readable])
    for (index, key, found, _), reply in zip(readable, replies, strict=True):
        try:
            results[index] = found, protocol.state_in(key, parse_entries(of_scan(key, reply)))
        except GarbledError:
            raise
        except StoreError as error:
            results[index] = error
    return results


def _most(keys: Sequence[str]) -> int:
    """How many bytes may come: of many scans at once any number, since a caller who asks for them means to."""
    return LARGEST_DOCUMENT if len(keys) == 1 else 0


def of_scan(key: str, reply: Any) -> Any:
    """A reply about one scan; if its command was refused, something is wrong with that scan."""
    if isinstance(reply, CommandError):
        raise ScanValidationError(f"{key}: {reply}")
    return raise_if_error(reply)
