"""Chooses from very many scans while other tasks have their turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

# Choosing from this many takes a millisecond or two.
_AT_ONCE = 10_000


async def chosen_in_turns(keys: Sequence[str], is_chosen: Callable[[str], bool]) -> list[str]:
    """Those that are chosen, in their order."""
    chosen = list[str]()
    async for some in in_turns(keys):
        chosen += filter(is_chosen, some)
    return chosen


async def in_turns(keys: Sequence[str]) -> AsyncIterator[Sequence[str]]:
    """All of them, this many at a time."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
        await asyncio.sleep(0)
