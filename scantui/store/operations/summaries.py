"""Many summaries in few, large requests, for scans that are exactly as blissdata writes them.

Rule: what is read here equals what `load` makes of the same scan; a scan that is odd in any way is left to it.
One path of many documents costs the server and us a fraction of many paths of one document.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

import msgspec

from scantui.exceptions import GarbledError, ScanValidationError, StoreError
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.packing import Details, noted_span
from scantui.store.operations.requests import Batch, Command, Operation, last_entry
from scantui.store.operations.starts import FIRST_STATES, first_states, started_ms_in, with_starts
from scantui.store.wire import documents, protocol
from scantui.store.wire.documents import PlainIdentity
from scantui.store.wire.protocol import SCAN_PREFIX, STREAM_PREFIX
from scantui.store.wire.replies import array, garbled, parse_entries
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.words import noted_seconds


class _Group:
    """Values of info that are asked for together."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.path = f"$.info{msgspec.json.encode(names).decode()}"
        self.missing: tuple[Any, ...] = (None,) * len(names)
        # A whole number counts as a time too, as long as it is not too large.
        kinds = [documents.SUMMARY_INFO[name] for name in names]
        fitting: Any = tuple.__class_getitem__(
            tuple(int | kind | None if kind is float else kind | None for kind in kinds)
        )
        self.decoder: Any = msgspec.json.Decoder(fitting)
        self.all: Any = msgspec.json.Decoder(list.__class_getitem__(fitting | None))


# The values of a path come without their names: if some of several are missing, the reply does not show which. The
# first request is for all that BLISS's closed scans have, and for what they mostly lack. Where some are missing or may
# change, the next one is for what every publisher writes together, and for each other value alone. In the order of
# documents.SUMMARY_INFO.
_AT_FIRST = (
    _Group("title", "npoints", "count_time", "start_time", "end_time", "end_reason", "user_name", "publisher"),
    _Group("exit_status", "group", "is_scan_sequence", "sequence_info"),
    _Group("save"),
)
_IN_DETAIL = (
    _Group("title", "npoints", "count_time"),
    *(_Group(name) for name in tuple(documents.SUMMARY_INFO)[len(("title", "npoints", "count_time")) :]),
)
_REASON, _STATUS = (list(documents.SUMMARY_INFO).index(name) for name in ("end_reason", "exit_status"))
_START, _END = (list(documents.SUMMARY_INFO).index(name) for name in ("start_time", "end_time"))
# Mostly they are one each; where there are more, the last one is not among the first.
_ALL_STATES = FIRST_STATES + 1
_TEXT_OR_NOTHING = {bytes, type(None)}
_NOTHING = b"[]"
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class _Stream(msgspec.Struct, gc=False):
    pk: str


_HEAD_PATH = '$["id","state_stream"]'
_Head = tuple[PlainIdentity, _Stream]
_head = msgspec.json.Decoder(_Head)
_heads = msgspec.json.Decoder(list[_Head | None])
# With the fields that other facilities add to the identity.
_WideHead = tuple[dict[str, Any], _Stream]
_wide_head = msgspec.json.Decoder(_WideHead)
_wide_heads = msgspec.json.Decoder(list[_WideHead | None])
_identity = msgspec.json.Decoder(tuple[ScanIdentity])
_identities = msgspec.json.Decoder(list[tuple[ScanIdentity] | None])
_values = msgspec.json.Decoder(list[Any])


def load_plain_summaries(keys: Sequence[str]) -> Operation[list[ScanSummary | None]]:
    """For each key of a scan its summary, in two round trips; None if the scan is odd or gone."""
    replies = yield Batch(
        [
            Command("JSON.MGET", *keys, _HEAD_PATH),
            *_requests_for(_AT_FIRST, keys),
            *(Command("PTTL", key) for key in keys),
        ]
    )
    heads = _heads_of(keys, replies[0])
    at_first = _values_of(_AT_FIRST, replies[1 : 1 + len(_AT_FIRST)], len(keys))
    asked = [
        (index, key, *head)
        for index, (key, head, pttl) in enumerate(zip(keys, heads, replies[1 + len(_AT_FIRST) :], strict=True))
        if head is not None and not isinstance(pttl, StoreError) and not protocol.is_deleted(pttl) and _is_sound(*head)
    ]
    summaries: list[ScanSummary | None] = [None] * len(keys)
    if not asked:
        return summaries
    unsettled = [index for index, *_ in asked if not _has_outcome(at_first[index])]
    created_ms = {index: ulid_milliseconds(key[len(SCAN_PREFIX) :]) for index, key, *_ in asked}
    startless = {index for index, at_ms in created_ms.items() if _lacks_start(at_ms, at_first[index])}
    # In this order, so that no document is older than the state that was read; an outcome is the last thing written.
    states = [
        first_states(STREAM_PREFIX + stream.pk, _ALL_STATES)
        if index in startless
        else last_entry(STREAM_PREFIX + stream.pk)
        for index, *_, stream in asked
    ]
    groups = _IN_DETAIL if unsettled else ()
    replies = yield Batch([*states, *_requests_for(groups, [keys[index] for index in unsettled])])
    in_detail = dict(zip(unsettled, _values_of(groups, replies[len(asked) :], len(unsettled)), strict=True))
    for (index, key, identity, stream), reply in zip(asked, replies, strict=False):
        values = in_detail.get(index, at_first[index])
        if values is not None:
            state_stream = STREAM_PREFIX + stream.pk
            has_first = index in startless
            summary = _summary(key, identity, state_stream, reply, values, created_ms[index], has_first)
            # Values that were read first are those of a closed scan, unless their publisher is an odd one.
            if summary is not None and (index in in_detail or summary.state is ScanState.CLOSED):
                summaries[index] = summary
    if unsettled:
        found = [(index, summary) for index in unsettled if (summary := summaries[index]) is not None]
        completed = yield from with_starts([summary for _, summary in found])
        for (index, _), row in zip(found, completed, strict=True):
            summaries[index] = cast(ScanSummary, row)
    return summaries


