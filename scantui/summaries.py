"""Rows: what a list shows of each scan, in as little memory as it takes.

Rule: a row looks like a frozen value with plain fields. What many scans have in common it only refers to, and the rest
is packed in lists, which have tens of thousands of rows.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from scantui.identities import Origin, ScanIdentity, ScanState, once, without_number, word_of
from scantui.packing import (
    Details,
    Packed,
    born_ms_in,
    created_ms_in,
    noted_span,
    number_in,
    packed,
    started_ms_in,
    state_ms_in,
    timetag_in,
    unpacked,
)


class _Common(msgspec.Struct, frozen=True, gc=False):
    """What a row has in common with those of other scans; the fields are those of a ScanSummary."""

    state: ScanState | None
    problem: str
    npoints: int | None
    count_time: float | None
    end_reason: str | None
    exit_status: str | None
    user_name: str | None
    publisher: str | None
    is_sequence: bool | None
    planned_scans: int | None
    is_saved: bool | None
    origin: Origin | None
    word: str


_commons: dict[_Common, _Common] = {}


class ScanSummary:
    """What a row of the monitor needs of a scan; small, and read without the rest of the document.

    `problem` says what is wrong with a scan that could not be read: such a row has a key and nothing else.
    `timetag` is its id in the history of creations, "" if the history did not list it. `state_ms` is the server's time
    of the last transition, `started_ms` that of the start (or of the first state, without one) where it was read, else
    0, `created_ms` the writer's clock at creation, all in milliseconds since 1970. `planned_scans` is how many scans a
    sequence is to have, `is_saved` whether its data go to a file. Keys of info are optional and of any type at the
    source, so each is None unless it fits.
    Only in a list of several servers a row has an `origin`. Its times are then by the clock of the list, all but
    `created_ms`, and `placed_ms` is where it stands in it.
    """

    __slots__ = ("_common", "_details", "key", "numberless", "parent", "title")

    key: str
    title: str | None
    parent: str | None
    numberless: ScanIdentity | None  # its identity but for the number: mostly that of its neighbours
    _common: _Common
    _details: Packed

    def __init__(
        self,
        *,
        key: str,
        state: ScanState | None = None,
        identity: ScanIdentity | None = None,
        problem: str = "",
        state_stream: str = "",
        state_id: str = "0-0",
        started_ms: int = 0,
        created_ms: int = 0,
        title: str | None = None,
        npoints: int | None = None,
        count_time: float | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        end_reason: str | None = None,
        exit_status: str | None = None,
        user_name: str | None = None,
        publisher: str | None = None,
        parent: str | None = None,
        is_sequence: bool | None = None,
        planned_scans: int | None = None,
        is_saved: bool | None = None,
        timetag: str = "",
        origin: Origin | None = None,
        placed_ms: int = 0,
    ) -> None:
        word = word_of(state, end_reason, exit_status)
        common = _Common(
            *(state, problem, npoints, count_time, end_reason, exit_status, user_name, publisher),
            *(is_sequence, planned_scans, is_saved, origin, word),
        )
        number, numberless = (0, None) if identity is None else (identity.number, without_number(identity))
        details = Details(
            number, state_stream, state_id, started_ms, created_ms, start_time, end_time, timetag, placed_ms
        )
        keep = object.__setattr__
        keep(self, "key", key)
        keep(self, "title", title)
        keep(self, "parent", parent)
        keep(self, "numberless", numberless)
        keep(self, "_common", once(common, _commons))
        keep(self, "_details", details)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a row does not change: set {name!r} of a copy, with replaced")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScanSummary):
            return NotImplemented
        mine, theirs = self._details, other._details
        if type(mine) is not type(theirs):
            mine, theirs = unpacked(mine), unpacked(theirs)
        return self is other or (self._parts() == other._parts() and mine == theirs)

    def _parts(self) -> tuple[object, ...]:
        return self.key, self.title, self.parent, self.numberless, self._common

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(ScanSummary, **self.fields()), ()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return f"ScanSummary({', '.join(f'{name}={value!r}' for name, value in self.fields().items())})"

    def pack(self) -> None:
        """Take less memory from now on, at the cost of a little time at each look: for rows that stay."""
        if isinstance(self._details, Details) and not self.is_open:
            object.__setattr__(self, "_details", packed(self._details))

    def fields(self) -> dict[str, Any]:
        """All fields by their names."""
        return {name: getattr(self, name) for name in SUMMARY_FIELDS}

    def replaced(self, **changes: Any) -> ScanSummary:
        """A copy with other values of some fields."""
        return ScanSummary(**{**self.fields(), **changes})

    @property
    def identity(self) -> ScanIdentity | None:
        identity = self.numberless
        return None if identity is None else msgspec.structs.replace(identity, number=number_in(self._details))

    @property
    def number(self) -> int | None:
        return None if self.numberless is None else number_in(self._details)

    @property
    def state(self) -> ScanState | None:
        return self._common.state

    @property
    def problem(self) -> str:
        return self._common.problem

    @property
    def npoints(self) -> int | None:
        return self._common.npoints

    @property
    def count_time(self) -> float | None:
        return self._common.count_time

    @property
    def end_reason(self) -> str | None:
        return self._common.end_reason

    @property
    def exit_status(self) -> str | None:
        return self._common.exit_status

    @property
    def user_name(self) -> str | None:
        return self._common.user_name

    @property
    def publisher(self) -> str | None:
        return self._common.publisher

    @property
    def is_sequence(self) -> bool | None:
        return self._common.is_sequence

    @property
    def planned_scans(self) -> int | None:
        return self._common.planned_scans

    @property
    def is_saved(self) -> bool | None:
        return self._common.is_saved

    @property
    def origin(self) -> Origin | None:
        return self._common.origin

    @property
    def state_stream(self) -> str:
        return unpacked(self._details).state_stream

    @property
    def state_id(self) -> str:
        return unpacked(self._details).state_id

    @property
    def started_ms(self) -> int:
        return started_ms_in(self._details)

    @property
    def created_ms(self) -> int:
        return created_ms_in(self._details)

    @property
    def start_time(self) -> str | None:
        return unpacked(self._details).start_time

    @property
    def end_time(self) -> str | None:
        return unpacked(self._details).end_time

    @property
    def timetag(self) -> str:
        placed = timetag_in(self._details)
        return f"{placed[0]}-{placed[1]}" if placed else ""

    @property
    def placed_ms(self) -> int:
        return unpacked(self._details).placed_ms

    @property
    def server(self) -> str | None:
        """The name of its server in a list of several, None in the list of one."""
        return self.origin.server if self.origin else None

    @property
    def word(self) -> str:
        """The word for its state, and of a closed scan for how it ended: CLOSED alone does not mean success."""
        return self._common.word

    @property
    def rank(self) -> str:
        """A text by which scans sort as they were created: those in the history by it, older ones by their keys."""
        placed, ulid = timetag_in(self._details), self.key[-26:]
        if self.origin:
            return f"~{self.placed_ms:011x}{placed[1] if placed else 0:04x}{ulid}"
        return f"~{placed[0]:011x}{placed[1]:04x}{ulid}" if placed else self.key

    @property
    def born_ms(self) -> int:
        """When it was created, in milliseconds since 1970: by the server's clock where the history has it."""
        born_ms, origin = born_ms_in(self._details), self._common.origin
        return born_ms - origin.ahead_ms if origin and born_ms else born_ms

    @property
    def state_ms(self) -> int:
        state_ms, origin = state_ms_in(self._details), self.origin
        return state_ms - origin.ahead_ms if origin and state_ms else state_ms

    @property
    def noted_span(self) -> tuple[int, int] | None:
        """How long after its creation it started, and how long it ran as its writer noted that, in microseconds."""
        return noted_span(self._details)

    @property
    def is_open(self) -> bool:
        """Whether more is to come of this scan."""
        return self.state is not None and self.state < ScanState.CLOSED

    @property
    def planned(self) -> int:
        """How many points, or scans of a sequence, there are to be; 0 for an endless scan and where it is not known."""
        return max(0, (self.planned_scans if self.is_sequence else self.npoints) or 0)


# The names of all fields of a row.
SUMMARY_FIELDS = tuple(name for name in ScanSummary.__init__.__annotations__ if name != "return")
