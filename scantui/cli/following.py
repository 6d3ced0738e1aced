"""The points of a scan as they come, over lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from scantui.cli.output import notify
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.points import Points

if TYPE_CHECKING:
    from scantui.feed import OpenStore

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


async def points_as_they_come(
    open_store: OpenStore,
    key: str,
    since: Mapping[str, int],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    report: Callable[[str], None] = notify,
) -> AsyncGenerator[Points | StoreError, None]:
    """Iterate over the points of several streams until the scan ends; `since` has the first index for each name.

    After a lost connection it connects again and misses nothing; `report` gets a message then. A stream that cannot be
    read yields its error once.
    Raises ScanNotFoundError if the scan is gone.
    """
    positions = dict(since)
    failures = 0
    problem = ""
    while positions:
        try:
            async with await open_store() as store:
                async for came in store.follow_points(key, list(positions), positions):
                    if failures:
                        report("reconnected")
                        failures, problem = 0, ""
                    if isinstance(came, Points):
                        positions[came.name] = came.stop
                    yield came
                return
        except ConnectionFailed as error:
            if str(error) != problem:
                problem = str(error)
                report(f"{problem}; retrying")
            await pause(_PAUSES[min(failures, len(_PAUSES) - 1)])
            failures += 1
