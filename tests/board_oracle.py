"""What a board is compared with: plain lists, sorted and filtered anew each time."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from scantui.activity import Activity, silence_ms
from scantui.board import Board, Sorting
from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import STATE_WORDS, state_word

NAMES = ("ascan", "dscan", "ct")
FILTERS = ("", "name=ascan", "!name=ct", "state=run", "ct", "number=1,2 !state=closed", "name=nothing", "problem")
SORTS = ("time", "number", "name", "state", "progress")
NOW = 1_700_000_000_000


def key_of(number: int) -> str:
    return f"esrf:scan:{number:026}"


def row(number: int, name: str = "ascan", state: ScanState = ScanState.STARTED) -> ScanSummary:
    return ScanSummary(key=key_of(number), state=state, identity=ScanIdentity(name=name, number=number), npoints=100)


def unreadable(number: int) -> ScanSummary:
    return ScanSummary(key=key_of(number), problem="a problem")


def shown(board: Board) -> list[str]:
    return [board.key_at(index) for index in range(len(board))]


rows = st.one_of(
    st.builds(row, st.integers(0, 30), st.sampled_from(NAMES), st.sampled_from(ScanState)),
    st.builds(unreadable, st.integers(0, 30)),
)
some_numbers = st.sets(st.integers(0, 35), max_size=5)


class World:
    """What is known of the scans at a time."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.rows: dict[str, ScanSummary] = {}
        self.gone: set[str] = set()
        self.stalled: set[str] = set()
        self.activities: dict[str, Activity] = {}

    def word(self, key: str) -> str:
        if key in self.gone:
            return "GONE"
        return "STALL" if key in self.stalled else state_word(self.rows[key])

    def find_silent(self) -> None:
        self.stalled = {
            key
            for key, each in self.rows.items()
            if key not in self.gone and silence_ms(each, self.activities.get(key), self.now_ms)
        }

    def look(self, key: str) -> tuple[object, ...]:
        activity = self.activities.get(key)
        return self.rows[key], self.word(key), activity and activity.points

    def sort_value(self, column: str, key: str) -> str | float | None:
        each, activity = self.rows[key], self.activities.get(key)
        if column == "name":
            return each.identity.name if each.identity else each.problem
        if column == "number":
            return each.identity.number if each.identity else None
        if column == "state":
            return list(STATE_WORDS).index(self.word(key))
        if column == "progress":
            return activity.points / 100 if activity else None
        return key


class Screen:
    """The oracle: what is shown, worked out from all that is known each time."""

    def __init__(self) -> None:
        self.world = World()
        self.frozen: World | None = None
        self.filter = ScanFilter()
        self.sorting = Sorting()
        self.marks: list[str] = []
        self.only_marked = False
        self.newest_when_held: str | None = None
        self.shown: list[str] = []
        self.values: dict[str, str | float | None] = {}

    @property
    def seen(self) -> World:
        return self.frozen or self.world

    @property
    def held(self) -> bool:
        return self.newest_when_held is not None

    def passing(self) -> list[str]:
        marked = self.marks if self.only_marked else self.seen.rows
        return [
            key
            for key, each in sorted(self.seen.rows.items())
            if key in marked and self.filter.matches(each, self.seen.word(key))
        ]

    def came(self) -> list[str]:
        newest = self.newest_when_held
        return [] if newest is None else [key for key in self.seen.rows if key > newest]

    def stale(self) -> set[str]:
        return set(self.shown).difference(self.passing())

    def lay_out(self) -> None:
        self.values = {}
        self.shown = self._in_order(self.passing())

    def take_in(self) -> None:
        passing = self.passing()
        coming = [key for key in passing if key not in self.shown]
        if self.held:
            stood = self.shown
            coming = [key for key in coming if not stood or key in (self._in_order([*stood, key])[i] for i in (0, -1))]
            self.shown = self._in_order([*stood, *coming])
        else:
            self.shown = self._in_order([*(key for key in self.shown if key in passing), *coming])

    def _in_order(self, keys: Sequence[str]) -> list[str]:
        """A row keeps the value by which it was placed as long as it is shown."""
        values = {
            key: self.values[key] if key in self.shown and key in self.values else self._value(key) for key in keys
        }
        self.values = values
        with_value = [(value, key) for key, value in sorted(values.items()) if value is not None]
        with_value.sort(key=lambda each: each[0], reverse=self.sorting.descending)
        return [key for _, key in with_value] + sorted(key for key, value in values.items() if value is None)

    def _value(self, key: str) -> str | float | None:
        return self.seen.sort_value(self.sorting.column, key)

    def contents(self) -> dict[str, tuple[object, ...]]:
        """What the shown rows say."""
        stale = self.stale()
        return {key: (self.seen.look(key), key in stale, key in self.marks) for key in self.shown}

    def after(self, start: str | None, backwards: bool, wanted: set[str]) -> str | None:
        """The first of the wanted that is met on the way from `start` round and back to it."""
        keys = self.shown[::-1] if backwards else self.shown
        turn = keys.index(start) + 1 if start in keys else 0
        return next((key for key in keys[turn:] + keys[:turn] if key in wanted), None)
