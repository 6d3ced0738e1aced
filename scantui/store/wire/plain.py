"""Whole documents that are exactly as blissdata writes them, read at once by their types; pure functions.

Rule: what is read here equals what `documents` makes of the same document; one that is odd in any way is left to it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from scantui.matching import TEXT_FIELDS
from scantui.models import Scan, ScanIdentity, ScanState, StreamInfo
from scantui.store.wire.documents import PlainIdentity
from scantui.store.wire.protocol import STREAM_PREFIX

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class PlainDocument(msgspec.Struct, frozen=True):
    """All of a scan but its state."""

    identity: ScanIdentity
    info: dict[str, Any]
    streams: dict[str, StreamInfo]
    state_stream: str

    @property
    def has_outcome(self) -> bool:
        """Whether info has the outcome of a closed scan, the last thing that a publisher adds."""
        return bool(self.info.get("end_reason") or self.info.get("exit_status"))

    def scan(self, key: str, state: ScanState, state_id: str) -> Scan:
        """The scan, with the last entry of its state stream."""
        return Scan(
            key=key,
            state=state,
            identity=self.identity,
            info=self.info,
            streams=self.streams,
            state_stream=self.state_stream,
            state_id=state_id,
        )


class _Encoding(msgspec.Struct, gc=False):
    type: Any = None
    dtype_str: Any = None
    shape: Any = None


class _Stream(msgspec.Struct, gc=False):
    pk: str
    encoding: _Encoding | None = None
    info: dict[str, Any] | None = None


class _StateStream(msgspec.Struct, gc=False):
    pk: str


class _Document(msgspec.Struct, gc=False):
    id: PlainIdentity
    state_stream: _StateStream
    info: dict[str, Any] | None = None
    data_streams: dict[str, _Stream] | None = None


_decode = msgspec.json.Decoder(_Document).decode
_NO_ENCODING = _Encoding()


def read_plain(reply: Any) -> Any:
    """The PlainDocument in a reply of JSON.GET; the reply as it is if that is anything else."""
    if type(reply) is not bytes:
        return reply
    try:
        read = _decode(reply)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return reply
    identity, state_pk, streams = read.id, read.state_stream.pk, read.data_streams or {}
    if not (_SMALLEST <= identity.number <= _LARGEST and state_pk and all(each.pk for each in streams.values())):
        return reply
    return PlainDocument(
        ScanIdentity(number=identity.number, **{field: getattr(identity, field) for field in TEXT_FIELDS}),
        read.info or {},
        {name: _stream(name, each) for name, each in streams.items()},
        STREAM_PREFIX + state_pk,
    )


def _stream(name: str, read: _Stream) -> StreamInfo:
    # A document may describe hundreds, so that each call counts.
    encoding = read.encoding or _NO_ENCODING
    kind, dtype, shape = encoding.type, encoding.dtype_str, encoding.shape
    return StreamInfo(
        name=name,
        key=STREAM_PREFIX + read.pk,
        kind=kind if isinstance(kind, str) else "",
        dtype=dtype if isinstance(dtype, str) else "",
        shape=tuple([size for size in shape if type(size) is int]) if shape and isinstance(shape, list) else (),
        info=read.info or {},
    )
