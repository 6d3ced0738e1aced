"""When rows are repainted: at once for a key and for the clock, ten to thirty times a second for the feed.

Rule: neither waits for the other. A key does not wait for the next arrivals, and a new scan does not wait for a row
that has only grown older.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from scantui.board import Change

# After arrivals that were quickly painted the next ones need not wait as long.
_LEAST_SECONDS, _MOST_SECONDS = 0.03, 0.1
# What the feed brings is painted in this part of the time: the frames that follow take about as long again.
_SHARE = 1 / 25
# A key waits no longer for arrivals that are being painted.
_SLICE_SECONDS = 0.001


class Repaints:
    """Paints changes, some of them together; `set_timer` calls a function once after a number of seconds.

    `paint` paints what a key or the clock changed, `paint_in_place` rows that stay where they are, and `arrivals` are
    the steps that paint what the feed brought. `between_keys` calls a function, in turns between which keys come, until
    that answers that it is done. `clock` counts seconds.
    """

    def __init__(
        self,
        set_timer: Callable[[float, Callable[[], None]], object],
        paint: Callable[[Change], None],
        arrivals: Callable[[Change], Iterator[None]],
        paint_in_place: Callable[[Change], None],
        between_keys: Callable[[Callable[[], bool]], object],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._set_timer = set_timer
        self._paint = paint
        self._arrivals = arrivals
        self._paint_in_place = paint_in_place
        self._between_keys = between_keys
        self._clock = clock
        self._unpainted = Change()
        self._is_waiting = self._has_news = False

    def at_once(self, change: Change) -> None:
        """Paint what changed, and all that was still to be painted; but not rows that came with one that stays."""
        if self._unpainted.rearranged and change.touched and not change.rearranged:
            self._paint_in_place(change)
        elif change != Change():
            change, self._unpainted = self._unpainted | change, Change()
            self._paint(change)

    def in_turn(self, change: Change, is_news: bool = False) -> None:
        """Paint what changed now, or with what else comes until the next repaint is due; `is_news` without a change."""
        if self._is_waiting:
            self._unpainted |= change
            self._has_news |= is_news
        elif is_news or change != Change():
            # Imported when rows come: the first frame does not wait.
            from scantui.tui.commands.turns import in_short_turns

            self._is_waiting = True
            self._paint_arrivals(in_short_turns(self._arrivals(change), _SLICE_SECONDS))

    def _paint_arrivals(self, paint_some: Callable[[], bool]) -> None:
        taken = 0.0

        def go_on() -> bool:
            nonlocal taken
            started, is_done = self._clock(), True
            try:
                is_done = paint_some()
            finally:
                taken += self._clock() - started
                # Also after an internal error: what comes next has to be painted.
                if is_done:
                    self._set_timer(min(max(_LEAST_SECONDS, taken / _SHARE), _MOST_SECONDS), self._go_on)
            return is_done

        self._between_keys(go_on)

    def _go_on(self) -> None:
        self._is_waiting = False
        change, self._unpainted = self._unpainted, Change()
        is_news, self._has_news = self._has_news, False
        self.in_turn(change, is_news)
