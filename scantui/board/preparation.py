"""A filter that is applied in slices, so that keys have their turn between them; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scantui.filters import ScanFilter

# So many rows take some 8 ms, also when the texts to look in are put together for the first time.
SLICE = 3_000
Passing = Callable[[Sequence[str]], Sequence[str]]


class Preparation:
    """Which of the known rows pass a filter; `passing` chooses from some of them, in their order.

    Rows that come or change meanwhile are looked at when the filter is used.
    """

    def __init__(self, scan_filter: ScanFilter, keys: Sequence[str], passing: Passing) -> None:
        self.filter = scan_filter
        self._keys = list(keys)
        self._passing = passing
        self._next = 0
        self._passed: list[str] = []
        self._changed: set[str] = set()

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._keys)

    def go_on(self) -> None:
        """Look at the next slice."""
        self._passed += self._passing(self._keys[self._next : self._next + SLICE])
        self._next += SLICE

    def note(self, keys: Iterable[str]) -> None:
        """These rows came or changed, so that what was found out of them counts no longer."""
        self._changed.update(keys)

    def passed(self, keys: Sequence[str]) -> list[str]:
        """Which of all rows, as they are known now, pass."""
        if self._changed or len(keys) != len(self._keys):
            looked_at = set(self._keys).difference(self._changed)
            passed = set(self._passed).intersection(looked_at)
            passed.update(self._passing([key for key in keys if key not in looked_at]))
            self._keys, self._passed = list(keys), [key for key in keys if key in passed]
            self._next = len(self._keys)
            self._changed.clear()
        return list(self._passed)