def load_plain_identities(keys: Sequence[str]) -> Operation[list[ScanIdentity | None]]:
    """For each key of a scan its identity; None if the scan is odd or gone."""
    (reply,) = yield Batch([Command("JSON.MGET", *keys, "$.id")])
    identities = column(reply, len(keys), _identities, _identity)
    return [each[0] if each and _SMALLEST <= each[0].number <= _LARGEST else None for each in identities]


def _heads_of(keys: Sequence[str], reply: Any) -> list[tuple[PlainIdentity | ScanIdentity, _Stream] | None]:
    """The identity and the state stream of each scan; None if the document is odd."""
    heads: list[Any] = column(reply, len(keys), _heads, _head)
    if None not in heads:
        return heads
    wide = column(reply, len(keys), _wide_heads, _wide_head)
    return [head or (found and _wide(key, *found)) for key, head, found in zip(keys, heads, wide, strict=True)]


def _wide(key: str, fields: dict[str, Any], stream: _Stream) -> tuple[ScanIdentity, _Stream] | None:
    try:
        return documents.decode_identity(key, fields), stream
    except ScanValidationError:
        return None


def _is_sound(identity: PlainIdentity | ScanIdentity, stream: _Stream) -> bool:
    return _SMALLEST <= identity.number <= _LARGEST and bool(stream.pk)


def _has_outcome(values: Sequence[Any] | None) -> bool:
    return values is not None and bool(values[_REASON] or values[_STATUS])


def _requests_for(groups: Sequence[_Group], keys: Sequence[str]) -> list[Command]:
    return [Command("JSON.MGET", *keys, group.path) for group in groups]


def _values_of(groups: Sequence[_Group], replies: Sequence[Any], length: int) -> list[tuple[Any, ...] | None]:
    """The values of all groups for each document; None if it is not clear which of them are missing."""
    columns = [_values_in(group, reply, length) for group, reply in zip(groups, replies, strict=True)]
    return [None if None in parts else tuple(chain.from_iterable(parts)) for parts in zip(*columns, strict=True)]


def _values_in(group: _Group, reply: Any, length: int) -> list[Any]:
    """The values of a group for each document."""
    texts = _texts_in(reply, length)
    if texts.count(_NOTHING) == length:
        return [group.missing] * length
    values = _all_decoded([None if text == _NOTHING else text for text in texts], group.all)
    if values is None:
        values = [_decoded(text, group.decoder) for text in texts]
    if None not in values:
        return values
    return [_values_at(group, text) if found is None else found for found, text in zip(values, texts, strict=True)]


def _values_at(group: _Group, text: bytes | None) -> tuple[Any, ...] | None:
    """The values of a group in an odd document."""
    values = _decoded(text, _values)
    if values is None or (values and len(values) != len(group.names)):
        return None
    return documents.fitting(group.names, values) if values else group.missing


def _lacks_start(created_ms: int, values: Sequence[Any] | None) -> bool:
    """Whether a closed scan does not show itself how long it ran."""
    if values is None or not _has_outcome(values):
        return False
    times = Details(created_ms=created_ms, start_time=values[_START], end_time=values[_END])
    return noted_seconds(noted_span(times)) is None


def _summary(
    key: str,
    identity: PlainIdentity | ScanIdentity,
    state_stream: str,
    states: Any,
    values: Sequence[Any],
    created_ms: int,
    has_first: bool,
) -> ScanSummary | None:
    """The row of a scan; `states` is its last state, or its first ones too."""
    if isinstance(states, StoreError):
        return None
    if has_first and len(array(states)) == _ALL_STATES:
        # Others may follow.
        return None
    found = protocol.plain_state(states[-1:] if has_first else states)
    try:
        found = found or protocol.state_in(key, parse_entries(states))
    except GarbledError:
        raise
    except StoreError:
        return None
    started_ms = started_ms_in(states[:FIRST_STATES]) if has_first else 0
    return documents.new_summary(key, identity, state_stream, found[1], found[0], values, created_ms, started_ms)


def column(reply: Any, length: int, decode_all: Any, decode: Any) -> list[Any]:
    """The values at one path of many documents, None where there is none or it is not as expected."""
    texts = _texts_in(reply, length)
    values = _all_decoded(texts, decode_all)
    return [_decoded(text, decode) for text in texts] if values is None else values


def _texts_in(reply: Any, length: int) -> list[bytes | None]:
    """What JSON.MGET answered for each document; nothing for all if it was refused."""
    if isinstance(reply, StoreError):
        return [None] * length
    texts = array(reply, length)
    if not set(map(type, texts)) <= _TEXT_OR_NOTHING:
        raise garbled(reply, "JSON texts")
    return texts


def _all_decoded(texts: Sequence[bytes | None], decoder: Any) -> list[Any] | None:
    """The values of all texts at once; None if one of them is not as expected."""
    try:
        values: list[Any] = decoder.decode(b"[%b]" % b",".join([b"null" if text is None else text for text in texts]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return values if len(values) == len(texts) else [None] * len(texts)


def _decoded(text: bytes | None, decoder: Any) -> Any:
    try:
        return None if text is None else decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
