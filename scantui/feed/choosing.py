"""Chooses from very many scans while other tasks have their turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

# Choosing from this many takes a millisecond or two.
_AT_ONCE = 10_000


async def chosen_in_turns(keys: Sequence[str], is_chosen: Callable[[str], bool]) -> list[str]:
    """Those that are chosen, in their order."""
    chosen = list[str]()
    for start in range(0, len(keys), _AT_ONCE):
        chosen += filter(is_chosen, keys[start : start + _AT_ONCE])
        await asyncio.sleep(0)
    return chosen
