"""The clocks of a feed, as an argument: tests give it their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec


class Clocks(msgspec.Struct, frozen=True):
    """How a feed waits, and its clocks in seconds: one that never jumps, and that of the calendar."""

    pause: Callable[[float], Awaitable[None]]
    steady: Callable[[], float]
    wall: Callable[[], float]
