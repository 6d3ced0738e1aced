"""When the next frame may go: as often as the terminal takes them, and so that the frame of a key waits for no other.

Rule: pure; the times, in seconds, are arguments. A frame ends with the question where the cursor is. The terminal
answers when it has taken everything before the question, whatever lies between it and scantui.
"""

from __future__ import annotations

from collections import deque

# After a frame that it took the terminal a while to take, others than those of keys rest for a multiple of that.
_REST_FACTOR = 6.0
# Now and then a terminal is busy with something else for this long.
_NO_LAG_SECONDS = 0.02
_LAG_SECONDS = 0.3
_LONGEST_REST = 1.5
_PATIENCE = 8.0
# Frames that follow a key: one may have been on its way already when it was pressed.
_FRAMES_OF_A_KEY = 2
_MOST_IN_FLIGHT = 3
# A frame is compared with this many of the last ones, to know what its size took.
_COMPARED = 8


class Pace:
    """Knows what the terminal has not taken yet."""

    def __init__(self) -> None:
        self._answers = False
        self._asked_at: float | None = None
        self._in_flight = 0
        self._least_lag = _PATIENCE
        # How many characters lie between the question that is out and the one before, and after it.
        self._asked_size = self._size_since = 0
        self._taken: deque[tuple[int, float]] = deque(maxlen=_COMPARED)
        self._rest_until = 0.0
        self._frames_owed = 0
        self._lag = 0.0

    def lag(self, now: float) -> float:
        """How many seconds the terminal takes for a frame, or has taken so far; 0 for one that never answers."""
        waited = now - self._asked_at if self._asked_at is not None and self._answers else 0.0
        return max(self._lag, waited)

    @property
    def is_asked(self) -> bool:
        """Whether the terminal still owes an answer."""
        return self._asked_at is not None

    @property
    def owes_frame(self) -> bool:
        """Whether a key still waits for its frame."""
        return self._frames_owed > 0

    def lags(self, now: float) -> bool:
        """Whether the terminal takes noticeably long for a frame, or has to rest after one."""
        is_waiting = self._answers and self._asked_at is not None and now - self._asked_at > _LAG_SECONDS
        return is_waiting or now < self._rest_until

    def key_pressed(self) -> None:
        self._frames_owed = _FRAMES_OF_A_KEY

    def wait(self, now: float) -> float:
        """How many seconds a frame has to wait, 0 when it may go; an answer may come sooner."""
        if self._asked_at is not None and now - self._asked_at > _PATIENCE:
            # A terminal that does not answer is not waited for; another one may have taken its place.
            self.start_anew()
        if self._frames_owed and self._in_flight < _MOST_IN_FLIGHT:
            return 0.0
        if self._asked_at is not None and self._answers:
            return self._asked_at + _PATIENCE - now
        return 0.0 if self._frames_owed else max(0.0, self._rest_until - now)

    def sent(self, now: float, size: int) -> None:
        """Note a frame of this many characters, and with it a question if none `is_asked`."""
        self._frames_owed = max(0, self._frames_owed - 1)
        self._in_flight += 1
        self._size_since += size
        if self._asked_at is None:
            self._asked_at, self._in_flight = now, 1
            self._asked_size, self._size_since = self._size_since, 0

    def answered(self, now: float) -> None:
        if self._asked_at is None:
            return
        lag = self._lag = now - self._asked_at
        # The way there and back costs the terminal nothing; it may get longer in time.
        self._least_lag = min(lag, 1.02 * self._least_lag + 0.001)
        # If longer frames were quicker lately, this answer was late for another reason than size.
        self._taken.append((self._asked_size, lag))
        for_size = min(each for size, each in self._taken if size >= self._asked_size) - self._least_lag
        self._rest_until = now + min(_LONGEST_REST, _REST_FACTOR * max(0.0, for_size - _NO_LAG_SECONDS))
        self._answers, self._asked_at, self._in_flight = True, None, 0

    def start_anew(self) -> None:
        """Forget everything about the terminal, as at the start."""
        self._answers, self._asked_at, self._in_flight, self._rest_until = False, None, 0, 0.0
        self._lag = 0.0
        self._taken.clear()
