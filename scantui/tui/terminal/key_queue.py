"""Keys that are typed ahead are handled one after the other, each where the ones before it have led.

Rule: the next key waits until the last one was handled. Textual passes a key on and looks at the next one at once, so
that a key about the row under the cursor would mean a row that the cursor is about to leave.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.app import App

    _App = App[None]
else:
    # Textual takes a while for each class of application, and the first frame waits for it.
    _App = object

# What takes longer, such as waiting for a server, does not hold up keys.
_LONGEST_SECONDS = 0.5
# More keys than anyone types ahead: a text was pasted where keys are expected, and the rest of it is skipped.
MOST_AHEAD = 500
# By then the frame of a key was made, if it changed anything.
_NO_FRAME_SECONDS = 0.02
_AT_ONCE = ("ctrl+c", "ctrl+q")


class Afterwards:
    """What waits for the frame of a key; `later` calls a function in a turn of its own."""

    def __init__(self, later: Callable[[Callable[[], object]], object]) -> None:
        self._later = later
        self._key_is_new = False
        self._works: list[Callable[[], object]] = []
        self._due: asyncio.TimerHandle | None = None

    def key_pressed(self) -> None:
        self._key_is_new = True

    def do(self, work: Callable[[], object]) -> None:
        """Do something after the frame of the last key, at once if that was made."""
        if not self._key_is_new:
            work()
            return
        self._works.append(work)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_NO_FRAME_SECONDS, self.frame_made)

    def frame_made(self) -> None:
        """Run what waited for a frame."""
        self.close()
        works, self._works, self._key_is_new = self._works, [], False
        for work in works:
            self._later(work)

    def close(self) -> None:
        """Stop waiting for frames."""
        if self._due is not None:
            self._due.cancel()
            self._due = None


class _Rising:
    """Goes through the queues of some widgets, one after the other.

    It does so by a method in messages of its own: Textual inspects the signature of every other function anew.
    """

    def __init__(self, path: Sequence[MessagePump]) -> None:
        self.arrived = asyncio.Event()
        self._left = deque(path)

    def rise(self) -> None:
        while self._left:
            if self._left.popleft().post_message(events.Callback(callback=self.rise)):
                return
        self.arrived.set()


class KeysInOrder(_App):
    """Makes an App, a later base of the class, handle one key at a time.

    Where a widget has the focus whose class says `HEARS_NO_KEYS`, a key is nothing but what it is bound to.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed_ahead: deque[events.Key] = deque()
        self._next_key: events.Key | None = None
        self._is_done = False
        self._catching_up: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        # A key that no widget handled comes back here on its way up.
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif event.key in _AT_ONCE:
            self._typed_ahead.clear()
            await super().on_event(event)
        elif event is self._next_key or self._catching_up is None:
            self._next_key = None
            where = self.focused or (self.screen if self.screen_stack else None)
            path = [pump for pump in where.ancestors_with_self if pump is not self] if where is not None else []
            self._is_done = False
            try:
                await super().on_event(event)
            finally:
                # A key that was not done at once goes up to here first, and then what it brought about does.
                self._catching_up = asyncio.create_task(self._catch_up(path if self._is_done else [*path, self, *path]))
        elif len(self._typed_ahead) < MOST_AHEAD:
            self._typed_ahead.append(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do what a key is bound to; at once where nothing hears keys on their way up, which takes many messages."""
        done = await super()._check_bindings(key, priority)
        if priority and not done and getattr(self.focused, "HEARS_NO_KEYS", False):
            done = await super()._check_bindings(key)
        self._is_done = priority and done
        return done

    async def _catch_up(self, path: Sequence[MessagePump]) -> None:
        """Wait until all that is on its way up this path has arrived, and let the next key come."""
        rising = _Rising(path)
        rising.rise()
        waiting = asyncio.ensure_future(rising.arrived.wait())
        await asyncio.wait([waiting], timeout=_LONGEST_SECONDS)
        waiting.cancel()
        if self._typed_ahead:
            self._next_key = self._typed_ahead.popleft()
            self.post_message(self._next_key)
        else:
            self._catching_up = None
