"""What a feed has still to look at after it lost sight of the store: scans to load, and known ones to check; pure.

Rule: what nobody has seen comes first, newest first; what was seen and is most likely as it was is checked bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scantui.lookout import Lookout


class Backlog:
    """Scans to be loaded, known scans that are not listed any more, and known scans that may not be as they were."""

    def __init__(self) -> None:
        self._to_load: list[str] = []
        self._missing: list[str] = []
        self._doubtful: list[str] = []

    @property
    def is_urgent(self) -> bool:
        """Whether there is more to do than to check now and then."""
        return bool(self._to_load or self._missing)

    @property
    def to_load(self) -> int:
        """How many scans are to be loaded."""
        return len(self._to_load)

    def fill(self, listed: Sequence[str], lookout: Lookout) -> None:
        """Start from what the store lists now: oldest first, all of it.

        A closed scan does not change, unless the server came back with older data.
        """
        self._to_load = [key for key in listed if lookout.may_have_changed(key)]
        self._missing = sorted(lookout.known.difference(listed))
        self._doubtful = [key for key in listed if not lookout.may_have_changed(key)]

    def load(self, keys: Iterable[str]) -> None:
        """Have these loaded next."""
        self._to_load.extend(sorted(keys))

    def take_to_load(self, most: int) -> list[str]:
        return _take_newest(self._to_load, most)

    def take_missing(self, most: int) -> list[str]:
        return _take_newest(self._missing, most)

    def take_doubtful(self, most: int) -> list[str]:
        return _take_newest(self._doubtful, most)


def _take_newest(keys: list[str], most: int) -> list[str]:
    taken = keys[: -most - 1 : -1]
    del keys[-most:]
    return taken
