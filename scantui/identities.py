"""Who a scan is, how far it has come, and the word for that."""

from __future__ import annotations

from collections.abc import Hashable
from enum import IntEnum
from typing import Any, TypeVar

import msgspec

Shared = TypeVar("Shared", bound=Hashable)
_MOST_SHARED = 2_000


class ScanState(IntEnum):
    """How far a scan has come; a scan only ever moves to a higher state (protocol, section 4)."""

    CREATED = 0
    PREPARED = 1
    STARTED = 2
    STOPPED = 3
    CLOSED = 4

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class ScanIdentity(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Who a scan is: written once when it is created, never changed, and all that a search can ask for.

    `number` is not unique: saved and unsaved scans are counted apart, and a new file starts again. `others` holds the
    fields that blissdata does not define, as pairs: the table has thousands of identities, which mostly have none.
    """

    name: str
    number: int
    data_policy: str | None = None
    session: str | None = None
    proposal: str | None = None
    collection: str | None = None
    dataset: str | None = None
    path: str | None = None
    others: tuple[tuple[str, Any], ...] = ()

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that the program which created the scan added to its identity, such as beamline; a new dict."""
        return dict(self.others)


class Origin(msgspec.Struct, frozen=True, gc=False):
    """The server of a scan in a list of several servers; its clock is `ahead_ms` milliseconds ahead of the list's."""

    server: str
    ahead_ms: int = 0


# The words for states, and of closed scans for how they ended.
_OPEN = {
    ScanState.CREATED: "NEW",
    ScanState.PREPARED: "PREP",
    ScanState.STARTED: "RUN",
    ScanState.STOPPED: "STOP",
}
END_REASONS = {"SUCCESS": "DONE", "FAILURE": "FAIL", "USER_ABORT": "ABRT", "DELETION": "LOST"}
EXIT_STATUSES = {"success": "DONE", "abort": "ABRT"}


def word_of(state: ScanState | None, end_reason: str | None, exit_status: str | None) -> str:
    """The word for a state, and of a closed scan for how it ended: CLOSED alone does not mean success."""
    if state is None:
        return "BAD"
    if state is not ScanState.CLOSED:
        return _OPEN[state]
    if end_reason:
        return END_REASONS.get(end_reason.upper(), "END")
    if exit_status:
        return EXIT_STATUSES.get(exit_status.lower(), "FAIL")
    return "END"


def once(value: Shared, known: dict[Shared, Shared]) -> Shared:
    """The same value, held once for all scans that have it."""
    if len(known) > _MOST_SHARED:
        known.clear()
    return known.setdefault(value, value)


_numberless: dict[ScanIdentity, ScanIdentity] = {}
_texts: dict[str, str] = {}


def without_number(identity: ScanIdentity) -> ScanIdentity:
    """What a scan has in common with its neighbours, held once for them; its texts are those of others too."""
    kin = msgspec.structs.replace(identity, number=0)
    # Other fields may hold anything.
    if identity.others or kin in _numberless:
        return kin if identity.others else _numberless[kin]
    names = kin.__struct_fields__
    texts = {name: once(text, _texts) for name in names if isinstance(text := getattr(kin, name), str)}
    return once(msgspec.structs.replace(kin, **texts), _numberless)
